"""Waivers; the numbers are those of the list of threats."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from release_review.errors import WaiverError
from release_review.importers import release_review_importers
from release_review.load import read_document
from release_review.model import Document, Finding, Outcome, Rule, RuleResult, Severity, Waiver
from release_review.waive import apply_waivers, last_day, load_waivers

RELEASE = "openai/gpt-oss-120b"
CREATED = dt.date(2026, 1, 1)
EXPIRES = dt.date(2026, 3, 31)
TODAY = dt.date(2026, 2, 1)
DAY = dt.timedelta(days=1)

ENTRY = """
[[waiver]]
id = "w1"
rule = "marginal-risk/existing-risk-present"
release = "openai/gpt-oss-120b"
reason = "The report is under review and out within the month."
approved_by = "Release board"
created = 2026-01-01
expires = 2026-03-31
"""
FILE = f'schema = "release-waivers/1"\n{ENTRY}'


def document(text: str) -> Document:
    (importer,) = [each for each in release_review_importers() if each.name == "TOML"]
    return read_document(text.encode(), name="waivers.toml", importer=importer)


def errors_of(text: str) -> list[str]:
    with pytest.raises(WaiverError) as caught:
        load_waivers(document(text))
    return [str(error) for error in caught.value.flat()]


# Reading --------------------------------------------------------------------------------------------------------------


def test_a_waiver_is_read_with_all_that_it_says() -> None:
    (waiver,) = load_waivers(document(FILE + 'pointer = "/threat/bio-uplift"\n'))
    assert waiver == Waiver(
        id="w1",
        rule="marginal-risk/existing-risk-present",
        release=RELEASE,
        reason="The report is under review and out within the month.",
        approved_by="Release board",
        created=CREATED,
        expires=EXPIRES,
        pointer="/threat/bio-uplift",
    )


def test_a_waiver_without_a_pointer_is_for_the_whole_rule() -> None:
    assert load_waivers(document(FILE))[0].pointer == ""


def test_a_file_without_waivers_is_fine() -> None:
    assert load_waivers(document('schema = "release-waivers/1"')) == ()


def test_a_waiver_may_begin_and_expire_on_one_day() -> None:
    (waiver,) = load_waivers(document(FILE.replace("2026-03-31", "2026-01-01")))
    assert waiver.created == waiver.expires == CREATED


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        pytest.param('id = "w1"', 'id = "W 1"', id="W12-id"),
        pytest.param('id = "w1"', 'id = "w1"\nseverity = "note"', id="W12-unknown-key"),
        pytest.param('reason = "The report', 'reasons = "The report', id="W12-missing"),
        pytest.param('approved_by = "Release board"', "approved_by = true", id="W12-type"),
        pytest.param('"marginal-risk/existing-risk-present"', '"*"', id="W03-star"),
        pytest.param('"marginal-risk/existing-risk-present"', '"marginal-risk/*"', id="W03-policy"),
        pytest.param('"marginal-risk/existing-risk-present"', '"marginal-risk"', id="W03-prefix"),
        pytest.param('"marginal-risk/existing-risk-present"', '"marginal-risk/existing.+"', id="W03-regex"),
        pytest.param('"marginal-risk/existing-risk-present"', '"Marginal-risk/existing-risk-present"', id="W08-case"),
        pytest.param('"openai/gpt-oss-120b"', '"openai/*"', id="W03-release"),
        pytest.param('"openai/gpt-oss-120b"', '"*"', id="W07"),
        pytest.param("expires = 2026-03-31", "", id="W06-no-expiry"),
        pytest.param("expires = 2026-03-31", 'expires = "never"', id="W06-never"),
        pytest.param("expires = 2026-03-31", 'expires = "2026"', id="W06-year"),
        pytest.param("expires = 2026-03-31", "expires = 2026-03-31T00:00:00Z", id="T02-instant"),
        pytest.param("expires = 2026-03-31", 'expires = "20260331"', id="W06-compact"),
        pytest.param("expires = 2026-03-31", 'expires = "2026-W14-1"', id="W06-week"),
        pytest.param("expires = 2026-03-31", 'expires = "2026-03-31"\npointer = ""', id="W12-empty-pointer"),
        pytest.param("expires = 2026-03-31", 'expires = "2026-03-31"\npointer = "threat"', id="W12-pointer"),
        pytest.param("release-waivers/1", "release-waivers/2", id="W12-version"),
    ],
)
def test_one_fault_refuses_the_whole_file(written: str, instead: str) -> None:
    assert written in FILE
    errors = errors_of(FILE.replace(written, instead) + ENTRY.replace("w1", "w2"))
    assert all(error.startswith("waivers.toml:") for error in errors)


@pytest.mark.parametrize(
    ("written", "instead", "error"),
    [
        pytest.param(
            "expires = 2026-03-31",
            'expires = "2026-02-30"',
            "waivers.toml:10:1: `expires` of waiver 'w1' is '2026-02-30', which is no day of the calendar; "
            "write a day as 2026-01-31",
            id="W12-no-such-day",
        ),
        pytest.param(
            "expires = 2026-03-31",
            "expires = 2025-12-31",
            "waivers.toml:10:1: waiver 'w1' expires on 2025-12-31, before it begins on 2026-01-01; "
            "correct `created` or `expires`",
            id="W05",
        ),
        pytest.param(
            '"Release board"',
            '" \\u200b\\u2066"',
            "waivers.toml:8:1: waiver 'w1' has no approved_by; say it in words in `approved_by`",
            id="W16",
        ),
        pytest.param(
            '"The report is under review and out within the month."',
            '"..."',
            "waivers.toml:7:1: waiver 'w1' has no reason; say it in words in `reason`",
            id="W12-reason",
        ),
    ],
)
def test_a_fault_is_told_with_its_line(written: str, instead: str, error: str) -> None:
    assert errors_of(FILE.replace(written, instead)) == [error]


def test_ids_of_one_file_differ() -> None:
    """W09."""
    expected = "waivers.toml:13:1: two waivers have the id 'w1'; give each an id of its own"
    assert errors_of(FILE + ENTRY) == [expected]


def test_all_faults_of_a_file_are_told_at_once() -> None:
    text = FILE.replace('"Release board"', '" "').replace("2026-03-31", "2025-12-31")
    assert [error.split(":")[1] for error in errors_of(text)] == ["8", "10"]


# Applying -------------------------------------------------------------------------------------------------------------


def waiver(**changes: Any) -> Waiver:
    sound = Waiver(
        id="w1",
        rule="acme/one",
        release=RELEASE,
        reason="It is on its way.",
        approved_by="Release board",
        created=CREATED,
        expires=EXPIRES,
    )
    return replace(sound, **changes)


def result(
    name: str = "acme/one", *, outcome: Outcome = Outcome.FAIL, at: Sequence[str] = (), **rule: Any
) -> RuleResult:
    return RuleResult(
        id=name,
        rule=Rule(id=name.partition("/")[2], summary="One thing holds.", assertion="true", **rule),
        severity=Severity.ERROR,
        outcome=outcome,
        findings=tuple(Finding(message="It does not.", pointer=pointer) for pointer in at),
    )


def lifted(results: Sequence[RuleResult], *waivers: Waiver, today: dt.date = TODAY, data: Any = None) -> list[str]:
    after, _, _ = apply_waivers(results, waivers, release=RELEASE, today=today, data=data)
    return [each.id for each in after if each.waiver is not None]


def error_of(*waivers: Waiver, today: dt.date = TODAY, data: Any = None, **rule: Any) -> str:
    results = [result(**rule), result("acme/two"), result("other/one")]
    with pytest.raises(WaiverError) as caught:
        apply_waivers(results, waivers, release=RELEASE, today=today, data=data)
    return "\n".join(str(error) for error in caught.value.flat())


def test_a_waived_result_no_longer_blocks_and_says_why() -> None:
    """W15."""
    (after,), lapsed, unused = apply_waivers([result()], [waiver()], release=RELEASE, today=TODAY)
    assert after.waiver == waiver()
    assert after.outcome is Outcome.FAIL
    assert not after.blocks
    assert (lapsed, unused) == ((), ())


@pytest.mark.parametrize("today", [CREATED, EXPIRES])
def test_a_waiver_holds_on_its_first_and_on_its_last_day(today: dt.date) -> None:
    """T04."""
    assert lifted([result()], waiver(), today=today) == ["acme/one"]


@pytest.mark.parametrize("today", [CREATED - DAY, EXPIRES + DAY], ids=["W05-not-yet", "W01-expired"])
def test_a_waiver_that_does_not_hold_today_is_ignored_and_reported(today: dt.date) -> None:
    """W01, W05."""
    (after,), lapsed, unused = apply_waivers([result()], [waiver()], release=RELEASE, today=today)
    assert after.blocks
    assert (lapsed, unused) == ((waiver(),), ())


@pytest.mark.parametrize("outcome", [Outcome.FAIL, Outcome.UNKNOWN])
def test_what_is_not_met_or_not_known_can_be_waived(outcome: Outcome) -> None:
    assert lifted([result(outcome=outcome)], waiver()) == ["acme/one"]


@pytest.mark.parametrize("outcome", [Outcome.ERROR, Outcome.PASS, Outcome.NOT_APPLICABLE])
def test_what_broke_or_needs_no_waiver_is_left_alone(outcome: Outcome) -> None:
    """W10."""
    before = result(outcome=outcome)
    (after,), lapsed, unused = apply_waivers([before], [waiver()], release=RELEASE, today=TODAY)
    assert after == before
    assert (lapsed, unused) == ((), (waiver(),))


@pytest.mark.parametrize("release", ["openai/gpt-oss-20b", "openai/gpt-oss-120b@2", "openai/gpt-oss"])
def test_a_waiver_for_another_release_is_not_looked_at(release: str) -> None:
    """W07."""
    others = [waiver(release=release), waiver(id="w2", release=release, rule="no/such")]
    (after,), lapsed, unused = apply_waivers([result()], others, release=RELEASE, today=TODAY)
    assert after.blocks
    assert (lapsed, unused) == ((), ())


def test_a_release_that_differs_in_case_only_is_a_mistake() -> None:
    """W08."""
    expected = (
        "waiver 'w1' is for 'OpenAI/gpt-oss-120b', and the release is 'openai/gpt-oss-120b'; "
        "write the id as the manifest does"
    )
    assert error_of(waiver(release="OpenAI/gpt-oss-120b")) == expected


@pytest.mark.parametrize("today", [TODAY, EXPIRES + DAY], ids=["holds", "lapsed"])
@pytest.mark.parametrize(
    ("rule", "hint"),
    [
        ("acme/onne", "did you mean 'acme/one'?"),
        ("Acme/one", "did you mean 'acme/one'?"),
        ("*", "correct the id, or select the policy '*' too"),
        ("house", "correct the id, or select the policy 'house' too"),
        ("acme/*", "did you mean 'acme/two'?"),
        ("third/thing", "correct the id, or select the policy 'third' too"),
    ],
)
def test_a_rule_that_no_policy_has_is_a_mistake(rule: str, hint: str, today: dt.date) -> None:
    """W02, W03, W08."""
    expected = f"waiver 'w1' is for the rule {rule!r}, which no loaded policy has; {hint}"
    assert error_of(waiver(rule=rule), today=today) == expected


def test_a_rule_that_may_not_be_waived_stays_as_it_is() -> None:
    """W11."""
    expected = "waiver 'w1' is for the rule 'acme/one', which may not be waived; meet the rule, and remove the waiver"
    assert error_of(waiver(), waivable=None) == expected


def test_a_term_as_long_as_the_rule_allows_is_taken() -> None:
    assert lifted([result(waivable=90)], waiver()) == ["acme/one"]


def test_a_term_longer_by_a_day_is_a_mistake() -> None:
    """W06."""
    expected = (
        "waiver 'w1' holds for 90 days, and 'acme/one' may be waived for 89; "
        "set `expires` to 2026-03-30 or an earlier day"
    )
    assert error_of(waiver(), waivable=89) == expected


@pytest.mark.parametrize(("days", "last"), [(1, CREATED), (90, EXPIRES)])
def test_the_last_day_counts(days: int, last: dt.date) -> None:
    assert last_day(Rule(id="one", summary="One.", waivable=days), created=CREATED) == last


def test_a_rule_that_may_not_be_waived_has_no_last_day() -> None:
    assert last_day(Rule(id="one", summary="One.", waivable=None), created=CREATED) is None


def test_two_waivers_for_the_same_thing_are_a_mistake() -> None:
    """W09."""
    expected = "the waivers 'w1' and 'w2' both hold today for 'acme/one'; keep one of them"
    assert error_of(waiver(id="w2"), waiver(id="w1")) == expected


def test_two_waivers_for_the_same_place_are_a_mistake() -> None:
    """W09."""
    expected = "the waivers 'w1' and 'w2' both hold today for 'acme/one' at /threat/a; keep one of them"
    assert error_of(waiver(pointer="/threat/a"), waiver(id="w2", pointer="/threat/a")) == expected


def test_of_two_waivers_the_one_that_holds_today_counts() -> None:
    """W09."""
    early = waiver(id="early", expires=TODAY - DAY)
    (after,), lapsed, _ = apply_waivers([result()], [waiver(), early], release=RELEASE, today=TODAY)
    assert (after.waiver, lapsed) == (waiver(), (early,))


def test_errors_of_a_file_have_its_lines() -> None:
    with pytest.raises(WaiverError) as caught:
        apply_waivers([result()], load_waivers(document(FILE)), release=RELEASE, today=TODAY)
    assert str(caught.value).startswith(
        "waivers.toml:5:1: waiver 'w1' is for the rule 'marginal-risk/existing-risk-present'"
    )


def test_all_waivers_that_are_at_fault_are_told_at_once() -> None:
    errors = error_of(waiver(rule="acme/on"), waiver(id="w2", rule="acme/tw")).splitlines()
    assert [error.split(" is for")[0] for error in errors] == ["waiver 'w1'", "waiver 'w2'"]


# Places ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (["/threat/1"], ["acme/one"]),
        (["/threat/1/marginal_risk"], ["acme/one"]),
        (["/threat/1", "/threat/1/marginal_risk/measured"], ["acme/one"]),
        (["/threat/1", "/threat/2"], []),
        (["/threat/10"], []),
        (["/threat"], []),
        ([""], []),
        ([], []),
    ],
)
def test_a_waiver_with_a_pointer_lifts_only_what_lies_there(at: list[str], expected: list[str]) -> None:
    assert lifted([result(at=at)], waiver(pointer="/threat/1")) == expected


def test_two_waivers_that_cover_half_each_lift_nothing() -> None:
    """W09: combining does not widen."""
    halves = [waiver(id="w1", pointer="/threat/0"), waiver(id="w2", pointer="/threat/1")]
    (after,), _, unused = apply_waivers([result(at=["/threat/0", "/threat/1"])], halves, release=RELEASE, today=TODAY)
    assert after.blocks
    assert unused == tuple(halves)


def test_the_narrowest_waiver_is_the_one_that_is_used() -> None:
    narrow = waiver(id="w2", pointer="/threat/1")
    (after,), _, unused = apply_waivers([result(at=["/threat/1"])], [waiver(), narrow], release=RELEASE, today=TODAY)
    assert (after.waiver, unused) == (narrow, (waiver(),))


THREATS: Mapping[str, Any] = {"threat": [{"id": "bio-uplift"}, {"id": "phishing"}], "actors": ["a", "b"]}


def test_a_pointer_names_an_item_by_its_id_wherever_it_stands_in_the_list() -> None:
    narrow = waiver(pointer="/threat/phishing")
    reordered = {"threat": THREATS["threat"][::-1]}
    assert lifted([result(at=["/threat/1/scale"])], narrow, data=THREATS) == ["acme/one"]
    assert lifted([result(at=["/threat/0/scale"])], narrow, data=THREATS) == []
    assert lifted([result(at=["/threat/0/scale"])], narrow, data=reordered) == ["acme/one"]


def test_a_pointer_with_an_index_is_a_mistake_where_items_have_ids() -> None:
    expected = (
        "waiver 'w1' names an item by its place in a list, '/threat/1/scale', which may change; "
        "write '/threat/phishing/scale'"
    )
    assert error_of(waiver(pointer="/threat/1/scale"), data=THREATS) == expected


def test_a_pointer_with_an_index_is_fine_where_items_have_none() -> None:
    assert lifted([result(at=["/actors/1"])], waiver(pointer="/actors/1"), data=THREATS) == ["acme/one"]


# Properties -----------------------------------------------------------------------------------------------------------

RULES = ("acme/one", "acme/two", "other/one")
POINTERS = ("", "/threat", "/threat/0", "/threat/0/scale", "/threat/1")
DAYS = st.dates(CREATED - 9 * DAY, CREATED + 9 * DAY)
RESULTS = st.tuples(
    *(
        st.builds(
            result, st.just(name), outcome=st.sampled_from(Outcome), at=st.lists(st.sampled_from(POINTERS), max_size=3)
        )
        for name in RULES
    )
)


@st.composite
def waivers_without_repetition(draw: st.DrawFn) -> list[Waiver]:
    places = draw(st.lists(st.tuples(st.sampled_from(RULES), st.sampled_from(POINTERS)), unique=True, max_size=6))
    found = []
    for index, (rule, pointer) in enumerate(places):
        first, last = sorted((draw(DAYS), draw(DAYS)))
        release = draw(st.sampled_from([RELEASE, "openai/other"]))
        found.append(waiver(id=f"w{index}", rule=rule, pointer=pointer, created=first, expires=last, release=release))
    return found


@given(results=RESULTS, waivers=waivers_without_repetition(), today=DAYS)
def test_only_what_a_waiver_covers_is_lifted(
    results: tuple[RuleResult, ...], waivers: list[Waiver], today: dt.date
) -> None:
    after, lapsed, unused = apply_waivers(results, waivers, release=RELEASE, today=today)
    for each in after:
        if each.waiver is not None:
            assert each.outcome in (Outcome.FAIL, Outcome.UNKNOWN)
            assert (each.waiver.rule, each.waiver.release) == (each.id, RELEASE)
            assert each.waiver.created <= today <= each.waiver.expires
            assert all((finding.pointer + "/").startswith(each.waiver.pointer + "/") for finding in each.findings)
    assert [replace(each, waiver=None) for each in after] == list(results)
    used = [each.waiver for each in after if each.waiver is not None]
    ours = [each for each in waivers if each.release == RELEASE]
    assert sorted([*lapsed, *unused, *used], key=lambda each: each.id) == ours


@given(results=RESULTS, waivers=waivers_without_repetition(), today=DAYS, data=st.data())
def test_fewer_waivers_never_lift_more(
    results: tuple[RuleResult, ...], waivers: list[Waiver], today: dt.date, data: st.DataObject
) -> None:
    fewer = data.draw(st.lists(st.sampled_from(waivers), unique=True)) if waivers else []
    assert set(lifted(results, *fewer, today=today)) <= set(lifted(results, *waivers, today=today))


@given(results=RESULTS, waivers=waivers_without_repetition(), today=DAYS, data=st.data())
def test_the_order_of_waivers_never_shows(
    results: tuple[RuleResult, ...], waivers: list[Waiver], today: dt.date, data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(waivers))
    assert apply_waivers(results, shuffled, release=RELEASE, today=today) == apply_waivers(
        results, waivers, release=RELEASE, today=today
    )
