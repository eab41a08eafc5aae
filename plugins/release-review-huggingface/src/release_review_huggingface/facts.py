"""What a card and a saved info are called in a manifest, and what a card denies."""

from __future__ import annotations

from release_review.claims import Claim as Fact
from release_review.claims import agreed, quoted, stated, unknown, without_empty
from release_review.denial import denies
from release_review_huggingface.card import Card, Said

__all__ = ["CARD", "INFO", "Fact", "agreed", "denial_in", "denied", "quoted", "stated", "unknown", "without_empty"]

CARD = "card"
"""The id under which a manifest cites the card."""

INFO = "info"
"""The id under which a manifest cites the info of the repository."""


def denied(said: Said) -> Fact:
    """Give a value about which a card says that it says nothing."""
    return unknown(CARD, f"the card denies it in line {said.line}: {quoted(said.text)}")


def denial_in(card: Card, *labels: str) -> Said | None:
    """Give the first part of a card with one of some labels, if it says that there is nothing to say."""
    parts = (said for said in card.said if said.label in labels and said.text)
    return next((said for said in parts if denies(said.text)), None)
