"""Saying less never helps: no rule and no assessment becomes better, or better known, when facts are taken away."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from release_review import Report, load_document, load_policies, load_registry, review
from release_review.authoring.cases import changed, document_of
from release_review.errors import NothingToCheckError
from release_review.fields import Field, Kind, manifest_fields
from release_review.model import Assessment, Outcome, Rule
from release_review.pointer import parent_of, pointer_to, steps_of, value_at
from release_review.testing import CASE_DAY

EXAMPLES = sorted((Path(__file__).parent.parent / "examples").glob("*/release.toml"))
DAYS = {"stable-diffusion-3-medium": dt.date(2024, 7, 1), "gpt-4": dt.date(2023, 3, 14)}
DAY = dt.date(2025, 8, 5)

STATED_BY_ABSENCE = {
    "from": "a channel without a day is open since the release",
    "until": "a channel without a last day is open",
    "date": "the day of the release stands in for that of its channels",
    "citation": "a record that points at nothing is no evidence, which is decided",
}
"""Fields whose absence says something, by the definition of the manifest; with what it says."""

ASK_WHETHER_STATED = {
    "marginal-risk/evidence-not-after-release": "it compares two dates that are stated",
    "marginal-risk/marginal-claim-rests-on-baseline": "it is about a claim that is made",
    "marginal-risk/review-not-overdue": "where no date is stated, review-scheduled fails",
    "open-properties/public-weights-not-revocable": "it is about a statement that cannot be true",
    "open-properties/public-weights-observed-through-hosts": "it is about a statement that cannot be true",
    "open-properties/strict-gate-not-bypassed": "it is about two statements that do not go together",
    "open-properties/use-policy-enforced": "it is about a use policy that is stated",
    "open-properties/withdrawn-channels-closed": "it is about a stage that is stated",
    "open-properties/strict-gate-not-public": "it is about two statements that do not go together",
}
"""Rules that ask about `unknown` or null themselves, by name, with the reason: they are met where nothing is said."""

REQUIRED = ("/kind", "/vector")
"""Fields that may be unknown and may not be left out."""

REGISTRY = load_registry(discover=False)
POLICIES = load_policies(["open-release"], REGISTRY)


@dataclass(frozen=True)
class Said:
    """A manifest, and the days it is judged on and as of."""

    name: str
    data: Mapping[str, Any]
    as_of: dt.date
    today: dt.date


def manifests() -> Iterator[Said]:
    """Give the examples, and the manifest of every case of the shipped policies."""
    for path in EXAMPLES:
        day = DAYS.get(path.parent.name, DAY)
        data = load_document(path, importers=REGISTRY.importers).data
        yield Said(name=path.parent.name, data=data, as_of=day, today=day)
    for policy in POLICIES.policies:
        parts: tuple[Assessment | Rule, ...] = (*policy.assessments, *policy.rules)
        for part in parts:
            for case in part.cases:
                data = changed(policy.base, case)
                as_of, today = case.as_of or CASE_DAY, case.today or CASE_DAY
                yield Said(name=f"{policy.id}/{part.id}: {case.name}", data=data, as_of=as_of, today=today)


SAID = tuple(manifests())


def removable(value: Any, field: Field, pointer: str = "") -> Iterator[str]:
    """Give the pointers of all facts that a manifest states; what sources disagree about is unknown as it is."""
    if field.kind is Kind.TABLE:
        for name, inner in field.fields.items():
            if name in value:
                yield from removable(value[name], inner, pointer + pointer_to(name))
    elif field.kind is Kind.LIST and field.item is not None and field.item.kind is Kind.TABLE:
        for index, each in enumerate(value):
            yield from removable(each, field.item, pointer + pointer_to(index))
    elif isinstance(value, Mapping) and value.get("conflicts"):
        return
    elif field.annotated and not pointer.startswith("/source") and steps_of(pointer)[-1] not in STATED_BY_ABSENCE:
        yield pointer


def without(data: Mapping[str, Any], pointers: list[str]) -> dict[str, Any]:
    """Give a manifest that does not say what stands at some pointers."""
    less = copy.deepcopy(dict(data))
    for pointer in pointers:
        holder, key = value_at(less, parent_of(pointer)), steps_of(pointer)[-1]
        if pointer.endswith(REQUIRED):
            holder[key] = "unknown"
        else:
            del holder[key]
    return less


def judge(said: Said, data: Mapping[str, Any]) -> Report | None:
    try:
        return review(document_of(data), policies=POLICIES, today=said.today, as_of=said.as_of)
    except NothingToCheckError:
        return None


@pytest.mark.no_cover
@settings(max_examples=100)
@given(number=st.integers(0, len(SAID) - 1), chosen=st.lists(st.integers(0, 999), min_size=1, max_size=6))
def test_a_manifest_that_says_less_is_judged_no_better(number: int, chosen: list[int]) -> None:
    said = SAID[number]
    stated = list(removable(said.data, manifest_fields()))
    assume(stated)
    removed = sorted({stated[each % len(stated)] for each in chosen}, reverse=True)
    before, after = judge(said, said.data), judge(said, without(said.data, removed))
    assume(before is not None)
    for what in improvements(before, after):
        pytest.fail(f"{said.name}: without {removed}, {what}")


def improvements(before: Report | None, after: Report | None) -> Iterator[str]:
    """Tell what is better, or better known, in the second report."""
    if before is None or after is None:
        yield "there is nothing left to check"
        return
    then = {result.id: result.outcome for result in after.results}
    for result in before.results:
        unmet = result.outcome in (Outcome.FAIL, Outcome.UNKNOWN)
        if unmet and then[result.id] not in (Outcome.FAIL, Outcome.UNKNOWN) and result.id not in ASK_WHETHER_STATED:
            yield f"{result.id} goes from {result.outcome} to {then[result.id]}"
    for one, other in zip(before.assessments, after.assessments, strict=True):
        levels = [(one.id, one.level, other.level)]
        levels += [(f"{one.id} of {key}", item.level, other.items[key].level) for key, item in one.items.items()]
        for name, level, later in levels:
            if level == "unknown" != later:
                yield f"{name} goes from unknown to {later}"


@pytest.mark.parametrize("rule", ASK_WHETHER_STATED)
def test_a_rule_that_is_excepted_does_ask_whether_something_is_stated(rule: str) -> None:
    admitted = next(each for each in POLICIES.rules if each.id == rule)
    text = f"{admitted.rule.when} {admitted.rule.assertion}"
    assert "unknown" in text or "null" in text or "has(" in text
