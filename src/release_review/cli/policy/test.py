"""`release-review policy test`: whether the cases of policies come out as they say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from release_review.cli import BLOCKED, PASS, outputs, reports, settings, streams, terminal
from release_review.cli.command import GroupedCommand, cache_option, config_options, options, plugin_option
from release_review.cli.options import COLORS
from release_review.cli.policy.targets import targets
from release_review.errors import UsageError
from release_review.hooks import Style
from release_review.model import DEFAULT_ENGINE

if TYPE_CHECKING:
    from release_review.cli.policy.suites import Tested
    from release_review.plugins import Registry
    from release_review.store import Store

FORMATS = ("full", "json")
"""What `--output-format` takes."""

_GROUPS = (
    ("What to run", ("text", "coverage", "mutate", "watch")),
    ("What to show", ("output_format", "junit", "color", "quiet", "verbose")),
    ("How to run", ("config", "isolated", "engine", "without_plugin", "no_cache")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    """What the command line asks for, beyond the settings."""

    names: tuple[str, ...]
    engine: str
    text: str
    coverage: bool
    mutate: bool
    junit: Path | None
    output_format: str
    style: Style


@click.command("test", cls=GroupedCommand, groups=_GROUPS, short_help="Run the cases of policies.")
@click.argument("names", nargs=-1, metavar="[ID|PATH]...")
@options(
    click.option(
        "-k", "text", default="", metavar="TEXT", help="Only cases with TEXT in their name or their rule's id."
    ),
    click.option("--coverage", is_flag=True, help="Say which conditions were never true, or never false."),
    click.option("--mutate", is_flag=True, help="Change one thing at a time, and list what no case notices."),
    click.option("--watch", is_flag=True, help="Run again whenever a file of the policy changes."),
    click.option("--output-format", type=click.Choice(FORMATS), default=FORMATS[0], help="full [default] or json."),
    click.option("--junit", metavar="FILE", help="Write the results to FILE, for what reads test results."),
    click.option("--color", type=click.Choice(COLORS), help="When to use colours. [default: auto]"),
    click.option("-q", "--quiet", count=True, help="A line for each case that does not hold."),
    click.option("-v", "--verbose", count=True, help="Also the cases that hold."),
)
@config_options
@options(
    click.option("--engine", metavar="NAME", help=f"Who evaluates conditions. [default: {DEFAULT_ENGINE}]"),
    plugin_option,
    cache_option,
)
def test_policy(*, names: tuple[str, ...], config: Path | None, isolated: bool, **given: Any) -> int:
    """Run the cases of policies; without a name, those of the policy in this folder, or of those in the configuration.

    Exit status: 0 all hold; 1 one does not, no case has seen a condition true, or false (--coverage), or a mutant
    survives that is not accepted (--mutate); 2 a policy does not load or has no case.
    """
    from release_review.cel import open_engine
    from release_review.cli.cache import open_store
    from release_review.plugins import load_registry

    chosen = settings.current(given, config=config, isolated=isolated)
    open_engine(chosen["engine"].value)  # before any policy, so that a wrong name is said at once
    registry = load_registry(without=chosen["without-plugin"].value)
    request = _request(targets(names, chosen["policy"].value), given, chosen)
    store = open_store(wanted=not given["no_cache"])
    _check(request, watch=given["watch"], registry=registry)
    if given["watch"]:
        from release_review.cli.policy.watching import watch

        watch(lambda: _run(request, registry, store), _watched(request.names, registry))
    return _run(request, registry, store)


def _request(names: tuple[str, ...], given: Mapping[str, Any], chosen: settings.Settings) -> _Request:
    return _Request(
        names=names,
        engine=chosen["engine"].value,
        text=given["text"],
        coverage=given["coverage"],
        mutate=given["mutate"],
        junit=Path(given["junit"]) if given["junit"] is not None else None,
        output_format=given["output_format"],
        style=terminal.style_of_stdout(chosen["color"].value, verbosity=reports.verbosity_of(given)),
    )


def _check(request: _Request, *, watch: bool, registry: Registry) -> None:
    """Refuse what cannot be done, before anything is."""
    from release_review.load import check_exists

    for option, asked in (("--coverage", request.coverage), ("--mutate", request.mutate)):
        if request.text and asked:
            raise UsageError(f"{option} is about all cases, and -k leaves some out", hint="give one of them")
    for option, asked in (("--watch", watch), ("--mutate", request.mutate)):
        if asked and request.output_format != FORMATS[0]:
            raise UsageError(f"{option} is for people, and json for programs", hint="give one of them")
    paths = _paths(request.names)
    for path in paths:
        check_exists(path, "policy")
    if request.junit == Path(outputs.STDOUT):
        raise UsageError("--junit writes a file", hint="name one; for data on stdout, give --output-format json")
    if request.junit is not None:
        outputs.check_target(request.junit, [*paths, *_folders(registry)])


def _run(request: _Request, registry: Registry, store: Store | None) -> int:
    """Run the cases, say what came of them, and give the status."""
    from release_review.cli.policy.case_files import as_json, as_junit
    from release_review.cli.policy.case_lines import result_lines
    from release_review.cli.policy.suites import load_suites, run_suites

    with outputs.nothing_stale([request.junit] if request.junit is not None else []):
        suites = load_suites(request.names, registry, store)
        tested = run_suites(suites, engine=request.engine, text=request.text, coverage=request.coverage)
        if request.junit is not None:
            outputs.replace(request.junit, as_junit(tested))
    if request.output_format != FORMATS[0]:
        streams.write_stdout(as_json(tested))
        return _status(tested)
    mutants, accepted = _mutants(tested, request) if request.mutate else ([], True)
    streams.write_stdout("".join(f"{line}\n" for line in result_lines(tested, request.style, mutants=mutants)))
    return _status(tested) if accepted else BLOCKED


def _mutants(tested: Iterable[Tested], request: _Request) -> tuple[list[str], bool]:
    """Try the mutants of each policy; give what is said of them, and whether all that survive are accepted."""
    from release_review.cli.policy.mutation import mutation_lines

    made = [
        mutation_lines(each.suite.policies, {each.suite.policy.id}, request.style, engine=request.engine)
        for each in tested
    ]
    return [line for lines, _ in made for line in (*lines, "")], all(accepted for _, accepted in made)


def _status(tested: Iterable[Tested]) -> int:
    return PASS if all(not each.broken and each.covered for each in tested) else BLOCKED


def _watched(names: Iterable[str], registry: Registry) -> list[Path]:
    """Give the policies that are named by a path, and all installed ones that are files: a policy may extend them."""
    return [*_paths(names), *_folders(registry)]


def _paths(names: Iterable[str]) -> list[Path]:
    from release_review.selection import is_path

    return [Path(name) for name in names if is_path(name)]


def _folders(registry: Registry) -> list[Path]:
    from release_review.hooks import PolicyFolder

    return [each.path for each in map(registry.policy, registry.policies) if isinstance(each, PolicyFolder)]
