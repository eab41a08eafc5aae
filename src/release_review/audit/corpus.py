"""What an audit reads: folders and globs of manifests, JSON Lines, Parquet, and registries through importers.

Everything is read once, in an order that is the same each time, and little of it is in memory at a time. Nothing that
might be a release is left out in silence: what cannot be read becomes an item that says why.
"""

from __future__ import annotations

import datetime as dt
import glob
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import BinaryIO, Protocol

from release_review.audit.items import Item, unreadable
from release_review.errors import InputError, NothingToCheckError, UsageError
from release_review.escape import shorten
from release_review.files import open_file, read_file, too_large
from release_review.hooks import Importer, SourceImporter
from release_review.model import LIMITS, Limits

LINES = (".jsonl", ".ndjson")
"""Endings of files with a manifest in JSON on each line."""

PARQUET = (".parquet",)
"""Endings of Parquet files with a column of manifests in JSON."""

TABLES = (".csv", ".tsv")
"""Endings of files that registries have, and that no manifest is written in."""

_JSON = "JSON"
_CHUNK = 1 << 20


class Part(Protocol):
    """One part of a corpus, as somebody named it."""

    def count(self) -> int:
        """Give how many releases it has, as far as that can be told without reading them."""
        ...

    def items(self) -> Iterator[Item]:
        """Give its releases, in an order that is the same each time."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A part of a corpus as it stands on the command line.

    Attributes:
        path: The path or the pattern.
        importer: The importer of the registry that it is; None for manifests.
    """

    path: str
    importer: SourceImporter | None = None


def open_corpus(
    named: Sequence[Named],
    *,
    importers: Sequence[Importer],
    exclude: Sequence[str] = (),
    today: dt.date | None = None,
    limits: Limits = LIMITS,
) -> list[Part]:
    """Find what a corpus is made of; its releases are read later.

    Registries are joined: what several of them say of one release becomes one item.

    Args:
        named: What the caller names.
        importers: The formats of manifests.
        exclude: Patterns of what is no manifest in folders, such as `*/evidence/*`; each is held against the path as it
            is named, the path within the folder, and each folder on the way; a `*` also stands for `/`.
        today: The day of judgement, in UTC: what a registry lists does not begin after it.
        limits: Bounds on each manifest.

    Raises:
        InputError: A path does not exist, or has the wrong ending.
        NothingToCheckError: A pattern fits no file.
        UsageError: A file is named twice.
    """
    registries = [(each.importer, Path(each.path)) for each in named if each.importer is not None]
    found = _apart(_paths(each.path for each in named if each.importer is None))
    parts = [_part(path, importers, exclude, limits) for path in found]
    if registries:
        from release_review.audit.gather import Registries

        for _, path in registries:
            if not os.path.lexists(path):
                raise InputError("does not exist", where=str(path), hint="check the path")
        parts.append(Registries(sources=tuple(registries), limits=limits, today=today))
    return parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """All manifests in a folder and the folders in it, by name; what begins with a dot is left out.

    Attributes:
        path: The folder.
        importers: The formats of manifests.
        exclude: Patterns of what are no manifests.
        limits: Bounds on each manifest.
    """

    path: Path
    importers: Sequence[Importer]
    exclude: Sequence[str]
    limits: Limits

    def count(self) -> int:
        """Give how many releases it has; those in JSON Lines count as one for each line."""
        return sum(_part_of_folder(path, self).count() for path in self._files())

    def items(self) -> Iterator[Item]:
        """Give its releases, sorted by path."""
        for path in self._files():
            yield from _part_of_folder(path, self).items()

    def left_out(self) -> Mapping[str, int]:
        """Count the files that are taken for no manifests, by ending; those that are excluded are not among them."""
        found = Counter(path.suffix or path.name for path in self._all() if not self.may_be(path))
        return dict(sorted(found.items()))

    def _files(self) -> Iterator[Path]:
        return (path for path in self._all() if self.may_be(path))

    def unused(self) -> list[str]:
        """Give the patterns that fit nothing in it: they may be misspelt."""
        left = set(self.exclude)
        for path in _walk(self.path):
            left -= {each for each in left if self._fits(path, each)}
        return [each for each in self.exclude if each in left]

    def _all(self) -> Iterator[Path]:
        return (path for path in _walk(self.path) if not any(self._fits(path, each) for each in self.exclude))

    def _fits(self, path: Path, pattern: str) -> bool:
        within = path.relative_to(self.path)
        places = (path, *path.parents[: len(within.parts) - 1], within, *within.parents[:-1])
        return any(fnmatchcase(str(each), pattern.rstrip("/")) for each in places)

    def may_be(self, path: Path) -> bool:
        """Tell whether something may be a manifest, or may have some in it that would be lost."""
        endings = (*LINES, *PARQUET, *(suffix for each in self.importers for suffix in each.suffixes))
        return path.name.lower().endswith(endings) or path.is_dir()


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One manifest."""

    path: Path
    limits: Limits

    def count(self) -> int:
        """Give 1."""
        return 1

    def items(self) -> Iterator[Item]:
        """Give it, or why it could not be read."""
        name = str(self.path)
        try:
            yield Item(name=name, content=read_file(self.path, self.limits), folder=self.path.parent)
        except InputError as error:
            yield unreadable(name, error)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """A manifest in JSON on each line of a file."""

    path: Path
    limits: Limits

    def count(self) -> int:
        """Give how many lines it has; 0 where it cannot be read, which `items` tells."""
        try:
            with open_file(self.path) as file:
                return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(_CHUNK), b""))
        except InputError:
            return 0

    def items(self) -> Iterator[Item]:
        """Give each line that is not blank."""
        name = str(self.path)
        try:
            file = open_file(self.path)
        except InputError as error:
            yield unreadable(name, error)
            return
        with file:
            for number, (line, is_whole) in enumerate(_lines(file, self.limits.file_bytes), start=1):
                where = f"{name}:{number}"
                if not is_whole:
                    yield unreadable(where, too_large(where, self.limits))
                elif line.strip():
                    yield Item(name=where, format=_JSON, content=line)


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """What could be a manifest, and cannot be read."""

    path: Path
    error: InputError

    def count(self) -> int:
        """Give 1."""
        return 1

    def items(self) -> Iterator[Item]:
        """Give why it cannot be read."""
        yield unreadable(str(self.path), self.error)


def _paths(named: Iterable[str]) -> Iterator[tuple[Path, bool]]:
    """Give the paths that are named, and whether a pattern names them: it may fit what is named as well."""
    for text in named:
        if os.path.lexists(text):
            yield Path(text), False
        elif glob.has_magic(text):
            found = _fitting(text)
            if not found:
                raise NothingToCheckError(f"no file fits '{shorten(text)}'", hint="check the pattern")
            yield from ((each, True) for each in found)
        else:
            raise InputError("does not exist", where=text, hint="check the path")


def _apart(found: Iterable[tuple[Path, bool]]) -> Iterable[Path]:
    """Give the paths, each once.

    Raises:
        UsageError: Two of them are one file, and no pattern is why, or one is in another.
    """
    paths: dict[str, Path] = {}
    for path, by_pattern in found:
        real = os.path.realpath(path)
        if real not in paths:
            paths[real] = path
        elif not by_pattern:
            raise _shared(paths[real], path)
    for real, path in paths.items():
        for parent in Path(real).parents:
            if (other := paths.get(str(parent))) is not None:
                raise _shared(other, path)
    return paths.values()


def _shared(one: Path, other: Path) -> UsageError:
    return UsageError(f"{one} and {other} have manifests in common", hint="name each manifest once")


def _part(path: Path, importers: Sequence[Importer], exclude: Sequence[str], limits: Limits) -> Part:
    if path.is_dir():
        return Folder(path=path, importers=importers, exclude=exclude, limits=limits)
    lower = path.name.lower()
    if lower.endswith(TABLES):
        what = "is a table, and no format of manifests"
        raise InputError(what, where=str(path), hint="a registry is named with its importer, such as epoch=PATH")
    if lower.endswith(LINES):
        return Lines(path=path, limits=limits)
    if lower.endswith(PARQUET):
        from release_review.audit.parquet import ParquetFile

        return ParquetFile(path=path, limits=limits)
    return File(path=path, limits=limits)


def _part_of_folder(path: Path, folder: Folder) -> Part:
    if path.is_dir() and not path.is_symlink():
        return Broken(path=path, error=InputError("cannot be listed", where=str(path), hint="check its permissions"))
    if path.is_symlink():
        what = "is a symbolic link, and links are not followed"
        return Broken(path=path, error=InputError(what, where=str(path), hint="name the file it points to as well"))
    return _part(path, folder.importers, folder.exclude, folder.limits)


def _walk(folder: Path) -> Iterator[Path]:
    """Give the files below a folder in the order of their paths, and the folders in it that are not gone into."""
    left = [folder]
    while left:
        path = left.pop()
        if path != folder and (path.is_symlink() or not path.is_dir()):
            yield path
            continue
        try:
            names = sorted(entry.name for entry in os.scandir(path) if not entry.name.startswith("."))
        except OSError:
            yield path
        else:
            left += [path / name for name in reversed(names)]


def _fitting(pattern: str) -> list[Path]:
    """Give the paths that fit a pattern, sorted, and the folders on the way that cannot be listed.

    A `**` stands for any folders, links to folders not among them; what begins with a dot is named by a dot alone.
    """
    parts = Path(pattern).parts
    fixed = next(number for number, part in enumerate(parts) if glob.has_magic(part))
    found: set[Path] = set()
    left = [(Path(*parts[:fixed]), parts[fixed:])]
    while left:
        folder, (part, *rest) = left.pop()
        try:
            names = [entry.name for entry in os.scandir(folder)]
        except NotADirectoryError:
            continue
        except OSError:
            found.add(folder)
            continue
        shown = [name for name in names if not name.startswith(".") or part.startswith(".")]
        if part == "**":
            left += [(folder, tuple(rest))] if rest else []
            inner = [folder / name for name in shown]
            left += [(path, (part, *rest)) for path in inner if path.is_dir() and not path.is_symlink()]
            found.update([] if rest else [path for path in inner if not path.is_dir()])
            continue
        fitting = [folder / name for name in shown if fnmatchcase(name, part)]
        left += [(path, tuple(rest)) for path in fitting] if rest else []
        found.update([] if rest else fitting)
    return sorted(found)


def _lines(file: BinaryIO, most: int) -> Iterator[tuple[bytes, bool]]:
    """Give the lines of a file without their ends, and whether each is whole: of one of more bytes, there is a part."""
    while line := file.readline(most + 2):
        is_whole = line.endswith(b"\n") or len(line) < most + 2
        part = line
        while part and not part.endswith(b"\n"):
            part = file.readline(most + 2)
        line = line.removesuffix(b"\n").removesuffix(b"\r")
        yield line, is_whole and len(line) <= most
