"""The entries of a registry that keeps each in a file of its own: found in a fixed order, read one at a time.

No link is followed: it is told, because the entry behind it is not there without it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from release_review.errors import InputError
from release_review.files import decode, read_file, reason_of
from release_review.hooks import Unread
from release_review.importers.tree import find_faults
from release_review.model import Limits

DEEPEST = 8
"""Folders within folders that are looked into; the registries have two."""


def find_entries(
    folder: Path, suffixes: tuple[str, ...], *, skip: frozenset[str] = frozenset(), depth: int = DEEPEST
) -> Iterator[Path | Unread]:
    """Give the files below a folder whose names end so, sorted by name, and an error for what cannot be looked into.

    What is hidden is left out: `.github` holds no entries.

    Args:
        folder: Where to look.
        suffixes: Endings of names, in small letters, with their dots.
        skip: Names of folders that hold no entries of the registry.
        depth: Folders within folders that may follow.
    """
    try:
        with os.scandir(folder) as found:
            listed = sorted((each for each in found if not each.name.startswith(".")), key=lambda each: each.name)
    except (OSError, ValueError) as error:
        what = f"cannot be looked into: {reason_of(error)}"
        yield _unread(folder, what, "check the path and its permissions")
        return
    for entry in listed:
        path = folder / entry.name
        is_entry = entry.name.lower().endswith(suffixes)
        if entry.is_symlink():
            # One that points to nothing may have been a folder of entries.
            if not _leads_anywhere(path):
                yield _unread(path, "is a symbolic link to nothing, and links are not followed", "remove it")
            elif is_entry or is_folder(path):
                yield _unread(path, "is a symbolic link, and links are not followed", "name what it points to")
        elif entry.is_dir(follow_symlinks=False):
            if entry.name not in skip and not depth:
                yield _unread(path, "lies too deep to be looked into", "name the folder itself")
            elif entry.name not in skip:
                yield from find_entries(path, suffixes, skip=skip, depth=depth - 1)
        elif is_entry:
            yield path


def is_folder(path: Path) -> bool:
    """Tell whether a path that somebody named is a folder; where nobody may look, opening it says why."""
    try:
        return path.is_dir()
    except OSError:
        return False


def read_entry(path: Path, read: Callable[[str, Limits], Any], limits: Limits) -> dict[str, Any]:
    """Read the table that a file holds.

    Args:
        path: The file.
        read: The reader of its format, whose errors have `LINE:COLUMN` for a place, or none.
        limits: Bounds on its size and shape.

    Raises:
        InputError: The file cannot be read, is not in its format, goes over a limit, or holds no table.
    """
    name = str(path)
    text = decode(read_file(path, limits), name)
    try:
        data = read(text, limits)
    except InputError as error:
        raise InputError.join(
            InputError(each.what, where=f"{name}:{each.where}" if each.where else name, hint=each.hint)
            for each in error.flat()
        ) from None
    for fault in find_faults(data, limits):
        raise InputError(fault.what, where=name, hint=fault.hint)
    if not isinstance(data, dict) or not data:
        raise InputError("holds no table", where=name, hint="name a file of the registry as it is published")
    return data


def text_of(value: Any) -> str:
    """Give what a cell says, without blanks around it: a text or a number, and nothing for all else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value).strip()


def _leads_anywhere(path: Path) -> bool:
    try:
        path.stat()
    except (OSError, ValueError):
        return False
    return True


def _unread(path: Path, what: str, hint: str) -> Unread:
    return Unread(origin=str(path), error=InputError(what, where=str(path), hint=hint))
