"""What a plugin may offer: three hooks, each of which takes nothing and returns frozen records.

Our own policies, importers and reporters come through the same hooks, so nothing about them is
special. Write `from release_review.hooks import hookimpl`, decorate a function that has the name
of a hook, and name its module in the entry-point group `release_review`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pluggy

from release_review.errors import InputError
from release_review.model import Limits, Place, Policy, Report

PROJECT = "release_review"
"""Name of the pluggy project and of the entry-point group."""

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyFolder:
    """A policy as files: a folder with `policy.toml`, or one TOML file. It is read when it is selected.

    Attributes:
        id: Id of the policy in it.
        path: The folder or the file.
    """

    id: str
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Importer:
    """A way from the text of a file to plain JSON data.

    Attributes:
        name: How the format is called.
        suffixes: Endings of file names that mean this format, with the dot, in lower case.
        read: Gives the tree of a text: dict, list, str, int, float, bool, None; dates as ISO 8601 strings.
            Raises `InputError` whose `where` is `LINE:COLUMN`, or empty.
        find_places: Gives the place of every pointer of a text that `read` accepts.
    """

    name: str
    suffixes: tuple[str, ...]
    read: Callable[[str, Limits], Any]
    find_places: Callable[[str], Mapping[str, Place]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """One manifest that was made from something that is none.

    Attributes:
        data: The manifest as plain JSON data: str, int, float, bool, dict and list. No null, for TOML has none: what
            the source does not say is left out, and what it denies is `unknown` with a note.
        origin: The file, or the entry of it, that the facts come from: the path as the caller wrote it.
        notes: What whoever goes on with the manifest should know, one clause each; they decide nothing.
    """

    data: Mapping[str, Any]
    origin: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """One entry of a source that no manifest could be made from; the others are not lost with it.

    Attributes:
        origin: The file, or the entry of it: the path as the caller wrote it.
        error: What is wrong with it; `where` is `FILE`, `FILE:LINE` or `FILE:LINE:COLUMN`.
    """

    origin: str
    error: InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceImporter:
    """A way from something that is no manifest, such as a model card or a registry, to manifests.

    An `Importer` is a format that manifests are written in; this makes manifests from what was written for another
    purpose. It never asks a network, and every value it gives cites a `source`.

    Attributes:
        name: What `release-review import` takes; no other importer has it.
        summary: What it reads, in one sentence.
        read: Gives what a file or a folder says, one item at a time and in the same order each time, so that a source
            of thousands of releases is never held in memory. Raises `InputError` whose `where` is `FILE`, `FILE:LINE`
            or `FILE:LINE:COLUMN` for a source that it cannot read at all.
    """

    name: str
    summary: str
    read: Callable[[Path, Limits], Iterable[Imported | Unread]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How text for people is laid out.

    Attributes:
        color: Whether ANSI colours may be used.
        width: Columns of the screen.
        verbosity: 0 is normal, 1 shows more, -1 shows less.
    """

    color: bool = False
    width: int = 80
    verbosity: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreviewed:
    """A manifest for which there is no report, because it could not be reviewed.

    Attributes:
        name: The path as the caller wrote it.
        errors: One line each, `FILE:LINE:COLUMN: what; what to do`.
    """

    name: str
    errors: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporter:
    """A way from reports to text.

    A report may come from a review, or be read back from a saved one. The latter has no conditions, cases, parameters
    and rationales of questions, no entries of the baseline, no origins and no folder: a reporter does without them, so
    that it gives the same text in both cases. It reads no clock and no environment.

    Attributes:
        name: What `--output-format` takes.
        summary: What it is for, in one sentence.
        render: Gives the whole text, with its last line ending; it decides nothing.
    """

    name: str
    summary: str
    render: Callable[[Iterable[Report | Unreviewed], Style], str]


@hookspec
def release_review_policies() -> Iterable[Policy | PolicyFolder]:
    """Give policies, as records or as folders.

    Example:
        ```python
        from pathlib import Path
        from release_review.hooks import PolicyFolder, hookimpl

        @hookimpl
        def release_review_policies():
            yield PolicyFolder(id="acme", path=Path(__file__).parent / "policy")
        ```
    """
    raise NotImplementedError


@hookspec
def release_review_importers() -> Iterable[Importer | SourceImporter]:
    """Give formats of manifests, each for file endings that no other claims, and importers of what is no manifest.

    Example:
        ```python
        import csv
        from release_review.errors import InputError
        from release_review.hooks import Importer, Imported, SourceImporter, Unread, hookimpl

        def read_inventory(path, limits):
            try:
                file = path.open(encoding="utf-8", newline="")
            except OSError as error:
                raise InputError(f"cannot be read: {error.strerror}", where=str(path), hint="check the path") from None
            with file:
                for line, row in enumerate(csv.DictReader(file), start=2):
                    origin = f"{path}:{line}"
                    if not row.get("model"):
                        error = InputError("the row names no model", where=origin, hint="fill in `model`")
                        yield Unread(origin=origin, error=error)
                        continue
                    data = {"schema": "release-manifest/1", "release": {"id": row["model"]}}
                    data["source"] = {"inventory": {"title": f"Inventory, line {line}"}}
                    if row.get("license"):
                        data["weights"] = {"license": {"value": row["license"], "source": ["inventory"]}}
                    yield Imported(data=data, origin=origin)

        @hookimpl
        def release_review_importers():
            yield Importer(name="json5", suffixes=(".json5",), read=read_json5, find_places=find_json5_places)
            yield SourceImporter(name="inventory", summary="Our inventory, as CSV.", read=read_inventory)
        ```
    """
    raise NotImplementedError


@hookspec
def release_review_reporters() -> Iterable[Reporter]:
    """Give reporters, each with a name of its own.

    Example:
        ```python
        from release_review.hooks import Reporter, hookimpl

        @hookimpl
        def release_review_reporters():
            yield Reporter(name="rows", summary="One row per rule.", render=render_rows)
        ```
    """
    raise NotImplementedError
