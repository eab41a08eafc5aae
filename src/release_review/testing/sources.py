"""One source, imported as `release-review import` does it."""

from __future__ import annotations

from pathlib import Path

from release_review.errors import ReleaseReviewError
from release_review.hooks import SourceImporter
from release_review.model import LIMITS, Limits
from release_review.plugins import load_registry
from release_review.sources import Written, import_source


def run_importer(
    importer: SourceImporter, path: Path, *, limits: Limits = LIMITS
) -> list[Written | ReleaseReviewError]:
    """Import one source by the very code of `release-review import`, with what is wrong in place of what was not made.

    Args:
        importer: What makes manifests of the source.
        path: The file or the folder.
        limits: Bounds on each manifest, and for the importer.

    Returns:
        For each release of the source the manifest that was written, which is valid and says what the importer gave,
        or the error that stands for it. An importer that breaks, or gives what is no manifest, is an error too.

    Example:
        ```python
        (importer,) = acme_inventory.release_review_importers()
        (first, error) = run_importer(importer, tmp_path / "inventory.csv")
        assert first.release == "acme/small"
        assert str(error).endswith("the row names no model; fill in `model`")
        ```
    """
    toml = load_registry(discover=False).importer("TOML")
    return list(import_source(importer, path, toml=toml, limits=limits))
