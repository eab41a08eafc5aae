"""Statuses as a shell sees them, whatever happens to the streams and the process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

NO_VERDICT = "no verdict was reached\n"
SMALL = ("check", "--policy", "small.toml", "--isolated")

pytestmark = [pytest.mark.slow, pytest.mark.no_cover]


@pytest.mark.parametrize(("manifest", "status"), [("good.toml", 0), ("held.toml", 1), ("bad.toml", 2)])
def test_the_status_is_the_verdict(shell: Callable[..., Any], manifest: str, status: int) -> None:
    assert shell(*SMALL, manifest).status == status


@pytest.mark.parametrize("redirect", [">&-", ">/dev/full"])
@pytest.mark.parametrize("arguments", [(*SMALL, "good.toml"), (*SMALL, "held.toml"), ("--help",), ("schema", "policy")])
def test_a_text_that_does_not_arrive_is_no_success(
    shell: Callable[..., Any], arguments: tuple[str, ...], redirect: str
) -> None:
    done = shell(*arguments, redirect=redirect)
    assert done.status == 2
    assert done.err.startswith("error: stdout ")
    assert done.err.endswith(NO_VERDICT)
    assert len(done.err.splitlines()) == 2


@pytest.mark.parametrize("redirect", ["2>&-", "2>/dev/full", "<&-"])
@pytest.mark.parametrize(("manifest", "status"), [("good.toml", 0), ("held.toml", 1), ("bad.toml", 2)])
def test_neither_stderr_nor_stdin_changes_the_status(
    shell: Callable[..., Any], manifest: str, status: int, redirect: str
) -> None:
    assert shell(*SMALL, manifest, redirect=redirect).status == status


def test_with_no_stream_at_all_no_file_of_ours_takes_their_place(shell: Callable[..., Any], checkout: Path) -> None:
    done = shell(*SMALL, "--output", "json=report.json", "good.toml", redirect="<&- >&- 2>&-")
    assert done.status == 2
    assert (checkout / "report.json").read_text(encoding="utf-8").startswith("{")


def test_a_reader_that_leaves_is_no_success(checkout: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "release_review", *SMALL, "good.toml"],
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
        timeout=60,
    )
    os.close(writing)
    assert done.returncode == 2
    assert done.stderr.decode().startswith("error: stdout does not take the text: Broken pipe;")


@pytest.mark.parametrize(
    ("number", "status", "word"), [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")]
)
def test_an_interrupted_run_says_so_in_one_line(checkout: Path, number: signal.Signals, status: int, word: str) -> None:
    # It reads a fifo as stdin, so it waits for a manifest that never comes.
    with subprocess.Popen(
        [sys.executable, "-X", "importtime", "-m", "release_review", *SMALL, "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stderr
        for line in process.stderr:
            if b"release_review.pipeline" in line:  # every run needs it, and only a little comes before stdin is read
                break
        time.sleep(0.2)
        process.send_signal(number)
        assert process.stdin
        out, err = process.communicate(timeout=60)
    assert process.returncode == status
    assert out == b""
    said = [line for line in err.decode().splitlines() if not line.startswith("import time:")]
    assert said == [f"{word}: no verdict was reached"]


def test_a_module_in_the_checkout_is_never_imported(shell: Callable[..., Any], checkout: Path) -> None:
    for name in ("json", "click", "yaml", "tomli", "pluggy", "sitecustomize", "difflib"):
        (checkout / f"{name}.py").write_text("import os\nos._exit(0)\n", encoding="utf-8")
    assert shell(*SMALL, "held.toml").status == 1


def test_a_completion_variable_does_not_turn_a_check_into_something_else(
    shell: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("_RELEASE_REVIEW_COMPLETE", "bash_source")
    assert shell(*SMALL, "held.toml").status == 1


@pytest.mark.parametrize("variables", [{"LC_ALL": "C"}, {"PYTHONIOENCODING": "ascii"}, {"COLUMNS": "20", "TERM": "x"}])
def test_locale_and_terminal_change_no_byte(
    shell: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, checkout: Path, variables: dict[str, str]
) -> None:
    text = (checkout / "held.toml").read_text(encoding="utf-8")
    (checkout / "größe.toml").write_text(text, encoding="utf-8")
    arguments = (*SMALL, "--output-format", "full", "--today", "2026-01-01", "--as-of", "2026-01-01", "größe.toml")
    before = shell(*arguments)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert shell(*arguments) == before


def test_a_manifest_may_come_from_stdin(shell: Callable[..., Any], checkout: Path) -> None:
    text = (checkout / "held.toml").read_text(encoding="utf-8")
    done = shell(*SMALL, "--stdin-filename", "held.toml", "-", text=text)
    assert done.status == 1
    assert done.out.endswith("held.toml: blocked (1 blocking, 0 passed)\n")


def test_a_closed_stdin_that_is_named_gives_no_verdict(shell: Callable[..., Any]) -> None:
    done = shell(*SMALL, "-", redirect="<&-")
    assert (done.status, done.err) == (2, f"error: stdin is closed; name a file\n{NO_VERDICT}")


def test_a_working_folder_that_is_gone_gives_no_verdict(checkout: Path) -> None:
    gone = checkout / "gone"
    gone.mkdir()
    done = subprocess.run(
        ["/bin/sh", "-c", 'rmdir "$PWD"; exec "$0" -m release_review check x.toml', sys.executable],
        cwd=gone,
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert done.stderr.decode().endswith(NO_VERDICT)
