"""Warnings about rules that ask for nothing that another rule of the same policy does not ask for already.

A rule is implied by another that weighs as much if that one is not met whenever it is not: it fails, or cannot be
decided. Rules that read parameters are left out, because an organization may set those of one and not of the other.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from release_review.admit import AdmittedRule
from release_review.authoring.invariants import always_of
from release_review.authoring.lint.never import params_read
from release_review.authoring.lint.warnings import LintWarning, Subject
from release_review.authoring.outcomes import outcomes_of
from release_review.cel.satisfy import Compared
from release_review.cel.tree import AllOf, Formula, LevelOf, Path, walk

MOST_PAIRS = 2_500
"""Pairs of rules of one policy that are compared: some seconds, if they are hard to tell apart."""

_STEPS = 2_500


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A rule that is compared, when it is not met, and what it reads."""

    rule: AdmittedRule
    unmet: Formula
    leaves: frozenset[tuple[object, ...]]


def lint_implied(rules: Sequence[AdmittedRule]) -> Iterator[LintWarning]:
    """Look for rules that are implied by others; each is told once."""
    told: set[str] = set()
    for group in _groups(rules):
        compared = Compared(steps=_STEPS)
        numbers = {each.rule.id: compared.add(each.unmet) for each in group}
        comparable = [each for each in group if not compared.never(numbers[each.rule.id])]
        for one, other in itertools.islice(_pairs(comparable), MOST_PAIRS):
            if one.rule.id in told or other.rule.id in told:
                continue
            if compared.implies(numbers[one.rule.id], numbers[other.rule.id]):
                told.add(one.rule.id)
                back = compared.implies(numbers[other.rule.id], numbers[one.rule.id])
                yield _warning(one.rule, other.rule, same=back)


def left_out(rules: Sequence[AdmittedRule]) -> int:
    """Count the pairs of rules that are not compared because there are too many."""
    return sum(max(0, sum(1 for _ in _pairs(group)) - MOST_PAIRS) for group in _groups(rules))


def _warning(one: AdmittedRule, other: AdmittedRule, *, same: bool) -> LintWarning:
    found = Subject(id=one.id, part=one.rule)
    where = f" ({other.rule.origin.where('id')})" if other.rule.origin is not None else ""
    if same:
        what = f"it asks for the same as {other.id}{where}"
        return found.warn("implied-by-another-rule", "/assert", what, "leave one of the two out")
    what = f"whenever it is not met, {other.id}{where} is not met either, and weighs as much"
    return found.warn("implied-by-another-rule", "/assert", what, "leave it out, or ask for more than the other does")


def _groups(rules: Sequence[AdmittedRule]) -> Iterator[list[_Asked]]:
    """Give the rules about the same items; others cannot be compared."""
    groups: dict[str, list[_Asked]] = {}
    for rule in rules:
        outcomes = outcomes_of(rule)
        if outcomes is None or params_read(*(each.text for each in rule.expressions)):
            continue
        unmet = AllOf((always_of((rule,), ()), outcomes.not_met))
        asked = _Asked(rule=rule, unmet=unmet, leaves=frozenset(_leaves(outcomes.not_met)))
        groups.setdefault(rule.items, []).append(asked)
    yield from groups.values()


def _leaves(formula: Formula) -> Iterator[tuple[object, ...]]:
    """Give what a formula reads, whatever its variables are called."""
    for node in walk(formula):
        if isinstance(node, Path):
            yield (node.root if node.root in ("manifest", "this", "as_of", "today") else "", *node.steps)
        elif isinstance(node, LevelOf):
            yield ("level", node.assessment)


def _pairs(group: Sequence[_Asked]) -> Iterator[tuple[_Asked, _Asked]]:
    """Give the pairs of which the first may be implied by the second, the likely ones first."""
    pairs = [
        (len(one.leaves ^ other.leaves), at, beside)
        for (at, one), (beside, other) in itertools.permutations(enumerate(group), 2)
        if one.leaves & other.leaves and _may_imply(one.rule, other.rule)
    ]
    # Of two rules that ask for the same, the second is told.
    for _, at, beside in sorted(pairs, key=lambda pair: (pair[0], pair[1] < pair[2], pair[1], pair[2])):
        yield group[at], group[beside]


def _may_imply(one: AdmittedRule, other: AdmittedRule) -> bool:
    if one.severity.weight > other.severity.weight:
        return False
    if (other.rule.waivable or 0) > (one.rule.waivable or 0):
        return False  # a waiver of the other would lift what this one asks, too
    if other.rule.effective is None:
        return True
    return one.rule.effective is not None and other.rule.effective <= one.rule.effective
