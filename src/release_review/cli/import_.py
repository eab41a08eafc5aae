"""`release-review import`: manifests from what is none."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from release_review.cli import ERROR, PASS, door, outputs, settings, streams
from release_review.cli.command import GroupedCommand, config_options, options, plugin_option
from release_review.errors import InputError, OutputError, ReleaseReviewError, UsageError
from release_review.escape import plain
from release_review.reporters.layout import counted

if TYPE_CHECKING:
    from release_review.hooks import SourceImporter
    from release_review.plugins import Registry
    from release_review.sources import Written

STDOUT = "-"
"""The folder that means stdout."""

_GROUPS = (("What to write", ("folder", "force")), ("How to run", ("config", "isolated", "without_plugin")))


@click.command("import", cls=GroupedCommand, groups=_GROUPS, short_help="Make manifests from model cards and the like.")
@click.argument("importer", metavar="IMPORTER")
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@options(
    click.option("-o", "--output-dir", "folder", required=True, metavar="DIR", help="Where to write; `-` is stdout."),
    click.option("--force", is_flag=True, help="Replace manifests that are there."),
)
@config_options
@plugin_option
def import_(*, importer: str, sources: tuple[str, ...], folder: str, force: bool, **flags: Any) -> int:
    """Make a manifest from each release that SOURCE describes.

    Importers come from plugins, such as `huggingface` for model cards. What a
    source does not say stays unknown. What cannot be read is told, and the
    others are written. Exit status: 0 all were written, 2 some were not.
    """
    chosen = settings.current({"without_plugin": flags["without_plugin"]}, **_where(flags))
    registry = registry_of(chosen)
    results = read(registry.source_importer(importer), sources, registry)
    if folder == STDOUT:
        return _to_stdout(results)
    place = Path(folder)
    if os.path.lexists(place) and not place.is_dir():
        raise OutputError("is no folder", where=folder, hint="name a folder for the manifests")
    return _Writing(folder=place, force=force).write(results)


def registry_of(chosen: settings.Settings) -> Registry:
    """Load the plugins that take part."""
    from release_review.plugins import load_registry

    return load_registry(without=chosen["without-plugin"].value)


def read(
    importer: SourceImporter, sources: Iterable[str], registry: Registry
) -> Iterator[Written | ReleaseReviewError]:
    """Read one source after the other."""
    from release_review.sources import TOML, import_source

    for source in sources:
        yield from import_source(importer, Path(source), toml=registry.importer(TOML))


def only_one(results: Iterable[Written | ReleaseReviewError]) -> Written:
    """Give the one manifest that was made.

    Raises:
        ReleaseReviewError: Something could not be read, or there is more than one manifest.
    """
    first: Written | None = None
    for result in results:
        if isinstance(result, ReleaseReviewError):
            raise result
        if first is not None:
            raise UsageError("there is more than one manifest", hint="write them to a folder, with import -o DIR")
        first = result
    if first is None:
        raise UsageError("there is no manifest", hint="name a source that describes a release")
    return first


def tell_notes(notes: Mapping[str, Sequence[str]]) -> None:
    """Say on stderr what whoever goes on with the manifests should know, once each.

    Args:
        notes: The origins that each note is about.
    """
    for note, origins in notes.items():
        others = f" and {len(origins) - 1} more" if len(origins) > 1 else ""
        streams.say(f"note: {plain(origins[0])}{others}: {plain(note)}")


def _where(flags: dict[str, Any]) -> dict[str, Any]:
    return {name: flags[name] for name in ("config", "isolated")}


def _to_stdout(results: Iterable[Written | ReleaseReviewError]) -> int:
    written = only_one(results)
    tell_notes({note: [written.origin] for note in written.notes})
    streams.write_stdout(written.text)
    return PASS


@dataclass(slots=True, kw_only=True)
class _Writing:
    """Manifests on their way into a folder.

    Attributes:
        folder: The folder; it is made if need be.
        force: Whether to replace what is there.
        origins: What was written so far: by the name of the file, in small letters, its release and its origin.
        notes: The origins that each note is about.
    """

    folder: Path
    force: bool
    origins: dict[str, tuple[str, str]] = field(default_factory=dict)
    notes: dict[str, list[str]] = field(default_factory=dict)

    def write(self, results: Iterable[Written | ReleaseReviewError]) -> int:
        """Write each manifest, and say what became of each source."""
        status = PASS
        for result in results:
            try:
                if isinstance(result, ReleaseReviewError):
                    raise result
                path = self._write(result)
            except ReleaseReviewError as error:
                door.report_error(error)
                status = ERROR
                continue
            facts = counted(result.facts, "fact")
            streams.write_stdout(f"{plain(str(path))}: {plain(result.release)}, {facts}\n")
        tell_notes(self.notes)
        return status

    def _write(self, written: Written) -> Path:
        from release_review.sources import file_name

        path = self.folder / file_name(written.release)
        taken = self.origins.get(path.name.casefold())
        if taken is not None:
            release, origin = taken
            what = f"{written.release} would go where {release} from {origin} has been written"
            raise InputError(what, where=written.origin, hint="keep one of the two, or write them to two folders")
        if self.force and os.path.lexists(path):
            outputs.check_target(path, kind="manifest")
            outputs.replace(path, written.text, kind="manifest")
        elif os.path.lexists(path):
            raise OutputError("it exists already", where=str(path), hint="replace it with --force, or move it away")
        else:
            outputs.create(path, written.text)
        self.origins[path.name.casefold()] = written.release, written.origin
        for note in written.notes:
            self.notes.setdefault(note, []).append(written.origin)
        return path
