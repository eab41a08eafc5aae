"""Manifests that differ in one thing that a rule or an assessment looks at: where its outcome may turn."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from release_review.admit import AdmittedAssessment, AdmittedRule
from release_review.authoring.cases import AdmittedPart
from release_review.cel import Expression, Read
from release_review.cel.tree import Constant, walk
from release_review.fields import Field, Kind, manifest_fields
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
class Situation:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """What a rule or an assessment looks at.

    Attributes:
        patterns: The facts, as patterns of their places in a manifest.
        cited: Patterns of the facts whose evidence is looked at.
        numbers: Numbers that facts are compared with.
        texts: Texts that facts are compared with.
        days: Days that facts are compared with.
        dated: Whether the two days are looked at.
    """

    patterns: tuple[str, ...]
    cited: tuple[str, ...]
    numbers: tuple[float, ...]
    texts: tuple[str, ...]
    days: tuple[dt.date, ...]
    dated: bool


def looks_of(part: AdmittedPart, assessments: Sequence[AdmittedAssessment], base: Mapping[str, Any]) -> Looks:
    """Give what a part looks at, and what the assessments look at whose levels it reads.

    Args:
        part: The rule or assessment.
        assessments: Those that it may read.
        base: The manifest that its cases start from; a rule in Python may look at all of it.
    """
    asked = list(_expressions(part))
    read = {each.assessment for _, expression in asked for each in expression.reads if each.assessment}
    for each in assessments:
        if each.id in read:
            asked += _expressions(each)
    patterns: dict[str, None] = {}
    cited: dict[str, None] = {}
    for prefix, expression in asked:
        for found in expression.reads:
            for pattern in _patterns(prefix, found):
                patterns[pattern] = None
            if found.cited:
                cited[_absolute(prefix, found)] = None
                patterns[f"/evidence/{EACH}/{found.cited}"] = None
    if isinstance(part, AdmittedRule) and not isinstance(part.requirement, Expression):
        patterns |= dict.fromkeys(_leaves(base, ""))
    constants = [node.value for _, asking in asked for node in walk(asking.formula) if isinstance(node, Constant)]
    numbers = {float(each) for each in constants if isinstance(each, int | float) and not isinstance(each, bool)}
    dated = any(name in asking.text for _, asking in asked for name in ("today", "as_of", "opened", "closed"))
    return Looks(
        patterns=tuple(patterns),
        cited=tuple(cited),
        numbers=tuple(sorted(numbers)),
        texts=tuple(sorted({each for each in constants if isinstance(each, str)})),
        days=tuple(sorted({each.date() for each in constants if isinstance(each, dt.datetime)})),
        dated=dated,
    )


def _expressions(part: AdmittedPart) -> Iterator[tuple[str, Expression]]:
    """Give the conditions of a part, each with the pattern of what it calls `this`."""
    if isinstance(part, AdmittedAssessment):
        found = [part.counts, *(each.when for each in part.levels)]
        yield from ((part.assessment.over, each) for each in found if each is not None)
        return
    for each in (part.when, part.requirement):
        if isinstance(each, Expression):
            yield part.rule.given or "", each


def _absolute(prefix: str, read: Read) -> str:
    return (prefix if read.root == "this" else "") + read.pattern


def _patterns(prefix: str, read: Read) -> Iterator[str]:
    """Give the places of what is read; of a derived fact, those of what it is computed from."""
    if read.assessment:
        return
    pattern = _absolute(prefix, read)
    if not read.via:
        yield pattern
    for name in read.via:
        yield parent_of(pattern) + pointer_to(name)


def _leaves(value: Any, at: str) -> Iterator[str]:
    if isinstance(value, Mapping) and "value" not in value:
        for key, inner in value.items():
            yield from _leaves(inner, at + pointer_to(key))
    elif isinstance(value, list):
        yield at
        for index, inner in enumerate(value):
            yield from _leaves(inner, f"{at}/{index}")
    else:
        yield at


# One thing changed ----------------------------------------------------------------------------------------------------


def nearby(start: Situation, looks: Looks) -> Iterator[Situation]:
    """Give the situations that differ from one in a single thing that is looked at, always in the same order."""
    lists = dict.fromkeys(_lists(looks))
    for pattern in looks.patterns:
        field = _field_at(pattern)
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


def _lists(looks: Looks) -> Iterator[str]:
    """Give the patterns of the lists that facts stand in, or that are looked at themselves."""
    for pattern in looks.patterns:
        steps = steps_of(pattern)
        for count, step in enumerate(steps):
            if step == EACH:
                yield pointer_to(*steps[:count])
        field = _field_at(pattern)
        if field is not None and field.kind is Kind.LIST:
            yield pattern


def _field_at(pattern: str) -> Field | None:
    field: Field | None = manifest_fields()
    for step in steps_of(pattern):
        if field is None:
            return None
        field = field.item if step == EACH or (field.kind is Kind.LIST and step.isdigit()) else field.fields.get(step)
    return field


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


def _with(start: Situation, pointer: str, value: Any, told: str) -> Situation:
    """Give a situation with another value at a place; none at all where the value is nothing."""
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


def _with_other_values(start: Situation, pointer: str, field: Field, looks: Looks) -> Iterator[Situation]:
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
    holder = _field_at(parent_of(pointer))
    return holder is None or steps_of(pointer)[-1] not in holder.required


def _values(start: Situation, field: Field, looks: Looks) -> Iterator[Any]:
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


def _days(start: Situation, looks: Looks) -> list[dt.date]:
    """Give the days at which something may turn: those that are compared, and the days beside them."""
    known = {start.as_of, start.today, *looks.days}
    for pattern in looks.patterns:
        field = _field_at(pattern)
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


def _with_other_evidence(start: Situation, pointer: str) -> Iterator[Situation]:
    """Give situations in which a fact cites no evidence, other evidence, or evidence that is not there."""
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


def _with_other_items(start: Situation, pointer: str, pattern: str, looks: Looks) -> Iterator[Situation]:
    """Give situations in which a list is empty, has one item less, or one more."""
    items, name = _at(start.data, pointer), name_of(pointer, start.data)
    field = _field_at(pattern)
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


def _with_one_more(start: Situation, pointer: str, pattern: str, looks: Looks) -> Iterator[Situation]:
    """Give situations with one more item: a copy of the first, and such copies with one thing changed."""
    listed = _at(start.data, pointer)
    item = copy.deepcopy(listed[0])
    if "id" in item:
        item["id"] = f"{item['id']}-2"
    more = _with(start, pointer, [*listed, item], f"a second {name_of(f'{pointer}/0', start.data)}")
    yield more
    for inner in looks.patterns:
        field = _field_at(inner)
        if field is None or not inner.startswith(f"{pattern}/{EACH}/") or field.kind is Kind.LIST:
            continue
        rest = inner.removeprefix(f"{pattern}/{EACH}")
        for place in _places(more.data, f"{pointer}/{len(listed)}{rest}"):
            for changed in _with_other_values(more, place, field, looks):
                yield replace(changed, told=f"{more.told}: {changed.told}")
