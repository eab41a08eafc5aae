"""From a model of models.dev to a manifest.

What its fields mean: https://github.com/anomalyco/models.dev, README.md and AGENTS.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from release_review.claims import Claim, quoted, stated, unknown, without_empty
from release_review.denial import denies
from release_review.developers import release_id
from release_review.errors import InputError
from release_review.escape import web_address
from release_review.importers.registries.entry_files import text_of
from release_review.importers.registries.models_dev.access import channels_of, parameters_claim
from release_review.importers.registries.models_dev.places import places_of
from release_review.importers.registries.models_dev.words import SOURCE, day_of, quoted_value
from release_review.licences import UNKNOWN, licence_of

_OF_HOSTS = ("base_model", "cost", "extends", "provider")
"""Fields that only an entry of a host has."""

_FIELDS = frozenset(("open_weights", "release_date", "modalities"))
"""Fields of which every model has at least one."""

_PAGE = "https://models.dev"
_MODALITIES = ("text", "image", "audio", "video")
"""Those of the registry that are modalities here: `pdf` is a way to send text and images."""

_VERSION = re.compile(r"-([0-9]{8}|[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{2}-[0-9]{4}|[0-9]{4})$")
"""The day or the month at the end of the name of a file, by which the registry tells versions apart."""


def manifest_of(record: Mapping[str, Any], *, developer: str, stem: str, where: str) -> dict[str, Any]:
    """Give the manifest of a model.

    Args:
        record: The model.
        developer: The name of the folder it is in.
        stem: The name of its file, without the ending.
        where: How errors call it.

    Raises:
        InputError: It names no model, or is what a host says of one.
    """
    hint = "name the folder models/ of models.dev, or a file of it"
    if of_host := [field for field in _OF_HOSTS if field in record]:
        what = f"is what a host says of a model, and not what holds for it: `{of_host[0]}` is in it"
        raise InputError(what, where=where, hint=hint)
    name = text_of(record.get("name"))
    if not name or denies(name):
        raise InputError("is no model of models.dev: there is no `name` in it", where=where, hint=hint)
    if not _FIELDS & record.keys():
        raise InputError("is no model of models.dev: there is no field of a model in it", where=where, hint=hint)
    places = places_of(record)
    return without_empty(
        {
            "schema": "release-manifest/1",
            "release": _release(record, developer, name, stem),
            "source": {
                # The entry has no date of its own: `last_updated` is of the model.
                SOURCE: {"title": f"models.dev, {'/'.join(filter(None, (developer, stem)))}", "url": _PAGE},
                **{key: {"title": title, "url": url} for key, (title, url) in places.items()},
            },
            "weights": _licence(record),
            "components": without_empty(
                {"model_parameters_final": parameters_claim(record), "model_card": _card(record)}
            ),
            "access": channels_of(record),
        }
    )


def _release(record: Mapping[str, Any], developer: str, name: str, stem: str) -> dict[str, Any]:
    match = _VERSION.search(stem)
    version = match[1] if match and match[1] not in name else ""
    date, status = record.get("release_date"), record.get("status")
    return without_empty(
        {
            "id": release_id(developer, name, version),
            "developer": stated(developer, SOURCE) if developer else None,
            "name": stated(name, SOURCE),
            "version": stated(version, SOURCE, f"the file is called {quoted(stem)}") if version else None,
            "date": _date(date),
            "stage": None if status is None else unknown(SOURCE, f"`status` is {quoted_value(status)}, for some host"),
            "modalities": [stated(each, SOURCE) for each in _MODALITIES if each in _listed(record)],
        }
    )


def _date(written: Any) -> Claim | None:
    if written is None:
        return None
    if day := day_of(written):
        return stated(day, SOURCE)
    return unknown(SOURCE, f"`release_date` is {quoted_value(written)}")


def _listed(record: Mapping[str, Any]) -> list[Any]:
    modalities = record.get("modalities")
    both = [modalities.get(way) for way in ("input", "output")] if isinstance(modalities, dict) else []
    return [each for listed in both if isinstance(listed, list) for each in listed]


def _licence(record: Mapping[str, Any]) -> dict[str, Claim]:
    written = text_of(record.get("license"))
    if not written:
        return {}
    if denies(written):
        return {"license": unknown(SOURCE, f"written as {quoted(written)}")}
    licence = licence_of(written)
    claim = stated(licence.id, SOURCE, f"written as {quoted(written)}")
    if licence.family == UNKNOWN:
        return {"license": claim}
    return {"license": claim, "license_family": stated(licence.family, SOURCE, f"the family of {licence.id}")}


def _card(record: Mapping[str, Any]) -> Claim | None:
    links = record.get("links")
    for link in links if isinstance(links, list) else ():
        if isinstance(link, dict) and link.get("type") == "model_card" and web_address(text_of(link.get("url"))):
            return stated("yes", SOURCE, f"it links one: {quoted(text_of(link['url']))}")
    return None
