"""How these tests import, and where they look for real cards."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from release_review.errors import ReleaseReviewError
from release_review.plugins import load_registry
from release_review.sources import Written, import_source
from release_review_huggingface import release_review_importers

DATA = Path(__file__).parent / "data"
SHIPPED = DATA / "cards"

FOLDER = "REVIEW_DATA"
"""The variable that names the folder with data of others, which are not all ours to ship.

Variables that begin with the name of the tool are its settings, and it refuses those that it does not know.
"""

_ROOT = Path(__file__).resolve().parents[3]
_TOML = load_registry(discover=False).importer("TOML")
(HUGGINGFACE,) = release_review_importers()


def real_cards() -> list[Path]:
    """Give the real cards of others, if this machine has them: below the folder that the variable names."""
    folder = Path(os.environ.get(FOLDER) or _ROOT.parent / "shared" / "data")
    return sorted((folder / "hf-cards" / "cards").glob("*.md"))


def result_of(path: Path) -> Written | ReleaseReviewError:
    """Import one source."""
    (result,) = import_source(HUGGINGFACE, path, toml=_TOML)
    return result


def imported(path: Path) -> Written:
    """Import one source that can be read."""
    result = result_of(path)
    assert isinstance(result, Written), str(result)
    return result


def error_of(path: Path) -> str:
    """Give the one line of a source that cannot be read, with its folder left out."""
    result = result_of(path)
    assert not isinstance(result, Written), result.text
    assert not result.also
    return str(result).replace(f"{path.parent}/", "")


def lay_out(folder: Path, card: str | bytes | None, info: Mapping[str, Any] | str | None = None) -> Path:
    """Write a card and an info beside each other; give the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    if card is not None:
        (folder / "README.md").write_bytes(card if isinstance(card, bytes) else card.encode())
    if info is not None:
        text = info if isinstance(info, str) else json.dumps(info)
        (folder / "model_info.json").write_text(text, encoding="utf-8")
    return folder
