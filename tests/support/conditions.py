"""Conditions of every form that loads, made up at random: what engines and oracles are compared on.

The source of chance is an argument: hypothesis gives one whose choices it can make simpler, and a long run one with a
seed. Most of what is made up loads; what does not is refused for its cost, which no grammar can foresee.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from release_review.cel import Expression, Question, Scope, Type, admit, type_at
from release_review.errors import ExpressionError
from release_review.fields import EVIDENCE_OF
from release_review.model import Param

TEXTS = (
    "",
    "a",
    "aa",
    "A",
    "Apache-2.0",
    "LicenseRef-x",
    'it\'s "quoted"',
    "back\\slash",
    "two\nlines\t",
    "é",
    "e\u0301",
    "\u0440\u0443",
    "漢字",
    "😀",
    "a😀b😀",
    "x" * 200,
    "c1",
    "t1",
    "e1",
    "1.5",
    "%s {this.id} ${x}",
)
"""Texts of conditions and of manifests alike, so that they meet."""

NUMBERS = (0.0, 1.0, 2.0, 2.5, 0.1, 1e11, 1e25, 117e9, 9007199254740993.0, 1.7976931348623157e308, 5e-324, 2.0**63)
"""Numbers of conditions and of manifests alike."""

INTS = (
    "0",
    "1",
    "2",
    "3",
    "-1",
    "7",
    "0x10",
    "1000000",
    "9007199254740993",
    "9223372036854775807",
    "4611686018427387904",
)
DAYS = ("0001-01-01", "1969-12-31", "2024-02-29", "2025-08-05", "2025-12-31", "2026-01-01", "2026-06-01", "9999-12-31")
"""Dates of conditions and of manifests alike."""

INSTANTS = (
    *(f"{day}T00:00:00Z" for day in DAYS),
    "2025-12-31T23:59:59Z",
    "2026-01-01T02:00:00+02:00",
    "2025-08-05T12:34:56.789Z",
    "0999-05-06T07:08:09Z",
)
DURATIONS = (
    "0s",
    "24h",
    "-24h",
    "1h30m",
    "90s",
    "1.5s",
    "-1.5s",
    "720h",
    "8760h",
    "1ms",
    "-0.001s",
    "876000h",
    "80000000h",
)
PATTERNS = (
    "^a",
    "a+$",
    "^[A-Z][a-z]+-[0-9.]+$",
    ".",
    "^.$",
    "x{3,}",
    "(a|b)*c?",
    "\\\\d",
    "[^a]",
    "(?i)apache",
    "é|字",
    "",
)

LEVELS = ("none", "unknown", "partial", "full")
QUESTIONS: Mapping[str, Question] = {
    "acme/reach": Question(scale=LEVELS, over="/access/*"),
    "acme/steps": Question(scale=("none", "partial", "full"), over="/threat/*"),
}
"""The assessments that conditions may read."""

PLACES = ("", "/access/*", "/threat/*", "/evidence/*", "/safeguard/*", "/release/artifact/*")
"""What `this` may be."""

PARAMS: Mapping[str, Param] = {
    "least": Param(type="integer", value=2),
    "most": Param(type="number", value=2.5),
    "kinds": Param(type="strings", value=("weights", "api", "technical", "a")),
    "kind": Param(type="string", value="a"),
    "strict": Param(type="boolean", value=True),
    "lax": Param(type="boolean", value=False),
    "day": Param(type="date", value=dt.date(2025, 8, 5)),
}

NUMBER_ORDER = ("<", "<=", ">", ">=", "==", "!=")
EQUAL = ("==", "!=")
GETTERS = (
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
)

REFUSED_FOR_COST = (
    "times as long",
    "comprehensions are nested",
    "unfold into too many comparisons",
    "levels deep",
    "too many steps",
    "characters, and the limit",
    "divided by zero",
    "has more than",
    "iterations",
    "too dear",
    "costs",
)
"""Parts of the refusals that a made-up condition may meet."""


def chance_of(seed: object) -> random.Random:
    """Give a source of chance that is the same for the same seed."""
    return random.Random(str(seed))  # noqa: S311  # a run that can be repeated is what is wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A made-up condition that loads.

    Attributes:
        expression: It, admitted.
        over: Pattern of what `this` is; empty for the manifest.
        parts: Texts of the conditions in it that can stand alone.
    """

    expression: Expression
    over: str
    parts: tuple[str, ...] = ()


def scope_of(over: str, empty: str = "pass") -> Scope:
    """Give what the names of a made-up condition stand for."""
    return Scope(this=type_at(over), params=PARAMS, assessments=QUESTIONS, empty=empty)


def admitted(text: str, over: str) -> Expression:
    """Admit the text of a made-up condition."""
    return admit(text, scope_of(over), where=lambda at: f"rule.toml:1:{at + 1}")


def make_condition(chance: random.Random, *, depth: int = 4) -> Condition | None:
    """Make up a condition; None where it is refused for its cost.

    Raises:
        ExpressionError: It is refused for another reason, so the grammar here or the check is wrong.
    """
    over = chance.choice(PLACES)
    author = _Author(chance, over)
    text = author.formula(depth)
    try:
        return Condition(expression=admitted(text, over), over=over, parts=tuple(author.parts))
    except ExpressionError as error:
        if any(part in str(error) for part in REFUSED_FOR_COST):
            return None
        raise AssertionError(f"{text}\n{error}") from error


@dataclass(frozen=True, slots=True)
class _Leaf:
    text: str
    type: Type


@dataclass(slots=True)
class _Place:
    """A table that paths start from, with its leaves and its lists."""

    leaves: Mapping[str, list[_Leaf]]
    lists: list[_Leaf]


@dataclass(slots=True)
class _Author:
    chance: random.Random
    over: str
    parts: list[str] = field(default_factory=list)
    names: dict[str, Type] = field(default_factory=dict)
    """Variables of comprehensions in force."""

    nested: int = 0
    made: int = 0

    # Formulas

    def formula(self, depth: int) -> str:
        text = self._formula(depth)
        if not self.names:
            self.parts.append(text)
        return text

    def _formula(self, depth: int) -> str:
        if depth <= 0 or self.chance.random() < 0.25:
            return self._atom()
        forms: list[Callable[[int], str]] = [
            self._negated,
            self._joined,
            self._joined,
            self._same,
            self._chosen,
            self._chain,
            lambda _: self._atom(),
        ]
        if self.nested < 2:
            forms += [self._quantified] * 4
        return self.chance.choice(forms)(depth - 1)

    def _negated(self, depth: int) -> str:
        return f"!({self.formula(depth)})"

    def _joined(self, depth: int) -> str:
        return f"({self.formula(depth)} {self.chance.choice(('&&', '||'))} {self.formula(depth)})"

    def _same(self, depth: int) -> str:
        return f"(({self.formula(depth)}) {self.chance.choice(EQUAL)} ({self.formula(min(depth, 1))}))"

    def _chosen(self, depth: int) -> str:
        return f"({self.formula(min(depth, 1))} ? {self.formula(depth)} : {self.formula(depth)})"

    def _chain(self, depth: int) -> str:
        if self.names or self.chance.random() > 0.1:
            return self._joined(depth)
        part, sign = self._atom(), self.chance.choice((" && ", " || "))
        times = max(1, min(self.chance.choice((5, 60, 300)), 3000 // (len(part) + 4)))
        return f"({sign.join([part] * times)})"

    def _atom(self) -> str:
        kinds: list[Callable[[], str]] = [
            self._word_atom,
            self._word_atom,
            self._text_atom,
            self._text_atom,
            lambda: self._compared(self.double_term(2), self.double_term(1)),
            lambda: self._compared(self.int_term(2), self.int_term(1)),
            lambda: self._compared(self.double_term(1), self.int_term(1)),
            lambda: self._compared(self.timestamp_term(2), self.timestamp_term(1)),
            lambda: self._compared(self.duration_term(2), self.duration_term(1)),
            self._naming,
            self._naming,
            self._level_atom,
            self._member_atom,
            lambda: self.chance.choice(("true", "false", "params.strict", "params.lax")),
            self._number_in,
            self._breaking_atom,
        ]
        return f"({self.chance.choice(kinds)()})"

    def _compared(self, left: str, right: str) -> str:
        return f"{left} {self.chance.choice(NUMBER_ORDER)} {right}"

    def _word_atom(self) -> str:
        leaf = self._leaf("word")
        if leaf is None:
            return "true"
        words = [word for word in leaf.type.words if word != "unknown"]
        if not words:
            return f'{leaf.text} == "unknown"'
        word = self.chance.choice(words)
        other = self._leaf("word")
        shared = set(leaf.type.words) & set(other.type.words if other is not None else ())
        shared -= {"unknown", "not-applicable"}
        match self.chance.randrange(5):
            case 0 if other is not None and shared:
                return f"{leaf.text} {self.chance.choice(EQUAL)} {other.text}"
            case 1:
                listed = self.chance.sample(words, min(len(words), self.chance.randint(1, 3)))
                return f"{leaf.text} in [{', '.join(map(_quoted, listed))}]"
            case 2 if other is not None and shared:
                chosen = f"({self._atom()} ? {leaf.text} : {other.text})"
                return f"{chosen} {self.chance.choice(EQUAL)} {_quoted(self.chance.choice(sorted(shared)))}"
            case 2:
                chosen = f"({self._atom()} ? {_quoted(word)} : {_quoted(self.chance.choice(words))})"
                return f"{chosen} {self.chance.choice(EQUAL)} {leaf.text}"
            case 3:
                return f"{_quoted(word)} {self.chance.choice(EQUAL)} {leaf.text}"
        return f"{leaf.text} {self.chance.choice(EQUAL)} {_quoted(word)}"

    def _text_atom(self) -> str:
        match self.chance.randrange(5):
            case 0:
                name = self.chance.choice(("contains", "startsWith", "endsWith"))
                return f"{self.text_term(1)}.{name}({self.text_term(1)})"
            case 1:
                return f'{self.text_term(1)}.matches("{self.chance.choice(PATTERNS)}")'
            case 2:
                listed = ", ".join(self.written(each) for each in self.chance.sample(TEXTS, 3))
                return f"{self.text_term(1)} in [{listed}]"
        return self._compared(self.text_term(2), self.text_term(1))

    def _number_in(self) -> str:
        if self.chance.random() < 0.5:
            return f"{self.int_term(1)} in [{', '.join(self.chance.sample(INTS, 3))}]"
        return f"{self.double_term(1)} in [{', '.join(map(repr, self.chance.sample(NUMBERS, 2)))}, 3]"

    def _breaking_atom(self) -> str:
        """Give a comparison that has no result for many manifests."""
        listed = self._list(("table", "word", "string"))
        size = "0" if listed is None else f"size({listed.text})"
        form = self.chance.choice(
            (
                f"{self.int_term(1)} / {size} {self.chance.choice(NUMBER_ORDER)} {self.int_term(0)}",
                f"{self.double_term(1)} / {self.double_term(0)} {self.chance.choice(NUMBER_ORDER)} 1",
                f"{self.double_term(0)} * 1e308 * {self.double_term(0)} {self.chance.choice(NUMBER_ORDER)} 0.5",
                f"int({self.double_term(0)} * 1e10) {self.chance.choice(NUMBER_ORDER)} {self.int_term(0)}",
                f"9223372036854775807 + {size} {self.chance.choice(NUMBER_ORDER)} 5",
                f"{self.int_term(0)} * {self.int_term(0)} * {self.int_term(0)} > {self.int_term(0)}",
                self._compared(f"{self.timestamp_term(0)} + {self.duration_term(0)}", self.timestamp_term(0)),
            )
        )
        return form.replace("/ 0 ", "/ 1 ").replace("/ 0.0 ", "/ 0.5 ")

    def _naming(self) -> str:
        leaf = self._leaf(self.chance.choice(("word", "string", "double", "timestamp")))
        if leaf is None or not leaf.type.unknown:
            return "false"
        if self.chance.random() < 0.3:
            return f"has({leaf.text})"
        if leaf.type.unknown == "null":
            if leaf.type.name == "string" and self.chance.random() < 0.4:
                return f"{leaf.text} in [null, {self.written(self.chance.choice(TEXTS))}]"
            return f"{leaf.text} {self.chance.choice(EQUAL)} null"
        if self.chance.random() < 0.4:
            known = self.chance.choice([word for word in leaf.type.words if word != "unknown"])
            return f'{leaf.text} in ["unknown", {_quoted(known)}]'
        return f'{leaf.text} {self.chance.choice(EQUAL)} "unknown"'

    def _level_atom(self) -> str:
        name = self.chance.choice(tuple(QUESTIONS))
        items = [each for each, type_ in self._names().items() if type_.at == QUESTIONS[name].over]
        item = f".items[{self.chance.choice(items)}.id]" if items and self.chance.random() < 0.7 else ""
        path = f'assessments["{name}"]{item}.level'
        words = [word for word in QUESTIONS[name].scale if word != "unknown"]
        match self.chance.randrange(4):
            case 0:
                return f'{path} {self.chance.choice(EQUAL)} "unknown"'
            case 1:
                return f'{path} in ["{self.chance.choice(words)}", "{words[0]}"]'
            case 2:
                return f"has({path})"
        return f'{path} {self.chance.choice(EQUAL)} "{self.chance.choice(words)}"'

    def _member_atom(self) -> str:
        if self.nested >= 2:
            return "true"
        listed = self._list(("word", "string"))
        if listed is None or listed.type.item is None:
            return self._mapped_member()
        if listed.type.item.name == "word":
            asked = _quoted(self.chance.choice([word for word in listed.type.item.words if word != "unknown"]))
        else:
            asked = self.text_term(1)
        return f"{asked} in {listed.text}"

    def _mapped_member(self) -> str:
        listed = self._list(("table",))
        if listed is None or listed.type.item is None:
            return "false"
        with_id = [name for name, inner in listed.type.item.fields.items() if inner.name == "string"]
        if not with_id:
            return "true"
        name = self._fresh()
        return f"{self.text_term(1)} in {listed.text}.map({name}, {name}.{self.chance.choice(with_id)})"

    # Comprehensions

    def _quantified(self, depth: int) -> str:
        form = self.chance.randrange(8)
        if form == 0:
            return self._constant_list(depth)
        if form == 1 and self.nested == 0:
            return self._unrolled()
        listed = self._list(("table", "word", "string"))
        if listed is None or listed.type.item is None:
            return self._atom()
        item = listed.type.item
        name = self._fresh()
        if form in (2, 3) and item.name == "table":
            return self._through(listed.text, item, depth)
        body = self._within(name, item, depth)
        if form == 4:
            sign, bound = self.chance.choice(NUMBER_ORDER), self._bound()
            counted = f"size({listed.text}.filter({name}, {body}))"
            return f"({counted} {sign} {bound})" if self.chance.random() < 0.7 else f"({bound} {sign} {counted})"
        quantifier = self.chance.choice(("exists", "all", "exists_one"))
        text = f"{listed.text}.{quantifier}({name}, {body})"
        if quantifier == "all":
            # Without a size in front, an empty list would be an empty promise, and under a negation it does not load.
            return f"(size({listed.text}) > 0 && {text})"
        return text

    def _bound(self) -> str:
        return self.chance.choice(("0", "1", "2", "1.5", "params.least", "size(manifest.threat)"))

    def _through(self, text: str, item: Type, depth: int) -> str:
        """Give a chain of `filter` and `map`, and a question at its end."""
        for _ in range(self.chance.randint(0, 2)):
            name = self._fresh()
            text = f"{text}.filter({name}, {self._within(name, item, depth - 1)})"
        leaves = [(name, inner) for name, inner in item.fields.items() if inner.name in ("word", "string", "double")]
        if leaves and self.chance.random() < 0.6:
            field_name, item = self.chance.choice(leaves)
            name = self._fresh()
            text = f"{text}.map({name}, {name}.{field_name})"
        name = self._fresh()
        quantifier = self.chance.choice(("exists", "exists_one"))
        return f"{text}.{quantifier}({name}, {self._within(name, item, depth - 1)})"

    def _constant_list(self, depth: int) -> str:
        name = self._fresh()
        quantifier = self.chance.choice(("exists", "all", "exists_one"))
        kind, items = self.chance.choice(
            (
                ("int", self.chance.sample(INTS, 3)),
                ("string", [self.written(each) for each in self.chance.sample(TEXTS, 3)]),
                ("double", [repr(each) for each in self.chance.sample(NUMBERS, 2)]),
                ("timestamp", [f'timestamp("{each}")' for each in self.chance.sample(INSTANTS, 2)]),
                ("string", []),
            )
        )
        listed = f"[{', '.join(items)}]" if items else "params.kinds"
        return f"{listed}.{quantifier}({name}, {self._within(name, Type(name=kind), min(depth, 1))})"

    def _unrolled(self) -> str:
        leaves = [self._leaf("word", words="yes") for _ in range(2)]
        paths = [each.text for each in leaves if each is not None and each.type.unknown]
        if len(paths) < 2:
            return "true"
        name = self._fresh()
        asked = self.chance.choice((f'{name} == "yes"', f'{name} != "no"', f'{name} in ["yes", "unknown"]'))
        return f"[{', '.join(paths)}].{self.chance.choice(('exists', 'all'))}({name}, {asked})"

    def _within(self, name: str, item: Type, depth: int) -> str:
        self.names[name] = item
        self.nested += 1
        try:
            return self._formula(depth)
        finally:
            self.nested -= 1
            del self.names[name]

    def _fresh(self) -> str:
        self.made += 1
        return f"x{self.made}"

    # Terms

    def double_term(self, depth: int) -> str:
        leaf = self._leaf("double")
        if depth <= 0 or self.chance.random() < 0.4:
            return leaf.text if leaf is not None and self.chance.random() < 0.6 else self._written_double()
        forms: tuple[Callable[[], str], ...] = (
            lambda: f"({self.double_term(depth - 1)} {self.chance.choice('+-*/')} {self.double_term(depth - 1)})",
            lambda: f"({self.double_term(depth - 1)} {self.chance.choice('+-*/')} {self.int_term(depth - 1)})",
            lambda: f"double({self.int_term(depth - 1)})",
            lambda: f"-({self.double_term(depth - 1)})",
            lambda: f"({self._atom()} ? {self.double_term(depth - 1)} : {self.double_term(depth - 1)})",
            lambda: "params.most",
        )
        return self.chance.choice(forms)()

    def _written_double(self) -> str:
        return self.chance.choice(("0.0", "1.0", "2.5", "-1.5", "1e3", "1e11", "1e25", "1e308", "1e-300", "0.1"))

    def int_term(self, depth: int) -> str:
        if depth <= 0 or self.chance.random() < 0.3:
            return self._leaf_int()
        forms: tuple[Callable[[], str], ...] = (
            lambda: f"({self.int_term(depth - 1)} {self.chance.choice('+-*/')} {self.int_term(depth - 1)})",
            lambda: f"size({self.text_term(depth - 1)})",
            lambda: f"int({self.double_term(depth - 1)})",
            lambda: f"int({self.int_term(depth - 1)})",
            lambda: f"-({self.int_term(depth - 1)})",
            lambda: f"{self.timestamp_term(depth - 1)}.{self.chance.choice(GETTERS)}()",
            lambda: f"({self.duration_term(depth - 1)}).{self.chance.choice(GETTERS[6:])}()",
            lambda: f"({self._atom()} ? {self.int_term(depth - 1)} : {self.int_term(depth - 1)})",
            lambda: "params.least",
        )
        return self.chance.choice(forms)()

    def _leaf_int(self) -> str:
        listed = self._list(("table", "word", "string"))
        if listed is None or self.chance.random() < 0.5:
            return self.chance.choice(INTS)
        if self.nested < 2 and listed.type.item is not None and "id" in listed.type.item.fields:
            name, asked = self._fresh(), self.written(self.chance.choice(("c1", "t1", "e1")))
            if self.chance.random() < 0.3:
                return f"size({listed.text}.filter({name}, {name}.id == {asked}))"
        return self.chance.choice(
            (f"size({listed.text})", f"{listed.text}.size()", "size(params.kinds)", "size([1, 2])")
        )

    def text_term(self, depth: int) -> str:
        leaf = self._leaf("string")
        if depth <= 0 or self.chance.random() < 0.5:
            if leaf is not None and self.chance.random() < 0.7:
                return leaf.text
            return self.written(self.chance.choice(TEXTS))
        forms: tuple[Callable[[], str], ...] = (
            lambda: f"({self.text_term(depth - 1)} + {self.text_term(depth - 1)})",
            lambda: f"string({self.int_term(depth - 1)})",
            lambda: f"string({self.timestamp_term(depth - 1)})",
            lambda: f"string({self.text_term(depth - 1)})",
            lambda: f"({self._atom()} ? {self.text_term(depth - 1)} : {self.text_term(depth - 1)})",
            lambda: "params.kind",
        )
        return self.chance.choice(forms)()

    def timestamp_term(self, depth: int) -> str:
        leaf = self._leaf("timestamp")
        if depth <= 0 or self.chance.random() < 0.4:
            if leaf is not None and self.chance.random() < 0.6:
                return leaf.text
            return self.chance.choice((f'timestamp("{self.chance.choice(INSTANTS)}")', "today", "as_of", "params.day"))
        forms: tuple[Callable[[], str], ...] = (
            lambda: f"({self.timestamp_term(depth - 1)} {self.chance.choice('+-')} {self.duration_term(depth - 1)})",
            lambda: f"({self.duration_term(depth - 1)} + {self.timestamp_term(depth - 1)})",
            lambda: f"({self._atom()} ? {self.timestamp_term(depth - 1)} : {self.timestamp_term(depth - 1)})",
        )
        return self.chance.choice(forms)()

    def duration_term(self, depth: int) -> str:
        if depth <= 0 or self.chance.random() < 0.4:
            return f'duration("{self.chance.choice(DURATIONS)}")'
        forms: tuple[Callable[[], str], ...] = (
            lambda: f"({self.timestamp_term(depth - 1)} - {self.timestamp_term(depth - 1)})",
            lambda: f"({self.duration_term(depth - 1)} {self.chance.choice('+-')} {self.duration_term(depth - 1)})",
            lambda: f"({self._atom()} ? {self.duration_term(depth - 1)} : {self.duration_term(depth - 1)})",
        )
        return self.chance.choice(forms)()

    def written(self, text: str) -> str:
        """Write a text as a literal, in one of the ways CEL has."""
        plain = not set(text) & set("\\'\"\n\r\t")
        match self.chance.randrange(6):
            case 0 if plain:
                return f"'{text}'"
            case 1 if plain:
                return f'"""{text}"""'
            case 2 if not set(text) & set("'\n"):
                return f"r'{text}'"
            case 3:
                return '"' + "".join(_escaped(each) for each in text) + '"'
        return _quoted(text)

    # Paths

    def _names(self) -> Mapping[str, Type]:
        given = {"this": type_at(self.over)} if self.over else {}
        return {**given, **self.names}

    def _places(self) -> Sequence[tuple[str, Type]]:
        named = [each for each in self._names().items() if each[1].name == "table"]
        # The nearest name is asked most, else nearly all would be about the manifest.
        return [("manifest", type_at("")), *named, *named[-1:], *named[-1:]]

    def _leaf(self, kind: str, *, words: str = "") -> _Leaf | None:
        plain = [_Leaf(name, type_) for name, type_ in self._names().items() if type_.name == kind]
        if plain and self.chance.random() < 0.6:
            return self.chance.choice(plain)
        root, type_ = self.chance.choice(self._places())
        found = [leaf for leaf in _place_of(type_).leaves.get(kind, []) if not words or words in leaf.type.words]
        if not found:
            found = [leaf for leaf in _place_of(type_at("")).leaves[kind] if not words or words in leaf.type.words]
            root = "manifest"
        if not found:
            return None
        leaf = self.chance.choice(found)
        return _Leaf(root + leaf.text, leaf.type)

    def _list(self, kinds: tuple[str, ...]) -> _Leaf | None:
        root, type_ = self.chance.choice(self._places())
        found = [each for each in _place_of(type_).lists if each.type.item is not None and each.type.item.name in kinds]
        if not found:
            return None
        listed = self.chance.choice(found)
        return _Leaf(root + listed.text, listed.type)


_PLACES: dict[int, tuple[Type, _Place]] = {}


def _place_of(type_: Type) -> _Place:
    known = _PLACES.get(id(type_))
    if known is None:
        leaves: dict[str, list[_Leaf]] = {}
        lists: list[_Leaf] = []
        for leaf in _leaves_below(type_, ""):
            if leaf.type.name == "list":
                lists.append(leaf)
            else:
                leaves.setdefault(leaf.type.name, []).append(leaf)
        known = _PLACES[id(type_)] = (type_, _Place(leaves, lists))
    return known[1]


def _leaves_below(type_: Type, text: str) -> Iterator[_Leaf]:
    for name, inner in type_.fields.items():
        below = f"{text}.{name}"
        if inner.name == "table":
            if name != EVIDENCE_OF or not text.count(EVIDENCE_OF):
                yield from _leaves_below(inner, below)
        elif inner.name != "opaque":
            yield _Leaf(below, inner)


def _escaped(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _quoted(text: str) -> str:
    escapes = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
    return '"' + "".join(escapes.get(each, each) for each in text) + '"'
