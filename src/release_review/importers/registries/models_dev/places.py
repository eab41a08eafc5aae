"""What a model of models.dev has about weights: links that are read, and all else that may speak of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from release_review.claims import quoted
from release_review.escape import web_address
from release_review.importers.registries.entry_files import text_of
from release_review.importers.registries.models_dev.words import SOURCE, quoted_value

FLAG = "open_weights"
LINKS = "weights"

_MOST_PLACES = 10
"""Places of weights that are cited; more of them say no more."""

_MOST_UNREAD = 3
"""Values that are not understood and are quoted; of more of them the number is told."""


def places_of(record: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Give title and address of each place at which a model links its weights, by the id of the source."""
    listed = record.get(LINKS)
    places: dict[str, tuple[str, str]] = {}
    for place in listed if isinstance(listed, list) else ():
        url = _address(place)
        if not url or len(places) == _MOST_PLACES:
            continue
        number = f"-{len(places) + 1}" if places else ""
        label = text_of(place.get("label")) or "no label"
        places[f"{SOURCE}-weights{number}"] = (f"Weights, as models.dev links them: {label}", url)
    return places


def unread_of(record: Mapping[str, Any]) -> str:
    """Say what a model has about weights that is not understood; empty where there is no such thing.

    A link in another shape is a claim of weights all the same, and so may be a field with another name.
    """
    listed = record.get(LINKS)
    if isinstance(listed, list):
        found = [f"`{LINKS}` has {quoted_value(each)}" for each in listed if not _address(each)]
    else:
        found = [] if listed in (None, "", {}) else [f"`{LINKS}` is {quoted_value(listed)}"]
    links = record.get("links")
    for link in links if isinstance(links, list) else ():
        if isinstance(link, dict) and "weight" in text_of(link.get("type")).casefold():
            found.append(f"`links` has {quoted_value(link)}")
    found += [f"{quoted(key)} is {quoted_value(record[key])}" for key in record if _may_speak_of_weights(key)]
    if (flag := record.get(FLAG)) is not None and not isinstance(flag, bool):
        found.append(f"`{FLAG}` is {quoted_value(flag)}")
    more = [f"{len(found) - _MOST_UNREAD:,} more"] if len(found) > _MOST_UNREAD else []
    return "; ".join([*found[:_MOST_UNREAD], *more])


def _address(place: Any) -> str:
    return web_address(text_of(place.get("url"))) if isinstance(place, dict) else ""


def _may_speak_of_weights(key: str) -> bool:
    # A letter of another alphabet may look like one of ours.
    return key not in (FLAG, LINKS) and ("weight" in key.casefold() or not key.isascii())
