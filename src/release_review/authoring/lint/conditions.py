"""Warnings about conditions that come out the same whatever a manifest says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from release_review.admit import AdmittedAssessment, AdmittedRule
from release_review.authoring.lint.never import never_whatever
from release_review.authoring.lint.warnings import LintWarning, Subject
from release_review.authoring.outcomes import RuleOutcomes
from release_review.cel import Expression
from release_review.cel.readings import Readings
from release_review.cel.tree import AllOf, Formula, Not
from release_review.pointer import pointer_to


def lint_rule(rule: AdmittedRule, found: Subject) -> Iterator[LintWarning]:
    """Look at when a rule applies, and at what comes of it then."""
    if rule.when is not None and never_whatever([rule.when], rule.scope, lambda asked: asked[0].surely):
        what = "no manifest that fits the schema surely meets `when`, so the rule never fails"
        hint = "look for two words, numbers or dates of one field that exclude each other, or leave the rule out"
        yield found.warn("when-never-holds", "/when", what, hint)
    elif isinstance(rule.requirement, Expression):
        yield from _lint_assert(rule, rule.requirement, found)


def _lint_assert(rule: AdmittedRule, requirement: Expression, found: Subject) -> Iterator[LintWarning]:
    asked = [requirement] if rule.when is None else [requirement, rule.when]
    if never_whatever(asked, rule.scope, lambda readings: RuleOutcomes(*readings).fails):
        yield found.warn("never-fails", "/assert", *_why_never_fails(rule, requirement))
    elif never_whatever(asked, rule.scope, lambda readings: RuleOutcomes(*readings).passes):
        where = "" if rule.when is None else " where `when` may hold"
        what = f"no manifest that fits the schema surely meets the assert{where}, so the rule never passes"
        hint = "look for two words, numbers or dates of one field that exclude each other"
        yield found.warn("never-passes", "/assert", what, hint)


def _why_never_fails(rule: AdmittedRule, requirement: Expression) -> tuple[str, str]:
    if never_whatever([requirement], rule.scope, lambda asked: Not(asked[0].surely)):
        return "the assert holds whatever a manifest says, so the rule never fails", "assert what may not hold"
    if never_whatever([requirement], rule.scope, lambda asked: Not(asked[0].possibly)):
        what = "the assert is undecided at worst, whatever a manifest says, so the rule never fails"
        return what, 'assert what may not hold; to ask what is stated, name "unknown" or null, or use has()'
    what = "the assert cannot fail where `when` holds, so the rule never fails"
    return what, "assert something that `when` does not say already, or widen `when`"


def lint_assessment(assessment: AdmittedAssessment, found: Subject) -> Iterator[LintWarning]:
    """Look at which items count, and at which levels they can come to."""
    counts = assessment.counts
    if counts is not None and never_whatever([counts], assessment.scope, lambda asked: asked[0].surely):
        what = "no item of a manifest that fits the schema surely meets `counts`, so none ever counts for sure"
        hint = "look for two words, numbers or dates of one field that exclude each other"
        yield found.warn("when-never-holds", "/counts", what, hint)
        return
    for index, level in enumerate(assessment.levels):
        earlier = assessment.levels[:index]
        same = [each.level.name == level.level.name for each in earlier]
        asked = [level.when, *(each.when for each in earlier), *([] if counts is None else [counts])]

        def reached(readings: Sequence[Readings], same: Sequence[bool] = same) -> Formula:
            # Another level that may hold before it makes the item unknown; the same level need not surely hold.
            before = zip(readings[1 : len(same) + 1], same, strict=True)
            excluded = (Not(each.surely if is_same else each.possibly) for each, is_same in before)
            return AllOf((readings[0].surely, *(each.possibly for each in readings[len(same) + 1 :]), *excluded))

        if never_whatever(asked, assessment.scope, reached):
            what = f"no item is ever given the level {level.level.name!r} by this entry"
            alone = never_whatever([level.when], assessment.scope, lambda readings: readings[0].surely)
            hint = "its `when` never holds" if alone else "entries before it, or `counts`, leave nothing for it"
            place = pointer_to("level", index, "when")
            yield found.warn("level-never-reached", place, what, f"{hint}; move it up, correct it or leave it out")
