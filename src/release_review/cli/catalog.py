"""The policies a command can talk about, as records."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from release_review.model import Policy

if TYPE_CHECKING:
    from release_review.plugins import Registry


def policies_of(registry: Registry, named: Iterable[str] = ()) -> tuple[Policy, ...]:
    """Give every installed policy, and those that are named by a path, sorted by id.

    Raises:
        ReleaseReviewError: A policy cannot be read.
    """
    from release_review.selection import is_path

    found = [read_policy(name, registry) for name in (*registry.policies, *filter(is_path, named))]
    return tuple(sorted({policy.id: policy for policy in found}.values(), key=lambda policy: policy.id))


def read_policy(name: str, registry: Registry) -> Policy:
    """Give one policy, by its id or its path.

    Raises:
        ReleaseReviewError: There is none, or it cannot be read.
    """
    from release_review.policy import load_policy
    from release_review.selection import is_path, load_offered

    if is_path(name):
        return load_policy(Path(name), importers=registry.importers)
    return load_offered(name, registry)
