"""`release-review policy diff`: what changed between two versions of a policy, and whether it asks for less."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from release_review.cli import BLOCKED, PASS, settings, streams, terminal
from release_review.cli.catalog import read_policy
from release_review.cli.command import GroupedCommand, config_options, options, plugin_option
from release_review.escape import json_text, markdown, plain
from release_review.hooks import Style
from release_review.reporters.layout import wrap
from release_review.summary import PROGRAM
from release_review.version import __version__

if TYPE_CHECKING:
    from release_review.admit import PolicySet
    from release_review.authoring.diff import Difference
    from release_review.model import Policy
    from release_review.plugins import Registry

SCHEMA = "release-policy-diff/1"
"""Name and version of the shape of `--output-format json`."""

_STYLE = Style(width=terminal.WIDTH)
_FORMATS = ("full", "json", "markdown")


@click.command("diff", cls=GroupedCommand, short_help="Say what changed between two versions of a policy.")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@options(
    click.option(
        "--output-format",
        type=click.Choice(_FORMATS),
        default="full",
        metavar="NAME",
        help="full (default), json or markdown.",
    ),
    click.option("--no-weakening", is_flag=True, help="End with status 1 if NEW may ask for less than OLD."),
)
@config_options
@plugin_option
def diff_policy(
    *,
    old: str,
    new: str,
    config: Path | None,
    isolated: bool,
    output_format: str,
    no_weakening: bool,
    **flags: Any,
) -> int:
    """Say which rules and assessments NEW adds, removes, tightens, weakens or rewords, compared to OLD.

    OLD and NEW are ids of installed policies or paths. Both are compared as they are in force, with what they extend.
    Conditions are compared by what they mean; `changed` is what may ask for less, and cannot be told.
    """
    from release_review.authoring.diff import differences
    from release_review.extending import is_told
    from release_review.plugins import load_registry

    chosen = settings.current(flags, config=config, isolated=isolated)
    registry = load_registry(without=chosen["without-plugin"].value)
    before, after = read_policy(old, registry), read_policy(new, registry)
    compared = differences(_admitted(before, registry), _admitted(after, registry), names=(before.id, after.id))
    found = [each if is_told(each.where) else replace(each, where="") for each in compared]
    if output_format == "json":
        streams.write_stdout(json_text(_as_data(before, after, found)))
    elif output_format == "markdown":
        streams.write_stdout("".join(f"{line}\n" for line in _as_markdown(before, after, found)))
    else:
        streams.write_stdout("".join(f"{line}\n" for line in _as_text(before, after, found)))
    return BLOCKED if no_weakening and any(each.may_ask_less for each in found) else PASS


def _admitted(policy: Policy, registry: Registry) -> PolicySet:
    """Admit a policy with what it extends; another version of it may be installed at the same time."""
    from release_review.admit import admit_policies
    from release_review.extending import with_extended
    from release_review.selection import offered

    return admit_policies(with_extended([policy], offered(registry)), selected=[policy.id])


def _head(before: Policy, after: Policy) -> str:
    if before.id == after.id:
        return f"{after.id} {before.version} to {after.version}"
    return f"{before.id} {before.version} to {after.id} {after.version}"


def _counted(found: Iterable[Difference]) -> str:
    counts = Counter(each.way.value for each in found if each.kind != "policy")
    return ", ".join(f"{count} {way}" for way, count in counts.items()) or "no rule and no assessment differs"


def _as_text(before: Policy, after: Policy, found: Sequence[Difference]) -> Iterator[str]:
    yield plain(_head(before, after))
    for each in found:
        yield ""
        yield from wrap(f"{each.way.value}: {each.kind} {each.id}", _STYLE, indent="  ", first="")
        yield from wrap(each.summary, _STYLE, indent="  ")
        for step in each.steps:
            way = "" if step.way is each.way or step.way.value == "reworded" else f"{step.way.value}: "
            yield from wrap(f"{way}{step.what}", _STYLE, indent="    ", first="  - ")
        if each.where:
            yield f"  --> {plain(each.where)}"
    yield from ("", _counted(found))


def _as_markdown(before: Policy, after: Policy, found: Sequence[Difference]) -> Iterator[str]:
    yield from (f"### {markdown(_head(before, after))}", "", f"{_counted(found)}", "")
    if found:
        yield from ("| | what | how |", "|---|---|---|")
    for each in found:
        steps = "; ".join(markdown(step.what) for step in each.steps) or markdown(each.summary)
        way = f"**{each.way.value}**" if each.may_ask_less else each.way.value
        yield f"| {way} | {each.kind} {markdown(each.id)} | {steps} |"


def _as_data(before: Policy, after: Policy, found: Iterable[Difference]) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "tool": {"name": PROGRAM, "version": __version__},
        "old": {"id": before.id, "version": before.version, "digest": before.digest},
        "new": {"id": after.id, "version": after.version, "digest": after.digest},
        "differences": [
            {
                "way": each.way.value,
                "kind": each.kind,
                "id": each.id,
                "summary": each.summary,
                "may_ask_less": each.may_ask_less,
                "steps": [{"way": step.way.value, "what": step.what} for step in each.steps],
                "where": each.where or None,
            }
            for each in found
        ],
    }
