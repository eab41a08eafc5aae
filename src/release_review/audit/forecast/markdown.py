"""A forecast as Markdown: a table by day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from release_review.audit.forecast import words
from release_review.audit.forecast.run import Forecast
from release_review.audit.forecast.work import Change
from release_review.escape import MESSAGE_CHARACTERS, markdown, shorten


def as_markdown(forecast: Forecast, *, verbosity: int = 0) -> Iterator[str]:
    """Give the lines of a forecast as Markdown; with a verbosity of 1 all of it, also what changes no verdict."""
    return (f"{line}\n" for line in _lines(forecast, every=verbosity > 0))


def _lines(forecast: Forecast, *, every: bool) -> Iterator[str]:
    yield from (f"## What changes: {markdown(words.title(forecast))}", "")
    yield from (f"- {_cell(line)}" for line in words.summary(forecast))
    shown = [each for each in forecast.changes if each.changes_verdict or every]
    most = len(shown) if every else words.MOST_CHANGES
    if shown:
        yield from ("", "| day | release | verdict | why | rules |", "|---|---|---|---|---|")
        yield from (_row(each, every=every) for each in shown[:most])
    if len(shown) > most:
        yield from ("", f"{len(shown) - most:,} more changes: see `-v`.")
    if forecast.skipped:
        yield from ("", "Nothing is foretold of:", "")
        most = len(forecast.skipped) if every else words.MOST_SKIPPED
        for each in forecast.skipped[:most]:
            yield f"- {markdown(shorten(each.release), code=True)}: {_joined(each.why)}"
        if len(forecast.skipped) > most:
            yield f"- and {len(forecast.skipped) - most:,} more: see `-v`"
    yield from ("", markdown(words.CAVEAT))


def _row(change: Change, *, every: bool) -> str:
    rules = [f"blocks: {each}" for each in words.blocking(change, every=every)]
    rules += [f"blocks no more: {each}" for each in words.clearing(change, every=every)]
    others = words.others(change)
    if every:
        rules += map(words.other, others)
    elif others:
        rules.append(f"{len(others)} more come to something else")
    cells = (
        str(change.day),
        markdown(shorten(change.release), code=True),
        words.verdicts(change),
        _joined(words.reasons(change, every=every)),
        _joined(rules),
    )
    return f"| {' | '.join(cells)} |"


def _joined(texts: Iterable[str]) -> str:
    return "<br>".join(map(_cell, texts))


def _cell(text: str) -> str:
    return markdown(text if len(text) <= MESSAGE_CHARACTERS else f"{text[: MESSAGE_CHARACTERS - 3]}...")
