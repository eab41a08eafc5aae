"""A model card: YAML between two lines of dashes, then Markdown.

Only what has a form is read: the front matter, headings, and points of a list that begin with a name in bold. The rest
is prose, and prose decides nothing.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from release_review.denial import denies
from release_review.errors import InputError
from release_review.files import decode, read_file
from release_review.importers import yaml_
from release_review.importers.tree import find_faults
from release_review.model import Limits, Place
from release_review_huggingface.markdown import Block, Form, blocks_of

FENCE = "---"
"""The line before the front matter, and the line behind it."""

_POINT = re.compile(r"[ \t]{0,12}[-*+][ \t]+(?P<bold>\*\*|__)(?P<label>[^*_]{1,120})(?P=bold)[ \t]*:?(?P<text>.*)")
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
        text: What follows, up to the next heading, without its points; of a point, the rest of its paragraph.
        line: The line of the heading or the point, from 1.
        is_point: Whether it is a point.
    """

    label: str
    text: str
    line: int
    is_point: bool = False


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
        InputError: There is no such file, it goes over a limit, its front matter is not closed or no YAML, or a
            comment in it stays open.
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
    blocks = [*blocks_of("\n".join(lines[closed + 1 :]), first=closed + 2, name=name)]
    return Card(
        path=path,
        front=front,
        has_front=has_front,
        said=[*_said(blocks)],
        prose=_prose(blocks),
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


def _said(blocks: Sequence[Block]) -> Iterator[Said]:
    """Give what stands under headings and behind names, in the order of the lines."""
    heading: tuple[str, int] | None = None
    below: list[str] = []
    bare: tuple[Said, int] | None = None
    for block in blocks:
        if _is_heading(block):
            if heading is not None:
                yield _section(*heading, below)
            heading, below, bare = (block.lines[0], block.line), [], None
            continue
        points = [*_points(block, below)]
        if bare is not None and not points and _is_inside(block, bare[1]):
            yield replace(bare[0], text="\n".join(block.lines).strip())
        yield from points
        bare = (points[-1], block.level) if points and not points[-1].text else None
    if heading is not None:
        yield _section(*heading, below)


def _is_inside(block: Block, level: int) -> bool:
    """Tell whether a block belongs to the item before it, whose name has nothing in its own line."""
    return block.level > level or (block.level == level and block.form is Form.TEXT and level > 0)


def _is_heading(block: Block) -> bool:
    # A line that denies, with dashes below it, is no title, whatever a browser makes of it.
    return block.form is Form.HEADING and not denies(block.lines[0])


def _points(block: Block, below: list[str]) -> Iterator[Said]:
    """Give the points of a block, each with what follows its name in it; whatever else it shows goes below."""
    point: tuple[str, int] | None = None
    text: list[str] = []
    for number, line in enumerate(_written(block), block.line):
        if match := _POINT.fullmatch(line):
            if point is not None:
                yield _section(*point, text, is_point=True)
            point, text = (match["label"], number), [match["text"]]
        elif line.strip():
            (below if point is None else text).append(line)
    if point is not None:
        yield _section(*point, text, is_point=True)


def _written(block: Block) -> Sequence[str]:
    return [f"- {block.lines[0]}", *block.lines[1:]] if block.form is Form.ITEM else block.lines


def _section(label: str, line: int, below: Sequence[str], *, is_point: bool = False) -> Said:
    text = "\n".join(below)[:_SAID_CHARACTERS].strip()
    return Said(label=_label(label), text=text, line=line, is_point=is_point)


def _label(text: str) -> str:
    return " ".join(_NO_WORD.split(_OPTIONAL.sub(" ", text).casefold())).strip()


def _prose(blocks: Sequence[Block]) -> tuple[str, int] | None:
    for block in blocks:
        for number, line in enumerate([] if _is_heading(block) else _written(block), block.line):
            point = _POINT.fullmatch(line)
            text = (point["text"] if point else line).strip()[:_SAID_CHARACTERS]
            if text.startswith(_NO_PROSE) or len(_WORD.findall(text)) < _FEWEST_WORDS:
                continue
            if not denies(text):
                return text, number
    return None
