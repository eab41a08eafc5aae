"""The words of the domain, as frozen records: what is read, asked, decided beforehand, found and reported."""

from __future__ import annotations

from release_review.model.answers import AssessmentResult, ItemResult
from release_review.model.decided import (
    NOTHING_DECIDED,
    Baseline,
    Configuration,
    Decisions,
    GateFault,
    KnownFinding,
    SettingsFile,
    Waiver,
)
from release_review.model.documents import (
    CHARACTERS_AROUND,
    TOP,
    Annotation,
    Document,
    Manifest,
    Origin,
    Place,
    Site,
    Span,
)
from release_review.model.findings import Finding, Missing, Part
from release_review.model.limits import DEFAULT_ENGINE, LIMITS, LONGEST_WAIVER_DAYS, Limits
from release_review.model.questions import Assessment, Case, Level, Param, Reference
from release_review.model.reports import PluginInfo, Report, RuleResult, Waived
from release_review.model.rules import Override, Policy, Rule, RuleContext
from release_review.model.words import (
    CONDITION,
    GATE,
    LIFTABLE,
    REQUIREMENT,
    Layout,
    Outcome,
    Overall,
    PartForm,
    PartOutcome,
    Severity,
    Verdict,
    WaiverReason,
)

__all__ = [
    "CHARACTERS_AROUND",
    "CONDITION",
    "DEFAULT_ENGINE",
    "GATE",
    "LIFTABLE",
    "LIMITS",
    "LONGEST_WAIVER_DAYS",
    "NOTHING_DECIDED",
    "REQUIREMENT",
    "TOP",
    "Annotation",
    "Assessment",
    "AssessmentResult",
    "Baseline",
    "Case",
    "Configuration",
    "Decisions",
    "Document",
    "Finding",
    "GateFault",
    "ItemResult",
    "KnownFinding",
    "Layout",
    "Level",
    "Limits",
    "Manifest",
    "Missing",
    "Origin",
    "Outcome",
    "Overall",
    "Override",
    "Param",
    "Part",
    "PartForm",
    "PartOutcome",
    "Place",
    "PluginInfo",
    "Policy",
    "Reference",
    "Report",
    "Rule",
    "RuleContext",
    "RuleResult",
    "SettingsFile",
    "Severity",
    "Site",
    "Span",
    "Verdict",
    "Waived",
    "Waiver",
    "WaiverReason",
]
