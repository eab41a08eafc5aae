"""What is read: files with the way back to their lines, and manifests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from release_review import pointer as json_pointer
from release_review.errors import Excerpt

CHARACTERS_AROUND = 500
"""Code points before and behind a place that are quoted of its line: more than any screen shows."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Span:
    """A stretch of text: lines and columns from 1, columns in code points, the end exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a value stands in its file.

    Attributes:
        span: What a finding underlines: the key and its value, a list item, or the header of a table.
        value: The value alone, quotes included; the same as `span` where there is no key.
    """

    span: Span
    value: Span


TOP = Span(line=1, column=1, end_line=1, end_column=1)
"""The place of a whole document."""


@dataclass(frozen=True, kw_only=True)
class Document:
    """One file as it was read: plain JSON data, and the way back to lines and columns.

    Attributes:
        name: How the file is called in reports: the path as the caller wrote it.
        content: The bytes that were read, once; digest, data and places all come from them.
        digest: `sha256:` and the hex digest of `content`.
        data: The tree: dict, list, str, int, float, bool and None. Dates are ISO 8601 strings in every format.
        format: Name of the importer that read it.
        folder: The folder that evidence paths are relative to.
        find_places: Gives the place of every pointer; called once, and only when something is to be shown.
    """

    name: str
    content: bytes = field(repr=False)
    digest: str
    data: Any = field(repr=False)
    format: str = ""
    folder: Path | None = None
    find_places: Callable[[str], Mapping[str, Place]] = field(repr=False)

    @cached_property
    def text(self) -> str:
        """The file as text, without a byte-order mark."""
        return self.content.decode("utf-8-sig")

    @cached_property
    def lines(self) -> list[str]:
        """The lines of the text, without their ends."""
        return [line.removesuffix("\r") for line in self.text.split("\n")]

    @cached_property
    def places(self) -> Mapping[str, Place]:
        """The place of every value that is written in the file, by pointer."""
        return self.find_places(self.text)

    def locate(self, pointer: str) -> Span:
        """Give the place of a value, or of the nearest table around it that is written."""
        while pointer and pointer not in self.places:
            pointer = json_pointer.parent_of(pointer)
        return self.places[pointer].span if pointer in self.places else TOP

    def where(self, pointer: str) -> str:
        """Give `FILE:LINE:COLUMN` of a value, for an error."""
        span = self.locate(pointer)
        return f"{self.name}:{span.line}:{span.column}"

    def excerpt(self, pointer: str) -> Excerpt | None:
        """Give the line at which a value begins; None where it is written nowhere."""
        span = self.locate(pointer)
        if span == TOP or not 1 <= span.line <= len(self.lines):
            return None
        text = self.lines[span.line - 1]
        start = min(span.column - 1, len(text))
        end = len(text) if span.end_line > span.line else max(min(span.end_column - 1, len(text)), start)
        return Excerpt(span.line, text, start, end)

    def site(self, pointer: str, *, key: str = "") -> Site:
        """Give the place of a value, ready to be shown; of a long line, what is near to it."""
        excerpt = self.excerpt(pointer)
        return Site(file=self.name, key=key, span=self.locate(pointer), excerpt=excerpt and _near(excerpt))


def _near(excerpt: Excerpt) -> Excerpt:
    """Cut a line, which may be as long as its file, to what stands around the place it is quoted for."""
    first = max(excerpt.start - CHARACTERS_AROUND, 0)
    text = excerpt.text[first : excerpt.start + CHARACTERS_AROUND]
    end = min(excerpt.end - first, len(text))
    return Excerpt(excerpt.line, text, excerpt.start - first, end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """What stands beside a value in a manifest.

    Attributes:
        source: Ids of `[source]` entries that state the value.
        evidence: Ids of `[[evidence]]` records that support it.
        note: A remark of the author.
        conflicts: Other values that other sources state; the value is unknown while there are any.
        value: The value as it was written, before conflicts made it unknown.
        file: Digest of a file of evidence as it was read, whether the manifest states one or not; else empty.
    """

    source: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    note: str | None = None
    conflicts: tuple[Mapping[str, Any], ...] = ()
    value: Any = None
    file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The description of one release, validated and normalised.

    Attributes:
        release_id: `<developer>/<name>[@<version>]`.
        data: Every declared field, present: facts and words `unknown`, text, numbers and dates None, lists empty,
            tables filled. A date is an aware datetime at midnight UTC, because CEL knows instants only.
        annotations: What stands beside the values, by pointer.
        as_of: The day whose state of the release is judged, in UTC.
        today: The day of judgement, in UTC.
        document: The file it came from.
    """

    release_id: str
    data: Mapping[str, Any] = field(repr=False)
    annotations: Mapping[str, Annotation] = field(repr=False)
    as_of: dt.date
    today: dt.date
    document: Document = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a rule or an assessment is written, so that an error can point at it."""

    document: Document
    pointer: str = ""

    def where(self, *steps: str | int) -> str:
        """Give `FILE:LINE:COLUMN` of a field of it."""
        return self.document.where(self.pointer + json_pointer.pointer_to(*steps))


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A place in a file, ready to be shown.

    Attributes:
        file: How reports call the file.
        key: What it is there, whatever its line: the id of a waiver, for instance.
        span: Where in it.
        excerpt: The line at which it begins; None where it is written nowhere.
    """

    file: str
    key: str = ""
    span: Span = TOP
    excerpt: Excerpt | None = None
