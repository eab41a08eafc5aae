"""Manifests that differ in one thing that a rule or an assessment looks at: where its outcome may turn."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from release_review.authoring.looks import Looks, field_at, lists_of
from release_review.fields import Field, Kind
from release_review.fingerprint import name_of
from release_review.pointer import EACH, parent_of, pointer_to, steps_of, value_at

Data = dict[str, Any]
"""A manifest, as it is written."""

_NOTHING = object()

_STEPS = (-180, -1, 0, 1, 180)
"""Days, beside one at which something may turn, that are tried as well."""

_DIGEST = f"sha256:{2:064}"
"""A digest that stands for bytes which are not those of the release."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A manifest and the two days that it is judged by.

    Attributes:
        data: The manifest, as it is written.
        as_of: The day whose state is judged.
        today: The day of judgement.
        told: What is different in it, in words; empty where nothing is.
    """

    data: Data
    as_of: dt.date
    today: dt.date
    told: str = ""


# One thing changed ----------------------------------------------------------------------------------------------------


def nearby(start: Variant, looks: Looks) -> Iterator[Variant]:
    """Give the variants that differ from one in a single thing that is looked at, always in the same order."""
    lists = dict.fromkeys(lists_of(looks))
    for pattern in looks.patterns:
        field = field_at(pattern)
        if field is None or field.kind is Kind.LIST:
            continue
        for pointer in _places(start.data, pattern):
            yield from _with_other_values(start, pointer, field, looks)
    for pattern in looks.cited:
        for pointer in _places(start.data, pattern):
            yield from _with_other_evidence(start, pointer)
    for pattern in lists:
        for pointer in _places(start.data, pattern):
            yield from _with_other_items(start, pointer, pattern, looks)
    if looks.dated:
        for day in _days(start, looks):
            yield replace(start, today=day, told=f"judged on {day}")
            yield replace(start, as_of=day, told=f"judged as of {day}")


def _places(data: Data, pattern: str) -> list[str]:
    """Give the places that a pattern names, whether anything is stated there or not."""
    found = [""]
    for step in steps_of(pattern):
        if step != EACH:
            found = [each + pointer_to(step) for each in found]
            continue
        found = [
            f"{each}/{index}" for each in found for index in range(len(_at(data, each)) if _is_list(data, each) else 0)
        ]
    return found


def _is_list(data: Data, pointer: str) -> bool:
    return isinstance(_at(data, pointer), list)


def _at(data: Data, pointer: str) -> Any:
    try:
        return value_at(data, pointer)
    except KeyError:
        return _NOTHING


def _with(start: Variant, pointer: str, value: Any, told: str) -> Variant:
    """Give a variant with another value at a place; none at all where the value is nothing."""
    data = copy.deepcopy(start.data)
    *way, last = steps_of(pointer)
    holder: Any = data
    for step in way:
        holder = holder[int(step)] if isinstance(holder, list) else holder.setdefault(step, {})
    key: Any = int(last) if isinstance(holder, list) else last
    if value is not _NOTHING:
        holder[key] = copy.deepcopy(value)
    elif isinstance(holder, list) or key in holder:
        del holder[key]
    return replace(start, data=data, told=told)


def _with_other_values(start: Variant, pointer: str, field: Field, looks: Looks) -> Iterator[Variant]:
    written = _at(start.data, pointer)
    name = name_of(pointer, start.data)
    in_list = steps_of(pointer)[-1].isdigit() and isinstance(_at(start.data, parent_of(pointer)), list)
    if written is not _NOTHING and not in_list and _is_optional(pointer):
        yield _with(start, pointer, _NOTHING, f"{name} is not stated")
    bare = written["value"] if isinstance(written, dict) and "value" in written else written
    for value in _values(start, field, looks):
        if value == bare or str(value) == str(bare):
            continue
        kept = {**written, "value": value} if isinstance(written, dict) and "value" in written else value
        yield _with(start, pointer, kept, f"{name} is {value}")


def _is_optional(pointer: str) -> bool:
    holder = field_at(parent_of(pointer))
    return holder is None or steps_of(pointer)[-1] not in holder.required


def _values(start: Variant, field: Field, looks: Looks) -> Iterator[Any]:
    match field.kind:
        case Kind.FACT | Kind.WORD:
            yield from field.words
        case Kind.NUMBER:
            for bound in looks.numbers:
                beside = (bound, bound + 1, bound - 1, bound * 1.05, bound * 0.95, bound * 2)
                yield from (float(f"{number:.12g}") for number in beside)
        case Kind.DATE | Kind.CLOSING_DATE:
            yield from (str(day) for day in _days(start, looks))
        case Kind.TEXT | Kind.PATH:
            yield from (*looks.texts, "stated")
        case Kind.DIGEST:
            yield _DIGEST


def _days(start: Variant, looks: Looks) -> list[dt.date]:
    """Give the days at which something may turn: those that are compared, and the days beside them."""
    known = {start.as_of, start.today, *looks.days}
    for pattern in looks.patterns:
        field = field_at(pattern)
        if field is not None and field.kind in (Kind.DATE, Kind.CLOSING_DATE):
            stated = (_day(_at(start.data, pointer)) for pointer in _places(start.data, pattern))
            known |= {each for each in stated if each is not None}
    return sorted({each + dt.timedelta(days=step) for each in known for step in _STEPS})


def _day(written: Any) -> dt.date | None:
    bare = written.get("value") if isinstance(written, dict) else written
    try:
        return dt.date.fromisoformat(bare) if isinstance(bare, str) else None
    except ValueError:
        return None


def _with_other_evidence(start: Variant, pointer: str) -> Iterator[Variant]:
    """Give variants in which a fact cites no evidence, other evidence, or evidence that is not there."""
    written = _at(start.data, pointer)
    if written is _NOTHING:
        return
    name = name_of(pointer, start.data)
    value = written["value"] if isinstance(written, dict) else written
    yield _with(start, pointer, value, f"no evidence for {name}")
    own = tuple(written.get("evidence", ())) if isinstance(written, dict) else ()
    records = _at(start.data, "/evidence")
    for index, record in enumerate(records if isinstance(records, list) else ()):
        for ids in dict.fromkeys(((record["id"],), (*own, *(() if record["id"] in own else (record["id"],))))):
            told = f"{' and '.join(ids)} as the evidence for {name}"
            cited = _with(start, pointer, {"value": value, "evidence": list(ids)}, told)
            yield cited
            for key in ("citation", "path"):
                if key in record:
                    gone = f"{told}, {record['id']} without {key}"
                    yield replace(_with(cited, f"/evidence/{index}/{key}", _NOTHING, ""), told=gone)


def _with_other_items(start: Variant, pointer: str, pattern: str, looks: Looks) -> Iterator[Variant]:
    """Give variants in which a list is empty, has one item less, or one more."""
    items, name = _at(start.data, pointer), name_of(pointer, start.data)
    field = field_at(pattern)
    if field is None or field.item is None:
        return
    listed = items if isinstance(items, list) else []
    if listed:
        yield _with(start, pointer, _NOTHING, f"no {name}")
    for index in range(len(listed) if len(listed) > 1 else 0):
        item = name_of(f"{pointer}/{index}", start.data)
        yield _with(start, f"{pointer}/{index}", _NOTHING, f"without {item}")
    if field.item.kind in (Kind.FACT, Kind.WORD):
        for word in field.item.words:
            yield _with(start, pointer, [*listed, word], f"{word} in {name} as well")
            yield _with(start, pointer, [word], f"{word} alone in {name}")
    elif listed and isinstance(listed[0], dict):
        yield from _with_one_more(start, pointer, pattern, looks)


def _with_one_more(start: Variant, pointer: str, pattern: str, looks: Looks) -> Iterator[Variant]:
    """Give variants with one more item: a copy of the first, and such copies with one thing changed."""
    listed = _at(start.data, pointer)
    item = copy.deepcopy(listed[0])
    if "id" in item:
        item["id"] = f"{item['id']}-2"
    more = _with(start, pointer, [*listed, item], f"a second {name_of(f'{pointer}/0', start.data)}")
    yield more
    for inner in looks.patterns:
        field = field_at(inner)
        if field is None or not inner.startswith(f"{pattern}/{EACH}/") or field.kind is Kind.LIST:
            continue
        rest = inner.removeprefix(f"{pattern}/{EACH}")
        for place in _places(more.data, f"{pointer}/{len(listed)}{rest}"):
            for changed in _with_other_values(more, place, field, looks):
                yield replace(changed, told=f"{more.told}: {changed.told}")
