"""Small policies written to a folder, and manifests to judge by them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from release_review import PolicySet, Report, load_policies, load_registry, review
from release_review.admit import admit_policies
from release_review.authoring.cases import document_of
from release_review.model import Policy
from release_review.policy import load_policy

REGISTRY = load_registry(discover=False)
DAY = dt.date(2026, 1, 1)

MANIFEST: dict[str, Any] = {
    "schema": "release-manifest/1",
    "release": {"id": "acme/one"},
    "access": [{"id": "hub", "kind": "weights", "audience": "public"}, {"id": "api", "kind": "api"}],
}

HEAD = 'schema = "release-policy/1"\nid = "mine"\nversion = "1.0.0"\ntitle = "Mine"\n'


def rule(name: str, assertion: str, **more: str) -> str:
    """Write a rule of a policy in one file; further keys are given as they stand in TOML."""
    keys = {"id": f'"{name}"', "summary": f'"{name} holds."', "assert": f"'''{assertion}'''", **more}
    return "[[rule]]\n" + "".join(f"{key} = {value}\n" for key, value in keys.items())


def write(folder: Path, *parts: str, head: str = HEAD, name: str = "mine.toml") -> Path:
    """Write a policy in one file."""
    file = folder / name
    file.write_text(head + "\n".join(parts), encoding="utf-8")
    return file


def load(file: Path) -> Policy:
    """Load a policy from a file or folder."""
    return load_policy(file, importers=REGISTRY.importers)


def select(*files: Path) -> PolicySet:
    """Load policies and all they extend."""
    return load_policies([str(file) for file in files], REGISTRY)


def judge(policies: PolicySet | Policy, data: dict[str, Any] | None = None, *, today: dt.date = DAY) -> Report:
    """Review a manifest."""
    admitted = policies if isinstance(policies, PolicySet) else admit_policies([policies])
    return review(document_of(data or MANIFEST), policies=admitted, today=today, as_of=DAY)
