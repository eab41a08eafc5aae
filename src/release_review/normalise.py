"""A validated manifest, with every declared field present and every value in one form."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from release_review.channels import has_closed, has_opened
from release_review.evidence import Resolved
from release_review.fields import EVIDENCE_OF, Field, Kind, manifest_fields
from release_review.leaves import annotation_of, stated, unknown_of
from release_review.model import Annotation
from release_review.pointer import pointer_to


def normalise(
    data: Mapping[str, Any], *, evidence: Sequence[Resolved], as_of: dt.date, today: dt.date
) -> tuple[dict[str, Any], dict[str, Annotation]]:
    """Give the normalised tree of a checked manifest, and what stands beside its values, by pointer.

    Args:
        data: The manifest as it is written, after `validate.check_shape` and `coherence.faults_of`.
        evidence: What became of each piece of evidence, in order.
        as_of: The day whose state of the release is judged, in UTC.
        today: The day of judgement, in UTC.
    """
    annotations: dict[str, Annotation] = {}
    tree = _table(manifest_fields(), data, "", annotations)
    _name_release(tree["release"], data["release"])
    for channel, written in zip(tree["access"], data.get("access", ()), strict=True):
        channel["opened"] = has_opened(written, data["release"], as_of=as_of)
        channel["closed"] = has_closed(written, as_of=as_of, today=today)
    for index, (record, resolved) in enumerate(zip(tree["evidence"], evidence, strict=True)):
        record["status"] = resolved.status
        if resolved.detail:
            annotations[pointer_to("evidence", index, "status")] = Annotation(note=resolved.detail)
    _cite(manifest_fields(), tree, "", annotations, {record["id"]: record for record in tree["evidence"]})
    return tree, annotations


def _normal(field: Field, written: Any, at: str, annotations: dict[str, Annotation]) -> Any:
    """Give one value; None as `written` means that it is not stated."""
    match field.kind:
        case Kind.TABLE:
            return _table(field, written or {}, at, annotations)
        case Kind.LIST if field.item is not None:
            return [
                _normal(field.item, item, at + pointer_to(index), annotations)
                for index, item in enumerate(written or ())
            ]
        case Kind.MAP if field.item is not None:
            return {
                key: _normal(field.item, item, at + pointer_to(key), annotations)
                for key, item in (written or {}).items()
            }
        case Kind.FREE:
            return written
        case _:
            return _leaf(field, written, at, annotations)


def _table(field: Field, written: Mapping[str, Any], at: str, annotations: dict[str, Annotation]) -> dict[str, Any]:
    return {
        name: _normal(inner, written.get(name), at + pointer_to(name), annotations)
        for name, inner in field.fields.items()
    }


def _leaf(field: Field, written: Any, at: str, annotations: dict[str, Annotation]) -> Any:
    if written is None:
        return unknown_of(field)
    if isinstance(written, Mapping):
        annotations[at] = annotation_of(field, written)
    return stated(field, written)


def _name_release(release: dict[str, Any], written: Mapping[str, Any]) -> None:
    """Take what is not stated about the name from the id."""
    developer, _, rest = written["id"].partition("/")
    name, _, version = rest.partition("@")
    for key, part in (("developer", developer), ("name", name), ("version", version)):
        if key not in written:
            release[key] = part or None


def _cite(
    field: Field, value: Any, at: str, annotations: Mapping[str, Annotation], records: Mapping[str, dict[str, Any]]
) -> None:
    """Put beside the values of each table the evidence they cite; records themselves cite nothing."""
    if field.kind is Kind.LIST and field.item is not None and at != "/evidence":
        for index, item in enumerate(value):
            _cite(field.item, item, at + pointer_to(index), annotations, records)
    if field.kind is not Kind.TABLE:
        return
    for name, inner in field.fields.items():
        _cite(inner, value[name], at + pointer_to(name), annotations, records)
    annotated = [name for name, inner in field.fields.items() if inner.annotated]
    if annotated:
        cited = {name: _cited(annotations.get(at + pointer_to(name))) for name in annotated}
        value[EVIDENCE_OF] = {name: [records[record] for record in ids] for name, ids in cited.items()}


def _cited(annotation: Annotation | None) -> list[str]:
    """Give the ids of all evidence beside a value, for it or for what conflicts with it."""
    if annotation is None:
        return []
    others = (record for other in annotation.conflicts for record in other.get("evidence", ()))
    return list(dict.fromkeys((*annotation.evidence, *others)))
