"""What holds for every manifest although no condition says so: how derived facts and levels hang together."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from release_review.admit import AdmittedAssessment, AdmittedPart
from release_review.authoring.outcomes import counts_of, extreme_of, has_level
from release_review.cel import Type, type_at
from release_review.cel.tree import AllOf, AnyOf, Atom, Constant, Formula, LevelOf, Named, Not, Path
from release_review.cel.types import STRING

_CHANNELS = "/access/*"


def always_of(parts: Sequence[AdmittedPart], assessments: Sequence[AdmittedAssessment]) -> Formula:
    """Give what always holds of the items that parts are about, and of the levels that they read.

    Args:
        parts: Rules and assessments, all about the same items.
        assessments: Those whose levels they may read; of another one, nothing is taken for granted.
    """
    read = {name for part in parts for name in part.levels_read(whole=True)}
    return AllOf((of_item(parts[0].items), of_levels([each for each in assessments if each.id in read])))


def of_item(pattern: str) -> Formula:
    """Give what always holds of an item at a pattern, in terms of `this`.

    A leak never closes; and where the kind of a channel is unknown, it may be a leak, so that nobody knows whether it
    has closed: see `channels.has_closed`.
    """
    if pattern != _CHANNELS:
        return AllOf(())
    fields = type_at(pattern).fields
    kind, closed = (Path("this", (name,), fields[name]) for name in ("kind", "closed"))
    leak_is_open = AnyOf((Not(_is(kind, "leak")), _is(closed, "no")))
    closed_is_known = AnyOf((Not(_is(kind, "unknown")), Not(_is(closed, "yes"))))
    return AllOf((leak_is_open, closed_is_known))


def of_levels(assessments: Sequence[AdmittedAssessment]) -> Formula:
    """Give what always holds between the levels of the whole of assessments of the same items.

    The level that goes before all others is that of the whole where some item surely counts and has it, and nowhere
    else. So if each item that has it in one assessment has it in another, the whole has it there as well.
    """
    pairs = itertools.permutations(assessments, 2)
    return AllOf(tuple(each for one, other in pairs for each in _between(one, other)))


def _between(one: AdmittedAssessment, other: AdmittedAssessment) -> Iterator[Formula]:
    from release_review.cel.satisfy import implies

    first, second = extreme_of(one.assessment), extreme_of(other.assessment)
    if one.assessment.over != other.assessment.over or first is None or second is None:
        return
    if first in (one.assessment.none, one.assessment.empty):
        return  # no item need have it then
    mine = AllOf((counts_of(one)[0], has_level(one, first)))
    its = AllOf((counts_of(other)[0], has_level(other, second)))
    if implies(AllOf((of_item(one.assessment.over), mine)), its):
        yield AnyOf((Not(_is(_whole(one), first)), _is(_whole(other), second)))


def _whole(admitted: AdmittedAssessment) -> LevelOf:
    words = admitted.assessment.scale
    return LevelOf(admitted.id, None, Type(name="word", words=words, unknown="word"))


def _is(term: Path | LevelOf, word: str) -> Formula:
    """Ask about the value itself, `unknown` included."""
    constant = Constant(word, STRING)
    if word == "unknown":
        return Named(term, (constant,), null=False, negated=False)
    return Atom("==", (term, constant))
