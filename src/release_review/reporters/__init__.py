"""The reporters that come with the tool; each is a plugin like any other, and is imported when it is used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from release_review.hooks import Reporter, Style, Unreviewed, hookimpl
from release_review.model import Report


@hookimpl
def release_review_reporters() -> Iterator[Reporter]:
    """Give our own reporters."""
    yield Reporter(name="concise", summary="One line for each finding and one for each manifest.", render=_concise)
    yield Reporter(name="full", summary="For a person at a terminal: what applies, what is missing, why.", render=_full)
    yield Reporter(name="json", summary="The versioned report for other programs.", render=_json)


def _concise(entries: Iterable[Report | Unreviewed], style: Style) -> str:
    from release_review.reporters.concise import render

    return render(entries, style)


def _full(entries: Iterable[Report | Unreviewed], style: Style) -> str:
    from release_review.reporters.full import render

    return render(entries, style)


def _json(entries: Iterable[Report | Unreviewed], style: Style) -> str:
    from release_review.reporters.json_report import render

    return render(entries, style)
