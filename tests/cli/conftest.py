"""A small checkout to run commands in, and two ways to run them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from release_review.cli import main

POLICY = """\
schema = "release-policy/1"
id = "small"
version = "1.0.0"
title = "Small"
description = "What a test needs."

[[rule]]
id = "released"
summary = "The release is out."
severity = "error"
assert = 'manifest.release.stage == "released"'
message = "{manifest.release.id} is not out"
rationale = "What is not out is not reviewed."
remediation = "Set `release.stage`."
"""
GOOD = 'schema = "release-manifest/1"\n[release]\nid = "acme/one"\nstage = "released"\n'
HELD = GOOD.replace('"released"', '"planned"')
BAD = GOOD.replace("[release]", "[relase]")

SHARED_VARIABLES = (
    *("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "COLUMNS"),
    *("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What came of one command."""

    status: int
    out: str
    err: str


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with a policy and three manifests: `good`, `held` (blocked) and `bad` (invalid)."""
    folder = tmp_path / "checkout"
    (folder / ".git").mkdir(parents=True)
    for name, text in {"small": POLICY, "good": GOOD, "held": HELD, "bad": BAD}.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    for variable in os.environ:
        if variable.startswith("RELEASE_REVIEW_") or variable in SHARED_VARIABLES:
            monkeypatch.delenv(variable)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def run(checkout: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Run]:
    """Run a command in this process."""

    def call(*arguments: str) -> Run:
        capsys.readouterr()
        status = main(arguments)
        out, err = capsys.readouterr()
        return Run(status=status, out=out, err=err)

    return call


@pytest.fixture
def shell(checkout: Path) -> Callable[..., Run]:
    """Run a command as a shell would: in a process of its own."""

    def call(*arguments: str, redirect: str = "", text: str = "") -> Run:
        # `exec` leaves no shell between the test and the status.
        script = f'exec "$0" -m release_review "$@" {redirect}'
        done = subprocess.run(
            ["/bin/sh", "-c", script, sys.executable, *arguments],
            input=text.encode(),
            capture_output=True,
            check=False,
            timeout=60,
        )
        return Run(status=done.returncode, out=done.stdout.decode(), err=done.stderr.decode())

    return call
