"""`release-review check`: the gate."""

from __future__ import annotations

import contextlib
import datetime as dt
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from release_review.cli import BLOCKED, ERROR, PASS, door, outputs, reports, settings, streams, terminal
from release_review.cli.command import (
    GroupedCommand,
    cache_option,
    config_options,
    day,
    options,
    plugin_option,
    policy_option,
)
from release_review.cli.config_file import CONFIG_FILES
from release_review.cli.options import COLORS
from release_review.cli.settings import Setting
from release_review.errors import InputError, NothingToCheckError, ReleaseReviewError, UsageError
from release_review.hooks import Style, Unreviewed
from release_review.model import DEFAULT_ENGINE, Document, Outcome, Report, Verdict, Waiver
from release_review.summary import findings_of, overall_verdict

if TYPE_CHECKING:
    from release_review.plugins import Registry

STDIN = "-"
"""The manifest that is read from stdin."""

EXIT_STATUS = {Verdict.PASS: PASS, Verdict.BLOCKED: BLOCKED, Verdict.ERROR: ERROR}
"""What each verdict is to a shell."""

_GROUPS = (
    ("What to apply", ("policy", "waivers", "as_of", "today")),
    ("What to show", ("output_format", "output", "color", "quiet", "verbose")),
    ("How to run", ("config", "isolated", "engine", "without_plugin", "no_cache", "stdin_filename", "exit_zero")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the command line asks for, beyond the settings."""

    manifests: tuple[str, ...]
    as_of: dt.date | None
    today: dt.date
    stdin_filename: str | None
    output: tuple[str, ...]
    verbosity: int


@click.command(cls=GroupedCommand, groups=_GROUPS, short_help="Review manifests: the gate.")
@click.argument("manifests", nargs=-1, metavar="[MANIFEST]...")
@policy_option
@options(
    click.option("--waivers", metavar="FILE", help="Decisions to go on despite a rule."),
    click.option("--as-of", type=day, metavar="DATE", help="Judge the release as it stands on DATE."),
    click.option("--today", type=day, metavar="DATE", help="Take DATE for the day of judgement (UTC)."),
    click.option("--output-format", metavar="NAME", help="full (terminal), concise (elsewhere), json, ..."),
    click.option("-f", "output_format_alias", hidden=True),
    click.option("--output", multiple=True, metavar="NAME=PATH", help="Also write a report to a file. Repeatable."),
    click.option("--color", type=click.Choice(COLORS), help="When to use colours. [default: auto]"),
    click.option("-q", "--quiet", count=True, help="Only findings and verdict."),
    click.option("-v", "--verbose", count=True, help="In `full`: also what passed, what does not apply, and why."),
)
@config_options
@options(
    click.option("--engine", metavar="NAME", help=f"Who evaluates conditions. [default: {DEFAULT_ENGINE}]"),
    plugin_option,
    cache_option,
    click.option("--stdin-filename", metavar="NAME", help="What `-` is called in the report."),
    click.option("--exit-zero", is_flag=True, help="Exit with 0 in place of 1."),
)
def check(**given: Any) -> int:
    """Review each MANIFEST and report what stands in the way of its release.

    `-` reads a manifest from stdin. Exit status: 0 pass, 1 blocked, 2 no verdict.
    """
    from release_review.plugins import load_registry

    chosen = settings.current(given, config=given["config"], isolated=given["isolated"])
    request = _request(given)
    registry = load_registry(without=chosen["without-plugin"].value)
    color = chosen["color"].value
    name = given["output_format_alias"] or chosen["output-format"].value
    reporter = registry.reporter(name or terminal.default_format(terminal=terminal.is_terminal()))
    files = outputs.plan(request.output, registry=registry, inputs=_inputs(request, given["config"], chosen))
    entries = _review_all(request, _reviewer(request, registry, chosen, cached=not given["no_cache"]))
    written = reports.write_files(files, entries, Style(verbosity=request.verbosity))
    streams.write_stdout(
        reports.render(reporter, entries, terminal.style_of_stdout(color, verbosity=request.verbosity))
    )
    status = EXIT_STATUS[overall_verdict(entries)] if written else ERROR
    return PASS if status == BLOCKED and given["exit_zero"] else status


def _request(given: Mapping[str, Any]) -> Request:
    manifests: tuple[str, ...] = given["manifests"]
    if not manifests:
        hint = "name one, such as 'release-review check release.toml', or write one with 'release-review init'"
        raise NothingToCheckError("no manifest is named", hint=hint)
    if "" in manifests:
        raise UsageError("the name of a manifest is empty", hint="name a file")
    if manifests.count(STDIN) > 1:
        raise UsageError("stdin is named twice", hint="name it once")
    return Request(
        manifests=manifests,
        as_of=given["as_of"],
        today=given["today"] or dt.datetime.now(dt.UTC).date(),
        stdin_filename=given["stdin_filename"],
        output=given["output"],
        verbosity=max(-1, min(1, given["verbose"] - given["quiet"])),
    )


def _inputs(request: Request, config: Path | None, chosen: Mapping[str, Setting]) -> list[Path]:
    from release_review.selection import is_path

    policies = [name for name in chosen["policy"].value if is_path(name)]
    named = [*request.manifests, *policies, chosen["waivers"].value, config, *CONFIG_FILES]
    return [Path(name) for name in named if name and name != STDIN]


def _reviewer(
    request: Request, registry: Registry, chosen: Mapping[str, Setting], *, cached: bool
) -> Callable[[str], Report]:
    """Read all that is the same for every manifest, and give the review that remains."""
    from release_review.cel import open_engine
    from release_review.cli.cache import open_store
    from release_review.pipeline import review
    from release_review.selection import load_policies

    engine = chosen["engine"].value
    open_engine(engine)  # before any manifest, so that a wrong name is said once
    policies = load_policies(chosen["policy"].value, registry, store=open_store(wanted=cached))
    path = chosen["waivers"].value
    waivers = _load_waivers(Path(path), registry) if path else ()

    def review_one(name: str) -> Report:
        return review(
            _load(name, request, registry),
            policies=policies,
            today=request.today,
            as_of=request.as_of,
            waivers=waivers,
            plugins=registry.plugins,
            without_plugins=registry.without,
            engine=engine,
            explain=request.verbosity > 0,
        )

    return review_one


def _load_waivers(path: Path, registry: Registry) -> tuple[Waiver, ...]:
    from release_review.load import check_exists, load_document
    from release_review.waive import load_waivers

    check_exists(path, "waiver file")
    return load_waivers(load_document(path, importers=registry.importers))


def _load(name: str, request: Request, registry: Registry) -> Document:
    from release_review.load import load_document, load_stdin

    if name != STDIN:
        return load_document(_relative(Path(name)), importers=registry.importers)
    if sys.stdin is None:
        raise InputError("stdin is closed", hint="name a file")
    if request.stdin_filename is None:
        return load_stdin(sys.stdin.buffer, importers=registry.importers)
    path = Path(request.stdin_filename)
    return load_stdin(sys.stdin.buffer, name=str(path), importers=registry.importers, folder=path.parent)


def _relative(path: Path) -> Path:
    """Write a path without what is only true of this machine, where that is possible."""
    with contextlib.suppress(OSError, ValueError):
        return path.relative_to(Path.cwd()) if path.is_absolute() else path
    return path


def _review_all(request: Request, review_one: Callable[[str], Report]) -> list[Report | Unreviewed]:
    """Review every manifest; one that breaks is told at once and loses no other."""
    entries: list[Report | Unreviewed] = []
    for name in request.manifests:
        try:
            with door.translated():
                report = review_one(name)
        except ReleaseReviewError as error:
            door.report_error(error)
            shown = request.stdin_filename or STDIN if name == STDIN else str(_relative(Path(name)))
            entries.append(Unreviewed(name=shown, errors=tuple(door.error_lines(error))))
        else:
            _report_broken_rules(report)
            entries.append(report)
    return entries


def _report_broken_rules(report: Report) -> None:
    document = report.manifest.document
    for result in report.results:
        if result.outcome is Outcome.ERROR:
            for finding in findings_of(result):
                what = f"rule {result.id} broke: {finding.message}"
                hint = "" if "; " in finding.message else "correct the rule, or leave its policy out"
                door.report_error(ReleaseReviewError(what, where=document.where(finding.pointer), hint=hint))
