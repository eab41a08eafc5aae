"""An impact as JSON, for other programs: a versioned shape, and its releases one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from release_review.audit.compare.causes import Cause
from release_review.audit.compare.json_ import document
from release_review.audit.compare.setup import policies_named
from release_review.audit.impact.report import Impact
from release_review.audit.impact.tally import Move, Tally
from release_review.model import Verdict
from release_review.summary import PROGRAM
from release_review.version import __version__

SCHEMA = "audit-impact/1"
"""Name and version of the shape; a change that would break a reader raises the number."""


def as_json(impact: Impact) -> Iterator[str]:
    """Give an impact as a JSON document, piece by piece."""
    tally = impact.tally
    head = {
        "schema": SCHEMA,
        "tool": {"name": PROGRAM, "version": __version__},
        "ledger": {"name": impact.ledger, "complete": impact.is_complete, "tool": impact.before["tool"]},
        "today": impact.before["today"],
        "as_of": impact.before["as_of"],
        "policies": {"before": policies_named(impact.before), "now": policies_named(impact.now)},
        "beside": _causes(impact.beside),
        "counts": _counts(tally),
        "rules": [_rule(impact, name) for name in sorted({*tally.outcomes, *impact.differences.rules})],
        "assessments": [
            _assessment(impact, name)
            for name in sorted({*(name for name, _ in tally.levels), *impact.differences.assessments})
        ],
    }
    return document(head, "releases", tally.kept)


def _counts(tally: Tally) -> dict[str, Any]:
    sides = [{each.value: 0 for each in Verdict} for _ in range(2)]
    for move, number in tally.moves.items():
        for side, verdict in zip(sides, move, strict=True):
            side[verdict] += number
    return {
        "releases": tally.moves.total(),
        "reviewed": tally.reviewed,
        "before": sides[0],
        "now": sides[1],
        "unchanged": {each.value: tally.unchanged(each) for each in Verdict},
        "transitions": [_move(move, number) for move, number in tally.transitions],
        "blocked_by_other_rules": tally.otherwise,
    }


def _rule(impact: Impact, name: str) -> dict[str, Any]:
    tally = impact.tally
    makes = [
        _move(move, group.count)
        for (move, rule), group in sorted(tally.makes.items(), key=lambda each: each[0])
        if rule == name
    ]
    return {
        "rule": name,
        "causes": _causes(impact.causes_of_rule(name)),
        "outcomes": _moves(tally.outcomes.get(name, Counter())),
        "makes": makes,
    }


def _assessment(impact: Impact, name: str) -> dict[str, Any]:
    moves = {move: group.count for (each, move), group in impact.tally.levels.items() if each == name}
    causes = _causes(impact.causes_of_assessment(name))
    return {"assessment": name, "causes": causes, "levels": _moves(Counter(moves))}


def _moves(counted: Counter[Move]) -> list[dict[str, Any]]:
    return [_move(move, number) for move, number in sorted(counted.items())]


def _move(move: Move, releases: int) -> dict[str, Any]:
    return {"before": move[0], "after": move[1], "releases": releases}


def _causes(causes: Sequence[Cause]) -> list[dict[str, Any]]:
    return [each.as_data() for each in causes]
