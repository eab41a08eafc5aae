"""From a plain formula to the text of CEL that means it, for engines that read text."""

from __future__ import annotations

import datetime as dt
import json

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
    View,
)

_INFIX = frozenset({"+", "-", "*", "/"})
_FUNCTIONS = frozenset({"size", "int", "double", "string"})
_METHODS = frozenset({"contains", "startsWith", "endsWith", "matches"})


def render(formula: Formula) -> str:  # one line per form
    """Write a plain formula as CEL."""
    match formula:
        case Truth(value=value):
            return "true" if value else "false"
        case Not(operand=operand):
            return f"!({render(operand)})"
        case AllOf(operands=operands):
            return " && ".join(_enclosed(each) for each in operands) if operands else "true"
        case AnyOf(operands=operands):
            return " || ".join(_enclosed(each) for each in operands) if operands else "false"
        case Choice(condition=condition, then=then, otherwise=otherwise):
            return f"({render(condition)}) ? ({render(then)}) : ({render(otherwise)})"
        case Same(left=left, right=right):
            return f"({render(left)}) == ({render(right)})"
        case Atom(operator=operator, operands=operands):
            return _atom(operator, operands)
        case Named():
            return _named(formula)
        case Stated(path=path):
            return _known(path)
        case Quantified(name=name, base=base, variable=variable, body=body):
            return f"{_base(base)}.{name}({variable}, {render(body)})"
        case Counted(view=view, operator=operator, bound=bound):
            size = _size(view)
            return f"{f'double({size})' if bound.type.name == 'double' else size} {operator} {_term(bound)}"


def _enclosed(formula: Formula) -> str:
    text = render(formula)
    return text if isinstance(formula, Truth | Not | Quantified) else f"({text})"


def _atom(operator: str, operands: tuple[Term, ...]) -> str:
    first, *others = (_term(each) for each in operands)
    if operator == "in":
        return f"{first} in [{', '.join(others)}]"
    if operator in _METHODS:
        return f"{first}.{operator}({others[0]})"
    return f"{first} {operator} {others[0]}"


def _named(named: Named) -> str:
    path = _term(named.path)
    asked = [f"type({path}) == type(null)"] if named.null else []
    if named.values:
        values = ", ".join(_term(each) for each in named.values)
        guard = f"type({path}) != type(null) && " if named.null else ""
        asked.append(f"{guard}{path} in [{values}]")
    text = " || ".join(f"({each})" for each in asked)
    return f"!({text})" if named.negated else text


def _known(path: Path | LevelOf) -> str:
    text = _term(path)
    return f'{text} != "unknown"' if path.type.unknown == "word" else f"type({text}) != type(null)"


def _base(base: Path | tuple[Constant, ...]) -> str:
    return _term(base) if isinstance(base, Path) else f"[{', '.join(_term(each) for each in base)}]"


def _size(view: View) -> str:
    base = _base(view.base)
    return f"size({base})" if view.where is None else f"size({base}.filter({view.variable}, {render(view.where)}))"


def _term(term: Term) -> str:  # one line per form
    match term:
        case Constant(value=value):
            return _constant(value)
        case Path(root=root, steps=steps):
            return ".".join((root, *steps))
        case LevelOf(assessment=assessment, item=item):
            items = "" if item is None else f".items[{_term(item)}.id]"
            return f"assessments[{json.dumps(assessment)}]{items}.level"
        case Size(view=view):
            return _size(view)
        case Either(condition=condition, then=then, otherwise=otherwise):
            return f"(({render(condition)}) ? {_term(then)} : {_term(otherwise)})"
        case Operation(name=name, operands=operands):
            return _operation(name, operands)


def _operation(name: str, operands: tuple[Term, ...]) -> str:
    if name in _INFIX:
        return f"({_term(operands[0])} {name} {_term(operands[1])})"
    if name == "neg":
        return f"(-({_term(operands[0])}))"
    if name in _FUNCTIONS:
        return f"{name}({_term(operands[0])})"
    return f"{_term(operands[0])}.{name}()"


def _constant(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            text = repr(value)
            return f"({text})" if text.startswith("-") else text
        case str():
            return _text(value)
        case dt.datetime():
            return f'timestamp("{value.astimezone(dt.UTC).replace(tzinfo=None).isoformat()}Z")'
        case dt.timedelta():
            return f'duration("{value.total_seconds():f}s")'
    raise TypeError(f"no constant of CEL: {value!r}")


def _text(value: str) -> str:
    escapes = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    return '"' + "".join(escapes.get(character, character) for character in value) + '"'
