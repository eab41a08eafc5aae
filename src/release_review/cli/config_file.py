"""The configuration file: `release-review.toml`, or `[tool.release-review]` in `pyproject.toml`."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from release_review.cli.options import OPTIONS, Option, check_choice
from release_review.errors import UsageError, suggest
from release_review.escape import shorten
from release_review.model import LIMITS, Document
from release_review.pointer import pointer_to

FILE = "release-review.toml"
"""The whole file is ours."""

SHARED_FILE = "pyproject.toml"
"""One table of it is ours."""

CONFIG_FILES = (FILE, SHARED_FILE)
"""The names that are looked for in a folder, the first first."""

TABLE = ("tool", "release-review")

_ROOTS = (".git", ".hg", ".jj", ".svn")


def read(config: Path | None, *, folder: Path) -> dict[str, tuple[Any, str]]:
    """Give the value and the place of every option that is set.

    Args:
        config: The file to read; None to look for one.
        folder: Where to start looking, upward to the root of the checkout.

    Raises:
        UsageError: A key or a value is none of ours.
        InputError: The file cannot be read.
    """
    document = _open(config) if config else _find(folder)
    if document is None:
        return {}
    steps = _table(document)
    values = _follow(document.data, steps)
    if not isinstance(values, Mapping):
        raise UsageError("the configuration is no table", where=document.where(pointer_to(*steps)))
    by_name = {option.name: option for option in OPTIONS}
    settings = {}
    for key, value in values.items():
        where = document.where(pointer_to(*steps, key))
        if key not in by_name:
            raise UsageError(f"unknown setting '{shorten(key)}'", where=where, hint=suggest(key, by_name))
        settings[key] = (_value(by_name[key], value, where=where, folder=Path(document.name).parent), where)
    return settings


def _find(folder: Path) -> Document | None:
    for candidate in _upward(folder):
        if (candidate / FILE).is_file():
            return _open(candidate / FILE)
        if _may_hold_ours(candidate / SHARED_FILE):
            document = _open(candidate / SHARED_FILE)
            if _follow(document.data, TABLE) is not None:
                return document
    return None


def _may_hold_ours(shared: Path) -> bool:
    """Tell whether a file is worth parsing: one that never names us is none of our business, sound or not."""
    try:
        with shared.open("rb") as file:
            return TABLE[-1].encode() in file.read(LIMITS.file_bytes + 1)
    except OSError:
        return False


def _upward(folder: Path) -> Iterator[Path]:
    """Give a folder and those above it up to the root of its checkout; the folder alone where it is in none."""
    try:
        here = folder.resolve(strict=True)
    except OSError:
        return  # the folder has been deleted
    above = (here, *here.parents)
    roots = (place for place in above if any((place / name).exists() for name in _ROOTS))
    root = next(roots, here)
    for depth, place in enumerate(above):
        yield folder.joinpath(*[os.pardir] * depth)
        if place == root:
            return


def _open(path: Path) -> Document:
    from release_review.importers import release_review_importers
    from release_review.load import load_document

    # Plugins are not asked: the file may say which of them to leave out.
    return load_document(path, importers=tuple(release_review_importers()))


def _table(document: Document) -> tuple[str, ...]:
    if Path(document.name).name != SHARED_FILE:
        return ()
    if _follow(document.data, TABLE) is None:
        raise UsageError("there is no [tool.release-review]", where=document.name, hint=f"add it, or name a {FILE}")
    return TABLE


def _follow(tree: Any, steps: tuple[str, ...]) -> Any:
    for step in steps:
        tree = tree.get(step) if isinstance(tree, Mapping) else None
    return tree


def _value(option: Option, value: Any, *, where: str, folder: Path) -> Any:
    if option.listed:
        if isinstance(value, str) or not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise UsageError(f"{option.name} is no list of strings", where=where, hint=f'write {option.name} = ["..."]')
        return tuple(_path(option, each, folder) for each in value)
    if not isinstance(value, str):
        raise UsageError(f"{option.name} is no string", where=where, hint=f'write {option.name} = "..."')
    return _path(option, check_choice(option, value, where=where), folder)


def _path(option: Option, value: str, folder: Path) -> str:
    """Make a path relative to the working folder; a bare name is no path where an id may stand too."""
    from release_review.selection import is_path

    if option.path == "always" or (option.path == "maybe" and is_path(value)):
        path = os.path.normpath(folder / value)
        return path if is_path(path) or option.path == "always" else f".{os.sep}{path}"  # or else it reads as an id
    return value
