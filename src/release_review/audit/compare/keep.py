"""Records by the hundred thousand, in a file that is gone afterwards: memory holds one of them at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import IO, Any

from release_review.errors import OutputError


class Kept:
    """Records in the order in which they were added."""

    def __init__(self, file: IO[bytes]) -> None:
        """Keep records in a file that is open for reading and writing, and empty."""
        self._file = file
        self._count = 0

    def __len__(self) -> int:
        """Count the records."""
        return self._count

    def add(self, record: Mapping[str, Any]) -> None:
        """Add a record, which is plain data.

        Raises:
            OutputError: There is no room for it.
        """
        try:
            self._file.write(json.dumps(record, separators=(",", ":")).encode() + b"\n")
        except OSError as error:
            raise _no_room(error) from None
        self._count += 1

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Give the records, from the first one; none may be added meanwhile.

        Raises:
            OutputError: There was no room for the last ones.
        """
        try:
            self._file.seek(0)  # and write what is left
        except OSError as error:
            raise _no_room(error) from None
        for line in self._file:
            yield json.loads(line)
        self._file.seek(0, 2)


def _no_room(error: OSError) -> OutputError:
    what = f"what is compared cannot be kept: {error.strerror}"
    return OutputError(what, hint="make room in the folder for temporary files, or set TMPDIR to another")
