"""Model Openness Tool: a folder of YAML files, one for each model, with the components that it lists.

The registry does not say how a model can be reached, and what it says of weights is known to be wrong for many entries
(https://github.com/lfai/model_openness_tool/issues/80). So a manifest from it alone decides no property; its claim
about weights is passed on, and where another source says otherwise, both are shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from release_review.errors import InputError
from release_review.hooks import Imported, Unread
from release_review.importers import yaml_
from release_review.importers.registries.entry_files import find_entries, is_folder, read_entry
from release_review.importers.registries.model_openness_tool.manifest import manifest_of, notes_of
from release_review.model import Limits

_FOLDER = "models"
"""Where the repository of the registry keeps its entries."""

_HINT = "name the folder models/ of the Model Openness Tool, or a file of it"


def read(path: Path, limits: Limits) -> Iterator[Imported | Unread]:
    """Give a manifest for each entry of the registry, sorted by the names of their files.

    Args:
        path: A file, a folder of such files, or the repository of the registry.
        limits: Bounds on each file.

    Raises:
        InputError: The folder holds no such file.
    """
    if not is_folder(path):
        yield _entry(path, limits)
        return
    inner = path / _FOLDER
    empty = True
    for found in find_entries(inner if is_folder(inner) and not inner.is_symlink() else path, (".yml", ".yaml")):
        empty = False
        yield found if isinstance(found, Unread) else _entry(found, limits)
    if empty:
        raise InputError("holds no entry, which would be a file *.yml", where=str(path), hint=_HINT)


def _entry(path: Path, limits: Limits) -> Imported | Unread:
    try:
        record = read_entry(path, yaml_.read, limits)
        data = manifest_of(record, where=str(path))
    except InputError as error:
        return Unread(origin=str(path), error=error)
    return Imported(data=data, origin=str(path), notes=notes_of(record, data, path.stem))
