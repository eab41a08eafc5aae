"""What became of each piece of evidence: read once, hashed as a stream, never fetched, never quoted."""

from __future__ import annotations

import functools
import hashlib
import hmac
import os
import stat
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from release_review.errors import EvidenceError
from release_review.escape import shorten
from release_review.faults import Fault, error_of
from release_review.fields import Field, Kind
from release_review.files import kind_of
from release_review.leaves import stated
from release_review.model import LIMITS, Document, Limits
from release_review.pointer import pointer_to

Status = Literal["verified", "unverified", "cited", "mismatch", "missing"]

CHUNK_BYTES = 1 << 20
"""How much of a file is in memory at once."""

LFS_POINTER = b"version https://git-lfs.github.com/spec/"
"""How a Git LFS pointer begins. Source: the Git LFS specification, version 1."""

_CITATION = Field(kind=Kind.TEXT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """What became of one piece of evidence.

    Attributes:
        status: `verified` (a file whose digest matches), `unverified` (a file without a digest), `cited` (never
            fetched), `mismatch` (a file with another digest) or `missing` (nothing that is there).
        detail: What a reader has to know beyond that, or empty.
        file: Digest of the file as it was read, whether the manifest states one or not; empty where none was read.
    """

    status: Status
    detail: str = ""
    file: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """One file, as it was read.

    Attributes:
        size: In bytes.
        digest: Algorithm and digest.
        is_manifest: Whether it has the bytes of the manifest.
        is_lfs_pointer: Whether Git LFS left a pointer in its place.
    """

    size: int
    digest: str
    is_manifest: bool
    is_lfs_pointer: bool


def resolve_evidence(document: Document, *, limits: Limits = LIMITS) -> tuple[Resolved, ...]:
    """Look for every piece of evidence of a manifest that fits the schema, in order.

    Raises:
        EvidenceError: A path may not be followed, is no regular file, or its file is over the limit or unreadable.
    """
    faults: list[Fault] = []
    resolved: list[Resolved] = []
    seen: dict[str, str] = {}
    read = functools.cache(functools.partial(_read_file, document, limits))
    for index, record in enumerate(document.data.get("evidence", ())):
        try:
            _refuse_twins(record.get("path"), seen)
            resolved.append(_resolve(record, read))
        except EvidenceError as error:
            faults.append(Fault(pointer=pointer_to("evidence", index, "path"), what=error.what, hint=error.hint))
    if faults:
        raise error_of(faults, document, EvidenceError)
    return tuple(resolved)


def check_path(path: str) -> tuple[str, ...]:
    """Split a path into its components.

    Raises:
        EvidenceError: It is not a relative POSIX path, or it could mean something else to somebody.
    """
    components = tuple(path.split("/"))
    fault = _fault_of(path, components)
    if fault:
        hint = "write a path relative to the manifest, such as evidence/report.pdf"
        raise EvidenceError(f"the path '{shorten(path)}' {fault}", hint=hint)
    return components


def _fault_of(path: str, components: tuple[str, ...]) -> str:
    if "://" in path:
        return "is an address; an address goes into `citation`"
    if path.startswith("/"):
        return "is not relative"
    if ".." in components:
        return "has a component '..'"
    if "" in components or "." in components:
        return "has an empty component or a component '.'"
    if path.startswith("~"):
        return "begins with '~'"
    for character in path:
        if character in "\\%:$":
            return f"has a '{character}'"
        if unicodedata.category(character).startswith(("C", "Zl", "Zp")):
            return "has a character that does not show"
    return ""


def _refuse_twins(path: str | None, seen: dict[str, str]) -> None:
    if path is None:
        return
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())
    other = seen.setdefault(folded, path)
    if other != path:
        what = f"the paths '{shorten(path)}' and '{shorten(other)}' are one path on some systems"
        raise EvidenceError(what, hint="rename one of the files")


def _resolve(record: Mapping[str, Any], read: Callable[[str, str], _File | None]) -> Resolved:
    path, digest = record.get("path"), record.get("digest")
    if path is not None:
        return _judge(read(path, digest.partition(":")[0] if digest else "sha256"), digest)
    citation = record.get("citation")
    if citation is not None and stated(_CITATION, citation) is not None:
        return Resolved(status="cited")
    return Resolved(status="missing", detail="no path and no citation")


def _read_file(document: Document, limits: Limits, path: str, algorithm: str) -> _File | None:
    components = check_path(path)
    if document.folder is None:
        raise EvidenceError("the manifest has no folder that a path could be relative to", hint="use a citation")
    with _opened(document.folder, components) as descriptor:
        return None if descriptor is None else _read(descriptor, algorithm, document, limits)


def _judge(file: _File | None, digest: str | None) -> Resolved:
    if file is None:
        return Resolved(status="missing", detail="there is no such file")
    if file.is_manifest:
        raise EvidenceError("the manifest is named as its own evidence", hint="name what it rests on")
    if file.size == 0:
        return Resolved(status="missing", detail="the file is empty")
    note = "the file is a Git LFS pointer; run `git lfs pull`" if file.is_lfs_pointer else ""
    if digest is None:
        return Resolved(status="unverified", detail=note, file=file.digest)
    if hmac.compare_digest(file.digest, digest):
        return Resolved(status="verified", detail=note, file=file.digest)
    return Resolved(status="mismatch", detail=note or f"the file has the digest {file.digest}", file=file.digest)


@contextmanager
def _opened(folder: Path, components: tuple[str, ...]) -> Iterator[int | None]:
    """Open a regular file below a folder, one component after the other and never through a link.

    Gives None where there is no such file.

    Raises:
        EvidenceError: A component is a link, or what stands at the end is no regular file, or may not be read.
    """
    descriptors: list[int] = []
    try:
        yield _open(folder, components, descriptors)
    except OSError as error:
        raise EvidenceError(f"the file cannot be read: {error.strerror}", hint="make it readable") from None
    finally:
        for descriptor in descriptors:
            os.close(descriptor)


def _open(folder: Path, components: tuple[str, ...], descriptors: list[int]) -> int | None:
    common = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK
    descriptors.append(os.open(folder, common | os.O_DIRECTORY))
    for depth, component in enumerate(components, start=1):
        path, is_last = "/".join(components[:depth]), depth == len(components)
        try:
            status = os.stat(component, dir_fd=descriptors[-1], follow_symlinks=False)
            _refuse_special(path, status.st_mode, is_last=is_last)
            flags = common | os.O_NOFOLLOW | (0 if is_last else os.O_DIRECTORY)
            descriptors.append(os.open(component, flags, dir_fd=descriptors[-1]))
        except (FileNotFoundError, NotADirectoryError):
            return None
    # What was looked at by name may have been swapped before it was opened.
    _refuse_special("/".join(components), os.fstat(descriptors[-1]).st_mode, is_last=True)
    return descriptors[-1]


def _refuse_special(path: str, mode: int, *, is_last: bool) -> None:
    if stat.S_ISLNK(mode):
        hint = "put the file itself there" if is_last else "put the folder itself there"
        raise EvidenceError(f"'{shorten(path)}' {kind_of(mode)}", hint=hint)
    if is_last and not stat.S_ISREG(mode):
        raise EvidenceError(f"'{shorten(path)}' {kind_of(mode)}", hint="name a regular file")


def _read(descriptor: int, algorithm: str, document: Document, limits: Limits) -> _File:
    size = os.fstat(descriptor).st_size
    if size > limits.evidence_bytes:
        what = f"the file has {size} bytes, and the limit is {limits.evidence_bytes}"
        raise EvidenceError(what, hint="cite a smaller file")
    hashes = {name: hashlib.new(name) for name in (algorithm, *(["sha256"] if size == len(document.content) else []))}
    beginning, count = b"", 0
    while chunk := os.read(descriptor, CHUNK_BYTES):
        count += len(chunk)
        if count > size:
            break
        beginning = beginning or chunk[: len(LFS_POINTER)]
        for running in hashes.values():
            running.update(chunk)
    if count != size or os.fstat(descriptor).st_size != size:
        raise EvidenceError("the file changes while it is read", hint="try again once it is complete")
    digests = {name: f"{name}:{running.hexdigest()}" for name, running in hashes.items()}
    return _File(
        size=size,
        digest=digests[algorithm],
        is_manifest=size > 0 and digests.get("sha256") == document.digest,
        is_lfs_pointer=beginning == LFS_POINTER,
    )
