"""The records that the template of the page reads; nothing in them is escaped before it is put into the page."""

from __future__ import annotations

from dataclasses import dataclass

from release_review.audit.page.bars import Bar
from release_review.audit.page.headlines import Headline
from release_review.audit.page.links import Link
from release_review.audit.summary import Conflict, Coverage, RuleCount, Summary, Trouble
from release_review.audit.summary.periods import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A place in a table with a bar or a heat.

    Attributes:
        bar: How what is counted here divides; it is empty where nothing was.
        count: How many have what the table is about.
        heat: How strongly the cell is filled, from 0 to 5.
        text: The count among all, for whoever does not see the cell.
        link: The releases that are counted; None where no filter gives them.
    """

    bar: Bar
    count: int
    heat: int
    text: str
    link: Link | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question and its answers: all of them, and by what stands at the head of the columns."""

    id: str
    title: str
    strongest: str
    bar: Bar
    links: tuple[Link, ...]
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Questions that have one scale: a table of numbers, a matrix, and what its shades mean."""

    questions: tuple[Question, ...]
    legend: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRow:
    """Releases that have something in common."""

    name: str
    bar: Bar
    link: Link


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRow:
    """What the sources tell of one field or one table of fields: what is known of it, source by source."""

    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRow:
    """A rule that was not met, with the releases where it was not, and where that could not be told."""

    rule: RuleCount
    bar: Bar
    link: Link
    unmet: Link
    undecided: Link


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The whole summary, and how many releases the page lists."""

    summary: Summary
    title: str
    listed: int
    verdicts: Bar
    headlines: tuple[Headline, ...]
    periods: tuple[Period, ...]
    properties: tuple[Block, ...]
    steps: tuple[Block, ...]
    others: tuple[Block, ...]
    vectors: tuple[tuple[str, int], ...]
    more_vectors: int
    ways: tuple[tuple[str, tuple[tuple[str, int], ...]], ...]
    audiences: tuple[str, ...]
    developers: tuple[GroupRow, ...]
    families: tuple[GroupRow, ...]
    rules: tuple[RuleRow, ...]
    more_rules: int
    sources: tuple[Coverage, ...]
    more_sources: int
    groups: tuple[FieldRow, ...]
    fields: tuple[FieldRow, ...]
    more_fields: int
    silent: tuple[str, ...]
    conflicts: tuple[Conflict, ...]
    errors: tuple[Trouble, ...]

    @property
    def heads(self) -> tuple[tuple[str, int], ...]:
        """The heads of the columns for years, each with the number of its releases."""
        return tuple((each.title, each.count) for each in self.periods)

    @property
    def counted(self) -> int:
        """All releases of the audit."""
        return self.summary.counts.found

    @property
    def reviewed(self) -> int:
        """Releases that could be looked at."""
        return self.summary.reviewed
