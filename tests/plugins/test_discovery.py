"""What is found without importlib.metadata is what it would find."""

from __future__ import annotations

import zipfile
from importlib import metadata
from pathlib import Path

import pytest

from release_review.plugins.discovery import find_candidates

FILES = {
    "METADATA": "Metadata-Version: 2.1\nName: acme\nVersion: 1\n",
    "PKG-INFO": "Metadata-Version: 2.1\nName: acme\nVersion: 1\n",
    "entry_points.txt": "[console_scripts]\nx = y:z\n\n[release_review]\nacme = acme_plugin\n",
}


def lay_out(folder: Path, inside: str) -> None:
    target = folder / inside
    target.mkdir(parents=True)
    for name, text in FILES.items():
        (target / name).write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("path", "inside"),
    [
        ("site", "acme-1.dist-info"),
        ("site", "Acme-1.DIST-INFO"),
        ("site", "acme.egg-info"),
        ("site/acme-1.egg", "EGG-INFO"),
        ("site/Acme-1.EGG", "EGG-INFO"),
        ("site", "acme-1.egg/EGG-INFO"),
        ("site", "elsewhere"),
        ("site", "below/acme-1.dist-info"),
    ],
)
def test_a_plugin_is_found_wherever_the_standard_library_finds_it(tmp_path: Path, path: str, inside: str) -> None:
    folder = tmp_path / path
    folder.mkdir(parents=True)
    lay_out(folder, inside)
    expected = [point for found in metadata.distributions(path=[str(folder)]) for point in found.entry_points]
    ours = [point.name for point in expected if point.group == "release_review"]
    assert [candidate.name for candidate in find_candidates([str(folder)])] == ours
    assert [candidate.name for candidate in find_candidates([folder])] == ours  # type: ignore[list-item]  # as some do


def test_a_plugin_in_an_archive_is_found(tmp_path: Path) -> None:
    archive = tmp_path / "site.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for name, text in FILES.items():
            file.writestr(f"acme-1.dist-info/{name}", text)
    assert [candidate.name for candidate in find_candidates([str(archive)])] == ["acme"]


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    assert find_candidates([str(tmp_path / "nothing")]) == ()


def test_a_finder_of_its_own_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay_out(tmp_path, "acme-1.dist-info")

    class Finder:
        @staticmethod
        def find_distributions(context: metadata.DistributionFinder.Context) -> list[metadata.Distribution]:
            del context
            return [metadata.Distribution.at(tmp_path / "acme-1.dist-info")]

    monkeypatch.setattr("sys.meta_path", [Finder])
    assert [candidate.name for candidate in find_candidates([])] == ["acme"]
