"""`release-review policy`: write a policy, prove it, look at those there are; a module for each subcommand."""

from __future__ import annotations

import click

from release_review.cli.command import GroupedGroup

_GROUPS = (
    ("Write", ("new", "lint", "test", "docs")),
    ("Look around", ("list", "show", "diff")),
)


@click.group(
    cls=GroupedGroup,
    groups=_GROUPS,
    modules=__name__,
    suffix="_policy",
    short_help="Write, prove and show policies.",
    no_args_is_help=False,
)
def policy() -> None:
    """Write policies, prove them, and show what is in them."""
