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
from dataclasses import dataclass
from typing import Any, cast

import celpy
import lark
from celpy import celtypes
from celpy.celparser import CELParser
from celpy.evaluation import Activation, CELEvalError, Evaluator, base_functions

from release_review import pointer as json_pointer
from release_review.cel.arithmetic import LONGEST_TEXT
from release_review.cel.engine import MOST_KEPT, Decision, Expression, Levels, Session, Subject
from release_review.cel.render import render
from release_review.cel.tree import Formula, count_nodes
from release_review.dates import midnight
from release_review.errors import EvaluationError

logging.getLogger("celpy").setLevel(logging.WARNING)  # at debug level it logs whole manifests

_DEPTH = 10_000
"""Frames that the deepest admitted expression may take: cel-python walks about forty a level."""


_CHARACTERS_PER_STEP = 64
"""Code points of a text that a test of it goes through for one step."""

_EDGE = 2.0**63
"""The first double beyond 64-bit whole numbers."""

_STEPS_PER_ITEM = 10
"""Steps that a comprehension takes for each item it looks at; its body has about as many parts."""


class Reference:
    """cel-python's interpreter, as an engine; what it has parsed once serves all manifests."""

    name = "reference"

    def __init__(self) -> None:
        self._parsed: dict[int, _Parsed] = {}

    def open(self, subject: Subject, *, iterations: int) -> Session:
        """Begin with a manifest.

        Raises:
            EvaluationError: It holds what is no value of CEL.
        """
        return _Session(self, subject, _Budget(iterations))

    def parse(self, expression: Expression) -> _Parsed:
        """Give the programs of an expression, made when it is first asked for."""
        found = self._parsed.get(id(expression))
        if found is None:
            if len(self._parsed) >= MOST_KEPT:
                self._parsed.clear()
            found = self._parsed[id(expression)] = _Parsed(expression)
        return found


class _Parsed:
    """The two readings of an expression as programs, each made when it is first run.

    It holds its expression: while it does, no other expression has the same id.
    """

    def __init__(self, expression: Expression) -> None:
        self._expression = expression

    @functools.cached_property
    def surely(self) -> _Program:
        return _Program.of(self._expression.readings.surely)

    @functools.cached_property
    def possibly(self) -> _Program:
        return _Program.of(self._expression.readings.possibly)


@dataclass(frozen=True, slots=True)
class _Program:
    """A reading that can be evaluated.

    Attributes:
        tree: What cel-python's parser made of its text.
        steps: Iterations that it costs without its comprehensions: one for each of its parts.
    """

    tree: lark.Tree[lark.Token]
    steps: int

    @classmethod
    def of(cls, reading: Formula) -> _Program:
        return cls(CELParser().parse(render(reading)), count_nodes(reading))


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
    def __init__(self, engine: Reference, subject: Subject, budget: _Budget) -> None:
        self._engine = engine
        try:
            self._manifest = cast("celtypes.MapType", to_cel(subject.manifest))
        except (TypeError, ValueError) as error:
            what = f"the manifest holds what is no value of CEL: {error}"
            raise EvaluationError(what, hint="this is a fault of ours; report it") from error
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
        parsed = self._engine.parse(expression)
        if self._holds(parsed.surely, names, expression):
            return Decision.TRUE
        return Decision.UNDECIDED if self._holds(parsed.possibly, names, expression) else Decision.FALSE

    def _holds(self, program: _Program, names: Mapping[str, Any], expression: Expression) -> bool:
        activation = _activation().nested_activation(vars=names)
        depth = sys.getrecursionlimit()
        sys.setrecursionlimit(max(depth, _DEPTH))
        try:
            self._budget.draw(program.steps)
            value = _StrictEvaluator(program.tree, activation, self._budget).evaluate()
        except CELEvalError as error:
            raise EvaluationError(_reason(error), where=expression.where, hint="guard the operation") from error
        except _TooDearError:
            hint = "shorten the lists of the manifest, or split the rule"
            raise EvaluationError("it takes too many iterations", where=expression.where, hint=hint) from None
        except Exception as error:
            what = f"the engine broke: {type(error).__name__}"
            raise EvaluationError(what, where=expression.where, hint="this is a fault of ours; report it") from error
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
        return _settled(super().addition(tree), tree)

    def multiplication(self, tree: lark.Tree[lark.Token]) -> Any:
        return _settled(super().multiplication(tree), tree)

    def method_eval(self, object: Any, method_ident: lark.Token, exprlist: Any = None) -> Any:  # noqa: A002  # its name
        if isinstance(object, celtypes.StringType):
            self._budget.draw(len(object) // _CHARACTERS_PER_STEP)
        return super().method_eval(object, method_ident, exprlist)

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


def _settled(value: Any, tree: lark.Tree[lark.Token]) -> Any:
    """Let no infinity, no NaN and no text without bounds out of arithmetic.

    A NaN compares false, and its negation would pass. Two texts that are joined are a text, and the difference of two
    durations is a duration: cel-python gives Python's own, which lack the functions of CEL.
    """
    if isinstance(value, float) and not math.isfinite(value):
        return CELEvalError("the result is no finite number", ArithmeticError, (str(value),), tree=tree)
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        what = f"a text grows beyond {LONGEST_TEXT:,} characters"
        return CELEvalError(what, ArithmeticError, (str(len(value)),), tree=tree)
    if type(value) is str:
        return celtypes.StringType(value)
    if isinstance(value, dt.timedelta) and not isinstance(value, celtypes.DurationType):
        try:
            return celtypes.DurationType(value)
        except ValueError:
            return CELEvalError("a duration is out of range", ArithmeticError, (str(value),), tree=tree)
    return value


def _milliseconds(value: Any, *zone: Any) -> Any:
    """Give the milliseconds of an instant or a duration: CEL leaves out whole seconds, cel-python does not."""
    if not isinstance(value, celtypes.DurationType):
        return base_functions["getMilliseconds"](value, *zone)
    size = abs(value) % dt.timedelta(seconds=1) // dt.timedelta(milliseconds=1)
    return celtypes.IntType(size if value >= dt.timedelta(0) else -size)


def _no_truth(value: Any, tree: lark.Tree[lark.Token]) -> CELEvalError:
    if isinstance(value, CELEvalError):
        return value
    return CELEvalError("found no truth value", TypeError, (type(value).__name__,), tree=tree)


def _reason(error: CELEvalError) -> str:
    text = str(error.args[0]) if error.args else "the evaluation broke"
    return text.split(" applied to ")[0].split(" (in activation ")[0]


def _int(value: Any) -> Any:
    """Turn a number into a whole one: CEL has no room for the double at the very edge, cel-python has."""
    if isinstance(value, float) and not -_EDGE < value < _EDGE:
        raise ValueError("range error")
    return celtypes.IntType(value)


def _string(value: Any) -> Any:
    """Write a value as text: cel-python leaves out the fraction of a second and leading zeros of a year."""
    if not isinstance(value, celtypes.TimestampType):
        return celtypes.StringType(value)
    plain = dt.datetime.combine(value.date(), value.time())
    digits = "seconds" if not plain.microsecond else "microseconds" if plain.microsecond % 1000 else "milliseconds"
    return celtypes.StringType(plain.isoformat(timespec=digits) + "Z")


@functools.cache
def _activation() -> Activation:
    limit = sys.getrecursionlimit()
    environment = celpy.Environment()
    sys.setrecursionlimit(limit)  # the constructor changes it for the whole process
    functions = {"getMilliseconds": _milliseconds, "int": _int, "string": _string}
    return celpy.InterpretedRunner(environment, lark.Tree("expr", []), functions).new_activation()


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
        case list() | tuple():
            return celtypes.ListType([to_cel(inner) for inner in value])
    raise TypeError(f"a manifest holds no {type(value).__name__}")
