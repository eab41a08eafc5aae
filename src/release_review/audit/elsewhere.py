"""What a process on another machine does for an audit, and how it shows that it does what this one would have done.

Manifests travel with the batch. Three things do not, and each could make the answer another one: the code, which is
compared before a review; policies, plugins and waivers, whose digests `review_batch` compares; and files of evidence,
of which both sides tell what they see there.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import os
import re
import stat
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from importlib import metadata
from pathlib import Path

from release_review.audit.executors import Work
from release_review.audit.items import Batch, Item
from release_review.audit.setup import Setup
from release_review.audit.work import Reviewed, make_ready, unpack
from release_review.errors import AuditError, EvidenceError, ReleaseReviewError
from release_review.evidence import check_path
from release_review.hooks import Importer
from release_review.load import importer_of, read_document
from release_review.plugins import Registry
from release_review.summary import PROGRAM
from release_review.version import __version__

Versions = tuple[tuple[str, str], ...]
"""Names of software and their versions."""

SAME = "install the same versions on every machine, such as one image or one lock file"
"""What to do where software differs."""

_PACKAGE = Path(__file__).resolve().parent.parent
_NOT_CODE = frozenset({"__pycache__", "policies", "prepared"})
"""Folders of the package that are no code: policies have digests of their own, and what is prepared is derived."""

_ONE_AT_A_TIME = threading.Lock()
"""Reviews share what a process has made of the policies, which is not made for several threads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A batch for a process on another machine; its manifests are nothing for the log of anybody.

    Attributes:
        work: What is done with it.
        batch: The batch; its folders are absolute.
        versions: The software that the audit was begun with.
    """

    work: Work = field(repr=False)
    batch: Batch = field(repr=False)
    versions: Versions = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What became of an order.

    Attributes:
        reviewed: The batch, reviewed.
        worker: Address of the process that did it.
        seen: What that process saw of the files that its answer rests on.
    """

    reviewed: Reviewed
    worker: str
    seen: tuple[Seen, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a process sees at a place in its file system.

    Attributes:
        folder: The folder of a manifest.
        path: Path of a piece of evidence in it, or of a folder on the way there; empty for the folder itself.
        kind: Type of file; 0 where there is nothing.
        size: In bytes; 0 for all but regular files.
        mtime_ns: When its content was last changed, in nanoseconds; 0 for all but regular files.
        is_readable: Whether the process may read it.
    """

    folder: Path
    path: str
    kind: int = 0
    size: int = 0
    mtime_ns: int = 0
    is_readable: bool = False


def order_of(work: Work, batch: Batch, versions: Versions) -> Order:
    """Make an order of a batch: nothing in it rests on this machine but the places of evidence.

    The store of this machine stays here: what another finds under its path may be from anybody.
    """
    if isinstance(work, functools.partial):
        given = (replace(each, store=None) if isinstance(each, Setup) else each for each in work.args)
        work = functools.partial(work.func, *given, **work.keywords)
    items = tuple(item if item.folder is None else replace(item, folder=item.folder.absolute()) for item in batch.items)
    return Order(work=work, batch=replace(batch, items=items), versions=versions)


def carry_out(order: Order) -> Answer:
    """Carry out an order, in a process of a cluster.

    Raises:
        AuditError: This process has other software, policies, plugins or waivers than the audit was begun with.
    """
    from distributed import get_worker

    worker: str = get_worker().address
    differing = differences(order.versions, versions_of([name for name, _ in order.versions]))
    if differing:
        raise AuditError(f"worker {worker} differs from this machine: {differing}", hint=SAME)
    with _ONE_AT_A_TIME:
        try:
            reviewed = order.work(order.batch)
            seen = tuple(_seen(order, reviewed))
        except ReleaseReviewError as error:
            place = f"{error.where}: " if error.where else ""
            raise AuditError(f"worker {worker}: {place}{error.what}", hint=error.hint or SAME) from None
    return Answer(reviewed=reviewed, worker=worker, seen=seen)


def check_seen(answer: Answer) -> None:
    """Hold what a process saw against what this one sees.

    Raises:
        AuditError: They see different files.
    """
    for theirs in answer.seen:
        ours = look(theirs.folder, theirs.path)
        if ours != theirs:
            place = str(theirs.folder / theirs.path)
            what = f"worker {answer.worker} {_unlike(ours, theirs)}"
            hint = "let every worker see the same files at the same path, or audit with --jobs"
            raise AuditError(what, where=place, hint=hint)


def look(folder: Path, path: str) -> Seen:
    """Give what this process sees of a folder, or of something in it."""
    place = folder / path
    try:
        status = place.lstat() if path else place.stat()
    except OSError:
        return Seen(folder=folder, path=path)
    kind, is_readable = stat.S_IFMT(status.st_mode), os.access(place, os.R_OK)
    size, changed = (status.st_size, status.st_mtime_ns) if stat.S_ISREG(kind) else (0, 0)
    return Seen(folder=folder, path=path, kind=kind, size=size, mtime_ns=changed, is_readable=is_readable)


@functools.cache
def own_versions() -> Versions:
    """Give the software of this process that reviews rest on."""
    try:
        required = metadata.requires(PROGRAM) or []
    except metadata.PackageNotFoundError:
        required = []
    names = {re.split(r"[^\w.-]", each, maxsplit=1)[0] for each in required if "extra ==" not in each}
    return versions_of([PROGRAM, "python", "distributed", *sorted(names)])


def versions_of(names: Sequence[str]) -> Versions:
    """Give the versions of software in this process; of Python, what its results may depend on."""
    return tuple((name, _version_of(name)) for name in names)


def differences(wanted: Versions, found: Versions) -> str:
    """Tell how software differs from what is wanted; empty where it does not."""
    there = dict(found)
    parts = [
        f"{name} {there.get(name, '')} in place of {version}" for name, version in wanted if there[name] != version
    ]
    more = f" and {len(parts) - 3} more" if len(parts) > 3 else ""  # noqa: PLR2004
    return ", ".join(parts[:3]) + more


@functools.cache
def _version_of(name: str) -> str:
    if name == "python":
        return f"{sys.version_info.major}.{sys.version_info.minor}"
    if name == PROGRAM:
        # Two checkouts may say one version and be two programs.
        return f"{__version__} ({_digest_of_code()[:12]})"
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "none"


def _digest_of_code() -> str:
    whole = hashlib.sha256()
    for path in sorted(_PACKAGE.rglob("*")):
        inside = path.relative_to(_PACKAGE)
        if path.is_file() and not _NOT_CODE & set(inside.parts):
            for part in (inside.as_posix().encode(), path.read_bytes()):
                whole.update(len(part).to_bytes(8, "big"))
                whole.update(part)
    return whole.hexdigest()


def _seen(order: Order, reviewed: Reviewed) -> Iterator[Seen]:
    """Tell what this process sees of the files that its answer rests on."""
    items = order.batch.items
    if all(item.folder is None or item.content is None for item in items):
        return
    kept = json.loads(unpack(reviewed.manifests))
    for item, manifest in zip(items, kept, strict=True):
        # Without a verdict it is not known what the evidence came to: a file that cannot be read may be why.
        rests_on_files = manifest is None or any(status != "cited" for status, *_ in manifest["evidence"])
        if item.folder is not None and item.content is not None and rests_on_files:
            paths = list(_paths(item, _setup_of(order.work)))
            yield from (look(item.folder, path) for path in ["", *paths] if paths)


def _paths(item: Item, setup: Setup) -> Iterator[str]:
    """Give the paths of evidence that a manifest states and that may be followed, and of the folders on the way."""
    registry = make_ready(setup).registry
    try:
        importer = _importer(item, registry)
        document = read_document(item.content or b"", name=item.name, importer=importer, limits=setup.limits)
    except ReleaseReviewError:
        return
    except Exception:  # noqa: BLE001 - an importer of a third party may break; the row of the release says so
        return
    records = document.data.get("evidence")
    for record in records if isinstance(records, Sequence) else ():
        path = record.get("path") if isinstance(record, dict) else None
        if isinstance(path, str):
            with contextlib.suppress(EvidenceError):
                components = check_path(path)
                yield from ("/".join(components[:depth]) for depth in range(1, len(components) + 1))


def _importer(item: Item, registry: Registry) -> Importer:
    return registry.importer(item.format) if item.format else importer_of(item.name, registry.importers)


def _setup_of(work: Work) -> Setup:
    given = work.args if isinstance(work, functools.partial) else ()
    return next(each for each in given if isinstance(each, Setup))


def _unlike(ours: Seen, theirs: Seen) -> str:
    if not theirs.kind:
        return "does not see this"
    if not ours.kind:
        return "sees this, and this machine does not"
    if ours.kind == theirs.kind and ours.is_readable != theirs.is_readable:
        return "may not read this" if ours.is_readable else "may read this, and this machine may not"
    return "sees something else there"
