"""What an audit is to read: from the words of the command line to a corpus, and back from what a ledger remembers."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from release_review.cli import streams
from release_review.errors import NothingToCheckError, UsageError
from release_review.escape import plain, shorten
from release_review.reporters.layout import counted

if TYPE_CHECKING:
    from release_review.audit.corpus import Named, Part
    from release_review.plugins import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """What is to be read, as the ledger remembers it.

    Attributes:
        named: What the command line names, each with the name of its importer, if it has one.
        exclude: Patterns of files that are no manifests.
    """

    named: tuple[tuple[str, str], ...]
    exclude: tuple[str, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """Give it as plain data."""
        return {"named": [list(each) for each in self.named], "exclude": list(self.exclude)}

    @classmethod
    def of_data(cls, data: Mapping[str, Any]) -> Corpus:
        """Give it back."""
        return cls(named=tuple((name, path) for name, path in data["named"]), exclude=tuple(data["exclude"]))


def corpus_of(given: Mapping[str, Any], registry: Registry, before: Corpus | None) -> Corpus:
    """Give the corpus that the command line names; that of the ledger, where an audit goes on and it names none.

    Raises:
        UsageError: It names none, or another one.
    """
    named = tuple(_named(each, given["importer"], registry) for each in given["corpus"])
    if not named and before is not None:
        return before
    if not named:
        hint = "name a folder, a file, or a registry as IMPORTER=PATH"
        raise NothingToCheckError("no corpus is named", hint=hint)
    corpus = Corpus(named=named, exclude=given["exclude"])
    if before is not None and corpus != before:
        hint = "name the same, or nothing, or begin another ledger"
        raise UsageError("the ledger was begun with another corpus", hint=hint)
    return corpus


def _named(text: str, importer: str | None, registry: Registry) -> tuple[str, str]:
    """Give the importer and the path that an argument names; the importer is empty for manifests."""
    if not text:
        raise UsageError("the name of a corpus is empty", hint="name a folder or a file")
    if text == "-":
        raise UsageError("a corpus is read again when an audit goes on, and stdin cannot be", hint="name a file")
    name, equals, path = text.partition("=")
    if equals and name in {each.name for each in registry.source_importers}:
        if os.path.lexists(text):
            hint = f"write './{shorten(text)}' for the file"
            raise UsageError(f"'{shorten(text)}' is a file and a registry", hint=hint)
        if not path:
            raise UsageError(f"'{shorten(text)}' names no path", hint=f"write {name}=PATH")
        return name, path
    if importer is not None:
        return registry.source_importer(importer).name, text
    if equals and not os.path.lexists(text) and not set(name) & set("/\\*?["):
        registry.source_importer(name)  # says that there is none, and which there are
    return "", text


def open_parts(corpus: Corpus, registry: Registry, *, ledger: Path, today: dt.date) -> list[Part]:
    """Find what a corpus is made of, and say what of it is left out.

    Raises:
        ReleaseReviewError: A part of it is not there, or is no corpus, or the ledger would be one of its manifests.
    """
    from release_review.audit.corpus import Folder, Named, open_corpus

    named: list[Named] = [
        Named(path=path, importer=registry.source_importer(name) if name else None) for name, path in corpus.named
    ]
    parts = open_corpus(named, importers=registry.importers, exclude=corpus.exclude, today=today)
    for part in parts:
        if isinstance(part, Folder) and (left := part.left_out()):
            _say_left_out(str(part.path), left)
    folders = [part for part in parts if isinstance(part, Folder)]
    place = Path(os.path.realpath(ledger))
    for folder in folders:
        if place.is_relative_to(os.path.realpath(folder.path)) and folder.may_be(place):
            raise UsageError("the ledger would be a part of its corpus", hint="name a file elsewhere, such as audit.db")
    unused = [set(folder.unused()) for folder in folders]
    for pattern in corpus.exclude:
        if all(pattern in left for left in unused):
            streams.say(f"note: --exclude '{shorten(pattern)}' fits nothing")
    return parts


def _say_left_out(folder: str, left: Mapping[str, int]) -> None:
    endings = ", ".join(f"{plain(ending)} ({count:,})" for ending, count in list(left.items())[:5])
    more = f" and {len(left) - 5} more endings" if len(left) > 5 else ""  # noqa: PLR2004
    files = counted(sum(left.values()), "file")
    streams.say(f"note: {plain(folder)}: {files} of no format of manifests: {endings}{more}")
