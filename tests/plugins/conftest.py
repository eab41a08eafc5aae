"""A folder that looks like site-packages, to try plugins without installing them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from release_review.errors import PluginError
from release_review.plugins import Registry, load_registry

HEAD = """
from release_review.hooks import Importer, PolicyFolder, Reporter, hookimpl
from release_review.model import Finding, Param, Policy, Rule
RULE = Rule(id="one", summary="One thing holds.", assertion="true")
"""
SOUND = """
@hookimpl
def release_review_policies():
    yield Policy(id="acme", title="Acme", version="1", rules=(RULE,))
"""


class Site:
    """A folder that looks like site-packages: modules, and fake `*.dist-info` folders for their entry points."""

    head = HEAD
    sound = SOUND

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def install(self, name: str, source: str, **facts: str) -> None:
        """Install a distribution `<name>-policies` with a plugin `<name>` in a module `<name>_plugin`."""
        module = facts.get("module", f"{name}_plugin")
        (self.folder / f"{module}.py").write_text(HEAD + source, encoding="utf-8")
        self.record(name, **{"target": module, **facts})

    def record(self, name: str, **facts: str) -> None:
        distribution = facts.get("distribution", f"{name}-policies")
        version = facts.get("version", "1.0")
        info = self.folder / f"{distribution.replace('-', '_')}-{version}.dist-info"
        info.mkdir()
        info.joinpath("METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n")
        info.joinpath("entry_points.txt").write_text(f"[release_review]\n{name} = {facts['target']}\n")
        if "project" in facts:
            record = {"url": Path(facts["project"]).as_uri(), "dir_info": {"editable": True}}
            info.joinpath("direct_url.json").write_text(json.dumps(record))

    def error(self, *path: str) -> str:
        """Give all errors that loading ends with, one to a line."""
        with pytest.raises(PluginError) as caught:
            self.load(path=path)
        return "\n".join(str(error) for error in caught.value.flat())

    def load(self, *without: str, path: Sequence[str] = ()) -> Registry:
        return load_registry(without=without, path=path or [str(self.folder)])


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    before = set(sys.modules)
    site = Site(tmp_path / "site")
    monkeypatch.syspath_prepend(site.folder)
    yield site
    for name in set(sys.modules) - before:
        file = getattr(sys.modules[name], "__file__", None) or ""
        if file.startswith(str(tmp_path)) or name.endswith("_plugin") or name.startswith("release_review_"):
            del sys.modules[name]
