"""What a policy holds, in a line or two."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from release_review.cli import terminal
from release_review.escape import plain
from release_review.hooks import Style
from release_review.model import Policy
from release_review.reporters.layout import wrap

if TYPE_CHECKING:
    from release_review.plugins import Registry

_STYLE = Style(width=terminal.WIDTH)


def entry(found: Policy, registry: Registry) -> Iterator[str]:
    """Give the lines about one policy in a list: its id and version, its title, and how much is in it."""
    yield f"{plain(found.id)} {plain(found.version)}"
    yield from wrap(f"{found.title} ({_contents(found, registry)})", _STYLE, indent="  ")


def _contents(found: Policy, registry: Registry) -> str:
    parts = brought(found, registry)
    counted = parts or [found]
    assessments = _count(sum(len(policy.assessments) for policy in counted), "assessment")
    rules = _count(sum(len(policy.rules) for policy in counted), "rule")
    if parts:
        return f"{assessments} and {rules}, from {_joined([policy.id for policy in parts])}"
    more = f", extends {', '.join(found.extends)}" if found.extends else ""
    return f"{assessments}, {rules}{more}"


def brought(found: Policy, registry: Registry) -> list[Policy]:
    """Give the policies whose parts make up one that has none of its own, in the order in which they are extended.

    Each has the parts that are kept, with the weight that they have then. There are none where the policy has parts of
    its own, and none where one of them is not installed.
    """
    from release_review.extending import kept_parts, overrides_of
    from release_review.selection import load_offered

    if found.assessments or found.rules:
        return []
    by_id: dict[str, Policy] = {found.id: found}
    waiting = list(found.extends)
    while waiting:
        name = waiting.pop(0)
        if name not in registry.policies:
            return []
        if name not in by_id:
            by_id[name] = load_offered(name, registry)
            waiting += by_id[name].extends
    kept = kept_parts([found.id], by_id)
    overrides = overrides_of(list(by_id.values()), by_id, [])
    in_force = [
        replace(
            policy,
            assessments=tuple(each for each in policy.assessments if each.id in kept[policy.id].assessments),
            rules=tuple(
                replace(rule, severity=overrides.severity(f"{policy.id}/{rule.id}", rule))
                for rule in policy.rules
                if rule.id in kept[policy.id].rules
            ),
        )
        for policy in by_id.values()
    ]
    return [policy for policy in in_force if policy.assessments or policy.rules]


def _joined(names: Sequence[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
