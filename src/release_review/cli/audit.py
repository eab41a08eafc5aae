"""`release-review audit`: many releases at once, into a ledger."""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from release_review.cli import BLOCKED, PASS, decisions, forms, settings, streams
from release_review.cli.audit_corpus import Corpus, corpus_of, open_parts
from release_review.cli.command import (
    GroupedCommand,
    cache_option,
    config_options,
    day,
    options,
    plugin_option,
    policy_option,
)
from release_review.errors import NothingToCheckError, ReleaseReviewError, UsageError
from release_review.escape import plain, shorten
from release_review.model import DEFAULT_ENGINE
from release_review.reporters.layout import counted
from release_review.summary import EXIT_STATUS

if TYPE_CHECKING:
    from release_review.admit import PolicySet
    from release_review.audit.corpus import Part
    from release_review.audit.executors import Executor
    from release_review.audit.ledger import Counts, Ledger
    from release_review.audit.setup import Setup
    from release_review.cli.progress import Progress
    from release_review.cli.settings import Settings
    from release_review.plugins import Registry

_OF_DIFF = frozenset({"output_format", "output", "verbose", "quiet"})
"""Options that a comparison of two ledgers takes."""

_WORDS = {
    "tool": "release-review",
    "policies": "--policy",
    "digests": "content of a policy",
    "today": "--today",
    "as_of": "--as-of",
    "waivers": "--waivers or content of it",
    "engine": "--engine",
    "without_plugins": "--without-plugin",
    "plugins": "set of plugins",
}
"""How the parts of a setup are said to whoever gave another."""

MOST_ERRORS = 100
"""Errors that are told on stderr; the ledger has all of them."""

_GROUPS = (
    ("What to read", ("importer", "exclude")),
    ("What to apply", ("policy", "waivers", "as_of", "today")),
    ("Where to keep it", ("ledger", "resume")),
    ("What to compare", ("diff", "output_format", "output", "verbose")),
    ("Who does it", ("jobs", "cluster")),
    ("How to run", ("config", "isolated", "engine", "without_plugin", "no_cache", "quiet", "exit_zero")),
)


@click.command(cls=GroupedCommand, groups=_GROUPS, short_help="Review many releases at once, into a ledger.")
@click.argument("corpus", nargs=-1, metavar="[CORPUS]...")
@options(
    click.option("-o", "--ledger", metavar="LEDGER", help="The file that keeps what comes of it."),
    click.option("--resume", is_flag=True, help="Go on with an audit that was stopped."),
    click.option("--from", "importer", metavar="IMPORTER", help="What reads each CORPUS that names no importer."),
    click.option("--exclude", multiple=True, metavar="PATTERN", help="Files in folders to leave out. Repeatable."),
)
@policy_option
@options(
    click.option("--waivers", metavar="FILE", help="Decisions to go on despite a rule."),
    click.option("--as-of", type=day, metavar="DATE", help="Judge releases as they stood on DATE. [default: today]"),
    click.option("--today", type=day, metavar="DATE", help="Take DATE for the day of judgement (UTC)."),
    click.option("--diff", nargs=2, metavar="LEDGER LEDGER", help="Show how the second ledger differs from the first."),
)
@forms.form_options
@options(
    click.option("--jobs", type=click.IntRange(1, 1024), metavar="N", help="Processes. [default: one per core]"),
    click.option("--cluster", metavar="ADDRESS", help="Have a Dask cluster do it, such as tcp://host:8786."),
)
@config_options
@options(
    click.option("--engine", metavar="NAME", help=f"Who evaluates conditions. [default: {DEFAULT_ENGINE}]"),
    plugin_option,
    cache_option,
    click.option("-q", "--quiet", count=True, help="No progress."),
    click.option("--exit-zero", is_flag=True, help="Exit with 0 in place of 1."),
)
def audit(**given: Any) -> int:
    """Review each release of each CORPUS, and keep what comes of it in LEDGER.

    A CORPUS is a folder, a pattern, a file of JSON Lines or Parquet, or a
    manifest; IMPORTER=PATH is a registry, such as osai=main-database. What several
    registries say of one release is joined. Exit status: 0 all pass, 1 some are
    blocked, 2 some have no verdict.
    """
    if given["diff"]:
        return _diff(given)
    if given["output_format"] or given["output"] or given["verbose"]:
        what = "the forms of a comparison are for --diff"
        raise UsageError(what, hint="see a ledger in other forms with 'release-review report'")
    if not given["ledger"]:
        raise UsageError("no ledger is named", hint="add -o FILE, such as -o audit.db")
    from release_review.plugins import load_registry

    path = Path(given["ledger"])
    told = _told_before(path) if given["resume"] else None
    chosen = settings.current(given, config=given["config"], isolated=given["isolated"])
    registry = load_registry(without=chosen["without-plugin"].value)
    if chosen["baseline"].value:
        streams.say("note: a baseline is for the gate; this audit judges without it")
    corpus = corpus_of(given, registry, None if told is None else Corpus.of_data(told["corpus"]))
    setup, policies = _setup(given, chosen, registry, told)
    executor = _executor(given)
    parts = open_parts(corpus, registry, ledger=path, today=setup.today)
    total = sum(part.count() for part in parts)
    with _ledger(path, corpus, setup, policies, given, resumed=told is not None) as ledger:
        counts = _run(parts, setup, ledger, executor, _progress(total, given))
        _say_errors(ledger)
        _say_waivers_beside(setup, registry, ledger)
    _tell(path, counts, registry)
    status = EXIT_STATUS[counts.verdict]
    return PASS if status == BLOCKED and given["exit_zero"] else status


def _diff(given: Mapping[str, Any]) -> int:
    """Compare two ledgers."""
    from release_review.cli.audit_diff import diff

    context = click.get_current_context()
    told = {name for name in given if context.get_parameter_source(name) is ParameterSource.COMMANDLINE}
    if given["corpus"] or told - {"diff", *_OF_DIFF}:
        raise UsageError("--diff compares two ledgers, and judges nothing", hint="leave the other options out")
    first, second = given["diff"]
    return diff(first, second, given)


def _told_before(path: Path) -> Mapping[str, Any] | None:
    """Give what an audit was told that is to go on; None where it was stopped before it could remember."""
    from release_review.audit.ledger import open_to_read

    if path.is_file() and not path.stat().st_size:
        return None
    with open_to_read(path) as ledger:
        return ledger.meta if "corpus" in ledger.meta else None


def _setup(
    given: Mapping[str, Any], chosen: Settings, registry: Registry, told: Mapping[str, Any] | None
) -> tuple[Setup, PolicySet]:
    """Say what is the same for every release; an audit that goes on judges on the day on which it was begun."""
    from release_review.audit.setup import Setup, as_data, digests_of, from_data
    from release_review.cel import open_engine
    from release_review.cli.cache import store_parts
    from release_review.selection import load_policies
    from release_review.store import Store

    open_engine(chosen["engine"].value)
    parts = None if given["no_cache"] else store_parts()
    store = None if parts is None else Store(parts[0], shipped=parts[1], stamp=parts[2])
    policies = load_policies(chosen["policy"].value, registry, store=store)
    setup = Setup(
        policies=tuple(chosen["policy"].value),
        digests=digests_of(policies),
        today=given["today"] or dt.datetime.now(dt.UTC).date(),
        as_of=given["as_of"],
        waivers=_waivers(chosen, registry),
        engine=chosen["engine"].value,
        without_plugins=registry.without,
        plugins=registry.plugins,
        store=parts,
    )
    if told is None:
        return setup, policies
    before = from_data(told["setup"])
    setup = replace(setup, today=given["today"] or before.today, as_of=given["as_of"] or before.as_of)
    if as_data(setup) != told["setup"]:
        raise _begun_otherwise(told["setup"], as_data(setup))
    return setup, policies


def _begun_otherwise(told: Mapping[str, Any], given: Mapping[str, Any]) -> UsageError:
    """Say what an audit was begun with that it is not to go on with."""
    shown = []
    for name, value in given.items():
        if (before := told.get(name)) != value:
            word = _WORDS.get(name, name)
            shown.append(f"{word} {shorten(before)}" if isinstance(before, str) else f"another {word}")
    hint = "say the same as when it was begun, or begin another ledger"
    return UsageError(f"the ledger was begun with {' and '.join(shown)}", hint=hint)


def _waivers(chosen: Settings, registry: Registry) -> tuple[str, str] | None:
    path = chosen["waivers"].value
    if not path:
        return None
    from release_review.waiver_file import load_waivers

    document = decisions.read(path, "waiver file", registry)
    load_waivers(document)  # before any review, so that what is wrong with it is said once
    return path, document.digest


def _say_waivers_beside(setup: Setup, registry: Registry, ledger: Ledger) -> None:
    """Say which waivers are for releases that nobody found: their ids may be misspelt."""
    if setup.waivers is None:
        return
    from release_review.waiver_file import load_waivers

    path, _ = setup.waivers
    for waiver in load_waivers(decisions.read(path, "waiver file", registry)):
        if not ledger.describes(waiver.release):
            release = plain(waiver.release)
            streams.say(f"note: {plain(path)}: {plain(waiver.id)} is for {release}, which is not in the corpus")


def _executor(given: Mapping[str, Any]) -> Executor:
    from release_review.audit.executors import OneProcess, Pool

    if given["cluster"] is not None:  # an empty address is a mistake, and no wish to do without
        if given["jobs"]:
            raise UsageError("--jobs and --cluster exclude each other", hint="start more workers in the cluster")
        from release_review.audit.cluster import Cluster

        return Cluster(address=given["cluster"])
    jobs = given["jobs"] or cores()
    return OneProcess() if jobs == 1 else Pool(jobs)


def cores() -> int:
    """Give how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextlib.contextmanager
def _ledger(
    path: Path, corpus: Corpus, setup: Setup, policies: PolicySet, given: Mapping[str, Any], *, resumed: bool
) -> Iterator[Ledger]:
    """Open the ledger; one that is begun here and comes to nothing is not left behind."""
    from release_review.audit.definitions import definitions_of
    from release_review.audit.ledger import create, open_to_write
    from release_review.audit.setup import as_data

    if resumed:
        with open_to_write(path) as ledger:
            yield ledger
        return
    with open_to_write(path) if given["resume"] else create(path) as ledger:
        try:
            ledger.set_meta(
                state="running", corpus=corpus.as_data(), setup=as_data(setup), definitions=definitions_of(policies)
            )
            yield ledger
        except BaseException:
            with contextlib.suppress(ReleaseReviewError, OSError):
                if not ledger.batches():
                    path.unlink()
            raise


def _progress(total: int, given: Mapping[str, Any]) -> Progress:
    from release_review.cli.progress import Progress, is_watched

    return Progress(total=total, is_terminal=is_watched(), is_told=not given["quiet"])


def _run(parts: Sequence[Part], setup: Setup, ledger: Ledger, executor: Executor, progress: Progress) -> Counts:
    from release_review.audit.run import run

    progress.count(ledger.counts.found)
    progress.begin()
    try:
        items = (item for part in parts for item in part.items())
        counts = run(items, setup=setup, ledger=ledger, executor=executor, tell=lambda _number, _head: progress.count())
    except KeyboardInterrupt:
        progress.end()
        if found := ledger.counts.found:
            way = f"release-review audit --resume -o {plain(str(ledger.path))}"
            streams.say(f"stopped after {counted(found, 'release')}; go on with '{way}'")
        raise
    finally:
        progress.end()
    if not counts.found:
        raise NothingToCheckError("the corpus holds no release", hint="name a folder or a file that holds some")
    return counts


def _say_errors(ledger: Ledger) -> None:
    """Say every error, in the order of the corpus."""
    lines = (line for _, head in ledger.errors() for line in head.errors)
    for line in itertools.islice(lines, MOST_ERRORS):
        streams.say(f"error: {line}")
    if more := sum(1 for _ in lines):
        streams.say(f"error: {more:,} more; see them with 'release-review report'")


def _tell(path: Path, counts: Counts, registry: Registry) -> None:
    if not counts.passed and not counts.blocked:
        names = ", ".join(each.name for each in registry.source_importers)
        streams.say(f"note: nothing of it could be reviewed; a registry is named with its importer, of {names}")
    shown = plain(str(path))
    streams.write_stdout(
        f"{counted(counts.found, 'release')}: {counts.passed:,} pass, {counts.blocked:,} blocked, "
        f"{counts.errors:,} without a verdict\n"
        f"see them with: release-review report {shown} --output html=audit.html\n"
    )
