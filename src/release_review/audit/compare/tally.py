"""What became of the releases of two ledgers, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from release_review.audit.compare.facts import changed_facts, kind_of, uncompared
from release_review.audit.compare.keep import Kept
from release_review.audit.compare.rows import answer_of, changed_levels, changed_rules
from release_review.audit.impact.tally import Group, Move
from release_review.audit.ledger import Counts
from release_review.audit.rows import Row, is_error
from release_review.audit.work import Head

PARTS = ("verdict", "levels", "rules", "facts", "errors")
"""What of a release may differ, in the order in which it is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two ledgers.

    Attributes:
        name: How it is called.
        is_complete: Whether its audit came to its end.
        setup: What its audit was told.
        corpus: What was read.
        definitions: What was asked and required.
        counts: How many releases there are of each verdict.
    """

    name: str
    is_complete: bool
    setup: Mapping[str, Any]
    corpus: Mapping[str, Any]
    definitions: Any
    counts: Counts


@dataclass(slots=True, kw_only=True)
class Comparison:
    """What became of releases, counted one by one.

    Attributes:
        sides: The two ledgers.
        kept: Takes a record of each release that came, went or differs.
        names: How many releases each group names.
        repeated: Ids that one of the ledgers has more than once, and how often each has it.
        same: Releases in both of which nothing differs.
        differing: Releases in both of which something does.
        parts: Of those, how many differ in each part.
        verdicts: Releases by their verdicts.
        levels: Releases by an assessment and its levels.
        rules: Releases by a rule and what it came to.
        facts: Releases by a fact that differs, whatever item it is of.
        added: Releases that only the second has.
        gone: Releases that only the first has.
        uncompared: Releases of which some facts were not compared, because there are too many.
    """

    sides: tuple[Side, Side]
    kept: Kept
    names: int
    repeated: Mapping[str, tuple[int, int]]
    same: int = 0
    differing: int = 0
    parts: Counter[str] = field(default_factory=Counter)
    verdicts: dict[Move, Group] = field(default_factory=dict)
    levels: dict[tuple[str, Move], Group] = field(default_factory=dict)
    rules: dict[tuple[str, Move], Group] = field(default_factory=dict)
    facts: dict[str, Group] = field(default_factory=dict)
    added: Group = field(default_factory=Group)
    gone: Group = field(default_factory=Group)
    uncompared: int = 0

    def count_pair(self, before: Row, after: Row) -> None:
        """Count a release that is in both."""
        record = _record(before, after)
        self.uncompared += bool(uncompared(before, after))
        found = [part for part in PARTS if record[part]]
        if not found:
            self.same += 1
            return
        self.differing += 1
        self.kept.add(record)
        self.parts.update(found)
        name = record["release"] or record["manifest"]
        if record["verdict"]:
            self._add(self.verdicts, _move(record["verdict"]), name)
        for each in record["levels"]:
            self._add(self.levels, (each["assessment"], _move(each)), name)
        for each in record["rules"]:
            self._add(self.rules, (each["rule"], _move(each)), name)
        for kind in dict.fromkeys(kind_of(each["name"]) for each in record["facts"]):
            self._add(self.facts, kind, name)

    def count_added(self, head: Head) -> None:
        """Count a release that only the second has."""
        self._count_alone(self.added, "added", head)

    def count_gone(self, head: Head) -> None:
        """Count a release that only the first has."""
        self._count_alone(self.gone, "gone", head)

    def _count_alone(self, group: Group, what: str, head: Head) -> None:
        group.add(head.release or head.name, at_most=self.names)
        record = {"what": what, "release": head.release, "manifest": head.name, "verdict": head.verdict.value}
        self.kept.add(record)

    def _add(self, groups: dict[Any, Group], key: Any, name: str) -> None:
        groups.setdefault(key, Group()).add(name, at_most=self.names)


def _record(before: Row, after: Row) -> dict[str, Any]:
    one, other = answer_of(before), answer_of(after)
    move = {"before": one.verdict.value, "after": other.verdict.value}
    unread = is_error(before) or is_error(after)  # nothing is known of what could not be read
    return {
        "what": "differs",
        "release": after["release"]["id"] or before["release"]["id"],
        "manifest": after["release"]["manifest"],
        "manifest_before": before["release"]["manifest"],
        "verdict": move if one.verdict is not other.verdict else None,
        "levels": [] if unread else [each.as_data("assessment") for each in changed_levels(one, other)],
        "rules": [] if unread else [each.as_data("rule") for each in changed_rules(one, other)],
        "facts": [] if unread else list(changed_facts(before, after)),
        "errors": {"before": one.errors, "after": other.errors} if one.errors != other.errors else None,
    }


def _move(each: Mapping[str, str]) -> Move:
    return each["before"], each["after"]
