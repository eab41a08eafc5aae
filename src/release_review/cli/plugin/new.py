"""`release-review plugin new`: a plugin to start from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from release_review.cli import PASS, settings
from release_review.cli.command import GroupedCommand, config_options, plugin_option
from release_review.cli.outputs import create_folder
from release_review.cli.steps import tell_created, typed_path

_TRIED = {
    "rule": "release-review check --policy {id} release.toml",
    "importer": "release-review check release.{id}",
    "reporter": "release-review check --output-format {id} release.toml",
}
"""How one sees that a plugin works, once it is installed."""


@click.command("new", cls=GroupedCommand, short_help="Write a plugin to start from.")
@click.argument("name", metavar="NAME")
@click.option("--kind", type=click.Choice(tuple(_TRIED)), required=True, help="What it brings.")
@click.option("-o", "--output-dir", "folder", default=".", metavar="DIR", help="Write it into DIR. [default: .]")
@config_options
@plugin_option
def new_plugin(*, name: str, kind: str, folder: str, config: Path | None, isolated: bool, **flags: Any) -> int:
    """Write a distribution with tests, to be changed: a folder NAME.

    NAME is what `pip install` is to call it. Whatever exists is left alone.
    """
    from release_review.authoring import plugin_scaffold
    from release_review.plugins import load_registry

    chosen = settings.current(flags, config=config, isolated=isolated)
    registry = load_registry(without=chosen["without-plugin"].value)
    new = plugin_scaffold.new_plugin(name, kind=kind, registry=registry)
    files = plugin_scaffold.plugin_files(new)
    target = Path(folder) / new.distribution
    create_folder(target, files)
    steps = (
        f"python -m pytest {typed_path(target)}",
        f"pip install --editable {typed_path(target)}",
        _TRIED[kind].format(id=new.id),
    )
    tell_created([target / path for path in files], steps)
    return PASS
