"""What is decided beforehand: waivers, a baseline, and the settings of a run."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from release_review.model.documents import Origin, Site
from release_review.model.words import Outcome, Severity, WaiverReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """A dated, named decision to release despite one rule.

    Attributes:
        id: How reports call the waiver.
        rule: Qualified id of the rule, `policy/rule`.
        release: Id of the one release it is for.
        reason: The kind of reason.
        justification: Why the release may go ahead, in the owner's words.
        owner: Who asked for it, and sees to it that it ends.
        approved_by: Who answers for the decision; somebody else than the owner.
        ticket: Where the decision and its end are followed.
        created: First day on which it holds, in UTC.
        expires: Last day on which it holds, in UTC.
        pointer: The one place it is for, with items of lists by their id; the whole rule where empty.
        facts: Digest of the values that the findings rest on; it lapses when they change. Empty: it does not ask.
        origin: Where it is written; None for one made in Python.
    """

    id: str
    rule: str
    release: str
    reason: WaiverReason
    justification: str
    owner: str
    approved_by: str
    ticket: str
    created: dt.date
    expires: dt.date
    pointer: str = ""
    facts: str = ""
    origin: Origin | None = field(default=None, compare=False, repr=False)

    def holds_on(self, day: dt.date) -> bool:
        """Tell whether it holds on a day; its first and its last day count."""
        return self.created <= day <= self.expires


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFinding:
    """A finding that was there when a baseline was written.

    Attributes:
        fingerprint: Its identity.
        rule: Qualified id of the rule.
        release: Id of the release.
        place: Where it was, in the words of the manifest's author.
        outcome: What it was: `fail` or `unknown`; a graver one is not known.
        severity: What it weighed: a graver one is not known.
        item: Digest of what the item says, where it has no id and its place in a list is all that names it.
        count: How many findings had this identity: a rule in Python may give several for one place.
        unknown: How many of these were `unknown`, where the outcome is `fail`.
        origin: Where it is written; None for one made in Python.
    """

    fingerprint: str
    rule: str
    release: str
    place: str
    outcome: Outcome
    severity: Severity
    item: str = ""
    count: int = 1
    unknown: int = 0
    origin: Origin | None = field(default=None, compare=False, repr=False)

    @property
    def fails(self) -> int:
        """How many of these were `fail`."""
        return self.count - self.unknown if self.outcome is Outcome.FAIL else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """What was not met when a team began to use the gate, and does not block until a day.

    Attributes:
        owner: Who sees to it that it becomes empty.
        created: The day on which it was written, in UTC.
        expires: Last day on which it holds, in UTC; by then it is to be empty.
        findings: What it lists.
        name: How reports call its file; empty for one made in Python.
        origin: Where it is written; None for one made in Python.
    """

    owner: str
    created: dt.date
    expires: dt.date
    findings: tuple[KnownFinding, ...] = ()
    name: str = ""
    origin: Origin | None = field(default=None, compare=False, repr=False)

    def holds_on(self, day: dt.date) -> bool:
        """Tell whether it holds on a day; its first and its last day count."""
        return self.created <= day <= self.expires


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsFile:
    """A file that a run took its settings from.

    Attributes:
        role: What it is: `configuration`, `waivers` or `baseline`.
        name: How reports call it.
        digest: `sha256:` and the hex digest of its bytes.
    """

    role: str
    name: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """What a run was told, for the report.

    Attributes:
        digest: `sha256:` and the hex digest of all settings in force that can change a verdict.
        files: The files they come from, configuration first.
        trusted: Whether all of them come from a folder that is kept apart from what is reviewed.
    """

    digest: str
    files: tuple[SettingsFile, ...] = ()
    trusted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GateFault:
    """One thing that a rule of the gate finds: in a waiver, in a baseline, or in a policy.

    Attributes:
        rule: Which rule of the gate is not met.
        message: What is wrong, in one sentence.
        site: Where it is written; None where that is no file that the caller named.
    """

    rule: str
    message: str
    site: Site | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """What a team has decided to let go for a time.

    Attributes:
        waivers: Decisions to go on despite one rule.
        ignore_waivers: Whether to judge as if there were no waivers; the report says so.
        baseline: Findings that are known, and do not block until a day.
        beside: What else is wrong with the files of these, to be told in this report.
    """

    waivers: tuple[Waiver, ...] = ()
    ignore_waivers: bool = False
    baseline: Baseline | None = None
    beside: tuple[GateFault, ...] = ()


NOTHING_DECIDED = Decisions()
"""Every rule stands."""
