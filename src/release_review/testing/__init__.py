"""Helpers for the tests of policies and plugins: make a manifest, run a rule, expect a finding, check a whole plugin.

They work in any test runner; nothing here needs pytest.

Example:
    ```python
    from release_review.testing import assert_finding, check_conformance, make_manifest, run_rule

    import acme_review


    def test_nobody_signed_off() -> None:
        (policy,) = acme_review.release_review_policies()
        result = run_rule(policy, "signed-off", manifest=make_manifest())
        assert_finding(result, pointer="/signoff", message="Nobody has signed off")


    def test_it_conforms() -> None:
        check_conformance(acme_review)
    ```
"""

from __future__ import annotations

from release_review.authoring.cases import CASE_DAY, CaseResult, document_of
from release_review.sources import Written
from release_review.testing.asserting import (
    assert_fails,
    assert_finding,
    assert_not_applicable,
    assert_passes,
    assert_unknown,
)
from release_review.testing.conformance import check_conformance, check_importers, check_policies, check_reporters
from release_review.testing.manifests import SMALLEST, make_document, make_manifest
from release_review.testing.rules import run_cases, run_rule
from release_review.testing.sources import run_importer

__all__ = [
    "CASE_DAY",
    "SMALLEST",
    "CaseResult",
    "Written",
    "assert_fails",
    "assert_finding",
    "assert_not_applicable",
    "assert_passes",
    "assert_unknown",
    "check_conformance",
    "check_importers",
    "check_policies",
    "check_reporters",
    "document_of",
    "make_document",
    "make_manifest",
    "run_cases",
    "run_importer",
    "run_rule",
]
