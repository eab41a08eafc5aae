"""Waivers: read from their file, held against the rules that were loaded, and laid over the results.

A waiver can only turn "this blocks" into "this was waived", for the rule, the release, the days and the
place it names. Whatever is wrong with one is an error, because a waiver that silently does nothing is
found out on the day of the release, and one that does too much is never found out.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from release_review.dates import day_of
from release_review.denial import denies
from release_review.errors import WaiverError, closest
from release_review.fingerprint import keyed_steps
from release_review.model import Document, Origin, Outcome, Rule, RuleResult, Waiver
from release_review.pointer import pointer_to, steps_of
from release_review.schema import WAIVERS
from release_review.validate import check_shape

WAIVABLE = frozenset({Outcome.FAIL, Outcome.UNKNOWN})
"""What a waiver can lift: a rule that broke has said nothing that anybody could decide to accept."""


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


def apply_waivers(
    results: Sequence[RuleResult], waivers: Iterable[Waiver], *, release: str, today: dt.date, data: Any = None
) -> tuple[tuple[RuleResult, ...], tuple[Waiver, ...], tuple[Waiver, ...]]:
    """Lift what the waivers for one release lift on one day.

    Each waiver is judged by itself: two that cover half of a result each lift nothing. Waivers for other
    releases are not looked at, because their rules may belong to policies that are not loaded here.

    Args:
        results: One for every rule that was loaded.
        waivers: All that were read, in any order.
        release: Id of the release that is reviewed.
        today: The day of judgement, in UTC.
        data: The tree of the manifest. Where it is given, a pointer of a waiver names items of lists by their
            `id` (`/threat/bio-uplift`): an index would come to mean another item when the list is reordered.

    Returns:
        The results in their order, with the waiver that lifts each; the waivers for this release that do
        not hold today; and those that hold and lift nothing. Both are sorted by id.

    Raises:
        WaiverError: A waiver for this release names no loaded rule, a rule that may not be waived, an item by
            its index, or too long a term; or two that hold today are for the same thing.
    """
    ours = sorted(_for_release(waivers, release), key=lambda waiver: waiver.id)
    rules = {result.id: result.rule for result in results}
    faults = [fault for waiver in ours for fault in (*_faults_of_rule(waiver, rules), *_fault_of_place(waiver, data))]
    valid = [waiver for waiver in ours if waiver.created <= today <= waiver.expires]
    faults += _repeated_places(valid)
    if faults:
        raise WaiverError.join(faults)
    lifted = tuple(replace(result, waiver=_lifting(result, valid, data)) for result in results) if valid else results
    used = {result.waiver for result in lifted}
    lapsed = tuple(waiver for waiver in ours if waiver not in valid)
    return tuple(lifted), lapsed, tuple(waiver for waiver in valid if waiver not in used)


def last_day(rule: Rule, *, created: dt.date) -> dt.date | None:
    """Give the last day on which a waiver from `created` may hold; None where the rule may not be waived.

    The term counts both its first and its last day: a term of one day expires on the day it begins.
    """
    return None if rule.waivable is None else created + dt.timedelta(days=rule.waivable - 1)


# Reading --------------------------------------------------------------------------------------------------------------


def _waiver(entry: Mapping[str, Any], origin: Origin) -> Waiver:
    days = {name: day_of(entry[name]) for name in ("created", "expires")}
    return Waiver(**{**entry, **days}, origin=origin)


def _repeated_ids(document: Document, entries: Iterable[Mapping[str, Any]]) -> Iterator[WaiverError]:
    seen: set[str] = set()
    for index, entry in enumerate(entries):
        if entry["id"] in seen:
            where = document.where(pointer_to("waiver", index, "id"))
            yield WaiverError(
                f"two waivers have the id {entry['id']!r}", where=where, hint="give each an id of its own"
            )
        seen.add(entry["id"])


def _faults_of(entry: Mapping[str, Any], origin: Origin) -> Iterator[WaiverError]:
    for name in ("reason", "approved_by"):
        if denies(entry[name]):
            what = f"waiver {entry['id']!r} has no {name}"
            yield WaiverError(what, where=origin.where(name), hint=f"say it in words in `{name}`")
    days = {}
    for name in ("created", "expires"):
        try:
            days[name] = day_of(entry[name])
        except ValueError:
            what = f"`{name}` of waiver {entry['id']!r} is {entry[name]!r}, which is no day of the calendar"
            yield WaiverError(what, where=origin.where(name), hint="write a day as 2026-01-31")
    if len(days) == len(("created", "expires")) and days["expires"] < days["created"]:
        what = f"waiver {entry['id']!r} expires on {days['expires']}, before it begins on {days['created']}"
        yield WaiverError(what, where=origin.where("expires"), hint="correct `created` or `expires`")


# Holding against the rules --------------------------------------------------------------------------------------------


def _for_release(waivers: Iterable[Waiver], release: str) -> Iterator[Waiver]:
    for waiver in waivers:
        if waiver.release == release:
            yield waiver
        elif waiver.release.casefold() == release.casefold():
            what = f"waiver {waiver.id!r} is for {waiver.release!r}, and the release is {release!r}"
            raise WaiverError(what, where=_where(waiver, "release"), hint="write the id as the manifest does")


def _faults_of_rule(waiver: Waiver, rules: Mapping[str, Rule]) -> Iterator[WaiverError]:
    rule = rules.get(waiver.rule)
    if rule is None:
        what = f"waiver {waiver.id!r} is for the rule {waiver.rule!r}, which no loaded policy has"
        yield WaiverError(what, where=_where(waiver, "rule"), hint=_hint_for(waiver.rule, rules))
    elif rule.waivable is None:
        what = f"waiver {waiver.id!r} is for the rule {waiver.rule!r}, which may not be waived"
        yield WaiverError(what, where=_where(waiver, "rule"), hint="meet the rule, and remove the waiver")
    elif (days := (waiver.expires - waiver.created).days + 1) > rule.waivable:
        what = f"waiver {waiver.id!r} holds for {days} days, and {waiver.rule!r} may be waived for {rule.waivable}"
        hint = f"set `expires` to {last_day(rule, created=waiver.created)} or an earlier day"
        yield WaiverError(what, where=_where(waiver, "expires"), hint=hint)


def _hint_for(name: str, rules: Iterable[str]) -> str:
    near = closest(name, rules)
    return f"did you mean {near!r}?" if near else f"correct the id, or select the policy {name.partition('/')[0]!r} too"


def _fault_of_place(waiver: Waiver, data: Any) -> Iterator[WaiverError]:
    keyed = keyed_steps(waiver.pointer, data)
    if keyed != steps_of(waiver.pointer):
        what = f"waiver {waiver.id!r} names an item by its place in a list, {waiver.pointer!r}, which may change"
        yield WaiverError(what, where=_where(waiver, "pointer"), hint=f"write {pointer_to(*keyed)!r}")


def _repeated_places(valid: Sequence[Waiver]) -> Iterator[WaiverError]:
    """Find waivers that would lift the same thing today: nobody could say which decision holds."""
    times = Counter((waiver.rule, waiver.pointer) for waiver in valid)
    for (rule, pointer), count in times.items():
        if count > 1:
            sharing = [waiver for waiver in valid if (waiver.rule, waiver.pointer) == (rule, pointer)]
            names = " and ".join(repr(waiver.id) for waiver in sharing)
            place = f" at {pointer}" if pointer else ""
            what = f"the waivers {names} both hold today for {rule!r}{place}"
            yield WaiverError(what, where=_where(sharing[1], "id"), hint="keep one of them")


def _where(waiver: Waiver, name: str) -> str:
    return waiver.origin.where(name) if waiver.origin is not None else ""


# Lifting --------------------------------------------------------------------------------------------------------------


def _lifting(result: RuleResult, valid: Iterable[Waiver], data: Any) -> Waiver | None:
    """Give the waiver that lifts a result, the narrowest of those that could."""
    if result.outcome not in WAIVABLE:
        return None
    places = [keyed_steps(finding.pointer, data) for finding in result.findings]
    lifting = [waiver for waiver in valid if waiver.rule == result.id and _reaches(waiver, places)]
    return max(lifting, key=lambda waiver: len(steps_of(waiver.pointer)), default=None)


def _reaches(waiver: Waiver, places: Iterable[tuple[str, ...]]) -> bool:
    """Tell whether all findings of a result are at or under the place of a waiver."""
    if not waiver.pointer:
        return True
    place = steps_of(waiver.pointer)
    inside = [found[: len(place)] == place for found in places]
    # A result without findings names no place, so it is not in this one.
    return bool(inside) and all(inside)
