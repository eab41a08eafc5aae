"""The records of a summary. Texts in them are those of the ledger, which may be anybody's: nothing is escaped yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from release_review.audit.ledger import Counts
from release_review.claims import UNKNOWN

UNMET = frozenset({"fail"})
"""Outcomes of a rule that a release does not meet."""

UNDECIDED = frozenset({"unknown", "error"})
"""Outcomes that leave open whether a release meets a rule: what is stated does not decide it, or the rule broke."""

MOST_TITLES = 1_000
"""Sources of one id that are told apart by their titles."""


class Kind(Enum):
    """What an assessment is about."""

    PROPERTY = "property"
    STEP = "step"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What the audit was told, and whether it came to its end.

    Attributes:
        is_complete: Whether every release of the corpus is in the ledger.
        tool: Version of what made the ledger.
        today: Day of judgement.
        as_of: State of the releases that was judged; None where each was judged as it was today.
        engine: Who evaluated conditions.
        policies: Id, version and title of each policy.
        corpus: What was named on the command line: importer, or nothing, and path.
    """

    is_complete: bool
    tool: str
    today: str
    as_of: str | None
    engine: str
    policies: tuple[tuple[str, str, str], ...]
    corpus: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """The answers to one question.

    Attributes:
        id: Qualified id of the assessment.
        title: The question in a few words.
        label: Fewer words, for the head of a column.
        kind: What it is about: channels make a property, threats a step of the framework.
        scale: Its levels; those that a ledger has beyond them stand at the end.
        levels: How many releases have each level, in the order of the scale.
        by_year: The same for each year of release; the year is empty where no date is stated.
        by_vector: How many threats of each misuse vector have each level; empty but for steps.
    """

    id: str
    title: str
    label: str
    kind: Kind
    scale: tuple[str, ...]
    levels: Mapping[str, int]
    by_year: Mapping[str, Mapping[str, int]]
    by_vector: Mapping[str, Mapping[str, int]]

    @property
    def asked(self) -> int:
        """Of how many releases the question was asked."""
        return sum(self.levels.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Releases that have something in common, such as a developer, and what came of them.

    Attributes:
        name: What they have in common; empty where nothing is stated.
        passed: How many pass.
        blocked: How many are blocked.
        errors: How many have no trustworthy verdict.
    """

    name: str
    passed: int
    blocked: int
    errors: int

    @property
    def count(self) -> int:
        """How many there are."""
        return self.passed + self.blocked + self.errors


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way to reach a model, and how many releases have at least one such channel."""

    kind: str
    audience: str
    releases: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What is known of one field, counted in releases; each counts once, as the first of these that it is.

    Attributes:
        field: Name of the field, with `[]` for the place in a list: `access[].kind`.
        conflicting: A value of it is in conflict with that of another source.
        stated: A value is stated.
        unknown: It is spoken of, and denied or said not to be known.
    """

    field: str
    conflicting: int
    stated: int
    unknown: int

    @property
    def group(self) -> str:
        """The table that the field stands in."""
        return group_of(self.field)

    @property
    def spoken_of(self) -> int:
        """In how many releases anything is said of it."""
        return self.conflicting + self.stated + self.unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What one source tells.

    Attributes:
        source: Its id in the manifests, and that of all that goes on from it: `osai` is also `osai-weights`. Empty
            for what stands in a manifest without a source.
        title: What its titles have in common; empty where that is nothing.
        different: How many sources have this id, by their titles up to a colon or a comma: two folders of manifests
            may each call something else `card`.
        releases: How many releases it speaks of.
        newest: The latest day from which anything of it is, or None.
        fields: What is known by it of each field, in the order of their names.
        groups: The same for whole tables, such as `weights`: a release counts as stated if any field of it is.
    """

    source: str
    title: str
    different: int
    releases: int
    newest: str | None
    fields: tuple[Filled, ...]
    groups: tuple[Filled, ...]

    @property
    def called(self) -> str:
        """Its title; where manifests call different sources by one id, how many those are."""
        if self.different == 1:
            return self.title
        more = " or more" if self.different >= MOST_TITLES else ""
        return f"{self.different:,}{more} different sources"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceShown:
    """A source as somebody can look it up."""

    id: str
    title: str
    date: str | None
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A value, by whom it is stated, and in which words."""

    value: str
    sources: tuple[SourceShown, ...]
    note: str

    @property
    def said(self) -> str:
        """What the sources say, for people: a value, or why it is not known where they say that."""
        return self.note if self.value == UNKNOWN and self.note else self.value

    @property
    def remark(self) -> str:
        """What is said beside that."""
        return "" if self.said == self.note else self.note


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """A field about which sources disagree.

    Attributes:
        number: Place of the release in the corpus, from 1.
        release: Its id.
        name: What the field is called.
        claims: What is said, by whom; two or more.
    """

    number: int
    release: str
    name: str
    claims: tuple[Claimed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A release without a trustworthy verdict, and why."""

    number: int
    release: str | None
    manifest: str
    messages: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleCount:
    """What one rule came to.

    Attributes:
        id: Its qualified id.
        summary: What it asks for.
        severity: How grave it is when it is not met.
        remediation: How to meet it.
        outcomes: How many releases there are of each outcome, `waived` and `known` included.
    """

    id: str
    summary: str
    severity: str
    remediation: str
    outcomes: Mapping[str, int]

    @property
    def unmet(self) -> int:
        """How many releases do not meet it, and nothing lifts that."""
        return sum(self.outcomes.get(word, 0) for word in UNMET)

    @property
    def undecided(self) -> int:
        """Of how many releases it cannot be told whether they meet it, and nothing lifts that."""
        return sum(self.outcomes.get(word, 0) for word in UNDECIDED)

    @property
    def open(self) -> int:
        """Of how many releases it is not known that they meet it."""
        return self.unmet + self.undecided


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What an audit came to as a whole.

    Attributes:
        audit: What it was told.
        counts: Releases by verdict.
        assessments: Answers to each question, in the order of the policies.
        years: Releases by year of release, the earliest first; those without a date last, under an empty name.
        developers: Releases by developer, as their ids have it, the most frequent first.
        families: Releases by family of the licence, likewise.
        licenses: Releases by licence, likewise.
        ways: Ways to reach the models, the most frequent first.
        vectors: Threats by misuse vector, the most frequent first.
        with_threats: Releases that describe a threat.
        sources: What each source tells, the one with most releases first.
        facts: What is known of each field by any source.
        conflicts: Where sources disagree, in the order of the corpus, as far as they are kept.
        conflict_count: How many fields are in conflict.
        conflicting_releases: In how many releases.
        rules: What each rule came to, the one first that is not met or undecided most often.
        errors: Releases without a trustworthy verdict, in the order of the corpus, as far as they are kept.
        left_out: What there was too much of to count one by one, such as developers, and how often.
    """

    audit: Audit
    counts: Counts
    assessments: tuple[Answers, ...]
    years: tuple[Group, ...]
    developers: tuple[Group, ...]
    families: tuple[Group, ...]
    licenses: tuple[Group, ...]
    ways: tuple[Way, ...]
    vectors: tuple[tuple[str, int], ...]
    with_threats: int
    sources: tuple[Coverage, ...]
    facts: tuple[Filled, ...]
    conflicts: tuple[Conflict, ...]
    conflict_count: int
    conflicting_releases: int
    rules: tuple[RuleCount, ...]
    errors: tuple[Trouble, ...]
    left_out: Mapping[str, int]

    @property
    def reviewed(self) -> int:
        """How many releases could be looked at; of the others nothing but an error is known."""
        return sum(group.count for group in self.years)

    @property
    def properties(self) -> tuple[Answers, ...]:
        """Answers about channels."""
        return self._of(Kind.PROPERTY)

    @property
    def steps(self) -> tuple[Answers, ...]:
        """Answers about threats."""
        return self._of(Kind.STEP)

    @property
    def others(self) -> tuple[Answers, ...]:
        """Answers about anything else."""
        return self._of(Kind.OTHER)

    def _of(self, kind: Kind) -> tuple[Answers, ...]:
        return tuple(each for each in self.assessments if each.kind is kind)


def group_of(field: str) -> str:
    """Give the table that a field stands in: `access` for `access[].kind`."""
    return field.partition(".")[0].partition("[")[0]
