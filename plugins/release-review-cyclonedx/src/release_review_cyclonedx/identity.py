"""Which model it is, and under which licence: as CycloneDX, SPDX and package URLs name them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from release_review.model import Manifest
from release_review_cyclonedx.values import version_of

_REPOSITORY = re.compile(
    r"(?:hf://|https://huggingface[.]co/)"
    r"(?P<owner>[A-Za-z0-9][\w.-]{0,95})/(?P<name>[A-Za-z0-9][\w.-]{0,95})"
    r"(?:@(?P<revision>[^/?#]+)|/(?:blob|resolve|tree)/(?P<at>[^/?#]+))?(?:[/?#].*)?",
    re.ASCII | re.DOTALL,
)
_NO_OWNERS = frozenset({
    *("api", "blog", "buckets", "chat", "collections", "datasets", "docs", "learn", "models", "new", "organizations"),
    *("papers", "posts", "settings", "spaces", "tasks"),
})  # fmt: skip
"""First parts of an address on the hub that are no owner of a model."""

_COMMIT = re.compile(r"[0-9a-f]{40}")
_JOINS = re.compile(r" (?:AND|OR|WITH) ")

MOST_EXPRESSION = 200
"""Characters of a licence that is tried as an SPDX expression: to parse one takes time."""


def identity_of(manifest: Manifest) -> dict[str, Any]:
    """Give the type, maker, group, name, version and purl of a release."""
    release = manifest.data.get("release") or {}
    developer, purl = release.get("developer"), _purl(release)
    return {
        "type": "machine-learning-model",
        **({"manufacturer": {"name": developer}, "group": developer} if developer else {}),
        "name": release.get("name") or manifest.release_id,
        **version_of(release.get("version")),
        **({"purl": purl} if purl else {}),
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


def _purl(release: Mapping[str, Any]) -> str:
    """Give the purl of the one repository on the hub that the artifacts name; nothing where they name more."""
    matches = [_REPOSITORY.fullmatch(each["uri"] or "") for each in release.get("artifact", ())]
    named = {_purl_of(match) for match in matches if match and match["owner"] not in _NO_OWNERS}
    return named.pop() if len(named) == 1 else ""


def _purl_of(match: re.Match[str]) -> str:
    """Write a purl of the type `huggingface`, whose version is a commit; a branch is none."""
    revision = match["revision"] or match["at"] or ""
    version = f"@{revision}" if _COMMIT.fullmatch(revision) else ""
    return f"pkg:huggingface/{match['owner']}/{match['name']}{version}"
