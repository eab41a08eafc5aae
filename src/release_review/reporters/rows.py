"""What the reports for programs list: every finding of every manifest, the gravest first.

A manifest that could not be reviewed is listed like a rule of the gate that broke, one finding for each error, so that
no format can leave it out.
"""

from __future__ import annotations

import enum
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from release_review.escape import MESSAGE_CHARACTERS
from release_review.fingerprint import fingerprint
from release_review.gate import REVIEWED
from release_review.hooks import Unreviewed
from release_review.model import (
    GATE,
    TOP,
    Finding,
    Outcome,
    Report,
    RuleResult,
    Severity,
    Site,
    Span,
)
from release_review.pointer import pointer_to
from release_review.reporters.layout import counted
from release_review.reporters.verdicts import unreviewed_line
from release_review.summary import (
    PROGRAM,
    findings_of,
    fingerprint_of,
    gravity_of,
    lifted_by,
    partly_lifted,
    remedy_of,
    site_of,
    unmet,
)

PATH_CHARACTERS = 4_096
"""How much of the path of a file is written: more than a system takes."""

_PLACE = re.compile(r":([1-9]\d{0,8}):([1-9]\d{0,8}): ")


class Weight(enum.IntEnum):
    """What a finding means for the release, the gravest first."""

    BROKEN = 0
    BLOCKING = 1
    WARNING = 2
    NOTE = 3
    LIFTED = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One finding.

    Attributes:
        weight: What it means for the release.
        entry: The manifest it is about, as it was reviewed or not.
        result: The rule that was not met.
        finding: The finding.
    """

    weight: Weight
    entry: Report | Unreviewed
    result: RuleResult
    finding: Finding

    @property
    def site(self) -> Site:
        """Where it stands."""
        if isinstance(self.entry, Report):
            return site_of(self.finding, self.entry)
        return self.finding.site or Site(file=self.entry.name)

    @property
    def message(self) -> str:
        """What is missing or contradicts; never blank."""
        texts = (self.finding.message, self.result.rule.summary, self.result.id)
        return next((text for text in texts if text.strip()), self.finding.outcome.value)

    @property
    def fingerprint(self) -> str:
        """Its identity, which outlives its line; two findings of one rule at one place have the same."""
        if isinstance(self.entry, Report):
            return fingerprint_of(self.finding, self.result, self.entry)
        return fingerprint(self.result.id, self.entry.name, pointer_to(self.site.key), None)

    @property
    def lifted_by(self) -> str:
        """Why it stands in nobody's way, until when, and who answers for that; empty where it does stand there."""
        return lifted_by(self.finding, self.entry) if isinstance(self.entry, Report) else ""

    @property
    def outcome(self) -> Outcome:
        """What became of the rule there; one that broke is an error wherever it did."""
        return self.result.outcome if self.weight is Weight.BROKEN else self.finding.outcome

    @property
    def blocks(self) -> bool:
        """Whether it stands in the way of the release; a rule that broke does."""
        return self.weight <= Weight.BLOCKING

    @property
    def remedy(self) -> str:
        """What to do about it."""
        return one_line(remedy_of(self.result))


def listed(entries: Iterable[Report | Unreviewed]) -> list[Report | Unreviewed]:
    """List what is to be reported; nothing at all is an error, and no format may show it as a pass."""
    return list(entries) or [Unreviewed(name=PROGRAM, errors=("no manifest was reviewed",))]


def rows_of(entry: Report | Unreviewed) -> Iterator[Row]:
    """Give the findings of one manifest, the gravest rule first; those of rules that are lifted come last."""
    if isinstance(entry, Unreviewed):
        result = not_reviewed(entry)
        yield from (Row(weight=Weight.BROKEN, entry=entry, result=result, finding=each) for each in result.findings)
        return
    lifted = (result for result in partly_lifted(entry) if result.lifted)
    for result in (*unmet(entry), *lifted):
        for finding in findings_of(result):
            yield Row(weight=_weight(finding, result), entry=entry, result=result, finding=finding)


def rows(entries: Iterable[Report | Unreviewed]) -> list[Row]:
    """Give the findings of all manifests, the gravest first."""
    return sorted((row for entry in entries for row in rows_of(entry)), key=lambda row: row.weight)


def not_reviewed(entry: Unreviewed) -> RuleResult:
    """Put the errors of a manifest that could not be reviewed as findings of a rule that broke."""
    errors = entry.errors or (unreviewed_line(entry),)
    findings = (_error(entry.name, number, text) for number, text in enumerate(errors))
    return RuleResult(
        id=f"{GATE}/{REVIEWED.id}",
        rule=REVIEWED,
        severity=Severity.ERROR,
        outcome=Outcome.ERROR,
        findings=tuple(findings),
    )


def unique() -> Callable[[str], str]:
    """Give a function that tells equal fingerprints apart: the second of them ends in `:2`."""
    seen: Counter[str] = Counter()

    def distinct(text: str) -> str:
        seen[text] += 1
        return text if seen[text] == 1 else f"{text}:{seen[text]}"

    return distinct


def path_of(name: str) -> str:
    """Give the path of a file as the services want it: without a `./` in front."""
    while name.startswith("./"):
        name = name[2:].lstrip("/")
    return name or PROGRAM


def ends(span: Span) -> tuple[int, int]:
    """Give the end of a place, line and column, the column exclusive; services refuse a stretch of no width."""
    if (span.end_line, span.end_column) > (span.line, span.column):
        return span.end_line, span.end_column
    return span.line, span.column + 1


def one_line(text: str) -> str:
    """Give a text of a policy, which its author may have set in lines and paragraphs, as one line."""
    return " ".join(text.split())


def more_text(left_out: int, *, what: str = "finding") -> str:
    """Say how many more there are."""
    return f"{counted(left_out, f'more {what}')} not listed here; the format json lists all"


def _weight(finding: Finding, result: RuleResult) -> Weight:
    if finding.lifted and result.outcome is not Outcome.ERROR:
        return Weight.LIFTED
    return Weight[gravity_of(result).upper()]


def _error(name: str, number: int, text: str) -> Finding:
    """Take an error apart: it begins with the file, and mostly with the line and the column in it."""
    span, message = TOP, text
    place = _PLACE.match(text, len(name)) if name and text.startswith(name) else None
    if place:
        line, column = int(place[1]), int(place[2])
        span, message = Span(line=line, column=column, end_line=line, end_column=column), text[place.end() :]
    site = Site(file=name, key=str(number), span=span)
    return Finding(message=message[: MESSAGE_CHARACTERS + 1], outcome=Outcome.ERROR, site=site)
