"""From what is no manifest to manifests: an importer reads, and nothing it gives is taken on trust.

Each manifest is written as TOML, read back from that text, compared with what the importer gave, and validated. So
what is written can be reviewed, and says what the importer said.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import hashlib
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from release_review.errors import InputError, PluginError, ReleaseReviewError
from release_review.escape import plain, shorten
from release_review.hooks import Imported, Importer, SourceImporter, Unread
from release_review.importers.tree import find_faults
from release_review.load import read_document
from release_review.model import LIMITS, Document, Limits
from release_review.plugins.shapes import misfits_of
from release_review.pointer import pointer_to
from release_review.toml_text import toml_text
from release_review.validate import validate

TOML = "TOML"
"""The importer that reads back what was written."""

_DAY = dt.date(2000, 1, 1)
"""A day for the validation: whether a manifest is valid depends on none."""

_NEVER_COUNTED = frozenset({"schema", "source", "extensions", "id"})
"""Keys of what is no fact about the release."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A manifest that was imported, as text.

    Attributes:
        release: Id of the release.
        origin: What it was made from, as the importer calls it.
        text: The manifest in TOML, with a comment on top that says where it comes from.
        facts: How many values it states; what is unknown, and what a source denies, is none.
        notes: What whoever goes on with it should know.
        document: The manifest as it is read back from the text, ready to be reviewed; it is valid.
    """

    release: str
    origin: str
    text: str
    facts: int
    notes: tuple[str, ...]
    document: Document = field(repr=False, compare=False)


def import_source(
    importer: SourceImporter, path: Path, *, toml: Importer, limits: Limits = LIMITS
) -> Iterator[Written | ReleaseReviewError]:
    """Read one source: give a text for each manifest that was made from it, and an error for each that was not.

    Args:
        importer: What reads the source.
        path: The source: a file or a folder.
        toml: The importer that reads TOML.
        limits: Bounds on each manifest, and for the importer.
    """
    nothing = True
    for item in items_of(importer, path, limits):
        nothing = False
        yield item if isinstance(item, ReleaseReviewError) else _checked(importer, item, toml, limits)
    if nothing:
        yield InputError("holds no release", where=str(path), hint="name a file that describes one")


def file_name(release_id: str) -> str:
    """Give the name of the file for a release: no other valid id has it, and no part of it is a path.

    Names that differ only in case are one on some systems; whoever writes several files has to look.
    """
    name = release_id.replace("/", "--")
    if len(re.findall("(?=--)", name)) == 1:
        return f"{name}.toml"
    return f"{name}.{hashlib.sha256(release_id.encode()).hexdigest()[:12]}.toml"


def items_of(importer: SourceImporter, path: Path, limits: Limits) -> Iterator[Imported | ReleaseReviewError]:
    """Take what an importer gives, one item at a time; whatever else comes out of it becomes an error.

    What is taken has the fields of its record; whether its data are a manifest is not looked at.
    """
    iterator: Iterator[Any] | None = None
    while True:
        try:
            with contextlib.redirect_stdout(sys.stderr):  # stdout is for the result
                iterator = iter(importer.read(path, limits)) if iterator is None else iterator
                item = next(iterator)
        except StopIteration:
            return
        except ReleaseReviewError as error:
            yield error
            return
        except KeyboardInterrupt:
            raise
        except BaseException as fault:  # noqa: BLE001 - also SystemExit: code of others may not end the run
            what = f"the importer {importer.name!r} broke with {type(fault).__name__}"
            yield PluginError(what, where=str(path), hint="report this to whoever wrote it, with a copy of the source")
            return
        yield _sound(importer, item, path)


def _sound(importer: SourceImporter, item: Any, path: Path) -> Imported | ReleaseReviewError:
    """Give an item whose fields are as its record declares them, or the error that stands for it."""
    if type(item) not in (Imported, Unread):
        what = f"the importer {importer.name!r} gives an object of type {type(item).__name__}"
        return PluginError(what, where=str(path), hint="report this to whoever wrote it")
    for fault in misfits_of(item):
        what = f"the importer {importer.name!r} gives an {type(item).__name__} whose {fault}"
        return PluginError(what, where=str(path), hint="report this to whoever wrote it")
    if isinstance(item, Unread):
        return item.error if item.error.where else InputError(item.error.what, where=item.origin, hint=item.error.hint)
    return item  # type: ignore[no-any-return]  # one of two, and it is not the other


def _checked(importer: SourceImporter, item: Imported, toml: Importer, limits: Limits) -> Written | ReleaseReviewError:
    """Write a manifest, read it back and validate it."""
    faults = [*find_faults(item.data, limits)] if type(item.data) is dict else ["no plain table"]
    if faults or (null := _null_of(item.data)) is not None:
        found = getattr(faults[0], "what", str(faults[0])) if faults else f"{null} is null, which TOML does not have"
        is_size = bool(faults) and type(item.data) is dict and not any(find_faults(item.data, _any_size(limits)))
        return _misgiven(importer, item, found, is_size=is_size)
    text = toml_text(item.data, comment=_comment(importer, item))
    try:
        document = read_document(text.encode(), name=item.origin, importer=toml, limits=limits)
        if document.data != item.data:
            return _misgiven(importer, item, "what is written and what is read back differ")
        manifest = validate(document, as_of=_DAY, today=_DAY, limits=limits)
    except ReleaseReviewError as error:
        # Lines and columns would be those of a text that nobody sees.
        return _misgiven(importer, item, error.what, is_size=_is_valid(text, item, toml, _any_size(limits)))
    return Written(
        release=manifest.release_id,
        origin=item.origin,
        text=text,
        facts=_count(item.data, manifest.data),
        notes=item.notes,
        document=document,
    )


def _is_valid(text: str, item: Imported, toml: Importer, limits: Limits) -> bool:
    try:
        document = read_document(text.encode(), name=item.origin, importer=toml, limits=limits)
        validate(document, as_of=_DAY, today=_DAY, limits=limits)
    except ReleaseReviewError:
        return False
    return True


def _any_size(limits: Limits) -> Limits:
    """Give limits that bound no length, and nesting as before."""
    size = sys.maxsize
    return dataclasses.replace(limits, file_bytes=size, nodes=size, string_characters=size, items=size)


def _misgiven(importer: SourceImporter, item: Imported, fault: str, *, is_size: bool = False) -> InputError:
    what = f"the manifest that {importer.name!r} made from it does not hold: {fault}"
    hint = "the source says more than a manifest may hold; shorten it, or write the manifest by hand"
    if not is_size:
        hint = "report this to whoever wrote the importer, with the source"
    return InputError(what, where=item.origin, hint=hint)


def _comment(importer: SourceImporter, item: Imported) -> list[str]:
    return [
        f"Made by the importer {importer.name} from {plain(item.origin)}.",
        "What the source does not state is absent here, and absent means unknown. Whoever reviews the release",
        "corrects what is wrong, and adds what the source cannot know.",
        *(f"Note: {shorten(note, 400)}" for note in item.notes),
    ]


def _null_of(data: Any) -> str | None:
    """Give the pointer of a null in a tree, whose nesting is bounded, if there is one."""
    waiting = [("", data)]
    while waiting:
        pointer, value = waiting.pop()
        if value is None:
            return pointer
        if isinstance(value, dict | list):
            inner = value.items() if isinstance(value, dict) else enumerate(value)
            waiting += [(pointer + pointer_to(step), each) for step, each in inner]
    return None


def _count(written: Any, normal: Any) -> int:
    """Count the values that are written, and are still known once they are in their normal form."""
    if isinstance(written, dict) and isinstance(normal, dict):
        return sum(_count(each, normal[key]) for key, each in written.items() if key not in _NEVER_COUNTED)
    if isinstance(written, list) and isinstance(normal, list):
        return sum(_count(*pair) for pair in zip(written, normal, strict=True))
    return int(normal not in (None, "unknown"))
