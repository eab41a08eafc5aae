"""What is answered: levels, findings, results and the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from release_review.model.asked import Assessment, Policy, Rule
from release_review.model.decided import Baseline, Configuration, Waiver
from release_review.model.documents import Manifest, Site
from release_review.model.words import GATE, LIFTABLE, Outcome, PartForm, PartOutcome, Severity, Verdict


@dataclass(frozen=True, slots=True)
class Missing:
    """What is missing for a condition to come out one way; empty where it comes out so already.

    Attributes:
        facts: Pointers of the facts to state; behind the level of an assessment, of those that it hangs on.
        evidence: Pointers of facts that are stated, for which the level of an assessment asks for evidence.
        enough: Whether to state the facts could be enough; not where the level of an assessment stands between, which
            may take more than the facts that it hangs on now.
    """

    facts: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    enough: bool = True

    @property
    def count(self) -> int:
        """How many facts are to be stated, or to be given evidence for."""
        return len(self.facts) + len(self.evidence)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A condition as it was evaluated, or a part of one.

    Attributes:
        text: The part as CEL, with the values of parameters in place of their names.
        outcome: What it comes to; `not asked` where the parts before it settle the matter.
        name: What the part is to the one around it: the item it is about, a branch. A whole condition is named for
            what it is to its rule (`CONDITION` or `REQUIREMENT`) or assessment (`counts`, or the level).
        form: How it is made of the parts below it.
        notes: What it reads, in words: `access[hub].kind is "weights"`; given for decisive parts alone.
        decisive: Whether the condition comes to what it does because of this part.
        parts: The parts below it, in the order in which they are asked; of many items, the most telling ones.
        more: Items that are left out.
        to_hold: A smallest set of unknown facts that could make it surely true once they are stated: empty where it is
            so already, None where no unknown fact can.
        to_fail: The same for surely false.
    """

    text: str
    outcome: PartOutcome
    name: str = ""
    form: PartForm = PartForm.PLAIN
    notes: tuple[str, ...] = ()
    decisive: bool = False
    parts: tuple[Part, ...] = ()
    more: int = 0
    to_hold: Missing | None = None
    to_fail: Missing | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One place where a rule was not met.

    Attributes:
        message: What is missing or contradicts, in one sentence.
        pointer: Where in the manifest; the manifest as a whole where empty.
        reads: Pointers of the facts it rests on: a sequence that may be worked out when it is first looked at; take
            `tuple(reads)` for a plain one.
        outcome: `fail`, or `unknown` where the manifest does not say enough to tell.
        why: The conditions that made it so, taken apart; filled in on request, and by the engine alone, like all below.
        basis: Pointers of all facts that the rule looks at there, whether it applies included: what a waiver that is
            bound to facts is bound to. Worked out when it is looked at.
        waiver: The waiver that lifts it.
        known: Whether a baseline lists it, so that it does not block.
        site: Where it stands, if that is a file other than the manifest: a waiver, an entry of a baseline.
    """

    message: str
    pointer: str = ""
    reads: Sequence[str] = ()
    outcome: Outcome = Outcome.FAIL
    why: tuple[Part, ...] = ()
    basis: Sequence[str] = field(default=(), compare=False, repr=False)
    waiver: Waiver | None = None
    known: bool = False
    site: Site | None = None

    @property
    def lifted(self) -> bool:
        """Whether it stands in nobody's way: a waiver lifts it, or a baseline lists it."""
        return self.waiver is not None or self.known


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemResult:
    """The level of one item of an assessment.

    Attributes:
        key: The item's id, else its pointer.
        level: A word of the scale.
        because: The reason, in words.
        pointer: Where the item stands.
        reads: Pointers of the facts that were read; like those of a finding, worked out when they are looked at.
        undecided: Pointers of the facts that would decide it, where the level is `unknown` for want of them.
    """

    key: str
    level: str
    because: str
    pointer: str
    reads: Sequence[str] = ()
    undecided: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class AssessmentResult:
    """The answer to one question.

    Attributes:
        id: Qualified id, `policy/assessment`.
        assessment: The question.
        level: The level of the whole.
        because: The reason for the level of the whole.
        decided_by: Key of the item whose level is the level of the whole; None where no item decided.
        items: The answer for each item, by key, in document order.
        note: Who changed the question, as an override, or empty.
    """

    id: str
    assessment: Assessment
    level: str
    because: str
    decided_by: str | None
    items: Mapping[str, ItemResult]
    note: str = ""

    @cached_property
    def unknown(self) -> tuple[ItemResult, ...]:
        """The items whose level is unknown."""
        return tuple(item for item in self.items.values() if item.level == "unknown")

    @cached_property
    def reasons(self) -> tuple[str, ...]:
        """Why their levels are unknown, each reason once."""
        return tuple(dict.fromkeys(item.because for item in self.unknown))

    @cached_property
    def undecided(self) -> tuple[str, ...]:
        """Pointers of the facts that would decide them, each once; of an item that hangs on no fact, its own."""
        return tuple(dict.fromkeys(place for item in self.unknown for place in (item.undecided or (item.pointer,))))


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
