"""What earlier runs worked out, kept as data under the digest of what it follows from.

An entry that is missing, damaged, of another version or not ours is no entry, and what it would have said is worked out
again. One that is whole is believed: only this user, or who packed the tool, can have written it. A folder that cannot
be written is no error.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from release_review.version import __version__

_FORMAT = b"release-review-store/1"
_SUFFIX = ".entry"

LARGEST_ENTRY = 16 << 20
"""Bytes of one entry; a larger file is not read."""

MOST_ENTRIES = 64
"""Entries that the folder of a user keeps; beyond them, those that were not written for longest go."""

TAG = "CACHEDIR.TAG"
_TAG_TEXT = "Signature: 8a477f597d28d172789f06886806bc55\n# Kept by release-review between runs; it may be removed.\n"
"""What tells backups to leave a folder out. Source: the Cache Directory Tagging Specification."""

_OF_OTHERS = stat.S_IWGRP | stat.S_IWOTH


class Store:
    """Entries by kind and key: those that came with the package, and those of a user's own folder."""

    def __init__(self, folder: Path | None = None, *, shipped: Path | None = None, stamp: str = "") -> None:
        """Use folders.

        Args:
            folder: The user's own, made when something is kept; None to keep nothing.
            shipped: What came with the package, as trusted as its code.
            stamp: What tells the code that runs from any other that may have filled the user's folder.
        """
        self._folder = folder
        self._shipped = shipped
        self._stamp = hashlib.sha256(stamp.encode()).hexdigest()[:16] if stamp else ""

    def find(self, kind: str, key: str) -> Iterator[Any]:
        """Give what is known under a key, the package's own first; nothing, one or two entries."""
        if self._shipped is not None:
            yield from _entry(self._shipped / _name(kind, key), trusted=True)
        if self._folder is not None and _is_ours(self._folder):
            yield from _entry(self._folder / _name(kind, key, self._stamp), trusted=False)

    def keep(self, kind: str, key: str, value: Any) -> None:
        """Keep JSON data under a key, where that is possible."""
        if self._folder is None:
            return
        with contextlib.suppress(OSError):
            if not self._folder.exists():
                self._folder.mkdir(mode=0o700, parents=True)
                (self._folder / TAG).write_text(_TAG_TEXT, encoding="ascii")
            if _is_ours(self._folder):
                write_entry(self._folder / _name(kind, key, self._stamp), value)
                _prune(self._folder)


def key_of(parts: Sequence[str]) -> str:
    """Give the key of what follows from some texts, digests among them, in this version of the tool."""
    asked = json.dumps([__version__, *parts])
    return hashlib.sha256(asked.encode()).hexdigest()


def write_entry(path: Path, value: Any) -> None:
    """Write an entry: to a temporary file first, so that no reader ever sees half of it.

    Raises:
        OSError: It cannot be written.
    """
    import tempfile  # seven milliseconds that a run which keeps nothing does not pay

    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".new")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(_head(body) + body)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink()
        raise


def _name(kind: str, key: str, stamp: str = "") -> str:
    return "-".join(filter(None, (kind, key[:32], stamp))) + _SUFFIX


def _head(body: bytes) -> bytes:
    return b" ".join((_FORMAT, hashlib.sha256(body).hexdigest().encode())) + b"\n"


def _entry(path: Path, *, trusted: bool) -> Iterator[Any]:
    """Read an entry; nothing if there is none, or none that is whole and ours."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or not (trusted or _belongs_to_us(status)):
            return
        content = os.read(descriptor, status.st_size) if status.st_size <= LARGEST_ENTRY else b""
    finally:
        os.close(descriptor)
    head, _, body = content.partition(b"\n")
    if head + b"\n" != _head(body):
        return
    with contextlib.suppress(ValueError, RecursionError):
        yield json.loads(body)


def _is_ours(folder: Path) -> bool:
    """Tell whether nobody but this user can have written into a folder."""
    try:
        status = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(status.st_mode) and _belongs_to_us(status)


def _belongs_to_us(status: os.stat_result) -> bool:
    owned = not hasattr(os, "geteuid") or status.st_uid == os.geteuid()
    return owned and not status.st_mode & _OF_OTHERS


def _prune(folder: Path) -> None:
    entries = sorted((path.stat().st_mtime, path) for path in folder.iterdir() if path.suffix == _SUFFIX)
    for _, path in entries[: max(0, len(entries) - MOST_ENTRIES)]:
        path.unlink()
