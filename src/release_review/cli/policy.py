"""`release-review policy`: which policies there are, and what is in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from release_review.cli import PASS, settings, streams, terminal
from release_review.cli.catalog import policies_of, read_policy
from release_review.cli.command import GroupedGroup, config_options, plugin_option
from release_review.escape import plain
from release_review.hooks import Style
from release_review.model import Policy
from release_review.reporters.layout import wrap

if TYPE_CHECKING:
    from release_review.plugins import Registry

_STYLE = Style(width=terminal.WIDTH)


@click.group(cls=GroupedGroup, short_help="List and show policies.", no_args_is_help=False)
def policy() -> None:
    """List policies, and show what is in them."""


@policy.command("list", short_help="List the policies that are installed.")
@config_options
@plugin_option
def list_policies(*, config: Path | None, isolated: bool, **flags: Any) -> int:
    """List the policies that are installed."""
    from release_review.plugins import load_registry

    chosen = settings.current(flags, config=config, isolated=isolated)
    registry = load_registry(without=chosen["without-plugin"].value)
    lines = [line for found in policies_of(registry, chosen["policy"].value) for line in _entry(found, registry)]
    streams.write_stdout("".join(f"{line}\n" for line in lines))
    return PASS


@policy.command("show", short_help="Show what is in a policy.")
@click.argument("name", metavar="ID|PATH")
@config_options
@plugin_option
def show_policy(*, name: str, config: Path | None, isolated: bool, **flags: Any) -> int:
    """Show the assessments and the rules of a policy."""
    from release_review.plugins import load_registry

    chosen = settings.current(flags, config=config, isolated=isolated)
    registry = load_registry(without=chosen["without-plugin"].value)
    lines = _whole(read_policy(name, registry), registry)
    streams.write_stdout("".join(f"{line}\n" for line in lines))
    return PASS


def _entry(found: Policy, registry: Registry) -> Iterator[str]:
    yield f"{plain(found.id)} {plain(found.version)}"
    yield from wrap(f"{found.title} ({_contents(found, registry)})", _STYLE, indent="  ")


def _contents(found: Policy, registry: Registry) -> str:
    brought = _brought(found, registry)
    counted = brought or [found]
    assessments = _count(sum(len(policy.assessments) for policy in counted), "assessment")
    rules = _count(sum(len(policy.rules) for policy in counted), "rule")
    if brought:
        return f"{assessments} and {rules}, from {_joined([policy.id for policy in brought])}"
    more = f", extends {', '.join(found.extends)}" if found.extends else ""
    return f"{assessments}, {rules}{more}"


def _brought(found: Policy, registry: Registry) -> list[Policy]:
    """Give the policies whose parts make up one that has none of its own, in the order in which they are extended.

    There are none where it has parts of its own, and none where one of them is not installed.
    """
    from release_review.selection import load_offered

    if found.assessments or found.rules:
        return []
    extended: dict[str, Policy] = {}
    waiting = list(found.extends)
    while waiting:
        name = waiting.pop(0)
        if name not in registry.policies:
            return []
        if name not in extended:
            extended[name] = load_offered(name, registry)
            waiting += extended[name].extends
    return [policy for policy in extended.values() if policy.assessments or policy.rules]


def _joined(names: Sequence[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _whole(found: Policy, registry: Registry) -> Iterator[str]:
    yield from _entry(found, registry)
    if found.description:
        yield from wrap(" ".join(found.description.split()), _STYLE, indent="  ")
    yield from _parts(found)
    for policy in _brought(found, registry):
        yield from _parts(policy, of=f" of {plain(policy.id)}")
    if found.overrides:
        yield from ("", "What it changes in the policies it extends")
    for override in found.overrides:
        changes = [f"severity {override.severity.value}"] if override.severity else []
        changes += [f"{name} = {value}" for name, value in override.params.items()]
        because = f": {override.because}" if override.because else ""
        yield from wrap(f"{override.target}, {', '.join(changes)}{because}", _STYLE, indent="    ", first="  ")


def _parts(found: Policy, *, of: str = "") -> Iterator[str]:
    if found.assessments:
        yield from ("", f"Assessments{of}")
    for assessment in sorted(found.assessments, key=lambda each: (each.order, each.id)):
        yield f"  {plain(assessment.id)}"
        yield from wrap(assessment.title, _STYLE, indent="    ")
    if found.rules:
        yield from ("", f"Rules{of}")
    for rule in sorted(found.rules, key=lambda each: each.id):
        yield f"  {plain(rule.id)} ({rule.severity.value})"
        yield from wrap(rule.summary, _STYLE, indent="    ")
