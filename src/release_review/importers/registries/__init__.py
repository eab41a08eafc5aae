"""Public registries of models: each module reads one, as it is published, and gives a manifest for every entry.

A registry describes what somebody saw, so every value cites it. What it leaves out stays unknown, what it denies is
unknown with the words that deny it, and free text of it never states a fact that turns a property off.

This module is a plugin like any other. What reads a registry is imported when one is read.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from release_review.hooks import Imported, SourceImporter, Unread, hookimpl
from release_review.model import Limits

REGISTRIES = {
    "epoch": "Epoch AI, database of models: the CSV file of all systems.",
    "fmti": "Foundation Model Transparency Index: the folder of its CSV files, or one company's report.",
    "model-openness-tool": "Model Openness Tool: its YAML files. Its entries on weights are known to be unreliable.",
    "models-dev": "models.dev: the folder models/ of TOML files, or one of them.",
    "osai": "European Open Source AI Index: its YAML files.",
}
"""What each registry is; the module that reads it has its name, with `_` for `-`."""


@hookimpl
def release_review_importers() -> Iterator[SourceImporter]:
    """Give an importer for each registry."""
    for name, summary in REGISTRIES.items():
        yield SourceImporter(name=name, summary=summary, read=_Late(name))


@dataclass(frozen=True, slots=True)
class _Late:
    """The function `read` of the module of a registry, which is imported when the function is first called."""

    name: str

    def __call__(self, path: Path, limits: Limits) -> Iterable[Imported | Unread]:
        """Read a source."""
        module = importlib.import_module(f"{__name__}.{self.name.replace('-', '_')}")
        items: Iterable[Imported | Unread] = module.read(path, limits)
        return items
