"""The table `release`: which model it is, what it is made from, and which bytes it has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from release_review.developers import UNKNOWN_DEVELOPER
from release_review.model import Limits
from release_review_huggingface.access import is_out
from release_review_huggingface.bases import base_count, base_table, bases_of, derived
from release_review_huggingface.facts import CARD, INFO, Fact, agreed, quoted, stated, unknown, without_empty
from release_review_huggingface.modalities import MODALITIES
from release_review_huggingface.subject import Subject


def release_table(subject: Subject, limits: Limits) -> dict[str, Any]:
    """Give what is said of the release itself."""
    table: dict[str, Any] = {"id": subject.id}
    if subject.id.startswith(f"{UNKNOWN_DEVELOPER}/"):
        source = subject.named_by or CARD
        table["developer"] = unknown(source, "no source names the developer; correct release.id, which others cite")
    bases = bases_of(subject)
    return without_empty(
        {
            **table,
            "date": _date(subject),
            "stage": stated("released", INFO, "the repository can be reached, with weights in it")
            if is_out(subject.info)
            else None,
            "derived": derived(subject, bases),
            "modalities": _modalities(subject),
            "base": base_table(bases) if base_count(bases) <= limits.items else [],
            "artifact": _artifacts(subject, limits),
        }
    )


def _date(subject: Subject) -> Fact | None:
    if subject.info is None or not is_out(subject.info):  # what is private has been created, and is not out
        return None
    day, problem = subject.info.created
    if day:
        return stated(day, INFO, "the repository was created on this day; it may have been public only later")
    return unknown(INFO, problem) if problem else None


def _modalities(subject: Subject) -> list[Fact]:
    """Give the modalities of the task; one that only some of the sources name is a conflict."""
    key = "pipeline_tag"
    fronts = [front for front in subject.fronts if front.data.get(key) is not None]
    claims = [_of_task(front.data[key], front.source, front.at(key)) for front in fronts]
    if subject.info is not None and (task := subject.info.get(key)) is not None:
        claims.append(_of_task(task, INFO, "the task on the Hub"))
    named = dict.fromkeys(modality for modalities, _, _ in claims for modality in modalities)
    return [
        agreed([stated(each if each in modalities else "unknown", source, note) for modalities, source, note in claims])
        for each in named
    ]


def _of_task(task: Any, source: str, at: str) -> tuple[Sequence[str], str, str]:
    modalities = MODALITIES.get(task.strip().casefold(), ()) if isinstance(task, str) else ()
    return modalities, source, f"{at} is {quoted(task) if isinstance(task, str) else 'no text'}"


def _artifacts(subject: Subject, limits: Limits) -> list[dict[str, Any]]:
    digests = {} if subject.info is None else subject.info.digests
    if len(digests) > limits.items:
        return []
    return [{"path": path, "digest": digest} for path, digest in digests.items() if digest]
