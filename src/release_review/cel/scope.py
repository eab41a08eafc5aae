"""Where a check stands in an expression, and what it carries along."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from release_review.cel import syntax
from release_review.cel.advice import named
from release_review.cel.question import NAMES, Scope
from release_review.cel.sizes import Shape, lists_with_items, shapes_in
from release_review.cel.syntax import Exhausted, Refusal, Syntax
from release_review.cel.tree import (
    Constant,
    Formula,
    Path,
    Term,
    View,
    count_nodes,
)

_RESERVED = frozenset(
    {
        "as",
        "break",
        "const",
        "continue",
        "else",
        "for",
        "function",
        "if",
        "import",
        "in",
        "let",
        "loop",
        "package",
        "namespace",
        "return",
        "var",
        "void",
        "while",
    }
)
"""Words that CEL keeps for itself; not every parser minds."""

QUANTIFIERS = ("exists", "all", "exists_one")
TEXT_TESTS = ("contains", "startsWith", "endsWith", "matches")


@dataclass(frozen=True, slots=True)
class Stream:
    """A list on its way through `filter` and `map`: the items of a base, those that count, what becomes of each."""

    base: Path | tuple[Constant, ...]
    variable: str
    where: Formula | None
    item: Term

    @property
    def view(self) -> View:
        """The items that come through, uncounted."""
        return View(self.base, self.variable, self.where)


@dataclass(frozen=True, slots=True)
class Reach:
    """A step towards the level of an assessment: `assessments`, `[id]`, `.items`, `[item.id]`."""

    assessment: str = ""
    items: bool = False
    item: Path | None = None


class Context:
    """Where a check stands: the names in force, how deep comprehensions are nested, whether it is under a negation."""

    def __init__(self, tree: Syntax, scope: Scope) -> None:
        self._scope = scope
        self._variables: dict[str, tuple[Term, int]] = {}
        self._taken: set[str] = set(NAMES)
        self._nested = 0
        self._negated = False
        self._left = scope.limits.reading_growth * syntax.count_nodes(tree) // 2
        self._spare = self._left
        self._follows = False
        self._with_items: frozenset[Shape] = frozenset()

    def _spend(self, nodes: int, at: int) -> None:
        """Count what the lists of an expression unfold into: an item may stand in it many times, and grow each time."""
        self._left -= nodes
        if self._left < 0:
            raise Exhausted("the expression unfolds into too many comparisons", at, "split the rule in two")

    def formula(self, tree: Syntax) -> Formula:
        """Type something that is true or false."""
        raise NotImplementedError

    def term(self, tree: Syntax) -> Term:
        """Type something that is compared."""
        raise NotImplementedError

    def reach(self, tree: Syntax) -> Term | Reach:
        """Type something that is compared, or a step on the way to the level of an assessment."""
        raise NotImplementedError

    def _is_formula(self, tree: Syntax) -> bool:
        match tree:
            case syntax.Literal(kind=kind):
                return kind == "bool"
            case syntax.Logic() | syntax.Relation():
                return True
            case syntax.Prefix(operator=operator):
                return operator == "!"
            case syntax.Conditional(then=then):
                return self._is_formula(then)
            case syntax.Call(base=base, name=name):
                return name == "has" if base is None else name in (*QUANTIFIERS, *TEXT_TESTS)
            case syntax.Select(base=syntax.Name(name="params"), field=name):
                return name in self._scope.params and self._scope.params[name].type == "boolean"
        return False

    @contextmanager
    def _bound(self, tree: syntax.Call, item: Term) -> Iterator[Syntax]:
        """Bind the variable of a comprehension to an item; gives the body."""
        if len(tree.arguments) != 2 or not isinstance(tree.arguments[0], syntax.Name):  # noqa: PLR2004
            raise Refusal(f"{tree.name}() takes a name and a condition", tree.at, f"write {tree.name}(x, x.id == ...)")
        name = tree.arguments[0].name
        if name in _RESERVED:
            raise Refusal(
                f"the name {named(name)} is reserved", tree.arguments[0].at, "choose another name for the item"
            )
        if name in NAMES or name in self._variables:
            raise Refusal(f"the name {named(name)} is taken", tree.arguments[0].at, "choose another name for the item")
        self._variables[name] = item, count_nodes(item)
        try:
            yield tree.arguments[1]
        finally:
            del self._variables[name]

    @contextmanager
    def _comprehension(self, at: int) -> Iterator[None]:
        if self._nested == self._scope.limits.comprehensions:
            what = f"more than {self._scope.limits.comprehensions} comprehensions are nested"
            raise Refusal(what, at, "split the rule, or ask with `given`")
        self._nested += 1
        try:
            yield
        finally:
            self._nested -= 1

    @contextmanager
    def _knowing(self, tree: Syntax, *, holds: bool, sound: bool = True) -> Iterator[None]:
        """Read on where a condition holds, or does not: some lists surely have an item then.

        A condition that is not sound may have been meant to say so of every list in it, and is to be mended first.
        """
        before = self._with_items
        self._with_items |= lists_with_items(tree, holds=holds) if sound else shapes_in(tree)
        try:
            yield
        finally:
            self._with_items = before

    @contextmanager
    def _apart(self, refused: list[Refusal]) -> Iterator[None]:
        """Read a part whose faults say nothing about the parts beside it; they are kept and told together."""
        try:
            yield
        except Exhausted:
            raise
        except Refusal as refusal:
            refused.append(refusal)

    def _with_others(self, refusal: Refusal, *parts: Syntax) -> Refusal:
        """Join a refusal with what is wrong with other parts, each by itself; it is told once and in its own words.

        What is looked at in this way looks no further, and has a bound of its own: so the time it takes is bounded,
        and it leaves what is read after it no less.
        """
        if self._follows or isinstance(refusal, Exhausted):
            return refusal
        found = list[Refusal]()
        with self._following(), suppress(Exhausted):  # the refusal is told without what could not be looked for
            for part in parts:
                with self._apart(found):
                    self._look_at(part)
        return Refusal.join([*found, refusal])

    @contextmanager
    def _following(self) -> Iterator[None]:
        """Look again at what has a fault, within the bound of such looks."""
        before, self._follows = self._follows, True
        if not before:
            self._left, self._spare = self._spare, self._left
        try:
            yield
        finally:
            self._follows = before
            if not before:
                self._left, self._spare = self._spare, self._left

    def _look_at(self, tree: Syntax) -> None:
        """Type a part by itself, whatever it is asked for."""
        raise NotImplementedError

    @contextmanager
    def _negation(self) -> Iterator[None]:
        before, self._negated = self._negated, True
        try:
            yield
        finally:
            self._negated = before

    def _fresh(self, name: str) -> str:
        number = sum(1 for each in self._taken if each.startswith(name)) + 1
        fresh = f"{name}{number}"
        self._taken.add(fresh)
        return fresh
