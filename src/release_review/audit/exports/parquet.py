"""One row for each release, in typed columns, with its manifest in JSON: to be analysed, and to be audited again.

`audit` reads the column `manifest`. Files of evidence are not in it: a manifest that names some cannot be reviewed
then, and the audit says so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, BinaryIO

from release_review.audit.exports.columns import CHANNEL, Column, Type, columns_of
from release_review.audit.exports.told import Told
from release_review.audit.items import Item
from release_review.audit.parquet import COLUMN, pyarrow_modules
from release_review.errors import AuditError, ReleaseReviewError
from release_review.escape import json_text
from release_review.load import read_document

ROWS = 1_024
"""Rows of a group: what is in memory at a time."""

_JSON = "JSON"


def write(told: Told, stream: BinaryIO) -> None:
    """Write the rows, group by group; the metadata of the file says whether the audit came to its end.

    Raises:
        UsageError: What writes Parquet is not installed.
    """
    pa, pq = pyarrow_modules()
    columns = columns_of(told.ledger.meta["definitions"])
    fields = [*((column.name, _type(column, pa)) for column in columns), (COLUMN, pa.string())]
    state = "complete" if told.is_complete else "unfinished"
    schema = pa.schema(fields, metadata={"release-review": "audit-table/1", "state": state})
    # A column is compressed with the codec that every reader has; no time of writing is in the file.
    with pq.ParquetWriter(stream, schema, compression="snappy") as writer:
        group: list[list[Any]] = []
        for row, saved in told.ledger.items():
            values = [_value(column, column.value(row), told) for column in columns]
            group.append([*values, None if saved is None else _manifest(saved[0], told)])
            if len(group) == ROWS:
                writer.write_table(_table(group, schema, pa))
                group = []
        if group:
            writer.write_table(_table(group, schema, pa))


def _table(group: Sequence[Sequence[Any]], schema: Any, pa: Any) -> Any:
    whole = zip(*group, strict=True)
    return pa.Table.from_arrays(
        [pa.array(values, type=field.type) for values, field in zip(whole, schema, strict=True)], schema=schema
    )


def _type(column: Column, pa: Any) -> Any:
    parts = {Type.TEXT: pa.string(), Type.DAY: pa.date32(), Type.COUNT: pa.int64(), Type.TEXTS: pa.list_(pa.string())}
    channel = pa.struct([(key, pa.date32() if key in ("from", "until") else pa.string()) for key in CHANNEL])
    return {**parts, Type.CHANNELS: pa.list_(channel)}[column.type]


def _value(column: Column, value: Any, told: Told) -> Any:
    if value is None or column.type is Type.COUNT:
        return value
    if column.type is Type.TEXTS:
        return [_text(each) for each in value]
    if column.type is Type.CHANNELS:
        return [
            {key: _day(each[key], told) if key in ("from", "until") else _text(each[key]) for key in CHANNEL}
            for each in value
        ]
    return _day(value, told) if column.type is Type.DAY else _text(value)


def _text(text: str) -> str:
    """Give a text that has a form in UTF-8: half of a surrogate pair, as in names of files, becomes its escape."""
    return text.encode("utf-8", "backslashreplace").decode()


def _day(text: str | None, told: Told) -> dt.date | None:
    try:
        return None if text is None else dt.date.fromisoformat(text)
    except ValueError:
        hint = "make the ledger again"
        raise AuditError(f"a row of it is damaged: {text} is no day", where=str(told.ledger.path), hint=hint) from None


def _manifest(item: Item, told: Told) -> str | None:
    """Give a manifest in JSON, whatever format it was written in; None where nobody can read that here."""
    content = item.content or b""
    try:
        if item.format == _JSON:
            return content.decode("utf-8-sig")
        importer = told.importers[item.format]
        return json_text(read_document(content, name=item.name, importer=importer).data, indent=None).rstrip("\n")
    except (KeyError, UnicodeDecodeError, ReleaseReviewError):
        return None
