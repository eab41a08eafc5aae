"""What one manifest is made from: a card, an info, or both, and the id of the release they describe."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from release_review.developers import UNKNOWN_DEVELOPER
from release_review.errors import InputError
from release_review_huggingface.card import Card
from release_review_huggingface.facts import CARD, INFO
from release_review_huggingface.info import CARD as CARD_FILE
from release_review_huggingface.info import Info

_CARD_NAMES = frozenset({"readme", "modelcard", "model_card", "model-card", "card"})
"""Names of files that say nothing about the model; the folder does."""

_NAMED_AFTER = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*?)--([A-Za-z0-9][A-Za-z0-9._-]*)")
_NOT_IN_IDS = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST_NAME = 90
_COMPARED = ("license", "base_model", "pipeline_tag", "library_name", "language", "datasets")
"""Keys of the front matter that two versions of one card seldom change all at once."""

FEWEST_COMPARED = 2
"""Of these keys, how many both must have before a difference in all of them says that these are two models."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """Front matter, as the card has it or as the Hub has read it.

    Attributes:
        data: What it holds.
        source: What is cited for it.
        card: The card that has it; None for what the Hub has read.
    """

    data: Mapping[str, Any]
    source: str
    card: Card | None

    def at(self, key: str) -> str:
        """Say where a key of it stands, for a note."""
        return f"`{key}` in cardData" if self.card is None else f"`{key}` in line {self.card.line_of(key)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is known of one release.

    Attributes:
        id: Id of the release.
        named_by: What names it: `card` for the name of the file, `info`, or nothing where it had to be made up.
        card: Its card, if there is one.
        info: The info of its repository, if there is one.
    """

    id: str
    named_by: str
    card: Card | None
    info: Info | None

    @property
    def fronts(self) -> Sequence[Front]:
        """The front matter of the card, and what the Hub has read of one; they need not agree."""
        card = [] if self.card is None else [Front(data=self.card.front, source=CARD, card=self.card)]
        return [*card, *([] if self.info is None else [Front(data=self.info.card_data, source=INFO, card=None)])]

    @property
    def front(self) -> Front:
        """The first of them: the card's own, if there is a card."""
        return self.fronts[0]


def subject_of(card: Card | None, info: Info | None) -> Subject:
    """Put a card and an info together.

    Raises:
        InputError: They are those of two models.
    """
    named = None if card is None else _name_of(card.path)
    if info is not None and card is not None:
        _check_same(card, named, info)
    if info is not None:
        is_whole = "/" in info.id
        id_ = info.id if is_whole else f"{UNKNOWN_DEVELOPER}/{info.id}"
        return Subject(id=id_, named_by=INFO, card=card, info=info)
    if named is not None:
        return Subject(id=named, named_by=CARD, card=card, info=None)
    made_up = "model" if card is None else _made_up(card.path)
    return Subject(id=f"{UNKNOWN_DEVELOPER}/{made_up}", named_by="", card=card, info=None)


def is_same_card(card: Card, info: Info) -> bool | None:
    """Tell whether the info lists a card of the same bytes; None if it does not say which bytes its card has."""
    blobs = {blob for path, _, blob in info.files if path == CARD_FILE}
    return None if not blobs - {""} else blobs == {card.blob}


def is_named_after(card: Card, info: Info) -> bool:
    """Tell whether the name of the card is that of the repository."""
    return (_name_of(card.path) or "").casefold() == info.id.casefold()


def compared(card: Card, info: Info) -> Sequence[str]:
    """Give the keys that the card and what the Hub has read of one both have, among those worth comparing."""
    return [key for key in _COMPARED if card.front.get(key) and info.card_data.get(key)]


def is_seen_to_be_of(card: Card, info: Info) -> bool:
    """Tell whether anything at all shows that a card and an info are of one model."""
    return is_named_after(card, info) or bool(is_same_card(card, info)) or len(compared(card, info)) >= FEWEST_COMPARED


def _check_same(card: Card, named: str | None, info: Info) -> None:
    where, hint = str(info.path), "save the info of the model that the card describes"
    if named is not None and named.casefold() != info.id.casefold():
        raise InputError(f"is the info of {info.id}, and the card is that of {named}", where=where, hint=hint)
    both = compared(card, info)
    if named is not None or is_same_card(card, info) or len(both) < FEWEST_COMPARED:
        return
    if all(_list(card.front[key]) != _list(info.card_data[key]) for key in both):
        what = f"is the info of {info.id}, and the card is another one: they differ in {', '.join(both)}"
        raise InputError(what, where=where, hint=hint)


def _list(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


def _name_of(path: Path) -> str | None:
    """Give the id that the name of a card or of its folder says: `developer--name`."""
    match = _NAMED_AFTER.fullmatch(path.parent.name if _says_nothing(path) else path.stem)
    if match is None or "--" in match[2] or len(match[0]) > _LONGEST_NAME:
        return None
    return f"{match[1]}/{match[2]}"


def _made_up(path: Path) -> str:
    name = path.parent.name if _says_nothing(path) else path.stem
    return _NOT_IN_IDS.sub("-", name)[:_LONGEST_NAME].strip("-._") or "model"


def _says_nothing(path: Path) -> bool:
    return path.stem.casefold() in _CARD_NAMES
