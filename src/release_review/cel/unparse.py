"""From a syntax tree back to the text of CEL, in one form whatever the blanks and brackets of its author."""

from __future__ import annotations

import json

from release_review.cel.syntax import (
    Arithmetic,
    Call,
    Conditional,
    Index,
    Listing,
    Literal,
    Logic,
    Name,
    Prefix,
    Relation,
    Select,
    Syntax,
)

_CONDITIONAL, _OR, _AND, _RELATION, _SUM, _PRODUCT, _SIGN, _MEMBER = range(8)
"""How tightly each form binds; what binds less tightly than its place asks for stands in brackets."""


def write(tree: Syntax) -> str:
    """Write an expression as CEL; trees that differ only in where they stand give the same text."""
    return _write(tree, _CONDITIONAL)


def start_of(tree: Syntax) -> int:
    """Give the offset of the first character of a part, brackets around it left out."""
    match tree:
        case Select(base=base) | Index(base=base):
            return start_of(base)
        case Call(base=base) if base is not None:
            return start_of(base)
        case Relation(left=first):
            return start_of(first)
        case Logic(operands=operands) | Arithmetic(operands=operands):
            return start_of(operands[0])
    return tree.at


def _write(tree: Syntax, least: int) -> str:
    binds, text = _written(tree)
    return text if binds >= least else f"({text})"


def _written(tree: Syntax) -> tuple[int, str]:
    """Give how tightly a part binds, and its text."""
    match tree:
        case Literal():
            return (_SIGN if tree.value.__class__ in (int, float) and str(tree.value)[0] == "-" else _MEMBER), _literal(
                tree
            )
        case Name(name=name):
            return _MEMBER, name
        case Select(base=base, field=field):
            return _MEMBER, f"{_write(base, _MEMBER)}.{field}"
        case Index(base=base, key=key):
            return _MEMBER, f"{_write(base, _MEMBER)}[{write(key)}]"
        case Call(base=base, name=name, arguments=arguments):
            called = name if base is None else f"{_write(base, _MEMBER)}.{name}"
            return _MEMBER, f"{called}({', '.join(write(each) for each in arguments)})"
        case Listing(items=items):
            return _MEMBER, f"[{', '.join(write(each) for each in items)}]"
        case Prefix(operator=operator, operand=operand):
            return _SIGN, operator + _write(operand, _MEMBER)
        case Logic(operator=operator, operands=operands):
            binds = _AND if operator == "&&" else _OR
            return binds, f" {operator} ".join(_write(each, binds + 1) for each in operands)
        case Relation(operator=operator, left=left, right=right):
            return _RELATION, f"{_write(left, _SUM)} {operator} {_write(right, _SUM)}"
        case Arithmetic(operands=operands, operators=operators):
            binds = _SUM if operators[0] in ("+", "-") else _PRODUCT
            first, *others = (_write(each, binds + 1) for each in operands)
            return binds, first + "".join(f" {sign} {each}" for sign, each in zip(operators, others, strict=True))
        case Conditional(condition=condition, then=then, otherwise=otherwise):
            return _CONDITIONAL, f"{_write(condition, _OR)} ? {_write(then, _OR)} : {write(otherwise)}"


def _literal(literal: Literal) -> str:
    match literal.value:
        case None:
            return "null"
        case bool(truth):
            return "true" if truth else "false"
        case str(text):
            return json.dumps(text, ensure_ascii=False)
        case number:
            return repr(number).replace("e+", "e")
