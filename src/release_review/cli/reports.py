"""From reviews to text, and from text to the files that were asked for."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from release_review.cli import door, outputs
from release_review.cli.outputs import Output
from release_review.errors import PluginError, ReleaseReviewError
from release_review.hooks import Reporter, Style, Unreviewed
from release_review.model import Report


def render(reporter: Reporter, entries: Sequence[Report | Unreviewed], style: Style) -> str:
    """Give the text of a report.

    Raises:
        PluginError: The reporter does not keep its contract.
    """
    try:
        with door.translated(), contextlib.redirect_stdout(sys.stderr):  # stdout is for the report
            text = reporter.render(entries, style)
    except ReleaseReviewError as error:
        hint = "choose another output format"
        raise PluginError(f"reporter {reporter.name!r} broke: {error.what}", hint=hint) from error
    if not isinstance(text, str):
        raise PluginError(f"reporter {reporter.name!r} gives no text", hint="choose another output format")
    return text


def write_files(files: Iterable[Output], entries: Sequence[Report | Unreviewed], style: Style) -> bool:
    """Write what was asked for as files; one that cannot be written is told and loses no other."""
    complete = True
    evidence = list(_evidence(entries))
    for output in files:
        try:
            outputs.check_again(output, evidence)
            outputs.write(output.path, render(output.reporter, entries, style))
        except ReleaseReviewError as error:
            door.report_error(error)
            complete = False
    return complete


def _evidence(entries: Iterable[Report | Unreviewed]) -> Iterator[Path]:
    for entry in entries:
        if isinstance(entry, Report) and (folder := entry.manifest.document.folder):
            records = entry.manifest.data.get("evidence", ())
            yield from (folder / record["path"] for record in records if record.get("path"))
