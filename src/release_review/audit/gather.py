"""Registries as a part of a corpus: all their entries are gathered on disk, and what is said of one release is joined.

A registry may have more entries than fit in memory, and two registries have theirs in different orders; a database of
the moment, which is gone when the audit ends, puts those of one release side by side.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path
from typing import Any

from release_review.audit.items import Item, unreadable
from release_review.audit.join import Entry, join, without_days_ahead
from release_review.developers import UNKNOWN_DEVELOPER, join_key
from release_review.errors import AuditError, InputError, ReleaseReviewError
from release_review.hooks import Imported, SourceImporter
from release_review.load import digest_of
from release_review.model import Document, Limits
from release_review.sources import items_of
from release_review.validate import check_manifest

_JSON = "JSON"
_MOST_NAMED = 4
"""Origins that the name of a joined release gives."""


@dataclass(slots=True, kw_only=True)
class Registries:
    """Registries that are read together.

    Attributes:
        sources: The importers, and what each of them reads.
        limits: Bounds on each manifest.
        apart: Whether each entry is a release of its own: nothing is joined.
        today: The day of judgement, in UTC. A registry lists what somebody has seen: a day after it is no day on which
            that begins. None to take every day as it is stated.
    """

    sources: tuple[tuple[SourceImporter, Path], ...]
    limits: Limits
    apart: bool = False
    today: dt.date | None = None
    _gathered: sqlite3.Connection | None = field(default=None, init=False, repr=False)

    def count(self) -> int:
        """Give how many releases they have together; to know that, all of them are read.

        Raises:
            ReleaseReviewError: Nothing of one of them can be read.
        """
        asked = "SELECT (SELECT count(DISTINCT key) FROM entry) + (SELECT count(*) FROM broken)"
        database = self._database()
        with _storage():
            (count,) = database.execute(asked).fetchone()
        return int(count)

    def items(self) -> Iterator[Item]:
        """Give each release once, sorted by its id, and then what could not be read, in the order of the sources."""
        database = self._database()
        with _storage():
            entries = database.execute("SELECT key, place, origin, notes, data FROM entry ORDER BY key, place")
            for _, group in itertools.groupby(entries, key=itemgetter(0)):
                yield from self._joined([_entry(row) for row in group])
            for name, errors in database.execute("SELECT name, errors FROM broken ORDER BY place"):
                yield Item(name=name, errors=tuple(json.loads(errors)))

    def _joined(self, entries: Sequence[Entry]) -> Iterator[Item]:
        """Give the item of a release; an entry that is no manifest is an item of its own, so that it is told."""
        sound = [each for each in entries if len(entries) == 1 or self._is_sound(each)]
        if sound:
            yield _together(sound, self.today)
        for each in entries:
            if each not in sound:
                yield _item(each.origin, each.data, each.notes)  # the review says what is wrong with it

    def _is_sound(self, entry: Entry) -> bool:
        content = _text(entry.data)
        document = Document(
            name=entry.origin,
            content=content,
            digest=digest_of(content),
            data=entry.data,
            find_places=lambda _: {},
        )
        try:
            check_manifest(document)
        except ReleaseReviewError:
            return False
        return True

    def _database(self) -> sqlite3.Connection:
        if self._gathered is None:
            with _storage():
                self._gathered = self._gather()
        return self._gathered

    def _gather(self) -> sqlite3.Connection:
        database = sqlite3.connect("")  # on disk, and gone with the connection
        database.execute("CREATE TABLE entry (key TEXT, place INTEGER, origin TEXT, notes TEXT, data TEXT)")
        database.execute("CREATE TABLE broken (name TEXT, place INTEGER, errors TEXT)")
        place = 0
        for importer, path in self.sources:
            before = place
            for item in items_of(importer, path, self.limits):
                place += 1
                if place == before + 1 and isinstance(item, ReleaseReviewError) and item.where == str(path):
                    raise item  # nothing of the source can be read: it is not what its name says
                if isinstance(item, ReleaseReviewError):
                    _insert_broken(database, path, place, item)
                    continue
                try:
                    text = _text(item.data).decode()
                except (TypeError, ValueError, RecursionError):
                    what = f"the importer {importer.name!r} gives what is no plain data"
                    error = InputError(what, where=item.origin, hint="report this to whoever wrote it")
                    _insert_broken(database, path, place, error)
                    continue
                values = (_key(item, place, apart=self.apart), place, item.origin, json.dumps(item.notes), text)
                database.execute("INSERT INTO entry VALUES (?, ?, ?, ?, ?)", values)
            if place == before:
                raise InputError("holds no release", where=str(path), hint="name what the importer reads")
        database.execute("CREATE INDEX by_key ON entry (key, place)")
        return database


@contextlib.contextmanager
def _storage() -> Iterator[None]:
    """Turn what the database of the moment cannot do into an error that says so."""
    try:
        yield
    except sqlite3.Error as error:
        what = f"what registries say cannot be kept for the moment: {error}"
        raise AuditError(what, hint="free the disk, or set TMPDIR to a folder with room") from None


def _together(entries: Sequence[Entry], today: dt.date | None) -> Item:
    """Give what several entries say of one release as one item."""
    name, notes = _names(entries), tuple(note for each in entries for note in each.notes)
    try:
        joined = join(entries)
        return _item(name, joined if today is None else without_days_ahead(joined, today), notes)
    except Exception as fault:  # noqa: BLE001 - what cannot be joined loses no other release
        what = f"what is said of it cannot be joined: {type(fault).__name__}"
        return unreadable(name, InputError(what, where=name, hint="this is a defect; please report it"))


def _insert_broken(database: sqlite3.Connection, path: Path, place: int, error: ReleaseReviewError) -> None:
    item = unreadable(error.where or str(path), error)
    database.execute("INSERT INTO broken VALUES (?, ?, ?)", (item.name, place, json.dumps(item.errors)))


def _key(item: Imported, place: int, *, apart: bool) -> str:
    """Give what the entries of one release have in common; nobody knows whether two of unknown developers are one."""
    release = item.data.get("release")
    written = release.get("id") if isinstance(release, Mapping) else None
    if apart or not isinstance(written, str) or written.startswith(f"{UNKNOWN_DEVELOPER}/"):
        return f"{written if isinstance(written, str) else ''} {place:012}"  # no id has a blank in it
    return join_key(written)


def _entry(row: tuple[str, int, str, str, str]) -> Entry:
    _, _, origin, notes, data = row
    return Entry(origin=origin, data=json.loads(data), notes=tuple(json.loads(notes)))


def _item(name: str, data: Mapping[str, Any], notes: tuple[str, ...]) -> Item:
    return Item(name=name, format=_JSON, content=_text(data), notes=tuple(dict.fromkeys(notes)))


def _names(entries: Sequence[Entry]) -> str:
    names = [each.origin for each in entries]
    more = f" + {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return " + ".join(names[:_MOST_NAMED]) + more


def _text(data: Mapping[str, Any]) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
