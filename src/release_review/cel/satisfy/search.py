"""The search: which cells and distances would make a form true, one part after the other."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from release_review.cel.satisfy.bounds import Bounds
from release_review.cel.satisfy.forms import FALSE, TRUE, Bound, Every, Form, Names, Some, every, opposite, some
from release_review.cel.satisfy.state import State


class Search:
    """Looks for something that makes a form true."""

    def __init__(self, names: Names) -> None:
        self._names = names

    def finds(self, form: Form) -> bool:
        """Tell whether there is anything.

        Raises:
            TooLongError: That would take too long.
        """
        return self._goes_on(form, State(self._names, Bounds(self._names)), frozenset())

    def _goes_on(self, form: Form, state: State, settled: frozenset[int]) -> bool:
        """Take what must be so, and try what may be; `settled` counts have been looked into."""
        while True:
            form = self._simplified(form, state)
            if form == FALSE:
                return False
            parts = form.parts if isinstance(form, Every) else (form,)
            facts = [each for each in parts if not isinstance(each, Some)]
            if not facts:
                break
            for fact in facts:
                if isinstance(fact, Every) or not state.take(fact):
                    return False
            form = every(each for each in parts if isinstance(each, Some))
        choices = [each for each in parts if isinstance(each, Some)]
        if not choices:
            return self._items_fit(state, settled)
        shortest = min(choices, key=lambda each: len(each.parts))
        others = [each for each in choices if each is not shortest]
        excluded: list[Form] = []
        for part in shortest.parts:
            if self._goes_on(every((*excluded, part, *others)), state.copy(), settled):
                return True
            if not isinstance(part, Every | Some):
                excluded.append(opposite(part))
        return False

    def _simplified(self, form: Form, state: State) -> Form:
        self._names.spend()
        match form:
            case Every(parts=parts):
                return every(self._parts(parts, state, end=FALSE))
            case Some(parts=parts):
                return some(self._parts(parts, state, end=TRUE))
        found = state.decided(form)
        return form if found is None else TRUE if found else FALSE

    def _parts(self, parts: tuple[Form, ...], state: State, *, end: Form) -> Iterator[Form]:
        for part in parts:
            found = self._simplified(part, state)
            yield found
            if found == end:
                return

    def _items_fit(self, state: State, settled: frozenset[int]) -> bool:
        """Look into the lists: an item that there must be meets what is asked of it, and of all items."""
        quantities = self._names.quantities
        counts: dict[int, list[int]] = {}
        for number in state.bounds.known:
            base = quantities[number].base
            if base is not None and number not in settled:
                counts.setdefault(base, []).append(number)
        seen = settled.union(*counts.values())
        for base, listed in counts.items():
            if not state.bounds.is_positive(base):
                continue
            of_all = [each for number in listed for each in self._of_all(number, base, state)]
            some_meet = [quantities[number].met for number in listed if state.bounds.is_positive(number)]
            beside = [self._of_more(one, other, state) for one, other in itertools.permutations(listed, 2)]
            for met in (*(some_meet or [TRUE]), *beside):
                if met is not None and not self._goes_on(every((met, *of_all)), state.copy(), seen):
                    return False
        return True

    def _of_more(self, one: int, other: int, state: State) -> Form | None:
        """Give what holds of some item because it counts for one, and others, fewer in number, count for the other."""
        met, unmet = self._names.quantities[one].met, self._names.quantities[other].unmet
        if met is None or unmet is None or not state.bounds.excludes(Bound(one, other, 0, strict=False)):
            return None
        return every((met, unmet))

    def _of_all(self, number: int, base: int, state: State) -> Iterator[Form]:
        """Give what holds of every item of a list because of one count: that none meets it, or that all do."""
        quantity = self._names.quantities[number]
        if state.bounds.is_nought(number) and quantity.unmet is not None:
            yield quantity.unmet
        if state.bounds.holds(Bound(base, number, 0, strict=False)) and quantity.met is not None:
            yield quantity.met
