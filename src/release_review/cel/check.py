"""The check: from what an expression says to what it means, or to why it does not load.

Every name, field, word and operand is typed from the manifest's schema. Whatever an engine would
read leniently, or differently from another engine, is refused here, with the place and what to
write instead; so engines get only what they agree on.
"""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from typing import TypeAlias

from release_review.cel import syntax
from release_review.cel.advice import (
    named,
    names_in,
    one_of,
    pair_hint,
    quoted,
    truth_hint,
    unequal_hint,
    word_meant,
)
from release_review.cel.operators import (
    as_double,
    check_branches,
    check_naming,
    check_pattern,
    doubled,
    may_be_undecided,
)
from release_review.cel.question import Scope
from release_review.cel.scope import QUANTIFIERS, TEXT_TESTS, Stream
from release_review.cel.sizes import shape, size_operand
from release_review.cel.syntax import Refusal, Syntax
from release_review.cel.terms import Terms
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
    Path,
    Quantified,
    Same,
    Size,
    Stated,
    Term,
    Truth,
)
from release_review.cel.types import INT, STRING, Type

OnWord: TypeAlias = Callable[[int, tuple[str, ...]], None]
"""Is told of each word that is written out: its offset, and the vocabulary that it belongs to."""


def check(tree: Syntax, scope: Scope, on_word: OnWord = lambda _at, _words: None) -> Formula:
    """Type an expression and bring it into the forms of `tree`.

    Args:
        tree: The expression, as it is written.
        scope: What its names stand for.
        on_word: Is told of the words in it.

    Raises:
        Refusal: The expression does not load.
    """
    return _Checker(tree, scope, on_word).formula(tree)


_SHARED_WORDS = frozenset({"unknown", "not-applicable"})
"""Words of nearly every vocabulary: that two have them does not make them one."""


class _Checker(Terms):
    """The part of the check that types formulas: the whole of it."""

    def __init__(self, tree: Syntax, scope: Scope, on_word: OnWord) -> None:
        super().__init__(tree, scope)
        self._on_word = on_word

    def formula(self, tree: Syntax) -> Formula:
        """Type something that is true or false."""
        self._spend(1, tree.at)
        match tree:
            case syntax.Literal(kind="bool", value=bool(value)):
                return Truth(value)
            case syntax.Logic(operator=operator, operands=operands):
                read = self._chain(operands, holds=operator == "&&")
                return AllOf(read) if operator == "&&" else AnyOf(read)
            case syntax.Prefix(operator="!", operand=operand):
                with self._negation():
                    return Not(self.formula(operand))
            case syntax.Conditional():
                return self._choice(tree)
            case syntax.Relation():
                return self._relation(tree)
            case syntax.Call(base=base) if base is not None and tree.name in QUANTIFIERS:
                return self._quantified(tree, base)
            case syntax.Call(base=base) if base is not None and tree.name in TEXT_TESTS:
                return self._text_test(tree, base)
            case syntax.Call(base=None, name="has"):
                return self._has(tree)
        if isinstance(tree, syntax.Select) and self._is_formula(tree):
            return Truth(bool(self._param(tree).value))
        if isinstance(tree, syntax.Call):
            self._check_call(tree)
        found = self._kind_of(tree)
        raise Refusal(f"{found.label} stands where true or false is asked", tree.at, truth_hint(tree, found))

    def _chain(self, operands: Sequence[Syntax], *, holds: bool | None) -> tuple[Formula, ...]:
        """Read operands from the left; each is asked only where those before it hold, or do not, if `holds` says so."""
        read, refused = list[Formula](), list[Refusal]()
        with ExitStack() as known:
            for operand in operands:
                before = len(refused)
                with self._apart(refused):
                    read.append(self.formula(operand))
                if holds is not None:
                    sound = len(refused) == before
                    known.enter_context(self._knowing(operand, holds=holds, sound=sound))
        if refused:
            raise Refusal.join(refused)
        return tuple(read)

    def _choice(self, tree: syntax.Conditional) -> Formula:
        read, refused = list[Formula](), list[Refusal]()
        with self._apart(refused), self._negation():
            read.append(self.formula(tree.condition))
        for branch, holds in ((tree.then, True), (tree.otherwise, False)):
            with self._apart(refused), self._knowing(tree.condition, holds=holds):
                read.append(self.formula(branch))
        if refused:
            raise Refusal.join(refused)
        return Choice(*read)

    def _relation(self, tree: syntax.Relation) -> Formula:
        try:
            return self._related(tree)
        except Refusal as refusal:
            bare = () if self._follows else self._words_meant(tree)
            told = Refusal.join([refusal, *bare]) if bare else refusal
            raise self._with_others(told, tree.left, tree.right) from None

    def _words_meant(self, tree: syntax.Relation) -> tuple[Refusal, ...]:
        """Say of what stands without quotes beside a word, or in a list beside it, that it is written in quotes."""
        found, words = list[Refusal](), tuple[str, ...]()
        for asked, other in ((tree.left, tree.right), (tree.right, tree.left)):
            listed = other.items if isinstance(other, syntax.Listing) else (other,)
            meant = [(each, word_meant(each)) for each in listed]
            meant = [(each, word) for each, word in meant if word and word not in self._variables]
            if not meant or word_meant(asked) or isinstance(asked, syntax.Listing | syntax.Literal):
                continue
            words = ()
            with self._following(), suppress(Refusal):
                words = self._kind_of(asked).words
            for each, word in meant:
                if word in words:
                    first = next(iter(names_in(each)))
                    what = f"there is no name {named(first)}"
                    found.append(Refusal(what, each.at, f"write {quoted(word)} in quotes"))
        return tuple(found)

    def _look_at(self, tree: Syntax) -> None:
        if isinstance(tree, syntax.Listing):
            refused = list[Refusal]()
            for item in tree.items:
                with self._apart(refused):
                    self._look_at(item)
            if refused:
                raise Refusal.join(refused)
        elif self._is_formula(tree):
            self.formula(tree)
        else:
            # A count that may be undecided is no fault beside a number.
            self._kind_of(size_operand(tree) or tree)

    def _related(self, tree: syntax.Relation) -> Formula:
        left, right, operator = tree.left, tree.right, tree.operator
        if operator == "in":
            return self._membership(tree)
        if self._is_formula(left) and self._is_formula(right):
            return self._same(tree)
        for asked, other in ((left, right), (right, left)):
            if isinstance(other, syntax.Literal) and other.kind == "null":
                return self._named_null(asked, other, operator)
            if isinstance(other, syntax.Literal) and other.value == "unknown":
                named = self._named_unknown(asked, other, operator)
                if named is not None:
                    return named
        for truth, other in ((left, right), (right, left)):
            if self._is_formula(truth):
                found = self._kind_of(other)
                what = f"a truth value is compared with {found.label}"
                raise Refusal(what, truth.at, unequal_hint(tree, truth, found))
        for asked, other, sign in ((left, right, operator), (right, left, syntax.FLIPPED[operator])):
            counted = self._counted(asked, other, sign, tree)
            if counted is not None:
                return counted
        return self._atom(tree, self.term(left), self.term(right))

    def _same(self, tree: syntax.Relation) -> Formula:
        if tree.operator not in ("==", "!="):
            raise Refusal(
                f"truth values have no order, so {tree.operator} cannot compare them", tree.at, "use == or !="
            )
        with self._negation():
            same = Same(*self._chain((tree.left, tree.right), holds=None))
        return Not(same) if tree.operator == "!=" else same

    def _atom(self, tree: syntax.Relation, left: Term, right: Term) -> Formula:
        check_branches((left, right), tree.at)
        left, right = self._aligned(tree, left, right)
        if tree.operator not in ("==", "!=") and left.type.name == "word":
            raise Refusal(f"words have no order, so {tree.operator} cannot compare them", tree.at, "use == or in [...]")
        return Atom(tree.operator, (left, right))

    def _aligned(self, tree: syntax.Relation, left: Term, right: Term) -> tuple[Term, Term]:
        one, other = left.type, right.type
        if one.is_number and other.is_number:
            return as_double(left, right) if one.name != other.name else (left, right)
        if one.name == "word" and other.name == "word":
            if not (set(one.words) & set(other.words)) - _SHARED_WORDS:
                raise Refusal("the two words come from different vocabularies", tree.at, one_of(one.words))
            return left, right
        for word, text, where in ((left, right, tree.right), (right, left, tree.left)):
            written = _written_words(text)
            if word.type.name == "word" and written:
                for each in written:
                    self._check_word(each, word.type, where.at)
                return left, right
        if one.name == other.name and one.name in ("string", "timestamp", "duration"):
            return left, right
        at = next((each.at for each in (tree.right, tree.left) if isinstance(each, syntax.Literal)), tree.at)
        raise Refusal(
            f"{one.label} is compared with {other.label}",
            at,
            pair_hint(one, other, _written((tree.right, right), (tree.left, left))),
        )

    def _check_word(self, text: str, words: Type, at: int) -> None:
        if text not in words.words:
            near = difflib.get_close_matches(text, words.words, n=1)
            hint = f"did you mean {quoted(near[0])}?" if near else one_of(words.words)
            raise Refusal(f"{quoted(text)} is no word of this field", at, hint)
        if text == "unknown":
            raise Refusal('"unknown" can only be asked of a plain path', at, 'write path == "unknown"')
        self._on_word(at, words.words)

    def _membership(self, tree: syntax.Relation) -> Formula:
        listing = self._constants(tree.right)
        if listing is not None:
            return self._in_constants(tree, listing)
        if isinstance(tree.right, syntax.Listing):
            asked = tuple(syntax.Relation(each.at, "==", tree.left, each) for each in tree.right.items)
            return AnyOf(tuple(self._relation(each) for each in asked))
        found = self._kind_of(tree.right)
        if found.name != "list":
            hint = "use contains()" if found.name == "string" else "write a list on the right, as in [...]"
            if isinstance(tree.right, syntax.Literal) and not isinstance(tree.left, syntax.Literal):
                hint = f"write a list, as in [{quoted(str(tree.right.value))}]" if found.name == "string" else hint
            raise Refusal(f"in looks into {found.label}", tree.right.at, hint)
        with self._comprehension(tree.at):
            stream = self._stream(tree.right)
            atom = self._atom(dataclasses.replace(tree, operator="=="), self.term(tree.left), stream.item)
        body = atom if stream.where is None else AllOf((stream.where, atom))
        return Quantified("exists", stream.base, stream.variable, body)

    def _in_constants(self, tree: syntax.Relation, listing: list[tuple[int, Constant | None]]) -> Formula:
        if not listing:
            raise Refusal("in looks into an empty list", tree.right.at, "write the words it may be")
        asked = self.term(tree.left)
        read, refused = list[Constant | None](), list[Refusal]()
        for at, constant in listing:
            with self._apart(refused):
                item = syntax.Literal(at, "", None)
                asked, aligned = self._listed(dataclasses.replace(tree, right=item), asked, constant)
                read.append(aligned)
        if refused:
            raise Refusal.join(refused)
        values = tuple(each for each in read if each is not None)
        null = len(values) < len(read)
        unknown = asked.type.name == "word" and any(each.value == "unknown" for each in values)
        if (null or unknown) and isinstance(asked, Path | LevelOf):
            return Named(asked, values, null=null, negated=False)
        if asked.type.name == "double":
            return Atom("in", (asked, *(doubled(each) for each in values)))
        return Atom("in", (asked, *values))

    def _listed(self, tree: syntax.Relation, asked: Term, constant: Constant | None) -> tuple[Term, Constant | None]:
        """Read one value of a list that is written out, or null, beside the term that is looked for."""
        at = tree.right.at
        if constant is None:
            return self._nullable(asked, at), None
        if constant.value == "unknown":
            if asked.type.name == "word" and "unknown" in asked.type.words and isinstance(asked, Path | LevelOf):
                return asked, constant
            _check_never_unknown(asked, at, "write null in its place")
        left, right = self._aligned(tree, asked, constant)
        return left, right if isinstance(right, Constant) else None

    def _named_null(self, asked: Syntax, null: syntax.Literal, operator: str) -> Formula:
        if self._is_formula(asked):
            raise Refusal("a truth value is compared with null", null.at, "it is never null; leave the comparison out")
        term = self.term(asked)
        check_naming(operator, null.at)
        return Named(self._nullable(term, null.at), (), null=True, negated=operator == "!=")

    def _nullable(self, term: Term, at: int) -> Path:
        """Give a term that may be null, as the path that it is."""
        if term.type.name == "word":
            raise Refusal("a word is never null", at, 'write "unknown"' if term.type.unknown else "leave null out")
        if not isinstance(term, Path):
            raise Refusal("null can only be asked of a plain path", at, "write path == null")
        if term.type.unknown != "null":
            raise Refusal(f"this is {term.type.label} and is never null", at, "leave the comparison out")
        return term

    def _named_unknown(self, asked: Syntax, literal: syntax.Literal, operator: str) -> Formula | None:
        if self._is_formula(asked):
            return None
        term = self.term(asked)
        if term.type.name != "word":
            _check_never_unknown(term, literal.at, "write == null")
            return None
        if "unknown" not in term.type.words:
            raise Refusal("this word is never unknown", literal.at, one_of(term.type.words))
        check_naming(operator, literal.at)
        if not isinstance(term, Path | LevelOf):
            raise Refusal('"unknown" can only be asked of a plain path', literal.at, 'write path == "unknown"')
        self._on_word(literal.at, term.type.words)
        return Named(term, (Constant("unknown", STRING),), null=False, negated=operator == "!=")

    def _counted(self, asked: Syntax, other: Syntax, operator: str, tree: syntax.Relation) -> Formula | None:
        stream = self._sized_stream(asked)
        if stream is None or stream.where is None or not may_be_undecided(stream.where):
            return None
        bound = self.term(other)
        if not bound.type.is_number:
            raise Refusal(f"a count is compared with {bound.type.label}", tree.at, "write a number")
        return Counted(stream.view, operator, bound)

    def _sized_stream(self, tree: Syntax) -> Stream | None:
        listed = size_operand(tree)
        if listed is None or self._constants_only(listed) or self._kind_of(listed).name != "list":
            return None
        with self._comprehension(tree.at):
            return self._stream(listed)

    def _constants_only(self, tree: Syntax) -> bool:
        return isinstance(tree, syntax.Listing)

    def _has(self, tree: syntax.Call) -> Formula:
        if len(tree.arguments) != 1:
            raise Refusal("has() takes one path", tree.at, "write has(manifest.release.date)")
        term = self.term(tree.arguments[0])
        if not isinstance(term, Path | LevelOf):
            raise Refusal("has() asks about something that is no path", tree.at, "write a path of the manifest")
        if not term.type.unknown:
            raise Refusal("this is always stated", tree.arguments[0].at, "leave has() out")
        return Stated(term)

    def _text_test(self, tree: syntax.Call, base: Syntax) -> Formula:
        try:
            return self._tested(tree, base)
        except Refusal as refusal:
            raise self._with_others(refusal, base, *tree.arguments) from None

    def _tested(self, tree: syntax.Call, base: Syntax) -> Formula:
        found = self._kind_of(base)
        if found.name != "string":
            hints = {"list": 'write "..." in list', "word": "use == or in [...]"}
            hint = hints.get(found.name, "it is for text alone")
            raise Refusal(f"{tree.name}() is asked of {found.label}", tree.at, hint)
        if len(tree.arguments) != 1:
            raise Refusal(f"{tree.name}() takes one text", tree.at, f'write {tree.name}("...")')
        text, looked_for = self.term(base), self.term(tree.arguments[0])
        if looked_for.type.name != "string":
            what = f"{tree.name}() looks for {looked_for.type.label}"
            raise Refusal(what, tree.arguments[0].at, "write text in quotes")
        check_branches((text, looked_for), tree.at)
        if tree.name == "matches":
            check_pattern(looked_for, tree.arguments[0].at)
        return Atom(tree.name, (text, looked_for))

    def _quantified(self, tree: syntax.Call, base: Syntax) -> Formula:
        if isinstance(base, syntax.Listing) and self._constants(base) is None:
            return self._unrolled(tree, base)
        refused = list[Refusal]()
        asked: Formula = Truth(value=True)
        with self._comprehension(tree.at):
            stream = self._stream(base)
            with self._bound(tree, stream.item) as body, self._apart(refused):
                asked = self.formula(body)
        with self._apart(refused):
            whole = self._over(tree, base, stream, asked)
        if refused:
            raise Refusal.join(refused)
        return whole

    def _over(self, tree: syntax.Call, base: Syntax, stream: Stream, asked: Formula) -> Formula:
        if tree.name != "all":
            body = asked if stream.where is None else AllOf((stream.where, asked))
            return Quantified(tree.name, stream.base, stream.variable, body)
        body = asked if stream.where is None else AnyOf((Not(stream.where), asked))
        every = Quantified("all", stream.base, stream.variable, body)
        if isinstance(stream.base, tuple) and stream.where is None:
            return every
        if shape(base) in self._with_items:
            return every
        if self._scope.empty is None or self._negated:
            hint = (
                "write size(...) > 0 && before it"
                if self._negated
                else 'write size(...) > 0 && before it, or empty = "pass" or "fail" in the rule'
            )
            raise Refusal("all() holds for an empty list", tree.at, hint)
        if self._scope.empty == "pass":
            return every
        some = Constant(0, INT)
        if stream.where is not None and may_be_undecided(stream.where):
            return AllOf((Counted(stream.view, ">", some), every))
        return AllOf((Atom(">", (Size(stream.view, INT), some)), every))

    def _unrolled(self, tree: syntax.Call, base: syntax.Listing) -> Formula:
        if tree.name == "exists_one":
            raise Refusal("exists_one() looks into a list of paths", tree.at, "write the comparisons out")
        asked = []
        for item in base.items:
            with self._comprehension(tree.at), self._bound(tree, self.term(item)) as body:
                asked.append(self.formula(body))
        return AnyOf(tuple(asked)) if tree.name == "exists" else AllOf(tuple(asked))


def _check_never_unknown(term: Term, at: int, hint: str) -> None:
    """Refuse "unknown" beside what is null while it is not stated, or always stated, or no path."""
    if term.type.unknown == "null":
        raise Refusal(f'{term.type.label} is null while it is not stated, never "unknown"', at, hint)
    if term.type.name == "string" and isinstance(term, Path):
        raise Refusal("this text is always stated", at, "leave the comparison out")
    if term.type.name == "string":
        raise Refusal('"unknown" can only be asked of a plain path', at, 'write path == "unknown"')


def _written(*sides: tuple[Syntax, Term]) -> object:
    """Give the value of the first term that is written out in the expression, and not in a parameter."""
    terms = (term for tree, term in sides if not isinstance(tree, syntax.Select))
    return next((term.value for term in terms if isinstance(term, Constant)), None)


def _written_words(term: Term) -> tuple[str, ...]:
    """Give the texts that a term may come to, if all of them are written out."""
    if isinstance(term, Either):
        then, otherwise = _written_words(term.then), _written_words(term.otherwise)
        return (*then, *otherwise) if then and otherwise else ()
    return (str(term.value),) if isinstance(term, Constant) and term.type.name == "string" else ()
