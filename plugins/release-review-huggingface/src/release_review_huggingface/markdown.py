"""Which text of a card is shown, in blocks: neither code nor a comment states anything, and neither hides what follows.

The blocks are those of CommonMark, as an independent reader finds them: a form that this reader took for code, and a
reader of the card does not, would hide a licence or make one up.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from release_review.errors import InputError

if TYPE_CHECKING:
    from markdown_it.token import Token

MOST_LINES = 6_000
"""Lines of a card. The longest of a hundred real ones has about a thousand; a line costs far more time than a byte."""

MOST_NESTED = 20
"""Levels of lists and quotations; a list is two. The reader of blocks leaves out what nests deeper, without a word."""

_OPENINGS = re.compile(r"\\[\\`<]|`+|<!--")
_RUN = re.compile("`+")
_COMMENT_END = re.compile("--!?>")
_RAW = re.compile(r"\s*<(?:pre|script|style|textarea)\b", re.IGNORECASE)
"""How raw HTML begins whose text is code, or is not shown."""
_RAW_END = re.compile(r"</(?:pre|script|style|textarea)>", re.IGNORECASE)
_DECLARATION = re.compile(r"\s*<(?:[?]|!\[|![A-Z])", re.IGNORECASE)
"""How raw HTML begins that a browser takes to end at the next `>`, and CommonMark elsewhere."""


class Form(Enum):
    """What a block is."""

    HEADING = auto()
    ITEM = auto()
    TEXT = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A heading, the first paragraph of an item of a list, or another paragraph.

    Attributes:
        form: Which of these it is.
        lines: Its lines, without comments; a heading has one.
        line: The number of the first, from 1.
        level: How deep it stands in lists and quotations.
    """

    form: Form
    lines: Sequence[str]
    line: int
    level: int


def blocks_of(body: str, *, first: int, name: str) -> Iterator[Block]:
    """Give the blocks of a text that show words.

    Args:
        body: The text; its lines end with LF or CR.
        first: The number of its first line, as an editor counts them: by LF.
        name: The file, for an error.

    Raises:
        InputError: It has too many lines, nests too deep, or leaves a comment open.
    """
    numbers = [first + number for number, line in enumerate(body.split("\n")) for _ in line.split("\r")]
    if len(numbers) > MOST_LINES:
        what = f"the text has {len(numbers):,} lines, more than {MOST_LINES:,}"
        raise InputError(what, where=f"{name}:{numbers[MOST_LINES]}:1", hint="shorten the card")
    form = Form.TEXT
    for token in _tokens(body.replace("\r", "\n")):
        at = numbers[token.map[0]] if token.map else first
        if token.level >= MOST_NESTED:
            raise InputError(
                f"lists and quotations nest deeper than {MOST_NESTED // 2}", where=f"{name}:{at}:1", hint="flatten them"
            )
        match token.type:
            case "inline":
                yield _block(form, _without_comments(token.content), at, token.level - 1)
                form = Form.TEXT
            case "html_block":
                yield _block(Form.TEXT, _shown_of(token.content, f"{name}:{at}:1"), at, token.level)
            case "heading_open":
                form = Form.HEADING
            case "list_item_open":
                form = Form.ITEM
            case "paragraph_open":
                pass  # it is that of the item, if it comes first in it
            case _:
                form = Form.TEXT


def _tokens(text: str) -> Sequence[Token]:
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"maxNesting": MOST_NESTED + 2})
    # What an address of a link is called is shown nowhere else, and takes long to tell from a paragraph.
    reader.block.ruler.disable("reference")
    tokens: list[Token] = []
    reader.block.parse(text, reader, {}, tokens)
    return tokens


def _block(form: Form, text: str, line: int, level: int) -> Block:
    lines = text.split("\n")
    is_heading = form is Form.HEADING and len(lines) == 1  # a paragraph before a line of dashes is called a heading too
    form = Form.TEXT if form is Form.HEADING and not is_heading else form
    return Block(form=form, lines=lines, line=line, level=level)


def _shown_of(html: str, where: str) -> str:
    """Give raw HTML without comments and code. What a browser does with one that stays open differs, so none may."""
    if _RAW.match(html):
        closed = _RAW_END.search(html)
        if closed is None:
            raise InputError("raw HTML is not closed", where=where, hint="close it, or write a block of code instead")
        html = "\n" * html.count("\n", 0, closed.end()) + html[closed.end() :]
    if _DECLARATION.match(html) and "\n" in html.strip():
        what = "raw HTML that begins with <? or <! has several lines"
        raise InputError(what, where=where, hint="leave it out, or write a block of code instead")
    shown, position = [], 0
    while (opened := html.find("<!--", position)) >= 0:
        end = _COMMENT_END.search(html, opened + 2)
        if end is None:
            what, hint = "a comment is not closed in its block", "write --> behind it, before an empty line"
            raise InputError(what, where=where, hint=hint)
        shown += [html[position:opened], "\n" * html.count("\n", opened, end.end())]
        position = end.end()
    return "".join([*shown, html[position:]])


def _without_comments(text: str) -> str:
    """Leave comments out of a paragraph, outside code; their lines stay, so that numbers do. It takes linear time."""
    if "<!--" not in text:
        return text
    runs: dict[int, list[int]] = {}
    for run in _RUN.finditer(text):
        runs.setdefault(len(run[0]), []).append(run.start())
    shown, position, looked = [], 0, 0
    while (opening := _OPENINGS.search(text, looked)) is not None:
        looked = opening.end()
        if opening[0].startswith("`"):
            closers = runs.get(len(opening[0]), [])
            following = bisect_left(closers, looked)
            if following < len(closers):
                looked = closers[following] + len(opening[0])
        elif opening[0] == "<!--":
            end = _COMMENT_END.search(text, opening.start() + 2)
            if end is None:
                break
            shown += [text[position : opening.start()], "\n" * text.count("\n", opening.start(), end.end())]
            position = looked = end.end()
    return "".join([*shown, text[position:]])
