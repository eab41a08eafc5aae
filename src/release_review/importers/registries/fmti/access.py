"""How a model can be reached, by the indicators on its weights and on black-box access.

In 2025 the point is for weights that are public at no cost. In 2024 it is for a release of the weights to anybody
outside, and customers will do, so no audience is stated; and a point for black-box access without one for the weights
is for a way to query the model. Where two indicators, or two files, do not agree, both are shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from release_review.claims import Claim, agreed, quoted, stated, unknown
from release_review.importers.registries.fmti import editions
from release_review.importers.registries.fmti.reports import Answer
from release_review.importers.registries.fmti.words import SOURCE, note_of

CHANNEL = "weights"

_ON_WEIGHTS = (editions.OPEN_WEIGHTS, editions.FULL_ACCESS)
_OF_ACCESS = frozenset({editions.BLACK_BOX, "External model access protocol"})
"""Indicators on access that are not about the weights."""

_MAY_BE_WEIGHTS = re.compile(r"weights?\b|model access|[^\x00-\x7f]", re.IGNORECASE)
"""What the name of an indicator has that may be one of the two; a letter of another alphabet may look like ours."""

_RESTRICTED = "restrictions that are made clear do not cost the point"


def access_of(
    answers: Mapping[str, Answer], others: Sequence[Mapping[str, Answer]]
) -> tuple[Sequence[Mapping[str, object]], Mapping[str, Claim]]:
    """Give channels, and whether the weights are released.

    Args:
        answers: What the index has for one company.
        others: What the tables have for it, where that is read from a report.
    """
    scores = [(name, each[name]) for each in (answers, *others) for name in _ON_WEIGHTS if name in each]
    claims = [_released(name, answer) for name, answer in scores]
    claims += [unknown(SOURCE, note) for note in unread_of(answers)]
    if not claims:
        return [], {}
    released = {"model_parameters_final": agreed(claims)}
    values = {claim["value"] for claim in claims}
    channels = [_weights(claims, scores)] if values != {"no"} else []
    queried = answers.get(editions.BLACK_BOX)
    if "no" in values and queried is not None and queried.score == "1":
        kinds = [stated("api", SOURCE, note_of(editions.BLACK_BOX, queried))]
        asked = [each[editions.BLACK_BOX] for each in others if editions.BLACK_BOX in each]
        kinds += [unknown(SOURCE, note_of(editions.BLACK_BOX, each)) for each in asked if each.score == "0"]
        channels.append({"id": "api", "kind": agreed(kinds)})
    return channels, released


def unread_of(answers: Mapping[str, Answer]) -> Iterator[str]:
    """Say which indicators may be about the weights, and are none that the index has."""
    for name, answer in answers.items():
        if name not in _ON_WEIGHTS and name not in _OF_ACCESS and _MAY_BE_WEIGHTS.search(name):
            yield f"{quoted(name)}, which is no indicator of the index, is scored {answer.score}"


def _released(name: str, answer: Answer) -> Claim:
    return stated("yes" if answer.score == "1" else "no", SOURCE, note_of(name, answer))


def _weights(claims: Sequence[Claim], scores: Sequence[tuple[str, Answer]]) -> Mapping[str, object]:
    """Give the channel of weights that one indicator at least does not deny."""
    words = {"yes": "weights", "no": "unknown", "unknown": "unknown"}
    kinds = [{**claim, "value": words[claim["value"]]} for claim in claims]
    channel: dict[str, object] = {"id": CHANNEL, "kind": agreed(kinds)}
    if kinds == [kind for kind in kinds if kind["value"] == "unknown"]:
        return {**channel, "audience": unknown(SOURCE, kinds[-1]["note"])}
    if (editions.OPEN_WEIGHTS, "1") in [(name, answer.score) for name, answer in scores]:
        channel["audience"] = stated("public", SOURCE, _RESTRICTED)
    return channel
