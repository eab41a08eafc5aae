"""The whole tool in one picture; read this file first.

```
document ── validate ──▶ manifest ──┬── assess ──▶ answers ──┐
                                    └──────── evaluate ◀─────┘ ──▶ results ── waive ──▶ report
```

No stage calls back. `check` reviews one manifest with it and an audit reviews many with the same
function, so the two cannot disagree.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace

from release_review.admit import PolicySet
from release_review.assess import assess, levels_of
from release_review.cel import Subject, open_engine
from release_review.errors import NothingToCheckError
from release_review.evaluate import Assessed, evaluate
from release_review.evidence import Resolved
from release_review.model import (
    DEFAULT_ENGINE,
    LIMITS,
    NOTHING_DECIDED,
    Configuration,
    Decisions,
    Document,
    Limits,
    Manifest,
    Outcome,
    PluginInfo,
    Report,
    RuleResult,
    Verdict,
    Waived,
)
from release_review.validate import validate


def review(
    document: Document,
    *,
    policies: PolicySet,
    today: dt.date,
    as_of: dt.date | None = None,
    decisions: Decisions = NOTHING_DECIDED,
    configuration: Configuration | None = None,
    engine: str = DEFAULT_ENGINE,
    plugins: tuple[PluginInfo, ...] = (),
    without_plugins: tuple[str, ...] = (),
    limits: Limits = LIMITS,
    evidence: Sequence[Resolved] | None = None,
    explain: bool = False,
) -> Report:
    """Review one manifest.

    Args:
        document: The manifest, as it was read.
        policies: What is asked and required.
        today: The day of judgement, in UTC: waivers, effective dates, reviews.
        as_of: The day whose state of the release is judged, in UTC; by default the later of `today` and the
            latest day on which a channel opens.
        decisions: What is let go for a time: waivers, a baseline.
        configuration: What the run was told, for the report.
        engine: Name of the engine that evaluates expressions.
        plugins: Third-party plugins that took part, for the report.
        without_plugins: Plugins that were left out, for the report.
        limits: Bounds on the manifest and on evaluation.
        evidence: What became of the evidence, in order, where somebody has looked already.
        explain: Whether findings say which parts of their conditions made them.

    Raises:
        ManifestError: The manifest does not fit the schema, or a path of its evidence may not be followed.
        EvaluationError: An assessment broke.
        WaiverError: A waiver names an item by its index, or two are for the same thing.
        NothingToCheckError: No rule applies.
    """
    seen = look_at(
        document, policies=policies, today=today, as_of=as_of, engine=engine, limits=limits, evidence=evidence
    )
    found = evaluate(seen, policies.rules)
    if explain:
        from release_review.why import explain_findings  # reviews by the thousand do without

        found = explain_findings(found, seen, policies.rules)
    waived = _let_go(found, decisions, policies, seen.manifest)
    results = waived.results
    return Report(
        engine=engine,
        manifest=seen.manifest,
        verdict=verdict_of(results, name=document.name),
        assessments=tuple(seen.answers.values()),
        results=results,
        policies=policies.policies,
        plugins=plugins,
        without_plugins=without_plugins,
        lapsed=waived.lapsed,
        unused=waived.unused,
        baseline=decisions.baseline,
        waivers_ignored=decisions.ignore_waivers,
        configuration=configuration,
    )


def _let_go(found: tuple[RuleResult, ...], decisions: Decisions, policies: PolicySet, manifest: Manifest) -> Waived:
    """Lay waivers over results, and then the baseline; most reviews have neither, and load the code for neither."""
    waived = Waived(results=found)
    if decisions.waivers and not decisions.ignore_waivers:
        from release_review.waive import apply_waivers

        waived = apply_waivers(found, decisions.waivers, manifest=manifest)
    results, faults = waived.results, [*waived.faults, *decisions.beside, *policies.weakened]
    if decisions.baseline is not None:
        from release_review.baseline import compare

        compared = compare(results, decisions.baseline, manifest=manifest)
        results, faults = compared.results, [*faults, *compared.faults]
    if faults:
        from release_review.gate import gate_results

        results = (*results, *gate_results(faults))
    return replace(waived, results=results)


def look_at(
    document: Document,
    *,
    policies: PolicySet,
    today: dt.date,
    as_of: dt.date | None = None,
    engine: str = DEFAULT_ENGINE,
    limits: Limits = LIMITS,
    evidence: Sequence[Resolved] | None = None,
) -> Assessed:
    """Do the first half of a review: validate the manifest and answer the questions of the policies.

    Raises:
        ManifestError: The manifest does not fit the schema, or a path of its evidence may not be followed.
        EvaluationError: An assessment broke.
    """
    manifest = validate(document, as_of=as_of, today=today, limits=limits, evidence=evidence)
    subject = Subject(manifest=manifest.data, as_of=manifest.as_of, today=manifest.today)
    session = open_engine(engine).open(subject, iterations=limits.iterations)
    answers = assess(manifest, policies.assessments, session)
    session.know(levels_of(answers))
    return Assessed(
        manifest=manifest,
        answers={each.id: each for each in answers},
        session=session,
        limits=limits,
        questions=policies.assessments,
    )


def verdict_of(results: Iterable[RuleResult], *, name: str) -> Verdict:
    """Give the verdict: error beats blocked, blocked beats pass, and a pass rests on at least one rule that applies.

    Raises:
        NothingToCheckError: No rule applies.
    """
    listed = list(results)
    if any(result.outcome is Outcome.ERROR for result in listed):
        return Verdict.ERROR
    if all(result.outcome is Outcome.NOT_APPLICABLE for result in listed if not result.of_gate):
        raise NothingToCheckError("no rule applies to this manifest", where=name, hint="select a policy that does")
    return Verdict.BLOCKED if any(result.blocks for result in listed) else Verdict.PASS
