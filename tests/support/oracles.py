"""Other implementations of CEL, as engines: what they make of a condition is held against our own answer.

Each reads the text that `cel.render` writes, for both readings, and the normalised manifest. What an oracle does
differently from CEL, or from the strictness that is asked of our engines, is written down in `deviations.toml`.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import importlib.util
import sys
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import celpy
import celpy.evaluation
from celpy import celtypes

from release_review import pointer as json_pointer
from release_review.cel import Decision, Expression, Levels, Session, Subject, render
from release_review.cel.reference import to_cel
from release_review.cel.tree import (
    AllOf,
    AnyOf,
    Atom,
    Choice,
    Constant,
    Formula,
    LevelOf,
    Named,
    Path,
    Quantified,
    Size,
    Stated,
    Truth,
    View,
)
from release_review.cel.types import INT, Type
from release_review.dates import midnight
from release_review.errors import EvaluationError

HAS_CEL_EXPR = importlib.util.find_spec("cel_expr_python") is not None
NO_CEL_EXPR = "cel-expr-python has no wheel for this platform, so Google's CEL is not asked"
"""Why a test is skipped."""

_DEEP = 20_000


class Oracle(Protocol):
    """An engine that is asked for comparison."""

    name: str

    def open(self, subject: Subject, *, iterations: int) -> Session:
        """Begin with a manifest."""
        ...


class TooDeepForOracleError(Exception):
    """The oracle does not take so deep an expression, so it says nothing about it."""


# Google's CEL --------------------------------------------------------------------------------------------------------


class CelExpr:
    """Google's cel-expr-python, a binding of cel-cpp.

    It takes no date inside a map and mistakes those of the year 1, so dates are given as text and read with
    `timestamp(...)`.

    Attributes:
        strict: Whether `&&`, `||`, `exists` and `all` are rewritten so that no error in them is absorbed, wherever
            it stands. An expression that is an error from the left is one then as well.
    """

    name = "cel-expr-python"

    def __init__(self, *, strict: bool = False) -> None:
        from cel_expr_python import cel

        names = ("manifest", "this", "assessments", "as_of", "today")
        self.env = cel.NewEnv(variables=dict.fromkeys(names, cel.Type.DYN))
        self.strict = strict
        self._programs: dict[int, tuple[Expression, Any, Any]] = {}

    def open(self, subject: Subject, *, iterations: int) -> Session:
        """Begin with a manifest; it has a budget of its own, of 10,000 iterations for each evaluation."""
        return _CelExprSession(self, subject)

    def programs(self, expression: Expression) -> tuple[Any, Any]:
        """Give the two readings of an expression, compiled when they are first asked for.

        Raises:
            TooDeepForOracleError: cel-cpp does not nest as deep.
        """
        found = self._programs.get(id(expression))
        if found is None:
            readings = expression.readings
            found = (expression, self._compile(readings.surely), self._compile(readings.possibly))
            self._programs[id(expression)] = found
        if found[1] is None or found[2] is None:
            raise TooDeepForOracleError
        return found[1], found[2]

    def _compile(self, reading: Formula) -> Any:
        text = render(with_text_dates(absorbing_nothing(reading) if self.strict else reading))
        try:
            return self.env.compile(text)
        except RuntimeError as error:
            if "recursion" in str(error):
                return None
            raise


class _CelExprSession:
    def __init__(self, engine: CelExpr, subject: Subject) -> None:
        self._engine = engine
        self._manifest = _plain(subject.manifest)
        self._dates = {"as_of": _plain(midnight(subject.as_of)), "today": _plain(midnight(subject.today))}
        self._levels: Any = {}
        self._activations: dict[str, Any] = {}

    def know(self, levels: Levels) -> None:
        self._levels = _plain(levels)
        self._activations.clear()

    def decide(self, expression: Expression, *, this: str = "") -> Decision:
        surely, possibly = self._engine.programs(expression)
        if self._holds(surely, this, expression):
            return Decision.TRUE
        return Decision.UNDECIDED if self._holds(possibly, this, expression) else Decision.FALSE

    def _holds(self, program: Any, this: str, expression: Expression) -> bool:
        activation = self._activations.get(this)
        if activation is None:
            item = json_pointer.value_at(self._manifest, this)
            names = {"manifest": self._manifest, "this": item, "assessments": self._levels, **self._dates}
            activation = self._activations[this] = self._engine.env.Activation(names)
        try:
            found = program.eval(activation)
        except RuntimeError as error:
            raise EvaluationError(str(error), where=expression.where) from None
        kind, value = found.type().name(), found.value()
        if kind != "BOOL" or not isinstance(value, bool):
            # Errors come as values whose text would count as true.
            raise EvaluationError(str(value) if kind == "ERROR" else f"it gives {kind}", where=expression.where)
        return value


def _plain(value: Any) -> Any:
    match value:
        case dt.datetime():
            return f"{value.astimezone(dt.UTC).replace(tzinfo=None).isoformat()}Z"
        case Mapping():
            return {key: _plain(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_plain(inner) for inner in value]
    return value


def with_text_dates(node: Any) -> Any:
    """Write `timestamp(path)` for each date of the manifest that is compared; whether it is stated is asked plainly."""
    match node:
        case Stated() | Named():
            return node
        case Path(type=Type(name="timestamp", unknown=unknown)) if unknown or node.root in ("as_of", "today"):
            return Path(f"timestamp({'.'.join((node.root, *node.steps))})", (), node.type)
    return _rebuilt(node, with_text_dates)


def absorbing_nothing(node: Any) -> Any:
    """Rewrite a formula so that an error in any part of it that is reached from the left is an error of the whole."""
    node = _rebuilt(node, absorbing_nothing)
    match node:
        case AllOf(operands=operands) if operands:
            return _joined(operands, holds=True)
        case AnyOf(operands=operands) if operands:
            return _joined(operands, holds=False)
        case Quantified(name="exists" | "all", base=base, variable=variable, body=body):
            met = Size(View(base, variable, body), INT)
            return Choice(Atom(">=", (met, Constant(0, INT))), node, Truth(value=False))
    return node


def _joined(operands: Sequence[Formula], *, holds: bool) -> Formula:
    """Join operands by conditionals, in halves, so that a long chain is not deep."""
    if len(operands) == 1:
        return operands[0]
    half = len(operands) // 2
    first, second = _joined(operands[:half], holds=holds), _joined(operands[half:], holds=holds)
    return Choice(first, second, Truth(value=False)) if holds else Choice(first, Truth(value=True), second)


def _rebuilt(node: Any, change: Any) -> Any:
    if isinstance(node, tuple):
        return tuple(change(each) for each in node)
    if not dataclasses.is_dataclass(node) or isinstance(node, type | Type | Constant | LevelOf):
        return node
    changed = {each.name: change(getattr(node, each.name)) for each in dataclasses.fields(node)}
    return dataclasses.replace(node, **changed)


# cel-python, as it comes ---------------------------------------------------------------------------------------------


class RawCelpy:
    """cel-python's own InterpretedRunner, without what our reference engine adds to it."""

    name = "cel-python"

    def __init__(self) -> None:
        limit = sys.getrecursionlimit()
        self.env = celpy.Environment(runner_class=celpy.InterpretedRunner)
        sys.setrecursionlimit(limit)
        self._programs: dict[int, tuple[Expression, Any, Any]] = {}

    def open(self, subject: Subject, *, iterations: int) -> Session:
        """Begin with a manifest; cel-python counts no iterations."""
        return _RawSession(self, subject)

    def programs(self, expression: Expression) -> tuple[Any, Any]:
        """Give the two readings of an expression, parsed when they are first asked for."""
        found = self._programs.get(id(expression))
        if found is None:
            readings = expression.readings
            found = (expression, self._compile(readings.surely), self._compile(readings.possibly))
            self._programs[id(expression)] = found
        return found[1], found[2]

    def _compile(self, reading: Formula) -> Any:
        return self.env.program(self.env.compile(render(reading)))


class _RawSession:
    def __init__(self, engine: RawCelpy, subject: Subject) -> None:
        self._engine = engine
        self._manifest = to_cel(subject.manifest)
        self._dates = {"as_of": to_cel(midnight(subject.as_of)), "today": to_cel(midnight(subject.today))}
        self._levels: Any = celtypes.MapType()

    def know(self, levels: Levels) -> None:
        self._levels = to_cel(levels)

    def decide(self, expression: Expression, *, this: str = "") -> Decision:
        item = json_pointer.value_at(self._manifest, this)
        names = {"manifest": self._manifest, "this": item, "assessments": self._levels, **self._dates}
        surely, possibly = self._engine.programs(expression)
        if self._holds(surely, names, expression):
            return Decision.TRUE
        return Decision.UNDECIDED if self._holds(possibly, names, expression) else Decision.FALSE

    def _holds(self, program: Any, names: Mapping[str, Any], expression: Expression) -> bool:
        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(max(limit, _DEEP))
        try:
            found = program.evaluate(names)
        except celpy.evaluation.CELEvalError as error:
            raise EvaluationError(str(error.args[:1]), where=expression.where) from None
        except Exception as error:  # noqa: BLE001  # it lets some through, as that of int() of an infinity
            raise EvaluationError(f"broke with {type(error).__name__}", where=expression.where) from None
        finally:
            sys.setrecursionlimit(limit)
        if not isinstance(found, celtypes.BoolType):
            raise EvaluationError(f"it gives {type(found).__name__}", where=expression.where)
        return bool(found)
