"""What the release is: its name, who makes it, when, what it is for and what it is made from."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace
from typing import Any

from release_review.claims import Claim, quoted, stated, unknown, without_empty
from release_review.denial import denies
from release_review.developers import developer_of, folded, release_id
from release_review.importers.registries.osai.record import OSAI, Record
from release_review.importers.registries.osai.weights import Weights

MODALITIES = frozenset({"text", "code", "image", "audio", "video"})
"""Words under `type`, which are words of a manifest too."""

_HUB = re.compile(r"https?://huggingface\.co/(?P<owner>[\w.-]+)/(?P<name>[\w.-]+)")
_SEVERAL = re.compile(r"[,;/?]|\band\b|\bor\b", re.IGNORECASE)
_MONTH = re.compile(r"(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2}))?)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What a model and its base are called.

    Attributes:
        name: The release.
        base: What it is made from, as the index writes it; empty if nothing is said, or the same.
        swapped: Why the index seems to have the two the wrong way round; empty if it does not.
    """

    name: str
    base: str
    swapped: str = ""


def names_of(record: Record) -> Names:
    """Give the names of the model and its base.

    Two files of the index have the two names the wrong way round: the "end model" is called as a repository of somebody
    else, the one that the weights of the base are linked to, and the "base model" as one of the developer's own.
    """
    names = Names(name=record.name, base="" if folded(record.base) == folded(record.name) else record.base)
    own, theirs = _repository(record, "weights_endmodel"), _repository(record, "weights_basemodel")
    if own is None or theirs is None or not names.base or record.instead:
        return names
    crossed = (folded(own[1]), folded(theirs[1])) == (folded(names.base), folded(names.name))
    if crossed and _is_of(own[0], record) and not _is_of(theirs[0], record):
        why = f"the index has {quoted(names.name)} here, which its links say is the base model"
        return replace(names, name=names.base, base=names.name, swapped=why)
    return names


def release_table(record: Record, names: Names, weights: Weights) -> dict[str, Any]:
    """Give the table `release`."""
    return without_empty({
        "id": release_id(record.developer, names.name),
        "developer": stated(record.developer, OSAI) if record.developer else None,
        "name": stated(names.name, OSAI, names.swapped or _instead(record)),
        "date": stated(record.date, OSAI) if is_date(record.date) else None,
        "stage": weights.withdrawn,
        "derived": _derived(names),
        "base": _bases(record, names.base, weights),
        "modalities": [stated(kind, OSAI) for kind in kinds_of(record) if kind in MODALITIES],
    })  # fmt: skip


def kinds_of(record: Record) -> list[str]:
    """Give the words under `type`, in small letters, each once."""
    return list(dict.fromkeys(kind for each in re.split("[,;/]", record.kinds) if (kind := each.strip().casefold())))


def is_date(text: str) -> bool:
    """Tell whether a text is a year, a month or a day, as a manifest takes them."""
    match = _MONTH.fullmatch(text)
    if match is None:
        return False
    try:
        dt.date(int(match["year"]), int(match["month"] or 1), int(match["day"] or 1))
    except ValueError:
        return False
    return True


def oddities(record: Record) -> list[str]:
    """Say what a manifest has no place for, for whoever goes on with it."""
    others = [kind for kind in kinds_of(record) if kind not in MODALITIES]
    told = [f"the type {quoted(kind)} is no modality and is left out" for kind in others]
    if record.date and not is_date(record.date):
        told.append(f"`releasedate` is {quoted(record.date)}, which is no date, and is left out")
    return told


def _instead(record: Record) -> str:
    return f"`endmodelname` is {quoted(record.instead)}" if record.instead else ""


def _derived(names: Names) -> Claim | None:
    if not (base := names.base):
        return None
    note = f"`{'endmodelname' if names.swapped else 'basemodelname'}` is {quoted(base)}"
    return unknown(OSAI, note) if denies(base) or "?" in base else stated("yes", OSAI, note)


def _bases(record: Record, base: str, weights: Weights) -> list[dict[str, Any]]:
    # A text that names several, or is not sure, has no one id.
    if not base or denies(base) or _SEVERAL.search(base):
        return []
    found = _repository(record, "weights_basemodel")
    owner = found[0] if found is not None and folded(found[1]) == folded(base) else ""
    developer = owner if owner and developer_of(owner).known else ""
    relation = record.criteria["weights_endmodel"].claim("delta") if weights.is_delta else None
    return [without_empty({"id": release_id(developer, base), "relation": relation})]


def _repository(record: Record, criterion: str) -> tuple[str, str] | None:
    """Give owner and name of the repository on the Hugging Face Hub that a criterion links to, if it is only one."""
    links = record.criteria[criterion].links
    match = _HUB.match(links[0]) if len(links) == 1 else None
    return (match["owner"], match["name"]) if match else None


def _is_of(owner: str, record: Record) -> bool:
    return developer_of(owner).id == developer_of(record.developer).id if record.developer else False
