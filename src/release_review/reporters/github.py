"""The report for GitHub Actions: an annotation for each finding, the verdict in the last line.

A runner takes a line that begins with `::` for a command, and shows ten annotations of each level for a step; so the
gravest come first, and what is left out is counted. GitHub wants no columns where a stretch spans lines, and counts the
end column exclusively, as we do.

Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands, and
https://github.com/actions/runner/pull/2082 for what a runner drops.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from release_review.escape import MESSAGE_CHARACTERS, github, shorten
from release_review.hooks import Style, Unreviewed
from release_review.model import Report
from release_review.reporters.rows import (
    PATH_CHARACTERS,
    Row,
    Weight,
    ends,
    listed,
    path_of,
    rows,
)
from release_review.reporters.verdicts import closing_text, name_of_entry, verdict_text

AT_MOST = 10
"""Annotations of one level that GitHub shows for a step."""

LEVELS = {
    Weight.BROKEN: "error",
    Weight.BLOCKING: "error",
    Weight.WARNING: "warning",
    Weight.NOTE: "notice",
    Weight.LIFTED: "notice",
}
"""The level of an annotation."""

_TITLE = 255
_NEWLINE = "%0A"


def render(entries: Iterable[Report | Unreviewed], style: Style) -> str:
    """Give the annotations, what is left out of them, and a line with the verdict of each manifest and of all."""
    del style  # GitHub sets the page
    whole = listed(entries)
    lines = [*_annotations(rows(whole)), *(_closing(entry) for entry in whole)]
    if len(whole) > 1:
        lines.append(closing_text(whole))
    return "".join(f"{line}\n" for line in lines)


def _annotations(found: list[Row]) -> Iterator[str]:
    left_out = []
    for level in dict.fromkeys(LEVELS.values()):
        of_level = [row for row in found if LEVELS[row.weight] == level]
        yield from (_annotation(level, row) for row in of_level[:AT_MOST])
        if (rest := len(of_level) - AT_MOST) > 0:
            left_out.append(f"{rest} more {level if rest == 1 else f'{level}s'}")
    if left_out:
        yield f"and {', '.join(left_out)}, which GitHub would not show; the format json lists all"


def _annotation(level: str, row: Row) -> str:
    site = row.site
    end_line, end_column = ends(site.span)
    properties = {
        "title": github(shorten(f"{row.result.id} ({row.outcome.value})", _TITLE), in_property=True),
        "file": github(shorten(path_of(site.file), PATH_CHARACTERS), in_property=True),
        "line": site.span.line,
        "endLine": end_line,
    }
    if end_line == site.span.line:
        properties |= {"col": site.span.column, "endColumn": end_column}
    told = [row.message, row.lifted_by, row.result.note]
    if row.remedy and not row.lifted_by:
        told.append(f"fix: {row.remedy}")
    message = _NEWLINE.join(github(shorten(text, MESSAGE_CHARACTERS)) for text in told if text)
    return f"::{level} {','.join(f'{name}={value}' for name, value in properties.items())}::{message}"


def _closing(entry: Report | Unreviewed) -> str:
    # As a whole: behind a file called `:` our own colon would make a command of the line.
    return shorten(f"{path_of(name_of_entry(entry))}: {verdict_text(entry)}", PATH_CHARACTERS)
