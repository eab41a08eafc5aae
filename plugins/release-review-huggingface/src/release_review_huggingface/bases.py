"""What a model is made from, as the card, what the Hub has read of it, and the tags of the Hub name it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from release_review.denial import denies
from release_review.developers import UNKNOWN_DEVELOPER
from release_review.escape import shorten
from release_review_huggingface.facts import INFO, Fact, agreed, denial_in, denied, quoted, stated, unknown
from release_review_huggingface.subject import Front, Subject

RELATIONS = {"finetune": "fine-tune", "adapter": "adapter", "quantized": "quantization", "merge": "merge"}
"""Words of the Hub for how a model is made from another.

Source: https://huggingface.co/docs/hub/model-cards, "Specifying a base model"
"""

TAG = "base_model:"
"""How the tag of the Hub for a base model begins; one of RELATIONS and a colon may follow."""

_LABELS = ("finetuned from model", "finetuned from", "fine tuned from model", "base model")
_REPOSITORY = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*/)?[A-Za-z0-9][A-Za-z0-9._-]*")
_ADDRESS = re.compile(r"https?://(?:www\.)?huggingface\.co/")
_LONGEST = 180


@dataclass(frozen=True, slots=True, kw_only=True)
class Bases:
    """What one source says of base models.

    Attributes:
        ids: The ids it names, by the same in small letters.
        source: What is cited for it.
        at: Where it says so.
        written: What is written there.
        relations: What it says of how the model is made: from one of them, by the id in small letters, or from all,
            under the empty text.
    """

    ids: Mapping[str, str]
    source: str
    at: str
    written: str
    relations: Mapping[str, Sequence[Fact]]


def bases_of(subject: Subject) -> Sequence[Bases]:
    """Give what each source says that says anything of base models."""
    found = [*(_of_front(front, subject.id) for front in subject.fronts), _of_tags(subject)]
    return [each for each in found if each.written or each.relations]


def base_table(bases: Sequence[Bases]) -> list[dict[str, Any]]:
    """Give each model that any source names as a base, with how the release is made from it."""
    ids = _ids(bases)
    return [{"id": id_, "relation": _relation(folded, id_, bases)} for folded, id_ in ids.items()]


def base_count(bases: Sequence[Bases]) -> int:
    """Count the models that are named."""
    return len(_ids(bases))


def derived(subject: Subject, bases: Sequence[Bases]) -> Fact | None:
    """Tell whether the release is made from another model, as far as anything is said of it."""
    claims = [_derived_by(each) for each in bases if each.written]
    if claims:
        return agreed(claims)
    # A line of a template that nobody has filled in says nothing against a name; where there is none, it is quoted.
    said = None if subject.card is None else denial_in(subject.card, *_LABELS)
    return denied(said) if said else None


def _ids(bases: Sequence[Bases]) -> Mapping[str, str]:
    ids: dict[str, str] = {}
    for each in bases:
        ids |= {folded: id_ for folded, id_ in each.ids.items() if folded not in ids}
    return ids


def _of_front(front: Front, own: str) -> Bases:
    written = front.data.get("base_model")
    listed = written if isinstance(written, list) else [written]
    texts = [each for each in listed if isinstance(each, str)]
    ids = _named(texts, own)
    said = front.data.get("base_model_relation")
    relations = {} if said is None else {"": [_word(said, front)]}
    at = front.at("base_model") if texts else ""
    return Bases(ids=ids, source=front.source, at=at, written=", ".join(texts), relations=relations)


def _word(said: Any, front: Front) -> Fact:
    relation = RELATIONS.get(said.strip().casefold(), "unknown") if isinstance(said, str) else "unknown"
    note = f"{front.at('base_model_relation')} is {quoted(said) if isinstance(said, str) else 'no text'}"
    return stated(relation, front.source, note)


def _of_tags(subject: Subject) -> Bases:
    relations: dict[str, list[Fact]] = {}
    names: list[str] = []
    for tag in subject.info.tags if subject.info is not None else ():
        name = tag.removeprefix(TAG)
        word, colon, rest = name.partition(":")
        if name == tag:
            continue
        related = bool(colon) and word in RELATIONS
        names.append(rest if related else name)
        for folded in _named([rest], subject.id) if related else ():
            fact = stated(RELATIONS[word], INFO, f"the Hub has the tag {quoted(tag)}")
            relations.setdefault(folded, []).append(fact)
    ids = _named(names, subject.id)
    return Bases(ids=ids, source=INFO, at="`tags`", written=", ".join(names), relations=relations)


def _named(texts: Sequence[str], own: str) -> Mapping[str, str]:
    """Give the ids that texts name, each once; prose is none, and the model itself is not its base."""
    ids: dict[str, str] = {}
    for each in texts:
        name = _ADDRESS.sub("", each.strip()).strip("/")
        id_ = name if "/" in name else f"{UNKNOWN_DEVELOPER}/{name}"
        if denies(each) or not _REPOSITORY.fullmatch(name) or len(name) > _LONGEST:
            continue
        if id_.casefold() != own.casefold():
            ids.setdefault(id_.casefold(), id_)
    return ids


def _relation(folded: str, id_: str, bases: Sequence[Bases]) -> Fact:
    claims = [*_claims(folded, bases)]
    others = [each for each in bases if each.written and folded not in each.ids]
    apart = [unknown(each.source, f"{each.at} names {quoted(each.written)}, and not {quoted(id_)}") for each in others]
    if claims:
        return agreed([*claims, *apart])
    by = next(each for each in bases if folded in each.ids)
    note = f"{by.at} names {quoted(by.written if len(by.ids) == 1 else id_)}, and nothing says how it was used"
    return unknown(by.source, "; ".join([note, *(each["note"] for each in apart)]))


def _claims(folded: str, bases: Sequence[Bases]) -> Iterator[Fact]:
    for each in bases:
        yield from each.relations.get("", ())
        yield from each.relations.get(folded, ())


def _derived_by(bases: Bases) -> Fact:
    if bases.ids:
        return stated("yes", bases.source, f"{bases.at} names {shorten(', '.join(bases.ids.values()))}")
    how = "denies it" if all(denies(each) for each in bases.written.split(", ")) else "names no repository"
    return unknown(bases.source, f"{bases.at} {how}: {quoted(bases.written)}")
