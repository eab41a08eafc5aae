"""The reference engine: cel-python's interpreter, held to the rules of this project.

Its evaluator is used as it is but for three habits. It absorbs errors in `&&`, `||`, `exists` and
`all`: here an error anywhere is an error, and operands are read from the left. It counts nothing:
here comprehensions draw on a budget. It returns whatever an expression gives: here only a truth
value will do. Its compiled runner is never used, because it returns wrong verdicts.
"""

from __future__ import annotations

import datetime as dt
import functools
import logging
import math
import sys
from collections.abc import Mapping, Sequence
from typing import Any, cast

import celpy
import lark
from celpy import celtypes
from celpy.celparser import CELParser
from celpy.evaluation import Activation, CELEvalError, Evaluator

from release_review import pointer as json_pointer
from release_review.cel.engine import Decision, Expression, Levels, Session, Subject
from release_review.cel.render import render
from release_review.cel.tree import Formula, count_nodes
from release_review.dates import midnight
from release_review.errors import EvaluationError

logging.getLogger("celpy").setLevel(logging.WARNING)  # at debug level it logs whole manifests

_DEPTH = 10_000
"""Frames that the deepest admitted expression may take: cel-python walks about forty a level."""


_STEPS_PER_ITEM = 10
"""Steps that a comprehension takes for each item it looks at; its body has about as many parts."""


class Reference:
    """cel-python's interpreter, as an engine."""

    name = "reference"

    def open(self, subject: Subject, *, iterations: int) -> Session:
        """Begin with a manifest."""
        return _Session(subject, _Budget(iterations))


class _Budget:
    """Iterations that are left for one manifest."""

    def __init__(self, iterations: int) -> None:
        self._left = iterations

    def draw(self, steps: int) -> None:
        self._left -= steps
        if self._left < 0:
            raise _TooDearError


class _TooDearError(Exception):
    """The comprehensions of one manifest take more iterations than the limit."""


class _Session:
    def __init__(self, subject: Subject, budget: _Budget) -> None:
        self._manifest = cast("celtypes.MapType", to_cel(subject.manifest))
        self._dates = {"as_of": to_cel(midnight(subject.as_of)), "today": to_cel(midnight(subject.today))}
        self._assessments: Any = celtypes.MapType()
        self._budget = budget

    def know(self, levels: Levels) -> None:
        self._assessments = to_cel(levels)

    def decide(self, expression: Expression, *, this: str = "") -> Decision:
        names = {
            "manifest": self._manifest,
            "this": json_pointer.value_at(self._manifest, this),
            "assessments": self._assessments,
            **self._dates,
        }
        if self._holds(expression.readings.surely, names, expression):
            return Decision.TRUE
        if self._holds(expression.readings.possibly, names, expression):
            return Decision.UNDECIDED
        return Decision.FALSE

    def _holds(self, reading: Formula, names: Mapping[str, Any], expression: Expression) -> bool:
        program, activation = _program(render(reading)), _activation().nested_activation(vars=names)
        depth = sys.getrecursionlimit()
        sys.setrecursionlimit(max(depth, _DEPTH))
        try:
            self._budget.draw(count_nodes(reading))
            value = _StrictEvaluator(program, activation, self._budget).evaluate()
        except CELEvalError as error:
            raise EvaluationError(_reason(error), where=expression.where, hint="guard the operation") from error
        except _TooDearError:
            hint = "shorten the lists of the manifest, or split the rule"
            raise EvaluationError("it takes too many iterations", where=expression.where, hint=hint) from None
        finally:
            sys.setrecursionlimit(depth)
        if not isinstance(value, celtypes.BoolType):
            what = f"it gives {type(value).__name__}, not a truth value"
            raise EvaluationError(what, where=expression.where, hint="this is a fault of the engine; report it")
        return bool(value)


class _StrictEvaluator(Evaluator):
    """cel-python's evaluator, reading from the left and absorbing nothing."""

    def __init__(self, ast: lark.Tree[lark.Token], activation: Activation, budget: _Budget) -> None:
        super().__init__(ast, activation)
        self._budget = budget

    def sub_evaluator(self, ast: lark.Tree[lark.Token]) -> Evaluator:
        return _StrictEvaluator(ast, self.activation, self._budget)

    def conditionalor(self, tree: lark.Tree[lark.Token]) -> Any:
        return self._first(tree, celtypes.BoolType(True))  # noqa: FBT003  # the type takes it by position

    def conditionaland(self, tree: lark.Tree[lark.Token]) -> Any:
        return self._first(tree, celtypes.BoolType(False))  # noqa: FBT003

    def _first(self, tree: lark.Tree[lark.Token], settles: celtypes.BoolType) -> Any:
        if len(tree.children) == 1:
            return self.visit(cast("lark.Tree[lark.Token]", tree.children[0]))
        value: Any = None
        for operand in _operands(tree):
            value = self.visit(operand)
            if not isinstance(value, celtypes.BoolType) or value == settles:
                return value if isinstance(value, celtypes.BoolType | CELEvalError) else _no_truth(value, operand)
        return value

    def addition(self, tree: lark.Tree[lark.Token]) -> Any:
        return _finite(super().addition(tree), tree)

    def multiplication(self, tree: lark.Tree[lark.Token]) -> Any:
        return _finite(super().multiplication(tree), tree)

    def member_dot_arg(self, tree: lark.Tree[lark.Token]) -> Any:
        if str(tree.children[1]) not in ("exists", "all", "exists_one", "filter", "map"):
            return super().member_dot_arg(tree)
        name, items = str(tree.children[1]), self.visit(cast("lark.Tree[lark.Token]", tree.children[0]))
        if isinstance(items, CELEvalError):
            return items
        ask, kept = self.build_macro_eval(tree), []
        for item in items:
            self._budget.draw(_STEPS_PER_ITEM)
            value = ask(item)
            if name == "map":
                kept.append(value)
            elif not isinstance(value, celtypes.BoolType):
                return _no_truth(value, tree)
            elif name in ("exists", "all"):
                if bool(value) == (name == "exists"):
                    return value
            elif value:
                kept.append(item)
        match name:
            case "exists" | "all":
                return celtypes.BoolType(name == "all")
            case "exists_one":
                return celtypes.BoolType(len(kept) == 1)
        return celtypes.ListType(kept)


def _operands(tree: lark.Tree[lark.Token]) -> Sequence[lark.Tree[lark.Token]]:
    """Unroll a chain of one operator, so that its length is no depth."""
    kind, operands = tree.data, []
    while tree.data == kind and len(tree.children) == 2:  # noqa: PLR2004  # left operand, right operand
        left, right = cast("list[lark.Tree[lark.Token]]", tree.children)
        operands.append(right)
        tree = left
    operands.append(tree)
    operands.reverse()
    return operands


def _finite(value: Any, tree: lark.Tree[lark.Token]) -> Any:
    """Let no infinity and no NaN out of arithmetic: a NaN compares false, and its negation would pass."""
    if isinstance(value, float) and not math.isfinite(value):
        return CELEvalError("the result is no finite number", ArithmeticError, (str(value),), tree=tree)
    return value


def _no_truth(value: Any, tree: lark.Tree[lark.Token]) -> CELEvalError:
    if isinstance(value, CELEvalError):
        return value
    return CELEvalError("found no truth value", TypeError, (type(value).__name__,), tree=tree)


def _reason(error: CELEvalError) -> str:
    text = str(error.args[0]) if error.args else "the evaluation broke"
    return text.split(" applied to ")[0].split(" (in activation ")[0]


@functools.cache
def _activation() -> Activation:
    limit = sys.getrecursionlimit()
    environment = celpy.Environment()
    sys.setrecursionlimit(limit)  # the constructor changes it for the whole process
    return celpy.InterpretedRunner(environment, lark.Tree("expr", [])).new_activation()


@functools.lru_cache(maxsize=4096)
def _program(text: str) -> lark.Tree[lark.Token]:
    return CELParser().parse(text)


def to_cel(value: Any) -> Any:
    """Turn normalised data into cel-python's values."""
    match value:
        case None:
            return None
        case bool():
            return celtypes.BoolType(value)
        case int():
            return celtypes.IntType(value)
        case float():
            return celtypes.DoubleType(value)
        case str():
            return celtypes.StringType(value)
        case dt.datetime():
            return celtypes.TimestampType(value)
        case Mapping():
            return celtypes.MapType({celtypes.StringType(key): to_cel(inner) for key, inner in value.items()})
        case Sequence():
            return celtypes.ListType([to_cel(inner) for inner in value])
    raise TypeError(f"a manifest holds no {type(value).__name__}")
