"""`release-review plugin`: which plugins there are, and what they bring."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from release_review.cli import PASS, settings, streams, terminal
from release_review.cli.command import GroupedGroup, config_options, plugin_option
from release_review.hooks import Style
from release_review.reporters.layout import wrap

if TYPE_CHECKING:
    from release_review.plugins import Plugin

_STYLE = Style(width=terminal.WIDTH)


@click.group(cls=GroupedGroup, short_help="List plugins.", no_args_is_help=False)
def plugin() -> None:
    """List plugins, and what they bring."""


@plugin.command("list", short_help="List plugins and what they bring.")
@config_options
@plugin_option
def list_plugins(*, config: Path | None, isolated: bool, **flags: Any) -> int:
    """List the plugins that take part, ours included, and what each brings."""
    from release_review.plugins import load_registry

    chosen = settings.current(flags, config=config, isolated=isolated)
    registry = load_registry(without=chosen["without-plugin"].value)
    lines = [line for found in registry.loaded for line in _entry(found)]
    lines += [line for name in registry.without for line in wrap(f"{name} (left out)", _STYLE)]
    streams.write_stdout("".join(f"{line}\n" for line in lines))
    return PASS


def _entry(found: Plugin) -> Iterator[str]:
    origin = "comes with release-review" if found.built_in else f"{found.distribution} {found.version}"
    yield from wrap(f"{found.name} ({origin})", _STYLE)
    for kind, names in (
        ("policies", found.policies),
        ("importers", found.importers),
        ("reporters", found.reporters),
    ):
        if names:
            yield from wrap(", ".join(names), _STYLE, indent=" " * 13, first=f"  {kind:<11}")
