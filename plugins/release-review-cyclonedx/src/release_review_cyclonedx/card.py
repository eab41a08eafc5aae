"""The model card: what the manifest states of the model, and nothing that it leaves open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from release_review.model import Manifest
from release_review_cyclonedx.facts import fact_properties
from release_review_cyclonedx.refs import Refs
from release_review_cyclonedx.values import listed

_SAYS_NOTHING = frozenset({"other", "unknown"})
"""Words for a modality or a vector that name none."""


def card_of(manifest: Manifest, refs: Refs) -> dict[str, Any]:
    """Give the modalities, the threats that were considered, and every fact that is stated."""
    release = manifest.data.get("release") or {}
    threats = [{"name": _threat(each)} for each in manifest.data.get("threat", ())]
    return {
        "bom-ref": refs.new("card", manifest.release_id),
        **_parameters(release.get("modalities", ())),
        **({"considerations": {"ethicalConsiderations": threats}} if threats else {}),
        **listed("properties", fact_properties(manifest)),
    }


def _parameters(modalities: Any) -> dict[str, Any]:
    """Give what goes in and comes out; of several modalities the manifest does not say which does which."""
    if len(modalities) != 1 or modalities[0] in _SAYS_NOTHING:
        return {}
    formats = [{"format": modalities[0]}]
    return {"modelParameters": {"inputs": formats, "outputs": formats}}


def _threat(threat: Mapping[str, Any]) -> str:
    vector = "" if threat["vector"] in _SAYS_NOTHING else threat["vector"]
    return ": ".join(part for part in (vector, threat["title"]) if part) or threat["id"]
