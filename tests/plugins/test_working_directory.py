"""What lies in the working directory is no plugin: it may be part of what is under review."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from release_review.plugins.discovery import lies_in_working_directory

if TYPE_CHECKING:
    from tests.plugins.conftest import Site


WAY_OUT = "leave it out with --without-plugin acme"


def test_a_plugin_in_the_working_directory_is_refused(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """G10, X03: `python -m` puts the checkout on the path, and an `evil-1.0.dist-info` may lie in it."""
    site.install("evil", "raise SystemExit(0)", distribution="evil")
    monkeypatch.chdir(site.folder)
    for path in ("", str(site.folder), "."):
        assert site.error(path).endswith(
            "plugin 'evil' (evil 1.0) lies in the working directory, where anybody's checkout may be; "
            "install it, or leave it out with --without-plugin evil"
        )
    assert "evil_plugin" not in sys.modules
    assert site.load("evil", path=[""]).plugins == ()


def test_a_folder_of_the_working_directory_is_no_better(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """G10: PYTHONPATH=site."""
    site.install("evil", site.sound)
    monkeypatch.chdir(tmp_path)
    assert "lies in the working directory" in site.error()


def test_an_environment_in_the_working_directory_is_welcome(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A `.venv` lies in the checkout as a rule."""
    site.install("acme", site.sound)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("site.getsitepackages", lambda: [str(site.folder)])
    assert "acme" in site.load().policies


def test_a_copy_in_the_working_directory_hides_no_installed_plugin(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.install("acme", site.sound)
    checkout = type(site)(tmp_path / "checkout")
    checkout.record("acme", target="evil_plugin", version="9.9")
    monkeypatch.chdir(checkout.folder)
    registry = site.load(path=["", str(site.folder)])
    assert [plugin.version for plugin in registry.plugins] == ["1.0"]


@pytest.mark.parametrize("file", ["acme_plugin.py", "acme_plugin/__init__.py", "acme_plugin/other.py"])
def test_a_module_of_the_working_directory_does_not_stand_in_for_an_installed_one(
    file: str, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """X02."""
    site.record("acme", target="acme_plugin")
    stranger = tmp_path / "checkout" / file
    stranger.parent.mkdir(parents=True)
    stranger.write_text(site.head + site.sound)
    monkeypatch.chdir(tmp_path / "checkout")
    monkeypatch.syspath_prepend("")
    assert site.error().endswith(
        "the module of plugin 'acme' (acme-policies 1.0) would be imported from the working directory; "
        f"run python with -P, or {WAY_OUT}"
    )


def test_an_editable_install_is_used_where_its_sources_lie(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "acme_plugin.py").write_text(site.head + site.sound)
    site.record("acme", target="acme_plugin", project=str(project))
    monkeypatch.chdir(project)
    monkeypatch.syspath_prepend(project)
    assert site.load().policy("acme").id == "acme"


@pytest.mark.parametrize("target", ["missing_plugin", "builtins", "odd_plugin"])
def test_a_module_that_has_no_file_is_left_to_the_import(
    target: str, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = ModuleType("odd_plugin")
    monkeypatch.setitem(sys.modules, "odd_plugin", odd)
    site.record("acme", target=target)
    error = site.error()
    assert error.startswith("plugin 'acme' (acme-policies 1.0) ")
    assert "working directory" not in error


@pytest.mark.parametrize("enabled", [True, False])
def test_the_folder_of_a_user_is_welcome_if_python_uses_it(
    *, enabled: bool, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A home folder may be the working directory."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("site.ENABLE_USER_SITE", enabled)
    monkeypatch.setattr("site.getusersitepackages", lambda: str(site.folder))
    assert lies_in_working_directory(site.folder / "acme") is not enabled
