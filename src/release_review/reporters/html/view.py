"""What the page shows, made ready for its template: names of places on the page, numbers, texts that are cut."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from release_review.errors import Excerpt
from release_review.escape import MESSAGE_CHARACTERS
from release_review.fingerprint import name_of
from release_review.hooks import Unreviewed
from release_review.model import (
    AssessmentResult,
    Finding,
    Outcome,
    Report,
    RuleResult,
    Site,
    Waiver,
)
from release_review.reporters.html.records import (
    ActionView,
    AnswerView,
    FindingView,
    GroupView,
    Overview,
    OverviewRow,
    QuestionsView,
    Quote,
    ReasonView,
    ReleaseView,
    RowView,
    RuleView,
)
from release_review.reporters.layout import cut, some
from release_review.reporters.pages import (
    Lifted,
    Questions,
    decided_by,
    groups,
    hangs_on,
    lifted,
    notes,
    place_of,
    questions,
)
from release_review.reporters.verdicts import (
    counted,
    name_of_entry,
    release_of,
    unreviewed_line,
    verdict_line,
    verdict_text,
)
from release_review.summary import UNMET, first_actions, remedy_of, site_of, verdict_shown

FINDINGS_OF_A_RULE = 100
"""Findings of one rule that are shown."""

FINDINGS = 2_000
"""Findings of all manifests together that are shown."""

RELEASES = 200
"""Manifests that are shown in full."""

OVERVIEW = 2_000
"""Manifests that the table at the top lists."""

_ROWS = 200
_COLUMNS = 20
_NAMES = 6
_BEFORE, _AROUND = 60, 160
_NAME_CHARACTERS = 300
_REASON_CHARACTERS = 4_000

_LIFTED = "apart from what a waiver or the baseline lifts, "
_SENTENCES = {
    "pass": "{}no requirement of severity error is unmet or undecided.",
    "blocked": "{}at least one requirement of severity error is not met, or cannot be decided from what is stated.",
    "error": "No trustworthy verdict was reached.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What findings can be told apart by: only words that are on the page."""

    outcomes: tuple[str, ...]
    severities: tuple[str, ...]
    policies: tuple[str, ...]
    has_lifted: bool
    count: int

    @classmethod
    def of(cls, releases: Sequence[ReleaseView]) -> Filters:
        """Give the words that the findings of some manifests have."""
        rules = [rule for release in releases for group in release.groups for rule in group.rules]
        outcomes = {finding.outcome for rule in rules for finding in rule.findings}
        severities = {rule.severity for rule in rules}
        return cls(
            outcomes=tuple(word for word in ("error", "fail", "unknown") if word in outcomes),
            severities=tuple(word for word in ("error", "warning", "note") if word in severities),
            policies=tuple(sorted({rule.policy for rule in rules})[:_ROWS]),
            has_lifted=any(rule.state != "open" for rule in rules),
            count=sum(len(rule.findings) for rule in rules),
        )


@dataclass(slots=True)
class _Room:
    """How many findings may still be shown."""

    left: int = FINDINGS

    def take(self, wanted: int) -> int:
        """Take room for findings of one rule, as far as there is any."""
        taken = min(wanted, FINDINGS_OF_A_RULE, self.left)
        self.left -= taken
        return taken


def overview(entries: Sequence[Report | Unreviewed]) -> Overview | None:
    """Give the table at the top; None where there is one manifest."""
    if len(entries) == 1:
        return None
    rows = [
        OverviewRow(
            anchor=_anchor(number) if number < RELEASES else "",
            release=_name(release_of(entry)),
            manifest=_name(name_of_entry(entry)),
            verdict=verdict_shown(entry).value,
            verdict_line=verdict_text(entry),
        )
        for number, entry in enumerate(entries[:OVERVIEW])
    ]
    return Overview(rows=tuple(rows), more=len(entries) - len(rows))


def releases(entries: Sequence[Report | Unreviewed]) -> list[ReleaseView]:
    """Give what is shown of each manifest."""
    room = _Room()
    shown = enumerate(entries[:RELEASES])
    return [
        _Part(report=entry, anchor=_anchor(number), room=room).view()
        if isinstance(entry, Report)
        else _unreviewed(entry, _anchor(number))
        for number, entry in shown
    ]


def _anchor(number: int) -> str:
    return f"release-{number + 1}"


def _unreviewed(entry: Unreviewed, anchor: str) -> ReleaseView:
    return ReleaseView(
        anchor=anchor,
        title=_name(entry.name),
        verdict=verdict_shown(entry).value,
        verdict_line=unreviewed_line(entry),
        sentence="The manifest could not be reviewed.",
        manifest=_name(entry.name),
        errors=tuple(cut(error, MESSAGE_CHARACTERS) for error in entry.errors[:_ROWS]),
        more_errors=max(len(entry.errors) - _ROWS, 0),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """Makes the view of one report."""

    report: Report
    anchor: str
    room: _Room
    numbers: dict[str, int] = field(default_factory=dict)

    def view(self) -> ReleaseView:
        report, manifest = self.report, self.report.manifest
        self.numbers.update({result.id: number for number, result in enumerate(report.results, start=1)})
        open_groups = self._groups()
        raised = lifted(report)
        shown = (*open_groups, *self._lifted(raised))
        found: dict[str, list[str]] = {}
        for rule in (rule for group in shown for rule in group.rules):
            found.setdefault(rule.details, []).append(rule.anchor)
        waivers = list(self._waivers(raised))
        return ReleaseView(
            anchor=self.anchor,
            title=_name(manifest.release_id),
            verdict=report.verdict.value,
            verdict_line=verdict_line(report),
            sentence=_sentence(report, has_lifted=bool(raised)),
            manifest=_name(manifest.document.name),
            tally=tuple(counted(report)),
            digest=manifest.document.digest,
            as_of=manifest.as_of.isoformat(),
            today=manifest.today.isoformat(),
            engine=_name(report.engine),
            policies=report.policies[:_ROWS],
            configuration=report.configuration,
            actions=tuple(self._actions({rule.details: rule for group in open_groups for rule in group.rules})),
            questions=tuple(self._questions(asked) for asked in questions(report)),
            groups=shown,
            waivers=tuple(waivers[:_ROWS]),
            more_waivers=max(len(waivers) - _ROWS, 0),
            baseline=report.baseline,
            notes=tuple(_some_texts(notes(report))),
            reasons=tuple(self._reasons(result, found) for result in report.results if self._details(result) in found),
            met=tuple(self._reasons(result, found) for result in report.results if result.outcome is Outcome.PASS),
            others=tuple(
                self._reasons(result, found)
                for result in report.results
                if result.outcome not in UNMET and result.outcome is not Outcome.PASS
            ),
        )

    # Findings ---------------------------------------------------------------------------------------------------------

    def _groups(self) -> tuple[GroupView, ...]:
        return tuple(
            GroupView(
                name=group.name,
                title=group.title,
                count=len(group.rules),
                rules=tuple(self._rule(rule.result, rule.findings) for rule in group.rules),
            )
            for group in groups(self.report)
        )

    def _lifted(self, raised: Sequence[Lifted]) -> Iterator[GroupView]:
        for state, title in (("waived", "Waived"), ("known", "Known, and listed in the baseline")):
            rules = [
                self._rule(each.result, each.findings, state=state, waiver=each.waiver, number=number)
                for number, each in enumerate(raised, start=1)
                if (each.waiver is not None) == (state == "waived")
            ]
            if rules:
                yield GroupView(name=state, title=title, count=len(rules), rules=tuple(rules))

    def _rule(
        self,
        result: RuleResult,
        findings: Sequence[Finding],
        *,
        state: str = "open",
        waiver: Waiver | None = None,
        number: int = 0,
    ) -> RuleView:
        taken = self.room.take(len(findings))
        own = f"{self.anchor}-{'finding' if state == 'open' else state}-{number or self.numbers[result.id]}"
        return RuleView(
            anchor=own,
            details=self._details(result),
            id=_name(result.id),
            policy=_name(result.id.partition("/")[0]),
            summary=cut(result.rule.summary, MESSAGE_CHARACTERS),
            severity=result.severity.value,
            outcome=result.outcome.value,
            note=cut(result.note, MESSAGE_CHARACTERS),
            of_gate=result.of_gate,
            state=state,
            findings=tuple(self._finding(finding) for finding in findings[:taken]),
            more=len(findings) - taken,
            fix=cut(remedy_of(result), _REASON_CHARACTERS),
            waiver=waiver,
        )

    def _details(self, result: RuleResult) -> str:
        return f"{self.anchor}-rule-{self.numbers[result.id]}"

    def _finding(self, finding: Finding) -> FindingView:
        site, data = site_of(finding, self.report), self.report.manifest.document.data
        facts = _names(finding.reads, data) if finding.outcome is Outcome.UNKNOWN else ""
        return FindingView(
            message=cut(finding.message, MESSAGE_CHARACTERS),
            outcome=finding.outcome.value,
            place=_place(site),
            key=_name(site.key if finding.site else name_of(finding.pointer, data)),
            quote=_quote(site.excerpt) if site.excerpt and (finding.pointer or finding.site) else None,
            facts="" if facts in finding.message else facts,
        )

    def _actions(self, rules: dict[str, RuleView]) -> Iterator[ActionView]:
        data = self.report.manifest.document.data
        for action in first_actions(self.report):
            rule = rules[self._details(action.result)]
            yield ActionView(
                anchor=rule.anchor,
                summary=rule.summary,
                places=_names(action.pointers, data),
                decided_elsewhere=action.decided_elsewhere,
            )

    def _waivers(self, raised: Sequence[Lifted]) -> Iterator[tuple[Waiver, str, str]]:
        """Give every waiver that is told of, in what state it is, and the part of the page that it is about."""
        anchors = {
            each.waiver: f"{self.anchor}-waived-{number}" for number, each in enumerate(raised, start=1) if each.waiver
        }
        yield from ((waiver, "in force", anchor) for waiver, anchor in anchors.items())
        yield from ((waiver, "does not hold", "") for waiver in self.report.lapsed)
        yield from ((waiver, "lifts nothing", "") for waiver in self.report.unused)

    def _reasons(self, result: RuleResult, found: dict[str, list[str]]) -> ReasonView:
        rule = result.rule
        return ReasonView(
            anchor=self._details(result),
            id=_name(result.id),
            summary=cut(rule.summary, MESSAGE_CHARACTERS),
            severity=result.severity.value,
            outcome=result.outcome.value,
            rationale=cut(rule.rationale, _REASON_CHARACTERS),
            references=rule.references[:_ROWS],
            waivable=rule.waivable,
            found=tuple(found.get(self._details(result), ())),
        )

    # Questions --------------------------------------------------------------------------------------------------------

    def _questions(self, asked: Questions) -> QuestionsView:
        shown = asked.answers[:_COLUMNS]
        return QuestionsView(
            title=cut(asked.title, _NAME_CHARACTERS),
            is_matrix=asked.is_matrix,
            answers=tuple(self._answer(answer) for answer in asked.answers[:_ROWS]),
            heads=tuple(_name(answer.assessment.label or answer.assessment.title) for answer in shown),
            rows=tuple(
                RowView(key=_name(key), cells=tuple(_cell(answer, key) for answer in shown))
                for key in asked.keys[:_ROWS]
            ),
            overall=tuple((_name(answer.level), _shade(answer, answer.level)) for answer in shown),
            more_rows=max(len(asked.keys) - _ROWS, 0),
            more_columns=len(asked.answers) - len(shown),
            scales=tuple(
                dict.fromkeys(
                    tuple((_name(level), _shade(answer, level)) for level in answer.assessment.scale)
                    for answer in shown
                )
            ),
        )

    def _answer(self, answer: AssessmentResult) -> AnswerView:
        item, document = decided_by(answer), self.report.manifest.document
        return AnswerView(
            title=cut(answer.assessment.title, _NAME_CHARACTERS),
            level=_name(answer.level),
            shade=_shade(answer, answer.level),
            because=cut(answer.because, MESSAGE_CHARACTERS),
            hangs_on=cut(hangs_on(item, self.report), MESSAGE_CHARACTERS) if item else "",
            key=_name(item.key) if item else "",
            place=_place(document.site(place_of(item))) if item else "",
        )


def _sentence(report: Report, *, has_lifted: bool) -> str:
    """Say what the verdict rests on."""
    sentence = _SENTENCES[report.verdict.value].format(_LIFTED if has_lifted else "")
    return sentence[0].upper() + sentence[1:]


def _cell(answer: AssessmentResult, key: str) -> tuple[str, str]:
    item = answer.items.get(key)
    return (_name(item.level), _shade(answer, item.level)) if item else ("", "none")


def _shade(answer: AssessmentResult, level: str) -> str:
    """Give the shade of a level: its place among the known levels, in steps from 0 to 3."""
    if level == "unknown":
        return "unknown"
    known = [word for word in answer.assessment.scale if word != "unknown"]
    place = known.index(level) if level in known else len(known) - 1
    return str(round(3 * place / max(len(known) - 1, 1)))


def _place(site: Site) -> str:
    return f"{_name(site.file)}:{site.span.line}"


def _quote(excerpt: Excerpt) -> Quote:
    """Cut a line around what is underlined in it; a line may be as long as its file."""
    text, start = excerpt.text, excerpt.start
    end = max(excerpt.end, start)
    first, last = max(start - _BEFORE, 0), min(end, start + _AROUND)
    behind = last + max(_AROUND - (last - start), 0)
    return Quote(
        line=excerpt.line,
        before=f"...{text[first:start].lstrip()}" if first else text[:start],
        marked=text[start:last] + ("..." if last < end else ""),
        after=text[end:behind] + ("..." if behind < len(text) else "") if last == end else "",
    )


def _names(pointers: Sequence[str], data: object) -> str:
    return cut(some([name_of(pointer, data) for pointer in pointers[:_NAMES]], _NAMES), MESSAGE_CHARACTERS) + (
        f" and {len(pointers) - _NAMES} more" if len(pointers) > _NAMES else ""
    )


def _some_texts(texts: Iterable[str]) -> Iterator[str]:
    listed = list(texts)
    yield from (cut(text, MESSAGE_CHARACTERS) for text in listed[:_ROWS])
    if len(listed) > _ROWS:
        yield f"and {len(listed) - _ROWS} more"


def _name(text: str) -> str:
    return cut(text, _NAME_CHARACTERS)
