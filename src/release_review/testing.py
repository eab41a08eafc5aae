"""Helpers for authors of policies and plugins: run the cases of rules, and build documents by hand."""

from __future__ import annotations

from release_review.authoring.cases import CASE_DAY, CaseResult, changed, document_of, run_cases

__all__ = ["CASE_DAY", "CaseResult", "changed", "document_of", "run_cases"]
