"""Answers of assessments as claims: they rest on the evidence that the facts cite, and meet no requirement."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from release_review.model import AssessmentResult, ItemResult, Report
from release_review_cyclonedx.refs import Refs


def answer_claims(
    report: Report, target: str, about: Sequence[str], records: Mapping[str, str], refs: Refs
) -> Iterator[dict[str, Any]]:
    """Give each level that an assessment gives to an item; none where the level is unknown.

    Args:
        report: The report.
        target: The release that the claims are about.
        about: Pieces of evidence that every claim rests on.
        records: Those that the manifest cites, by their ids.
        refs: Names of parts.
    """
    for answer in report.assessments:
        for item in answer.items.values():
            if item.level != "unknown":
                yield {
                    "bom-ref": refs.new("answer", report.manifest.release_id, answer.id, item.key),
                    "target": target,
                    "predicate": f"{answer.assessment.title}, {item.key}: {item.level}",
                    "reasoning": _reasoning(answer, item),
                    "evidence": [*about, *_cited(item, report, records)],
                }


def _reasoning(answer: AssessmentResult, item: ItemResult) -> str:
    return f"{answer.id} is {item.level}: {item.because}"


def _cited(item: ItemResult, report: Report, records: Mapping[str, str]) -> list[str]:
    """Give the evidence that the facts cite which a level was made from, each piece once."""
    annotations = report.manifest.annotations
    found = (annotations[pointer] for pointer in item.reads if pointer in annotations)
    cited = dict.fromkeys(id_ for annotation in found for id_ in annotation.evidence)
    return [records[id_] for id_ in cited if id_ in records]
