"""The report for a log: one line for each finding, and one for each manifest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from release_review.escape import MESSAGE_CHARACTERS, plain, shorten
from release_review.hooks import Style, Unreviewed
from release_review.model import Finding, Report, RuleResult
from release_review.reporters.layout import paint, paint_verdict, severity_color
from release_review.reporters.verdicts import unreviewed_line, verdict_line
from release_review.summary import findings_of, lifted_by, site_of


def render(entries: Iterable[Report | Unreviewed], style: Style) -> str:
    """Give the lines of every manifest, each manifest's own verdict last."""
    return "".join(f"{line}\n" for entry in entries for line in _lines(entry, style))


def _lines(entry: Report | Unreviewed, style: Style) -> Iterator[str]:
    if isinstance(entry, Unreviewed):
        yield f"{plain(f'{entry.name}: ')}{paint_verdict(unreviewed_line(entry), style)}"
        return
    name = entry.manifest.document.name
    found = [
        (site.file != name, site.file, site.span, result.id, finding.message, result, finding)
        for result in entry.results
        for finding in findings_of(result)
        for site in (site_of(finding, entry),)
    ]
    for _, file, span, _, _, result, finding in sorted(found, key=lambda line: line[:5]):
        place = f"{file}:{span.line}:{span.column}"
        yield finding_line(place, result, finding, style, remark=lifted_by(finding, entry) or result.note)
    yield f"{plain(f'{name}: ')}{paint_verdict(verdict_line(entry), style)}"


def finding_line(place: str, result: RuleResult, finding: Finding, style: Style, *, remark: str = "") -> str:
    """Give the line of one finding, its place first, and why it blocks less than its rule would."""
    severity = paint(result.severity.value, severity_color(result.severity), style)
    told = f"{plain(result.id)} {finding.outcome.value}" + (f" ({plain(remark)})" if remark else "")
    return f"{plain(f'{place}: ')}{severity} {told}: {shorten(finding.message, MESSAGE_CHARACTERS)}"
