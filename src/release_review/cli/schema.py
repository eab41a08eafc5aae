"""`release-review schema`: the JSON Schemas, for editors and other programs."""

from __future__ import annotations

import json
from pathlib import Path

import click

from release_review.cli import PASS, streams
from release_review.cli.command import GroupedCommand
from release_review.errors import OutputError, UsageError
from release_review.escape import plain

NAMES = ("manifest", "policy", "rule", "assessment", "waivers", "baseline", "report", "audit-row", "audit-summary")
"""What a schema is asked for by: the word in `release-WORD/1`, or the whole name of what comes of an audit."""

_KIND = "schema"
_OURS = b'"$id": "urn:release-review:'


@click.command(cls=GroupedCommand, short_help="Print a JSON Schema, or write all of them.")
@click.argument("name", metavar="[NAME]", type=click.Choice(NAMES), required=False)
@click.option("--all", "all_", is_flag=True, help="Write every schema into DIR.")
@click.option("-o", "--output-dir", "folder", metavar="DIR", help="Write into DIR, as NAME.schema.json.")
def schema(*, name: str | None, all_: bool, folder: str | None) -> int:
    """Print the JSON Schema (2020-12) of what the tool reads or writes.

    NAME is audit-row, audit-summary, manifest, policy, rule, assessment, waivers,
    baseline or report. A file is replaced only by a newer schema of the same kind.
    """
    if all_ == (name is not None):
        raise UsageError("one schema is to be named, or all", hint=f"name one of {', '.join(NAMES)}, or give --all")
    if folder is None:
        if name is None:
            raise UsageError("--all goes into a folder", hint="add -o DIR")
        streams.write_stdout(_text(name))
        return PASS
    wanted = NAMES if name is None else (name,)
    _write({Path(folder) / f"{each}.schema.json": _text(each) for each in wanted})
    return PASS


def _text(name: str) -> str:
    from release_review.authoring.editors import WRITTEN_BY_HAND, schema_for_editors
    from release_review.schema import published_schema

    whole = f"{name}/1" if name.startswith("audit-") else f"release-{name}/1"
    found = schema_for_editors(whole) if whole in WRITTEN_BY_HAND else published_schema(whole)
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def _write(files: dict[Path, str]) -> None:
    from release_review.cli import outputs

    for path in files:
        if path.exists() and not (path.is_file() and _OURS in path.read_bytes()[:1000]):
            raise OutputError("is no schema of ours", where=str(path), hint="name another place, or move it away")
    for path, text in files.items():
        outputs.make_folders(path.parent)
        outputs.check_target(path, kind=_KIND)
        outputs.replace(path, text, kind=_KIND)
        streams.say(f"wrote {plain(str(path))}")
