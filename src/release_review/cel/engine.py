"""What every engine of CEL has in common: it decides admitted expressions about one manifest."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from release_review.cel.readings import Readings
from release_review.cel.reads import Read, read_set
from release_review.cel.tree import Formula

MOST_KEPT = 2_000
"""Expressions whose code an engine keeps: several times those of any set of policies, and an end for a long process."""


class Decision(enum.Enum):
    """What the two readings of an expression come to."""

    TRUE = "surely true"
    FALSE = "not even possibly true"
    UNDECIDED = "possibly true"


@dataclass(frozen=True, kw_only=True)
class Expression:
    """An admitted expression.

    Attributes:
        text: As its author wrote it.
        formula: What it means.
        readings: Its two readings.
        place: Gives `FILE:LINE:COLUMN` of its first character; called only when something is to be said about it.
    """

    text: str
    formula: Formula
    readings: Readings
    place: Callable[[], str]

    @cached_property
    def reads(self) -> tuple[Read, ...]:
        """What it looks at."""
        return read_set(self.formula)

    @cached_property
    def where(self) -> str:
        """`FILE:LINE:COLUMN` of its first character, for an error at run time."""
        return self.place()


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What expressions are about.

    Attributes:
        manifest: The normalised manifest.
        as_of: The day whose state of the release is judged, in UTC.
        today: The day of judgement, in UTC.
    """

    manifest: Mapping[str, Any]
    as_of: dt.date
    today: dt.date


Levels = Mapping[str, Mapping[str, Any]]
"""The level of every assessment: `{id: {"level": word, "items": {key: {"level": word}}}}`."""


class Session(Protocol):
    """An engine at work on one manifest; it counts iterations over all its expressions."""

    def decide(self, expression: Expression, *, this: str = "") -> Decision:
        """Decide an expression about the item at pointer `this`.

        Raises:
            EvaluationError: The evaluation broke, or the manifest makes it too dear.
        """
        ...

    def know(self, levels: Levels) -> None:
        """Make the levels of the assessments readable."""
        ...


class Engine(Protocol):
    """A way to evaluate expressions.

    Attributes:
        name: How reports call it.
    """

    name: str

    def open(self, subject: Subject, *, iterations: int) -> Session:
        """Begin with a manifest; `iterations` bounds all comprehensions together."""
        ...
