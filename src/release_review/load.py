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
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path, PurePath
from types import MappingProxyType
from typing import Any, BinaryIO, TypeVar

from release_review.errors import InputError
from release_review.files import decode, read_file, reason_of, too_large
from release_review.hooks import Importer
from release_review.importers.tree import find_faults
from release_review.model import LIMITS, Document, Limits

T = TypeVar("T")

STDIN = "<stdin>"
"""How standard input is called in reports."""

MAX_FAULTS = 20
"""Faults of one document that are told at once."""

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
        raise InputError(f"cannot be read: {reason_of(error)}", where=name, hint="name a file instead") from None
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
        raise too_large(name, limits)
    digest = digest_of(content)
    is_known = digest in known
    document = Document(
        name=name,
        content=content,
        digest=digest,
        data=known[digest] if is_known else _translate(importer, name, importer.read, decode(content, name), limits),
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
