"""What an entry says of weights: that they are listed, under which licence, and where; never who can get them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from release_review.claims import UNKNOWN, Claim, agreed, quoted, stated, unknown
from release_review.escape import web_address
from release_review.importers.registries.entry_files import text_of
from release_review.importers.registries.model_openness_tool.components import (
    FINAL,
    WEIGHTS,
    Component,
    is_doubtful,
    licence_of_its_own,
    unread_of,
)
from release_review.importers.registries.model_openness_tool.words import (
    SOURCE,
    UNRELIABLE,
    is_left_out,
    is_private,
    is_unlicensed,
    names_a_licence,
)
from release_review.licences import Licence, licence_of

CHANNEL = "weights"

PLACE = f"{SOURCE}-place"
"""The id of the source that an entry links as the place of the model."""

TERMS = f"{SOURCE}-licence"
"""The id of the source that an entry links as the licence of the weights."""

_GLOBAL = ("data", "distribution")
"""Which of the licences of a whole release weights inherit, the nearest first: to the registry, weights are data."""


def channels_of(
    release: Mapping[str, Any], listed: Mapping[str, Sequence[Component]], claims: Mapping[str, Claim]
) -> list[dict[str, Any]]:
    """Give the channel through which weights would be reached, where an entry lists them.

    Who can get them is unknown. So the channel may turn out to be internal, and no property follows from it. What is
    not understood may be the weights: without a channel, one of another source would stand alone.
    """
    if not any(_is_claimed(claims[fact]) for fact in WEIGHTS if fact in claims):
        doubts = [claims[fact]["note"] for fact in WEIGHTS if any(is_doubtful(each) for each in listed.get(fact, ()))]
        if not (why := "; ".join(filter(None, [*doubts, unread_of(release)]))):
            return []
        return [{"id": CHANNEL, "kind": unknown(SOURCE, why), "audience": unknown(SOURCE, UNRELIABLE)}]
    kind = stated("weights", SOURCE, f"the entry lists them; {UNRELIABLE}")
    if place_of(release, listed.get(FINAL, ())):
        kind["source"] = [SOURCE, PLACE]
    return [{"id": CHANNEL, "kind": kind, "audience": unknown(SOURCE, UNRELIABLE)}]


def place_of(release: Mapping[str, Any], finals: Sequence[Component]) -> str:
    """Give the address at which an entry says that the weights lie; empty where it names none."""
    links = [component.get("component_path") for component in finals] + [release.get("huggingface")]
    places = (web_address(text_of(link)) for link in links)
    return next((place for place in places if place and "/papers/" not in place), "")


def terms_of(release: Mapping[str, Any], finals: Sequence[Component]) -> str:
    """Give the address of the licence of the weights; empty where an entry names none, or lists no weights."""
    if not finals or is_left_out(own := licence_of_its_own(finals[0])):
        return ""
    return web_address(text_of(finals[0].get("license_path")) if own else _global(release)[1])


def licence_claims(release: Mapping[str, Any], finals: Sequence[Component]) -> dict[str, Claim]:
    """Give `license` and `license_family`, as far as an entry that lists weights says anything of them."""
    found = [claim for component in finals if (claim := _licence(release, component)) is not None]
    if not found:
        return {}
    cites = [SOURCE, TERMS] if terms_of(release, finals) else [SOURCE]
    licence = agreed([{**claim, "source": cites} for claim, _ in found])
    families = [known.family if known is not None else UNKNOWN for _, known in found]
    if "conflicts" in licence or families[0] == UNKNOWN:
        return {"license": licence}
    return {"license": licence, "license_family": stated(families[0], SOURCE, f"the family of {licence['value']}")}


def _licence(release: Mapping[str, Any], component: Component) -> tuple[Claim, Licence | None] | None:
    """Give a claim about the licence of weights, and the licence that it names; nothing where they are left out."""
    written, inherited = licence_of_its_own(component), False
    if not written and component.get("license") not in (None, ""):
        return unknown(SOURCE, "what stands for the licence of the weights is no text"), None
    if not written:
        written, inherited = _global(release)[0], True
    if is_left_out(written):
        return None
    if not written or is_unlicensed(written):
        how = f"written as {quoted(written)}: " if written else ""
        return unknown(SOURCE, f"{how}the weights are listed without a licence"), None
    if not names_a_licence(written):
        return unknown(SOURCE, f"written as {quoted(written)}, which names no licence"), None
    licence = licence_of(written)
    if is_private(written):
        licence = dataclasses.replace(licence, family="proprietary")
    how = "the licence of the whole release, written" if inherited else "written"
    return stated(licence.id, SOURCE, f"{how} as {quoted(written)}"), licence


def _global(release: Mapping[str, Any]) -> tuple[str, str]:
    """Give name and address of the licence that weights without one of their own inherit."""
    licences = release.get("license")
    if isinstance(licences, str):
        return licences.strip(), ""
    for kind in _GLOBAL:
        found = licences.get(kind) if isinstance(licences, dict) else None
        if isinstance(found, dict) and (name := text_of(found.get("name"))):
            return name, text_of(found.get("path"))
    return "", ""


def _is_claimed(claim: Claim) -> bool:
    return any(each["value"] == "yes" for each in (claim, *claim.get("conflicts", ())))
