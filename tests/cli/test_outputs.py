"""Reports as files: complete or not there, and never in the place of something else."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SMALL = ("check", "--policy", "small.toml", "--today", "2026-01-01")


def test_a_report_goes_to_as_many_files_as_one_likes(run: Callable[..., Any], checkout: Path) -> None:
    done = run(*SMALL, "--output", "json=a.json", "--output", "full=b.txt", "good.toml")
    assert (done.status, done.err) == (0, "")
    assert json.loads((checkout / "a.json").read_text(encoding="utf-8"))["verdict"] == "pass"
    assert (checkout / "b.txt").read_text(encoding="utf-8").splitlines()[-1] == "pass (1 passed)"
    assert done.out == "good.toml: pass (1 passed)\n"


def test_an_old_report_is_replaced_and_keeps_its_permissions(run: Callable[..., Any], checkout: Path) -> None:
    report = checkout / "a.json"
    report.write_text("old", encoding="utf-8")
    report.chmod(0o640)
    assert run(*SMALL, "--output", "json=a.json", "good.toml").status == 0
    assert report.read_text(encoding="utf-8").startswith("{")
    assert report.stat().st_mode & 0o777 == 0o640


def test_a_new_report_follows_the_umask(run: Callable[..., Any], checkout: Path) -> None:
    before = os.umask(0o027)
    try:
        run(*SMALL, "--output", "json=a.json", "good.toml")
    finally:
        os.umask(before)
    assert (checkout / "a.json").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    ("target", "error"),
    [
        ("good.toml", "good.toml: the report would replace what this run reads or writes; name another"),
        ("./good.toml", "good.toml: the report would replace what this run reads or writes; name another"),
        ("hard.toml", "hard.toml: the report would replace what this run reads or writes; name another"),
        ("small.toml", "small.toml: the report would replace what this run reads or writes; name another"),
        ("pyproject.toml", "pyproject.toml: the report would replace what this run reads or writes; name another"),
        ("link.json", "link.json: the report would replace a link; name a file"),
        ("folder", "folder: the report would replace a folder; name a file"),
        ("/dev/null", "/dev/null: the report would replace no regular file; name a file"),
        ("nowhere/a.json", "nowhere/a.json: the report has no folder to go to; make the folder first"),
    ],
)
def test_a_report_replaces_nothing_but_a_report(
    run: Callable[..., Any], checkout: Path, target: str, error: str
) -> None:
    (checkout / "folder").mkdir()
    (checkout / "link.json").symlink_to("elsewhere.json")
    (checkout / "hard.toml").hardlink_to(checkout / "good.toml")
    before = (checkout / "good.toml").read_bytes()
    done = run(*SMALL, "--output", f"json={target}", "good.toml")
    assert (done.status, done.out) == (2, "")
    assert done.err == f"error: {error}\nno verdict was reached\n"
    assert (checkout / "good.toml").read_bytes() == before
    assert not (checkout / "elsewhere.json").exists()


def test_a_dash_stands_for_stdout(run: Callable[..., Any], checkout: Path) -> None:
    done = run(*SMALL, "--output", "json=-", "--output", "concise=a.txt", "good.toml")
    assert (done.status, json.loads(done.out)["verdict"], done.err) == (0, "pass", "")
    assert (checkout / "a.txt").read_text(encoding="utf-8") == "good.toml: pass (1 passed)\n"
    assert not (checkout / "-").exists()


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (
            ("--output", "json=-", "--output", "full=-"),
            "two reports are for stdout; write --output NAME=PATH for one of them",
        ),
        (
            ("--output", "json=-", "--output-format", "full"),
            "--output-format and --output NAME=- are both for stdout; give one of them",
        ),
        (
            ("--output", "json=-", "-f", "full"),
            "--output-format and --output NAME=- are both for stdout; give one of them",
        ),
    ],
)
def test_stdout_has_one_report(run: Callable[..., Any], arguments: tuple[str, ...], error: str) -> None:
    done = run(*SMALL, *arguments, "good.toml")
    assert (done.status, done.out, done.err) == (2, "", f"error: {error}\nno verdict was reached\n")


def test_two_reports_do_not_share_a_file(run: Callable[..., Any]) -> None:
    done = run(*SMALL, "--output", "json=a.txt", "--output", "full=a.txt", "good.toml")
    assert done.status == 2
    assert "a.txt: the report would replace what this run reads or writes" in done.err


def test_a_report_never_lies_in_a_policy_folder(run: Callable[..., Any], checkout: Path) -> None:
    folder = checkout / "policies" / "small"
    folder.mkdir(parents=True)
    done = run("check", "--policy", "policies/small", "--output", "json=policies/small/rule.toml", "good.toml")
    assert done.status == 2
    assert "would replace what this run reads or writes" in done.err


def test_a_report_never_replaces_evidence(run: Callable[..., Any], checkout: Path) -> None:
    (checkout / "study.pdf").write_text("study", encoding="utf-8")
    with (checkout / "good.toml").open("a", encoding="utf-8") as manifest:
        manifest.write('[[evidence]]\nid = "e1"\nkind = "literature"\npath = "study.pdf"\n')
    done = run(*SMALL, "--output", "json=study.pdf", "good.toml")
    assert done.status == 2
    assert "study.pdf: the report would replace what this run reads or writes" in done.err
    assert (checkout / "study.pdf").read_text(encoding="utf-8") == "study"


def test_a_report_that_cannot_be_written_leaves_the_old_one_and_no_litter(
    run: Callable[..., Any], checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    (checkout / "a.json").write_text("old", encoding="utf-8")
    before = sorted(checkout.iterdir())
    monkeypatch.setattr("os.fsync", fail)
    done = run(*SMALL, "--output", "json=a.json", "--output", "full=b.txt", "good.toml")
    assert done.status == 2
    assert done.err == (
        "error: a.json: the report could not be written: no space left on device; free the place, or name another\n"
        "error: b.txt: the report could not be written: no space left on device; free the place, or name another\n"
        "no verdict was reached\n"
    )
    assert (checkout / "a.json").read_text(encoding="utf-8") == "old"
    assert sorted(checkout.iterdir()) == before
    assert done.out == "good.toml: pass (1 passed)\n"


@pytest.mark.parametrize(
    "arguments", [["init"], ["policy", "new", "acme", "--single-file"]], ids=["init", "policy new"]
)
def test_a_new_file_that_does_not_fit_is_not_there_in_part(
    arguments: list[str], run: Callable[..., Any], checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    before = sorted(checkout.iterdir())
    monkeypatch.setattr("os.fsync", full)
    done = run(*arguments)
    assert (done.status, done.out) == (2, "")
    assert "cannot be made: no space left on device" in done.err
    assert sorted(checkout.iterdir()) == before


def test_a_file_has_no_colours_whatever_the_terminal_has(run: Callable[..., Any], checkout: Path) -> None:
    done = run(*SMALL, "--color", "always", "--output", "full=a.txt", "held.toml")
    assert "\x1b[31m" in done.out
    assert "\x1b" not in (checkout / "a.txt").read_text(encoding="utf-8")


def test_a_run_without_a_verdict_leaves_no_older_report(run: Callable[..., Any], checkout: Path) -> None:
    """One that says `pass` would be taken for that of this run."""
    (checkout / "a.json").write_text('{"verdict": "pass"}', encoding="utf-8")
    done = run(*SMALL, "--output", "json=a.json", "--waivers", "missing.toml", "good.toml")
    assert done.status == 2
    assert not (checkout / "a.json").exists()


def test_a_report_does_not_go_through_a_linked_folder(run: Callable[..., Any], checkout: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (checkout / "reports").symlink_to(tmp_path / "elsewhere")
    done = run(*SMALL, "--output", "json=reports/a.json", "good.toml")
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("error: reports/a.json: the report would go through a link; name the folder it leads to")
    assert list((tmp_path / "elsewhere").iterdir()) == []
