"""The report as one page: nothing to load, nothing to run but its own filters, and nothing lost on paper."""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib import resources

from release_review.escape import MESSAGE_CHARACTERS
from release_review.hooks import Style, Unreviewed
from release_review.model import Report
from release_review.reporters.html.markup import digest, environment, own
from release_review.reporters.html.view import Filters, overview, releases
from release_review.reporters.verdicts import CAVEAT, closing_text
from release_review.summary import PROGRAM, overall_verdict
from release_review.version import __version__

_PARAGRAPH = re.compile(r"\n\s*\n")


def render(entries: Iterable[Report | Unreviewed], style: Style) -> str:
    """Give the whole page; one with several manifests begins with an overview of them."""
    del style  # a browser sets it, in the width and the colours of whoever reads it
    listed = list(entries)
    css, script = _file("report.css"), _file("report.js")
    shown = releases(listed)
    pages = environment(most=MESSAGE_CHARACTERS)
    pages.filters["paragraphs"] = _paragraphs
    page = pages.from_string(_file("report.html.jinja")).render(
        caveat=CAVEAT,
        css=own(css),
        css_digest=digest(css),
        filters=Filters.of(shown),
        has_reports=any(isinstance(entry, Report) for entry in listed),
        overview=overview(listed),
        releases=shown,
        left_out=len(listed) - len(shown),
        program=PROGRAM,
        script=own(script),
        script_digest=digest(script),
        verdict=overall_verdict(listed).value,
        verdict_line=closing_text(listed),
        version=__version__,
    )
    return f"{page.strip()}\n"


def _file(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


def _paragraphs(text: str) -> list[str]:
    """Split a policy's text where a line is left empty; within a paragraph its lines are one."""
    return [" ".join(part.split()) for part in _PARAGRAPH.split(text.strip()) if part.strip()]
