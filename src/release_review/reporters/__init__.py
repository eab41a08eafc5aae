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
    yield Reporter(name="markdown", summary="For a pull-request comment or the summary of a job.", render=_markdown)
    yield Reporter(name="html", summary="One page for people, with nothing to load.", render=_html)
    yield Reporter(name="sarif", summary="Code scanning: SARIF 2.1.0 as GitHub takes it in.", render=_sarif)
    yield Reporter(name="junit", summary="A test for each rule, for whatever shows test results.", render=_junit)
    yield Reporter(name="github", summary="Annotations of GitHub Actions, the verdict last.", render=_github)
    yield Reporter(name="gitlab", summary="Code Quality of GitLab's merge requests.", render=_gitlab)
    yield Reporter(name="in-toto", summary="Statements to be signed, about manifest and weights.", render=_in_toto)
    yield Reporter(name="csv", summary="One row for each finding and each rule without one.", render=_csv)


def _concise(entries: Iterable[Report | Unreviewed], style: Style) -> str:
    from release_review.reporters.concise import render

    return render(entries, style)


def _full(entries: Iterable[Report | Unreviewed], style: Style) -> str:
    from release_review.reporters.full import render

    return render(entries, style)


def _json(entries: Iterable[Report | Unreviewed], style: Style) -> str:
    from release_review.reporters.json_report import render

    return render(entries, style)


def _markdown(entries: Iterable[Report | Unreviewed], style: Style) -> str:
    from release_review.reporters.markdown import render

    return render(entries, style)


def _html(entries: Iterable[Report | Unreviewed], style: Style) -> str:
    from release_review.reporters.html import render

    return render(entries, style)


def _sarif(entries: Iterable[Report | Unreviewed], style: Style) -> str:
    from release_review.reporters.sarif import render

    return render(entries, style)


def _junit(entries: Iterable[Report | Unreviewed], style: Style) -> str:
    from release_review.reporters.junit import render

    return render(entries, style)


def _github(entries: Iterable[Report | Unreviewed], style: Style) -> str:
    from release_review.reporters.github import render

    return render(entries, style)


def _gitlab(entries: Iterable[Report | Unreviewed], style: Style) -> str:
    from release_review.reporters.gitlab import render

    return render(entries, style)


def _in_toto(entries: Iterable[Report | Unreviewed], style: Style) -> str:
    from release_review.reporters.in_toto import render

    return render(entries, style)


def _csv(entries: Iterable[Report | Unreviewed], style: Style) -> str:
    from release_review.reporters.csv_ import render

    return render(entries, style)
