"""`release-review plugin`: write a plugin, look at those there are; a module for each subcommand."""

from __future__ import annotations

import click

from release_review.cli.command import GroupedGroup

_GROUPS = (
    ("Write", ("new",)),
    ("Look around", ("list",)),
)


@click.group(
    cls=GroupedGroup,
    groups=_GROUPS,
    modules=__name__,
    suffix="_plugin",
    short_help="Write and list plugins.",
    no_args_is_help=False,
)
def plugin() -> None:
    """Write plugins, and list those that are installed."""
