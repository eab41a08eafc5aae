"""Corpora in Parquet: a column `manifest` with a manifest in JSON in each row."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from release_review.audit.items import BATCH_SIZE, Item, unreadable
from release_review.errors import InputError, UsageError
from release_review.escape import shorten
from release_review.files import open_file
from release_review.model import Limits

COLUMN = "manifest"
"""The column that has the manifests."""

_JSON = "JSON"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParquetFile:
    """A manifest in JSON in each row of a file."""

    path: Path
    limits: Limits

    def count(self) -> int:
        """Give how many rows it has; 0 where it cannot be read, which `items` tells.

        Raises:
            UsageError: What reads it is not installed.
        """
        try:
            with self._open() as (_, parquet):
                return int(parquet.metadata.num_rows)
        except InputError:
            return 0

    def items(self) -> Iterator[Item]:
        """Give each row; one without a manifest is an item that says so, and so is what cannot be read.

        Raises:
            UsageError: What reads it is not installed.
        """
        number = 0
        try:
            with self._open() as (pyarrow, parquet):
                for batch in parquet.iter_batches(batch_size=BATCH_SIZE, columns=[COLUMN]):
                    for value in _cells(batch.column(0), pyarrow):
                        number += 1
                        yield _item(f"{self.path}:{number}", value)
        except InputError as error:
            yield unreadable(str(self.path), error)

    @contextlib.contextmanager
    def _open(self) -> Iterator[tuple[Any, Any]]:
        """Open it, and turn whatever its library says of it into an error that names it."""
        pyarrow, parquet = pyarrow_modules()
        with open_file(self.path) as file:  # which waits for no pipe
            try:
                opened = parquet.ParquetFile(file)
                names = opened.schema_arrow.names
                if names.count(COLUMN) != 1:
                    many = "no" if COLUMN not in names else "more than one"
                    hint = "write each manifest as JSON text into one column of that name"
                    raise InputError(f"has {many} column `{COLUMN}`", where=str(self.path), hint=hint)
                yield pyarrow, opened
            except (OSError, ValueError, pyarrow.ArrowException) as error:
                told = shorten(str(error).partition("\n")[0])
                what = f"cannot be read as Parquet: {told}"
                raise InputError(what, where=str(self.path), hint="check the file") from None


def _cells(column: Any, pyarrow: Any) -> Iterator[Any]:
    """Give the cells of a column; what it calls a text may be none, and is given as it is."""
    if pyarrow.types.is_string(column.type) or pyarrow.types.is_large_string(column.type):
        column = column.cast(pyarrow.large_binary())
    return iter(column.to_pylist())


def _item(name: str, value: Any) -> Item:
    if isinstance(value, str | bytes):
        content = value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
        return Item(name=name, format=_JSON, content=content)
    return Item(name=name, errors=(f"{name}: holds no text; write a manifest in JSON into the column",))


def pyarrow_modules() -> tuple[ModuleType, ModuleType]:
    """Give the modules that read and write Parquet.

    Raises:
        UsageError: They are not installed.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        hint = "pip install 'release-review[parquet]', or '.[parquet]' in a checkout"
        raise UsageError("Parquet needs pyarrow, which is not installed", hint=hint) from None
    return pa, pq
