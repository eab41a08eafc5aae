"""What became of rules, and the report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from release_review.model.answers import AssessmentResult
from release_review.model.decided import Baseline, Configuration, GateFault, Waiver
from release_review.model.documents import Manifest
from release_review.model.findings import Finding
from release_review.model.rules import Policy, Rule
from release_review.model.words import GATE, LIFTABLE, Outcome, Severity, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleResult:
    """What became of one rule.

    Attributes:
        id: Qualified id, `policy/rule`.
        rule: The requirement.
        severity: Its weight in this run, after overrides and effective date.
        outcome: What became of it.
        findings: Where it was not met, could not be decided, or broke; empty where it passed or did not apply.
        note: Why its weight differs from what the rule says, or empty.
    """

    id: str
    rule: Rule
    severity: Severity
    outcome: Outcome
    findings: tuple[Finding, ...] = ()
    note: str = ""

    @property
    def blocks(self) -> bool:
        """Whether this result stands in the way of the release."""
        return self.outcome in LIFTABLE and self.severity is Severity.ERROR and not self.lifted

    @property
    def lifted(self) -> bool:
        """Whether waivers or a baseline lift every one of its findings; a rule that broke is never lifted."""
        return self.outcome in LIFTABLE and bool(self.findings) and all(each.lifted for each in self.findings)

    @property
    def waiver(self) -> Waiver | None:
        """The waiver that lifts it, or the first of several that do; None where something is left."""
        return next((each.waiver for each in self.findings if each.waiver), None) if self.lifted else None

    @property
    def of_gate(self) -> bool:
        """Whether it is about the waivers and the baseline, and not about the release."""
        return self.id.startswith(f"{GATE}/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Waived:
    """What became of results and waivers.

    Attributes:
        results: The results in their order, each finding with the waiver that lifts it.
        lapsed: Waivers for the release that do not hold: by their days or by their facts. Sorted by id.
        unused: Waivers for the release that hold and lift nothing, sorted by id.
        faults: What is wrong with the waivers for the release.
    """

    results: tuple[RuleResult, ...]
    lapsed: tuple[Waiver, ...] = ()
    unused: tuple[Waiver, ...] = ()
    faults: tuple[GateFault, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginInfo:
    """A plugin that took part, or was left out, in a run."""

    name: str
    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Assessments, results and verdict of one manifest.

    Attributes:
        engine: Name of the engine that evaluated the expressions.
        manifest: What was reviewed.
        verdict: The answer.
        assessments: By policy, then in the order of the policy.
        results: One for every rule that was loaded, sorted by id.
        policies: Every policy that took part, extended ones included, sorted by id.
        plugins: Third-party plugins that took part, sorted by name.
        without_plugins: Names of plugins that were left out on request.
        lapsed: Waivers for this release that do not hold, sorted by id.
        unused: Waivers for this release that lift nothing, sorted by id.
        baseline: The baseline that was laid over the results.
        waivers_ignored: Whether waivers were left out on request.
        configuration: What the run was told; None where nobody says.
    """

    engine: str
    manifest: Manifest
    verdict: Verdict
    assessments: tuple[AssessmentResult, ...]
    results: tuple[RuleResult, ...]
    policies: tuple[Policy, ...]
    plugins: tuple[PluginInfo, ...] = ()
    without_plugins: tuple[str, ...] = ()
    lapsed: tuple[Waiver, ...] = ()
    unused: tuple[Waiver, ...] = ()
    baseline: Baseline | None = None
    waivers_ignored: bool = False
    configuration: Configuration | None = None

    @property
    def counts(self) -> Mapping[str, int]:
        """How many rules had each outcome; one that is lifted counts as `waived` or `known` alone."""
        counts = {outcome.value: 0 for outcome in Outcome} | {"waived": 0, "known": 0}
        for result in self.results:
            counts[("waived" if result.waiver else "known") if result.lifted else result.outcome.value] += 1
        return counts
