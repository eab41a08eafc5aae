"""How far quantities lie apart at most: all that is known of numbers, dates and sizes, drawn to its conclusions."""

from __future__ import annotations

from release_review.cel.satisfy.forms import ZERO, Bound, Names, Number

_Most = tuple[Number, int]
"""A greatest distance, and -1 where it is not reached, else 0; the smaller says more."""


_SUMS_PER_STEP, _COPIED_PER_STEP = 4, 64
"""What takes about as long as a step of the search."""


class Bounds:
    """The greatest distance of each pair of quantities, each another one, as it follows from all that was said.

    For quantities that lie on one grid, as days do and whole numbers, distances are multiples of it.
    """

    def __init__(self, names: Names) -> None:
        self._names = names
        self._quantities = names.quantities
        self._most: dict[tuple[int, int], _Most] = {}
        self.known: dict[int, None] = {ZERO: None}

    def copy(self) -> Bounds:
        """Give bounds that can be drawn further without changing these."""
        other = Bounds(self._names)
        self._names.spend(len(self._most) // _COPIED_PER_STEP)
        other._most = dict(self._most)
        other.known = dict(self.known)
        return other

    def add(self, bound: Bound) -> bool:
        """Learn one more; tell whether it fits what is known."""
        self.meet(bound.left)
        self.meet(bound.right)
        return self._add(bound.left, bound.right, self._drawn(bound))

    def holds(self, bound: Bound) -> bool:
        """Tell whether a bound follows from what is known."""
        found = self._most.get((bound.left, bound.right))
        return found is not None and found <= self._drawn(bound)

    def excludes(self, bound: Bound) -> bool:
        """Tell whether a bound contradicts what is known."""
        back = self._most.get((bound.right, bound.left))
        return back is not None and _sum(back, self._drawn(bound)) < (0, 0)

    def is_nought(self, quantity: int) -> bool:
        """Tell whether a count is surely 0."""
        return self.holds(Bound(quantity, ZERO, 0, strict=False))

    def is_positive(self, quantity: int) -> bool:
        """Tell whether a quantity is surely above 0."""
        return self.holds(Bound(ZERO, quantity, 0, strict=True))

    def meet(self, quantity: int) -> None:
        """Take a quantity in, with what holds of it whatever is said."""
        if quantity in self.known:
            return
        self.known[quantity] = None
        own = self._quantities[quantity]
        if own.least is not None:
            self._add(ZERO, quantity, (-own.least, 0))
        if own.most is not None:
            self._add(quantity, ZERO, (own.most, 0))
        if own.base is not None:
            self.meet(own.base)
            self._add(quantity, own.base, (0, 0))

    def _drawn(self, bound: Bound) -> _Most:
        return self._on_grid(bound.left, bound.right, _far(bound))

    def _on_grid(self, left: int, right: int, most: _Most) -> _Most:
        one = self._quantities[left].grid or (left == ZERO and self._quantities[right].grid)
        other = self._quantities[right].grid or (right == ZERO and self._quantities[left].grid)
        if not one or one != other:
            return most
        far, open_ = most
        whole = far // one * one
        return (whole - one, 0) if open_ and whole == far else (whole, 0)

    def _add(self, left: int, right: int, most: _Most) -> bool:
        found = self._most.get((left, right))
        if found is not None and found <= most:
            return True
        back = self._most.get((right, left))
        if back is not None and _sum(back, most) < (0, 0):
            return False
        self._most[left, right] = most
        before = [(left, (0, 0)), *((each, far) for each in self.known if (far := self._most.get((each, left))))]
        after = [(right, (0, 0)), *((each, far) for each in self.known if (far := self._most.get((right, each))))]
        self._names.spend(len(before) * len(after) // _SUMS_PER_STEP)
        for start, first in before:
            for end, last in after:
                if start == end:
                    if _sum(_sum(first, most), last) < (0, 0):
                        return False
                    continue
                far = self._on_grid(start, end, _sum(_sum(first, most), last))
                known = self._most.get((start, end))
                if known is None or far < known:
                    self._most[start, end] = far
        return True


def _far(bound: Bound) -> _Most:
    return bound.most, -1 if bound.strict else 0


def _sum(one: _Most, other: _Most) -> _Most:
    return one[0] + other[0], min(one[1], other[1])
