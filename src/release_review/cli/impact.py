"""`release-review impact`: what other policies would have made of an audit."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from release_review.cli import BLOCKED, ERROR, PASS, forms, outputs, settings, streams, terminal
from release_review.cli.command import (
    GroupedCommand,
    cache_option,
    config_options,
    options,
    plugin_option,
    policy_option,
)
from release_review.errors import AuditError, UsageError
from release_review.escape import plain
from release_review.hooks import Style
from release_review.reporters.layout import counted

if TYPE_CHECKING:
    from release_review.admit import PolicySet
    from release_review.audit.executors import Executor
    from release_review.audit.impact.report import Impact
    from release_review.audit.ledger import Ledger
    from release_review.audit.setup import Setup
    from release_review.cli.settings import Settings
    from release_review.plugins import Registry

NAMED = 5
"""Releases that are named for each rule; `-v` lists all."""

_GROUPS = (
    ("What to apply", ("policy", "waivers", "partial")),
    ("What to show", ("output_format", "output", "verbose", "fail_on_new_block")),
    ("How to run", ("jobs", "config", "isolated", "without_plugin", "no_cache", "quiet")),
)


@click.command(cls=GroupedCommand, groups=_GROUPS, short_help="Show what other policies would have made of an audit.")
@click.argument("ledger", metavar="LEDGER")
@policy_option
@options(
    click.option("--waivers", metavar="FILE", help="Decisions to go on. [default: those of the audit]"),
    click.option("--partial", is_flag=True, help="Take a ledger whose audit did not come to its end."),
)
@forms.form_options
@options(
    click.option("--fail-on-new-block", is_flag=True, help="Exit with 1 if a release that passed is blocked."),
    click.option("--jobs", type=click.IntRange(1, 1024), metavar="N", help="Processes. [default: one per core]"),
)
@config_options
@options(
    plugin_option,
    cache_option,
    click.option("-q", "--quiet", count=True, help="No progress on stderr; the report stays."),
)
def impact(**given: Any) -> int:
    """Review each release of LEDGER again with other policies, and compare.

    Day, evidence, engine and waivers are those of the audit, and the manifests are
    in the ledger. Exit status: 0 compared; with --fail-on-new-block 1 where a
    release that passed is blocked, and 2 where one that had a verdict has none; 2
    where nothing could be compared.
    """
    from release_review.audit.ledger import open_to_read

    path = Path(given["ledger"])
    planned = forms.plan(given, inputs=_read_from(path, given))
    with tempfile.TemporaryFile() as file:
        # What an older file says must not stand where nothing could be compared.
        with outputs.nothing_stale(each.path for each in planned.files), open_to_read(path) as ledger:
            _check_complete(ledger, given)
            found = _compare(ledger, given, file)
        complete = forms.deliver(planned, _forms(found, given))
    status = _status(found, given)
    return status if complete else ERROR


def _read_from(ledger: Path, given: Mapping[str, Any]) -> list[Path]:
    from release_review.selection import is_path

    policies = [name for name in given["policy"] if is_path(name)]
    waivers = [given["waivers"]] if given["waivers"] else []
    return [ledger, *map(Path, policies), *map(Path, waivers)]


def _check_complete(ledger: Ledger, given: Mapping[str, Any]) -> None:
    if not {"setup", "definitions"} <= ledger.meta.keys():
        hint = "begin the audit again with --resume"
        raise AuditError("the audit was stopped before it read anything", where=str(ledger.path), hint=hint)
    if not ledger.is_complete and not given["partial"]:
        what = f"its audit did not come to its end: {counted(ledger.counts.found, 'release')} so far"
        hint = "go on with 'release-review audit --resume', or add --partial"
        raise AuditError(what, where=str(ledger.path), hint=hint)


def _compare(ledger: Ledger, given: Mapping[str, Any], file: Any) -> Impact:
    from release_review.audit.compare.causes import differences_of
    from release_review.audit.compare.keep import Kept
    from release_review.audit.compare.setup import setup_causes
    from release_review.audit.definitions import definitions_of
    from release_review.audit.impact.report import Impact
    from release_review.audit.impact.run import count_changes
    from release_review.audit.setup import as_data
    from release_review.cli.progress import Progress, is_watched

    before = ledger.meta["setup"]
    setup, policies = _setup(ledger, given)
    now = as_data(setup)
    shown = Progress(total=ledger.counts.found, is_terminal=is_watched())
    tell = (lambda: None) if given["quiet"] else shown.count
    try:
        tally = count_changes(ledger, setup=setup, executor=_executor(given), kept=Kept(file), names=NAMED, tell=tell)
    finally:
        shown.end()
    return Impact(
        ledger=str(ledger.path),
        is_complete=ledger.is_complete,
        before=before,
        now=now,
        differences=differences_of(ledger.meta["definitions"], definitions_of(policies)),
        beside=tuple(setup_causes(before, now)),
        tally=tally,
    )


def _setup(ledger: Ledger, given: Mapping[str, Any]) -> tuple[Setup, PolicySet]:
    """Say what the releases are reviewed with: what the audit was told, and other policies.

    The bounds on manifests are our own: a ledger may be anybody's.
    """
    from release_review.audit.setup import Setup, digests_of, from_data
    from release_review.cel import open_engine
    from release_review.cli.cache import store_parts
    from release_review.plugins import load_registry
    from release_review.selection import load_policies
    from release_review.store import Store

    before = _read(from_data, ledger)
    chosen: Settings = settings.current(given, config=given["config"], isolated=given["isolated"])
    registry = load_registry(without=_left_out(before, chosen))
    open_engine(before.engine)
    parts = None if given["no_cache"] else store_parts()
    store = None if parts is None else Store(parts[0], shipped=parts[1], stamp=parts[2])
    policies = load_policies(chosen["policy"].value, registry, store=store)
    setup = Setup(
        policies=tuple(chosen["policy"].value),
        digests=digests_of(policies),
        today=before.today,
        as_of=before.as_of,
        waivers=_waivers(before, given, registry),
        engine=before.engine,
        without_plugins=registry.without,
        plugins=registry.plugins,
        store=parts,
    )
    return setup, policies


def _read(from_data: Any, ledger: Ledger) -> Setup:
    try:
        setup: Setup = from_data(ledger.meta["setup"])
    except (KeyError, TypeError, ValueError):
        what = "what it says of its audit is damaged"
        raise AuditError(what, where=str(ledger.path), hint="make the ledger again") from None
    return setup


def _left_out(before: Setup, chosen: Settings) -> tuple[str, ...]:
    """Leave out what the audit left out, where it is installed, and what the caller does."""
    from release_review.plugins.discovery import find_candidates

    installed = {each.name for each in find_candidates(None)}
    return (*sorted(installed & {*before.without_plugins}), *chosen["without-plugin"].value)


def _waivers(before: Setup, given: Mapping[str, Any], registry: Registry) -> tuple[str, str] | None:
    from release_review.cli import decisions
    from release_review.files import read_file
    from release_review.load import digest_of
    from release_review.model import LIMITS
    from release_review.waiver_file import load_waivers

    hint = "name them, or others, with --waivers FILE"
    if given["waivers"]:
        document = decisions.read(given["waivers"], "waiver file", registry)
        load_waivers(document)
        return given["waivers"], document.digest
    if before.waivers is None:
        return None
    path, digest = before.waivers
    # What a ledger names may be any file: nothing of it is read as waivers, or told, before it is known to be the one.
    if not Path(path).is_file() or digest_of(read_file(Path(path), LIMITS)) != digest:
        raise UsageError("the waivers of the audit are not there, or are others by now", where=path, hint=hint)
    return path, digest


def _executor(given: Mapping[str, Any]) -> Executor:
    from release_review.audit.executors import OneProcess, Pool
    from release_review.cli.audit import cores

    jobs = given["jobs"] or cores()
    return OneProcess() if jobs == 1 else Pool(jobs)


def _forms(found: Impact, given: Mapping[str, Any]) -> forms.Forms:
    from release_review.audit.compare.parts import as_markdown, as_text
    from release_review.audit.impact.json_ import as_json
    from release_review.audit.impact.report import told_of

    is_verbose = bool(given["verbose"])
    style = Style(width=terminal.WIDTH)
    return {
        forms.TEXT: lambda: as_text(told_of(found, is_verbose=is_verbose), style),
        forms.JSON: lambda: as_json(found),
        forms.MARKDOWN: lambda: as_markdown(told_of(found, is_verbose=is_verbose)),
    }


def _status(found: Impact, given: Mapping[str, Any]) -> int:
    if not given["fail_on_new_block"]:
        return PASS
    tally = found.tally
    if tally.without_verdict:
        streams.say(
            f"error: {plain(found.ledger)}: {counted(tally.without_verdict, 'release')} had a verdict, and "
            "none with these policies; see why with -v"
        )
        return ERROR
    return BLOCKED if tally.newly_blocked else PASS
