"""The importers that come with the tool: TOML, YAML and JSON.

This module is a plugin like any other. The parsers are imported by the functions that need them, so
that a run which reads TOML pays for nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator

from release_review.hooks import Importer, hookimpl
from release_review.importers import json_, toml_, yaml_


@hookimpl
def release_review_importers() -> Iterator[Importer]:
    """Give the importers of the three formats a manifest may be written in."""
    yield Importer(name="TOML", suffixes=(".toml",), read=toml_.read, find_places=toml_.find_places)
    yield Importer(name="YAML", suffixes=(".yaml", ".yml"), read=yaml_.read, find_places=yaml_.find_places)
    yield Importer(name="JSON", suffixes=(".json",), read=json_.read, find_places=json_.find_places)
