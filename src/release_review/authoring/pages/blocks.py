"""What a page is made of: blocks of text from policies, not escaped, and links by the path of a page."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass

_PARAGRAPH = re.compile(r"\n\s*\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A piece of a line.

    Attributes:
        text: The text.
        kind: `plain`; `prose`, where backticks stand around code; `code`; or a severity, which is set as a label.
        page: Path of the page that it leads to, without an ending.
        url: Address that it leads to, if it is one.
    """

    text: str
    kind: str = "plain"
    page: str = ""
    url: str = ""


Line = tuple[Piece, ...]
"""Pieces that are set one behind the other, as they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A paragraph."""

    line: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """An expression as its author wrote it, under what it says."""

    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Names, and what is so for each."""

    rows: tuple[tuple[str, Line], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """A list."""

    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table; the first cell of a row says what the row is about."""

    heads: tuple[str, ...]
    rows: tuple[tuple[Line, ...], ...]


Block = Paragraph | Code | Facts | Items | Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a page, under a heading."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page.

    Attributes:
        path: Where it lies, without an ending.
        title: Its heading, as prose.
        above: The pages above it, the highest first: what each is called, and its path.
        blocks: What stands under the heading.
        sections: What follows; one without blocks is left out.
    """

    path: str
    title: str
    above: tuple[tuple[str, str], ...] = ()
    blocks: tuple[Block, ...] = ()
    sections: tuple[Section, ...] = ()


def plain(text: str) -> Line:
    """Set a text that has no code in it."""
    return (Piece(text=text),)


def prose(text: str) -> Line:
    """Set a sentence of a policy, in which backticks stand around code; its lines are one."""
    return (Piece(text=" ".join(text.split()), kind="prose"),)


def code(text: str) -> Line:
    """Set a name or a quotation."""
    return (Piece(text=text, kind="code"),)


def listed(lines: Iterable[Line], separator: str = ", ") -> Line:
    """Set several lines one behind the other."""
    whole: list[Piece] = []
    for number, line in enumerate(lines):
        whole += [Piece(text=separator), *line] if number else line
    return tuple(whole)


def paragraphs(text: str) -> tuple[Paragraph, ...]:
    """Split a policy's text where a line is left empty; within a paragraph its lines are one."""
    parts = [" ".join(part.split()) for part in _PARAGRAPH.split(text.strip())]
    return tuple(Paragraph(line=prose(part)) for part in parts if part)


def section(title: str, *blocks: Block) -> Section:
    """Make a part of a page; blocks that say nothing are left out."""
    return Section(title=title, blocks=tuple(block for block in blocks if _says(block)))


def _says(block: Block) -> bool:
    match block:
        case Facts() | Table():
            return bool(block.rows)
        case Items():
            return bool(block.lines)
        case Code():
            return bool(block.text.strip())
        case _:
            return bool(block.line)


def way(start: str, target: str) -> str:
    """Give the relative way from one page to another."""
    return posixpath.relpath(target, posixpath.dirname(start) or ".")
