"""Smallest sets of facts: what would have to be stated for a condition to be surely true, or surely false.

Each part of a condition has two sets, and those of the whole follow from those of its parts by
joining them, where all are needed, and by taking the smallest, where one will do. A fact that two
parts share counts once. What is never so, whatever is stated, has no set. A set that goes through
the level of an assessment may not be enough, so it is taken only where no other will do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, groupby

from release_review.model import Missing

Facts = Missing | None
"""What is missing; None where nothing that could be stated is enough."""

NOTHING = Missing()
"""What is missing where nothing is."""


@dataclass(frozen=True, slots=True)
class ToState:
    """What to state for a part to be surely true, and for it to be surely false."""

    hold: Facts
    fail: Facts

    @property
    def swapped(self) -> ToState:
        """The sets of its negation."""
        return ToState(self.fail, self.hold)


TRUE = ToState(hold=NOTHING, fail=None)
"""The sets of what is true whatever is stated."""

FALSE = TRUE.swapped
"""The sets of what is false whatever is stated."""

NEITHER = ToState(hold=None, fail=None)
"""The sets of what has no truth value, whatever is stated."""


def together(sets: Iterable[Facts]) -> Facts:
    """Give the facts of all sets, each once."""
    listed = list(sets)
    found = [each for each in listed if each is not None]
    if len(found) < len(listed):
        return None
    facts = dict.fromkeys(chain.from_iterable(each.facts for each in found))
    evidence = dict.fromkeys(chain.from_iterable(each.evidence for each in found))
    return Missing(tuple(facts), tuple(evidence), all(each.enough for each in found))


def smallest(sets: Iterable[Facts]) -> Facts:
    """Give the smallest of several sets, the first of them where there are more than one."""
    return min((each for each in sets if each is not None), key=_cost, default=None)


def _cost(missing: Missing) -> tuple[bool, int]:
    return not missing.enough, missing.count


def all_of(parts: Sequence[ToState]) -> ToState:
    """Give the sets of parts joined by `&&`."""
    return ToState(together(each.hold for each in parts), smallest(each.fail for each in parts))


def any_of(parts: Sequence[ToState]) -> ToState:
    """Give the sets of parts joined by `||`."""
    return ToState(smallest(each.hold for each in parts), together(each.fail for each in parts))


def choice(condition: ToState, then: ToState, otherwise: ToState) -> ToState:
    """Give the sets of `condition ? then : otherwise`: either branch settles it, or both together."""

    def either(one: Facts, other: Facts) -> Facts:
        ways = ((condition.hold, one), (condition.fail, other), (one, other))
        return smallest(together(way) for way in ways)

    return ToState(either(then.hold, otherwise.hold), either(then.fail, otherwise.fail))


def same(left: ToState, right: ToState) -> ToState:
    """Give the sets of `left == right` of two conditions."""
    alike = smallest((together((left.hold, right.hold)), together((left.fail, right.fail))))
    differ = smallest((together((left.hold, right.fail)), together((left.fail, right.hold))))
    return ToState(alike, differ)


def of_quantified(name: str, parts: Sequence[ToState]) -> ToState:
    """Give the sets of `exists`, `all` or `exists_one` over items."""
    fits: Mapping[str, Callable[[int], bool]] = {
        "exists": lambda number: number > 0,
        "all": lambda number: number == len(parts),
        "exists_one": lambda number: number == 1,
    }
    return of_count([fits[name](number) for number in range(len(parts) + 1)], parts)


def of_count(fits: Sequence[bool], parts: Sequence[ToState]) -> ToState:
    """Give the sets of a condition on how many parts are true; `fits` says it for each number from 0."""
    return ToState(_among(fits, parts, wanted=True), _among(fits, parts, wanted=False))


def _among(fits: Sequence[bool], parts: Sequence[ToState], *, wanted: bool) -> Facts:
    ways: list[Facts] = []
    for fitting, group in groupby(range(len(fits)), key=lambda number: fits[number]):
        numbers = list(group)
        if fitting is not wanted:
            continue
        if numbers[0] == 0:
            ways.append(at_most(numbers[-1], parts))
        elif numbers[-1] == len(parts):
            ways.append(at_least(numbers[0], parts))
        else:  # no comparison fits a stretch of numbers in the middle, but for a stretch of one
            ways.append(exactly(numbers[0], parts))
    return smallest(ways)


def at_least(number: int, items: Sequence[ToState]) -> Facts:
    """Give what makes a number of items, or more, surely meet a condition."""
    return _cheapest([each.hold for each in items], number)


def at_most(number: int, items: Sequence[ToState]) -> Facts:
    """Give what makes a number of items, or fewer, possibly meet a condition."""
    return _cheapest([each.fail for each in items], len(items) - number)


def exactly(number: int, items: Sequence[ToState]) -> Facts:
    """Give what makes a number of items surely meet a condition, and all others surely not."""
    if not 0 <= number <= len(items) or any(each == NEITHER for each in items):
        return None
    ranked = sorted(range(len(items)), key=lambda index: _leaning(items[index]))
    chosen = set(ranked[:number])
    return together(each.hold if index in chosen else each.fail for index, each in enumerate(items))


def _leaning(item: ToState) -> float:
    """Tell how much dearer it is for an item to meet a condition than not to."""
    if item.hold is None or item.fail is None:
        return float("inf") if item.hold is None else float("-inf")
    return item.hold.count - item.fail.count


def _cheapest(sets: Sequence[Facts], number: int) -> Facts:
    possible = [(index, each) for index, each in enumerate(sets) if each is not None]
    if number > len(possible):
        return None
    chosen = sorted(possible, key=lambda entry: _cost(entry[1]))[: max(number, 0)]
    return together(each for _, each in sorted(chosen, key=lambda entry: entry[0]))
