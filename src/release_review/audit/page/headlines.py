"""The few sentences that a summary begins with: what stands out, in numbers that lead to the releases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from release_review.audit.page.links import Link
from release_review.audit.page.shades import UNKNOWN
from release_review.audit.summary import Answers, Summary


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """One sentence: a number, what it counts, and where to see it."""

    number: str
    text: str
    href: str


def headlines(summary: Summary) -> Iterator[Headline]:
    """Give what stands out in an audit, the most telling first."""
    reviewed = summary.reviewed
    if summary.properties and reviewed:
        yield _property(summary)
        yield from _undecided(summary)
    if summary.steps and reviewed:
        yield _threats(summary, reviewed)
    if summary.conflict_count:
        facts = "one fact" if summary.conflict_count == 1 else f"{summary.conflict_count:,} facts"
        text = f"{_releases(summary.conflicting_releases)} where sources disagree, on {facts} in all"
        yield Headline(number=f"{summary.conflicting_releases:,}", text=text, href="#conflicts")
    if summary.counts.errors:
        text = f"{_releases(summary.counts.errors)} without a trustworthy verdict"
        yield Headline(number=f"{summary.counts.errors:,}", text=text, href="#errors")


def _property(summary: Summary) -> Headline:
    """Give the property that most releases surely have."""
    most = max(summary.properties, key=_surely)
    text = f'of {most.asked:,} releases: "{most.title}" {_said(most)}; no other property is more frequent'
    return Headline(number=f"{_surely(most):,}", text=text, href=Link.to(question=most.id, level=most.scale[0]).href)


def _undecided(summary: Summary) -> Iterator[Headline]:
    """Give the property that most often cannot be told."""
    least = max(summary.properties, key=lambda each: each.levels.get(UNKNOWN, 0))
    if unknown := least.levels.get(UNKNOWN, 0):
        text = f'of {least.asked:,} releases: what is stated does not decide "{least.title}"'
        yield Headline(number=f"{unknown:,}", text=text, href=Link.to(question=least.id, level=UNKNOWN).href)


def _threats(summary: Summary, reviewed: int) -> Headline:
    """Say how many releases describe a threat at all, and which step is then the weakest."""
    threats = sum(count for _, count in summary.vectors)
    if not threats:
        text = f"of {reviewed:,} releases describe a threat; without one, no step of the framework has evidence"
        return Headline(number="0", text=text, href="#steps")
    weakest = min(summary.steps, key=_full)
    text = (
        f"of {reviewed:,} releases describe threats, {threats:,} in all; least supported is "
        f'"{weakest.title}": {weakest.scale[0]} for {_full(weakest):,} of them'
    )
    return Headline(number=f"{summary.with_threats:,}", text=text, href="#steps")


def _surely(answers: Answers) -> int:
    return answers.levels.get(answers.scale[0], 0) if answers.scale else 0


def _full(answers: Answers) -> int:
    return sum(levels.get(answers.scale[0], 0) for levels in answers.by_vector.values())


def _said(answers: Answers) -> str:
    level = answers.scale[0]
    return level if level == "applies" else f'is "{level}"'


def _releases(count: int) -> str:
    return "release" if count == 1 else "releases"
