"""From a typed tree back to CEL that its author recognises: own names, few brackets, values for parameters.

It is for reading alone; what engines get is written by `render`.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping

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

# How tightly a form holds together; what holds less tightly than what stands around it goes into brackets.
_CHOICE, _OR, _AND, _RELATION, _SUM, _PRODUCT, _UNARY, _TIGHT = range(8)

_ARITHMETIC = {"+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT}
_FUNCTIONS = frozenset({"size", "int", "double", "string"})
_METHODS = frozenset({"contains", "startsWith", "endsWith", "matches"})

_LITERAL = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|//[^\n]*')
_MACRO = re.compile(r"\.\s*(?:exists_one|exists|all|filter|map)\s*\(\s*([A-Za-z_]\w*)\s*,")


class Writer:
    """Writes the parts of one expression, with the names that its author gave to items."""

    def __init__(self, text: str, formula: Formula) -> None:
        self._names = _names(text, formula)

    def write(self, formula: Formula) -> str:
        """Write a part in full."""
        return self._text(formula, _CHOICE)

    def _text(self, node: Formula | Term, around: int) -> str:
        text, own = self._form(node)
        return f"({text})" if own < around else text

    def _form(self, node: Formula | Term) -> tuple[str, int]:
        if isinstance(node, Constant | Path | LevelOf | Operation | Size | Either):
            return self._term(node)
        return self._formula(node)

    def _formula(self, formula: Formula) -> tuple[str, int]:  # one line per form
        match formula:
            case Truth(value=value):
                return _constant(value), _TIGHT
            case AllOf(operands=operands):
                return self._joined(" && ", operands, _AND)
            case AnyOf(operands=operands):
                return self._joined(" || ", operands, _OR)
            case Not(operand=operand):
                return f"!{self._text(operand, _UNARY)}", _UNARY
            case Choice(condition=condition, then=then, otherwise=otherwise):
                return self._conditional(condition, then, otherwise)
            case Same(left=left, right=right):
                return f"{self._text(left, _SUM)} == {self._text(right, _SUM)}", _RELATION
            case Atom():
                return self._atom(formula)
            case Named():
                return self._named(formula), _RELATION
            case Stated(path=path):
                return f"has({self._text(path, _CHOICE)})", _TIGHT
            case Quantified():
                return self._quantified(formula)
            case Counted(view=view, operator=operator, bound=bound):
                return f"{self._size(view)} {operator} {self._text(bound, _SUM)}", _RELATION

    def _term(self, term: Term) -> tuple[str, int]:  # one line per form
        match term:
            case Constant(value=value):
                text = _constant(value)
                return text, _UNARY if text.startswith("-") else _TIGHT
            case Path(root=root, steps=steps):
                return ".".join((self._name(root), *steps)), _TIGHT
            case LevelOf(assessment=assessment, item=item):
                of = "" if item is None else f".items[{self._text(item, _CHOICE)}.id]"
                return f"assessments[{_quoted(assessment)}]{of}.level", _TIGHT
            case Size(view=view):
                return self._size(view), _TIGHT
            case Either(condition=condition, then=then, otherwise=otherwise):
                return self._conditional(condition, then, otherwise)
            case Operation():
                return self._operation(term)

    def _conditional(self, condition: Formula, then: Formula | Term, otherwise: Formula | Term) -> tuple[str, int]:
        texts = (self._text(condition, _OR), self._text(then, _OR), self._text(otherwise, _CHOICE))
        return f"{texts[0]} ? {texts[1]} : {texts[2]}", _CHOICE

    def _joined(self, sign: str, operands: tuple[Formula, ...], own: int) -> tuple[str, int]:
        return sign.join(self._text(each, own) for each in operands), own

    def _atom(self, atom: Atom) -> tuple[str, int]:
        if atom.operator in _METHODS:
            text, looked_for = atom.operands
            return f"{self._text(text, _TIGHT)}.{atom.operator}({self._text(looked_for, _CHOICE)})", _TIGHT
        first, *others = (self._text(each, _SUM) for each in atom.operands)
        if atom.operator == "in":
            return f"{first} in [{', '.join(others)}]", _RELATION
        return f"{first} {atom.operator} {others[0]}", _RELATION

    def _named(self, named: Named) -> str:
        path = self._text(named.path, _TIGHT)
        values = [*(_constant(each.value) for each in named.values), *(["null"] if named.null else [])]
        if len(values) == 1:
            return f"{path} {'!=' if named.negated else '=='} {values[0]}"
        text = f"{path} in [{', '.join(values)}]"
        return f"!({text})" if named.negated else text

    def _quantified(self, quantified: Quantified) -> tuple[str, int]:
        base, variable, body = quantified.base, quantified.variable, quantified.body
        if is_membership(quantified) and isinstance(body, Atom):
            return f"{self._text(body.operands[0], _SUM)} in {self._base(base)}", _RELATION
        return f"{self._base(base)}.{quantified.name}({self._name(variable)}, {self._text(body, _CHOICE)})", _TIGHT

    def _size(self, view: View) -> str:
        return f"size({self._view(view)})"

    def _view(self, view: View) -> str:
        base = self._base(view.base)
        if view.where is None:
            return base
        return f"{base}.filter({self._name(view.variable)}, {self._text(view.where, _CHOICE)})"

    def _base(self, base: Path | tuple[Constant, ...]) -> str:
        if isinstance(base, Path):
            return self._text(base, _TIGHT)
        return f"[{', '.join(_constant(each.value) for each in base)}]"

    def _operation(self, operation: Operation) -> tuple[str, int]:
        name, operands = operation.name, operation.operands
        if name in _ARITHMETIC:
            own = _ARITHMETIC[name]
            return f"{self._text(operands[0], own)} {name} {self._text(operands[1], own + 1)}", own
        if name == "neg":
            return f"-{self._text(operands[0], _TIGHT)}", _UNARY
        if name == "double" and operands[0].type.name == "int":  # put in by the check, where whole numbers meet others
            return self._form(operands[0])
        if name in _FUNCTIONS:
            return f"{name}({self._text(operands[0], _CHOICE)})", _TIGHT
        return f"{self._text(operands[0], _TIGHT)}.{name}()", _TIGHT

    def _name(self, root: str) -> str:
        return self._names.get(root, root)


def is_membership(quantified: Quantified) -> bool:
    """Tell whether a question about the items of a list is what `value in list` comes to."""
    body = quantified.body
    return (
        quantified.name == "exists"
        and isinstance(body, Atom)
        and body.operator == "=="
        and body.operands[1] == Path(quantified.variable, (), body.operands[1].type)
    )


def _names(text: str, formula: Formula) -> Mapping[str, str]:
    """Give the names of items as their author wrote them: the check has given each a name of its own.

    They are found by their order. Where text and tree do not match, as after a list of paths that was written out,
    the names of the check stay.
    """
    given: dict[str, None] = {}
    for node in walk(formula):
        match node:
            case Quantified(variable=variable) if not is_membership(node):
                given[variable] = None
            case View(variable=variable, where=where) if where is not None:
                given[variable] = None
    written = _written_names(text)
    return dict(zip(given, written, strict=True)) if len(given) == len(written) else {}


def _written_names(text: str) -> list[str]:
    """Give the name of the item in each comprehension of a text; a chain of them has the name of its last."""
    bare = _LITERAL.sub(lambda found: " " * len(found.group()), text)
    opened_by = _brackets(bare)
    names: list[str] = []
    group_of: dict[int, int] = {}
    for macro in _MACRO.finditer(bare):
        before = len(bare[: macro.start()].rstrip()) - 1
        group = group_of.get(opened_by.get(before, -1))
        if group is None:
            group = len(names)
            names.append("")
        names[group] = macro[1]
        group_of[bare.index("(", macro.start())] = group
    return names


def _brackets(text: str) -> Mapping[int, int]:
    """Give, for the place of each closing bracket, that of the one it closes."""
    found: dict[int, int] = {}
    waiting: list[int] = []
    for place, character in enumerate(text):
        if character == "(":
            waiting.append(place)
        elif character == ")" and waiting:
            found[place] = waiting.pop()
    return found


def _constant(value: Value) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return f"{value:.15g}"
        case str():
            return _quoted(value)
        case dt.datetime():
            return f"timestamp({_quoted(value.astimezone(dt.UTC).replace(tzinfo=None).isoformat() + 'Z')})"
        case dt.timedelta():
            return f"duration({_quoted(f'{value.total_seconds():.15g}s')})"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
