"""What a licence is called: from the many ways it is written to one id, and to the family of its terms.

The table is `licences.toml`, the only one; every importer reads it. A spelling that it does not have is never guessed
at: it becomes a `LicenseRef-` of its own, and its family stays unknown.
"""

from __future__ import annotations

import functools
import hashlib
import re
import string
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
_SMALL = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


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

    A text that an id cannot hold, or not all of it, gets an id with a digest: two licences never share one for that.

    Args:
        written: An SPDX id, a name or an id of a registry. It says something: see `denial.denies`.
    """
    found = _table().get(_folded(written))
    if found is not None:
        return found
    whole = _NOT_IN_REFERENCES.sub("-", written.removeprefix("LicenseRef-")).strip("-.")
    name = whole[:_LONGEST_REFERENCE].rstrip("-.") or "unnamed"
    if name != whole or any(each.isalnum() and not each.isascii() for each in written):
        name += f"-{hashlib.sha256(_folded(written).encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"
    return Licence(id=f"LicenseRef-{name}", known=False)


def licences_in(text: str) -> list[Licence]:
    """Give the licences of the table that a text mentions, in its order, each once."""
    found = (_table()[match[0]] for match in _mentions().finditer(_folded(text)))
    return list({licence.id: licence for licence in found}.values())


@functools.cache
def _mentions() -> re.Pattern[str]:
    spellings = "|".join(re.escape(each) for each in sorted(_table(), key=len, reverse=True))
    return re.compile(rf"(?<![a-z0-9])(?:{spellings})(?![a-z0-9])")


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
    # Small letters of ASCII alone: the Kelvin sign is no k, and what only looks like a licence is none.
    return _BLANKS.sub("-", text.strip().translate(_SMALL))
