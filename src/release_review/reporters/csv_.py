"""The report for spreadsheets: one row for each finding, and one for each rule without any.

The columns are those of `COLUMNS`, always all of them and in this order. Findings alone have a place; lines and columns
are from 1, the end exclusive. `blocks` and `known` are `yes` or `no`. Every line of the file is a row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from release_review.escape import MESSAGE_CHARACTERS, csv, shorten
from release_review.hooks import Style, Unreviewed
from release_review.model import Outcome, Report, RuleResult
from release_review.reporters.rows import (
    Row,
    ends,
    listed,
    more_text,
    path_of,
    rows_of,
    unique,
)
from release_review.reporters.verdicts import name_of_entry, release_of
from release_review.summary import UNMET, overall_verdict, verdict_shown

COLUMNS = (
    "manifest",  # the file, as the caller wrote it
    "release",  # id of the release; empty where nobody could read it
    "verdict",  # of the manifest: pass, blocked, error
    "rule",  # qualified id
    "severity",  # in force: error, warning, note
    "outcome",  # of the finding, or of the rule without findings
    "blocks",  # whether it stands in the way of the release; a rule that broke does
    "message",
    "file",  # where the finding stands: the manifest, or the file it is about
    "line",
    "column",
    "end_line",
    "end_column",
    "fingerprint",
    "waiver",  # id of the waiver that lifts it
    "waiver_owner",
    "waiver_expires",
    "known",  # whether the baseline lists it
    "note",  # why its severity is not what its rule says
)
"""The header, and what each row says."""

MOST_ROWS = 1_000_000
"""Rows that fit into a sheet, a few to spare (Excel has 1,048,576)."""

_END = "\r\n"


def render(entries: Iterable[Report | Unreviewed], style: Style) -> str:
    """Give the header and the rows; what is cut off is counted in the last of them."""
    del style  # a program reads it: no colour, no width
    whole = listed(entries)
    cells = (row for entry in whole for row in _entry(entry))
    shown = list(islice(cells, MOST_ROWS))
    if left_out := sum(1 for _ in cells):
        verdict = overall_verdict(whole).value
        shown.append({"verdict": verdict, "outcome": "not-listed", "message": more_text(left_out, what="row")})
    lines = [COLUMNS, *([row.get(column, "") for column in COLUMNS] for row in shown)]
    return "".join(",".join(csv(cell) for cell in line) + _END for line in lines)


def _entry(entry: Report | Unreviewed) -> Iterator[dict[str, str]]:
    shared = {
        "manifest": shorten(path_of(name_of_entry(entry)), MESSAGE_CHARACTERS),
        "release": shorten(release_of(entry), MESSAGE_CHARACTERS),
        "verdict": verdict_shown(entry).value,
    }
    distinct = unique()
    yield from (shared | _finding(row, distinct(row.fingerprint)) for row in rows_of(entry))
    if isinstance(entry, Report):
        yield from (shared | _rule(result) for result in entry.results if result.outcome not in UNMET)


def _finding(row: Row, fingerprint: str) -> dict[str, str]:
    finding, site = row.finding, row.site
    end_line, end_column = ends(site.span)
    waiver = finding.waiver
    return {
        **_shared(row.result),
        "outcome": row.outcome.value,
        "blocks": _word(asks=row.blocks),
        "message": shorten(row.message, MESSAGE_CHARACTERS),
        "file": shorten(path_of(site.file), MESSAGE_CHARACTERS),
        "line": str(site.span.line),
        "column": str(site.span.column),
        "end_line": str(end_line),
        "end_column": str(end_column),
        "fingerprint": fingerprint,
        "waiver": shorten(waiver.id, MESSAGE_CHARACTERS) if waiver else "",
        "waiver_owner": shorten(waiver.owner, MESSAGE_CHARACTERS) if waiver else "",
        "waiver_expires": waiver.expires.isoformat() if waiver else "",
        "known": _word(asks=finding.known),
    }


def _rule(result: RuleResult) -> dict[str, str]:
    summary = shorten(result.rule.summary, MESSAGE_CHARACTERS)
    message = f"Does not apply: {summary}" if result.outcome is Outcome.NOT_APPLICABLE else summary
    return {**_shared(result), "blocks": _word(asks=False), "message": message, "known": _word(asks=False)}


def _shared(result: RuleResult) -> dict[str, str]:
    return {
        "rule": shorten(result.id, MESSAGE_CHARACTERS),
        "severity": result.severity.value,
        "outcome": result.outcome.value,
        "note": shorten(result.note, MESSAGE_CHARACTERS),
    }


def _word(*, asks: bool) -> str:
    return "yes" if asks else "no"
