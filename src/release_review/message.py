"""Messages of findings: their dotted paths are checked when a policy loads, and filled in when a rule is not met."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from typing import Any

from release_review.cel import Scope, Type, manifest_type
from release_review.errors import PolicyError
from release_review.literal import excerpt_of_string, where_in_string
from release_review.model import Manifest, Rule
from release_review.pointer import value_at

_HOLE = re.compile(r"\{([^{}]*)\}|[{}]")
_DOTTED = re.compile(r"[a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)*")
_MOST_TOLD = 20
_NOWHERE = Type(name="opaque")


def check_message(rule: Rule, scope: Scope, name: str) -> None:
    """Check that every path of a rule's message leads to a value.

    Raises:
        PolicyError: One does not, or a brace belongs to no path.
    """
    key = "/message" if rule.message != rule.summary else "/summary"
    errors = []
    for hole in _HOLE.finditer(rule.message):
        fault = _fault_of(hole, scope)
        if fault:
            where = where_in_string(rule.origin, key, hole.start(), otherwise=f"{name}{key}")
            excerpt = excerpt_of_string(rule.origin, key, hole.start(), hole.end())
            errors.append(PolicyError(fault[0], where=where, hint=fault[1], excerpt=excerpt))
    if errors:
        raise PolicyError.join(errors[:_MOST_TOLD])


def _fault_of(hole: re.Match[str], scope: Scope) -> tuple[str, str] | None:
    """Tell what is wrong with a hole of a message, and what to write instead."""
    path = hole[1]
    if path is None or not _DOTTED.fullmatch(path):
        return f"{hole[0]!r} is no dotted path", "write {this.id}, and no other braces"
    root, *steps = path.split(".")
    if root == "params" and len(steps) == 1 and steps[0] in scope.params:
        return None
    reached = {"this": scope.this, "manifest": manifest_type(), "as_of": None, "today": None}.get(root, _NOWHERE)
    for step in steps:
        reached = reached.fields.get(step, _NOWHERE) if isinstance(reached, Type) else _NOWHERE
    if reached is _NOWHERE or (isinstance(reached, Type) and reached.name in ("table", "list", "opaque")):
        return f"{path!r} names no value", "write the path of a field, as in {this.id}"
    return None


def fill(message: str, manifest: Manifest, this: str, params: Mapping[str, Any]) -> str:
    """Put the values of dotted paths into a message whose paths are checked."""
    first, others = _cut(message)
    return first + "".join([follow(manifest, this, params, path) + text for path, text in others])


@functools.lru_cache(maxsize=1024)
def _cut(message: str) -> tuple[str, Sequence[tuple[str, str]]]:
    """Give the text before the first path, and each path with the text after it."""
    first, *others = message.split("{")
    cut = (part.partition("}") for part in others)
    return first, [(path, text) for path, _, text in cut]


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
