"""What the schema finds wrong in a file, in words for the person who wrote it.

This is the slow and careful reading: it runs only on files that the fast one has refused.
"""

from __future__ import annotations

import collections
import itertools
import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from release_review.escape import shorten
from release_review.faults import Fault, nearest, quoted
from release_review.fingerprint import name_of
from release_review.pointer import pointer_to, steps_of, value_at

MOST_COLLECTED = 1000
"""Faults that are looked for in one file."""

_TO_THE_TOP = "move it to the top level, in TOML above the first header or under one of its own"
MOST_HOMES = 3
"""Tables that are named to somebody who wrote a key into another one."""

_TYPES = {
    "object": "a table",
    "array": "a list",
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "null",
}
_QUANTITY = re.compile(r"(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_ALTERNATIVES = re.compile(r"^(?:an?|the) |, | or ")


class SchemaError(Protocol):
    """What we read of an error of jsonschema."""

    absolute_path: Iterable[str | int]
    absolute_schema_path: Iterable[str | int]
    instance: Any
    schema: Mapping[str, Any]
    validator: str
    validator_value: Any


def schema_faults(schema: Mapping[str, Any], tree: Any, *, at: str = "") -> list[Fault]:
    """Give what is wrong with a part of a file, by a JSON Schema; nothing if it fits.

    Args:
        schema: What the part has to be.
        tree: The file.
        at: The part, by its pointer.
    """
    faults = (
        fault
        for error in _errors(schema, value_at(tree, at))
        for fault in _faults(error, at + pointer_to(*error.absolute_path), tree, schema=schema, at=at)
    )
    return list(dict.fromkeys(itertools.islice(faults, MOST_COLLECTED)))


def _errors(schema: Mapping[str, Any], data: Any) -> Iterator[SchemaError]:
    import jsonschema
    import re2

    def pattern(_: Any, expression: str, instance: Any, __: Any) -> Iterator[jsonschema.ValidationError]:
        # jsonschema searches with `re`, whose `$` lets a line break through at the end; that of RE2 does not.
        if isinstance(instance, str) and not re2.search(expression, instance):
            yield jsonschema.ValidationError("the text does not match")

    extend: Callable[..., Any] = jsonschema.validators.extend
    errors: Iterator[SchemaError] = extend(jsonschema.Draft202012Validator, {"pattern": pattern})(schema).iter_errors(
        data
    )
    return errors


def _faults(error: SchemaError, pointer: str, tree: Any, *, schema: Mapping[str, Any], at: str) -> Iterator[Fault]:
    name = shorten(name_of(pointer, tree)) or "the file"
    if "propertyNames" in error.absolute_schema_path:
        what = f"the key '{shorten(error.instance)}' of {name} is not well formed"
        yield Fault(pointer=pointer + pointer_to(error.instance), what=what, hint=_as_described(error))
    elif error.validator == "additionalProperties":
        yield from _unknown_keys(error, pointer, name, schema, at)
    elif error.validator == "required":
        yield from _missing_keys(error, pointer, name)
    else:
        yield _unfit(error, pointer, name, schema)


def _unknown_keys(error: SchemaError, pointer: str, name: str, schema: Mapping[str, Any], at: str) -> Iterator[Fault]:
    known = tuple(error.schema["properties"])
    top = () if at else schema.get("properties", ())
    homes = _headers_of(schema, at)
    place = f" in {name}" if pointer else ""
    for key in error.instance:
        if key not in known:
            home = _home(key, error.schema, top, homes)
            yield Fault(
                pointer=pointer + pointer_to(key),
                what=f"unknown key '{shorten(key)}'{place}",
                hint=home or f"use one of: {', '.join(known)}",
                word="" if home else key,
                known=known,
                table=pointer,
            )


def _home(key: str, table: Mapping[str, Any], top: Collection[str], homes: Mapping[str, Sequence[str]]) -> str:
    """Tell where a key belongs that its table does not know, if the schema says so."""
    if field := _field_described_as(key, table):
        return f"write it into {field}"
    if key in top:
        return _TO_THE_TOP
    if not (headers := homes.get(key, ())[:MOST_HOMES]):
        return ""
    *others, last = headers
    if not others:
        return f"it belongs to {last}; write that header above it"
    return f"it belongs to {', '.join(others)} or {last}; write one of these headers above it"


def _missing_keys(error: SchemaError, pointer: str, name: str) -> Iterator[Fault]:
    described_keys = error.schema.get("properties", {})
    misspelt = {nearest(key, tuple(described_keys)) for key in error.instance if key not in described_keys}
    for key in error.validator_value:
        if key not in error.instance and key not in misspelt:
            described = described_keys.get(key, {})
            yield Fault(pointer=pointer, what=f"{name} has no '{key}'", hint=_addition(described))


def _addition(described: Mapping[str, Any]) -> str:
    """Tell what to add for a key that is missing: one of its words, or what it means."""
    if words := described.get("else", described).get("enum"):
        return f"add one of: {', '.join(words)}"
    meaning = described.get("description", "")
    return f"add it: {_as_clause(meaning)}" if meaning else "add it"


def _unfit(error: SchemaError, pointer: str, name: str, schema: Mapping[str, Any]) -> Fault:
    found, limit = quoted(error.instance), error.validator_value
    match error.validator:
        case "type":
            hint = _type_hint(error.instance, limit, error.schema, pointer, schema)
            return Fault(pointer=pointer, what=f"{name} is {found}", hint=hint)
        case "const" if isinstance(limit, bool):
            return Fault(pointer=pointer, what=f"{name} is {found}", hint=_as_clause(error.schema["description"]))
        case "enum" | "const":
            return _wrong_word(error.instance, [limit] if error.validator == "const" else limit, pointer, name)
        case "pattern" if hint := _citation_hint(error.instance, tuple(error.absolute_path), schema):
            return Fault(pointer=pointer, what=f"{name} is {found}, which is no id", hint=hint)
        case "pattern":
            return Fault(pointer=pointer, what=f"{name} is {found}", hint=_as_described(error))
        case "minLength" if _is_condition(error.schema, schema):
            return Fault(pointer=pointer, what=f"{name} is empty", hint=_as_described(error))
        case _:
            clause = _BOUNDS[error.validator](error.instance, limit)
            return Fault(pointer=pointer, what=f"{name} {clause}")


def _is_condition(node: Mapping[str, Any], schema: Mapping[str, Any]) -> bool:
    """Tell whether a text is asked that is a condition, which a person may have left to be written later."""
    definitions = schema.get("$defs", {})
    return any(node == definitions.get(name) for name in ("condition", "optional-condition"))


def _wrong_word(value: Any, allowed: Sequence[Any], pointer: str, name: str) -> Fault:
    words = tuple(word for word in allowed if isinstance(word, str))
    known = ", ".join(words or map(quoted, allowed))
    hint = f"use one of: {known}" if len(allowed) > 1 else f"write {known}"
    word = value if isinstance(value, str) else ""
    return Fault(pointer=pointer, what=f"{name} is {quoted(value)}", hint=hint, word=word, known=words)


_BOUNDS: Mapping[str, Callable[[Any, Any], str]] = {
    "minLength": lambda value, _: "is empty" if not value else "is too short",
    "maxLength": lambda value, limit: f"has {len(value)} characters, and the limit is {limit}",
    "minimum": lambda value, limit: f"is {quoted(value)}, and the least value is {limit}",
    "maximum": lambda value, limit: f"is {quoted(value)}, and the greatest value is {limit}",
    "minItems": lambda value, limit: f"has {len(value)} items, and needs {limit}",
    "uniqueItems": lambda value, _: f"lists {quoted(_repeated(value))} twice",
}


def _repeated(values: Sequence[Any]) -> Any:
    """Give the first value that a list has twice, in the sense of JSON."""
    shown = [json.dumps(value, sort_keys=True) for value in values]
    counts = collections.Counter(shown)
    return next((value for value, text in zip(values, shown, strict=True) if counts[text] > 1), None)


def _as_described(error: SchemaError) -> str:
    return f"write {_as_clause(error.schema['description'])}"


def _as_clause(sentence: str) -> str:
    """Make a sentence a part of another: no capital, unless it is one of several, and no full stop."""
    first, rest = sentence[:1], sentence[1:]
    return (first.lower() if rest[:1].islower() or rest[:1] == " " else first) + rest.removesuffix(".")


def _headers_of(schema: Mapping[str, Any], at: str = "") -> Mapping[str, Sequence[str]]:
    """Give, for every key of a schema, the headers of the tables that have it, in the order of the schema.

    Args:
        schema: The schema of a file, or of a part of one.
        at: The part, by its pointer.
    """
    homes: dict[str, list[str]] = {}
    *_, last = ("", *steps_of(at))
    for header, table in _tables(schema, schema, _name(at), listed=last.isdigit()):
        for key in table["properties"]:
            homes.setdefault(key, []).append(header)
    return homes


def _field_described_as(key: str, table: Mapping[str, Any]) -> str:
    """Give the field of a table whose description begins with the key, such as `A title, DOI or URL`; or nothing."""
    for name, field in table["properties"].items():
        clause = field.get("description", "").partition(";")[0].removesuffix(".").lower()
        if key.lower() in _ALTERNATIVES.split(clause):
            return str(name)
    return ""


def _type_hint(
    value: Any, limit: str | Sequence[str], node: Mapping[str, Any], pointer: str, schema: Mapping[str, Any]
) -> str:
    """Tell what to write for a value of another type.

    Args:
        value: What is written.
        limit: The type, or types, that are asked.
        node: The schema of the value.
        pointer: Where the value stands in its file.
        schema: The schema of the file, for what the one of the value refers to.
    """
    match limit:
        case "array":
            hint = _list_hint(value, node, pointer, schema)
        case "object":
            hint = _table_hint(value, node, pointer)
        case "string":
            hint = _text_hint(value, node)
        case "number" | "integer":
            plain = value.replace(",", "") if isinstance(value, str) else ""
            hint = f"write {shorten(plain)}, without quotes" if _QUANTITY.fullmatch(plain) else ""
        case _:
            hint = ""
    kinds = [limit] if isinstance(limit, str) else limit
    return hint or f"write {' or '.join(_TYPES[kind] for kind in kinds)}"


def _citation_hint(value: str, path: Sequence[str | int], schema: Mapping[str, Any]) -> str:
    """Tell what to cite in the place of what is no id, if the list at `path` cites tables of the file; or nothing."""
    cited = path[-2] if len(path) > 1 and isinstance(path[-1], int) else ""
    home = schema.get("properties", {}).get(cited)
    table = _item(home, schema) if home else {}
    if "properties" not in table:
        return ""
    header = f"[[{cited}]]" if "items" in home else f"[{cited}]"
    article = "an" if str(cited)[0] in "aeiou" else "a"
    hint = f"write the id of {article} {header} table"
    field = "url" if "url" in table["properties"] else _field_described_as("url", table)
    return f"{hint} (put the URL into its {field})" if "://" in value and field else hint


def _list_hint(value: Any, node: Mapping[str, Any], pointer: str, schema: Mapping[str, Any]) -> str:
    if "properties" not in _item(node, schema):
        return f"write [{shorten(json.dumps(value))}]" if isinstance(value, str) else ""
    return f'write [[{_name(pointer)}]], with two brackets (in YAML, begin each entry with "- ")'


def _table_hint(value: Any, node: Mapping[str, Any], pointer: str) -> str:
    *_, last = ("", *steps_of(pointer))
    if value is None:
        return "nothing is in it; write its keys (in YAML, indent them below it)"
    if not isinstance(value, list) or last.isdigit() or not last:
        return ""
    if "properties" in node:
        return f"write [{_name(pointer)}], with one bracket"
    ids = (item.get("id") for item in value if isinstance(item, Mapping))
    written = next((name for name in ids if isinstance(name, str) and name), "ID")
    return f"write [{_name(pointer)}.{shorten(written)}]: the id stands in the header"


def _text_hint(value: Any, node: Mapping[str, Any]) -> str:
    import re2

    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    text = json.dumps(value)
    return f'write it in quotes, as in "{text}"' if re2.search(node.get("pattern", ""), text) else ""


def _tables(
    node: Mapping[str, Any], schema: Mapping[str, Any], name: str, *, listed: bool = False
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Give the header and the schema of every table at or below a node."""
    node = _resolved(node, schema)
    if "properties" in node:
        if name:
            yield (f"[[{name}]]" if listed else f"[{name}]"), node
        for key, inner in node["properties"].items():
            yield from _tables(inner, schema, f"{name}.{key}" if name else key)
    elif "items" in node:
        yield from _tables(node["items"], schema, name, listed=True)
    elif item := _item(node, schema):
        yield from _tables(item, schema, f"{name}.ID")


def _item(node: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give the schema of what a list, or a table of free keys, holds; an empty one if there is none."""
    inner = node.get("items", node.get("additionalProperties"))
    return _resolved(inner, schema) if isinstance(inner, Mapping) else {}


def _resolved(node: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in node:
        node = schema["$defs"][node["$ref"].removeprefix("#/$defs/")]
    return node


def _name(pointer: str) -> str:
    """Give the name that a header has for a place: its steps without the indices."""
    return ".".join(shorten(step) for step in steps_of(pointer) if not step.isdigit())
