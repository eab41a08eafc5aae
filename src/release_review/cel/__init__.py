"""The only door to CEL: from text to an admitted expression, and to the engines that decide it.

Three stages: `parse` (cel-python turns text into a tree), `check` (the tree is typed against the
manifest's schema; the typed tree gives the two readings and the read set), and an engine.
"""

from __future__ import annotations

import functools
from collections.abc import Callable

from release_review.cel import syntax
from release_review.cel.check import check
from release_review.cel.engine import Decision, Engine, Expression, Levels, Session, Subject
from release_review.cel.parse import parse
from release_review.cel.readings import Readings, TooManyNodesError, read_twice
from release_review.cel.reads import Read, read_set
from release_review.cel.render import render
from release_review.cel.scope import Question, Scope
from release_review.cel.types import Type, manifest_type, type_at
from release_review.errors import ExpressionError, UsageError

__all__ = [
    "Decision",
    "Engine",
    "Expression",
    "Levels",
    "Question",
    "Read",
    "Readings",
    "Scope",
    "Session",
    "Subject",
    "Type",
    "admit",
    "manifest_type",
    "open_engine",
    "render",
    "type_at",
]

ENGINES = ("compiled", "reference")
"""Names of the engines."""


def admit(text: str, scope: Scope, *, where: Callable[[int], str]) -> Expression:
    """Parse, check and read an expression.

    Args:
        text: CEL.
        scope: What its names stand for.
        where: Gives `FILE:LINE:COLUMN` of an offset in the text.

    Raises:
        ExpressionError: It does not load.
    """
    try:
        tree = parse(text, scope.limits)
        formula = check(tree, scope)
        most = scope.limits.reading_growth * syntax.count_nodes(tree)
        readings = read_twice(formula, most=most)
    except syntax.Refusal as refusal:
        raise ExpressionError(refusal.what, where=where(refusal.at), hint=refusal.hint) from None
    except TooManyNodesError:
        what = f"a reading is more than {scope.limits.reading_growth} times as long as the expression"
        raise ExpressionError(what, where=where(0), hint="split the rule, or ask with fewer conditionals") from None
    return Expression(text=text, formula=formula, readings=readings, reads=read_set(formula), where=where(0))


def open_engine(name: str) -> Engine:
    """Give an engine by its name.

    Raises:
        UsageError: There is no such engine.
    """
    if name == "compiled":
        return _compiled()
    if name == "reference":
        from release_review.cel.reference import Reference  # 0.3 s, paid where it is used

        return Reference()
    raise UsageError(f"there is no engine {name!r}", hint=f"use one of: {', '.join(ENGINES)}")


@functools.cache
def _compiled() -> Engine:
    """Give the compiled engine: one for the process, because what it has compiled serves every manifest."""
    from release_review.cel.compile import Compiled

    return Compiled()
