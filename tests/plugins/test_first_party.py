"""The plugins in `plugins/`: each is an installable distribution with its own tests."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugins.conftest import Site


ROOT = Path(__file__).parent.parent.parent
FIRST_PARTY = sorted(path.parent for path in (ROOT / "plugins").glob("*/pyproject.toml"))
CHAPTER = (ROOT / "plugins" / "README.md").read_text(encoding="utf-8")
PUBLIC = frozenset(
    name
    for row in re.findall(r"^\| (`release_review.*?) \|", CHAPTER, flags=re.MULTILINE)
    for name in re.findall(r"`(release_review(?:\.[a-z_.]+)?)`", row)
)
"""Modules that plugins may import, as the chapter on plugins says."""

FOR_TESTS = "release_review.testing"
WITH_THIRD_PARTIES = "builtin | importers | reporters"
"""The layer below which third parties may import."""


def modules_of(text: str) -> Iterator[str]:
    """Give each module of ours that a text imports; of the package itself, each name that is taken from it."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names if each.name.partition(".")[0] == "release_review")
        elif isinstance(node, ast.ImportFrom) and node.module in ("release_review", "release_review.importers"):
            yield from (f"{node.module}.{each.name}" for each in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("release_review."):
            yield str(node.module)


def imported_by(folder: Path) -> frozenset[str]:
    """Give all modules of ours that a plugin imports; its version is no module."""
    texts = [path.read_text(encoding="utf-8") for path in folder.glob("src/**/*.py")]
    return frozenset(name for text in texts for name in modules_of(text)) - {"release_review.__version__"}


def test_every_way_to_import_is_seen() -> None:
    text = (
        "import release_review.cel\nfrom release_review import review\nfrom release_review.model.rules import Rule\n"
        "from release_review.importers import yaml_\ndef late():\n    import json, release_review.cli as c\n"
        "from release_review_evals import x\nfrom . import y\n"
    )
    assert set(modules_of(text)) == {
        "release_review.cel",
        "release_review.cli",
        "release_review.importers.yaml_",
        "release_review.model.rules",
        "release_review.review",
    }


@pytest.mark.parametrize("folder", FIRST_PARTY, ids=lambda folder: folder.name)
def test_a_first_party_plugin_imports_only_what_is_there_for_plugins(folder: Path) -> None:
    assert imported_by(folder)
    assert imported_by(folder) - PUBLIC == set()


def test_what_is_there_for_plugins_is_used_or_for_their_tests() -> None:
    unused = PUBLIC - frozenset().union(*map(imported_by, FIRST_PARTY))
    assert unused == {"release_review", FOR_TESTS}


def test_what_is_there_for_plugins_stands_below_what_comes_with_us() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = project["tool"]["importlinter"]["contracts"][0]["layers"]
    below = layers[layers.index(WITH_THIRD_PARTIES) + 1 :]
    low = {f"release_review.{name}" for layer in below for name in re.findall(r"\w+", layer)}
    readers = {name for name in PUBLIC if name.startswith("release_review.importers.")}
    assert PUBLIC - readers - low == {"release_review", FOR_TESTS}
    assert low - PUBLIC  # not everything that could be imported is promised


@pytest.mark.parametrize("folder", FIRST_PARTY, ids=lambda folder: folder.name)
def test_a_first_party_plugin_loads_from_its_sources(folder: Path, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    ((name, target),) = project["entry-points"]["release_review"].items()
    site.record(name, target=target, distribution=project["name"], version=project["version"], project=str(folder))
    monkeypatch.syspath_prepend(folder / "src")
    registry = site.load()
    assert [(plugin.name, plugin.version) for plugin in registry.plugins] == [(name, project["version"])]
    brought = registry.loaded[-1]
    assert brought.policies or brought.importers or brought.reporters


def without_coverage() -> dict[str, str]:
    """Give our variables without those that have coverage measured, which nobody asks of a suite of its own."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("COV_", "COVERAGE_"))}


@pytest.mark.slow
@pytest.mark.parametrize("folder", FIRST_PARTY, ids=lambda folder: folder.name)
def test_a_first_party_plugin_passes_its_own_tests(folder: Path, tmp_path: Path) -> None:
    paths = os.pathsep.join(entry for entry in sys.path if entry)
    environment = {
        **without_coverage(),
        "PYTHONPATH": paths,
        "PYTHONDONTWRITEBYTECODE": "1",
        "HYPOTHESIS_STORAGE_DIRECTORY": str(tmp_path),
    }
    command: list[str | Path] = [sys.executable, "-P", "-m", "pytest", "-q", "-p", "no:cacheprovider", folder]
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("folder", FIRST_PARTY, ids=lambda folder: folder.name)
def test_the_wheel_of_a_first_party_plugin_is_found_by_its_entry_point(
    folder: Path, site: Site, tmp_path: Path
) -> None:
    build: list[str | Path] = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--skip-dependency-check",
        "--outdir",
        tmp_path,
        folder,
    ]
    subprocess.run(build, env=without_coverage(), check=True, capture_output=True, timeout=300)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site.folder)
    assert site.load().plugins[0].name in folder.name
