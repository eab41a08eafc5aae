"""A change is told with the facts that make it and no others, and a long forecast is cut where nobody asks for all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from forecasts import DAY, RELEASE, TODAY, policies_of, rule_of, state_on

from release_review import PolicySet
from release_review.audit.forecast.causes import Causes
from release_review.audit.forecast.clock import Flips, clock_of
from release_review.audit.forecast.data import as_data
from release_review.audit.forecast.events import almanac_of
from release_review.audit.forecast.markdown import as_markdown
from release_review.audit.forecast.run import Forecast
from release_review.audit.forecast.states import rule_changes
from release_review.audit.forecast.text import as_text
from release_review.audit.forecast.window import Window
from release_review.audit.forecast.work import Change, Skipped
from release_review.authoring.cases import document_of
from release_review.hooks import Style
from release_review.model import Finding, Rule, RuleContext, Verdict


def reasons(policies: PolicySet, day: dt.date, **more: Any) -> list[str]:
    """Say why the first rule that changes on a day does."""
    document, window = document_of({**RELEASE, **more}), Window(today=TODAY, days=60)
    before, after = (state_on(each, document, policies, window) for each in (day - DAY, day))
    clock = clock_of(policies)
    almanac = almanac_of(before.manifest, clock=clock, flips=Flips(window), waivers=(), window=window)
    assert after.manifest is not None
    (change,) = rule_changes(before, after)
    found = Causes(policies, clock).of_rule(change, almanac.events.get(day, ()), after.manifest, day)
    return [each.what for each in found]


def test_a_rule_in_python_is_its_own_reason_where_nothing_else_happens() -> None:
    def check(context: RuleContext) -> Iterator[Finding]:
        if context.today.day == 17:
            yield Finding(message="it is the 17th")

    policies = policies_of(Rule(id="rule", summary="It holds.", check=check))
    told = ["mine/rule comes to something else from this day on; it is written in Python"]
    assert reasons(policies, dt.date(2026, 1, 17)) == told


def test_a_date_that_the_policy_states_is_told_by_its_comparison() -> None:
    told = ['`timestamp("2026-01-12T00:00:00Z") > today` of mine/rule holds no longer']
    assert reasons(policies_of(rule_of("params.since > today")), dt.date(2026, 1, 12)) == told


def test_dates_of_the_evidence_that_a_fact_cites_are_told_where_the_evidence_is() -> None:
    asked = rule_of('this.existing_risk.evidence_of.examples.exists(e, e.date + duration("720h") >= today)')
    threat = {"id": "a", "vector": "other", "existing_risk": {"examples": {"value": "yes", "evidence": ["e"]}}}
    told = ['evidence[e].date is 2025-12-24: `e.date + duration("2592000s") >= today` of mine/rule holds no longer']
    assert reasons(policies_of(asked), dt.date(2026, 1, 24), threat=[threat]) == told


def test_several_facts_of_one_day_are_counted() -> None:
    threats = [{"id": f"t{number}", "vector": "other", "review_by": "2026-01-10"} for number in range(5)]
    (told,) = reasons(policies_of(rule_of("this.review_by >= today")), dt.date(2026, 1, 11), threat=threats)
    assert told.startswith("threat[t0].review_by is 2026-01-10, threat[t1].review_by is 2026-01-10, ")
    assert ", 2 more: `this.review_by >= today`" in told


@pytest.mark.parametrize(
    ("asked", "day", "told"),
    [
        ('c.id == "a" && c.opened == "yes"', dt.date(2026, 1, 5), "channel a opens: access[a].from is 2026-01-05"),
        ('c.id == "a" && c.closed == "no"', dt.date(2026, 1, 21), "channel a is closed: access[a].until is 2026-01-20"),
    ],
)
def test_a_channel_is_told_with_its_day(asked: str, day: dt.date, told: str) -> None:
    assert reasons(policies_of(rule_of(f"manifest.access.exists(c, {asked})")), day) == [told]


# Long forecasts -------------------------------------------------------------------------------------------------------


def forecast_of(changes: Sequence[Change] = (), skipped: Sequence[Skipped] = ()) -> Forecast:
    return Forecast(
        window=Window(today=TODAY, days=60),
        is_complete=True,
        releases=500,
        unreviewed=0,
        reviews=500,
        changes=tuple(changes),
        skipped=tuple(skipped),
    )


def change_of(number: int) -> Change:
    return Change(
        day=TODAY + DAY,
        number=number,
        release=f"acme/r{number:03}",
        manifest="all.jsonl",
        before=Verdict.PASS,
        after=Verdict.BLOCKED,
    )


def test_a_long_forecast_is_cut_and_says_so() -> None:
    long = forecast_of([change_of(number) for number in range(250)])
    for short, full in (
        ("".join(as_text(long, Style())), "".join(as_text(long, Style(verbosity=1)))),
        ("".join(as_markdown(long)), "".join(as_markdown(long, verbosity=1))),
    ):
        assert short.count("acme/r") == 200
        assert "50 more changes: see" in short
        assert full.count("acme/r") == 250
        assert "more changes" not in full
    assert len(as_data(long)["changes"]) == 250


def test_many_releases_of_which_nothing_is_foretold_are_cut_and_counted() -> None:
    skipped = [Skipped(number=each, release=f"acme/r{each}", manifest="m", why=("it broke",)) for each in range(30)]
    found = forecast_of(skipped=skipped)
    for short, full in (
        ("".join(as_text(found, Style())), "".join(as_text(found, Style(verbosity=1)))),
        ("".join(as_markdown(found)), "".join(as_markdown(found, verbosity=1))),
    ):
        assert short.count("acme/r") == 20
        assert "and 10 more: see" in short
        assert full.count("acme/r") == 30
    assert "470 of 500 releases looked at" in "".join(as_text(found, Style()))


def test_a_colour_marks_what_turns_red() -> None:
    text = "".join(as_text(forecast_of([change_of(1)]), Style(color=True)))
    assert "\x1b[31m2026-01-02  pass to blocked: acme/r001\x1b[0m" in text
