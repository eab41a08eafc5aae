"""Typed trees as plain data, and back: what a cache holds of an expression.

The data says what an expression asks, never of which type: types are looked up again, in the schema at
hand and in the scope of the expression. So a path that the schema does not have, a word for an operator or
a variable that nothing binds is no tree, whatever a file says.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from release_review.cel.question import Scope
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
from release_review.cel.types import BOOL, DOUBLE, DURATION, INT, STRING, TIMESTAMP, Type, manifest_type, plain

Data = Any
"""JSON data: lists, texts, numbers, true, false and null."""

_PLAIN = {each.name: each for each in (BOOL, INT, DOUBLE, STRING, TIMESTAMP, DURATION)}
_COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">="})
_ATOMS = _COMPARISONS | {"in", "contains", "startsWith", "endsWith", "matches"}
_QUANTIFIERS = frozenset({"exists", "all", "exists_one"})
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)


class NoTreeError(Exception):
    """The data is no typed tree of an expression in this scope."""


# Out ------------------------------------------------------------------------------------------------------------------


def encode(formula: Formula) -> Data:  # one line per form
    """Give a typed tree as data."""
    match formula:
        case Truth(value=value):
            return ["truth", value]
        case Not(operand=operand):
            return ["not", encode(operand)]
        case AllOf(operands=operands):
            return ["all-of", *map(encode, operands)]
        case AnyOf(operands=operands):
            return ["any-of", *map(encode, operands)]
        case Choice(condition=condition, then=then, otherwise=otherwise):
            return ["choice", encode(condition), encode(then), encode(otherwise)]
        case Same(left=left, right=right):
            return ["same", encode(left), encode(right)]
        case Atom(operator=operator, operands=operands):
            return ["atom", operator, *map(_encode_term, operands)]
        case Named(path=path, values=values, null=null, negated=negated):
            return ["named", _encode_term(path), [*map(_encode_term, values)], null, negated]
        case Stated(path=path):
            return ["stated", _encode_term(path)]
        case Quantified(name=name, base=base, variable=variable, body=body):
            return ["quantified", name, _encode_base(base), variable, encode(body)]
        case Counted(view=view, operator=operator, bound=bound):
            return ["counted", _encode_view(view), operator, _encode_term(bound)]


def _encode_term(term: Term) -> Data:  # one line per form
    match term:
        case Constant(value=value, type=kind):
            return ["constant", kind.name, _encode_value(value)]
        case Path(root=root, steps=steps):
            return ["path", root, *steps]
        case LevelOf(assessment=assessment, item=item):
            return ["level", assessment, None if item is None else _encode_term(item)]
        case Operation(name=name, operands=operands, type=kind):
            return ["operation", name, kind.name, *map(_encode_term, operands)]
        case Size(view=view):
            return ["size", _encode_view(view)]
        case Either(condition=condition, then=then, otherwise=otherwise):
            return ["either", encode(condition), _encode_term(then), _encode_term(otherwise)]


def _encode_view(view: View) -> Data:
    return [_encode_base(view.base), view.variable, None if view.where is None else encode(view.where)]


def _encode_base(base: Path | tuple[Constant, ...]) -> Data:
    return _encode_term(base) if isinstance(base, Path) else ["list", *map(_encode_term, base)]


def _encode_value(value: Value) -> Data:
    match value:
        case dt.datetime():
            return (value - _EPOCH) // _MICROSECOND
        case dt.timedelta():
            return value // _MICROSECOND
    return value


# Back -----------------------------------------------------------------------------------------------------------------


def decode(data: Data, scope: Scope) -> Formula:
    """Give the typed tree that `encode` made data of.

    Raises:
        NoTreeError: The data is something else, or does not fit the schema or the scope.
    """
    try:
        return _Decoder(scope).formula(data)
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        raise NoTreeError(str(error)) from error


class _Decoder:
    """Reads one tree; `_types` has what each name in force stands for."""

    def __init__(self, scope: Scope) -> None:
        self._questions = scope.assessments or {}
        self._types: dict[str, Type] = {
            "manifest": manifest_type(),
            "this": scope.this,
            "as_of": TIMESTAMP,
            "today": TIMESTAMP,
        }

    def formula(self, data: Data) -> Formula:  # one line per form
        match data:
            case ["truth", bool(value)]:
                return Truth(value)
            case ["not", operand]:
                return Not(self.formula(operand))
            case ["all-of", *operands]:
                return AllOf(tuple(map(self.formula, operands)))
            case ["any-of", *operands]:
                return AnyOf(tuple(map(self.formula, operands)))
            case ["choice", condition, then, otherwise]:
                return Choice(self.formula(condition), self.formula(then), self.formula(otherwise))
            case ["same", left, right]:
                return Same(self.formula(left), self.formula(right))
            case ["atom", str(operator), first, second, *others] if operator in _ATOMS:
                return Atom(operator, tuple(map(self.term, (first, second, *others))))
            case ["named", path, list(values), bool(null), bool(negated)]:
                return Named(self._leaf(path), tuple(map(self._constant, values)), null=null, negated=negated)
            case ["stated", path]:
                return Stated(self._leaf(path))
            case ["quantified", str(name), base, str(variable), body] if name in _QUANTIFIERS:
                listed, item = self._base(base)
                return Quantified(name, listed, variable, self._with(variable, item, body))
            case ["counted", view, str(operator), bound] if operator in _COMPARISONS:
                return Counted(self._view(view), operator, self.term(bound))
        raise NoTreeError(f"no formula: {_told(data)}")

    def term(self, data: Data) -> Term:  # one line per form
        match data:
            case ["constant", *_]:
                return self._constant(data)
            case ["path" | "level", *_]:
                return self._leaf(data)
            case ["operation", str(name), str(kind), *operands] if operands:
                return Operation(name, tuple(map(self.term, operands)), _PLAIN[kind])
            case ["size", view]:
                return Size(self._view(view), INT)
            case ["either", condition, then, otherwise]:
                one, other = self.term(then), self.term(otherwise)
                return Either(self.formula(condition), one, other, plain(one.type, other.type))
        raise NoTreeError(f"no term: {_told(data)}")

    def _leaf(self, data: Data) -> Path | LevelOf:
        match data:
            case ["path", *_]:
                return self._path(data)
            case ["level", str(assessment), item]:
                question = self._questions[assessment]
                path = None if item is None else self._path(item)
                if path is not None and path.type.at != question.over:
                    raise NoTreeError(f"no item of {assessment}: {path.type.at}")
                return LevelOf(assessment, path, question.level)
        raise NoTreeError(f"no leaf: {_told(data)}")

    def _path(self, data: Data) -> Path:
        match data:
            case ["path", str(root), *steps]:
                reached = self._types[root]
                for step in steps:
                    reached = reached.fields[step]
                return Path(root, tuple(steps), reached)
        raise NoTreeError(f"no path: {_told(data)}")

    def _constant(self, data: Data) -> Constant:
        match data:
            case ["constant", "timestamp", int(value)]:
                return Constant(_EPOCH + value * _MICROSECOND, TIMESTAMP)
            case ["constant", "duration", int(value)]:
                return Constant(value * _MICROSECOND, DURATION)
            case ["constant", "double", float(value)]:
                return Constant(value, DOUBLE)
            case ["constant", "int", int(value)] if not isinstance(value, bool):
                return Constant(value, INT)
            case ["constant", "string", str(value)]:
                return Constant(value, STRING)
        raise NoTreeError(f"no constant: {_told(data)}")

    def _base(self, data: Data) -> tuple[Path | tuple[Constant, ...], Type]:
        """Read what a comprehension looks through: it, and what each item of it is."""
        if data[0] == "list":
            constants = tuple(map(self._constant, data[1:]))
            return constants, constants[0].type
        path = self._path(data)
        if path.type.item is None:
            raise NoTreeError(f"no list: {_told(data)}")
        return path, path.type.item

    def _view(self, data: Data) -> View:
        base, variable, where = data
        listed, item = self._base(base)
        if not isinstance(variable, str):
            raise NoTreeError(f"no name: {_told(variable)}")
        return View(listed, variable, None if where is None else self._with(variable, item, where))

    def _with(self, variable: str, item: Type, body: Data) -> Formula:
        """Read a body in which a variable stands for an item."""
        if variable in self._types or not variable.isidentifier():
            raise NoTreeError(f"no name of an item: {_told(variable)}")
        self._types[variable] = item
        try:
            return self.formula(body)
        finally:
            del self._types[variable]


def _told(data: Data) -> str:
    return repr(data)[:80]


def names_of(scope: Scope) -> Sequence[Data]:
    """Give as data all that the tree of an expression follows from beside its text: what the names stand for."""
    questions: Mapping[str, Any] | None = scope.assessments and {
        name: [question.scale, question.over] for name, question in sorted(scope.assessments.items())
    }
    params = {name: [param.type, param.value] for name, param in sorted(scope.params.items())}
    return [scope.this.at, params, questions, scope.empty, repr(scope.limits)]
