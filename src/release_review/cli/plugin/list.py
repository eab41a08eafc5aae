"""`release-review plugin list`: which plugins there are, where they come from, and what they bring."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from release_review.cli import PASS, settings, streams, terminal
from release_review.cli.command import GroupedCommand, config_options, plugin_option
from release_review.escape import json_text
from release_review.hooks import Style
from release_review.reporters.layout import wrap

if TYPE_CHECKING:
    from release_review.plugins import Plugin, Registry

_STYLE = Style(width=terminal.WIDTH)
_INDENT = 13


@click.command("list", cls=GroupedCommand, short_help="List plugins and what they bring.")
@click.option("--output-format", "form", type=click.Choice(("text", "json")), default="text", help="text or json.")
@config_options
@plugin_option
def list_plugin(*, form: str, config: Path | None, isolated: bool, **flags: Any) -> int:
    """List the plugins that take part, ours included, and what each brings."""
    from release_review.plugins import load_registry

    chosen = settings.current(flags, config=config, isolated=isolated)
    registry = load_registry(without=chosen["without-plugin"].value)
    told = [*_records(registry)]
    if form == "json":
        streams.write_stdout(json_text({"plugins": told, "without": list(registry.without)}))
        return PASS
    lines = [line for record in told for line in _entry(record)]
    lines += [line for name in registry.without for line in wrap(f"{name} (left out)", _STYLE)]
    streams.write_stdout("".join(f"{line}\n" for line in lines))
    return PASS


def _records(registry: Registry) -> Iterator[Mapping[str, Any]]:
    from release_review.plugins.discovery import find_candidates

    third_party = any(not found.built_in for found in registry.loaded)
    projects = {each.name: each.project for each in find_candidates()} if third_party else {}
    for found in registry.loaded:
        project = projects.get(found.name)
        yield {
            "name": found.name,
            "distribution": found.distribution,
            "version": found.version,
            "origin": "built-in" if found.built_in else "editable" if project else "installed",
            "project": str(project) if project else None,
            "module": found.module,
            "hooks": _hooks_of(found),
            "policies": list(found.policies),
            "importers": list(found.importers),
            "reporters": list(found.reporters),
        }


def _hooks_of(found: Plugin) -> list[str]:
    from release_review.plugins.contract import RECORDS

    return sorted(name for name in RECORDS if name in vars(sys.modules[found.module]))


def _entry(record: Mapping[str, Any]) -> Iterator[str]:
    # Ours all have the version that --version tells.
    is_ours = record["origin"] == "built-in"
    owner = "comes with release-review" if is_ours else f"{record['distribution']} {record['version']}"
    yield from wrap(f"{record['name']} ({owner})", _STYLE)
    for name, told in (
        ("origin", "" if is_ours else _origin(record)),
        ("project", record["project"]),
        ("hooks", ", ".join(record["hooks"])),
        ("policies", ", ".join(record["policies"])),
        ("importers", ", ".join(record["importers"])),
        ("reporters", ", ".join(record["reporters"])),
    ):
        if told:
            yield from wrap(told, _STYLE, indent=" " * _INDENT, first=f"  {name:<{_INDENT - 2}}")


def _origin(record: Mapping[str, Any]) -> str:
    place = "used in place" if record["project"] else "installed"
    return f"{place}; entry point {record['name']} = {record['module']}"
