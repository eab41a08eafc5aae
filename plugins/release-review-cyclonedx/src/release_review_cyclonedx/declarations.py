"""Declarations: what each rule came to, as a claim about the release, with what speaks for it.

CycloneDX has no word for "unknown" or "does not apply". So that nobody takes either for conformance, a rule that was
not met, could not be decided or broke has a counter-claim, and only a rule that passed has a claim and a score of 1. A
rule that does not apply has neither, and no score.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from release_review.model import Outcome, Report, RuleResult
from release_review.summary import PROGRAM, UNMET, findings_of, known, waived
from release_review_cyclonedx.answers import answer_claims
from release_review_cyclonedx.evidence import (
    baseline_evidence,
    finding_evidence,
    manifest_evidence,
    record_evidence,
    waiver_evidence,
)
from release_review_cyclonedx.identity import target_of
from release_review_cyclonedx.refs import Refs
from release_review_cyclonedx.values import listed
from release_review_cyclonedx.wording import DOUBTS, PREDICATES, SCORES, rationale_of, summary_of


class Declarations:
    """The declarations about all releases of a run."""

    def __init__(self, refs: Refs) -> None:
        self._refs = refs
        self._assessor = refs.new("assessor", PROGRAM)
        self._targets: list[dict[str, Any]] = []
        self._attestations: list[dict[str, Any]] = []
        self._claims: list[dict[str, Any]] = []
        self._evidence: list[dict[str, Any]] = []

    def add(self, report: Report, requirements: Mapping[str, str]) -> None:
        """Add what a report says of its release.

        Args:
            report: The report.
            requirements: Names of the requirements, by the ids of the rules.
        """
        manifest = report.manifest
        target = self._kept(self._targets, target_of(manifest, self._refs))
        about = self._kept(self._evidence, manifest_evidence(manifest, self._refs))
        records = {id_: self._kept(self._evidence, made) for id_, made in record_evidence(manifest, self._refs)}
        lifts = self._lifts(report)
        entries: dict[str, list[dict[str, Any]]] = {}
        for result in report.results:
            entry = self._entry(result, report, target, about, lifts)
            entries.setdefault(result.id.partition("/")[0], []).append(
                {"requirement": requirements[result.id], **entry}
            )
        for owner, mapped in entries.items():
            self._attestations.append({"summary": summary_of(owner, report), "assessor": self._assessor, "map": mapped})
        self._claims += answer_claims(report, target, [about], records, self._refs)

    def as_data(self) -> dict[str, Any]:
        """Give all of them; nothing where nothing was reviewed."""
        if not self._targets:
            return {}
        return {
            "declarations": {
                "assessors": [{"bom-ref": self._assessor, "organization": {"name": f"{PROGRAM}, a program"}}],
                "attestations": self._attestations,
                "claims": self._claims,
                "evidence": self._evidence,
                "targets": {"components": self._targets},
            }
        }

    @staticmethod
    def _kept(parts: list[dict[str, Any]], part: dict[str, Any]) -> str:
        parts.append(part)
        return str(part["bom-ref"])

    def _lifts(self, report: Report) -> Mapping[str, list[str]]:
        """Give the decisions that lift something of a rule, by its id, as pieces of evidence."""
        of_waiver: dict[str, str] = {}
        found: dict[str, list[str]] = {}
        for result, waiver in waived(report):
            if waiver.id not in of_waiver:
                of_waiver[waiver.id] = self._kept(self._evidence, waiver_evidence(waiver, report, self._refs))
            found.setdefault(result.id, []).append(of_waiver[waiver.id])
        listed_there = known(report)
        if report.baseline is not None and listed_there:
            baseline = self._kept(self._evidence, baseline_evidence(report.baseline, report, self._refs))
            for result, _ in listed_there:
                found.setdefault(result.id, []).append(baseline)
        return found

    def _entry(
        self, result: RuleResult, report: Report, target: str, about: str, lifts: Mapping[str, list[str]]
    ) -> dict[str, Any]:
        """Give what is mapped to the requirement of a rule."""
        rationale = rationale_of(result, report)
        if result.outcome is Outcome.NOT_APPLICABLE:
            return {"conformance": {"rationale": rationale}}
        findings = [
            self._kept(self._evidence, finding_evidence(finding, result, report, self._refs))
            for finding in findings_of(result)
        ]
        strategies = lifts.get(result.id, [])
        claim = self._kept(
            self._claims,
            {
                "bom-ref": self._refs.new("claim", report.manifest.release_id, result.id),
                "target": target,
                "predicate": PREDICATES[result.outcome].format(result.rule.summary),
                **listed("mitigationStrategies", strategies),
                "reasoning": rationale,
                "evidence": [about, *findings],
            },
        )
        score = {"score": SCORES[result.outcome]} if result.outcome in SCORES else {}
        doubt = {} if score else {"confidence": {"score": 0, "rationale": DOUBTS[result.outcome]}}
        return {
            "counterClaims" if result.outcome in UNMET else "claims": [claim],
            "conformance": {**score, "rationale": rationale, **listed("mitigationStrategies", strategies)},
            **doubt,
        }
