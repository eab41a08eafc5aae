"""Where exceptions end: each becomes a line on stderr and a status."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from release_review.cli import ERROR, PASS, streams
from release_review.errors import OutputError, ReleaseReviewError, UsageError
from release_review.escape import MESSAGE_CHARACTERS, shorten
from release_review.summary import PROGRAM

NO_VERDICT = "no verdict was reached"
"""The last line of stderr whenever the status is 2."""

_INTERNAL_CHARACTERS = 300

_MOST_QUOTED = 20
"""Errors of one run below which the line of the file is shown; more would bury what they say."""


def enter(argv: Sequence[str] | None) -> int:
    """Run one command and give its status.

    Raises:
        KeyboardInterrupt: The user stopped it, or SIGTERM did.
    """
    streams.hold_standard_descriptors()
    try:
        status = _run(sys.argv[1:] if argv is None else argv)
    except ReleaseReviewError as error:
        report_error(error)
        status = ERROR
        if isinstance(error, OutputError):
            streams.let_go()  # what stdout has not taken it would refuse a second time
    try:
        streams.settle()
    except OutputError as error:
        report_error(error)
        status = ERROR
    if status == ERROR:
        streams.say(NO_VERDICT)
    streams.let_go()
    return status


def report_error(error: ReleaseReviewError) -> None:
    """Say what is wrong, one line for each error, and the line of the file below it where that is known."""
    told: set[str] = set()
    quoted = 0
    for each in error.flat():
        line = shorten(str(each), MESSAGE_CHARACTERS)
        if line in told:
            continue
        told.add(line)
        streams.say(f"error: {line}")
        if each.excerpt is not None and quoted < _MOST_QUOTED:
            # Only where something is to be shown.
            from release_review.hooks import Style
            from release_review.reporters.layout import quoted_line

            quoted += 1
            for below in quoted_line(each.excerpt, Style()):
                streams.say(below)


def error_lines(error: ReleaseReviewError) -> list[str]:
    """Give the lines of an error without its `error: `, once each and escaped."""
    return list(dict.fromkeys(shorten(str(each), MESSAGE_CHARACTERS) for each in error.flat()))


@contextmanager
def translated() -> Iterator[None]:
    """Turn whatever we did not foresee into an error like any other.

    Raises:
        ReleaseReviewError: Something went wrong; every other exception but an interruption ends here.
    """
    try:
        yield
    except (ReleaseReviewError, click.ClickException, click.exceptions.Exit):
        raise
    except KeyboardInterrupt:
        raise
    except click.Abort:
        raise KeyboardInterrupt from None
    except BaseException as fault:
        # A plugin may raise SystemExit, and no status but ours may leave.
        raise ReleaseReviewError(f"internal: {_describe(fault)}", hint="this is a defect; please report it") from fault


def _run(argv: Sequence[str]) -> int:
    with translated():
        from release_review.cli.commands import cli

        try:
            # Not `cli.main`: it leaves with statuses of its own, and prints a completion script if the
            # environment asks for one.
            with cli.make_context(PROGRAM, list(argv)) as context:
                status = cli.invoke(context)
        except click.exceptions.Exit as exit_:
            return PASS if exit_.exit_code == PASS else ERROR
        except click.UsageError as error:
            raise _usage(error) from None
        except click.ClickException as error:
            raise UsageError(_clause(error.format_message())) from None
        if not isinstance(status, int):
            raise TypeError(f"a command gave {status!r} for a status")
        return status


def _usage(error: click.UsageError) -> UsageError:
    command = error.ctx.command_path if error.ctx else PROGRAM
    way_out = f"see '{command} --help'"
    if isinstance(error, click.NoSuchOption):
        near = f"did you mean '{error.possibilities[0]}'?" if error.possibilities else ""
        return UsageError(f"there is no option '{shorten(error.option_name)}'", hint=near or way_out)
    return UsageError(_clause(error.format_message()), hint=way_out)


def _clause(message: str) -> str:
    """Write a message of click's as one clause."""
    text = " ".join(message.split()).removesuffix(".")
    return text[:1].lower() + text[1:]


def _describe(fault: BaseException) -> str:
    trace = fault.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = f" in {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""
    text = shorten(str(fault), _INTERNAL_CHARACTERS)
    return f"{type(fault).__name__}{place}" + (f": {text}" if text else "")
