"""`release-review report`: what an audit found, from its ledger, in any form."""

from __future__ import annotations

import contextlib
import functools
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from release_review.cli import ERROR, PASS, door, outputs, reports, requests, settings, streams, terminal
from release_review.cli.command import GroupedCommand, config_options, options, plugin_option
from release_review.cli.options import COLORS
from release_review.errors import AuditError, ReleaseReviewError, UsageError
from release_review.escape import MESSAGE_CHARACTERS, plain, shorten
from release_review.hooks import Style

if TYPE_CHECKING:
    from release_review.audit.exports import Export, Told
    from release_review.audit.exports.release import Found
    from release_review.audit.ledger import Ledger
    from release_review.cli.reports import Show
    from release_review.cli.requests import Output, Planned
    from release_review.cli.settings import Settings
    from release_review.hooks import Reporter, Unreviewed
    from release_review.model import Report
    from release_review.plugins import Registry

_FULL = "full"
"""The form of the report of one release that nobody has to ask for."""

_ENDED = (_FULL, "markdown")
"""The formats of one release that end with what sources disagree about."""

_GROUPS = (
    ("What to show", ("release", "output_format", "output", "color", "quiet", "verbose")),
    ("How to run", ("config", "isolated", "without_plugin")),
)


@click.command(cls=GroupedCommand, groups=_GROUPS, short_help="Show what an audit found, in any form.")
@click.argument("ledger", metavar="LEDGER", type=click.Path(path_type=Path))
@options(
    click.option("--release", metavar="ID", help="Print the full report of one release again."),
    click.option("--output-format", metavar="NAME", help="text, html, markdown, json, jsonl, csv, parquet."),
    click.option("--output", multiple=True, metavar="NAME=PATH", help="Write a form to a file, too. Repeatable."),
    click.option("--color", type=click.Choice(COLORS), help="When to use colours. [default: auto]"),
    click.option("-q", "--quiet", count=True, help="Only the counts."),
    click.option("-v", "--verbose", count=True, help="Longer lists."),
)
@config_options
@plugin_option
def report(*, ledger: Path, config: Path | None, isolated: bool, **given: Any) -> int:
    """Show what the audit found that wrote LEDGER.

    The terminal gets a summary; --output html=audit.html writes a page to look at,
    csv and parquet a table of all releases. With --release, NAME is a format of
    `check`. This is no gate: the status is 0 once all is written, whatever the
    verdict, and 2 on errors.
    """
    from release_review.audit.ledger import open_to_read
    from release_review.plugins import load_registry

    chosen = settings.current(given, config=config, isolated=isolated)
    registry = load_registry(without=chosen["without-plugin"].value)
    if given["release"] is not None:
        return _release(ledger, given, chosen, registry)
    planned = _plan(ledger, given)
    with outputs.nothing_stale(each.path for each in planned.files):
        opened = open_to_read(ledger)
    with opened:
        _check_begun(opened)
        _say_unfinished(opened)
        return _write(opened, planned, given, chosen, registry)


def _plan(ledger: Path, given: Mapping[str, Any]) -> Planned[Export]:
    """Say what goes where, and refuse at once what could not be."""
    from release_review.audit.exports import TEXT, export_of

    planned = requests.plan(given["output"], find=export_of, inputs=[ledger])
    if planned.stdout is not None and given["output_format"]:
        raise UsageError("--output-format and --output NAME=- are both for stdout", hint="give one of them")
    shown = planned.stdout or export_of(given["output_format"] or TEXT)
    if not shown.is_text and terminal.is_terminal():
        hint = f"write --output {shown.name}=FILE"
        raise UsageError(f"{shown.name} is nothing to read on a terminal", hint=hint)
    return replace(planned, stdout=shown)


def _check_begun(ledger: Ledger) -> None:
    if not {"setup", "corpus", "definitions"} <= ledger.meta.keys():
        hint = "begin the audit again with --resume"
        raise AuditError("the audit was stopped before it read anything", where=str(ledger.path), hint=hint)


def _say_unfinished(ledger: Ledger) -> None:
    if not ledger.is_complete:
        path = plain(str(ledger.path))
        way = f"release-review audit --resume -o {path}"
        streams.say(f"note: {path} is unfinished, and releases are missing; go on with '{way}'")


def _write(
    ledger: Ledger, planned: Planned[Export], given: Mapping[str, Any], chosen: Settings, registry: Registry
) -> int:
    """Write all that was asked for; a file that cannot be written is told and loses no other."""
    from release_review.audit.exports import Told
    from release_review.audit.summary import summarise

    verbosity = reports.verbosity_of(given)
    told = Told(
        ledger=ledger,
        count=functools.cache(lambda: summarise(ledger)),
        importers={each.name: each for each in registry.importers},
        style=Style(verbosity=verbosity),
    )
    complete = [_file(output, told) for output in planned.files]
    if planned.stdout is not None:
        style = terminal.style_of_stdout(chosen["color"].value, verbosity=verbosity)
        with io.BufferedWriter(_Stdout(), _AT_ONCE) as file:  # which says at its end what stdout did not take
            planned.stdout.write(replace(told, style=style), file)
    return PASS if all(complete) else ERROR


def _file(output: Output[Export], told: Told) -> bool:
    try:
        with outputs.replacing(output.path) as file:
            output.form.write(told, file)
    except ReleaseReviewError as error:
        door.report_error(error)
        return False
    return True


_AT_ONCE = 1 << 20


class _Stdout(io.RawIOBase):
    """Stdout as a stream of bytes that fails as all our writing to it does."""

    def writable(self) -> bool:
        """Tell that it can be written to."""
        return True

    def write(self, content: Any) -> int:
        """Write all of it."""
        whole = bytes(content)
        streams.write_stdout_bytes(whole)
        return len(whole)


# One release ----------------------------------------------------------------------------------------------------------


def _release(path: Path, given: Mapping[str, Any], chosen: Settings, registry: Registry) -> int:
    from release_review.audit.exports.release import find
    from release_review.audit.ledger import open_to_read

    wanted = settings.Setting(value=given["output_format"] or _FULL, origin="--output-format")
    asked = {**given, "output_format_alias": None}
    show = reports.plan(asked, {**chosen, "output-format": wanted}, registry=registry, inputs=[path])
    is_plain = show.reporter.name == _FULL and not show.files
    entries: list[Report | Unreviewed] | None = None
    with outputs.nothing_stale(output.path for output in show.files), open_to_read(path) as ledger:
        _check_begun(ledger)
        _say_unfinished(ledger)
        found = find(ledger, given["release"])
        # What could not be reviewed is told from its row, which has the reasons.
        if not is_plain or any(each.saved for each in found):
            entries = _again(ledger, found, or_none=is_plain)
        if entries is not None:
            show = _with_conflicts(show, ledger, found)
        else:
            lines = _from_rows(ledger, found, show.style)
    if entries is not None:
        return PASS if reports.deliver(show, entries) else ERROR
    streams.write_stdout(f"{lines}\n")
    return PASS


def _from_rows(ledger: Ledger, found: Sequence[Found], style: Style) -> str:
    from release_review.audit.exports.release import row_lines

    with _held_to_its_shape(ledger):
        asked = ledger.meta["definitions"]["assessments"]
        scales = {name: tuple(each["scale"]) for name, each in asked.items()}
        return "\n\n".join("\n".join(row_lines(each.row, style, scales=scales)) for each in found)


def _with_conflicts(show: Show, ledger: Ledger, found: Sequence[Found]) -> Show:
    """Have reports for people end with what sources disagree about; a format of programs has a shape of its own."""
    with _held_to_its_shape(ledger):
        told = sum(bool(each.row.get("conflicts")) for each in found)
        if not told:
            return show
        ends = {name: functools.cache(_ending(name, found)) for name in _ENDED}
        for style in {show.style, Style(verbosity=show.style.verbosity)}:
            for end in ends.values():
                end(style)
    without = [each.name for each in (show.reporter, *(file.form for file in show.files)) if each.name not in ends]
    for name in dict.fromkeys(without):
        streams.say(f"note: sources disagree on this release; '{name}' has no part on it, {' and '.join(_ENDED)} have")

    def ended(reporter: Reporter) -> Reporter:
        end = ends.get(reporter.name)
        if end is None:
            return reporter
        return replace(reporter, render=lambda entries, style: reporter.render(entries, style) + end(style))

    return replace(
        show,
        reporter=ended(show.reporter),
        files=tuple(replace(file, form=ended(file.form)) for file in show.files),
    )


def _ending(name: str, found: Sequence[Found]) -> Callable[[Style], str]:
    """Give what the report in a format ends with."""
    from release_review.audit.exports.disagreements import MOST_BYTES, conflict_lines, conflict_table

    def end(style: Style) -> str:
        lines: list[str] = []
        room = MOST_BYTES // len(found)
        for each in found:
            of = each.row["release"]["manifest"] if len(found) > 1 else ""
            if name == _FULL:
                lines += conflict_lines(each.row, style, of=of)
            else:
                lines += conflict_table(each.row, of=of, room=room)
        return "".join(f"{line}\n" for line in lines)

    return end


@contextlib.contextmanager
def _held_to_its_shape(ledger: Ledger) -> Iterator[None]:
    try:
        yield
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        raise AuditError("a row of it is damaged", where=str(ledger.path), hint="make the ledger again") from None


def _again(ledger: Ledger, found: Sequence[Found], *, or_none: bool) -> list[Report | Unreviewed] | None:
    """Review again, and say where that comes to something else; or say why it cannot be done here."""
    from release_review.audit.exports.release import differs, review_again, setup_of
    from release_review.cli.cache import store_parts

    try:
        entries = review_again(found, replace(setup_of(ledger), store=store_parts()))
    except ReleaseReviewError as error:
        if not or_none:
            raise
        why = shorten(str(error), MESSAGE_CHARACTERS)
        streams.say(f"note: told from the ledger, because it cannot be reviewed again: {why}")
        return None
    for entry, each in zip(entries, found, strict=True):
        if differs(entry, each.row):
            made = plain(str(ledger.meta["setup"]["tool"]))
            name = shorten(str(each.row["release"]["manifest"]))
            streams.say(f"note: {name}: the audit, by release-review {made}, came to something else")
    return entries
