"""Whether the weights are out and who gets them, by the grade of the criterion and the phrases in its note."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from release_review.claims import Claim
from release_review.importers.registries.osai.phrases import Means, Phrase, has_condition, phrase_in
from release_review.importers.registries.osai.record import Criterion

CHANNEL = "weights"
"""The id of the channel; all registries call it so."""

CRITERION = "weights_endmodel"
"""The criterion on the weights of the model that the release is."""

MIXED = "`closed` speaks of access and of the licence alike"
"""Why it says nothing of whether the weights are out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What the index says of the weights.

    Attributes:
        released: Whether the final weights are released; None if it says nothing.
        channel: The way to them, or None.
        withdrawn: That they were taken down; None if that is not said.
        is_delta: Whether what is out is a difference to another model.
    """

    released: Claim | None = None
    channel: dict[str, Any] | None = None
    withdrawn: Claim | None = None
    is_delta: bool = False


def weights_of(criterion: Criterion) -> Weights:
    """Read the criterion on the weights."""
    phrase = phrase_in(criterion.notes)
    match criterion.grade:
        case "open":
            return _open(criterion, phrase)
        case "partial":
            return _partial(criterion, phrase)
        case _ if criterion.is_blank:
            return Weights()
    return _closed(criterion, phrase)


def _open(criterion: Criterion, phrase: Phrase | None) -> Weights:
    gated = phrase if phrase is not None and phrase.means is Means.GATED else None
    who = _gated(criterion, gated) if gated else {"audience": criterion.claim("public")}
    return Weights(released=criterion.claim("yes"), channel=_channel(criterion, who))


def _partial(criterion: Criterion, phrase: Phrase | None) -> Weights:
    means = None if phrase is None else phrase.means
    if phrase is not None and means is Means.GATED:
        return Weights(released=criterion.claim("yes"), channel=_channel(criterion, _gated(criterion, phrase)))
    if means is Means.OUT:
        return Weights(
            released=criterion.claim("unknown", "it does not say what is missing"),
            channel=_channel(criterion, {"audience": criterion.claim("public")}),
        )
    if means is Means.TAKEN_DOWN:
        return _taken_down(criterion, criterion.claim("unknown", means.value))
    why = means.value if means else "it does not say what is missing, or for whom"
    who = {"audience": criterion.claim("unknown", why)}
    kind = "unknown" if means is Means.VARIANT else "weights"
    return Weights(
        released=criterion.claim("unknown", why),
        channel=_channel(criterion, who, kind=kind),
        is_delta=means is Means.DELTA,
    )


def _closed(criterion: Criterion, phrase: Phrase | None) -> Weights:
    why = _no_answer(criterion)
    released = criterion.claim("unknown", why)
    if phrase is not None and phrase.means is Means.TAKEN_DOWN:
        return replace(_taken_down(criterion, released), withdrawn=criterion.claim("withdrawn"))
    if phrase is not None and phrase.means is Means.GATED:
        return Weights(released=released, channel=_channel(criterion, _gated(criterion, phrase)))
    # Without the channel, one of another kind would stand alone, and turn properties off for all.
    who = {"audience": criterion.claim("unknown", why)}
    return Weights(released=released, channel=_channel(criterion, who, kind="unknown"))


def _taken_down(criterion: Criterion, released: Claim) -> Weights:
    audience = criterion.claim("public", "they were out for the public, or there was nothing to take down")
    if has_condition(criterion.notes):
        audience = criterion.claim("unknown", "they were taken down, and not everybody had got them before")
    who = {"audience": audience, "until": criterion.claim("unknown", "the day is not stated")}
    return Weights(released=released, channel=_channel(criterion, who))


def _gated(criterion: Criterion, phrase: Phrase) -> dict[str, Claim]:
    gate = {"gate": criterion.claim(phrase.gate)} if phrase.gate else {}
    return {"audience": criterion.claim("public-gated"), **gate}


def _channel(criterion: Criterion, who: dict[str, Claim], *, kind: str = "weights") -> dict[str, Any]:
    why = _no_answer(criterion) if kind == "unknown" and criterion.grade != "partial" else ""
    return {"id": CHANNEL, "kind": criterion.claim(kind, why), **who}


def _no_answer(criterion: Criterion) -> str:
    if criterion.grade == "closed":
        return MIXED
    return criterion.unread or "the index knows `open`, `partial` and `closed`"
