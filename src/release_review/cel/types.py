"""The types of CEL here, read off the manifest's fields.

A type says two things that plain CEL does not: which words a field may hold, and how the field
looks while its answer is not known (the word `unknown`, or null).
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field

from release_review import pointer as json_pointer
from release_review.fields import EVIDENCE_OF, Field, Kind, manifest_fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Type:
    """What an expression gives.

    Attributes:
        name: `bool`, `int`, `double`, `string`, `word`, `timestamp`, `duration`, `null`, `list`, `table` or `opaque`.
        words: The vocabulary of a word.
        unknown: How a leaf looks while it is not known: `word`, `null`, or empty for what is always known.
        item: What a list holds.
        fields: The fields of a table.
        at: Pattern of the places of a table or list in the manifest, as in `/access/*`.
        reads: Names of the fields that a derived field is computed from.
    """

    name: str
    words: tuple[str, ...] = ()
    unknown: str = ""
    item: Type | None = None
    fields: Mapping[str, Type] = field(default_factory=dict, repr=False, compare=False)
    at: str = ""
    reads: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The type in the words of an error message."""
        return _LABELS[self.name]

    @property
    def is_number(self) -> bool:
        """Whether the value can be counted with."""
        return self.name in ("int", "double")


_LABELS = {
    "bool": "a truth value",
    "int": "a whole number",
    "double": "a number",
    "string": "text",
    "word": "a word",
    "timestamp": "a date",
    "duration": "a duration",
    "null": "null",
    "list": "a list",
    "table": "a table",
    "opaque": "free space",
}

BOOL = Type(name="bool")
INT = Type(name="int")
DOUBLE = Type(name="double")
STRING = Type(name="string")
TIMESTAMP = Type(name="timestamp")
DURATION = Type(name="duration")
NULL = Type(name="null")

_LEAVES = {
    Kind.TEXT: "string",
    Kind.PATH: "string",
    Kind.DIGEST: "string",
    Kind.ID: "string",
    Kind.NUMBER: "double",
    Kind.DATE: "timestamp",
    Kind.CLOSING_DATE: "timestamp",
}


_RECORDS = "/evidence/*"
"""Where the evidence records stand, which cite no evidence themselves."""


@functools.cache
def manifest_type() -> Type:
    """Give the type of the name `manifest`."""
    fields = manifest_fields()
    records = fields.fields["evidence"].item
    if records is None:
        raise TypeError("the schema declares evidence as a list")
    evidence = _type(records, _RECORDS, required=True, evidence=None)
    return _type(fields, "", required=True, evidence=evidence)


def type_at(pattern: str) -> Type:
    """Give the type of what stands at a pattern such as `/access/*`.

    Raises:
        KeyError: The schema declares nothing there; its argument is the step that leads nowhere.
    """
    reached = manifest_type()
    for step in json_pointer.steps_of(pattern):
        inner = reached.item if step == json_pointer.EACH and reached.name == "list" else reached.fields.get(step)
        if inner is None or step == EVIDENCE_OF:
            raise KeyError(step)
        reached = inner
    return reached


def plain(*types: Type) -> Type:
    """Give the type of what is computed from values of one kind: it is no place of the manifest any more."""
    return Type(name=types[0].name, words=tuple(dict.fromkeys(word for each in types for word in each.words)))


def _type(source: Field, at: str, *, required: bool, evidence: Type | None) -> Type:
    if source.kind in (Kind.FACT, Kind.WORD):
        return Type(
            name="word", words=source.words, unknown="word" if "unknown" in source.words else "", reads=source.reads
        )
    if source.kind in _LEAVES:
        always_known = required and not source.annotated
        return Type(name=_LEAVES[source.kind], unknown="" if always_known else "null")
    if source.kind is Kind.LIST and source.item is not None:
        return Type(name="list", item=_type(source.item, f"{at}/*", required=True, evidence=evidence), at=at)
    if source.kind is Kind.TABLE:
        fields = {
            name: _type(inner, f"{at}/{name}", required=name in source.required, evidence=evidence)
            for name, inner in {**source.fields, **source.derived}.items()
        }
        cited = {name: Type(name="list", item=evidence) for name, inner in source.fields.items() if inner.annotated}
        if cited and evidence is not None and at != _RECORDS:
            fields[EVIDENCE_OF] = Type(name="table", fields=cited)
        return Type(name="table", fields=fields, at=at)
    return Type(name="opaque", at=at)
