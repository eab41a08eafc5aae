"""What the reports for people show of a summary as tables: the same numbers, whatever sets them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from release_review.audit.summary import Answers, Conflict, RuleCount, Summary
from release_review.audit.summary.periods import periods
from release_review.model import Severity

UNMET = "Rules that releases do not meet, or that cannot be told, those that block first"
"""What the list of them is called."""

NOT_STATED = "not stated"
"""What stands for a name that is not stated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table with a name in front of each row, and numbers behind it. Nothing is escaped yet.

    Attributes:
        title: What it shows.
        heads: The head of each column of numbers.
        rows: The name and the numbers of each row.
        note: How to read it.
    """

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, tuple[int, ...]], ...]
    note: str = ""


def grids_of(summary: Summary) -> Iterator[Grid]:
    """Give the tables: properties by level, steps by level and by vector, and other questions."""
    yield from _by_level("Distinctive properties, releases by level", summary.properties)
    threats = sum(count for _, count in summary.vectors)
    if threats:
        yield from _by_level("Steps of the framework, threats by level", summary.steps, of_threats=True)
        yield _by_vector(summary)
    yield from _by_level("Other questions, releases by level", summary.others)


def years_of(summary: Summary) -> Iterator[Grid]:
    """Give how many releases of each year have each property at its strongest level; early years are put together."""
    found = periods(summary.years)
    if not summary.properties or not found:
        return
    rows = []
    for period in found:
        strongest = [
            sum(answers.by_year.get(year, {}).get(answers.scale[0], 0) for year in period.years) if answers.scale else 0
            for answers in summary.properties
        ]
        rows.append((period.title, (period.count, *strongest)))
    heads = ("releases", *(answers.label for answers in summary.properties))
    level = " or ".join(dict.fromkeys(answers.scale[0] for answers in summary.properties if answers.scale))
    yield Grid(
        title="Distinctive properties by year of release",
        heads=heads,
        rows=tuple(rows),
        note=f'The numbers count releases of which a property is at the level "{level}".',
    )


def unmet_of(summary: Summary) -> list[RuleCount]:
    """Give the rules that are not met or undecided: those that block first, and the one that is so most often."""
    unmet = (each for each in summary.rules if each.open)
    return sorted(unmet, key=lambda each: Severity(each.severity) is not Severity.ERROR)


def claims_of(conflict: Conflict) -> str:
    """Give what is said of a field, and by whom: `yes (osai), no (epoch 2024-06-01)`."""
    told = []
    for claim in conflict.claims:
        sources = ", ".join(source.id if not source.date else f"{source.id} {source.date}" for source in claim.sources)
        told.append(f"{claim.said} ({sources or 'no source'})")
    return ", ".join(told)


def _by_level(title: str, asked: Iterable[Answers], *, of_threats: bool = False) -> Iterator[Grid]:
    """Give a table for each scale, so that each column has one meaning."""
    scales: dict[tuple[str, ...], list[Answers]] = {}
    for answers in asked:
        scales.setdefault(answers.scale, []).append(answers)
    for scale, group in scales.items():
        rows = [
            (answers.title, _threats(answers) if of_threats else tuple(answers.levels.values())) for answers in group
        ]
        yield Grid(title=title, heads=scale, rows=tuple(rows))


def _threats(answers: Answers) -> tuple[int, ...]:
    return tuple(sum(levels.get(level, 0) for levels in answers.by_vector.values()) for level in answers.scale)


def _by_vector(summary: Summary) -> Grid:
    steps = summary.steps
    rows = []
    for vector, count in summary.vectors:
        strongest = (step.by_vector.get(vector, {}).get(step.scale[0], 0) if step.scale else 0 for step in steps)
        rows.append((vector or NOT_STATED, (count, *strongest)))
    return Grid(
        title="The same by misuse vector",
        heads=("threats", *(str(number) for number in range(1, len(steps) + 1))),
        rows=tuple(rows),
        note=f"Columns 1 to {len(steps)} are the steps above: threats with {_strongest(steps)} evidence for the step.",
    )


def _strongest(steps: Sequence[Answers]) -> str:
    return " or ".join(dict.fromkeys(step.scale[0] for step in steps if step.scale))
