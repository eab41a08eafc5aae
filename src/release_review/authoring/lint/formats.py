"""The formats of `policy lint`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TypeAlias

from release_review.authoring.lint.lines import render_concise, render_full
from release_review.authoring.lint.programs import render_github, render_json
from release_review.authoring.lint.sarif import render_sarif
from release_review.authoring.lint.warnings import Linted
from release_review.hooks import Style

Render: TypeAlias = Callable[[Sequence[Linted], Style], str]

FORMATS: Mapping[str, Render] = MappingProxyType(
    {
        "concise": render_concise,
        "full": render_full,
        "github": render_github,
        "json": render_json,
        "sarif": render_sarif,
    }
)
"""What `--output-format` takes, and what gives the text."""
