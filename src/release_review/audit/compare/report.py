"""How one audit differs from another, as people read it, and as JSON."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from release_review.audit.compare.causes import Cause, Differences, differences_of
from release_review.audit.compare.facts import fact_shown
from release_review.audit.compare.json_ import document
from release_review.audit.compare.parts import Entry, Section, Told, bounded, short
from release_review.audit.compare.setup import policies_named, setup_causes
from release_review.audit.compare.tally import Comparison, Side
from release_review.audit.impact.report import MOST, moved, notes_of
from release_review.audit.impact.tally import Group
from release_review.audit.ledger import Counts
from release_review.reporters.layout import counted
from release_review.summary import PROGRAM
from release_review.version import __version__

SCHEMA = "audit-diff/1"
"""Name and version of the shape; a change that would break a reader raises the number."""

_MOST_NOTES = 8
"""What is told of one release where nobody asks for all."""


def told_of(compared: Comparison, *, is_verbose: bool = False) -> Told:
    """Tell how two ledgers differ; a few of each list, or all."""
    first, second = compared.sides
    return Told(
        title=f"{second.name}, compared with {first.name}",
        facts=[*_facts(compared)],
        sections=_sections(compared, None if is_verbose else MOST),
        close=summary_of(compared),
    )


def summary_of(compared: Comparison) -> str:
    """Give the result in a line."""
    differing = counted(compared.differing, "release")
    return (
        f"{differing} {'differs' if compared.differing == 1 else 'differ'}, {compared.same:,} the same, "
        f"{compared.added.count:,} added, {compared.gone.count:,} gone"
    )


def differences(compared: Comparison) -> Differences:
    """Give how what was asked and required differs."""
    first, second = compared.sides
    return differences_of(first.definitions, second.definitions)


def told_otherwise(compared: Comparison) -> list[Cause]:
    """Give how what the two audits were told differs."""
    first, second = compared.sides
    causes = list(setup_causes(first.setup, second.setup))
    if first.corpus != second.corpus:
        before, after = (_corpus(each) for each in (first, second))
        causes.append(Cause(kind="corpus", what=f"read: {before} to {after}", before=before, after=after))
    return causes


def as_json(compared: Comparison) -> Iterator[str]:
    """Give a comparison as a JSON document, piece by piece."""
    told = differences(compared)
    head = {
        "schema": SCHEMA,
        "tool": {"name": PROGRAM, "version": __version__},
        "ledgers": [_ledger(each) for each in compared.sides],
        "told": [each.as_data() for each in told_otherwise(compared)],
        "counts": {
            "same": compared.same,
            "differing": compared.differing,
            "added": compared.added.count,
            "gone": compared.gone.count,
            **{f"differing_{part}": number for part, number in sorted(compared.parts.items())},
            "facts_not_compared": compared.uncompared,
        },
        "verdicts": [_moved({}, move, group) for move, group in sorted(compared.verdicts.items(), key=_key)],
        "levels": [
            _moved({"assessment": name}, move, group)
            for (name, move), group in sorted(compared.levels.items(), key=_key)
        ],
        "rules": [
            _moved({"rule": name}, move, group) for (name, move), group in sorted(compared.rules.items(), key=_key)
        ],
        "facts": [{"fact": name, "releases": group.count} for name, group in sorted(compared.facts.items(), key=_key)],
        "definitions": {
            "rules": {name: [each.as_data() for each in causes] for name, causes in told.rules.items()},
            "assessments": {name: [each.as_data() for each in causes] for name, causes in told.assessments.items()},
        },
        "repeated": [
            {"release": name, "before": before, "after": after} for name, (before, after) in compared.repeated.items()
        ],
    }
    return document(head, "releases", compared.kept)


def _key(item: tuple[Any, Group]) -> Any:
    return item[0]


def _ledger(side: Side) -> dict[str, Any]:
    setup, counts = side.setup, side.counts
    return {
        "name": side.name,
        "complete": side.is_complete,
        "tool": setup["tool"],
        "today": setup["today"],
        "as_of": setup["as_of"],
        "policies": policies_named(setup),
        "counts": {"pass": counts.passed, "blocked": counts.blocked, "error": counts.errors},
    }


def _moved(named: Mapping[str, str], move: tuple[str, str], group: Group) -> dict[str, Any]:
    return {**named, "before": move[0], "after": move[1], "releases": group.count}


def _corpus(side: Side) -> str:
    return short(", ".join(f"{name}={path}" if name else path for name, path in _pairs(side.corpus["named"])))


def _pairs(named: Iterable[Sequence[str]]) -> Iterator[tuple[str, str]]:
    return ((each[0], each[1]) for each in named)


def _facts(compared: Comparison) -> Iterator[str]:
    for side in compared.sides:
        name = short(side.name)
        yield f"{name}: {counted(side.counts.found, 'release')}, {_verdicts(side.counts)}"
        if not side.is_complete:
            yield f"{name} is unfinished: its audit did not come to its end, and what is missing in it is not gone"
    for each in told_otherwise(compared):
        yield each.what
    if compared.uncompared:
        yield f"some facts of {counted(compared.uncompared, 'release')} are not compared: there are too many"


def _verdicts(counts: Counts) -> str:
    return f"{counts.passed:,} pass, {counts.blocked:,} blocked, {counts.errors:,} without a verdict"


def _sections(compared: Comparison, at_most: int | None) -> Iterator[Section]:
    told = differences(compared)
    if compared.verdicts:
        entries = [_entry(f"{before} to {after}", group) for (before, after), group in _most(compared.verdicts)]
        yield bounded("verdicts", entries, at_most)
    if compared.levels:
        entries = [
            _entry(f"{short(name)}: {short(before)} to {short(after)}", group, told.assessments.get(name, ()))
            for (name, (before, after)), group in _most(compared.levels)
        ]
        yield bounded("levels", entries, at_most)
    if compared.rules:
        entries = [
            _entry(f"{short(name)}: {moved(before, after)}", group, told.rules.get(name, ()))
            for (name, (before, after)), group in _most(compared.rules)
        ]
        yield bounded("rules", entries, at_most)
    if compared.facts:
        yield bounded("facts", [_entry(short(name), group) for name, group in _most(compared.facts)], at_most)
    if compared.added.count or compared.gone.count:
        alone = (("added", compared.added), ("gone", compared.gone))
        yield Section(
            title="in one of them only", entries=[_entry(word, group) for word, group in alone if group.count]
        )
    if compared.repeated:
        entries = [
            Entry(what=f"{short(name)}: {before} before, {after} now")
            for name, (before, after) in compared.repeated.items()
        ]
        yield bounded("described more than once", entries, at_most)
    if compared.differing or at_most is None:
        yield from _each(compared, at_most)


def _entry(what: str, group: Group, causes: Sequence[Cause] = ()) -> Entry:
    return Entry(what=what, names=group.names, count=group.count, notes=notes_of(causes))


def _most(groups: Mapping[Any, Group]) -> list[tuple[Any, Group]]:
    """Give those of most releases first."""
    return sorted(groups.items(), key=lambda each: (-each[1].count, each[0]))


def _each(compared: Comparison, at_most: int | None) -> Iterator[Section]:
    differing = (each for each in compared.kept if at_most is None or each["what"] == "differs")
    total = len(compared.kept) if at_most is None else compared.differing
    if total:
        entries = (_release(each, at_most) for each in itertools.islice(differing, at_most))
        more = 0 if at_most is None else max(total - at_most, 0)
        yield Section(title="release by release", entries=entries, more=more)


def _release(record: Mapping[str, Any], at_most: int | None) -> Entry:
    manifest = short(record["manifest"])
    name = f"{short(record['release'])} ({manifest})" if record["release"] else manifest
    if record["what"] != "differs":
        return Entry(what=f"{name}: {record['what']}, {record['verdict']}")
    notes = [*_notes(record)]
    if at_most is not None and len(notes) > _MOST_NOTES:
        notes = [*notes[:_MOST_NOTES], f"and {len(notes) - _MOST_NOTES:,} more"]
    return Entry(what=name, notes=notes)


def _notes(record: Mapping[str, Any]) -> Iterator[str]:
    if record["verdict"]:
        yield f"{record['verdict']['before']} to {record['verdict']['after']}"
    if record["errors"]:
        for word in ("before", "after"):
            yield from (f"{'now' if word == 'after' else word}: {short(each)}" for each in record["errors"][word])
    for each in record["levels"]:
        yield f"{short(each['assessment'])}: {short(each['before'])} to {short(each['after'])}"
    for each in record["rules"]:
        yield f"{short(each['rule'])}: {moved(each['before'], each['after'])}"
    for each in record["facts"]:
        before, after = (short(fact_shown(each[key])) for key in ("before", "after"))
        yield f"{short(each['name'])}: {before} to {after}"
