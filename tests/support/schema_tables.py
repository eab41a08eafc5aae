"""Tables of the keys of a JSON Schema, for our pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_BRANCHES = ("then", "else")
_ANY_KEY = "ID"


def key_table(schema: Mapping[str, Any]) -> str:
    """Give every key that a schema describes as a table in Markdown: where it stands, and what it means."""
    rows: dict[str, str] = {}
    for path, meaning in _keys(schema, schema, ""):
        rows.setdefault(path, meaning)
    lines = [f"| `{path}` | {meaning.removesuffix('.')} |" for path, meaning in rows.items()]
    return "\n".join(["| key | meaning |", "|---|---|", *lines]) + "\n"


def _keys(node: Mapping[str, Any], whole: Mapping[str, Any], path: str) -> Iterator[tuple[str, str]]:
    if "$ref" in node:
        node = whole["$defs"][node["$ref"].removeprefix("#/$defs/")] | {
            key: value for key, value in node.items() if key != "$ref"
        }
    for key, inner in node.get("properties", {}).items():
        below = f"{path}.{key}" if path else key
        yield below, inner["description"]
        yield from _keys(inner, whole, below)
    for branch in _BRANCHES:
        if branch in node:
            yield from _keys(node[branch], whole, path)
    if "items" in node:
        yield from _keys(node["items"], whole, f"{path}[]")
    if isinstance(node.get("additionalProperties"), Mapping):
        yield from _keys(node["additionalProperties"], whole, f"{path}.{_ANY_KEY}")
