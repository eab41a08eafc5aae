"""The words of the domain, as frozen records: what is read, what is asked, what is answered."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from release_review import pointer as json_pointer
from release_review.errors import Excerpt


class Outcome(enum.StrEnum):
    """What became of a rule."""

    PASS = "pass"
    FAIL = "fail"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not-applicable"
    ERROR = "error"


class Severity(enum.StrEnum):
    """How much a rule weighs: an error blocks a release, a warning and a note do not."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Verdict(enum.StrEnum):
    """The answer to "may the release go ahead under these policies?"."""

    PASS = "pass"
    BLOCKED = "blocked"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds on everything that comes from outside; a trusted caller may raise them, a manifest never.

    Attributes:
        file_bytes: Size of a manifest, policy or waiver file, in bytes.
        depth: Nesting of tables and lists.
        key_parts: Parts of one dotted TOML key or header.
        nodes: Values in one document, containers included.
        string_characters: Length of one string, in code points.
        evidence_bytes: Size of one file of evidence, in bytes; it is hashed as a stream.
        expression_characters: Length of one CEL expression, in code points.
        expression_tokens: Words and signs of one CEL expression; the time of its parser grows with their number.
        expression_depth: Nesting of one CEL expression, in levels.
        comprehensions: Comprehensions nested in each other.
        iterations: Steps of all evaluations together, for one manifest: one for each part of the body of a
            comprehension and each item it looks at, and one for each 16 characters of a text that is gone through.
        reading_growth: Nodes of one reading, as a multiple of the nodes of its expression.

    The values leave room for every release that was seen, and end what no release needs before it costs a second or
    a gigabyte. What a plugin may give is bounded where it is taken.
    """

    file_bytes: int = 1 << 20
    depth: int = 64
    key_parts: int = 32
    nodes: int = 100_000
    string_characters: int = 1 << 16
    evidence_bytes: int = 2 << 30
    expression_characters: int = 4_096
    expression_tokens: int = 1_500
    expression_depth: int = 24
    comprehensions: int = 2
    iterations: int = 1_000_000
    reading_growth: int = 16


LIMITS = Limits()
"""The limits of every run that does not bring its own."""

DEFAULT_ENGINE = "compiled"
"""The engine that evaluates conditions where none is named."""

LONGEST_WAIVER_DAYS = 180
"""The longest term of a waiver, in days, for a rule that does not set its own."""


class Overall(enum.StrEnum):
    """Which of the levels of the items is the level of the whole."""

    STRONGEST = "strongest"
    WEAKEST = "weakest"


class Layout(enum.StrEnum):
    """How a report lays the assessments of a policy out: a line for each, or items by assessments."""

    LIST = "list"
    MATRIX = "matrix"


# What is read ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Span:
    """A stretch of text: lines and columns from 1, columns in code points, the end exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a value stands in its file.

    Attributes:
        span: What a finding underlines: the key and its value, a list item, or the header of a table.
        value: The value alone, quotes included; the same as `span` where there is no key.
    """

    span: Span
    value: Span


TOP = Span(line=1, column=1, end_line=1, end_column=1)
"""The place of a whole document."""


@dataclass(frozen=True, kw_only=True)
class Document:
    """One file as it was read: plain JSON data, and the way back to lines and columns.

    Attributes:
        name: How the file is called in reports: the path as the caller wrote it.
        content: The bytes that were read, once; digest, data and places all come from them.
        digest: `sha256:` and the hex digest of `content`.
        data: The tree: dict, list, str, int, float, bool and None. Dates are ISO 8601 strings in every format.
        folder: The folder that evidence paths are relative to.
        find_places: Gives the place of every pointer; called once, and only when something is to be shown.
    """

    name: str
    content: bytes = field(repr=False)
    digest: str
    data: Any = field(repr=False)
    folder: Path | None = None
    find_places: Callable[[str], Mapping[str, Place]] = field(repr=False)

    @cached_property
    def text(self) -> str:
        """The file as text, without a byte-order mark."""
        return self.content.decode("utf-8-sig")

    @cached_property
    def lines(self) -> list[str]:
        """The lines of the text, without their ends."""
        return [line.removesuffix("\r") for line in self.text.split("\n")]

    @cached_property
    def places(self) -> Mapping[str, Place]:
        """The place of every value that is written in the file, by pointer."""
        return self.find_places(self.text)

    def locate(self, pointer: str) -> Span:
        """Give the place of a value, or of the nearest table around it that is written."""
        while pointer and pointer not in self.places:
            pointer = json_pointer.parent_of(pointer)
        return self.places[pointer].span if pointer in self.places else TOP

    def where(self, pointer: str) -> str:
        """Give `FILE:LINE:COLUMN` of a value, for an error."""
        span = self.locate(pointer)
        return f"{self.name}:{span.line}:{span.column}"

    def excerpt(self, pointer: str) -> Excerpt | None:
        """Give the line at which a value begins, for an error; None where it is written nowhere."""
        span = self.locate(pointer)
        if span == TOP:
            return None
        text = self.lines[span.line - 1]
        end = len(text) if span.end_line > span.line else span.end_column - 1
        return Excerpt(span.line, text, span.column - 1, end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """What stands beside a value in a manifest.

    Attributes:
        source: Ids of `[source]` entries that state the value.
        evidence: Ids of `[[evidence]]` records that support it.
        note: A remark of the author.
        conflicts: Other values that other sources state; the value is unknown while there are any.
        value: The value as it was written, before conflicts made it unknown.
    """

    source: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    note: str | None = None
    conflicts: tuple[Mapping[str, Any], ...] = ()
    value: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The description of one release, validated and normalised.

    Attributes:
        release_id: `<developer>/<name>[@<version>]`.
        data: Every declared field, present: facts and words `unknown`, text, numbers and dates None, lists empty,
            tables filled. A date is an aware datetime at midnight UTC, because CEL knows instants only.
        annotations: What stands beside the values, by pointer.
        as_of: The day whose state of the release is judged, in UTC.
        today: The day of judgement, in UTC.
        document: The file it came from.
    """

    release_id: str
    data: Mapping[str, Any] = field(repr=False)
    annotations: Mapping[str, Annotation] = field(repr=False)
    as_of: dt.date
    today: dt.date
    document: Document = field(repr=False)


# What is asked --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A source that a rule or an assessment rests on."""

    title: str
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One proof of a rule or an assessment: the policy's base manifest, changed as little as possible.

    Attributes:
        name: What is different in this case.
        expect: The outcome of the rule, or the overall level of the assessment.
        set: Values to put into the base manifest, by pointer.
        remove: Pointers to take out of it, before `set`.
        as_of: The day whose state is judged; the policy's default where None.
        today: The day of judgement; the policy's default where None.
    """

    name: str
    expect: str
    set: Mapping[str, Any] = field(default_factory=dict)
    remove: tuple[str, ...] = ()
    as_of: dt.date | None = None
    today: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Param:
    """A number, text or list that an organization may set without touching the rule.

    Attributes:
        type: `number`, `integer`, `string`, `boolean`, `date` or `strings`.
        value: The value in force.
        minimum: Least value that may be set, for numbers and dates.
        maximum: Greatest value that may be set, for numbers and dates.
        description: What the value means, and its unit.
    """

    type: str
    value: Any
    minimum: Any = None
    maximum: Any = None
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a rule or an assessment is written, so that an error can point at it."""

    document: Document
    pointer: str = ""

    def where(self, *steps: str | int) -> str:
        """Give `FILE:LINE:COLUMN` of a field of it."""
        return self.document.where(self.pointer + json_pointer.pointer_to(*steps))


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One step of an assessment: if `when` surely holds, the item has level `name`, because of `because`."""

    name: str
    when: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """A question a policy answers with one level of a scale, with reasons; it judges nothing.

    Attributes:
        id: Id within its policy.
        title: What a report calls it.
        label: A word or two for a narrow column.
        order: Its place among the assessments of its policy.
        scale: The levels, strongest first; `unknown` is one of them.
        overall: Whether the strongest or the weakest of the items is the level of the whole.
        over: Pattern of the items; `this` is each of them in turn.
        counts: CEL: whether an item counts; empty means that every item does.
        none: Level of an item that does not count, and of the whole when none does.
        empty: Level of the whole when there are no items at all.
        default: Level of an item that no level matches.
        levels: Tried in order; the first that holds is the item's.
        rationale: Why the question is asked.
        params: What an organization may set, by name.
        references: What it rests on.
        cases: Its proofs.
        origin: Where it is written; None for one made in Python.
    """

    id: str
    title: str
    scale: tuple[str, ...]
    over: str
    levels: tuple[Level, ...]
    none: str
    empty: str
    default: str
    overall: Overall = Overall.STRONGEST
    counts: str = ""
    label: str = ""
    order: int = 0
    rationale: str = ""
    params: Mapping[str, Param] = field(default_factory=dict)
    references: tuple[Reference, ...] = ()
    cases: tuple[Case, ...] = ()
    origin: Origin | None = None


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
    """

    manifest: Mapping[str, Any]
    this: Mapping[str, Any]
    pointer: str
    params: Mapping[str, Any]
    assessments: Mapping[str, AssessmentResult]
    as_of: dt.date
    today: dt.date


class PartOutcome(enum.StrEnum):
    """What a part of a condition comes to, by its two readings."""

    TRUE = "true"
    FALSE = "false"
    UNDECIDED = "undecided"
    ERROR = "error"
    NOT_ASKED = "not asked"


class PartForm(enum.StrEnum):
    """How a part is made of the parts below it."""

    PLAIN = "plain"
    ALL_OF = "all of"
    ANY_OF = "any of"
    NOT = "not"
    CHOICE = "choice"
    SAME = "same"
    ITEMS = "items"


CONDITION, REQUIREMENT = "if", "holds"
"""Names of the two conditions of a rule: whether it applies, and what must hold."""


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
        why: The conditions that made it so, taken apart; filled in on request, and by the engine alone.
    """

    message: str
    pointer: str = ""
    reads: Sequence[str] = ()
    outcome: Outcome = Outcome.FAIL
    why: tuple[Part, ...] = ()


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
    base: Mapping[str, Any] = field(default_factory=dict, repr=False)
    digest: str = ""
    origin: Origin | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """A dated, named decision to release despite one rule.

    Attributes:
        id: How reports call the waiver.
        rule: Qualified id of the rule, `policy/rule`.
        release: Id of the one release it is for.
        reason: Why the release may go ahead, in the approver's words.
        approved_by: Who answers for the decision.
        created: First day on which it holds, in UTC.
        expires: Last day on which it holds, in UTC.
        pointer: The one place it is for; the whole rule where empty.
        origin: Where it is written; None for one made in Python.
    """

    id: str
    rule: str
    release: str
    reason: str
    approved_by: str
    created: dt.date
    expires: dt.date
    pointer: str = ""
    origin: Origin | None = field(default=None, compare=False, repr=False)


# What is answered -----------------------------------------------------------------------------------------------------


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
        waiver: The waiver that lifts it, or None.
        note: Why its weight differs from what the rule says, or empty.
    """

    id: str
    rule: Rule
    severity: Severity
    outcome: Outcome
    findings: tuple[Finding, ...] = ()
    waiver: Waiver | None = None
    note: str = ""

    @property
    def blocks(self) -> bool:
        """Whether this result stands in the way of the release."""
        unmet = self.outcome in (Outcome.FAIL, Outcome.UNKNOWN)
        return unmet and self.severity is Severity.ERROR and self.waiver is None


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
        lapsed: Waivers for this release that do not hold today, sorted by id.
        unused: Waivers for this release that lift nothing, sorted by id.
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

    @property
    def counts(self) -> Mapping[str, int]:
        """How many rules had each outcome; a waived rule counts as `waived` alone."""
        counts = {outcome.value: 0 for outcome in Outcome} | {"waived": 0}
        for result in self.results:
            counts["waived" if result.waiver else result.outcome.value] += 1
        return counts
