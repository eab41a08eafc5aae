"""What `policy lint` found, for programs: JSON, and annotations of GitHub Actions.

The JSON is `release-lint/1`:

| key | meaning |
|---|---|
| `schema`, `tool` | `release-lint/1`; name and version of this program |
| `counts` | warnings of all policies: `error`, `warning`, and `accepted`, which are in neither |
| `policies` | each with `id`, `version`, `counts`, `notes` on what was left out, and `warnings` |
| `warnings` | in the order of files and lines, each with the keys below |
| `id`, `severity`, `part` | the kind of warning, `error` or `warning`, and `policy/rule` |
| `message`, `hint` | what is wrong, and what to do |
| `file`, `line`, `column`, `end_line`, `end_column` | where; all from 1, the end exclusive |
| `accepted` | why the author accepts it, or null |
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from release_review.authoring.lint.lines import closing
from release_review.authoring.lint.warnings import Linted, LintWarning
from release_review.escape import json_text, shorten
from release_review.hooks import Style
from release_review.model import Severity
from release_review.reporters.annotations import Annotation, annotation_lines
from release_review.reporters.rows import PATH_CHARACTERS, ends
from release_review.summary import PROGRAM
from release_review.version import __version__

SCHEMA = "release-lint/1"
"""Name of the shape of the JSON."""


def render_json(linted: Sequence[Linted], style: Style) -> str:
    """Give one JSON document."""
    del style  # a program reads it
    return json_text(
        {
            "schema": SCHEMA,
            "tool": {"name": PROGRAM, "version": __version__},
            "counts": _counts(linted),
            "policies": [_policy(found) for found in linted],
        }
    )


def _policy(found: Linted) -> dict[str, Any]:
    return {
        "id": found.policy,
        "version": found.version,
        "counts": _counts([found]),
        "notes": list(found.notes),
        "warnings": [_warning(each) for each in found.warnings],
    }


def _counts(linted: Iterable[Linted]) -> dict[str, int]:
    listed = list(linted)
    return {
        "error": sum(found.count(Severity.ERROR) for found in listed),
        "warning": sum(found.count(Severity.WARNING) for found in listed),
        "accepted": sum(found.accepted for found in listed),
    }


def _warning(warning: LintWarning) -> dict[str, Any]:
    span = warning.site.span
    end_line, end_column = ends(span)
    return {
        "id": warning.kind.id,
        "severity": warning.severity.value,
        "part": warning.part,
        "message": warning.what,
        "hint": warning.hint,
        "file": warning.site.file,
        "line": span.line,
        "column": span.column,
        "end_line": end_line,
        "end_column": end_column,
        "accepted": warning.accepted or None,
    }


def render_github(linted: Sequence[Linted], style: Style) -> str:
    """Give an annotation for each warning, as many as GitHub shows, and a line for each policy."""
    del style  # GitHub sets the page
    found = [each for policy in linted for each in policy.open]
    lines = [
        *annotation_lines(map(_annotation, found)),
        *(shorten(closing(policy), PATH_CHARACTERS) for policy in linted),
    ]
    return "".join(f"{line}\n" for line in lines)


def _annotation(warning: LintWarning) -> Annotation:
    return Annotation(
        level=warning.severity.value,
        title=f"{warning.kind.id} {warning.part}",
        site=warning.site,
        texts=(warning.what, f"fix: {warning.hint}" if warning.hint else ""),
    )
