"""What an impact tells people: verdicts that change, the rules that make them, and how those rules differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from release_review.audit.compare.causes import Cause, Differences, value_shown
from release_review.audit.compare.parts import Entry, Section, Told, bounded, short
from release_review.audit.compare.rows import ABSENT
from release_review.audit.compare.setup import BESIDE
from release_review.audit.impact.tally import Move, Tally
from release_review.model import GATE, Verdict
from release_review.reporters.layout import counted

MOST = 20
"""Entries of one list that are told where nobody asks for all."""

_SAME = (Verdict.BLOCKED.value, Verdict.BLOCKED.value)

_OF_GATE = Cause(kind="gate", what="a rule of the gate: it is about waivers, and about policies that ask for less")
_UNEXPLAINED = Cause(
    kind="unexplained",
    what="nothing that the ledger tells of differs; a check in Python may read files, which a ledger does not keep",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """What other policies would have made of an audit.

    Attributes:
        ledger: How the ledger is called.
        is_complete: Whether its audit came to its end.
        before: What its audit was told.
        now: What the releases are reviewed with now.
        differences: How rules and assessments differ.
        beside: What differs besides: the tool, plugins, waivers.
        tally: What becomes of the releases.
    """

    ledger: str
    is_complete: bool
    before: Mapping[str, Any]
    now: Mapping[str, Any]
    differences: Differences
    beside: Sequence[Cause]
    tally: Tally

    def causes_of_rule(self, rule: str) -> Sequence[Cause]:
        """Tell why a rule may come to something else."""
        if rule in self.differences.rules:
            return self.differences.rules[rule]
        if rule.startswith(f"{GATE}/"):
            return (_OF_GATE,)
        return [each for each in self.beside if each.kind in BESIDE] or (_UNEXPLAINED,)

    def causes_of_assessment(self, assessment: str) -> Sequence[Cause]:
        """Tell why an assessment may come to another level."""
        if assessment in self.differences.assessments:
            return self.differences.assessments[assessment]
        return [each for each in self.beside if each.kind in BESIDE] or (_UNEXPLAINED,)

    def idle(self) -> list[str]:
        """Give the rules that differ and come to the same for every release, sorted."""
        return sorted(self.differences.rules.keys() - self.tally.outcomes.keys())


def told_of(impact: Impact, *, is_verbose: bool = False) -> Told:
    """Tell of an impact; a few of each list, or all."""
    tally = impact.tally
    at_most = None if is_verbose else MOST
    title = f"{impact.ledger}: {counted(tally.moves.total(), 'release')}, reviewed again with other policies"
    return Told(
        title=title,
        facts=[*_facts(impact)],
        sections=_sections(impact, at_most, is_verbose=is_verbose),
        close=summary_of(tally),
    )


def summary_of(tally: Tally) -> str:
    """Give the result in a line."""
    parts = [f"{number:,} {before} to {after}" for (before, after), number in tally.transitions]
    same = ", ".join(f"{tally.unchanged(each):,} {_still(each)}" for each in Verdict if tally.unchanged(each))
    changed = ", ".join(parts) or "no verdict changes"
    return f"{changed}; {same or 'none'} as before"


def _still(verdict: Verdict) -> str:
    return "without a verdict" if verdict is Verdict.ERROR else verdict.value


def _facts(impact: Impact) -> Iterator[str]:
    if not impact.is_complete:
        yield "unfinished: the audit did not come to its end, and releases are missing"
    for name, setup in (("before", impact.before), ("now", impact.now)):
        yield f"policies {name}: {short(', '.join(setup['policies']))}"
    of_policies = [each.what for each in impact.beside if each.kind == "policy"]
    # A policy that is made in Python has no files, and nobody can tell whether it is the same.
    same = "files" if all(each[2] for each in impact.now["digests"]) else "versions"
    yield "; ".join(of_policies) if of_policies else f"the {same} of the policies are the same"
    yield f"judged as on {impact.before['today']}" + (
        f", releases as they stood on {impact.before['as_of']}" if impact.before["as_of"] else ""
    )
    for each in impact.beside:
        if each.kind in (*BESIDE, "limits"):
            yield f"differs besides: {each.what}"
    kept = impact.tally.moves.total() - impact.tally.reviewed
    if kept:
        yield f"{counted(kept, 'release')} could not be reviewed by the audit, and cannot be now: the ledger has none"


def _sections(impact: Impact, at_most: int | None, *, is_verbose: bool) -> Iterator[Section]:
    tally = impact.tally
    for (before, after), number in tally.transitions:
        entries = _making(impact, (before, after))
        yield bounded(f"{before} to {after}: {counted(number, 'release')}", entries, at_most)
    if tally.otherwise:
        title = f"blocked as before, by other rules: {counted(tally.otherwise, 'release')}"
        yield bounded(title, _making(impact, _SAME), at_most)
    if tally.levels:
        yield bounded("levels", _levels(impact), at_most)
    made = {rule for _, rule in tally.makes}
    quiet = [name for name in sorted(tally.outcomes) if name not in made]
    if quiet:
        yield bounded("rules that come to something else, and change no verdict", _quiet(impact, quiet), at_most)
    idle = impact.idle()
    if idle:
        entries = [Entry(what=short(name), notes=notes_of(impact.differences.rules[name])) for name in idle]
        yield bounded("rules that differ, and change nothing here", entries, at_most)
    if is_verbose and len(tally.kept):
        yield Section(title="every release of which something changes", entries=_releases(tally))


def _making(impact: Impact, move: Move) -> list[Entry]:
    """Give the rules that make a move, those of most releases first."""
    found = [(rule, group) for (made, rule), group in impact.tally.makes.items() if made == move]
    entries = []
    for rule, group in sorted(found, key=lambda each: (-each[1].count, each[0])):
        broke = [short(impact.tally.errors[rule])] if rule in impact.tally.errors else []
        told = [_outcomes(group.outcomes), *notes_of(impact.causes_of_rule(rule))] if rule else []
        what = short(rule) if rule else "without a review"
        notes = [*told, *broke]
        entries.append(Entry(what=what, names=group.names, count=group.count, notes=notes))
    return entries


def _outcomes(counts: Counter[Move]) -> str:
    """Tell what a rule came to and comes to, for the releases that are told of."""
    moves = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    return ", ".join(f"{moved(*move)} in {counted(number, 'release')}" for move, number in moves)


def moved(before: str, after: str) -> str:
    """Tell what a rule came to and comes to: `pass before, fail now`, `fail as before`."""
    if before == after:
        return f"{before} as before"
    return f"{_named(before)} before, {_named(after)} now"


def _named(outcome: str) -> str:
    return "not asked" if outcome == ABSENT else outcome


def notes_of(causes: Sequence[Cause]) -> list[str]:
    """Tell what differs, one clause each, with the reasons that policies give."""
    notes = [_note(each) for each in causes]
    return notes + list(dict.fromkeys(each.because for each in causes if each.because))


def _note(cause: Cause) -> str:
    if cause.kind != "condition":
        return cause.what
    before, after = (short(value_shown(each)) for each in (cause.before, cause.after))
    return f"{cause.what} was: {before}; is: {after}"


def _levels(impact: Impact) -> list[Entry]:
    return [
        Entry(
            what=f"{short(name)}: {before} to {after}",
            names=group.names,
            count=group.count,
            notes=notes_of(impact.causes_of_assessment(name)),
        )
        for (name, (before, after)), group in sorted(impact.tally.levels.items(), key=lambda each: each[0])
    ]


def _quiet(impact: Impact, names: Sequence[str]) -> list[Entry]:
    return [
        Entry(
            what=f"{short(name)}: {_outcomes(impact.tally.outcomes[name])}", notes=notes_of(impact.causes_of_rule(name))
        )
        for name in names
    ]


def _releases(tally: Tally) -> Iterator[Entry]:
    for each in tally.kept:
        same = each["before"] == each["after"]
        verdict = f"{each['before']} as before" if same else f"{each['before']} to {each['after']}"
        rules = [f"{rule['rule']}: {moved(rule['before'], rule['after'])}{_weight(rule)}" for rule in each["rules"]]
        levels = [f"{level['assessment']}: {level['before']} to {level['after']}" for level in each["levels"]]
        manifest = short(each["manifest"])
        name = f"{short(each['release'])} ({manifest})" if each["release"] else manifest
        yield Entry(what=f"{name}: {verdict}", notes=[*rules, *levels, *map(short, each["errors"])])


def _weight(rule: Mapping[str, Any]) -> str:
    """Tell whether a rule stands in the way of a release otherwise than before."""
    if rule["blocked_before"] == rule["blocks_after"]:
        return ""
    return ", and blocks" if rule["blocks_after"] else ", and blocks no longer"
