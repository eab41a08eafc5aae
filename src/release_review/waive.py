"""Waivers laid over results: the one place that decides what a waiver lifts.

A waiver can only turn "this blocks" into "this was waived", for the rule, the release, the days, the place and
the facts it names. Each is judged by itself, and each finding is lifted by one waiver or by none. Whatever is wrong
with one is a finding of the gate, because a waiver that silently does nothing is found out on the day of the
release, and one that does too much is never found out.
"""

from __future__ import annotations

import datetime as dt
import functools
import heapq
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from release_review import gate
from release_review.errors import ALIKE, WaiverError, closest
from release_review.fingerprint import keyed_steps
from release_review.identity import is_same_person, likeness, looks_like
from release_review.model import LIFTABLE, Finding, GateFault, Manifest, Rule, RuleResult, Site, Waived, Waiver
from release_review.pointer import is_index, pointer_to, steps_of
from release_review.situation import Situations, digest_of_situation
from release_review.summary import findings_of

_MOST_COMPARED = 100
"""Unknown words of one file that are compared with those that are known."""

Place = tuple[str, ...]
"""The steps to a place in a manifest, with items of lists by their id."""


def apply_waivers(results: Sequence[RuleResult], waivers: Iterable[Waiver], *, manifest: Manifest) -> Waived:
    """Lift what the waivers for one release lift on one day.

    Waivers for other releases are not looked at, because their rules may belong to policies that are not loaded here.

    Args:
        results: One for every rule that was loaded.
        waivers: All that were read, in any order.
        manifest: The manifest that was reviewed. A pointer of a waiver names items of its lists by their `id`
            (`/threat/bio-uplift`): an index would come to mean another item when the list is reordered.

    Raises:
        WaiverError: A waiver for this release names an item by its index, where no digest of the facts tells which
            item that was; or two that hold today are for the same thing, so that nobody could say which one counts.
    """
    listed = list(waivers)
    today = manifest.today
    ours = sorted((each for each in listed if each.release == manifest.release_id), key=lambda waiver: waiver.id)
    current = [waiver for waiver in ours if waiver.holds_on(today)]
    lists = _Lists()
    errors = [error for waiver in ours for error in _faults_of_place(waiver, manifest, lists)]
    errors += _repeated_places(current)
    if errors:
        raise WaiverError.join(errors)
    by_rule = {result.id: result for result in results}
    rules = {name: result.rule for name, result in by_rule.items()}
    meant = _Meant(rules)
    found = {waiver: tuple(_faults_of(waiver, rules, meant, today=today)) for waiver in ours}
    for waiver, fault in faults_of_terms(ours, rules, today=today):
        found[waiver] = (*found[waiver], fault)
    sound = [waiver for waiver in current if not found[waiver]]
    changed = _changed(sound, by_rule, manifest)
    valid = [waiver for waiver in sound if waiver not in changed]
    by_place = _by_place(valid)
    lifted = tuple(_lift(result, by_place.get(result.id, {}), manifest) for result in results)
    used = {finding.waiver for result in lifted for finding in result.findings}
    unused = tuple(waiver for waiver in valid if waiver not in used)
    return Waived(
        results=lifted,
        lapsed=tuple(each for each in ours if each in changed or not each.holds_on(today)),
        unused=unused,
        faults=(
            *_look_alikes(listed, manifest.release_id),
            *(fault for faults in found.values() for fault in faults),
            *(_changed_facts(waiver) for waiver in sound if waiver in changed),
            *map(_lifts_nothing, unused),
        ),
    )


def last_day(rule: Rule, *, created: dt.date) -> dt.date | None:
    """Give the last day on which a waiver from `created` may hold; None where the rule may not be waived.

    The term counts both its first and its last day: a term of one day expires on the day it begins.
    """
    if rule.waivable is None:
        return None
    return created + dt.timedelta(days=min(rule.waivable - 1, (dt.date.max - created).days))


def situation_of(result: RuleResult, pointer: str, manifest: Manifest) -> str:
    """Give the digest that a waiver for a place is bound to; empty where it has nothing to lift there."""
    place = steps_of(pointer)
    found = _findings_at(result, [place], manifest)[place]
    return digest_of_situation(result, found, manifest) if found else ""


def faults_against(waiver: Waiver, rules: Mapping[str, Rule], *, today: dt.date) -> tuple[GateFault, ...]:
    """Hold a waiver against the rules of all policies, whatever its release says; with a fault it lifts nothing.

    Args:
        waiver: The waiver.
        rules: Every rule that was loaded, by its qualified id.
        today: The day of judgement, in UTC.
    """
    return tuple(_faults_of(waiver, rules, _Meant(rules), today=today))


def faults_of_terms(
    waivers: Iterable[Waiver], rules: Mapping[str, Rule], *, today: dt.date
) -> Iterator[tuple[Waiver, GateFault]]:
    """Find waivers that lengthen the term of others: end to end, they hold for longer than their rule allows.

    Waivers for one release and rule are one term where their days touch or overlap and they reach one place. Those that
    are over do not count, and neither do those that lift nothing for a fault of their own: a decision can be made again
    once the term has ended.

    Args:
        waivers: All that were read.
        rules: Every rule that was loaded, by its qualified id.
        today: The day of judgement, in UTC.
    """
    terms: dict[tuple[str, str], dict[Place, list[Waiver]]] = {}
    meant = _Meant(())
    for waiver in sorted(waivers, key=lambda each: (each.created, each.expires, each.id)):
        sound = all(fault.rule == gate.IN_FORCE for fault in _faults_of(waiver, rules, meant, today=today))
        if sound and today <= waiver.expires:
            places = terms.setdefault((waiver.release, waiver.rule), {})
            places.setdefault(steps_of(waiver.pointer), []).append(waiver)
    told: set[Waiver] = set()
    for (_, name), places in terms.items():
        for place in places:
            around = (places.get(place[:length], ()) for length in range(len(place) + 1))
            for first, waiver in _beyond_the_term(heapq.merge(*around, key=lambda each: each.created), rules[name]):
                if waiver not in told:
                    told.add(waiver)
                    yield waiver, _goes_on(waiver, first, rules[name])


def check_apart(waivers: Iterable[Waiver], *, today: dt.date) -> None:
    """Make sure that no two waivers are for the same thing on one day, whatever their release.

    Raises:
        WaiverError: Two are, so that nobody could say which one counts.
    """
    if errors := list(_repeated_places(waiver for waiver in waivers if waiver.holds_on(today))):
        raise WaiverError.join(errors)


def strays(waivers: Iterable[Waiver], releases: Iterable[str]) -> Iterator[GateFault]:
    """Find waivers for releases that nobody reviews.

    Args:
        waivers: All that were read.
        releases: The ids of all releases that are reviewed together.
    """
    known = set(releases)
    # A release that is reviewed in another run may have a name that is near, and its waiver is not to be corrected.
    alike, meant = {likeness(each) for each in known}, _Meant(known, alike=_MISSPELT)
    for waiver in waivers:
        if likeness(waiver.release) not in alike:
            message = f"waiver {waiver.id} is for {waiver.release!r}, which is not reviewed here{meant(waiver.release)}"
            yield GateFault(rule=gate.KNOWN_RELEASE, message=message, site=site_in(waiver, "release"))


def site_in(waiver: Waiver, field: str) -> Site:
    """Give the place of a field of a waiver."""
    if waiver.origin is None:
        return Site(file="waivers", key=waiver.id)
    return waiver.origin.document.site(waiver.origin.pointer + pointer_to(field), key=waiver.id)


# Holding against the rules --------------------------------------------------------------------------------------------


def _look_alikes(waivers: Iterable[Waiver], release: str) -> Iterator[GateFault]:
    for waiver in waivers:
        if waiver.release != release and looks_like(waiver.release, release):
            message = f"waiver {waiver.id} is for {waiver.release!r}, and the release is {release!r}"
            yield GateFault(rule=gate.KNOWN_RELEASE, message=message, site=site_in(waiver, "release"))


_MISSPELT = 0.9
"""How alike the id of a release and one that was meant are, as `difflib` counts it: `acme/onne` and `acme/one` are."""


@functools.lru_cache(maxsize=4096)
def _closest(word: str, known: tuple[str, ...], alike: float) -> str:
    return closest(word, known, alike=alike)


class _Meant:
    """The words that were meant by unknown ones; many waivers may name many, and to compare takes time."""

    def __init__(self, known: Collection[str], *, alike: float = ALIKE) -> None:
        self._known, self._alike = tuple(known), alike
        self._found: dict[str, str] = {}

    def __call__(self, word: str) -> str:
        """Ask whether a known word was meant, if there is one that is near."""
        if word not in self._found and len(self._found) < _MOST_COMPARED:
            near = _closest(word, self._known, self._alike)
            self._found[word] = f"; did you mean {near!r}?" if near else ""
        return self._found.get(word, "")


def _faults_of(waiver: Waiver, rules: Mapping[str, Rule], meant: _Meant, *, today: dt.date) -> Iterator[GateFault]:
    name = f"waiver {waiver.id}"
    if today > waiver.expires:  # whatever else it says, it says no more
        message = f"{name} expired on {waiver.expires}, and lifts nothing of {waiver.rule} any more"
        yield GateFault(rule=gate.IN_FORCE, message=message, site=site_in(waiver, "expires"))
        return
    rule = rules.get(waiver.rule)
    if rule is None:
        message = f"{name} is for the rule {waiver.rule!r}, which no loaded policy has{meant(waiver.rule)}"
        yield GateFault(rule=gate.KNOWN_RULE, message=message, site=site_in(waiver, "rule"))
    elif rule.waivable is None:
        message = f"{name} is for the rule {waiver.rule!r}, which may not be waived"
        yield GateFault(rule=gate.WAIVABLE_RULE, message=message, site=site_in(waiver, "rule"))
    elif (days := (waiver.expires - waiver.created).days + 1) > rule.waivable:
        message = (
            f"{name} holds for {days} days, and {waiver.rule!r} may be waived for {rule.waivable}: "
            f"it may expire on {last_day(rule, created=waiver.created)} at the latest"
        )
        yield GateFault(rule=gate.WITHIN_TERM, message=message, site=site_in(waiver, "expires"))
    if is_same_person(waiver.owner, waiver.approved_by):
        message = f"{name} is approved by its owner, {waiver.owner!r}"
        yield GateFault(rule=gate.APPROVED, message=message, site=site_in(waiver, "approved_by"))
    if today < waiver.created:
        message = f"{name} holds from {waiver.created} on, and lifts nothing of {waiver.rule} before"
        yield GateFault(rule=gate.IN_FORCE, message=message, site=site_in(waiver, "created"))


def _beyond_the_term(waivers: Iterable[Waiver], rule: Rule) -> Iterator[tuple[Waiver, Waiver]]:
    """Give each waiver that holds beyond the term that an earlier one began, and that one; they come by their days."""
    first: Waiver | None = None
    end = dt.date.min
    for waiver in waivers:
        if first is None or (waiver.created - end).days > 1:
            first = waiver
        elif rule.waivable is not None and (waiver.expires - first.created).days >= rule.waivable:
            yield first, waiver
        end = max(end, waiver.expires)


def _goes_on(waiver: Waiver, first: Waiver, rule: Rule) -> GateFault:
    days = (waiver.expires - first.created).days + 1
    message = (
        f"waiver {waiver.id} goes on where waiver {first.id} has begun: together they hold for {days} days, "
        f"and {waiver.rule!r} may be waived for {rule.waivable}"
    )
    return GateFault(rule=gate.WITHIN_TERM, message=message, site=site_in(waiver, "expires"))


def _changed(waivers: Iterable[Waiver], by_rule: Mapping[str, RuleResult], manifest: Manifest) -> set[Waiver]:
    """Give the waivers that are bound to facts, where what is to be lifted rests on others by now."""
    bound: dict[str, list[Waiver]] = {}
    for waiver in waivers:
        if waiver.facts:
            bound.setdefault(waiver.rule, []).append(waiver)
    if not bound:
        return set()
    situations = Situations(manifest)
    changed = set()
    for name, listed in bound.items():
        result = by_rule[name]
        found = _findings_at(result, [steps_of(waiver.pointer) for waiver in listed], manifest)
        for waiver in listed:
            here = found[steps_of(waiver.pointer)]
            if here and situations.digest(result, here) != waiver.facts:
                changed.add(waiver)
    return changed


def _findings_at(
    result: RuleResult, places: Collection[Place], manifest: Manifest
) -> Mapping[Place, Sequence[Finding]]:
    """Give the findings that lie at or under each place; none where the rule has nothing that could be lifted."""
    found: dict[Place, list[Finding]] = {place: [] for place in places}
    for finding in findings_of(result) if result.outcome in LIFTABLE else ():
        for place in places_around(finding, manifest):
            if place in found:
                found[place].append(finding)
    return found


def places_around(finding: Finding, manifest: Manifest) -> Iterator[Place]:
    """Give the places that a finding lies at or under, the narrowest first."""
    steps = keyed_steps(finding.about, manifest.data)
    return (steps[:length] for length in range(len(steps), -1, -1))


def _changed_facts(waiver: Waiver) -> GateFault:
    message = f"waiver {waiver.id} was approved for other facts: what {waiver.rule} asks or rests on has changed"
    return GateFault(rule=gate.SAME_FACTS, message=message, site=site_in(waiver, "facts"))


def _lifts_nothing(waiver: Waiver) -> GateFault:
    place = f" at {waiver.pointer}" if waiver.pointer else ""
    message = f"waiver {waiver.id} lifts nothing: {waiver.rule} has no finding{place} that it could lift"
    return GateFault(rule=gate.USED, message=message, site=site_in(waiver, "id"))


# Places ---------------------------------------------------------------------------------------------------------------


class _Lists:
    """The items of lists by their ids; worked out once for each list, as many waivers may be for one of them."""

    def __init__(self) -> None:
        self._known: dict[int, Mapping[str, list[Any]]] = {}

    def named(self, items: list[Any], name: str) -> list[Any]:
        """Give the items of that id."""
        if id(items) not in self._known:
            by_id: dict[str, list[Any]] = {}
            for item in items:
                by_id.setdefault(_id_of(item), []).append(item)
            self._known[id(items)] = by_id
        return self._known[id(items)].get(name, []) if name else []


def _faults_of_place(waiver: Waiver, manifest: Manifest, lists: _Lists) -> Iterator[WaiverError]:
    """Follow the pointer of a waiver: each item goes by its id, and nothing goes by what could mean two items."""
    value: Any = manifest.data
    named: list[str] = []
    indexed = unnamed = False
    for step in steps_of(waiver.pointer):
        name = step
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list):
            meant = lists.named(value, step)
            at = value[int(step)] if is_index(step, len(value)) else None
            if len(meant) > 1 or (meant and at is not None and not _id_of(at)):
                yield _place_fault(waiver, f"has a pointer {waiver.pointer!r} that means more than one item")
                return
            if not meant and at is not None:
                name = _id_of(at) or step
                indexed, unnamed = indexed or bool(_id_of(at)), unnamed or not _id_of(at)
            value = meant[0] if meant else at
        else:
            value = None
        named.append(name)
    if indexed:
        what = f"names an item by its place in a list, {waiver.pointer!r}, which may change"
        yield _place_fault(waiver, what, hint=f"write {pointer_to(*named)!r}")
    elif unnamed and not waiver.facts:
        what = f"names an item without an id by its place in a list, {waiver.pointer!r}, which may change"
        yield _place_fault(waiver, what, hint="bind it to `facts`, as 'release-review waiver new' does")


def _id_of(item: Any) -> str:
    name = item.get("id") if isinstance(item, Mapping) else None
    return name if isinstance(name, str) else ""


def _place_fault(waiver: Waiver, what: str, *, hint: str = "name what holds them all") -> WaiverError:
    return WaiverError(f"waiver {waiver.id!r} {what}", where=_where(waiver, "pointer"), hint=hint)


def _repeated_places(current: Iterable[Waiver]) -> Iterator[WaiverError]:
    by_thing: dict[tuple[str, str, str], list[Waiver]] = {}
    for waiver in current:
        by_thing.setdefault((waiver.release, waiver.rule, waiver.pointer), []).append(waiver)
    for (_, rule, pointer), sharing in by_thing.items():
        if len(sharing) > 1:
            names = " and ".join(repr(waiver.id) for waiver in sharing)
            place = f" at {pointer}" if pointer else ""
            what = f"the waivers {names} both hold today for {rule!r}{place}"
            where = next(filter(None, (_where(waiver, "id") for waiver in reversed(sharing))), "")
            yield WaiverError(what, where=where, hint="keep one of them")


def _where(waiver: Waiver, name: str) -> str:
    return waiver.origin.where(name) if waiver.origin is not None else ""


# Lifting --------------------------------------------------------------------------------------------------------------


def _by_place(waivers: Iterable[Waiver]) -> Mapping[str, Mapping[Place, Waiver]]:
    """Give waivers by their rule, and then by their place: no two have both in common."""
    found: dict[str, dict[Place, Waiver]] = {}
    for waiver in waivers:
        found.setdefault(waiver.rule, {})[steps_of(waiver.pointer)] = waiver
    return found


def _lift(result: RuleResult, waivers: Mapping[Place, Waiver], manifest: Manifest) -> RuleResult:
    """Give a result with the waiver of each finding, the narrowest of those that reach it."""
    if not waivers or result.outcome not in LIFTABLE:
        return result

    def lifting(finding: Finding) -> Waiver | None:
        reaching = (waivers[place] for place in places_around(finding, manifest) if place in waivers)
        return next(reaching, None) if finding.outcome in LIFTABLE else None

    return replace(result, findings=tuple(replace(each, waiver=lifting(each)) for each in findings_of(result)))
