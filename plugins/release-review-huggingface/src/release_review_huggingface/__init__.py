"""A plugin for release-review: manifests from model cards and saved repository infos of the Hugging Face Hub.

It never asks the network: what it reads are files that somebody has saved.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from release_review.hooks import Imported, SourceImporter, Unread, hookimpl
from release_review.model import Limits

NAME = "huggingface"
"""What `release-review import` takes."""


@hookimpl
def release_review_importers() -> Iterator[SourceImporter]:
    """Give the importer `huggingface`."""
    yield SourceImporter(
        name=NAME,
        summary="Model cards (README.md), and repository infos of the Hugging Face Hub that were saved as JSON.",
        read=_read,
    )


def _read(path: Path, limits: Limits) -> Iterable[Imported | Unread]:
    # Whoever only checks manifests does not load what reads cards.
    from release_review_huggingface.source import read_source

    return read_source(path, limits)
