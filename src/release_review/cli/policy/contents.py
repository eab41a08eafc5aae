"""What a policy holds, in a line or two."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from release_review.cli import terminal
from release_review.escape import plain
from release_review.hooks import Style
from release_review.model import Policy
from release_review.reporters.layout import counted, wrap

if TYPE_CHECKING:
    from release_review.plugins import Registry

_STYLE = Style(width=terminal.WIDTH)


def entry(found: Policy, registry: Registry) -> Iterator[str]:
    """Give the lines about one policy in a list: its id and version, its title, and how much is in it."""
    yield f"{plain(found.id)} {plain(found.version)}"
    yield from wrap(f"{found.title} ({_contents(found, registry)})", _STYLE, indent="  ")


def _contents(found: Policy, registry: Registry) -> str:
    parts = brought(found, registry)
    shown = parts or [found]
    assessments = counted(sum(len(policy.assessments) for policy in shown), "assessment")
    rules = counted(sum(len(policy.rules) for policy in shown), "rule")
    if parts:
        return f"{assessments} and {rules}, from {_joined([policy.id for policy in parts])}"
    more = f", extends {', '.join(found.extends)}" if found.extends else ""
    return f"{assessments}, {rules}{more}"


def brought(found: Policy, registry: Registry) -> list[Policy]:
    """Give the policies whose parts make up one that has none of its own, in the order in which they are extended.

    Each has the parts that are kept, with the weight that they have then. There are none where the policy has parts of
    its own, and none where one of them is not installed.
    """
    from release_review.extending import has_parts, made_up_of, with_extended
    from release_review.selection import load_offered

    def installed(name: str, _: Policy) -> Policy | None:
        return load_offered(name, registry) if name in registry.policies else None

    if has_parts(found):
        return []
    by_id = {policy.id: policy for policy in with_extended([found], installed)}
    if any(name not in by_id for policy in by_id.values() for name in policy.extends):
        return []
    return made_up_of(found, by_id)


def _joined(names: Sequence[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last
