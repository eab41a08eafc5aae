"""What can be changed in an expression, one thing at a time: operators, words, bounds, parts."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from release_review.cel import operators
from release_review.cel.syntax import (
    Arithmetic,
    Call,
    Conditional,
    Index,
    Listing,
    Literal,
    Logic,
    Name,
    Prefix,
    Refusal,
    Relation,
    Select,
    Syntax,
    children_of,
)
from release_review.cel.tree import Constant
from release_review.cel.unparse import start_of, write

LONGEST_QUOTED = 110
"""Characters of a part of an expression that the name of a change quotes; of a longer one, its two ends."""

LEAST_LARGE = 1_000_000
"""Whole numbers below this are moved by one; larger ones, and fractions, by a tenth."""

_SWAPPED = {
    "==": ("!=",),
    "!=": ("==",),
    "<": ("<=", ">="),
    "<=": ("<", ">"),
    ">": (">=", "<="),
    ">=": (">", "<"),
}
_SIGNS = {"+": "-", "-": "+", "*": "/", "/": "*"}
_DAYS = {"today": "as_of", "as_of": "today"}
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that is different in an expression.

    Attributes:
        tree: The whole expression, changed.
        name: What is different, in words that quote the smallest part that shows it.
        at: Offset of that part in the text of the expression.
    """

    tree: Syntax
    name: str
    at: int


Words = Mapping[int, tuple[str, ...]]
"""The vocabulary that a word written out at an offset comes from."""


def changes_of(tree: Syntax, words: Words) -> Iterator[Change]:
    """Give every change of one thing, from left to right; not all of them need to type-check."""
    yield from _changes(tree, words, lambda changed: changed)


Rebuild = Callable[[Syntax], Syntax]
"""Puts a part back into the whole expression."""


def _changes(tree: Syntax, words: Words, whole: Rebuild) -> Iterator[Change]:
    for name, after in _here(tree, words):
        yield Change(tree=whole(after), name=name, at=start_of(tree))
    if isinstance(tree, Call) and tree.base is None and tree.name in ("timestamp", "duration", "has"):
        return  # what stands in it was changed with it
    for index, child in enumerate(children_of(tree)):
        if isinstance(tree, Index) and index:
            continue  # the id of an assessment
        yield from _changes(child, words, functools.partial(_rebuilt, whole, tree, index))


def _rebuilt(whole: Rebuild, tree: Syntax, index: int, child: Syntax) -> Syntax:
    return whole(_with_child(tree, index, child))


def _with_child(tree: Syntax, index: int, child: Syntax) -> Syntax:
    """Put another part in the place of one of `children_of`."""
    match tree:
        case Select():
            return replace(tree, base=child)
        case Index(base=base, key=key):
            return Index(tree.at, *_put((base, key), index, child))
        case Call(base=base, arguments=arguments):
            if base is None:
                return replace(tree, arguments=_put(arguments, index, child))
            first, *others = _put((base, *arguments), index, child)
            return replace(tree, base=first, arguments=tuple(others))
        case Listing(items=items):
            return replace(tree, items=_put(items, index, child))
        case Prefix():
            return replace(tree, operand=child)
        case Logic(operands=operands) | Arithmetic(operands=operands):
            return replace(tree, operands=_put(operands, index, child))
        case Relation(left=left, right=right):
            return Relation(tree.at, tree.operator, *_put((left, right), index, child))
        case Conditional(condition=condition, then=then, otherwise=otherwise):
            return Conditional(tree.at, *_put((condition, then, otherwise), index, child))
        case Literal() | Name():
            raise IndexError(index)


def _put(parts: tuple[Syntax, ...], index: int, part: Syntax) -> tuple[Syntax, ...]:
    return (*parts[:index], part, *parts[index + 1 :])


# One part -------------------------------------------------------------------------------------------------------------


def _here(tree: Syntax, words: Words) -> Iterator[tuple[str, Syntax]]:
    """Give the changes of a part itself: what is different, and the part."""
    match tree:
        case Logic():
            yield from _of_chain(tree)
        case Relation(operator="in"):
            yield from _of_membership(tree, words)
        case Relation():
            yield from _of_comparison(tree, words)
        case Prefix(operator="!", operand=operand):
            yield _becomes(tree, operand)
        case Conditional(then=then, otherwise=otherwise):
            yield _becomes(tree, replace(tree, then=otherwise, otherwise=then))
        case Call():
            yield from _of_call(tree)
        case Arithmetic():
            yield from _of_arithmetic(tree)
        case Name(name=name) if name in _DAYS:
            yield _becomes(tree, Name(tree.at, _DAYS[name]))
        case Literal(kind="bool", value=value):
            yield _becomes(tree, replace(tree, value=not value))


def _of_call(tree: Call) -> Iterator[tuple[str, Syntax]]:
    match tree:
        case Call(name="exists", base=base) if base is not None:
            # `all` alone holds for an empty list, which is a second change, and is refused in most places.
            some = Relation(tree.at, ">", Call(tree.at, None, "size", (base,)), Literal(tree.at, "int", 0))
            after = Logic(tree.at, "&&", (some, replace(tree, name="all")))
            yield f"`all` in place of `exists` in {_quoted(tree)}", after
        case Call(name="all" | "exists_one", base=base) if base is not None:
            yield f"`exists` in place of `{tree.name}` in {_quoted(tree)}", replace(tree, name="exists")
        case Call(name="has" | "contains" | "startsWith" | "endsWith" | "matches"):
            yield _becomes(tree, Prefix(tree.at, "!", tree))
        case Call(name="timestamp" | "duration", base=None, arguments=(Literal(value=str(text)),)):
            yield from (_becomes(tree, after) for after in _moved_days(tree, text))


def _of_arithmetic(tree: Arithmetic) -> Iterator[tuple[str, Syntax]]:
    for index, sign in enumerate(tree.operators):
        signs = (*tree.operators[:index], _SIGNS[sign], *tree.operators[index + 1 :])
        yield _becomes(tree, replace(tree, operators=signs))
    for index, operand in enumerate(tree.operands):
        for number in _moved(operand):
            yield _becomes(tree, replace(tree, operands=_put(tree.operands, index, number)))


def _of_chain(tree: Logic) -> Iterator[tuple[str, Syntax]]:
    other = "||" if tree.operator == "&&" else "&&"
    told = f"`{other}` in place of `{tree.operator}` after {_quoted(tree.operands[0])}"
    yield told, replace(tree, operator=other)
    for index, operand in enumerate(tree.operands):
        left = (*tree.operands[:index], *tree.operands[index + 1 :])
        after = left[0] if len(left) == 1 else replace(tree, operands=left)
        yield f"without {_quoted(operand)}", after


def _of_membership(tree: Relation, words: Words) -> Iterator[tuple[str, Syntax]]:
    yield _becomes(tree, Prefix(tree.at, "!", tree))
    if not isinstance(tree.right, Listing):
        yield from _other_words(tree, words)
        return
    items = tree.right.items
    for index, item in enumerate(items):
        left = (*items[:index], *items[index + 1 :])
        if left:
            told = f"without `{write(item)}` in {_quoted(tree)}"
            yield told, replace(tree, right=replace(tree.right, items=left))
    for word in _words_beside(items, words):
        added = Literal(items[-1].at, "string", word)
        told = f"with `{write(added)}` in {_quoted(tree)}"
        yield told, replace(tree, right=replace(tree.right, items=(*items, added)))


def _words_beside(items: tuple[Syntax, ...], words: Words) -> Iterator[str]:
    """Give what a list of words is tried with besides: the word after its last one, and "unknown"."""
    known = next((words[each.at] for each in items if each.at in words), ())
    listed = {each.value for each in items if isinstance(each, Literal)}
    left = [each for each in known if each not in listed]
    last = max((known.index(each) for each in known if each in listed), default=0)
    stated = [each for each in left if each != "unknown"]
    if stated:
        yield next((each for each in stated if known.index(each) > last), stated[0])
    if "unknown" in left:
        yield "unknown"


def _of_comparison(tree: Relation, words: Words) -> Iterator[tuple[str, Syntax]]:
    for operator in _SWAPPED[tree.operator]:
        yield _becomes(tree, replace(tree, operator=operator))
    yield from _other_words(tree, words)
    for number in _moved(tree.left):
        yield _becomes(tree, replace(tree, left=number))
    for number in _moved(tree.right):
        yield _becomes(tree, replace(tree, right=number))


def _other_words(tree: Relation, words: Words) -> Iterator[tuple[str, Syntax]]:
    for word in _words_near(tree.left, words):
        yield _becomes(tree, replace(tree, left=word))
    for word in _words_near(tree.right, words):
        yield _becomes(tree, replace(tree, right=word))


def _words_near(literal: Syntax, words: Words) -> Iterator[Literal]:
    if isinstance(literal, Literal) and literal.at in words:
        for word in _neighbours(str(literal.value), words[literal.at]):
            yield replace(literal, value=word)


def _neighbours(word: str, known: tuple[str, ...]) -> list[str]:
    """Give the words after and before a word in its vocabulary, which goes round; "unknown" is none of them."""
    ring = [each for each in known if each != "unknown" or each == word]
    at = ring.index(word)
    return [each for each in dict.fromkeys((ring[(at + 1) % len(ring)], ring[at - 1])) if each != word]


def _moved(literal: Syntax) -> Iterator[Literal]:
    """Give a number moved by one step, up and down."""
    if isinstance(literal, Literal) and literal.kind in ("int", "double"):
        for value in values_beside(literal.value):
            yield replace(literal, value=value)


def values_beside(value: Any) -> tuple[Any, ...]:
    """Give a number or a day moved by one step, up and down; a truth value turned; nothing for anything else."""
    match value:
        case bool():
            return (not value,)
        case int() | float() if abs(value) < LEAST_LARGE and value == int(value):
            return value + 1, value - 1
        case int():
            return value + value // 10, value - value // 10
        case float():
            return tuple(float(f"{value * factor:.15g}") for factor in (1.1, 0.9))
        case dt.date():
            return tuple(value + step for step in (_DAY, -_DAY) if dt.date.min < value < dt.date.max)
    return ()


def _moved_days(tree: Call, text: str) -> Iterator[Call]:
    """Give a date or a duration moved by one day, up and down; one that nothing can be moved in stays."""
    for day in (_DAY, -_DAY):
        try:
            read = operators.instant(text, tree.at) if tree.name == "timestamp" else operators.duration(text, tree.at)
            moved = _text_of(read, day)
        except (Refusal, OverflowError):
            return
        yield replace(tree, arguments=(Literal(tree.arguments[0].at, "string", moved),))


def _text_of(constant: Constant, step: dt.timedelta) -> str:
    match constant.value:
        case dt.datetime() as moment:
            return (moment + step).astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        case dt.timedelta() as length:
            seconds = (length + step).total_seconds()
            return f"{seconds / 3600:.0f}h" if seconds % 3600 == 0 else f"{seconds:f}s"
    raise TypeError("no date and no duration")


# Words ----------------------------------------------------------------------------------------------------------------


def _becomes(before: Syntax, after: Syntax) -> tuple[str, Syntax]:
    return f"{_quoted(before)} becomes {_quoted(after)}", after


def _quoted(tree: Syntax) -> str:
    text = write(tree)
    if len(text) > LONGEST_QUOTED:
        half = (LONGEST_QUOTED - 3) // 2
        text = f"{text[:half]}...{text[-half:]}"
    return f"`{text}`"
