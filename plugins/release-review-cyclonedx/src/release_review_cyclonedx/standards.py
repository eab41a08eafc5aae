"""Policies as standards, and their rules as requirements; what two reports share stands there once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from release_review.model import Policy, Report, Rule
from release_review.summary import PROGRAM
from release_review_cyclonedx.refs import Refs
from release_review_cyclonedx.values import listed, property_of, reference_to


class Standards:
    """The policies of a run and the rules that were asked.

    Attributes:
        listed: The standards, policies of the first report first.
    """

    def __init__(self, refs: Refs) -> None:
        self._refs = refs
        self._standards: dict[str, dict[str, Any]] = {}
        self._requirements: dict[tuple[str, str], str] = {}
        self.listed: list[dict[str, Any]] = []

    def add(self, report: Report) -> Mapping[str, str]:
        """Add the policies and rules of a report; give the name of each requirement by the id of its rule."""
        standards = {policy.id: self._standard(policy.id, policy) for policy in report.policies}
        named = {}
        for result in report.results:
            owner, _, name = result.id.partition("/")
            if owner not in standards:
                standards[owner] = self._standard(owner, None)
            named[result.id] = self._requirement(standards[owner], result.id, name, result.rule)
        return named

    def _standard(self, id_: str, policy: Policy | None) -> dict[str, Any]:
        body = _standard(id_, policy)
        key = _key(body)
        if key not in self._standards:
            self._standards[key] = {"bom-ref": self._refs.new("policy", id_), **body}
            self.listed.append(self._standards[key])
        return self._standards[key]

    def _requirement(self, standard: dict[str, Any], id_: str, name: str, rule: Rule) -> str:
        body = _requirement(name, rule)
        key = (standard["bom-ref"], _key(body))
        if key not in self._requirements:
            self._requirements[key] = self._refs.new("rule", id_)
            standard.setdefault("requirements", []).append({"bom-ref": self._requirements[key], **body})
        return self._requirements[key]


def _standard(id_: str, policy: Policy | None) -> dict[str, Any]:
    if policy is None:
        # The rules of the gate belong to no policy that anybody could choose.
        return {"name": id_, "description": f"Rules that {PROGRAM} brings itself."}
    extends = f", which extends {', '.join(policy.extends)}" if policy.extends else ""
    address = f"urn:{PROGRAM}:policy:{policy.id}:{policy.version}"
    reference = reference_to("other", address, "the files of the policy", policy.digest)
    return {
        "name": policy.title,
        "version": policy.version,
        "description": f"Policy {policy.id} of {PROGRAM}{extends}.",
        **listed("externalReferences", [each for each in reference if "hashes" in each]),
    }


def _requirement(name: str, rule: Rule) -> dict[str, Any]:
    told = {"Why: ": rule.rationale, "How to meet it: ": rule.remediation}
    references = [reference_to("documentation", each.url, each.title) for each in rule.references]
    return {
        "identifier": name,
        "text": rule.summary,
        **listed("descriptions", [f"{head}{text}" for head, text in told.items() if text]),
        "properties": [*_terms(rule), *_unlinked(rule)],
        **listed("externalReferences", [each for found in references for each in found]),
    }


def _terms(rule: Rule) -> Iterable[dict[str, str]]:
    yield property_of("severity", rule.severity.value)
    if rule.effective is not None:
        yield property_of("effective", rule.effective.isoformat())
    yield property_of("waivable-days", "none" if rule.waivable is None else str(rule.waivable))


def _unlinked(rule: Rule) -> Iterable[dict[str, str]]:
    """Give the references of a rule that have no address that may be followed."""
    for each in rule.references:
        if not reference_to("documentation", each.url, each.title):
            yield property_of("reference", f"{each.title} {each.url}".strip())


def _key(body: Mapping[str, Any]) -> str:
    return json.dumps(body, sort_keys=True)
