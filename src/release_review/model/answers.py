"""What is answered to a question, for each item and for the whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from release_review.model.questions import Assessment
from release_review.pointer import steps_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemResult:
    """The level of one item of an assessment.

    Attributes:
        key: The item's id, else its pointer.
        level: A word of the scale.
        because: The reason, in words.
        pointer: Where the item stands.
        reads: Pointers of the facts that were read; like those of a finding, worked out when they are looked at.
        undecided: Pointers of the facts that would decide it, where the level is `unknown` for want of them.
    """

    key: str
    level: str
    because: str
    pointer: str
    reads: Sequence[str] = ()
    undecided: Sequence[str] = ()


MOST_IN_BASIS = 1_000
"""Facts behind the levels of one assessment that a waiver is bound to; where there are more, to the whole manifest."""


@dataclass(frozen=True, kw_only=True)
class AssessmentResult:
    """The answer to one question.

    Attributes:
        id: Qualified id, `policy/assessment`.
        assessment: The question.
        level: The level of the whole.
        because: The reason for the level of the whole.
        decided_by: Key of the item whose level is the level of the whole; None where no item decided.
        items: The answer for each item, by key, in document order.
        note: Who changed the question, as an override, or empty.
    """

    id: str
    assessment: Assessment
    level: str
    because: str
    decided_by: str | None
    items: Mapping[str, ItemResult]
    note: str = ""

    @cached_property
    def basis(self) -> tuple[str, ...]:
        """Pointers of all facts that the level of any item was made from, not only of those that decide the whole.

        An item whose level was made from none stands for itself. Where there are too many, it is the whole manifest.
        """
        every = (pointer for item in self.items.values() for pointer in (item.reads or (item.pointer,)))
        found: dict[str, None] = {}
        for pointer in every:
            found[pointer] = None
            if len(found) > MOST_IN_BASIS:
                return ("",)
        return tuple(found) or ("/" + steps_of(self.assessment.over)[0],)

    @cached_property
    def unknown(self) -> tuple[ItemResult, ...]:
        """The items whose level is unknown."""
        return tuple(item for item in self.items.values() if item.level == "unknown")

    @cached_property
    def reasons(self) -> tuple[str, ...]:
        """Why their levels are unknown, each reason once."""
        return tuple(dict.fromkeys(item.because for item in self.unknown))

    @cached_property
    def undecided(self) -> tuple[str, ...]:
        """Pointers of the facts that would decide them, each once; of an item that hangs on no fact, its own."""
        return tuple(dict.fromkeys(place for item in self.unknown for place in (item.undecided or (item.pointer,))))


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelRead:
    """One level that a rule reads.

    Attributes:
        answer: The answer that it is a part of.
        item: The item whose level it is; None for the level of the whole.
    """

    answer: AssessmentResult
    item: ItemResult | None = None
