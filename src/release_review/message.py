"""Messages of findings: their dotted paths are checked when a policy loads, and filled in when a rule is not met."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from release_review.cel import Scope, Type, manifest_type, meant
from release_review.errors import PolicyError, closest
from release_review.faults import MOST_SHOWN, quoted
from release_review.literal import excerpt_of_string, where_in_string
from release_review.model import Manifest, Rule
from release_review.pointer import value_at

_HOLE = re.compile(r"\{([^{}]*)\}|[{}]")
_DOTTED = re.compile(r"[a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)*")


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
            where = where_in_string(rule.origin, key, fault.start, otherwise=f"{name}{key}")
            excerpt = excerpt_of_string(rule.origin, key, fault.start, fault.end)
            errors.append(PolicyError(fault.what, where=where, hint=fault.hint, excerpt=excerpt))
    if len(errors) > MOST_SHOWN:
        more, where = len(errors) - MOST_SHOWN, errors[MOST_SHOWN].where
        what = f"{more} more {'error' if more == 1 else 'errors'} in the message from here on"
        errors[MOST_SHOWN:] = [PolicyError(what, where=where, hint="correct those above first")]
    if errors:
        raise PolicyError.join(errors)


@dataclass(frozen=True, slots=True)
class _Fault:
    """What is wrong with a hole of a message, what to write instead, and the part of the message that it is about."""

    what: str
    hint: str
    start: int
    end: int


def _fault_of(hole: re.Match[str], scope: Scope) -> _Fault | None:
    path = hole[1]
    if path is None or not _DOTTED.fullmatch(path):
        hint = f"write {_example(scope)}, and no other braces"
        return _Fault(f"{quoted(hole[0])} is no dotted path", hint, hole.start(), hole.end())
    root, *steps = path.split(".")
    at, what = hole.start(1), f"{quoted(path)} names no value"
    if root == "params":
        return _fault_of_param(what, steps, scope, at)
    roots = {"this": scope.this, "manifest": manifest_type(), "as_of": None, "today": None}
    if root in manifest_type().fields:
        return _Fault(what, f"write {{manifest.{path}}}", at, at + len(root))
    if root not in roots:
        return _Fault(what, meant(root, (*roots, "params")), at, at + len(root))
    reached, place = roots[root], root
    for step in steps:
        at += len(place.rpartition(".")[2]) + 1
        inner = None if reached is None else reached.fields.get(step)
        if inner is None:
            return _Fault(what, _step_hint(step, reached, place, scope), at, at + len(step))
        reached, place = inner, f"{place}.{step}"
    if reached is not None and reached.name in ("table", "list", "opaque"):
        return _Fault(what, _inner_hint(reached, place, scope), hole.start(), hole.end())
    return None


def _fault_of_param(what: str, steps: Sequence[str], scope: Scope, at: int) -> _Fault | None:
    known = list(scope.params)
    behind = at + len("params")
    if not steps:
        return _Fault(what, f"write {{params.{known[0]}}}" if known else "declare it under [params]", at, behind)
    name, *further = steps
    if name not in known:
        hint = meant(name, known) if known else "declare it under [params]"
        return _Fault(what, hint, behind + 1, behind + 1 + len(name))
    if further:
        start = behind + 1 + len(name)
        return _Fault(what, f"write {{params.{name}}}", start + 1, start + 1 + len(further[0]))
    return None


def _step_hint(step: str, reached: Type | None, place: str, scope: Scope) -> str:
    """Tell what to write in place of a step that leads nowhere."""
    if place == "this" and reached is not None and not reached.at and not closest(step, reached.fields):
        return "without `given`, this is the manifest; write a path such as {manifest.release.id}"
    if reached is not None and reached.name == "table":
        return meant(step, reached.fields)
    if reached is not None and reached.name == "list":
        return _inner_hint(reached, place, scope)
    if reached is not None and reached.name == "opaque":
        return f"write the path of a field, as in {_example(scope)}"
    return f"write {{{place}}}"


def _inner_hint(reached: Type, place: str, scope: Scope) -> str:
    """Tell what to write in place of a path that ends above the fields."""
    leaf = next((name for name, each in reached.fields.items() if each.name not in ("table", "list", "opaque")), "")
    if leaf:
        return f"write the path of a field, as in {{{place}.{leaf}}}"
    if reached.name == "list" and reached.at and reached.item is not None and "id" in reached.item.fields:
        return f'it is a list; write given = "{reached.at}/*" and {{this.id}}'
    return f"write the path of a field, as in {_example(scope)}"


def _example(scope: Scope) -> str:
    return "{this.id}" if "id" in scope.this.fields else "{manifest.release.id}"


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
