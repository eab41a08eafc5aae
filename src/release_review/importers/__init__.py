"""The formats of manifests that come with the tool: TOML, YAML and JSON; beside them, `registries`.

This module is a plugin like any other. What reads a format is imported when a file of that format is read.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from release_review.hooks import Importer, hookimpl


@hookimpl
def release_review_importers() -> Iterator[Importer]:
    """Give the importers of the three formats a manifest may be written in."""
    formats = (("TOML", (".toml",), "toml_"), ("YAML", (".yaml", ".yml"), "yaml_"), ("JSON", (".json",), "json_"))
    for name, suffixes, module in formats:
        find_places = _Late(module, "find_places")
        yield Importer(name=name, suffixes=suffixes, read=_Late(module, "read"), find_places=find_places)


@dataclass(frozen=True, slots=True)
class _Late:
    """A function of the module of a format, which is imported when the function is first called."""

    module: str
    function: str

    def __call__(self, *arguments: Any) -> Any:
        """Call it."""
        return getattr(importlib.import_module(f"{__name__}.{self.module}"), self.function)(*arguments)
