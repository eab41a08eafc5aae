"""The compiled engine: a typed tree becomes a Python code object.

It is built as `ast` nodes, never as text, so no text of a policy is ever read as code. The types are
proven when the policy loads; what is left to watch is what a manifest decides: arithmetic without a
result, and the length of lists, which draws on a budget.
"""

from __future__ import annotations

import ast
import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from release_review import pointer as json_pointer
from release_review.cel import arithmetic
from release_review.cel.engine import MOST_KEPT, Decision, Expression, Levels, Session, Subject
from release_review.cel.readings import Readings
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
    walk,
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

CHARACTERS_PER_STEP = 16
"""Code points of a text that are gone through for one step of the budget."""

STEPS_PER_CALL = 5
"""Steps of the budget for a function or an operator, which takes that much longer than a comparison."""

_PLACE: Mapping[str, Any] = {"lineno": 1, "col_offset": 0}
"""Python wants a line for every node; giving it here is a third cheaper than a second walk that fills it in."""


# A member of an enumeration takes longer to look up than most conditions to run.
_TRUE, _FALSE, _UNDECIDED = Decision.TRUE, Decision.FALSE, Decision.UNDECIDED


class Compiled:
    """Code objects, as an engine; what it has compiled once serves all manifests.

    Attributes:
        compiled: What it has compiled, by the identity of the expression.
    """

    name = "compiled"

    def __init__(self) -> None:
        self.compiled: dict[int, CompiledExpression] = {}
        self._by_text: dict[str, list[CompiledExpression]] = {}

    def open(self, subject: Subject, *, iterations: int) -> Session:
        """Begin with a manifest."""
        return _Session(self, subject, Budget(iterations))

    def compile(self, expression: Expression) -> CompiledExpression:
        """Give the code of an expression, made when it is first asked for."""
        found = self.compiled.get(id(expression))
        if found is None:
            if len(self.compiled) >= MOST_KEPT:
                self.compiled.clear()
                self._by_text.clear()
            found = self.compiled[id(expression)] = self._alike(expression)
            found.expressions.append(expression)
        return found

    def _alike(self, expression: Expression) -> CompiledExpression:
        """Give the code of another expression that means the same, as the conditions of many rules do, or new code."""
        of_this_text = self._by_text.setdefault(expression.text, [])
        for found in of_this_text:
            if found.readings.formula == expression.formula:
                return found
        of_this_text.append(CompiledExpression(expression.readings))
        return of_this_text[-1]


class CompiledExpression:
    """The two readings of an expression as code, each made when it is first run.

    Attributes:
        readings: What it is the code of.
        expressions: All that it is the code of: while it holds them, no other expression has the id of one.
        reads_this: Whether it is about the item that is judged; known once the first reading is made.
    """

    def __init__(self, readings: Readings) -> None:
        self.readings = readings
        self.expressions: list[Expression] = []
        self.reads_this = True

    @cached_property
    def surely(self) -> Reading:
        """Whether it is surely true."""
        reading, self.reads_this = _compile(self.readings.surely, ())
        return reading

    @cached_property
    def possibly(self) -> Reading:
        """Whether it is possibly true; most expressions are surely true and never need it."""
        return compile_formula(self.readings.possibly)


class TooDearError(Exception):
    """The evaluation of one manifest takes more steps than the limit."""


class Budget:
    """Steps that the evaluation of one manifest may still take."""

    def __init__(self, iterations: int) -> None:
        self._left = iterations

    def take(self, listed: Sequence[Any], steps: int = 1) -> Sequence[Any]:
        """Give a list to a comprehension, or a text to what goes through all of it, if there are enough steps left.

        Args:
            listed: The list or the text.
            steps: What each item of the list costs.

        Raises:
            TooDearError: There are not.
        """
        self._left -= len(listed) // CHARACTERS_PER_STEP if isinstance(listed, str) else len(listed) * steps
        if self._left < 0:
            raise TooDearError
        return listed


class _Session:
    def __init__(self, engine: Compiled, subject: Subject, budget: Budget) -> None:
        self._engine = engine
        self._compiled = engine.compiled
        self._manifest = subject.manifest
        self._dates = (midnight(subject.as_of), midnight(subject.today))
        self._levels: Levels = {}
        self._take = budget.take
        self._items: dict[str, Any] = {"": subject.manifest}
        self._settled: dict[int, tuple[Decision, Expression]] = {}

    def know(self, levels: Levels) -> None:
        self._levels = levels
        self._settled = {}

    def decide(self, expression: Expression, *, this: str = "") -> Decision:
        settled = self._settled.get(id(expression))
        if settled is not None:
            return settled[0]
        if this not in self._items:
            self._items[this] = json_pointer.value_at(self._manifest, this)
        given = (self._manifest, self._items[this], *self._dates, self._levels, self._take)
        code = self._compiled.get(id(expression)) or self._engine.compile(expression)
        try:
            decision = _TRUE if code.surely(*given) else _UNDECIDED if code.possibly(*given) else _FALSE
        except arithmetic.NoResultError as error:
            raise EvaluationError(str(error), where=expression.where, hint="guard the operation") from error
        except TooDearError:
            hint = "shorten the lists of the manifest, or split the rule"
            raise EvaluationError("it takes too many iterations", where=expression.where, hint=hint) from None
        except Exception as error:
            what = f"the engine broke: {type(error).__name__}"
            raise EvaluationError(what, where=expression.where, hint="this is a fault of ours; report it") from error
        if not code.reads_this:
            # The same for every item; the expression is held, so that no other has its id.
            self._settled[id(expression)] = decision, expression
        return decision


def compile_formula(formula: Formula, variables: Sequence[str] = ()) -> Reading:
    """Compile a plain formula; the reading takes a value for each of `variables` after its own arguments."""
    return _compile(formula, variables)[0]


def _compile(formula: Formula, variables: Sequence[str]) -> tuple[Reading, bool]:
    """Compile a plain formula, and tell whether it reads `this`."""
    writer = _Writer()
    body = writer.formula(formula)
    arguments = ast.arguments(
        posonlyargs=[],
        args=[ast.arg(arg=name, **_PLACE) for name in (*_PARAMETERS, *variables)],
        kwonlyargs=[],
        kw_defaults=[],
        defaults=[],
    )
    tree = ast.Expression(ast.Lambda(args=arguments, body=body, **_PLACE))
    reading: Reading = eval(compile(tree, "<condition>", "eval"), writer.names)  # noqa: S307  # built here, node by node
    return reading, writer.reads_this


class _Writer:
    """Writes one formula as an expression of Python; what it cannot write stands in `names`."""

    def __init__(self) -> None:
        self.reads_this = False
        self.names: dict[str, Any] = {"__builtins__": {}, "any": any, "all": all, "sum": sum, "len": len}

    def formula(self, formula: Formula) -> ast.expr:
        guarded = _guarded_words(formula)
        return self._among(*guarded) if guarded is not None else self._plain(formula)

    def _plain(self, formula: Formula) -> ast.expr:  # one line per form
        match formula:
            case Truth(value=value):
                return _constant(value)
            case Not(operand=operand):
                return ast.UnaryOp(ast.Not(), self.formula(operand), **_PLACE)
            case AllOf(operands=operands):
                return self._chain(ast.And(), operands, empty=True)
            case AnyOf(operands=operands):
                return self._chain(ast.Or(), operands, empty=False)
            case Choice(condition=condition, then=then, otherwise=otherwise):
                return ast.IfExp(self.formula(condition), self.formula(then), self.formula(otherwise), **_PLACE)
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

    def _among(self, leaf: Path | LevelOf, words: Sequence[str | None], sign: ast.cmpop) -> ast.expr:
        return _compared(self.term(leaf), sign, _tuple([_constant(word) for word in words]))

    def _chain(self, sign: ast.boolop, operands: Sequence[Formula], *, empty: bool) -> ast.expr:
        written = [self.formula(each) for each in operands]
        if len(written) > 1:
            return ast.BoolOp(sign, written, **_PLACE)
        return written[0] if written else _constant(empty)

    def _known(self, path: Path | LevelOf) -> ast.expr:
        if path.type.unknown == "word":
            return _compared(self.term(path), ast.NotEq(), _constant("unknown"))
        return _compared(self.term(path), ast.IsNot(), _constant(None))

    def _named(self, named: Named) -> ast.expr:
        values: list[ast.expr] = [self.term(each) for each in named.values]
        if named.null:
            values.append(_constant(None))
        sign = ast.NotIn() if named.negated else ast.In()
        return _compared(self.term(named.path), sign, _tuple(values))

    def _atom(self, sign: str, operands: Sequence[Term]) -> ast.expr:
        if sign == "matches" and isinstance(operands[1], Constant):
            return self._matches(operands[0], str(operands[1].value))
        first, *others = (self.term(each) for each in operands)
        if sign == "in":
            return _compared(first, ast.In(), _tuple(others))
        if operands[0].type.name == "string" and (sign == "contains" or not isinstance(operands[1], Constant)):
            first = _call("take", first)
        if sign == "contains":
            return _compared(others[0], ast.In(), first)
        if sign in _TEXT_TESTS:
            method = ast.Attribute(first, _TEXT_TESTS[sign], ast.Load(), **_PLACE)
            return ast.Call(method, others, [], **_PLACE)
        return _compared(first, _COMPARED[sign](), others[0])

    def _matches(self, text: Term, pattern: str) -> ast.expr:
        import re2

        options = re2.Options()
        options.log_errors = False
        search = self._name(re2.compile(pattern, options=options).search)
        return _compared(ast.Call(search, [_call("take", self.term(text))], [], **_PLACE), ast.IsNot(), _constant(None))

    def _quantified(self, quantified: Quantified) -> ast.expr:
        items = self._items(quantified.base, quantified.body)
        if quantified.name == "exists_one":
            return _compared(self._count(quantified.variable, items, quantified.body), ast.Eq(), _constant(1))
        name = "any" if quantified.name == "exists" else "all"
        return _call(name, _generator(self.formula(quantified.body), quantified.variable, items))

    def _items(self, base: Path | tuple[Constant, ...], body: Formula) -> ast.expr:
        listed: ast.expr = self.term(base) if isinstance(base, Path) else _tuple([self.term(each) for each in base])
        return _call("take", listed, _constant(_steps_of(body)))

    def _count(self, variable: str, items: ast.expr, where: Formula) -> ast.expr:
        return _call("sum", _generator(_constant(1), variable, items, self.formula(where)))

    def _size(self, view: View) -> ast.expr:
        if view.where is None:
            return _call("len", self.term(view.base)) if isinstance(view.base, Path) else _constant(len(view.base))
        return self._count(view.variable, self._items(view.base, view.where), view.where)

    def term(self, term: Term) -> ast.expr:
        match term:
            case Constant(value=value):
                return self._value(value)
            case Path(root=root, steps=steps):
                self.reads_this |= root == "this"
                return _below(_variable(root), steps)
            case LevelOf(assessment=assessment, item=None):
                return _below(_variable("levels"), (assessment, "level"))
            case LevelOf(assessment=assessment, item=Path() as item):
                items = _below(_variable("levels"), (assessment, "items"))
                key = _below(self.term(item), ("id",))
                return _below(ast.Subscript(items, key, ast.Load(), **_PLACE), ("level",))
            case Size(view=view):
                return self._size(view)
            case Either(condition=condition, then=then, otherwise=otherwise):
                return ast.IfExp(self.formula(condition), self.term(then), self.term(otherwise), **_PLACE)
            case Operation(operands=operands):
                function = self._name(arithmetic.function_of(term))
                written = [self.term(each) for each in operands]
                if term.name == "+" and term.type.name == "string":
                    written = [_call("take", each) for each in written]
                return ast.Call(function, written, [], **_PLACE)
        raise TypeError(f"no term: {term!r}")

    def _value(self, value: Value) -> ast.expr:
        return self._name(value) if isinstance(value, dt.datetime | dt.timedelta) else _constant(value)

    def _name(self, value: Any) -> ast.expr:
        name = f"given{len(self.names)}"
        self.names[name] = value
        return _variable(name)


def _guarded_words(formula: Formula) -> tuple[Path | LevelOf, Sequence[str | None], ast.cmpop] | None:
    """Take a comparison of one leaf with written-out words together with its guard: both are one test of the leaf.

    What is unknown equals no word, so it is among those that the leaf must not be, or may be, or need not be named.
    Most conditions are made of such comparisons, and this halves what they cost.
    """
    match formula:
        case AllOf((Stated(path=leaf), Atom() as atom)):
            surely = True
        case AnyOf((Not(Stated(path=leaf)), Atom() as atom)):
            surely = False
        case _:
            return None
    words = [each.value for each in atom.operands if isinstance(each, Constant) and isinstance(each.value, str)]
    is_plain = leaf in atom.operands and len(words) == len(atom.operands) - 1
    if atom.operator not in ("==", "!=", "in") or not is_plain:
        return None
    negated = atom.operator == "!="
    unknown = [] if surely != negated else ["unknown" if leaf.type.unknown == "word" else None]
    return leaf, [*words, *unknown], ast.NotIn() if negated else ast.In()


def _steps_of(body: Formula) -> int:
    """Give what a body costs for each item: a step for each part, and more for one that calls a function."""
    return sum(STEPS_PER_CALL if isinstance(part, Operation) else 1 for part in walk(body))


def _below(start: ast.expr, steps: Sequence[str]) -> ast.expr:
    for step in steps:
        start = ast.Subscript(start, _constant(step), ast.Load(), **_PLACE)
    return start


def _compared(left: ast.expr, sign: ast.cmpop, right: ast.expr) -> ast.expr:
    return ast.Compare(left, [sign], [right], **_PLACE)


def _constant(value: Any) -> ast.expr:
    return ast.Constant(value, **_PLACE)


def _variable(name: str) -> ast.expr:
    return ast.Name(name, ast.Load(), **_PLACE)


def _tuple(values: Sequence[ast.expr]) -> ast.expr:
    return ast.Tuple(list(values), ast.Load(), **_PLACE)


def _call(name: str, *arguments: ast.expr) -> ast.expr:
    return ast.Call(_variable(name), list(arguments), [], **_PLACE)


def _generator(element: ast.expr, variable: str, items: ast.expr, *conditions: ast.expr) -> ast.expr:
    loop = ast.comprehension(ast.Name(variable, ast.Store(), **_PLACE), items, list(conditions), is_async=0)
    return ast.GeneratorExp(element, [loop], **_PLACE)
