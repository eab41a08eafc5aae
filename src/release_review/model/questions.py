"""What a policy asks, and what its proofs are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from release_review.model.documents import Origin
from release_review.model.words import Overall


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A source that a rule or an assessment rests on."""

    title: str
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedFinding:
    """A finding that a case of a rule expects.

    Attributes:
        pointer: Where it stands; None where any place will do.
        message: A part of what it says; empty where any text will do.
        outcome: What became of the rule there; what the case expects of the whole where empty.
    """

    pointer: str | None = None
    message: str = ""
    outcome: str = ""


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
        findings: The findings of the rule, each of them and no other; None where only the outcome is stated.
    """

    name: str
    expect: str
    set: Mapping[str, Any] = field(default_factory=dict)
    remove: tuple[str, ...] = ()
    as_of: dt.date | None = None
    today: dt.date | None = None
    findings: tuple[ExpectedFinding, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """What its author has looked at and keeps: a warning of `policy lint`, or a mutant that no case kills.

    Attributes:
        lint: Id of the warning; empty for a mutant.
        mutant: Name of the mutant, as `policy test --mutate` gives it; empty for a warning.
        because: Why it is kept.
        origin: Where it is written; None for one made in Python.
    """

    because: str
    lint: str = ""
    mutant: str = ""
    origin: Origin | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Param:
    """A number, text or list that an organization may set without touching the rule.

    Attributes:
        type: `number`, `integer`, `string`, `boolean`, `date` or `strings`.
        value: The value in force.
        minimum: Least value that may be set, for numbers and dates.
        maximum: Greatest value that may be set, for numbers and dates.
        description: What the value means, and its unit.
        stricter: `lower` or `higher`, where such a value asks for more; empty where neither can be said.
    """

    type: str
    value: Any
    minimum: Any = None
    maximum: Any = None
    description: str = ""
    stricter: str = ""


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
        accepted: Warnings and mutants that its author keeps.
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
    accepted: tuple[Accepted, ...] = ()
    origin: Origin | None = None
