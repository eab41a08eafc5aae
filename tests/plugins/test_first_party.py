"""The plugins in `plugins/`: each is an installable distribution with its own tests."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugins.conftest import Site


ROOT = Path(__file__).parent.parent.parent
FIRST_PARTY = sorted(path.parent for path in (ROOT / "plugins").glob("*/pyproject.toml"))


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


@pytest.mark.slow
@pytest.mark.parametrize("folder", FIRST_PARTY, ids=lambda folder: folder.name)
def test_a_first_party_plugin_passes_its_own_tests(folder: Path, tmp_path: Path) -> None:
    paths = os.pathsep.join(entry for entry in sys.path if entry)
    environment = {
        **os.environ,
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
    subprocess.run(build, check=True, capture_output=True, timeout=300)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site.folder)
    assert site.load().plugins[0].name in folder.name
