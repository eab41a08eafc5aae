"""What every process of a forecast does: take past releases, review each on the days that matter, say what changes."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from release_review.audit.forecast.causes import Cause, Causes
from release_review.audit.forecast.clock import Clock, Flips, clock_of
from release_review.audit.forecast.events import Almanac, Event, Kind, almanac_of
from release_review.audit.forecast.states import (
    LevelChange,
    RuleChange,
    State,
    level_changes,
    rule_changes,
    state_of,
)
from release_review.audit.forecast.window import Window
from release_review.audit.items import Batch, Item
from release_review.audit.setup import Setup
from release_review.audit.work import Tools, make_ready, review_item
from release_review.evidence import Resolved
from release_review.model import GATE, Verdict, Waiver

MOST_DIFFERING = 5
"""Rules that are named where a review comes to something else than the ledger says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is the same for every release of a forecast: how releases are reviewed, and on which days."""

    setup: Setup
    window: Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What a ledger says of a release.

    Attributes:
        number: Its place in the corpus, from 1.
        release: Its id.
        verdict: What it came to.
        rules: What each rule came to, by its id.
        evidence: What became of its evidence.
    """

    number: int
    release: str
    verdict: str
    rules: Mapping[str, str]
    evidence: tuple[Resolved, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PastBatch(Batch):
    """Some releases of a ledger, and what it says of them, in the same order."""

    past: tuple[Past, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleForecast:
    """A rule that comes to something else, and why."""

    change: RuleChange
    because: tuple[Cause, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A release that comes to something else on a day.

    Attributes:
        day: The first day on which it does, in UTC.
        number: Its place in the corpus, from 1.
        release: Its id.
        manifest: How reports call its manifest.
        before: Its verdict until then.
        after: Its verdict from then on.
        rules: The rules that come to something else, by their ids.
        levels: The assessments that do.
        because: Why the verdict changes; why the rules do, where it does not.
        errors: Why there is no verdict from then on, one line each.
    """

    day: dt.date
    number: int
    release: str
    manifest: str
    before: Verdict
    after: Verdict
    rules: tuple[RuleForecast, ...] = ()
    levels: tuple[LevelChange, ...] = ()
    because: tuple[Cause, ...] = ()
    errors: tuple[str, ...] = ()

    @property
    def changes_verdict(self) -> bool:
        """Whether the verdict changes."""
        return self.before is not self.after

    @property
    def turns_red(self) -> bool:
        """Whether what passed passes no more."""
        return self.changes_verdict and self.before is Verdict.PASS

    @property
    def turns_green(self) -> bool:
        """Whether it passes from then on."""
        return self.changes_verdict and self.after is Verdict.PASS


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A release of which nothing can be foretold.

    Attributes:
        number: Its place in the corpus, from 1.
        release: Its id.
        manifest: How reports call its manifest.
        why: Why, one line each.
    """

    number: int
    release: str
    manifest: str
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Foretold:
    """What becomes of a batch.

    Attributes:
        number: Its place among the batches, from 0.
        size: How many releases it has.
        reviews: How many reviews were carried out.
        changes: What changes, by release and then by day.
        skipped: The releases of which nothing can be foretold.
    """

    number: int
    size: int
    reviews: int
    changes: tuple[Change, ...] = ()
    skipped: tuple[Skipped, ...] = ()


def foretell_batch(asked: Asked, batch: PastBatch) -> Foretold:
    """Say what changes for the releases of a batch.

    Raises:
        AuditError: This process has other policies, plugins or waivers than the audit was begun with.
    """
    maker = _maker(asked)
    made = [maker.foretell(item, past) for item, past in zip(batch.items, batch.past, strict=True)]
    return Foretold(
        number=batch.number,
        size=len(made),
        reviews=sum(reviews for _, reviews in made),
        changes=tuple(each for found, _ in made if not isinstance(found, Skipped) for each in found),
        skipped=tuple(found for found, _ in made if isinstance(found, Skipped)),
    )


@functools.lru_cache(maxsize=4)
def _maker(asked: Asked) -> _Maker:
    return _Maker(asked)


class _Maker:
    """Makes forecasts of one kind; what it has worked out for one release serves the next."""

    def __init__(self, asked: Asked) -> None:
        self._setup, self._window = asked.setup, asked.window
        self._tools: Tools = make_ready(asked.setup)
        self._clock: Clock = clock_of(self._tools.policies)
        self._flips = Flips(asked.window)
        self._causes = Causes(self._tools.policies, self._clock)
        self._waivers: dict[str, list[Waiver]] = {}
        for waiver in self._tools.decisions.waivers:
            self._waivers.setdefault(waiver.release, []).append(waiver)

    def foretell(self, item: Item, past: Past) -> tuple[list[Change] | Skipped, int]:
        """Say what changes for a release, or why nobody can, and how many reviews that took."""
        known = self._on(self._setup.today, item, past)
        if differing := _differing(known, past):
            return Skipped(number=past.number, release=past.release, manifest=item.name, why=differing), 1
        first, reviews = known, 1
        if self._window.today != self._setup.today:
            first, reviews = self._on(self._window.today, item, past), 2
        almanac = self._almanac(first)
        changes, before = [], first
        for day in almanac.days:
            after = self._on(day, item, past)
            if change := self._change(day, before, after, almanac.events.get(day, ()), item, past):
                changes.append(change)
            before = after
        return changes, reviews + len(almanac.days)

    def _on(self, day: dt.date, item: Item, past: Past) -> State:
        setup = replace(self._setup, today=day, as_of=self._window.as_of)
        return state_of(review_item(setup, self._tools, item, evidence=past.evidence))

    def _almanac(self, state: State) -> Almanac:
        manifest = state.manifest
        waivers = self._waivers.get(manifest.release_id, ()) if manifest else ()
        return almanac_of(manifest, clock=self._clock, flips=self._flips, waivers=waivers, window=self._window)

    def _change(
        self, day: dt.date, before: State, after: State, events: tuple[Event, ...], item: Item, past: Past
    ) -> Change | None:
        rules = tuple(self._rules(day, before, after, events))
        levels = tuple(level_changes(before, after))
        if before.verdict is after.verdict and before.errors == after.errors and not rules and not levels:
            return None
        return Change(
            day=day,
            number=past.number,
            release=past.release,
            manifest=item.name,
            before=before.verdict,
            after=after.verdict,
            rules=rules,
            levels=levels,
            because=tuple(self._because(day, before, after, events, rules)),
            errors=after.errors,
        )

    def _rules(self, day: dt.date, before: State, after: State, events: tuple[Event, ...]) -> Iterator[RuleForecast]:
        shared: dict[Cause, Cause] = {}  # many rules change for one reason, and many releases are held in memory
        for change in rule_changes(before, after):
            if after.manifest is not None:
                found = self._causes.of_rule(change, events, after.manifest, day)
                yield RuleForecast(change=change, because=tuple(shared.setdefault(each, each) for each in found))

    def _because(
        self, day: dt.date, before: State, after: State, events: tuple[Event, ...], rules: tuple[RuleForecast, ...]
    ) -> list[Cause]:
        deciding = [each for each in rules if each.change.decides and not _is_of_gate(each)] or [
            each for each in rules if each.change.decides
        ]
        listed = deciding if before.verdict is not after.verdict and deciding else rules
        found = list(dict.fromkeys(cause for each in listed for cause in each.because))
        manifest = after.manifest or before.manifest
        if not found and manifest is not None:
            found = self._causes.of_events(events, manifest, day)
        if before.errors and not after.errors:
            found += [Cause(kind=Kind.ERROR.value, what=f"until then: {line}") for line in before.errors]
        return found + [Cause(kind=Kind.ERROR.value, what=line) for line in after.errors]


def _is_of_gate(each: RuleForecast) -> bool:
    return each.change.rule.startswith(f"{GATE}/")


def _differing(state: State, past: Past) -> tuple[str, ...]:
    """Say where a review comes to something else than the ledger says, on the day on which it was made."""
    if state.errors:
        return state.errors
    found = {name: standing.outcome for name, standing in state.rules.items()}
    names = sorted(name for name in found.keys() | past.rules.keys() if found.get(name) != past.rules.get(name))
    if not names and state.verdict.value == past.verdict:
        return ()
    told = [
        f"{name} comes to {found.get(name, 'nothing')} and not to {past.rules.get(name, 'nothing')}"
        for name in names[:MOST_DIFFERING]
    ]
    more = [f"{len(names) - MOST_DIFFERING} more rules differ"] if len(names) > MOST_DIFFERING else []
    differing = told or [f"the verdict is {state.verdict.value} and not {past.verdict}"]
    return ("reviewed again it comes to something else than the ledger says", *differing, *more)
