"""The licence of the weights, as the card's front matter, a point of its text and the repository's info state it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from release_review.denial import denies
from release_review.licences import Licence, licence_of
from release_review_huggingface.facts import CARD, INFO, Fact, denial_in, denied, quoted, stated, unknown
from release_review_huggingface.subject import Subject

OTHER = "other"
"""What a card writes for a licence that the Hub does not list; `license_name` then has its name."""

_LABELS = ("license", "licence")


def licence_facts(subject: Subject) -> dict[str, Fact]:
    """Give `license` and `license_family`, as far as anything is said of them."""
    claims = [*_claims(subject)]
    named = [(licence, source, note) for licence, source, note in claims if licence is not None]
    if not named:
        said = None if subject.card is None else denial_in(subject.card, *_LABELS)
        notes = [unknown(source, note) for _, source, note in claims] or ([denied(said)] if said else [])
        return {"license": notes[0], "license_family": notes[0]} if notes else {}
    first, *others = named
    other_ids = [each for each in others if each[0].id != first[0].id]
    return {
        "license": _fact("id", first, other_ids),
        **({"license_family": family} if (family := _family(first, other_ids)) else {}),
    }


def _fact(attribute: str, first: tuple[Licence, str, str], others: list[tuple[Licence, str, str]]) -> Fact:
    fact = stated(getattr(first[0], attribute), first[1], first[2])
    if others:
        fact["conflicts"] = [stated(getattr(licence, attribute), source, note) for licence, source, note in others]
    return fact


def _family(first: tuple[Licence, str, str], others: list[tuple[Licence, str, str]]) -> Fact | None:
    licence, source, _ = first
    apart = [each for each in others if each[0].family != licence.family]
    if apart:
        return _fact("family", first, apart)
    return None if licence.family == "unknown" else stated(licence.family, source, f"the family of {licence.id}")


def _claims(subject: Subject) -> Iterator[tuple[Licence | None, str, str]]:
    """Give each claim: the licence, None where it names none, what says so, and how it says it."""
    front, source = subject.front, subject.front_source
    if front.get("license") is not None:
        at = subject.at("license")
        yield from _claim(front["license"], front.get("license_name"), source, at)
    if subject.card is None:
        return
    for said in subject.card.said:
        text = said.text.strip("`* _.")
        # Anything that is no licence in the table is prose.
        if said.label in _LABELS and text and not denies(text) and licence_of(text).known:
            yield licence_of(text), CARD, f"line {said.line}: {quoted(said.text)}"
    if subject.info is not None:
        data = subject.info.card_data
        if data.get("license") is not None:
            yield from _claim(data["license"], data.get("license_name"), INFO, "`license` in cardData")


def _claim(written: Any, name: Any, source: str, at: str) -> Iterator[tuple[Licence | None, str, str]]:
    listed = written if isinstance(written, list) else [written]
    texts = [each.strip() for each in listed if isinstance(each, str) and each.strip()]
    if len(texts) != 1:
        said = quoted(", ".join(texts)) if texts else "no text"
        yield None, source, f"{at} is {said}, which names no one licence"
        return
    (text,) = texts
    if text.casefold() == OTHER:
        if isinstance(name, str) and name.strip() and not denies(name):
            yield licence_of(name), source, f"{at} is {quoted(text)}, and license_name is {quoted(name)}"
        else:
            yield None, source, f"{at} is {quoted(text)}, and no license_name says which"
    elif denies(text):
        yield None, source, f"{at} denies it: {quoted(text)}"
    else:
        yield licence_of(text), source, f"{at} is {quoted(text)}"
