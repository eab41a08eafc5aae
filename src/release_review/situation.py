"""What a decision was about: a digest of the values that findings rest on, so that it ends when they change."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Any

from release_review.fields import Field, Kind, manifest_fields
from release_review.fingerprint import keyed_steps, places_without_id
from release_review.model import Annotation, Assessment, Finding, LevelRead, Manifest, Param, Rule, RuleResult
from release_review.pointer import parent_of, pointer_to, steps_of, value_at

_NAMED_BY = ("/release/id", "/release/version")
"""What says, with the digests of its files, which model it is that a decision is about."""


class Situations:
    """The situations that decisions about one manifest are about."""

    def __init__(self, manifest: Manifest) -> None:
        """Look at a manifest."""
        self._manifest = manifest
        self._records = {
            record["id"]: [record, self._file(pointer_to("evidence", index, "status"))]
            for index, record in enumerate(manifest.data["evidence"])
        }
        self._annotated = sorted(manifest.annotations)
        self._facts: dict[str, str] = {}
        self._beside: dict[str, tuple[str, ...]] = {}
        self._behind: dict[str, str] = {}
        self._asked: dict[str, Any] = {}
        files = [each["digest"] or _in_order(each) for each in manifest.data["release"]["artifact"]]
        self._release = [*map(self._fact, _NAMED_BY), _in_order(files)]

    def digest(self, result: RuleResult, findings: Iterable[Finding]) -> str:
        """Give a digest of what findings of a rule rest on: facts, the evidence these cite, and what the rule asks.

        It takes in which model it is: its id, its version and the digests of its files. Behind a level of an assessment
        it is what the levels of all items were made from, and how they are made. Items go by their ids and by what the
        schema asks of each, so that a reordered manifest has the same digest; those without an id go by all that they
        say. Texts beside the values, such as notes and sources, are not part of it. A rule in Python tells what it
        has looked at only in part, so that the messages of its findings count, too.

        Args:
            result: What became of the rule: the parameters and the severity in force count.
            findings: Its findings that the decision is about.

        Returns:
            `sha256:` and the hex digest.
        """
        rule, listed, data = result.rule, list(findings), self._manifest.data
        pointers = dict.fromkeys(pointer for finding in listed for pointer in finding.basis)
        told_by = (place for finding in listed for place in self._told_by(finding.about))
        # Lists, and no tables by name: two places in the free space of an organization may have one name.
        facts = sorted(map(self._fact, self._with_what_is_beside(pointers) | dict.fromkeys(told_by)))
        levels = {
            (read.answer.id, None if read.item is None else read.item.key): read
            for finding in listed
            for read in finding.levels
        }
        found = sorted(
            _text([_name(each.about, data), each.outcome.value, each.message if rule.check else ""]) for each in listed
        )
        situation = {
            "release": self._release,
            "facts": facts,
            "levels": sorted(map(self._level, levels.values())),
            "findings": found,
            "asked": _asked(rule),
            "severity": result.severity.value,
        }
        return _digest(situation)

    def _level(self, read: LevelRead) -> str:
        """Give a level, how it is come to, and a digest of what it was made from."""
        answer, item = read.answer, read.item
        if answer.id not in self._asked:
            self._asked[answer.id] = _question(answer.assessment)
        if item is None:
            if answer.id not in self._behind:
                self._behind[answer.id] = self._digest_of(answer.basis)
            return _text([answer.id, self._asked[answer.id], answer.level, self._behind[answer.id]])
        made_from = self._digest_of(item.reads or (item.pointer,))
        name = _name(item.pointer, self._manifest.data)
        return _text([answer.id, self._asked[answer.id], name, item.level, made_from])

    def _digest_of(self, pointers: Iterable[str]) -> str:
        return _digest(sorted(map(self._fact, self._with_what_is_beside(pointers))))

    def _with_what_is_beside(self, pointers: Iterable[str]) -> dict[str, None]:
        found = dict.fromkeys(pointers)
        return found | dict.fromkeys(each for pointer in found for each in self._told_by(pointer))

    def _told_by(self, pointer: str) -> tuple[str, ...]:
        """Give what else counts at a place: what tells the items on the way to it, and what is computed from it."""
        known = self._beside.get(pointer)
        if known is None:
            known = (*places_without_id(pointer, self._manifest.data), *_by_the_schema(pointer))
            self._beside[pointer] = known
        return known

    def _fact(self, pointer: str) -> str:
        known = self._facts.get(pointer)
        if known is None:
            data = self._manifest.data
            known = _text([_name(pointer, data), _in_order(value_at(data, pointer)), self._cited(pointer)])
            self._facts[pointer] = known
        return known

    def _file(self, pointer: str) -> str:
        """Give the digest of the file of a record of evidence, by the pointer of its status."""
        annotation = self._manifest.annotations.get(pointer)
        return annotation.file if annotation is not None else ""

    def _cited(self, pointer: str) -> list[dict[str, Any]]:
        """Give what stands beside a value, and beside all values in it: evidence, and what other sources say."""
        annotations = self._manifest.annotations
        found = [
            {
                "place": _name(place, self._manifest.data),
                "evidence": _in_order([self._records.get(name) for name in _evidence_of(annotation)]),
                "stated": _stated(annotation),
                "file": annotation.file,
            }
            for place in (pointer, *_below(pointer, self._annotated))
            if (annotation := annotations.get(place))
            and (annotation.evidence or annotation.conflicts or annotation.file)
        ]
        return sorted(found, key=_text)


def digest_of_situation(result: RuleResult, findings: Iterable[Finding], manifest: Manifest) -> str:
    """Give the digest of one situation; see `Situations.digest`."""
    return Situations(manifest).digest(result, findings)


def digest_of_item(pointer: str, manifest: Manifest) -> str:
    """Give a digest of what the items without an id say that a place lies in; empty where each has an id."""
    places = places_without_id(pointer, manifest.data)
    if not places:
        return ""
    said = [_in_order(value_at(manifest.data, place)) for place in places]
    return _digest(said)


def _by_the_schema(pointer: str) -> Iterator[str]:
    """Give the fields that the schema asks of each item on the way to a place, and those computed from the place.

    An id is a name that an author gives: an item with the id of another and another `kind` or `vector` is none of it.
    """
    described: Field | None = manifest_fields()
    at = ""
    for step in steps_of(pointer):
        if described is None:
            return
        at += pointer_to(step)
        if described.kind is Kind.TABLE:
            derived = (name for name, field in described.derived.items() if step in field.reads)
            yield from (parent_of(at) + pointer_to(name) for name in derived)
            described = described.fields.get(step)
        else:
            described = described.item
            asked = described.required - {"id"} if described is not None else ()
            yield from (at + pointer_to(name) for name in sorted(asked))


def _evidence_of(annotation: Annotation) -> Sequence[str]:
    """Give the ids of all evidence beside a value, for it or for what conflicts with it."""
    others = (each for conflict in annotation.conflicts for each in conflict.get("evidence", ()))
    return [*annotation.evidence, *others]


def _name(pointer: str, data: Any) -> list[str]:
    """Name a place without the index of any item: what has no id is told by what it says."""
    unnamed = {len(steps_of(each)) for each in places_without_id(pointer, data)}
    return ["" if number in unnamed else step for number, step in enumerate(keyed_steps(pointer, data), 1)]


def _stated(annotation: Annotation) -> list[Any]:
    """Give all values that are stated where sources contradict each other: the fact itself is unknown there."""
    if not annotation.conflicts:
        return []
    return [annotation.value, _in_order([conflict.get("value") for conflict in annotation.conflicts])]


def _below(pointer: str, annotated: Sequence[str]) -> Iterator[str]:
    start = f"{pointer}/"
    first = bisect_left(annotated, start)
    return takewhile(lambda each: each.startswith(start), (annotated[at] for at in range(first, len(annotated))))


def _asked(rule: Rule) -> dict[str, Any]:
    """Give what a rule asks, because a decision to go on despite one requirement is none about another."""
    asked = {"given": rule.given, "when": rule.when.strip(), "assert": (rule.assertion or "").strip()}
    return {**asked, "params": _values(rule.params)}


def _question(assessment: Assessment) -> dict[str, Any]:
    """Give how the levels of an assessment are come to, without its words for people."""
    plain = ("over", "none", "empty", "default", "overall", "scale")
    return {
        **{name: getattr(assessment, name) for name in plain},
        "counts": assessment.counts.strip(),
        "levels": [[level.name, level.when.strip()] for level in assessment.levels],
        "params": _values(assessment.params),
    }


def _values(params: Mapping[str, Any]) -> dict[str, Any]:
    return {name: each.value if isinstance(each, Param) else each for name, each in params.items()}


def _in_order(value: Any) -> Any:
    """Give a value with all its lists sorted: the order of a list means nothing in a manifest."""
    if isinstance(value, Mapping):
        return {key: _in_order(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return sorted((_in_order(each) for each in value), key=_text)
    return value


def _digest(value: Any) -> str:
    return f"sha256:{hashlib.sha256(_text(value).encode()).hexdigest()}"


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=_day)


def _day(value: object) -> str:
    """Write what JSON has no form for."""
    if isinstance(value, dt.date):  # an instant is one, too
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is no value of a manifest")
