"""What a review came to on one day, and how that differs from what it came to on another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from release_review.audit.rows import LIFTED
from release_review.fingerprint import name_of
from release_review.hooks import Unreviewed
from release_review.model import Manifest, Outcome, Report, RuleResult, Severity, Verdict
from release_review.summary import findings_of

MOST_PLACES = 10
"""Places of one rule that a change names; it says how many more there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What one rule came to.

    Attributes:
        outcome: Its outcome; `waived` where waivers lift all that it found.
        severity: What it weighs on that day; where that makes a difference, `blocks` differs too.
        blocks: Whether it stands in the way of the release.
        places: Pointers of what it finds and nothing lifts, sorted.
    """

    outcome: str
    severity: Severity = field(compare=False)
    blocks: bool
    places: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What a review came to on one day.

    Attributes:
        verdict: The verdict.
        rules: What the rules came to, by their ids; that of the gate's own is there where it is not met.
        levels: The levels of the assessments, by their ids.
        manifest: The release as of that day; None where it could not be reviewed.
        errors: Why there is no verdict, one line each.
    """

    verdict: Verdict
    rules: Mapping[str, Standing]
    levels: Mapping[str, str]
    manifest: Manifest | None = None
    errors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleChange:
    """A rule that comes to something else.

    Attributes:
        rule: Its id.
        before: What it came to on the day before, without its places; None for a rule of the gate that was met.
        after: What it comes to, without its places; None for a rule of the gate that is met.
        places: Names of the places where it finds what it did not find before, some of them.
        more_places: How many more there are.
    """

    rule: str
    before: Standing | None
    after: Standing | None
    places: tuple[str, ...] = ()
    more_places: int = 0

    @property
    def decides(self) -> bool:
        """Whether the verdict may have changed for it."""
        return _decides(self.before) != _decides(self.after)


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelChange:
    """An assessment that comes to another level."""

    assessment: str
    before: str
    after: str


def state_of(reviewed: Report | Unreviewed) -> State:
    """Give what a review came to."""
    if isinstance(reviewed, Unreviewed):
        return State(verdict=Verdict.ERROR, rules={}, levels={}, errors=reviewed.errors)
    return State(
        verdict=reviewed.verdict,
        rules={result.id: _standing(result) for result in reviewed.results},
        levels={each.id: each.level for each in reviewed.assessments},
        manifest=reviewed.manifest,
    )


def rule_changes(before: State, after: State) -> Iterator[RuleChange]:
    """Give the rules that come to something else, by their ids; none where one of the two has no report."""
    if before.errors or after.errors:
        return
    for name in sorted(before.rules.keys() | after.rules.keys()):
        was, now = before.rules.get(name), after.rules.get(name)
        if was != now:
            yield _change(name, was, now, after.manifest)


def level_changes(before: State, after: State) -> Iterator[LevelChange]:
    """Give the assessments that come to another level; none where one of the two has no report."""
    for name, level in before.levels.items():
        if name in after.levels and after.levels[name] != level:
            yield LevelChange(assessment=name, before=level, after=after.levels[name])


def _standing(result: RuleResult) -> Standing:
    outcome = result.outcome.value
    if result.lifted:
        outcome = LIFTED[0] if result.waiver else LIFTED[1]
    left = {finding.about for finding in findings_of(result) if not finding.lifted}
    return Standing(outcome=outcome, severity=result.severity, blocks=result.blocks, places=tuple(sorted(left)))


def _decides(standing: Standing | None) -> tuple[bool, bool]:
    return (False, False) if standing is None else (standing.blocks, standing.outcome == Outcome.ERROR.value)


def _change(name: str, was: Standing | None, now: Standing | None, manifest: Manifest | None) -> RuleChange:
    known = frozenset(was.places if was else ())
    new = [place for place in (now.places if now else ()) if place and place not in known]
    data = manifest.data if manifest else {}
    return RuleChange(
        rule=name,
        before=was and replace(was, places=()),
        after=now and replace(now, places=()),
        places=tuple(name_of(place, data) for place in new[:MOST_PLACES]),
        more_places=max(len(new) - MOST_PLACES, 0),
    )
