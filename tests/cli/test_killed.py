"""A run that is killed while it writes its outputs leaves each of them old, absent or whole."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from release_review.cli import main, outputs
from release_review.plugins import load_registry

pytestmark = pytest.mark.no_cover

KILLS = 100
FORMATS = sorted(reporter.name for reporter in load_registry(discover=False).reporters)
SECONDS_BETWEEN = 0.004
"""How long a child waits at each step of writing a file, so that most kills come while it writes."""


def arguments(folder: str) -> list[str]:
    files = [part for name in FORMATS for part in ("--output", f"{name}={folder}/report.{name}")]
    return ["check", "--policy", "small.toml", "--today", "2026-01-01", "held.toml", *files]


def write_slowly(folder: str) -> None:
    """Be the child: run the command, with a pause before each thing that it does to a file."""
    for name in ("fsync", "fchmod"):
        real = getattr(os, name)

        def slowly(*given: Any, real: Callable[..., Any] = real) -> Any:
            time.sleep(SECONDS_BETWEEN)
            return real(*given)

        setattr(os, name, slowly)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    main(arguments(folder))


def child(folder: str) -> int:
    process = os.fork()
    if process == 0:
        try:
            write_slowly(folder)
        finally:
            os._exit(0)
    return process


def there(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name.startswith("report.")}


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_run_that_is_killed_leaves_each_report_old_absent_or_whole(checkout: Path) -> None:
    (checkout / "whole").mkdir()
    begun = time.monotonic()
    os.waitpid(child("whole"), 0)
    longest = time.monotonic() - begun
    whole = there(checkout / "whole")
    assert set(whole) == {f"report.{name}" for name in FORMATS}

    chance = random.Random(20261122)  # noqa: S311 - moments, not secrets
    old = dict.fromkeys(whole, b"old\n")
    cut_short = 0
    for number in range(KILLS):
        folder = checkout / f"run{number}"
        folder.mkdir()
        before = old if number % 2 else {}
        for name, content in before.items():
            (folder / name).write_bytes(content)
        process = child(folder.name)
        time.sleep(chance.uniform(0, longest))
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        found = there(folder)
        for name, content in found.items():
            assert content in (whole[name], before.get(name)), f"kill {number}: {name} is half written"
        assert set(found) >= set(before), f"kill {number}: an old report is gone"
        cut_short += 0 < sum(found.get(name) == content for name, content in whole.items()) < len(whole)
    # Else the kills came before or after the writing, and this has shown nothing.
    assert cut_short >= KILLS // 4


def test_what_a_killed_run_leaves_beside_its_reports_is_replaced_by_nothing(checkout: Path) -> None:
    """Temporary files have names of their own, so the next run neither reads nor writes them."""
    left = checkout / ".report.json.abcdefgh.tmp"
    left.write_text("half", encoding="utf-8")
    outputs.replace(checkout / "report.json", "whole\n")
    assert (checkout / "report.json").read_text(encoding="utf-8") == "whole\n"
    assert left.read_text(encoding="utf-8") == "half"
