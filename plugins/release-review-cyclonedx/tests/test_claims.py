from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from boms import bom, component_of, mapped, named, report_on, values
from reports import CASES, HOSTILES, UNREVIEWED, blocked, broken, hostile, lifted, many, passed, result, several

from release_review.hooks import Unreviewed
from release_review.model import Finding, Outcome, Report, RuleResult, Severity, Verdict
from release_review.summary import overall_verdict, verdict_shown

# The verdict ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("entries", CASES.values(), ids=CASES.keys())
def test_the_verdict_on_all_stands_first_and_that_on_each_beside_it(entries: list[Report | Unreviewed]) -> None:
    document = bom(*entries)
    first = document["metadata"]["properties"][0]
    assert first == {"name": "release-review:verdict", "value": overall_verdict(entries).value}
    alone = document["metadata"].get("component")
    components = [alone] if alone else document["components"]
    assert [values(each, "verdict") for each in components] == [[verdict_shown(entry).value] for entry in entries]
    for component, entry in zip(components, entries, strict=True):
        assert component["description"].startswith(f"release-review: {verdict_shown(entry).value} (")


def test_a_blocked_release_says_so_where_every_viewer_looks() -> None:
    told = component_of(blocked())["description"]
    assert told == "release-review: blocked (3 blocking, 2 warnings, 1 note, 1 waived, 1 known, 1 passed)"


def test_each_attestation_says_the_verdict_and_how_the_rules_of_one_policy_came_out() -> None:
    summaries = [each["summary"] for each in bom(blocked())["declarations"]["attestations"]]
    assert summaries == [
        "Verdict on acme/one: blocked. Rules of access 1.0.0: 1 pass, 2 fail, 1 not-applicable.",
        "Verdict on acme/one: blocked. Rules of gate: 1 fail.",
        "Verdict on acme/one: blocked. Rules of steps 1.2.0: 4 fail, 1 unknown.",
    ]


def test_what_the_declarations_do_not_say_is_said_once() -> None:
    (told,) = values(bom(passed())["metadata"], "meaning")
    assert "do not say that a release is safe or unsafe" in told


# Outcomes -------------------------------------------------------------------------------------------------------------

FOUND = Finding(message="nobody says so", pointer="/release")


@pytest.mark.parametrize(
    ("outcome", "findings", "keys", "score", "confidence"),
    [
        (Outcome.PASS, (), ["claims"], 1, None),
        (Outcome.FAIL, (FOUND,), ["counterClaims"], 0, None),
        (Outcome.UNKNOWN, (replace(FOUND, outcome=Outcome.UNKNOWN),), ["counterClaims"], None, 0),
        (Outcome.ERROR, (replace(FOUND, outcome=Outcome.ERROR),), ["counterClaims"], None, 0),
        (Outcome.NOT_APPLICABLE, (), [], None, None),
    ],
    ids=str,
)
def test_an_outcome_is_a_claim_a_counter_claim_or_none(
    outcome: Outcome, findings: tuple[Finding, ...], keys: list[str], score: int | None, confidence: int | None
) -> None:
    entry = mapped(bom(report_on({}, result("steps/one", outcome, *findings))), "steps/one")
    assert [key for key in ("claims", "counterClaims") if key in entry] == keys
    assert entry["conformance"].get("score") == score
    assert entry.get("confidence", {}).get("score") == confidence
    assert entry["conformance"]["rationale"].startswith(outcome.value)


def test_a_rule_that_passed_claims_what_it_requires_and_rests_on_the_manifest() -> None:
    declared = bom(report_on({}, result("steps/one", Outcome.PASS)))["declarations"]
    (claim,) = declared["claims"]
    assert claim["predicate"] == "What steps/one asks for holds."
    assert claim["reasoning"] == "pass (severity error): the rule holds for the manifest as of 2026-01-01"
    (about,) = claim["evidence"]
    assert named(declared["evidence"], about)["propertyName"] == "release-review:manifest"
    assert claim["target"] == declared["targets"]["components"][0]["bom-ref"]


@pytest.mark.parametrize(
    ("outcome", "begins"),
    [
        (Outcome.FAIL, "This requirement is not met: "),
        (Outcome.UNKNOWN, "The manifest does not say enough to tell whether this requirement is met: "),
        (Outcome.ERROR, "The rule broke, and nobody knows whether this requirement is met: "),
    ],
)
def test_a_counter_claim_never_repeats_the_requirement_as_if_it_were_met(outcome: Outcome, begins: str) -> None:
    (claim,) = bom(report_on({}, result("steps/one", outcome)))["declarations"]["claims"]
    assert claim["predicate"] == f"{begins}What steps/one asks for holds."


def conforming(document: dict[str, Any]) -> set[str]:
    """Give the requirements that a reader could take for met, whichever of the fields it looks at."""
    entries = [entry for each in document["declarations"]["attestations"] for entry in each["map"]]
    return {
        entry["requirement"]
        for entry in entries
        if entry.get("claims") or entry["conformance"].get("score", 0) > 0 or entry.get("confidence", {}).get("score")
    }


@pytest.mark.parametrize(
    "report",
    [blocked(), broken(), lifted(), passed(), many(150), hostile("a/b")[0]],
    ids=["blocked", "broken", "lifted", "passed", "many", "hostile"],
)
def test_only_rules_that_passed_look_met(report: Report) -> None:
    expected = {f"rule/{each.id}" for each in report.results if each.outcome is Outcome.PASS}
    assert conforming(bom(report)) == expected


def test_every_rule_is_mapped_once() -> None:
    entries = [entry for each in bom(broken())["declarations"]["attestations"] for entry in each["map"]]
    assert sorted(entry["requirement"] for entry in entries) == sorted(f"rule/{each.id}" for each in broken().results)


# Findings, and decisions to go on despite them ------------------------------------------------------------------------


def test_each_finding_is_evidence_with_its_place_and_what_it_rests_on() -> None:
    declared = bom(blocked())["declarations"]
    claim = named(declared["claims"], "claim/acme/one/steps/existing-risk")
    _, first, second = (named(declared["evidence"], ref) for ref in claim["evidence"])
    assert first["description"] == "bio: no evidence of the existing risk"
    assert (first["propertyName"], second["propertyName"]) == (
        "release-review:finding:fail",
        "release-review:finding:unknown",
    )
    told = {each["name"]: each["contents"]["attachment"]["content"] for each in first["data"]}
    assert told["place"] == "release.toml:12:1 threat[bio].existing_risk"
    assert told["facts it rests on"] == "threat[bio].existing_risk.examples\nthreat[bio].vector"
    assert len(told["fingerprint"]) == 64


def test_of_many_findings_a_rationale_repeats_three_and_all_are_evidence() -> None:
    document = bom(many(150))
    told = mapped(document, "steps/many")["conformance"]["rationale"]
    expected = "fail (severity error, blocks the release): finding 0; finding 1; finding 2; and 147 more"
    assert told == expected
    assert len(document["declarations"]["claims"][0]["evidence"]) == 1 + 150


def test_a_waived_rule_is_still_not_met_and_the_waiver_is_its_mitigation() -> None:
    document = bom(lifted())
    entry = mapped(document, "steps/owner-named")
    assert entry["conformance"]["score"] == 0
    assert "lifted" in entry["conformance"]["rationale"]
    assert "waived until 2026-01-31 by release team (W-1, scheduled-fix)" in entry["conformance"]["rationale"]
    (strategy,) = entry["conformance"]["mitigationStrategies"]
    waiver = named(document["declarations"]["evidence"], strategy)
    assert waiver["description"] == "Waiver W-1 of steps/owner-named (scheduled-fix): The owner is being hired."
    assert (waiver["created"], waiver["expires"]) == ("2026-01-01T00:00:00Z", "2026-01-31T23:59:59Z")
    assert (waiver["author"], waiver["reviewer"]) == ({"name": "release team"}, {"name": "release board"})


def test_what_a_baseline_lists_is_still_not_met_and_names_the_baseline() -> None:
    document = bom(lifted())
    entry = mapped(document, "steps/old-debt")
    assert entry["conformance"]["score"] == 0
    (strategy,) = entry["conformance"]["mitigationStrategies"]
    baseline = named(document["declarations"]["evidence"], strategy)
    assert baseline["author"] == {"name": "adoption team"}
    assert baseline["expires"] == "2026-03-31T23:59:59Z"


def test_that_waivers_were_left_out_is_said() -> None:
    assert values(component_of(replace(passed(), waivers_ignored=True)), "waivers") == ["left out on request"]


@pytest.mark.parametrize("severity", Severity)
def test_the_rationale_says_what_a_rule_weighs(severity: Severity) -> None:
    failed = RuleResult(
        id="steps/one", rule=result("steps/one", Outcome.FAIL).rule, severity=severity, outcome=Outcome.FAIL
    )
    told = mapped(bom(report_on({}, failed)), "steps/one")["conformance"]["rationale"]
    blocks = ", blocks the release" if severity is Severity.ERROR else ""
    assert told == f"fail (severity {severity.value}{blocks}): What steps/one asks for holds."


def test_plugins_that_took_part_are_tools() -> None:
    tools = bom(blocked())["metadata"]["tools"]["components"]
    assert [(each["name"], each["version"]) for each in tools[2:]] == [("acme", "2.0")]


@pytest.mark.parametrize("outcome", Outcome)
def test_why_a_rule_weighs_other_than_it_says_is_told_whatever_came_of_it(outcome: Outcome) -> None:
    changed = result("steps/one", outcome, note="weakened by acme: agreed with the board")
    told = mapped(bom(report_on({}, changed)), "steps/one")["conformance"]["rationale"]
    assert "weakened by acme: agreed with the board" in told


# Standards ------------------------------------------------------------------------------------------------------------


def test_policies_are_standards_and_rules_their_requirements() -> None:
    access, steps, gate = bom(blocked())["definitions"]["standards"]
    assert (access["name"], access["version"]) == ("Open properties", "1.0.0")
    assert access["externalReferences"][0]["hashes"] == [{"alg": "SHA-256", "content": "5" * 64}]
    assert steps["description"] == "Policy steps of release-review, which extends access."
    assert gate["description"] == "Rules that release-review brings itself."
    described = access["requirements"][0]
    assert described["identifier"] == "described"
    assert described["text"] == "What access/described asks for holds."
    assert [each["url"] for each in described["externalReferences"]] == ["https://arxiv.org/abs/2403.07918"]
    assert values(described, "reference") == ["A book without an address"]
    assert values(described, "severity") == ["error"]


def test_two_releases_share_the_standards_and_have_claims_of_their_own() -> None:
    document = bom(blocked(), blocked())
    assert len(document["definitions"]["standards"]) == len(bom(blocked())["definitions"]["standards"])
    assert len(document["declarations"]["claims"]) == 2 * len(bom(blocked())["declarations"]["claims"])
    assert len({each["target"] for each in document["declarations"]["claims"]}) == 2


def test_a_policy_of_another_version_is_another_standard() -> None:
    older = replace(passed(), policies=(replace(passed().policies[0], version="0.9.0"),))
    versions = [each.get("version") for each in bom(passed(), older)["definitions"]["standards"]]
    assert sorted(versions) == ["0.9.0", "1.0.0", "1.2.0"]


# What could not be reviewed -------------------------------------------------------------------------------------------


def test_a_manifest_that_could_not_be_reviewed_is_a_file_with_its_errors_and_nothing_is_claimed() -> None:
    document = bom(UNREVIEWED)
    (file,) = document["components"]
    assert (file["type"], file["name"]) == ("file", "other.toml")
    assert values(file, "error") == list(UNREVIEWED.errors)
    assert "component" not in document["metadata"]
    assert "declarations" not in document
    assert "definitions" not in document


def test_beside_others_it_stays_in_its_place() -> None:
    document = bom(*several())
    assert [each["type"] for each in document["components"]] == [
        *("machine-learning-model", "file"),
        *("machine-learning-model", "machine-learning-model"),
    ]
    assert values(document["metadata"], "verdict") == ["error"]


def test_a_run_without_manifests_is_an_error_and_no_component() -> None:
    document = bom()
    assert values(document["metadata"], "verdict") == [Verdict.ERROR.value]
    assert document["components"] == []


# Hostile text ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [text for name, text in HOSTILES.items() if name != "huge"],
    ids=[name for name in HOSTILES if name != "huge"],
)
def test_hostile_text_changes_no_outcome(text: str) -> None:
    document = bom(*hostile(text))
    assert values(document["metadata"], "verdict") == ["error"]
    assert len(conforming(document)) == 1
