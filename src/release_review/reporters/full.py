"""The report for a person at a terminal: what applies, what is missing, why, and what to do first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from release_review.escape import plain
from release_review.fingerprint import name_of
from release_review.hooks import Style, Unreviewed
from release_review.model import Baseline, Report, Severity
from release_review.reporters.assessments import assessment_lines
from release_review.reporters.findings import finding_lines, met_lines
from release_review.reporters.layout import first_sentence, paint, paint_verdict, some, wrap
from release_review.reporters.pages import IGNORED, changes
from release_review.reporters.verdicts import CAVEAT, closing_text, name_of_entry, verdict_text
from release_review.summary import Action, first_actions, known, unmet, waived

_KEYS_SHOWN = 3


def render(entries: Iterable[Report | Unreviewed], style: Style) -> str:
    """Give the whole text: one part for each manifest, the caveat once, the verdict last."""
    listed = list(entries)
    lines: list[str] = []
    for entry in listed:
        lines += [*_part(entry, style), ""]
        if len(listed) > 1:
            lines += [f"{plain(f'{name_of_entry(entry)}: ')}{paint_verdict(verdict_text(entry), style)}", ""]
    if style.verbosity >= 0 and any(isinstance(entry, Report) for entry in listed):
        lines += [*wrap(CAVEAT, style), ""]
    return "".join(f"{line}\n" for line in [*lines, paint_verdict(closing_text(listed), style)])


def _part(entry: Report | Unreviewed, style: Style) -> Iterator[str]:
    if isinstance(entry, Report):
        yield from _report(entry, style)
        return
    yield paint(plain(entry.name), "bold", style)
    if style.verbosity > 0:
        for error in entry.errors:
            yield from wrap(error, style, indent="    ", first="  - ")


def _report(report: Report, style: Style) -> Iterator[str]:
    yield from _header(report, style)
    if style.verbosity >= 0:
        yield from assessment_lines(report, style)
    yield from finding_lines(report, style)
    if style.verbosity > 0:
        yield from met_lines(report, style)
    if style.verbosity >= 0:
        yield from _first(report, style)
        yield from _notes(report, style)


def _header(report: Report, style: Style) -> Iterator[str]:
    manifest = report.manifest
    yield paint(plain(manifest.release_id), "bold", style)
    policies = ", ".join(f"{policy.id} {policy.version}" for policy in report.policies)
    for name, value in (
        ("manifest", manifest.document.name),
        ("as of", f"{manifest.as_of}, judged on {manifest.today}"),
        ("policies", policies),
    ):
        yield from wrap(value, style, indent=" " * 12, first=f"  {name:<10}")


def _first(report: Report, style: Style) -> Iterator[str]:
    actions = first_actions(report)
    if not actions:
        return
    found = unmet(report)
    blocked = any(result.severity is Severity.ERROR for result in found)
    yield from ("", paint("What to do first" if blocked else "What would make it better", "bold", style))
    for number, action in enumerate(actions, start=1):
        yield from wrap(_to_do(action, report), style, indent="     ", first=f"  {number}. ")
    more = sum(result.blocks for result in found) - sum(action.result.blocks for action in actions)
    if more > 0:
        yield f"  and {more} more that block"


def _to_do(action: Action, report: Report) -> str:
    names = [name_of(pointer, report.manifest.document.data) for pointer in action.pointers]
    keys, result = some(names, _KEYS_SHOWN), action.result
    if action.decided_elsewhere:
        return f"State {keys} first: {result.id} hangs on {'it' if len(names) == 1 else 'them'}."
    where = f"{result.id} ({keys})" if keys else result.id
    return f"{where}: {first_sentence(result.rule.remediation or result.rule.summary)}"


def _notes(report: Report, style: Style) -> Iterator[str]:
    notes = list(_note_texts(report))
    if notes:
        yield from ("", paint("Notes", "bold", style))
    for note in notes:
        yield from wrap(note, style, indent="    ", first="  - ")


def _known(report: Report, baseline: Baseline) -> Iterator[str]:
    data = report.manifest.document.data
    listed = known(report)
    if listed:
        yield f"the baseline of {baseline.owner} lists these, which do not block until {baseline.expires}:"
    for result, found in listed:
        places = [name_of(each.about, data) or "the manifest" for each in found]
        yield f"{result.severity.value} {result.id}: {some(places, _KEYS_SHOWN)}"


def _note_texts(report: Report) -> Iterator[str]:
    for result, waiver in waived(report):
        yield (
            f"{result.id} is waived by {waiver.id} until {waiver.expires} ({waiver.reason}): {waiver.justification} "
            f"Owner: {waiver.owner}; approved by {waiver.approved_by}; {waiver.ticket}"
        )
    if report.waivers_ignored:
        yield IGNORED
    if report.baseline is not None:
        yield from _known(report, report.baseline)
    yield from changes(report)
