"""From the names on a command line to the policies that are carried out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from release_review.admit import PolicySet, admit_policies
from release_review.cel import Trees
from release_review.errors import PolicyError, UsageError
from release_review.extending import Find, with_extended
from release_review.hooks import PolicyFolder
from release_review.load import check_exists
from release_review.model import LIMITS, Limits, Policy
from release_review.plugins import Registry
from release_review.policy import load_policy
from release_review.store import Store, key_of

_TREES = "trees"


def load_policies(
    selected: Sequence[str], registry: Registry, *, limits: Limits = LIMITS, store: Store | None = None
) -> PolicySet:
    """Load policies and all they extend.

    Args:
        selected: Ids of policies that a plugin offers, or paths of policy folders and files; a name with a
            separator or a suffix is a path.
        registry: What plugins offer.
        limits: Bounds on files and expressions.
        store: What earlier runs worked out, and a place to keep it; None to work out everything anew.

    Raises:
        UsageError: There is no such policy.
        InputError: A file cannot be read.
        PolicyError: A policy cannot be carried out.
    """
    asked, policies = _gather_policies(selected, registry, limits, store)
    if store is None:
        return admit_policies(policies, selected=asked, limits=limits)
    keys = {policy.id: key_of([policy.id, policy.version, policy.digest]) for policy in policies}
    trees = {name: Trees(_known_trees(store, key)) for name, key in keys.items()}
    admitted = admit_policies(policies, selected=asked, limits=limits, trees=trees)
    for name, key in keys.items():
        if trees[name].added:
            store.keep(_TREES, key, trees[name].all())
    return admitted


def _known_trees(store: Store, key: str) -> Mapping[str, Any]:
    """Give the typed trees of the expressions of a policy: the package's own, and those that a user's run added."""
    known: dict[str, Any] = {}
    for found in store.find(_TREES, key):
        if isinstance(found, Mapping):
            known = {**found, **known}  # nobody's folder changes what came with the package
    return known


def _gather_policies(
    selected: Sequence[str], registry: Registry, limits: Limits, store: Store | None
) -> tuple[tuple[str, ...], tuple[Policy, ...]]:
    """Load policies and all they extend, without checking that they fit together; the ids of those selected first."""
    found: dict[str, Policy] = {}
    for name in selected:
        _keep(found, _load_selected(name, registry, limits, store))
    policies = with_extended(found.values(), offered(registry, limits=limits, store=store))
    return tuple(found), tuple(sorted(policies, key=lambda policy: policy.id))


def offered(registry: Registry, *, limits: Limits = LIMITS, store: Store | None = None) -> Find:
    """Give the look-up of the policies that others extend: those that plugins offer.

    It raises `PolicyError`, at the place of the policy that extends it, where there is no such policy.
    """

    def find(name: str, extending: Policy) -> Policy:
        try:
            return load_offered(name, registry, limits=limits, store=store)
        except UsageError as error:
            where = extending.origin.where("extends") if extending.origin is not None else extending.id
            what = f"{extending.id} extends {name!r}, and there is no such policy"
            raise PolicyError(what, where=where, hint=error.hint) from None

    return find


def load_offered(name: str, registry: Registry, *, limits: Limits = LIMITS, store: Store | None = None) -> Policy:
    """Load a policy that a plugin offers."""
    offered = registry.policy(name)
    if isinstance(offered, Policy):
        return offered
    policy = load_policy(offered.path, importers=registry.importers, limits=limits, store=store)
    _check_offered(policy, offered)
    return policy


def is_path(name: str) -> bool:
    """Tell whether a name on the command line is a path: it has a separator or an ending."""
    return "/" in name or "\\" in name or name.endswith(".toml") or name in (".", "..")


def _load_selected(name: str, registry: Registry, limits: Limits, store: Store | None) -> Policy:
    path = Path(name)
    if not is_path(name):
        if name not in registry.policies and path.exists():
            raise UsageError(f"there is no policy {name!r}", hint=f"write './{name}' to name a path")
        return load_offered(name, registry, limits=limits, store=store)
    check_exists(path, "policy")
    policy = load_policy(path, importers=registry.importers, limits=limits, store=store)
    if policy.id in registry.policies:
        # What another policy extends by this id must not be replaced by it.
        offered = load_offered(policy.id, registry, limits=limits, store=store)
        if not policy.digest or offered.digest != policy.digest:
            where = policy.origin.where("id") if policy.origin else policy.id
            what = f"another version of {policy.id!r} is installed"
            hint = "uninstall it, install this one with 'pip install --editable', or give this one an id of its own"
            raise PolicyError(what, where=where, hint=hint)
    return policy


def _keep(found: dict[str, Policy], policy: Policy) -> None:
    if policy.id in found:
        _check_same(found[policy.id], policy)
    found[policy.id] = policy


def _check_same(known: Policy, policy: Policy) -> None:
    if known is not policy and (not policy.digest or known.digest != policy.digest):
        where = policy.origin.where("id") if policy.origin else policy.id
        what = f"another policy is called {policy.id!r} as well"
        raise PolicyError(what, where=where, hint="give this one an id of its own")


def _check_offered(policy: Policy, offered: PolicyFolder) -> None:
    if policy.id != offered.id:
        where = policy.origin.where("id") if policy.origin else str(offered.path)
        what = f"the plugin offers {offered.id!r}, and the folder holds {policy.id!r}"
        raise PolicyError(what, where=where, hint="give both the same id")
