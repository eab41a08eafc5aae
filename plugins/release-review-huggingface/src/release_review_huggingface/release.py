"""The table `release`: which model it is, what it is made from, and which bytes it has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from release_review.denial import denies
from release_review.escape import shorten
from release_review.model import Limits
from release_review_huggingface.access import is_out
from release_review_huggingface.facts import CARD, INFO, Fact, denial_in, denied, quoted, stated, unknown, without_empty
from release_review_huggingface.modalities import MODALITIES
from release_review_huggingface.subject import UNKNOWN_DEVELOPER, Subject

RELATIONS = {"finetune": "fine-tune", "adapter": "adapter", "quantized": "quantization", "merge": "merge"}
"""Words of the Hub for how a model is made from another.

Source: https://huggingface.co/docs/hub/model-cards, "Specifying a base model"
"""

_BASE_LABELS = ("finetuned from model", "finetuned from", "fine tuned from model", "base model")
_REPOSITORY = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*/)?[A-Za-z0-9][A-Za-z0-9._-]*")
_ADDRESS = re.compile(r"https?://(?:www\.)?huggingface\.co/")
_LONGEST = 180


def release_table(subject: Subject, limits: Limits) -> dict[str, Any]:
    """Give what is said of the release itself."""
    table: dict[str, Any] = {"id": subject.id}
    if subject.id.startswith(f"{UNKNOWN_DEVELOPER}/"):
        source = subject.named_by or CARD
        table["developer"] = unknown(source, "no source names the developer; correct release.id, which others cite")
    base = [*_base(subject)]
    return without_empty(
        {
            **table,
            "date": _date(subject),
            "stage": stated("released", INFO, "the repository can be reached, with weights in it")
            if is_out(subject.info)
            else None,
            "derived": _derived(subject, base),
            "modalities": _modalities(subject),
            "base": base,
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


def _base(subject: Subject) -> Iterator[dict[str, Any]]:
    """Give each model that the front matter names as a base, with how the release is made from it."""
    written = subject.front.get("base_model")
    seen = {subject.id.casefold()}
    for each in written if isinstance(written, list) else [written]:
        if not isinstance(each, str) or denies(each):
            continue
        name = _ADDRESS.sub("", each.strip()).strip("/")
        id_ = name if "/" in name else f"{UNKNOWN_DEVELOPER}/{name}"
        if not _REPOSITORY.fullmatch(name) or len(name) > _LONGEST or id_.casefold() in seen:
            continue
        seen.add(id_.casefold())
        yield {"id": id_, "relation": _relation(subject, name, each)}


def _relation(subject: Subject, name: str, written: str) -> Fact:
    source = subject.front_source
    said = subject.front.get("base_model_relation")
    if isinstance(said, str) and said.strip().casefold() in RELATIONS:
        at = subject.at("base_model_relation")
        return stated(RELATIONS[said.strip().casefold()], source, f"{at} is {quoted(said)}")
    for word, relation in RELATIONS.items() if subject.info is not None else ():
        tag = f"base_model:{word}:{name}"
        if subject.info is not None and tag in subject.info.tags:
            return stated(relation, INFO, f"the Hub has the tag {quoted(tag)}")
    return unknown(source, f"{subject.at('base_model')} names {quoted(written)}, and nothing says how it was used")


def _derived(subject: Subject, base: list[dict[str, Any]]) -> Fact | None:
    source = subject.front_source
    if base:
        ids = ", ".join(each["id"] for each in base)
        return stated("yes", source, f"{subject.at('base_model')} names {shorten(ids)}")
    written = subject.front.get("base_model")
    texts = [each for each in (written if isinstance(written, list) else [written]) if isinstance(each, str)]
    if texts and all(denies(each) for each in texts):
        return unknown(source, f"{subject.at('base_model')} denies it: {quoted(', '.join(texts))}")
    if texts:
        return unknown(source, f"{subject.at('base_model')} names no repository: {quoted(', '.join(texts))}")
    said = None if subject.card is None else denial_in(subject.card, *_BASE_LABELS)
    return denied(said) if said else None


def _modalities(subject: Subject) -> list[Fact]:
    task = subject.front.get("pipeline_tag")
    if isinstance(task, str) and task.strip().casefold() in MODALITIES:
        note = f"{subject.at('pipeline_tag')} is {quoted(task)}"
        return [stated(each, subject.front_source, note) for each in MODALITIES[task.strip().casefold()]]
    task = None if subject.info is None or task is not None else subject.info.get("pipeline_tag")
    if isinstance(task, str) and task in MODALITIES:
        return [stated(each, INFO, f"the Hub has it under {quoted(task)}") for each in MODALITIES[task]]
    return []


def _artifacts(subject: Subject, limits: Limits) -> list[dict[str, Any]]:
    files = [] if subject.info is None else [*subject.info.files]
    found = {path: digest for path, digest, _ in files if digest}
    if len(found) > limits.items:
        return []
    return [{"path": path, "digest": digest} for path, digest in found.items()]
