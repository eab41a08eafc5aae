"""Epoch AI, database of models: one table, one row for each model, from 1950 on.

A row has one state of access, that of the day on which somebody looked. It says nothing of what came later, and an
empty cell says nothing at all.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from release_review.claims import quoted, stated, without_empty
from release_review.denial import denies
from release_review.developers import release_id
from release_review.errors import InputError
from release_review.hooks import Imported, Unread
from release_review.importers.registries.epoch import access, cells, model
from release_review.importers.registries.rows import Row, Table, open_table
from release_review.model import Limits

FILES = ("systems.csv", "all_ai_models.csv")
"""The table in a folder as it is published, the first of them that is there: in Epoch's repository, on its site."""

_NEEDS = (cells.PUBLISHED, cells.ORGANISATION, cells.ACCESSIBILITY)
_URL = "https://epoch.ai/data"


def read(path: Path, limits: Limits) -> Iterator[Imported | Unread]:
    """Read the table of all models: the file, or the folder it lies in.

    Raises:
        InputError: There is no such table.
    """
    table = open_table(_table_in(path), limits, needs=_NEEDS)
    name = next((column for column in cells.NAMES if column in table.header), None)
    if name is None:
        hint = "name the table of all models"
        raise InputError(f"has no column {cells.NAMES[0]!r}", where=table.name, hint=hint)
    makers = _makers(table, name)
    for row in table.rows((*cells.USED, name)):
        yield row if isinstance(row, Unread) else _entry(row, _collapsed(row.cells[name]), makers)


def _table_in(path: Path) -> Path:
    if not path.is_dir():
        return path
    for name in FILES:
        if (path / name).is_file():
            return path / name
    raise InputError(f"holds no {' or '.join(FILES)}", where=str(path), hint="name the CSV file of all models")


def _makers(table: Table, name: str) -> Mapping[str, str]:
    """Give the developer of each model of the table: a base model is named without its developer."""
    makers: dict[str, str] = {}
    for row in table.rows((name, cells.ORGANISATION)):
        if isinstance(row, Row) and (listed := _listed(row.cells[cells.ORGANISATION])):
            makers.setdefault(_collapsed(row.cells[name]), listed[0])
    return makers


def _entry(row: Row, name: str, makers: Mapping[str, str]) -> Imported | Unread:
    if not name:
        error = InputError("the row names no model", where=row.origin, hint="fill in its name")
        return Unread(origin=row.origin, error=error)
    organisations = _listed(row.cells[cells.ORGANISATION])
    given = access.access_of(row.cells, name)
    numbers = model.numbers_of(row.cells)
    sources = _sources(row.cells, name)
    release = {
        "id": release_id(organisations[0] if organisations else "", name),
        "developer": stated(", ".join(organisations), cells.SOURCE) if organisations else None,
        "name": stated(name, cells.SOURCE),
        "date": model.date_of(row.cells, [*sources]),
        **_bases(row.cells[cells.BASE], makers),
        "modalities": model.modalities_of(row.cells),
    }
    data = {
        "schema": "release-manifest/1",
        "release": without_empty(release),
        "source": sources,
        "weights": without_empty({**given.weights, **numbers.weights}),
        "access": list(given.channels),
        "components": without_empty({**given.components, **model.components_of(row.cells)}),
    }
    return Imported(data=without_empty(data), origin=row.origin, notes=(*given.notes, *numbers.notes))


def _sources(row: Mapping[str, str], name: str) -> dict[str, Any]:
    """Give the row itself, and the publication it names, whose date is that of the release."""
    entry = {"title": f"Epoch AI, database of models: {name}", "url": _URL, "date": model.day(row[cells.MODIFIED])}
    title = _collapsed(row[cells.REFERENCE])
    addresses = (word.rstrip(",;)") for word in row[cells.LINK].split())
    found = next((word for word in addresses if word.startswith(("https://", "http://"))), None)
    if denies(title):
        title = f"Publication of {name}" if found else ""
    publication = {cells.PUBLICATION: without_empty({"title": title, "url": found})} if title else {}
    return {cells.SOURCE: without_empty(entry), **publication}


def _bases(cell: str, makers: Mapping[str, str]) -> dict[str, Any]:
    """Give the models that this one was made from, as far as the table has them: their ids take a developer."""
    if denies(cell):
        return {}
    whole = _collapsed(cell)
    known = [name for name in ([whole] if whole in makers else _listed(cell)) if name in makers]
    derived = stated("yes", cells.SOURCE, f"made from {quoted(cell)}")
    return {"derived": derived, "base": [{"id": release_id(makers[name], name)} for name in known]}


def _listed(cell: str) -> Sequence[str]:
    """Give the names of a list: commas between them, quotes around one that has a comma, line breaks anywhere."""
    whole = _collapsed(cell)
    read = next(csv.reader([whole], skipinitialspace=True), []) if whole else []
    return [name for each in read if not denies(name := each.strip())]


def _collapsed(text: str) -> str:
    return " ".join(text.split())
