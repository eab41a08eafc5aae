"""From an entry of the Model Openness Tool to a manifest."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from release_review.claims import Claim, quoted, stated, unknown, without_empty
from release_review.denial import denies
from release_review.developers import UNKNOWN_DEVELOPER, developer_of, folded, release_id
from release_review.errors import InputError
from release_review.importers.registries.entry_files import text_of
from release_review.importers.registries.model_openness_tool.components import (
    FINAL,
    WEIGHTS,
    component_claims,
    components_of,
    unread_of,
)
from release_review.importers.registries.model_openness_tool.weights import (
    PLACE,
    TERMS,
    channels_of,
    licence_claims,
    place_of,
    terms_of,
)
from release_review.importers.registries.model_openness_tool.words import SOURCE, UNRELIABLE

_PAGE = "https://mot.isitopen.ai/models"
"""Where the registry lists its entries; they have no address that follows from their names."""

_MODALITIES: Mapping[str, str] = {
    "3d": "3d",
    "audio": "audio",
    "code": "code",
    "image": "image",
    "language": "text",
    "video": "video",
    "vision": "image",
}
"""Types of models, "generally its modality"; one that says less than that, such as `multimodal`, is not in it."""

_COUNT = re.compile(r"([0-9]{1,5}(?:\.[0-9]{1,4})?) ?([KMBT])", re.IGNORECASE)
_EXPERTS = re.compile(r"[0-9] ?[x\u00d7] ?[0-9]", re.IGNORECASE)
"""Experts and the size of one, in a name: 8x22B."""

_TIMES: Mapping[str, int] = {"K": 10**3, "M": 10**6, "B": 10**9, "T": 10**12}
_NO_SIGN = re.compile(r"[\W_]+")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def manifest_of(record: Mapping[str, Any], *, where: str) -> dict[str, Any]:
    """Give the manifest of an entry.

    Args:
        record: The entry.
        where: How errors call it.

    Raises:
        InputError: It names no model.
    """
    release = record.get("release")
    name = text_of(release.get("name")) if isinstance(release, dict) else ""
    if not isinstance(release, dict) or not name or denies(name):
        hint = "name a file of the folder models/ of the Model Openness Tool"
        raise InputError("is no entry of the Model Openness Tool: no `release.name` is in it", where=where, hint=hint)
    listed = components_of(release)
    claims = component_claims(listed)
    version = text_of(release.get("version"))
    finals = listed.get(FINAL, ())
    licence = licence_claims(release, finals)
    channels = channels_of(release, listed, claims)
    links = {
        PLACE: (
            "Place of the model, as the Model Openness Tool links it",
            place_of(release, finals) if channels else "",
        ),
        TERMS: ("Licence of the weights, as the Model Openness Tool links it", terms_of(release, finals)),
    }
    return without_empty(
        {
            "schema": "release-manifest/1",
            "release": _release(release, name, version),
            "source": {
                SOURCE: _registry(release, name),
                **{key: {"title": title, "url": url} for key, (title, url) in links.items() if url},
            },
            "weights": without_empty({**licence, "parameters_total": _parameters(version, name)}),
            "components": claims,
            "access": channels,
        }
    )


def notes_of(record: Mapping[str, Any], data: Mapping[str, Any], stem: str) -> tuple[str, ...]:
    """Say what whoever goes on with a manifest should know.

    Args:
        record: The entry.
        data: The manifest.
        stem: The name of the file it was made from, without its ending.
    """
    doubt = f"what it says of weights cannot be relied on: {UNRELIABLE}"
    name = data["release"]["name"]["value"]
    apart = f"the file is called {quoted(stem)}, and the model in it {quoted(name)}"
    is_apart = _NO_SIGN.sub("", stem.casefold()) != _NO_SIGN.sub("", name.casefold())
    speaks = any(fact in data.get("components", {}) for fact in WEIGHTS)
    unread = f"{unread}; what is not understood may be the weights" if (unread := unread_of(record["release"])) else ""
    return tuple(filter(None, (doubt if speaks else "", unread, apart if is_apart else "")))


def _release(release: Mapping[str, Any], name: str, version: str) -> dict[str, Any]:
    producer = text_of(release.get("producer"))
    nobody = not producer or denies(producer)
    # The field is for the size, for the version or for both, and often repeats what the name says.
    is_version = bool(version) and not denies(version) and not _COUNT.fullmatch(version)
    is_version = is_version and folded(version) not in folded(name)
    known = release_id("" if nobody else _first(producer), name, version if is_version else "")
    in_id = known.partition("@")[2]
    return without_empty(
        {
            "id": known,
            "developer": _developer(producer),
            "name": stated(name, SOURCE),
            # An id cannot have every sign, and the two have to agree.
            "version": stated(in_id, SOURCE, f"written as {quoted(version)}") if in_id else None,
            "derived": _derived(text_of(release.get("origin")), name),
            "modalities": [stated(_MODALITIES[kind], SOURCE)] if (kind := _kind(release)) in _MODALITIES else [],
        }
    )


def _first(producer: str) -> str:
    """Give the first of several producers, if it is one that is known: the id of a release has room for one."""
    first = producer.partition(",")[0]
    return first if developer_of(first).known else producer


def _developer(producer: str) -> Claim:
    if not producer:
        return unknown(SOURCE, f'the entry names no producer, so the id says "{UNKNOWN_DEVELOPER}"')
    return unknown(SOURCE, f"the entry has {quoted(producer)}") if denies(producer) else stated(producer, SOURCE)


def _derived(origin: str, name: str) -> Claim | None:
    """Give what the field for the base model says: free text, in which a model may also name itself."""
    if not origin or denies(origin) or folded(origin) == folded(name):
        return None
    return unknown(SOURCE, f"the field for the base model, which is free text, says {quoted(origin)}")


def _kind(release: Mapping[str, Any]) -> str:
    return text_of(release.get("type")).casefold()


def _parameters(version: str, name: str) -> Claim | None:
    """Give the number of parameters, where the field for version or size holds one."""
    if (match := _COUNT.fullmatch(version)) is None:
        return None
    note = f"the field for version or size says {quoted(version)}"
    if _EXPERTS.search(name):
        return unknown(SOURCE, f"{note}, and the name {quoted(name)}: that may be the size of one expert of several")
    return stated(int(Decimal(match[1]) * _TIMES[match[2].upper()]), SOURCE, note)


def _registry(release: Mapping[str, Any], name: str) -> dict[str, Any]:
    # The date is that of the last change to the entry, and of the bulk import for most; the model is older.
    date = text_of(release.get("date"))
    dated = {"date": date} if _is_day(date) else {}
    return {"title": f"Model Openness Tool, {name}", "url": _PAGE, **dated}


def _is_day(text: str) -> bool:
    if not _DAY.fullmatch(text):
        return False
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return True
