"""A forecast as text for people."""

from __future__ import annotations

from collections.abc import Iterator

from release_review.audit.forecast import words
from release_review.audit.forecast.run import Forecast
from release_review.audit.forecast.work import Change
from release_review.escape import shorten
from release_review.hooks import Style
from release_review.reporters.layout import counted, paint, wrap


def as_text(forecast: Forecast, style: Style) -> Iterator[str]:
    """Give the lines of a forecast as text, by day; with a verbosity of 1 all of it, also what changes no verdict."""
    return (f"{line}\n" for line in _lines(forecast, style))


def _lines(forecast: Forecast, style: Style) -> Iterator[str]:
    every = style.verbosity > 0
    yield from wrap(f"What changes: {words.title(forecast)}", style)
    for line in words.summary(forecast):
        yield from wrap(line, style)
    shown = [each for each in forecast.changes if each.changes_verdict or every]
    most = len(shown) if every else words.MOST_CHANGES
    for change in shown[:most]:
        yield ""
        yield from _change(change, style)
    if len(shown) > most:
        yield from ("", f"{len(shown) - most:,} more changes: see -v")
    yield from _ending(forecast, style)


def _change(change: Change, style: Style) -> Iterator[str]:
    every = style.verbosity > 0
    head = f"{change.day}  {words.verdicts(change)}: {shorten(change.release)}"
    lines = wrap(head, style, indent="    ", first="")
    color = "red" if change.turns_red else "green" if change.turns_green else "bold"
    yield from [paint(lines[0], color, style), *lines[1:]]
    yield from wrap(f"{change.manifest} (row {change.number} of the ledger)", style, indent="    ")
    for reason in words.reasons(change, every=every):
        yield from wrap(reason, style, indent="      ", first="    - ")
    blocking, clearing = words.blocking(change, every=every), words.clearing(change, every=every)
    for label, rules in (("blocks from then on", blocking), ("blocks no more", clearing)):
        if rules:
            yield from wrap(f"{label}: {'; '.join(rules)}", style, indent="      ", first="    ")
    others = words.others(change)
    if every:
        levels = [f"{each.assessment}: {each.before} to {each.after}" for each in change.levels]
        for line in (*map(words.other, others), *levels):
            yield from wrap(line, style, indent="      ", first="    ")
    elif others:
        verb = "comes" if len(others) == 1 else "come"
        yield f"    {counted(len(others), 'other rule')} {verb} to something else; see -v"


def _ending(forecast: Forecast, style: Style) -> Iterator[str]:
    every = style.verbosity > 0
    quiet = sum(1 for each in forecast.changes if not each.changes_verdict)
    if quiet and not every:
        yield ""
        verb = "leaves" if quiet == 1 else "leave"
        yield from wrap(f"{counted(quiet, 'change')} of rules or levels {verb} the verdict as it is; see -v", style)
    if forecast.skipped:
        yield from ("", "Nothing is foretold of:")
        most = len(forecast.skipped) if every else words.MOST_SKIPPED
        for each in forecast.skipped[:most]:
            why = "; ".join(each.why)
            yield from wrap(f"{each.release} ({each.manifest}): {why}", style, indent="    ", first="  ")
        if len(forecast.skipped) > most:
            yield f"  and {len(forecast.skipped) - most:,} more: see -v"
    yield ""
    yield from wrap(words.CAVEAT, style)
