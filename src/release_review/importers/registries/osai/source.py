"""From a folder of the index, or one of its files, to manifests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from release_review.errors import InputError
from release_review.files import decode, read_file, reason_of
from release_review.hooks import Imported, Unread
from release_review.importers import yaml_
from release_review.importers.registries.osai.manifest import manifest_of
from release_review.importers.registries.osai.record import record_of
from release_review.importers.registries.osai.release import oddities
from release_review.importers.tree import find_faults
from release_review.model import Limits

NO_RELEASES = frozenset({"_parameters.yml", "_parameters-descriptions.yml", "a_submission_template.yaml"})
"""Files of the index that describe the index, and no system."""

_SUFFIXES = (".yaml", ".yml")


def read(path: Path, limits: Limits) -> Iterator[Imported | Unread]:
    """Read the index: each file of a folder in the order of their names, or one file.

    Raises:
        InputError: The folder cannot be listed, or holds no file of the index.
    """
    for file in _files(path):
        try:
            yield _imported(file, limits)
        except InputError as error:
            yield Unread(origin=str(file), error=error)


def _files(path: Path) -> list[Path]:
    try:
        if not path.is_dir():
            return [path]
        names = sorted(file.name for file in path.iterdir())
    except OSError as error:
        what = f"cannot be listed: {reason_of(error)}"
        raise InputError(what, where=str(path), hint="check its permissions") from None
    # What begins with a dot belongs to whoever keeps the files, not to the index.
    ours = [name for name in names if name.lower().endswith(_SUFFIXES) and not name.startswith(".")]
    if not (files := [path / name for name in ours if name not in NO_RELEASES]):
        hint = "name the folder with the YAML files of the index"
        raise InputError("holds no file of the European Open Source AI Index", where=str(path), hint=hint)
    return files


def _imported(file: Path, limits: Limits) -> Imported:
    name = str(file)
    data = _parsed(decode(read_file(file, limits), name), name, limits)
    if not isinstance(data, dict) or not isinstance(data.get("system"), dict):
        what = "has no table `system`, so it describes no release"
        raise InputError(what, where=f"{name}:1:1", hint="name a file of the European Open Source AI Index")
    record = record_of(data)
    if not record.name:
        what = "names no model: neither `endmodelname` nor `name` of `system` says one"
        raise InputError(what, where=f"{name}:1:1", hint="fill one of them in")
    return Imported(data=manifest_of(record), origin=name, notes=(*record.odd, *oddities(record)))


def _parsed(text: str, name: str, limits: Limits) -> Any:
    try:
        data = yaml_.read(text, limits)
    except InputError as error:
        where = f"{name}:{error.where}" if error.where else name
        raise InputError(error.what, where=where, hint=error.hint) from None
    for fault in find_faults(data, limits):
        place = None if fault.pointer is None else yaml_.find_places(text).get(fault.pointer)
        where = f"{name}:{place.value.line}:{place.value.column}" if place else name
        raise InputError(fault.what, where=where, hint=fault.hint)
    return data
