"""Part of the build of a wheel: works out what the shipped policies mean, so that no user's first run has to."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

INTO = "release_review/prepared"


class PreparePolicies(BuildHookInterface[Any]):
    """Puts the typed trees of the shipped policies into the wheel, as data."""

    _folder: Path | None = None

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make them before the wheel is packed; an editable install reads the checkout, and makes its own."""
        if self.target_name != "wheel" or version == "editable":
            return
        self._folder = Path(tempfile.mkdtemp(prefix="prepared-"))
        prepare(self._folder, source=Path(self.root) / "src")
        build_data["force_include"][str(self._folder)] = INTO

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove what is in the wheel now."""
        del version, build_data, artifact_path
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)


def prepare(folder: Path, *, source: Path) -> None:
    """Fill a folder with what the shipped policies mean, by the code that is being packed."""
    sys.path.insert(0, str(source))
    from release_review.plugins import load_registry
    from release_review.selection import load_policies
    from release_review.store import Store

    registry = load_registry(discover=False)
    for name in registry.policies:
        load_policies([name], registry, store=Store(folder))
    for entry in folder.iterdir():
        entry.chmod(0o644)
