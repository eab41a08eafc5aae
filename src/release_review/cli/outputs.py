"""Reports as files: written beside their place and renamed into it, so that they are old, absent or complete."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from release_review.errors import OutputError, UsageError
from release_review.escape import shorten
from release_review.hooks import Reporter

if TYPE_CHECKING:
    from release_review.plugins import Registry

STDOUT = "-"
"""The path that stands for stdout."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """A report that somebody asked for as a file."""

    reporter: Reporter
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What goes to files, and what was asked for on stdout, if anything was."""

    files: tuple[Output, ...]
    stdout: Reporter | None


def plan(requests: Sequence[str], *, registry: Registry, inputs: Iterable[Path]) -> Planned:
    """Read `NAME=PATH`, and refuse at once whatever could not be written, or should not be.

    Args:
        requests: What the command line says; where the path is `-`, the report is for stdout.
        registry: Where the reporters are.
        inputs: Files, and folders of files, that this run reads.

    Raises:
        UsageError: A request is none, or names no reporter or no file; or two are for stdout.
        OutputError: A file may not be replaced, or two requests name it.
    """
    files: list[Output] = []
    stdout: Reporter | None = None
    read = list(inputs)
    for request in requests:
        name, _, target = request.partition("=")
        if not name or not target:
            raise UsageError(f"--output '{shorten(request)}' is not NAME=PATH", hint="write --output json=report.json")
        if target == STDOUT:
            if stdout is not None:
                raise UsageError("two reports are for stdout", hint="write --output NAME=PATH for one of them")
            stdout = registry.reporter(name)
            continue
        path = Path(target)
        check_target(path, [*read, *(output.path for output in files)])
        files.append(Output(reporter=registry.reporter(name), path=path))
    return Planned(files=tuple(files), stdout=stdout)


def write(path: Path, text: str, *, kind: str = "report") -> None:
    """Replace a file by a text.

    Args:
        path: The file.
        text: All that is to stand in it.
        kind: What it is, for an error.

    Raises:
        OutputError: It could not be written; what was there is still there.
    """
    try:
        _replace(path, text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise OutputError(
            f"the {kind} could not be written: {error.strerror or type(error).__name__}",
            where=str(path),
            hint="free the place, or name another",
        ) from None


def create(path: Path, text: str, *, kind: str = "report") -> None:
    """Write a text to a file that does not exist, and to the folder it is to lie in, which is made if need be.

    Args:
        path: The file.
        text: All that is to stand in it.
        kind: What it is, for an error.

    Raises:
        OutputError: Something is in its place, or it could not be written; there is no half of it then.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, text.encode("utf-8", "backslashreplace"), put=_put_where_nothing_is)
    except FileExistsError:
        raise OutputError(f"the {kind} exists already", where=str(path), hint="move it away, or name another") from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise OutputError(f"the {kind} could not be written: {reason}", where=str(path), hint="name another") from None


def check_target(path: Path, taken: Iterable[Path] = (), *, kind: str = "report") -> None:
    """Refuse a place that no file can be written to, or where one stands that this run reads or writes.

    Args:
        path: The place.
        taken: What this run reads or writes.
        kind: What is to be written, for an error.

    Raises:
        OutputError: It is such a place.
    """
    name = str(path)
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        mode = None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise OutputError(f"the {kind} has no place: {reason}", where=name, hint="name another") from None
    if mode is not None and not stat.S_ISREG(mode):
        found = "a link" if stat.S_ISLNK(mode) else "a folder" if stat.S_ISDIR(mode) else "no regular file"
        raise OutputError(f"the {kind} would replace {found}", where=name, hint="name a file")
    if not path.parent.is_dir():
        raise OutputError(f"the {kind} has no folder to go to", where=name, hint="make the folder first")
    if path.parent.is_symlink():
        raise OutputError(f"the {kind} would go through a link", where=name, hint="name the folder it leads to")
    if any(is_same(path, other) for other in taken):
        raise OutputError(f"the {kind} would replace what this run reads or writes", where=name, hint="name another")


def is_same(path: Path, other: Path) -> bool:
    """Tell whether a path is another one, or lies in it."""
    place = Path(os.path.realpath(path))
    read = Path(os.path.realpath(other))
    if place == read or (read.is_dir() and place.is_relative_to(read)):
        return True
    try:
        return path.samefile(other)
    except OSError:
        return False


def _put_where_nothing_is(written: Path, path: Path) -> None:
    try:
        os.link(written, path)  # unlike a rename, it replaces nothing
    except FileExistsError:
        raise
    except OSError:  # not every file system has more than one name for a file
        if os.path.lexists(path):
            raise FileExistsError from None
        written.rename(path)


def _replace(path: Path, content: bytes, *, put: Callable[[Path, Path], object] = Path.replace) -> None:
    import tempfile  # seven milliseconds that a report on stdout does not cost

    mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else 0o666 & ~_umask()
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:32]}.", suffix=".tmp")
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(file.fileno(), mode)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        put(Path(name), path)
    finally:
        with contextlib.suppress(OSError):
            Path(name).unlink()


def _umask() -> int:
    current = os.umask(0o077)
    os.umask(current)
    return current
