"""Which lists an expression has made sure not to be empty, so that `all` over them is no empty promise."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from release_review.cel import syntax
from release_review.cel.syntax import Syntax

Shape = tuple[object, ...]
"""What an expression says, without where it stands."""

_PROVES_AN_ITEM: dict[str, Callable[[int], bool]] = {
    ">": lambda bound: bound >= 0,
    ">=": lambda bound: bound >= 1,
    "==": lambda bound: bound >= 1,
    "!=": lambda bound: bound == 0,
}
"""Whether `size(list) operator bound` leaves only lists that have an item."""

_OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}


def size_operand(tree: Syntax) -> Syntax | None:
    """Give what `size(...)` or `....size()` counts; None for anything else."""
    if not isinstance(tree, syntax.Call) or tree.name != "size":
        return None
    counted = tree.arguments if tree.base is None else (tree.base, *tree.arguments)
    return counted[0] if len(counted) == 1 else None


def lists_with_items(tree: Syntax, *, holds: bool) -> frozenset[Shape]:
    """Give the shapes of the lists that surely have an item where a condition holds, or where it does not."""
    match tree:
        case syntax.Prefix(operator="!", operand=operand):
            return lists_with_items(operand, holds=not holds)
        case syntax.Logic(operator=operator, operands=operands) if (operator == "&&") == holds:
            return frozenset().union(*(lists_with_items(each, holds=holds) for each in operands))
        case syntax.Call(base=base, name="exists" | "exists_one") if base is not None and holds:
            return frozenset({shape(base)})
        case syntax.Relation(operator=operator, left=left, right=right) if operator in syntax.FLIPPED:
            found = _counted(left, operator, right, holds=holds)
            return found | _counted(right, syntax.FLIPPED[operator], left, holds=holds)
    return frozenset()


def shapes_in(tree: Syntax) -> frozenset[Shape]:
    """Give the shapes of the paths in an expression."""
    own = {shape(tree)} if isinstance(tree, syntax.Select) else set()
    return frozenset(own).union(*(shapes_in(each) for each in syntax.children_of(tree)))


def _counted(asked: Syntax, operator: str, bound: Syntax, *, holds: bool) -> frozenset[Shape]:
    counted = size_operand(asked)
    operator = operator if holds else _OPPOSITE[operator]
    if counted is None or operator not in _PROVES_AN_ITEM or not isinstance(bound, syntax.Literal):
        return frozenset()
    proven = isinstance(bound.value, int | float) and _PROVES_AN_ITEM[operator](int(bound.value))
    return frozenset({shape(counted)}) if proven and bound.kind in ("int", "double") else frozenset()


def shape(tree: Any) -> Shape:
    """Give what an expression says without where it stands."""
    parts: list[object] = [type(tree).__name__]
    for each in dataclasses.fields(tree):
        value = getattr(tree, each.name)
        if each.name == "at":
            continue
        if isinstance(value, tuple):
            parts.append(tuple(shape(item) if dataclasses.is_dataclass(item) else item for item in value))
        else:
            parts.append(shape(value) if dataclasses.is_dataclass(value) else value)
    return tuple(parts)
