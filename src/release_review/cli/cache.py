"""Where the work of earlier runs is kept: the user's cache folder, and what came with the package."""

from __future__ import annotations

import contextlib
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

CI_VARIABLES = (
    "CI",
    "GITHUB_ACTIONS",
    "GITLAB_CI",
    "TF_BUILD",
    "JENKINS_URL",
    "TEAMCITY_VERSION",
    "BUILDKITE",
    "CIRCLECI",
)
"""What tells that this is a job of continuous integration: variables that its services set."""

_PARSERS = ("celpy", "lark")
"""Whose reading of an expression a typed tree rests on, besides our own."""


def open_store(*, wanted: bool) -> Store | None:
    """Give the store of this process: none where it is not wanted, and no folder of the user's in CI.

    A job of CI may have restored that folder from what another job left, of a pull request for instance, and a
    gate takes nobody's word for what an expression means.
    """
    if not wanted:
        return None
    folder, shipped, stamp = store_parts()
    return Store(folder, shipped=shipped, stamp=stamp)


def store_parts() -> tuple[Path | None, Path, str]:
    """Give what the store of this process is made of, so that other processes can have the same."""
    folder, stamp = None, ""
    if not any(os.environ.get(name) for name in CI_VARIABLES):
        # Whatever cannot be looked at, as a working directory that is gone: no run breaks for want of a cache.
        with contextlib.suppress(OSError):
            folder = folder_of_user(os.environ)
            stamp = _stamp() if folder else ""
    return (folder if stamp else None), PACKAGE / SHIPPED, stamp


def folder_of_user(environment: Mapping[str, str]) -> Path | None:
    """Give the folder that the XDG Base Directory Specification names; None where it may not be used.

    It may not if there is no home to put it in, or if it lies in what may be a checkout under review that brings one
    along: in the working directory, or in a folder around it that is called a home and is not this user's.
    """
    named = Path(environment.get("XDG_CACHE_HOME") or "")
    home = Path(environment.get("HOME") or "")
    if not named.is_absolute() and (not home.is_absolute() or not home.is_dir() or _is_no_home(home.resolve())):
        return None
    folder = (named if named.is_absolute() else home / ".cache") / PROGRAM
    return None if lies_in_working_directory(folder) else folder


def _is_no_home(folder: Path) -> bool:
    """Tell whether a folder that holds the working directory is something else than the home of this user."""
    return Path.cwd().resolve().is_relative_to(folder) and folder != _home_of_user()


def _home_of_user() -> Path | None:
    """Give the home that the system knows for this user, whatever the environment says."""
    try:
        import pwd  # not on every system
    except ImportError:
        return None
    with contextlib.suppress(KeyError):
        return Path(pwd.getpwuid(os.geteuid()).pw_dir).resolve()
    return None


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
            status = entry.stat(follow_symlinks=False)
            yield f"{entry.path} {status.st_size} {status.st_mtime_ns}"
