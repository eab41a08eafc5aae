"""`release-review config`: what a run would be told, and by whom."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import click

from release_review.cli import PASS, config_file, settings, streams
from release_review.cli.command import GroupedGroup, config_options, trusted_option
from release_review.cli.settings import Setting, Settings
from release_review.escape import plain
from release_review.toml_text import inline

_UNSET = {"output-format": "github in GitHub Actions, full on a terminal, concise elsewhere"}


@click.group(cls=GroupedGroup, short_help="Show the settings in force.", no_args_is_help=False)
def config() -> None:
    """Show the settings in force."""


@config.command("show", short_help="Show each setting and where it comes from.")
@config_options
@trusted_option
def show_config(*, config: Path | None, isolated: bool, trusted: str | None) -> int:
    """Show each setting and where it comes from, in the form of a configuration file.

    Comments name the files that were read, with their digests, and one that was passed over.
    """
    chosen = settings.current({}, config=config, isolated=isolated, trusted=trusted)
    chosen.check_manifests(())
    lines = [*_files(chosen), *(_line(name, setting) for name, setting in chosen.items())]
    lines.append(f"# the settings that decide a verdict: {chosen.digest}")
    streams.write_stdout("".join(f"{line}\n" for line in lines))
    return PASS


def _files(chosen: Settings) -> Iterator[str]:
    if chosen.trusted_folder is not None:
        yield f"# trusted folder: {plain(str(chosen.trusted_folder.folder))}"
    for file in chosen.written.files:
        named = f"extended at {plain(file.named_at)}" if file.named_at else "configuration"
        yield f"# {named}: {plain(file.document.name)}, {file.document.digest}"
    if not chosen.written.files:
        yield "# configuration: none"
    passed_over = config_file.find(Path())
    if passed_over is not None and not _is_one_of(passed_over, chosen.paths):
        yield f"# not read: {plain(str(passed_over))}"


def _is_one_of(path: Path, others: tuple[Path, ...]) -> bool:
    return os.path.realpath(path) in {os.path.realpath(other) for other in others}


def _line(name: str, setting: Setting) -> str:
    if setting.value is None:
        return f"# {name} is not set: {_UNSET.get(name, 'there are none')}"
    return f"{name} = {inline(setting.value)}  # {plain(setting.origin)}"
