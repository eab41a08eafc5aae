"""The JSON Schemas in the form that editors complete and explain from; they admit what the published ones admit.

Taplo, and Even Better TOML with it, reads `$ref` as drafts before 2019-09 do, where what stands beside it does not
count: it would explain `summary` as "Text that is not empty.", which is what every text is. And it does not look into
`if`, `then` and `else` for what may be written. So a reference with anything beside it is replaced by what it refers
to, and beside each condition stand its branches as alternatives, one of which is always met.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from release_review.schema import ASSESSMENT, MANIFEST, POLICY, RULE, WAIVERS, published_schema

WRITTEN_BY_HAND = frozenset({ASSESSMENT, MANIFEST, POLICY, RULE, WAIVERS})
"""Names of the schemas of what people write, and of which editors are to know."""

_DEFINITIONS = "#/$defs/"
_ALWAYS_MET = True


def schema_for_editors(name: str) -> Mapping[str, Any]:
    """Give a schema by the name that files write, such as `release-rule/1`.

    Raises:
        KeyError: There is no such schema.
    """
    schema = published_schema(name)
    plain: Mapping[str, Any] = _plain(schema, schema.get("$defs", {}))
    return plain


def _plain(node: Any, definitions: Mapping[str, Any]) -> Any:
    if isinstance(node, list | tuple):
        return [_plain(each, definitions) for each in node]
    if not isinstance(node, Mapping):
        return node
    while "$ref" in node and len(node) > 1:
        beside = {key: value for key, value in node.items() if key != "$ref"}
        definition = definitions[node["$ref"].removeprefix(_DEFINITIONS)]
        if "if" in definition:
            # Where it is looked for stands what is offered; the whole a hundred times over would be half a megabyte.
            rule = {"if": _ALWAYS_MET, "then": {"$ref": node["$ref"]}}
            return _plain(beside, definitions) | rule | {"anyOf": _offered(definition, definitions)}
        node = {**definition, **beside}
    plain = {key: _plain(each, definitions) for key, each in node.items()}
    if "if" in plain:
        plain["anyOf"] = _offered(node, definitions)
    return plain


def _offered(node: Mapping[str, Any], definitions: Mapping[str, Any]) -> list[Any]:
    """Give what may be written where there is a condition; of a value that may be annotated, the bare ones."""
    otherwise = _plain(node.get("else", {}), definitions)
    then = _plain(node.get("then", {}), definitions)
    if "conflicts" in then.get("properties", {}):
        return [otherwise, _ALWAYS_MET]
    return [{**node["if"], **then}, otherwise, _ALWAYS_MET]
