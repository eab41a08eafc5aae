"""Every row of a ledger as it is, one to a line: for other programs, and to hold one audit against another.

The same corpus and the same setup give the same bytes, however many processes did the work and however often the audit
was stopped on its way.
"""

from __future__ import annotations

import json
from typing import BinaryIO

from release_review.audit.exports.told import Told
from release_review.audit.rows import as_line
from release_review.escape import json_document

END = "audit-end/1"
"""The `schema` of the last line where rows are missing; no other line has it."""


def write(told: Told, stream: BinaryIO) -> None:
    """Write each row; where the audit did not come to its end, a last line says so."""
    stream.writelines(_line(as_line(row)) for row in told.ledger.rows())
    if not told.is_complete:
        found = told.ledger.counts.found
        stream.write((json.dumps({"schema": END, "state": "unfinished", "found": found}) + "\n").encode())


def _line(line: str) -> bytes:
    if line.isascii() and "##" not in line and "\x7f" not in line:
        return line.encode()  # nothing in it is escaped, and looking for that takes longer than all the rest
    # Half of a surrogate pair, as in names of files, becomes an escape of JSON first, and so stays what it is.
    return json_document(line.encode("utf-8", "backslashreplace").decode()).encode()
