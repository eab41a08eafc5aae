"""The rules as a policy has them: what each requires, why, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from release_review.model import Accepted, Case, Param, Reference, Rule, Severity
from release_review_evals.checks import (
    check_before_release,
    check_bytes,
    check_date,
    check_finished,
    check_model,
    check_readable,
    check_whole,
)

WHEN = 'manifest.evidence.exists(record, record.kind == "evaluation-log" && record.status != "cited")'
"""A log that is only cited is not here to be read; one whose file is missing should be."""

LONGEST_MARGIN_DAYS = 31
"""The widest margin between two days that an organization may set: a month, for evidence dated by the month."""

ALIASES = Param(
    type="strings",
    value=(),
    description="Other names of a release in logs, each as `RELEASE=NAME`: `acme/hawthorn=hawthorn:7b`.",
)
COMPARISONS = Param(
    type="strings",
    value=(),
    description="Models that logs may be of besides the release, as something to compare it with.",
)
DAYS = Param(
    type="integer",
    value=1,
    minimum=0,
    maximum=LONGEST_MARGIN_DAYS,
    stricter="lower",
    description="Days by which two dates may differ; one makes up for time zones.",
)

INSPECT_LOGS = Reference(title="Inspect, Eval Logs", url="https://inspect.aisi.org.uk/eval-logs.html")
HARNESS_RESULTS = Reference(
    title="EleutherAI/lm-evaluation-harness, Interface",
    url="https://github.com/EleutherAI/lm-evaluation-harness/blob/main/docs/interface.md",
)
FRAMEWORK = Reference(title="Kapoor et al. 2024, section 5.1", url="https://arxiv.org/abs/2403.07918")

_CITED_ONLY = Case(name="the log is only cited", expect="not-applicable")
_REPORT = Case(
    name="a missing file of another kind",
    expect="not-applicable",
    set={"/evidence/0": {"id": "report", "kind": "evaluation-report"}},
)
_MISSING: Mapping[str, Any] = {"/evidence/0": {"id": "log", "kind": "evaluation-log"}}
_UNREAD = (
    _CITED_ONLY,
    _REPORT,
    Case(name="the log is missing", expect="unknown", set=_MISSING),
    Case(
        name="a missing file that may be a log or not",
        expect="unknown",
        set={"/evidence/0": {"id": "log", "kind": "unknown"}},
    ),
)
"""What a case can show without a file; what needs one is in the tests of this plugin."""

_BECAUSE = "a log is a file, and a case has none: the tests of release-review-evals prove it on real logs"
_NO_PASS = Accepted(lint="no-passing-case", because=_BECAUSE)
_NO_FAIL = Accepted(lint="no-failing-case", because=_BECAUSE)

RULES = (
    Rule(
        id="evaluation-log-readable",
        summary="Each evaluation log that is a file can be read.",
        when=WHEN,
        check=check_readable,
        rationale="A file that no tool can read shows nothing, whatever the manifest says it shows.",
        remediation=(
            "Put the log itself beside the manifest, as the tool wrote it: the `.eval` or `.json` of Inspect, or the "
            "`results_*.json` of lm-evaluation-harness. Any other report has another `kind`."
        ),
        references=(INSPECT_LOGS, HARNESS_RESULTS),
        cases=(*_UNREAD[:2], Case(name="the log is missing", expect="fail", set=_MISSING), *_UNREAD[3:]),
        accepted=(_NO_PASS,),
    ),
    Rule(
        id="evaluated-model-is-released-model",
        summary="Each evaluation log is of the model that is released.",
        when=WHEN,
        check=check_model,
        rationale=(
            "What was measured on another model, be it the base model, an earlier version or a stand-in for tests, "
            "says nothing about this one until somebody shows that it carries over."
        ),
        remediation=(
            "Evaluate the release, and cite that log. If the log calls the release by another name, have the policy "
            "set `aliases`; if it is there to compare with, `comparisons`."
        ),
        references=(FRAMEWORK, INSPECT_LOGS, HARNESS_RESULTS),
        params={"aliases": ALIASES, "comparisons": COMPARISONS},
        cases=_UNREAD,
        accepted=(_NO_PASS, _NO_FAIL),
    ),
    Rule(
        id="evaluation-finished",
        summary="Each evaluation ran to its end, and every sample of it has a score.",
        when=WHEN,
        check=check_finished,
        rationale="The samples that break a run are seldom the easy ones, so a score without them is another score.",
        remediation="Repeat the evaluation, as with `inspect eval-retry`, and cite the log of the run that succeeded.",
        references=(INSPECT_LOGS, HARNESS_RESULTS),
        cases=_UNREAD,
        accepted=(_NO_PASS, _NO_FAIL),
    ),
    Rule(
        id="evaluation-covers-the-task",
        summary="Each evaluation covers all samples of its task.",
        severity=Severity.WARNING,
        when=WHEN,
        check=check_whole,
        rationale="A limit is for trying things out; the score of the first samples is not the score of the task.",
        remediation="Evaluate without `--limit`, or say in the assessment why a part is enough, and waive this rule.",
        references=(INSPECT_LOGS, HARNESS_RESULTS),
        cases=_UNREAD,
        accepted=(_NO_PASS, _NO_FAIL),
    ),
    Rule(
        id="evaluation-date-agrees",
        summary="The date of each evaluation log is the day on which the evaluation ran.",
        severity=Severity.WARNING,
        when=WHEN,
        check=check_date,
        rationale="Whether evidence is older than the release, or too old, is judged by the date in the manifest.",
        remediation="Set `date` of the evidence to the day that the log states.",
        references=(INSPECT_LOGS, HARNESS_RESULTS),
        params={"days": DAYS},
        cases=_UNREAD,
        accepted=(_NO_PASS, _NO_FAIL),
    ),
    Rule(
        id="evaluated-before-release",
        summary="An evaluation of the release was finished by the day of its release.",
        severity=Severity.WARNING,
        when=WHEN,
        check=check_before_release,
        rationale="Weights that are out cannot be taken back, so what is learned afterwards comes too late for them.",
        remediation="Cite the log of an evaluation from before the release, and set `release.date`.",
        references=(FRAMEWORK,),
        params={"aliases": ALIASES, "comparisons": COMPARISONS},
        cases=(
            *_UNREAD,
            Case(
                name="the log is missing, and no date of release is stated",
                expect="unknown",
                set=_MISSING,
                remove=("/release/date",),
            ),
        ),
        accepted=(_NO_PASS, _NO_FAIL),
    ),
    Rule(
        id="evaluated-bytes-named",
        summary="Each evaluation log tells which bytes of the release were evaluated.",
        severity=Severity.WARNING,
        when=WHEN,
        check=check_bytes,
        rationale="A name stays when the weights behind it are replaced; a commit or a digest does not.",
        remediation=(
            "Evaluate a fixed `revision` and name the same commit in the `uri` of a `[[release.artifact]]`, as "
            "`hf://OWNER/NAME@COMMIT/PATH` or `https://huggingface.co/OWNER/NAME/resolve/COMMIT/PATH`, or set "
            "`subject_digest` of the evidence to the digest of a file of the release."
        ),
        references=(HARNESS_RESULTS,),
        params={"aliases": ALIASES, "comparisons": COMPARISONS},
        cases=_UNREAD,
        accepted=(_NO_PASS, _NO_FAIL),
    ),
)

BASE: Mapping[str, Any] = {
    "schema": "release-manifest/1",
    "release": {"id": "example/hawthorn", "date": "2026-03-01"},
    "evidence": [{"id": "log", "kind": "evaluation-log", "citation": "https://example.org/logs/1"}],
}
"""The manifest that the cases start from: a log that is only cited."""
