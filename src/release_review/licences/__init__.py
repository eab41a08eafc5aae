"""What a licence is called: from the many ways it is written to one id, and to the family of its terms.

The table is `licences.toml`, the only one; every importer reads it. A spelling that it does not have is never guessed
at: it becomes a `LicenseRef-` of its own, and its family stays unknown.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

TABLE = Path(__file__).with_name("licences.toml")
"""The table, which lies beside this module."""

UNKNOWN = "unknown"
"""The family of a licence whose terms nobody has looked up."""

_BLANKS = re.compile(r"[\s_-]+")
_NOT_IN_REFERENCES = re.compile(r"[^A-Za-z0-9.-]+")
_LONGEST_REFERENCE = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Licence:
    """A licence, as a manifest names it.

    Attributes:
        id: SPDX id, or `LicenseRef-...`.
        family: What kind of terms it has: a word of `weights.license_family`.
        known: Whether the table has it.
    """

    id: str
    family: str = UNKNOWN
    known: bool = True


def licence_of(written: str) -> Licence:
    """Give the licence that a text names; case, blanks, `-` and `_` make no difference.

    Args:
        written: An SPDX id, a name or an id of a registry. It says something: see `denial.denies`.
    """
    found = _table().get(_folded(written))
    if found is not None:
        return found
    name = _NOT_IN_REFERENCES.sub("-", written.removeprefix("LicenseRef-")).strip("-.")[:_LONGEST_REFERENCE]
    return Licence(id=f"LicenseRef-{name or 'unnamed'}", known=False)


@functools.cache
def _table() -> Mapping[str, Licence]:
    import tomli

    rows = tomli.loads(TABLE.read_text(encoding="utf-8"))["licence"]
    table: dict[str, Licence] = {}
    for row in rows:
        licence = Licence(id=row["id"], family=row.get("family", UNKNOWN))
        for spelling in (row["id"], *row.get("spellings", ())):
            if table.setdefault(_folded(spelling), licence) is not licence:
                raise ValueError(f"two licences are spelt {spelling!r}")
    return table


def _folded(text: str) -> str:
    return _BLANKS.sub("-", text.strip().casefold())
