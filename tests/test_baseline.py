"""A baseline: what is known does not block, what is new or graver does, and what is gone is told."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from faults import place_of
from hypothesis import given
from hypothesis import strategies as st

from release_review import gate, review
from release_review.admit import admit_policies
from release_review.authoring.cases import document_of
from release_review.baseline import LONGEST_DAYS, baseline_of, compare, fault_of_term, load_baseline, written
from release_review.errors import BaselineError
from release_review.importers import release_review_importers
from release_review.load import read_document
from release_review.model import (
    Baseline,
    Decisions,
    Document,
    Finding,
    Outcome,
    Policy,
    Report,
    Rule,
    RuleContext,
    Severity,
    Verdict,
    Waiver,
    WaiverReason,
)

CREATED = dt.date(2026, 1, 1)
EXPIRES = dt.date(2026, 6, 30)
TODAY = dt.date(2026, 2, 1)
DAY = dt.timedelta(days=1)
ZEROS = "0" * 64

ENTRY = f"""
[[finding]]
rule = "acme/one"
release = "acme/model"
place = "threat[bio]"
outcome = "fail"
severity = "error"
fingerprint = "{"0" * 64}"
"""
FILE = f"""schema = "release-baseline/1"
owner = "release manager"
created = 2026-01-01
expires = 2026-06-30
{ENTRY}"""


def document(text: str, name: str = "baseline.toml") -> Document:
    (importer,) = [each for each in release_review_importers() if each.name == "TOML"]
    return read_document(text.encode(), name=name, importer=importer)


def errors_of(text: str) -> list[str]:
    with pytest.raises(BaselineError) as caught:
        load_baseline(document(text))
    return [str(error) for error in caught.value.flat()]


# Reading --------------------------------------------------------------------------------------------------------------


def test_a_baseline_is_read_with_all_that_it_says() -> None:
    baseline = load_baseline(document(FILE + f"count = 2\nunknown = 1\nitem = 'sha256:{ZEROS}'\n"))
    assert (baseline.owner, baseline.created, baseline.expires) == ("release manager", CREATED, EXPIRES)
    assert baseline.name == "baseline.toml"
    (known,) = baseline.findings
    assert (known.fingerprint, known.rule, known.release, known.place) == (
        "0" * 64,
        "acme/one",
        "acme/model",
        "threat[bio]",
    )
    assert (known.outcome, known.severity, known.count) == (Outcome.FAIL, Severity.ERROR, 2)
    assert (known.unknown, known.item) == (1, f"sha256:{'0' * 64}")


def test_an_empty_baseline_is_fine() -> None:
    assert load_baseline(document(FILE.replace(ENTRY, ""))).findings == ()


@pytest.mark.parametrize(
    ("text", "instead", "error"),
    [
        ('owner = "release manager"\n', "", "baseline.toml:1:1: the file has no 'owner'"),
        ("expires = 2026-06-30\n", "", "baseline.toml:1:1: the file has no 'expires'"),
        ('"release manager"', '"tbd"', "baseline.toml:2:1: the baseline has no owner; name one in `owner`"),
        ('"release manager"', '"..."', "baseline.toml:2:1: the baseline has no owner; name one in `owner`"),
        ("2026-06-30", '"2026-06-31"', "baseline.toml:4:1: `expires` of the baseline is '2026-06-31', which is no day"),
        ("2026-06-30", '"never"', "baseline.toml:4:1: expires is 'never'"),
        ("2026-06-30", "2025-12-31", "baseline.toml:4:1: the baseline expires on 2025-12-31, before it begins on"),
        ("2026-06-30", "2027-01-02", "baseline.toml:4:1: the baseline holds for more than 366 days: it may expire on"),
        ("0" * 64, "0", "baseline.toml:12:1: finding[0].fingerprint is '0'"),
        ('"fail"', '"error"', "baseline.toml:10:1: finding[0].outcome is 'error'"),
        ('"fail"', '"fail"\ncount = 0', "baseline.toml:11:1: finding[0].count is 0"),
        ('"fail"', '"fail"\nunknown = 0', "baseline.toml:11:1: finding[0].unknown is 0"),
        ('"fail"', '"fail"\nitem = "x"', "baseline.toml:11:1: finding[0].item is 'x'"),
        ('place = "', 'plaice = "', "baseline.toml:9:1: unknown key 'plaice' in finding[0]"),
        ("release-baseline/1", "release-baseline/2", "baseline.toml:1:1: schema is 'release-baseline/2'"),
    ],
)
def test_a_fault_is_told_with_its_line(text: str, instead: str, error: str) -> None:
    assert text in FILE
    assert errors_of(FILE.replace(text, instead))[0].startswith(error)


def test_a_finding_is_listed_once() -> None:
    expected = "baseline.toml:20:1: the baseline lists this finding twice; remove one of the entries"
    assert errors_of(FILE + ENTRY) == [expected]


def test_all_faults_are_told_at_once() -> None:
    assert len(errors_of(FILE.replace("release manager", "n/a").replace("2026-06-30", "2025-01-01") + ENTRY)) == 3


def test_a_term_has_a_longest_day() -> None:
    last = CREATED + (LONGEST_DAYS - 1) * DAY
    assert fault_of_term(CREATED, last) == ""
    assert fault_of_term(CREATED, CREATED) == ""
    assert fault_of_term(CREATED, last + DAY) == (
        "the baseline holds for more than 366 days: it may expire on 2027-01-01 at the latest"
    )


# Comparing ------------------------------------------------------------------------------------------------------------


def manifest(*threats: str, release: str = "acme/model") -> Document:
    listed = [{"id": name, "vector": "biosecurity"} for name in threats]
    return document_of({"schema": "release-manifest/1", "release": {"id": release}, "threat": listed})


def rule(name: str = "one", *, outcome: Outcome = Outcome.FAIL, times: int = 1, **changes: Any) -> Rule:
    """Make a rule that finds something in each threat whose name does not begin with `good`."""

    def check(context: RuleContext) -> Iterable[Finding]:
        for number, threat in enumerate(context.manifest["threat"]):
            if not threat["id"].startswith("good"):
                found = Finding(message="It fails.", pointer=f"/threat/{number}", outcome=outcome)
                yield from [found] * times

    return Rule(id=name, summary="One.", **{"check": check, **changes})


PASSES = Rule(id="passes", summary="It passes.", check=lambda _context: ())


def broken(name: str = "one") -> Rule:
    def check(_context: RuleContext) -> Iterable[Finding]:
        raise RuntimeError("it broke")

    return Rule(id=name, summary="One.", check=check)


def reviewed(
    source: Document,
    *rules: Rule,
    baseline: Baseline | None = None,
    today: dt.date = TODAY,
    waivers: Sequence[Waiver] = (),
) -> Report:
    policies = admit_policies([Policy(id="acme", title="Acme", version="1", rules=(*rules, PASSES))])
    decided = Decisions(waivers=tuple(waivers), baseline=baseline)
    return review(source, policies=policies, today=today, decisions=decided)


def adopted(*reports: Report, only: Baseline | None = None) -> Baseline:
    """Write a baseline and read it again, as a run does."""
    made = baseline_of(reports, owner="release manager", created=CREATED, expires=EXPIRES, only=only)
    return load_baseline(document(written(made)))


def known(report: Report, name: str = "acme/one") -> list[bool]:
    (result,) = (each for each in report.results if each.id == name)
    return [finding.known for finding in result.findings]


def told(report: Report) -> list[str]:
    return [finding.message for each in report.results if each.of_gate for finding in each.findings]


OLD = manifest("a", "b")


def test_what_was_there_before_does_not_block() -> None:
    report = reviewed(OLD, rule(), baseline=adopted(reviewed(OLD, rule())))
    assert (report.verdict, known(report), told(report)) == (Verdict.PASS, [True, True], [])
    assert report.counts["known"] == 1


def test_what_is_new_blocks() -> None:
    report = reviewed(manifest("a", "new", "b"), rule(), baseline=adopted(reviewed(OLD, rule())))
    assert (report.verdict, known(report)) == (Verdict.BLOCKED, [True, False, True])


def test_a_reordered_manifest_has_nothing_new() -> None:
    report = reviewed(manifest("b", "good", "a"), rule(), baseline=adopted(reviewed(OLD, rule())))
    assert (report.verdict, known(report)) == (Verdict.PASS, [True, True])


def test_what_is_gone_is_told() -> None:
    report = reviewed(manifest("a", "good"), rule(), baseline=adopted(reviewed(OLD, rule())))
    assert report.verdict is Verdict.PASS
    assert told(report) == ["the baseline lists a finding of acme/one at threat[b] that is gone: remove it"]
    (trimmed,) = (each for each in report.results if each.of_gate)
    (site,) = (finding.site for finding in trimmed.findings)
    assert site is not None
    assert (trimmed.id, site.file, site.span.line) == (f"gate/{gate.BASELINE_TRIMMED}", "baseline.toml", 15)


def test_what_is_gone_of_a_rule_that_passes_or_is_not_loaded_is_told() -> None:
    baseline = adopted(reviewed(OLD, rule()))
    assert len(told(reviewed(manifest("good"), rule(), baseline=baseline))) == 2
    assert len(told(reviewed(OLD, baseline=baseline))) == 2


def test_what_a_broken_rule_found_before_is_not_gone() -> None:
    report = reviewed(OLD, broken(), baseline=adopted(reviewed(OLD, rule())))
    assert (report.verdict, told(report), known(report)) == (Verdict.ERROR, [], [False])


def test_entries_of_other_releases_are_not_looked_at() -> None:
    other = adopted(reviewed(manifest("a", "b", release="acme/other"), rule()))
    report = reviewed(OLD, rule(), baseline=other)
    assert (report.verdict, known(report), told(report)) == (Verdict.BLOCKED, [False, False], [])


@pytest.mark.parametrize(
    ("before", "after", "lifted"),
    [
        ({"outcome": Outcome.FAIL}, {"outcome": Outcome.FAIL}, True),
        ({"outcome": Outcome.UNKNOWN}, {"outcome": Outcome.UNKNOWN}, True),
        ({"outcome": Outcome.FAIL}, {"outcome": Outcome.UNKNOWN}, True),
        ({"outcome": Outcome.UNKNOWN}, {"outcome": Outcome.FAIL}, False),
        ({"severity": Severity.ERROR}, {"severity": Severity.WARNING}, True),
        ({"severity": Severity.WARNING}, {"severity": Severity.WARNING}, True),
        ({"severity": Severity.NOTE}, {"severity": Severity.WARNING}, False),
        ({"severity": Severity.NOTE}, {"severity": Severity.ERROR}, False),
        ({"severity": Severity.WARNING}, {"severity": Severity.ERROR}, False),
        ({}, {"waivable": None}, False),
        ({"effective": TODAY + DAY}, {"effective": TODAY}, False),
        ({}, {"times": 2}, False),
        ({"times": 2}, {"times": 1}, True),
        ({"times": 2}, {"times": 2}, True),
    ],
    ids=str,
)
def test_what_has_become_graver_is_not_known(before: dict[str, Any], after: dict[str, Any], lifted: bool) -> None:  # noqa: FBT001 - a row of the table
    source = manifest("a")
    report = reviewed(source, rule(**after), baseline=adopted(reviewed(source, rule(**before))))
    assert set(known(report)) == {lifted}
    assert told(report) == []
    (result,) = (each for each in report.results if each.id == "acme/one")
    assert (report.verdict is Verdict.BLOCKED) == (result.severity is Severity.ERROR and not lifted)


def test_of_several_outcomes_at_one_place_the_graver_is_known() -> None:
    found = [Finding(message="It may fail.", pointer="/threat/0", outcome=Outcome.UNKNOWN)]
    found.append(Finding(message="It fails.", pointer="/threat/0"))
    for listed in (found, found[::-1]):
        mixed = Rule(id="one", summary="One.", check=lambda _context, listed=listed: listed)  # type: ignore[misc]
        baseline = adopted(reviewed(OLD, mixed))
        (entry,) = baseline.findings
        assert (entry.outcome, entry.count, entry.unknown, entry.fails) == (Outcome.FAIL, 2, 1, 1)
        assert reviewed(OLD, mixed, baseline=baseline).verdict is Verdict.PASS


def found(*outcomes: Outcome) -> Rule:
    """Make a rule that finds so much at one place."""
    listed = [Finding(message=f"{number}", pointer="/threat/0", outcome=each) for number, each in enumerate(outcomes)]
    return Rule(id="one", summary="One.", check=lambda _context: listed)


F, U = Outcome.FAIL, Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("before", "after", "lifted"),
    [
        ((U, F), (F, F), [False, False]),
        ((U, F), (F, U), [True, True]),
        ((U, F), (U, U), [True, True]),
        ((U, F), (F,), [True]),
        ((U, F), (U, F, U), [False, False, False]),
        ((U, U), (U, F), [True, False]),
        ((F, F), (U, F), [True, True]),
        ((F, F), (U, U), [True, True]),
        ((U, U, F), (F, F, U), [False, False, True]),
    ],
    ids=str,
)
def test_what_has_come_to_fail_beside_what_did_is_not_known(
    before: tuple[Outcome, ...], after: tuple[Outcome, ...], lifted: list[bool]
) -> None:
    baseline = adopted(reviewed(OLD, found(*before)))
    assert known(reviewed(OLD, found(*after), baseline=baseline)) == lifted


def test_two_manifests_of_one_release_say_one_thing_twice() -> None:
    (entry,) = adopted(reviewed(OLD, found(F)), reviewed(OLD, found(F))).findings
    assert entry.count == 1
    several = adopted(reviewed(OLD, found(F, U)), reviewed(OLD, found(U, U, U)), reviewed(OLD, found(F)))
    (entry,) = several.findings
    assert (entry.outcome, entry.count, entry.fails) == (F, 3, 1)


def test_an_entry_lists_no_more_than_it_counts() -> None:
    """It can be written by hand, so that more are `unknown` than there are."""
    baseline = adopted(reviewed(OLD, found(F)))
    forged = replace(baseline, findings=(replace(baseline.findings[0], unknown=5),))
    assert known(reviewed(OLD, found(F), baseline=forged)) == [False]


@pytest.mark.parametrize("today", [CREATED, EXPIRES])
def test_a_baseline_holds_on_its_first_and_on_its_last_day(today: dt.date) -> None:
    report = reviewed(OLD, rule(), baseline=adopted(reviewed(OLD, rule())), today=today)
    assert (report.verdict, told(report)) == (Verdict.PASS, [])


@pytest.mark.parametrize(
    ("today", "message"),
    [
        (CREATED - DAY, "the baseline holds from 2026-01-01 on, and not before"),
        (EXPIRES + DAY, "the baseline was to be empty by 2026-06-30, and what it lists blocks again"),
    ],
)
def test_outside_of_its_days_nothing_is_known(today: dt.date, message: str) -> None:
    report = reviewed(OLD, rule(), baseline=adopted(reviewed(OLD, rule())), today=today)
    assert (report.verdict, known(report), told(report)) == (Verdict.BLOCKED, [False, False], [message])


def test_an_entry_for_one_rule_lifts_no_other() -> None:
    baseline = adopted(reviewed(OLD, rule()))
    forged = replace(baseline, findings=tuple(replace(each, rule="acme/passes") for each in baseline.findings))
    assert known(reviewed(OLD, rule(), baseline=forged)) == [False, False]


def test_a_fingerprint_is_known_for_the_place_that_its_entry_names() -> None:
    """Nobody reads fingerprints: an entry that says it is about something else lists nothing."""
    baseline = adopted(reviewed(manifest("a"), rule()))
    for place, lifted in (("threat[a]", True), ("", True), ("threat[b]", False), ("threat[a", False)):
        entries = tuple(replace(each, place=place) for each in baseline.findings)
        report = reviewed(manifest("a"), rule(), baseline=replace(baseline, findings=entries))
        assert known(report) == [lifted]
        assert len(told(report)) == (not lifted)
        assert len(adopted(report, only=replace(baseline, findings=entries)).findings) == lifted


@pytest.mark.parametrize("name", ["n" * 3_000, "a\u202eb", "\U000e0041\ud800", 'q"\\', "\x00\x7f"])
def test_a_place_is_known_as_it_is_written_whatever_it_is_called(name: str) -> None:
    source = document_of(
        {
            "schema": "release-manifest/1",
            "release": {"id": "acme/model"},
            "extensions": {"acme": {"list": [{"id": name}]}},
        }
    )
    one = Rule(
        id="one", summary="One.", check=lambda _context: [Finding(message="m", pointer="/extensions/acme/list/0")]
    )
    assert known(reviewed(source, one, baseline=adopted(reviewed(source, one)))) == [True]


# Items without an id --------------------------------------------------------------------------------------------------


def claims(*texts: str) -> Document:
    listed = [{"kind": "science", "claim": text} for text in texts]
    return document_of({"schema": "release-manifest/1", "release": {"id": "acme/model"}, "benefit": listed})


def claimed() -> Rule:
    """Make a rule that finds something in each benefit that is claimed."""

    def check(context: RuleContext) -> Iterable[Finding]:
        for number, _ in enumerate(context.manifest["benefit"]):
            yield Finding(message="It is not shown.", pointer=f"/benefit/{number}/claim")

    return Rule(id="one", summary="One.", check=check)


def test_an_item_without_an_id_is_told_by_what_it_says() -> None:
    baseline = adopted(reviewed(claims("cures", "heals"), claimed()))
    assert len({each.item for each in baseline.findings}) == 2
    assert all(each.item.startswith("sha256:") for each in baseline.findings)
    assert reviewed(claims("cures", "heals"), claimed(), baseline=baseline).verdict is Verdict.PASS
    report = reviewed(claims("cures everything", "heals"), claimed(), baseline=baseline)
    assert (report.verdict, known(report)) == (Verdict.BLOCKED, [False, True])
    assert told(report) == ["the baseline lists a finding of acme/one at benefit[0].claim that is gone: remove it"]


def test_items_without_an_id_are_new_where_they_have_changed_places() -> None:
    baseline = adopted(reviewed(claims("cures", "heals"), claimed()))
    report = reviewed(claims("heals", "cures"), claimed(), baseline=baseline)
    assert (report.verdict, known(report), len(told(report))) == (Verdict.BLOCKED, [False, False], 2)
    added = reviewed(claims("cures", "heals", "new"), claimed(), baseline=baseline)
    assert (known(added), told(added)) == ([True, True, False], [])


def test_an_item_with_an_id_needs_no_digest() -> None:
    assert {each.item for each in adopted(reviewed(OLD, rule())).findings} == {""}


def test_trimming_drops_what_was_listed_about_another_item() -> None:
    baseline = adopted(reviewed(claims("cures", "heals"), claimed()))
    trimmed = adopted(reviewed(claims("new", "heals"), claimed()), only=baseline)
    assert [each.place for each in trimmed.findings] == ["benefit[1].claim"]


def test_a_baseline_that_was_made_in_python_has_places_to_name() -> None:
    made = baseline_of([reviewed(OLD, rule())], owner="release manager", created=CREATED, expires=EXPIRES)
    report = reviewed(manifest("a"), rule(), baseline=made, today=EXPIRES + DAY)
    sites = [each.site for result in report.results if result.of_gate for each in result.findings]
    assert [(site.file, site.key) for site in sites if site] == [
        ("baseline", "expires"),
        ("baseline", made.findings[1].fingerprint),
    ]
    compared = compare(report.results, made, manifest=reviewed(OLD, rule(), today=CREATED - DAY).manifest)
    assert place_of(compared.faults[0]).key == "created"


def test_a_finding_of_the_whole_manifest_can_be_known() -> None:
    whole = Rule(id="one", summary="One.", check=lambda _context: [Finding(message="It fails.")])
    baseline = adopted(reviewed(OLD, whole))
    assert baseline.findings[0].place == ""
    assert reviewed(OLD, whole, baseline=baseline).verdict is Verdict.PASS
    report = reviewed(OLD, replace(whole, check=lambda _context: ()), baseline=baseline)
    assert told(report) == ["the baseline lists a finding of acme/one that is gone: remove it"]


# Waivers beside it ----------------------------------------------------------------------------------------------------

WAIVER = Waiver(
    id="w1",
    rule="acme/one",
    release="acme/model",
    reason=WaiverReason.ACCEPTED_RISK,
    justification="It is on its way.",
    owner="release manager",
    approved_by="release board",
    ticket="GATE-1",
    created=CREATED,
    expires=EXPIRES - 30 * DAY,
    pointer="/threat/a",
)


def test_what_is_waived_is_not_listed_and_not_known() -> None:
    report = reviewed(OLD, rule(), waivers=[WAIVER])
    assert [each.place for each in adopted(report).findings] == ["threat[b]"]
    both = reviewed(OLD, rule(), waivers=[WAIVER], baseline=adopted(reviewed(OLD, rule())))
    assert [(each.waiver, each.known) for each in both.results[0].findings] == [(WAIVER, False), (None, True)]
    assert (both.verdict, told(both)) == (Verdict.PASS, [])
    assert both.results[0].lifted


# Writing --------------------------------------------------------------------------------------------------------------


def test_what_nobody_may_let_go_is_not_listed() -> None:
    report = reviewed(OLD, rule(waivable=None), broken("two"), waivers=[replace(WAIVER, rule="no/such")])
    assert [each.id for each in report.results if each.of_gate] == ["gate/waivers-name-known-rules"]
    assert adopted(report).findings == ()


def test_findings_are_sorted() -> None:
    reports = [reviewed(manifest("b", "a", release=name), rule("two"), rule()) for name in ("acme/y", "acme/x")]
    listed = [(each.release, each.rule, each.place) for each in adopted(*reports).findings]
    assert listed == sorted(listed)
    assert len(listed) == 8


def test_trimming_only_shortens() -> None:
    old = adopted(reviewed(OLD, rule()), reviewed(manifest("a", release="acme/other"), rule()))
    report = reviewed(manifest("b", "new"), rule(), rule("two"))
    trimmed = adopted(report, only=old)
    assert [(each.release, each.place) for each in trimmed.findings] == [
        ("acme/model", "threat[b]"),
        ("acme/other", "threat[a]"),
    ]
    assert set(trimmed.findings) <= set(old.findings)


def test_trimming_makes_nothing_graver_and_keeps_what_has_become_lighter() -> None:
    source = manifest("a")
    heavy: Mapping[str, Any] = {"outcome": Outcome.FAIL, "severity": Severity.ERROR, "times": 3}
    light: Mapping[str, Any] = {"outcome": Outcome.UNKNOWN, "severity": Severity.WARNING, "times": 2}
    for before, after in ((heavy, light), (light, heavy)):
        old = adopted(reviewed(source, rule(**before)))
        (entry,) = adopted(reviewed(source, rule(**after)), only=old).findings
        assert (entry.outcome, entry.severity, entry.count) == (Outcome.UNKNOWN, Severity.WARNING, 2)


def test_trimming_keeps_what_a_broken_rule_found_before() -> None:
    old = adopted(reviewed(OLD, rule(), rule("two")))
    report = reviewed(manifest("good"), broken(), rule("two"))
    assert [each.rule for each in adopted(report, only=old).findings] == ["acme/one", "acme/one"]


@given(owner=st.text(), place=st.text())
def test_any_text_can_be_written_and_read_again(owner: str, place: str) -> None:
    entry = load_baseline(document(FILE)).findings[0]
    baseline = Baseline(owner=owner, created=CREATED, expires=EXPIRES, findings=(replace(entry, place=place),))
    text = written(baseline)
    text.encode()
    told = tomllib.loads(text)
    assert told["owner"] == owner
    assert len(told["finding"]) == 1
    assert len(told["finding"][0].get("place", "")) <= 1_100


NAMES = st.lists(st.sampled_from(["a", "b", "c", "d", "good"]), unique=True, max_size=5)


@given(before=NAMES, after=NAMES)
def test_what_blocks_is_exactly_what_is_new(before: list[str], after: list[str]) -> None:
    baseline = adopted(reviewed(manifest(*before), rule()))
    report = reviewed(manifest(*after), rule(), baseline=baseline)
    bad_before, bad_after = (set(names) - {"good"} for names in (before, after))
    assert (report.verdict is Verdict.BLOCKED) == bool(bad_after - bad_before)
    assert len(told(report)) == len(bad_before - bad_after)
    assert sum(known(report)) == len(bad_before & bad_after)
