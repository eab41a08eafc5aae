"""A case for a mutant that survives: the manifest nearest to the cases there are for which the two differ."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from release_review.admit import AdmittedPart, PolicySet
from release_review.authoring.case_manifest import changed, document_of
from release_review.authoring.cases import CASE_DAY, policies_for, run_case
from release_review.authoring.looks import looks_of
from release_review.authoring.mutants import PartMutant
from release_review.authoring.nearby import Variant, nearby
from release_review.authoring.surviving import come_to
from release_review.errors import PolicyError, ReleaseReviewError
from release_review.evaluate import Assessed
from release_review.model import DEFAULT_ENGINE, Case, Outcome, Policy
from release_review.pipeline import look_at
from release_review.pointer import pointer_to

MOST_VARIANTS = 4_000
"""Manifests that are looked at for the survivors of one rule or assessment; each takes about a millisecond."""

MOST_PAIRED = 150
"""Single changes of the base that are joined with each other, the nearest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Killing:
    """What was found for a survivor.

    Attributes:
        mutant: The survivor.
        case: A case that kills it and that the rule itself meets, or None.
        tried: Manifests that were looked at.
    """

    mutant: PartMutant
    case: Case | None
    tried: int


def find_cases(
    part: AdmittedPart,
    survivors: Sequence[PartMutant],
    policies: PolicySet,
    *,
    most: int = MOST_VARIANTS,
    engine: str = DEFAULT_ENGINE,
) -> tuple[Killing, ...]:
    """Look for a case that kills each survivor: one thing is changed at first, then two.

    Args:
        part: The rule or assessment.
        survivors: Its mutants that no case kills.
        policies: The policies as they are loaded.
        most: Manifests that are looked at before the search ends.
        engine: Name of the engine that evaluates expressions.
    """
    policy = next(each for each in policies.policies if each.id == part.policy)
    found: dict[str, Case] = {}
    left = {each.name: each for each in survivors}
    tried = 0
    for variant in _variants(part, policy, policies, engine):
        if not left or tried >= most:
            break
        tried += 1
        seen = _seen(part, variant, policies, policy, engine)
        if seen is None:
            continue
        outcome = come_to(part, seen, engine=engine)[0]
        if outcome == Outcome.ERROR.value:
            continue  # no proof of anything
        killed = [each for each in left.values() if come_to(each.part, seen, engine=engine)[0] != outcome]
        case = _case(variant, policy, outcome) if killed else None
        if case is not None and _makes(case, variant, policy) and run_case(part, case, policies, engine=engine).holds:
            for each in killed:
                found[each.name] = case
                del left[each.name]
    return tuple(Killing(mutant=each, case=found.get(each.name), tried=tried) for each in survivors)


def _variants(part: AdmittedPart, policy: Policy, policies: PolicySet, engine: str) -> Iterator[Variant]:
    """Give variants near to the base and to the cases, the nearest first, each once."""
    looks = looks_of(part, policies.assessments, policy.base)
    base = Variant(data=dict(policy.base), as_of=CASE_DAY, today=CASE_DAY)
    # What is no manifest has no neighbours: its tables may be anything.
    starts = [
        each for each in (base, *_of_cases(part, policy)) if _seen(part, each, policies, policy, engine) is not None
    ]
    if not starts:
        return
    first, *others = starts
    singles = [*_after(first, nearby(first, looks))]
    beside = itertools.chain.from_iterable(_after(start, nearby(start, looks)) for start in others)
    known: set[str] = set()
    yield from _once(itertools.chain(starts, singles, beside), known)
    paired = singles[:: max(1, len(singles) // MOST_PAIRED)]
    valid = (one for one in paired if _seen(part, one, policies, policy, engine) is not None)
    yield from _once(_in_turn(_after(one, nearby(one, looks)) for one in valid), known)


def _in_turn(streams: Iterable[Iterator[Variant]]) -> Iterator[Variant]:
    """Give one of each stream in turn, so that a budget which ends early was spent on all of them."""
    waiting = list(streams)
    while waiting:
        alive = []
        for stream in waiting:
            each = next(stream, None)
            if each is not None:
                yield each
                alive.append(stream)
        waiting = alive


def _once(variants: Iterable[Variant], known: set[str]) -> Iterator[Variant]:
    """Give each variant that is not known yet; from then on, it is."""
    for each in variants:
        key = repr((each.data, each.as_of, each.today))
        if key not in known:
            known.add(key)
            yield each


def _after(start: Variant, variants: Iterable[Variant]) -> Iterator[Variant]:
    """Tell of variants what was changed before as well, unless it was the same thing."""
    for each in variants:
        subject = each.told.partition(" is ")[0]
        again = start.told.startswith(f"{subject} is ") and ", and " not in start.told
        yield replace(each, told=f"{start.told}, and {each.told}" if start.told and not again else each.told)


def _of_cases(part: AdmittedPart, policy: Policy) -> Iterator[Variant]:
    for case in part.written.cases:
        try:
            data = changed(policy.base, case)
        except PolicyError:
            continue
        as_of, today = case.as_of or CASE_DAY, case.today or CASE_DAY
        yield Variant(data=data, as_of=as_of, today=today, told=case.name)


def _seen(part: AdmittedPart, variant: Variant, policies: PolicySet, policy: Policy, engine: str) -> Assessed | None:
    document = document_of(variant.data, name=f"{policy.id}/base.toml")
    asked = policies_for(part, policies)
    try:
        return look_at(document, policies=asked, as_of=variant.as_of, today=variant.today, engine=engine)
    except ReleaseReviewError:
        return None  # no manifest at all


def _makes(case: Case, variant: Variant, policy: Policy) -> bool:
    """Tell whether a case makes the manifest that it was found for."""
    try:
        return changed(policy.base, case) == variant.data
    except PolicyError:
        return False


# From a variant to a case ---------------------------------------------------------------------------------------------


def _case(variant: Variant, policy: Policy, outcome: str) -> Case:
    put: dict[str, Any] = {}
    taken: list[str] = []
    _compare(policy.base, variant.data, "", put, taken)
    return Case(
        name=variant.told or "as in the base",
        expect=outcome,
        set=put,
        remove=tuple(taken),
        as_of=_unless_usual(variant.as_of),
        today=_unless_usual(variant.today),
    )


def _unless_usual(day: dt.date) -> dt.date | None:
    return None if day == CASE_DAY else day


def _compare(before: Any, after: Any, at: str, put: dict[str, Any], taken: list[str]) -> None:
    """Tell how one manifest is made of another: what is put into it, and what is taken out."""
    if before == after:
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping) and "value" not in before and "value" not in after:
        taken += [at + pointer_to(key) for key in before if key not in after]
        for key, value in after.items():
            if key in before:
                _compare(before[key], value, at + pointer_to(key), put, taken)
            else:
                put[at + pointer_to(key)] = value
        return
    if isinstance(before, list) and isinstance(after, list):
        gone = next((index for index in range(len(before)) if [*before[:index], *before[index + 1 :]] == after), None)
        if gone is not None and after:
            taken.append(f"{at}/{gone}")
            return
        if len(before) <= len(after) <= len(before) + 1 and before and isinstance(before[0], Mapping):
            for index, (old, new) in enumerate(zip(before, after, strict=False)):
                _compare(old, new, f"{at}/{index}", put, taken)
            if len(after) > len(before):
                put[f"{at}/-"] = after[-1]
            return
    put[at] = after
