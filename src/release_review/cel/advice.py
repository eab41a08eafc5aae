"""What to write instead: the hints of refusals."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from release_review.cel import syntax
from release_review.cel.syntax import Syntax
from release_review.cel.types import Type


def quoted(text: str) -> str:
    """Give a text in quotes."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def one_of(words: Iterable[str]) -> str:
    """Tell which words there are."""
    return "use one of: " + ", ".join(quoted(word) for word in words)


def meant(name: str, known: Iterable[str]) -> str:
    """Tell which name was likely meant, else which there are."""
    listed = list(known)
    near = difflib.get_close_matches(name, listed, n=1)
    return f"did you mean {near[0]!r}?" if near else "use one of: " + ", ".join(listed)


def truth_hint(tree: Syntax, found: Type) -> str:
    """Tell how to ask something that is true or false."""
    if found.name == "word" and "yes" in found.words:
        return 'write == "yes"'
    if found.name == "list":
        return "use exists(), all() or size()"
    return "compare it with something" if not isinstance(tree, syntax.Literal) else "write a comparison"


def pair_hint(one: Type, other: Type) -> str:
    """Tell how to compare two kinds of values."""
    names = {one.name, other.name}
    if names == {"timestamp", "string"}:
        return 'write timestamp("2025-08-05T00:00:00Z")'
    if "bool" in names:
        return "join conditions with && or ||"
    if "list" in names:
        return "use in, exists() or size()"
    if names == {"word", "string"}:
        return "compare a word with a word that is written out"
    if "table" in names:
        return "compare one of its fields"
    if names in ({"double", "string"}, {"int", "string"}):
        return "write the number without quotes"
    return "compare values of one kind"
