"""What is told of two versions of a policy, as records."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Way(enum.StrEnum):
    """Which way a part of a policy changed; the one that a reader has to see first stands first."""

    REMOVED = "removed"
    WEAKENED = "weakened"
    CHANGED = "changed"
    TIGHTENED = "tightened"
    ADDED = "added"
    REWORDED = "reworded"


MAY_ASK_LESS = (Way.REMOVED, Way.WEAKENED, Way.CHANGED)
"""The ways in which a release may pass that did not before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that changed in a part: which way, and what, in a clause."""

    way: Way
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What changed in one rule, one assessment, or the policy itself.

    Attributes:
        way: The way it changed as a whole.
        kind: `rule`, `assessment` or `policy`.
        id: Qualified id, with the new policy's name; the policy's id for the policy itself.
        steps: What changed in it; empty where it is new or gone.
        summary: The requirement or the question, as it is now; as it was, where it is gone.
        where: `FILE:LINE:COLUMN` of it as it is now; as it was, where it is gone; empty for one made in Python.
    """

    way: Way
    kind: str
    id: str
    summary: str
    steps: tuple[Step, ...] = ()
    where: str = ""

    @property
    def may_ask_less(self) -> bool:
        """Whether a release may pass now that did not before; an assessment judges nothing by itself."""
        return self.way in MAY_ASK_LESS and self.kind != "assessment"
