"""The order in which policies are shown: what is built on comes first."""

from __future__ import annotations

from collections.abc import Iterable

from release_review.model import Policy


def in_order(policies: Iterable[Policy]) -> list[Policy]:
    """Sort policies: each behind those it extends, in the order in which it names them, and else by id."""
    by_id = {policy.id: policy for policy in sorted(policies, key=lambda policy: policy.id)}
    extended = {name for policy in by_id.values() for name in policy.extends}
    found: dict[str, Policy] = {}
    seen: set[str] = set()

    def add(name: str) -> None:
        if name in seen or name not in by_id:
            return
        seen.add(name)
        for each in by_id[name].extends:
            add(each)
        found[name] = by_id[name]

    # Those that nobody extends come first, so that their order decides; only a loop has none.
    for name in sorted(by_id, key=lambda name: name in extended):
        add(name)
    return list(found.values())
