"""All commands; a new one is a module of its name and a word here."""

from __future__ import annotations

import click

from release_review.cli.command import SETTINGS, GroupedGroup, show_version

_GROUPS = (
    ("Review", ("check", "render", "explain")),
    ("Audit", ("audit", "report", "impact", "forecast")),
    ("Decide", ("waiver",)),
    ("Write", ("init", "import", "schema")),
    ("Look around", ("policy", "plugin", "config")),
)


@click.group(
    cls=GroupedGroup, groups=_GROUPS, modules="release_review.cli", context_settings=SETTINGS, no_args_is_help=False
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=show_version,
    help="Show the version and exit.",
)
def cli() -> None:
    """Review the release manifests of AI models.

    The report says where evidence is missing, never that a release is safe or
    unsafe.
    """
