"""Waivers; the numbers are those of the list of threats."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from faults import place_of
from hypothesis import given
from hypothesis import strategies as st

from release_review import gate
from release_review.authoring.cases import document_of
from release_review.errors import WaiverError
from release_review.importers import release_review_importers
from release_review.load import read_document
from release_review.model import (
    Document,
    Finding,
    Manifest,
    Outcome,
    Rule,
    RuleContext,
    RuleResult,
    Severity,
    Waived,
    Waiver,
    WaiverReason,
)
from release_review.situation import digest_of_situation
from release_review.validate import validate
from release_review.waive import apply_waivers, faults_against, faults_of_terms, last_day, situation_of, strays
from release_review.waiver_file import load_waivers

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
reason = "scheduled-fix"
justification = "The report is under review and out within the month."
owner = "Release manager"
approved_by = "Release board"
ticket = "GATE-1"
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
    digest = f"sha256:{'0' * 64}"
    (waiver,) = load_waivers(document(FILE + f'pointer = "/threat/bio-uplift"\nfacts = "{digest}"\n'))
    assert waiver == Waiver(
        id="w1",
        rule="marginal-risk/existing-risk-present",
        release=RELEASE,
        reason=WaiverReason.SCHEDULED_FIX,
        justification="The report is under review and out within the month.",
        owner="Release manager",
        approved_by="Release board",
        ticket="GATE-1",
        created=CREATED,
        expires=EXPIRES,
        pointer="/threat/bio-uplift",
        facts=digest,
    )


def test_a_waiver_without_a_pointer_is_for_the_whole_rule() -> None:
    (waiver,) = load_waivers(document(FILE))
    assert (waiver.pointer, waiver.facts) == ("", "")


def test_a_file_without_waivers_is_fine() -> None:
    assert load_waivers(document('schema = "release-waivers/1"')) == ()


def test_a_waiver_may_begin_and_expire_on_one_day() -> None:
    (waiver,) = load_waivers(document(FILE.replace("2026-03-31", "2026-01-01")))
    assert waiver.created == waiver.expires == CREATED


REQUIRED = ("id", "rule", "release", "reason", "justification", "owner", "approved_by", "ticket", "created", "expires")


@pytest.mark.parametrize("name", REQUIRED)
def test_a_waiver_says_all_that_it_must(name: str) -> None:
    """W06, W12."""
    text = "".join(line for line in FILE.splitlines(keepends=True) if not line.startswith(f"{name} = "))
    (error,) = errors_of(text + ENTRY.replace("w1", "w2"))
    assert error.startswith("waivers.toml:3:1: ")
    assert f"has no '{name}'" in error


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        pytest.param('id = "w1"', 'id = "W 1"', id="W12-id"),
        pytest.param('id = "w1"', "id = 1", id="W12-id-number"),
        pytest.param('id = "w1"', 'id = "w\u0131"', id="W08-id"),
        pytest.param('id = "w1"', 'id = "w1"\nseverity = "note"', id="W12-unknown-key"),
        pytest.param('approved_by = "Release board"', "approved_by = true", id="W12-type"),
        pytest.param('"scheduled-fix"', '"because"', id="W12-reason"),
        pytest.param('"marginal-risk/existing-risk-present"', '"*"', id="W03-star"),
        pytest.param('"marginal-risk/existing-risk-present"', '"marginal-risk/*"', id="W03-policy"),
        pytest.param('"marginal-risk/existing-risk-present"', '"marginal-risk"', id="W03-prefix"),
        pytest.param('"marginal-risk/existing-risk-present"', '"marginal-risk/existing.+"', id="W03-regex"),
        pytest.param('"marginal-risk/existing-risk-present"', '"Marginal-risk/existing-risk-present"', id="W08-case"),
        pytest.param('"openai/gpt-oss-120b"', '"openai/*"', id="W03-release"),
        pytest.param('"openai/gpt-oss-120b"', '"*"', id="W07"),
        pytest.param("expires = 2026-03-31", 'expires = "never"', id="W06-never"),
        pytest.param("expires = 2026-03-31", 'expires = "2026"', id="W06-year"),
        pytest.param("expires = 2026-03-31", "expires = 2026-03-31T00:00:00Z", id="T02-instant"),
        pytest.param("expires = 2026-03-31", 'expires = "20260331"', id="W06-compact"),
        pytest.param("expires = 2026-03-31", 'expires = "2026-W14-1"', id="W06-week"),
        pytest.param("expires = 2026-03-31", 'expires = "2026-03-31"\npointer = ""', id="W12-empty-pointer"),
        pytest.param("expires = 2026-03-31", 'expires = "2026-03-31"\npointer = "threat"', id="W12-pointer"),
        pytest.param("expires = 2026-03-31", 'expires = "2026-03-31"\npointer = "/threat~2"', id="W12-escape"),
        pytest.param("expires = 2026-03-31", 'expires = "2026-03-31"\nfacts = ""', id="W12-no-facts"),
        pytest.param("expires = 2026-03-31", 'expires = "2026-03-31"\nfacts = "sha256:0"', id="W12-facts"),
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
            "waivers.toml:13:1: `expires` of waiver 'w1' is '2026-02-30', which is no day of the calendar; "
            "write a day as 2026-01-31",
            id="W12-no-such-day",
        ),
        pytest.param(
            "created = 2026-01-01",
            'created = "0000-01-01"',
            "waivers.toml:12:1: `created` of waiver 'w1' is '0000-01-01', which is no day of the calendar; "
            "write a day as 2026-01-31",
            id="W05-no-such-year",
        ),
        pytest.param(
            "expires = 2026-03-31",
            "expires = 2025-12-31",
            "waivers.toml:13:1: waiver 'w1' expires on 2025-12-31, before it begins on 2026-01-01; "
            "correct `created` or `expires`",
            id="W05",
        ),
        pytest.param(
            '"Release board"',
            '" \\u200b\\u2066"',
            "waivers.toml:10:1: waiver 'w1' has no approved_by; say it in words in `approved_by`",
            id="W16",
        ),
        pytest.param(
            '"Release manager"',
            '"n/a"',
            "waivers.toml:9:1: waiver 'w1' has no owner; say it in words in `owner`",
            id="W12-owner",
        ),
        pytest.param(
            '"GATE-1"',
            '"none"',
            "waivers.toml:11:1: waiver 'w1' has no ticket; say it in words in `ticket`",
            id="W12-t",
        ),
        pytest.param(
            '"The report is under review and out within the month."',
            '"..."',
            "waivers.toml:8:1: waiver 'w1' has no justification; say it in words in `justification`",
            id="W12-justification",
        ),
    ],
)
def test_a_fault_is_told_with_its_line(written: str, instead: str, error: str) -> None:
    assert errors_of(FILE.replace(written, instead)) == [error]


def test_ids_of_one_file_differ() -> None:
    """W09."""
    expected = "waivers.toml:16:1: two waivers have the id 'w1'; give each an id of its own"
    assert errors_of(FILE + ENTRY) == [expected]


def test_all_faults_of_a_file_are_told_at_once() -> None:
    text = FILE.replace('"Release board"', '" "').replace("2026-03-31", "2025-12-31")
    assert [error.split(":")[1] for error in errors_of(text)] == ["10", "13"]


# Applying -------------------------------------------------------------------------------------------------------------

THREATS: tuple[Mapping[str, Any], ...] = (
    {"id": "bio-uplift", "vector": "biosecurity"},
    {"id": "phishing", "vector": "spear-phishing"},
)


def manifest(today: dt.date = TODAY, **data: Any) -> Manifest:
    written = {"schema": "release-manifest/1", "release": {"id": RELEASE}, "threat": THREATS, **data}
    return validate(document_of(plain(written)), today=today)


def plain(value: Any) -> Any:
    """Give plain data, as a file holds it."""
    if isinstance(value, Mapping):
        return {key: plain(inner) for key, inner in value.items()}
    return [plain(each) for each in value] if isinstance(value, list | tuple) else value


def waiver(**changes: Any) -> Waiver:
    sound = Waiver(
        id="w1",
        rule="acme/one",
        release=RELEASE,
        reason=WaiverReason.ACCEPTED_RISK,
        justification="It is on its way.",
        owner="Release manager",
        approved_by="Release board",
        ticket="GATE-1",
        created=CREATED,
        expires=EXPIRES,
    )
    return replace(sound, **changes)


def result(
    name: str = "acme/one",
    *,
    outcome: Outcome = Outcome.FAIL,
    at: Sequence[str] = (),
    findings: Sequence[Finding] = (),
    **rule: Any,
) -> RuleResult:
    return RuleResult(
        id=name,
        rule=Rule(id=name.partition("/")[2], summary="One thing holds.", assertion="true", **rule),
        severity=Severity.ERROR,
        outcome=outcome,
        findings=(*findings, *(Finding(message="It does not.", pointer=each, outcome=outcome) for each in at)),
    )


def apply(results: Sequence[RuleResult], *waivers: Waiver, today: dt.date = TODAY, **data: Any) -> Waived:
    return apply_waivers(results, waivers, manifest=manifest(today, **data))


def lifted(results: Sequence[RuleResult], *waivers: Waiver, today: dt.date = TODAY, **data: Any) -> list[str]:
    return [each.id for each in apply(results, *waivers, today=today, **data).results if each.lifted]


def told(waived: Waived) -> list[tuple[str, str]]:
    return [(fault.rule, fault.message) for fault in waived.faults]


def error_of(*waivers: Waiver, today: dt.date = TODAY, **data: Any) -> str:
    with pytest.raises(WaiverError) as caught:
        apply([result()], *waivers, today=today, **data)
    return "\n".join(str(error) for error in caught.value.flat())


def test_a_waived_result_no_longer_blocks_and_says_why() -> None:
    """W15."""
    waived = apply([result()], waiver())
    (after,) = waived.results
    assert (after.waiver, after.outcome, after.blocks) == (waiver(), Outcome.FAIL, False)
    assert (waived.lapsed, waived.unused, waived.faults) == ((), (), ())


def test_without_waivers_every_result_stays_as_it_is() -> None:
    results = (result(), result("acme/two", at=["/threat/0"]))
    assert apply(results) == Waived(results=results)


@pytest.mark.parametrize("today", [CREATED, EXPIRES])
def test_a_waiver_holds_on_its_first_and_on_its_last_day(today: dt.date) -> None:
    """T04."""
    assert lifted([result()], waiver(), today=today) == ["acme/one"]


@pytest.mark.parametrize(
    ("today", "message"),
    [
        (CREATED - DAY, "waiver w1 holds from 2026-01-01 on, and lifts nothing of acme/one before"),
        (EXPIRES + DAY, "waiver w1 expired on 2026-03-31, and lifts nothing of acme/one any more"),
    ],
    ids=["W05-not-yet", "W01-expired"],
)
def test_a_waiver_that_does_not_hold_today_is_ignored_and_reported(today: dt.date, message: str) -> None:
    """W01, W05."""
    waived = apply([result()], waiver(), today=today)
    assert waived.results[0].blocks
    assert (waived.lapsed, waived.unused) == ((waiver(),), ())
    assert told(waived) == [(gate.IN_FORCE, message)]


def test_what_has_expired_is_told_nothing_else() -> None:
    expired = waiver(rule="no/such", owner="Release board")
    assert [rule for rule, _ in told(apply([result()], expired, today=EXPIRES + DAY))] == [gate.IN_FORCE]


@pytest.mark.parametrize("outcome", [Outcome.FAIL, Outcome.UNKNOWN])
def test_what_is_not_met_or_not_known_can_be_waived(outcome: Outcome) -> None:
    assert lifted([result(outcome=outcome)], waiver()) == ["acme/one"]


@pytest.mark.parametrize("facts", ["", f"sha256:{'0' * 64}"], ids=["", "facts"])
@pytest.mark.parametrize("outcome", [Outcome.ERROR, Outcome.PASS, Outcome.NOT_APPLICABLE])
def test_what_broke_or_needs_no_waiver_is_left_alone(outcome: Outcome, facts: str) -> None:
    """W10."""
    before, asked = result(outcome=outcome, at=["/threat/0"]), waiver(facts=facts)
    waived = apply([before], asked)
    assert waived.results == (before,)
    assert not before.lifted
    assert (waived.lapsed, waived.unused) == ((), (asked,))
    message = "waiver w1 lifts nothing: acme/one has no finding that it could lift"
    assert told(waived) == [(gate.USED, message)]


def test_a_part_that_broke_is_never_lifted() -> None:
    """W10: whatever a result says of itself."""
    mixed = result(findings=[Finding(message="It broke.", outcome=Outcome.ERROR)], at=["/threat/0"])
    (after,) = apply([mixed], waiver()).results
    assert [each.waiver for each in after.findings] == [None, waiver()]
    assert after.blocks


@pytest.mark.parametrize("release", ["openai/gpt-oss-20b", "openai/gpt-oss-120b@2", "openai/gpt-oss"])
def test_a_waiver_for_another_release_is_not_looked_at(release: str) -> None:
    """W07."""
    before = (result(),)
    assert apply(before, waiver(release=release), waiver(id="w2", release=release, rule="no/such")) == Waived(
        results=before
    )


def test_a_release_that_differs_in_case_only_is_told() -> None:
    """W08."""
    waived = apply([result()], waiver(release="OpenAI/gpt-oss-120b"))
    assert waived.results[0].blocks
    message = "waiver w1 is for 'OpenAI/gpt-oss-120b', and the release is 'openai/gpt-oss-120b'"
    assert told(waived) == [(gate.KNOWN_RELEASE, message)]


def test_waivers_for_releases_that_nobody_reviews_are_told_once_for_all() -> None:
    """W07, W08."""
    listed = [waiver(), waiver(id="w2", release="openai/gpt-oss-12b"), waiver(id="w3", release="OpenAI/gpt-oss-120b")]
    listed.append(waiver(id="w4", release="acme/x"))
    assert [(each.rule, each.message, place_of(each).key) for each in strays(listed, [RELEASE, RELEASE])] == [
        (
            gate.KNOWN_RELEASE,
            "waiver w2 is for 'openai/gpt-oss-12b', which is not reviewed here; did you mean 'openai/gpt-oss-120b'?",
            "w2",
        ),
        (gate.KNOWN_RELEASE, "waiver w4 is for 'acme/x', which is not reviewed here", "w4"),
    ]


@pytest.mark.parametrize(
    ("rule", "hint"),
    [
        ("acme/onne", "; did you mean 'acme/one'?"),
        ("Acme/one", "; did you mean 'acme/one'?"),
        ("*", ""),
        ("house", ""),
        ("acme/*", "; did you mean 'acme/two'?"),
        ("third/thing", ""),
        ("gate/waivers-used", ""),
    ],
)
def test_a_rule_that_no_policy_has_is_an_error(rule: str, hint: str) -> None:
    """W02, W03, W08."""
    waived = apply([result(), result("acme/two")], waiver(rule=rule))
    assert all(each.blocks for each in waived.results)
    assert told(waived) == [
        (gate.KNOWN_RULE, f"waiver w1 is for the rule {rule!r}, which no loaded policy has{hint}"),
    ]


def test_a_rule_that_may_not_be_waived_stays_as_it_is() -> None:
    """W11."""
    waived = apply([result(waivable=None)], waiver())
    assert waived.results[0].blocks
    message = "waiver w1 is for the rule 'acme/one', which may not be waived"
    assert told(waived) == [(gate.WAIVABLE_RULE, message)]


def test_a_term_as_long_as_the_rule_allows_is_taken() -> None:
    assert lifted([result(waivable=90)], waiver()) == ["acme/one"]


def test_a_term_longer_by_a_day_lifts_nothing() -> None:
    """W06."""
    waived = apply([result(waivable=89)], waiver())
    assert waived.results[0].blocks
    message = (
        "waiver w1 holds for 90 days, and 'acme/one' may be waived for 89: it may expire on 2026-03-30 at the latest"
    )
    assert told(waived) == [(gate.WITHIN_TERM, message)]


def term(name: str, first: int, last: int, **changes: Any) -> Waiver:
    """Give a waiver that holds from one day of the year to another."""
    return waiver(id=name, created=CREATED + (first - 1) * DAY, expires=CREATED + (last - 1) * DAY, **changes)


THIRTY = result(at=["/threat/0"], waivable=30)


@pytest.mark.parametrize(
    ("waivers", "beyond"),
    [
        ([term("a", 20, 40), term("b", 41, 60)], ["b"]),
        ([term("a", 20, 40), term("b", 35, 60)], ["b"]),
        ([term("a", 20, 40), term("b", 42, 60)], []),
        ([term("a", 20, 40), term("b", 41, 49)], []),
        ([term("a", 20, 40), term("b", 41, 50)], ["b"]),
        ([term("a", 20, 40), term("b", 41, 60), term("c", 61, 80), term("d", 82, 90)], ["b", "c"]),
        ([term("a", 10, 31), term("b", 32, 60)], []),
        ([term("a", 10, 31), term("b", 32, 60), term("c", 61, 80)], ["c"]),
        ([term("a", 20, 40), term("b", 41, 60, pointer="/threat/bio-uplift")], ["b"]),
        ([term("a", 20, 40, pointer="/threat/bio-uplift"), term("b", 41, 60)], ["b"]),
        ([term("a", 20, 40, pointer="/threat/bio-uplift"), term("b", 41, 60, pointer="/threat/phishing")], []),
        (
            [
                term("a", 20, 40, pointer="/threat/bio-uplift"),
                term("b", 20, 40, pointer="/threat/phishing"),
                term("c", 41, 60),
            ],
            ["c"],
        ),
        ([term("a", 20, 40), term("b", 41, 60, rule="acme/two")], []),
        ([term("a", 20, 40), term("b", 41, 60, release="acme/other")], []),
        ([term("a", 20, 40), term("b", 41, 60, owner="release board")], []),
        ([term("a", 1, 40), term("b", 41, 60)], []),
    ],
    ids=[
        "touch",
        "overlap",
        "a day between",
        "within",
        "a day beyond",
        "a chain",
        "the first is over",
        "the first is over, a third",
        "narrower",
        "wider",
        "another place",
        "wider than two",
        "another rule",
        "another release",
        "faulty itself",
        "too long by itself",
    ],
)
def test_waivers_end_to_end_are_one_term(waivers: list[Waiver], beyond: list[str]) -> None:
    """W06: day 32 of the year is the day of judgement."""
    waived = apply([THIRTY, result("acme/two", waivable=30)], *waivers)
    told_of = [
        place_of(fault).key
        for fault in waived.faults
        if fault.rule == gate.WITHIN_TERM and "together they hold" in fault.message
    ]
    assert told_of == beyond
    lifting = waived.results[0].findings[0].waiver
    assert lifting is None or lifting.id not in beyond


def test_what_lengthens_a_term_lifts_nothing_and_says_why() -> None:
    first, second = term("a", 10, 35, pointer="/threat/phishing"), term("b", 20, 45)
    waived = apply([result(at=["/threat/0", "/threat/1"], waivable=30)], first, second)
    assert [each.waiver for each in waived.results[0].findings] == [None, first]
    message = (
        "waiver b goes on where waiver a has begun: together they hold for 36 days, and 'acme/one' may be waived for 30"
    )
    assert told(waived) == [(gate.WITHIN_TERM, message)]
    alone = apply([THIRTY], second)
    assert (alone.results[0].waiver, alone.faults) == (second, ())


def test_terms_are_held_against_rules_without_any_release() -> None:
    listed = [term("a", 20, 40), term("b", 41, 60), term("c", 41, 60, rule="no/such")]
    found = list(faults_of_terms(listed, {"acme/one": THIRTY.rule}, today=TODAY))
    assert [(each.id, fault.rule) for each, fault in found] == [("b", gate.WITHIN_TERM)]


def test_many_unknown_names_are_not_all_compared() -> None:
    waived = apply([result()], *(waiver(id=f"w{number:03}", rule=f"acme/one-{number:03}") for number in range(200)))
    meant = [message for _, message in told(waived) if "did you mean 'acme/one'?" in message]
    assert (len(waived.faults), len(meant)) == (200, 100)


@pytest.mark.parametrize(("days", "last"), [(1, CREATED), (90, EXPIRES), (10**12, dt.date.max)])
def test_the_last_day_counts(days: int, last: dt.date) -> None:
    assert last_day(Rule(id="one", summary="One.", waivable=days), created=CREATED) == last


def test_a_rule_that_may_not_be_waived_has_no_last_day() -> None:
    assert last_day(Rule(id="one", summary="One.", waivable=None), created=CREATED) is None


def test_nobody_approves_a_waiver_of_their_own() -> None:
    """W04, W16; tests/test_identity.py has the disguises."""
    waived = apply([result()], waiver(owner="RELEASE  b\u200bo\u0430rd <board+gate@acme.org>"))
    assert waived.results[0].blocks
    assert [rule for rule, _ in told(waived)] == [gate.APPROVED]


def test_a_waiver_that_is_faulty_in_several_ways_is_told_all_of_them() -> None:
    faulty = waiver(rule="acme/on", owner="release board")
    waived = apply([result()], faulty, waiver(id="w2", rule="acme/tw"), today=CREATED - DAY)
    rules = [gate.KNOWN_RULE, gate.APPROVED, gate.IN_FORCE, gate.KNOWN_RULE, gate.IN_FORCE]
    assert [rule for rule, _ in told(waived)] == rules


def test_a_faulty_waiver_hides_no_sound_one() -> None:
    """W09: each is judged alone."""
    faulty = waiver(pointer="/threat/bio-uplift", owner="release board")
    waived = apply([result(at=["/threat/0"])], faulty, waiver(id="w2"))
    assert waived.results[0].waiver == waiver(id="w2")


def test_waivers_are_held_against_rules_without_any_release() -> None:
    rules = {"acme/one": result(waivable=None).rule}
    assert [each.rule for each in faults_against(waiver(), rules, today=TODAY)] == [gate.WAIVABLE_RULE]
    assert faults_against(waiver(), {"acme/one": result().rule}, today=TODAY) == ()


def test_two_waivers_for_the_same_thing_are_an_error() -> None:
    """W09."""
    expected = "the waivers 'w1' and 'w2' both hold today for 'acme/one'; keep one of them"
    assert error_of(waiver(id="w2"), waiver(id="w1")) == expected


def test_two_waivers_for_the_same_place_are_an_error() -> None:
    """W09."""
    expected = "the waivers 'w1' and 'w2' both hold today for 'acme/one' at /threat/phishing; keep one of them"
    assert error_of(waiver(pointer="/threat/phishing"), waiver(id="w2", pointer="/threat/phishing")) == expected


def test_of_two_waivers_the_one_that_holds_today_counts() -> None:
    """W09."""
    early = waiver(id="early", expires=TODAY - DAY)
    waived = apply([result()], waiver(), early)
    assert (waived.results[0].waiver, waived.lapsed) == (waiver(), (early,))


def test_faults_and_errors_have_the_lines_of_their_file() -> None:
    text = FILE.replace("marginal-risk/existing-risk-present", "acme/one")
    listed = load_waivers(document(text + text[text.index("[[waiver]]") :].replace("w1", "w2")))
    with pytest.raises(WaiverError) as caught:
        apply([result()], *listed)
    assert str(caught.value).startswith("waivers.toml:15:1: the waivers 'w1' and 'w2' both hold today")
    (fault,) = apply([result(waivable=89)], listed[0]).faults
    assert (place_of(fault).file, place_of(fault).key, place_of(fault).span.line) == ("waivers.toml", "w1", 13)


# Places ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (["/threat/1"], ["acme/one"]),
        (["/threat/1/marginal_risk"], ["acme/one"]),
        (["/threat/1", "/threat/1/marginal_risk/measured"], ["acme/one"]),
        (["/threat/1", "/threat/0"], []),
        (["/threat/2"], []),
        (["/threat"], []),
        ([""], []),
        ([], []),
    ],
)
def test_a_waiver_with_a_pointer_lifts_only_what_lies_there(at: list[str], expected: list[str]) -> None:
    """W03: `phishing` is no prefix of `phishing-kit`."""
    threats = (*THREATS, {"id": "phishing-kit", "vector": "spear-phishing"})
    assert lifted([result(at=at)], waiver(pointer="/threat/phishing"), threat=threats) == expected


@pytest.mark.parametrize(
    "pointer", ["/threat/phish", "/thre", "/threat/phishing/", "/threat/phishing/x", "/threat~1", "/release/id/0"]
)
def test_a_pointer_is_no_prefix_of_text(pointer: str) -> None:
    waived = apply([result(at=["/threat/1"])], waiver(pointer=pointer))
    assert waived.results[0].blocks
    message = f"waiver w1 lifts nothing: acme/one has no finding at {pointer} that it could lift"
    assert told(waived) == [(gate.USED, message)]


def test_escapes_of_a_pointer_mean_one_character() -> None:
    base = [{"id": "meta/llama", "relation": "adapter"}, {"id": "acme/x", "relation": "adapter"}]
    with_base: Mapping[str, Any] = {"release": {"id": RELEASE, "base": base}}
    narrow = waiver(pointer="/release/base/meta~1llama")
    assert lifted([result(at=["/release/base/0/relation"])], narrow, **with_base) == ["acme/one"]
    assert lifted([result(at=["/release/base/1/relation"])], narrow, **with_base) == []
    free: Mapping[str, Any] = {"extensions": {"acme": {"a/b": 1, "a~b": 1, "a~1b": 1}}}
    places = ["/extensions/acme/a~1b", "/extensions/acme/a~0b", "/extensions/acme/a~01b"]
    for place, other in itertools.product(places, repeat=2):
        assert bool(lifted([result(at=[other])], waiver(pointer=place), **free)) == (place == other)


def test_each_finding_is_lifted_by_itself() -> None:
    """W09: what one waiver leaves, another may lift; what none reaches blocks."""
    halves = [waiver(id="w1", pointer="/threat/bio-uplift"), waiver(id="w2", pointer="/threat/phishing")]
    both = result(at=["/threat/0", "/threat/1"])
    waived = apply([both], *halves)
    assert [each.waiver for each in waived.results[0].findings] == halves
    assert (waived.results[0].lifted, waived.unused) == (True, ())
    partly = apply([both], halves[0])
    assert [each.waiver for each in partly.results[0].findings] == [halves[0], None]
    assert partly.results[0].blocks
    assert partly.results[0].waiver is None


def test_the_narrowest_waiver_is_the_one_that_is_used() -> None:
    narrow = waiver(id="w2", pointer="/threat/phishing")
    waived = apply([result(at=["/threat/1"])], waiver(), narrow)
    assert (waived.results[0].waiver, waived.unused) == (narrow, (waiver(),))
    assert [rule for rule, _ in told(waived)] == [gate.USED]


def test_a_pointer_names_an_item_by_its_id_wherever_it_stands_in_the_list() -> None:
    narrow = waiver(pointer="/threat/phishing")
    assert lifted([result(at=["/threat/1/scale"])], narrow) == ["acme/one"]
    assert lifted([result(at=["/threat/0/scale"])], narrow) == []
    assert lifted([result(at=["/threat/0/scale"])], narrow, threat=THREATS[::-1]) == ["acme/one"]


def test_a_pointer_with_an_index_is_an_error_where_items_have_ids() -> None:
    expected = (
        "waiver 'w1' names an item by its place in a list, '/threat/1/scale', which may change; "
        "write '/threat/phishing/scale'"
    )
    assert error_of(waiver(pointer="/threat/1/scale")) == expected


@pytest.mark.parametrize("index", ["-", "01", "2", "+1", "\u00b2", "\u0661", "9" * 4000])
def test_what_is_no_index_names_nothing(index: str) -> None:
    assert lifted([result(at=["/threat/0", "/threat/1"])], waiver(pointer=f"/threat/{index}")) == []


def test_an_id_of_digits_is_an_id() -> None:
    numbered = ({"id": "1", "vector": "biosecurity"}, {"id": "0", "vector": "spear-phishing"})
    for threats in (numbered, numbered[::-1]):
        at = [f"/threat/{index}" for index, each in enumerate(threats) if each["id"] == "1"]
        others = [f"/threat/{index}" for index, each in enumerate(threats) if each["id"] == "0"]
        assert lifted([result(at=at)], waiver(pointer="/threat/1"), threat=threats) == ["acme/one"]
        assert lifted([result(at=others)], waiver(pointer="/threat/1"), threat=threats) == []


SAFEGUARDS = ({"name": "filter", "role": "implemented"}, {"name": "terms", "role": "delegated"})


def test_an_index_of_what_has_no_id_is_an_error_without_facts() -> None:
    expected = (
        "waiver 'w1' names an item without an id by its place in a list, '/safeguard/1', which may change; "
        "bind it to `facts`, as 'release-review waiver new' does"
    )
    assert error_of(waiver(pointer="/safeguard/1"), safeguard=SAFEGUARDS) == expected
    assert lifted([result(at=["/safeguard/1"])], waiver(pointer="/safeguard"), safeguard=SAFEGUARDS) == ["acme/one"]


def test_an_item_without_an_id_is_known_by_what_it_says() -> None:
    found = result(at=["/safeguard/1"])
    facts = situation_of(found, "/safeguard/1", manifest(safeguard=SAFEGUARDS))
    bound = waiver(pointer="/safeguard/1", facts=facts)
    assert lifted([found], bound, safeguard=SAFEGUARDS) == ["acme/one"]
    assert lifted([result(at=["/safeguard/0"])], bound, safeguard=SAFEGUARDS[::-1]) == []
    assert lifted([found], bound, safeguard=SAFEGUARDS[::-1]) == []


@pytest.mark.parametrize(
    "items", [[{"id": "a"}, {"id": "a"}], [{"id": "1"}, {}], [{"id": "1"}, {"id": 1}]], ids=["twice", "index", "number"]
)
def test_a_pointer_that_means_two_items_is_an_error(items: list[dict[str, Any]]) -> None:
    name = items[0]["id"]
    expected = (
        f"waiver 'w1' has a pointer '/extensions/acme/list/{name}' that means more than one item; "
        "name what holds them all"
    )
    assert error_of(waiver(pointer=f"/extensions/acme/list/{name}"), extensions={"acme": {"list": items}}) == expected


# Facts ----------------------------------------------------------------------------------------------------------------


def rests_on(*basis: str, at: str = "/threat/0", outcome: Outcome = Outcome.FAIL) -> Finding:
    return Finding(message="It does not.", pointer=at, outcome=outcome, basis=basis)


def bound_to(found: RuleResult, seen: Manifest, **changes: Any) -> Waiver:
    asked = waiver(**changes)
    return replace(asked, facts=situation_of(found, asked.pointer, seen))


RISKY = ({**THREATS[0], "existing_risk": {"examples": "no"}}, THREATS[1])
DENIED = result(findings=[rests_on("/threat/0/existing_risk/examples")])


def test_a_waiver_that_is_bound_to_facts_holds_while_they_stay() -> None:
    bound = bound_to(DENIED, manifest(threat=RISKY))
    assert bound.facts == digest_of_situation(DENIED, DENIED.findings, manifest(threat=RISKY))
    assert lifted([DENIED], bound, threat=RISKY) == ["acme/one"]


def test_a_changed_fact_ends_a_waiver() -> None:
    bound = bound_to(DENIED, manifest(threat=RISKY))
    waived = apply([DENIED], bound)
    assert waived.results[0].blocks
    assert (waived.lapsed, waived.unused) == ((bound,), ())
    message = "waiver w1 was approved for other facts: what acme/one asks or rests on has changed"
    assert told(waived) == [(gate.SAME_FACTS, message)]


def test_another_finding_at_the_place_ends_a_waiver() -> None:
    bound = bound_to(DENIED, manifest(threat=RISKY))
    more = replace(DENIED, findings=(*DENIED.findings, rests_on(at="/threat/1")))
    assert lifted([more], bound, threat=RISKY) == []
    narrow = bound_to(DENIED, manifest(threat=RISKY), pointer="/threat/bio-uplift")
    (after,) = apply([more], narrow, threat=RISKY).results
    assert [each.waiver for each in after.findings] == [narrow, None]


def test_a_rule_that_asks_something_else_ends_a_waiver() -> None:
    """W14."""
    bound = bound_to(DENIED, manifest(threat=RISKY))
    other = replace(DENIED, rule=replace(DENIED.rule, assertion="false"))
    assert lifted([other], bound, threat=RISKY) == []


def test_a_rule_that_has_come_to_weigh_more_ends_a_waiver() -> None:
    warned = replace(DENIED, severity=Severity.WARNING)
    bound = bound_to(warned, manifest(threat=RISKY))
    assert lifted([warned], bound, threat=RISKY) == ["acme/one"]
    assert lifted([DENIED], bound, threat=RISKY) == []


def test_where_nothing_is_left_a_bound_waiver_is_unused() -> None:
    bound = bound_to(DENIED, manifest(threat=RISKY))
    passed = replace(DENIED, outcome=Outcome.PASS, findings=())
    assert [rule for rule, _ in told(apply([passed], bound, threat=RISKY))] == [gate.USED]
    assert situation_of(passed, "", manifest()) == ""
    assert situation_of(DENIED, "/threat/phishing", manifest()) == ""


# Rules in Python ------------------------------------------------------------------------------------------------------


def test_the_message_of_a_rule_in_python_is_a_part_of_what_was_approved() -> None:
    def check(_context: RuleContext) -> Sequence[Finding]:
        raise AssertionError("nobody carries it out here")

    def saying(message: str) -> RuleResult:
        found = result(findings=[replace(rests_on("/threat/0/vector"), message=message)])
        return replace(found, rule=replace(found.rule, assertion=None, check=check))

    bound = bound_to(saying("3 of 5"), manifest())
    assert lifted([saying("3 of 5")], bound) == ["acme/one"]
    assert lifted([saying("4 of 5")], bound) == []


# Properties -----------------------------------------------------------------------------------------------------------

RULES = ("acme/one", "acme/two", "other/one")
POINTERS = ("", "/threat", "/threat/0", "/threat/0/title", "/threat/1")
NAMED = ("", "/threat", "/threat/bio-uplift", "/threat/bio-uplift/title", "/threat/phishing")
DAYS = st.dates(CREATED - 9 * DAY, CREATED + 9 * DAY)
RESULTS = st.tuples(
    *(
        st.builds(
            result, st.just(name), outcome=st.sampled_from(Outcome), at=st.lists(st.sampled_from(POINTERS), max_size=3)
        )
        for name in RULES
    )
)
MANIFESTS = {CREATED + offset * DAY: manifest(CREATED + offset * DAY) for offset in range(-9, 10)}


@st.composite
def waivers_without_repetition(draw: st.DrawFn) -> list[Waiver]:
    places = draw(st.lists(st.tuples(st.sampled_from(RULES), st.sampled_from(NAMED)), unique=True, max_size=6))
    found = []
    for index, (rule, pointer) in enumerate(places):
        first, last = sorted((draw(DAYS), draw(DAYS)))
        release = draw(st.sampled_from([RELEASE, "openai/other"]))
        owner = draw(st.sampled_from(["Release manager", "release board"]))
        facts = draw(st.sampled_from(["", f"sha256:{'0' * 64}"]))
        said = {"rule": rule, "pointer": pointer, "release": release, "owner": owner, "facts": facts}
        found.append(waiver(id=f"w{index}", created=first, expires=last, **said))
    return found


def lifting(results: Sequence[RuleResult], waivers: Sequence[Waiver], today: dt.date) -> set[tuple[str, int]]:
    after = apply_waivers(results, waivers, manifest=MANIFESTS[today]).results
    return {(each.id, number) for each in after for number, found in enumerate(each.findings) if found.waiver}


@given(results=RESULTS, waivers=waivers_without_repetition(), today=DAYS)
def test_only_what_a_waiver_covers_is_lifted(
    results: tuple[RuleResult, ...], waivers: list[Waiver], today: dt.date
) -> None:
    waived = apply_waivers(results, waivers, manifest=MANIFESTS[today])
    for before, after in zip(results, waived.results, strict=True):
        for finding in after.findings:
            if finding.waiver is not None:
                assert after.outcome in (Outcome.FAIL, Outcome.UNKNOWN)
                assert (finding.waiver.rule, finding.waiver.release) == (after.id, RELEASE)
                assert finding.waiver.owner == "Release manager"
                assert not finding.waiver.facts
                assert finding.waiver.created <= today <= finding.waiver.expires
                place = POINTERS[NAMED.index(finding.waiver.pointer)]
                assert f"{finding.pointer}/".startswith(f"{place}/")
        if before.findings:
            bare = tuple(replace(each, waiver=None) for each in after.findings)
            assert replace(after, findings=bare) == before
        assert after.blocks == (after.outcome in (Outcome.FAIL, Outcome.UNKNOWN) and not after.lifted)
    used = {each.waiver for after in waived.results for each in after.findings if each.waiver}
    ours = {each for each in waivers if each.release == RELEASE}
    faulty = {each for each in ours if each.owner == "release board"}
    assert ours == {*waived.lapsed, *waived.unused, *used, *faulty}
    assert not used & {*waived.lapsed, *waived.unused, *faulty}
    assert ours - used <= {each for each in ours if each.id in {place_of(fault).key for fault in waived.faults}}


@given(results=RESULTS, waivers=waivers_without_repetition(), today=DAYS, data=st.data())
def test_fewer_waivers_never_lift_more(
    results: tuple[RuleResult, ...], waivers: list[Waiver], today: dt.date, data: st.DataObject
) -> None:
    fewer = data.draw(st.lists(st.sampled_from(waivers), unique=True)) if waivers else []
    assert lifting(results, fewer, today) <= lifting(results, waivers, today)


@given(results=RESULTS, waivers=waivers_without_repetition(), today=DAYS, data=st.data())
def test_the_order_of_waivers_never_shows(
    results: tuple[RuleResult, ...], waivers: list[Waiver], today: dt.date, data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(waivers))
    judged = MANIFESTS[today]
    assert apply_waivers(results, shuffled, manifest=judged) == apply_waivers(results, waivers, manifest=judged)
