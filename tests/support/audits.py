"""What tests of audits share: a command and what came of it, ledgers read, corpora written."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from release_review.audit.ledger import open_to_read

TODAY = "2026-01-01"

POLICY = """\
schema = "release-policy/1"
id = "small"
version = "1.0.0"
title = "Small"
[[rule]]
id = "released"
summary = "The release is out."
severity = "error"
assert = 'manifest.release.stage == "released"'
rationale = "What is not out is not audited."
remediation = "Set `release.stage`."
"""
"""A policy with one rule, which blocks what is not out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What came of one command."""

    status: int
    out: str
    err: str


def rows(ledger: str | Path) -> list[dict[str, Any]]:
    """Give the rows of a ledger."""
    with open_to_read(Path(ledger)) as opened:
        return [dict(row) for row in opened.rows()]


def export(ledger: str | Path) -> bytes:
    """Give a ledger as JSON Lines."""
    with open_to_read(Path(ledger)) as opened:
        return b"".join(opened.lines())


def write_lines(path: Path, manifests: Iterable[Any]) -> None:
    """Write manifests, or lines that are none, as JSON Lines."""
    lines = (each if isinstance(each, str) else json.dumps(each) for each in manifests)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
