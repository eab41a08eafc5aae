"""The closed vocabularies: each a handful of words that reports, files and code share."""

from __future__ import annotations

import enum


class Outcome(enum.StrEnum):
    """What became of a rule."""

    PASS = "pass"
    FAIL = "fail"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not-applicable"
    ERROR = "error"


LIFTABLE = frozenset({Outcome.FAIL, Outcome.UNKNOWN})
"""What a waiver or a baseline can lift: a rule that broke has said nothing that anybody could decide to accept."""


GATE = "gate"
"""The policy that the rules about waivers and baselines belong to; no policy may be called so."""


class Severity(enum.StrEnum):
    """How much a rule weighs: an error blocks a release, a warning and a note do not."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def weight(self) -> int:
        """Its place among the severities: what weighs more has the higher number."""
        return list(reversed(Severity)).index(self)


class Verdict(enum.StrEnum):
    """The answer to "may the release go ahead under these policies?"."""

    PASS = "pass"
    BLOCKED = "blocked"
    ERROR = "error"


class Overall(enum.StrEnum):
    """Which of the levels of the items is the level of the whole."""

    STRONGEST = "strongest"
    WEAKEST = "weakest"


class Layout(enum.StrEnum):
    """How a report lays the assessments of a policy out: a line for each, or items by assessments."""

    LIST = "list"
    MATRIX = "matrix"


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


class WaiverReason(enum.StrEnum):
    """Why a release may go ahead despite a rule; what else there is to say stands in the justification."""

    ACCEPTED_RISK = "accepted-risk"
    COMPENSATING_CONTROL = "compensating-control"
    FALSE_POSITIVE = "false-positive"
    NOT_APPLICABLE = "not-applicable"
    SCHEDULED_FIX = "scheduled-fix"
