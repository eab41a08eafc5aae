"""A model card: YAML between two lines of dashes, then Markdown.

Only what has a form is read: the front matter, headings, and points of a list that begin with a name in bold. The rest
is prose, and prose decides nothing.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from release_review.denial import denies
from release_review.errors import InputError
from release_review.files import decode, read_file
from release_review.importers import yaml_
from release_review.importers.tree import find_faults
from release_review.model import Limits, Place

FENCE = "---"
"""The line before the front matter, and the line behind it."""

_HEADING = re.compile(r" {0,3}#{1,6}[ \t]+(?P<label>.*)")
_POINT = re.compile(r"[ \t]{0,12}[-*+][ \t]+\*\*(?P<label>[^*]{1,120})\*\*[ \t]*:?(?P<text>.*)")
_CODE = re.compile(r" {0,3}(?P<fence>```|~~~)")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_OPTIONAL = re.compile(r"[\[(]optional[\])]", re.IGNORECASE)
_NO_WORD = re.compile(r"\W+")
_WORD = re.compile(r"\w+")
_NO_PROSE = ("<", "|", "![", "{{", "{%")
"""How a line begins that is markup, a table, a picture or the blank of a template."""

_SAID_CHARACTERS = 2_000
"""Characters of a section that are looked at: what denies is short."""

_FEWEST_WORDS = 4
"""Words of a line that says something about the model; a shorter one may be a label."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a card says under a heading, or behind the name of a point.

    Attributes:
        label: The heading or the name: words in small letters.
        text: What follows, up to the next heading, without its points; of a point, the rest of its line.
        line: The line of the heading or the point, from 1.
    """

    label: str
    text: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A model card as it was read.

    Attributes:
        path: Where it lies, as the caller wrote it.
        front: Its front matter, as plain data; empty if it has none.
        has_front: Whether it has front matter.
        said: What it says under headings and behind names, in order.
        prose: The first line of it that says something, and the number of that line; None if there is none.
        blob: The id that Git gives its bytes.
        places: Where the values of the front matter stand.
    """

    path: Path
    front: Mapping[str, Any]
    has_front: bool
    said: Sequence[Said]
    prose: tuple[str, int] | None
    blob: str
    places: Mapping[str, Place] = field(repr=False)

    def line_of(self, key: str) -> int:
        """Give the line of a key of the front matter, from 1."""
        return self.places[f"/{key}"].span.line


def read_card(path: Path, limits: Limits) -> Card:
    """Read a model card.

    Raises:
        InputError: There is no such file, it goes over a limit, or its front matter is not closed or no YAML.
    """
    name = str(path)
    content = read_file(path, limits)
    text = decode(content, name).replace("\r\n", "\n")
    lines = text.split("\n")
    opened = next((number for number, line in enumerate(lines) if line.strip()), 0)
    has_front = lines[opened].rstrip() == FENCE
    closed = _closing(lines, opened, name) if has_front else -1
    # Empty lines take the place of what stands before the front matter, so that line numbers are those of the card.
    between = lines[opened + 1 : closed] if has_front else []
    front, places = _front("\n".join([*[""] * (opened + 1), *between, ""]), name, limits)
    body = "\n".join(lines[closed + 1 :])
    # A comment leaves its lines behind, so that numbers stay right.
    shown = _COMMENT.sub(lambda match: "\n" * match[0].count("\n"), body).split("\n")
    return Card(
        path=path,
        front=front,
        has_front=has_front,
        said=[*_said(shown, closed + 2)],
        prose=_prose(shown, closed + 2),
        blob=hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest(),
        places=places,
    )


def _closing(lines: Sequence[str], opened: int, name: str) -> int:
    for number in range(opened + 1, len(lines)):
        if lines[number].rstrip() == FENCE:
            return number
    what = "the front matter is not closed"
    raise InputError(what, where=f"{name}:{opened + 1}:1", hint=f"write a line {FENCE} behind it")


def _front(text: str, name: str, limits: Limits) -> tuple[Mapping[str, Any], Mapping[str, Place]]:
    try:
        data = yaml_.read(text, limits)
        places = yaml_.find_places(text)
    except InputError as error:
        raise InputError(
            f"the front matter {error.what}", where=f"{name}:{error.where or '1:1'}", hint=error.hint
        ) from None
    if data is None:
        return {}, {}
    if not isinstance(data, dict):
        raise InputError("the front matter holds no keys", where=f"{name}:1:1", hint="write `key: value` in it")
    for fault in find_faults(data, limits):
        place = places.get(fault.pointer or "")
        where = f"{name}:{place.value.line}:{place.value.column}" if place else name
        raise InputError(f"the front matter: {fault.what}", where=where, hint=fault.hint)
    return data, places


def _said(lines: Sequence[str], first: int) -> Iterator[Said]:
    """Give what stands under headings and behind names, in the order of the lines; code is left out."""
    heading: tuple[str, int] | None = None
    below: list[str] = []
    for number, line in _outside_code(lines, first):
        if match := _HEADING.fullmatch(line):
            if heading is not None:
                yield _section(*heading, below)
            heading, below = (match["label"].rstrip(" \t#"), number), []
            continue
        if match := _POINT.fullmatch(line):
            yield Said(label=_label(match["label"]), text=match["text"].strip(), line=number)
        elif line.strip():
            below.append(line)
    if heading is not None:
        yield _section(*heading, below)


def _section(label: str, line: int, below: Sequence[str]) -> Said:
    return Said(label=_label(label), text="\n".join(below)[:_SAID_CHARACTERS].strip(), line=line)


def _outside_code(lines: Sequence[str], first: int) -> Iterator[tuple[int, str]]:
    fence = ""
    for number, line in enumerate(lines, first):
        match = _CODE.match(line)
        if fence:
            fence = "" if match and match["fence"] == fence else fence
        elif match:
            fence = match["fence"]
        else:
            yield number, line


def _label(text: str) -> str:
    return " ".join(_NO_WORD.split(_OPTIONAL.sub(" ", text).casefold())).strip()


def _prose(lines: Sequence[str], first: int) -> tuple[str, int] | None:
    for number, line in _outside_code(lines, first):
        point = _POINT.fullmatch(line)
        text = (point["text"] if point else line).strip()[:_SAID_CHARACTERS]
        if _HEADING.fullmatch(line) or text.startswith(_NO_PROSE) or len(_WORD.findall(text)) < _FEWEST_WORDS:
            continue
        if not denies(text):
            return text, number
    return None
