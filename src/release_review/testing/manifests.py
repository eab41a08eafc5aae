"""Manifests made of plain data, so that a test says only what matters to it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from release_review.authoring.cases import CASE_DAY, changed
from release_review.errors import PolicyError
from release_review.importers import release_review_importers
from release_review.load import read_document
from release_review.model import Case, Document, Manifest
from release_review.validate import validate

SMALLEST: Mapping[str, Any] = MappingProxyType(
    {"schema": "release-manifest/1", "release": MappingProxyType({"id": "example/small"})}
)
"""The smallest manifest that there is: it has an id, and states nothing."""

NOTHING: Mapping[str, Any] = MappingProxyType({})
"""No changes, and no files."""


def make_document(
    changes: Mapping[str, Any] = NOTHING,
    *,
    base: Mapping[str, Any] = SMALLEST,
    remove: Sequence[str] = (),
    folder: Path | None = None,
    files: Mapping[str, str | bytes] = NOTHING,
    name: str = "release.json",
) -> Document:
    """Make the file of a manifest, as if it had been read: a JSON text, checked as every file is.

    What is to be removed is removed first; then the changes are made, in their order.

    Args:
        changes: What stands where, by JSON Pointer; `-` as the last step appends to a list. A date may
            be a `datetime.date`.
        base: What is changed; the smallest manifest unless given.
        remove: Pointers of what is taken out of `base`.
        folder: What paths of evidence are relative to, such as the `tmp_path` of pytest. None for no folder: evidence
            that is a file is missing then.
        files: Texts or bytes that are written into `folder`, by their relative paths.
        name: How reports call the file.

    Raises:
        ValueError: A pointer to be removed is not in `base`, the place of a change cannot be made, or files have no
            folder to go to.
        InputError: The data is no manifest that could be read: a number is out of range, a text too long.

    Example:
        ```python
        document = make_document({"/weights/license": "MIT", "/access/-": {"id": "hub", "kind": "weights"}})
        assert document.data["access"][0]["kind"] == "weights"
        ```
    """
    data = _changed(plain_data(base), plain_data(changes), remove)
    _write(files, folder)
    content = json.dumps(data, indent=2, ensure_ascii=False).encode("utf-8", "surrogatepass")
    (importer,) = (each for each in release_review_importers() if each.name == "JSON")
    return read_document(content, name=name, importer=importer, folder=folder)


def make_manifest(
    changes: Mapping[str, Any] = NOTHING,
    *,
    base: Mapping[str, Any] = SMALLEST,
    remove: Sequence[str] = (),
    today: dt.date = CASE_DAY,
    as_of: dt.date | None = None,
    folder: Path | None = None,
    files: Mapping[str, str | bytes] = NOTHING,
) -> Manifest:
    """Make a manifest that is validated and normalised as in a review: every field is there, unknown where not stated.

    Args:
        changes: As for `make_document`.
        base: As for `make_document`.
        remove: As for `make_document`.
        today: The day of judgement, in UTC.
        as_of: The day whose state is judged, in UTC; where None, as a review takes it.
        folder: As for `make_document`.
        files: As for `make_document`.

    Raises:
        ValueError: As for `make_document`.
        InputError: As for `make_document`.
        ManifestError: The data does not fit the schema.

    Example:
        ```python
        manifest = make_manifest({"/weights/license": "MIT"})
        assert manifest.data["weights"]["license"] == "MIT"
        assert manifest.data["release"]["stage"] == "unknown"
        ```
    """
    document = make_document(changes, base=base, remove=remove, folder=folder, files=files)
    return validate(document, as_of=as_of, today=today)


def _changed(base: Mapping[str, Any], changes: Mapping[str, Any], remove: Sequence[str]) -> dict[str, Any]:
    try:
        return changed(base, Case(name="", expect="", set=changes, remove=tuple(remove)))
    except PolicyError as error:
        raise ValueError(str(error).replace("the case", "a change", 1)) from None


def plain_data(value: Any) -> Any:
    """Give data as a file would hold it: tables, lists and texts; dates in ISO 8601."""
    if isinstance(value, Mapping):
        return {key: plain_data(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain_data(inner) for inner in value]
    return value.isoformat() if isinstance(value, dt.date) else value


def _write(files: Mapping[str, str | bytes], folder: Path | None) -> None:
    if files and folder is None:
        raise ValueError("files need a folder, such as folder=tmp_path")
    for name, content in files.items():
        path = (folder or Path()) / name
        if Path(name).is_absolute() or ".." in Path(name).parts:
            raise ValueError(f"the file {name!r} would not be in the folder")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
