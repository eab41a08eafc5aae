"""A folder to audit in, and the command line in this process."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from audits import TODAY, Run

from release_review.cli import main


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder, with no setting of whoever runs the tests."""
    for variable in os.environ:
        if variable.startswith("RELEASE_REVIEW_") or variable in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
            monkeypatch.delenv(variable)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(folder: Path, capfd: pytest.CaptureFixture[str]) -> Callable[..., Run]:
    """Run a command in this process."""

    def call(*arguments: str) -> Run:
        capfd.readouterr()
        status = main(list(arguments))
        out, err = capfd.readouterr()
        return Run(status=status, out=out, err=err)

    return call


@pytest.fixture
def audit(run: Callable[..., Run]) -> Callable[..., Run]:
    """Run `audit` in one process, on a fixed day."""

    def call(*arguments: str) -> Run:
        return run("audit", "--jobs", "1", "--today", TODAY, *arguments)

    return call
