"""What several sources say of one release, as one manifest: values with their sources, and where these disagree.

Nothing is decided here, and no source wins. A value that two sources state differently is in conflict, and what is in
conflict is unknown to every assessment and rule that reads it. One source that says it does not know disagrees with
nobody.
"""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from release_review.audit.alike import finer
from release_review.claims import UNKNOWN, Claim, with_conflicts
from release_review.dates import period_of
from release_review.pointer import pointer_to

WEIGHTS = "weights"
"""Kind of the channel whose users have the weights themselves."""

FINAL_WEIGHTS = "model_parameters_final"
"""The component by which a source says whether the weights can be had at all."""

_WHOLE = frozenset({"/release/artifact", "/threat", "/evidence", "/signoff", "/benefit"})
"""Lists whose items are kept as each source has them: two of them are one only where they say the same."""

_OF_ONE = frozenset({"/schema", "/release/id", "/release/developer", "/release/name", "/release/version"})
"""What two sources may spell differently, and mean the same: by it, they were found to speak of one release."""


_LONGEST_NAME = 56
"""Characters of an id that a number can be put behind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What one source says of a release.

    Attributes:
        origin: The file, or the entry of it, that it comes from.
        data: The manifest that was made of it; it fits the schema.
        notes: What an importer says about it.
    """

    origin: str
    data: Mapping[str, Any]
    notes: tuple[str, ...] = ()


def join(entries: Sequence[Entry]) -> dict[str, Any]:
    """Give one manifest of all that is said of a release.

    Args:
        entries: One at least, in the order in which what agrees is cited.
    """
    sources: dict[str, Any] = {}
    records: dict[str, Any] = {}
    said = []
    for entry in entries:
        renamed = _apart(entry.data, sources)
        sources.update(renamed["source"])
        _rename_evidence(renamed, records)
        said.append(renamed)
    if len(said) == 1:
        return said[0]
    joined: dict[str, Any] = _table(
        [{key: value for key, value in each.items() if key != "source"} for each in said], ""
    )
    joined["source"] = sources
    _deny_weights(joined, said)
    return joined


def _apart(data: Mapping[str, Any], taken: Mapping[str, Any]) -> dict[str, Any]:
    """Give an entry whose sources have ids that no other source has."""
    written: dict[str, Any] = copy.deepcopy(dict(data))
    own: Mapping[str, Any] = written.get("source", {})
    names = _new_names(own, taken)
    written["source"] = {names[name]: source for name, source in own.items()}
    _cite(written, "source", names)
    return written


def _rename_evidence(written: dict[str, Any], taken: dict[str, Any]) -> None:
    """Give the evidence of an entry ids that no other evidence has, and remember it under them."""
    own = {record["id"]: record for record in written.get("evidence", ())}
    names = _new_names(own, taken)
    _cite(written, "evidence", names)
    taken.update({names[name]: {**record, "id": names[name]} for name, record in own.items()})
    if own:
        written["evidence"] = [taken[names[name]] for name in own]


def _new_names(own: Mapping[str, Any], taken: Mapping[str, Any]) -> dict[str, str]:
    """Give each id its new one: itself, unless it stands for something else elsewhere."""
    names: dict[str, str] = {}
    for name, meant in own.items():
        new, number = name, 2
        while new in names.values() or (new in taken and taken[new] != meant):
            new, number = f"{name[:_LONGEST_NAME]}-{number}", number + 1
        names[name] = new
    return names


def _cite(value: Any, key: str, names: Mapping[str, str]) -> None:
    """Cite what has been renamed by its new id, wherever a value is annotated."""
    if isinstance(value, dict):
        if "value" in value and isinstance(value.get(key), list):
            value[key] = [names.get(each, each) for each in value[key]]
        for inner in value.values():
            _cite(inner, key, names)
    elif isinstance(value, list):
        for inner in value:
            _cite(inner, key, names)


def _table(tables: Sequence[Mapping[str, Any]], pointer: str) -> dict[str, Any]:
    """Join tables key by key, in the order in which the keys are first seen."""
    keys = dict.fromkeys(key for table in tables for key in table)
    return {key: _value([table[key] for table in tables if key in table], pointer + pointer_to(key)) for key in keys}


def _value(values: Sequence[Any], pointer: str) -> Any:
    if len(values) == 1:
        return values[0]
    if pointer in _OF_ONE or pointer.endswith("/id"):
        return values[0]
    if all(isinstance(each, list) for each in values):
        return _list(values, pointer)
    if all(isinstance(each, dict) and "value" not in each for each in values):
        return _table(values, pointer)
    return _claim([_claimed(each) for each in values])


def _list(lists: Sequence[Sequence[Any]], pointer: str) -> list[Any]:
    """Join lists: items with an id by it, others by what they say."""
    found: dict[Any, list[Any]] = {}
    for items in lists:
        for item in items:
            key = ("", repr(item)) if pointer in _WHOLE else _identity(item)
            found.setdefault(key, []).append(item)
    return [_value(same, f"{pointer}/*") if len(same) > 1 else same[0] for same in found.values()]


def _identity(item: Any) -> tuple[str, Any]:
    if isinstance(item, Mapping):
        for key in ("id", "value", "path", "uri", "name", "kind"):
            if isinstance(item.get(key), str):
                return key, item[key]
        return "", repr(sorted(item.items(), key=repr))
    return "value", item


def _claimed(value: Any) -> Claim:
    return value if isinstance(value, dict) else {"value": value}


def _claim(claims: Sequence[Claim]) -> Claim:
    """Give what several sources say of one fact: the value they agree on, or the first with the others beside it."""
    apart: list[Claim] = []
    for claim in _known(claims):
        for index, other in enumerate(apart):
            agreed = finer(other["value"], claim["value"])
            if agreed is not None:
                apart[index] = _both(other, claim, agreed)
                break
        else:
            apart.append(claim)
    return with_conflicts(apart[0], apart[1:])


def _known(claims: Sequence[Claim]) -> list[Claim]:
    """Give the claims that say something, each by itself; where none does, those that say they do not know.

    What stands against a value within one source stays, also where it is no value: that source doubts what it says, and
    whoever knows nothing does not settle it.
    """
    alone = [{key: value for key, value in each.items() if key != "conflicts"} for each in claims]
    doubts = [doubt for each in claims for doubt in each.get("conflicts", ())]
    return [*(each for each in alone if each["value"] != UNKNOWN), *doubts] or alone


def _both(one: Claim, other: Claim, value: Any) -> Claim:
    joined: Claim = {"value": value}
    for key in ("source", "evidence"):
        if cited := list(dict.fromkeys((*one.get(key, ()), *other.get(key, ())))):
            joined[key] = cited
    notes = list(dict.fromkeys(each["note"] for each in (one, other) if each.get("note")))
    return {**joined, "note": "; ".join(notes)} if notes else joined


def _deny_weights(joined: dict[str, Any], said: Sequence[Mapping[str, Any]]) -> None:
    """Put those who say that the weights cannot be had beside those who describe a channel with them.

    One who looked before the channel opened, as far as both days are known, does not disagree.
    """
    denying = [
        (source, day)
        for each in said
        if (claim := _final_weights(each)).get("value") in ("no", False)
        for source in claim.get("source", ())
        for day in [each["source"].get(source, {}).get("date")]
    ]
    for channel in joined.get("access", ()):
        kind = _claimed(channel["kind"])
        if kind["value"] != WEIGHTS or _plain(channel.get("audience")) == "internal":
            continue
        opened = _plain(channel.get("from")) or _plain(joined.get("release", {}).get("date"))
        apart = [
            {"value": UNKNOWN, "source": [source], "note": "says that the weights are not released"}
            for source, day in denying
            if not _is_before(day, opened)
        ]
        if apart:
            own = {key: value for key, value in kind.items() if key != "conflicts"}
            channel["kind"] = with_conflicts(own, [*kind.get("conflicts", ()), *apart])


def without_days_ahead(joined: Mapping[str, Any], today: dt.date) -> dict[str, Any]:
    """Give a manifest of registries in which nothing begins after a day: such a date is unknown, and the note has it.

    A channel that somebody has seen is open. Or else a date that is wrong, or means the end of a year, would make of it
    one that is still to come, and no property would apply.

    Args:
        joined: The manifest.
        today: The day of judgement, in UTC.
    """
    release = joined.get("release", {})
    channels = [_with_day(channel, "from", today) for channel in joined.get("access", ())]
    return {**joined, "release": _with_day(release, "date", today), **({"access": channels} if channels else {})}


def _with_day(table: Mapping[str, Any], key: str, today: dt.date) -> dict[str, Any]:
    if key not in table:
        return dict(table)
    claim = _claimed(table[key])
    ahead = [each for each in (claim, *claim.get("conflicts", ())) if _is_after(each["value"], today)]
    if not ahead:
        return dict(table)
    note = f"stated as {', '.join(str(each['value']) for each in ahead)}, which was still to come on {today}"
    beside = {name: claim[name] for name in ("source", "evidence") if name in claim}
    return {**table, key: {"value": UNKNOWN, **beside, "note": note}}


def _is_after(value: Any, today: dt.date) -> bool:
    try:
        return isinstance(value, str) and period_of(value).first > today
    except ValueError:
        return False


def _final_weights(data: Mapping[str, Any]) -> Claim:
    return _claimed(data.get("components", {}).get(FINAL_WEIGHTS, UNKNOWN))


def _plain(value: Any) -> Any:
    """Give a value without what stands beside it; one that is in conflict is not known."""
    if not isinstance(value, dict):
        return value
    return None if value.get("conflicts") else value.get("value")


def _is_before(day: Any, opened: Any) -> bool:
    try:
        return isinstance(day, str) and isinstance(opened, str) and period_of(day).last < period_of(opened).first
    except ValueError:
        return False
