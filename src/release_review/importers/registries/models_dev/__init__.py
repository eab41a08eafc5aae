"""models.dev: a folder of TOML files, one for each model, with what holds wherever the model is served.

Only `models/` is read. `providers/` has what one host of a model says of it, and hosts disagree even on whether its
weights are open.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from release_review.errors import InputError
from release_review.hooks import Imported, Unread
from release_review.importers import toml_
from release_review.importers.registries.entry_files import find_entries, is_folder, read_entry
from release_review.importers.registries.models_dev.access import notes_of
from release_review.importers.registries.models_dev.manifest import manifest_of
from release_review.model import Limits

_FOLDER = "models"
_OF_HOSTS = "providers"
_HOST = "provider.toml"
"""What stands beside the models of a host, which are in a folder of the same name."""

_MOST_ABOVE = 4
"""How far a file may be below the folder of a host: `HOST/models/DEVELOPER/MODEL.toml`."""

_NO_DEVELOPERS = frozenset(("", "..", _FOLDER))
"""Names of folders that name no developer."""

_HINT = "name the folder models/ of models.dev, or a file of it"


def read(path: Path, limits: Limits) -> Iterator[Imported | Unread]:
    """Give a manifest for each model of the registry, sorted by developer and by the names of their files.

    Args:
        path: The folder models/, a folder or a file in it, or the repository of the registry.
        limits: Bounds on each file.

    Raises:
        InputError: The folder holds no such file, or what hosts say.
    """
    if _is_of_a_host(path):
        raise InputError("is what hosts say of models, and not what holds for them", where=str(path), hint=_HINT)
    if not is_folder(path):
        yield _entry(path, path.parent.name, limits)
        return
    inner = path / _FOLDER
    top = inner if is_folder(inner) and not inner.is_symlink() else path
    empty = True
    for found in find_entries(top, (".toml",), skip=frozenset((_OF_HOSTS,))):
        empty = False
        yield found if isinstance(found, Unread) else _entry(found, _developer(found, top), limits)
    if empty:
        raise InputError("holds no model, which would be a file *.toml", where=str(path), hint=_HINT)


def _is_of_a_host(path: Path) -> bool:
    """Tell whether a path is the folder of all hosts, of one of them or of its models, or a file in one."""
    try:
        return path.name == _OF_HOSTS or any((each / _HOST).is_file() for each in [path, *path.parents][:_MOST_ABOVE])
    except OSError:
        return False


def _developer(path: Path, top: Path) -> str:
    """Give the folder of the developer: the first one below models/, or the one that was named."""
    first, *below = path.relative_to(top).parts
    return first if below else top.name


def _entry(path: Path, developer: str, limits: Limits) -> Imported | Unread:
    maker = "" if developer in _NO_DEVELOPERS else developer
    try:
        record = read_entry(path, toml_.read, limits)
        data = manifest_of(record, developer=maker, stem=path.stem, where=str(path))
    except InputError as error:
        return Unread(origin=str(path), error=error)
    return Imported(data=data, origin=str(path), notes=notes_of(record))
