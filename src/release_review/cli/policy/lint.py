"""`release-review policy lint`: what is wrong with a policy, and what could be better."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from release_review.cli import BLOCKED, PASS, outputs, reports, settings, streams, terminal
from release_review.cli.command import (
    GroupedCommand,
    cache_option,
    config_options,
    options,
    plugin_option,
    show_options,
)
from release_review.cli.policy.targets import targets
from release_review.cli.settings import Settings
from release_review.errors import UsageError, suggest
from release_review.escape import shorten
from release_review.hooks import Style
from release_review.model import Severity

if TYPE_CHECKING:
    from release_review.authoring.lint.formats import Render

_GROUPS = (
    ("What counts", ("fail_level", "exit_zero")),
    ("What to show", ("output_format", "output", "color", "quiet", "verbose")),
)


class _WithKinds(GroupedCommand):
    """A command whose help ends with the kinds of warnings."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what each kind is about."""
        del ctx
        from release_review.authoring.lint.kinds import KINDS

        with formatter.section("Warnings"):
            formatter.write_dl([(kind.id, kind.summary) for kind in KINDS.values()])


@click.command("lint", cls=_WithKinds, groups=_GROUPS, short_help="Tell what is wrong with a policy.")
@click.argument("names", nargs=-1, metavar="[ID|PATH]...")
@options(
    click.option(
        "--fail-level",
        type=click.Choice(("warning", "error")),
        default="warning",
        help="The least that is not let pass. [default: warning]",
    ),
    click.option("--exit-zero", is_flag=True, help="Exit with 0 in place of 1."),
)
@show_options
@config_options
@plugin_option
@cache_option
def lint_policy(*, names: tuple[str, ...], fail_level: str, exit_zero: bool, **flags: Any) -> int:
    """Tell what the loader refuses of a policy, and what could be better.

    Each warning has an id; one that is right as it is, is accepted with `[[accepted]]`, `lint = "ID"` and `because`.
    Without a name, the policy in this folder is looked at, or those of the configuration. Formats: concise, full,
    github, json, sarif. Exit status: 0 nothing, 1 errors or warnings, 2 there is no such policy.
    """
    from release_review.authoring.lint import lint_policy as lint
    from release_review.cli.cache import open_store
    from release_review.plugins import load_registry

    chosen = settings.current(flags, config=flags["config"], isolated=flags["isolated"])
    asked = targets(names, chosen["policy"].value)
    show, files = _formats(flags, chosen, inputs=[Path(name) for name in asked])
    with outputs.nothing_stale(path for _, path in files):
        registry = load_registry(without=chosen["without-plugin"].value)
        store = open_store(wanted=not flags["no_cache"])
        found = [each for name in dict.fromkeys(asked) for each in lint(name, registry, store=store)]
    linted = list(dict.fromkeys(found))
    style = terminal.style_of_stdout(chosen["color"].value, verbosity=reports.verbosity_of(flags))
    for render, path in files:
        outputs.replace(path, render(linted, Style(verbosity=style.verbosity)))
    streams.write_stdout(show(linted, style))
    weights = (Severity.ERROR,) if fail_level == "error" else (Severity.ERROR, Severity.WARNING)
    counts = any(each.count(weight) for each in linted for weight in weights)
    return BLOCKED if counts and not exit_zero else PASS


def _formats(
    flags: Mapping[str, Any], chosen: Settings, *, inputs: Sequence[Path]
) -> tuple[Render, list[tuple[Render, Path]]]:
    """Say what goes to stdout, and what to which file.

    Raises:
        UsageError: There is no such format.
        OutputError: A file may not be replaced.
    """
    from release_review.authoring.lint.formats import FORMATS

    named = flags["output_format_alias"] or flags["output_format"]
    default = terminal.default_format(os.environ, terminal=terminal.is_terminal())
    if not named and chosen["output-format"].value in FORMATS:
        default = chosen["output-format"].value  # a setting is for `check` too, which has formats that this has not
    files: list[tuple[Render, Path]] = []
    for request in flags["output"]:
        name, _, target = request.partition("=")
        if not name or not target:
            raise UsageError(f"--output '{shorten(request)}' is not NAME=PATH", hint="write --output json=lint.json")
        outputs.check_target(Path(target), [*inputs, *(path for _, path in files)])
        files.append((_render(name), Path(target)))
    return _render(named or default), files


def _render(name: str) -> Render:
    from release_review.authoring.lint.formats import FORMATS

    if name not in FORMATS:
        raise UsageError(f"policy lint has no format '{shorten(name)}'", hint=suggest(name, FORMATS))
    return FORMATS[name]
