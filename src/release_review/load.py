"""From bytes to a `Document`: one way in for manifests, policies and waiver files.

A file is opened without following a link or waiting for a pipe, its size is known before it is read,
and it is read once: digest, data and places come from the same bytes. The format is what the ending of
the name says; nothing is guessed and nothing is tried a second time.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import operator
import os
import stat
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path, PurePath
from types import MappingProxyType
from typing import Any, BinaryIO, TypeVar

from release_review.errors import InputError
from release_review.hooks import Importer
from release_review.importers.tree import find_faults
from release_review.model import LIMITS, Document, Limits

T = TypeVar("T")

STDIN = "<stdin>"
"""How standard input is called in reports."""

MAX_FAULTS = 20
"""Faults of one document that are told at once."""

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
_OTHERS: Mapping[type, str] = {
    list: "it is a list",
    str: "it is a text",
    bool: "it is a boolean",
    int: "it is a number",
    float: "it is a number",
}
"""What may stand at the top of a document in place of a table."""


def load_document(
    path: Path, *, importers: Sequence[Importer], limits: Limits = LIMITS, folder: Path | None = None
) -> Document:
    """Read a file.

    Args:
        path: The file; reports call it as it is written here.
        importers: The formats there are; the ending of the name decides between them.
        limits: Bounds on size and shape.
        folder: What paths of evidence are relative to; the folder of the file where None.

    Raises:
        InputError: There is no such file, it is no regular one, it goes over a limit, or it is not in its format.
    """
    name = str(path)
    content = read_file(path, limits)
    importer = importer_of(name, importers)
    return read_document(content, name=name, importer=importer, folder=folder or path.parent, limits=limits)


def load_stdin(
    stream: BinaryIO,
    *,
    name: str = STDIN,
    importers: Sequence[Importer],
    limits: Limits = LIMITS,
    folder: Path | None = None,
) -> Document:
    """Read a document from a stream, as TOML unless the ending of `name` says otherwise.

    Raises:
        InputError: The stream cannot be read, goes over a limit, or is not in its format.
    """
    try:
        content = stream.read(limits.file_bytes + 1)
    except (OSError, ValueError) as error:
        raise InputError(f"cannot be read: {_reason(error)}", where=name, hint="name a file instead") from None
    importer = _find_importer(name, importers) or importer_of(f"{name}.toml", importers)
    return read_document(content, name=name, importer=importer, folder=folder, limits=limits)


def read_document(
    content: bytes,
    *,
    name: str,
    importer: Importer,
    folder: Path | None = None,
    limits: Limits = LIMITS,
    known: Mapping[str, Any] = MappingProxyType({}),
) -> Document:
    """Read a document that is already in memory.

    Args:
        content: All of it.
        name: How reports call it.
        importer: Its format.
        folder: What paths of evidence are relative to; None where there is no such folder.
        limits: Bounds on size and shape.
        known: What the importer has made of documents that were read before, by their digest.

    Raises:
        InputError: It goes over a limit, or is not UTF-8, not in its format, or no table of plain data.
    """
    if len(content) > limits.file_bytes:
        raise _too_large(name, limits)
    digest = digest_of(content)
    is_known = digest in known
    document = Document(
        name=name,
        content=content,
        digest=digest,
        data=known[digest] if is_known else _translate(importer, name, importer.read, _decode(content, name), limits),
        format=importer.name,
        folder=folder,
        find_places=functools.partial(_translate, importer, name, importer.find_places),
    )
    if not is_known:
        _check(document, limits)
    return document


def digest_of(content: bytes) -> str:
    """Give the digest of a file: `sha256:` and the hex digest."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def check_exists(path: Path, kind: str) -> None:
    """Say what a file would be for, if there is none; whatever else is wrong with it, reading it tells.

    Raises:
        InputError: There is no such file.
    """
    try:
        path.lstat()
    except FileNotFoundError:
        raise InputError(f"the {kind} does not exist", where=str(path), hint="check the path") from None
    except (OSError, ValueError):
        return


def kind_of(mode: int) -> str:
    """Say what something is that is no regular file, as a clause: `is a folder`."""
    return _KINDS.get(stat.S_IFMT(mode), _UNKNOWN_KIND)[0]


def _check(document: Document, limits: Limits) -> None:
    name, data = document.name, document.data
    faults = [*find_faults(data, limits)]
    # Where a tree is out of bounds, an importer of a third party may not be able to look for places.
    for fault in faults:
        if fault.pointer is None:
            raise InputError(fault.what, where=name, hint=fault.hint)
    if faults:
        faults.sort(key=lambda fault: document.locate(fault.pointer or ""))
        raise InputError.join(
            InputError(fault.what, where=document.where(fault.pointer or ""), hint=fault.hint)
            for fault in faults[:MAX_FAULTS]
        )
    if not isinstance(data, dict) or not data:
        found = _OTHERS.get(type(data), "there is nothing in it")
        hint = "write keys and their values at the top level"
        raise InputError(f"holds no table: {found}", where=f"{name}:1:1", hint=hint)


def _translate(importer: Importer, name: str, call: Callable[..., T], *args: Any) -> T:
    """Call an importer; whatever it raises becomes an `InputError` that names the file."""
    try:
        with contextlib.redirect_stdout(sys.stderr):  # stdout is for the report
            return call(*args)
    except InputError as error:
        found = error.flat()
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - also SystemExit: code of others may not end the run
        what = f"cannot be read as {importer.name}: its reader broke with {type(error).__name__}"
        found = (InputError(what, hint="simplify the file, and report this with a copy of it"),)
    placed = (
        InputError(error.what, where=f"{name}:{error.where}" if error.where else name, hint=error.hint)
        for error in found
    )
    raise InputError.join(placed) from None


def _find_importer(name: str, importers: Sequence[Importer]) -> Importer | None:
    ending = name.lower()
    fitting = [(len(s), importer) for importer in importers for s in importer.suffixes if ending.endswith(s)]
    return max(fitting, key=operator.itemgetter(0))[1] if fitting else None


def importer_of(name: str, importers: Sequence[Importer]) -> Importer:
    """Give the importer that the ending of a name asks for.

    Raises:
        InputError: There is none.
    """
    importer = _find_importer(name, importers)
    if importer is None:
        ending = PurePath(name).suffix
        what = f"has the unknown ending {ending!r}" if ending else "has no ending"
        known = ", ".join(sorted(suffix for importer in importers for suffix in importer.suffixes))
        raise InputError(f"{what}, which would tell its format", where=name, hint=f"use one of: {known}")
    return importer


def read_file(path: Path, limits: Limits) -> bytes:
    """Give the bytes of a regular file.

    Raises:
        InputError: There is no such file, it is no regular one, or it is larger than the limit.
    """
    name = str(path)
    try:
        descriptor = os.open(path, _FLAGS)
    except (OSError, ValueError) as error:
        raise _explain(path, error) from None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise _special(name, status.st_mode)
        if status.st_size > limits.file_bytes:
            raise _too_large(name, limits)
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return file.read(limits.file_bytes + 1)
    except OSError as error:
        raise _explain(path, error) from None
    finally:
        os.close(descriptor)


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
    return InputError(f"cannot be read: {_reason(error)}", where=name, hint="check the path")


def _special(name: str, mode: int) -> InputError:
    what, hint = _KINDS.get(stat.S_IFMT(mode), _UNKNOWN_KIND)
    return InputError(what, where=name, hint=hint)


def _too_large(name: str, limits: Limits) -> InputError:
    what = f"is larger than the limit of {limits.file_bytes:,} bytes"
    return InputError(what, where=name, hint="shorten the file, or split it")


def _reason(error: OSError | ValueError) -> str:
    words = (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
    return words[:1].lower() + words[1:]


def _decode(content: bytes, name: str) -> str:
    """Decode UTF-8, strictly; one byte order mark at the start is left out."""
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
