"""The tokens of TOML: enough to bound a text before a parser sees it.

Strings and comments mean the same wherever they stand in TOML, so tokens need no grammar, and up to
the first error of a parser they are the parser's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from release_review.errors import InputError
from release_review.importers.text import Lines, too_deep
from release_review.model import Limits

CONVERTIBLE_DIGITS = 4_000
"""Digits of a number that a parser may see; Python refuses to convert 4,300, and its message has no place."""

_TEXTS = r'''
      (?P<comment>\#[^\n]*+)
    | (?P<basic>"""(?:[^"\\]++|\\.|"{1,2}(?!"))*+"{3,5})
    | (?P<literal>\'\'\'(?:[^']++|'{1,2}(?!'))*+'{3,5})
    | (?P<broken>"""|\'\'\')
    | (?P<basic_line>"(?:[^"\\\n]++|\\[^\n])*+")
    | (?P<literal_line>'[^'\n]*+')
'''
_TOKEN = re.compile(
    rf"""
    {_TEXTS}
    | (?P<space>[ \t]++)
    | (?P<newline>\r?\n)
    | (?P<open>[\[{{])
    | (?P<close>[\]}}])
    | (?P<mark>[=,.])
    | (?P<bare>(?:\d{{4}}-\d\d-\d\d[ ](?=\d\d:))?[^\s"'\#\[\]{{}}=,.]++)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_BOUND = re.compile(
    rf"""
    {_TEXTS}
    | (?P<dot>\.)
    | (?P<open>[\[{{])
    | (?P<close>[\]}}])
    | (?P<end>[=,\n])
    | (?P<plain>[^"'\#\[\]{{}}=,.\n]++)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
"""The same, in fewer pieces: it runs over every file there is."""

_DIGITS = re.compile(rf"(?<![0-9_])[+-]?[0-9][0-9_]{{{CONVERTIBLE_DIGITS},}}+")
_SHORT_TIME = re.compile(r"(?:\d{4}-\d\d-\d\d[Tt ])?\d\d:\d\d(?:[Zz]|[+-]\d\d:\d\d)?")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


def check_bounds(text: str, limits: Limits) -> None:
    """Refuse what a parser of TOML must not see: deep nesting, keys of many parts, numbers of many digits.

    Raises:
        InputError: A bound is exceeded.
    """
    depth = dots = 0
    for token in _BOUND.finditer(text):
        kind = token.lastgroup
        if kind == "dot":
            dots += 1
            if dots == limits.key_parts:
                what = f"has a key of more than {limits.key_parts} parts"
                raise InputError(what, where=Lines(text).where(token.start()), hint="shorten the key")
        elif kind == "open":
            depth, dots = depth + 1, 0
            if depth > limits.depth:
                raise too_deep(limits, where=Lines(text).where(token.start()))
        elif kind == "close":
            depth -= 1
        elif kind == "end":
            dots = 0
        elif kind == "plain" and len(token[0]) > CONVERTIBLE_DIGITS and (digits := _DIGITS.search(token[0])):
            what = f"has a number of {len(digits[0]):,} digits"
            where = Lines(text).where(token.start() + digits.start())
            raise InputError(what, where=where, hint="write it short, such as 1e25")
        elif kind in {"broken", "other"}:  # a parser stops here, or before
            return


def statement_at(text: str, offset: int) -> tuple[int, str]:
    """Give the start of the statement around an offset, and its key or header as it is written."""
    start = key_end = 0
    depth = 0
    begins = True
    for token in _tokens(text):
        kind = token.lastgroup
        if depth == 0 and kind == "newline":
            begins = True
        elif begins and kind not in {"space", "newline", "comment"}:
            if token.start() >= offset:
                break
            start, key_end, begins = token.start(), 0, False
        if kind == "open":
            depth += 1
        elif kind == "close":
            depth -= 1
        if not key_end and (token[0] == "=" or (kind == "close" and depth == 0)):
            key_end = token.start() if token[0] == "=" else token.end()
    return start, text[start : key_end or offset].strip()


def as_toml_1_0(text: str) -> str:
    """Rewrite a text that parses as TOML 1.1 into TOML 1.0 of the same keys at the same offsets.

    The values of strings and times change: the outcome is for finding places only.
    """
    written: list[str] = []
    closers: list[str] = []
    comma: int | None = None
    for token in _tokens(text):
        kind, piece = token.lastgroup, token[0]
        if kind == "open":
            closers.append("]" if piece == "[" else "}")
        elif kind == "close" and closers:
            if closers.pop() == "}" and comma is not None:
                written[comma] = " "
        elif kind in {"newline", "comment"} and closers[-1:] == ["}"]:
            piece = " " * len(piece)
        elif kind in {"basic", "basic_line"}:
            piece = _ESCAPE.sub(lambda escape: r"\t" if escape[1] in "ex" else escape[0], piece)
        elif kind == "bare" and _SHORT_TIME.fullmatch(piece):
            piece = "1" * len(piece)
        if piece == ",":
            comma = len(written)
        elif kind not in {"space", "newline", "comment"}:
            comma = None
        written.append(piece)
    return "".join(written)


def _tokens(text: str) -> Iterator[re.Match[str]]:
    for token in _TOKEN.finditer(text):
        if token.lastgroup in {"broken", "other"}:  # a parser stops here, or before
            return
        yield token
