"""The cases of rules and assessments, carried out: each is the base manifest of its policy, changed as it says."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from release_review.admit import AdmittedAssessment, AdmittedRule, PolicySet
from release_review.cel import Expression
from release_review.errors import NothingToCheckError, ReleaseReviewError
from release_review.model import DEFAULT_ENGINE, Case, Document, Outcome
from release_review.pipeline import look_at, review
from release_review.pointer import parent_of, steps_of, value_at

CASE_DAY = dt.date(2026, 1, 1)
"""The day that a case is judged on, and as of, unless it says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """What a case came to.

    Attributes:
        id: Qualified id of the rule or assessment.
        case: The case.
        got: The outcome or level that was found, or `error: ...` where the case could not be reviewed.
        detail: What was found, in words.
    """

    id: str
    case: Case
    got: str
    detail: str = ""

    @property
    def holds(self) -> bool:
        """Whether the case came out as it expects."""
        return self.got == self.case.expect


def run_cases(policies: PolicySet, *, engine: str = DEFAULT_ENGINE) -> Iterator[CaseResult]:
    """Run every case of the rules and assessments of policies."""
    for assessment in policies.assessments:
        yield from (_run(assessment, case, policies, engine) for case in assessment.assessment.cases)
    for rule in policies.rules:
        yield from (_run(rule, case, policies, engine) for case in rule.rule.cases)


def document_of(data: Mapping[str, Any], *, name: str = "release.toml") -> Document:
    """Make a document of plain data, as a file would hold it."""
    return Document(name=name, content=b"", digest="", data=dict(data), find_places=lambda _text: {})


def changed(base: Mapping[str, Any], case: Case) -> dict[str, Any]:
    """Give the manifest of a case: the base without what is removed, with what is set.

    Raises:
        KeyError: A pointer that is removed does not exist, or the place of one that is set cannot be made.
    """
    data: dict[str, Any] = copy.deepcopy(dict(base))
    for pointer in case.remove:
        holder, last = value_at(data, parent_of(pointer)), steps_of(pointer)[-1]
        value_at(data, pointer)
        del holder[int(last) if isinstance(holder, list) else last]
    for pointer, value in case.set.items():
        _put(data, pointer, copy.deepcopy(value))
    return data


def _put(data: dict[str, Any], pointer: str, value: Any) -> None:
    *way, last = steps_of(pointer)
    holder: Any = data
    for step, after in zip(way, (*way, last)[1:], strict=True):
        made: Any = [] if after == "-" else {}
        holder = holder[int(step)] if isinstance(holder, list) else holder.setdefault(step, made)
    if not isinstance(holder, list):
        holder[last] = value
    elif last == "-":
        holder.append(value)
    else:
        holder[int(last)] = value


def _only(policies: PolicySet, rule: AdmittedRule) -> PolicySet:
    """Keep one rule and the assessments it reads; a rule in Python may read any."""
    asked = set(_assessments_read(rule))
    kept = tuple(each for each in policies.assessments if each.id in asked or rule.rule.check is not None)
    return replace(policies, assessments=kept, rules=(rule,))


def _assessments_read(rule: AdmittedRule) -> Iterator[str]:
    for expression in (rule.when, rule.requirement):
        if isinstance(expression, Expression):
            yield from (read.assessment for read in expression.reads if read.assessment)


def _run(part: AdmittedAssessment | AdmittedRule, case: Case, policies: PolicySet, engine: str) -> CaseResult:
    policy = next(each for each in policies.policies if each.id == part.id.partition("/")[0])
    try:
        document = document_of(changed(policy.base, case), name=f"{policy.id}/base.toml")
        as_of, today = case.as_of or CASE_DAY, case.today or CASE_DAY
        if isinstance(part, AdmittedAssessment):
            alone = replace(policies, assessments=(part,))
            seen = look_at(document, policies=alone, as_of=as_of, today=today, engine=engine)
            answer = seen.answers[part.id]
            return CaseResult(id=part.id, case=case, got=answer.level, detail=answer.because)
        report = review(document, policies=_only(policies, part), as_of=as_of, today=today, engine=engine)
    except NothingToCheckError:
        return CaseResult(id=part.id, case=case, got=Outcome.NOT_APPLICABLE)
    except (ReleaseReviewError, KeyError, IndexError, ValueError) as error:
        return CaseResult(id=part.id, case=case, got=f"error: {error}")
    detail = "; ".join(finding.message for finding in report.results[0].findings)
    return CaseResult(id=part.id, case=case, got=report.results[0].outcome, detail=detail)
