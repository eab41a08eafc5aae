"""What `policy lint` found, for code scanning: SARIF 2.1.0, one run, one result for each warning.

The rules of the run are the kinds of warnings. What an author has accepted is suppressed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from release_review.authoring.lint.kinds import KINDS, Kind
from release_review.authoring.lint.lines import message_of
from release_review.authoring.lint.warnings import Linted, LintWarning
from release_review.escape import json_text
from release_review.fingerprint import fingerprint
from release_review.hooks import Style
from release_review.model import Severity
from release_review.reporters.locations import ROOT, location
from release_review.reporters.rows import unique
from release_review.reporters.sarif import MOST, SCHEMA
from release_review.reporters.sarif_rules import text_of
from release_review.summary import PROGRAM
from release_review.version import __version__

_SUPPRESSED_LEVEL = "note"


def render_sarif(linted: Sequence[Linted], style: Style) -> str:
    """Give one JSON document with one run."""
    del style  # a program reads it
    found = [each for policy in linted for each in policy.warnings][:MOST]
    indices = {name: index for index, name in enumerate(KINDS)}
    distinct = unique()
    errors = sum(policy.count(Severity.ERROR) for policy in linted)
    run = {
        "tool": {
            "driver": {
                "name": f"{PROGRAM} policy lint",
                "semanticVersion": __version__,
                "rules": [_rule(kind) for kind in KINDS.values()],
            }
        },
        "automationDetails": {"id": f"{PROGRAM}/policy-lint/"},
        "invocations": [{"executionSuccessful": True, "exitCode": 1 if errors or any(p.open for p in linted) else 0}],
        "originalUriBaseIds": {ROOT: {"description": {"text": "The folder that the command was run in."}}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(each, indices, distinct) for each in found],
    }
    return json_text({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _rule(kind: Kind) -> dict[str, Any]:
    return {
        "id": kind.id,
        "shortDescription": {"text": text_of(kind.summary)},
        "fullDescription": {"text": text_of(f"{kind.summary} {kind.why}")},
        "help": {"text": text_of(kind.why)},
        "defaultConfiguration": {"level": kind.severity.value},
        "properties": {"tags": [PROGRAM, "policy"], "problem.severity": kind.severity.value},
    }


def _result(warning: LintWarning, indices: Mapping[str, int], distinct: Callable[[str], str]) -> dict[str, Any]:
    suppression = {"kind": "external", "status": "accepted", "justification": text_of(warning.accepted)}
    # Neither line nor column: what stands above it in the file changes both.
    identity = fingerprint(warning.kind.id, f"{warning.part} {warning.what}", "", None)
    return {
        "ruleId": warning.kind.id,
        "ruleIndex": indices[warning.kind.id],
        "level": _SUPPRESSED_LEVEL if warning.accepted else warning.severity.value,
        "message": {"text": text_of(f"{warning.part}: {message_of(warning)}")},
        "locations": [location(warning.site)],
        "partialFingerprints": {"primaryLocationLineHash": distinct(identity)},
        "suppressions": [suppression] if warning.accepted else [],
    }
