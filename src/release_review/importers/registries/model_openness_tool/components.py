"""The 17 components of the Model Openness Framework that an entry lists, each with its licence.

What an entry does not list is absent here: most entries are not complete, so that absence says nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from release_review.claims import UNKNOWN, Claim, agreed, quoted, stated, unknown
from release_review.denial import denies
from release_review.importers.registries.entry_files import text_of
from release_review.importers.registries.model_openness_tool.words import (
    SOURCE,
    UNRELIABLE,
    is_left_out,
    is_private,
    is_unlicensed,
    may_be_left_out,
)

Component = Mapping[str, Any]
"""One component, as an entry lists it: its `name` and, if it has one of its own, its `license`."""

FINAL = "model_parameters_final"
INTERMEDIATE = "model_parameters_intermediate"
WEIGHTS = (FINAL, INTERMEDIATE)
"""The components that are weights."""

COMPONENTS: Mapping[str, str] = {
    "model architecture": "model_architecture",
    "data preprocessing code": "data_preprocessing_code",
    "training code": "training_code",
    "inference code": "inference_code",
    "evaluation code": "evaluation_code",
    "supporting libraries and tools": "supporting_libraries_and_tools",
    "model parameters (final)": FINAL,
    "model parameters (intermediate)": INTERMEDIATE,
    "datasets": "datasets",
    "evaluation data": "evaluation_data",
    "model metadata": "model_metadata",
    "sample model outputs": "sample_model_outputs",
    "model card": "model_card",
    "data card": "data_card",
    "technical report": "technical_report",
    "research paper": "research_paper",
    "evaluation results": "evaluation_results",
}
"""The facts of a manifest for the names of the framework, in small letters and in its order."""

_MOST_UNREAD = 3
"""Things that are not understood and are quoted; of more of them the number is told."""


def components_of(release: Mapping[str, Any]) -> Mapping[str, Sequence[Component]]:
    """Give what an entry lists, by the facts of a manifest; the framework does not have any other component."""
    found: dict[str, list[Component]] = {}
    listed = release.get("components")
    for component in listed if isinstance(listed, list) else ():
        if isinstance(component, dict) and (fact := COMPONENTS.get(_folded(component.get("name")))):
            found.setdefault(fact, []).append(component)
    return found


def unread_of(release: Mapping[str, Any]) -> str:
    """Say what an entry has among its components that is none of the framework; empty where there is no such thing.

    One of them may be the weights under another name.
    """
    listed = release.get("components")
    if not isinstance(listed, list):
        return "the entry has no list of components"
    found = []
    for component in listed:
        if not isinstance(component, dict):
            found.append(f"{quoted(str(component))}, which is no table")
        elif not (name := text_of(component.get("name"))):
            found.append("a component without a name")
        elif _folded(name) not in COMPONENTS:
            found.append(quoted(name))
    found = list(dict.fromkeys(found))
    more = [f"{len(found) - _MOST_UNREAD:,} more"] if len(found) > _MOST_UNREAD else []
    shown = "; ".join([*found[:_MOST_UNREAD], *more])
    return f"the entry lists {shown}: no component of the framework" if found else ""


def is_doubtful(component: Component) -> bool:
    """Tell whether it is not understood if a component is included; one that is private is understood."""
    licence = licence_of_its_own(component)
    return _claim(component)["value"] == UNKNOWN and not is_private(licence)


def component_claims(listed: Mapping[str, Sequence[Component]]) -> dict[str, Claim]:
    """Give the claim about each component that is listed, in the order of the framework."""
    found = {fact: [_claim(each) for each in listed[fact]] for fact in COMPONENTS.values() if fact in listed}
    return {fact: agreed(_doubted(claims) if fact in WEIGHTS else claims) for fact, claims in found.items()}


def licence_of_its_own(component: Component) -> str:
    """Give the licence that stands beside a component; empty where there is none."""
    return text_of(component.get("license"))


def _claim(component: Component) -> Claim:
    licence = licence_of_its_own(component)
    if not licence:
        said = component.get("license")
        if said in (None, ""):
            return stated("yes", SOURCE, "it is listed, without a licence of its own")
        return unknown(SOURCE, "it is listed, and what stands for its licence is no text")
    if is_left_out(licence):
        return stated("no", SOURCE, f"it is listed as {quoted(licence)}")
    if may_be_left_out(licence):
        return unknown(
            SOURCE, f"it is listed as {quoted(licence)}: whether the component itself is left out is not clear"
        )
    if is_unlicensed(licence):
        return stated("yes", SOURCE, f"it is listed as {quoted(licence)}, which is included without a licence")
    if denies(licence):
        return unknown(SOURCE, f"it is listed, and its licence is {quoted(licence)}: that may mean that it is left out")
    if is_private(licence):
        return unknown(
            SOURCE, f"it is listed as {quoted(licence)}: that it exists does not say that anybody can get it"
        )
    return stated("yes", SOURCE, f"it is listed, under {quoted(licence)}")


def _doubted(claims: Sequence[Claim]) -> list[Claim]:
    return [{**claim, "note": f"{claim['note']}; {UNRELIABLE}"} for claim in claims]


def _folded(name: Any) -> str:
    return " ".join(text_of(name).casefold().split())
