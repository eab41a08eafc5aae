"""The licence of the weights, as the card's front matter, its text and the repository's info state it.

Where one of them names another licence, denies it or leaves it open, the licence is a conflict: never the one whose
terms allow more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from release_review.denial import denies
from release_review.licences import Licence, licence_of, licences_in
from release_review_huggingface.card import Said
from release_review_huggingface.facts import CARD, INFO, Fact, agreed, denied, quoted, stated, unknown
from release_review_huggingface.subject import Front, Subject

OTHER = "other"
"""What a card writes for a licence that the Hub does not list; `license_name` then has its name."""

TAG = "license:"
"""How the tag of the Hub for a licence begins."""

_LABELS = frozenset({"license", "licence", "licenses", "licences", "model license", "model licence"})
_NEAR = re.compile(r"\blicen[cs]es?\b")
_NUMBER = re.compile(r"[0-9 ]*")
_LINK = re.compile(r"\[([^\[\]]*)\]\([^()\s]*\)")
_FRAME = re.compile(
    r"^(?:(?:this|the) (?:model|project)|it) is (?:licensed|released|made available|distributed) under (?:the |an? )?",
    re.IGNORECASE,
)
_RESTRICTS = re.compile(
    r"\bnon[ -]?commercial|\b(?:no|not|never|without|restricted from|prohibits?|forbids?)\b[^.;]{0,60}\bcommercial"
    r"|\bcommercial\b[^.;]{0,60}\b(?:forbidden|not|permission|prohibited|restricted)\b"
    r"|\bresearch\b[^.;]{0,30}\bonly\b|\bonly\b[^.;]{0,30}\bresearch\b",
    re.IGNORECASE,
)
"""Words of a text that exclude a use; a licence that allows all cannot be all there is to say."""

Claim = tuple[Licence | None, str, str]
"""The licence, None where it names none; what says so; and how it says it."""


def licence_facts(subject: Subject) -> dict[str, Fact]:
    """Give `license` and `license_family`, as far as anything is said of them."""
    claims = [*_claims(subject)]
    shown = [said for said in subject.card.said if said.text] if subject.card is not None else []
    texts = [said for said in shown if _is_about(said)]
    claims += (claim for said in texts if (claim := _of_text(said)) is not None)
    named = {licence.id.casefold(): licence for licence, _, _ in claims if licence is not None}
    if named:
        claims += [claim for said in shown for claim in _against(said, named)]
    if not named:
        denials = [denied(said) for said in texts if denies(said.text)]
        notes = [unknown(source, note) for _, source, note in claims] or denials
        return {"license": notes[0], "license_family": notes[0]} if notes else {}
    fact = agreed([stated(licence.id if licence else "unknown", source, note) for licence, source, note in claims])
    families = [(licence.family if licence else "unknown", source, note) for licence, source, note in claims]
    family = agreed([stated(*each) for each in families])
    if family["value"] == "unknown":
        return {"license": fact}
    if "conflicts" not in fact:
        family = stated(family["value"], family["source"][0], f"the family of {fact['value']}")
    return {"license": fact, "license_family": family}


def _claims(subject: Subject) -> Iterator[Claim]:
    """Give each claim that has a field of its own: of the front matter, of what the Hub has read of it, of tags."""
    for front in subject.fronts:
        yield from _of_front(front)
    is_other = any(_is_other(front) for front in subject.fronts)
    for tag in subject.info.tags if subject.info is not None else ():
        text = tag.removeprefix(TAG).strip()
        if text == tag or not text or (is_other and text.casefold() == OTHER):
            continue
        names_none = denies(text) or text.casefold() == OTHER
        yield None if names_none else licence_of(text), INFO, f"the Hub has the tag {quoted(tag)}"


def _is_other(front: Front) -> bool:
    written = front.data.get("license")
    listed = written if isinstance(written, list) else [written]
    return len(listed) == 1 and isinstance(listed[0], str) and listed[0].strip().casefold() == OTHER


def _of_front(front: Front) -> Iterator[Claim]:
    written, name = front.data.get("license"), front.data.get("license_name")
    if not _is_other(front):
        if written is not None:
            yield _of_field(written, front.source, front.at("license"))
        if name is not None:
            # A name is for a licence that the Hub does not list; beside one that it lists, it says something too.
            yield _of_field(name, front.source, front.at("license_name"))
        return
    other = f"{front.at('license')} is {quoted(OTHER)}, and"
    if name is None:
        yield None, front.source, f"{other} no license_name says which"
        return
    licence, _, note = _of_field(name, front.source, "license_name")
    yield licence, front.source, f"{other} {note}"


def _of_field(written: Any, source: str, at: str) -> Claim:
    listed = written if isinstance(written, list) else [written]
    texts = [each.strip() for each in listed if isinstance(each, str) and each.strip()]
    if len(texts) != 1 or len(listed) != 1:
        said = quoted(", ".join(texts)) if texts else "no text"
        beside = ", and something that is no text" if 0 < len(texts) < len(listed) else ""
        return None, source, f"{at} is {said}{beside}, which names no one licence"
    if denies(texts[0]):
        return None, source, f"{at} denies it: {quoted(texts[0])}"
    return licence_of(texts[0]), source, f"{at} is {quoted(texts[0])}"


def _is_about(said: Said) -> bool:
    return _NUMBER.sub("", said.label, count=1) in _LABELS


def _of_text(said: Said) -> Claim | None:
    """Give the licence that a text names, if it says nothing else: what is no licence of the table is prose."""
    licence = licence_of(_plain(said.text))
    return (licence, CARD, _cited(said)) if licence.known and not denies(said.text) else None


def _plain(text: str) -> str:
    """Give a text without links, marks and the sentence that a licence is often put into."""
    shown = " ".join(_LINK.sub(r"\1", text).strip("`* _.").split())
    return _FRAME.sub("", shown).strip("`* _.")


def _against(said: Said, named: Mapping[str, Licence]) -> Iterator[Claim]:
    """Give what a text says against licences that are named, by their ids in small letters.

    Behind the name of a point there should be a licence, so all that is none is against it. Below a heading, or behind
    a longer name such as "license of the weights", there may be much else: what counts is a licence whose terms allow
    less, and words that exclude a use.
    """
    if not _NEAR.search(said.label) or (_is_about(said) and _of_text(said) is not None):
        return
    if _is_about(said) and (said.is_point or denies(said.text)):
        if licence_of(_plain(said.text)).id.casefold() not in named:
            yield None, CARD, _cited(said)
        return
    if all(licence.family in ("non-commercial", "use-restricted") or not licence.known for licence in named.values()):
        return
    mentioned = [each for each in licences_in(said.text) if each.family != "permissive"]
    if others := [each for each in mentioned if each.id.casefold() not in named]:
        yield others[0], CARD, f"line {said.line} also names it: {quoted(said.text)}"
    elif _RESTRICTS.search(said.text):
        yield None, CARD, _cited(said)


def _cited(said: Said) -> str:
    return f"line {said.line}: {quoted(said.text)}"
