"""The schemas themselves: complete, closed, and read alike by both engines."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import jsonschema_rs
import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from release_review.fields import Field, Kind, manifest_fields, manifest_schema
from release_review.schema import (
    ASSESSMENT,
    AUDIT_ROW,
    AUDIT_SUMMARY,
    LEDGER,
    MANIFEST,
    POLICY,
    REPORT,
    RULE,
    SCHEMAS,
    WAIVERS,
    published_schema,
)
from release_review.schema_faults import schema_faults
from release_review.validate import _acceptor

WITH_SUBSCHEMAS = {"properties", "$defs"}
WITH_SUBSCHEMA = {"items", "if", "then", "else", "additionalProperties", "propertyNames"}
PLAIN = {"$schema", "$id", "$ref", "title", "description", "type", "enum", "const", "pattern", "required"}
BOUNDS = {"minLength", "maxLength", "minimum", "maximum", "minItems", "uniqueItems"}

WRITTEN_BY_US = {REPORT, AUDIT_ROW, AUDIT_SUMMARY, LEDGER}
"""What people do not write: whoever reads it ignores keys that a later version may add."""

ANNOTATED = {
    "value": "no",
    "source": ["card"],
    "evidence": ["e1"],
    "note": "as of May",
    "conflicts": [{"value": True, "source": ["osai"], "evidence": ["e1"], "note": "a registry"}],
}
FULL: dict[str, Any] = {
    "schema": "release-manifest/1",
    "release": {
        "id": "acme/model@2.0",
        "developer": "Acme",
        "date": "2025-08",
        "derived": True,
        "base": [{"id": "acme/base", "relation": {"value": "merge", "note": "two parents"}}],
        "modalities": ["text", {"value": "code", "source": ["card"]}],
        "artifact": [{"path": "model.safetensors", "digest": "sha256:" + "0" * 64}],
    },
    "source": {"card": {"title": "Card", "date": "2025"}, "osai": {"title": "OSAI", "url": "https://osai-index.eu"}},
    "weights": {"license": "Apache-2.0", "parameters_total": 7e9, "training_compute_flop": "unknown"},
    "access": [{"id": "hub", "kind": "weights", "from": "2025-08-05", "until": "unknown", "revocable": ANNOTATED}],
    "components": {"model_card": True},
    "benefit": [{"kind": "science", "caveat_addressed": "not-applicable"}],
    "threat": [{"id": "t", "vector": "other", "existing_defenses": {"listed": "yes", "layers": ["legal"]}}],
    "evidence": [{"id": "e1", "kind": "card", "citation": "doi:10.1000/182", "date": "2025-08-05T23:00:00-05:00"}],
    "extensions": {"acme": {"anything": [None, {"at": "all"}]}},
}
POLICY_FILE: dict[str, Any] = {
    "schema": "release-policy/1",
    "id": "acme",
    "version": "1.0.0",
    "title": "Acme",
    "override": {"base/rule": {"severity": "warning", "params": {"days": 3}, "because": "we publish weekly"}},
    "rule": [
        {
            "id": "r",
            "summary": "It has one.",
            "assert": "true",
            "waivable": {"max_days": 90},
            "params": {"days": {"type": "integer", "default": 2, "min": 1}, "words": ["a"]},
            "case": [{"name": "n", "expect": "pass", "set": {"/access/-": {}}, "remove": ["/weights"]}],
        }
    ],
}
EXAMPLES = {MANIFEST: FULL, POLICY: POLICY_FILE}

WELL_FORMED = {
    "release-id": "acme/model@2.0",
    "id": "hub",
    "iso-date": "2025-08-05T10:00:00.5+02:00",
    "digest": "sha256:" + "0" * 64,
    "organization": "acme_labs",
    "qualified-id": "open-properties/broader-access",
    "level-name": "does-not-apply",
    "day": "2025-08-05",
    "pointer-pattern": "/access/*",
    "param-name": "max_days",
}


def subschemas(node: Any) -> Iterator[Mapping[str, Any]]:
    if not isinstance(node, Mapping):
        return
    yield node
    for key, value in node.items():
        if key in WITH_SUBSCHEMAS:
            for inner in value.values():
                yield from subschemas(inner)
        elif key in WITH_SUBSCHEMA:
            yield from subschemas(value)


def fields_below(field: Field) -> Iterator[Field]:
    yield field
    for inner in (*field.fields.values(), *field.derived.values(), *([field.item] if field.item else [])):
        yield from fields_below(inner)


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_valid_and_has_no_keyword_that_would_be_ignored(name: str) -> None:
    schema = published_schema(name)
    jsonschema.Draft202012Validator.check_schema(schema)
    used = {key for node in subschemas(schema) for key in node}
    assert used <= WITH_SUBSCHEMAS | WITH_SUBSCHEMA | PLAIN | BOUNDS


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_refers_only_to_itself(name: str) -> None:
    schema = published_schema(name)
    references = {node["$ref"] for node in subschemas(schema) if "$ref" in node}
    assert references <= {f"#/$defs/{definition}" for definition in schema.get("$defs", ())}


@pytest.mark.parametrize("name", [name for name in SCHEMAS if name not in WRITTEN_BY_US])
def test_every_table_that_names_its_keys_is_closed(name: str) -> None:
    open_tables = [node for node in subschemas(published_schema(name)) if "properties" in node]
    assert all(node.get("additionalProperties") is False for node in open_tables)


def test_there_is_no_schema_of_another_name() -> None:
    with pytest.raises(KeyError):
        published_schema("release-manifest/2")


@pytest.mark.parametrize(("name", "data"), [*EXAMPLES.items()])
def test_an_example_with_a_bit_of_everything_fits(name: str, data: Any) -> None:
    assert schema_faults(published_schema(name), data) == []
    assert _acceptor(name).is_valid(data)


@pytest.mark.parametrize(("name", "part"), [(RULE, "rule"), (ASSESSMENT, "assessment")])
def test_the_schema_of_a_part_is_that_of_its_policy(name: str, part: str) -> None:
    policy = published_schema(POLICY)
    assert published_schema(name)["properties"] == policy["$defs"][part]["properties"]


def test_every_field_is_described_in_one_sentence() -> None:
    for field in fields_below(manifest_fields()):
        assert re.fullmatch(r"[A-Z`][^.]*([.](?! [A-Z])[^.]*)*[.]", field.description), field


def test_every_enumeration_of_the_manifest_has_unknown_but_for_derived_ones() -> None:
    derived = {"opened", "status"}
    for field in fields_below(manifest_fields()):
        for name, inner in {**field.fields, **field.derived}.items():
            words = (inner.item or inner).words
            assert not words or ("unknown" in words) == (name not in derived), name


def test_keys_are_snake_case_and_words_are_kebab_case() -> None:
    for field in fields_below(manifest_fields()):
        assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in field.fields)
        assert all(re.fullmatch(r"[a-z0-9][a-z0-9-]*", word) for word in field.words)


def test_all_components_of_the_model_openness_framework_are_there() -> None:
    components = manifest_fields().fields["components"].fields
    assert len(components) == 17
    assert {field.kind for field in components.values()} == {Kind.FACT}


def test_only_what_the_design_names_is_required() -> None:
    fields = manifest_fields().fields
    assert manifest_fields().required == {"schema", "release"}
    items = {name: field.item.required for name, field in fields.items() if field.item is not None}
    assert {name: set(required) for name, required in items.items() if required} == {
        "access": {"id", "kind"},
        "threat": {"id", "vector"},
        "evidence": {"id", "kind"},
        "source": {"title"},
    }


def test_a_derived_field_names_the_fields_it_is_computed_from() -> None:
    for field in fields_below(manifest_fields()):
        for derived in field.derived.values():
            assert derived.reads
            assert set(derived.reads) <= set(field.fields)


def test_the_published_schema_is_made_anew_from_a_source_that_stays_as_it_is() -> None:
    before = json.dumps(manifest_schema())
    published_schema(MANIFEST)
    assert json.dumps(manifest_schema()) == before


def definitions_with_patterns() -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name in (MANIFEST, POLICY):
        for key, definition in published_schema(name)["$defs"].items():
            # A step of a JSON Pointer may hold anything.
            if "pattern" in definition and key != "pointer":
                yield key, definition


@pytest.mark.parametrize(("key", "definition"), [*definitions_with_patterns()])
@pytest.mark.parametrize("beside", ["{}\n", "{}\r", "{}\u2028", "\n{}", " {}", "{}\0", "{}\u0301"])
def test_no_pattern_lets_anything_through_beside_a_match(key: str, definition: Mapping[str, Any], beside: str) -> None:
    text = WELL_FORMED[key]
    linear = jsonschema_rs.RegexOptions()
    accepts = jsonschema_rs.Draft202012Validator(dict(definition), pattern_options=linear).is_valid
    assert accepts(text)
    assert schema_faults(definition, text) == []
    assert not accepts(beside.format(text))
    assert schema_faults(definition, beside.format(text)) != []


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_pattern_runs_in_linear_time_and_spans_the_whole_text(name: str) -> None:
    for node in subschemas(published_schema(name)):
        if "pattern" in node:
            re2.compile(node["pattern"])
            assert node["pattern"].startswith("^")
            assert node["pattern"].endswith("$")


def test_the_patterns_of_waivers_are_those_of_what_they_name() -> None:
    waiver = published_schema(WAIVERS)["properties"]["waiver"]["items"]["properties"]
    manifest, policy = published_schema(MANIFEST)["$defs"], published_schema(POLICY)["$defs"]
    assert waiver["release"]["pattern"] == manifest["release-id"]["pattern"]
    assert waiver["rule"]["pattern"] == policy["qualified-id"]["pattern"]
    assert waiver["created"]["pattern"] == waiver["expires"]["pattern"] == policy["day"]["pattern"]


def test_the_reports_we_show_fit_their_schema() -> None:
    files = (Path(__file__).parent / "golden").rglob("*.json")
    reports = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    reports = [report for report in reports if report.get("schema") == REPORT]
    assert reports
    for report in reports:
        assert schema_faults(published_schema(REPORT), report) == []
        del report["verdict"]
        assert not _acceptor(REPORT).is_valid(report)


JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["yes", "true", "unknown", "weights", "hub", "hub\n", "2024-13", "", "x" * 70, "\u0301", "Hub"]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
    st.just([]),
    st.just({}),
    st.just(["text", "text"]),
    st.just({"value": "yes"}),
    st.just({"value": "unknown", "conflicts": [{"source": []}]}),
    st.just({"value": {"value": "yes"}}),
).map(copy.deepcopy)


@st.composite
def damaged(draw: st.DrawFn, example: Any) -> Any:
    """Give a document with one to three places replaced, removed or added."""
    root = {"": copy.deepcopy(example)}
    for _ in range(draw(st.integers(1, 3))):
        holder: Any = root
        key: Any = ""
        while isinstance(holder[key], dict | list) and holder[key] and draw(st.integers(0, 5)):
            holder = holder[key]
            key = draw(st.sampled_from(sorted(holder) if isinstance(holder, dict) else range(len(holder))))
        match draw(st.sampled_from(["replace", "remove", "add"])):
            case "remove" if key != "":
                del holder[key]
            case "add" if isinstance(holder, dict) and key != "":
                holder[draw(st.sampled_from(["value", "id", "kind", "wieghts", "Kind", "", "x-y"]))] = draw(JUNK)
            case "add" if isinstance(holder, list):
                holder.append(draw(JUNK))
            case _:
                holder[key] = draw(JUNK)
        if not isinstance(root[""], dict):
            break
    return root[""]


@given(data=damaged(FULL))
def test_both_engines_agree_on_damaged_manifests(data: Any) -> None:
    assert _acceptor(MANIFEST).is_valid(data) == (schema_faults(published_schema(MANIFEST), data) == [])


@given(data=damaged(POLICY_FILE))
def test_both_engines_agree_on_damaged_policies(data: Any) -> None:
    assert _acceptor(POLICY).is_valid(data) == (schema_faults(published_schema(POLICY), data) == [])
