"""From reviews to text, and from text to stdout and the files that were asked for."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from release_review.cli import ERROR, door, outputs, streams, terminal
from release_review.cli.outputs import Output
from release_review.errors import PluginError, ReleaseReviewError, UsageError
from release_review.hooks import Reporter, Style, Unreviewed
from release_review.model import Report
from release_review.summary import EXIT_STATUS, overall_verdict

if TYPE_CHECKING:
    from release_review.cli.settings import Setting
    from release_review.plugins import Registry

MOST_SUMMARY_BYTES = 1 << 20
"""How much GitHub takes as the summary of one step. Source: GitHub Docs, "Workflow commands", job summaries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Show:
    """How reports are shown.

    Attributes:
        reporter: What stdout gets.
        style: How it is laid out there.
        files: What goes to files.
        summary: What GitHub shows as the summary of the step, and where it is taken from; None where nobody asks.
    """

    reporter: Reporter
    style: Style
    files: tuple[Output, ...] = ()
    summary: tuple[Reporter, Path] | None = None


def plan(
    given: Mapping[str, Any], chosen: Mapping[str, Setting], *, registry: Registry, inputs: Iterable[Path]
) -> Show:
    """Say how reports are to be shown, and refuse at once what could not be.

    Raises:
        UsageError: There is no such format, or two are for stdout.
        OutputError: A file may not be replaced.
    """
    planned = outputs.plan(given["output"], registry=registry, inputs=inputs)
    named = given["output_format_alias"] or chosen["output-format"].value
    asked = next((output.reporter for output in planned if output.path is None), None)
    if asked is not None and (given["output_format_alias"] or given["output_format"]):
        raise UsageError("--output-format and --output NAME=- are both for stdout", hint="give one of them")
    default = terminal.default_format(os.environ, terminal=terminal.is_terminal())
    reporter = asked or registry.reporter(named or default)
    return Show(
        reporter=reporter,
        style=terminal.style_of_stdout(chosen["color"].value, verbosity=verbosity_of(given)),
        files=tuple(output for output in planned if output.path is not None),
        summary=_summary(reporter, registry),
    )


def verbosity_of(given: Mapping[str, Any]) -> int:
    """Give how much is shown: 0 is normal, 1 more, -1 less."""
    verbose, quiet = int(given["verbose"]), int(given["quiet"])
    return max(-1, min(1, verbose - quiet))


def status_of(entries: Sequence[Report | Unreviewed], *, written: bool) -> int:
    """Give the exit status: that of the verdict on all, and an error where a report could not be written."""
    return EXIT_STATUS[overall_verdict(entries)] if written else ERROR


def deliver(show: Show, entries: Sequence[Report | Unreviewed]) -> bool:
    """Write every report; tell whether all that was asked for as a file is there.

    Raises:
        ReleaseReviewError: Stdout did not get its report.
    """
    complete = _write_files(show.files, entries, Style(verbosity=show.style.verbosity))
    streams.write_stdout(render(show.reporter, entries, show.style))
    if show.summary is not None:
        _append(*show.summary, entries)
    return complete


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


def _write_files(files: Iterable[Output], entries: Sequence[Report | Unreviewed], style: Style) -> bool:
    """Write what was asked for as files; one that cannot be written is told and loses no other."""
    complete = True
    evidence = list(_evidence(entries))
    for output in files:
        if output.path is None:
            continue
        try:
            outputs.check_target(output.path, evidence)
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


def _summary(reporter: Reporter, registry: Registry) -> tuple[Reporter, Path] | None:
    """Where annotations go to GitHub, the summary of the step goes there, too."""
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    return (registry.reporter("markdown"), Path(path)) if reporter.name == "github" and path else None


def _append(reporter: Reporter, path: Path, entries: Sequence[Report | Unreviewed]) -> None:
    """Add to the summary of the step; nobody asked for it, so that it cannot be written is no error."""
    content = render(reporter, entries, Style()).encode("utf-8", "backslashreplace")
    try:
        used = path.stat().st_size if path.exists() else 0
        if used + len(content) > MOST_SUMMARY_BYTES:
            streams.say("note: the summary of this step is full; the report is in the log alone")
            return
        with path.open("ab") as file:
            file.write(content)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        streams.say(f"note: the summary of this step could not be written: {reason}")
