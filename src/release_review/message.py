"""Messages of findings: their dotted paths are checked when a policy loads, and filled in when a rule is not met."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from release_review.cel import Scope, Type, manifest_type
from release_review.errors import PolicyError
from release_review.literal import where_in_string
from release_review.model import Manifest, Rule
from release_review.pointer import value_at

_HOLE = re.compile(r"\{([^{}]*)\}|[{}]")
_DOTTED = re.compile(r"[a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)*")
_NOWHERE = Type(name="opaque")


def check_message(rule: Rule, scope: Scope, name: str) -> None:
    """Check that every path of a rule's message leads to a value.

    Raises:
        PolicyError: One does not, or a brace belongs to no path.
    """
    for hole in _HOLE.finditer(rule.message):
        where = where_in_string(rule.origin, "/message", hole.start(), otherwise=f"{name}/message")
        path = hole[1]
        if path is None or not _DOTTED.fullmatch(path):
            raise PolicyError(
                f"{hole[0]!r} is no dotted path", where=where, hint="write {this.id}, and no other braces"
            )
        root, *steps = path.split(".")
        if root == "params" and len(steps) == 1 and steps[0] in scope.params:
            continue
        reached = {"this": scope.this, "manifest": manifest_type(), "as_of": None, "today": None}.get(root, _NOWHERE)
        for step in steps:
            reached = reached.fields.get(step, _NOWHERE) if isinstance(reached, Type) else _NOWHERE
        if reached is _NOWHERE or (isinstance(reached, Type) and reached.name in ("table", "list", "opaque")):
            raise PolicyError(
                f"{path!r} names no value", where=where, hint="write the path of a field, as in {this.id}"
            )


def fill(message: str, manifest: Manifest, this: str, params: Mapping[str, Any]) -> str:
    """Put the values of dotted paths into a message whose paths are checked."""
    parts = message.split("{")
    filled = [parts[0]]
    for part in parts[1:]:
        path, _, rest = part.partition("}")
        filled.append(follow(manifest, this, params, path) + rest)
    return "".join(filled)


def shown(value: Any) -> str:
    """Give a value of a manifest as a message shows it: null as `unknown`, a date as its day."""
    if value is None:
        return "unknown"
    if isinstance(value, float):
        return f"{value:.15g}"
    if hasattr(value, "date"):
        return str(value.date())
    return str(value)


def follow(manifest: Manifest, this: str, params: Mapping[str, Any], path: str) -> str:
    """Give the text of a dotted path of a message."""
    root, *steps = path.split(".")
    if root in ("as_of", "today"):
        return str(getattr(manifest, root))
    value: Any = params if root == "params" else manifest.data
    if root == "this":
        value = value_at(manifest.data, this)
    for step in steps:
        value = value[step]
    return shown(value)
