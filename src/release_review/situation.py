"""What a decision was about: a digest of the values that findings rest on, so that it ends when they change."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Any

from release_review.fingerprint import keyed_steps, places_without_id
from release_review.model import Annotation, Finding, Manifest, Param, Rule
from release_review.pointer import steps_of, value_at


class Situations:
    """The situations that decisions about one manifest are about."""

    def __init__(self, manifest: Manifest) -> None:
        """Look at a manifest."""
        self._manifest = manifest
        self._records = {record["id"]: record for record in manifest.data["evidence"]}
        self._annotated = sorted(manifest.annotations)
        self._facts: dict[str, str] = {}

    def digest(self, rule: Rule, findings: Iterable[Finding]) -> str:
        """Give a digest of what findings of a rule rest on: facts, the evidence these cite, and what the rule asks.

        Items go by their ids, so that a reordered manifest has the same digest; those without an id go by all that
        they say. Texts beside the values, such as notes and sources, are not part of it. A rule in Python tells what it
        has looked at only in part, so that the messages of its findings count, too.

        Args:
            rule: The rule, with the parameters in force.
            findings: Its findings that the decision is about.

        Returns:
            `sha256:` and the hex digest.
        """
        listed = list(findings)
        data = self._manifest.data
        pointers = dict.fromkeys(
            pointer for finding in listed for pointer in (*finding.basis, *places_without_id(finding.about, data))
        )
        # Lists, and no tables by name: two places in the free space of an organization may have one name.
        facts = sorted(self._fact(pointer) for pointer in pointers)
        found = sorted(
            _text([_name(each.about, data), each.outcome.value, each.message if rule.check else ""]) for each in listed
        )
        situation = {"facts": facts, "findings": found, "asked": _asked(rule)}
        return f"sha256:{hashlib.sha256(_text(situation).encode()).hexdigest()}"

    def _fact(self, pointer: str) -> str:
        known = self._facts.get(pointer)
        if known is None:
            data = self._manifest.data
            known = _text([_name(pointer, data), _in_order(value_at(data, pointer)), self._cited(pointer)])
            self._facts[pointer] = known
        return known

    def _cited(self, pointer: str) -> list[dict[str, Any]]:
        """Give what stands beside a value, and beside all values in it: evidence, and what other sources say."""
        annotations = self._manifest.annotations
        found = [
            {
                "place": _name(place, self._manifest.data),
                "evidence": _in_order([self._records.get(name) for name in annotation.evidence]),
                "stated": _stated(annotation),
            }
            for place in (pointer, *_below(pointer, self._annotated))
            if (annotation := annotations.get(place)) and (annotation.evidence or annotation.conflicts)
        ]
        return sorted(found, key=_text)


def digest_of_situation(rule: Rule, findings: Iterable[Finding], manifest: Manifest) -> str:
    """Give the digest of one situation; see `Situations.digest`."""
    return Situations(manifest).digest(rule, findings)


def digest_of_item(pointer: str, manifest: Manifest) -> str:
    """Give a digest of what the items without an id say that a place lies in; empty where each has an id."""
    places = places_without_id(pointer, manifest.data)
    if not places:
        return ""
    said = [_in_order(value_at(manifest.data, place)) for place in places]
    return f"sha256:{hashlib.sha256(_text(said).encode()).hexdigest()}"


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
    params = {name: each.value if isinstance(each, Param) else each for name, each in rule.params.items()}
    return {"given": rule.given, "when": rule.when.strip(), "assert": (rule.assertion or "").strip(), "params": params}


def _in_order(value: Any) -> Any:
    """Give a value with all its lists sorted: the order of a list means nothing in a manifest."""
    if isinstance(value, Mapping):
        return {key: _in_order(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return sorted((_in_order(each) for each in value), key=_text)
    return value


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=_day)


def _day(value: object) -> str:
    """Write what JSON has no form for."""
    if isinstance(value, dt.date):  # an instant is one, too
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is no value of a manifest")
