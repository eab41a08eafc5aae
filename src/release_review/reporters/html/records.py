"""The records that the template of the page reads; nothing in them is escaped before it is put into the page."""

from __future__ import annotations

from dataclasses import dataclass

from release_review.model import Baseline, Configuration, Policy, Reference, Waiver


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A line of a file, in three pieces, the middle one underlined."""

    line: int
    before: str
    marked: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingView:
    """One finding.

    Attributes:
        message: What it says.
        outcome: `fail`, `unknown` or `error`.
        place: `FILE:LINE`.
        key: What it is about, in the words of the manifest's author.
        quote: The line it stands in; None where it is written nowhere.
        facts: What would decide it, where it is unknown and its message does not say so; or empty.
    """

    message: str
    outcome: str
    place: str
    key: str
    quote: Quote | None
    facts: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleView:
    """A rule with some of its findings.

    Attributes:
        anchor: Name of this part of the page.
        details: Name of the part that has the rule's reasons.
        policy: Id of its policy.
        state: `open`, `waived` or `known`.
        findings: Those that are shown.
        more: How many are not.
        fix: How to meet it.
        waiver: The waiver that lifts these findings, or None.
    """

    anchor: str
    details: str
    id: str
    policy: str
    summary: str
    severity: str
    outcome: str
    note: str
    of_gate: bool
    state: str
    findings: tuple[FindingView, ...]
    more: int
    fix: str
    waiver: Waiver | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupView:
    """Rules of one gravity."""

    name: str
    title: str
    count: int
    rules: tuple[RuleView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonView:
    """What a rule asks for and why; `found` are the parts of the page that have its findings."""

    anchor: str
    id: str
    summary: str
    severity: str
    outcome: str
    rationale: str
    references: tuple[Reference, ...]
    waivable: int | None
    found: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerView:
    """The answer to one question, with the shade of its level: `0` is the strongest of the scale, or `unknown`."""

    title: str
    level: str
    shade: str
    because: str
    hangs_on: str
    key: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    """One item, with level and shade for each question; no level where the question is not asked of it."""

    key: str
    cells: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionsView:
    """The questions of a policy: an answer to each, and items by questions."""

    title: str
    is_matrix: bool
    answers: tuple[AnswerView, ...]
    heads: tuple[str, ...]
    rows: tuple[RowView, ...]
    overall: tuple[tuple[str, str], ...]
    more_rows: int
    more_columns: int
    scales: tuple[tuple[tuple[str, str], ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionView:
    """Something to do first, and the part of the page that tells more."""

    anchor: str
    summary: str
    places: str
    decided_elsewhere: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseView:
    """One manifest, reviewed or not; what only a review has is empty otherwise."""

    anchor: str
    title: str
    verdict: str
    verdict_line: str
    sentence: str
    manifest: str
    errors: tuple[str, ...] = ()
    more_errors: int = 0
    tally: tuple[tuple[int, str], ...] = ()
    digest: str = ""
    as_of: str = ""
    today: str = ""
    engine: str = ""
    policies: tuple[Policy, ...] = ()
    configuration: Configuration | None = None
    actions: tuple[ActionView, ...] = ()
    questions: tuple[QuestionsView, ...] = ()
    groups: tuple[GroupView, ...] = ()
    waivers: tuple[tuple[Waiver, str, str], ...] = ()
    more_waivers: int = 0
    baseline: Baseline | None = None
    notes: tuple[str, ...] = ()
    reasons: tuple[ReasonView, ...] = ()
    met: tuple[ReasonView, ...] = ()
    others: tuple[ReasonView, ...] = ()

    @property
    def is_reviewed(self) -> bool:
        """Whether there is a report about it."""
        return bool(self.as_of)


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewRow:
    """One manifest in the table at the top; `anchor` is empty where it is shown nowhere else."""

    anchor: str
    release: str
    manifest: str
    verdict: str
    verdict_line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The table at the top, for several manifests."""

    rows: tuple[OverviewRow, ...]
    more: int
