"""What a policy requires."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from release_review.model.answers import AssessmentResult
from release_review.model.documents import Origin
from release_review.model.files import EvidenceFile
from release_review.model.findings import Finding
from release_review.model.limits import LONGEST_WAIVER_DAYS
from release_review.model.questions import Accepted, Assessment, Case, Param, Reference
from release_review.model.words import Layout, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleContext:
    """What a rule in Python may look at; all of it is read-only.

    Attributes:
        manifest: The normalised manifest: mappings and tuples.
        this: The item the rule is evaluated for, or the manifest where the rule has no `given`.
        pointer: Where `this` stands in the manifest.
        params: The values in force, by name.
        assessments: The answers, by qualified id.
        as_of: The day whose state of the release is judged, in UTC.
        today: The day of judgement, in UTC.
        evidence: The files of evidence that are there, by the id of their `[[evidence]]`. What is only cited, or is
            missing, is not among them.
    """

    manifest: Mapping[str, Any]
    this: Mapping[str, Any]
    pointer: str
    params: Mapping[str, Any]
    assessments: Mapping[str, AssessmentResult]
    as_of: dt.date
    today: dt.date
    evidence: Mapping[str, EvidenceFile] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A requirement: it passes, fails, is unknown, does not apply, or breaks.

    Attributes:
        id: Id within its policy.
        summary: The requirement, in one sentence.
        severity: What a failure weighs.
        given: Pattern: one evaluation per match, `this` is the match; None for one evaluation of the manifest.
        when: CEL: whether the rule applies; empty means always.
        assertion: CEL: what must hold; None for a rule in Python.
        check: The rule in Python: yields a finding per fault; None for a rule in CEL.
        message: What a finding says; `{this.id}` and other dotted paths are filled in.
        empty: `pass` or `fail` for an `all` over an empty list in `assertion`, else None.
        rationale: Why it is required.
        remediation: How to meet it.
        effective: First day on which it has its severity; before, it warns. None means always.
        waivable: The longest term of a waiver, in days; None where it may not be waived.
        references: What it rests on.
        params: What an organization may set, by name.
        cases: Its proofs.
        accepted: Warnings and mutants that its author accepts.
        origin: Where it is written; None for one made in Python.
    """

    id: str
    summary: str
    severity: Severity = Severity.ERROR
    given: str | None = None
    when: str = ""
    assertion: str | None = None
    check: Callable[[RuleContext], Iterable[Finding]] | None = None
    message: str = ""
    empty: str | None = None
    rationale: str = ""
    remediation: str = ""
    effective: dt.date | None = None
    waivable: int | None = LONGEST_WAIVER_DAYS
    references: tuple[Reference, ...] = ()
    params: Mapping[str, Param | Any] = field(default_factory=dict)
    cases: tuple[Case, ...] = ()
    accepted: tuple[Accepted, ...] = ()
    origin: Origin | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """What a policy changes in a rule or an assessment of a policy it extends.

    Attributes:
        target: Qualified id, `policy/rule` or `policy/assessment`.
        severity: The new severity, or None.
        params: New values, by name.
        because: Why; required where a rule is weakened, and shown in every report.
        origin: Where it is written.
    """

    target: str
    severity: Severity | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    because: str = ""
    origin: Origin | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The parts of a policy that another, which extends it, keeps; all its other parts are left out.

    Attributes:
        policy: Id of the policy that is chosen from.
        rules: Ids of its rules that are kept.
        assessments: Ids of its assessments that are kept, besides those that the kept rules read.
        because: Why the others are left out; required, and shown in every report.
        origin: Where it is written.
    """

    policy: str
    rules: tuple[str, ...] = ()
    assessments: tuple[str, ...] = ()
    because: str = ""
    origin: Origin | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A named, versioned set of assessments and rules.

    Attributes:
        id: How it is called: `--policy ID`, and the first half of a qualified id.
        title: What a report calls it.
        version: Its own version.
        description: What it is for, in a sentence or two.
        layout: How a report lays its assessments out.
        extends: Ids of the policies whose assessments it reads and whose rules come with it.
        assessments: Its questions.
        rules: Its requirements.
        overrides: What it changes in the policies it extends.
        choices: What it keeps of policies it extends, where that is not all.
        base: The manifest its cases start from.
        digest: `sha256:` over all its files; empty for one made in Python.
        origin: Where its `policy.toml` is.
    """

    id: str
    title: str
    version: str
    description: str = ""
    layout: Layout = Layout.LIST
    extends: tuple[str, ...] = ()
    assessments: tuple[Assessment, ...] = ()
    rules: tuple[Rule, ...] = ()
    overrides: tuple[Override, ...] = ()
    choices: tuple[Chosen, ...] = ()
    base: Mapping[str, Any] = field(default_factory=dict, repr=False)
    digest: str = ""
    origin: Origin | None = None
