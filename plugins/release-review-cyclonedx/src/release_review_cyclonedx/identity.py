"""Which model it is, and under which licence: as CycloneDX, SPDX and package URLs name them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from release_review.model import Manifest
from release_review_cyclonedx.refs import Refs
from release_review_cyclonedx.values import property_of, version_of

_REPOSITORY = re.compile(
    r"(?:hf://|https://huggingface[.]co/)"
    r"(?P<owner>[A-Za-z0-9][\w.-]{0,95})/(?P<name>[A-Za-z0-9][\w.-]{0,95})"
    r"(?:@(?P<revision>[^/?#]+)|/(?:blob|resolve|tree)/(?P<at>[^/?#]+))?"
    r"(?:/(?P<file>[^?#]*))?(?:[?#].*)?",
    re.ASCII | re.DOTALL,
)
_NO_OWNERS = frozenset({
    *("api", "blog", "buckets", "chat", "collections", "datasets", "docs", "learn", "models", "new", "organizations"),
    *("papers", "posts", "settings", "spaces", "tasks"),
})  # fmt: skip
"""First parts of an address on the hub that are no owner of a model."""

_WEIGHTS = (
    *(".safetensors", ".gguf", ".ggml", ".bin", ".pt", ".pth", ".ckpt", ".onnx", ".h5", ".msgpack", ".npz", ".tflite"),
    *(".safetensors.index.json", ".bin.index.json"),
)
_NO_WEIGHTS = ("tokenizer", "vocab", "optimizer", "scheduler", "rng_state", "training_args")
"""How the names of files end that hold weights, and how those of other files begin that end in the same way."""

_COMMIT = re.compile(r"[0-9a-f]{40}")
_JOINS = re.compile(r" (?:AND|OR|WITH) ")

MOST_EXPRESSION = 200
"""Characters of a licence that is tried as an SPDX expression: to parse one takes time."""


def identity_of(manifest: Manifest) -> dict[str, Any]:
    """Give the type, maker, group, name, version and purl of a release.

    Who finds a model by these takes what is declared for a review of that model. So they come from the id, by which
    a review is found; what a manifest calls the developer and the model besides is among its facts.
    """
    release = manifest.data.get("release") or {}
    developer, name, version = parts_of(manifest.release_id)
    purl = _purl(release, f"{developer}/{name}")
    return {
        "type": "machine-learning-model",
        "manufacturer": {"name": developer},
        "group": developer,
        "name": name,
        **version_of(version or release.get("version")),
        **({"purl": purl} if purl else {}),
    }


def target_of(manifest: Manifest, refs: Refs) -> dict[str, Any]:
    """Give a release as what the claims are about: with its id, which says of what they are declared."""
    return {
        **identity_of(manifest),
        "bom-ref": refs.new("target", manifest.release_id),
        "properties": [property_of("release", manifest.release_id)],
    }


def licences_of(manifest: Manifest) -> dict[str, Any]:
    """Give the licence of the weights as an SPDX id or expression where it is one, else by its name."""
    stated = (manifest.data.get("weights") or {}).get("license")
    if not stated:
        return {}
    from cyclonedx.spdx import fixup_id, is_expression

    if spdx := fixup_id(stated):
        return {"licenses": [{"license": {"id": spdx}}]}
    if len(stated) <= MOST_EXPRESSION and _JOINS.search(stated) and is_expression(stated):
        return {"licenses": [{"expression": stated}]}
    return {"licenses": [{"license": {"name": stated}}]}


def parts_of(release_id: str) -> tuple[str, str, str]:
    """Take an id apart into developer, name and version."""
    developer, _, rest = release_id.partition("/")
    name, _, version = rest.partition("@")
    return developer, name, version


def _purl(release: Mapping[str, Any], model: str) -> str:
    """Give the purl of the repository of a model on the hub, where the artifacts name it and no other.

    Args:
        release: What the manifest says of the release.
        model: `developer/name` of its id. Another repository holds another model.
    """
    if any(_same("/".join(parts_of(each["id"])[:2]), model) for each in release.get("base", ())):
        return ""  # the repository holds what the release was made from too, and nobody says at which commit
    found = ((each, _REPOSITORY.fullmatch(each["uri"] or "")) for each in release.get("artifact", ()))
    matches = [(each, match) for each, match in found if match and match["owner"] not in _NO_OWNERS]
    if not all(_same(f"{match['owner']}/{match['name']}", model) for _, match in matches):
        return ""
    named = {_purl_of(match) for each, match in matches if _is_model(each, match)}
    return named.pop() if len(named) == 1 else ""


def _same(one: str, other: str) -> bool:
    """Tell whether two names mean one repository: the hub does not tell capitals from small letters."""
    return one.lower() == other.lower()


def _is_model(artifact: Mapping[str, Any], match: re.Match[str]) -> bool:
    """Tell whether an artifact is the whole repository or weights in it, and not a tokenizer, say, taken from there."""
    names = [name.strip("/").lower() for name in (match["file"], artifact["path"]) if name and name.strip("/")]
    parts = (part for name in names for part in name.split("/"))
    return all(name.endswith(_WEIGHTS) for name in names) and not any(part.startswith(_NO_WEIGHTS) for part in parts)


def _purl_of(match: re.Match[str]) -> str:
    """Write a purl of the type `huggingface`, whose version is a commit; a branch is none."""
    revision = match["revision"] or match["at"] or ""
    version = f"@{revision}" if _COMMIT.fullmatch(revision) else ""
    return f"pkg:huggingface/{match['owner']}/{match['name']}{version}"
