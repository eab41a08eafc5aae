"""The day that is judged: what is open on it counts, what has closed leaves what it left, and the future does not."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from release_review import PolicySet, Report, Verdict, load_policies, load_registry, review
from release_review.authoring.cases import document_of
from release_review.cli import main
from release_review.model import Outcome
from release_review.pipeline import look_at

ROOT = Path(__file__).parent.parent
REGISTRY = load_registry(discover=False)

PROPERTIES = (
    "broader-access",
    "greater-customizability",
    "local-inference",
    "inability-to-rescind",
    "inability-to-monitor",
)
A, U, L, N = "applies", "unknown", "limited", "does-not-apply"
ALL = [A, A, A, A, A]
NOTHING = [N, N, N, N, N]

OPENS = dt.date(2025, 3, 1)
CLOSES = dt.date(2025, 6, 30)
DAY = dt.timedelta(days=1)
WEIGHTS = {"id": "hub", "kind": "weights", "audience": "public"}
API = {"id": "api", "kind": "api", "audience": "public", "adaptation": "fine-tuning-api", "usage_observed": "partly"}


@pytest.fixture(scope="module")
def properties() -> PolicySet:
    return load_policies(["open-properties"], REGISTRY)


@pytest.fixture(scope="module")
def default() -> PolicySet:
    return load_policies(["open-release"], REGISTRY)


def manifest(*channels: dict[str, Any], **release: Any) -> dict[str, Any]:
    return {"schema": "release-manifest/1", "release": {"id": "acme/one", **release}, "access": list(channels)}


def until(channel: dict[str, Any], day: dt.date | str) -> dict[str, Any]:
    return {**channel, "from": OPENS.isoformat(), "until": str(day)}


@pytest.fixture
def levels(properties: PolicySet) -> Callable[..., list[str]]:
    """Give the levels of the five properties of a release with these channels, on a day."""

    def find(*channels: dict[str, Any], as_of: dt.date | None, today: dt.date = CLOSES + 30 * DAY) -> list[str]:
        seen = look_at(document_of(manifest(*channels)), policies=properties, as_of=as_of, today=today)
        return [seen.answers[f"open-properties/{each}"].level for each in PROPERTIES]

    return find


# Opening --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("as_of", "expected"), [("2024-06-11", [N, U, N, N, U]), ("2024-06-12", ALL)], ids=["the day before", "the day"]
)
def test_weights_count_from_the_day_they_are_out(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, as_of: str, expected: list[str]
) -> None:
    monkeypatch.chdir(ROOT)
    manifest = "examples/stable-diffusion-3-medium/release.toml"
    main(("check", manifest, "--as-of", as_of, "--today", "2026-01-01", "--output-format", "json"))
    report = json.loads(capsys.readouterr().out)
    assert (report["as_of"], report["today"]) == (as_of, "2026-01-01")
    assert [report["assessments"][f"open-properties/{each}"]["level"] for each in PROPERTIES] == expected


@pytest.mark.parametrize(
    ("as_of", "expected"), [(OPENS - DAY, NOTHING), (OPENS, ALL)], ids=["the day before", "the day"]
)
def test_before_its_only_channel_opens_a_release_has_no_property(
    levels: Callable[..., list[str]], as_of: dt.date, expected: list[str]
) -> None:
    assert levels({**WEIGHTS, "from": OPENS.isoformat()}, as_of=as_of) == expected


def test_a_channel_without_a_date_opens_with_the_release(properties: PolicySet) -> None:
    document = document_of(manifest(WEIGHTS, date=OPENS.isoformat()))
    for as_of, level in ((OPENS - DAY, N), (OPENS, A)):
        seen = look_at(document, policies=properties, as_of=as_of, today=OPENS)
        assert seen.answers["open-properties/broader-access"].level == level


def test_a_channel_without_any_date_counts_as_open_and_the_reason_says_so(properties: PolicySet) -> None:
    seen = look_at(document_of(manifest(WEIGHTS)), policies=properties, as_of=dt.date(1999, 1, 1), today=OPENS)
    answer = seen.answers["open-properties/broader-access"]
    assert answer.level == A
    assert "no date is stated" in answer.because


# Closing --------------------------------------------------------------------------------------------------------------


def test_on_its_last_day_a_channel_is_open(levels: Callable[..., list[str]]) -> None:
    assert levels(until(WEIGHTS, CLOSES), as_of=CLOSES) == ALL


def test_public_weights_that_were_withdrawn_make_broader_access_unknown_and_nothing_else(
    levels: Callable[..., list[str]],
) -> None:
    assert levels(until(WEIGHTS, CLOSES), as_of=CLOSES + DAY) == [U, A, A, A, A]


def test_public_weights_that_were_withdrawn_stay_so(levels: Callable[..., list[str]]) -> None:
    assert levels(until(WEIGHTS, CLOSES), as_of=dt.date(2035, 1, 1), today=dt.date(2035, 1, 1)) == [U, A, A, A, A]


def test_weights_withdrawn_from_partners_leave_no_broader_access(levels: Callable[..., list[str]]) -> None:
    weights = until({**WEIGHTS, "audience": "partners", "revocable": "no"}, CLOSES)
    assert levels(weights, as_of=CLOSES) == [L, A, A, A, A]
    assert levels(weights, as_of=CLOSES + DAY) == [N, A, A, A, A]


def test_a_second_channel_of_the_weights_keeps_broader_access(levels: Callable[..., list[str]]) -> None:
    assert levels(until(WEIGHTS, CLOSES), {**WEIGHTS, "id": "mirror"}, as_of=CLOSES + DAY) == ALL


@pytest.mark.parametrize(
    ("as_of", "expected"), [(CLOSES, [N, L, N, N, L]), (CLOSES + DAY, NOTHING)], ids=["the last day", "the day after"]
)
def test_a_closed_api_leaves_nothing(levels: Callable[..., list[str]], as_of: dt.date, expected: list[str]) -> None:
    assert levels(until(API, CLOSES), as_of=as_of) == expected


@pytest.mark.parametrize("last", [CLOSES, "unknown"])
def test_a_leak_never_closes(levels: Callable[..., list[str]], last: dt.date | str) -> None:
    assert levels(until({"id": "torrent", "kind": "leak"}, last), as_of=CLOSES + DAY) == ALL


def test_a_channel_that_closed_on_an_unknown_day_is_closed_today(levels: Callable[..., list[str]]) -> None:
    assert levels(until(API, "unknown"), as_of=CLOSES, today=CLOSES) == NOTHING


def test_a_channel_that_closed_on_an_unknown_day_may_have_been_open_before(levels: Callable[..., list[str]]) -> None:
    assert levels(until(API, "unknown"), as_of=CLOSES - DAY, today=CLOSES) == [N, U, N, N, U]


def test_a_month_means_its_first_day_where_a_channel_opens_and_its_last_where_it_closes(
    levels: Callable[..., list[str]],
) -> None:
    channel = {**WEIGHTS, "from": "2025-03", "until": "2025-06"}
    days = [dt.date(2025, 2, 28), dt.date(2025, 3, 1), dt.date(2025, 6, 30), dt.date(2025, 7, 1)]
    assert [levels(channel, as_of=day)[0] for day in days] == [N, A, A, U]


# Planned --------------------------------------------------------------------------------------------------------------


def judged(policies: PolicySet, data: dict[str, Any], *, today: dt.date, as_of: dt.date | None = None) -> Report:
    return review(document_of(data), policies=policies, today=today, as_of=as_of)


def property_levels(report: Report) -> list[str]:
    return [answer.level for answer in report.assessments if answer.id.startswith("open-properties/")]


def test_a_planned_release_is_judged_as_planned(default: PolicySet) -> None:
    planned = manifest({**API, "from": "2025-04-01"}, {**WEIGHTS, "from": "2025-09-01"}, stage="planned")
    report = judged(default, planned, today=OPENS)
    assert (report.manifest.as_of, report.manifest.today) == (dt.date(2025, 9, 1), OPENS)
    assert property_levels(report) == ALL
    assert report.verdict is Verdict.BLOCKED


def test_a_planned_release_can_be_judged_as_it_stands(default: PolicySet) -> None:
    planned = manifest({**WEIGHTS, "from": "2025-09-01"}, stage="planned")
    report = judged(default, planned, today=OPENS, as_of=OPENS)
    assert report.manifest.as_of == OPENS
    assert property_levels(report) == NOTHING


def test_a_release_of_the_past_is_judged_as_it_stands_today(default: PolicySet) -> None:
    report = judged(default, manifest(until(WEIGHTS, CLOSES)), today=CLOSES + DAY)
    assert report.manifest.as_of == CLOSES + DAY
    assert property_levels(report) == [U, A, A, A, A]


def test_waivers_and_reviews_go_by_the_day_of_judgement_not_by_the_day_that_is_judged(default: PolicySet) -> None:
    threat = {"id": "one", "vector": "other", "review_by": "2025-12-31"}
    data = {**manifest(WEIGHTS), "threat": [threat]}
    for today, outcome in ((dt.date(2025, 12, 31), Outcome.PASS), (dt.date(2026, 1, 1), Outcome.FAIL)):
        report = judged(default, data, as_of=OPENS, today=today)
        assert outcome_of(report, "marginal-risk/review-not-overdue") is outcome


def outcome_of(report: Report, rule: str) -> Outcome:
    return next(result.outcome for result in report.results if result.id == rule)


# Little stated --------------------------------------------------------------------------------------------------------


def test_the_smallest_manifest_gives_all_five_properties(default: PolicySet) -> None:
    assert property_levels(judged(default, manifest(WEIGHTS), today=OPENS)) == ALL


def test_a_manifest_in_which_all_is_unknown_is_blocked_and_says_what_to_add(default: PolicySet) -> None:
    report = judged(default, manifest({"id": "hub", "kind": "unknown"}), today=OPENS)
    result = next(result for result in report.results if result.id == "open-properties/access-described")
    assert property_levels(report) == [U, U, U, U, U]
    assert report.verdict is Verdict.BLOCKED
    assert result.blocks
    assert "unknown kind" in result.findings[0].message
    for word in ("[[access]]", "`kind`", "`weights`", "`api`"):
        assert word in result.rule.remediation


def test_a_manifest_without_any_channel_is_blocked_and_says_what_to_add(default: PolicySet) -> None:
    report = judged(default, {"schema": "release-manifest/1", "release": {"id": "acme/one"}}, today=OPENS)
    result = next(result for result in report.results if result.id == "open-properties/access-described")
    assert property_levels(report) == [U, U, U, U, U]
    assert report.verdict is Verdict.BLOCKED
    assert result.blocks
    assert "No channel is described" in result.findings[0].message


def test_each_word_that_is_taken_out_of_a_manifest_leaves_it_blocked(default: PolicySet) -> None:
    for missing in ("audience", "kind"):
        channel = {**WEIGHTS, missing: "unknown"}
        assert judged(default, manifest(channel), today=OPENS).verdict is Verdict.BLOCKED


@pytest.mark.parametrize("sources", ["weights", "api"])
def test_a_kind_on_which_sources_conflict_is_unknown_whatever_comes_first(
    levels: Callable[..., list[str]], sources: str
) -> None:
    other = "api" if sources == "weights" else "weights"
    kind = {"value": sources, "conflicts": [{"value": other}]}
    assert levels({**WEIGHTS, "kind": kind}, as_of=OPENS) == [U, U, U, U, U]
