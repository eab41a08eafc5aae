"""BOMs for tests: each is held against the validator of the format's own library before anything else is asked."""

from __future__ import annotations

import functools
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from jsonschema import Draft7Validator
from reports import DAY, result

from release_review.evidence import Resolved, Status
from release_review.hooks import Style, Unreviewed
from release_review.model import Manifest, Outcome, Report, RuleResult, Verdict
from release_review.testing import document_of
from release_review.validate import validate
from release_review_cyclonedx import render

_REFERRING = frozenset({"assemblies", "assessor", "claims", "counterClaims", "evidence", "mitigationStrategies"})
"""Fields whose texts are names of other parts; `requirement` and `target` too, one each."""

# To parse one address takes the library milliseconds, and the rules cite the same few over and over.
_asked, _raises = Draft7Validator.FORMAT_CHECKER.checkers["iri-reference"]
Draft7Validator.FORMAT_CHECKER.checkers["iri-reference"] = (functools.cache(_asked), _raises)
VALIDATOR = JsonStrictValidator(SchemaVersion.V1_6)


def problems(text: str) -> list[str]:
    """Give what is wrong with a BOM: by the validator of the library, and by names that are not one to one."""
    errors = VALIDATOR.validate_str(text, all_errors=True)
    found = [repr(error)[:500] for error in errors or ()]
    document = json.loads(text)
    names = Counter(_names(document))
    found += [f"{name} is there {count} times" for name, count in names.items() if count > 1]
    return found + [f"{name} is nowhere" for name in _referred(document) if name not in names]


def bom(*entries: Report | Unreviewed) -> dict[str, Any]:
    """Give a BOM as data, once nothing is wrong with it."""
    text = render(entries, Style())
    assert problems(text) == []
    data: dict[str, Any] = json.loads(text)
    return data


def component_of(*entries: Report | Unreviewed) -> dict[str, Any]:
    """Give the component that a BOM is about."""
    component: dict[str, Any] = bom(*entries)["metadata"]["component"]
    return component


def values(part: Mapping[str, Any], name: str) -> list[str]:
    """Give the values of a property of ours."""
    return [each["value"] for each in part.get("properties", ()) if each["name"] == f"release-review:{name}"]


def named(parts: Sequence[Mapping[str, Any]], ref: str) -> Mapping[str, Any]:
    """Give the part of a name."""
    (found,) = (part for part in parts if part["bom-ref"] == ref)
    return found


def mapped(document: Mapping[str, Any], rule: str) -> Mapping[str, Any]:
    """Give what is mapped to a rule."""
    entries = (entry for each in document["declarations"]["attestations"] for entry in each["map"])
    found: Mapping[str, Any]
    (found,) = (entry for entry in entries if entry["requirement"] == f"rule/{rule}")
    return found


def manifest_of(data: Mapping[str, Any], *, statuses: Sequence[Status] = ()) -> Manifest:
    """Validate a manifest; `statuses` is what became of its evidence."""
    whole = {"schema": "release-manifest/1", **data}
    whole["release"] = {"id": "acme/one", **data.get("release", {})}
    resolved = [Resolved(status=status) for status in statuses] if statuses else None
    return validate(document_of(whole), as_of=DAY, today=DAY, evidence=resolved)


def report_on(data: Mapping[str, Any], *results: RuleResult, statuses: Sequence[Status] = (), **changes: Any) -> Report:
    """Give a report on a manifest, with one rule that passes if no other is given."""
    fields: dict[str, Any] = {
        "engine": "reference",
        "manifest": manifest_of(data, statuses=statuses),
        "verdict": Verdict.PASS,
        "assessments": (),
        "results": results or (result("access/described", Outcome.PASS),),
        "policies": (),
    }
    return Report(**(fields | changes))


def _names(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if "bom-ref" in part:
            yield part["bom-ref"]
        for inner in part.values():
            yield from _names(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _names(inner)


def _referred(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        for name, inner in part.items():
            if name in ("assessor", "requirement", "target"):
                yield inner
            elif name in _REFERRING and isinstance(inner, list):
                yield from (each for each in inner if isinstance(each, str))
            yield from _referred(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _referred(inner)
