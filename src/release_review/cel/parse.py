"""From the text of an expression to what it says, with cel-python's parser, under bounds.

The parser itself has none: the length is checked before it runs and the depth while its tree is
read, so that nothing here recurses further than the limit allows.
"""

from __future__ import annotations

import functools
import importlib.util
import re
import sys
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from release_review.cel.advice import short
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
    Refusal,
    Relation,
    Select,
    Syntax,
)
from release_review.cel.tokens import check_tokens, words_of

if TYPE_CHECKING:
    from release_review.model import Limits

_WRAPPERS = frozenset(
    {"expr", "conditionalor", "conditionaland", "relation", "addition", "multiplication", "unary", "member", "primary"}
)
_CHAINS = {"conditionalor": "||", "conditionaland": "&&"}
_SIGNS = {"addition_add": "+", "addition_sub": "-", "multiplication_mul": "*", "multiplication_div": "/"}
_RELATIONS = {
    "relation_lt": "<",
    "relation_le": "<=",
    "relation_gt": ">",
    "relation_ge": ">=",
    "relation_eq": "==",
    "relation_ne": "!=",
    "relation_in": "in",
}
_ESCAPED = re.compile(r"\\(?:[xX](..)|u(....)|U(.{8})|([0-3][0-7]{2})|(.))", re.DOTALL)
_CONTROLS = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_BLANKS = frozenset("\t\n\r")
_FOREIGN = {"and": "write &&", "or": "write ||", "not": "write !", "=": "write =="}
_FOREIGN |= {word.upper(): hint for word, hint in _FOREIGN.items() if word.isalpha()}
_OPEN, _CLOSE = frozenset("([{"), frozenset(")]}")
_INT64 = range(-(2**63), 2**63)


def parse(text: str, limits: Limits) -> Syntax:
    """Read one expression.

    Raises:
        Refusal: The text is too long or too deep, has characters that cannot be seen, is not CEL, or
            is CEL that this project leaves out.
    """
    _check_characters(text, limits)
    check_tokens(text, limits)
    return _Reader(text, limits).read(_parse_tree(text), 1)


def _check_characters(text: str, limits: Limits) -> None:
    if len(text) > limits.expression_characters:
        what = f"the expression has {len(text):,} characters, and the limit is {limits.expression_characters:,}"
        raise Refusal(what, 0, "split the rule in two")
    for at, character in enumerate(text):
        if unicodedata.category(character) in _INVISIBLE and character not in _BLANKS:
            what = f"the invisible character U+{ord(character):04X} stands in the expression"
            raise Refusal(what, at, "remove it")


def _parse_tree(text: str) -> Any:
    from lark.exceptions import LarkError  # heavy, not paid before it is needed

    try:
        return _parser().parse(text)
    except LarkError as error:
        raise _misplaced(text, error) from None


def _misplaced(text: str, error: Any) -> Refusal:
    """Say which word or sign cannot stand where it does, or that one is missing at the end."""
    words = [*words_of(text)]
    token = getattr(error, "token", None)
    if token is not None and token.type == "$END":
        end, last = words[-1]
        return Refusal(
            f"the expression breaks off after {short(last)}", end, "write what belongs there, or leave it out"
        )
    at = getattr(error, "pos_in_stream", None) if token is None else token.start_pos
    index = next((each for each, (start, _) in enumerate(words) if start == at), 0)
    here, before = words[index][1], words[index - 1] if index else None
    if foreign := _foreign([word for _, word in words], index):
        return Refusal(foreign[0], words[foreign[2]][0], foreign[1])
    if here in _FOREIGN:
        return Refusal(f"there is no operator {here}", words[index][0], _FOREIGN[here])
    if before is not None and before[1] in _FOREIGN:
        return Refusal(f"there is no operator {before[1]}", before[0], _FOREIGN[before[1]])
    behind = f" behind {short(before[1])}" if before else " at the start"
    return Refusal(f"{short(here)} cannot stand{behind}", words[index][0], "check brackets, commas and operators")


def _foreign(words: list[str], index: int) -> tuple[str, str, int] | None:
    """Recognise what SQL and Python write where the grammar stops: what is wrong, what to write, at which word."""
    at = index - (index > 0 and words[index - 1] == "is")
    if words[at] == "is":
        sign = "!=" if words[at + 1 : at + 2] == ["not"] else "=="
        behind = at + 1 + (sign == "!=")
        value = " null" if words[behind : behind + 1] == ["null"] else ""
        return "there is no operator is", f"write {sign}{value}", at
    if words[index : index + 2] == ["not", "in"]:
        return "there is no operator not in", "write !(value in [...])", index
    if words[index] == ",":
        opened = _opened_before(words, index)
        if opened and words[opened] == "(" and words[opened - 1] == "in":
            return "a list stands in round brackets", "write it in square ones, as in [...]", opened
    return None


def _opened_before(words: list[str], index: int) -> int:
    """Give the bracket that is open at a word; 0 where none is, or the first word is it."""
    closed = 0
    for at in range(index - 1, -1, -1):
        closed += (words[at] in _CLOSE) - (words[at] in _OPEN)
        if closed < 0:
            return at
    return 0


@functools.cache
def _parser() -> Any:
    """Make a parser of cel-python's grammar, as cel-python does, without importing its evaluator."""
    from lark import Lark, Token

    def truth(word: Token) -> Token:
        # The original makes a token without a place, and an error could not point at it.
        return Token.new_borrow_pos("BOOL_LIT", word.value, word) if word.value in ("true", "false") else word

    spec = importlib.util.find_spec("celpy")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("cel-python is not installed")
    return Lark(
        Path(spec.origin).with_name("cel.lark").read_text(encoding="utf-8"),
        parser="lalr",
        start="expr",
        g_regex_flags=re.MULTILINE,
        lexer_callbacks={"IDENT": truth},
        propagate_positions=True,
        maybe_placeholders=False,
        priority="invert",
    )


class _Reader:
    """Turns cel-python's parse tree, which wraps every value in nine layers, into plain syntax."""

    def __init__(self, text: str, limits: Limits) -> None:
        self._text = text
        self._limits = limits

    def read(self, tree: Any, depth: int) -> Syntax:
        while tree.data in _WRAPPERS and len(tree.children) == 1:
            tree = tree.children[0]
        at = getattr(tree.meta, "start_pos", 0)
        if depth > self._limits.expression_depth:
            what = f"the expression is nested more than {self._limits.expression_depth} levels deep"
            raise Refusal(what, at, "split the rule in two")
        match tree.data:
            case "expr":
                condition, then, otherwise = (self.read(child, depth + 1) for child in tree.children)
                return Conditional(at, condition, then, otherwise)
            case "conditionalor" | "conditionaland":
                return self._chain(tree, depth)
            case "relation":
                return self._relation(tree, depth)
            case "addition" | "multiplication":
                return self._arithmetic(tree, depth)
            case "unary":
                sign, operand = tree.children
                return Prefix(at, "!" if sign.data == "unary_not" else "-", self.read(operand, depth + 1))
            case "paren_expr":
                return self.read(tree.children[0], depth + 1)
            case "member_dot" | "member_dot_arg" | "member_index":
                return self._member(tree, depth)
        return self._primary(tree, at, depth)

    def _primary(self, tree: Any, at: int, depth: int) -> Syntax:
        match tree.data:
            case "literal":
                return self._literal(tree.children[0], at)
            case "list_lit":
                return Listing(at, self._listed(tree.children, depth))
            case "ident":
                return Name(at, str(tree.children[0]))
            case "ident_arg":
                return Call(at, None, str(tree.children[0]), self._listed(tree.children[1:], depth))
        what, hint = _LEFT_OUT.get(tree.data, ("this form of CEL is left out", "write a comparison"))
        raise Refusal(what, at, hint)

    def _relation(self, tree: Any, depth: int) -> Syntax:
        sign, right = tree.children
        left = self.read(sign.children[0], depth + 1)
        return Relation(left.at, _RELATIONS[sign.data], left, self.read(right, depth + 1))

    def _chain(self, tree: Any, depth: int) -> Syntax:
        kind, operands = tree.data, []
        while tree.data == kind and len(tree.children) == 2:  # noqa: PLR2004  # left operand, right operand
            tree, right = tree.children
            operands.append(self.read(right, depth + 1))
        operands.append(self.read(tree, depth + 1))
        operands.reverse()
        return Logic(operands[0].at, _CHAINS[kind], tuple(operands))

    def _arithmetic(self, tree: Any, depth: int) -> Syntax:
        kind, operands, operators = tree.data, [], []
        while tree.data == kind and len(tree.children) == 2:  # noqa: PLR2004  # sign with left operand, right operand
            sign, right = tree.children
            if sign.data not in _SIGNS:
                raise Refusal("the operator % is left out", right.meta.start_pos, "compare the number itself")
            operands.append(self.read(right, depth + 1))
            operators.append(_SIGNS[sign.data])
            tree = sign.children[0]
        operands.append(self.read(tree, depth + 1))
        operands.reverse()
        operators.reverse()
        return Arithmetic(operands[0].at, tuple(operands), tuple(operators))

    def _member(self, tree: Any, depth: int) -> Syntax:
        links = []
        while tree.data in ("member_dot", "member_dot_arg", "member_index"):
            links.append(tree)
            tree = tree.children[0]
            while tree.data in _WRAPPERS and len(tree.children) == 1:
                tree = tree.children[0]
        if depth + len(links) // 2 > self._limits.expression_depth:
            raise Refusal("the path has too many steps", tree.meta.start_pos, "no field lies that deep")
        read = self.read(tree, depth + 1)
        for link in reversed(links):
            if link.data == "member_index":
                read = Index(link.children[1].meta.start_pos, read, self.read(link.children[1], depth + 1))
                continue
            name = link.children[1]
            if link.data == "member_dot":
                read = Select(name.start_pos, read, str(name))
            else:
                read = Call(name.start_pos, read, str(name), self._listed(link.children[2:], depth))
        return read

    def _listed(self, children: list[Any], depth: int) -> tuple[Syntax, ...]:
        return tuple(self.read(child, depth + 1) for listed in children for child in listed.children)

    def _literal(self, token: Any, at: int) -> Syntax:
        text = str(token)
        match token.type:
            case "BOOL_LIT":
                return Literal(at, "bool", text == "true")
            case "NULL_LIT":
                return Literal(at, "null", None)
            case "INT_LIT":
                value = int(text, 16) if "0x" in text else int(text)
                if value not in _INT64:
                    raise Refusal("the whole number does not fit 64 bits", at, "write it with an exponent, as in 1e25")
                return Literal(at, "int", value)
            case "FLOAT_LIT":
                number = float(text)
                if abs(number) > sys.float_info.max:
                    raise Refusal("the number is too large for a double", at, "write a smaller one")
                return Literal(at, "double", number)
            case "STRING_LIT" | "MLSTRING_LIT":
                return Literal(at, "string", self._string(token))
        raise Refusal("unsigned numbers and bytes are left out", at, "write a plain number, or text in quotes")

    def _string(self, token: Any) -> str:
        value = _unquoted(token)
        for character in value:
            if unicodedata.category(character) in _INVISIBLE and character not in _BLANKS:
                raise Refusal(
                    f"the text holds the invisible character U+{ord(character):04X}", token.start_pos, "remove it"
                )
        return value


def _unquoted(token: Any) -> str:
    """Give what a text in quotes says; `check_tokens` has seen that its escapes are escapes."""
    word = str(token)
    raw = word[0] in "rR"
    word = word[1:] if raw else word
    quotes = 3 if word[:3] in ('"""', "'''") else 1
    word = word[quotes:-quotes]

    def expand(found: re.Match[str]) -> str:
        byte, short, long, octal, sign = found.groups()
        if sign is not None:
            return _CONTROLS.get(sign, sign)
        code = int(octal, 8) if octal else int(byte or short or long, 16)
        if code > sys.maxunicode:
            raise Refusal(f"{found.group()} is no character", token.start_pos, "write the code of a character")
        return chr(code)

    return word if raw else _ESCAPED.sub(expand, word)


_LEFT_OUT = {
    "map_lit": ("a map is written out", "compare with single values, or with a list"),
    "member_object": ("a message is built", "no expression here needs one"),
    "dot_ident": ("a name starts with a dot", "write the name without the dot"),
    "dot_ident_arg": ("a name starts with a dot", "write the name without the dot"),
}
