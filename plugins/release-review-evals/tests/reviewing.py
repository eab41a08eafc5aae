"""Review a manifest whose evidence is a file, with the rules of this plugin alone."""

from __future__ import annotations

import datetime as dt
import hashlib
import importlib.util
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from release_review.admit import admit_policies
from release_review.model import Document, Outcome, Override, Policy, Report, RuleResult
from release_review.pipeline import review
from release_review_evals import release_review_policies

DATA = Path(__file__).parent / "data"
TODAY = dt.date(2026, 3, 1)
RAN = dt.date(2026, 2, 10)
COMMIT = "5f1c2e9a7b3d4c6e8f0a1b2c3d4e5f60718293a4"
RELEASE: Mapping[str, Any] = {
    "id": "example/hawthorn",
    "date": "2026-03-01",
    "artifact": [{"uri": f"hf://example/hawthorn@{COMMIT}/model.safetensors"}],
}
READABLE, MODEL, FINISHED = "evaluation-log-readable", "evaluated-model-is-released-model", "evaluation-finished"
COVERS, AGREES = "evaluation-covers-the-task", "evaluation-date-agrees"
BEFORE, BYTES = "evaluated-before-release", "evaluated-bytes-named"

needs_inspect = pytest.mark.skipif(
    importlib.util.find_spec("inspect_ai") is None,
    reason="inspect-ai is not installed; run pip install 'release-review-evals[inspect]', or make plugins",
)


def digest_of(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def results_of(folder: Path, *logs: bytes, **more: Any) -> Mapping[str, RuleResult]:
    """Give what became of each rule, by its id; the arguments are those of `report_of`."""
    report = report_of(folder, *logs, **more)
    return {result.rule.id: result for result in report.results if result.id.startswith("evals/")}


def report_of(
    folder: Path,
    *logs: bytes,
    release: Mapping[str, Any] = RELEASE,
    evidence: Mapping[str, Any] | None = None,
    params: Mapping[str, Any] | None = None,
) -> Report:
    """Review logs, each of which becomes one file of evidence with its digest.

    Args:
        folder: Where the files are written.
        logs: What the files hold.
        release: The `[release]` of the manifest.
        evidence: What else stands in each `[[evidence]]`; None for a key that does not.
        params: Parameters that an organization sets in all rules that have them.
    """
    records = []
    for number, content in enumerate(logs):
        (folder / f"log-{number}").write_bytes(content)
        record = {"id": f"e{number}", "kind": "evaluation-log", "path": f"log-{number}", "date": RAN.isoformat()}
        whole = {**record, "digest": digest_of(content), **(evidence or {})}
        records.append({key: value for key, value in whole.items() if value is not None})
    data = {"schema": "release-manifest/1", "release": dict(release), "evidence": records}
    document = Document(
        name="release.toml", content=b"", digest="", data=data, folder=folder, find_places=lambda _text: {}
    )
    (evals,) = release_review_policies()
    changes = [
        Override(
            target=f"evals/{rule.id}",
            params={name: params[name] for name in params if name in rule.params},
            because="it is a test",
        )
        for rule in evals.rules
        if params and not rule.params.keys().isdisjoint(params)
    ]
    house = Policy(id="house", title="House", version="1", extends=("evals",), overrides=tuple(changes))
    return review(document, policies=admit_policies([evals, house]), today=TODAY)


def found(results: Mapping[str, RuleResult]) -> Mapping[str, list[str]]:
    """Give the messages of all rules that did not pass, by rule."""
    return {
        name: [finding.message for finding in result.findings]
        for name, result in results.items()
        if result.outcome is not Outcome.PASS
    }


def outcomes(results: Mapping[str, RuleResult]) -> Mapping[str, str]:
    """Give the outcome of each rule that did not pass."""
    return {name: result.outcome.value for name, result in results.items() if result.outcome is not Outcome.PASS}
