"""What an audit is made of: items, one for each release, in batches of a fixed size."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from release_review.errors import ReleaseReviewError
from release_review.escape import MESSAGE_CHARACTERS, shorten

BATCH_SIZE = 64
"""Items of a batch. It never depends on how many processes there are, or two audits could not be compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One release of a corpus, as it was found.

    Attributes:
        name: How reports call it: the path as the caller wrote it, and the line where it is one of several there.
        format: Name of the importer that reads the content.
        content: The manifest; None where it could not be read.
        folder: What paths of evidence are relative to; None where there is no such folder.
        notes: What an importer says about it, one clause each.
        errors: Why it could not be read, one line each, `FILE:LINE:COLUMN: what; what to do`.
    """

    name: str
    format: str = ""
    content: bytes | None = None
    folder: Path | None = None
    notes: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Some items that follow each other in a corpus, and are reviewed by one process.

    Attributes:
        number: Its place among the batches, from 0.
        items: Its items, in the order of the corpus.
    """

    number: int
    items: tuple[Item, ...]

    @property
    def first(self) -> int:
        """The place of its first item in the corpus, from 1."""
        return self.number * BATCH_SIZE + 1

    @property
    def digest(self) -> str:
        """Digest of all that its rows follow from: two batches with one digest have the same items."""
        whole = hashlib.sha256()
        for item in self.items:
            head = [item.name, item.format, item.content is None, str(item.folder), item.notes, item.errors]
            for part in (json.dumps(head).encode(), item.content or b""):
                whole.update(len(part).to_bytes(8, "big"))
                whole.update(part)
        return whole.hexdigest()


def batches(items: Iterable[Item]) -> Iterator[Batch]:
    """Cut a corpus into batches; all but the last have `BATCH_SIZE` items."""
    left = iter(items)
    for number in itertools.count():
        cut = tuple(itertools.islice(left, BATCH_SIZE))
        if not cut:
            return
        yield Batch(number=number, items=cut)


def unreadable(name: str, error: ReleaseReviewError) -> Item:
    """Give the item of what cannot be read."""
    lines = dict.fromkeys(shorten(str(each), MESSAGE_CHARACTERS) for each in error.flat())
    return Item(name=name, errors=tuple(lines))
