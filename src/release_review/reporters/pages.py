"""What the reports that are pages show alike: groups by gravity, tables of levels, what was lifted, and notes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from release_review.fingerprint import name_of
from release_review.model import AssessmentResult, Finding, ItemResult, Layout, Policy, Report, RuleResult, Waiver
from release_review.reporters.layout import some
from release_review.summary import findings_of, gravity_of, partly_lifted, unmet

IGNORED = "waivers are ignored on request"
"""What a report says where no waiver was asked."""

_FACTS_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmet:
    """A rule that was not met, with those of its findings that nothing lifts, in the order of the file."""

    result: RuleResult
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The unmet rules of one gravity.

    Attributes:
        name: `broken`, `blocking`, `warning` or `note`, as the tally calls them.
        title: What a page calls them.
        rules: The rules, the gravest first.
    """

    name: str
    title: str
    rules: tuple[Unmet, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifted:
    """Findings of a rule that one waiver lifts, or that the baseline lists where there is no waiver."""

    result: RuleResult
    findings: tuple[Finding, ...]
    waiver: Waiver | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions:
    """The answers to the questions of one policy.

    Attributes:
        title: What the policy calls itself.
        policy: The id of the policy that asks.
        is_matrix: Whether the policy asks for a table of items by questions.
        answers: The answers, in the order of the policy.
        keys: The items of all of them, in the order of the manifest.
    """

    title: str
    policy: str
    is_matrix: bool
    answers: tuple[AssessmentResult, ...]
    keys: tuple[str, ...]

    @property
    def scales(self) -> tuple[tuple[str, ...], ...]:
        """The scales of the questions, each once."""
        return tuple(dict.fromkeys(answer.assessment.scale for answer in self.answers))


TITLES = {
    "broken": "Rules that broke",
    "blocking": "What blocks the release",
    "warning": "Warnings",
    "note": "Notes of rules",
}
"""What a page calls each group, gravest first."""


def groups(report: Report) -> list[Group]:
    """Give the unmet rules by gravity; a group without any is left out."""
    found: dict[str, list[Unmet]] = {name: [] for name in TITLES}
    for result in unmet(report):
        listed = [finding for finding in findings_of(result) if not finding.lifted]
        listed.sort(key=lambda finding: _position(finding, report))
        found[gravity_of(result)].append(Unmet(result=result, findings=tuple(listed)))
    return [Group(name=name, title=TITLES[name], rules=tuple(rules)) for name, rules in found.items() if rules]


def lifted(report: Report) -> list[Lifted]:
    """Give what waivers lift, by rule and waiver, and then what the baseline lists."""
    by_waiver: dict[tuple[str, Waiver], list[Finding]] = {}
    of_baseline: list[Lifted] = []
    results = {result.id: result for result in report.results}
    for result in partly_lifted(report):
        for finding in result.findings:
            if finding.waiver:
                by_waiver.setdefault((result.id, finding.waiver), []).append(finding)
        listed = tuple(finding for finding in result.findings if finding.known and not finding.waiver)
        if listed:
            of_baseline.append(Lifted(result=result, findings=listed))
    waived = [
        Lifted(result=results[id_], waiver=waiver, findings=tuple(listed))
        for (id_, waiver), listed in by_waiver.items()
    ]
    return waived + of_baseline


def questions(report: Report) -> Iterator[Questions]:
    """Give the answers of every policy that asks anything; lists come before matrices."""
    policies = {policy.id: policy for policy in report.policies}
    grouped: dict[str, list[AssessmentResult]] = {}
    for answer in report.assessments:
        grouped.setdefault(answer.id.partition("/")[0], []).append(answer)
    asked = []
    for id_, answers in grouped.items():
        policy = policies.get(id_)
        asked.append(
            Questions(
                policy=id_,
                title=policy.title if policy else id_,
                is_matrix=_is_laid_out(policy) and any(answer.items for answer in answers),
                answers=tuple(answers),
                keys=tuple(dict.fromkeys(key for answer in answers for key in answer.items)),
            )
        )
    # By what the policy says, and not by what there is to lay out, so that releases beside each other have one order.
    return iter(sorted(asked, key=lambda each: _is_laid_out(policies.get(each.policy))))


def _is_laid_out(policy: Policy | None) -> bool:
    return policy is not None and policy.layout is Layout.MATRIX


def decided_by(answer: AssessmentResult) -> ItemResult | None:
    """Give the item whose level is the level of the whole; None where no item decided."""
    return answer.items.get(answer.decided_by) if answer.decided_by is not None else None


def place_of(item: ItemResult) -> str:
    """Give the pointer of what an item's level rests on first."""
    return item.reads[0] if item.reads else item.pointer


def hangs_on(item: ItemResult, report: Report) -> str:
    """Name a few of the facts that would decide an item; empty where it is decided."""
    data = report.manifest.document.data
    return some([name_of(pointer, data) for pointer in item.undecided], _FACTS_NAMED)


def notes(report: Report) -> Iterator[str]:
    """Give what else a reader has to know: what was changed, left out, or is there for nothing."""
    if report.waivers_ignored:
        yield IGNORED
    yield from changes(report)


def changes(report: Report) -> Iterator[str]:
    """Give what is not as the policies have it: questions and severities that were changed, and plugins."""
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


def _position(finding: Finding, report: Report) -> tuple[str, int, int]:
    """Sort the manifest's own findings first, in the order of its lines."""
    file = finding.site.file if finding.site else ""
    span = finding.site.span if finding.site else report.manifest.document.locate(finding.pointer)
    return (file, span.line, span.column)
