"""Mutants of an expression: admitted expressions that differ from it in one thing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from release_review.cel import syntax
from release_review.cel.changes import Change, changes_of
from release_review.cel.check import check
from release_review.cel.engine import Expression
from release_review.cel.parse import parse
from release_review.cel.question import Scope
from release_review.cel.readings import Readings, TooManyNodesError, check_growth
from release_review.cel.syntax import Refusal, Syntax
from release_review.cel.tree import Formula
from release_review.cel.unparse import write


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """An expression that differs from another in one thing.

    Attributes:
        name: What is different; no other mutant of the expression is called so, and blanks and brackets do not matter.
        at: Offset of the part that differs, in the text of the expression.
        expression: The changed expression.
    """

    name: str
    at: int
    expression: Expression


def mutants_of(expression: Expression, scope: Scope, *, where: Callable[[int], str]) -> tuple[Mutant, ...]:
    """Give the mutants of an expression, from left to right.

    What does not type-check is none, nor is what means the same to the letter, or what another mutant means.

    Args:
        expression: An admitted expression.
        scope: What its names stand for, as it was admitted.
        where: Gives `FILE:LINE:COLUMN` of an offset in its text.
    """
    tree = parse(expression.text, scope.limits)
    known = {expression.formula}
    found: list[tuple[Change, Formula]] = []
    for change in changes_of(tree, words_in(tree, scope)):
        formula = _read(change.tree, scope)
        if formula is not None and formula not in known:
            known.add(formula)
            found.append((change, formula))
    names = numbered([change.name for change, _ in found])
    return tuple(
        Mutant(name=name, at=change.at, expression=_expression(change, formula, scope, where))
        for name, (change, formula) in zip(names, found, strict=True)
    )


def reread(expression: Expression, scope: Scope) -> Expression | None:
    """Give an expression in another scope; None where it does not type-check there, the same one if it means the same.

    Args:
        expression: An admitted expression.
        scope: What its names stand for now, such as a parameter of another value.
    """
    tree = parse(expression.text, scope.limits)
    formula = _read(tree, scope)
    if formula is None or formula == expression.formula:
        return None if formula is None else expression
    return replace(expression, formula=formula, readings=_readings(tree, formula, scope))


def numbered(alike: Sequence[str]) -> list[str]:
    """Tell names that are alike apart: the second of them says that it is the second."""
    seen: Counter[str] = Counter()
    names = []
    for each in alike:
        seen[each] += 1
        names.append(f"{each} (number {seen[each]})" if seen[each] > 1 else each)
    return names


def words_in(tree: Syntax, scope: Scope) -> dict[int, tuple[str, ...]]:
    """Give the vocabulary of each word that is written out in an expression, by the offset of the word."""
    words: dict[int, tuple[str, ...]] = {}
    check(tree, scope, words.__setitem__)
    return words


def _read(tree: Syntax, scope: Scope) -> Formula | None:
    try:
        formula = check(tree, scope)
        check_growth(formula, most=scope.limits.reading_growth * syntax.count_nodes(tree))
    except (Refusal, TooManyNodesError):
        return None
    return formula


def _expression(change: Change, formula: Formula, scope: Scope, where: Callable[[int], str]) -> Expression:
    readings = _readings(change.tree, formula, scope)
    return Expression(text=write(change.tree), formula=formula, readings=readings, place=lambda: where(change.at))


def _readings(tree: Syntax, formula: Formula, scope: Scope) -> Readings:
    return Readings(formula, most=scope.limits.reading_growth * syntax.count_nodes(tree))
