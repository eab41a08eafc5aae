"""Which found finding is which expected one: as many pairs as there can be."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import replace

from release_review.model import ExpectedFinding, Finding


def unmatched(
    expected: Sequence[ExpectedFinding], found: Sequence[Finding], outcome: str
) -> tuple[tuple[ExpectedFinding, ...], tuple[Finding, ...]]:
    """Give the findings that are expected and missing, and those that are found and too much.

    `outcome` is what is expected of the rule as a whole, and so of each finding that does not say otherwise.

    No finding is two expected ones. As many as possible are matched, so that one that says little, and fits many,
    does not take the finding of one that says more, whatever their order.
    """
    wanted = [each if each.outcome else replace(each, outcome=outcome) for each in expected]
    taken: dict[int, int] = {}
    lost: set[int] = set()
    missing = [each for number, each in enumerate(expected) if not _placed(number, wanted, found, taken, lost)]
    return tuple(missing), tuple(each for place, each in enumerate(found) if place not in taken)


def fits(expected: ExpectedFinding, found: Finding) -> bool:
    """Tell whether a finding is one that is expected."""
    placed = expected.pointer in (None, found.pointer) and expected.message in found.message
    return placed and expected.outcome in ("", found.outcome.value)


def _placed(
    number: int,
    expected: Sequence[ExpectedFinding],
    found: Sequence[Finding],
    taken: dict[int, int],
    lost: set[int],
) -> bool:
    """Find a finding for one more that is expected; those that have one may have to move to another.

    Args:
        number: The one that needs a finding.
        expected: All that are expected.
        found: All that are found.
        taken: Whose each found one is by now; changed.
        lost: Found ones that a search in vain has come through: there is no way on from them, then or later; changed.
    """
    came_from: dict[int, int] = {}  # the expected one that would take a found one
    held: dict[int, int] = {owner: place for place, owner in taken.items()}
    waiting = deque([number])
    while waiting:
        asking = waiting.popleft()
        for place, each in enumerate(found):
            if place in came_from or place in lost or not fits(expected[asking], each):
                continue
            came_from[place] = asking
            if place in taken:
                waiting.append(taken[place])
                continue
            free: int | None = place
            while free is not None:
                owner = came_from[free]
                taken[free], free = owner, held.get(owner)
            return True
    lost.update(came_from)
    return False
