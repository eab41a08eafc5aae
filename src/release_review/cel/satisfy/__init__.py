"""Whether a condition can be true at all: for some manifest that fits the schema, on some pair of days.

The answer "no" is certain. It rests on what the schema, scales, numbers and dates decide; patterns, arithmetic on
doubles and whatever else is not understood may come out either way. A condition that takes too long to look through is
taken for one that can be true. Evaluations that break are left out: they are true for no manifest.

What is asked about is a plain formula, mostly a reading of an expression: a comparison with a value that is null has no
meaning of its own, and is taken for true and for false at once.
"""

from __future__ import annotations

from release_review.cel.satisfy.forms import Form, Names, TooLongError, every
from release_review.cel.satisfy.search import Search
from release_review.cel.satisfy.translate import Translator
from release_review.cel.tree import AllOf, Formula, Not

MOST_STEPS = 100_000
"""Parts of formulas that are looked at for one question: about a second in the worst case."""

__all__ = ["MOST_STEPS", "Compared", "equivalent", "implies", "never", "satisfiable"]


def satisfiable(formula: Formula, *, steps: int = MOST_STEPS) -> bool:
    """Tell whether a plain formula is true for some valid manifest; False only where it surely is for none.

    Args:
        formula: What is asked about: one reading of an expression, or readings that are joined.
        steps: Parts of formulas that are looked at before the answer is "it may be".
    """
    names = Names(steps)
    try:
        return Search(names).finds(Translator(names).formula(formula, holds=True))
    except (TooLongError, RecursionError):
        return True


def never(formula: Formula, *, steps: int = MOST_STEPS) -> bool:
    """Tell whether a plain formula is surely true for no valid manifest."""
    return not satisfiable(formula, steps=steps)


def implies(one: Formula, other: Formula, *, steps: int = MOST_STEPS) -> bool:
    """Tell whether `other` is surely true wherever `one` is; False also where that cannot be told."""
    return never(AllOf((one, Not(other))), steps=steps)


def equivalent(one: Formula, other: Formula, *, steps: int = MOST_STEPS) -> bool:
    """Tell whether two plain formulas are surely true for the same manifests; False also where that cannot be told.

    Two expressions mean the same if both their readings are equivalent.
    """
    return implies(one, other, steps=steps) and implies(other, one, steps=steps)


class Compared:
    """Formulas of which each pair may be asked about: what is the same for all pairs is worked out once.

    Their names stand for the same: `this` is an item of one and the same list.
    """

    def __init__(self, *, steps: int = MOST_STEPS) -> None:
        self._names = Names(steps)
        self._steps = steps
        self._forms: list[tuple[Form, Form] | None] = []

    def add(self, formula: Formula) -> int:
        """Add a plain formula, and give the number by which it is asked about."""
        translator = Translator(self._names)
        self._names.renew(self._steps)
        try:
            forms = translator.formula(formula, holds=True), translator.formula(formula, holds=False)
        except (TooLongError, RecursionError):
            self._forms.append(None)
        else:
            self._forms.append(forms)
        return len(self._forms) - 1

    def never(self, one: int) -> bool:
        """Tell whether a formula is surely true for no valid manifest."""
        forms = self._forms[one]
        return forms is not None and self._excluded(forms[0])

    def implies(self, one: int, other: int) -> bool:
        """Tell whether the other formula is surely true wherever one is; False also where that cannot be told."""
        first, second = self._forms[one], self._forms[other]
        return first is not None and second is not None and self._excluded(every((first[0], second[1])))

    def _excluded(self, form: Form) -> bool:
        self._names.renew(self._steps)
        try:
            return not Search(self._names).finds(form)
        except (TooLongError, RecursionError):
            return False
