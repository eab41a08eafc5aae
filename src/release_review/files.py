"""Files from outside: opened without following a link or waiting for a pipe, bounded before they are read."""

from __future__ import annotations

import functools
import operator
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from release_review.errors import InputError
from release_review.model import Limits

# Not every system has all of them.
_FLAG_NAMES = ("O_RDONLY", "O_NONBLOCK", "O_NOFOLLOW", "O_CLOEXEC", "O_NOCTTY", "O_BINARY")
_FLAGS = functools.reduce(operator.or_, (getattr(os, name, 0) for name in _FLAG_NAMES))

_KINDS: Mapping[int, tuple[str, str]] = {
    stat.S_IFDIR: ("is a folder", "name a file in it"),
    stat.S_IFIFO: ("is a named pipe", "name a regular file, or use `-` to read standard input"),
    stat.S_IFSOCK: ("is a socket", "name a regular file"),
    stat.S_IFCHR: ("is a device", "name a regular file, or use `-` to read standard input"),
    stat.S_IFBLK: ("is a device", "name a regular file"),
    stat.S_IFLNK: ("is a symbolic link, and links are not followed", "name the file it points to"),
}
_UNKNOWN_KIND = ("is not a regular file", "name a regular file")


def read_file(path: Path, limits: Limits) -> bytes:
    """Give the bytes of a regular file.

    Raises:
        InputError: There is no such file, it is no regular one, or it is larger than the limit.
    """
    with open_file(path) as file:
        try:
            content = file.read(limits.file_bytes + 1)
        except OSError as error:
            raise _explain(path, error) from None
    if len(content) > limits.file_bytes:
        raise too_large(str(path), limits)
    return content


def open_file(path: Path) -> BinaryIO:
    """Open a regular file of any size, to read it piece by piece.

    Raises:
        InputError: There is no such file, or it is no regular one.
    """
    try:
        descriptor = os.open(path, _FLAGS)
    except (OSError, ValueError) as error:
        raise _explain(path, error) from None
    try:
        mode = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(mode):
            raise _special(str(path), mode)
        return os.fdopen(descriptor, "rb")
    except OSError as error:
        os.close(descriptor)
        raise _explain(path, error) from None
    except InputError:
        os.close(descriptor)
        raise


def _explain(path: Path, error: OSError | ValueError) -> InputError:
    """Say why a file does not open."""
    name = str(path)
    if isinstance(error, FileNotFoundError):
        return InputError("does not exist", where=name, hint="check the path")
    if isinstance(error, PermissionError):
        return InputError("may not be read by this user", where=name, hint="change its permissions")
    try:
        mode = path.lstat().st_mode
    except (OSError, ValueError):
        mode = stat.S_IFREG
    if not stat.S_ISREG(mode):
        return _special(name, mode)
    return InputError(f"cannot be read: {reason_of(error)}", where=name, hint="check the path")


def _special(name: str, mode: int) -> InputError:
    what, hint = _KINDS.get(stat.S_IFMT(mode), _UNKNOWN_KIND)
    return InputError(what, where=name, hint=hint)


def too_large(name: str, limits: Limits) -> InputError:
    """Word the error of a file that goes over the limit."""
    what = f"is larger than the limit of {limits.file_bytes:,} bytes"
    return InputError(what, where=name, hint="shorten the file, or split it")


def reason_of(error: OSError | ValueError) -> str:
    """Say in the words of the system why a file is not read."""
    words = (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
    return words[:1].lower() + words[1:]


def decode(content: bytes, name: str) -> str:
    """Decode UTF-8, strictly; one byte order mark at the start is left out.

    Args:
        content: All of a file.
        name: How errors call it.

    Raises:
        InputError: It is not UTF-8, or starts with two byte order marks.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        offset = error.start + (3 if content.startswith(b"\xef\xbb\xbf") else 0)
        raise _no_utf8(content, offset, name) from None
    if text.startswith("\ufeff"):
        raise InputError("starts with two byte order marks", where=f"{name}:1:1", hint="remove them")
    return text


def _no_utf8(content: bytes, offset: int, name: str) -> InputError:
    before = content[:offset].decode("utf-8-sig")
    where = f"{name}:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"
    what = f"is not UTF-8: byte 0x{content[offset]:02x} at offset {offset:,}"
    return InputError(what, where=where, hint="save the file as UTF-8")


def kind_of(mode: int) -> str:
    """Say what something is that is no regular file, as a clause: `is a folder`."""
    return _KINDS.get(stat.S_IFMT(mode), _UNKNOWN_KIND)[0]
