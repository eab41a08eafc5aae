"""Places in SARIF: a file as a URI, and a stretch of it.

Source: SARIF 2.1.0 (OASIS).
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from release_review.escape import plain
from release_review.model import Site, Span
from release_review.reporters.rows import PATH_CHARACTERS, ends, path_of

ROOT = "%SRCROOT%"
"""What paths are relative to, by the name that GitHub knows."""

_SURROGATE = re.compile("[\ud800-\udfff]")


def location(site: Site) -> dict[str, Any]:
    """Give a stretch of a file as a location."""
    return {"physicalLocation": {"artifactLocation": artifact(site.file), "region": _region(site.span)}}


def artifact(name: str) -> dict[str, str]:
    """Give a file, by the name that a reader of our reports sees, as the location of an artifact."""
    path = path_of(name)[:PATH_CHARACTERS]
    uri = quote(_writable(path), safe="/")
    if uri.startswith("/"):
        return {"uri": f"/{uri.lstrip('/')}"}  # two slashes would begin the name of a host
    return {"uri": uri, "uriBaseId": ROOT}


def _region(span: Span) -> dict[str, int]:
    end_line, end_column = ends(span)
    return {"startLine": span.line, "startColumn": span.column, "endLine": end_line, "endColumn": end_column}


def _writable(path: str) -> str:
    """Give a path that UTF-8 has a form for: what had none when it was read is shown as a saved report shows it."""
    return _SURROGATE.sub(lambda match: plain(match.group()), path)
