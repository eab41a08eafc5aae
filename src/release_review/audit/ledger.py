"""The ledger of an audit: one SQLite file that grows batch by batch, and can be stopped anywhere.

A batch is written in one transaction, so that it is there as a whole or not at all, whatever kills the process. A
ledger may come from somebody else: it is opened without its triggers and views, and only if its tables are ours.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Container, Generator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from release_review.audit.items import BATCH_SIZE, Item
from release_review.audit.rows import Row
from release_review.audit.shape import meta_of, row_of_line
from release_review.audit.work import Head, Reviewed, Stamp, saved_items, unpack
from release_review.errors import AuditError
from release_review.evidence import Resolved
from release_review.load import digest_of
from release_review.model import Verdict

SCHEMA = "release-ledger/1"
"""Name and version of the shape of a ledger; a change that would break a reader raises the number."""

APPLICATION = 0x52524C31
"""What marks a SQLite file as a ledger: the application id in its header, `RRL1`."""

_TABLES = {
    "meta": "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    "batch": (
        "CREATE TABLE batch (number INTEGER PRIMARY KEY, digest TEXT NOT NULL, size INTEGER NOT NULL, "
        "rows BLOB NOT NULL, manifests BLOB NOT NULL, evidence TEXT NOT NULL)"
    ),
    "release": (
        "CREATE TABLE release (number INTEGER PRIMARY KEY, id TEXT, manifest TEXT NOT NULL, verdict TEXT NOT NULL, "
        "errors TEXT NOT NULL)"
    ),
}

_SECOND = 1.0
"""How long somebody who writes to the same ledger is waited for, in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many releases there are of each verdict.

    Attributes:
        passed: Releases that pass.
        blocked: Releases that are blocked.
        errors: Manifests without a trustworthy verdict: they could not be reviewed, or a rule broke.
    """

    passed: int = 0
    blocked: int = 0
    errors: int = 0

    @property
    def found(self) -> int:
        """All of them."""
        return self.passed + self.blocked + self.errors

    @property
    def verdict(self) -> Verdict:
        """The verdict of the whole: error beats blocked beats pass, and nothing at all is an error."""
        if self.errors or not self.found:
            return Verdict.ERROR
        return Verdict.BLOCKED if self.blocked else Verdict.PASS


class Ledger:
    """A ledger that is open."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self.path = path

    def __enter__(self) -> Self:
        """Give the ledger itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close it; what was not written as a whole is not there."""
        self._connection.close()

    @property
    def meta(self) -> Mapping[str, Any]:
        """What the audit was told, and what it worked with, by name."""
        rows = dict(self._reading("SELECT name, value FROM meta ORDER BY name"))
        try:
            return meta_of(rows)
        except (ValueError, TypeError):
            raise self._damaged("what it says of its audit is damaged") from None

    @property
    def is_complete(self) -> bool:
        """Whether the audit came to its end."""
        return self.meta.get("state") == "complete"

    @property
    def counts(self) -> Counts:
        """How many releases there are of each verdict, so far."""
        found = dict(self._reading("SELECT verdict, count(*) FROM release GROUP BY verdict"))
        return Counts(
            passed=found.get(Verdict.PASS.value, 0),
            blocked=found.get(Verdict.BLOCKED.value, 0),
            errors=found.get(Verdict.ERROR.value, 0),
        )

    def evidence_of(self, batch: int) -> list[Stamp]:
        """Give what was seen of the files of evidence when a batch was reviewed.

        Raises:
            AuditError: The batch is damaged.
        """
        found = self._reading("SELECT evidence FROM batch WHERE number = ?", batch)
        try:
            return [
                (str(folder), str(path), size, at) for (text,) in found for folder, path, size, at in json.loads(text)
            ]
        except (ValueError, TypeError, RecursionError):
            raise self._damaged("a batch of it is damaged") from None

    def batches(self) -> dict[int, str]:
        """Give the digest of every batch that is done, by its number."""
        return dict(self._reading("SELECT number, digest FROM batch ORDER BY number"))

    def add(self, reviewed: Reviewed, *, first: int, digest: str) -> None:
        """Write a batch.

        Args:
            reviewed: What became of it.
            first: The place of its first release in the corpus, from 1.
            digest: What it was made of.

        Raises:
            AuditError: It cannot be written.
        """
        releases = [
            (number, head.release, _storable(head.name), head.verdict.value, json.dumps(head.errors))
            for number, head in enumerate(reviewed.heads, start=first)
        ]
        with self._writing() as connection:
            evidence = json.dumps(reviewed.evidence)
            values = (reviewed.number, digest, len(releases), reviewed.rows, reviewed.manifests, evidence)
            connection.execute("INSERT INTO batch VALUES (?, ?, ?, ?, ?, ?)", values)
            connection.executemany("INSERT INTO release VALUES (?, ?, ?, ?, ?)", releases)

    def set_meta(self, **values: Any) -> None:
        """Write what the audit worked with, or that it came to its end.

        Raises:
            AuditError: It cannot be written.
        """
        with self._writing() as connection:
            rows = [(name, json.dumps(value)) for name, value in values.items()]
            connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", rows)

    def lines(self) -> Generator[bytes]:
        """Give the rows of each batch, in the order of the corpus: lines of JSON, with their ends.

        Raises:
            AuditError: A batch is damaged.
        """
        self._check_whole()
        for (packed,) in self._reading("SELECT rows FROM batch ORDER BY number"):
            yield self._unpacked(packed)

    def lines_of(self, batch: int) -> list[bytes]:
        """Give the rows of one batch, each a line of JSON; none where there is no such batch.

        Raises:
            AuditError: The batch is damaged.
        """
        found = self._reading("SELECT rows FROM batch WHERE number = ?", batch)
        return [line for (packed,) in found for line in self._unpacked(packed).splitlines()]

    def rows(self) -> Iterator[Row]:
        """Give the rows, in the order of the corpus.

        Raises:
            AuditError: A batch is damaged.
        """
        # What is left open by an error is closed while the ledger still is open.
        with contextlib.closing(self.heads()) as heads, contextlib.closing(self.lines()) as batches:
            for lines in batches:
                if lines.count(b"\n") > BATCH_SIZE:  # before a list of as many is made
                    raise self._damaged("a batch of it is damaged")
                for line in lines.splitlines():
                    yield self._row(line, *next(heads, (0, None)))
            if next(heads, None) is not None:
                raise self._damaged("a part of it is missing")

    def _row(self, line: bytes, number: int, head: Head | None) -> Row:
        """Give a row, if it is the one that has its place."""
        try:
            row = row_of_line(line)
        except ValueError:
            raise self._damaged("a row of it is damaged") from None
        release = row["release"]["id"]
        told = (row["number"], None if release is None else _storable(release), row["verdict"])
        if head is None or told != (number, head.release, head.verdict.value):
            raise self._damaged("what it says in two places differs")
        return row

    def _check_whole(self) -> None:
        """Make sure that no batch is missing from those that are there: one after the other, and as many releases.

        While an audit is under way the batches are done in any order.
        """
        batches = list(self._reading("SELECT number, size FROM batch ORDER BY number"))
        ((releases,),) = self._reading("SELECT count(*) FROM release")
        whole = [number for number, _ in batches] == list(range(len(batches)))
        if sum(size for _, size in batches) != releases or (self.is_complete and not whole):
            raise self._damaged("a part of it is missing")
        if self.is_complete and self.meta.get("found") != releases:
            raise self._damaged("a part of it is missing")

    def heads(self) -> Generator[tuple[int, Head]]:
        """Give the place of each release in the corpus, and what is known of it without unpacking its row."""
        asked = "SELECT number, id, manifest, verdict, errors FROM release ORDER BY number"
        for number, release, name, verdict, errors in self._reading(asked):
            try:
                told = tuple(str(each) for each in json.loads(errors))
                called = None if release is None else str(release)
                yield number, Head(release=called, name=str(name), verdict=Verdict(verdict), errors=told)
            except (ValueError, TypeError, RecursionError):
                raise self._damaged("a row of it is damaged") from None

    def describes(self, release: str) -> bool:
        """Tell whether a release of this id has been reviewed."""
        asked = "SELECT count(*) FROM release WHERE id = ?"
        ((count,),) = self._reading(asked, release)
        return bool(count)

    def errors(self) -> Iterator[tuple[int, Head]]:
        """Give what could not be reviewed, in the order of the corpus."""
        return ((number, head) for number, head in self.heads() if head.verdict is Verdict.ERROR)

    def items(
        self, wanted: Container[int] | None = None
    ) -> Iterator[tuple[Row, tuple[Item, tuple[Resolved, ...]] | None]]:
        """Give each row, and the release it is of, ready to be reviewed again; None where it could not be reviewed.

        Args:
            wanted: Numbers of the batches that are read; None for all.

        Raises:
            AuditError: A batch is damaged.
        """
        self._check_whole()
        for number, size in self._reading("SELECT number, size FROM batch ORDER BY number"):
            if wanted is not None and number not in wanted:
                continue
            ((packed_rows, manifests),) = self._reading("SELECT rows, manifests FROM batch WHERE number = ?", number)
            try:
                lines = self._unpacked(packed_rows)
                if lines.count(b"\n") > BATCH_SIZE:
                    raise self._damaged("a batch of it is damaged")
                rows = [row_of_line(line) for line in lines.splitlines()]
                saved = saved_items(manifests, [row["release"]["manifest"] for row in rows])
            except (AuditError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
                raise self._damaged("a batch of it is damaged") from None
            if [row["number"] for row in rows] != list(range(number * BATCH_SIZE + 1, number * BATCH_SIZE + 1 + size)):
                raise self._damaged("a part of it is missing")
            for row, kept in zip(rows, saved, strict=True):
                if kept is not None and digest_of(kept[0].content or b"") != row["release"]["digest"]:
                    raise self._damaged(f"the manifest of release {row['number']:,} is not the one that was reviewed")
            yield from zip(rows, saved, strict=True)

    def _unpacked(self, packed: Any) -> bytes:
        try:
            return unpack(packed)
        except (AuditError, TypeError):
            raise self._damaged("a batch of it is damaged") from None

    def _damaged(self, what: str) -> AuditError:
        return AuditError(what, where=str(self.path), hint="make the ledger again")

    def _reading(self, asked: str, *values: int | str) -> Iterator[tuple[Any, ...]]:
        try:
            yield from self._connection.execute(asked, values)
        except sqlite3.Error as error:
            raise AuditError(f"cannot be read: {error}", where=str(self.path), hint="make it again") from None

    @contextlib.contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                # An interruption may come when all is written, and would become an error of ours.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            hint = "free the disk, or stop the other audit; then go on with --resume"
            raise AuditError(f"cannot be written: {error}", where=str(self.path), hint=hint) from None


def _storable(name: str) -> str:
    """Give a name as SQLite keeps it: half of a surrogate pair, as in a file name that is no UTF-8, is escaped."""
    return name.encode("utf-8", "backslashreplace").decode()


def create(path: Path) -> Ledger:
    """Make a ledger where there is no file.

    Raises:
        AuditError: It cannot be made.
    """
    try:
        path.open("xb").close()
    except FileExistsError:
        hint = "go on with --resume, name another file, or remove it"
        raise AuditError("is there already", where=str(path), hint=hint) from None
    except OSError as error:
        raise AuditError(f"cannot be made: {error.strerror}", where=str(path), hint="check the folder") from None
    return _initialised(path)


def open_to_write(path: Path) -> Ledger:
    """Open a ledger to go on with it; one that was stopped before its first transaction is begun anew.

    Raises:
        AuditError: It is no ledger, or somebody else writes to it.
    """
    _check_file(path)
    if not path.stat().st_size:
        return _initialised(path)
    connection = _connect(path, "rw")
    _check(connection, path)
    _hold(connection, path)
    return Ledger(connection, path)


def open_to_read(path: Path) -> Ledger:
    """Open a ledger of anybody's.

    Raises:
        AuditError: It is no ledger, or an audit is writing to it.
    """
    _check_file(path)
    _roll_back(path)
    connection = _connect(path, "ro")
    _check(connection, path)
    return Ledger(connection, path)


def _initialised(path: Path) -> Ledger:
    connection = _connect(path, "rw")
    _hold(connection, path)
    try:
        connection.execute("BEGIN IMMEDIATE")
        for made in _TABLES.values():
            connection.execute(made)
        connection.execute("INSERT INTO meta VALUES ('schema', ?)", (json.dumps(SCHEMA),))
        connection.execute(f"PRAGMA application_id = {APPLICATION}")
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        connection.close()
        path.unlink(missing_ok=True)  # it is nothing yet, and would stand in the way of the next
        raise AuditError(f"cannot be made: {error}", where=str(path), hint="free the disk") from None
    return Ledger(connection, path)


def _roll_back(path: Path) -> None:
    """Undo what an audit that was killed had begun to write: SQLite does so by itself, where it may write."""
    if not Path(f"{path}-journal").exists():
        return
    with contextlib.closing(_connect(path, "rw")) as connection:
        try:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.Error as error:
            hint = "if an audit is writing to it, wait; if it was killed, go on with 'release-review audit --resume'"
            raise AuditError(f"cannot be read: {error}", where=str(path), hint=hint) from None


def _check_file(path: Path) -> None:
    if not path.exists():
        raise AuditError("the ledger does not exist", where=str(path), hint="check the path") from None
    if not path.is_file():
        raise AuditError("is no file", where=str(path), hint="name a ledger that 'release-review audit' has written")


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=_SECOND)
        connection.isolation_level = None
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA synchronous = NORMAL")
    except sqlite3.Error as error:
        raise _unusable(error, path) from None
    return connection


def _hold(connection: sqlite3.Connection, path: Path) -> None:
    """Keep every other process from writing, until the connection is closed."""
    try:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        raise _unusable(error, path) from None


def _unusable(error: sqlite3.Error, path: Path) -> AuditError:
    """Say why a file is not opened: it is no ledger, or somebody else holds it."""
    if "locked" in str(error):
        hint = "wait until it is done, or stop it"
        return AuditError("another audit is writing to it", where=str(path), hint=hint)
    hint = "name a ledger that 'release-review audit' has written"
    return AuditError(f"cannot be used as a ledger: {error}", where=str(path), hint=hint)


def _check(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse a file that is no ledger, or has more in it than a ledger: what it holds is not trusted to be ours."""
    hint = "name a ledger that 'release-review audit' has written"
    try:
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        listed = connection.execute("SELECT name, sql FROM sqlite_master").fetchall()
        found = {
            name: sql for name, sql in listed if not str(name).startswith("sqlite_")
        }  # which SQLite keeps to itself
        schema = connection.execute("SELECT value FROM meta WHERE name = 'schema'").fetchone() if found else None
    except sqlite3.Error as error:
        raise _unusable(error, path) from None
    if application != APPLICATION or schema is None:
        raise AuditError("is no ledger", where=str(path), hint=hint)
    if schema[0] != json.dumps(SCHEMA):
        raise AuditError(f"is a ledger of another version: {schema[0]}", where=str(path), hint="update release-review")
    if found != _TABLES:
        raise AuditError("is a ledger that somebody has changed", where=str(path), hint=hint)
