"""From reviews to text, and from text to stdout and the files that were asked for."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from release_review.cli import ERROR, door, outputs, requests, streams, terminal
from release_review.cli.requests import Output
from release_review.errors import PluginError, ReleaseReviewError, UsageError
from release_review.escape import shorten
from release_review.files import reason_of
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
    files: tuple[Output[Reporter], ...] = ()
    summary: tuple[Reporter, Path] | None = None


def plan(
    given: Mapping[str, Any], chosen: Mapping[str, Setting], *, registry: Registry, inputs: Iterable[Path]
) -> Show:
    """Say how reports are to be shown, and refuse at once what could not be.

    Raises:
        UsageError: There is no such format, or two are for stdout.
        OutputError: A file may not be replaced.
    """
    read = list(inputs)
    planned = requests.plan(given["output"], find=registry.reporter, inputs=read)
    named = given["output_format_alias"] or chosen["output-format"].value
    if planned.stdout is not None and (given["output_format_alias"] or given["output_format"]):
        raise UsageError("--output-format and --output NAME=- are both for stdout", hint="give one of them")
    default = terminal.default_format(os.environ, terminal=terminal.is_terminal())
    reporter = planned.stdout or (_named(given, chosen, registry) if named else registry.reporter(default))
    return Show(
        reporter=reporter,
        style=terminal.style_of_stdout(chosen["color"].value, verbosity=verbosity_of(given)),
        files=planned.files,
        summary=_summary(reporter, registry, [*read, *(output.path for output in planned.files)]),
    )


def _named(given: Mapping[str, Any], chosen: Mapping[str, Setting], registry: Registry) -> Reporter:
    """Give the reporter that somebody asked for; where a file or a variable did, an error names it."""
    if alias := given["output_format_alias"]:
        return registry.reporter(alias)
    setting = chosen["output-format"]
    try:
        return registry.reporter(setting.value)
    except UsageError as error:
        where = "" if given["output_format"] else setting.origin
        raise UsageError(error.what, where=where, hint=error.hint) from None


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


def _write_files(files: Iterable[Output[Reporter]], entries: Sequence[Report | Unreviewed], style: Style) -> bool:
    """Write what was asked for as files; one that cannot be written is told and loses no other."""
    complete = True
    evidence = list(_evidence(entries))
    for output in files:
        try:
            outputs.check_target(output.path, evidence)
            outputs.replace(output.path, render(output.form, entries, style))
        except ReleaseReviewError as error:
            door.report_error(error)
            complete = False
    return complete


def _evidence(entries: Iterable[Report | Unreviewed]) -> Iterator[Path]:
    for entry in entries:
        if isinstance(entry, Report) and (folder := entry.manifest.document.folder):
            records = entry.manifest.data.get("evidence", ())
            yield from (folder / record["path"] for record in records if record.get("path"))


def _summary(reporter: Reporter, registry: Registry, taken: Iterable[Path]) -> tuple[Reporter, Path] | None:
    """Where annotations go to GitHub, the summary of the step goes there, too."""
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if reporter.name != "github" or not path:
        return None
    if any(outputs.is_same(Path(path), other) for other in taken):
        streams.say("note: the summary of this step is a file that this run reads or writes, and is left as it is")
        return None
    return registry.reporter("markdown"), Path(path)


def _append(reporter: Reporter, path: Path, entries: Sequence[Report | Unreviewed]) -> None:
    """Add to the summary of the step; nobody asked for it, so that it cannot be written is no error."""
    content = render(reporter, entries, Style()).encode("utf-8", "backslashreplace")
    try:
        full = not _add(path, content)
    except (OSError, ValueError) as error:
        name = shorten(str(path))
        streams.say(f"note: the summary of this step could not be written to {name}: {reason_of(error)}")
    else:
        if full:
            streams.say("note: the summary of this step is full; the report is in the log alone")


def _add(path: Path, content: bytes) -> bool:
    """Add to a regular file, and wait for nobody; tell whether there was room."""
    # Not every system has all of these.
    flags = sum(getattr(os, name, 0) for name in ("O_NONBLOCK", "O_NOFOLLOW", "O_CLOEXEC"))
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | flags, 0o666)
    with os.fdopen(descriptor, "ab") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise ValueError("it is no regular file")
        if status.st_size + len(content) > MOST_SUMMARY_BYTES:
            return False
        file.write(content)
    return True
