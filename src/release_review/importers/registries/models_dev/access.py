"""How a model of models.dev is reached: by its weights where they are open, else through an API.

The registry is a catalogue of models that some host serves: limits on tokens, calls of tools and the ids that clients
send are what it lists, and entries are made so that those of hosts can refer to them. So a model without open weights
has been released through an API; which one, and whether its developer runs it, only the entries of hosts could say.
What stands there about weights and is not understood is a channel of which nothing is known: without it, the API would
stand alone, and turn properties off for all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from release_review.claims import Claim, agreed, quoted, stated, unknown
from release_review.importers.registries.models_dev.places import FLAG, places_of, unread_of
from release_review.importers.registries.models_dev.words import SOURCE, day_of, quoted_value

_FLAG = f"`{FLAG}`, that the trained weights are publicly available,"
_LINKED = "there is a link to weights"
_UNREAD = "which speaks of weights and is not understood"


def parameters_claim(record: Mapping[str, Any]) -> Claim | None:
    """Give the claim about the weights: what the flag says, against a link to weights that are not open."""
    is_open, places = record.get(FLAG), places_of(record)
    if is_open is True:
        return {**stated("yes", SOURCE, _note(places)), "source": [SOURCE, *places]}
    claims = [stated("no", SOURCE, f"{_FLAG} is false")] if is_open is False else []
    if places:
        claims.append({**stated("yes", SOURCE, _LINKED), "source": [*places]})
    if unread := unread_of(record):
        claims.append(unknown(SOURCE, f"{unread}, {_UNREAD}"))
    return agreed(claims) if claims else None


def channels_of(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Give the channels that follow from the flag and from what stands beside it about weights."""
    is_open, places = record.get(FLAG), places_of(record)
    channels: list[dict[str, Any]] = []
    if is_open is True:
        kind = stated("weights", SOURCE, _note(places))
        audience = stated("public", SOURCE, f"{_FLAG} is true")
        channels.append({"id": "weights", "kind": {**kind, "source": [SOURCE, *places]}, "audience": audience})
    elif places:
        kind = {**stated("weights", SOURCE, _LINKED), "source": [*places]}
        said = "is not stated" if is_open is None else f"is {quoted_value(is_open)}"
        channels.append({"id": "weights", "kind": kind, "audience": unknown(SOURCE, f"{_FLAG} {said}")})
    elif unread := unread_of(record):
        claim = unknown(SOURCE, f"{unread}, {_UNREAD}")
        channels.append({"id": "weights", "kind": claim, "audience": dict(claim)})
    elif is_open is None:
        claim = unknown(SOURCE, f"`{FLAG}`, which models.dev asks of every model, is missing")
        channels.append({"id": "weights", "kind": claim, "audience": dict(claim)})
    if is_open is False:
        channels.append(_api(record))
    return channels


def notes_of(record: Mapping[str, Any]) -> tuple[str, ...]:
    """Say what an entry has about weights that is not understood."""
    unread = unread_of(record)
    return (f"{unread}, {_UNREAD}: whether the weights can be had is unknown",) if unread else ()


def _api(record: Mapping[str, Any]) -> dict[str, Any]:
    kind = stated("api", SOURCE, "models.dev lists models that are served; it does not say by whom")
    api = {"id": "api", "kind": kind}
    if day_of(date := record.get("release_date")):
        note = f"`release_date`, the first public release, is {quoted(str(date))}"
        return {**api, "audience": stated("public", SOURCE, note)}
    return {**api, "audience": unknown(SOURCE, "no day of a public release is stated")}


def _note(places: Mapping[str, Any]) -> str:
    return f"{_FLAG} is true" if places else f"{_FLAG} is true; no place of them is linked, as models.dev asks for"
