"""A forecast as plain data: a versioned shape of its own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from release_review.audit.forecast.causes import Cause
from release_review.audit.forecast.run import Forecast
from release_review.audit.forecast.states import Standing
from release_review.audit.forecast.work import Change, RuleForecast, Skipped
from release_review.summary import PROGRAM
from release_review.version import __version__

SCHEMA = "audit-forecast/1"
"""Name and version of the shape; a change that would break a reader raises the number."""


def as_data(forecast: Forecast) -> dict[str, Any]:
    """Give a forecast as plain data, with every change, whether it changes a verdict or not."""
    window = forecast.window
    return {
        "schema": SCHEMA,
        "tool": {"name": PROGRAM, "version": __version__},
        "today": window.today.isoformat(),
        "days": window.days,
        "last_day": window.last.isoformat(),
        "as_of": window.as_of.isoformat() if window.as_of else None,
        "complete": forecast.is_complete,
        "counts": counts_of(forecast),
        "every_day": [{"id": part, "why": why} for part, why in forecast.opaque],
        "changes": [_change(each) for each in forecast.changes],
        "skipped": [_skipped(each) for each in forecast.skipped],
    }


def counts_of(forecast: Forecast) -> dict[str, int]:
    """Count what a forecast is about, and what changes."""
    changes = [each for each in forecast.changes if each.changes_verdict]
    return {
        "releases": forecast.releases,
        "foretold": forecast.foretold,
        "skipped": len(forecast.skipped),
        "unreviewed": forecast.unreviewed,
        "reviews": forecast.reviews,
        "turn_red": len({each.number for each in changes if each.turns_red}),
        "turn_green": len({each.number for each in changes if each.turns_green}),
        "verdicts_changed": len(changes),
        "other_changes": len(forecast.changes) - len(changes),
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "day": change.day.isoformat(),
        "number": change.number,
        "release": {"id": change.release, "manifest": change.manifest},
        "verdict": {"before": change.before.value, "after": change.after.value},
        "because": _causes(change.because),
        "rules": [_rule(each) for each in change.rules],
        "assessments": [
            {"assessment": each.assessment, "before": each.before, "after": each.after} for each in change.levels
        ],
        "errors": list(change.errors),
    }


def _rule(each: RuleForecast) -> dict[str, Any]:
    change = each.change
    return {
        "rule": change.rule,
        "before": _standing(change.before),
        "after": _standing(change.after),
        "found": list(change.places),
        "more_found": change.more_places,
        "because": [cause.what for cause in each.because],
    }


def _standing(standing: Standing | None) -> dict[str, Any] | None:
    if standing is None:
        return None
    return {"outcome": standing.outcome, "severity": standing.severity.value, "blocks": standing.blocks}


def _causes(causes: Iterable[Cause]) -> list[dict[str, Any]]:
    return [
        {
            "kind": each.kind,
            "what": each.what,
            "part": each.part or None,
            "pointer": each.pointer or None,
            "name": each.name or None,
            "date": each.date or None,
        }
        for each in causes
    ]


def _skipped(each: Skipped) -> dict[str, Any]:
    return {
        "number": each.number,
        "release": {"id": each.release, "manifest": each.manifest},
        "why": list(each.why),
    }
