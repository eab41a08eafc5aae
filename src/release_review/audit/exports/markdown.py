"""The whole of an audit in short, for a wiki or the summary of a job; its size is bounded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO

from release_review.audit.exports.grids import UNMET, Grid, claims_of, grids_of, unmet_of, years_of
from release_review.audit.exports.told import PURPOSE, UNFINISHED, Told
from release_review.audit.summary import Conflict, Coverage, RuleCount, Summary, Trouble
from release_review.escape import markdown
from release_review.reporters.layout import cut
from release_review.summary import PROGRAM

MOST_BYTES = 60_000
"""Size of the whole text. A comment on GitHub holds 65,536 characters; a summary of a job holds 1 MiB."""

_CLOSING_BYTES = 2_000
_ROWS = 25
_COLUMNS = 12
_MESSAGES = 3
_NAME_CHARACTERS = 200
_TEXT_CHARACTERS = 400


def write(told: Told, stream: BinaryIO) -> None:
    """Write the whole text; long tables are cut, and say so."""
    stream.write(text_of(told.summary).encode("utf-8", "backslashreplace"))


def text_of(summary: Summary) -> str:
    """Give the whole text."""
    page = _Page(MOST_BYTES - _CLOSING_BYTES)
    counts = summary.counts
    page.add(f"## Audit: {counts.found:,} releases", "")
    if not summary.audit.is_complete:
        page.add(f"**{UNFINISHED.capitalize()}.**", "")
    page.table(
        ("Pass", "Blocked", "Without a verdict"),
        [[f"{each:,}" for each in (counts.passed, counts.blocked, counts.errors)]],
    )
    page.add(*_told(summary), "")
    for grid in (*grids_of(summary), *years_of(summary)):
        _grid(grid, page)
    heads = ("Rule", "Severity", "Not met", "Cannot be told", "What it asks")
    _section(UNMET, heads, map(_rule, unmet_of(summary)), page)
    _section("Sources", ("Source", "Title", "Releases", "Values stated"), map(_source, summary.sources), page)
    title = f"Conflicts: {summary.conflict_count:,} values in {summary.conflicting_releases:,} releases"
    _section(
        title, ("Release", "Value", "What is said"), map(_conflict, summary.conflicts), page, summary.conflict_count
    )
    title = f"Without a verdict: {counts.errors:,} releases"
    _section(title, ("Manifest", "Why"), map(_trouble, summary.errors), page, counts.errors)
    closing = ["_Long tables are cut here; the page in HTML and the other files have more._", ""] if page.is_cut else []
    return "\n".join([*page.lines, *closing, f"_{PURPOSE}_"]) + "\n"


class _Page:
    """Lines, and how many bytes of them there may still be."""

    def __init__(self, room: int) -> None:
        self.lines: list[str] = []
        self.room = room
        self.is_cut = False

    def add(self, *lines: str) -> bool:
        """Add lines if there is room for all of them, and tell whether there was."""
        size = sum(len(line.encode()) + 1 for line in lines)
        if size > self.room:
            self.is_cut = True
            return False
        self.room -= size
        self.lines += lines
        return True

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[str]], count: int = 0) -> None:
        """Add a table, with as many rows as there is room for, and say how many are left out."""
        rule = "|".join(["---"] * len(heads))
        if not self.add(_row(heads), f"|{rule}|"):
            return
        shown = 0
        while shown < min(len(rows), _ROWS) and self.add(_row(rows[shown])):
            shown += 1
        self.add("")
        left = max(count, len(rows)) - shown
        if left:
            self.is_cut = True
            self.add(f"and {left:,} more", "")


def _told(summary: Summary) -> Iterator[str]:
    audit = summary.audit
    policies = ", ".join(_name(f"{name} {version}") for name, version, _ in audit.policies[:_ROWS])
    corpus = [_name(f"{importer}={path}" if importer else path) for importer, path in audit.corpus]
    more = f" and {len(corpus) - _COLUMNS:,} more" if len(corpus) > _COLUMNS else ""
    judged = f"judged on {_text(audit.today)} by {PROGRAM} {_text(audit.tool)}"
    yield f"As of {_text(audit.as_of or audit.today)}, {judged}.  "
    yield f"Policies: {policies}.  "
    yield f"Corpus: {', '.join(corpus[:_COLUMNS])}{more}."


def _grid(grid: Grid, page: _Page) -> None:
    heads = grid.heads[:_COLUMNS]
    rows = [[_text(name), *(f"{each:,}" for each in numbers[:_COLUMNS])] for name, numbers in grid.rows]
    if page.add(f"### {_text(grid.title)}", ""):
        page.table(["", *map(_text, heads)], rows)
        if len(grid.heads) > _COLUMNS:
            page.add(f"{len(grid.heads) - _COLUMNS} more columns are not shown here.", "")
        if grid.note:
            page.add(_text(grid.note), "")


def _section(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]], page: _Page, count: int = 0) -> None:
    listed = list(rows)
    if listed and page.add(f"### {title}", ""):
        page.table(heads, listed, count)


def _rule(rule: RuleCount) -> list[str]:
    return [_name(rule.id), _text(rule.severity), f"{rule.unmet:,}", f"{rule.undecided:,}", _text(rule.summary)]


def _source(source: Coverage) -> list[str]:
    stated = sum(each.stated for each in source.fields)
    return [_name(source.source or "no source"), _text(source.called), f"{source.releases:,}", f"{stated:,}"]


def _conflict(conflict: Conflict) -> list[str]:
    return [_name(conflict.release), _name(conflict.name), _text(claims_of(conflict))]


def _trouble(trouble: Trouble) -> list[str]:
    messages = [_text(each.removeprefix(f"{trouble.manifest}:").strip()) for each in trouble.messages[:_MESSAGES]]
    more = [f"and {len(trouble.messages) - _MESSAGES} more"] if len(trouble.messages) > _MESSAGES else []
    return [_name(trouble.manifest), "<br>".join([*messages, *more])]


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _name(text: str) -> str:
    """Set a name, a place or a version."""
    return markdown(cut(text, _NAME_CHARACTERS), code=True) or "(empty)"


def _text(text: str) -> str:
    return markdown(cut(text, _TEXT_CHARACTERS))
