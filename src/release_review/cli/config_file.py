"""The configuration: `release-review.toml`, or `[tool.release-review]` in `pyproject.toml`, and what that extends."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from release_review.cli.options import OPTIONS, Option, check_choice, relative_to
from release_review.cli.trusted import ROOTS, TrustedFolder
from release_review.errors import UsageError, suggest
from release_review.escape import shorten
from release_review.model import LIMITS, Document
from release_review.pointer import pointer_to
from release_review.summary import PROGRAM
from release_review.version import __version__

FILE = "release-review.toml"
"""The whole file is ours."""

SHARED_FILE = "pyproject.toml"
"""One table of it is ours."""

CONFIG_FILES = (FILE, SHARED_FILE)
"""The names that are looked for in a folder, the first first."""

TABLE = ("tool", "release-review")

EXTEND = "extend"
"""The key that names another file, whose values hold where this one says nothing."""

REQUIRED_VERSION = "required-version"
"""The key that names the oldest version of this tool that understands the file."""

LONGEST_CHAIN = 8
"""Files that may extend one another, the first included."""

_OUR_NAME = re.compile(
    rb"\0|" + b"".join(rb"(?:%c|\\(?:x|u00|U000000)(?i:%02x))" % (each, each) for each in TABLE[-1].encode())
)
"""The name of our table in all its spellings, or what shows that a file is in another encoding."""

_BOUND = re.compile(r">=\s*(\d{1,6}(?:\.\d{1,6}){0,2})", re.ASCII)
_VERSION = re.compile(r"(\d+(?:\.\d+)*)(.*)", re.ASCII)
_BEFORE = re.compile(r"[._-]?(?:a|b|c|rc|alpha|beta|pre|preview|dev)", re.ASCII | re.IGNORECASE)
"""What follows the numbers of a version that comes before the one of these numbers. Source: PEP 440."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigFile:
    """A configuration file that was read.

    Attributes:
        document: What stands in it.
        named_at: The place of the `extend` that names it; empty for the first.
    """

    document: Document
    named_at: str = ""

    @property
    def folder(self) -> Path:
        """The folder that its paths are relative to."""
        return Path(self.document.name).parent

    @property
    def steps(self) -> tuple[str, ...]:
        """The way to the table that is ours."""
        return TABLE if Path(self.document.name).name == SHARED_FILE else ()

    @property
    def table(self) -> Mapping[str, Any]:
        """The table that is ours.

        Raises:
            UsageError: There is none.
        """
        table = _follow(self.document.data, self.steps)
        if table is None:
            hint = f"add it, or name a {FILE}"
            raise UsageError("there is no [tool.release-review]", where=self.document.name, hint=hint)
        if not isinstance(table, Mapping):
            raise UsageError("the configuration is no table", where=self.document.where(pointer_to(*self.steps)))
        return table

    def where(self, key: str) -> str:
        """Give `FILE:LINE:COLUMN` of a key."""
        return self.document.where(pointer_to(*self.steps, key))


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What the configuration files say.

    Attributes:
        values: The value and the place of every option that is set.
        files: The file that was named or found, and then each that the one before extends.
    """

    values: Mapping[str, tuple[Any, str]]
    files: tuple[ConfigFile, ...] = ()


NOTHING = Written(values={})
"""What is written where there is no file."""


def read(config: Path | None, *, folder: Path, trusted: TrustedFolder | None = None) -> Written:
    """Read the configuration file and all that it extends.

    Args:
        config: The file to read, relative to the trusted folder if there is one; None to look for one.
        folder: Where to start looking, upward to the root of the checkout.
        trusted: The one folder that files may come from, and the only one to look in; None for any.

    Raises:
        UsageError: A key or a value is none of ours, a file extends what it must not, is made for a newer version
            of this tool, or leads out of the trusted folder.
        InputError: A file cannot be read.
    """
    if config is not None:
        path = Path(os.path.normpath(trusted.folder / config)) if trusted else config
        document: Document | None = _open(path, trusted=trusted, named="--config")
    else:
        document = _find((trusted.folder,) if trusted else _upward(folder), trusted=trusted)
    if document is None:
        return NOTHING
    files = tuple(_chain(ConfigFile(document=document), trusted))
    values: dict[str, tuple[Any, str]] = {}
    for file in files:
        values = dict(_values(file)) | values
    return Written(values=values, files=files)


def find(folder: Path) -> Path | None:
    """Give the file that would be read for a folder, whether or not it turns out to be sound."""
    return next(_candidates(_upward(folder)), None)


# Looking --------------------------------------------------------------------------------------------------------------


def _find(folders: Iterable[Path], *, trusted: TrustedFolder | None) -> Document | None:
    for path in _candidates(folders):
        document = _open(path, trusted=trusted, named="the configuration")
        if path.name == FILE or _follow(document.data, TABLE) is not None:
            return document
    return None


def _candidates(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        if _stands(folder / FILE):
            yield folder / FILE
        if _may_hold_ours(folder / SHARED_FILE):
            yield folder / SHARED_FILE


def _stands(path: Path) -> bool:
    """Tell whether there is anything of that name: what is no file is not passed over, but told when it is read."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def _may_hold_ours(shared: Path) -> bool:
    """Tell whether a file is worth parsing: one that never names us is none of our business, sound or not.

    Whatever hides what is in it is worth it: reading it tells.
    """
    try:
        if not stat.S_ISREG(shared.stat().st_mode):  # a pipe would wait
            return False
        with shared.open("rb") as file:
            content = file.read(LIMITS.file_bytes + 1)
    except (FileNotFoundError, NotADirectoryError):
        return shared.is_symlink()
    except OSError:
        return True
    return len(content) > LIMITS.file_bytes or _OUR_NAME.search(content) is not None


def _upward(folder: Path) -> Iterator[Path]:
    """Give a folder and those above it up to the root of its checkout; the folder alone where it is in none."""
    try:
        here = folder.resolve(strict=True)
    except OSError:
        return  # the folder has been deleted
    above = (here, *here.parents)
    roots = (place for place in above if any((place / name).exists() for name in ROOTS))
    root = next(roots, here)
    for depth, place in enumerate(above):
        yield folder.joinpath(*[os.pardir] * depth)
        if place == root:
            return


def _open(path: Path, *, trusted: TrustedFolder | None, named: str, where: str = "") -> Document:
    from release_review.importers import release_review_importers
    from release_review.load import load_document

    if trusted is not None:
        trusted.check_inside(path, named=named, where=where)
    # Plugins are not asked: the file may say which of them to leave out.
    return load_document(path, importers=tuple(release_review_importers()))


# Extending ------------------------------------------------------------------------------------------------------------


def _chain(first: ConfigFile, trusted: TrustedFolder | None) -> Iterator[ConfigFile]:
    """Give a file, the one it extends, and so on."""
    files = [first]
    while True:
        file = files[-1]
        _check_version(file)
        yield file
        if EXTEND not in file.table:
            return
        where = file.where(EXTEND)
        path = _extended(file, where)
        _check_new(path, files)
        document = _open(path, trusted=trusted, named=EXTEND, where=where)
        files.append(ConfigFile(document=document, named_at=where))


def _extended(file: ConfigFile, where: str) -> Path:
    """Give the path of the file that a file extends."""
    name = file.table[EXTEND]
    if not isinstance(name, str) or not name:
        raise UsageError(f"{EXTEND} names no file", where=where, hint=f'write {EXTEND} = "../{FILE}"')
    path = Path(os.path.normpath(file.folder / name))
    if not _stands(path):
        what = f"{EXTEND} names '{shorten(str(path))}', which does not exist"
        raise UsageError(what, where=where, hint="name a file, relative to this one")
    return path


def _check_new(path: Path, files: list[ConfigFile]) -> None:
    places = [os.path.realpath(each.document.name) for each in files]
    where = files[-1].where(EXTEND)
    place = os.path.realpath(path)
    if place in places:
        circle = files[places.index(place) :]
        steps = " > ".join([*(each.where(EXTEND) for each in circle), circle[0].document.name])
        raise UsageError(f"the configuration extends itself: {steps}", where=where, hint=f"remove one {EXTEND}")
    if len(files) == LONGEST_CHAIN:
        what = f"more than {LONGEST_CHAIN} configuration files extend one another"
        raise UsageError(what, where=where, hint=f"put what this {EXTEND} brings into the file itself")


def _check_version(file: ConfigFile) -> None:
    """Refuse a file that is made for a newer tool, before anything in it is found to be unknown."""
    if REQUIRED_VERSION not in file.table:
        return
    where = file.where(REQUIRED_VERSION)
    bound = file.table[REQUIRED_VERSION]
    match = _BOUND.fullmatch(bound) if isinstance(bound, str) else None
    if match is None:
        hint = f'write {REQUIRED_VERSION} = ">={__version__}"'
        raise UsageError(f"{REQUIRED_VERSION} is no lower bound of a version", where=where, hint=hint)
    if not is_at_least(__version__, match[1]):
        what = f"the configuration asks for {PROGRAM} {match[1]} or later, and this is {__version__}"
        raise UsageError(what, where=where, hint=f"install a newer {PROGRAM}")


def is_at_least(version: str, bound: str) -> bool:
    """Tell whether a version is a bound or comes after it; one that cannot be read does not.

    Args:
        version: Numbers and dots, and what marks a version that comes before that of these numbers: `0.2.0rc1`.
        bound: Up to three numbers with dots between them.
    """
    match = _VERSION.fullmatch(version)
    if match is None:
        return False
    have, want = ([int(each) for each in text.split(".")] for text in (match[1], bound))
    length = max(len(have), len(want))
    have, want = (numbers + [0] * (length - len(numbers)) for numbers in (have, want))
    return have > want or (have == want and not _BEFORE.match(match[2]))


# Values ---------------------------------------------------------------------------------------------------------------


def _values(file: ConfigFile) -> Iterator[tuple[str, tuple[Any, str]]]:
    by_name = {option.name: option for option in OPTIONS}
    for key, value in file.table.items():
        where = file.where(key)
        if key in (EXTEND, REQUIRED_VERSION):
            continue
        if key not in by_name:
            hint = suggest(key, [*by_name, EXTEND, REQUIRED_VERSION])
            raise UsageError(f"unknown setting '{shorten(key)}'", where=where, hint=hint)
        yield key, (_value(by_name[key], value, where=where, folder=file.folder), where)


def _follow(tree: Any, steps: tuple[str, ...]) -> Any:
    for step in steps:
        tree = tree.get(step) if isinstance(tree, Mapping) else None
    return tree


def _value(option: Option, value: Any, *, where: str, folder: Path) -> Any:
    if option.listed:
        if isinstance(value, str) or not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise UsageError(f"{option.name} is no list of strings", where=where, hint=f'write {option.name} = ["..."]')
        return tuple(relative_to(option, each, folder) for each in value)
    if not isinstance(value, str):
        raise UsageError(f"{option.name} is no string", where=where, hint=f'write {option.name} = "..."')
    return relative_to(option, check_choice(option, value, where=where), folder)
