"""A validated manifest, with every declared field present and every value in one form.

What there is to do for each table, list and map follows from the schema alone. It is worked out once, as functions
that build the normal form of what is written; each manifest is then carried through them, and gets a tree of its own.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from release_review.channels import has_closed, has_opened
from release_review.evidence import Resolved
from release_review.fields import EVIDENCE_OF, Field, Kind, manifest_fields
from release_review.leaves import annotation_of, reader_of, unknown_of
from release_review.model import Annotation
from release_review.pointer import pointer_to

_HOLDERS = frozenset({Kind.TABLE, Kind.LIST, Kind.MAP, Kind.FREE})
"""Kinds of what is no leaf."""

_RECORDS = "/evidence/*"
"""Where the records of evidence are; they cite nothing themselves."""


def normalise(
    data: Mapping[str, Any], *, evidence: Sequence[Resolved], as_of: dt.date, today: dt.date
) -> tuple[dict[str, Any], Mapping[str, Annotation]]:
    """Give the normalised tree of a checked manifest, and what stands beside its values, by pointer.

    Args:
        data: The manifest as it is written, after `validate.check_shape` and `coherence.faults_of`.
        evidence: What became of each piece of evidence, in order.
        as_of: The day whose state of the release is judged, in UTC.
        today: The day of judgement, in UTC.
    """
    found = _Found()
    tree = _manifest_builder()(data, "", found)
    _name_release(tree["release"], data["release"])
    for channel, written in zip(tree["access"], data.get("access", ()), strict=True):
        channel["opened"] = has_opened(written, data["release"], as_of=as_of)
        channel["closed"] = has_closed(written, as_of=as_of, today=today)
    for record, resolved in zip(tree["evidence"], evidence, strict=True):
        record["status"] = resolved.status
    records = {record["id"]: record for record in tree["evidence"]}
    for cited, ids in found.citations:
        cited += [records[each] for each in ids]
    details = {
        pointer_to("evidence", index, "status"): Annotation(note=resolved.detail or None, file=resolved.file)
        for index, resolved in enumerate(evidence)
        if resolved.detail or resolved.file
    }
    return tree, _Annotations(found.annotated, details)


@dataclass(slots=True)
class _Found:
    """What is found on the way through a manifest.

    Attributes:
        annotated: Leaves that are annotated, as they are written, by pointer.
        citations: Lists that the records of evidence with certain ids belong into.
    """

    annotated: dict[str, tuple[Field, Mapping[str, Any]]] = field(default_factory=dict)
    citations: list[tuple[list[Any], Sequence[str]]] = field(default_factory=list)


class _Annotations(Mapping[str, Annotation]):
    """What stands beside values, put into its form when it is asked for, which is seldom."""

    def __init__(
        self, written: Mapping[str, tuple[Field, Mapping[str, Any]]], others: Mapping[str, Annotation]
    ) -> None:
        self._written = written
        self._others = others

    def __getitem__(self, pointer: str) -> Annotation:
        if pointer in self._written:
            return annotation_of(*self._written[pointer])
        return self._others[pointer]

    def __iter__(self) -> Iterator[str]:
        yield from self._written
        yield from self._others

    def __len__(self) -> int:
        return len(self._written) + len(self._others)


Builder = Callable[[Any, str, _Found], Any]
"""Gives the normal form of one value: what is written, or None where it is not stated; its pointer; what is found."""


@functools.cache
def _manifest_builder() -> Builder:
    return _builder(manifest_fields(), "")


def _builder(described: Field, pattern: str) -> Builder:
    match described.kind:
        case Kind.TABLE:
            return _table_builder(described, pattern)
        case Kind.LIST if described.item is not None:
            return _list_builder(_builder(described.item, f"{pattern}/*"))
        case Kind.MAP if described.item is not None:
            return _map_builder(_builder(described.item, f"{pattern}/*"))
        case Kind.FREE:
            return lambda written, _at, _found: written
        case _:
            return _leaf_builder(described)


def _list_builder(build: Builder) -> Builder:
    return lambda written, at, found: [build(item, f"{at}/{index}", found) for index, item in enumerate(written or ())]


def _map_builder(build: Builder) -> Builder:
    return lambda written, at, found: {
        key: build(item, at + pointer_to(key), found) for key, item in (written or {}).items()
    }


def _table_builder(described: Field, pattern: str) -> Builder:
    blank = {name: unknown_of(inner) for name, inner in described.fields.items()} | dict.fromkeys(described.derived)
    leaves = {name: _Leaf.of(inner) for name, inner in described.fields.items() if inner.kind not in _HOLDERS}
    holders = [
        (name, pointer_to(name), _builder(inner, f"{pattern}/{name}"))
        for name, inner in described.fields.items()
        if inner.kind in _HOLDERS
    ]
    citing = [name for name, inner in described.fields.items() if inner.annotated] if pattern != _RECORDS else []

    def build(written: Any, at: str, found: _Found) -> dict[str, Any]:
        table: dict[str, Any] = blank.copy()
        cited: dict[str, list[Any]] = {name: [] for name in citing}
        if cited:
            table[EVIDENCE_OF] = cited
        own = written or {}
        for name, step, build_inner in holders:
            table[name] = build_inner(own.get(name), at + step, found)
        for name, value in own.items():
            if name not in leaves or value is None:
                continue
            leaf = leaves[name]
            if isinstance(value, dict):
                table[name] = leaf.annotated(value, f"{at}/{name}", found)
                ids = _cited(value)
                if ids and cited:
                    found.citations.append((cited[name], ids))
            else:
                table[name] = value if leaf.read is None else leaf.read(value)
        return table

    return build


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A leaf: its field, what it is while it is unknown, and what turns a bare value into its normal form."""

    field: Field
    unknown: str | None
    read: Callable[[Any], Any] | None

    @classmethod
    def of(cls, described: Field) -> _Leaf:
        return cls(described, unknown_of(described), reader_of(described))

    def annotated(self, written: Mapping[str, Any], at: str, found: _Found) -> Any:
        """Remember what stands beside a value, and give the value; it is unknown while sources conflict."""
        found.annotated[at] = (self.field, written)
        if written.get("conflicts"):
            return self.unknown
        value = written["value"]
        return value if self.read is None else self.read(value)


def _leaf_builder(described: Field) -> Builder:
    leaf = _Leaf.of(described)

    def build(written: Any, at: str, found: _Found) -> Any:
        if isinstance(written, dict):
            return leaf.annotated(written, at, found)
        if written is None:
            return leaf.unknown
        return written if leaf.read is None else leaf.read(written)

    return build


def _cited(written: Mapping[str, Any]) -> Sequence[str]:
    """Give the ids of all evidence beside a value, for it or for what conflicts with it."""
    own: Sequence[str] = written.get("evidence", ())
    conflicts = written.get("conflicts")
    if not conflicts:
        return own
    others = (each for other in conflicts for each in other.get("evidence", ()))
    return list(dict.fromkeys((*own, *others)))


def _name_release(release: dict[str, Any], written: Mapping[str, Any]) -> None:
    """Take what is not stated about the name from the id."""
    developer, _, rest = written["id"].partition("/")
    name, _, version = rest.partition("@")
    for key, part in (("developer", developer), ("name", name), ("version", version)):
        if key not in written:
            release[key] = part or None
