"""What is proved to be the same is the same: for rules and assessments made up at random, and manifests likewise."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from policies import DAY
from release_review.admit import PolicySet, admit_policies
from release_review.authoring.case_manifest import document_of
from release_review.authoring.cases import parts_of, policies_for
from release_review.authoring.equivalence import Prover
from release_review.authoring.mutants import mutants_of_part
from release_review.authoring.surviving import come_to
from release_review.evaluate import Assessed
from release_review.model import Assessment, Level, Overall, Policy, Rule
from release_review.pipeline import look_at

LEVELS = ("far", "middle", "near")
pytestmark = pytest.mark.no_cover
CONDITIONS = (
    'this.kind == "weights"',
    'this.kind in ["weights", "api"]',
    'this.audience == "public"',
    'this.audience in ["public", "unknown"]',
    'this.revocable == "yes"',
    "has(this.gate)",
    'this.gate != "none"',
    'this.closed == "yes"',
    'this.opened == "yes"',
    "this.until != null && this.until < today",
)

atoms = st.sampled_from(CONDITIONS)
conditions = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.builds("({} && {})".format, inner, inner),
        st.builds("({} || {})".format, inner, inner),
        st.builds("!({})".format, inner),
    ),
    max_leaves=3,
)
DAYS: tuple[dict[str, str], ...] = (
    {},
    {"from": "2025-06-01", "until": "2025-07-01"},
    {"from": "2025-06-01", "until": "2027-07-01"},
    {"from": "2025-06-01", "until": "unknown"},
    {"from": "2027-01-01"},
    {"from": "unknown", "until": "2025-07-01"},
)
channels = st.builds(
    lambda stated, days: {**stated, **days},
    st.fixed_dictionaries(
        {"kind": st.sampled_from(["weights", "api", "leak", "unknown"])},
        optional={
            "audience": st.sampled_from(["public", "partners", "unknown"]),
            "gate": st.sampled_from(["none", "form", "unknown"]),
            "revocable": st.sampled_from(["yes", "no", "unknown", "not-applicable"]),
        },
    ),
    st.sampled_from(DAYS),
)
manifests = st.lists(channels, max_size=3).map(
    lambda found: {
        "schema": "release-manifest/1",
        "release": {"id": "acme/one"},
        "access": [{"id": f"c{number}", **channel} for number, channel in enumerate(found)],
    }
)


@st.composite
def assessments(draw: st.DrawFn, name: str) -> Assessment:
    scale = draw(st.permutations([*LEVELS[: draw(st.integers(1, 3))], "unknown"]))
    words = st.sampled_from(scale)
    levels = draw(st.lists(st.tuples(words, conditions), min_size=1, max_size=3))
    return Assessment(
        id=name,
        title=name,
        scale=tuple(scale),
        over="/access/*",
        overall=draw(st.sampled_from(Overall)),
        counts=draw(st.one_of(st.just(""), conditions)),
        none=draw(words),
        empty=draw(words),
        default=draw(words),
        levels=tuple(Level(name=level, when=when, because="so it is") for level, when in levels),
    )


# A counterexample is not made smaller: each try proves some dozens of mutants anew.
at_random = settings(
    max_examples=30, phases=(Phase.explicit, Phase.reuse, Phase.generate), suppress_health_check=list(HealthCheck)
)


def policy_of(rule: Rule, *asked: Assessment) -> PolicySet:
    return admit_policies([Policy(id="mine", title="Mine", version="1.0.0", rules=(rule,), assessments=asked)])


def seen(data: dict[str, Any], policies: PolicySet) -> Assessed:
    return look_at(document_of(data), policies=policies, today=DAY, as_of=DAY)


def levels_of(part: Any, seen: Assessed) -> object:
    """Give what a mutant of an assessment comes to, for the whole and for each item, as rules read it."""
    from release_review.assess import assess

    (answer,) = assess(seen.manifest, (part,), seen.session)
    return answer.level, [item.level for item in answer.items.values()]


@at_random
@given(assessments("reach"), st.lists(manifests, min_size=20, max_size=20))
def test_assessments_that_are_proved_the_same_give_the_same_levels(
    asked: Assessment, listed: list[dict[str, Any]]
) -> None:
    policies = policy_of(Rule(id="a", summary="A.", assertion="true"), asked)
    part = policies.assessments[0]
    prover = Prover(policies.assessments)
    proved = [mutant for mutant in mutants_of_part(part) if prover.proves(part, mutant.part)]
    assume(proved)  # else there is nothing to be wrong about
    for data in listed:
        state = seen(data, policies)
        expected = levels_of(part, state)
        assert not [each.name for each in proved if levels_of(each.part, state) != expected]


@at_random
@given(
    assessments("reach"),
    assessments("depth"),
    st.sampled_from(LEVELS),
    st.sampled_from(LEVELS),
    conditions,
    st.lists(manifests, min_size=20, max_size=20),
)
def test_rules_that_are_proved_the_same_come_to_the_same(
    one: Assessment, other: Assessment, first: str, second: str, asked: str, listed: list[dict[str, Any]]
) -> None:
    first, second = (level if level in each.scale else each.scale[0] for level, each in ((first, one), (second, other)))
    levels = [f'assessments["mine/{each.id}"].level in ["{level}"]' for each, level in ((one, first), (other, second))]
    rule = Rule(
        id="a", summary="A.", given="/access/*", when=f"{levels[0]} || {levels[1]} && {asked}", assertion=f"!({asked})"
    )
    policies = policy_of(rule, one, other)
    *_, part = parts_of(policies)
    prover = Prover(policies.assessments)
    proved = [mutant for mutant in mutants_of_part(part) if prover.proves(part, mutant.part)]
    assume(proved)  # else there is nothing to be wrong about
    for data in listed:
        state = seen(data, policies_for(part, policies))
        expected = come_to(part, state)[0]
        assert not [each.name for each in proved if come_to(each.part, state)[0] != expected]
