"""What an expression is asked in: the names it may use, and what each stands for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from release_review.cel.types import Type, manifest_type
from release_review.model import LIMITS, Limits, Param

NAMES = ("manifest", "this", "params", "assessments", "as_of", "today")
"""The names of every expression."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What an expression may know of an assessment: its scale, and the pattern of its items."""

    scale: tuple[str, ...]
    over: str

    @property
    def level(self) -> Type:
        """The type of its levels."""
        words = self.scale if "unknown" in self.scale else (*self.scale, "unknown")
        return Type(name="word", words=words, unknown="word")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What the names of an expression stand for.

    Attributes:
        this: The type of `this`.
        params: The values in force, by name.
        assessments: The assessments that may be read, by qualified id; None where none may be, inside an assessment.
        empty: What an `all` over an empty list gives: `pass`, `fail`, or None where that is not said.
        limits: Bounds on the expression.
    """

    this: Type = field(default_factory=manifest_type)
    params: Mapping[str, Param] = field(default_factory=dict)
    assessments: Mapping[str, Question] | None = None
    empty: str | None = None
    limits: Limits = LIMITS
