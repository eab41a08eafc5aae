"""Entries of registries for tests: how they are imported and reviewed, and where the real ones lie."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from release_review import load_policies, load_registry, review
from release_review.errors import ReleaseReviewError
from release_review.importers.registries import release_review_importers
from release_review.model import LIMITS, Limits
from release_review.sources import Written, import_source

FOLDER = "REVIEW_DATA"
"""The variable that names the folder with data of others, which are not all ours to ship."""

PROPERTIES = (
    "broader-access",
    "greater-customizability",
    "local-inference",
    "inability-to-rescind",
    "inability-to-monitor",
)

_ROOT = Path(__file__).resolve().parents[2]
_IMPORTERS = {importer.name: importer for importer in release_review_importers()}
_REGISTRY = load_registry(discover=False)
_POLICIES = load_policies(["open-release"], _REGISTRY)


def real_data(name: str) -> Path:
    """Give the folder of the data of a registry; whether this machine has it is another question."""
    return Path(os.environ.get(FOLDER) or _ROOT.parent / "shared" / "data") / name


def results_of(importer: str, path: Path, limits: Limits = LIMITS) -> list[Written | ReleaseReviewError]:
    """Import a source; give what came of each entry."""
    return [*import_source(_IMPORTERS[importer], path, toml=_REGISTRY.importer("TOML"), limits=limits)]


def written_of(importer: str, path: Path) -> Written:
    """Import a source that has one entry, and that one can be read."""
    (result,) = results_of(importer, path)
    assert isinstance(result, Written), str(result)
    return result


def error_of(importer: str, path: Path) -> str:
    """Give the one line of a source that cannot be read, with its folder left out."""
    (result,) = results_of(importer, path)
    assert not isinstance(result, Written), result.text
    return str(result).replace(f"{path.parent}/", "")


def levels_of(written: Written) -> Mapping[str, str]:
    """Give the level of each of the five properties."""
    report = review(written.document, policies=_POLICIES, today=dt.date(2026, 1, 1))
    levels = {answer.id.partition("/")[2]: str(answer.level) for answer in report.assessments}
    return {each: levels[each] for each in PROPERTIES}


def data_of(written: Written) -> Any:
    """Give the manifest as plain data."""
    return written.document.data
