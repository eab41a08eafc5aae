"""From one file of the index to a manifest, in which every value says where it comes from."""

from __future__ import annotations

from typing import Any

from release_review.claims import without_empty
from release_review.importers.registries.osai.components import components_table
from release_review.importers.registries.osai.licence import licence_facts
from release_review.importers.registries.osai.record import OSAI, Record
from release_review.importers.registries.osai.release import names_of, release_table
from release_review.importers.registries.osai.weights import CRITERION, weights_of

INDEX = "https://osai-index.eu/"
"""The public page of the index; its files name it as the link by which they want to be cited."""

_SOURCES = (
    CRITERION,
    "datasources_basemodel",
    "datasources_endmodel",
    "trainingcode",
    "modelcard",
    "datasheet",
    "paper",
)
"""The criteria whose links a manifest can cite, in the order of their sources."""


def manifest_of(record: Record) -> dict[str, Any]:
    """Give the manifest of one system, which has a name."""
    names = names_of(record)
    weights = weights_of(record.criteria[CRITERION])
    title = f"European Open Source AI Index: {record.title or names.name}"
    return without_empty({
        "schema": "release-manifest/1",
        "release": release_table(record, names, weights),
        "source": {OSAI: {"title": title, "url": INDEX}, **_linked(record, title)},
        "weights": licence_facts(record),
        "access": [weights.channel] if weights.channel else [],
        "components": components_table(record, weights.released),
    })  # fmt: skip


def _linked(record: Record, title: str) -> dict[str, dict[str, str]]:
    """Give a source for each link that a value cites."""
    return {
        id_: {"title": f"{title}, link for {name}", "url": link}
        for name in _SOURCES
        for id_, link in zip(record.criteria[name].ids, record.criteria[name].links, strict=True)
    }
