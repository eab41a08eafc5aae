"""Terms: what is compared, and the functions that give it."""

from __future__ import annotations

from release_review.cel import syntax
from release_review.cel.advice import instant_hint, instead_of, named, names_in, quoted
from release_review.cel.lists import Lists
from release_review.cel.operators import (
    duration,
    either,
    instant,
    literal,
    may_be_undecided,
    negative,
    operation,
)
from release_review.cel.question import NAMES
from release_review.cel.scope import QUANTIFIERS, TEXT_TESTS, Reach
from release_review.cel.sizes import size_operand
from release_review.cel.syntax import Refusal, Syntax
from release_review.cel.tree import (
    Constant,
    Operation,
    Size,
    Term,
)
from release_review.cel.types import DOUBLE, INT, STRING, Type

_GETTERS = {
    "timestamp": (
        "getFullYear",
        "getMonth",
        "getDate",
        "getDayOfMonth",
        "getDayOfWeek",
        "getDayOfYear",
        "getHours",
        "getMinutes",
        "getSeconds",
        "getMilliseconds",
    ),
    "duration": ("getHours", "getMinutes", "getSeconds", "getMilliseconds"),
}
_FUNCTIONS = ("size", "has", "timestamp", "duration", "int", "double", "string")
_METHODS_OF = {
    "list": (*QUANTIFIERS, "filter", "map", "size"),
    "string": (*TEXT_TESTS, "size"),
    **_GETTERS,
}
_METHODS = (*QUANTIFIERS, "filter", "map", "size", *TEXT_TESTS, *_GETTERS["timestamp"])
_WIDEST_CHAIN = 64


def _uncalled_hint(found: Type) -> str:
    """Tell what to write in place of a function of what has none."""
    if found.name == "word":
        return f"compare the word, as in == {quoted(found.words[0])}"
    return "compare it, as in > 0" if found.is_number else "ask about one of its fields"


class Terms(Lists):
    """The part of the check that types terms."""

    def term(self, tree: Syntax) -> Term:
        """Type something that is compared."""
        reached = self.reach(tree)
        if isinstance(reached, Reach):
            hint = 'write assessments["policy/assessment"].level, or .items[this.id].level'
            raise Refusal("the path into the assessments is not finished", tree.at, hint)
        return reached

    def reach(self, tree: Syntax) -> Term | Reach:  # one line per form of the grammar
        """Type something that is compared, or a step on the way to the level of an assessment."""
        match tree:
            case syntax.Literal():
                return literal(tree)
            case syntax.Name():
                return self._name(tree)
            case syntax.Select():
                return self._select(tree)
            case syntax.Index():
                return self._index(tree)
            case syntax.Call():
                return self._call(tree)
            case syntax.Arithmetic():
                return self._arithmetic(tree)
            case syntax.Prefix(operator="-"):
                return negative(self.term(tree.operand), tree.at)
            case syntax.Conditional(condition=condition, then=then, otherwise=otherwise):
                with self._negation():
                    asked = self.formula(condition)
                return either(asked, self.term(then), self.term(otherwise), tree.at)
            case syntax.Listing():
                raise Refusal("a list stands where one value is asked", tree.at, "use in, exists() or size()")
        raise Refusal("a truth value stands where a value is asked", tree.at, "join conditions with && or ||")

    def _arithmetic(self, tree: syntax.Arithmetic) -> Term:
        if len(tree.operands) > _WIDEST_CHAIN:
            raise Refusal(f"the sum has more than {_WIDEST_CHAIN} parts", tree.at, "split the rule in two")
        result = self.term(tree.operands[0])
        for operator, operand in zip(tree.operators, tree.operands[1:], strict=True):
            result = operation(operator, result, self.term(operand), operand.at)
        return result

    def _call(self, tree: syntax.Call) -> Term:
        self._check_call(tree)
        if tree.name == "size":
            return self._size(tree)
        if tree.base is not None:
            return self._getter(tree, tree.base)
        return self._conversion(tree)

    def _check_call(self, tree: syntax.Call) -> None:
        known = _FUNCTIONS if tree.base is None else _METHODS
        if tree.name in known:
            return
        if tree.base is None and tree.name in _METHODS:
            raise Refusal(f"{tree.name}() is asked of a value", tree.at, f"write value.{tree.name}(...)")
        if tree.base is not None and tree.name in _FUNCTIONS:
            raise Refusal(f"{tree.name}() stands behind a dot", tree.at, f"write {tree.name}(value)")
        raise self._no_function(tree)

    def _no_function(self, tree: syntax.Call) -> Refusal:
        """Say that there is no such function, what its receiver has, and what is wrong with what it is asked of."""
        what = f"there is no function {named(tree.name)}"
        base, hint = tree.base, ""
        if base is None:
            hint = instead_of(tree.name, _FUNCTIONS)
            match tree:
                case syntax.Call(
                    name="date" | "Date" | "datetime", arguments=(syntax.Literal(kind="string", value=day),)
                ):
                    hint = instant_hint(str(day))
        others = [each for each in syntax.children_of(tree) if self._knows(each)]
        if base is None:
            return self._with_others(Refusal(what, tree.at, hint), *others)
        if not self._knows(base):
            return Refusal(what, tree.at, instead_of(tree.name, _METHODS))
        try:
            found = self._kind_of(base)
        except Refusal as refusal:
            return self._with_others(Refusal.join([refusal, Refusal(what, tree.at, instead_of(tree.name, _METHODS))]))
        hint = instead_of(tree.name, _METHODS_OF[found.name]) if found.name in _METHODS_OF else _uncalled_hint(found)
        return self._with_others(Refusal(what, tree.at, hint), *others)

    def _knows(self, tree: Syntax) -> bool:
        """Tell whether all names of a part are known: others may be what a function would bind that there is not."""
        return all(name in NAMES or name in self._variables for name in names_in(tree))

    def _size(self, tree: syntax.Call) -> Term:
        operand = size_operand(tree)
        if operand is None:
            raise Refusal("size() takes one list or text", tree.at, "write size(manifest.access)")
        constants = self._constants(operand)
        if constants is not None:
            return Constant(len(constants), INT)
        found = self._kind_of(operand)
        if found.name == "string":
            return Operation("size", (self.term(operand),), INT)
        if found.name != "list":
            raise Refusal(f"size() is asked of {found.label}", tree.at, "it counts lists and the characters of text")
        with self._comprehension(tree.at):
            stream = self._stream(operand)
        if stream.where is not None and may_be_undecided(stream.where):
            raise Refusal(
                "a count that may be undecided stands outside a comparison", tree.at, "compare it with a number"
            )
        return Size(stream.view, INT)

    def _getter(self, tree: syntax.Call, base: Syntax) -> Term:
        if tree.name in ("filter", "map"):
            raise Refusal("a list stands where one value is asked", tree.at, "use in, exists() or size()")
        if tree.name in (*QUANTIFIERS, *TEXT_TESTS):
            raise Refusal("a truth value stands where a value is asked", tree.at, "join conditions with && or ||")
        term = self.term(base)
        if tree.name not in _GETTERS.get(term.type.name, ()):
            raise Refusal(f"{tree.name}() is asked of {term.type.label}", tree.at, "it is for dates and durations")
        if tree.arguments:
            raise Refusal(f"{tree.name}() names a time zone", tree.at, "all dates here are in UTC; leave it out")
        return Operation(tree.name, (term,), INT)

    def _conversion(self, tree: syntax.Call) -> Term:
        if tree.name == "has":
            raise Refusal("a truth value stands where a value is asked", tree.at, "join conditions with && or ||")
        if len(tree.arguments) != 1:
            raise Refusal(f"{tree.name}() takes one value", tree.at, f"write {tree.name}(value)")
        term = self.term(tree.arguments[0])
        at = tree.arguments[0].at
        if tree.name in ("timestamp", "duration"):
            if not isinstance(term, Constant) or not isinstance(term.value, str):
                hint = "dates are fields of their own; compare them as they are"
                raise Refusal(f"{tree.name}() reads something else than text in quotes", at, hint)
            return instant(term.value, at) if tree.name == "timestamp" else duration(term.value, at)
        if tree.name == "string":
            if term.type.name not in ("string", "int", "timestamp"):
                raise Refusal(f"string() of {term.type.label} differs from engine to engine", at, "compare it as it is")
        elif not term.type.is_number:
            raise Refusal(f"{tree.name}() reads {term.type.label}", at, "it turns one kind of number into the other")
        given = {"int": INT, "double": DOUBLE, "string": STRING}[tree.name]
        return term if term.type == given and isinstance(term, Constant) else Operation(tree.name, (term,), given)
