"""The compiled engine: a typed tree becomes a Python code object.

It is built as `ast` nodes, never as text, so no text of a policy is ever read as code. The types are
proven when the policy loads; what is left to watch is what a manifest decides: arithmetic without a
result, and the length of lists, which draws on a budget.
"""

from __future__ import annotations

import ast
import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from release_review import pointer as json_pointer
from release_review.cel import arithmetic
from release_review.cel.engine import Decision, Expression, Levels, Session, Subject
from release_review.cel.tree import (
    AllOf,
    AnyOf,
    Atom,
    Choice,
    Constant,
    Counted,
    Either,
    Formula,
    LevelOf,
    Named,
    Not,
    Operation,
    Path,
    Quantified,
    Same,
    Size,
    Stated,
    Term,
    Truth,
    Value,
    View,
)
from release_review.dates import midnight
from release_review.errors import EvaluationError

Reading = Callable[..., bool]
"""A compiled reading: `(manifest, this, as_of, today, levels, take) -> bool`."""

_PARAMETERS = ("manifest", "this", "as_of", "today", "levels", "take")
_COMPARED: dict[str, type[ast.cmpop]] = {
    "==": ast.Eq,
    "!=": ast.NotEq,
    "<": ast.Lt,
    "<=": ast.LtE,
    ">": ast.Gt,
    ">=": ast.GtE,
}
_TEXT_TESTS = {"startsWith": "startswith", "endsWith": "endswith"}


class Compiled:
    """Code objects, as an engine; what it has compiled once serves all manifests."""

    name = "compiled"

    def __init__(self) -> None:
        self._compiled: dict[int, tuple[Expression, Reading, Reading]] = {}

    def open(self, subject: Subject, *, iterations: int) -> Session:
        """Begin with a manifest."""
        return _Session(self, subject, _Budget(iterations))

    def readings(self, expression: Expression) -> tuple[Reading, Reading]:
        """Give the two readings of an expression, compiled when they are first asked for."""
        found = self._compiled.get(id(expression))
        if found is None:
            readings = expression.readings
            # The expression is kept beside its code: while it is, no other has its id.
            found = (expression, compile_formula(readings.surely), compile_formula(readings.possibly))
            self._compiled[id(expression)] = found
        return found[1], found[2]


class _TooDearError(Exception):
    """The comprehensions of one manifest look at more items than the limit."""


class _Budget:
    """Items that comprehensions may still look at, for one manifest."""

    def __init__(self, iterations: int) -> None:
        self._left = iterations

    def take(self, items: Sequence[Any]) -> Sequence[Any]:
        """Give a list to a comprehension, if it may still look at so many items."""
        self._left -= len(items)
        if self._left < 0:
            raise _TooDearError
        return items


class _Session:
    def __init__(self, engine: Compiled, subject: Subject, budget: _Budget) -> None:
        self._engine = engine
        self._subject = subject
        self._dates = (midnight(subject.as_of), midnight(subject.today))
        self._levels: Levels = {}
        self._take = budget.take

    def know(self, levels: Levels) -> None:
        self._levels = levels

    def decide(self, expression: Expression, *, this: str = "") -> Decision:
        surely, possibly = self._engine.readings(expression)
        manifest = self._subject.manifest
        given = (manifest, json_pointer.value_at(manifest, this), *self._dates, self._levels, self._take)
        try:
            if surely(*given):
                return Decision.TRUE
            return Decision.UNDECIDED if possibly(*given) else Decision.FALSE
        except arithmetic.NoResultError as error:
            raise EvaluationError(str(error), where=expression.where, hint="guard the operation") from error
        except _TooDearError:
            hint = "shorten the lists of the manifest, or split the rule"
            raise EvaluationError("it takes too many iterations", where=expression.where, hint=hint) from None
        except Exception as error:
            what = f"the engine broke: {type(error).__name__}"
            raise EvaluationError(what, where=expression.where, hint="this is a fault of ours; report it") from error


def compile_formula(formula: Formula) -> Reading:
    """Compile a plain formula."""
    writer = _Writer()
    body = writer.formula(formula)
    arguments = ast.arguments(
        posonlyargs=[], args=[ast.arg(arg=name) for name in _PARAMETERS], kwonlyargs=[], kw_defaults=[], defaults=[]
    )
    tree = ast.fix_missing_locations(ast.Expression(ast.Lambda(args=arguments, body=body)))
    reading: Reading = eval(compile(tree, "<condition>", "eval"), writer.names)  # noqa: S307  # built here, node by node
    return reading


class _Writer:
    """Writes one formula as an expression of Python; what it cannot write stands in `names`."""

    def __init__(self) -> None:
        self.names: dict[str, Any] = {"__builtins__": {}, "any": any, "all": all, "sum": sum, "len": len}

    def formula(self, formula: Formula) -> ast.expr:
        match formula:
            case Truth(value=value):
                return ast.Constant(value)
            case Not(operand=operand):
                return ast.UnaryOp(ast.Not(), self.formula(operand))
            case AllOf(operands=operands):
                return self._chain(ast.And(), operands, empty=True)
            case AnyOf(operands=operands):
                return self._chain(ast.Or(), operands, empty=False)
            case Choice(condition=condition, then=then, otherwise=otherwise):
                return ast.IfExp(self.formula(condition), self.formula(then), self.formula(otherwise))
            case Same(left=left, right=right):
                return _compared(self.formula(left), ast.Eq(), self.formula(right))
            case Stated(path=path):
                return self._known(path)
            case Named():
                return self._named(formula)
            case Atom(operator=sign, operands=operands):
                return self._atom(sign, operands)
            case Quantified():
                return self._quantified(formula)
            case Counted(view=view, operator=sign, bound=bound):
                return _compared(self._size(view), _COMPARED[sign](), self.term(bound))

    def _chain(self, sign: ast.boolop, operands: Sequence[Formula], *, empty: bool) -> ast.expr:
        written = [self.formula(each) for each in operands]
        if len(written) > 1:
            return ast.BoolOp(sign, written)
        return written[0] if written else ast.Constant(empty)

    def _known(self, path: Path | LevelOf) -> ast.expr:
        if path.type.unknown == "word":
            return _compared(self.term(path), ast.NotEq(), ast.Constant("unknown"))
        return _compared(self.term(path), ast.IsNot(), ast.Constant(None))

    def _named(self, named: Named) -> ast.expr:
        values: list[ast.expr] = [self.term(each) for each in named.values]
        if named.null:
            values.append(ast.Constant(None))
        sign = ast.NotIn() if named.negated else ast.In()
        return _compared(self.term(named.path), sign, ast.Tuple(values, ast.Load()))

    def _atom(self, sign: str, operands: Sequence[Term]) -> ast.expr:
        if sign == "matches" and isinstance(operands[1], Constant):
            return self._matches(operands[0], str(operands[1].value))
        first, *others = (self.term(each) for each in operands)
        if sign == "in":
            return _compared(first, ast.In(), ast.Tuple(list(others), ast.Load()))
        if sign == "contains":
            return _compared(others[0], ast.In(), first)
        if sign in _TEXT_TESTS:
            return ast.Call(ast.Attribute(first, _TEXT_TESTS[sign], ast.Load()), others, [])
        return _compared(first, _COMPARED[sign](), others[0])

    def _matches(self, text: Term, pattern: str) -> ast.expr:
        import re2

        options = re2.Options()
        options.log_errors = False
        search = self._name(re2.compile(pattern, options=options).search)
        return _compared(ast.Call(search, [self.term(text)], []), ast.IsNot(), ast.Constant(None))

    def _quantified(self, quantified: Quantified) -> ast.expr:
        items = self._items(quantified.base)
        if quantified.name == "exists_one":
            return _compared(self._count(quantified.variable, items, quantified.body), ast.Eq(), ast.Constant(1))
        name = "any" if quantified.name == "exists" else "all"
        return _call(name, _generator(self.formula(quantified.body), quantified.variable, items))

    def _items(self, base: Path | tuple[Constant, ...]) -> ast.expr:
        listed: ast.expr = (
            self.term(base) if isinstance(base, Path) else ast.Tuple([self.term(each) for each in base], ast.Load())
        )
        return _call("take", listed)

    def _count(self, variable: str, items: ast.expr, where: Formula) -> ast.expr:
        return _call("sum", _generator(ast.Constant(1), variable, items, self.formula(where)))

    def _size(self, view: View) -> ast.expr:
        if view.where is None:
            return _call("len", self.term(view.base)) if isinstance(view.base, Path) else ast.Constant(len(view.base))
        return self._count(view.variable, self._items(view.base), view.where)

    def term(self, term: Term) -> ast.expr:
        match term:
            case Constant(value=value):
                return self._constant(value)
            case Path(root=root, steps=steps):
                return _below(ast.Name(root, ast.Load()), steps)
            case LevelOf(assessment=assessment, item=None):
                return _below(ast.Name("levels", ast.Load()), (assessment, "level"))
            case LevelOf(assessment=assessment, item=Path() as item):
                items = _below(ast.Name("levels", ast.Load()), (assessment, "items"))
                key = _below(self.term(item), ("id",))
                return _below(ast.Subscript(items, key, ast.Load()), ("level",))
            case Size(view=view):
                return self._size(view)
            case Either(condition=condition, then=then, otherwise=otherwise):
                return ast.IfExp(self.formula(condition), self.term(then), self.term(otherwise))
            case Operation(operands=operands):
                function = self._name(arithmetic.function_of(term))
                return ast.Call(function, [self.term(each) for each in operands], [])
        raise TypeError(f"no term: {term!r}")

    def _constant(self, value: Value) -> ast.expr:
        return self._name(value) if isinstance(value, dt.datetime | dt.timedelta) else ast.Constant(value)

    def _name(self, value: Any) -> ast.expr:
        name = f"given{len(self.names)}"
        self.names[name] = value
        return ast.Name(name, ast.Load())


def _below(start: ast.expr, steps: Sequence[str]) -> ast.expr:
    for step in steps:
        start = ast.Subscript(start, ast.Constant(step), ast.Load())
    return start


def _compared(left: ast.expr, sign: ast.cmpop, right: ast.expr) -> ast.expr:
    return ast.Compare(left, [sign], [right])


def _call(name: str, *arguments: ast.expr) -> ast.expr:
    return ast.Call(ast.Name(name, ast.Load()), list(arguments), [])


def _generator(element: ast.expr, variable: str, items: ast.expr, *conditions: ast.expr) -> ast.expr:
    loop = ast.comprehension(ast.Name(variable, ast.Store()), items, list(conditions), is_async=0)
    return ast.GeneratorExp(element, [loop])
