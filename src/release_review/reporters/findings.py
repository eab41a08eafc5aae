"""Where rules were not met: message, the manifest's own line, and how to fix it."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from release_review.escape import plain
from release_review.fingerprint import name_of
from release_review.hooks import Style
from release_review.model import Document, Finding, Outcome, Report, RuleResult, Site, Span
from release_review.reporters.layout import paint, paint_start, quoted_line, severity_color, wrap
from release_review.reporters.parts import path_lines, set_lines, some_places, ways_out
from release_review.summary import findings_of, lifted_by, remedy_of, site_of, unmet

AT_MOST = 10
"""Findings of one rule that are shown, unless more is asked for."""

_KEYS_SHOWN = 6
_WHY_LINES = 6


def finding_lines(report: Report, style: Style) -> Iterator[str]:
    """Give every rule that was not met, the gravest first, with its findings."""
    for result in unmet(report):
        yield ""
        yield from _rule(result, report, style)


def met_lines(report: Report, style: Style) -> Iterator[str]:
    """List the rules that passed and those that do not apply."""
    for outcome, title in ((Outcome.PASS, "Passed"), (Outcome.NOT_APPLICABLE, "Not applicable")):
        results = [result for result in report.results if result.outcome is outcome]
        if results:
            yield from ("", paint(title, "bold", style))
        for result in results:
            yield from wrap(f"{result.id}: {result.rule.summary}", style, indent="    ", first="  ")


def _rule(result: RuleResult, report: Report, style: Style) -> Iterator[str]:
    severity, name = result.severity.value, plain(result.id)
    head = wrap(f"{result.id} ({result.outcome.value})", style, indent="  ", first=f"{severity}: ")
    head = paint_start(head, name, "bold", style)
    yield from paint_start(head, severity, severity_color(result.severity), style)
    findings = findings_of(result)
    shown = findings if style.verbosity > 0 else findings[:AT_MOST]
    for finding, site in sorted(((each, site_of(each, report)) for each in shown), key=_place):
        yield from _finding(finding, site, result, report, style)
    if len(shown) < len(findings):
        yield f"  and {len(findings) - len(shown)} more findings of this rule; -v shows them"
    if remediation := remedy_of(result):
        fix = wrap(remediation, style, indent="       ", first="  fix: ")
        yield from paint_start(fix, "fix:", "bold", style)


def _place(found: tuple[Finding, Site]) -> tuple[str, Span]:
    return found[1].file, found[1].span


def _finding(finding: Finding, site: Site, result: RuleResult, report: Report, style: Style) -> Iterator[str]:
    document = report.manifest.document
    lifted = f" ({lifted_by(finding, report)})" if finding.lifted else ""
    yield from wrap(finding.message + lifted, style, indent="  ")
    yield plain(f"  --> {site.file}:{site.span.line}:{site.span.column}")
    if site.excerpt is not None and (finding.pointer or finding.site):
        yield from quoted_line(site.excerpt, style, indent="  ")
    if style.verbosity > 0 and finding.why:
        yield from _why(finding, result, document, style)
    elif finding.outcome is Outcome.UNKNOWN and not _names_all(finding, document):
        facts = some_places(finding.reads, document.data, _KEYS_SHOWN)
        yield from wrap(facts, style, indent="    ", first="  would decide it: ")


def _names_all(finding: Finding, document: Document) -> bool:
    """Tell whether the message of a finding names all the facts it rests on."""
    return all(name_of(pointer, document.data) in finding.message for pointer in finding.reads)


def _why(finding: Finding, result: RuleResult, document: Document, style: Style) -> Iterator[str]:
    """Tell which parts of its conditions made a finding, and what to state to be rid of it."""
    more = f"release-review explain {result.id} --manifest {shlex.quote(document.name)}"
    yield from path_lines(finding.why, style, indent="    ", at_most=_WHY_LINES, more=more)
    yield from set_lines(ways_out(finding.why), document.data, style, indent="    ")
