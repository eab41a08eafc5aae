"""In GitHub Actions: annotations without being asked, and the summary of the step."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from release_review.cli.reports import MOST_SUMMARY_BYTES

SMALL = ("check", "--policy", "small.toml", "--today", "2026-01-01")


@pytest.fixture
def summary(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = checkout / "summary.md"
    path.write_text("before\n", encoding="utf-8")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(path))
    return path


def test_annotations_and_summary_come_without_being_asked_for(run: Callable[..., Any], summary: Path) -> None:
    done = run(*SMALL, "held.toml")
    assert done.status == 1
    assert done.out.startswith("::error ")
    assert done.out.splitlines()[-1] == "held.toml: blocked (1 blocking, 0 passed)"
    written = summary.read_text(encoding="utf-8")
    assert written == "before\n" + run(*SMALL, "--output-format", "markdown", "held.toml").out


def test_another_format_adds_nothing_to_the_summary(run: Callable[..., Any], summary: Path) -> None:
    run(*SMALL, "--output-format", "concise", "held.toml")
    assert summary.read_text(encoding="utf-8") == "before\n"


@pytest.mark.parametrize("value", ["", "false", "1"])
def test_only_the_word_of_github_counts(
    value: str, run: Callable[..., Any], summary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", value)
    assert run(*SMALL, "good.toml").out == "good.toml: pass (1 passed)\n"


def test_a_summary_that_is_full_is_left_as_it_is(run: Callable[..., Any], summary: Path) -> None:
    summary.write_text("x" * MOST_SUMMARY_BYTES, encoding="utf-8")
    done = run(*SMALL, "good.toml")
    assert (done.status, done.err) == (0, "note: the summary of this step is full; the report is in the log alone\n")
    assert summary.stat().st_size == MOST_SUMMARY_BYTES


def test_a_summary_that_cannot_be_written_changes_nothing(
    run: Callable[..., Any], summary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary.parent))
    done = run(*SMALL, "held.toml")
    assert done.status == 1
    assert done.err == f"note: the summary of this step could not be written to {summary.parent}: is a directory\n"


def test_a_summary_that_is_no_file_is_not_waited_for(
    run: Callable[..., Any], summary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipe = summary.parent / "pipe"
    os.mkfifo(pipe)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(pipe))
    done = run(*SMALL, "held.toml")
    assert done.status == 1
    assert done.err.startswith("note: the summary of this step could not be written to ")


@pytest.mark.parametrize("name", ["held.toml", "report.json"])
def test_a_summary_is_not_added_to_what_the_run_reads_or_writes(
    name: str, run: Callable[..., Any], summary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", name)
    before = (summary.parent / "held.toml").read_bytes()
    done = run(*SMALL, "--output", "json=report.json", "held.toml")
    assert done.status == 1
    assert "is a file that this run reads or writes, and is left as it is" in done.err
    assert (summary.parent / "held.toml").read_bytes() == before
    assert json.loads((summary.parent / "report.json").read_text(encoding="utf-8"))["verdict"] == "blocked"
