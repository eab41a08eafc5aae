"""The tree of a condition: each part as the engine decides it, and what to state to decide the whole."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from expressions import COMPLETIONS, TODAY, formulas, manifest_data, normalised
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from release_review.cel import (
    Decision,
    Expression,
    Question,
    Read,
    Scope,
    Subject,
    admit,
    manifest_type,
    open_engine,
    type_at,
)
from release_review.cel.why import Explainer
from release_review.errors import EvaluationError, ExpressionError
from release_review.model import LIMITS, Limits, Missing, Part, PartForm, PartOutcome
from release_review.pointer import parent_of, steps_of, value_at

ENGINE = open_engine("compiled")
OUTCOMES = {
    Decision.TRUE: PartOutcome.TRUE,
    Decision.FALSE: PartOutcome.FALSE,
    Decision.UNDECIDED: PartOutcome.UNDECIDED,
}


class Pointers:
    """What a manifest says, by pointer alone."""

    def missing(self, read: Read) -> Missing:
        return Missing((read.pattern,), enough=not read.assessment)

    def told(self, read: Read, value: Any) -> str:
        return f"{read.pattern} = {value}"

    def called(self, pointer: str) -> str:
        return pointer


def read(text: str, over: str = "") -> Expression:
    scope = Scope(this=type_at(over) if over else manifest_type())
    return admit(text, scope, where=lambda offset: f"rule.toml:1:{offset + 1}")


def why(expression: Expression, data: Mapping[str, Any], *, this: str = "", limits: Limits = LIMITS) -> Part:
    subject = Subject(manifest=data, as_of=TODAY, today=TODAY)
    return Explainer(subject, {}, Pointers(), limits=limits).explain(expression, this=this)


def decide(expression: Expression, data: Mapping[str, Any]) -> Decision:
    session = ENGINE.open(Subject(manifest=data, as_of=TODAY, today=TODAY), iterations=100_000)
    return session.decide(expression)


def facts_of(missing: Missing | None) -> tuple[str, ...] | None:
    if missing is None:
        return None
    assert missing.enough
    assert not missing.evidence
    return missing.facts


def parts_in(part: Part) -> Iterator[Part]:
    yield part
    for each in part.parts:
        yield from parts_in(each)


# Properties -----------------------------------------------------------------------------------------------------------


@pytest.mark.no_cover
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data(), text=formulas())
def test_the_tree_says_what_the_engine_decides(data: st.DataObject, text: str) -> None:
    said = normalised(data.draw(st.composite(manifest_data)()))
    try:
        expression = read(text)
    except ExpressionError as error:
        assume("times as long" not in str(error))
        raise
    tree = why(expression, said)
    assert tree.outcome is OUTCOMES[decide(expression, said)]
    assert tree.decisive
    for part in parts_in(tree):
        assert (part.to_hold == Missing()) == (part.outcome is PartOutcome.TRUE)
        assert (part.to_fail == Missing()) == (part.outcome is PartOutcome.FALSE)
        # A whole that is decided has a part that decides it, down to what cannot be taken apart.
        assert not part.decisive or not part.parts or any(each.decisive for each in part.parts)


FACTS_OF_THE_MANIFEST = {
    "derivatives": ('manifest.weights.derivatives == "yes"', 'manifest.weights.derivatives in ["no", "yes"]'),
    "license": ('manifest.weights.license == "Apache-2.0"', 'manifest.weights.license.startsWith("Lic")'),
    "parameters_total": ("manifest.weights.parameters_total > 5", "manifest.weights.parameters_total != 1"),
    "date": ("manifest.release.date < today", "has(manifest.release.date)", "manifest.release.date != null"),
}
FACTS_OF_A_CHANNEL = {
    "kind": ('c.kind == "api"', 'c.kind != "unknown"'),
    "audience": ('c.audience in ["public", "vetted"]', 'c.audience != "internal"'),
    "revocable": ('c.revocable == "no"', '!(c.revocable in ["no", "yes"])'),
}
SETTLED = ("true", "false", "size(manifest.access) > 1")
LISTS = (
    "(manifest.access.exists(c, {}))",
    "(manifest.access.exists_one(c, {}))",
    "(size(manifest.access) > 0 && manifest.access.all(c, {}))",
    "(size(manifest.access.filter(c, {})) >= 2)",
    "(size(manifest.access.filter(c, {})) == 1)",
    "(size(manifest.access.filter(c, {})) != 1)",
    "(size(manifest.access.filter(c, {})) < 2)",
)


@st.composite
def conditions_without_repetition(draw: st.DrawFn) -> str:
    """Draw a condition that reads no fact in two places."""

    def joined(names: Sequence[str], atoms: Mapping[str, Sequence[str]]) -> str:
        if not names:
            return draw(st.sampled_from(SETTLED))
        if len(names) == 1:
            atom = f"({draw(st.sampled_from(atoms[names[0]]))})"
            return draw(st.sampled_from((atom, f"!{atom}")))
        cut = draw(st.integers(1, len(names) - 1))
        return join([joined(names[:cut], atoms), joined(names[cut:], atoms)])

    def join(parts: Sequence[str]) -> str:
        return f"({parts[0]} {draw(st.sampled_from(('&&', '||', '==', '!=')))} {parts[1]})"

    def some(names: Mapping[str, Sequence[str]]) -> list[str]:
        return draw(st.permutations(sorted(names)).map(lambda order: order[: len(order) - 1]))

    whole = joined(some(FACTS_OF_THE_MANIFEST), FACTS_OF_THE_MANIFEST)
    listed = draw(st.sampled_from(LISTS)).format(joined(some(FACTS_OF_A_CHANNEL), FACTS_OF_A_CHANNEL))
    third = joined([], {})
    return draw(
        st.sampled_from((join([whole, listed]), join([listed, whole]), f"({listed} ? {whole} : {third})", listed))
    )


def completed(said: Mapping[str, Any], facts: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    """Give the manifests that state these facts in every possible way, and leave all others unsaid."""
    dates = {text: normalised({**EMPTY, "release": {"id": "a/b", "date": text}}) for text in COMPLETIONS["date"]}
    names = [steps_of(fact)[-1] for fact in facts]
    for values in itertools.product(*(COMPLETIONS[name] for name in names)):
        data = copy.deepcopy(dict(said))
        for fact, name, value in zip(facts, names, values, strict=True):
            value_at(data, parent_of(fact))[name] = dates[value]["release"]["date"] if name == "date" else value
        yield data


def unknown_facts(said: Mapping[str, Any]) -> list[str]:
    places = ["/weights/derivatives", "/weights/license", "/weights/parameters_total", "/release/date"]
    places += [f"/access/{index}/{name}" for index in range(len(said["access"])) for name in FACTS_OF_A_CHANNEL]
    return [place for place in places if value_at(said, place) in (None, "unknown")]


def may_come_to(expression: Expression, said: Mapping[str, Any], facts: Sequence[str], decision: Decision) -> bool:
    return any(decide(expression, data) is decision for data in completed(said, facts))


MOST_FACTS = 4


@pytest.mark.no_cover
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data(), text=conditions_without_repetition())
def test_a_smallest_set_is_enough_and_no_smaller_one_is(data: st.DataObject, text: str) -> None:
    said = normalised(data.draw(st.composite(manifest_data)()))
    expression = read(text)
    tree = why(expression, said)
    for missing, decision in ((tree.to_hold, Decision.TRUE), (tree.to_fail, Decision.FALSE)):
        facts = facts_of(missing)
        if facts is not None and len(facts) <= MOST_FACTS:
            assert may_come_to(expression, said, facts, decision)
        for fewer in range(min(3, MOST_FACTS + 1 if facts is None else len(facts))):
            for smaller in itertools.combinations(unknown_facts(said), fewer):
                assert not may_come_to(expression, said, smaller, decision)


# Examples -------------------------------------------------------------------------------------------------------------


EMPTY = {"schema": "release-manifest/1", "release": {"id": "acme/one"}}
CHANNELS = {
    **EMPTY,
    "access": [
        {"id": "a", "kind": "weights", "audience": "public"},
        {"id": "b", "kind": "api"},
        {"id": "c", "kind": "unknown", "revocable": "no"},
    ],
}


def outline(part: Part) -> list[str]:
    """Write a tree as lines: `>` before what is decisive, outcome, name, text."""
    shown = part.form.value if part.parts and part.form is not PartForm.ITEMS else part.text
    lines = [f"{'>' if part.decisive else ' '} {part.outcome} {f'{part.name}: ' if part.name else ''}{shown}"]
    return lines + [f"  {line}" for each in part.parts for line in outline(each)]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("true", ["> true true"]),
        ('manifest.weights.license == "MIT"', ['> undecided manifest.weights.license == "MIT"']),
        (
            'size(manifest.access) > 5 && manifest.weights.license == "MIT" || has(manifest.weights.license)',
            [
                "> false any of",
                "  > false all of",
                "    > false size(manifest.access) > 5",
                '      not asked manifest.weights.license == "MIT"',
                "  > false has(manifest.weights.license)",
            ],
        ),
        (
            'manifest.weights.license == "MIT" && size(manifest.access) > 5',
            [
                "> false all of",
                '    undecided manifest.weights.license == "MIT"',
                "  > false size(manifest.access) > 5",
            ],
        ),
        (
            '!(manifest.weights.license == "MIT" || size(manifest.access) == 3)',
            [
                "> false not",
                "  > true any of",
                '      undecided manifest.weights.license == "MIT"',
                "    > true size(manifest.access) == 3",
            ],
        ),
        ('!(manifest.weights.license == "MIT")', ['> undecided !(manifest.weights.license == "MIT")']),
        (
            'has(manifest.release.date) ? size(manifest.access) > 1 : manifest.weights.license == "MIT"',
            [
                "> undecided choice",
                "  > false if: has(manifest.release.date)",
                "    not asked then: size(manifest.access) > 1",
                '  > undecided else: manifest.weights.license == "MIT"',
            ],
        ),
        (
            '(has(manifest.release.date) ? manifest.weights.license : "MIT") == "MIT"',
            [
                "> true choice",
                "  > false if: has(manifest.release.date)",
                '    not asked then: manifest.weights.license == "MIT"',
                '  > true else: "MIT" == "MIT"',
            ],
        ),
        (
            'has(manifest.release.date) == (manifest.weights.license == "MIT")',
            [
                "> undecided same",
                "  > false has(manifest.release.date)",
                '  > undecided manifest.weights.license == "MIT"',
            ],
        ),
        (
            'manifest.access.exists(channel, channel.kind == "weights")',
            [
                '> true manifest.access.exists(channel, channel.kind == "weights")',
                '  > true /access/0: channel.kind == "weights"',
            ],
        ),
        (
            'manifest.access.exists(channel, channel.kind == "leak")',
            [
                '> undecided manifest.access.exists(channel, channel.kind == "leak")',
                '  > undecided /access/2: channel.kind == "leak"',
            ],
        ),
        (
            'size(manifest.access) > 0 && manifest.access.all(x, x.kind != "api" && x.kind != "app")',
            [
                "> false all of",
                "    true size(manifest.access) > 0",
                '  > false manifest.access.all(x, x.kind != "api" && x.kind != "app")',
                "    > false /access/1: all of",
                '      > false x.kind != "api"',
                '        not asked x.kind != "app"',
            ],
        ),
        (
            'size(manifest.access.filter(x, x.kind == "api")) >= 2',
            [
                '> undecided size(manifest.access.filter(x, x.kind == "api")) >= 2',
                '  > undecided /access/2: x.kind == "api"',
            ],
        ),
        (
            '["api", "app"].exists(k, k == "xyz")',
            [
                '> false ["api", "app"].exists(k, k == "xyz")',
                '  > false "api": k == "xyz"',
                '  > false "app": k == "xyz"',
            ],
        ),
        ('manifest.threat.exists(t, t.vector == "other")', ['> false manifest.threat.exists(t, t.vector == "other")']),
    ],
)  # fmt: skip
def test_a_tree_shows_which_parts_were_asked_and_which_were_decisive(text: str, lines: list[str]) -> None:
    assert outline(why(read(text), normalised(CHANNELS))) == lines


@pytest.mark.parametrize(
    ("text", "to_hold", "to_fail"),
    [
        ("true", (), None),
        ('manifest.weights.license == "MIT"', ("/weights/license",), ("/weights/license",)),
        ("has(manifest.weights.license)", ("/weights/license",), ()),
        ("manifest.weights.license == null", (), ("/weights/license",)),
        ('manifest.weights.derivatives in ["no", "unknown"]', (), ("/weights/derivatives",)),
        ('manifest.weights.derivatives in ["yes", "no", "not-applicable", "unknown"]', (), None),
        ('manifest.weights.derivatives in ["yes", "no", "not-applicable"]', ("/weights/derivatives",), None),
        (
            'manifest.weights.license == "MIT" && manifest.weights.derivatives == "yes"',
            ("/weights/license", "/weights/derivatives"),
            ("/weights/license",),
        ),
        (
            'has(manifest.weights.license) && manifest.weights.license == "MIT"',
            ("/weights/license",),
            (),
        ),
        (
            '(manifest.weights.derivatives == "yes" ? 1 : 2) == 1',
            ("/weights/derivatives",),
            ("/weights/derivatives",),
        ),
        ('manifest.access.exists(c, c.audience == "vetted")', ("/access/1/audience",),
         ("/access/1/audience", "/access/2/audience")),
        ('size(manifest.access) > 0 && manifest.access.all(c, c.audience == "public")',
         ("/access/1/audience", "/access/2/audience"), ("/access/1/audience",)),
        ('manifest.access.exists_one(c, c.audience == "public")', ("/access/1/audience", "/access/2/audience"),
         ("/access/1/audience",)),
        ('size(manifest.access.filter(c, c.audience == "public")) >= 3', ("/access/1/audience", "/access/2/audience"),
         ("/access/1/audience",)),
        ('size(manifest.access.filter(c, c.kind == "api")) >= 3', None, ()),
        ('size(manifest.access.filter(c, c.kind == "api")) < manifest.weights.parameters_total',
         ("/weights/parameters_total",), ("/weights/parameters_total",)),
    ],
)  # fmt: skip
def test_the_smallest_sets_follow_from_the_parts(text: str, to_hold: Any, to_fail: Any) -> None:
    data = normalised(CHANNELS)
    tree = why(read(text), data)
    assert (facts_of(tree.to_hold), facts_of(tree.to_fail)) == (to_hold, to_fail)


LEVELS = {"acme/q": {"level": "unknown", "items": {"a": {"level": "unknown"}}}}
LICENSE = 'manifest.weights.license == "MIT"'
LEVEL = 'assessments["acme/q"].level == "full"'


@pytest.mark.parametrize(
    ("text", "to_hold", "to_fail"),
    [
        (LEVEL, Missing(("",), enough=False), Missing(("",), enough=False)),
        (f"{LEVEL} && {LICENSE}", Missing(("", "/weights/license"), enough=False), Missing(("/weights/license",))),
        (f"{LEVEL} || {LICENSE}", Missing(("/weights/license",)), Missing(("", "/weights/license"), enough=False)),
        ('assessments["acme/q"].level != "unknown"', Missing(("",), enough=False), Missing()),
    ],
)
def test_what_goes_through_a_level_may_not_be_enough_and_is_taken_last(text: str, to_hold: Any, to_fail: Any) -> None:
    question = Question(over="/threat/*", scale=("full", "none", "unknown"))
    scope = Scope(this=manifest_type(), assessments={"acme/q": question})
    expression = admit(text, scope, where=lambda offset: f"rule.toml:1:{offset + 1}")
    subject = Subject(manifest=normalised(EMPTY), as_of=TODAY, today=TODAY)
    tree = Explainer(subject, LEVELS, Pointers()).explain(expression)
    assert (tree.to_hold, tree.to_fail) == (to_hold, to_fail)


def test_a_part_that_breaks_is_shown_where_it_is_reached() -> None:
    data = normalised({**CHANNELS, "weights": {"parameters_total": 0}})
    tree = why(read("1e25 / manifest.weights.parameters_total > 5 || size(manifest.access) > 1"), data)
    assert outline(tree) == [
        "> error any of",
        "  > error 1e+25 / manifest.weights.parameters_total > 5",
        "    not asked size(manifest.access) > 1",
    ]
    assert tree.parts[0].notes[0] == "modulus or divide by zero"
    assert (tree.to_hold, tree.to_fail) == (None, None)


def test_a_part_that_would_break_is_not_asked_where_it_is_guarded() -> None:
    data = normalised({**CHANNELS, "weights": {"parameters_total": 0}})
    guarded = "manifest.weights.parameters_total != 0 && 1e25 / manifest.weights.parameters_total > 5"
    assert [part.outcome for part in why(read(guarded), data).parts] == [PartOutcome.FALSE, PartOutcome.NOT_ASKED]


def test_an_error_of_the_engine_is_the_root_of_the_tree() -> None:
    data = normalised({**CHANNELS, "weights": {"parameters_total": 0}})
    expression = read("1e25 / manifest.weights.parameters_total > 5")
    with pytest.raises(EvaluationError):
        decide(expression, data)
    assert why(expression, data).outcome is PartOutcome.ERROR


def test_evidence_is_named_where_it_stands() -> None:
    cited = {"value": "yes", "evidence": ["two"]}
    data = normalised({
        **EMPTY,
        "threat": [{"id": "t", "vector": "other", "existing_risk": {"examples": cited}}],
        "evidence": [{"id": "one", "kind": "card"}, {"id": "two", "kind": "card"}],
    })  # fmt: skip
    text = 'this.existing_risk.evidence_of.examples.exists(e, e.independent == "yes")'
    tree = why(read(text, over="/threat/*"), data, this="/threat/0")
    assert tree.to_hold == Missing(("/evidence/1/independent",))
    assert [part.name for part in tree.parts] == ["/evidence/1"]
    assert tree.parts[0].notes == ("/evidence/1/independent = unknown",)


def test_many_items_show_a_few_and_count_the_rest() -> None:
    data = normalised({**EMPTY, "access": [{"id": f"c{number}", "kind": "unknown"} for number in range(40)]})
    tree = why(read('manifest.access.exists(c, c.kind == "api")'), data)
    assert (len(tree.parts), tree.more) == (3, 37)
    assert tree.to_fail is not None
    assert tree.to_fail.count == len(data["access"])


def test_a_thousand_terms_are_taken_apart() -> None:
    text = " || ".join(["(true && false)"] * 200)
    tree = why(read(text), normalised(EMPTY))
    assert tree.outcome is PartOutcome.FALSE
    assert len(tree.parts) == text.count("(")


def test_what_has_too_many_parts_is_decided_and_not_taken_apart() -> None:
    data = normalised({**EMPTY, "access": [{"id": f"c{number}", "kind": "api"} for number in range(150)]})
    tree = why(read('manifest.access.exists(c, manifest.access.exists(d, d.kind == "leak" && c.kind == "leak"))'), data)
    assert tree.outcome is PartOutcome.FALSE
    assert tree.notes == ("it has too many parts to be taken apart",)
    assert tree.parts == ()
    assert (tree.to_hold, tree.to_fail) == (None, None)


def test_what_takes_too_many_iterations_is_an_error_as_in_a_review() -> None:
    data = normalised(CHANNELS)
    tree = why(read('manifest.access.exists(c, c.kind == "leak")'), data, limits=Limits(iterations=2))
    assert (tree.outcome, tree.notes[-1]) == (PartOutcome.ERROR, "it takes too many iterations")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('(manifest.weights.license=="MIT")', 'manifest.weights.license == "MIT"'),
        ("(true || false) && (true && true)", "(true || false) && true && true"),
        ("!(true || false)", "!(true || false)"),
        ("manifest.weights.license != null", "manifest.weights.license != null"),
        ('manifest.weights.license in ["MIT", null]', 'manifest.weights.license in ["MIT", null]'),
        ("size(manifest.access) > 0 && manifest.weights.parameters_total > size(manifest.access)",
         "size(manifest.access) > 0 && manifest.weights.parameters_total > size(manifest.access)"),
        ("(1 + 2) * 3 - (4 - 1) > -1", "(1 + 2) * 3 - (4 - 1) > -1"),
        ("manifest.release.date < as_of - duration('24h')", 'manifest.release.date < as_of - duration("86400s")'),
        ('manifest.access.filter(a, a.kind == "api").exists(b, b.audience == "public")',
         'manifest.access.exists(b, b.kind == "api" && b.audience == "public")'),
        ('"vetted" in manifest.access.map(c, c.audience)', 'manifest.access.exists(c, "vetted" == c.audience)'),
        ('size(manifest.access.filter(c, c.id == "(")) == 1', 'size(manifest.access.filter(c, c.id == "(")) == 1'),
        ('manifest.weights.license.matches("^A")', 'manifest.weights.license.matches("^A")'),
        ("(true ? 1 : 2) == 1", "(true ? 1 : 2) == 1"),
        ("manifest.release.date.getFullYear() > 2020", "manifest.release.date.getFullYear() > 2020"),
        ("timestamp('2024-01-01T00:00:00Z') < today", 'timestamp("2024-01-01T00:00:00Z") < today'),
    ],
)  # fmt: skip
def test_a_part_reads_as_its_author_wrote_it(text: str, shown: str) -> None:
    assert why(read(text), normalised(CHANNELS)).text == shown
