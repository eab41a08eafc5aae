r"""Text from outside, made harmless for the format it goes into: one function per format.

A manifest, a policy, a waiver file and a file name may hold anything. On a terminal or in the log of
a CI job, such text must not move the cursor, hide what stands beside it, begin a line of its own or
issue a workflow command. So every character that does not show as itself becomes a visible escape:
`\n`, `\x1b`, `\u{202e}`.
"""

from __future__ import annotations

import re

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

# Inside a string json.dumps has escaped a line feed already: one that is left ends a line of the document.
_UNSAFE_IN_JSON = re.compile(rf"(?!\n)[{_INVISIBLE}]|(?<=#)#(?=[A-Za-z]*\[)")


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


def json_document(serialised: str) -> str:
    r"""Escape a serialised JSON document for a log, without changing what it says.

    Characters that do not show become `\uXXXX`. A lone surrogate has no UTF-8 form and is the one thing that
    changes: its visible escape takes its place.
    """
    return _UNSAFE_IN_JSON.sub(lambda match: _json_escape(match.group()), serialised)


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
