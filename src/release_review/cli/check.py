"""`release-review check`: the gate."""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from release_review.cli import BLOCKED, PASS, decisions, door, outputs, reports, settings
from release_review.cli.command import (
    GroupedCommand,
    cache_option,
    config_options,
    day,
    options,
    plugin_option,
    policy_option,
    show_options,
    trusted_option,
)
from release_review.cli.config_file import CONFIG_FILES
from release_review.cli.decisions import Loaded
from release_review.cli.settings import Settings
from release_review.errors import InputError, NothingToCheckError, ReleaseReviewError, UsageError
from release_review.hooks import Unreviewed
from release_review.model import (
    DEFAULT_ENGINE,
    Configuration,
    Decisions,
    Document,
    GateFault,
    Outcome,
    Report,
)
from release_review.summary import findings_of

if TYPE_CHECKING:
    from release_review.plugins import Registry

STDIN = "-"
"""The manifest that is read from stdin."""

T = TypeVar("T")

_Review = Callable[[Document, Decisions], Report]

_GROUPS = (
    ("What to apply", ("policy", "as_of", "today")),
    ("What to let go", ("waivers", "ignore_waivers", "baseline", "write_baseline", "owner", "expires")),
    ("What to show", ("output_format", "output", "color", "quiet", "verbose")),
    (
        "How to run",
        ("config", "isolated", "trusted", "engine", "without_plugin", "no_cache", "stdin_filename", "exit_zero"),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the command line asks for, beyond the settings."""

    manifests: tuple[str, ...]
    as_of: dt.date | None
    today: dt.date
    stdin_filename: str | None
    verbosity: int


@click.command(cls=GroupedCommand, groups=_GROUPS, short_help="Review manifests: the gate.")
@click.argument("manifests", nargs=-1, metavar="[MANIFEST]...")
@policy_option
@options(
    click.option("--waivers", metavar="FILE", help="Decisions to go on despite a rule."),
    click.option("--ignore-waivers", is_flag=True, help="Judge as if there were none; the report says so."),
    click.option("--baseline", metavar="FILE", help="Findings that are known, and do not block until a day."),
    click.option("--write-baseline", metavar="FILE", help="List what is not met now; with --baseline, only shorten."),
    click.option("--owner", metavar="NAME", help="Who sees to it that the written baseline becomes empty."),
    click.option("--expires", type=day, metavar="DATE", help="The day by which it is to be empty."),
    click.option("--as-of", type=day, metavar="DATE", help="Judge the release as it stands on DATE."),
    click.option("--today", type=day, metavar="DATE", help="Take DATE for the day of judgement (UTC)."),
)
@show_options
@config_options
@trusted_option
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

    chosen = settings.current(given, config=given["config"], isolated=given["isolated"], trusted=given["trusted"])
    request = _request(given)
    chosen.check_manifests(request.manifests, stdin_filename=request.stdin_filename)
    registry = load_registry(without=chosen["without-plugin"].value)
    show = reports.plan(given, chosen, registry=registry, inputs=_inputs(request, chosen))
    with outputs.nothing_stale(output.path for output in show.files):
        loaded = decisions.load(given, chosen, registry)
        taken = [*_inputs(request, chosen, baseline=False), *(output.path for output in show.files)]
        target = decisions.target(given, loaded.decisions.baseline, today=request.today, taken=taken)
        entries = _review_all(request, registry, loaded.decisions, _reviewer(request, registry, chosen, loaded, given))
    written = reports.deliver(show, entries)
    if target is not None:
        written = decisions.write_baseline(target, entries) and written
    status = reports.status_of(entries, written=written)
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
        verbosity=reports.verbosity_of(given),
    )


def _inputs(request: Request, chosen: Settings, *, baseline: bool = True) -> list[Path]:
    """Give what this run reads; the baseline is the one that it may write as well."""
    from release_review.selection import is_path

    policies = [name for name in chosen["policy"].value if is_path(name)]
    known = chosen["baseline"].value if baseline else None
    named = [*request.manifests, *policies, chosen["waivers"].value, known, *CONFIG_FILES]
    return [*(Path(name) for name in named if name and name != STDIN), *chosen.paths]


def _reviewer(
    request: Request, registry: Registry, chosen: Settings, loaded: Loaded, given: Mapping[str, Any]
) -> _Review:
    """Read all that is the same for every manifest, and give the review that remains."""
    from release_review.cel import open_engine
    from release_review.cli.cache import open_store
    from release_review.pipeline import review
    from release_review.selection import load_policies

    engine = chosen["engine"].value
    open_engine(engine)  # before any manifest, so that a wrong name is said once
    store = open_store(wanted=not given["no_cache"])
    policies = load_policies(chosen["policy"].value, registry, store=store)
    files = (*chosen.files, *loaded.files)
    configuration = Configuration(digest=chosen.digest, files=files, trusted=chosen.trusted)

    def review_one(document: Document, decided: Decisions) -> Report:
        return review(
            document,
            policies=policies,
            today=request.today,
            as_of=request.as_of,
            decisions=decided,
            configuration=configuration,
            plugins=registry.plugins,
            without_plugins=registry.without,
            engine=engine,
            explain=request.verbosity > 0,
        )

    return review_one


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


def _review_all(
    request: Request, registry: Registry, decided: Decisions, review_one: _Review
) -> list[Report | Unreviewed]:
    """Review every manifest; one that breaks is told at once and loses no other."""
    read = [_attempt(name, request, functools.partial(_load, name, request, registry)) for name in request.manifests]
    beside = _strays(read, decided)
    entries: list[Report | Unreviewed] = []
    for name, document in zip(request.manifests, read, strict=True):
        if isinstance(document, Unreviewed):
            entries.append(document)
            continue
        first = not any(isinstance(each, Report) for each in entries)
        told = replace(decided, beside=beside if first else ())
        entry = _attempt(name, request, functools.partial(review_one, document, told))
        if isinstance(entry, Report):
            _report_broken_rules(entry)
        entries.append(entry)
    return entries


def _attempt(name: str, request: Request, step: Callable[[], T]) -> T | Unreviewed:
    """Do something with a manifest; if it breaks, tell it, and give what is known of the manifest."""
    try:
        with door.translated():
            return step()
    except ReleaseReviewError as error:
        door.report_error(error)
        shown = request.stdin_filename or STDIN if name == STDIN else str(_relative(Path(name)))
        return Unreviewed(name=shown, errors=tuple(door.error_lines(error)))


def _strays(read: Sequence[Document | Unreviewed], decided: Decisions) -> tuple[GateFault, ...]:
    """Find waivers for releases that nobody reviews here, as far as all releases are known."""
    if not decided.waivers or decided.ignore_waivers or any(isinstance(each, Unreviewed) for each in read):
        return ()
    from release_review.waive import strays

    tables = (each.data.get("release") for each in read if isinstance(each, Document))
    named = [table.get("id") for table in tables if isinstance(table, Mapping)]
    return tuple(strays(decided.waivers, [name for name in named if isinstance(name, str)]))


def _report_broken_rules(report: Report) -> None:
    document = report.manifest.document
    for result in report.results:
        if result.outcome is Outcome.ERROR:
            for finding in findings_of(result):
                what = f"rule {result.id} broke: {finding.message}"
                hint = "" if "; " in finding.message else "correct the rule, or leave its policy out"
                door.report_error(ReleaseReviewError(what, where=document.where(finding.pointer), hint=hint))
