"""What becomes of a rule: its outcome, its findings, its weight."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from policies import DAY, MANIFEST, judge, load, rule, select, write
from release_review.authoring.cases import document_of
from release_review.errors import EvaluationError, NothingToCheckError
from release_review.model import (
    Finding,
    Limits,
    Outcome,
    Policy,
    Report,
    Rule,
    RuleContext,
    RuleResult,
    Severity,
    Verdict,
)
from release_review.pipeline import review, verdict_of


def only(report: Report) -> RuleResult:
    (result,) = report.results
    return result


def messages(report: Report) -> list[str]:
    return [finding.message for result in report.results for finding in result.findings]


def test_a_rule_that_holds_passes(tmp_path: Path) -> None:
    report = judge(load(write(tmp_path, rule("a", "size(manifest.access) == 2"))))
    assert (only(report).outcome, report.verdict, only(report).findings) == (Outcome.PASS, Verdict.PASS, ())


def test_a_rule_that_cannot_hold_fails_and_says_what_it_read(tmp_path: Path) -> None:
    file = write(tmp_path, rule("a", 'this.kind == "api"', given='"/access/*"', message='"{this.id} is a {this.kind}"'))
    report = judge(load(file))
    assert (only(report).outcome, report.verdict) == (Outcome.FAIL, Verdict.BLOCKED)
    assert only(report).findings == (
        Finding(message="hub is a weights", pointer="/access/0", reads=("/access/0/kind",)),
    )


def test_a_rule_that_hangs_on_unknown_facts_is_unknown_and_names_them(tmp_path: Path) -> None:
    report = judge(load(write(tmp_path, rule("a", 'this.gate == "none"', given='"/access/*"'))))
    assert (only(report).outcome, report.verdict) == (Outcome.UNKNOWN, Verdict.BLOCKED)
    assert messages(report) == [
        "cannot be decided: access[hub].gate is not stated",
        "cannot be decided: access[api].gate is not stated",
    ]
    assert [finding.reads for finding in only(report).findings] == [("/access/0/gate",), ("/access/1/gate",)]


def test_many_unknown_facts_are_counted(tmp_path: Path) -> None:
    names = ("derivatives", "redistribution", "use_limits", "license_family")
    asked = " && ".join(f'manifest.weights.{name} == "yes"' for name in names[:3])
    asked += ' && manifest.weights.license_family == "permissive" && manifest.release.derived == "no"'
    asked += ' && manifest.release.stage == "released"'
    report = judge(load(write(tmp_path, rule("a", asked))))
    assert messages(report)[0].endswith("release.derived is not stated, 1 more")


def test_an_undecided_when_is_unknown_and_not_skipped(tmp_path: Path) -> None:
    report = judge(load(write(tmp_path, rule("a", "false", when="""'manifest.weights.derivatives == "yes"'"""))))
    assert only(report).outcome is Outcome.UNKNOWN
    assert messages(report) == ["cannot be decided: weights.derivatives is not stated"]


def test_an_undecided_when_does_not_matter_if_the_assertion_surely_holds(tmp_path: Path) -> None:
    report = judge(load(write(tmp_path, rule("a", "true", when="""'manifest.weights.derivatives == "yes"'"""))))
    assert only(report).outcome is Outcome.PASS


def test_a_rule_whose_when_cannot_hold_does_not_apply(tmp_path: Path) -> None:
    file = write(tmp_path, rule("a", "false", when="'false'"), rule("b", "true"))
    assert [result.outcome for result in judge(load(file)).results] == [Outcome.NOT_APPLICABLE, Outcome.PASS]


def test_a_rule_without_items_does_not_apply(tmp_path: Path) -> None:
    file = write(tmp_path, rule("a", "false", given='"/threat/*"'), rule("b", "true"))
    assert [result.outcome for result in judge(load(file)).results] == [Outcome.NOT_APPLICABLE, Outcome.PASS]


def test_nothing_that_applies_is_no_pass(tmp_path: Path) -> None:
    with pytest.raises(NothingToCheckError, match="no rule applies to this manifest; select a policy that does"):
        judge(load(write(tmp_path, rule("a", "true", when="'false'"))))


def test_no_results_are_no_pass() -> None:
    with pytest.raises(NothingToCheckError):
        verdict_of([], name="release.toml")


def test_the_worst_item_is_the_outcome_of_a_rule(tmp_path: Path) -> None:
    asked = 'this.kind == "weights" || this.gate == "none"'
    assert only(judge(load(write(tmp_path, rule("a", asked, given='"/access/*"'))))).outcome is Outcome.UNKNOWN
    asked = 'this.kind == "weights" && this.gate != "none"'
    assert only(judge(load(write(tmp_path, rule("a", asked, given='"/access/*"'))))).outcome is Outcome.FAIL


@pytest.mark.parametrize(("severity", "verdict"), [("error", "blocked"), ("warning", "pass"), ("note", "pass")])
def test_only_errors_block(severity: str, verdict: str, tmp_path: Path) -> None:
    assert judge(load(write(tmp_path, rule("a", "false", severity=f'"{severity}"')))).verdict == verdict


@pytest.mark.parametrize(
    ("today", "severity", "verdict"),
    [(dt.date(2026, 2, 28), Severity.WARNING, "pass"), (dt.date(2026, 3, 1), Severity.ERROR, "blocked")],
)
def test_a_rule_warns_until_the_day_it_takes_effect(
    today: dt.date, severity: Severity, verdict: str, tmp_path: Path
) -> None:
    report = judge(load(write(tmp_path, rule("a", "false", effective="2026-03-01"))), today=today)
    assert (only(report).severity, report.verdict) == (severity, verdict)
    assert only(report).note == ("warns until it takes effect on 2026-03-01" if verdict == "pass" else "")


def test_a_rule_that_breaks_is_an_error_and_never_a_pass(tmp_path: Path) -> None:
    file = write(tmp_path, rule("a", "1 / size(manifest.threat) < 5"), rule("b", "true"))
    report = judge(load(file))
    assert [result.outcome for result in report.results] == [Outcome.ERROR, Outcome.PASS]
    assert report.verdict is Verdict.ERROR
    assert messages(report) == [f"{file}:8:13: modulus or divide by zero; guard the operation"]


def test_an_error_is_not_absorbed_by_what_is_true_beside_it(tmp_path: Path) -> None:
    broken = "1 / size(manifest.threat) < 5"
    for asked in (
        f"{broken} || true",
        f"manifest.access.exists(c, {broken} || c.id == 'hub')",
        f"!({broken} && false)",
    ):
        assert only(judge(load(write(tmp_path, rule("a", asked))))).outcome is Outcome.ERROR
    assert only(judge(load(write(tmp_path, rule("a", f"true || {broken}"))))).outcome is Outcome.PASS


@pytest.mark.parametrize("asked", ["a / b > 0.5", "!(a / b > 0.5)", "a * b > 1", "!(a * b + a > 1)"])
def test_no_infinity_and_no_nan_decides_a_rule(asked: str, tmp_path: Path) -> None:
    data = {**MANIFEST, "weights": {"parameters_total": 0 if "/" in asked else 1e300, "training_compute_flop": 0}}
    if "*" in asked:
        data["weights"]["training_compute_flop"] = 1e300
    names = asked.replace("a", "manifest.weights.parameters_total").replace(
        "b", "manifest.weights.training_compute_flop"
    )
    assert only(judge(load(write(tmp_path, rule("a", names))), data)).outcome is Outcome.ERROR


def test_a_check_that_prints_does_not_touch_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    def check(_context: RuleContext) -> Iterable[Finding]:
        sys.stdout.write("noise")
        return ()

    judge(python(check))
    assert capsys.readouterr() == ("", "noise")


def test_a_manifest_cannot_make_a_rule_too_dear(tmp_path: Path) -> None:
    policies = select(write(tmp_path, rule("a", "!manifest.access.exists(a, manifest.access.exists(b, a.id == 'x'))")))
    report = review(document_of(MANIFEST), policies=policies, today=DAY, as_of=DAY, limits=Limits(iterations=3))
    assert "it takes too many iterations; shorten the lists of the manifest, or split the rule" in messages(report)[0]
    assert report.verdict is Verdict.ERROR


def test_an_assessment_that_breaks_stops_the_review(tmp_path: Path) -> None:
    assessment = """
[[assessment]]
id = "size"
title = "Size"
scale = ["large", "unknown"]
over = "/access/*"
none = "unknown"
empty = "unknown"
default = "unknown"
[[assessment.level]]
is = "large"
when = "1 / size(manifest.threat) < 5"
because = "it is large"
"""
    file = write(tmp_path, rule("a", "true"), assessment)
    with pytest.raises(EvaluationError, match=r"mine[.]toml:\d+:\d+: modulus or divide by zero"):
        judge(load(file))


def test_the_recursion_limit_is_left_as_it_was(tmp_path: Path) -> None:
    before = sys.getrecursionlimit()
    judge(load(write(tmp_path, rule("a", "true"))))
    assert sys.getrecursionlimit() == before


# Rules in Python ------------------------------------------------------------------------------------------------------


def python(check: Callable[[RuleContext], Iterable[Finding]], **more: Any) -> Policy:
    written = Rule(id="a", summary="It holds.", check=check, **more)
    return Policy(id="mine", title="Mine", version="1.0.0", rules=(written,))


def test_a_check_that_finds_nothing_passes() -> None:
    assert only(judge(python(lambda _context: ()))).outcome is Outcome.PASS


def test_a_check_sees_everything_and_can_change_nothing() -> None:
    seen: list[RuleContext] = []

    def check(context: RuleContext) -> Iterator[Finding]:
        seen.append(context)
        yield Finding(message=f"at least {context.params['least']}", pointer=context.pointer)

    report = judge(python(check, given="/access/*", params={"least": 3.0}))
    assert [finding.pointer for finding in only(report).findings] == ["/access/0", "/access/1"]
    assert only(report).outcome is Outcome.FAIL
    assert seen[0].this["id"] == "hub"
    assert seen[0].today == DAY
    with pytest.raises(TypeError):
        seen[0].manifest["access"] = ()  # type: ignore[index]  # that it cannot be done is the point


def test_a_check_may_say_that_it_cannot_tell() -> None:
    finding = Finding(message="no tokens stated", outcome=Outcome.UNKNOWN)
    assert only(judge(python(lambda _context: [finding]))).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("check", "message"),
    [
        (lambda _context: None, "TypeError: the check gives None, not findings"),
        (lambda _context: ["oops"], "TypeError: the check gives str, not a Finding"),
        (lambda _context: True, "TypeError: the check gives bool, not findings"),
        (
            lambda _context: [Finding(message="x", outcome=Outcome.PASS)],
            "ValueError: a finding has outcome 'pass', neither Outcome.FAIL nor Outcome.UNKNOWN",
        ),
        (
            lambda _context: [Finding(message="x", pointer="/nosuch")],
            "ValueError: a finding points at '/nosuch', which is not in the manifest",
        ),
        (lambda _context: iter(lambda: Finding(message="x"), None), "it gives more than 10,000 findings"),
    ],
)
def test_a_check_that_misbehaves_is_an_error_and_never_a_pass(check: Any, message: str) -> None:
    report = judge(python(check))
    assert (only(report).outcome, report.verdict) == (Outcome.ERROR, Verdict.ERROR)
    assert messages(report) == [message]


@pytest.mark.parametrize(
    ("check", "message"),
    [
        (lambda _context: sys.exit(0), "SystemExit: 0"),
        (lambda context: context.manifest["nosuch"], "KeyError: 'nosuch'"),
        (lambda context: int(context.manifest["release"]["id"]), "ValueError: invalid literal for int()"),
    ],
)
def test_a_check_that_breaks_is_told_with_its_line(check: Any, message: str) -> None:
    report = judge(python(check))
    (told,) = messages(report)
    assert told.startswith(message)
    assert told.endswith(f" (test_evaluate.py:{check.__code__.co_firstlineno})")


def test_a_check_can_be_interrupted() -> None:
    def check(_context: RuleContext) -> Iterable[Finding]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        judge(python(check))


def test_a_check_has_a_when_in_cel() -> None:
    found = [Finding(message="found")]
    assert (
        only(judge(python(lambda _context: found, when='manifest.weights.derivatives == "yes"'))).outcome == "unknown"
    )
    with pytest.raises(NothingToCheckError):
        judge(python(lambda _context: found, when="false"))
