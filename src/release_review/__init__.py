"""Review AI model releases: which open-model properties apply, and where evidence of marginal risk is missing.

The names below are the public library. They are imported when they are first used, so that
`import release_review` costs nothing.

Example:
    ```python
    import datetime as dt
    from pathlib import Path

    import release_review as rr

    registry = rr.load_registry()
    policies = rr.load_policies(["open-release"], registry)
    document = rr.load_document(Path("release.toml"), importers=registry.importers)
    report = rr.review(document, policies=policies, today=dt.date(2025, 8, 5))
    print(report.verdict)
    ```
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from release_review.version import __version__

if TYPE_CHECKING:
    from release_review.admit import PolicySet
    from release_review.baseline import load_baseline
    from release_review.errors import ReleaseReviewError
    from release_review.load import load_document
    from release_review.model import Decisions, Document, Manifest, Report, Verdict
    from release_review.pipeline import review
    from release_review.plugins import Registry, load_registry
    from release_review.saved import read_report
    from release_review.selection import load_policies
    from release_review.waiver_file import load_waivers

__all__ = [
    "Decisions",
    "Document",
    "Manifest",
    "PolicySet",
    "Registry",
    "ReleaseReviewError",
    "Report",
    "Verdict",
    "__version__",
    "load_baseline",
    "load_document",
    "load_policies",
    "load_registry",
    "load_waivers",
    "read_report",
    "review",
]

_HOMES = {
    "Decisions": "model",
    "Document": "model",
    "Manifest": "model",
    "PolicySet": "admit",
    "Registry": "plugins",
    "ReleaseReviewError": "errors",
    "Report": "model",
    "Verdict": "model",
    "load_baseline": "baseline",
    "load_document": "load",
    "load_policies": "selection",
    "load_registry": "plugins",
    "load_waivers": "waiver_file",
    "read_report": "saved",
    "review": "pipeline",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
