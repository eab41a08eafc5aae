"""The report for a person at a terminal: what applies, what is missing, why, and what to do first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from release_review.escape import plain
from release_review.fingerprint import name_of
from release_review.hooks import Style, Unreviewed
from release_review.model import Report, Severity
from release_review.reporters.assessments import assessment_lines
from release_review.reporters.findings import finding_lines, met_lines
from release_review.reporters.layout import paint, paint_verdict, some, unreviewed_line, verdict_line, wrap
from release_review.summary import Action, first_actions, known, overall_verdict, unmet, verdict_shown, waived

CAVEAT = (
    "The report shows where evidence is missing; it does not say that a release is safe or unsafe, "
    "and it does not weigh benefits against risks."
)
"""What a reader may not take from a report: the framework behind it says neither."""

_KEYS_SHOWN = 3

_FIRST_SENTENCE = re.compile(r"(?:`[^`]*`|[^`])*?[.!?](?=\s+[A-Z`])")
"""Code in backticks may hold anything; a stop ends a sentence where the next one starts."""


def render(entries: Iterable[Report | Unreviewed], style: Style) -> str:
    """Give the whole text: one part for each manifest, the caveat once, the verdict last."""
    listed = list(entries)
    lines: list[str] = []
    for entry in listed:
        lines += [*_part(entry, style), ""]
        if len(listed) > 1:
            lines += [f"{plain(f'{_name(entry)}: ')}{paint_verdict(_verdict(entry), style)}", ""]
    if style.verbosity >= 0 and any(isinstance(entry, Report) for entry in listed):
        lines += [*wrap(CAVEAT, style), ""]
    last = _verdict(listed[0]) if len(listed) == 1 else verdict_of_all(listed)
    return "".join(f"{line}\n" for line in [*lines, paint_verdict(last, style)])


def _verdict(entry: Report | Unreviewed) -> str:
    return verdict_line(entry) if isinstance(entry, Report) else unreviewed_line(entry)


def verdict_of_all(entries: list[Report | Unreviewed]) -> str:
    """Give the verdict on several manifests, and how many of them had which."""
    verdicts = [verdict_shown(entry) for entry in entries]
    parts = (f"{verdicts.count(verdict)} {verdict.value}" for verdict in dict.fromkeys(sorted(verdicts)))
    return f"{overall_verdict(entries).value} ({len(entries)} manifests: {', '.join(parts)})"


def _name(entry: Report | Unreviewed) -> str:
    return entry.manifest.document.name if isinstance(entry, Report) else entry.name


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


def first_sentence(text: str) -> str:
    """Give the first sentence of a text; a stop within backticks ends none."""
    paragraph = text.strip().partition("\n\n")[0]
    found = _FIRST_SENTENCE.match(paragraph)
    return found.group() if found else paragraph


def _notes(report: Report, style: Style) -> Iterator[str]:
    notes = list(_note_texts(report))
    if notes:
        yield from ("", paint("Notes", "bold", style))
    for note in notes:
        yield from wrap(note, style, indent="    ", first="  - ")


def _note_texts(report: Report) -> Iterator[str]:
    for result, waiver in waived(report):
        yield (
            f"{result.id} is waived by {waiver.id} until {waiver.expires} ({waiver.reason}): {waiver.justification} "
            f"Owner: {waiver.owner}; approved by {waiver.approved_by}; {waiver.ticket}"
        )
    if report.waivers_ignored:
        yield "waivers are ignored on request"
    if report.baseline is not None and (listed := [result.id for result in known(report)]):
        yield (
            f"the baseline of {report.baseline.owner} lists findings of {some(listed, _KEYS_SHOWN)}: "
            f"they do not block until {report.baseline.expires}"
        )
    for answer in report.assessments:
        if answer.note:
            yield f"{answer.id} is {answer.note}"
    for result in report.results:
        if result.note:
            yield f"{result.id} counts as {result.severity.value}: {result.note}"
    for plugin in report.plugins:
        yield f"plugin {plugin.name} {plugin.version} took part".replace("  ", " ")
    for name in report.without_plugins:
        yield f"plugin {name} was left out on request"
