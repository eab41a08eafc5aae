"""What a review came to, in what two reviews of one release are compared by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from release_review.audit.rows import Row, errors_of
from release_review.gate import UNWEAKENED
from release_review.model import GATE, Outcome, Verdict

ABSENT = "absent"
"""What a rule or an assessment that takes no part comes to."""

_QUIET = (ABSENT, Outcome.PASS.value, Outcome.NOT_APPLICABLE.value)
"""What a rule comes to that has nothing to say; whether it was there before makes no difference to a release."""


_OF_POLICIES = f"{GATE}/{UNWEAKENED}"
"""A rule that is about policies alone, and comes to the same for every release."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one review came to.

    Attributes:
        verdict: The verdict.
        levels: Level of the whole of each assessment, by qualified id.
        outcomes: What became of each rule, by qualified id.
        blocking: The rules that stand in the way of the release.
        errors: Why there is no trustworthy verdict, one line each; empty where there is one.
    """

    verdict: Verdict
    levels: Mapping[str, str]
    outcomes: Mapping[str, str]
    blocking: frozenset[str]
    errors: tuple[str, ...] = ()

    @property
    def broken(self) -> frozenset[str]:
        """The rules that broke."""
        return frozenset(rule for rule, outcome in self.outcomes.items() if outcome == Outcome.ERROR.value)


@dataclass(frozen=True, slots=True, order=True)
class Step:
    """What became of one thing, before and now."""

    name: str
    before: str
    after: str

    def as_data(self, kind: str) -> dict[str, str]:
        """Give it as plain data."""
        return {kind: self.name, "before": self.before, "after": self.after}


def answer_of(row: Row) -> Answer:
    """Give what a row says that a review came to."""
    return Answer(
        verdict=Verdict(row["verdict"]),
        levels={name: each["level"] for name, each in row.get("assessments", {}).items()},
        outcomes=row.get("rules", {}),
        blocking=frozenset(each["rule"] for each in row.get("findings", ()) if each["blocks"]),
        errors=tuple(errors_of(row)),
    )


def made_by(before: Answer, after: Answer) -> frozenset[str]:
    """Give the rules that made a verdict another one; of one that stayed `blocked`, those that block otherwise."""
    if Verdict.ERROR in (before.verdict, after.verdict):
        moved = before.broken ^ after.broken
        return moved or (after.blocking if after.verdict is Verdict.BLOCKED else frozenset())
    return before.blocking ^ after.blocking


def changed_rules(before: Answer, after: Answer) -> Iterator[Step]:
    """Tell which rules come to something else, sorted; not those that came or went and have nothing to say."""
    for step in _steps(before.outcomes, after.outcomes):
        is_quiet = ABSENT in (step.before, step.after) and {step.before, step.after} <= {*_QUIET}
        if not is_quiet and step.name != _OF_POLICIES:
            yield step


def changed_levels(before: Answer, after: Answer) -> Iterator[Step]:
    """Tell which assessments come to another level, sorted; not those that came or went."""
    return (step for step in _steps(before.levels, after.levels) if ABSENT not in (step.before, step.after))


def _steps(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Step]:
    if before == after:
        return
    for name in sorted({*before, *after}):
        one, other = before.get(name, ABSENT), after.get(name, ABSENT)
        if one != other:
            yield Step(name, one, other)
