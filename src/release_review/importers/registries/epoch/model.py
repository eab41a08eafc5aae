"""What a row says of the model itself: dates, size, compute, modalities, and which of its parts are released."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from release_review.claims import Claim, quoted, stated, unknown
from release_review.importers.registries.epoch import cells

_MODALITIES = {
    "audio": "audio",
    "image generation": "image",
    "language": "text",
    "robotics": "action",
    "speech": "audio",
    "video": "video",
    "vision": "image",
}
"""Domains that surely name a modality. Biology, games and the like do not."""

_COMPONENTS = {
    cells.TRAINING_CODE: "training_code",
    cells.INFERENCE_CODE: "inference_code",
    cells.DATASET: "datasets",
}
_OPEN = re.compile(r"open (?:source|access|\()", re.IGNORECASE)
_CLOSED = "unreleased"

_NUMBER = re.compile(r"[0-9]{1,40}(?:\.[0-9]{1,40})?(?:[eE][+-]?[0-9]{1,2})?")
_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[ T].*)?", re.DOTALL)

_WRONG = "wrong"
_GUESSED = frozenset({_WRONG, "speculative"})

LEFT_OUT = "Epoch calls its figure speculative or wrong: the number of parameters is left out"
WRONG_COMPUTE = "Epoch calls its figure wrong: the training compute is left out"
PART_OF_COMPUTE = "the training compute is below that of the base model, so it is not all of it: it is left out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """Values of `weights`, and why one that the row has is not among them."""

    weights: Mapping[str, Claim]
    notes: tuple[str, ...] = ()


def date_of(row: Mapping[str, str], sources: Sequence[str]) -> Claim | None:
    """Give the day of the publication, which is the nearest the row has to the first day of access.

    Args:
        row: The row.
        sources: Ids of the row and of the publication, as far as it names one.
    """
    written = row[cells.PUBLISHED]
    found = day(written)
    if found is None:
        return unknown(cells.SOURCE, f"no date: {quoted(written)}") if written else None
    note = "the day of its publication; the row has no day on which access began"
    return {"value": found, "source": [*sources], "note": note}


def day(written: str) -> str | None:
    """Give the day that a cell begins with, or nothing; one that no calendar has is none."""
    match = _DAY.fullmatch(written)
    if match is None:
        return None
    try:
        return dt.date.fromisoformat(match[1]).isoformat()
    except ValueError:
        return None


def modalities_of(row: Mapping[str, str]) -> list[Claim]:
    """Give the modalities that the domains of the model surely name, in their order."""
    domains = (each.strip().casefold() for each in row[cells.DOMAIN].split(","))
    found = dict.fromkeys(_MODALITIES[each] for each in domains if each in _MODALITIES)
    return [stated(each, cells.SOURCE) for each in found]


def components_of(row: Mapping[str, str]) -> dict[str, Claim]:
    """Give which parts beside the weights are released; an empty cell says nothing."""
    found: dict[str, Claim] = {}
    for column, component in _COMPONENTS.items():
        written = row[column]
        note = f"written as {quoted(written)}"
        if _OPEN.match(written):
            found[component] = stated("yes", cells.SOURCE, note)
        elif written.casefold() == _CLOSED:
            found[component] = stated("no", cells.SOURCE, note)
        elif written:
            found[component] = unknown(cells.SOURCE, f"{note}: no word that is known")
    return found


def numbers_of(row: Mapping[str, str]) -> Numbers:
    """Give size and training compute.

    The size is one that the developer states, so a guess at it is left out; the compute may be an estimate.
    """
    confidence = row[cells.CONFIDENCE].casefold()
    weights: dict[str, Claim] = {}
    notes: list[str] = []
    size = _number(row, cells.PARAMETERS, cells.PARAMETERS_NOTES)
    compute = _number(row, cells.COMPUTE, cells.COMPUTE_NOTES)
    if size and confidence in _GUESSED:
        notes.append(LEFT_OUT)
    elif size:
        weights["parameters_total"] = size
    if compute and confidence == _WRONG:
        notes.append(WRONG_COMPUTE)
    elif compute and _is_part(compute, row[cells.BASE_COMPUTE]):
        notes.append(PART_OF_COMPUTE)
    elif compute:
        weights["training_compute_flop"] = compute
    return Numbers(weights=weights, notes=tuple(notes))


def _number(row: Mapping[str, str], column: str, notes: str) -> Claim | None:
    written = row[column]
    if not written:
        return None
    if not _NUMBER.fullmatch(written):
        return unknown(cells.SOURCE, f"no number: {quoted(written)}")
    confidence = row[cells.CONFIDENCE]
    said = [f"Epoch's confidence: {quoted(confidence)}" if confidence else "", quoted(row[notes]) if row[notes] else ""]
    return stated(float(written), cells.SOURCE, "; ".join(filter(None, said)))


def _is_part(compute: Claim, base: str) -> bool:
    value = compute["value"]
    return isinstance(value, float) and _NUMBER.fullmatch(base) is not None and value < float(base)
