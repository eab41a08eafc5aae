"""The JSON Schemas as they are published: what validation, editors and `release-review schema` use.

The schema of the manifest is written for bare values, which is what people read. The published form
follows from it: every value that may be unknown may also be annotated, a fact may be `true` or
`false`, and a number or a date may be `unknown`.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from release_review.fields import ANNOTATED, manifest_schema, read_schema

MANIFEST = "release-manifest/1"
POLICY = "release-policy/1"
RULE = "release-rule/1"
ASSESSMENT = "release-assessment/1"
WAIVERS = "release-waivers/1"
BASELINE = "release-baseline/1"
REPORT = "release-report/1"
AUDIT_ROW = "audit-row/1"
AUDIT_SUMMARY = "audit-summary/1"
LEDGER = "release-ledger/1"

SCHEMAS = (MANIFEST, POLICY, RULE, ASSESSMENT, WAIVERS, BASELINE, REPORT, AUDIT_ROW, AUDIT_SUMMARY, LEDGER)
"""Names of the schemas, as files write them; rules and assessments go by that of their policy."""

_PARTS = {RULE: "rule", ASSESSMENT: "assessment"}

_CITATIONS = {"type": "array", "uniqueItems": True, "items": {"$ref": "#/$defs/id"}}


@functools.cache
def published_schema(name: str) -> Mapping[str, Any]:
    """Give a schema by the name that files write, such as `release-manifest/1`.

    Raises:
        KeyError: There is no such schema.
    """
    if name == MANIFEST:
        return expanded_manifest_schema()
    if name in _PARTS:
        return _part_of_policy(_PARTS[name])
    if name not in SCHEMAS:
        raise KeyError(name)
    return _read(name)


def expanded_manifest_schema() -> Mapping[str, Any]:
    """Derive the published schema of the manifest from the one that describes bare values."""
    source = manifest_schema()
    definitions = {
        "sources": {**_CITATIONS, "description": "Ids of `[source]` entries that state the value."},
        "records": {**_CITATIONS, "description": "Ids of `[[evidence]]` records that support the value."},
    }
    for name, definition in source["$defs"].items():
        if name in ANNOTATED:
            definitions[f"bare-{name}"] = _bare(name, definition)
            reference = {"$ref": f"#/$defs/bare-{name}"}
            definitions[name] = {"description": definition["description"], **_annotatable(reference)}
        else:
            definitions[name] = _expanded(definition)
    tree = {name: value for name, value in source.items() if name != "$defs"}
    return {**_expanded(tree), "$defs": definitions}


def _read(name: str) -> Mapping[str, Any]:
    return read_schema(name.replace("/", "-") + ".schema.json")


def _part_of_policy(part: str) -> Mapping[str, Any]:
    policy = _read(POLICY)
    identity = {"$schema": policy["$schema"], "$id": f"urn:release-review:release-{part}:1"}
    return {**identity, **policy["$defs"][part], "$defs": policy["$defs"]}


def _bare(name: str, definition: Mapping[str, Any]) -> dict[str, Any]:
    """Give the schema of a value that stands alone."""
    if name == "fact":
        return {**definition, "enum": [*definition["enum"], True, False]}
    if name == "text":
        return dict(definition)
    return {"description": definition["description"], "if": {"const": "unknown"}, "else": _without(definition)}


def _expanded(node: Any, *, plain: bool = False) -> Any:
    """Let every leaf be annotated, except below a node that is marked bare."""
    if isinstance(node, list):
        return [_expanded(item, plain=plain) for item in node]
    if not isinstance(node, Mapping):
        return node
    plain = plain or node.get("x-bare", False)
    if "enum" in node and not plain and "unknown" in node["enum"]:
        word = {"enum": node["enum"]}
        return {"description": node["description"], **_annotatable(word)}
    expanded = {key: _expanded(value, plain=plain) for key, value in node.items() if not key.startswith("x-")}
    name = node.get("$ref", "").removeprefix("#/$defs/")
    if plain and name in ANNOTATED:
        expanded["$ref"] = f"#/$defs/bare-{name}"
    return expanded


def _annotatable(leaf: Mapping[str, Any]) -> dict[str, Any]:
    beside = {
        "source": {"$ref": "#/$defs/sources"},
        "evidence": {"$ref": "#/$defs/records"},
        "note": {"type": "string", "description": "A remark of the author."},
    }
    other = {
        "type": "object",
        "description": "A value that another source states.",
        "additionalProperties": False,
        "required": ["value"],
        "properties": {"value": leaf, **beside},
    }
    conflicts = {
        "type": "array",
        "description": "What other sources state; the value is unknown while there are any.",
        "items": other,
    }
    annotation = {
        "additionalProperties": False,
        "required": ["value"],
        "properties": {"value": leaf, **beside, "conflicts": conflicts},
    }
    return {"if": {"type": "object"}, "then": annotation, "else": leaf}


def _without(definition: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in definition.items() if key != "description"}
