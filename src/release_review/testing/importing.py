"""What importers do with texts and files: they read them or say what is wrong, and know where everything stands."""

from __future__ import annotations

import copy
import itertools
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from release_review.authoring.cases import CASE_DAY, document_of
from release_review.errors import InputError, ReleaseReviewError
from release_review.hooks import Imported, Importer, SourceImporter, Unread
from release_review.importers.tree import find_faults
from release_review.model import LIMITS, Place
from release_review.pointer import pointer_to
from release_review.testing.brought import Brought, describe
from release_review.testing.texts import HOSTILE_TEXTS, PLAIN_TEXTS
from release_review.testing.watching import watch
from release_review.validate import validate

_WHERE = re.compile(r"([1-9][0-9]*:[1-9][0-9]*)?")
_SUFFIXES = (".md", ".json", ".yaml", ".csv")
_LONGEST = 10_000
"""Characters of what was read that are compared."""

_MOST = 1_000
"""Items of one source that are looked at."""


def texts_for(samples: Sequence[str]) -> Mapping[str, str]:
    """Give all texts that a format is tried on, by name."""
    own = {f"texts[{index}]": text for index, text in enumerate(samples)}
    return {**own, **PLAIN_TEXTS, **HOSTILE_TEXTS}


def read_text(importer: Importer, text: str) -> tuple[Any, str, str]:
    """Read a text; give the data or None, what was said as a text, and what is wrong with that."""
    try:
        data = importer.read(text, LIMITS)
    except InputError as error:
        faults = [each for each in error.flat() if not _WHERE.fullmatch(each.where)]
        fault = f"says where as {faults[0].where!r}, which is no LINE:COLUMN" if faults else ""
        return None, f"InputError: {error}", fault
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - also SystemExit: whatever it is, it is a fault
        return None, type(error).__name__, f"breaks with {type(error).__name__}: {error}; raise InputError"
    return data, _shown(data), ""


def _shown(data: Any) -> str:
    try:
        return repr(data)[:_LONGEST]
    except RecursionError:
        return "what nests too deep to be shown"


def faults_of_importer(importer: Importer, brought: Brought, samples: Sequence[str] = ()) -> Iterator[str]:
    """Tell what is wrong with a format, each fault in a clause without its subject."""
    has_read = False
    for name, text in texts_for(samples).items():
        with watch(brought.packages) as faults:
            data, told, fault = read_text(importer, text)
        yield from (f"{each} ({name})" for each in (*faults, fault) if each)
        if data is None or fault:
            if name.startswith("texts["):
                yield f"does not read {name}: {told}"
            continue
        wrong = next((each for each in find_faults(data, LIMITS) if "no JSON data" in each.what), None)
        if wrong is not None:
            yield f"gives data at {wrong.pointer!r} whose {wrong.what} ({name})"
        elif isinstance(data, dict) and data and not any(find_faults(data, LIMITS)):
            has_read = True
            yield from (f"{each} ({name})" for each in _faults_of_reading(importer, brought, text, data))
    if not has_read:
        yield "reads none of the texts; give one that it reads, as in texts=('...',)"


def _faults_of_reading(importer: Importer, brought: Brought, text: str, data: dict[str, Any]) -> Iterator[str]:
    kept = copy.deepcopy(data)
    data.clear()
    if read_text(importer, text)[0] != kept:
        yield "gives other data the second time"
        return
    try:
        with watch(brought.packages) as faults:
            places: Mapping[str, Any] = dict(importer.find_places(text))
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - as above
        yield f"breaks in find_places with {type(error).__name__}: {error}"
        return
    yield from (f"{each}, in find_places" for each in faults)
    missing = [pointer for pointer in _pointers_of(kept) if pointer not in places]
    if missing:
        yield f"gives no place for {missing[0]!r}, which it reads"
    lines = text.split("\n")
    for pointer, place in places.items():
        if not isinstance(place, Place) or not _is_within(place, lines):
            yield f"gives a place for {pointer!r} that is not in the text"
            return


def _pointers_of(value: Any, at: str = "") -> Iterator[str]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, each in inner:
        below = at + pointer_to(step)
        yield below
        yield from _pointers_of(each, below)


def _is_within(place: Place, lines: Sequence[str]) -> bool:
    spans = (place.span, place.value)
    points = [(each.line, each.column) for each in spans] + [(each.end_line, each.end_column) for each in spans]
    ordered = all((each.line, each.column) <= (each.end_line, each.end_column) for each in spans)
    return ordered and all(0 < line <= len(lines) and 0 < column <= len(lines[line - 1]) + 1 for line, column in points)


# What is no manifest --------------------------------------------------------------------------------------------------


def read_source(importer: SourceImporter, path: Path) -> tuple[list[Imported | Unread], str]:
    """Read a file or a folder; give what is in it, and what is wrong with how that is done."""
    try:
        return list(itertools.islice(importer.read(path, LIMITS), _MOST)), ""
    except InputError as error:
        return [Unread(origin=str(path), error=error)], "" if error.where else "says not where; name the file"
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - as above
        return [], f"breaks with {type(error).__name__}: {error}; raise InputError"


def faults_of_source_importer(
    importer: SourceImporter, brought: Brought, sources: Sequence[Path] = ()
) -> Iterator[str]:
    """Tell what is wrong with an importer of what is no manifest, each fault in a clause without its subject."""
    has_read = False
    with tempfile.TemporaryDirectory() as folder:
        hostile = list(_hostile_paths(Path(folder)))
        for path in (*sources, *hostile):
            name = path.name if path in hostile else str(path)
            with watch(brought.packages) as faults:
                items, fault = read_source(importer, path)
            yield from (f"{each} ({name})" for each in (*faults, fault) if each)
            yield from (f"{each} ({name})" for each in _faults_of_items(items))
            with watch(()):
                again, _ = read_source(importer, path)
            if [dict(_told(each)) for each in items] != [dict(_told(each)) for each in again]:
                yield f"gives something else the second time ({name})"
            has_read = has_read or any(isinstance(each, Imported) for each in items)
            if path in sources and not any(isinstance(each, Imported) for each in items):
                yield f"makes no manifest of {name}"
    if not has_read:
        yield "reads none of the files; give one that it reads, as in sources=(Path('...'),)"


def _hostile_paths(folder: Path) -> Iterator[Path]:
    yield folder / "there-is-no-such-file.md"
    empty = folder / "an-empty-folder"
    empty.mkdir()
    yield empty
    binary = folder / "no-utf-8.md"
    binary.write_bytes(bytes(range(256)) * 16)
    yield binary
    for number, (suffix, text) in enumerate(itertools.product(_SUFFIXES, HOSTILE_TEXTS.values())):
        path = folder / f"hostile-{number}{suffix}"
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        yield path


def _told(item: Imported | Unread) -> Iterator[tuple[str, str]]:
    yield from describe(item)
    if isinstance(item, Unread):
        yield "error", str(item.error)


def _faults_of_items(items: Sequence[Any]) -> Iterator[str]:
    for item in items:
        if not isinstance(item, Imported | Unread):
            yield f"gives an object of type {type(item).__name__}, neither Imported nor Unread"
            return
        if isinstance(item, Imported):
            try:
                validate(document_of(item.data), as_of=CASE_DAY, today=CASE_DAY)
            except ReleaseReviewError as error:
                yield f"gives a manifest that does not fit the schema: {error}"
                return
