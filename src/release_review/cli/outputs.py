"""Files that are written: beside their place, and renamed into it, so that they are old, absent or complete."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from release_review.errors import OutputError
from release_review.files import reason_of

STDOUT = "-"
"""The path that stands for stdout."""


def replace(path: Path, text: str, *, kind: str = "report") -> None:
    """Replace a file by a text.

    Args:
        path: The file.
        text: All that is to stand in it.
        kind: What it is, for an error.

    Raises:
        OutputError: It could not be written; what was there is still there.
    """
    with replacing(path, kind=kind) as file:
        file.write(_encoded(text))


@contextlib.contextmanager
def replacing(path: Path, *, kind: str = "report") -> Iterator[BinaryIO]:
    """Replace a file by what is written piece by piece; where that ends early, what was there is still there.

    Args:
        path: The file.
        kind: What it is, for an error.

    Raises:
        OutputError: It could not be written.
    """
    try:
        with _beside(path) as file:
            yield file
    except OSError as error:
        what = f"the {kind} could not be written: {reason_of(error)}"
        raise OutputError(what, where=str(path), hint="free the place, or name another") from None


def create(path: Path, content: str | bytes, *, folders: bool = True) -> None:
    """Write a file that does not exist.

    Args:
        path: The file.
        content: All that is to stand in it.
        folders: Whether the folders above it are made if need be.

    Raises:
        OutputError: Something is in its place, or it cannot be written; there is no half of it then.
    """
    if folders:
        make_folders(path.parent)
    with _explained(path):
        _write(path, _encoded(content) if isinstance(content, str) else content, put=_put_where_nothing_is)


def create_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Make a folder with files in it: all of them, or nothing.

    Args:
        folder: The folder, which does not exist; those above it are made as well.
        files: What is to stand in the files, by their paths in the folder.

    Raises:
        OutputError: Something is in its place, or it cannot be made.
    """
    import tempfile

    make_folders(folder.parent)
    with _explained(folder):
        made = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name[:32]}."))
        try:
            for name, content in files.items():
                file = made / name
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)
            made.chmod(0o777 & ~_umask())
            made.rename(folder)  # fails where a folder that is not empty has come into its place
        except BaseException:
            shutil.rmtree(made, ignore_errors=True)
            raise


def make_folders(folder: Path) -> None:
    """Make a folder and those above it, unless they are there.

    Raises:
        OutputError: They cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise OutputError("is no folder", where=str(folder), hint="name another") from None
    except (OSError, ValueError) as error:
        raise _unmade(error, folder) from None


@contextlib.contextmanager
def nothing_stale(paths: Iterable[Path]) -> Iterator[None]:
    """Take older files away where a run ends before it writes its own: one that says `pass` must not stand there.

    One that could not be replaced stays whole, and the run says so.

    Args:
        paths: What this run is to write.
    """
    try:
        yield
    except BaseException:
        for path in paths:
            with contextlib.suppress(OSError):
                path.unlink()
        raise


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
        raise OutputError(f"the {kind} has no place: {reason_of(error)}", where=name, hint="name another") from None
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


@contextlib.contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Make something where nothing is, and word the error where it cannot be made."""
    try:
        if os.path.lexists(path):
            raise FileExistsError  # noqa: TRY301 - it may also come into its place later, and is told alike
        yield
    except FileExistsError:
        raise OutputError("it exists already", where=str(path), hint="name another place, or move it away") from None
    except FileNotFoundError:
        hint = f"make the folder {path.parent} first"
        raise OutputError("there is no such folder", where=str(path), hint=hint) from None
    except (OSError, ValueError) as error:
        raise _unmade(error, path) from None


def _unmade(error: OSError | ValueError, path: Path) -> OutputError:
    return OutputError(f"cannot be made: {reason_of(error)}", where=str(path), hint="name another place")


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "backslashreplace")


def _put_where_nothing_is(written: Path, path: Path) -> None:
    try:
        os.link(written, path)  # unlike a rename, it replaces nothing
    except FileExistsError:
        raise
    except OSError:  # not every file system has more than one name for a file
        if os.path.lexists(path):
            raise FileExistsError from None
        written.rename(path)


def _write(path: Path, content: bytes, *, put: Callable[[Path, Path], object] = Path.replace) -> None:
    with _beside(path, put=put) as file:
        file.write(content)


@contextlib.contextmanager
def _beside(path: Path, *, put: Callable[[Path, Path], object] = Path.replace) -> Iterator[BinaryIO]:
    import tempfile  # seven milliseconds that a report on stdout does not cost

    mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else 0o666 & ~_umask()
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:32]}.", suffix=".tmp")
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(file.fileno(), mode)
            yield file
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
