from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from boms import mapped, problems, values

from release_review_cyclonedx.version import NAME, __version__

FOLDER = Path(__file__).parent.parent
EXAMPLES = sorted(path.parent.name for path in (FOLDER.parent.parent / "examples").glob("*/release.toml"))
DAY = ("--today", "2026-07-01")


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_gives_a_valid_bom_with_the_verdict_of_the_report(
    name: str, run: Callable[..., Any], tmp_path: Path
) -> None:
    outputs = {each: tmp_path / f"{each}.json" for each in ("cyclonedx", "json")}
    asked = (part for each, path in outputs.items() for part in ("--output", f"{each}={path}"))
    done = run("check", *DAY, *asked, f"examples/{name}/release.toml")
    text = outputs["cyclonedx"].read_text(encoding="utf-8")
    report = json.loads(outputs["json"].read_text(encoding="utf-8"))
    assert problems(text) == []
    document = json.loads(text)
    assert values(document["metadata"], "verdict") == [report["verdict"]]
    assert done.status == {"pass": 0, "blocked": 1}[report["verdict"]]
    for result in report["results"]:
        told = mapped(document, result["rule"])["conformance"]["rationale"]
        assert told.split(":")[0].split(" ")[0] == result["outcome"]
    assert len(document["declarations"]["evidence"]) >= len(report["evidence"])


def test_a_saved_report_gives_the_same_bytes(run: Callable[..., Any], tmp_path: Path) -> None:
    manifests = [f"examples/{name}/release.toml" for name in EXAMPLES]
    saved, bom = tmp_path / "report.json", tmp_path / "bom.json"
    run("check", *DAY, "--output", f"json={saved}", "--output", f"cyclonedx={bom}", *manifests)
    first = bom.read_bytes()
    assert len(json.loads(first)["components"]) == len(EXAMPLES)
    run("render", "--output", f"cyclonedx={bom}", str(saved))
    assert bom.read_bytes() == first
    bom.unlink()
    run("check", *DAY, "--output", f"cyclonedx={bom}", *manifests)
    assert bom.read_bytes() == first


def test_all_examples_in_one_bom_are_valid(run: Callable[..., Any]) -> None:
    done = run("check", *DAY, "--output-format", "cyclonedx", *(f"examples/{name}/release.toml" for name in EXAMPLES))
    assert done.status == 1
    assert problems(done.out) == []
    assert done.err == ""


def test_a_manifest_that_cannot_be_read_leaves_a_bom_that_says_so(run: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text('schema = "release-manifest/1"\n[relase]\n', encoding="utf-8")
    done = run("check", *DAY, "--output-format", "cyclonedx", str(tmp_path / "bad.toml"))
    assert done.status == 2
    document = json.loads(done.out)
    assert values(document["metadata"], "verdict") == ["error"]
    assert any("relase" in error for error in values(document["components"][0], "error"))


def test_a_bom_that_would_be_none_is_an_error_in_one_line(
    run: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("release_review_cyclonedx.bom.property_of", lambda name, value: {"name": name, "worth": value})
    target = tmp_path / "bom.json"
    done = run("check", *DAY, "--output", f"cyclonedx={target}", "examples/minimal/release.toml")
    assert done.status == 2
    assert not target.exists()
    told = [line for line in done.err.splitlines() if line.startswith("error: ")]
    assert len(told) == 1
    where = "the BOM does not fit the schema of CycloneDX 1.6 at 'metadata/properties/0'"
    assert told[0].startswith(f"error: reporter 'cyclonedx' broke: {where}: ")


def test_two_days_give_two_numbers(run: Callable[..., Any]) -> None:
    days = ("2026-07-01", "2026-07-02")
    told = [
        run("check", "--today", day, "--output-format", "cyclonedx", "examples/minimal/release.toml") for day in days
    ]
    numbers = {json.loads(done.out)["serialNumber"] for done in told}
    assert len(numbers) == 2


def test_the_plugin_is_listed_with_its_reporter(run: Callable[..., Any]) -> None:
    listed = run("plugin", "list").out
    assert "cyclonedx (release-review-cyclonedx 1.0.0)" in listed


def test_name_and_version_are_those_of_the_distribution() -> None:
    project = tomllib.loads((FOLDER / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == __version__
    assert list(project["entry-points"]["release_review"]) == [NAME]


def test_the_plugin_is_named_as_a_tool_once(run: Callable[..., Any]) -> None:
    done = run("check", *DAY, "--output-format", "cyclonedx", "examples/minimal/release.toml")
    tools = json.loads(done.out)["metadata"]["tools"]["components"]
    assert [each["name"] for each in tools].count("release-review-cyclonedx") == 1
