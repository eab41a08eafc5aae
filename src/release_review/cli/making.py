"""New files and folders: never in the place of something else, and never half of them."""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from release_review.errors import OutputError
from release_review.escape import plain


def make_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Make a folder with files in it: all of them, or nothing.

    Args:
        folder: The folder, which does not exist; those above it are made as well.
        files: What is to stand in the files, by their paths in the folder.

    Raises:
        OutputError: Something is in its place, or it cannot be made.
    """
    import tempfile

    _prepare(folder)
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


def make_file(file: Path, content: bytes) -> None:
    """Make a file.

    Args:
        file: The file, which does not exist; the folders above it are made.
        content: What is to stand in it.

    Raises:
        OutputError: Something is in its place, or it cannot be made.
    """
    _prepare(file)
    # Neither a file nor a link may have come into its place.
    with (
        _explained(file),
        os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "wb") as stream,
    ):
        stream.write(content)


def shown(path: Path) -> str:
    """Give a path as somebody types it behind a command: with a `/` in it, and quoted where a shell needs that."""
    text = str(path)
    return shlex.quote(plain(text if "/" in text else f"./{text}"))


def _prepare(path: Path) -> None:
    """Make the folders above a path, in whose place nothing may be."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise OutputError("is no folder", where=str(path.parent), hint="name another") from None
    except (OSError, ValueError) as error:
        raise _unmade(error, path.parent) from None
    if os.path.lexists(path):
        raise _taken(path)


@contextlib.contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except FileExistsError:
        raise _taken(path) from None
    except (OSError, ValueError) as error:
        raise _unmade(error, path) from None


def _taken(path: Path) -> OutputError:
    return OutputError("it exists already", where=str(path), hint="name another place, or move it away")


def _unmade(error: Exception, path: Path) -> OutputError:
    reason = getattr(error, "strerror", None) or str(error)
    return OutputError(f"cannot be made: {reason}", where=str(path), hint="name another place")


def _umask() -> int:
    current = os.umask(0o077)
    os.umask(current)
    return current
