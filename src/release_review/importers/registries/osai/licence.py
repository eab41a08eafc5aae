"""The licence of the weights, as the index writes it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from release_review.claims import Claim, agreed, quoted, stated, unknown, without_empty
from release_review.denial import denies
from release_review.importers.registries.osai.record import OSAI, Record
from release_review.licences import Licence, licence_of

NAMELESS: Mapping[str, str] = {
    "custom": "",
    "custom license": "",
    "mixed": "",
    "non-commercial license": "non-commercial",
    "other": "",
    "purposely left ambiguous": "",
    "various": "",
}
"""Texts that name no licence, in small letters, and the family of terms that they name nevertheless."""

_DOUBTS = re.compile(r"unknown\b.*|.*\?.*", re.IGNORECASE | re.DOTALL)
"""A licence that whoever wrote it was not sure of: "Unknown (Apache-2.0?)"."""


def licence_facts(record: Record) -> dict[str, Claim]:
    """Give `license` and `license_family`, as far as anything is said of them; two spellings that differ conflict."""
    claims = [_facts(written) for written in record.licences]
    families = [family for _, family in claims if family is not None]
    if len(families) < len(claims):
        # Where one of two names no family, the other does not stand for both.
        families = families if len(claims) == 1 else []
    licences = [licence for licence, _ in claims]
    return without_empty({
        "license": agreed(licences) if licences else None,
        "license_family": agreed(families) if families else None,
    })  # fmt: skip


def _facts(written: str) -> tuple[Claim, Claim | None]:
    note = f"written as {quoted(written)}"
    folded = written.casefold()
    if denies(written) or folded in NAMELESS or _DOUBTS.fullmatch(written):
        family = NAMELESS.get(folded)
        return unknown(OSAI, f"{note}, which names no licence"), stated(family, OSAI, note) if family else None
    licence: Licence = licence_of(written)
    family = licence.family
    return stated(licence.id, OSAI, note), None if family == "unknown" else stated(family, OSAI, note)
