r"""Text from outside, made harmless for the format it goes into: one function per format.

A manifest, a policy, a waiver file and a file name may hold anything. On a terminal or in the log of
a CI job, such text must not move the cursor, hide what stands beside it, begin a line of its own or
issue a workflow command. So every character that does not show as itself becomes a visible escape:
`\n`, `\x1b`, `\u{202e}`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import accumulate
from typing import Any

QUOTED_CHARACTERS = 120
"""How much of one text from outside an error quotes, in code points: enough to find it, too little to leak a secret."""

MESSAGE_CHARACTERS = 1_000
"""How much of one message or reason a report for people shows, in code points."""

_NAMED = {"\t": r"\t", "\n": r"\n", "\r": r"\r"}

_MARKS = r"\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
"""Combining marks that stack without end. Three in a row are more than any script needs."""

_INVISIBLE = (
    r"\x00-\x1f\x7f-\x9f"  # C0, DEL and C1; NEL is one of C1
    r"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    r"\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff"
    r"\ud800-\udfff"  # half of a surrogate pair; no UTF-8 for it exists
    r"\U0001d173-\U0001d17a\U000e0000-\U000e0fff"  # musical controls; tags and further variation selectors
)

# Runners read `::name::` at the start of a line after any blanks, and `##[name]` or `##vso[name]` anywhere in it.
# Every match is one character, so that an escaped line can still be counted in columns of the file.
_UNSAFE = re.compile(rf"[{_INVISIBLE}]|:(?=:)|(?<=#)#(?=[A-Za-z]*\[)|(?<=[{_MARKS}]{{3}})[{_MARKS}]")

_PLACEHOLDER = re.compile(r"\{(?=\d)")

# Where a spreadsheet begins a cell, `;` included, which is what some countries' put between two cells. It drops blanks
# in front of a formula, and some take the wide forms of the signs.
_FORMULA = re.compile(r"(^|;)(?=\s*[=+\-@\uff1d\uff0b\uff0d\uff20])")

# Inside a string json.dumps has escaped a line feed already: one that is left ends a line of the document.
_UNSAFE_IN_JSON = re.compile(rf"(?!\n)[{_INVISIBLE}]|(?<=#)#(?=[A-Za-z]*\[)")


# What makes a word more than letters: in Markdown itself, in GitHub's additions (mentions, references, shortcodes,
# formulas, commits), and in readers that take `example.com` for an address. Numbers such as 5.1 stay as they are.
_MARKED = re.compile(
    r"[`|\\*_\[\]<>&#@$~^{}]"
    r"|:(?=\S)"
    r"|\.(?=[^\W\d_])"
    r"|www\.|\b(?:GH|GHSA|CVE)-\d"
    r"|(?<![^\W_])[0-9a-fA-F]{7,40}(?![^\W_])",
    re.IGNORECASE,
)
_BEFORE, _AFTER = "(\"',;!?", ".,;:!?)\"'"
_STARTS_A_BLOCK = re.compile(r"[-+=]|\d{1,9}[.)]$")

# No backslash is an escape in a code span, and a `|` ends the cell of a table there too; these two stand between spans.
_BESIDE_CODE = {"`": "&#96;", "|": "&#124;"}


_QUOTED = re.compile(r"(`[^`]+`)")

_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"})

# The web, in characters that no reader of an attribute or of a destination takes for anything else.
_WEB_ADDRESS = re.compile(r"https?://(?!.*::)[!#-;=?-\[\]_a-z~]+", re.IGNORECASE | re.ASCII)

# Code points that are no characters: HTML and XML may not have them or advise against them, and nothing shows.
_NO_CHARACTERS = re.compile(
    "[\ufdd0-\ufdef" + "".join(f"{chr(last)}{chr(last + 1)}" for last in range(0xFFFE, 0x110000, 0x10000)) + "]"
)


def plain(text: str) -> str:
    """Escape text for one line of a terminal or a log."""
    return _UNSAFE.sub(lambda match: _visible(match.group()), text)


def plain_pieces(text: str) -> list[str]:
    """Escape text for one line, as one piece for each code point of it."""
    pieces = list(text)
    for match in _UNSAFE.finditer(text):
        pieces[match.start()] = _visible(match.group())
    return pieces


def shorten(text: str, limit: int = QUOTED_CHARACTERS) -> str:
    """Escape at most `limit` code points of a text for one line, and show where it was cut."""
    if len(text) <= limit:
        return plain(text)
    return plain(text[: max(limit - 3, 0)] + "...")


def prose_pieces(text: str) -> Iterator[tuple[str, bool]]:
    """Split a sentence of a policy at its code, not escaped: each piece, and whether it stood between backticks."""
    for number, piece in enumerate(_QUOTED.split(text)):
        yield (piece[1:-1], True) if number % 2 else (piece, False)


def markdown(text: str, *, code: bool = False) -> str:
    """Escape text for one place in a line of GitHub's Markdown: a paragraph, a list, a heading or a cell of a table.

    A word that Markdown, or GitHub after it, could take for anything but letters becomes a code span: GitHub looks for
    mentions, references, shortcodes and addresses in the finished page, where no backslash is left, but not in code.

    Args:
        text: The text.
        code: Whether the whole of it is a name or a quotation, and is set as one code span.
    """
    escaped = plain(text)
    if code:
        return _code(escaped)
    words = escaped.split(" ")
    pieces: list[tuple[bool, str]] = []
    for number, word in enumerate(words):
        if number:
            pieces.append((False, " "))
        pieces += [(True, word)] if not number and _STARTS_A_BLOCK.match(word) else _word_pieces(word)
    body = "".join(_code(word) if is_code else word for is_code, word in pieces)
    # Blanks at either end would be dropped, and four of them at the start would begin a block of code.
    core = body.strip(" ")
    before = len(body) - len(body.lstrip(" "))
    return "&#32;" * before + core + "&#32;" * (len(body) - len(core) - before)


def markdown_prose(text: str) -> str:
    """Escape a sentence of a policy, in which backticks stand around code, as in Markdown."""
    whole = ""
    pieces = list(prose_pieces(text))
    for number, (piece, is_code) in enumerate(pieces):
        if is_code:
            part = markdown(piece, code=True)
        else:
            start = " " if number and piece.startswith(" ") else ""
            end = " " if number < len(pieces) - 1 and piece.endswith(" ") and piece.strip(" ") else ""
            part = start + markdown(piece.strip(" ")) + end
        if whole.endswith("`") and part.startswith("`"):
            return markdown(text)  # two spans without anything between them would be one
        whole += part
    return whole


def html(text: str) -> str:
    """Escape text for the content or a quoted attribute of an HTML page."""
    return _NO_CHARACTERS.sub(lambda match: _visible(match.group()), plain(text)).translate(_ENTITIES)


def web_address(text: str) -> str:
    """Give an address that a link in HTML or Markdown may have; empty where the text is none of the web."""
    return text if _WEB_ADDRESS.fullmatch(text) else ""


def github(text: str, *, in_property: bool = False) -> str:
    """Escape text for a workflow command of GitHub Actions: its message, or a property such as `title`.

    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
    """
    escaped = plain(text).replace("%", "%25")
    return escaped.replace(":", "%3A").replace(",", "%2C") if in_property else escaped


def sarif(text: str, limit: int = MESSAGE_CHARACTERS, *, in_help: bool = False) -> str:
    """Escape text for a message of SARIF, and cut it so that it has at most `limit` code points then.

    `{0}` is a placeholder and `[text](target)` a link, and neither is left. In a message braces are doubled, as the
    standard has it. In a rule's help, which people copy from, only what would be a placeholder is escaped.

    Source: SARIF 2.1.0, sections 3.11.5 and 3.11.6.
    """
    pieces = plain_pieces(text[: limit + 1])
    for number in range(1, len(pieces)):
        before, piece = pieces[number - 1 : number + 1]
        if before == "]" and piece == "(":
            pieces[number] = _visible(piece)
        if in_help and before == "{" and piece.isdigit():
            pieces[number - 1] = _visible(before)
    # Our own escapes have braces too.
    if in_help:
        return _fitted([_PLACEHOLDER.sub(r"\\x7b", piece) for piece in pieces], limit)
    return _fitted([piece.replace("{", "{{").replace("}", "}}") for piece in pieces], limit)


def xml(text: str) -> str:
    """Escape text for the content or a quoted attribute of an XML 1.0 document, which are those of HTML."""
    return html(text)


def csv(text: str) -> str:
    """Escape text for one field and quote it; an apostrophe stands before what a spreadsheet would take for a formula.

    Source: RFC 4180, and https://owasp.org/www-community/attacks/CSV_Injection
    """
    escaped = _FORMULA.sub(r"\1'", plain(text)).replace('"', '""')
    return f'"{escaped}"'


def json_document(serialised: str) -> str:
    r"""Escape a serialised JSON document for a log, without changing what it says.

    Characters that do not show become `\uXXXX`. A lone surrogate has no UTF-8 form and is the one thing that
    changes: its visible escape takes its place.
    """
    return _UNSAFE_IN_JSON.sub(lambda match: _json_escape(match.group()), serialised)


def json_text(value: Any, *, indent: int | None = 2) -> str:
    """Write a value as a whole JSON document that a log may hold, with a line feed at its end."""
    return json_document(json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent) + "\n")


def toml_string(text: str) -> str:
    r"""Write text as a string of TOML, on one line and with its quotes; `json.dumps` writes some that TOML refuses.

    Characters that do not show become `\uXXXX` or `\UXXXXXXXX`. A lone surrogate has no place in TOML: its visible
    escape takes its place.
    """
    quoted = json.dumps(text, ensure_ascii=False)
    return _UNSAFE_IN_JSON.sub(lambda match: _toml_escape(match.group()), quoted)


def _word_pieces(word: str) -> list[tuple[bool, str]]:
    """Split a word into what surrounds it and what has to be code; a word that says nothing else stays whole."""
    if not _MARKED.search(word):
        return [(False, word)]
    end = word.lstrip(_BEFORE)
    core = end.rstrip(_AFTER)
    return [(False, word.removesuffix(end)), (True, core), (False, end.removeprefix(core))]


def _code(text: str) -> str:
    return "".join(_BESIDE_CODE.get(piece) or f"`{_padded(piece)}`" for piece in re.split(r"([`|])", text) if piece)


def _padded(text: str) -> str:
    """Give the content of a code span: Markdown takes a blank off both ends where both have one."""
    blank_ends = text.startswith(" ") and text.endswith(" ") and text.strip(" ")
    return f" {text} " if blank_ends else text


def _fitted(pieces: list[str], limit: int) -> str:
    """Join escaped pieces; where that is too long, as many as leave room for three dots."""
    text = "".join(pieces)
    if len(text) <= limit:
        return text
    ends = accumulate(len(piece) for piece in pieces)
    return "".join(pieces[: sum(end <= limit - 3 for end in ends)]) + "..."


def _visible(character: str) -> str:
    if character in _NAMED:
        return _NAMED[character]
    code = ord(character)
    return f"\\x{code:02x}" if code <= ord("\xff") else f"\\u{{{code:x}}}"


def _json_escape(character: str) -> str:
    if "\ud800" <= character <= "\udfff":
        return rf"\\u{{{ord(character):x}}}"
    units = character.encode("utf-16-be").hex()
    return "".join(f"\\u{units[start : start + 4]}" for start in range(0, len(units), 4))


def _toml_escape(character: str) -> str:
    if "\ud800" <= character <= "\udfff":
        return rf"\\u{{{ord(character):x}}}"
    code = ord(character)
    return f"\\u{code:04x}" if code <= ord("\uffff") else f"\\U{code:08x}"
