"""No day is missed: on a day that a forecast leaves out, every review comes to what it came to the day before.

Each test reviews on every day of a window, and holds the days on which anything changed against those that the forecast
would have looked at.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from forecasts import DAY, RELEASE, TODAY, policies_of, rule_of, state_on
from hypothesis import given, settings
from hypothesis import strategies as st

import policies as written
from release_review import PolicySet, load_policies
from release_review.audit.forecast.clock import IN_ANOTHER_WAY, IN_PYTHON, Flips, clock_of
from release_review.audit.forecast.events import almanac_of, dates_in
from release_review.audit.forecast.states import State
from release_review.audit.forecast.window import MOST_DAYS, Window
from release_review.authoring.cases import CASE_DAY, changed, document_of, parts_of, policies_for
from release_review.errors import AuditError
from release_review.load import load_document
from release_review.model import (
    Assessment,
    Document,
    Finding,
    Level,
    Rule,
    RuleContext,
    Waiver,
    WaiverReason,
)
from release_review.validate import validate

ROOT = Path(__file__).parents[2]
SHIPPED = load_policies(["open-release"], written.REGISTRY)


def without_manifest(state: State) -> State:
    return replace(state, manifest=None)


def days_changed(
    document: Document, policies: PolicySet, window: Window, waivers: Sequence[Waiver] = ()
) -> tuple[list[dt.date], tuple[dt.date, ...]]:
    """Give the days on which a review comes to something else, and those that a forecast looks at."""
    before = first = state_on(window.today, document, policies, window, waivers)
    found = []
    for day in window:
        after = state_on(day, document, policies, window, waivers)
        if without_manifest(after) != without_manifest(before):
            found.append(day)
        before = after
    almanac = almanac_of(first.manifest, clock=clock_of(policies), flips=Flips(window), waivers=waivers, window=window)
    return found, almanac.days


def windows_around(
    document: Document, *, as_of: dt.date | None = None, extra: Sequence[dt.date] = ()
) -> Iterator[Window]:
    """Give a short window around each date of a manifest."""
    manifest = validate(document, as_of=CASE_DAY, today=CASE_DAY)
    days = {date.date() for _, date in dates_in(manifest.data)} | set(extra)
    for day in sorted(days):
        yield Window(today=day - 2 * DAY, days=4, as_of=as_of)


def assert_none_missed(document: Document, policies: PolicySet, windows: Iterator[Window]) -> int:
    """Hold all days of some windows against those that a forecast looks at; give how many days brought a change."""
    count = 0
    for window in windows:
        found, looked_at = days_changed(document, policies, window)
        assert set(found) <= set(looked_at), (document.data, window)
        count += len(found)
    return count


@pytest.mark.no_cover
def test_no_day_is_missed_for_any_example() -> None:
    found = 0
    for path in sorted((ROOT / "examples").glob("*/*.toml")):
        document = load_document(path, importers=written.REGISTRY.importers)
        found += assert_none_missed(document, SHIPPED, windows_around(document))
    assert found >= 5


def dated_cases() -> Iterator[tuple[PolicySet, Document, dt.date]]:
    """Give every case of a shipped policy that sets a date or is judged on a day of its own."""
    for part in parts_of(SHIPPED):
        policy = next(each for each in SHIPPED.policies if each.id == part.policy)
        for case in part.written.cases:
            texts = repr((case.set, case.remove))
            if case.today or case.as_of or any(word in texts for word in ("202", "/from", "/until", "date", "_by")):
                yield policies_for(part, SHIPPED), document_of(changed(policy.base, case)), case.as_of or CASE_DAY


@pytest.mark.no_cover
def test_no_day_is_missed_for_any_case_with_a_date() -> None:
    found = cases = 0
    for policies, document, day in dated_cases():
        cases += 1
        extra = [day]
        found += assert_none_missed(document, policies, windows_around(document, extra=extra))
        found += assert_none_missed(document, policies, iter([Window(today=day - 2 * DAY, days=4, as_of=day)]))
    assert cases >= 50
    assert found >= 50


# Conditions that are made up ------------------------------------------------------------------------------------------

DATES = ("2025-11-20", "2025-12-31", "2026-01-03", "2026-01-10T23:30:00-05:00", "2026-01", "2026", "unknown")

days = st.sampled_from(["today", "as_of"])
dates = st.sampled_from(
    [
        *("this.review_by", "this.assessed_on", "manifest.release.date", "manifest.monitoring.next_review"),
        *(
            "params.since",
            'timestamp("2026-01-15T12:00:00Z")',
            '(this.id == "a" ? this.review_by : manifest.release.date)',
        ),
    ]
)
durations = st.sampled_from(['duration("24h")', 'duration("720h")', 'duration("-36h")', "duration(params.term)"])
signs = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])


@st.composite
def comparisons(draw: st.DrawFn) -> str:
    """Make up a comparison with the day, in every way that an author might think of."""
    day, date, other, term, sign = draw(days), draw(dates), draw(dates), draw(durations), draw(signs)
    return draw(
        st.sampled_from(
            [
                f"{day} {sign} {date}",
                f"{date} + {term} {sign} {day}",
                f"{day} - {date} {sign} {term}",
                f"({day} - {date}).getHours() / 24 {sign} params.days",
                f"double(({day} - {date}).getHours()) {sign} params.hours * 2.0",
                f"{day} - {date} {sign} {other} - {day}",
                f"{day}.getDayOfMonth() {sign} 14",
                f"{day}.getFullYear() {sign} {date}.getFullYear()",
                f"string({day}) {sign} string({date})",
                f"manifest.evidence.exists(e, e.date + {term} {sign} {day})",
                f"size(manifest.evidence.filter(e, e.date {sign} {day})) > 1",
                f'size(manifest.access.filter(c, c.opened == "yes")) {sign} {day}.getMonth()',
                f'[timestamp("2026-01-06T00:00:00Z"), params.since].exists(d, d {sign} {day})',
                f'[duration("24h"), duration("96h")].exists(d, {date} + d {sign} {day})',
                f'manifest.access.exists(c, c.closed == "yes" && c.from {sign} {day})',
                'manifest.access.exists_one(c, c.opened == "yes" && c.closed == "no")',
                f"(this.review_by == null) == ({day} {sign} {date})",
                "as_of == today",
            ]
        )
    )


@st.composite
def conditions(draw: st.DrawFn) -> str:
    first, second = draw(comparisons()), draw(comparisons())
    return draw(st.sampled_from([first, f"!({first})", f"({first}) && ({second})", f"({first}) || ({second})"]))


@st.composite
def manifests(draw: st.DrawFn) -> dict[str, Any]:
    date = st.sampled_from(DATES)
    channels = [{"id": name, "kind": "api"} | draw(spans()) for name in ("a", "b")]
    return {
        "schema": "release-manifest/1",
        "release": {"id": "acme/one", "date": draw(date)},
        "access": channels,
        "monitoring": {"next_review": draw(date)},
        "threat": [{"id": "a", "vector": "other", "review_by": draw(date)}, {"id": "b", "vector": "other"}],
        "evidence": [{"id": f"e{number}", "kind": "card", "date": draw(date)} for number in range(2)],
    }


@st.composite
def spans(draw: st.DrawFn) -> dict[str, str]:
    """Make up the days of a channel, which never end before they begin."""
    return draw(
        st.sampled_from(
            [
                {},
                {"from": "2026-01-05"},
                {"until": "2026-01-20"},
                {"from": "2025-12-01", "until": "2026-01"},
                {"from": "2026-01-04", "until": "2026-01-04"},
                {"until": "unknown"},
            ]
        )
    )


@pytest.mark.no_cover
@settings(max_examples=40)
@given(
    asked=st.lists(conditions(), min_size=1, max_size=3),
    data=manifests(),
    as_of=st.sampled_from([None, None, TODAY, dt.date(2026, 1, 9)]),
)
def test_no_day_is_missed_for_conditions_that_are_made_up(
    asked: list[str], data: dict[str, Any], as_of: dt.date | None
) -> None:
    policies = policies_of(*(rule_of(text, f"rule-{number}") for number, text in enumerate(asked)))
    window = Window(today=TODAY, days=45, as_of=as_of)
    found, looked_at = days_changed(document_of(data), policies, window)
    assert set(found) <= set(looked_at)


# Ways to look at the day, one by one ----------------------------------------------------------------------------------

UNDERSTOOD = (
    "this.review_by >= today",
    "this.review_by < today",
    'today - this.review_by <= duration("48h")',
    'this.assessed_on + duration("960h") > as_of',
    'today - this.assessed_on < this.review_by - manifest.release.date + duration("480h")',
    "(today - this.assessed_on).getHours() / 24 <= 40",
    "double((today - this.review_by).getHours()) < params.hours * 2.0",
    "this.review_by + duration(params.term) >= today",
    "manifest.monitoring.next_review >= today",
    "params.since > today",
    'timestamp("2026-01-15T12:00:00Z") > today',
    '[timestamp("2026-01-06T00:00:00Z")].exists(d, d > today)',
    'manifest.evidence.exists(e, e.date + duration("720h") > as_of)',
    'size(manifest.evidence.filter(e, today - e.date < duration("720h"))) > 0',
    '(this.id == "a" ? this.review_by : manifest.release.date) > today',
    'manifest.access.exists(c, c.id == "a" && c.opened == "yes")',
    'manifest.access.exists(c, c.id == "a" && c.closed == "yes")',
    "today.getDayOfWeek() != 1",
    'string(today) != string(timestamp("2026-01-09T00:00:00Z"))',
    "(this.review_by < today) == (manifest.monitoring.next_review < today)",
    "[1, 2].exists(n, n == 1) && this.review_by > today",
)
"""What compares the day with dates: the days on which it changes are worked out."""

OTHERWISE = (
    'size(manifest.access.filter(c, c.kind == "api")) > today.getDayOfMonth() - 12',
    "today.getDayOfMonth() > size(manifest.access)",
    '[duration("24h"), duration("96h")].exists(d, this.review_by + d < today)',
    'string(today) != "2026-01-09T00:00:00Z" && manifest.release.id + string(today) != "x"',
    "double(today.getDayOfMonth()) > manifest.weights.parameters_total",
)
"""What looks at the day in another way: every day is looked at."""


def judged(assertion: str, *, as_of: dt.date | None = None) -> tuple[list[dt.date], tuple[dt.date, ...], Window]:
    data = {**RELEASE, "weights": {"parameters_total": 9}}
    window = Window(today=TODAY, days=60, as_of=as_of)
    return (*days_changed(document_of(data), policies_of(rule_of(assertion)), window), window)


@pytest.mark.parametrize("assertion", UNDERSTOOD)
def test_days_are_worked_out_for_what_compares_dates(assertion: str) -> None:
    found, looked_at, window = judged(assertion)
    assert found
    assert set(found) <= set(looked_at)
    assert len(looked_at) < window.days


@pytest.mark.parametrize("assertion", OTHERWISE)
def test_every_day_is_looked_at_for_what_is_not_looked_through(assertion: str) -> None:
    found, looked_at, window = judged(assertion)
    assert found
    assert looked_at == tuple(window)
    assert clock_of(policies_of(rule_of(assertion))).opaque == {"mine/rule": IN_ANOTHER_WAY}


def test_dates_that_two_conditions_write_out_are_all_tried() -> None:
    early, late = ('[timestamp("2026-01-06T00:00:00Z")]', '[timestamp("2026-02-06T00:00:00Z")]')
    asked = rule_of(f"{late}.exists(d, d > today)", when=f"!{early}.exists(d, d > today)")
    found, looked_at = days_changed(document_of(RELEASE), policies_of(asked), Window(today=TODAY, days=60))
    assert found == [dt.date(2026, 1, 6), dt.date(2026, 2, 6)]
    assert set(found) <= set(looked_at)
    other = rule_of(f"{early}.exists(d, d > today)", "other")
    found, looked_at = days_changed(document_of(RELEASE), policies_of(asked, other), Window(today=TODAY, days=60))
    assert set(found) <= set(looked_at)
    assert len(looked_at) < 60


def test_a_condition_without_a_date_needs_no_day() -> None:
    data = {**RELEASE, "access": []}
    _, looked_at = days_changed(
        document_of(data), policies_of(rule_of('manifest.release.stage == "released"')), Window(today=TODAY, days=60)
    )
    assert looked_at == ()


def test_an_assessment_is_looked_through_like_a_rule() -> None:
    level = Level(name="far", when='this.review_by - today > duration("72h")', because="it is far off")
    far = Assessment(
        id="far", title="Far", scale=("far", "unknown", "near"), over="/threat/*", levels=(level,), default="near",
        empty="unknown", none="near",
    )  # fmt: skip
    asked = rule_of('assessments["mine/far"].items[this.id].level == "far"')
    window = Window(today=TODAY, days=60)
    found, looked_at = days_changed(document_of(RELEASE), policies_of(asked, assessments=[far]), window)
    assert found == [dt.date(2026, 1, 7)]
    assert set(found) <= set(looked_at)


def test_where_the_day_that_is_judged_stays_the_same_only_the_day_of_judgement_moves() -> None:
    opened = 'manifest.access.exists(c, c.id == "a" && c.opened == "yes")'
    assert judged(opened, as_of=TODAY)[0] == []
    closed_on_a_day = 'manifest.access.exists(c, c.id == "b" && c.closed == "yes")'
    found, looked_at, _ = judged(closed_on_a_day, as_of=dt.date(2026, 1, 15))
    assert found == [dt.date(2026, 1, 16)]
    assert set(found) <= set(looked_at)
    assert judged("as_of >= today", as_of=dt.date(2026, 1, 15))[0] == [dt.date(2026, 1, 16)]


def test_a_date_that_leaves_the_calendar_breaks_the_rule_from_that_day_on() -> None:
    # So many hours after 2026-01-16 is the last day of the calendar.
    asked = rule_of('today + duration("69898248h") > this.review_by || this.review_by >= today')
    policies = policies_of(asked)
    window = Window(today=TODAY, days=60)
    found, looked_at = days_changed(document_of(RELEASE), policies, window)
    assert set(found) <= set(looked_at)
    assert found == [dt.date(2026, 1, 17)]


def test_a_rule_in_python_is_looked_at_on_every_day() -> None:
    def check(context: RuleContext) -> Iterator[Finding]:
        if context.today.day == 17:
            yield Finding(message="it is the 17th")

    policies = policies_of(Rule(id="rule", summary="It holds.", check=check))
    window = Window(today=TODAY, days=60)
    found, looked_at = days_changed(document_of(RELEASE), policies, window)
    assert found == [dt.date(2026, 1, 17), dt.date(2026, 1, 18), dt.date(2026, 2, 17), dt.date(2026, 2, 18)]
    assert looked_at == tuple(window)
    assert clock_of(policies).opaque == {"mine/rule": IN_PYTHON}


def test_every_day_is_looked_at_for_a_release_with_too_many_dates() -> None:
    evidence = [{"id": f"e{each}", "kind": "card", "date": str(TODAY - each * DAY)} for each in range(40)]
    document = document_of({**RELEASE, "evidence": evidence})
    asked = rule_of("today - this.assessed_on < this.review_by - manifest.release.date")
    _, looked_at = days_changed(document, policies_of(asked), Window(today=TODAY, days=30))
    assert len(looked_at) == 30


def test_every_day_is_looked_at_for_a_release_that_nothing_is_known_of() -> None:
    policies = policies_of(rule_of("this.review_by >= today", when="today > this.review_by"))
    found, looked_at = days_changed(document_of(RELEASE), policies, Window(today=TODAY, days=30))
    assert found == [dt.date(2026, 1, 11)]  # until then, no rule applies, and there is no report
    assert len(looked_at) == 30


# Waivers and effective days -------------------------------------------------------------------------------------------


def waiver(name: str, created: dt.date, expires: dt.date, pointer: str = "") -> Waiver:
    return Waiver(
        id=name,
        rule="mine/rule",
        release="acme/one",
        reason=WaiverReason.ACCEPTED_RISK,
        justification="It is known.",
        owner="one",
        approved_by="another",
        ticket="T-1",
        created=created,
        expires=expires,
        pointer=pointer,
    )


@pytest.mark.no_cover
@settings(max_examples=40)
@given(
    spans=st.lists(st.tuples(st.integers(-20, 40), st.integers(0, 30), st.sampled_from(["", "/threat/a"])), max_size=3),
    effective=st.none() | st.integers(-3, 40),
)
def test_no_day_is_missed_for_waivers_and_rules_that_take_effect(
    spans: list[tuple[int, int, str]], effective: int | None
) -> None:
    waivers = [
        waiver(f"w{number}", TODAY + first * DAY, TODAY + (first + length) * DAY, pointer=pointer)
        for number, (first, length, pointer) in enumerate(spans)
    ]
    since = None if effective is None else TODAY + effective * DAY
    never = rule_of('manifest.release.stage == "released"', waivable=40, effective=since)
    window = Window(today=TODAY, days=75)
    found, looked_at = days_changed(document_of(RELEASE), policies_of(never), window, waivers)
    assert set(found) <= set(looked_at)
    if state_on(TODAY, document_of(RELEASE), policies_of(never), window, waivers).manifest is not None:
        assert len(looked_at) <= 2 * len(waivers) + 1 + 4  # and the days on which its channels open and close


@pytest.mark.parametrize("days", [0, -1, MOST_DAYS + 1])
def test_a_window_has_some_days_and_not_too_many(days: int) -> None:
    with pytest.raises(AuditError, match="a forecast of"):
        Window(today=TODAY, days=days)


def test_a_window_stays_in_the_calendar() -> None:
    assert Window(today=dt.date.max - 3 * DAY, days=3).last == dt.date.max
    with pytest.raises(AuditError, match="leave the calendar"):
        Window(today=dt.date.max - 3 * DAY, days=4)


def test_the_ends_of_the_calendar_are_days_like_any_other() -> None:
    last = dt.date.max
    data = {**RELEASE, "access": [{"id": "a", "kind": "api", "until": "9999-12-31"}]}
    data["threat"] = [{"id": "a", "vector": "other", "review_by": "9999-12-30"}]
    endless = waiver("w", last - 40 * DAY, last)
    window = Window(today=last - 9 * DAY, days=9)
    policies = policies_of(rule_of("this.review_by >= today", waivable=41))
    found, looked_at = days_changed(document_of(data), policies, window, [endless])
    assert found == [last]
    assert set(found) <= set(looked_at)
