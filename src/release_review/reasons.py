"""Why a manifest does not say what a rule asks, in words for a report."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from release_review.escape import shorten
from release_review.faults import quoted
from release_review.fingerprint import name_of
from release_review.leaves import UNKNOWN
from release_review.model import Annotation, Manifest
from release_review.pointer import parent_of, value_at

_CONFLICTS = b"conflicts"
"""What a manifest has that states a conflict; hardly any other has it."""

_MOST_CONFLICTS = 2
"""Facts in conflict that one reason tells."""

_SENTENCES = ("sources conflict", "a channel")
"""How those reasons begin that do not follow `is`."""


def why_unknown(manifest: Manifest, pointer: str) -> str:
    """Tell why a value is unknown: `not stated`, `stated as unknown`, `stated as 'TBD'` or `sources conflict: ...`.

    Gives nothing for a value that is known. For the derived facts of a channel it tells what they follow from.
    """
    if _value(manifest.data, pointer) not in (None, UNKNOWN):
        return ""
    if pointer.endswith("/closed"):
        return _why_closed_is_unknown(manifest, parent_of(pointer))
    annotation = manifest.annotations.get(pointer)
    if annotation is not None and annotation.conflicts:
        return _conflict(annotation)
    written = annotation.value if annotation is not None else _value(manifest.document.data, pointer)
    if written is None:
        return "not stated"
    return "stated as unknown" if written == UNKNOWN else f"stated as {quoted(written)}"


def with_reason(name: str, reason: str) -> str:
    """Join the name of a fact and why it is unknown: `access[hub].kind is not stated`."""
    return f"{name}: {reason}" if reason.startswith(_SENTENCES) else f"{name} is {reason}"


def note_on_opening(manifest: Manifest, channel: str) -> str:
    """Tell why a channel counts as open although it has no day of its own; nothing if it has one.

    Args:
        manifest: The manifest.
        channel: Pointer of the channel, as in `/access/0`.
    """
    if _value(manifest.data, f"{channel}/from") is not None:
        return ""
    annotation = manifest.annotations.get(f"{channel}/from")
    if annotation is not None and annotation.conflicts:
        return f"it counts as open because {_conflict(annotation)}"
    released = _value(manifest.data, "/release/date")
    if released is None:
        return "it counts as open because no date is stated"
    return f"it has no day of its own, so that of the release counts: {released.date()}"


def _why_closed_is_unknown(manifest: Manifest, channel: str) -> str:
    annotation = manifest.annotations.get(f"{channel}/until")
    if annotation is not None and annotation.conflicts:
        return _conflict(annotation)
    if _value(manifest.data, f"{channel}/kind") == UNKNOWN:
        return "a channel of unknown kind may be a leak, and a leak never closes"
    return "closed on an unknown day"


def conflicts_on(manifest: Manifest, pointers: Iterable[str]) -> list[str]:
    """Tell on which of some facts sources conflict, and what each of them says; of several, the first two.

    Args:
        manifest: The manifest.
        pointers: The facts; they are looked at only where the manifest has a conflict at all.
    """
    if _CONFLICTS not in manifest.document.content:
        return []
    told = []
    for pointer in pointers:
        annotation = manifest.annotations.get(pointer)
        if annotation is not None and annotation.conflicts:
            told.append(with_reason(name_of(pointer, manifest.document.data), _conflict(annotation)))
    return told[:_MOST_CONFLICTS]


def _conflict(annotation: Annotation) -> str:
    stated = [_claim(annotation.value, annotation.source, None)]
    stated += [_claim(each["value"], tuple(each.get("source", ())), each.get("note")) for each in annotation.conflicts]
    return "sources conflict: " + ", ".join(stated)


def _claim(value: Any, sources: tuple[str, ...], note: str | None) -> str:
    """Word what a source says; of one that names no value, why it stands against the others."""
    if value == UNKNOWN and note:
        return f"{shorten(note)} ({', '.join(sources)})" if sources else shorten(note)
    return _with_sources(value, sources)


def _with_sources(value: Any, sources: tuple[str, ...]) -> str:
    shown = quoted(value).strip("'") if isinstance(value, str) else quoted(value)
    return f"{shown} ({', '.join(sources)})" if sources else shown


def _value(tree: Any, pointer: str) -> Any:
    try:
        return value_at(tree, pointer)
    except KeyError:
        return None
