"""The facts behind a level or a finding: where they stand, and which of them are not known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from release_review.cel import Read
from release_review.fields import EVIDENCE_OF
from release_review.model import AssessmentResult, ItemResult, Manifest
from release_review.pointer import expand, parent_of, pointer_to, steps_of, value_at

Answers = Mapping[str, AssessmentResult]
"""The assessments that are made, by qualified id."""


def facts_read(manifest: Manifest, reads: Iterable[Read], this: str, answers: Answers) -> tuple[str, ...]:
    """Give the pointers of the facts that an expression about the item at `this` looks at, each once."""
    return tuple(dict.fromkeys(_read(manifest, reads, this, answers, undecided=False)))


def facts_missing(manifest: Manifest, reads: Iterable[Read], this: str, answers: Answers) -> tuple[str, ...]:
    """Give the pointers of those among them that are not known."""
    return tuple(dict.fromkeys(_read(manifest, reads, this, answers, undecided=True)))


def item_key(item: Any, pointer: str) -> str:
    """Give how an item of a list is called: its id, else its pointer."""
    name = item.get("id") if isinstance(item, Mapping) else None
    return name if isinstance(name, str) else pointer


def _read(manifest: Manifest, reads: Iterable[Read], this: str, answers: Answers, *, undecided: bool) -> Iterator[str]:
    for read in reads:
        pattern = (this if read.root == "this" else "") + read.pattern
        if read.assessment:
            yield from _through_assessment(manifest, read, pattern, answers, undecided=undecided)
        elif read.cited and undecided:
            for pointer, _ in expand(manifest.data, pattern):
                yield from _open_in_evidence(manifest, pointer, read.cited)
        elif not undecided or read.unknown:
            for pointer, value in expand(manifest.data, pattern):
                if not undecided or _is_open(value):
                    yield from _stated_for(manifest, pointer, read.via, undecided=undecided)


def _open_in_evidence(manifest: Manifest, fact: str, name: str) -> Iterator[str]:
    """Give the places of a field of the evidence that a fact cites, where the field is not known."""
    *table, field = steps_of(fact)
    cited = value_at(manifest.data, pointer_to(*table, EVIDENCE_OF, field))
    for index, record in enumerate(manifest.data["evidence"]):
        if record in cited and _is_open(record[name]):
            yield pointer_to("evidence", index, name)


def _is_open(value: Any) -> bool:
    return value is None or value == "unknown"


def _stated_for(manifest: Manifest, pointer: str, via: tuple[str, ...], *, undecided: bool) -> Iterator[str]:
    """Give the place of a fact: its own, or those of the fields that a derived one is computed from."""
    beside = [parent_of(pointer) + pointer_to(name) for name in via] or [pointer]
    if undecided:
        beside = [each for each in beside if _is_open(value_at(manifest.data, each))] or beside
    yield from beside


def _through_assessment(
    manifest: Manifest, read: Read, pattern: str, answers: Answers, *, undecided: bool
) -> Iterator[str]:
    answer = answers[read.assessment]
    items = _items_read(manifest, read, pattern, answer)
    if not items and read.whole:
        yield "/" + steps_of(answer.assessment.over)[0]
    for item in items:
        if not undecided:
            yield from item.reads
        elif item.level == "unknown":
            yield from item.undecided or (item.pointer,)


def _items_read(manifest: Manifest, read: Read, pattern: str, answer: AssessmentResult) -> list[ItemResult]:
    """Give the items whose level is read: those that decide the whole, or the one that is named."""
    if not read.whole:
        keys = [item_key(item, pointer) for pointer, item in expand(manifest.data, pattern)]
        return [answer.items[key] for key in keys if key in answer.items]
    if answer.level == "unknown":
        return [item for item in answer.items.values() if item.level == "unknown"]
    return list(answer.items.values()) if answer.decided_by is None else [answer.items[answer.decided_by]]


def reasons_open(manifest: Manifest, reads: Iterable[Read], this: str, answers: Answers) -> tuple[str, ...]:
    """Give the reasons of the levels that are read and are unknown, each once."""
    reasons = []
    for read in reads:
        if read.assessment:
            pattern = (this if read.root == "this" else "") + read.pattern
            answer = answers[read.assessment]
            items = _items_read(manifest, read, pattern, answer)
            reasons += [item.because for item in items if item.level == "unknown"]
            if read.whole and not items and answer.level == "unknown":
                reasons.append(answer.because)
    return tuple(dict.fromkeys(reasons))
