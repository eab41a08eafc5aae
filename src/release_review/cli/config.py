"""`release-review config`: what a run would be told, and by whom."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from release_review.cli import PASS, settings, streams
from release_review.cli.command import GroupedGroup, config_options
from release_review.cli.settings import Setting
from release_review.escape import plain

_UNSET = {"output-format": "full on a terminal, concise elsewhere"}


@click.group(cls=GroupedGroup, short_help="Show the settings in force.", no_args_is_help=False)
def config() -> None:
    """Show the settings in force."""


@config.command("show", short_help="Show each setting and where it comes from.")
@config_options
def show_config(*, config: Path | None, isolated: bool) -> int:
    """Show each setting and where it comes from, in the form of a configuration file."""
    chosen = settings.current({}, config=config, isolated=isolated)
    streams.write_stdout("".join(f"{_line(name, setting)}\n" for name, setting in chosen.items()))
    return PASS


def _line(name: str, setting: Setting) -> str:
    if setting.value is None:
        return f"# {name} is not set: {_UNSET.get(name, 'there are none')}"
    return f"{name} = {_toml(setting.value)}  # {plain(setting.origin)}"


def _toml(value: Any) -> str:
    """Write a string or several as TOML does; what does not show is escaped as in JSON, which TOML reads as well."""
    return json.dumps(list(value) if isinstance(value, tuple) else value)
