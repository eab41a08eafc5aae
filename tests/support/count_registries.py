"""What real registries fill: `count_registries.py [--write]`, for the data in the folder that REVIEW_DATA names.

For each registry: how many entries become a manifest, how many releases have each level of each property, and how many
state or deny each fact. With `--write`, the tables go into the pages of docs/registries; without, the exit
status is 1 where a page says something else. It is 1 in any case where an entry becomes no manifest.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from release_review.audit.gather import Registries
from release_review.audit.items import batches
from release_review.audit.rows import facts_of
from release_review.audit.setup import Setup, digests_of
from release_review.audit.work import make_ready, review_item
from release_review.model import LIMITS, Report
from release_review.plugins import load_registry
from release_review.selection import load_policies

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("REVIEW_DATA") or ROOT.parent / "shared" / "data")
DAY = dt.date(2026, 11, 22)
"""The day on which the releases are judged."""

PLACES = {
    "epoch": "epoch/systems.csv",
    "fmti": "fmti",
    "model-openness-tool": "model-openness-tool",
    "models-dev": "models-dev",
    "osai": "osai",
}
"""Where in the data each registry is."""

PROPERTIES = (
    "broader-access",
    "greater-customizability",
    "local-inference",
    "inability-to-rescind",
    "inability-to-monitor",
)
LEVELS = ("applies", "unknown", "limited", "does-not-apply")


@dataclass(slots=True)
class Counted:
    """What was found in one registry.

    Attributes:
        releases: Manifests that were reviewed.
        errors: Why entries became none, one line each.
        levels: Releases by property and level.
        stated: Releases that state a fact, by its name without ids.
        denied: Releases in which a fact is unknown although the registry says something of it.
    """

    releases: int = 0
    errors: list[str] = field(default_factory=list)
    levels: Counter[tuple[str, str]] = field(default_factory=Counter)
    stated: Counter[str] = field(default_factory=Counter)
    denied: Counter[str] = field(default_factory=Counter)


def main() -> int:
    """Count, and print or write what was found."""
    parser = argparse.ArgumentParser(description="Count what real registries fill.")
    parser.add_argument("--write", action="store_true", help="write the tables into docs/registries")
    asked = parser.parse_args()
    if not DATA.is_dir():
        print(f"there is no folder {DATA.name} of real data; name one with REVIEW_DATA", file=sys.stderr)
        return 2
    status = 0
    for name in PLACES:
        counted, page = count(name), page_of(name)
        table, text = table_of(counted), page.read_text(encoding="utf-8")
        print(f"## {name}\n\n{table}")
        if asked.write:
            page.write_text(inserted(text, table), encoding="utf-8")
        elif text != inserted(text, table):
            print(f"{page.name} says something else; run `make registries WRITE=1`", file=sys.stderr)
            status = 1
        for told in counted.errors:
            print(told, file=sys.stderr)
            status = 1
    return status


def page_of(name: str) -> Path:
    """Give the page of a registry."""
    return ROOT / "docs" / "registries" / f"{name}.md"


def inserted(page: str, table: str) -> str:
    """Give a page with its table renewed."""
    return re.sub(
        r"(<!-- counts -->\n).*?(<!-- /counts -->)", lambda match: f"{match[1]}{table}{match[2]}", page, flags=re.DOTALL
    )


def count(name: str) -> Counted:
    """Import and review all entries of a registry, each by itself: nothing is joined."""
    registry = load_registry(discover=False)
    policies = load_policies(["open-release"], registry)
    setup = Setup(policies=("open-release",), digests=digests_of(policies), today=DAY, without_plugins=registry.without)
    tools = make_ready(setup)
    counted = Counted()
    source = Registries(sources=((registry.source_importer(name), DATA / PLACES[name]),), limits=LIMITS, apart=True)
    for batch in batches(source.items()):
        for item in batch.items:
            reviewed = review_item(setup, tools, item)
            if isinstance(reviewed, Report):
                _add(counted, reviewed)
            else:
                counted.errors += reviewed.errors
    return counted


def _add(counted: Counted, report: Report) -> None:
    counted.releases += 1
    for answer in report.assessments:
        counted.levels[answer.id.partition("/")[2], answer.level] += 1
    told = list(facts_of(report.manifest.document.data))
    stated = {pattern(each["name"]) for each in told if each["value"] != "unknown" and "conflicts" not in each}
    counted.stated.update(stated)
    counted.denied.update({pattern(each["name"]) for each in told} - stated)


def pattern(name: str) -> str:
    """Give the name of a fact without the number of the item: `access[weights].kind`, `release.base[].id`."""
    return re.sub(r"\[\d+\]", "[]", re.sub(r"(base|safeguard|artifact)\[[^]]*\]", r"\1[]", name))


def table_of(counted: Counted) -> str:
    """Give what was found as two tables."""
    return "\n".join(_lines(counted)) + "\n"


def _lines(counted: Counted) -> Iterator[str]:
    unread = len(counted.errors)
    yield f"{counted.releases:,} entries become a manifest, {unread:,} do not. Judged on {DAY} by `open-release`:"
    yield ""
    yield f"| property | {' | '.join(LEVELS)} |"
    yield "|---|" + "---:|" * len(LEVELS)
    for name in PROPERTIES:
        yield f"| {name} | " + " | ".join(f"{counted.levels[name, level]:,}" for level in LEVELS) + " |"
    yield ""
    yield "| fact | stated | denied, unclear or in conflict |"
    yield "|---|---:|---:|"
    for fact in sorted({*counted.stated, *counted.denied}, key=lambda each: (-_both(counted)[each], each)):
        yield f"| `{fact}` | {counted.stated[fact]:,} | {counted.denied[fact]:,} |"


def _both(counted: Counted) -> Mapping[str, int]:
    return counted.stated + counted.denied


if __name__ == "__main__":
    sys.exit(main())
