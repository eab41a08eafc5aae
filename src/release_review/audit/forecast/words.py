"""The sentences of a forecast, not escaped: every format for people sets the same ones."""

from __future__ import annotations

from collections.abc import Iterator

from release_review.audit.forecast.data import counts_of
from release_review.audit.forecast.run import Forecast
from release_review.audit.forecast.states import RuleChange, Standing
from release_review.audit.forecast.work import Change
from release_review.reporters.layout import counted

CAVEAT = (
    "The forecast says when evidence will be missing or out of date, as far as dates tell; it does not say that a "
    "release is safe or unsafe. The framework behind it does not weigh benefits against risks, and is no procedure "
    "for release decisions."
)
"""What a reader may not take from a forecast."""

MOST_CAUSES = 5
"""Reasons that one change names; it says how many more there are."""

MOST_RULES = 10
"""Rules of one kind that one change names; it says how many more there are."""

MOST_CHANGES = 200
"""Changes that are shown where nobody asks for all; the JSON form has all of them."""

MOST_SKIPPED = 20
"""Releases without a forecast that are named where nobody asks for all."""


def title(forecast: Forecast) -> str:
    """Say which days the forecast is about."""
    window = forecast.window
    return f"{counted(window.days, 'day')} from {window.today} to {window.last}"


def summary(forecast: Forecast) -> Iterator[str]:
    """Say what changes in all, and what nothing is known of."""
    if not forecast.is_complete:
        yield "UNFINISHED: the audit did not come to its end, and releases are missing here"
    counts = counts_of(forecast)
    yield (
        f"{counts['foretold']:,} of {counts['releases']:,} releases looked at: {counts['turn_red']:,} turn red, "
        f"{counts['turn_green']:,} turn green"
    )
    if forecast.window.as_of is not None:
        yield f"channels are judged as of {forecast.window.as_of} on every day, as in the audit"
    if counts["unreviewed"]:
        yield f"{counts['unreviewed']:,} could not be reviewed in the audit, and nothing is foretold of them"
    if counts["skipped"]:
        yield f"{counts['skipped']:,} come to something else than the ledger says; nothing is foretold of them"
    for part, why in forecast.opaque:
        yield f"every day was looked at, for {part} may change on any: {why}"


def verdicts(change: Change) -> str:
    """Say which verdict becomes which."""
    if change.changes_verdict:
        return f"{change.before.value} to {change.after.value}"
    return f"{change.after.value} as before"


def reasons(change: Change, *, every: bool = False) -> list[str]:
    """Say why a release comes to something else."""
    return _some([each.what for each in change.because], None if every else MOST_CAUSES, "reasons")


def blocking(change: Change, *, every: bool = False) -> list[str]:
    """Name the rules that stand in the way from then on."""
    found = [_found(each.change) for each in change.rules if _begins(each.change)]
    return _some(found, None if every else MOST_RULES, "rules")


def clearing(change: Change, *, every: bool = False) -> list[str]:
    """Name the rules that stand in the way no more."""
    found = [each.change.rule for each in change.rules if _ends(each.change)]
    return _some(found, None if every else MOST_RULES, "rules")


def others(change: Change) -> list[RuleChange]:
    """Give the rules that come to something else, and stand in the way as much as before."""
    return [each.change for each in change.rules if not _begins(each.change) and not _ends(each.change)]


def other(change: RuleChange) -> str:
    """Say what becomes of such a rule."""
    before, after = _outcome(change.before), _outcome(change.after)
    if before != after:
        return f"{change.rule}: {before} to {after}{_at(change)}"
    also = f"also{_at(change)}" if change.places else "in fewer places"
    return f"{change.rule}: {after} as before, {also}"


def _begins(change: RuleChange) -> bool:
    return _stands(change.after) and not _stands(change.before)


def _ends(change: RuleChange) -> bool:
    return _stands(change.before) and not _stands(change.after)


def _stands(standing: Standing | None) -> bool:
    return standing is not None and (standing.blocks or standing.outcome == "error")


def _found(change: RuleChange) -> str:
    after = change.after.outcome if change.after else ""
    return f"{change.rule} ({after}{_at(change)})"


def _at(change: RuleChange) -> str:
    more = f" and {change.more_places} more" if change.more_places else ""
    return f" at {', '.join(change.places)}{more}" if change.places else ""


def _outcome(standing: Standing | None) -> str:
    if standing is None:
        return "met"
    return f"{standing.outcome} ({standing.severity.value})" if standing.outcome == "fail" else standing.outcome


def _some(told: list[str], most: int | None, noun: str) -> list[str]:
    more = 0 if most is None else len(told) - most
    return [*told[:most], f"and {more} more {noun}"] if more > 0 else told
