"""`policy lint`: what the loader refuses, and what a policy would rather not say, each with a place and a way out."""

from __future__ import annotations

from release_review.authoring.lint.kinds import KINDS, Kind
from release_review.authoring.lint.run import lint_policy
from release_review.authoring.lint.warnings import Linted, LintWarning

__all__ = ["KINDS", "Kind", "LintWarning", "Linted", "lint_policy"]
