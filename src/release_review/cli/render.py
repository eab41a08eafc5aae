"""`release-review render`: any format from a saved JSON report."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from release_review.cli import BLOCKED, PASS, outputs, reports, settings
from release_review.cli.check import STDIN
from release_review.cli.command import GroupedCommand, config_options, options, plugin_option, show_options
from release_review.errors import InputError

if TYPE_CHECKING:
    from release_review.model import Document
    from release_review.plugins import Registry

_GROUPS = (
    ("What to show", ("output_format", "output", "color", "quiet", "verbose")),
    ("How to run", ("config", "isolated", "without_plugin", "exit_zero")),
)


@click.command(cls=GroupedCommand, groups=_GROUPS, short_help="Make any format from a saved JSON report.")
@click.argument("report", metavar="REPORT")
@show_options
@config_options
@options(plugin_option, click.option("--exit-zero", is_flag=True, help="Exit with 0 in place of 1."))
def render(*, report: str, config: Path | None, isolated: bool, **given: Any) -> int:
    """Make any format from REPORT, which `check --output json=REPORT` wrote.

    Nothing is judged anew: the text is the one that `check` would have given, and
    so is the exit status. `-` reads the report from stdin.
    """
    from release_review.plugins import load_registry
    from release_review.saved import read_report

    chosen = settings.current(given, config=config, isolated=isolated)
    registry = load_registry(without=chosen["without-plugin"].value)
    show = reports.plan(given, chosen, registry=registry, inputs=[] if report == STDIN else [Path(report)])
    with outputs.nothing_stale(output.path for output in show.files):
        entries = read_report(_load(report, registry), importers=registry.importers)
    written = reports.deliver(show, entries)
    status = reports.status_of(entries, written=written)
    return PASS if status == BLOCKED and given["exit_zero"] else status


def _load(name: str, registry: Registry) -> Document:
    from release_review.load import load_document, load_stdin
    from release_review.saved import SAVED_LIMITS

    if name != STDIN:
        return load_document(Path(name), importers=registry.importers, limits=SAVED_LIMITS)
    if sys.stdin is None:
        raise InputError("stdin is closed", hint="name a file")
    return load_stdin(sys.stdin.buffer, name="stdin.json", importers=registry.importers, limits=SAVED_LIMITS)
