"""A plugin for release-review: rules in Python that look into the logs of evaluations that a manifest cites."""

from __future__ import annotations

from collections.abc import Iterator

from release_review.hooks import hookimpl
from release_review.model import Policy
from release_review_evals.rules import BASE, RULES

__all__ = ["release_review_policies"]


@hookimpl
def release_review_policies() -> Iterator[Policy]:
    """Give the policy `evals`."""
    yield Policy(
        id="evals",
        title="Evaluation logs",
        version="1.0.0",
        description="Logs of Inspect and results of lm-evaluation-harness say what the manifest cites them for.",
        rules=RULES,
        base=BASE,
    )
