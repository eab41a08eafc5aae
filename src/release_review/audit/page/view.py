"""What the summary of a page shows, made ready for its template: bars, tables with their numbers, and sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from release_review.audit.page.bars import Bar, bar, heat, of_levels, share
from release_review.audit.page.headlines import headlines
from release_review.audit.page.links import Link, year_link
from release_review.audit.page.records import Block, Cell, FieldRow, GroupRow, Question, RuleRow, View
from release_review.audit.page.shades import in_shades, shade_of
from release_review.audit.page.shown import name_shown
from release_review.audit.summary import Answers, Coverage, Filled, Group, Summary
from release_review.audit.summary.periods import Period, periods
from release_review.schema import MANIFEST, published_schema

MOST_ROWS = 200
"""Rows of one table of the summary; it says how many more there are."""

FIRST_ROWS = 12
"""Rows that are shown before the others are asked for."""

_COLUMNS = 9
_SEVERITIES = {"error": "severe", "warning": "warning", "note": "note"}
_NO_PARTS = frozenset({"schema", "source", "signoff", "extensions"})
_Cells = Callable[[Answers], Iterator[Cell]]


def view_of(summary: Summary, *, listed: int) -> View:
    """Make a summary ready for the page.

    Args:
        summary: What is shown.
        listed: How many releases the page lists.
    """
    found = periods(summary.years)
    vectors = summary.vectors[:_COLUMNS]
    sources = summary.sources[: _COLUMNS - 1]
    shown_vectors = [name for name, _ in vectors]
    return View(
        summary=summary,
        title=f"Audit of {summary.counts.found:,} {'release' if summary.counts.found == 1 else 'releases'}",
        listed=listed,
        verdicts=_verdicts(summary),
        headlines=tuple(headlines(summary)),
        periods=found,
        properties=tuple(_blocks(summary.properties, lambda answers: _by_period(answers, found))),
        steps=tuple(_blocks(summary.steps, lambda answers: _by_vector(answers, shown_vectors))),
        others=tuple(_blocks(summary.others, lambda answers: _by_period(answers, found))),
        vectors=vectors,
        more_vectors=len(summary.vectors) - len(vectors),
        ways=tuple(_ways(summary)),
        audiences=tuple(_audiences(summary)),
        developers=tuple(_groups(summary.developers, "developer")),
        families=tuple(_groups(summary.families, "family")),
        rules=tuple(_rules(summary)),
        more_rules=max(sum(each.open > 0 for each in summary.rules) - MOST_ROWS, 0),
        sources=sources,
        more_sources=len(summary.sources) - len(sources),
        groups=tuple(_field_rows([(each, each.groups) for each in sources])),
        fields=tuple(_field_rows([(each, each.fields) for each in sources])),
        more_fields=max(len({field.field for each in sources for field in each.fields}) - MOST_ROWS, 0),
        silent=tuple(_silent(summary)),
        conflicts=summary.conflicts[:MOST_ROWS],
        errors=summary.errors[:MOST_ROWS],
    )


def _verdicts(summary: Summary) -> Bar:
    counts = summary.counts
    named = (("pass", counts.passed), ("blocked", counts.blocked), ("error", counts.errors))
    return bar(((word, word, count) for word, count in named), of="releases")


def _blocks(asked: Sequence[Answers], cells_of: _Cells) -> Iterator[Block]:
    """Give the questions of each scale together, in the order in which they are asked."""
    for scale in dict.fromkeys(each.scale for each in asked):
        questions = [each for each in asked if each.scale == scale]
        yield Block(
            questions=tuple(_question(each, tuple(cells_of(each))) for each in questions),
            legend=tuple((name_shown(level), shade_of(level, scale)) for level in in_shades(scale)),
        )


def _question(answers: Answers, cells: tuple[Cell, ...]) -> Question:
    whole = of_levels(answers.levels, answers.scale)
    order = in_shades(answers.scale)
    return Question(
        id=answers.id,
        title=answers.title,
        strongest=name_shown(answers.scale[0]) if answers.scale else "",
        bar=whole,
        links=tuple(Link.to(question=answers.id, level=level) for level in order),
        cells=cells,
    )


def _by_period(answers: Answers, found: Sequence[Period]) -> Iterator[Cell]:
    for period in found:
        counts: dict[str, int] = {}
        for year in period.years:
            for level, count in answers.by_year.get(year, {}).items():
                counts[level] = counts.get(level, 0) + count
        strongest = answers.scale[0] if answers.scale else ""
        count = counts.get(strongest, 0)
        yield Cell(
            bar=of_levels(counts, answers.scale),
            count=count,
            heat=heat(count, sum(counts.values())),
            text=share(count, sum(counts.values())),
            link=Link.to(question=answers.id, level=strongest, year=year_link(period)) if count else None,
        )


def _by_vector(answers: Answers, vectors: Sequence[str]) -> Iterator[Cell]:
    strongest = answers.scale[0] if answers.scale else ""
    for vector in vectors:
        counts = answers.by_vector.get(vector, {})
        total = sum(counts.values())
        count = counts.get(strongest, 0)
        yield Cell(
            bar=of_levels(counts, answers.scale, of="threats"),
            count=count,
            heat=heat(count, total),
            text=share(count, total),
            link=Link.to(vector=vector),
        )


def _ways(summary: Summary) -> Iterator[tuple[str, tuple[tuple[str, int], ...]]]:
    """Give how many releases have a channel of each kind, for each audience."""
    found = {(each.kind, each.audience): each.releases for each in summary.ways}
    kinds = dict.fromkeys(each.kind for each in summary.ways)
    most = max((each.releases for each in summary.ways), default=0)
    for kind in list(kinds)[:MOST_ROWS]:
        cells = [found.get((kind, audience), 0) for audience in _audiences(summary)]
        yield name_shown(kind), tuple((f"{count:,}" if count else "", heat(count, most)) for count in cells)


def _audiences(summary: Summary) -> list[str]:
    return list(dict.fromkeys(each.audience for each in summary.ways))[:_COLUMNS]


def _groups(groups: Sequence[Group], name: str) -> Iterator[GroupRow]:
    for group in groups[:FIRST_ROWS]:
        counts = (("pass", group.passed), ("blocked", group.blocked), ("error", group.errors))
        yield GroupRow(
            name=name_shown(group.name) or "not stated",
            bar=bar(((word, word, count) for word, count in counts), of="releases"),
            link=Link.to(**{name: group.name or "-"}),
        )


def _rules(summary: Summary) -> Iterator[RuleRow]:
    for rule in [each for each in summary.rules if each.open][:MOST_ROWS]:
        counts = (
            ("not met", _SEVERITIES.get(rule.severity, "severe"), rule.unmet),
            ("cannot be told", "unknown", rule.undecided),
            ("met", "rest", sum(rule.outcomes.values()) - rule.open),
        )
        yield RuleRow(
            rule=rule,
            bar=bar(counts, of="releases"),
            link=Link.to(rule=rule.id),
            unmet=Link.to(rule=rule.id, outcome="unmet"),
            undecided=Link.to(rule=rule.id, outcome="undecided"),
        )


def _field_rows(told: Sequence[tuple[Coverage, Sequence[Filled]]]) -> Iterator[FieldRow]:
    """Give for each field what each source knows of it."""
    found = [(coverage, {each.field: each for each in fields}) for coverage, fields in told]
    for name in sorted({field for _, fields in found for field in fields})[:MOST_ROWS]:
        yield FieldRow(name=name_shown(name), cells=tuple(_filled(each, fields.get(name)) for each, fields in found))


def _silent(summary: Summary) -> Iterator[str]:
    """Give the parts of the manifest in which nothing is stated of any release."""
    told = {each.group for each in summary.facts if each.stated or each.conflicting}
    return (name for name in published_schema(MANIFEST)["properties"] if name not in told | _NO_PARTS)


def _filled(source: Coverage, filled: Filled | None) -> Cell:
    stated, unknown, conflicting = (filled.stated, filled.unknown, filled.conflicting) if filled else (0, 0, 0)
    silent = max(source.releases - stated - unknown - conflicting, 0)
    counts = (
        ("stated", "0", stated),
        ("in conflict", "conflict", conflicting),
        ("denied or unknown", "unknown", unknown),
        ("nothing said", "rest", silent),
    )
    return Cell(
        bar=bar(counts, of="releases"),
        count=stated,
        heat=heat(stated, source.releases),
        text=share(stated, source.releases),
    )
