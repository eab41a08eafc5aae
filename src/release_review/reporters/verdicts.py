"""What every report says of a manifest as a whole: its name, its verdict, and what that rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from release_review.hooks import Unreviewed
from release_review.model import Report, Verdict
from release_review.summary import overall_verdict, tally, verdict_shown

CAVEAT = (
    "The report shows where evidence is missing; it does not say that a release is safe or unsafe, "
    "and it does not weigh benefits against risks."
)
"""What a reader may not take from a report: the framework behind it says neither."""

_PLURALS = {"warning": "warnings", "note": "notes"}


def name_of_entry(entry: Report | Unreviewed) -> str:
    """Give the name of a manifest's file."""
    return entry.manifest.document.name if isinstance(entry, Report) else entry.name


def release_of(entry: Report | Unreviewed) -> str:
    """Give the id of a release; empty where nobody could read it."""
    return entry.manifest.release_id if isinstance(entry, Report) else ""


def verdict_text(entry: Report | Unreviewed) -> str:
    """Give the verdict on one manifest and what it rests on."""
    return verdict_line(entry) if isinstance(entry, Report) else unreviewed_line(entry)


def closing_text(entries: Sequence[Report | Unreviewed]) -> str:
    """Give the verdict on all manifests and what it rests on."""
    return verdict_text(entries[0]) if len(entries) == 1 else verdict_of_all(entries)


def verdict_line(report: Report) -> str:
    """Give the verdict and what it rests on: `blocked (3 blocking, 1 warning)`."""
    parts = [f"{count} {word}" for count, word in counted(report)]
    if report.waivers_ignored:
        parts.append("waivers ignored")
    return f"{report.verdict.value} ({', '.join(parts)})"


def unreviewed_line(entry: Unreviewed) -> str:
    """Give the verdict on a manifest that could not be reviewed."""
    count = len(entry.errors)
    return f"{Verdict.ERROR.value} (not reviewed: {count} {'error' if count == 1 else 'errors'})"


def verdict_of_all(entries: Sequence[Report | Unreviewed]) -> str:
    """Give the verdict on several manifests, and how many of them had which."""
    verdicts = [verdict_shown(entry) for entry in entries]
    parts = (f"{verdicts.count(verdict)} {verdict.value}" for verdict in dict.fromkeys(sorted(verdicts)))
    return f"{overall_verdict(entries).value} ({len(entries)} manifests: {', '.join(parts)})"


def counted(report: Report) -> Iterator[tuple[int, str]]:
    """Give what a verdict rests on, each number with its word: what there is none of only where it tells something."""
    for word, count in tally(report).items():
        if count or (word == "blocking" and report.verdict is not Verdict.PASS):
            yield count, word if count == 1 else _PLURALS.get(word, word)
    yield report.counts["pass"], "passed"
