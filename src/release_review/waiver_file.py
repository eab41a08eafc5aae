"""Waivers as a file: read, and refused as a whole where one of them says something no waiver can mean."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from release_review.dates import day_of
from release_review.denial import denies
from release_review.errors import WaiverError
from release_review.model import Document, Origin, Waiver, WaiverReason
from release_review.pointer import pointer_to
from release_review.schema import WAIVERS
from release_review.validate import check_shape

_IN_WORDS = ("justification", "owner", "approved_by", "ticket")
_DAYS = ("created", "expires")


def load_waivers(document: Document) -> tuple[Waiver, ...]:
    """Read a waiver file; one fault in it refuses the whole of it.

    Raises:
        WaiverError: The file does not fit its schema, or says something no waiver can mean.
    """
    check_shape(document, WAIVERS, error=WaiverError)
    entries: Sequence[Mapping[str, Any]] = document.data.get("waiver", ())
    faults = [*_repeated_ids(document, entries)]
    waivers = []
    for index, entry in enumerate(entries):
        origin = Origin(document=document, pointer=pointer_to("waiver", index))
        found = list(_faults_of(entry, origin))
        faults += found
        if not found:
            waivers.append(_waiver(entry, origin))
    if faults:
        raise WaiverError.join(faults)
    return tuple(waivers)


def day_fault(name: str, text: str, owner: str) -> str:
    """Say what is wrong with a day, or nothing."""
    try:
        day_of(text)
    except ValueError:
        return f"`{name}` of {owner} is {text!r}, which is no day of the calendar"
    return ""


def _waiver(entry: Mapping[str, Any], origin: Origin) -> Waiver:
    days = {name: day_of(entry[name]) for name in _DAYS}
    return Waiver(**{**entry, **days, "reason": WaiverReason(entry["reason"])}, origin=origin)


def _repeated_ids(document: Document, entries: Iterable[Mapping[str, Any]]) -> Iterator[WaiverError]:
    seen: set[str] = set()
    for index, entry in enumerate(entries):
        if entry["id"] in seen:
            where = document.where(pointer_to("waiver", index, "id"))
            what = f"two waivers have the id {entry['id']!r}"
            yield WaiverError(what, where=where, hint="give each an id of its own")
        seen.add(entry["id"])


def _faults_of(entry: Mapping[str, Any], origin: Origin) -> Iterator[WaiverError]:
    name_of_waiver = f"waiver {entry['id']!r}"
    for name in _IN_WORDS:
        if denies(entry[name]):
            what = f"{name_of_waiver} has no {name}"
            yield WaiverError(what, where=origin.where(name), hint=f"say it in words in `{name}`")
    days: dict[str, dt.date] = {}
    for name in _DAYS:
        if fault := day_fault(name, entry[name], name_of_waiver):
            yield WaiverError(fault, where=origin.where(name), hint="write a day as 2026-01-31")
        else:
            days[name] = day_of(entry[name])
    if len(days) == len(_DAYS) and days["expires"] < days["created"]:
        what = f"{name_of_waiver} expires on {days['expires']}, before it begins on {days['created']}"
        yield WaiverError(what, where=origin.where("expires"), hint="correct `created` or `expires`")
