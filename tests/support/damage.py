"""Damaged documents, reviewed from bytes to verdict: what comes of them in each engine."""

from __future__ import annotations

import datetime as dt
import functools
import random
from collections.abc import Mapping
from typing import Any

from manifests import JUDGED, Made, damaged_bytes, damaged_data, made_data, written

from release_review import load_policies, load_registry
from release_review.cel import ENGINES, Subject
from release_review.errors import ReleaseReviewError
from release_review.hooks import Importer
from release_review.load import read_document
from release_review.model import Document, Outcome
from release_review.pipeline import review

TODAY = JUDGED[0]


@functools.cache
def registry() -> Any:
    """Give the formats there are."""
    return load_registry(discover=False)


@functools.cache
def policies() -> Any:
    """Give the policies that damaged documents are reviewed with."""
    return load_policies(["open-release"], registry())


def reviewed(document: Document, engine: str) -> tuple[Any, ...]:
    """Review a document: its verdict and results, or what kind of error there is instead."""
    try:
        report = review(document, policies=policies(), today=TODAY, engine=engine)
    except ReleaseReviewError as error:
        return ("error", type(error).__name__)
    results = [(each.id, each.outcome, _findings(each)) for each in report.results]
    levels = [
        (each.id, each.level, {key: item.level for key, item in each.items.items()}) for each in report.assessments
    ]
    return (report.verdict, results, levels)


def _findings(result: Any) -> Any:
    # How an evaluation breaks is told in the words of its engine.
    return () if result.outcome is Outcome.ERROR else [(each.pointer, each.message) for each in result.findings]


def read(content: bytes, ending: str) -> Document | None:
    """Read the bytes of a file; None where that is an error of ours."""
    importer = next(each for each in registry().importers if f".{ending}" in each.suffixes)
    try:
        return read_document(content, name=f"damaged.{ending}", importer=importer)
    except ReleaseReviewError:
        return None


def taken(data: Mapping[str, Any]) -> Document | None:
    """Take a tree as a plugin's importer may give it; None where that is an error of ours."""
    importer = Importer(
        name="tree", suffixes=(".tree",), read=lambda _text, _limits: data, find_places=lambda _text: {}
    )
    try:
        return read_document(b"", name="damaged.tree", importer=importer)
    except ReleaseReviewError:
        return None


def made_damaged(chance: random.Random) -> Document | None:
    """Damage a made-up manifest, as a file or as a tree, and read it; None where that is an error of ours."""
    data = made_data(chance)
    ending = chance.choice(("json", "yaml", "toml", "tree"))
    if ending == "tree":
        return taken(damaged_data(chance, data))
    return read(damaged_bytes(chance, written(data, ending)), ending)


def told(document: Document) -> dict[str, tuple[Any, ...]]:
    """Review a document with each engine."""
    return {engine: reviewed(document, engine) for engine in ENGINES}


# Damage behind the schema ---------------------------------------------------------------------------------------------

BENT_VALUES: tuple[Any, ...] = (
    None,
    0,
    1,
    2.5,
    -1.0,
    float("inf"),
    "",
    "unknown",
    "yes",
    "a",
    [],
    ["a"],
    [None],
    {},
    {"id": "a"},
    dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
)
"""Values of the kinds that normalised data is made of, where they do not belong."""


def bent(chance: random.Random, made: Made) -> Made:
    """Put wrong values into normalised data, or take some out: what no schema would let through."""
    data = _copied(made.subject.manifest)
    for _ in range(chance.choice((1, 3, 10, 30))):
        holders = [holder for holder in _tables(data) if holder]
        if not holders:
            break
        holder = chance.choice(holders)
        key = chance.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
        if chance.random() < 0.3:
            del holder[key]
        else:
            holder[key] = _copied(chance.choice(BENT_VALUES))
    subject = Subject(manifest=data, as_of=made.subject.as_of, today=made.subject.today)
    return Made(said={}, subject=subject, levels=made.levels)


def _copied(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _copied(inner) for key, inner in value.items()}
    return [_copied(inner) for inner in value] if isinstance(value, list | tuple) else value


def _tables(value: Any) -> list[Any]:
    below = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    own = [value] if isinstance(value, dict | list) else []
    return [*own, *(table for inner in below for table in _tables(inner))]
