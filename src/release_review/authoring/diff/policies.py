"""Two versions of a policy, with all that they extend, compared part by part."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import TypeVar

from release_review.admit import AdmittedAssessment, AdmittedPart, AdmittedRule, PolicySet
from release_review.authoring.diff.assessments import steps_of_assessment
from release_review.authoring.diff.records import Difference, Step, Way
from release_review.authoring.diff.rules import Around, steps_of_rule
from release_review.authoring.diff.words import of_policy, reworded, where_of
from release_review.model import Policy, Rule

Part = TypeVar("Part", bound=AdmittedRule | AdmittedAssessment)

_MOVED = (Way.REMOVED, Way.CHANGED, Way.ADDED)
"""What may have become of an assessment that makes a difference to what reads it."""


def differences(old: PolicySet, new: PolicySet, *, names: tuple[str, str]) -> tuple[Difference, ...]:
    """Compare two versions of a policy, with all that they extend, as they are in force.

    Args:
        old: The version before, admitted with what it extends.
        new: The version after.
        names: The ids of the two policies; the parts of one that was renamed are compared all the same.

    Returns:
        What differs, rules before assessments before the policy itself, each by way and id.
    """
    before, after = names
    renamed = {f"{before}/": f"{after}/"} if before != after else {}
    asked = list(_of_parts(old.assessments, new.assessments, renamed, steps_of_assessment))
    moved = {each.id: each.way for each in asked if each.way in _MOVED}
    around = Around(
        moved=moved,
        stayed=[each for each in new.assessments if each.id not in moved],
        unchanged=frozenset(_unchanged(old.policies, new.policies)),
    )
    rules = list(_of_parts(old.rules, new.rules, renamed, lambda one, other: steps_of_rule(one, other, around)))
    whole = of_policy(_policy(old, before), _policy(new, after))
    order = {way: index for index, way in enumerate(Way)}
    return (
        *sorted(rules, key=lambda each: (order[each.way], each.id)),
        *sorted(asked, key=lambda each: (order[each.way], each.id)),
        *whole,
    )


def _of_parts(
    old: Collection[Part],
    new: Iterable[Part],
    renamed: Mapping[str, str],
    steps_of: Callable[[Part, Part], Iterable[Step]],
) -> Iterator[Difference]:
    taken = frozenset(part.id for part in old)
    befores: dict[str, Part] = {_renamed(part.id, renamed, taken): part for part in old}
    afters: dict[str, Part] = {part.id: part for part in new}
    for name in sorted({*befores, *afters}):
        if name not in afters:
            yield _difference(Way.REMOVED, name, befores[name])
        elif name not in befores:
            yield _difference(Way.ADDED, name, afters[name])
        else:
            other = reworded(befores[name].written, afters[name].written)
            steps = (*steps_of(befores[name], afters[name]), *other)
            if steps:
                yield _difference(_whole(steps), name, afters[name], steps)


def _renamed(name: str, renamed: Mapping[str, str], taken: frozenset[str]) -> str:
    """Give the id that a part has now; one that another part of the old version has already is not its."""
    for before, after in renamed.items():
        if name.startswith(before) and after + name.removeprefix(before) not in taken:
            return after + name.removeprefix(before)
    return name


def _difference(way: Way, name: str, part: AdmittedPart, steps: tuple[Step, ...] = ()) -> Difference:
    written = part.written
    kind, summary = ("rule", written.summary) if isinstance(written, Rule) else ("assessment", written.title)
    return Difference(way=way, kind=kind, id=name, summary=summary, steps=steps, where=where_of(written.origin))


def _whole(steps: Iterable[Step]) -> Way:
    """Give the way of a part as a whole: tightened here and weakened there is changed."""
    ways = {step.way for step in steps} - {Way.REWORDED}
    if not ways:
        return Way.REWORDED
    return ways.pop() if len(ways) == 1 else Way.CHANGED


def _unchanged(old: Iterable[Policy], new: Iterable[Policy]) -> Iterator[str]:
    """Give the ids of the policies that are the same in both versions: the same object, or of the same files."""
    before = {policy.id: policy for policy in old}
    for policy in new:
        other = before.get(policy.id)
        if other is not None and (other is policy or (policy.digest and other.digest == policy.digest)):
            yield policy.id


def _policy(policies: PolicySet, name: str) -> Policy:
    return next(policy for policy in policies.policies if policy.id == name)
