"""Which mutants the cases of a rule or an assessment tell from it, and which survive them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from release_review.admit import AdmittedPart, AdmittedRule, PolicySet
from release_review.assess import assess, levels_of
from release_review.authoring.cases import parts_of, run_case, seen_in
from release_review.authoring.equivalence import Prover
from release_review.authoring.matching import unmatched
from release_review.authoring.mutants import PartMutant, mutants_of_part
from release_review.cel import Subject, open_engine
from release_review.errors import EvaluationError
from release_review.evaluate import Assessed, evaluate
from release_review.model import DEFAULT_ENGINE, LIMITS, Accepted, Case, Finding, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A case, made ready once for the part that it proves and for all its mutants."""

    case: Case
    seen: Assessed
    engine: str

    def kills(self, part: AdmittedPart) -> bool:
        """Tell whether a mutant does not come to what the case expects."""
        outcome, findings = come_to(part, self.seen, engine=self.engine)
        if outcome != self.case.expect:
            return True
        return self.case.findings is not None and any(unmatched(self.case.findings, findings, self.case.expect))


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedMutant:
    """A surviving mutant that its author accepts, and why."""

    mutant: PartMutant
    accepted: Accepted


@dataclass(frozen=True, slots=True, kw_only=True)
class Idle:
    """What an author accepts without need: a mutant that there is not, or that a case kills."""

    accepted: Accepted
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PartResult:
    """What became of the mutants of a rule or an assessment.

    Attributes:
        id: Qualified id of the rule or assessment.
        mutants: How many there are.
        killed: How many a case kills.
        equal: Those that are proved to come to the same for every manifest; what an assessment gives as its reason
            may be another.
        beyond: Those that are proved to come to the same for every manifest that a case can make: they differ where
            evidence is a file, and a case has none beside it.
        accepted: Those that survive and that the author accepts, with a reason.
        open: All others that survive.
        idle: What is accepted without need.
        unproven: Names of its cases that do not come out as they say, so that they kill nothing.
    """

    id: str
    mutants: int
    killed: int
    equal: tuple[PartMutant, ...] = ()
    beyond: tuple[PartMutant, ...] = ()
    accepted: tuple[AcceptedMutant, ...] = ()
    open: tuple[PartMutant, ...] = ()
    idle: tuple[Idle, ...] = ()
    unproven: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether no mutant survives that is not accepted, and none is accepted without need."""
        return not (self.open or self.idle or self.unproven)


def try_mutants(
    policies: PolicySet, *, of: Collection[str] | None = None, engine: str = DEFAULT_ENGINE
) -> tuple[PartResult, ...]:
    """Try the mutants of the rules and assessments of policies, each against the cases of its own part.

    Args:
        policies: The policies as they are loaded: their overrides are in force.
        of: Ids of the policies whose parts are tried; all where None.
        engine: Name of the engine that evaluates expressions.
    """
    prover = Prover(policies.assessments)
    return tuple(try_part(part, policies, prover, engine=engine) for part in parts_of(policies, of=of))


def try_part(part: AdmittedPart, policies: PolicySet, prover: Prover, *, engine: str = DEFAULT_ENGINE) -> PartResult:
    """Try the mutants of one rule or assessment against its cases."""
    trials, unproven = trials_of(part, policies, engine=engine)
    mutants = mutants_of_part(part)
    accepted = {each.mutant: each for each in part.written.accepted if each.mutant}
    surviving = [each for each in mutants if not any(trial.kills(each.part) for trial in trials)]
    left = [each for each in surviving if each.name not in accepted]
    equal = [each for each in left if prover.proves(part, each.part)]
    left = [each for each in left if each not in equal]
    beyond = [each for each in left if prover.proves(part, each.part, in_cases=True)]
    return PartResult(
        id=part.id,
        mutants=len(mutants),
        killed=len(mutants) - len(surviving),
        equal=tuple(equal),
        beyond=tuple(beyond),
        accepted=tuple(
            AcceptedMutant(mutant=each, accepted=accepted[each.name]) for each in surviving if each.name in accepted
        ),
        open=tuple(each for each in left if each not in beyond),
        idle=_idle(accepted.values(), {each.name for each in mutants}, {each.name for each in surviving}),
        unproven=unproven,
    )


def trials_of(
    part: AdmittedPart, policies: PolicySet, *, engine: str = DEFAULT_ENGINE
) -> tuple[tuple[Trial, ...], tuple[str, ...]]:
    """Make the cases of a part ready; also give the names of those that do not hold, which prove nothing."""
    trials, unproven = [], []
    for case in part.written.cases:
        if not run_case(part, case, policies, engine=engine).holds:
            unproven.append(case.name)
            continue
        try:
            trials.append(Trial(case=case, seen=seen_in(part, case, policies, engine=engine), engine=engine))
        except EvaluationError:
            continue  # it expects that an assessment breaks, whatever becomes of the part
    return tuple(trials), tuple(unproven)


def come_to(part: AdmittedPart, seen: Assessed, *, engine: str = DEFAULT_ENGINE) -> tuple[str, Sequence[Finding]]:
    """Give what a rule or an assessment comes to about a manifest, with a budget of its own."""
    manifest = seen.manifest
    subject = Subject(manifest=manifest.data, as_of=manifest.as_of, today=manifest.today)
    session = open_engine(engine).open(subject, iterations=LIMITS.iterations)
    if isinstance(part, AdmittedRule):
        session.know(levels_of(seen.answers.values()))
        looking = Assessed(manifest=manifest, answers=seen.answers, session=session, questions=seen.questions)
        (result,) = evaluate(looking, (part,))
        return result.outcome.value, result.findings
    try:
        (answer,) = assess(manifest, (part,), session)
    except EvaluationError:
        return Outcome.ERROR.value, ()
    return answer.level, ()


def _idle(accepted: Collection[Accepted], names: set[str], surviving: set[str]) -> tuple[Idle, ...]:
    gone = "there is no such mutant; `policy test --mutate -v` shows the names"
    return tuple(
        Idle(accepted=each, why="a case kills it; take the entry out" if each.mutant in names else gone)
        for each in accepted
        if each.mutant not in surviving
    )
