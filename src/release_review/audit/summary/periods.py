"""The years of a table: the newest one by one, and all that came before them together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from release_review.audit.summary.records import Group

MOST = 11
"""Columns or rows for years."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """One column or row of a table.

    Attributes:
        title: What it is called.
        years: The years in it; the empty one is that of releases without a date.
        count: How many releases there are.
    """

    title: str
    years: tuple[str, ...]
    count: int


def periods(years: Sequence[Group]) -> tuple[Period, ...]:
    """Put years together so that they fit; they are in order, and one without a name is that of what has no date."""
    dated = [each for each in years if each.name]
    undated = [each for each in years if not each.name]
    early, late = (dated[: 1 - MOST], dated[1 - MOST :]) if len(dated) > MOST else ([], dated)
    columns = []
    if early:
        last = early[-1].name
        columns.append(_period(f"until {last}", early))
    columns += [_period(each.name, [each]) for each in late]
    if undated:
        columns.append(_period("no date", undated))
    return tuple(columns)


def _period(title: str, groups: Sequence[Group]) -> Period:
    return Period(title=title, years=tuple(each.name for each in groups), count=sum(each.count for each in groups))
