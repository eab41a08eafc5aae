"""Where the work of earlier runs is kept: the user's cache folder, and what came with the package."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

from release_review.plugins.discovery import lies_in_working_directory
from release_review.store import Store
from release_review.summary import PROGRAM

PACKAGE = Path(__file__).resolve().parent.parent
"""The folder of this package."""

SHIPPED = "prepared"
"""The folder in the package with what was worked out when it was built; a checkout has none."""

_PARSERS = ("celpy", "lark")
"""Whose reading of an expression a typed tree rests on, besides our own."""


def open_store(*, wanted: bool) -> Store | None:
    """Give the store of this process: none where it is not wanted, and no folder of the user's in CI.

    A job of CI may have restored that folder from what another job left, of a pull request for instance, and a
    gate takes nobody's word for what an expression means.
    """
    if not wanted:
        return None
    folder = None if os.environ.get("CI") else folder_of_user(os.environ)
    return Store(folder, shipped=PACKAGE / SHIPPED, stamp=_stamp() if folder else "")


def folder_of_user(environment: Mapping[str, str]) -> Path | None:
    """Give the folder that the XDG Base Directory Specification names; None where it may not be used.

    It may not if it lies in the working directory, which may be a checkout under review that brings one along.
    """
    named = Path(environment.get("XDG_CACHE_HOME") or "")
    home = Path(environment.get("HOME") or "")
    root = named if named.is_absolute() else home / ".cache"
    folder = root / PROGRAM
    return folder if folder.is_absolute() and not lies_in_working_directory(folder) else None


def _stamp() -> str:
    """Tell this state of the code from every other: a checkout changes without a new version."""
    files = [file for name in _PARSERS if (spec := find_spec(name)) and (file := spec.origin)]
    stamps = [f"{file} {os.stat(file).st_mtime_ns}" for file in files]  # noqa: PTH116 - a hundred files, one call each
    return "\n".join([*stamps, *_stamps_below(str(PACKAGE))])


def _stamps_below(folder: str) -> Iterator[str]:
    for entry in sorted(os.scandir(folder), key=lambda each: each.name):
        if entry.is_dir():
            if entry.name != "__pycache__":
                yield from _stamps_below(entry.path)
        else:
            status = entry.stat()
            yield f"{entry.path} {status.st_size} {status.st_mtime_ns}"
