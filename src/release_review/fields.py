"""The manifest's fields, as the schema declares them: the one description that all others are derived from.

Validation, normalisation, the types of CEL, the table in the docs and the `init` template read the
same JSON Schema; this module turns it into records that are pleasant to walk.
"""

from __future__ import annotations

import enum
import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_SCHEMAS = Path(__file__).parent / "schemas"

SCHEMA = "release-manifest-1.schema.json"
"""File name of the schema that describes bare values, in `release_review.schemas`."""

EVIDENCE_OF = "evidence_of"
"""Name of the table, beside the facts of a table, that leads from each fact to the evidence it cites."""

FACT_WORDS = ("yes", "no", "unknown", "not-applicable")
"""The answers to a question of fact."""


class Kind(enum.StrEnum):
    """What a field holds."""

    FACT = "fact"
    WORD = "word"
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    CLOSING_DATE = "closing-date"
    ID = "id"
    PATH = "path"
    DIGEST = "digest"
    LIST = "list"
    TABLE = "table"
    MAP = "map"
    FREE = "free"


KINDS = frozenset(kind.value for kind in Kind)
"""Names of the definitions that the schema's leaves refer to, among others."""

ANNOTATED = frozenset({Kind.FACT, Kind.WORD, Kind.TEXT, Kind.NUMBER, Kind.DATE, Kind.CLOSING_DATE})
"""Kinds whose values may be unknown, and may carry sources, evidence, a note and conflicts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of the manifest.

    Attributes:
        kind: What it holds.
        description: What it means, for docs and editors.
        words: The vocabulary of a fact or word, in the order of the schema.
        item: What each item of a list or each value of a map is.
        fields: The fields of a table, in the order of the schema.
        derived: Fields that normalisation adds to a table.
        required: Names of the fields of a table that must be written.
        bare: Whether the value may not be annotated.
        reads: Names of the fields beside it that a derived field is computed from.
    """

    kind: Kind
    description: str = ""
    words: tuple[str, ...] = ()
    item: Field | None = None
    fields: Mapping[str, Field] = field(default_factory=dict)
    derived: Mapping[str, Field] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    bare: bool = False
    reads: tuple[str, ...] = ()

    @property
    def annotated(self) -> bool:
        """Whether a value may be unknown and may carry an annotation."""
        return self.kind in ANNOTATED and not self.bare


@functools.cache
def manifest_schema() -> Mapping[str, Any]:
    """Read the source schema, which describes bare values."""
    return read_schema(SCHEMA)


def read_schema(file: str) -> Mapping[str, Any]:
    """Read one of the schemas that lie beside the modules, by the name of its file."""
    # `importlib.resources` would do it too, and costs ten milliseconds.
    schema: Mapping[str, Any] = json.loads((_SCHEMAS / file).read_text(encoding="utf-8"))
    return schema


@functools.cache
def manifest_fields() -> Field:
    """Give the manifest as a table of fields."""
    schema = manifest_schema()
    return _field(schema, schema["$defs"], bare=False)


def _field(node: Mapping[str, Any], definitions: Mapping[str, Any], *, bare: bool) -> Field:
    bare = bare or node.get("x-bare", False)
    description = node.get("description", "")
    if "$ref" in node:
        name = node["$ref"].removeprefix("#/$defs/")
        if name in KINDS:
            kind = Kind(name)
            return Field(kind=kind, description=description, words=FACT_WORDS if kind is Kind.FACT else (), bare=bare)
        target = _field(definitions[name], definitions, bare=bare)
        return _described(target, description)
    if "x-kind" in node:
        return Field(kind=Kind(node["x-kind"]), description=description, bare=bare)
    if "enum" in node:
        return Field(
            kind=Kind.WORD,
            description=description,
            words=tuple(node["enum"]),
            bare=bare,
            reads=tuple(node.get("x-reads", ())),
        )
    if node.get("type") == "array":
        return Field(kind=Kind.LIST, description=description, item=_field(node["items"], definitions, bare=bare))
    if "properties" in node:
        return Field(
            kind=Kind.TABLE,
            description=description,
            fields={name: _field(child, definitions, bare=bare) for name, child in node["properties"].items()},
            derived={name: _field(child, definitions, bare=True) for name, child in node.get("x-derived", {}).items()},
            required=frozenset(node.get("required", ())),
            bare=bare,
        )
    if isinstance(node.get("additionalProperties"), Mapping):
        item = _field(node["additionalProperties"], definitions, bare=bare)
        return Field(kind=Kind.MAP, description=description, item=item)
    if "const" in node:
        return Field(kind=Kind.ID, description=description, bare=True)
    return Field(kind=Kind.FREE, description=description)


def _described(target: Field, description: str) -> Field:
    if not description:
        return target
    return Field(
        kind=target.kind,
        description=description,
        words=target.words,
        item=target.item,
        fields=target.fields,
        derived=target.derived,
        required=target.required,
        bare=target.bare,
    )
