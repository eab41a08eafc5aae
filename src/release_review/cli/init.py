"""`release-review init`: a manifest to start from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from release_review.cli import PASS, import_, outputs, settings, streams
from release_review.cli.command import GroupedCommand, config_options, plugin_option
from release_review.errors import UsageError
from release_review.escape import plain

DEFAULT = "release.toml"
"""Where a manifest is written unless a path is given."""

SUFFIX = ".toml"
"""How the name of a template ends; another ending would say that it is in another format."""

STDOUT = "-"
"""The path that means stdout."""


@click.command(cls=GroupedCommand, short_help="Write a manifest to start from.")
@click.argument("path", default=DEFAULT, metavar="[PATH]")
@click.option("--from", "card", metavar="CARD", help="Start from what a model card says; a plugin reads it.")
@config_options
@plugin_option
def init(*, path: str, card: str | None, config: Path | None, isolated: bool, **flags: Any) -> int:
    """Write a commented template in TOML to PATH, `release.toml` if not given.

    With --from, write what CARD says in its place. A file that exists is never
    overwritten. `-` writes to stdout.
    """
    if path != STDOUT and Path(path).suffix != SUFFIX:
        raise UsageError("the template is TOML", where=path, hint=f"name a file that ends in {SUFFIX}")
    text = _template() if card is None else _imported(card, settings.current(flags, config=config, isolated=isolated))
    if path == STDOUT:
        streams.write_stdout(text)
        return PASS
    outputs.create(Path(path), text, folders=False)  # a folder that is not there is one that somebody has mistyped
    streams.say(f"wrote {plain(path)}; fill it in, and run 'release-review check {plain(path)}'")
    return PASS


def _template() -> str:
    from release_review.manifest_docs import init_template

    return init_template()


def _imported(card: str, chosen: settings.Settings) -> str:
    registry = import_.registry_of(chosen)
    importers = registry.source_importers
    if not importers:
        hint = "install a plugin that reads model cards, such as release-review-huggingface"
        raise UsageError("nothing that is installed reads a model card", hint=hint)
    if len(importers) > 1:
        names = ", ".join(importer.name for importer in importers)
        raise UsageError(f"several importers could read it: {names}", hint="run 'release-review import NAME CARD -o -'")
    written = import_.only_one(import_.read(importers[0], [card], registry))
    import_.tell_notes({note: [written.origin] for note in written.notes})
    return written.text
