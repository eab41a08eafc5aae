"""The words of an expression, before a parser sees it: whole, not too many, and with brackets that close.

The grammar of the parser tries every way to read a text with backslashes in quotes that do not close, and its time
grows with the power of their number. So nothing gets to it but texts that are cut here, in one pass, without a choice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from release_review.cel.syntax import Exhausted, Refusal
from release_review.model import Limits

_ESCAPE = r"""\\(?:[abfnrtv?"'`\\]|[xX][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-3][0-7]{2})"""
_TOKEN = re.compile(
    rf"""
      (?P<blank> [\t\n\f\r ]+ | //[^\n]* )
    | (?P<text>
        [rR] (?: "{{3}} (?: [^"] | "(?!"") )* "{{3}} | '{{3}} (?: [^'] | '(?!'') )* '{{3}}
               | "(?!"") [^"\n]* " | '(?!'') [^'\n]* ' )
      | "{{3}} (?: [^"\\] | "(?!"") | {_ESCAPE} )* "{{3}} | '{{3}} (?: [^'\\] | '(?!'') | {_ESCAPE} )* '{{3}}
      | "(?!"") (?: [^"\\\n] | {_ESCAPE} )* " | '(?!'') (?: [^'\\\n] | {_ESCAPE} )* '
      )
    | (?P<quote> [rR]? ["'] )
    | (?P<number> 0x[0-9a-fA-F]+ | (?: [0-9]+ (?:\.[0-9]+)? | \.[0-9]+ ) (?:[eE][+-]?[0-9]+)? [uU]? )
    | (?P<name> [_a-zA-Z][_a-zA-Z0-9]* )
    | (?P<open> [(\[{{] )
    | (?P<close> [)\]}}] )
    | (?P<foreign> <> | => | =< | \*\* | [=!]== )
    | (?P<sign> && | \|\| | [=!<>]= | [-+*/%!<>?:.,] )
    """,
    re.VERBOSE,
)
_UNREAD_ESCAPE = re.compile(rf"{_ESCAPE}|(?P<bad>\\)")
_FARTHEST = 4_096
"""Characters that are looked at for the end of a word: the text may be one that is refused for its length."""

_DOT_AT_THE_END = re.compile(r"\.(?![0-9])")
_BYTES = frozenset({"b", "B", "br", "bR", "Br", "BR"})
_QUOTES = frozenset("\"'")
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_POWER = "write powers of ten as 1e25"
_FOREIGN = {
    "<>": "write !=",
    "=>": "write >=",
    "=<": "write <=",
    "**": _POWER,
    "===": "write ==",
    "!==": "write !=",
}
_PLAIN = "put text in quotes; names have letters, digits and _"
_MEANT = {
    "=": "write == to compare",
    "^": _POWER,
    "&": "write && to join conditions",
    "|": "write || to join conditions",
    "#": "write a comment as // ...",
    ";": "write one condition; join others with &&",
    "`": "put text in double quotes",
}


def check_tokens(text: str, limits: Limits) -> None:
    """See that a text is made of whole words, within bounds, and that its brackets close.

    Raises:
        Refusal: It is not.
    """
    opened: list[tuple[str, int]] = []
    at = count = 0
    while at < len(text):
        kind, end = _next(text, at)
        if kind == "blank":
            at = end
            continue
        count += 1
        if count > limits.expression_tokens:
            what = f"the expression has more than {limits.expression_tokens:,} words and signs"
            raise Exhausted(what, at, "split the rule in two")
        if kind == "open":
            opened.append((text[at], at))
            if len(opened) > limits.expression_depth:
                what = f"the expression is nested more than {limits.expression_depth} levels deep"
                raise Exhausted(what, at, "split the rule in two")
        elif kind == "close":
            _close(opened, text[at], at)
        at = end
    if not count:
        raise Refusal("the expression is empty", 0, "write a condition, or leave the key out")
    if opened:
        bracket, at = opened[-1]
        raise Refusal(f"the bracket {bracket} is not closed", at, f"add {_CLOSING[bracket]} where it ends")


def end_of(text: str, at: int) -> int:
    """Give the offset behind the word or sign that begins at an offset."""
    found = _TOKEN.match(text, at, at + _FARTHEST)
    return found.end() if found and found.lastgroup != "blank" else min(at + 1, len(text))


def words_of(text: str) -> Iterator[tuple[int, str]]:
    """Give the words and signs of a checked text, each with its offset."""
    for found in _TOKEN.finditer(text):
        if found.lastgroup != "blank":
            yield found.start(), found.group()


def _next(text: str, at: int) -> tuple[str, int]:
    found = _TOKEN.match(text, at)
    if found is None or found.lastgroup is None:
        raise _unread(text, at)
    if found.lastgroup == "quote":
        raise _unclosed(text, at)
    if found.lastgroup == "foreign":
        raise Refusal(f"there is no operator {found.group()}", at, _FOREIGN[found.group()])
    if found.lastgroup == "text":
        _check_raw(found.group(), at)
    if found.lastgroup == "number" and _DOT_AT_THE_END.match(text, found.end()):
        raise Refusal(f"the number {found.group()}. ends in a dot", at, f"write {found.group()}.0")
    if found.group() in _BYTES and text[found.end() : found.end() + 1] in _QUOTES:
        raise Refusal("bytes are left out", at, "write text in quotes, without the b")
    return found.lastgroup, found.end()


def _unread(text: str, at: int) -> Refusal:
    sign = text[at]
    if not sign.isascii():
        return Refusal(f"the character {sign!r} stands outside quotes", at, "write names in ASCII, and text in quotes")
    return Refusal(f"{sign!r} is no sign of CEL", at, _MEANT.get(sign, _PLAIN))


def _unclosed(text: str, at: int) -> Refusal:
    """Say why a text in quotes does not end: it has an escape that is none, or no second quote."""
    start = at + (text[at] in "rR")
    quote = text[start] * 3 if text.startswith(text[start] * 3, start) else text[start]
    if start == at:
        for found in _UNREAD_ESCAPE.finditer(text, start + len(quote)):
            if "\n" in text[start : found.start()] and len(quote) == 1:
                break
            if found["bad"]:
                hint = r"write \\ for a backslash, or r'...' for text without escapes"
                return Refusal(f"{text[found.start() : found.start() + 2]} is no escape", found.start(), hint)
    return Refusal("the text in quotes is not closed", at, f"end it with {quote}")


def _check_raw(text: str, at: int) -> None:
    quote = text[1:2]
    if text[0] in "rR" and f"\\{quote}" in text:
        hint = "use the other kind of quotes, or write the text without r"
        raise Refusal("a backslash stands before a quote in a raw text", at, hint)


def _close(opened: list[tuple[str, int]], bracket: str, at: int) -> None:
    if not opened:
        raise Refusal(f"the bracket {bracket} closes nothing", at, "leave it out, or open it before")
    last, start = opened.pop()
    if _CLOSING[last] != bracket:
        raise Refusal(f"the bracket {last} is not closed", start, f"write {_CLOSING[last]} in place of {bracket}")
