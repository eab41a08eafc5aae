"""All commands; a new one is a module and a line here."""

from __future__ import annotations

import click

from release_review.cli.check import check
from release_review.cli.command import SETTINGS, GroupedGroup, show_version
from release_review.cli.config import config
from release_review.cli.explain import explain
from release_review.cli.init import init
from release_review.cli.plugin import plugin
from release_review.cli.policy import policy
from release_review.cli.schema import schema

_GROUPS = (
    ("Review", ("check", "explain")),
    ("Write", ("init", "schema")),
    ("Look around", ("policy", "plugin", "config")),
)


@click.group(cls=GroupedGroup, groups=_GROUPS, context_settings=SETTINGS, no_args_is_help=False)
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


for _command in (check, explain, init, schema, policy, plugin, config):
    cli.add_command(_command)
