"""The only door to CEL: from text to an admitted expression, and to the engines that decide it.

Three stages: `parse` (cel-python turns text into a tree), `check` (the tree is typed against the
manifest's schema; the typed tree gives the two readings and the read set), and an engine. The first two are
left out for an expression whose typed tree is known from an earlier run.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable

from release_review.cel.engine import Decision, Engine, Expression, Levels, Session, Subject
from release_review.cel.question import Question, Scope
from release_review.cel.readings import Readings
from release_review.cel.reads import Read
from release_review.cel.render import render
from release_review.cel.tree import Formula
from release_review.cel.trees import Trees
from release_review.cel.types import Type, manifest_type, type_at
from release_review.errors import Excerpt, ExpressionError, UsageError
from release_review.faults import MOST_SHOWN

__all__ = [
    "ENGINES",
    "Decision",
    "Engine",
    "Expression",
    "Levels",
    "Question",
    "Read",
    "Scope",
    "Session",
    "Subject",
    "Trees",
    "Type",
    "admit",
    "manifest_type",
    "meant",
    "open_engine",
    "render",
    "type_at",
]

ENGINES = ("compiled", "reference")
"""Names of the engines."""


def admit(
    text: str,
    scope: Scope,
    *,
    where: Callable[[int], str],
    quote: Callable[[int, int], Excerpt | None] = lambda _start, _end: None,
    trees: Trees | None = None,
) -> Expression:
    """Parse, check and read an expression.

    Args:
        text: CEL.
        scope: What its names stand for.
        where: Gives `FILE:LINE:COLUMN` of an offset in the text.
        quote: Gives the line of the file in which a part of the text begins, by the two offsets of the part.
        trees: Typed trees that are known from an earlier run; this one is added to them.

    Raises:
        ExpressionError: It does not load; it carries along what else is wrong with the expression.
    """
    formula = None if trees is None else trees.find(text, scope)
    if formula is None:
        formula = _read(text, scope, where, quote)
        if trees is not None:
            trees.add(text, scope, formula)
    most = scope.limits.reading_growth * max(1, len(text))  # an expression has no more nodes than characters
    return Expression(text=text, formula=formula, readings=Readings(formula, most=most), place=lambda: where(0))


def _read(text: str, scope: Scope, where: Callable[[int], str], quote: Callable[[int, int], Excerpt | None]) -> Formula:
    """Parse and check an expression.

    Raises:
        ExpressionError: It does not load.
    """
    # A tenth of a second and more, which an expression whose tree is known does not cost.
    from release_review.cel import syntax
    from release_review.cel.check import check
    from release_review.cel.parse import parse
    from release_review.cel.readings import TooManyNodesError, check_growth
    from release_review.cel.tokens import end_of

    try:
        tree = parse(text, scope.limits)
        formula = check(tree, scope)
        most = scope.limits.reading_growth * syntax.count_nodes(tree)
        check_growth(formula, most=most)
    except syntax.Refusal as refusal:
        refusals = (refusal, *refusal.also)
        told = [
            ExpressionError(
                each.what, where=where(each.at), hint=each.hint, excerpt=quote(each.at, end_of(text, each.at))
            )
            for each in refusals[:MOST_SHOWN]
        ]
        if len(refusals) > MOST_SHOWN:
            at, more = refusals[MOST_SHOWN].at, len(refusals) - MOST_SHOWN
            what = f"{more} more {'error' if more == 1 else 'errors'} in the expression from here on"
            told.append(ExpressionError(what, where=where(at), hint="correct those above first"))
        raise ExpressionError.join(told) from None
    except TooManyNodesError:
        what = f"a reading is more than {scope.limits.reading_growth} times as long as the expression"
        hint = "split the rule, or ask with fewer conditionals"
        raise ExpressionError(what, where=where(0), hint=hint, excerpt=quote(0, end_of(text, 0))) from None
    return formula


def meant(name: str, known: Iterable[str]) -> str:
    """Tell which name was likely meant, else which there are."""
    from release_review.cel import advice  # only to word an error

    return advice.meant(name, known)


def open_engine(name: str) -> Engine:
    """Give an engine by its name.

    Raises:
        UsageError: There is no such engine.
    """
    if name == "compiled":
        return _compiled()
    if name == "reference":
        return _reference()
    raise UsageError(f"there is no engine {name!r}", hint=f"use one of: {', '.join(ENGINES)}")


@functools.cache
def _reference() -> Engine:
    """Give the reference engine: one for the process, because what it has parsed serves every manifest."""
    from release_review.cel.reference import Reference  # 0.3 s, paid where it is used

    return Reference()


@functools.cache
def _compiled() -> Engine:
    """Give the compiled engine: one for the process, because what it has compiled serves every manifest."""
    from release_review.cel.compile import Compiled

    return Compiled()
