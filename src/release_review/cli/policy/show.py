"""`release-review policy show`: what is in a policy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from release_review.cli import PASS, settings, streams, terminal
from release_review.cli.catalog import read_policy
from release_review.cli.command import GroupedCommand, config_options, plugin_option
from release_review.cli.policy.contents import brought, entry
from release_review.escape import plain
from release_review.hooks import Style
from release_review.model import Assessment, Override, Policy, Rule
from release_review.reporters.layout import wrap

if TYPE_CHECKING:
    from release_review.plugins import Registry

_STYLE = Style(width=terminal.WIDTH)


@click.command("show", cls=GroupedCommand, short_help="Show what is in a policy.")
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


def _whole(found: Policy, registry: Registry) -> Iterator[str]:
    yield from entry(found, registry)
    if found.description:
        yield from wrap(" ".join(found.description.split()), _STYLE, indent="  ")
    yield from _parts(found)
    for policy in brought(found, registry):
        yield from _parts(policy, of=f" of {plain(policy.id)}")
    yield from _changes(found, registry)


def _changes(found: Policy, registry: Registry) -> Iterator[str]:
    """Tell what a policy changes in those it extends, and what of them it leaves out."""
    if found.overrides or found.choices:
        yield from ("", "What it changes in the policies it extends")
    for override in found.overrides:
        changes = ", ".join(_told(override, registry)) or "nothing"
        because = f": {override.because}" if override.because else ""
        yield from wrap(f"{override.target}, {changes}{because}", _STYLE, indent="    ", first="  ")
    for choice in found.choices:
        kept = ", ".join([*choice.rules, *choice.assessments]) or "nothing"
        text = f"{choice.policy}, only {kept}: {choice.because}"
        yield from wrap(text, _STYLE, indent="    ", first="  ")


def _told(override: Override, registry: Registry) -> Iterator[str]:
    """Tell what an override changes, and whether that asks for less; its own words where the other is not there."""
    from release_review.extending import changes_of

    part = _part_of(override.target, registry)
    if part is None:
        yield from [f"severity {override.severity.value}"] if override.severity else []
        yield from (f"{name} = {value}" for name, value in override.params.items())
        return
    for change in changes_of(override, part):
        asks = "asks" if change.surely else "may ask"
        weaker = f" ({asks} for less)" if change.weakens else ""
        yield f"{change if change.what else f'severity {change}'}{weaker}"


def _part_of(target: str, registry: Registry) -> Rule | Assessment | None:
    from release_review.selection import load_offered

    owner, _, name = target.partition("/")
    if owner not in registry.policies:
        return None
    policy = load_offered(owner, registry)
    parts: tuple[Rule | Assessment, ...] = (*policy.rules, *policy.assessments)
    return next((part for part in parts if part.id == name), None)


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
