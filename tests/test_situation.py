"""What a waiver is bound to: it lapses when what was approved is no longer what is there, and for no other reason."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from release_review import load_policies, load_registry, review
from release_review.admit import admit_policies
from release_review.authoring.cases import document_of
from release_review.model import (
    Assessment,
    Finding,
    Level,
    Manifest,
    Outcome,
    Overall,
    Param,
    Policy,
    Rule,
    RuleContext,
    RuleResult,
    Severity,
)
from release_review.pointer import expand, value_at
from release_review.situation import Situations, digest_of_situation
from release_review.validate import validate

TODAY = dt.date(2026, 1, 1)
SHA = f"sha256:{'0' * 64}"
ROOT = Path(__file__).parent.parent
RULE = Rule(id="one", summary="One thing holds.", assertion="true")
POLICIES = load_policies(["open-release"], load_registry(discover=False))

RELEASE: dict[str, Any] = {
    "schema": "release-manifest/1",
    "release": {"id": "acme/model", "modalities": ["text", "image"]},
    "access": [
        {"id": "hub", "kind": "weights", "audience": "public"},
        {"id": "api", "kind": "api", "audience": "public"},
    ],
    "source": {"card": {"title": "The card"}, "other": {"title": "Another"}},
    "evidence": [
        {"id": "e1", "kind": "literature", "citation": "A study", "date": "2025-01-01"},
        {"id": "e2", "kind": "literature", "citation": "Another study"},
    ],
    "threat": [
        {
            "id": "bio",
            "vector": "biosecurity",
            "actors": ["a", "b"],
            "existing_risk": {"examples": {"value": "no", "evidence": ["e1"], "source": ["card"], "note": "as of May"}},
        },
        {"id": "phishing", "vector": "spear-phishing"},
    ],
    "safeguard": [{"name": "filter", "role": "implemented"}, {"name": "terms", "role": "delegated"}],
    "extensions": {"acme": {"a.b": 1, "a": {"b": 2}, "list": [{"id": "x", "v": 1}, {"id": "x", "v": 2}]}},
}


def manifest(data: Mapping[str, Any] = RELEASE) -> Manifest:
    return validate(document_of(data), today=TODAY)


def changed(change: Callable[[dict[str, Any]], Any]) -> Manifest:
    data = copy.deepcopy(RELEASE)
    change(data)
    assert data != RELEASE
    return manifest(data)


def result_of(rule: Rule, severity: Severity = Severity.ERROR) -> RuleResult:
    return RuleResult(id=f"acme/{rule.id}", rule=rule, severity=severity, outcome=Outcome.FAIL)


def digest(seen: Manifest, *basis: str, at: str = "/threat/0", rule: Rule = RULE, **changes: Any) -> str:
    found = Finding(message="It does not.", pointer=at, basis=basis)
    return digest_of_situation(result_of(rule), [replace(found, **changes)], seen)


EXAMPLES = "/threat/0/existing_risk/examples"


def examples(data: dict[str, Any]) -> dict[str, Any]:
    written: dict[str, Any] = data["threat"][0]["existing_risk"]["examples"]
    return written


def test_a_digest_is_named_for_what_it_is() -> None:
    found = digest(manifest(), EXAMPLES)
    assert found.startswith("sha256:")
    assert len(found) == len("sha256:") + 64
    assert found == digest(manifest(), EXAMPLES)


@pytest.mark.parametrize(
    "change",
    [
        lambda data: examples(data).update(value="yes"),
        lambda data: examples(data).update(value="unknown"),
        lambda data: examples(data).update(evidence=["e2"]),
        lambda data: examples(data).update(evidence=["e1", "e2"]),
        lambda data: examples(data).pop("evidence"),
        lambda data: data["evidence"][0].update(citation="A study that was withdrawn"),
        lambda data: data["evidence"][0].pop("citation"),
        lambda data: examples(data).update(conflicts=[{"value": "yes", "source": ["other"]}]),
        lambda data: data["threat"][0].update(id="other"),
    ],
    ids=["value", "unknown", "other evidence", "more", "none", "record", "status", "conflict", "another item"],
)
def test_what_is_looked_at_has_changed(change: Callable[[dict[str, Any]], Any]) -> None:
    assert digest(changed(change), EXAMPLES) != digest(manifest(), EXAMPLES)


@pytest.mark.parametrize(
    ("change", "basis", "at"),
    [
        (lambda data: data["threat"][0].update(vector="other"), EXAMPLES, "/threat/0"),
        (lambda data: data["access"][0].update(kind="api"), "/access/0/audience", ""),
        (lambda data: data["access"][0].update(kind="api"), "/weights/license", "/access/0"),
        (lambda data: data["release"].update(version="2"), EXAMPLES, "/threat/0"),
        (lambda data: data["release"].update(id="acme/other"), EXAMPLES, "/threat/0"),
        (lambda data: data["release"].update(artifact=[{"digest": SHA}]), EXAMPLES, "/threat/0"),
        (lambda data: data["release"].update(artifact=[{"path": "model.bin"}]), EXAMPLES, "/threat/0"),
        (lambda data: data["safeguard"][0].update(name="other"), "/safeguard/0/efficacy", ""),
    ],
    ids=["vector", "kind", "about", "version", "id", "files", "file", "no id"],
)
def test_what_tells_an_item_or_a_release_counts(change: Callable[[dict[str, Any]], Any], basis: str, at: str) -> None:
    """W07: another model under one id, another item under one id."""
    assert digest(changed(change), basis, at=at) != digest(manifest(), basis, at=at)


def test_what_is_computed_counts_with_what_it_is_computed_from() -> None:
    """Whether a channel is open follows from the day of the release, and from the day that is judged."""
    dated = copy.deepcopy(RELEASE)
    dated["release"]["date"] = "2026-03-01"
    dated["access"][1] |= {"from": "2026-03-01", "until": "2026-04-01"}

    def on(pointer: str, month: int) -> str:
        day = dt.date(2026, month, 15)
        return digest(validate(document_of(dated), today=day, as_of=day), pointer)

    assert on("/access/0/from", 1) == on("/access/0/from", 2) != on("/access/0/from", 3)
    assert on("/access/1/until", 3) != on("/access/1/until", 4) == on("/access/1/until", 5)
    assert on("/access/1/audience", 1) == on("/access/1/audience", 5)


def test_the_files_of_a_release_count_in_any_order() -> None:
    def files(*listed: dict[str, str]) -> str:
        return digest(changed(lambda data: data["release"].update(artifact=list(listed))), EXAMPLES)

    one, other = {"digest": SHA, "path": "a"}, {"digest": SHA.replace("0", "1")}
    assert files(one, other) == files(other, {**one, "path": "renamed"})
    assert files(one, other) != files(one)


def test_values_may_not_change_places_among_items_without_an_id() -> None:
    """The columns of a table: each has the values it had, and no safeguard is what it was."""
    columns = ("/safeguard/0/role", "/safeguard/1/role", "/safeguard/0/efficacy", "/safeguard/1/efficacy")

    def with_efficacy(first: str, second: str) -> str:
        def change(data: dict[str, Any]) -> None:
            for safeguard, efficacy in zip(data["safeguard"], (first, second), strict=True):
                safeguard["efficacy"] = efficacy

        return digest(changed(change), *columns, at="")

    assert with_efficacy("measured", "not-measured") != with_efficacy("not-measured", "measured")


def test_evidence_for_what_contradicts_a_fact_counts() -> None:
    def backed_by(name: str) -> Manifest:
        conflicts = [{"value": "yes", "source": ["other"], "evidence": [name]}]
        return changed(lambda data: examples(data).update(conflicts=conflicts, evidence=["e1"]))

    assert digest(backed_by("e1"), EXAMPLES) != digest(backed_by("e2"), EXAMPLES)
    second = {"citation": "Withdrawn"}
    before = backed_by("e2").document.data
    after = {**before, "evidence": [before["evidence"][0], {**before["evidence"][1], **second}]}
    assert digest(manifest(after), EXAMPLES) != digest(manifest(before), EXAMPLES)


@pytest.mark.parametrize("basis", [EXAMPLES, "/evidence/0/path", "/evidence", ""])
def test_a_file_of_evidence_counts_whether_its_digest_is_stated_or_not(tmp_path: Path, basis: str) -> None:
    def with_file(text: str, **record: str) -> str:
        (tmp_path / "study.txt").write_text(text, encoding="utf-8")
        data = copy.deepcopy(RELEASE)
        data["evidence"][0] = {"id": "e1", "kind": "literature", "path": "study.txt", **record}
        return digest(validate(replace(document_of(data), folder=tmp_path), today=TODAY), basis)

    assert with_file("it helps") != with_file("it does not")
    assert with_file("it helps") == with_file("it helps")
    assert with_file("it helps", digest=SHA) != with_file("it does not", digest=SHA)  # a mismatch, both times


@pytest.mark.parametrize(
    "change",
    [
        lambda data: examples(data).update(note="as of June"),
        lambda data: examples(data).update(source=["other"]),
        lambda data: data["source"]["card"].update(title="The card, second edition"),
        lambda data: data["threat"][1].update(vector="disinformation"),
        lambda data: data["evidence"][1].update(citation="A third"),
        lambda data: data["access"].reverse(),
        lambda data: data["evidence"].reverse(),
        lambda data: data["threat"][0]["actors"].reverse(),
    ],
    ids=["note", "source", "title", "another threat", "other evidence", "access", "evidence", "actors"],
)
def test_nothing_has_changed_that_is_looked_at(change: Callable[[dict[str, Any]], Any]) -> None:
    for basis in ((EXAMPLES,), (EXAMPLES, "/threat/0/actors")):
        assert digest(changed(change), *basis) == digest(manifest(), *basis)


def test_items_go_by_their_ids() -> None:
    reordered = changed(lambda data: data["threat"].reverse())
    there = "/threat/1/existing_risk/examples"
    assert digest(reordered, there, at="/threat/1") == digest(manifest(), EXAMPLES)
    assert digest(reordered, EXAMPLES) != digest(manifest(), EXAMPLES)
    assert digest(reordered, "/threat", at="") == digest(manifest(), "/threat", at="")


def test_items_without_an_id_go_by_what_they_say() -> None:
    basis, at = "/safeguard/0/efficacy", "/safeguard/0"
    reordered = changed(lambda data: data["safeguard"].reverse())
    assert digest(reordered, basis, at=at) != digest(manifest(), basis, at=at)
    assert digest(reordered, "/safeguard/1/efficacy", at="/safeguard/1") == digest(manifest(), basis, at=at)
    renamed = changed(lambda data: data["safeguard"][0].update(name="other"))
    assert digest(renamed, basis, at=at) != digest(manifest(), basis, at=at)


def test_the_order_of_a_list_is_no_fact_and_its_items_are() -> None:
    modalities = "/release/modalities"
    assert digest(changed(lambda data: data["release"]["modalities"].reverse()), modalities) == digest(
        manifest(), modalities
    )
    for change in (
        lambda data: data["release"]["modalities"].append("audio"),
        lambda data: data["release"].pop("modalities"),
    ):
        assert digest(changed(change), modalities) != digest(manifest(), modalities)


def test_evidence_for_a_value_within_a_table_counts() -> None:
    table = "/threat/0/existing_risk"
    without = changed(lambda data: examples(data).pop("evidence"))
    assert digest(without, table) != digest(manifest(), table)
    conflicts = [{"value": "unknown", "source": ["other"]}]
    unknown = changed(lambda data: examples(data).update(value="unknown"))
    in_conflict = changed(lambda data: examples(data).update(conflicts=conflicts))
    assert digest(unknown, table) != digest(in_conflict, table)


def test_what_other_sources_state_counts_while_a_fact_is_unknown() -> None:
    def in_conflict(value: str, *others: str) -> Manifest:
        conflicts = [{"value": other, "source": ["other"]} for other in others]
        said = {"value": value, "source": ["card"], "conflicts": conflicts}
        return changed(lambda data: data["threat"][0]["existing_risk"].update(examples=said))

    seen = [in_conflict("no", "yes"), in_conflict("yes", "no"), in_conflict("no", "unknown")]
    assert {value_at(each.data, EXAMPLES) for each in seen} == {"unknown"}
    assert len({digest(each, EXAMPLES) for each in seen}) == len(seen)


@pytest.mark.parametrize(
    ("one", "other", "change"),
    [
        ("/extensions/acme/a.b", "/extensions/acme/a/b", lambda free: free.update({"a.b": 3})),
        ("/extensions/acme/a.b", "/extensions/acme/a/b", lambda free: free.update({"a": {"b": 3}})),
        ("/extensions/acme/list/0/v", "/extensions/acme/list/1/v", lambda free: free["list"][0].update(v=3)),
        ("/extensions/acme/list/0/v", "/extensions/acme/list/1/v", lambda free: free["list"][1].update(v=3)),
    ],
    ids=["dot", "table", "first", "second"],
)
def test_places_of_one_name_are_two(one: str, other: str, change: Callable[[dict[str, Any]], Any]) -> None:
    seen = changed(lambda data: change(data["extensions"]["acme"]))
    assert digest(seen, one, other) != digest(manifest(), one, other)


def test_the_order_in_which_facts_are_looked_at_does_not_matter() -> None:
    places = [EXAMPLES, "/threat/0/vector", "/access/0/kind"]
    assert digest(manifest(), *places) == digest(manifest(), *reversed(places)) == digest(manifest(), *places * 2)


def test_findings_count_with_their_outcome_and_not_with_their_words() -> None:
    seen = manifest()
    first, second = (Finding(message="It does not.", pointer=f"/threat/{number}") for number in (0, 1))
    both = digest_of_situation(result_of(RULE), [first, second], seen)
    assert both == digest_of_situation(result_of(RULE), [second, first], seen)
    assert both != digest_of_situation(result_of(RULE), [first], seen)
    assert digest(seen) != digest(seen, outcome=Outcome.UNKNOWN)
    assert digest(seen) == digest(seen, message="It still does not.")


def test_a_rule_in_python_tells_what_it_saw_in_words() -> None:
    def check(_context: RuleContext) -> list[Finding]:
        return []

    rule = replace(RULE, assertion=None, check=check)
    assert digest(manifest(), rule=rule) != digest(manifest(), rule=rule, message="It still does not.")


@pytest.mark.parametrize(
    "changes",
    [
        {"assertion": "false"},
        {"when": "true"},
        {"given": "/threat/*"},
        {"params": {"most": Param(type="number", value=2.0)}},
        {"params": {"day": Param(type="date", value=TODAY)}},
        {"params": {"words": ("a", "b")}},
    ],
    ids=str,
)
def test_a_rule_that_asks_something_else_is_another_situation(changes: dict[str, Any]) -> None:
    """W14."""
    assert digest(manifest(), rule=replace(RULE, **changes)) != digest(manifest())


@pytest.mark.parametrize(
    "changes", [{"summary": "Another."}, {"message": "m"}, {"rationale": "r"}, {"assertion": "true\n"}]
)
def test_the_words_of_a_rule_are_none(changes: dict[str, Any]) -> None:
    assert digest(manifest(), rule=replace(RULE, **changes)) == digest(manifest())


def test_what_no_manifest_holds_is_refused() -> None:
    with pytest.raises(TypeError, match="object is no value of a manifest"):
        digest(manifest(), rule=replace(RULE, params={"odd": object()}))


# Any value ------------------------------------------------------------------------------------------------------------

PATTERNS = ("/access/*/kind", "/access/*/audience", "/access/*/from", "/threat/*/title", "/threat/*/vector")
OTHERS = ("/weights/parameters_total", "/weights/derivatives", "/release/date", "/release/stage", EXAMPLES)
LEAVES = [*OTHERS, *(pointer for pattern in PATTERNS for pointer, _ in expand(manifest().data, pattern))]
VALUES = st.one_of(
    st.sampled_from(["yes", "no", "unknown", "not-applicable", "true", "1"]),
    st.integers(-5, 5).map(float),
    st.floats(allow_nan=False, allow_infinity=False).map(lambda value: value + 0.0),
    st.booleans(),
    st.none(),
    st.text(max_size=5),
    st.datetimes(timezones=st.just(dt.UTC)),
    st.lists(st.sampled_from(["a", "b"]), max_size=3).map(sorted),
)


def with_value(pointer: str, value: Any) -> Manifest:
    seen = manifest()
    data = copy.deepcopy(dict(seen.data))
    table, _, key = pointer.rpartition("/")
    value_at(data, table)[key] = value
    return replace(seen, data=data)


@given(pointer=st.sampled_from(LEAVES), beside=st.lists(st.sampled_from(LEAVES), max_size=3), one=VALUES, other=VALUES)
def test_any_change_of_a_value_that_is_looked_at_changes_the_digest(
    pointer: str, beside: list[str], one: Any, other: Any
) -> None:
    first, second = (digest(with_value(pointer, value), *beside, pointer) for value in (one, other))
    same = type(one) is type(other) and one == other
    assert (first == second) == same
    table = pointer.rpartition("/")[0]
    whole = [digest(with_value(pointer, value), *beside, table, at="") for value in (one, other)]
    assert (whole[0] == whole[1]) == same


# What rules look at ---------------------------------------------------------------------------------------------------


def found_by(rule: str, data: Mapping[str, Any]) -> tuple[RuleResult, Manifest]:
    report = review(document_of(data), policies=POLICIES, today=TODAY)
    return next(result for result in report.results if result.id == rule), report.manifest


def situation(rule: str, data: Mapping[str, Any], place: int = 0) -> str:
    result, seen = found_by(rule, data)
    assert result.outcome in (Outcome.FAIL, Outcome.UNKNOWN)
    return digest_of_situation(result, [result.findings[place]], seen)


STEP = "marginal-risk/existing-risk-present"


@pytest.mark.parametrize(
    ("change", "same"),
    [
        (lambda data: examples(data).update(value="unknown"), False),
        (lambda data: data["evidence"][0].update(citation="Another edition"), False),
        (lambda data: data["access"][0].update(audience="public-gated"), False),
        (lambda data: data["access"][0].update(**{"from": "2025-01-01"}), False),
        (lambda data: examples(data).update(note="as of June"), True),
        (lambda data: data["access"].reverse(), True),
        (lambda data: data["evidence"].reverse(), True),
    ],
    ids=["fact", "evidence", "fact in `when`", "day in `when`", "note", "channels", "records"],
)
def test_a_shipped_rule_is_bound_to_all_that_decides_it(change: Callable[[dict[str, Any]], Any], same: bool) -> None:  # noqa: FBT001 - a row of the table
    data = copy.deepcopy(RELEASE)
    change(data)
    assert (situation(STEP, data) == situation(STEP, RELEASE)) == same


def test_a_level_that_rests_on_more_than_can_be_listed_is_bound_to_the_whole_manifest() -> None:
    data = copy.deepcopy(RELEASE)
    data["access"] = [{"id": f"c{number}", "kind": "unknown"} for number in range(400)]
    result, _ = found_by(STEP, data)
    assert ("",) in [read.answer.basis for read in result.findings[0].levels]
    before = situation(STEP, data)
    data["access"][-1]["operator"] = "third-party"
    assert situation(STEP, data) != before


@pytest.mark.parametrize(
    ("finding", "basis"),
    [
        (Finding(message="m"), ("",)),
        (Finding(message="m", pointer="/weights"), ("/weights",)),
        (Finding(message="m", reads=("/weights/license",)), ("/weights/license",)),
        (Finding(message="m", pointer="/weights", reads=("/release",)), ("/release", "/weights")),
    ],
    ids=["nothing", "place", "reads", "both"],
)
def test_a_rule_in_python_is_bound_to_what_it_names_or_else_to_everything(
    finding: Finding, basis: tuple[str, ...]
) -> None:
    rule = Rule(id="one", summary="One.", check=lambda _context: [finding])
    policies = admit_policies([Policy(id="acme", title="Acme", version="1", rules=(rule,))])
    report = review(document_of(RELEASE), policies=policies, today=TODAY)
    assert tuple(report.results[0].findings[0].basis) == basis
    assert tuple(report.results[0].findings[0].levels) == ()


# What is behind a level -----------------------------------------------------------------------------------------------

BAD = Level(name="bad", when='this.existing_risk.examples == "no"', because="There are none.")
AWFUL = Level(name="awful", when='this.existing_risk.scale == "no"', because="Nobody knows.")
QUESTION = Assessment(
    id="q",
    title="Q",
    scale=("good", "unknown", "bad", "awful"),
    overall=Overall.WEAKEST,
    over="/threat/*",
    levels=(AWFUL, BAD),
    none="good",
    empty="bad",
    default="good",
    params={"most": Param(type="number", value=1.0)},
)
THREATS: list[dict[str, Any]] = [
    {"id": "a", "vector": "biosecurity", "existing_risk": {"examples": "no", "scale": "yes"}},
    {"id": "b", "vector": "spear-phishing", "existing_risk": {"examples": "no", "scale": "yes"}},
    {"id": "c", "vector": "cybersecurity", "existing_risk": {"examples": "yes", "scale": "yes"}},
]
WHOLE = Rule(id="one", summary="One.", assertion='assessments["acme/q"].level == "good"')
EACH = Rule(
    id="one", summary="One.", given="/threat/*", assertion='assessments["acme/q"].items[this.id].level == "good"'
)


def bound_to_level(
    threats: list[dict[str, Any]], *, rule: Rule = WHOLE, question: Assessment = QUESTION, place: int = 0
) -> str:
    policy = Policy(id="acme", title="Acme", version="1", rules=(rule,), assessments=(question,))
    data = {**RELEASE, "threat": threats}
    report = review(document_of(data), policies=admit_policies([policy]), today=TODAY)
    (result,) = report.results
    return digest_of_situation(result, [result.findings[place]], report.manifest)


def with_risk(number: int, **risk: str) -> list[dict[str, Any]]:
    threats = copy.deepcopy(THREATS)
    threats[number]["existing_risk"].update(risk)
    return threats


def test_a_level_is_made_from_all_items_and_not_only_from_the_one_that_decides() -> None:
    before = bound_to_level(THREATS)
    for number in range(3):
        assert bound_to_level(with_risk(number, scale="unknown")) != before
    assert bound_to_level(with_risk(2, examples="no")) != before
    assert bound_to_level(with_risk(1, scale="no")) != before
    assert bound_to_level(THREATS[:2]) != before
    assert bound_to_level([*THREATS, {**THREATS[0], "id": "d"}]) != before
    assert bound_to_level([{**THREATS[0], "id": "d"}, *THREATS[1:]]) != before
    assert bound_to_level([THREATS[1], THREATS[2], THREATS[0]]) == before
    noted = [{**THREATS[0], "title": "Another title", "actors": ["x"]}, *THREATS[1:]]
    assert bound_to_level(noted) == before


def test_the_level_of_one_item_is_made_from_that_item() -> None:
    before = bound_to_level(THREATS, rule=EACH)
    assert bound_to_level(with_risk(0, scale="unknown"), rule=EACH) != before
    assert bound_to_level(with_risk(1, scale="no"), rule=EACH) == before
    assert bound_to_level(THREATS, rule=EACH, place=1) != before
    assert bound_to_level([THREATS[1], THREATS[0]], rule=EACH, place=1) == before


@pytest.mark.parametrize("rule", [WHOLE, EACH], ids=["whole", "item"])
@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({"levels": (replace(AWFUL, when='this.existing_risk.scale != "yes"'), BAD)}, False),
        ({"counts": 'this.vector != "other"'}, False),
        ({"default": "unknown"}, False),
        ({"overall": Overall.STRONGEST, "levels": (BAD,), "default": "awful"}, False),
        ({"params": {"most": Param(type="number", value=2.0)}}, False),
        ({"title": "Another title", "rationale": "Why.", "levels": (AWFUL, replace(BAD, because="None."))}, True),
        ({"levels": (AWFUL, replace(BAD, when=f"{BAD.when} "))}, True),
    ],
    ids=["when", "counts", "default", "overall", "params", "words", "space"],
)
def test_how_a_level_is_come_to_is_a_part_of_what_was_approved(
    changes: dict[str, Any],
    same: bool,  # noqa: FBT001 - a row of the table
    rule: Rule,
) -> None:
    other = replace(QUESTION, **changes)
    assert (bound_to_level(THREATS, rule=rule, question=other) == bound_to_level(THREATS, rule=rule)) == same


def test_several_levels_of_one_assessment_count_each() -> None:
    policy = Policy(id="acme", title="Acme", version="1", rules=(EACH,), assessments=(QUESTION,))
    data = {**RELEASE, "threat": THREATS}
    report = review(document_of(data), policies=admit_policies([policy]), today=TODAY)
    (result,) = report.results
    first, second = result.findings
    situations = Situations(report.manifest)
    digests = {situations.digest(result, found) for found in ([first, second], [second, first], [first], [second])}
    assert len(digests) == 3
    assert situations.digest(result, [first]) == bound_to_level(THREATS, rule=EACH)


def test_the_level_of_a_whole_is_bound_to_once_for_many_findings() -> None:
    rule = replace(WHOLE, given="/threat/*")
    policy = Policy(id="acme", title="Acme", version="1", rules=(rule,), assessments=(QUESTION,))
    report = review(document_of({**RELEASE, "threat": THREATS}), policies=admit_policies([policy]), today=TODAY)
    (result,) = report.results
    situations = Situations(report.manifest)
    digests = [situations.digest(result, [each]) for each in result.findings]
    assert len(set(digests)) == len(THREATS)
    assert digests[1] == bound_to_level(THREATS, rule=rule, place=1)


def test_an_item_whose_level_was_made_from_nothing_stands_for_itself() -> None:
    question = replace(QUESTION, levels=(Level(name="bad", when="true", because="It is."),))
    for rule in (WHOLE, EACH):
        before = bound_to_level(THREATS, rule=rule, question=question)
        assert bound_to_level(with_risk(0, scale="no"), rule=rule, question=question) != before
    assert bound_to_level(THREATS[:2], question=question) != bound_to_level(THREATS, question=question)


def test_an_empty_list_is_what_the_level_of_nothing_is_made_from() -> None:
    assert bound_to_level([]) == bound_to_level([])
    assert bound_to_level([]) != bound_to_level(THREATS)


def test_the_severity_in_force_is_a_part_of_what_was_approved() -> None:
    """What was let go while it warned is not let go once it blocks."""
    found, seen = [Finding(message="It does not.")], manifest()
    digests = {digest_of_situation(result_of(RULE, each), found, seen) for each in Severity}
    assert len(digests) == len(Severity)
