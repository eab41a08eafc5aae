"""Findings that say why they were made, and the story of a rule item by item."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from release_review import load_policies, load_registry
from release_review.admit import PolicySet, admit_policies
from release_review.authoring.cases import document_of
from release_review.cel import Expression
from release_review.cli.why import rule_lines
from release_review.evaluate import carry_out
from release_review.hooks import Style
from release_review.load import load_document
from release_review.model import Finding, Limits, Outcome, Part, PartOutcome, Policy, Rule, RuleContext
from release_review.pipeline import look_at, review
from release_review.why import MOST_EXPLAINED, Why

ROOT = Path(__file__).parent.parent
TODAY = dt.date(2026, 1, 1)
REGISTRY = load_registry(discover=False)
POLICIES = load_policies(["open-release"], REGISTRY)
EXAMPLES = sorted(ROOT.glob("examples/*/release.toml"))


@pytest.mark.parametrize("manifest", EXAMPLES, ids=lambda path: path.parent.name)
def test_the_story_of_a_rule_ends_as_its_review_does(manifest: Path) -> None:
    document = load_document(manifest, importers=REGISTRY.importers)
    seen = look_at(document, policies=POLICIES, today=TODAY)
    why = Why(seen)
    for rule, done in carry_out(seen, POLICIES.rules):
        for pointer, outcome, _ in done:
            story = why.rule_at(rule, pointer, outcome)
            assert (story.requirement is None) == (outcome is Outcome.NOT_APPLICABLE)
            if story.requirement is not None:
                assert (story.requirement.outcome is PartOutcome.TRUE) == (outcome is Outcome.PASS)


@pytest.mark.parametrize("manifest", EXAMPLES, ids=lambda path: path.parent.name)
def test_findings_say_why_on_request_and_are_the_same_beside(manifest: Path) -> None:
    document = load_document(manifest, importers=REGISTRY.importers)
    plain = review(document, policies=POLICIES, today=TODAY)
    told = review(document, policies=POLICIES, today=TODAY, explain=True)
    for one, other in zip(plain.results, told.results, strict=True):
        assert one.outcome is other.outcome
        for before, after in zip(one.findings, other.findings, strict=True):
            assert before.why == ()
            assert (before.message, before.pointer, before.reads) == (after.message, after.pointer, after.reads)
            wanted = PartOutcome.FALSE if after.outcome is Outcome.FAIL else PartOutcome.UNDECIDED
            assert wanted in {part.outcome for part in after.why}


def policy(*rules: Rule) -> PolicySet:
    return admit_policies([Policy(id="acme", title="Acme", version="1", rules=rules)])


def manifest_of(count: int) -> Mapping[str, Any]:
    channels = [{"id": f"c{number}", "kind": "weights"} for number in range(count)]
    return {"schema": "release-manifest/1", "release": {"id": "acme/one"}, "access": channels}


def test_a_few_findings_of_a_rule_are_taken_apart() -> None:
    rule = Rule(id="r", summary="S.", given="/access/*", assertion='this.kind == "api"', message="m")
    report = review(document_of(manifest_of(40)), policies=policy(rule), today=TODAY, explain=True)
    explained = [bool(finding.why) for finding in report.results[0].findings]
    assert explained == [True] * MOST_EXPLAINED + [False] * (40 - MOST_EXPLAINED)


DEAR = "manifest.access.all(x, manifest.access.all(y, x.id != '{id}' && y.id != 'z'))"


def test_what_a_rule_before_it_has_spent_is_not_in_its_tree_and_not_in_its_story() -> None:
    rules = (
        Rule(id=name, summary="S.", assertion=DEAR.format(id=name), message="m", empty="pass") for name in ("a", "b")
    )
    policies, document = policy(*rules), document_of(manifest_of(280))
    report = review(document, policies=policies, today=TODAY, explain=True)
    assert [result.outcome for result in report.results] == [Outcome.PASS, Outcome.ERROR]
    assert report.results[1].findings[0].why == ()
    told = "\n".join(rule_lines("acme/b", policies.rules, look_at(document, policies=policies, today=TODAY), Style()))
    assert "outcome   error" in told
    assert "it takes too many iterations" in told


def test_the_limits_of_a_review_are_those_of_its_story() -> None:
    policies = policy(Rule(id="a", summary="S.", assertion=DEAR.format(id="c1"), message="m", empty="pass"))
    limits = Limits(iterations=1 << 30)
    report = review(document_of(manifest_of(250)), policies=policies, today=TODAY, explain=True, limits=limits)
    assert [part.outcome for part in report.results[0].findings[0].why] == [PartOutcome.FALSE]


def check(context: RuleContext) -> Iterator[Finding]:
    made_up = Part(text="x", outcome=PartOutcome.FALSE)
    yield Finding(message=f"{context.this['id']} is wrong", pointer=context.pointer, why=(made_up,))


def test_a_check_in_python_has_no_tree() -> None:
    policies = policy(Rule(id="r", summary="S.", given="/access/*", check=check, message="m"))
    document = document_of(manifest_of(7))
    for explain in (True, False):
        report = review(document, policies=policies, today=TODAY, explain=explain)
        assert all(finding.why == () for finding in report.results[0].findings)
    assert not isinstance(policies.rules[0].requirement, Expression)
    seen = look_at(document, policies=policies, today=TODAY)
    lines = list(rule_lines("acme/r", policies.rules, seen, Style()))
    assert "  outcome   fail, by a check written in Python" in lines
    assert "fail: c0 is wrong" in lines
    assert lines[-1] == "and 2 more findings"


def texts(parts: Iterable[Part]) -> list[str]:
    return [part.text for part in parts]


def test_an_unknown_shows_what_is_undecided_and_leaves_out_what_is_settled() -> None:
    asked = 'manifest.weights.derivatives == "yes"'
    settled = Rule(id="r", summary="S.", when="size(manifest.access) > 0", assertion=asked, message="m")
    open_too = Rule(id="r", summary="S.", when='manifest.weights.license == "MIT"', assertion=asked, message="m")
    for each, expected in ((settled, [asked]), (open_too, ['manifest.weights.license == "MIT"', asked])):
        report = review(document_of(manifest_of(1)), policies=policy(each), today=TODAY, explain=True)
        assert texts(report.results[0].findings[0].why) == expected
