"""The command line, with the plugin as if it were installed."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from release_review.cli import main

FOLDER = Path(__file__).parent.parent
ROOT = FOLDER.parent.parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What came of one command."""

    status: int
    out: str
    err: str


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Run]:
    """Run a command in the folder of the repository, and in this process."""
    info = tmp_path / "site" / "release_review_cyclonedx-1.0.0.dist-info"
    info.mkdir(parents=True)
    info.joinpath("METADATA").write_text("Metadata-Version: 2.1\nName: release-review-cyclonedx\nVersion: 1.0.0\n")
    info.joinpath("entry_points.txt").write_text("[release_review]\ncyclonedx = release_review_cyclonedx\n")
    editable = {"url": FOLDER.as_uri(), "dir_info": {"editable": True}}
    info.joinpath("direct_url.json").write_text(json.dumps(editable))
    monkeypatch.setattr(sys, "path", [str(info.parent), *sys.path])
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for variable in (*(name for name in os.environ if name.startswith("RELEASE_REVIEW_")), "GITHUB_ACTIONS"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.chdir(ROOT)

    def call(*arguments: str) -> Run:
        capsys.readouterr()
        status = main(arguments)
        out, err = capsys.readouterr()
        return Run(status=status, out=out, err=err)

    return call
