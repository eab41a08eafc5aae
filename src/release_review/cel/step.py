"""A part of a condition that was evaluated, and which of the parts below it made it what it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from release_review.cel.places import Items
from release_review.cel.stating import ToState
from release_review.cel.tree import AllOf, AnyOf, Atom, Choice, Counted, Formula, Not, Quantified, Same
from release_review.model import PartForm, PartOutcome


@dataclass(slots=True)
class Step:
    """A part that was evaluated."""

    formula: Formula
    outcome: PartOutcome
    state: ToState
    items: Items
    below: Sequence[Step] = ()
    names: Sequence[str] = ()
    notes: list[str] = field(default_factory=list)


def form_of(step: Step) -> PartForm:
    """Tell how a part is made of the parts below it, to whoever reads it."""
    match step.formula:
        case AllOf():
            return PartForm.ALL_OF
        case AnyOf():
            return PartForm.ANY_OF
        case Not():
            # The negation of a comparison is a comparison to whoever reads it.
            return PartForm.NOT if step.below[0].below else PartForm.PLAIN
        case Choice():
            return PartForm.CHOICE
        case Same():
            return PartForm.SAME
        case Quantified() | Counted():
            return PartForm.ITEMS
        case Atom() if step.below:
            return PartForm.CHOICE
    return PartForm.PLAIN


def asked(step: Step) -> list[bool]:
    """Tell which of the parts below were reached; one that breaks where the whole does not was not."""
    if form_of(step) is PartForm.CHOICE:
        condition = step.below[0].outcome
        reached = [True, condition is not PartOutcome.FALSE, condition is not PartOutcome.TRUE]
    else:
        settles = {PartForm.ALL_OF: PartOutcome.FALSE, PartForm.ANY_OF: PartOutcome.TRUE}.get(form_of(step))
        ends = [index for index, each in enumerate(step.below) if each.outcome in (settles, PartOutcome.ERROR)]
        last = ends[0] if ends else len(step.below)
        reached = [index <= last for index in range(len(step.below))]
    broken = step.outcome is PartOutcome.ERROR
    return [
        flag and (broken or each.outcome is not PartOutcome.ERROR)
        for each, flag in zip(step.below, reached, strict=True)
    ]


def decides(part: Step, whole: Step) -> bool:
    """Tell whether a part that was reached makes the whole what it is."""
    match form_of(whole):
        case PartForm.NOT | PartForm.SAME:
            return True
        case PartForm.CHOICE:
            return part is not whole.below[0] or part.outcome is not PartOutcome.UNDECIDED or _hangs_on(whole)
    return part.outcome is whole.outcome


def _hangs_on(choice: Step) -> bool:
    return choice.outcome in (PartOutcome.UNDECIDED, PartOutcome.ERROR)


def telling(step: Step) -> list[int]:
    """Give which items make a question about a list what it is."""
    name = step.formula.name if isinstance(step.formula, Quantified) else ""
    wanted = PartOutcome.TRUE if name not in ("exists", "all") else step.outcome
    if step.outcome in (PartOutcome.UNDECIDED, PartOutcome.ERROR):
        wanted = step.outcome
    found = [index for index, each in enumerate(step.below) if each.outcome is wanted]
    one_is_enough = (name, step.outcome) in (("exists", PartOutcome.TRUE), ("all", PartOutcome.FALSE))
    return found[:1] if one_is_enough else found or list(range(len(step.below)))
