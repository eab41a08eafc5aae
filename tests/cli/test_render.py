"""Saved reports: any format is made of one later, byte for byte, and one that contradicts itself is refused."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from release_review.plugins import load_registry

ROOT = Path(__file__).parent.parent.parent
FORMATS = sorted(reporter.name for reporter in load_registry(discover=False).reporters)
NO_VERDICT = "no verdict was reached\n"
DAY = ("--today", "2026-01-31", "--as-of", "2026-01-31")

POLICY = """\
schema = "release-policy/1"
id = "watch"
version = "1.0.0"
title = "Watch"
description = "What a test needs."

[[rule]]
id = "watched"
summary = "Somebody watches each channel."
severity = "error"
given = "/access/*"
assert = 'this.usage_observed == "yes"'
message = "{this.id} is not watched"
rationale = "What nobody watches nobody can stop."
remediation = "Set `usage_observed`."

[[rule]]
id = "dated"
summary = "The release has a date."
severity = "error"
effective = 2027-01-01
assert = 'manifest.release.date != null'
message = "no date is stated"
rationale = "A plan has a day."
remediation = "Set `release.date`."
"""
MANIFEST = """\
schema = "release-manifest/1"
[release]
id = "acme/one"

[[access]]
id = "hub"
kind = "weights"
usage_observed = "no"

[[access]]
id = "api"
kind = "api"
"""
WAIVERS = """\
schema = "release-waivers/1"

[[waiver]]
id = "w1"
rule = "watch/watched"
release = "acme/one"
pointer = "/access/hub"
reason = "accepted-risk"
justification = "The hub counts downloads."
owner = "release team"
approved_by = "release board"
ticket = "REL-7"
created = 2026-01-01
expires = 2026-01-31

[[waiver]]
id = "w2"
rule = "watch/watched"
release = "acme/one"
pointer = "/access/app"
reason = "accepted-risk"
justification = "The app is not out."
owner = "release team"
approved_by = "release board"
ticket = "REL-8"
created = 2026-01-01
expires = 2026-01-30
"""


@pytest.fixture
def files(checkout: Path) -> Path:
    """Give a folder with a policy, manifests, waivers, and a report that has something of everything."""
    for name, text in {"watch": POLICY, "one": MANIFEST, "waivers": WAIVERS}.items():
        (checkout / f"{name}.toml").write_text(text, encoding="utf-8")
    return checkout


def check(*more: str) -> tuple[str, ...]:
    return ("check", "--policy", "watch.toml", *DAY, "--waivers", "waivers.toml", *more)


def save(run: Callable[..., Any], *more: str) -> Any:
    done = run(*check(*more), "--output", "json=report.json")
    assert Path("report.json").is_file(), done.err
    return done


def in_every_format(folder: str) -> list[str]:
    Path(folder).mkdir()
    return [part for name in FORMATS for part in ("--output", f"{name}={folder}/report.{name}")]


def same(direct: Any, later: Any) -> bool:
    """Tell whether a report is the same later, in every format and on stdout."""
    pairs = ((Path("direct") / f"report.{name}", Path("later") / f"report.{name}") for name in FORMATS)
    assert [one.name for one, other in pairs if one.read_bytes() != other.read_bytes()] == []
    return (direct.out, direct.status) == (later.out, later.status)


@pytest.mark.parametrize("manifests", [["one.toml"], ["one.toml", "bad.toml", "good.toml"], ["bad.toml"]])
@pytest.mark.parametrize("verbosity", [(), ("-v",), ("-q",)])
def test_a_saved_report_gives_the_same_bytes_as_the_review(
    manifests: list[str], verbosity: tuple[str, ...], run: Callable[..., Any], files: Path
) -> None:
    direct = run(*check(*manifests, *verbosity), *in_every_format("direct"))
    later = run("render", "direct/report.json", *verbosity, *in_every_format("later"))
    assert same(direct, later)


@pytest.mark.parametrize("example", sorted(path.parent.name for path in (ROOT / "examples").glob("*/release.toml")))
def test_a_saved_report_of_an_example_gives_the_same_bytes(example: str, run: Callable[..., Any], files: Path) -> None:
    manifest = str(ROOT / "examples" / example / "release.toml")
    direct = run("check", manifest, "--today", "2026-01-01", *in_every_format("direct"))
    assert same(direct, run("render", "direct/report.json", *in_every_format("later")))


@pytest.mark.parametrize("name", FORMATS)
def test_a_saved_report_gives_the_same_on_stdout(name: str, run: Callable[..., Any], files: Path) -> None:
    direct = run(*check("one.toml"), "--output", "json=report.json", "--output-format", name)
    later = run("render", "report.json", "--output-format", name)
    assert (direct.out, direct.status) == (later.out, later.status)
    assert direct.out


@pytest.mark.parametrize(
    "decided",
    [
        ("--ignore-waivers",),
        ("--baseline", "baseline.toml"),
        ("--baseline", "baseline.toml", "--ignore-waivers"),
        ("--trusted", "../trusted"),
    ],
)
def test_a_saved_report_tells_what_was_let_go(decided: tuple[str, ...], run: Callable[..., Any], files: Path) -> None:
    terms = ("--owner", "release manager", "--expires", "2026-06-30")
    run(*check("--ignore-waivers", "--write-baseline", "baseline.toml", *terms, "one.toml"))
    (files.parent / "trusted").mkdir()
    for each in ("watch.toml", "waivers.toml"):
        shutil.copy(files / each, files.parent / "trusted" / each)
    direct = run(*check("one.toml", *decided), *in_every_format("direct"))
    assert same(direct, run("render", "direct/report.json", *in_every_format("later")))


def test_a_saved_report_goes_to_as_many_files_as_one_likes(run: Callable[..., Any], files: Path) -> None:
    save(run, "one.toml")
    run(*check("one.toml"), "--output", "sarif=a.sarif", "--output", "csv=a.csv")
    done = run("render", "report.json", "--output", "sarif=b.sarif", "--output", "csv=b.csv", "--output", "junit=-")
    assert done.out.startswith("<?xml")
    for suffix in ("sarif", "csv"):
        assert (files / f"a.{suffix}").read_bytes() == (files / f"b.{suffix}").read_bytes()


def test_a_report_is_read_from_stdin(shell: Callable[..., Any], files: Path) -> None:
    direct = shell(*check("one.toml"), "--output", "json=report.json")
    text = (files / "report.json").read_text(encoding="utf-8")
    assert shell("render", "-", text=text).out == direct.out


def test_exit_zero_is_for_what_is_blocked_alone(run: Callable[..., Any], files: Path) -> None:
    assert save(run, "one.toml").status == 1
    assert run("render", "report.json", "--exit-zero").status == 0
    assert save(run, "bad.toml").status == 2
    assert run("render", "report.json", "--exit-zero").status == 2


def changed(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    report = json.loads(path.read_text(encoding="utf-8"))
    change(report)
    path.write_text(json.dumps(report), encoding="utf-8")


def result_of(report: dict[str, Any], rule: str) -> dict[str, Any]:
    found: dict[str, Any] = next(result for result in report["results"] if result["rule"] == rule)
    return found


def lift_all(report: dict[str, Any]) -> None:
    for finding in result_of(report, "watch/watched")["findings"]:
        finding["waiver"] = "w2"
    report["counts"] |= {"waived": 1, "fail": 2}
    report["verdict"] = "pass"


def know_all(report: dict[str, Any]) -> None:
    for finding in result_of(report, "watch/watched")["findings"]:
        finding |= {"known": True, "waiver": None}
    report["counts"] |= {"known": 1, "fail": 2}
    report["verdict"] = "pass"


def other_text(report: dict[str, Any]) -> None:
    report["manifest"]["text"] = report["manifest"]["text"].replace('"no"', '"yes"')


def other_release(report: dict[str, Any]) -> None:
    text = report["manifest"]["text"].replace("acme/one", "acme/two")
    report["manifest"]["text"] = text
    report["release"]["digest"] = f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


OTHERWISE = "what is said here is not what the rest of the report says"


def flipped(report: dict[str, Any]) -> None:
    for result in report["results"]:
        result["outcome"] = "pass"
    report["verdict"] = "pass"


def without_what_blocks(report: dict[str, Any]) -> None:
    report["results"] = [each for each in report["results"] if each["outcome"] == "pass"]
    report["verdict"] = "pass"


def lighter(report: dict[str, Any]) -> None:
    for result in report["results"]:
        result["severity"] = "note"
    report["verdict"] = "pass"


def known_for_ever(report: dict[str, Any]) -> None:
    know_all(report)
    report["baseline"] = {"file": None, "owner": "x", "created": "2020-01-01", "expires": "2099-01-01"}


def lifted_from_elsewhere(report: dict[str, Any]) -> None:
    lift_all(report)
    waiver = report["waivers"]["lapsed"][0]
    waiver |= {"pointer": "/nowhere", "expires": "2026-03-31"}


def lifted_by_its_owner(report: dict[str, Any]) -> None:
    lift_all(report)
    waiver = report["waivers"]["lapsed"][0]
    waiver |= {"pointer": "", "expires": "2026-03-31", "owner": waiver["approved_by"]}


def finding_of(report: dict[str, Any]) -> dict[str, Any]:
    finding: dict[str, Any] = result_of(report, "watch/watched")["findings"][0]
    return finding


TAMPERED: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "verdict": (lambda report: report.update(verdict="pass"), "the verdict is pass, and the results give blocked"),
    "counts": (lambda report: report["counts"].update({"pass": 9}), OTHERWISE),
    "waiver": (lift_all, "a finding of watch/watched is lifted by what cannot lift it"),
    "baseline": (know_all, "a finding of watch/watched is lifted by what cannot lift it"),
    "manifest": (
        other_text,
        "the report cannot be read back: the digest is not that of the manifest in it",
    ),
    "release": (
        other_release,
        "the report cannot be read back: the release is not that of the manifest in it",
    ),
    "format": (
        lambda report: report["manifest"].update(format="acme"),
        "the report cannot be read back: no plugin reads 'acme'",
    ),
    "evidence": (
        lambda report: report["release"].update(digest="sha256:" + "0" * 64),
        "the report cannot be read back: the digest is not that of the manifest in it",
    ),
    "nothing": (
        lambda report: report.update(results=[]),
        "the report cannot be read back: no rule applies to this manifest",
    ),
}


@pytest.mark.parametrize(("change", "error"), TAMPERED.values(), ids=TAMPERED)
def test_a_report_that_contradicts_itself_is_refused(
    change: Callable[[dict[str, Any]], None], error: str, run: Callable[..., Any], files: Path
) -> None:
    save(run, "one.toml")
    changed(files / "report.json", change)
    done = run("render", "report.json")
    assert (done.status, done.out) == (2, "")
    assert error in done.err
    assert done.err.endswith(f"; make the report again with 'release-review check'\n{NO_VERDICT}")


def test_the_verdict_of_several_is_that_of_all(run: Callable[..., Any], files: Path) -> None:
    save(run, "one.toml", "good.toml")
    changed(files / "report.json", lambda report: report.update(verdict="pass"))
    done = run("render", "report.json")
    assert done.status == 2
    assert "report.json:1:" in done.err
    assert "the verdict is not that of the reports" in done.err


@pytest.mark.parametrize(
    ("name", "error"),
    [
        (
            "one.toml",
            "error: one.toml:1:1: is a manifest, not a report; review it with 'release-review check one.toml'\n",
        ),
        (
            "other.json",
            "error: other.json:1:1: is no report of release-review; make one with 'release-review check --ou",
        ),
        ("nothing.json", "error: nothing.json: does not exist; check the path\n"),
        ("broken.json", "error: broken.json:1:1: "),
    ],
)
def test_what_is_no_report_is_told_so(name: str, error: str, run: Callable[..., Any], files: Path) -> None:
    (files / "broken.json").write_text("no", encoding="utf-8")
    (files / "other.json").write_text('{"version": "2.1.0", "runs": []}', encoding="utf-8")
    done = run("render", name)
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith(error)
    assert done.err.endswith(NO_VERDICT)


def test_a_report_does_not_replace_the_one_it_is_made_of(run: Callable[..., Any], files: Path) -> None:
    save(run, "one.toml")
    before = (files / "report.json").read_bytes()
    done = run("render", "report.json", "--output", "html=report.json")
    assert done.status == 2
    assert (files / "report.json").read_bytes() == before
