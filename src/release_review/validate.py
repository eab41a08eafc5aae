"""A document becomes a manifest: it fits the schema, its evidence is looked up, its values are in one form.

Two engines know the schema. The fast one accepts; what it refuses, the careful one puts into words. If
they disagree, nothing passes.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from release_review.channels import latest_opening
from release_review.coherence import faults_of
from release_review.errors import ManifestError, ReleaseReviewError
from release_review.evidence import Resolved, resolve_evidence
from release_review.faults import error_of, quoted
from release_review.model import LIMITS, Document, Limits, Manifest
from release_review.normalise import normalise
from release_review.pointer import pointer_to, value_at
from release_review.schema import MANIFEST, published_schema

if TYPE_CHECKING:
    import jsonschema_rs

_KINDS = {
    "release-manifest": ("a manifest", "name it as an argument"),
    "release-policy": ("a policy", "give it with --policy"),
    "release-waivers": ("a waiver file", "give it with --waivers"),
    "release-baseline": ("a baseline", "give it with --baseline"),
    "release-report": ("a report", "name the file it was made from"),
}
"""What a file is by the family of its schema, and what to do with it."""

_VERSIONED = re.compile(r"(?P<family>[a-z-]+/)(?P<version>[1-9][0-9]{0,8})")


def validate(
    document: Document,
    *,
    as_of: dt.date | None = None,
    today: dt.date,
    limits: Limits = LIMITS,
    evidence: Sequence[Resolved] | None = None,
) -> Manifest:
    """Check a manifest, look for its evidence and bring its values into one form.

    Args:
        document: The manifest as it was read.
        as_of: The day whose state of the release is judged, in UTC; see `default_as_of`.
        today: The day of judgement, in UTC.
        limits: Bounds on the evidence.
        evidence: What became of the evidence, in order, where somebody has looked already.

    Raises:
        ManifestError: The manifest does not fit the schema, or contradicts itself.
        EvidenceError: A path of its evidence may not be followed.
    """
    _check_lists(document, limits)
    check_manifest(document)
    judged = default_as_of(document, today=today) if as_of is None else as_of
    resolved = resolve_evidence(document, limits=limits) if evidence is None else evidence
    data, annotations = normalise(document.data, evidence=resolved, as_of=judged, today=today)
    return Manifest(
        release_id=document.data["release"]["id"],
        data=data,
        annotations=annotations,
        as_of=judged,
        today=today,
        document=document,
    )


def check_manifest(document: Document) -> None:
    """Check everything in a manifest that needs no other file.

    Raises:
        ManifestError: The manifest does not fit the schema, or contradicts itself.
    """
    check_shape(document, MANIFEST)
    if faults := faults_of(document.data):
        raise error_of(faults, document, ManifestError)


def _check_lists(document: Document, limits: Limits) -> None:
    """Refuse a list that no release needs, before the time and the length of a report grow with it."""
    tables = {"": document.data, "/release": document.data.get("release")}
    for place, table in tables.items():
        for key, value in table.items() if isinstance(table, Mapping) else ():
            if isinstance(value, list) and len(value) > limits.items:
                what = f"`{key}` has {len(value):,} items, and the limit is {limits.items:,}"
                hint = "describe the release with fewer, or as several releases"
                raise ManifestError(what, where=document.where(place + pointer_to(key)), hint=hint)


def default_as_of(document: Document, *, today: dt.date) -> dt.date:
    """Give the later of today and the day on which the last channel of a checked manifest opens.

    So a planned release is judged as planned.
    """
    opening = latest_opening(document.data)
    return today if opening is None else max(today, opening)


def check_shape(
    document: Document, schema: str, *, pointer: str = "", error: type[ReleaseReviewError] = ManifestError
) -> None:
    """Check a file, or a part of it, against one of our schemas.

    Args:
        document: The file.
        schema: Name of the schema, as files write it: one of `schema.SCHEMAS`.
        pointer: The part of the file that is checked; all of it where empty.
        error: The class of what is raised.

    Raises:
        ReleaseReviewError: Of the class `error`, if the file does not fit; all faults are told at once. Of no other
            class, if the two engines disagree, which is a fault of ours.
    """
    data = value_at(document.data, pointer)
    described = published_schema(schema)
    _check_version(data, described, document, error)
    if _acceptor(schema).is_valid(data):
        return
    from release_review.schema_faults import schema_faults

    faults = schema_faults(described, document.data, at=pointer)
    if not faults:
        hint = "report this as a bug, with the file"
        raise ReleaseReviewError("the two readings of the schema disagree", where=document.where(pointer), hint=hint)
    raise error_of(faults, document, error)


@functools.cache
def _acceptor(schema: str) -> jsonschema_rs.Draft202012Validator:
    import jsonschema_rs

    linear = jsonschema_rs.RegexOptions()
    return jsonschema_rs.Draft202012Validator(dict(published_schema(schema)), pattern_options=linear, offline=True)


def _check_version(
    data: Any, described: Mapping[str, Any], document: Document, error: type[ReleaseReviewError]
) -> None:
    """Check first that a file is written for a schema we know."""
    expected = described["properties"].get("schema", {}).get("const")
    if expected is None or not isinstance(data, Mapping) or data.get("schema") == expected:
        return
    hint = f'set `schema` to "{expected}"'
    if "schema" not in data:
        raise error("the file does not say which schema it is written for", where=document.where(""), hint=hint)
    written = data["schema"]
    if other := _other_kind(written, expected):
        what, hint = other
        raise error(what, where=document.where("/schema"), hint=hint)
    what = f"schema is {quoted(written)}"
    if _is_newer(written, expected):
        what, hint = f"{what}, which is made for a newer release-review", "update release-review"
    raise error(what, where=document.where("/schema"), hint=hint)


def _other_kind(written: Any, expected: str) -> tuple[str, str] | None:
    """Tell what a file is that is written for another of our schemas, and where it belongs."""
    family, wanted = str(written).partition("/")[0], expected.partition("/")[0]
    if family == wanted or family not in _KINDS:
        return None
    kind, way = _KINDS[family]
    return f"is {kind}, not {_KINDS[wanted][0]}", way


def _is_newer(written: Any, expected: str) -> bool:
    ours = _VERSIONED.fullmatch(expected)
    theirs = _VERSIONED.fullmatch(written) if isinstance(written, str) else None
    if ours is None or theirs is None or ours["family"] != theirs["family"]:
        return False
    return int(theirs["version"]) > int(ours["version"])
