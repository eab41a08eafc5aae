"""The report for a comment on a pull request, and for the summary of a job: the verdict first, then what blocks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from release_review.escape import markdown, markdown_prose
from release_review.hooks import Style, Unreviewed
from release_review.model import AssessmentResult, Finding, ItemResult, Report
from release_review.reporters.layout import cut, first_sentence, some
from release_review.reporters.pages import (
    Group,
    Lifted,
    Questions,
    Unmet,
    decided_by,
    groups,
    hangs_on,
    lifted,
    notes,
    place_of,
    questions,
)
from release_review.reporters.verdicts import CAVEAT, name_of_entry, verdict_of_all, verdict_text
from release_review.summary import remedy_of, site_of

MOST_BYTES = 60_000
"""Size of the whole text. A comment on GitHub holds 65,536 characters; a summary of a job holds 1 MiB."""

MAIN = 2
"""Level of the heading that has the verdict."""

_LEAST_BYTES = 2_000
_CLOSING_BYTES = 1_000
_COLUMNS = 12
_OPEN = frozenset({"broken", "blocking"})
_MANIFESTS = 200
_FINDINGS = 5
_ROWS = 30
_NAMES = 10
_NAME_CHARACTERS = 200
_TEXT_CHARACTERS = 400


def render(entries: Iterable[Report | Unreviewed], style: Style) -> str:
    """Give the whole text: the verdict, each manifest as far as there is room, the caveat once."""
    del style  # GitHub sets it, in the width of its page
    listed = list(entries)
    page = _Page(MOST_BYTES - _LEAST_BYTES)
    if len(listed) == 1:
        _entry(listed[0], page, level=MAIN)
    else:
        page.add(f"## {verdict_of_all(listed)}", "")
        _overview(listed, page)
        _details(listed, page)
    if page.is_cut:
        page.close("Long lists are cut here; the report in JSON has all of them.", "")
    if any(isinstance(entry, Report) for entry in listed):
        page.close(f"_{CAVEAT}_")
    return "\n".join(page.lines).strip("\n") + "\n"


class _Page:
    """Lines, and how many bytes of them there may still be."""

    def __init__(self, room: int) -> None:
        self.lines: list[str] = []
        self.room = room
        self.is_cut = False

    def add(self, *lines: str) -> bool:
        """Add lines if there is room for all of them, and tell whether there was."""
        size = sum(len(line.encode()) + 1 for line in lines)
        if size > self.room:
            return False
        self.room -= size
        self.lines += lines
        return True

    def close(self, *lines: str) -> None:
        """Add short lines for which room is always kept: what ends a part, or says how much of it is missing."""
        self.room -= sum(len(line.encode()) + 1 for line in lines)
        self.lines += lines

    def add_some(self, blocks: Sequence[Sequence[str]], *, at_most: int, more: str) -> None:
        """Add one block of lines after the other while there is room, and say how many are left out: `and 3 more`."""
        shown = 0
        while shown < min(len(blocks), at_most) and self.add(*blocks[shown]):
            shown += 1
        if shown < len(blocks):
            self.is_cut = True
            self.close(f"{more}and {len(blocks) - shown} more")

    def add_page(self, page: _Page) -> None:
        """Add what was set on another page."""
        self.room -= sum(len(line.encode()) + 1 for line in page.lines)
        self.lines += page.lines
        self.is_cut |= page.is_cut


# Manifests ------------------------------------------------------------------------------------------------------------


def _entry(entry: Report | Unreviewed, page: _Page, *, level: int) -> None:
    """Set one manifest: under its verdict alone, or, where there are several, under its name too."""
    named = "" if level == MAIN else f"{_name(name_of_entry(entry))}: "
    page.add(f"{'#' * level} {named}{verdict_text(entry)}", "")
    if isinstance(entry, Report):
        _report(entry, page, heading=f"{'#' * (level + 1)} ")
    else:
        page.add(f"{_name(entry.name)} could not be reviewed:", "")
        page.add_some([(f"- {_prose(error)}",) for error in entry.errors], at_most=_ROWS, more="- ")
        page.close("")


def _overview(entries: Sequence[Report | Unreviewed], page: _Page) -> None:
    page.add("| Release | Manifest | Verdict |", "|---|---|---|")
    rows = []
    for entry in entries[:_MANIFESTS]:
        release = _name(entry.manifest.release_id) if isinstance(entry, Report) else "not reviewed"
        rows.append((f"| {release} | {_name(name_of_entry(entry))} | {verdict_text(entry)} |",))
    table = _Page(page.room // 3)
    table.add_some(rows, at_most=_MANIFESTS, more="\n")
    page.add_page(table)
    if len(entries) > _MANIFESTS:
        page.close("", f"{len(entries) - _MANIFESTS} more manifests are not listed here.")
    page.close("")


def _details(entries: Sequence[Report | Unreviewed], page: _Page) -> None:
    """Set what was not met in each manifest, the gravest verdicts first, in equal shares of the room there is."""
    order = {verdict: number for number, verdict in enumerate(("error", "blocked", "pass"))}
    ranked = sorted(entries, key=lambda entry: order[verdict_text(entry).split(" ", 1)[0]])
    for number, entry in enumerate(ranked):
        share = max(page.room // (len(ranked) - number), min(_LEAST_BYTES * 2, page.room))
        part = _Page(share - _CLOSING_BYTES)
        if share < _LEAST_BYTES * 2:
            page.is_cut = True
            page.close(f"{len(ranked) - number} more manifests are not shown here.", "")
            return
        _entry(entry, part, level=MAIN + 1)
        page.add_page(part)


def _report(report: Report, page: _Page, *, heading: str) -> None:
    manifest = report.manifest
    policies = [_name(f"{policy.id} {policy.version}") for policy in report.policies]
    page.add(
        f"{_name(manifest.release_id)} in {_name(manifest.document.name)}, as of {manifest.as_of}, "
        f"judged on {manifest.today}.  ",
        f"Policies: {some(policies, _NAMES)}.",
        "",
    )
    unmet = groups(report)
    for group in unmet:
        if group.name in _OPEN:
            page.add(f"{heading}{group.title}", "")
            _group(group, report, page)
    for asked in questions(report):
        page.add(f"{heading}{_text(asked.title)}", "")
        _questions(asked, report, page)
    for group in unmet:
        if group.name not in _OPEN:
            _fold(group, report, page)
    raised = lifted(report)
    waived = [block for each in raised if each.waiver for block in _waived(each, report)]
    known = [block for each in raised if not each.waiver for block in _known(each, report)]
    if waived:
        page.add(f"{heading}Waived", "")
        page.add_some(waived, at_most=_ROWS, more="- ")
        page.close("")
    if known:
        page.add(f"{heading}Known", "")
        if report.baseline:
            named = f"the baseline {_name(report.baseline.name)} of {_text(report.baseline.owner)}"
            page.add(f"Listed in {named}; it holds until **{report.baseline.expires}**.", "")
        page.add_some(known, at_most=_ROWS, more="- ")
        page.close("")
    told = [(f"- {_text(note)}",) for note in notes(report)]
    if told:
        page.add(f"{heading}Notes", "")
        page.add_some(told, at_most=_ROWS, more="- ")
        page.close("")
    counts = report.counts
    page.close(f"Rules that passed: {counts['pass']}. Rules that do not apply: {counts['not-applicable']}.", "")


def _fold(group: Group, report: Report, page: _Page) -> None:
    """Set a group that is closed until a reader opens it."""
    if page.add("<details>", f"<summary>{group.title}: {len(group.rules)}</summary>", ""):
        _group(group, report, page)
        page.close("</details>", "")
    else:
        page.is_cut = True


# Findings -------------------------------------------------------------------------------------------------------------


def _group(group: Group, report: Report, page: _Page) -> None:
    page.is_cut |= any(len(rule.findings) > _FINDINGS for rule in group.rules)
    page.add_some([_rule(rule, report) for rule in group.rules], at_most=_ROWS, more="- ")
    page.close("")


def _rule(rule: Unmet, report: Report) -> list[str]:
    result = rule.result
    note = f"; {_text(result.note)}" if result.note else ""
    lines = [f"- **{_name(result.id)}** ({result.outcome.value}{note})"]
    for finding in rule.findings[:_FINDINGS]:
        apart = f" ({finding.outcome.value})" if finding.outcome is not result.outcome else ""
        lines.append(f"  - {_place(finding, report)}{apart}: {_prose(finding.message)}")
    if len(rule.findings) > _FINDINGS:
        lines.append(f"  - and {len(rule.findings) - _FINDINGS} more findings of this rule")
    if remediation := " ".join(first_sentence(remedy_of(result)).split()):
        lines.append(f"  - **Fix:** {_prose(remediation)}")
    return lines


def _waived(each: Lifted, report: Report) -> Iterator[Sequence[str]]:
    waiver = each.waiver
    if waiver is not None:
        places = some([_place(finding, report) for finding in each.findings], _FINDINGS)
        head = f"- **{_name(each.result.id)}** at {places}: waived by {_name(waiver.id)} until **{waiver.expires}**"
        yield (
            f"{head} ({waiver.reason.value}): {_prose(waiver.justification)}",
            f"  - Owner: {_text(waiver.owner)}; approved by {_text(waiver.approved_by)}; {_name(waiver.ticket)}",
        )


def _known(each: Lifted, report: Report) -> Iterator[Sequence[str]]:
    for finding in each.findings[:_FINDINGS]:
        yield (f"- **{_name(each.result.id)}** at {_place(finding, report)}: {_prose(finding.message)}",)
    if len(each.findings) > _FINDINGS:
        yield (f"- **{_name(each.result.id)}**: {len(each.findings) - _FINDINGS} more",)


def _place(finding: Finding, report: Report) -> str:
    site = site_of(finding, report)
    return _name(f"{site.file}:{site.span.line}")


# Questions ------------------------------------------------------------------------------------------------------------


def _questions(asked: Questions, report: Report, page: _Page) -> None:
    rows = _matrix(asked) if asked.is_matrix else _list(asked, report)
    if page.add(*rows[:2]):
        page.add_some([(row,) for row in rows[2:]], at_most=_ROWS, more="\n")
    else:
        page.is_cut = True
    if asked.is_matrix:
        scales = [" > ".join(map(_text, scale)) for scale in asked.scales]
        page.add("", f"Levels, strongest first: {some(scales, _FINDINGS)}.")
    page.close("")


def _matrix(asked: Questions) -> list[str]:
    answers = asked.answers[:_COLUMNS]
    titles = [_text(answer.assessment.label or answer.assessment.title) for answer in answers]
    left_out = len(asked.answers) - len(answers)
    cells = [*titles, *([f"{left_out} more"] if left_out else [])]
    rows = [_row(["", *cells]), "|---" * (len(cells) + 1) + "|"]
    for key in asked.keys:
        levels = [_text(answer.items[key].level) if key in answer.items else "-" for answer in answers]
        rows.append(_row([_name(key), *levels]))
    return [*rows, _row(["**overall**", *(f"**{_text(answer.level)}**" for answer in answers)])]


def _list(asked: Questions, report: Report) -> list[str]:
    rows = [_row(["", "Level", "Because", "Decided by"]), "|---|---|---|---|"]
    for answer in asked.answers:
        item = decided_by(answer)
        because = _prose(answer.because) + (_undecided(item, report) if item else "")
        decided = _decided(answer, item, report) if item else ""
        rows.append(_row([_text(answer.assessment.title), f"**{_text(answer.level)}**", because, decided]))
    return rows


def _undecided(item: ItemResult, report: Report) -> str:
    facts = hangs_on(item, report)
    return f"; it hangs on {_text(facts)}" if facts else ""


def _decided(answer: AssessmentResult, item: ItemResult, report: Report) -> str:
    document = report.manifest.document
    line = document.locate(place_of(item)).line
    return f"{_name(item.key)}, {_name(f'{document.name}:{line}')}" if answer.items else ""


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


# Words ----------------------------------------------------------------------------------------------------------------


def _name(text: str) -> str:
    """Set a name, a place or a version."""
    return markdown(cut(text, _NAME_CHARACTERS), code=True) or "(empty)"


def _text(text: str) -> str:
    return markdown(cut(text, _TEXT_CHARACTERS))


def _prose(text: str) -> str:
    return markdown_prose(cut(text, _TEXT_CHARACTERS))
