"""`release-review policy list`: which policies are installed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from release_review.cli import PASS, settings, streams
from release_review.cli.catalog import policies_of
from release_review.cli.command import GroupedCommand, config_options, plugin_option
from release_review.cli.policy.contents import entry


@click.command("list", cls=GroupedCommand, short_help="List the policies that are installed.")
@config_options
@plugin_option
def list_policy(*, config: Path | None, isolated: bool, **flags: Any) -> int:
    """List the policies that are installed."""
    from release_review.plugins import load_registry

    chosen = settings.current(flags, config=config, isolated=isolated)
    registry = load_registry(without=chosen["without-plugin"].value)
    lines = [line for found in policies_of(registry, chosen["policy"].value) for line in entry(found, registry)]
    streams.write_stdout("".join(f"{line}\n" for line in lines))
    return PASS
