"""`release-review forecast`: what turns red as waivers, evidence and effective dates age, on which day and why."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from release_review.cli import BLOCKED, ERROR, PASS, forms, outputs, streams, terminal
from release_review.cli.command import GroupedCommand, cache_option, day, options
from release_review.errors import AuditError, UsageError
from release_review.escape import json_text
from release_review.hooks import Style
from release_review.reporters.layout import counted

if TYPE_CHECKING:
    from release_review.audit.executors import Executor
    from release_review.audit.forecast import Forecast
    from release_review.audit.ledger import Ledger
    from release_review.cli.progress import Progress

DAYS = 90
"""How far a forecast looks ahead by default: a quarter."""

_GROUPS = (
    ("What to look at", ("days", "today", "partial")),
    ("What to show", ("output_format", "output", "verbose", "fail_within")),
    ("How to run", ("jobs", "no_cache", "quiet")),
)

_days = click.IntRange(1, 3660)


@click.command(cls=GroupedCommand, groups=_GROUPS, short_help="Say what turns red, on which day and why.")
@click.argument("ledger", metavar="LEDGER")
@options(
    click.option("--days", type=_days, default=DAYS, metavar="N", help=f"Look N days ahead. [default: {DAYS}]"),
    click.option("--today", type=day, metavar="DATE", help="Begin with DATE. [default: the day of the audit]"),
    click.option("--partial", is_flag=True, help="Take a ledger whose audit did not come to its end."),
)
@forms.form_options
@options(
    click.option("--fail-within", type=_days, metavar="N", help="Exit with 1 if a release turns red within N days."),
    click.option("--jobs", type=click.IntRange(1, 1024), metavar="N", help="Processes. [default: one per core]"),
    cache_option,
    click.option("-q", "--quiet", count=True, help="No progress on stderr; the report stays."),
)
def forecast(**given: Any) -> int:
    """Say which releases of LEDGER change their verdict, on which day and why.

    Each release is reviewed again, with the policies and the waivers of the audit,
    for each day on which anything can change: waivers end, rules take effect,
    reviews fall due, channels open and close, evidence ages. Exit status: 0 the
    forecast was made; with --fail-within 1 where a release that passes is to pass
    no more; 2 where it could not be made, or not for all releases.
    """
    if given["fail_within"] and given["fail_within"] > given["days"]:
        hint = f"add --days {given['fail_within']}"
        raise UsageError("--fail-within looks further than the forecast", hint=hint)
    from release_review.audit.ledger import open_to_read

    path = Path(given["ledger"])
    planned = forms.plan(given, inputs=[path])
    # What an older file says must not stand where no forecast could be made.
    with outputs.nothing_stale(each.path for each in planned.files), open_to_read(path) as ledger:
        _check_complete(ledger, partial=given["partial"])
        made = _make(ledger, given)
    complete = forms.deliver(planned, _forms(made, 1 if given["verbose"] else 0))
    status = _status(made, given["fail_within"])
    return status if complete else ERROR


def _check_complete(ledger: Ledger, *, partial: bool) -> None:
    if not ledger.is_complete and not partial:
        what = f"its audit did not come to its end: {counted(ledger.counts.found, 'release')} so far"
        hint = "go on with 'release-review audit --resume', or add --partial"
        raise AuditError(what, where=str(ledger.path), hint=hint)


def _make(ledger: Ledger, given: Mapping[str, Any]) -> Forecast:
    from release_review.audit.forecast import forecast as make
    from release_review.cli.cache import store_parts
    from release_review.cli.progress import Progress, is_watched

    progress = Progress(total=ledger.counts.found, is_terminal=is_watched())
    with _ended(progress, quiet=given["quiet"]) as tell:
        return make(
            ledger,
            days=given["days"],
            today=given["today"],
            executor=_executor(given["jobs"]),
            store=None if given["no_cache"] else store_parts(),
            tell=tell,
        )


@contextlib.contextmanager
def _ended(progress: Progress, *, quiet: int) -> Iterator[Callable[[int], None]]:
    try:
        yield (lambda _: None) if quiet else progress.count
    finally:
        progress.end()


def _executor(jobs: int | None) -> Executor:
    from release_review.audit.executors import OneProcess, Pool
    from release_review.cli.audit import cores

    wanted = jobs or cores()
    return OneProcess() if wanted == 1 else Pool(wanted)


def _forms(made: Forecast, verbosity: int) -> forms.Forms:
    from release_review.audit.forecast.data import as_data
    from release_review.audit.forecast.markdown import as_markdown
    from release_review.audit.forecast.text import as_text

    style = Style(width=terminal.WIDTH, verbosity=verbosity)
    return {
        forms.TEXT: lambda: as_text(made, style),
        forms.JSON: lambda: iter([json_text(as_data(made))]),
        forms.MARKDOWN: lambda: as_markdown(made, verbosity=verbosity),
    }


def _status(made: Forecast, fail_within: int | None) -> int:
    """Give the exit status: nobody is told that nothing turns red on the word of a part of the releases."""
    if made.skipped:
        streams.say(f"error: nothing is foretold of {counted(len(made.skipped), 'release')}; the forecast says why")
        return ERROR
    if fail_within is None:
        return PASS
    return BLOCKED if made.turn_red_within(fail_within) else PASS
