"""`release-review schema`: the JSON Schemas, for editors and other programs."""

from __future__ import annotations

import json

import click

from release_review.cli import PASS, streams
from release_review.cli.command import GroupedCommand

NAMES = ("manifest", "policy", "rule", "assessment", "waivers", "baseline", "report")
"""What a schema is asked for by: the word in `release-WORD/1`."""


@click.command(cls=GroupedCommand, short_help="Print a JSON Schema.")
@click.argument("name", metavar="NAME", type=click.Choice(NAMES))
def schema(*, name: str) -> int:
    """Print the JSON Schema (2020-12) of what the tool reads or writes.

    NAME is manifest, policy, rule, assessment, waivers, baseline or report.
    """
    from release_review.schema import published_schema

    text = json.dumps(published_schema(f"release-{name}/1"), ensure_ascii=False, indent=2)
    streams.write_stdout(text + "\n")
    return PASS
