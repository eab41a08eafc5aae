"""The command line as a user meets it: a process of its own, in a folder of its own, with plugins if need be.

`runner` gives the same in this process, for a tenth of the time: a module that runs many commands runs a few of them in
both ways, and sees that they come out alike.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

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

NO_VERDICT = "no verdict was reached"
TIMEOUT_SECONDS = 120
"""A guard against hangs; how long a run takes is the business of tests/benchmarks."""

PLUGIN_HEAD = """\
from release_review.hooks import Importer, PolicyFolder, Reporter, hookimpl
from release_review.model import Finding, Outcome, Policy, Rule
"""
PLUGIN_TAIL = """
@hookimpl
def release_review_policies():
    yield Policy(id="acme", title="Acme", version="1", rules=(Rule(id="one", summary="One thing holds.", check=check),))
"""

# What a developer may have set and a test must not see.
_SHARED_VARIABLES = (
    *("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "COLUMNS", "PYTHONPATH"),
    *("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"),
)

_MEASURE = """\
import pathlib, resource, subprocess, sys
status = subprocess.run(sys.argv[2:], check=False).returncode
pathlib.Path(sys.argv[1]).write_text(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
sys.exit(status)
"""
_MAXRSS_BYTES = 1 if sys.platform == "darwin" else 1024
"""The unit of `ru_maxrss`. Source: getrusage(2) of each system."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What came of one command."""

    status: int
    out: str
    err: str


def command(*arguments: str) -> list[str]:
    """Give the command line of a command."""
    return [sys.executable, "-m", "release_review", *arguments]


def environment(site: Path | None = None) -> dict[str, str]:
    """Give the variables of a run, with the plugins in a folder."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("RELEASE_REVIEW_") and name not in _SHARED_VARIABLES
    }
    return kept if site is None else {**kept, "PYTHONPATH": str(site)}


def run(folder: Path, *arguments: str, site: Path | None = None, text: str = "", redirect: str = "") -> Run:
    """Run a command in a folder, as a shell does."""
    return _run(["/bin/sh", "-c", f'exec "$@" {redirect}', "sh", *command(*arguments)], folder, site, text)


class RunHere(Protocol):
    """Run a command in this process, with the plugins in a folder."""

    def __call__(self, *arguments: str, site: Path | None = None) -> Run: ...


def runner(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> RunHere:
    """Give what runs a command in this process, in a folder, with the variables of a process of its own."""
    for name in os.environ.keys() - environment().keys():
        monkeypatch.delenv(name)
    monkeypatch.chdir(folder)

    def run_here(*arguments: str, site: Path | None = None) -> Run:
        with monkeypatch.context() as patch:
            if site is not None:
                patch.syspath_prepend(site)
            capsys.readouterr()
            status = main(arguments)
            out, err = capsys.readouterr()
        sys.modules.pop("acme_plugin", None)
        return Run(status=status, out=out, err=err)

    return run_here


def run_measured(folder: Path, *arguments: str) -> tuple[Run, int]:
    """Run a command in a folder; give its peak memory, too, in bytes."""
    # What a process had before `exec` counts as its own; so a small process starts it, and not this large one.
    peak = folder / "peak.txt"
    done = _run([sys.executable, "-c", _MEASURE, str(peak), *command(*arguments)], folder, None, "")
    return done, int(peak.read_text(encoding="ascii")) * _MAXRSS_BYTES


def _run(arguments: list[str], folder: Path, site: Path | None, text: str) -> Run:
    done = subprocess.run(
        arguments,
        cwd=folder,
        env=environment(site),
        input=text.encode(),
        capture_output=True,
        check=False,
        timeout=TIMEOUT_SECONDS,
    )
    return Run(status=done.returncode, out=done.stdout.decode(), err=done.stderr.decode())


def install(site: Path, source: str) -> Path:
    """Make a folder that looks like site-packages and has a plugin `acme`."""
    site.mkdir(parents=True)
    (site / "acme_plugin.py").write_text(PLUGIN_HEAD + source, encoding="utf-8")
    info = site / "acme_policies-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-policies\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text("[release_review]\nacme = acme_plugin\n", encoding="utf-8")
    return site
