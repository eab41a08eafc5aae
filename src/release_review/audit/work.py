"""What every process of an audit does: take a batch, review its items, give their rows.

What is the same for all batches is a `Setup`, made of words and dates, so that it can be sent to any process on any
machine; each process makes of it, once, the policies that it needs.
"""

from __future__ import annotations

import base64
import functools
import json
import os
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from release_review.admit import PolicySet
from release_review.audit.items import Batch, Item
from release_review.audit.rows import as_line, error_row, errors_of, row_of
from release_review.audit.setup import Setup, digests_of
from release_review.cel import open_engine
from release_review.errors import AuditError, ReleaseReviewError
from release_review.escape import MESSAGE_CHARACTERS, shorten
from release_review.evidence import Resolved
from release_review.files import read_file
from release_review.hooks import Unreviewed
from release_review.load import digest_of, importer_of, read_document
from release_review.model import (
    Decisions,
    Document,
    Limits,
    Report,
    Verdict,
)
from release_review.pipeline import review
from release_review.plugins import Registry, load_registry
from release_review.selection import load_policies
from release_review.store import Store

LEVEL = 6
"""How hard rows are packed: zlib's own default, written out so that it stays the same."""

LARGEST = 1 << 29
"""Bytes of what a batch unpacks to; more of it is neither written nor read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """A batch that has been reviewed.

    Attributes:
        number: Its place among the batches, from 0.
        heads: What is known of each row without unpacking it, in order.
        rows: The rows as lines of JSON, packed.
        manifests: The manifests as a list in JSON, packed: format, text and what became of the evidence of each; null
            for one that could not be reviewed.
        evidence: The stamps of the files of evidence: folder, path in it, size in bytes and the time of the last change
            in nanoseconds; the last two are None where there is nothing.
    """

    number: int
    heads: tuple[Head, ...]
    rows: bytes = field(repr=False)
    manifests: bytes = field(repr=False)
    evidence: tuple[Stamp, ...] = field(default=(), repr=False)


Stamp = tuple[str, str, int | None, int | None]
"""What tells a file of evidence from what it is later: its folder, its path in it, its size and its last change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What is known of a row without unpacking it.

    Attributes:
        release: Id of the release; None where it could not be read.
        name: How reports call the manifest.
        verdict: What the review came to.
        errors: Why there was none, one line each.
    """

    release: str | None
    name: str
    verdict: Verdict
    errors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What a process has made of a `Setup`."""

    registry: Registry
    policies: PolicySet
    decisions: Decisions


def make_ready(setup: Setup) -> Tools:
    """Give what reviews need, made once in each process.

    Raises:
        AuditError: It is not what the audit was begun with.
    """
    return _tools(setup)


def review_batch(setup: Setup, batch: Batch) -> Reviewed:
    """Review all items of a batch; one that breaks gives an error row, and loses no other.

    Raises:
        AuditError: This process has other policies or plugins than the audit was begun with.
    """
    tools = make_ready(setup)
    done = [_review(setup, tools, item, batch.first + index) for index, item in enumerate(batch.items)]
    return Reviewed(
        number=batch.number,
        heads=tuple(each.head for each in done),
        rows=pack("".join(each.line for each in done).encode("utf-8", "backslashreplace")),
        manifests=pack(json.dumps([each.manifest for each in done], separators=(",", ":")).encode()),
        evidence=tuple(stamp for each in done for stamp in each.evidence),
    )


def review_item(
    setup: Setup, tools: Tools, item: Item, *, evidence: Sequence[Resolved] | None = None
) -> Report | Unreviewed:
    """Review one item.

    Args:
        setup: What is the same for every release.
        tools: What was made of it.
        item: The item.
        evidence: What became of its evidence, in order, where somebody has looked already.
    """
    if item.content is None:
        return Unreviewed(name=item.name, errors=item.errors)
    try:
        return review(
            _document(item, tools.registry, setup.limits),
            policies=tools.policies,
            today=setup.today,
            as_of=setup.as_of or setup.today,
            decisions=tools.decisions,
            engine=setup.engine,
            plugins=tools.registry.plugins,
            without_plugins=tools.registry.without,
            limits=setup.limits,
            evidence=evidence,
        )
    except ReleaseReviewError as error:
        lines = dict.fromkeys(shorten(str(each), MESSAGE_CHARACTERS) for each in error.flat())
        return Unreviewed(name=item.name, errors=tuple(lines))
    except Exception as fault:  # noqa: BLE001 - one release may break, and the others are reviewed
        what = f"{item.name}: internal: {type(fault).__name__}: {fault}; this is a defect; please report it"
        return Unreviewed(name=item.name, errors=(shorten(what, MESSAGE_CHARACTERS),))


def pack(content: bytes) -> bytes:
    """Pack what a ledger keeps of a batch.

    Raises:
        AuditError: It is larger than what can be read again.
    """
    if len(content) > LARGEST:
        raise AuditError(f"a batch has more than {LARGEST:,} bytes", hint="leave the largest manifests out")
    return zlib.compress(content, LEVEL)


def unpack(packed: bytes) -> bytes:
    """Unpack what a ledger keeps of a batch.

    Raises:
        AuditError: It is damaged, or larger than any batch.
    """
    unpacking = zlib.decompressobj()
    try:
        content = unpacking.decompress(packed, LARGEST)
    except zlib.error:
        content = None
    if content is None or not unpacking.eof:
        raise AuditError("a batch of it is damaged", hint="make the ledger again")
    return content


def saved_items(manifests: bytes, names: Sequence[str]) -> list[tuple[Item, tuple[Resolved, ...]] | None]:
    """Give the items of a batch as a ledger keeps them; None for one that could not be reviewed.

    Args:
        manifests: As in `Reviewed`.
        names: How reports call them.
    """
    saved: list[Mapping[str, Any] | None] = json.loads(unpack(manifests))
    return [None if each is None else _saved(each, name) for each, name in zip(saved, names, strict=True)]


def _saved(saved: Mapping[str, Any], name: str) -> tuple[Item, tuple[Resolved, ...]]:
    content = saved["text"].encode() if "text" in saved else base64.b64decode(saved["bytes"])
    resolved = (Resolved(status=status, detail=detail, file=file) for status, detail, file in saved["evidence"])
    return Item(name=name, format=saved["format"], content=content, notes=tuple(saved["notes"])), tuple(resolved)


def stamp_of(folder: str, path: str) -> Stamp:
    """Give the stamp that a file of evidence has now."""
    try:
        status = os.lstat(os.path.join(folder, path))  # noqa: PTH118 - once for each file of a corpus
    except (OSError, ValueError):
        return folder, path, None, None
    return folder, path, status.st_size, status.st_mtime_ns


@dataclass(frozen=True, slots=True, kw_only=True)
class _Done:
    """What became of one item.

    Attributes:
        head: What is known of its row without unpacking it.
        line: Its row, as a line of JSON.
        manifest: What a later review of it needs; None for one that could not be reviewed.
        evidence: The stamps of its files of evidence.
    """

    head: Head
    line: str
    manifest: Mapping[str, Any] | None = None
    evidence: tuple[Stamp, ...] = ()


def _review(setup: Setup, tools: Tools, item: Item, number: int) -> _Done:
    reviewed = review_item(setup, tools, item)
    if isinstance(reviewed, Report):
        row = row_of(reviewed, number=number, notes=item.notes)
        broken = tuple(shorten(f"{item.name}: {line}", MESSAGE_CHARACTERS) for line in errors_of(row))
        head = Head(release=reviewed.manifest.release_id, name=item.name, verdict=reviewed.verdict, errors=broken)
        records = reviewed.manifest.data["evidence"]
        paths = [record["path"] for record in records if record["path"]] if item.folder is not None else []
        stamps = tuple(stamp_of(str(item.folder), path) for path in paths)
        return _Done(head=head, line=as_line(row), manifest=_keep(reviewed, item), evidence=stamps)
    head = Head(release=None, name=item.name, verdict=Verdict.ERROR, errors=reviewed.errors)
    return _Done(head=head, line=as_line(error_row(reviewed, number=number)))


def _keep(report: Report, item: Item) -> Mapping[str, Any]:
    """Give all that a later review of the same release needs, with the file gone."""
    manifest = report.manifest
    notes = (manifest.annotations.get(f"/evidence/{at}/status") for at in range(len(manifest.data["evidence"])))
    beside = [("", "") if note is None else (note.note or "", note.file) for note in notes]
    statuses = (record["status"] for record in manifest.data["evidence"])
    evidence = [[status, *both] for status, both in zip(statuses, beside, strict=True)]
    content = manifest.document.content
    kept: dict[str, Any] = {"format": manifest.document.format, "evidence": evidence, "notes": item.notes}
    try:
        return {**kept, "text": content.decode()}
    except UnicodeDecodeError:  # an importer of a third party may read other encodings
        return {**kept, "bytes": base64.b64encode(content).decode()}


def _document(item: Item, registry: Registry, limits: Limits) -> Document:
    importer = registry.importer(item.format) if item.format else importer_of(item.name, registry.importers)
    return read_document(item.content or b"", name=item.name, importer=importer, folder=item.folder, limits=limits)


@functools.lru_cache(maxsize=4)
def _tools(setup: Setup) -> Tools:
    registry = load_registry(without=setup.without_plugins)
    if registry.plugins != setup.plugins:
        raise _differs("the plugins", setup.plugins, registry.plugins, str)
    open_engine(setup.engine)
    policies = load_policies(setup.policies, registry, limits=setup.limits, store=_store(setup))
    digests = digests_of(policies)
    if digests != setup.digests:
        raise _differs("the policies", setup.digests, digests, lambda each: f"{each[0]} {each[1]}")
    return Tools(registry=registry, policies=policies, decisions=_decisions(setup, registry))


def _decisions(setup: Setup, registry: Registry) -> Decisions:
    if setup.waivers is None:
        return Decisions()
    from release_review.waiver_file import load_waivers

    path, digest = setup.waivers
    content = read_file(Path(path), setup.limits)
    if digest_of(content) != digest:
        raise AuditError("is not what the audit was begun with", where=path, hint="begin another audit")
    importer = importer_of(path, registry.importers)
    return Decisions(waivers=load_waivers(read_document(content, name=path, importer=importer)))


def _store(setup: Setup) -> Store | None:
    if setup.store is None:
        return None
    folder, shipped, stamp = setup.store
    return Store(folder, shipped=shipped, stamp=stamp)


def _differs(what: str, wanted: Sequence[Any], found: Sequence[Any], told: Callable[[Any], str]) -> AuditError:
    missing = [told(each) for each in wanted if each not in found]
    added = [told(each) for each in found if each not in wanted]
    parts = [f"{word} {', '.join(each[:3])}" for word, each in (("without", missing), ("with", added)) if each]
    hint = "install the same release-review, plugins and policies for every process"
    return AuditError(f"{what} of a process differ from those of the audit: {' and '.join(parts)}", hint=hint)
