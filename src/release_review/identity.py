"""Who is who: two names in a file may be written differently and mean one person."""

from __future__ import annotations

import functools
import re
import unicodedata

_ADDRESS = re.compile(r"[^\s<>()@,;\"]+@[^\s<>()@,;\"]*[^\s<>()@,;.\"]")
_TAG = re.compile(r"\+[^@]*(?=@)")
_INVISIBLE = frozenset({"Cc", "Cf", "Co", "Cn", "Cs", "Mn", "Me"})

_FILLERS = "\u115f\u1160"
"""Letters that do not show; in this form, those of Korean are all that Unicode has."""

_WORD = re.compile(r"\w+")
_LOOKS_LATIN = str.maketrans(
    "\u0430\u0432\u0435\u043a\u043c\u043d\u043e\u0440\u0441\u0442\u0443\u0445\u0455\u0456\u0458\u04bb\u0501\u051b\u051d"
    "\u03b1\u03b2\u03b5\u03b7\u03b9\u03ba\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7\u0131\u0261\u026a\u0585\u057d",
    "abekmhopctyxsijhdqwabenikvoptyxigiou",
)
"""Small letters of Cyrillic, Greek and Armenian, and of phonetics, that look like Latin ones, small or great.

Source: Unicode Technical Standard #39, "Unicode Security Mechanisms", section 4 (confusables).
"""


def is_same_person(one: str, other: str) -> bool:
    """Tell whether two names mean one person or role, as far as their spelling tells.

    Case, accents, spacing, punctuation, the order of words, look-alike letters and what does not show make no
    difference. Addresses of electronic mail are compared without a `+tag`, and names without the address beside them;
    what stands before the `@` is held against a name, but not against that of another address.
    """
    names, others = _names(_ADDRESS.sub(" ", _folded(one))), _names(_ADDRESS.sub(" ", _folded(other)))
    addresses, other_addresses = _addresses(one), _addresses(other)
    return not (
        names.isdisjoint(others)
        and addresses.isdisjoint(other_addresses)
        and names.isdisjoint(_before_at(other_addresses))
        and others.isdisjoint(_before_at(addresses))
    )


def _names(text: str) -> frozenset[str]:
    """Give the ways to read a text as a name: as it is written, and with its words in order."""
    words = _WORD.findall(text.replace("_", " "))
    return frozenset({"".join(words), "".join(sorted(words))} - {""})


def _before_at(addresses: frozenset[str]) -> frozenset[str]:
    return frozenset(name for address in addresses for name in _names(address.partition("@")[0]))


def _addresses(text: str) -> frozenset[str]:
    return frozenset(_TAG.sub("", address) for address in _ADDRESS.findall(_folded(text)))


@functools.lru_cache(maxsize=4096)
def _folded(name: str) -> str:
    # What does not show goes first: the case of a mark may be a letter. Then once more, as case makes marks, too.
    return _shown(_shown(name).casefold()).translate(_LOOKS_LATIN)


def _shown(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text)
    return "".join(each for each in apart if unicodedata.category(each) not in _INVISIBLE and each not in _FILLERS)


def looks_like(one: str, other: str) -> bool:
    """Tell whether two ids differ in nothing but case, width, look-alike letters or what does not show."""
    return likeness(one) == likeness(other)


def likeness(text: str) -> str:
    """Give what is left of an id without what `looks_like` disregards."""
    return _folded(text)
