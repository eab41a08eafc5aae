"""`release-review plugin list`: every plugin, where it comes from, what it brings."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from release_review.cli import main

if TYPE_CHECKING:
    from tests.plugins.conftest import Site

BOTH = """
@hookimpl
def release_review_reporters():
    yield Reporter(name="rows", summary="One row each.", render=lambda entries, style: "")
"""


@pytest.fixture
def listed(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., str]:
    """Install two plugins, one of them in place, and give what `plugin list` puts out."""
    site.install("acme", site.sound + BOTH, version="2.0")
    project = tmp_path / "rows"
    site.install("rows", BOTH.replace('"rows"', '"lines"'), project=str(project))
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)

    def run(*arguments: str) -> str:
        assert main(["plugin", "list", "--isolated", *arguments]) == 0
        return capsys.readouterr().out

    return run


def test_the_list_is_for_people(listed: Callable[..., str], golden: Callable[[str, str], None]) -> None:
    text = listed()
    golden("cli/plugin-list.txt", text)
    assert max(len(line) for line in text.splitlines() if not line.startswith("  project ")) <= 80


def test_a_program_is_told_the_same(listed: Callable[..., str], tmp_path: Path) -> None:
    told = json.loads(listed("--output-format", "json", "--without-plugin", "acme"))
    assert told["without"] == ["acme"]
    assert [each["origin"] for each in told["plugins"]] == ["built-in", "built-in", "built-in", "built-in", "editable"]
    assert told["plugins"][-1] == {
        "name": "rows",
        "distribution": "rows-policies",
        "version": "1.0",
        "origin": "editable",
        "project": str(tmp_path / "rows"),
        "module": "rows_plugin",
        "hooks": ["release_review_reporters"],
        "policies": [],
        "importers": [],
        "reporters": ["lines"],
    }


def test_what_is_left_out_is_named(listed: Callable[..., str]) -> None:
    text = listed("--without-plugin", "acme")
    assert text.endswith("acme (left out)\n")
    assert "acme-policies" not in text
