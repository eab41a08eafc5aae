"""Which facts of a release are others: the values, and who says so."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from release_review.audit.rows import Row

_ITEM = re.compile(r"\[[^\]]*\]")

_OF_A_FACT = ("value", "sources", "evidence", "conflicts")
"""What makes a fact another one; a note beside it does not."""


def changed_facts(before: Row, after: Row) -> Iterator[dict[str, Any]]:
    """Tell which facts differ, sorted by name: each before and now, None where it is not stated.

    Facts go by their names, so that a channel that has moved in its list is the same channel.
    """
    one, other = _facts(before), _facts(after)
    for name in sorted({*one, *other}):
        old, new = one.get(name), other.get(name)
        if old != new:
            yield {"name": name, "before": old, "after": new}


def uncompared(*rows: Row) -> int:
    """Tell how many facts rows leave out: nobody can tell whether those are the same."""
    return max(int(row.get("more_facts", 0)) for row in rows)


def kind_of(name: str) -> str:
    """Give the name of a fact without the items that it is of: `access[hub].kind` is `access[].kind`."""
    return _ITEM.sub("[]", name)


def fact_shown(fact: Mapping[str, Any] | None) -> str:
    """Give a fact in words: its value, and who says so."""
    if fact is None:
        return "not stated"
    conflicts = fact.get("conflicts", ())
    whole = " or ".join(_claim(each) for each in (fact, *conflicts))
    return f"{whole} (in conflict)" if conflicts else whole


def _claim(fact: Mapping[str, Any]) -> str:
    named = [each["id"] + (f" of {each['date']}" if each.get("date") else "") for each in fact.get("sources", ())]
    return f"{fact['value']!r}" + (f" ({', '.join(named)})" if named else "")


def _facts(row: Row) -> dict[str, dict[str, Any]]:
    sources = row.get("sources", {})
    stated = (*row.get("facts", ()), *row.get("conflicts", ()))
    return {each["name"]: _fact(each, sources) for each in stated}


def _fact(stated: Mapping[str, Any], sources: Mapping[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {"value": stated.get("value")}
    if stated.get("source"):
        told["sources"] = _sources(stated["source"], sources)
    if stated.get("evidence"):
        told["evidence"] = stated["evidence"]
    if stated.get("conflicts"):
        told["conflicts"] = [_fact(each, sources) for each in stated["conflicts"]]
    return {key: told[key] for key in _OF_A_FACT if key in told}


def _sources(cited: Sequence[str], sources: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Give who says so; the title and the day stand with the source."""
    return [
        {"id": each} | {key: sources[each][key] for key in ("title", "date") if sources.get(each, {}).get(key)}
        for each in cited
    ]
