"""Who makes a model: from the many ways a developer is written to one name, and from names to the id of a release.

The table is `developers.toml`, the only one; every importer of a registry reads it, so that two registries that speak
of one model give it one id. A spelling that it does not have is never guessed at: it becomes a name of its own.
"""

from __future__ import annotations

import functools
import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

TABLE = Path(__file__).with_name("developers.toml")
"""The table, which lies beside this module."""

UNKNOWN_DEVELOPER = "unknown"
"""The first part of the id of a release whose developer no source names."""

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._]+")
_NOT_IN_VERSIONS = re.compile(r"[^A-Za-z0-9._+]+")
_TELLING = re.compile(r"^\+|[^A-Za-z0-9\s._+()\[\]/,:'\"-]")
"""Signs by which a name may differ from another, and which an id does not have."""

_BETWEEN = re.compile(r"(?<![0-9])[-_]+|[-_]+(?![0-9_-])")
_BETWEEN_DIGITS = re.compile(r"[-_]+")

_SEPARATORS = re.compile(r"[\s_/-]+")
_LONGEST_PART = 50
"""Characters of a part without its digest: three of them, with their digests, fit into an id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Developer:
    """A developer, as the id of a release names it.

    Attributes:
        id: The first part of the id of a release.
        known: Whether the table has it.
    """

    id: str
    known: bool = True


def developer_of(written: str) -> Developer:
    """Give the developer that a text names; case, blanks, `-`, `_` and `/` make no difference.

    Args:
        written: A name, as a registry has it. It says something: see `denial.denies`.
    """
    found = _table().get(folded(written))
    return found if found is not None else Developer(id=_part(written, _NOT_IN_NAMES).lower(), known=False)


def release_id(developer: str, name: str, version: str = "") -> str:
    """Give the id of a release from what a registry calls its parts.

    Blanks and most signs become `-`, and a `+` in a name `-plus`: Command R+ is not Command R. A part that has letters
    beyond ASCII or signs such as `*`, or is too long, ends in a digest of its text, so that two such texts never become
    one id.

    Args:
        developer: A name, as `developer_of` takes it; where empty, the developer is unknown.
        name: What the model is called, as it is written; it is not empty.
        version: Which version of it, where that is no part of the name.
    """
    maker = developer_of(developer).id if developer else UNKNOWN_DEVELOPER
    whole = f"{maker}/{_part(name, _NOT_IN_NAMES)}"
    return f"{whole}@{_part(version, _NOT_IN_VERSIONS)}" if version else whole


def join_key(release: str) -> str:
    """Give what two ids of one release have in common: case and the separators within a name make no difference.

    A dot does, and so does what stands between two digits: 3.1 is not 31, and 1-3B is not 13B. Nor are two versions
    one, or a version and none.

    Args:
        release: `<developer>/<name>[@<version>]`.
    """
    developer, _, rest = release.partition("/")
    name, _, version = rest.partition("@")
    key = f"{developer_of(developer).id}/{_BETWEEN_DIGITS.sub('-', _BETWEEN.sub('', name.casefold()))}"
    return f"{key}@{version.casefold()}" if version else key


def folded(text: str) -> str:
    """Give the form of a text in which two spellings of one developer are the same."""
    return _SEPARATORS.sub("-", unicodedata.normalize("NFKC", text).strip().casefold())


def _part(written: str, refused: re.Pattern[str]) -> str:
    # An accent is left out, and what no ASCII letter stands for tells by its digest.
    decomposed = unicodedata.normalize("NFD", written.strip())
    plain = "".join(each for each in decomposed if not unicodedata.combining(each))
    if refused is _NOT_IN_NAMES:
        plain = plain.replace("+", "-plus")
    part = refused.sub("-", plain).lstrip("+-._").rstrip("-._")
    if part and len(part) <= _LONGEST_PART and plain.isascii() and not _TELLING.search(plain):
        return part
    digest = hashlib.sha256(written.strip().encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return f"{part[:_LONGEST_PART].rstrip('-._')}-{digest}" if part else digest


@functools.cache
def _table() -> Mapping[str, Developer]:
    import tomli

    rows: Sequence[Mapping[str, object]] = tomli.loads(TABLE.read_text(encoding="utf-8"))["developer"]
    table: dict[str, Developer] = {}
    for row in rows:
        developer = Developer(id=str(row["id"]))
        spellings = row.get("spellings", ())
        for spelling in (developer.id, *(spellings if isinstance(spellings, list) else ())):
            if table.setdefault(folded(spelling), developer) is not developer:
                raise ValueError(f"two developers are spelt {spelling!r}")
    return table
