"""How a model can be reached: the one word for it in the row, and what the notes beside it may do to that word.

The notes are prose. They are quoted, they name a licence where they hold nothing but its name, and where they speak
against a word, that is a conflict, which stays where another source says the same word. They never turn a property off.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from release_review.claims import UNKNOWN, Claim, agreed, quoted, stated, unknown
from release_review.denial import denies
from release_review.importers.registries.epoch import cells
from release_review.licences import Licence, licence_of, licences_in

_OPEN: Mapping[str, frozenset[str]] = {
    "open weights (unrestricted)": frozenset({"permissive", "copyleft"}),
    "open weights (restricted use)": frozenset({"use-restricted"}),
    "open weights (non-commercial)": frozenset({"non-commercial"}),
}
"""Words for weights that anybody can fetch, and the families of licences that they can mean."""

_CLOSED = {"api access": "api", "hosted access (no api)": "app"}
"""Words for access without the weights, and the kind of the channel, which is its id as well."""

_UNRELEASED = "unreleased"
_LIMITING = frozenset({"use-restricted", "non-commercial", "proprietary"})

_LIMITED = re.compile(r"\brail\b|\bnon-?commercial|\bresponsible use\b", re.IGNORECASE)
"""Words of licences that limit use, beside those that the table of licences knows."""

_ON_DEVICE = re.compile(r"\bon[- ]?devices?\b|\bon[- ]prem|\bpremises\b|\bedge devices?\b", re.IGNORECASE)
"""What runs in users' hands is not hosted: whoever holds it adapts and runs it on hardware of their own."""

_WEIGHTS = re.compile(r"\b(?:weights?|checkpoints?)\b", re.IGNORECASE)
_DENIED = re.compile(
    r"\b(?:no|non|none|nor|not|never|without|unreleased|unavailable|un(?:known|clear))\b|n['\u2019]t\b", re.IGNORECASE
)
"""A word by which notes that speak of weights do not speak against the word for closed access."""

_OF_DEVICES = "its name or the note speaks of users' own devices"

ONE_STATE = "Epoch has one state of access for each model: what opened after the row was last changed is not in it"
NO_CHANNEL = (
    'Epoch\'s "Unreleased" names no channel: whether partners, products or devices have the model stays unknown'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What a row says of access, as parts of a manifest.

    Attributes:
        channels: The entries of `access`.
        components: Facts of `components`.
        weights: Values of `weights`.
        notes: What whoever goes on with the manifest should know.
    """

    channels: Sequence[Mapping[str, object]] = ()
    components: Mapping[str, Claim] = field(default_factory=dict)
    weights: Mapping[str, Claim] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def access_of(row: Mapping[str, str], name: str) -> Access:
    """Give what the row of a model says of access; an empty cell says nothing."""
    written, prose = row[cells.ACCESSIBILITY], row[cells.ACCESSIBILITY_NOTES]
    if not written:
        return Access()
    word = " ".join(written.casefold().split())
    note = f"written as {quoted(written)}"
    if prose:
        note += f", with the note {quoted(prose)}"
    if word in _OPEN:
        channel = {"id": "weights", "kind": stated("weights", cells.SOURCE, note), "audience": _claim("public")}
        terms = _terms(word, prose, note)
        return Access(channels=[channel], components=_parameters(stated("yes", cells.SOURCE)), weights=terms)
    if word in _CLOSED:
        against = _against(name, prose)
        doubts = [unknown(cells.SOURCE, f"{note}; but {against}")] if against else []
        channel = {"id": _CLOSED[word], "kind": agreed([stated(_CLOSED[word], cells.SOURCE, note), *doubts])}
        closed = agreed([stated("no", cells.SOURCE, note), *doubts])
        return Access(channels=[channel], components=_parameters(closed), notes=(ONE_STATE,))
    if word == _UNRELEASED:
        closed = stated("no", cells.SOURCE, note)
        channels = []
        if _ON_DEVICE.search(f"{name}\n{prose}"):
            channels = [_unclear(f"{note}; but {_OF_DEVICES}")]
        return Access(channels=channels, components=_parameters(closed), notes=(ONE_STATE, NO_CHANNEL))
    said = f"{note}: no word that is known"
    # Without the channel, one of another source would stand alone, and turn properties off for all.
    return Access(channels=[_unclear(said)], components=_parameters(unknown(cells.SOURCE, said)), notes=(said,))


def _against(name: str, prose: str) -> str:
    """Say what in the name or the notes speaks against a word for closed access; empty if nothing does."""
    if _ON_DEVICE.search(f"{name}\n{prose}"):
        return _OF_DEVICES
    if _WEIGHTS.search(prose) and not _DENIED.search(prose):
        return "the note speaks of weights"
    return ""


def _unclear(note: str) -> Mapping[str, object]:
    """Give a channel for weights of which it is not known whether it is one."""
    return {"id": "weights", "kind": unknown(cells.SOURCE, note), "audience": unknown(cells.SOURCE, note)}


def _parameters(claim: Claim) -> Mapping[str, Claim]:
    return {"model_parameters_final": claim}


def _terms(word: str, prose: str, note: str) -> Mapping[str, Claim]:
    """Give the terms that follow from the word, together with a licence if the notes are nothing but its name."""
    families = _OPEN[word]
    licence = _whole_licence(prose)
    terms: dict[str, Claim] = {}
    if licence is not None and licence.family in families:
        terms["license"] = stated(licence.id, cells.SOURCE, f"written as {quoted(prose)}")
        terms["license_family"] = stated(licence.family, cells.SOURCE)
    elif len(families) == 1:
        terms["license_family"] = stated(next(iter(families)), cells.SOURCE, note)
    if families <= _LIMITING:
        terms["use_limits"] = stated("yes", cells.SOURCE, note)
    elif _LIMITED.search(prose) or any(each.family in _LIMITING for each in licences_in(prose)):
        doubt = unknown(cells.SOURCE, f"{note}, which speaks of limits")
        terms["use_limits"] = agreed([stated("no", cells.SOURCE, note), doubt])
    else:
        terms["use_limits"] = stated("no", cells.SOURCE, note)
    return terms


def _whole_licence(prose: str) -> Licence | None:
    """Give the licence that is all the notes say."""
    text = prose.strip(" .")
    if not text or denies(text):
        return None
    licence = licence_of(text)
    return licence if licence.known and licence.family != UNKNOWN else None


def _claim(value: str) -> Claim:
    return stated(value, cells.SOURCE)
