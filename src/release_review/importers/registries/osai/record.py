"""One file of the index, with a type for each field: what has another one is left out, and that is told."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from release_review.claims import Claim, quoted, stated, unknown
from release_review.denial import denies
from release_review.escape import shorten

OSAI = "osai"
"""The id under which a manifest cites the index; those of what its links name begin with it."""

LICENCE_KEYS = ("endmodellicense", "endmodel license")
"""Where the licence of the end model stands; four files have the second spelling."""

CRITERIA: Mapping[str, str] = {
    "weights_endmodel": "weights",
    "weights_basemodel": "base-weights",
    "datasources_basemodel": "base-data",
    "datasources_endmodel": "data",
    "trainingcode": "training-code",
    "modelcard": "model-card",
    "datasheet": "datasheet",
    "paper": "paper",
}
"""The criteria that are read, and what the ids of the sources that their links become end in."""

OTHERS = frozenset({"api", "code", "hardware_architecture", "licenses", "org", "package", "preprint", "system"})
"""What else a file of the index has: the rest of its criteria and of its tables."""

_WEIGHTS = "weights_endmodel"

PARTS = ("class", "link", "notes")
"""What a criterion has."""

MOST_LINKS = 5
"""Links of one criterion that are kept; a list of all data sets says no more about whether there are any."""

QUOTED = 240
"""Characters of a note that are quoted: the phrase that counts may stand at its end."""

_SAYS_NO_NAME = re.compile(r"\b(?:undisclosed|undocumented|unknown|unspecified)\b", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://\S+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """What the index says of one thing.

    Attributes:
        grade: The text under `class`, in small letters: `open`, `partial`, `closed`; empty if there is none.
        notes: Its note, in one line.
        links: The addresses it gives.
        ids: The ids of the sources that those become.
        unread: What stands there, or in its place, and is not understood; empty if nothing does.
    """

    grade: str = ""
    notes: str = ""
    links: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    unread: str = ""

    @property
    def is_blank(self) -> bool:
        """Whether it is there, and nobody has filled in anything."""
        return not (self.grade or self.notes or self.links or self.unread)

    @property
    def said(self) -> str:
        """What it says, for a note."""
        beside = f', with the note "{shorten(self.notes, QUOTED)}"' if self.notes else ", without a note"
        return f"the class is {quoted(self.grade)}{beside}" if self.grade else f"no class{beside}"

    def claim(self, value: Any, why: str = "") -> Claim:
        """Give a value that rests on it, cited with its links."""
        note = f"{self.said}; {why}" if why else self.said
        claim = unknown(OSAI, note) if value == "unknown" else stated(value, OSAI, note)
        return {**claim, "source": [OSAI, *self.ids]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One system of the index.

    Attributes:
        title: What the index calls it.
        name: What the release is called: the end model, or the system where no end model is named. Empty if neither is.
        instead: What stands where the name of the end model should; empty if that is its name.
        base: What stands under `basemodelname`.
        developer: What stands under `org`; empty if nobody is named.
        date: What stands under `releasedate`.
        kinds: What stands under `type`.
        licences: What stands under each key for the licence.
        criteria: What the index says of each thing, by the name of the criterion; one that is missing says nothing.
        odd: What was left out, for whoever goes on with the manifest.
    """

    title: str
    name: str
    instead: str
    base: str
    developer: str
    date: str
    kinds: str
    licences: Sequence[str]
    criteria: Mapping[str, Criterion]
    odd: tuple[str, ...]


def record_of(data: Mapping[str, Any]) -> Record:
    """Read a file: a table with a table `system`."""
    fields = _Fields(data)
    title, end = fields.text("system", "name"), fields.text("system", "endmodelname")
    is_name = bool(end) and not denies(end) and not _SAYS_NO_NAME.search(end)
    developer = fields.text("org", "name")
    fields.note_others()
    return Record(
        title=title,
        name=end if is_name else "" if denies(title) else title,
        instead="" if is_name else end,
        base=fields.text("system", "basemodelname"),
        developer="" if denies(developer) else developer,
        date=fields.text("system", "releasedate"),
        kinds=fields.text("system", "type"),
        licences=[text for key in LICENCE_KEYS if (text := fields.text("system", key))],
        criteria={name: fields.criterion(name, ending) for name, ending in CRITERIA.items()},
        odd=tuple(fields.odd),
    )


@dataclass(slots=True)
class _Fields:
    """The fields of a file; what is no text where one should be is noted, and counts as not said."""

    data: Mapping[str, Any]
    odd: list[str] = field(default_factory=list)

    def text(self, table: str, key: str) -> str:
        value = self.table(table).get(key)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)  # a year, or a model that is called by a number
        if value is None or isinstance(value, str):
            return " ".join((value or "").split())
        self.note(f"`{table}.{key}` is no text and is left out")
        return ""

    def table(self, name: str) -> Mapping[str, Any]:
        value = self.data.get(name)
        if value is None or isinstance(value, dict):
            return value or {}
        self.note(f"`{name}` is no table and is left out")
        return {}

    def criterion(self, name: str, ending: str) -> Criterion:
        value = self.table(name).get("link")
        listed = value if isinstance(value, list) else [value]
        texts = [each.strip() for each in listed if isinstance(each, str)]
        links = [each for each in dict.fromkeys(texts) if _ADDRESS.fullmatch(each) and not denies(each)][:MOST_LINKS]
        ids = [f"{OSAI}-{ending}{'' if number == 1 else f'-{number}'}" for number, _ in enumerate(links, 1)]
        unread = "; ".join(self.unread(name, listed))
        return Criterion(
            grade=self.text(name, "class").casefold(),
            notes=self.text(name, "notes"),
            links=tuple(links),
            ids=tuple(ids),
            unread=shorten(unread, QUOTED),
        )

    def unread(self, name: str, links: Sequence[Any]) -> Iterator[str]:
        """Say what stands in the place of a criterion, or in it, and is not understood."""
        value = self.data.get(name)
        if name not in self.data:
            yield f"the file has no criterion `{name}`"
        elif value is not None and not isinstance(value, dict):
            yield f"`{name}` is {_shown(value)}, which is no table"
        for key, said in self.data.items():
            # A letter of another alphabet may look like one of ours.
            if name == _WEIGHTS and self.is_other(key) and ("weight" in str(key).casefold() or not str(key).isascii()):
                yield f"{quoted(str(key))} is {_shown(said)}"
        for key, said in self.table(name).items():
            if key not in PARTS:
                self.note(f"{quoted(str(key))} of `{name}` is no field of the index and is left out")
                yield f"{quoted(str(key))} of `{name}` is {_shown(said)}"
            elif key != "link" and (isinstance(said, bool) or not isinstance(said, str | int | None)):
                yield f"`{name}.{key}` is {_shown(said)}, which is no text"
        odd = [each for each in links if not isinstance(each, str) or not _ADDRESS.fullmatch(each.strip())]
        for link in odd[:MOST_LINKS]:
            if link is not None and not (isinstance(link, str) and denies(link)):
                self.note(f"`{name}.link` has {_shown(link)}, which is no address and is left out")
                yield f"`{name}.link` has {_shown(link)}, which is no address"

    def is_other(self, key: object) -> bool:
        return key not in CRITERIA and key not in OTHERS

    def note_others(self) -> None:
        """Tell what is in the file, and in no file of the index."""
        for key in self.data:
            if self.is_other(key):
                self.note(f"{quoted(str(key))} is no field of the index and is left out")

    def note(self, text: str) -> None:
        if text not in self.odd:
            self.odd.append(text)


def _shown(value: Any) -> str:
    return quoted(value if isinstance(value, str) else str(value))
