"""From the scores of one company to facts of a manifest, as few as the definitions of the indicators allow.

What a company says in prose is quoted and states nothing. Only a cell that is nothing but an answer, such as
`8 billion parameters`, is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from release_review.claims import Claim, quoted, stated, unknown
from release_review.denial import denies
from release_review.importers.registries.fmti import editions
from release_review.importers.registries.fmti.access import access_of
from release_review.importers.registries.fmti.reports import Answer
from release_review.importers.registries.fmti.words import SOURCE, note_of
from release_review.licences import UNKNOWN, licence_of

_MODALITIES = frozenset({"audio", "code", "image", "text", "video"})
_PLURAL = {"images": "image"}
_UNITS = {"million": 1e6, "m": 1e6, "billion": 1e9, "b": 1e9, "trillion": 1e12, "t": 1e12}
_PARAMETERS = re.compile(
    r"([0-9]{1,6}(?:\.[0-9]{1,6})?) ?(million|billion|trillion|m|b|t) parameters(?: \(dense\))?\.?"
)
_FLOP = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,6})?) ?(?:x ?10\^|e\+?)([0-9]{1,2}) flops?\.?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Parts of a manifest."""

    modalities: Sequence[Claim]
    weights: Mapping[str, Claim]
    channels: Sequence[Mapping[str, object]]
    monitoring: Mapping[str, Claim]
    use_policy: Mapping[str, Claim]
    components: Mapping[str, Claim]


def facts_of(answers: Mapping[str, Answer], others: Sequence[Mapping[str, Answer]]) -> Facts:
    """Give what the answers of one company state.

    Args:
        answers: The answers.
        others: Those that the tables have, where the company is read from a report.
    """
    channels, released = access_of(answers, others)
    components = {**released}
    for indicator, names in editions.COMPONENTS.items():
        if indicator in answers:
            components.update(dict.fromkeys(names, _yes_or_unknown(indicator, answers)))
    monitoring = {}
    if editions.REPORTING in answers:
        monitoring["misuse_reporting_channel"] = _yes_or_unknown(editions.REPORTING, answers)
    final = released.get("model_parameters_final", {})
    said = {each["value"] for each in (final, *final.get("conflicts", ())) if each}
    return Facts(
        modalities=_modalities(_said(name, answers) for name in editions.MODALITIES),
        weights=_weights(answers, is_out="yes" in said),
        channels=channels,
        monitoring=monitoring,
        use_policy={fact: _unknown(name, answers) for name, fact in editions.USE_POLICY.items() if name in answers},
        components=components,
    )


def _weights(answers: Mapping[str, Answer], *, is_out: bool) -> Mapping[str, Claim]:
    found: dict[str, Claim] = {}
    written = _said(editions.LICENCE, answers).strip(" .")
    licence = licence_of(written) if is_out and written else None
    if licence is not None and licence.known:
        found["license"] = stated(licence.id, SOURCE, f"written as {quoted(written)}")
        if licence.family != UNKNOWN:
            found["license_family"] = stated(licence.family, SOURCE)
    said = _said(editions.MODEL_SIZE, answers)
    if match := _PARAMETERS.fullmatch(" ".join(said.casefold().split())):
        note = f"written as {quoted(said)}"
        found["parameters_total"] = stated(float(match[1]) * _UNITS[match[2]], SOURCE, note)
    said = _said(editions.COMPUTE, answers)
    if match := _FLOP.fullmatch(" ".join(said.casefold().split())):
        found["training_compute_flop"] = stated(float(f"{match[1]}e{match[2]}"), SOURCE, f"written as {quoted(said)}")
    return found


def _said(indicator: str, answers: Mapping[str, Answer]) -> str:
    """Give the answer where the point was given: in the company's words, or where it has none in those of the index."""
    answer = answers.get(indicator)
    if answer is None or answer.score == "0":
        return ""
    said = answer.disclosure or answer.justification
    return "" if denies(said) else said


def _modalities(given: Iterable[str]) -> Sequence[Claim]:
    """Give the modalities of cells that are nothing but a list of them."""
    found: dict[str, None] = {}
    for said in given:
        words = [_PLURAL.get(word, word) for word in re.split(r",? and |, ?", said.casefold().strip(" ."))]
        if _MODALITIES.issuperset(words):
            found |= dict.fromkeys(words)
    return [stated(each, SOURCE) for each in found]


def _yes_or_unknown(indicator: str, answers: Mapping[str, Answer]) -> Claim:
    answer = answers[indicator]
    if answer.score == "1":
        return stated("yes", SOURCE, note_of(indicator, answer))
    return _unknown(indicator, answers)


def _unknown(indicator: str, answers: Mapping[str, Answer]) -> Claim:
    return unknown(SOURCE, note_of(indicator, answers[indicator], read=True))
