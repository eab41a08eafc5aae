"""The gate: verdicts, statuses, and what is said when something is wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from release_review import pipeline
from release_review.hooks import Reporter
from release_review.model import Finding, Outcome, Report, Verdict

NO_VERDICT = "no verdict was reached\n"
SMALL = ("--policy", "small.toml", "--today", "2026-01-01")


def test_a_release_that_meets_every_rule_passes(run: Callable[..., Any]) -> None:
    done = run("check", *SMALL, "good.toml")
    assert (done.status, done.err) == (0, "")
    assert done.out == "good.toml: pass (1 passed)\n"


def test_a_release_that_does_not_is_blocked(run: Callable[..., Any]) -> None:
    done = run("check", *SMALL, "held.toml")
    assert (done.status, done.err) == (1, "")
    assert re.fullmatch(
        r"held\.toml:\d+:\d+: error small/released fail: acme/one is not out\n"
        r"held\.toml: blocked \(1 blocking, 0 passed\)\n",
        done.out,
    )


def test_an_invalid_manifest_gives_no_verdict(run: Callable[..., Any]) -> None:
    done = run("check", *SMALL, "bad.toml")
    assert done.status == 2
    assert done.out.startswith("bad.toml: error (not reviewed")
    assert done.err.startswith("error: bad.toml:")
    assert done.err.endswith(NO_VERDICT)


SEE = "see 'release-review check --help'"
FORMATS = "concise, csv, full, github, gitlab, html, in-toto, json, junit, markdown, sarif"
USAGE = {
    "no manifest is named; name one, such as 'release-review check release.toml', "
    "or write one with 'release-review init'": ("check",),
    "nope.toml: does not exist; check the path": ("check", *SMALL, "nope.toml"),
    "nope.toml: the waiver file does not exist; check the path": (
        *("check", *SMALL, "--waivers", "nope.toml", "good.toml"),
    ),
    "nope/x.toml: the policy does not exist; check the path": ("check", "--policy", "nope/x.toml", "good.toml"),
    "the name of a manifest is empty; name a file": ("check", *SMALL, "good.toml", ""),
    "there is no option '--polcy'; did you mean '--policy'?": ("check", "--polcy", "x", "good.toml"),
    "there is no option '--zzz'; see 'release-review check --help'": ("check", "--zzz"),
    "release-review has no command 'chek'; did you mean 'check'? "
    "use one of: audit, check, config, explain, forecast, impact, import, init, plugin, policy, render, "
    "report, schema, waiver": ("chek",),
    "missing command; see 'release-review --help'": (),
    f"invalid value for '--as-of': '2026-02-30' is no day, such as 2026-01-31; {SEE}": (
        *("check", *SMALL, "--as-of", "2026-02-30", "good.toml"),
    ),
    f"invalid value for '--today': '20260101' is no day, such as 2026-01-31; {SEE}": (
        *("check", *SMALL, "--today", "20260101", "good.toml"),
    ),
    f"invalid value for '--color': 'blue' is not one of 'auto', 'always', 'never'; {SEE}": (
        *("check", *SMALL, "--color", "blue", "good.toml"),
    ),
    f"there is no output format 'jsn'; did you mean 'json'? use one of: {FORMATS}": (
        *("check", *SMALL, "--output-format", "jsn", "good.toml"),
    ),
    "--config and --isolated exclude each other; give one of them": (
        *("check", *SMALL, "--config", "x.toml", "--isolated", "good.toml"),
    ),
    "there is no engine 'fast'; use one of: compiled, reference": ("check", *SMALL, "--engine", "fast", "good.toml"),
    "stdin is named twice; name it once": ("check", *SMALL, "-", "-"),
    "--output 'report.json' is not NAME=PATH; write --output json=report.json": (
        *("check", *SMALL, "--output", "report.json", "good.toml"),
    ),
}


@pytest.mark.parametrize(("error", "arguments"), USAGE.items())
def test_an_error_is_one_line_that_says_what_to_do(
    run: Callable[..., Any], arguments: tuple[str, ...], error: str
) -> None:
    done = run(*arguments)
    assert (done.status, done.err) == (2, f"error: {error}\n{NO_VERDICT}")


def test_one_bad_manifest_of_several_loses_no_other(run: Callable[..., Any]) -> None:
    done = run("check", *SMALL, "--output-format", "json", "good.toml", "bad.toml", "nope.toml", "held.toml")
    report = json.loads(done.out)
    assert done.status == 2
    assert report["verdict"] == "error"
    assert [each["release"]["manifest"] for each in report["reports"]] == [
        "good.toml",
        "bad.toml",
        "nope.toml",
        "held.toml",
    ]
    assert [each["verdict"] for each in report["reports"]] == ["pass", "error", "error", "blocked"]
    assert report["reports"][2]["errors"] == ["nope.toml: does not exist; check the path"]


@pytest.mark.parametrize(
    ("manifests", "status"), [(("good.toml", "held.toml"), 1), (("held.toml", "bad.toml"), 2), (("good.toml",) * 2, 0)]
)
def test_the_worst_verdict_is_the_status(run: Callable[..., Any], manifests: tuple[str, ...], status: int) -> None:
    assert run("check", *SMALL, *manifests).status == status


@pytest.mark.parametrize(("manifest", "status"), [("good.toml", 0), ("held.toml", 0), ("bad.toml", 2)])
def test_exit_zero_changes_blocked_and_nothing_else(run: Callable[..., Any], manifest: str, status: int) -> None:
    done = run("check", *SMALL, "--exit-zero", manifest)
    assert done.status == status
    assert ("blocked" in done.out) == (manifest == "held.toml")


@pytest.mark.parametrize("name", ["full", "concise", "json"])
@pytest.mark.parametrize(("manifest", "status"), [("good.toml", 0), ("held.toml", 1), ("bad.toml", 2)])
def test_no_format_changes_the_status(run: Callable[..., Any], name: str, manifest: str, status: int) -> None:
    assert run("check", *SMALL, "--output-format", name, manifest).status == status
    assert run("check", *SMALL, "-f", name, "-q", manifest).status == status


def test_a_file_name_can_neither_begin_a_line_nor_command_a_runner(run: Callable[..., Any]) -> None:
    done = run("check", *SMALL, "x\n::error::owned\x1b[2J\u202e.toml")
    assert done.status == 2
    assert done.err == (
        r"error: x\n\x3a:error\x3a:owned\x1b[2J\u{202e}.toml: does not exist; check the path" + "\n" + NO_VERDICT
    )
    assert "::" not in done.out


def test_an_absolute_path_inside_the_working_folder_is_shown_without_it(
    run: Callable[..., Any], checkout: Path
) -> None:
    done = run("check", *SMALL, str(checkout / "good.toml"))
    assert done.out == "good.toml: pass (1 passed)\n"


def test_the_report_names_both_dates(run: Callable[..., Any]) -> None:
    done = run("check", *SMALL, "--as-of", "2026-03-01", "--output-format", "json", "good.toml")
    report = json.loads(done.out)
    assert (report["as_of"], report["today"]) == ("2026-03-01", "2026-01-01")


def test_a_waiver_lifts_a_rule(run: Callable[..., Any], checkout: Path) -> None:
    (checkout / "waivers.toml").write_text(
        'schema = "release-waivers/1"\n[[waiver]]\nid = "w1"\nrule = "small/released"\nrelease = "acme/one"\n'
        'reason = "accepted-risk"\njustification = "It is a pilot."\nowner = "release team"\n'
        'approved_by = "release board"\nticket = "REL-7"\ncreated = 2026-01-01\nexpires = 2026-01-31\n',
        encoding="utf-8",
    )
    done = run("check", *SMALL, "--waivers", "waivers.toml", "held.toml")
    assert done.status == 0
    assert (
        "small/released fail (waived until 2026-01-31 by release team (w1, accepted-risk)): acme/one is not out"
        in done.out
    )
    assert done.out.endswith("held.toml: pass (1 waived, 0 passed)\n")


def test_a_defect_of_ours_is_one_line_and_no_traceback(
    run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("one\n::error::two")

    monkeypatch.setattr("release_review.pipeline.review", fail)
    done = run("check", *SMALL, "good.toml", "held.toml")
    assert done.status == 2
    assert re.fullmatch(
        r"(error: internal: RuntimeError in test_check\.py:\d+: one\\n\\x3a:error\\x3a:two; "
        r"this is a defect; please report it\n){2}" + NO_VERDICT,
        done.err,
    )


@pytest.mark.parametrize("fault", [SystemExit(0), GeneratorExit(), RecursionError("deep"), MemoryError()])
def test_nothing_that_is_raised_leaves_with_another_status(
    run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, fault: BaseException
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise fault

    monkeypatch.setattr("release_review.selection.load_policies", fail)
    done = run("check", *SMALL, "good.toml")
    assert done.status == 2
    assert done.err.startswith(f"error: internal: {type(fault).__name__} in test_check.py:")
    assert done.err.endswith(NO_VERDICT)


def test_a_rule_that_broke_is_told_as_an_error(run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    def review(*arguments: Any, **settings: Any) -> Report:
        report = reviewed(*arguments, **settings)
        finding = Finding(message="it divides by zero", pointer="/release/stage", outcome=Outcome.ERROR)
        broken = replace(report.results[0], outcome=Outcome.ERROR, findings=(finding,))
        return replace(report, results=(broken,), verdict=Verdict.ERROR)

    reviewed = pipeline.review
    monkeypatch.setattr("release_review.pipeline.review", review)
    done = run("check", *SMALL, "good.toml")
    assert done.status == 2
    what = "rule small/released broke: it divides by zero; correct the rule, or leave its policy out"
    assert done.err == f"error: good.toml:4:1: {what}\n{NO_VERDICT}"
    assert done.out.endswith("good.toml: error (1 broken, 0 passed)\n") or "1 broken" in done.out


def _raise(*_: object) -> str:
    raise ValueError("no")


@pytest.mark.parametrize(
    ("render", "error"),
    [
        (_raise, r"reporter 'odd' broke: internal: ValueError in test_check\.py:\d+: no"),
        (lambda *_: 7, "reporter 'odd' gives no text"),
    ],
)
def test_a_reporter_that_breaks_gives_no_verdict(
    run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, render: Callable[..., str], error: str
) -> None:
    odd = Reporter(name="odd", summary="Odd.", render=render)
    monkeypatch.setattr("release_review.plugins.Registry.reporter", lambda *_: odd)
    done = run("check", *SMALL, "good.toml")
    assert done.status == 2
    assert re.fullmatch(rf"error: {error}; choose another output format\n{NO_VERDICT}", done.err)
