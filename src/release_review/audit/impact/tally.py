"""What becomes of many releases, counted: verdicts, the rules that make them, levels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from release_review.audit.compare.keep import Kept
from release_review.audit.compare.rows import ABSENT, Answer, changed_levels, changed_rules, made_by
from release_review.model import Verdict

Move = tuple[str, str]
"""What something was, and what it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What became of one release.

    Attributes:
        number: Its place in the corpus, from 1.
        release: Its id; None where it could not be read.
        manifest: How reports call its manifest.
        before: What the ledger says that it came to.
        after: What it comes to now.
        is_reviewed: Whether it was reviewed again; one that could not be reviewed before is not.
    """

    number: int
    release: str | None
    manifest: str
    before: Answer
    after: Answer
    is_reviewed: bool = True

    @property
    def move(self) -> Move:
        """Its verdict before and now."""
        return self.before.verdict.value, self.after.verdict.value

    def as_data(self) -> dict[str, Any] | None:
        """Give what changes as plain data; None where nothing does."""
        made = made_by(self.before, self.after)
        steps = {step.name: step.as_data("rule") for step in changed_rules(self.before, self.after)}
        rules = [
            (steps.get(name) or _outcome(name, self.before, self.after))
            | {
                "blocked_before": name in self.before.blocking,
                "blocks_after": name in self.after.blocking,
                "makes": name in made,
            }
            for name in sorted({*steps, *made})
        ]
        levels = [step.as_data("assessment") for step in changed_levels(self.before, self.after)]
        before, after = self.move
        if before == after and not rules and not levels:
            return None
        return {
            "number": self.number,
            "release": self.release,
            "manifest": self.manifest,
            "before": before,
            "after": after,
            "rules": rules,
            "levels": levels,
            "errors": list(self.after.errors) if before != after else [],
        }


@dataclass(slots=True, kw_only=True)
class Group:
    """Releases of which something is the same: how many, and the first of them by name.

    Attributes:
        count: How many there are.
        names: How the first of them are called.
        outcomes: These releases by what the rule that they share came to and comes to; empty where they share none.
    """

    count: int = 0
    names: list[str] = field(default_factory=list)
    outcomes: Counter[Move] = field(default_factory=Counter)

    def add(self, name: str, *, at_most: int) -> None:
        """Count one more."""
        self.count += 1
        if len(self.names) < at_most:
            self.names.append(name)


@dataclass(slots=True, kw_only=True)
class Tally:
    """What becomes of releases, counted one by one.

    Attributes:
        kept: Takes each release of which something changes.
        names: How many releases each group names.
        reviewed: Releases that were reviewed again.
        moves: Releases by their verdict before and now.
        otherwise: Releases that are blocked as before, and by other rules.
        makes: Releases by a move of verdicts and a rule that makes it; of one that makes none, by no rule.
        outcomes: Releases by a rule and what it came to and comes to, whatever becomes of their verdicts.
        levels: Releases by an assessment and its level before and now.
        errors: What the first release without a verdict says of it, by the rule that broke; by none where no rule did.
    """

    kept: Kept
    names: int
    reviewed: int = 0
    moves: Counter[Move] = field(default_factory=Counter)
    otherwise: int = 0
    makes: dict[tuple[Move, str], Group] = field(default_factory=dict)
    outcomes: dict[str, Counter[Move]] = field(default_factory=dict)
    levels: dict[tuple[str, Move], Group] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def count(self, change: Change) -> None:
        """Count a release."""
        self.moves[change.move] += 1
        self.reviewed += change.is_reviewed
        told = change.as_data()
        if told is None:
            return
        self.kept.add(told)
        name = change.release or change.manifest
        making = {each["rule"]: (each["before"], each["after"]) for each in told["rules"] if each["makes"]}
        before, after = change.move
        self.otherwise += bool(before == after and making)
        for rule in making or ([""] if before != after else []):
            group = self._group(self.makes, (change.move, rule))
            group.add(name, at_most=self.names)
            group.outcomes.update([making[rule]] if making else [])
            for error in change.after.errors:
                if before != after and error.startswith(rule):
                    self.errors.setdefault(rule, error)
        for each in told["rules"]:
            self.outcomes.setdefault(each["rule"], Counter())[each["before"], each["after"]] += 1
        for each in told["levels"]:
            key = (each["assessment"], (each["before"], each["after"]))
            self._group(self.levels, key).add(name, at_most=self.names)

    def _group(self, groups: dict[Any, Group], key: Any) -> Group:
        return groups.setdefault(key, Group())

    def unchanged(self, verdict: Verdict) -> int:
        """Count the releases that have the verdict they had."""
        return self.moves[verdict.value, verdict.value]

    @property
    def transitions(self) -> Iterator[tuple[Move, int]]:
        """Moves to another verdict, the gravest first, each with how many releases make it."""
        worst = [Verdict.ERROR.value, Verdict.BLOCKED.value, Verdict.PASS.value]
        order = sorted(self.moves, key=lambda move: (worst.index(move[1]), -worst.index(move[0])))
        return ((move, self.moves[move]) for move in order if move[0] != move[1])

    @property
    def without_verdict(self) -> int:
        """Releases that had a verdict and have none any more."""
        return sum(count for (before, after), count in self.transitions if after == "error" != before)

    @property
    def newly_blocked(self) -> int:
        """Releases that passed and are blocked."""
        return self.moves[Verdict.PASS.value, Verdict.BLOCKED.value]


def _outcome(name: str, before: Answer, after: Answer) -> dict[str, str]:
    one, other = before.outcomes.get(name, ABSENT), after.outcomes.get(name, ABSENT)
    return {"rule": name, "before": one, "after": other}
