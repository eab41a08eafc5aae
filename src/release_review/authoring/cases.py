"""The cases of rules and assessments, carried out: each is the base manifest of its policy, changed as it says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from release_review.admit import AdmittedAssessment, AdmittedPart, PolicySet
from release_review.authoring.case_manifest import changed, document_of
from release_review.authoring.matching import unmatched
from release_review.errors import EvaluationError, PolicyError, ReleaseReviewError
from release_review.evaluate import Assessed, evaluate
from release_review.model import DEFAULT_ENGINE, Case, ExpectedFinding, Finding, Origin, Outcome
from release_review.pipeline import look_at
from release_review.pointer import pointer_to

__all__ = [
    "CASE_DAY",
    "CaseResult",
    "changed",
    "document_of",
    "mismatches",
    "parts_of",
    "policies_for",
    "run_case",
    "run_cases",
    "seen_in",
]

CASE_DAY = dt.date(2026, 1, 1)
"""The day that a case is judged on, and as of, unless it says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """What a case came to.

    Attributes:
        id: Qualified id of the rule or assessment.
        case: The case.
        got: The outcome or level that was found, or `error: ...` where the case could not be carried out.
        detail: What was found, in words.
        missing: The findings that the case expects and that were not found.
        extra: The findings that were found and that the case does not expect, where it says which it does.
        problem: Why the case could not be carried out: it does not fit its base, or makes no valid manifest. Whatever
            it expects, such a case does not hold.
        origin: Where the case is written; None for one made in Python.
    """

    id: str
    case: Case
    got: str
    detail: str = ""
    missing: tuple[ExpectedFinding, ...] = ()
    extra: tuple[Finding, ...] = ()
    problem: str = ""
    origin: Origin | None = None

    @property
    def holds(self) -> bool:
        """Whether the case came out as it expects."""
        return not self.problem and not self.missing and not self.extra and self.got == self.case.expect

    @property
    def where(self) -> str:
        """`FILE:LINE:COLUMN` of the case; the id of its rule where it is made in Python."""
        return self.origin.where() if self.origin is not None else self.id


def run_cases(
    policies: PolicySet, *, engine: str = DEFAULT_ENGINE, of: Collection[str] | None = None
) -> Iterator[CaseResult]:
    """Run every case of the rules and assessments of policies.

    Args:
        policies: The policies as they are loaded: their overrides are in force for all of them.
        engine: Name of the engine that evaluates expressions.
        of: Ids of the policies whose cases are run; those of all where None.
    """
    for part in parts_of(policies, of=of):
        for case in part.written.cases:
            yield run_case(part, case, policies, engine=engine)


def run_case(part: AdmittedPart, case: Case, policies: PolicySet, *, engine: str = DEFAULT_ENGINE) -> CaseResult:
    """Run one case of a rule or an assessment of policies; whatever is wrong with the case is in its result."""
    origin = _origin(part, case)
    try:
        seen = seen_in(part, case, policies, engine=engine)
    except EvaluationError as error:
        if isinstance(part, AdmittedAssessment) and Outcome.ERROR.value in part.assessment.scale:
            return _broken(part, case, str(error), origin)  # no level of that name was reached
        missing = case.findings or ()  # an assessment broke, so that the rule found nothing
        got = Outcome.ERROR.value
        return CaseResult(id=part.id, case=case, got=got, detail=str(error), missing=missing, origin=origin)
    except ReleaseReviewError as error:
        return _broken(part, case, _told(error), origin)
    if isinstance(part, AdmittedAssessment):
        answer = seen.answers[part.id]
        return CaseResult(id=part.id, case=case, got=answer.level, detail=answer.because, origin=origin)
    (result,) = evaluate(seen, (part,))
    detail = "; ".join(finding.message for finding in result.findings)
    missing, extra = ((), ()) if case.findings is None else unmatched(case.findings, result.findings, case.expect)
    return CaseResult(
        id=part.id,
        case=case,
        got=result.outcome.value,
        detail=detail,
        missing=missing,
        extra=extra,
        origin=origin,
    )


def mismatches(result: CaseResult) -> Iterator[tuple[str, str]]:
    """Tell in words what is wrong with a case that does not hold: what it is about, and what it is.

    Every line begins with one of `broken`, `expected`, `got`, `missing` (a finding) and `too much` (a finding).
    """
    if result.problem:
        yield "broken", result.problem
        return
    if result.got != result.case.expect:
        yield "expected", result.case.expect
        yield "got", f"{result.got}: {result.detail}" if result.detail and not result.extra else result.got
    for expected in result.missing:
        place = "a finding" if expected.pointer is None else f"a finding at {expected.pointer or 'the whole manifest'}"
        yield "missing", place + (f' that says "{expected.message}"' if expected.message else "")
    for found in result.extra:
        yield "too much", f"{found.outcome.value} at {found.pointer or 'the whole manifest'}: {found.message}"


def seen_in(part: AdmittedPart, case: Case, policies: PolicySet, *, engine: str = DEFAULT_ENGINE) -> Assessed:
    """Give what a rule, or what reads an assessment, looks at in a case: the manifest and the answers about it.

    Raises:
        PolicyError: The case does not fit the base of its policy, or there is none.
        ReleaseReviewError: The manifest of the case is not valid.
        EvaluationError: An assessment broke.
    """
    policy = next(each for each in policies.policies if each.id == part.policy)
    if not policy.base:
        hint = "write base.toml, or [base] in a policy of one file"
        raise PolicyError("the policy has no base manifest that a case could change", hint=hint)
    document = document_of(changed(policy.base, case), name=f"{policy.id}/base.toml")
    as_of, today = case.as_of or CASE_DAY, case.today or CASE_DAY
    return look_at(document, policies=policies_for(part, policies), as_of=as_of, today=today, engine=engine)


def parts_of(policies: PolicySet, *, of: Collection[str] | None = None) -> Iterator[AdmittedPart]:
    """Give the assessments, and then the rules, of those policies; of all of them where None."""
    every: tuple[AdmittedPart, ...] = (*policies.assessments, *policies.rules)
    for part in every:
        if of is None or part.policy in of:
            yield part


def policies_for(part: AdmittedPart, policies: PolicySet) -> PolicySet:
    """Keep of policies what the cases of a part look at: it alone, and the assessments that it reads."""
    if isinstance(part, AdmittedAssessment):
        return replace(policies, assessments=(part,), rules=())
    asked = part.levels_read()
    # A rule in Python may read any.
    kept = tuple(each for each in policies.assessments if each.id in asked or part.rule.check is not None)
    return replace(policies, assessments=kept, rules=(part,))


def _origin(part: AdmittedPart, case: Case) -> Origin | None:
    written = part.written
    index = next((index for index, each in enumerate(written.cases) if each is case), None)
    if written.origin is None or index is None:
        return written.origin
    return replace(written.origin, pointer=written.origin.pointer + pointer_to("case", index))


def _broken(part: AdmittedPart, case: Case, problem: str, origin: Origin | None) -> CaseResult:
    return CaseResult(id=part.id, case=case, got=f"error: {problem}", detail=problem, problem=problem, origin=origin)


def _told(error: ReleaseReviewError) -> str:
    """Give an error in one line, without its place: that is one of a manifest that is in no file."""
    more = len(error.flat()) - 1
    rest = f" (and {more} more)" if more else ""
    hint = f"; {error.hint}" if error.hint else ""
    of_case = isinstance(error, PolicyError)
    return f"{error.what}{hint}" if of_case else f"its manifest is not valid: {error.what}{hint}{rest}"
