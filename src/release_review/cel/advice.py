"""What to write instead: the hints of refusals."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator

from release_review.cel import syntax
from release_review.cel.syntax import Syntax
from release_review.cel.types import Type
from release_review.dates import period_of

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
    **dict.fromkeys(("now", "currentTime"), "use today or as_of"),
    **dict.fromkeys(("date", "Date", "datetime"), 'write it as in timestamp("2025-08-05T00:00:00Z"), or use today'),
    "not": "write !(...)",
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
    if name == "now":
        return "use today or as_of"
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


_SAYS_TRUE = frozenset({"true", "yes", "1"})
_SAYS_FALSE = frozenset({"false", "no", "0"})


def unequal_hint(tree: syntax.Relation, truth: Syntax, found: Type) -> str:
    """Tell what to write where something true or false is compared with a value of another type."""
    other = tree.right if truth is tree.left else tree.left
    if isinstance(truth, syntax.Literal):
        if "yes" in found.words:
            return 'write "yes" for true' if truth.value else 'write "no" for false'
        return "leave the comparison out" if isinstance(other, syntax.Literal) else truth_hint(other, found)
    if found.name == "word":
        return f"compare the word, as in == {quoted(found.words[0])}"
    said = str(other.value).lower() if isinstance(other, syntax.Literal) and tree.operator in ("==", "!=") else ""
    if said in _SAYS_TRUE | _SAYS_FALSE:
        holds = (said in _SAYS_TRUE) == (tree.operator == "==")
        return "leave the comparison out" if holds else "leave the comparison out, and write !(...)"
    if any(isinstance(each, syntax.Relation) and each.operator in ("<", "<=", ">", ">=") for each in (truth, other)):
        return "join comparisons with &&, as in 1 < x && x < 9"
    return "leave the comparison out"


def word_meant(tree: Syntax) -> str:
    """Give the word that was meant by what is written without quotes, where that may be one; else nothing."""
    if isinstance(tree, syntax.Name):
        return tree.name
    if isinstance(tree, syntax.Arithmetic) and set(tree.operators) == {"-"}:
        parts = [word_meant(each) for each in tree.operands]
        return "-".join(parts) if all(parts) else ""
    return ""


def path_of(tree: Syntax) -> str:
    """Give a path as it is written; `...` where it is none."""
    if isinstance(tree, syntax.Name):
        return short(tree.name)
    if isinstance(tree, syntax.Select):
        return f"{path_of(tree.base)}.{short(tree.field)}"
    return "..."


def names_in(tree: Syntax) -> Iterator[str]:
    """Give the names that stand alone, or at the root of a path."""
    if isinstance(tree, syntax.Name):
        yield tree.name
    for child in syntax.children_of(tree):
        yield from names_in(child)


_COUNTS = frozenset({"size", "length", "len", "count"})


def field_hint(tree: syntax.Select, found: Type) -> str:
    """Tell what to write in place of a field of what has none."""
    if found.name in ("list", "string") and tree.field in _COUNTS:
        path = path_of(tree.base)
        return f"write size({path if '...' not in path else '...'})"
    if found.name == "list":
        fields = () if found.item is None else found.item.fields
        near = difflib.get_close_matches(tree.field, fields, n=1)
        field = tree.field if tree.field in fields else near[0] if near else ""
        return f"use exists(x, x.{short(field)} == ...)" if field else "use exists(x, ...) or size()"
    return "compare the text itself" if found.name == "string" else "compare the value itself"


_SMALL = re.compile(r"(?<=\.[0-9]{6})[0-9]+")
"""What is below a microsecond in an instant."""


def instant_hint(text: str) -> str:
    """Tell how to write an instant: the one that a text means, if it is a day, a month, a year or an instant."""
    try:
        first = period_of(text).first
    except (ValueError, OverflowError):
        return 'write it as in timestamp("2025-08-05T00:00:00Z")'
    return f'write timestamp("{_SMALL.sub("", text) if "T" in text else f"{first}T00:00:00Z"}")'


_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")


def pair_hint(one: Type, other: Type, written: object = None) -> str:
    """Tell how to compare two kinds of values, of which one may be written out."""
    names = {one.name, other.name}
    if names == {"timestamp", "string"}:
        return instant_hint(str(written))
    if names in ({"timestamp", "int"}, {"timestamp", "double"}):
        return instant_hint("")
    if "list" in names:
        return "use in, exists() or size()"
    if names == {"word", "string"}:
        return "compare a word with a word that is written out"
    if "table" in names:
        return "compare one of its fields"
    if names in ({"double", "string"}, {"int", "string"}):
        return _number_hint(written)
    return "compare values of one kind"


def _number_hint(written: object) -> str:
    if isinstance(written, str):
        return f"write {short(written)}, without quotes" if _NUMBER.fullmatch(written) else "compare it with a number"
    if isinstance(written, int | float):
        return f'write it in quotes, as in "{written}"'
    return "compare values of one kind"
