"""The example releases: each comes to what was worked out by hand, and to the report that lies beside it."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from markdown import blocks
from shell import environment, shell

from release_review.cli import main
from release_review.pointer import steps_of, value_at

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"
PAGES = sorted(EXAMPLES.glob("**/README.md"))
ELSEWHERE = {*(EXAMPLES / "ci").glob("**/README.md"), EXAMPLES / "audit" / "README.md"}
"""Pages on what runs elsewhere; tests/ci and tests/audit run it."""

DAYS = {
    "minimal": ("", "2025-08-05"),
    "gpt-oss-120b": ("2025-08-05", "2025-08-05"),
    "llama-3.1-405b": ("2024-07-23", "2024-07-23"),
    "olmo-2-32b": ("2025-03-13", "2025-03-13"),
    "stable-diffusion-3-medium 2024-06-01": ("2024-06-01", "2024-06-01"),
    "stable-diffusion-3-medium 2024-07-01": ("2024-07-01", "2024-07-01"),
    "gpt-4": ("2023-03-14", "2023-03-14"),
    "worked-vulnerability-detection": ("2024-03-01", "2024-03-01"),
    "worked-altered-imagery": ("2024-03-01", "2024-03-01"),
}
"""For each report its `--as-of`, if it has one, and its `--today`."""

PROPERTIES = (
    "broader-access",
    "greater-customizability",
    "local-inference",
    "inability-to-rescind",
    "inability-to-monitor",
)
STEPS = (
    "threat-identification",
    "existing-risk",
    "existing-defenses",
    "marginal-risk",
    "ease-of-defense",
    "uncertainty",
)
LEVELS = {
    "A": "applies",
    "L": "limited",
    "U": "unknown",
    "N": "does-not-apply",
    "●": "full",
    "◑": "partial",
    "○": "none",
}

FIVE_PROPERTIES = {
    "minimal": "A A A A A",
    "gpt-oss-120b": "A A A A A",
    "llama-3.1-405b": "A A A A A",
    "olmo-2-32b": "A A A A A",
    "stable-diffusion-3-medium 2024-06-01": "N U N N U",
    "stable-diffusion-3-medium 2024-07-01": "A A A A A",
    "gpt-4": "N U N N L",
    "worked-vulnerability-detection": "A A A A A",
    "worked-altered-imagery": "A A A A A",
}
SIX_STEPS = {
    ("gpt-oss-120b", "biological"): "● U U ● ◑ ◑",
    ("gpt-oss-120b", "cyber"): "● U U ● ◑ ◑",
    ("llama-3.1-405b", "cbrne"): "◑ U U ◑ ◑ ◑",
    ("llama-3.1-405b", "spear-phishing"): "● U U ◑ ◑ ◑",
    ("stable-diffusion-3-medium 2024-06-01", "altered-imagery"): "U U U U U U",
    ("stable-diffusion-3-medium 2024-07-01", "altered-imagery"): "U U U U U U",
    ("worked-vulnerability-detection", "vulnerability-detection"): "● ● ● ● ● ●",
    ("worked-altered-imagery", "altered-imagery"): "● ● ● ● ● ●",
}
VERDICTS = {
    "minimal": "blocked",
    "gpt-oss-120b": "blocked",
    "llama-3.1-405b": "blocked",
    "olmo-2-32b": "blocked",
    "stable-diffusion-3-medium 2024-06-01": "pass",
    "stable-diffusion-3-medium 2024-07-01": "blocked",
    "gpt-4": "pass",
    "worked-vulnerability-detection": "pass",
    "worked-altered-imagery": "pass",
}


def words(letters: str) -> list[str]:
    return [LEVELS[letter] for letter in letters.split()]


def manifest_of(name: str) -> str:
    return f"examples/{name.partition(' ')[0]}/release.toml"


@cache
def written_report(name: str) -> str:
    """Give the JSON report of an example, as the command line writes it in the root of the repository."""
    as_of, today = DAYS[name]
    days = (*(("--as-of", as_of) if as_of else ()), "--today", today)
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(out):
        for variable in os.environ.keys() - environment().keys():
            patch.delenv(variable)
        patch.chdir(ROOT)
        status = main(("check", manifest_of(name), *days, "--output-format", "json"))
    assert status == int(VERDICTS[name] == "blocked")
    out.seek(0)
    return out.read()


@pytest.fixture(params=DAYS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def report(name: str) -> Any:
    return json.loads(written_report(name))


@pytest.fixture
def lines(name: str) -> list[str]:
    return (ROOT / manifest_of(name)).read_text(encoding="utf-8").splitlines()


def items_of(report: Any) -> Iterator[Any]:
    for answer in report["assessments"].values():
        yield from answer["items"].values()


def test_every_example_is_here() -> None:
    assert {name.partition(" ")[0] for name in DAYS} == {file.parent.name for file in EXAMPLES.glob("*/release.toml")}


def test_the_report_is_the_one_beside_the_manifest(name: str, golden: Callable[[Path, str], None]) -> None:
    folder, *day = name.split()
    file = "-".join(("expected", *day)) + ".json"
    golden(EXAMPLES / folder / file, written_report(name))


def test_the_verdict_is_the_one_worked_out_by_hand(name: str, report: Any) -> None:
    assert report["verdict"] == VERDICTS[name]


def test_the_five_properties_are_those_worked_out_by_hand(name: str, report: Any) -> None:
    levels = [report["assessments"][f"open-properties/{each}"]["level"] for each in PROPERTIES]
    assert levels == words(FIVE_PROPERTIES[name])


def test_the_six_steps_are_those_worked_out_by_hand(name: str, report: Any) -> None:
    steps = [report["assessments"][f"marginal-risk/{step}"]["items"] for step in STEPS]
    threats = {threat: [step[threat]["level"] for step in steps] for threat in steps[0]}
    assert threats == {threat: words(levels) for (example, threat), levels in SIX_STEPS.items() if example == name}


@pytest.mark.parametrize("name", ["minimal", "olmo-2-32b", "gpt-4"])
def test_without_a_declared_threat_all_six_steps_are_unknown(report: Any) -> None:
    levels = [report["assessments"][f"marginal-risk/{step}"]["level"] for step in STEPS]
    assert levels == words("U U U U U U")


def test_every_answer_has_a_reason(report: Any) -> None:
    assert all(answer["because"] for answer in report["assessments"].values())
    assert all(item["because"] for item in items_of(report))


def test_every_answer_rests_on_places_that_exist(report: Any, lines: list[str]) -> None:
    for item in items_of(report):
        assert item["reads"]
        for read in item["reads"]:
            assert 1 <= read["line"] <= len(lines)
            assert 1 <= read["column"] <= len(lines[read["line"] - 1])


def test_a_fact_is_read_where_it_stands_and_what_is_not_stated_at_the_table_around_it(
    name: str, report: Any, lines: list[str]
) -> None:
    manifest = tomllib.loads("\n".join(lines))
    for item in items_of(report):
        for read in item["reads"]:
            keys = [step for step in steps_of(read["pointer"]) if not step.isdecimal()]
            text = lines[read["line"] - 1]
            if is_stated(manifest, read["pointer"]):
                assert text.startswith((f"{keys[-1]} = ", "[[")), (read, text)
            elif keys[0] in manifest:
                assert text.startswith("["), (read, text)
            else:
                assert read["line"] == 1


def is_stated(manifest: Any, pointer: str) -> bool:
    try:
        value_at(manifest, pointer)
    except (KeyError, IndexError):
        return False
    return True


def test_every_finding_stands_on_a_line_that_exists(name: str, report: Any, lines: list[str]) -> None:
    found = [finding for result in report["results"] for finding in result["findings"]]
    assert bool(found) == (VERDICTS[name] == "blocked")
    for finding in found:
        assert finding["message"]
        assert 1 <= finding["line"] <= finding["end_line"] <= len(lines)


@pytest.mark.parametrize(
    "page", sorted({*EXAMPLES.glob("**/README.md")} - ELSEWHERE), ids=lambda page: page.parent.name
)
@pytest.mark.slow
def test_what_a_page_tells_to_run_runs(page: Path) -> None:
    shown = blocks(page.read_text(encoding="utf-8"), "sh")
    assert shown
    for block in shown:
        for command in block.text.splitlines():
            done = shell(command, folder=ROOT)
            assert done.returncode == 0, done.stdout
            assert re.search(r"^examples/.*/release\.toml: (pass|blocked) \(", done.stdout, re.MULTILINE)


def test_the_page_judges_on_the_day_of_the_report(name: str) -> None:
    as_of, today = DAYS[name]
    days = " ".join((*((f"--as-of {as_of}",) if as_of else ()), f"--today {today}"))
    page = (EXAMPLES / name.partition(" ")[0] / "README.md").read_text(encoding="utf-8")
    command = f"release-review check {manifest_of(name)} {days} --exit-zero"
    assert command in "".join(block.text for block in blocks(page, "sh")).splitlines()


@pytest.mark.parametrize("name", ["worked-vulnerability-detection", "worked-altered-imagery"])
def test_judged_today_the_review_of_a_worked_case_is_overdue(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    monkeypatch.chdir(ROOT)
    last, late = (("check", manifest_of(name), "--today", day) for day in ("2025-02-27", "2025-02-28"))
    assert main(last) == 0
    assert main(late) == 1
    assert "error marginal-risk/review-not-overdue fail" in capsys.readouterr().out
