"""The rules of the gate itself: what must hold of waivers, baselines, policies and reports, whatever policies say.

They are rules like any other to a reader, with a severity and a remedy, but nobody selects them, waives
them or lists them in a baseline. Only those that are not met are in a report.
"""

from __future__ import annotations

from collections.abc import Iterable

from release_review.model import GATE, Finding, GateFault, Outcome, Rule, RuleResult, Severity

IN_FORCE = "waivers-in-force"
USED = "waivers-used"
WITHIN_TERM = "waivers-within-term"
APPROVED = "waivers-approved-by-others"
KNOWN_RULE = "waivers-name-known-rules"
WAIVABLE_RULE = "waivers-name-waivable-rules"
KNOWN_RELEASE = "waivers-name-known-releases"
SAME_FACTS = "waivers-rest-on-the-same-facts"
BASELINE_IN_FORCE = "baseline-in-force"
BASELINE_TRIMMED = "baseline-trimmed"
UNWEAKENED = "extended-policies-as-strict"

REVIEWED = Rule(
    id="manifest-reviewed",
    summary="Each manifest can be read, and is reviewed.",
    rationale="Nothing is known of a release that was not looked at.",
    remediation="Correct what the message names, and run the review again.",
    waivable=None,
)
"""What a manifest that could not be reviewed does not meet."""

LEFT_OUT = Rule(
    id="findings-left-out",
    summary="Each finding is in this report.",
    rationale="A service shows a few thousand findings; the gravest are in its report.",
    remediation="Read the report in the format json: it lists all.",
    waivable=None,
)
"""What a report does not meet that leaves findings out."""

_OF_DECISIONS = tuple(
    Rule(id=name, summary=summary, severity=severity, rationale=rationale, remediation=remediation, waivable=None)
    for name, severity, summary, rationale, remediation in (
        (
            IN_FORCE,
            Severity.WARNING,
            "Each waiver for the release holds on the day of judgement.",
            "A decision to go on despite a rule has a first and a last day; outside of them the rule stands.",
            "Remove the waiver. If the decision still stands, have it made again, with new dates.",
        ),
        (
            USED,
            Severity.WARNING,
            "Each waiver for the release lifts a finding.",
            "A waiver that lifts nothing today would silently lift what goes wrong tomorrow.",
            "Remove the waiver, or correct its `pointer`.",
        ),
        (
            WITHIN_TERM,
            Severity.ERROR,
            "No waiver holds for longer than its rule allows, alone or after another.",
            "A rule says for how many days one may go on despite it, so that a decision is looked at again.",
            "Set an earlier day in `expires`, or remove the one before; `release-review explain RULE` tells the term.",
        ),
        (
            APPROVED,
            Severity.ERROR,
            "Nobody approves a waiver of their own.",
            "Whoever asks to go on despite a rule is not the one who can weigh whether to.",
            "Have the waiver approved by somebody else than its owner.",
        ),
        (
            KNOWN_RULE,
            Severity.ERROR,
            "Each waiver for the release names a rule that is loaded.",
            "A waiver for a rule that is not there lifts nothing, and nobody notices until the day of the release.",
            "Correct the id of the rule, select the policy it belongs to, or remove the waiver.",
        ),
        (
            WAIVABLE_RULE,
            Severity.ERROR,
            "No waiver is for a rule that may not be waived.",
            "Some rules say what nobody can decide to go on without, such as that evidence is what it is said to be.",
            "Meet the rule, and remove the waiver.",
        ),
        (
            KNOWN_RELEASE,
            Severity.NOTE,
            "Each waiver is for a release that is reviewed.",
            "A waiver whose release is misspelt lifts nothing.",
            "Nothing, if that release is reviewed in another run. Else correct its id, or remove the waiver.",
        ),
        (
            SAME_FACTS,
            Severity.WARNING,
            "The facts that a waiver rests on are those that were approved.",
            "What was approved is a situation, not the name of a rule: when its facts change, the approval ends.",
            "Have the decision made again; `release-review waiver new` gives the digest of the facts as they are now.",
        ),
        (
            BASELINE_IN_FORCE,
            Severity.WARNING,
            "The baseline holds on the day of judgement.",
            "A baseline is a debt with a day on which it is paid; after that day its findings block.",
            "Meet the rules that it lists, and remove the baseline.",
        ),
        (
            BASELINE_TRIMMED,
            Severity.NOTE,
            "The baseline lists nothing that is gone.",
            "What was mended would be let through if it came back.",
            "Remove the entry, or all of them at once: give the file to both --baseline and --write-baseline.",
        ),
    )
)
"""What must hold of waivers and baselines."""

_OF_POLICIES = Rule(
    id=UNWEAKENED,
    summary="No policy asks less of a release than those it extends.",
    severity=Severity.NOTE,
    rationale="Whoever reads a verdict has to see what was not asked, and why.",
    remediation="Nothing, if the reason holds. Else remove the override or the choice from the policy.",
    waivable=None,
)

RULES = (*_OF_DECISIONS, _OF_POLICIES, REVIEWED, LEFT_OUT)
"""Every rule of the gate, in the order in which they are asked."""

_BY_ID = {rule.id: rule for rule in RULES}


def gate_results(faults: Iterable[GateFault]) -> tuple[RuleResult, ...]:
    """Give one result for each rule of the gate that is not met, sorted by id."""
    found: dict[str, list[Finding]] = {}
    for fault in faults:
        finding = Finding(message=fault.message, outcome=Outcome.FAIL, site=fault.site)
        found.setdefault(fault.rule, []).append(finding)
    return tuple(
        RuleResult(
            id=f"{GATE}/{name}",
            rule=_BY_ID[name],
            severity=_BY_ID[name].severity,
            outcome=Outcome.FAIL,
            findings=tuple(findings),
        )
        for name, findings in sorted(found.items())
    )
