"""Who is who: two names in a file may be written differently and mean one person."""

from __future__ import annotations

import functools
import re
import unicodedata

_AROUND = r"\s<>()\[\]{}@,;:/\\\"'`\u2018\u2019\u201c\u201d\u00ab\u00bb"
_ADDRESS = re.compile(
    rf"(?:\b(?:mallto|smtp|slp|xmpp|acct):)?([^{_AROUND}]+(?:'[^{_AROUND}]+)*@[^{_AROUND}]*[^{_AROUND}.])"
)
"""An address, and the scheme before it, in a text that is folded: there, an `i` is an `l`."""

_TAG = re.compile(r"\+[^@]*(?=@)")
_INVISIBLE = frozenset({"Cc", "Cf", "Co", "Cn", "Cs", "Mn", "Me"})

_FILLERS = "\u115f\u1160"
"""Letters that do not show; in this form, those of Korean are all that Unicode has."""

_WORD = re.compile(r"\w+")
_TITLE = re.compile(r"[,;(]")
_LOOKS_LATIN = str.maketrans(
    "\u0430\u0432\u0435\u043a\u043c\u043d\u043e\u0440\u0441\u0442\u0443\u0445\u0455\u0456\u0458\u04bb\u0501\u051b\u051d"
    "\u0475\u04af\u04cf"
    "\u03b1\u03b2\u03b3\u03b5\u03b7\u03b9\u03ba\u03bd\u03bf\u03c1\u03c3\u03c4\u03c5\u03c7\u03c9\u03f3"
    "\u0131\u0251\u0261\u0269\u026a\u00f8\u0142\u0111\u0127\u0167"
    "\u0585\u057d\u0570\u0578\u0581\u0566"
    "\u1d00\u0299\u1d04\u1d05\u1d07\ua730\u0262\u029c\u1d0a\u1d0b\u029f\u1d0d\u0274\u1d0f\u1d18\ua7af\u0280\ua731\u1d1b"
    "\u1d1c\u1d20\u1d21\u028f\u1d22"
    "\u13a0\u13a1\u13a2\u13a5\u13aa\u13ab\u13ac\u13b3\u13b7\u13bb\u13bd\u13c0\u13c2\u13c3\u13cf\u13d2\u13d4\u13d5\u13d9"
    "\u13da\u13de\u13df\u13e2\u13e6\u13e7\u13f3\u13f4"
    "\ua4d0\ua4d1\ua4d3\ua4d4\ua4d6\ua4d7\ua4d9\ua4da\ua4dc\ua4dd\ua4df\ua4e0\ua4e1\ua4e2\ua4e3\ua4e6\ua4e7\ua4ea\ua4eb"
    "\ua4ec\ua4ee\ua4f0\ua4f2\ua4f3\ua4f4",
    "abekmhopctyxsijhdqwvyl"
    "abyenikvopotuxwj"
    "iagiioldht"
    "ouhngq"
    "abcdefghjklmnopqrstuvwyz"
    "drtiajewmhyghzbrwsvslcpkdgb"
    "bpdtgkjczfmnlsrvhwxyaeiou",
)
"""Small letters that look like Latin ones, small or great: of Cyrillic, Greek, Latin itself, Armenian, phonetics (small
capitals), Cherokee and Lisu, in this order.

Source: Unicode Technical Standard #39, "Unicode Security Mechanisms", section 4 (confusables).
"""

_LOOK_ALIKE = str.maketrans("i1|0", "lllo")
"""Latin letters and digits that one takes for others, the great ones included."""


def is_same_person(one: str, other: str) -> bool:
    """Tell whether two names mean one person or role, as far as their spelling tells.

    Case, accents, spacing, punctuation, the order of words, look-alike letters and what does not show make no
    difference, nor does what follows a comma, a semicolon or a bracket: a title, or for whom somebody speaks. Addresses
    of electronic mail are compared without a `+tag`, and names without the address beside them; what stands before the
    `@` is held against a name, but not against that of another address. Who has no name may be anybody.
    """
    names, others = _names(_ADDRESS.sub(" ", _folded(one))), _names(_ADDRESS.sub(" ", _folded(other)))
    addresses, other_addresses = _addresses(one), _addresses(other)
    if not (names or addresses) or not (others or other_addresses):
        return True
    return not (
        names.isdisjoint(others)
        and addresses.isdisjoint(other_addresses)
        and names.isdisjoint(_before_at(other_addresses))
        and others.isdisjoint(_before_at(addresses))
    )


def _names(text: str) -> frozenset[str]:
    """Give the ways to read a text as a name: whole and up to a title, as it is written and with its words in order."""
    found = set()
    for part in (text, _TITLE.split(text.lstrip(" ,;("), maxsplit=1)[0]):
        words = _WORD.findall(part.replace("_", " "))
        found |= {"".join(words), "".join(sorted(words))}
    return frozenset(found - {""})


def _before_at(addresses: frozenset[str]) -> frozenset[str]:
    return frozenset(name for address in addresses for name in _names(address.partition("@")[0]))


def _addresses(text: str) -> frozenset[str]:
    return frozenset(_TAG.sub("", address) for address in _ADDRESS.findall(_folded(text)))


@functools.lru_cache(maxsize=4096)
def _folded(name: str) -> str:
    # What does not show goes first: the case of a mark may be a letter. Then once more, as case makes marks, too.
    return _shown(_shown(name).casefold()).translate(_LOOKS_LATIN).translate(_LOOK_ALIKE)


def _shown(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text)
    return "".join(each for each in apart if unicodedata.category(each) not in _INVISIBLE and each not in _FILLERS)


def looks_like(one: str, other: str) -> bool:
    """Tell whether two ids differ in nothing but case, width, look-alike letters or what does not show."""
    return likeness(one) == likeness(other)


def likeness(text: str) -> str:
    """Give what is left of an id without what `looks_like` disregards."""
    return _folded(text)
