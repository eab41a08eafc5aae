"""The report for GitHub Actions: an annotation for each finding, the verdict in the last line.

A runner takes a line that begins with `::` for a command, and shows ten annotations of each level for a step; so the
gravest come first, and what is left out is counted. GitHub wants no columns where a stretch spans lines, and counts the
end column exclusively, as we do.

Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands, and
https://github.com/actions/runner/pull/2082 for what a runner drops.
"""

from __future__ import annotations

from collections.abc import Iterable

from release_review.escape import shorten
from release_review.hooks import Style, Unreviewed
from release_review.model import Report
from release_review.reporters.annotations import Annotation, annotation_lines
from release_review.reporters.rows import PATH_CHARACTERS, Row, Weight, listed, path_of, rows
from release_review.reporters.verdicts import closing_text, name_of_entry, verdict_text

LEVELS = {
    Weight.BROKEN: "error",
    Weight.BLOCKING: "error",
    Weight.WARNING: "warning",
    Weight.NOTE: "notice",
    Weight.LIFTED: "notice",
}
"""The level of an annotation."""


def render(entries: Iterable[Report | Unreviewed], style: Style) -> str:
    """Give the annotations, what is left out of them, and a line with the verdict of each manifest and of all."""
    del style  # GitHub sets the page
    whole = listed(entries)
    lines = [*annotation_lines(map(_annotation, rows(whole))), *(_closing(entry) for entry in whole)]
    if len(whole) > 1:
        lines.append(closing_text(whole))
    return "".join(f"{line}\n" for line in lines)


def _annotation(row: Row) -> Annotation:
    told = [row.message, row.lifted_by, row.result.note]
    if row.remedy and not row.lifted_by:
        told.append(f"fix: {row.remedy}")
    title = f"{row.result.id} ({row.outcome.value})"
    return Annotation(level=LEVELS[row.weight], title=title, site=row.site, texts=tuple(told))


def _closing(entry: Report | Unreviewed) -> str:
    # As a whole: behind a file called `:` our own colon would make a command of the line.
    return shorten(f"{path_of(name_of_entry(entry))}: {verdict_text(entry)}", PATH_CHARACTERS)
