"""From the path of a source to a manifest: which files belong together, and what is made from them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from release_review.errors import InputError
from release_review.escape import shorten
from release_review.hooks import Imported
from release_review.model import Limits
from release_review_huggingface.access import access_table
from release_review_huggingface.bases import base_count, bases_of
from release_review_huggingface.card import read_card
from release_review_huggingface.components import components_table, use_policy_table
from release_review_huggingface.facts import CARD, INFO, quoted, without_empty
from release_review_huggingface.info import CARD as CARD_FILE
from release_review_huggingface.info import Info, read_info
from release_review_huggingface.licence import licence_facts
from release_review_huggingface.release import release_table
from release_review_huggingface.subject import Subject, is_same_card, is_seen_to_be_of, subject_of
from release_review_huggingface.weights import parameters_total

INFO_FILE = "model_info.json"
"""How the saved info beside a `README.md` is called; beside `NAME.md` it is `NAME.json`."""

HUB = "https://huggingface.co"

_GATE_HINTS = ("extra_gated_fields", "extra_gated_prompt", "extra_gated_heading", "extra_gated_description")


def read_source(path: Path, limits: Limits) -> Iterator[Imported]:
    """Make a manifest from a card, a saved info, or a folder that has them.

    Raises:
        InputError: A file is missing or cannot be read, or the two are those of two models.
    """
    card_path, info_path = _files(path)
    info = None if info_path is None else read_info(info_path, limits)
    card = None if card_path is None else read_card(card_path, limits)
    if card is not None and info is None and not (card.has_front or card.said or card.prose):
        raise InputError("the card says nothing", where=f"{card.path}:1:1", hint="name a model card")
    subject = subject_of(card, info)
    yield Imported(data=_manifest(subject, limits), origin=str(card_path or path), notes=tuple(_notes(subject, limits)))


def _files(path: Path) -> tuple[Path | None, Path | None]:
    """Give the card and the info that a path stands for; one may be missing, and what is missing is never guessed."""
    if path.is_dir():
        card, info = path / CARD_FILE, path / INFO_FILE
        return (card if os.path.lexists(card) or not os.path.lexists(info) else None), _if_there(info)
    if path.suffix.casefold() == ".json":
        beside = path.with_name(CARD_FILE) if path.name == INFO_FILE else path.with_suffix(".md")
        return _if_there(beside), path
    beside = path.with_name(INFO_FILE) if path.name == CARD_FILE else path.with_suffix(".json")
    return path, _if_there(beside) if beside != path else None


def _if_there(path: Path) -> Path | None:
    return path if os.path.lexists(path) else None


def _manifest(subject: Subject, limits: Limits) -> dict[str, Any]:
    weights = {**licence_facts(subject), "parameters_total": parameters_total(subject)}
    return {
        "schema": "release-manifest/1",
        "release": release_table(subject, limits),
        "source": _sources(subject),
        **without_empty(
            {
                "weights": without_empty(weights),
                "access": access_table(subject.info),
                "use_policy": use_policy_table(subject),
                "components": components_table(subject),
            }
        ),
    }


def _sources(subject: Subject) -> dict[str, Any]:
    card, info = subject.card, subject.info
    sources = {}
    if card is not None:
        sources[CARD] = {"title": f"Model card {shorten(card.path.name)}"}
        if info is not None and info.revision and is_same_card(card, info):
            sources[CARD]["url"] = f"{HUB}/{info.id}/blob/{info.revision}/{CARD_FILE}"
    if info is not None:
        revision = f", revision {info.revision[:12]}" if info.revision else ""
        title = f"Info of the repository {info.id}{revision}"
        sources[INFO] = {"title": title, "url": f"{HUB}/api/models/{info.id}"}
    return sources


def _notes(subject: Subject, limits: Limits) -> Iterator[str]:
    card, info = subject.card, subject.info
    if not subject.named_by:
        yield "the card does not name its model, so release.id is made from the name of the file; correct it"
    if card is not None and not card.has_front:
        yield "the card has no front matter, the metadata between two lines ---; if it is no model card, delete this"
    bases = base_count(bases_of(subject))
    if bases > limits.items:
        yield f"{bases:,} base models are named, too many for [[release.base]]"
    if info is None:
        yield "a card alone does not show who can get the weights; describe the channels under [[access]]"
        if card is not None and any(card.front.get(key) for key in _GATE_HINTS):
            yield "the card has questions for a gate (extra_gated_...); whether there is one, it does not say"
        return
    yield from _notes_on(info, limits)
    if card is None:
        return
    if is_same_card(card, info) is False:
        yield f"{info.path.name} is of another revision of the card"
    elif is_same_card(card, info) is None:
        yield f"{info.path.name} has no blob id of {CARD_FILE}, so whether it is of this card was not compared"
    if not is_seen_to_be_of(card, info):
        yield f"nothing but their place shows that the card is that of {info.id}; compare them"


def _notes_on(info: Info, limits: Limits) -> Iterator[str]:
    if not info.has_weights:
        yield "the repository lists no file of weights; describe the channels under [[access]]"
    digests = info.digests
    if len(digests) > limits.items:
        yield f"the repository has {len(digests):,} files with a digest, too many for [[release.artifact]]"
    if twice := [path for path, digest in digests.items() if not digest]:
        yield f"{info.path.name} has several digests for {quoted(twice[0])}, so none is taken"
