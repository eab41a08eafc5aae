"""Why a rule came out as it did, and why an assessment gave its level: conditions taken apart, on request.

A review does without: it decides, and this tells the story of a decision afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from release_review.admit import AdmittedAssessment, AdmittedRule
from release_review.assess import levels_of
from release_review.cel import Expression, Read, Subject
from release_review.cel.stating import together
from release_review.cel.why import Explainer
from release_review.evaluate import Assessed
from release_review.facts import facts_missing, is_stated
from release_review.fingerprint import name_of
from release_review.message import shown
from release_review.model import (
    CONDITION,
    REQUIREMENT,
    Finding,
    ItemResult,
    Level,
    Missing,
    Outcome,
    Part,
    PartOutcome,
    RuleResult,
)
from release_review.reasons import why_unknown, with_reason

MOST_EXPLAINED = 25
"""Findings of one rule that are taken apart; those after them would say the same of other items."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleWhy:
    """Why a rule came out as it did for one item.

    Attributes:
        pointer: Where the item stands; the manifest as a whole where empty.
        name: What the item is called.
        outcome: What became of the rule.
        when: Whether the rule applies; None where it always does.
        requirement: What must hold; None where it was not asked, or is written in Python.
        to_pass: What is missing for the rule to pass; None where nothing that could be stated makes it.
        to_fail: The same for a failure.
        to_spare: The same for a rule that no longer applies.
        to_apply: The same for a rule that applies, where it does not.
    """

    pointer: str
    name: str
    outcome: Outcome
    when: Part | None = None
    requirement: Part | None = None
    to_pass: Missing | None = None
    to_fail: Missing | None = None
    to_spare: Missing | None = None
    to_apply: Missing | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelWhy:
    """Why an item has a level or not.

    Attributes:
        level: The level.
        when: Its condition; None where it was not asked.
        to_be: What is missing for the condition to hold and no level before it; None where nothing makes it so, and
            where it is decided.
    """

    level: Level
    when: Part | None
    to_be: Missing | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemWhy:
    """Why an item of an assessment has its level.

    Attributes:
        item: The item and its level.
        name: What the item is called.
        counts: Whether it counts; None where every item does.
        levels: The levels in the order in which they are tried.
    """

    item: ItemResult
    name: str
    counts: Part | None
    levels: tuple[LevelWhy, ...]


class Why:
    """Takes the conditions of policies apart, about one assessed manifest."""

    def __init__(self, assessed: Assessed) -> None:
        manifest = assessed.manifest
        subject = Subject(manifest=manifest.data, as_of=manifest.as_of, today=manifest.today)
        self._facts = _Facts(assessed, self._evidence_wanted)
        self._questions = {each.id: each for each in assessed.questions}
        levels = levels_of(assessed.answers.values())
        self._explainer = Explainer(subject, levels, self._facts, limits=assessed.limits)

    def rule_at(self, admitted: AdmittedRule, pointer: str, outcome: Outcome) -> RuleWhy:
        """Give why a rule in CEL came to an outcome for the item at a pointer."""
        name = self._facts.called(pointer)
        when = self._part(admitted.when, pointer, CONDITION) if admitted.when is not None else None
        if when is not None and when.outcome in (PartOutcome.FALSE, PartOutcome.ERROR):
            return RuleWhy(pointer=pointer, name=name, outcome=outcome, when=when, to_apply=when.to_hold)
        holds = self._part(_condition(admitted), pointer, REQUIREMENT)
        return RuleWhy(
            pointer=pointer,
            name=name,
            outcome=outcome,
            when=when,
            requirement=holds,
            to_pass=holds.to_hold,
            to_fail=holds.to_fail if when is None else together((when.to_hold, holds.to_fail)),
            to_spare=None if when is None else when.to_fail,
        )

    def level_of(self, admitted: AdmittedAssessment, item: ItemResult) -> ItemWhy:
        """Give why an item of an assessment has its level."""
        counts = None if admitted.counts is None else self._part(admitted.counts, item.pointer, "counts")
        out = counts is not None and counts.outcome is PartOutcome.FALSE
        levels = () if out else tuple(self._levels(admitted, item.pointer, counts))
        return ItemWhy(item=item, name=self._facts.called(item.pointer), counts=counts, levels=levels)

    def _levels(self, admitted: AdmittedAssessment, pointer: str, counts: Part | None) -> Iterator[LevelWhy]:
        found = False
        before = [] if counts is None else [counts.to_hold]
        for candidate in admitted.levels:
            when = None if found else self._part(candidate.when, pointer, candidate.level.name)
            found = found or (when is not None and when.outcome is PartOutcome.TRUE)
            undecided = when is not None and when.outcome is PartOutcome.UNDECIDED
            to_be = together((*before, when.to_hold)) if when is not None and undecided else None
            yield LevelWhy(level=candidate.level, when=when, to_be=to_be)
            if when is not None:
                before.append(when.to_fail)

    def _evidence_wanted(self, question: str, pointer: str) -> Iterator[str]:
        """Give the facts about the item at a pointer because of whose evidence it does not have a higher level."""
        admitted = self._questions.get(question)
        for candidate in admitted.levels if admitted is not None else ():
            yield from self._explainer.evidence_wanted(candidate.when, this=pointer)

    def _part(self, expression: Expression, pointer: str, name: str) -> Part:
        return self._explainer.explain(expression, this=pointer, name=name)


def explain_findings(
    results: Iterable[RuleResult], assessed: Assessed, rules: Iterable[AdmittedRule]
) -> tuple[RuleResult, ...]:
    """Put into the findings of rules why they were made; a check written in Python gives its reasons itself."""
    by_id = {admitted.id: admitted for admitted in rules}
    why = Why(assessed)
    return tuple(_explained(result, by_id[result.id], why) for result in results)


def _explained(result: RuleResult, admitted: AdmittedRule, why: Why) -> RuleResult:
    if not isinstance(admitted.requirement, Expression):
        return result
    explained = [replace(each, why=_parts(each, admitted, why)) for each in result.findings[:MOST_EXPLAINED]]
    return replace(result, findings=(*explained, *result.findings[MOST_EXPLAINED:]))


def _parts(finding: Finding, admitted: AdmittedRule, why: Why) -> tuple[Part, ...]:
    found = why.rule_at(admitted, finding.pointer if admitted.rule.given is not None else "", finding.outcome)
    parts = [part for part in (found.when, found.requirement) if part is not None]
    if finding.outcome is Outcome.ERROR:
        # What a rule before it has spent of the budget, its own tree does not show.
        return tuple(part for part in parts if part.outcome is PartOutcome.ERROR)
    if finding.outcome is Outcome.UNKNOWN:
        return tuple(part for part in parts if part.outcome is not PartOutcome.TRUE)
    return tuple(parts[-1:])


def _condition(admitted: AdmittedRule) -> Expression:
    if not isinstance(admitted.requirement, Expression):
        raise TypeError("a rule in Python has no conditions to take apart")
    return admitted.requirement


class _Facts:
    """What a manifest says, in the words of reports."""

    def __init__(self, assessed: Assessed, evidence_wanted: Callable[[str, str], Iterable[str]]) -> None:
        self._manifest = assessed.manifest
        self._answers = assessed.answers
        self._evidence_wanted = evidence_wanted
        self._missing: dict[Read, Missing] = {}

    def missing(self, read: Read) -> Missing:
        """Give what is missing behind something that is read and not known."""
        if read not in self._missing:
            facts = facts_missing(self._manifest, [read], "", self._answers)
            self._missing[read] = self._behind_level(read, facts) if read.assessment else Missing(facts)
        return self._missing[read]

    def _behind_level(self, read: Read, facts: Sequence[str]) -> Missing:
        """Tell the facts that a level hangs on from those that are stated, and are only not shown."""
        stated = {fact for fact in facts if is_stated(self._manifest, fact)}
        wanted: set[str] = set()
        for item in self._answers[read.assessment].unknown if stated else ():
            if not stated.isdisjoint(item.undecided):
                wanted.update(self._evidence_wanted(read.assessment, item.pointer))
        shown = stated & wanted
        return Missing(
            tuple(fact for fact in facts if fact not in shown),
            tuple(fact for fact in facts if fact in shown),
            enough=False,
        )

    def told(self, read: Read, value: Any) -> str:
        """Tell what is read, and what it says or why it is not known."""
        if read.assessment:
            return self._level_told(read)
        if read.root != "manifest":
            return f"{read.root} is {shown(value)}"
        reason = why_unknown(self._manifest, read.pattern)
        name = self.called(read.pattern)
        if not reason:
            return f"{name} is {_quoted(value)}"
        return with_reason(name, reason)

    def called(self, pointer: str) -> str:
        """Give the name of a place in the words of the manifest's author."""
        return name_of(pointer, self._manifest.data) or "the manifest"

    def _level_told(self, read: Read) -> str:
        answer = self._answers[read.assessment]
        if read.whole:
            decided = f" ({answer.decided_by})" if answer.decided_by is not None else ""
            return f"{answer.id} is {answer.level}: {answer.because}{decided}"
        items: Sequence[ItemResult] = [each for each in answer.items.values() if each.pointer == read.pattern]
        level = "; ".join(f"{item.level}: {item.because}" for item in items)
        return f"{answer.id} of {self.called(read.pattern)} is {level}"


def _quoted(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else shown(value)
