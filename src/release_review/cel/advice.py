"""What to write instead: the hints of refusals."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from release_review.cel import syntax
from release_review.cel.syntax import Syntax
from release_review.cel.types import Type

_LONGEST_WORD = 60
"""How much of a word of an expression an error repeats, in code points."""


def short(word: str) -> str:
    """Give a word of an expression, cut where it would bury what is said about it."""
    return word if len(word) <= _LONGEST_WORD else f"{word[: _LONGEST_WORD - 3]}..."


def quoted(text: str) -> str:
    """Give a text in quotes."""
    return '"' + short(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def named(name: str) -> str:
    """Give a name as an error speaks of it."""
    return f"'{short(name)}'"


def one_of(words: Iterable[str]) -> str:
    """Tell which words there are."""
    return "use one of: " + ", ".join(quoted(word) for word in words)


def meant(name: str, known: Iterable[str]) -> str:
    """Tell which name was likely meant, else which there are."""
    listed = list(known)
    near = difflib.get_close_matches(name, listed, n=1)
    return f"did you mean {near[0]!r}?" if near else "use one of: " + ", ".join(listed)


_TEXT = "use contains(), startsWith(), endsWith() or matches()"
_CASE = 'use matches("(?i)...")'
_LEAST = "compare each with exists() or all()"
_TYPED = "each field has one type already; leave it out"
_GUARD = "a fact that is not stated leaves the rule undecided by itself; leave it out"
_INSTEAD = {
    **dict.fromkeys(("lowerAscii", "upperAscii", "lower", "upper", "toLowerCase", "toUpperCase"), _CASE),
    **dict.fromkeys(("charAt", "format", "indexOf", "join", "replace", "split", "substring", "trim", "strip"), _TEXT),
    **dict.fromkeys(("like", "match", "regex", "search", "test"), 'use matches("...")'),
    **dict.fromkeys(("includes", "hasValue"), "use in, contains() or has()"),
    **dict.fromkeys(("min", "max", "least", "greatest", "sort", "sum", "avg"), _LEAST),
    **dict.fromkeys(("reduce", "fold", "bind", "transformList", "transformMap"), "use exists(), all() or size()"),
    **dict.fromkeys(("type", "dyn", "bool"), _TYPED),
    **dict.fromkeys(("of", "ofNonZeroValue", "optMap", "orValue", "or"), _GUARD),
    **dict.fromkeys(("len", "length", "count"), "use size()"),
    **dict.fromkeys(("isEmpty", "empty"), "write size(...) == 0"),
    **dict.fromkeys(("any", "some"), "use exists()"),
    **dict.fromkeys(("every", "forall", "each"), "use all()"),
    **dict.fromkeys(("now", "date", "currentTime"), "use as_of or today"),
    "uint": "use int()",
    "float": "use double()",
    "str": "use string()",
    "bytes": "compare text as it is",
}
"""What serves in place of functions that CEL has elsewhere, or that authors know from other languages."""

_LITERALS = {"True": "true", "TRUE": "true", "False": "false", "FALSE": "false", "None": "null", "nil": "null"}


def instead_of(function: str, known: Iterable[str]) -> str:
    """Tell what to use in place of a function that there is not."""
    return _INSTEAD.get(function) or meant(function, known)


def name_hint(name: str, known: Iterable[str], *, homes: Iterable[tuple[str, Iterable[str]]]) -> str:
    """Tell what to write in place of a name that there is not: what it is a field of, or text in quotes."""
    if name in _LITERALS:
        return f"write {_LITERALS[name]}"
    for home, fields in homes:
        if name in fields:
            return f"did you mean {home}.{name}?"
    listed = list(known)
    near = difflib.get_close_matches(name, listed, n=1)
    if near:
        return f"did you mean {near[0]!r}?"
    return f"put a word in quotes, or use one of: {', '.join(listed)}"


_COMPARISONS = {
    "list": "use exists(), all() or size()",
    "int": "compare it, as in > 0",
    "double": "compare it, as in > 0",
    "string": 'compare it, as in == "..."',
    "timestamp": "compare it, as in < today",
    "duration": 'compare it, as in > duration("720h")',
}
"""How a value of each kind becomes a question."""


def truth_hint(tree: Syntax, found: Type) -> str:
    """Tell how to ask something that is true or false."""
    if found.name == "word" and "yes" in found.words:
        return 'write == "yes"'
    if found.name == "word":
        return f"compare it, as in == {quoted(found.words[0])}"
    if isinstance(tree, syntax.Literal):
        return "write a comparison"
    return _COMPARISONS.get(found.name, "compare one of its fields")


def pair_hint(one: Type, other: Type) -> str:
    """Tell how to compare two kinds of values."""
    names = {one.name, other.name}
    if names == {"timestamp", "string"}:
        return 'write timestamp("2025-08-05T00:00:00Z")'
    if "list" in names:
        return "use in, exists() or size()"
    if names == {"word", "string"}:
        return "compare a word with a word that is written out"
    if "table" in names:
        return "compare one of its fields"
    if names in ({"double", "string"}, {"int", "string"}):
        return "write the number without quotes"
    return "compare values of one kind"
