"""How text for people is set: width, wrapping, colour, and a line of the manifest with its underline."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from release_review.errors import Excerpt
from release_review.escape import MESSAGE_CHARACTERS, plain_pieces, shorten
from release_review.hooks import Style
from release_review.model import Severity, Verdict

NARROWEST = 40
"""Columns below which nothing is narrowed further."""

_BLANKS = re.compile(r"( +)")
_AFTER_STEP = re.compile(r"(?<=[.\]])")
_FIRST_SENTENCE = re.compile(r"(?:`[^`]*`|[^`])*?[.!?](?=\s+[A-Z`])")
"""Code in backticks may hold anything; a stop ends a sentence where the next one starts."""

_CODES = {"bold": "1", "red": "31", "green": "32", "yellow": "33", "blue": "34", "magenta": "35"}
_SEVERITY_COLORS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "blue"}
_VERDICT_COLORS = {Verdict.ERROR: "red", Verdict.BLOCKED: "red", Verdict.PASS: "green"}


def counted(number: int, noun: str) -> str:
    """Give a number of things in words: `1 rule`, `2 rules`."""
    return f"{number} {noun}" if number == 1 else f"{number:,} {noun}s"


def paint(text: str, color: str, style: Style) -> str:
    """Colour our own words, where the style allows it."""
    return f"\x1b[{_CODES[color]}m{text}\x1b[0m" if style.color else text


def severity_color(severity: Severity) -> str:
    """Give the colour of a severity."""
    return _SEVERITY_COLORS[severity]


def paint_start(lines: list[str], word: str, color: str, style: Style) -> list[str]:
    """Colour a word that lines begin with; only after they are set, since codes take no columns."""
    return [
        line.replace(word, paint(word, color, style), 1) if not number else line for number, line in enumerate(lines)
    ]


def level_color(level: str) -> str:
    """Give the colour of a level: what is not known stands out, and no other level is good or bad in itself."""
    return "magenta" if level == "unknown" else "bold"


def paint_verdict(line: str, style: Style) -> str:
    """Colour the word a verdict line starts with."""
    word = line.split(" ", 1)[0]
    return paint(word, _VERDICT_COLORS[Verdict(word)], style) + line.removeprefix(word)


def wrap(text: str, style: Style, *, indent: str = "", first: str | None = None) -> list[str]:
    """Escape a text and set it in lines of the style's width, measured in columns.

    Words move to the next line whole. One that is longer than a line breaks after a step of a name, after `.` or `]`,
    and, where that is not enough, beside a character that is not ASCII; a long word of ASCII alone sticks out.

    Args:
        text: The text, not escaped.
        style: The style.
        indent: What every line starts with.
        first: What the first line starts with, where it differs.
    """
    width = max(style.width, NARROWEST)
    line = indent if first is None else first
    used, empty = columns(line), True
    start = columns(indent)
    lines: list[str] = []
    blanks = ""
    for word in _BLANKS.split(shorten(text, MESSAGE_CHARACTERS).strip()):
        if not word.strip(" "):
            blanks = word
            continue
        for piece in _pieces(word, width - start):
            size = columns(piece)
            if used + len(blanks) + size > width and not (empty and used <= start):
                lines.append(line.rstrip(" "))
                line, used, blanks = indent, start, ""
            line += blanks + piece
            used += len(blanks) + size
            blanks, empty = "", False
    return [*lines, line.rstrip(" ")]


def _pieces(word: str, room: int) -> Iterator[str]:
    """Give a word as a whole if there is room for it in a line, else what it may be broken into."""
    if columns(word) <= room:
        yield word
        return
    for piece in _AFTER_STEP.split(word):
        if columns(piece) <= room:
            yield piece
        else:
            yield from _clusters(piece)


def _clusters(text: str) -> Iterator[str]:
    """Cut a text beside characters that are not ASCII, and before our own escapes; marks stay where they belong."""
    cluster = ""
    for character in text:
        apart = character == "\\" or not (character.isascii() and cluster.isascii())
        if cluster and apart and _column(character):
            yield cluster
            cluster = ""
        cluster += character
    yield cluster


def columns(text: str) -> int:
    """Tell how many columns of a terminal an escaped text takes."""
    return sum(_column(character) for character in text)


def pad(text: str, width: int) -> str:
    """Fill a text with blanks up to a width in columns."""
    return text + " " * (width - columns(text))


def quoted_line(excerpt: Excerpt, style: Style, *, indent: str = "") -> Iterator[str]:
    """Set a line of a file and a stretch of it underlined, cut where the style's width ends."""
    number = str(excerpt.line)
    gutter = indent + " " * len(number)
    quoted, underline = _quote(excerpt, max(style.width, NARROWEST) - len(gutter) - 3)
    yield f"{gutter} |"
    yield f"{indent}{number} | {quoted}".rstrip()
    yield f"{gutter} | {paint(underline, 'red', style) if style.color else underline}"


def _quote(excerpt: Excerpt, room: int) -> tuple[str, str]:
    text, start, end = excerpt.text, excerpt.start, excerpt.end
    blanks = len(text) - len(text.lstrip())
    # A line may be as long as the file, and what is shown of it takes at most four code points for a column.
    left = max(start - 4 * room, min(blanks, start))
    pieces = plain_pieces(text[left : start + 4 * room])
    start, end = start - left, end - left
    widths = [columns(piece) for piece in pieces]
    first, before = 0, sum(widths[:start])
    while before > room // 2:
        before -= widths[first]
        first += 1
    head = "..." if first or left > blanks else ""
    last, shown, tail = len(pieces), sum(widths[first:]), ""
    while shown > room - len(head) - len(tail):
        last, tail = last - 1, "..."
        shown -= widths[last]
    quoted = head + "".join(pieces[first:last]) + tail
    return quoted, " " * (len(head) + before) + "^" * max(sum(widths[start : min(end, last)]), 1)


def some(words: Sequence[str], at_most: int) -> str:
    """List a few words, and say how many more there are."""
    rest = len(words) - at_most
    return ", ".join(words[:at_most]) + (f" and {rest} more" if rest > 0 else "")


def first_sentence(text: str) -> str:
    """Give the first sentence of a text; a stop within backticks ends none."""
    paragraph = text.strip().partition("\n\n")[0]
    found = _FIRST_SENTENCE.match(paragraph)
    return found.group() if found else paragraph


def cut(text: str, limit: int) -> str:
    """Give at most `limit` code points of a text that is not escaped yet, and show where it was cut."""
    return text if len(text) <= limit else f"{text[: limit - 3]}..."


def _column(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
