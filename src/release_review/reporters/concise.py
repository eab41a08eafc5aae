"""The report for a log: one line for each finding, and one for each manifest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from release_review.escape import MESSAGE_CHARACTERS, plain, shorten
from release_review.hooks import Style, Unreviewed
from release_review.model import Finding, Report, RuleResult, Span
from release_review.reporters.layout import paint, paint_verdict, severity_color, unreviewed_line, verdict_line
from release_review.summary import findings_of


def render(entries: Iterable[Report | Unreviewed], style: Style) -> str:
    """Give the lines of every manifest, each manifest's own verdict last."""
    return "".join(f"{line}\n" for entry in entries for line in _lines(entry, style))


def _lines(entry: Report | Unreviewed, style: Style) -> Iterator[str]:
    if isinstance(entry, Unreviewed):
        yield f"{plain(entry.name)}: {paint_verdict(unreviewed_line(entry), style)}"
        return
    document = entry.manifest.document
    found = [
        (document.locate(finding.pointer), result.id, finding.message, result, finding)
        for result in entry.results
        for finding in findings_of(result)
    ]
    for span, _, _, result, finding in sorted(found, key=lambda line: line[:3]):
        yield _finding_line(document.name, span, result, finding, style)
    yield f"{plain(document.name)}: {paint_verdict(verdict_line(entry), style)}"


def _finding_line(name: str, span: Span, result: RuleResult, finding: Finding, style: Style) -> str:
    severity = paint(result.severity.value, severity_color(result.severity), style)
    waiver = result.waiver
    lifted = f" (waived until {waiver.expires} by {plain(waiver.id)})" if waiver else ""
    place = f"{plain(name)}:{span.line}:{span.column}"
    message = shorten(finding.message, MESSAGE_CHARACTERS)
    return f"{place}: {severity} {plain(result.id)} {finding.outcome.value}{lifted}: {message}"
