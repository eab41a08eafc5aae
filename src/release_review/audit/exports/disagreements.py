"""Where the sources of one release disagree: what each says, and from which day, below the report of the release."""

from __future__ import annotations

from collections.abc import Iterator

from release_review.audit.rows import Row, is_error
from release_review.audit.summary import Claimed, Conflict, SourceShown
from release_review.audit.summary.evidence import conflicts_of
from release_review.escape import markdown
from release_review.hooks import Style
from release_review.reporters.layout import cut, wrap

MOST = 100
"""Values of one release that are told; the rows in JSON Lines have them all."""

MOST_BYTES = 4_000
"""Size of the rows of a table in Markdown. The report before it has 60,000, and a comment on GitHub takes 65,536."""

HEADING = "Where sources disagree"
"""What the section is called."""

_MEANING = "No source wins: to every question and rule that reads such a value, it is unknown."
_STEP = "  "
_TEXT_CHARACTERS = 400


def conflict_lines(row: Row, style: Style, *, of: str = "") -> Iterator[str]:
    """Set what sources of a release disagree about for a terminal; nothing where they do not.

    Args:
        row: The row of the release.
        style: How it is laid out.
        of: What the release is called, where there are several.

    Raises:
        TypeError: The row is damaged; so it is with `KeyError`, `ValueError` and `AttributeError`.
    """
    found = _conflicts(row)
    if not found or style.verbosity < 0:
        return
    yield ""
    yield from wrap(f"{HEADING}: {cut(of, _TEXT_CHARACTERS)}" if of else HEADING, style)
    yield from wrap(_MEANING, style, indent=_STEP)
    for conflict in found[:MOST]:
        yield from wrap(cut(conflict.name, _TEXT_CHARACTERS), style, indent=_STEP * 3, first=_STEP)
        for claim in conflict.claims:
            yield from wrap(_said(claim), style, indent=_STEP * 3, first=_STEP * 2)
            for source in claim.sources:
                yield from wrap(_source(source), style, indent=_STEP * 5, first=_STEP * 4)
            if not claim.sources:
                yield f"{_STEP * 4}no source"
    if len(found) > MOST:
        yield f"{_STEP}and {len(found) - MOST:,} more"


def conflict_table(row: Row, *, of: str = "", room: int = MOST_BYTES) -> Iterator[str]:
    """Set the same as a table in Markdown.

    Args:
        row: The row of the release.
        of: What the release is called, where there are several.
        room: How many bytes of rows there may be.

    Raises:
        TypeError: The row is damaged; so it is with `KeyError`, `ValueError` and `AttributeError`.
    """
    found = _conflicts(row)
    if not found:
        return
    named = f": {markdown(cut(of, _TEXT_CHARACTERS), code=True)}" if of else ""
    yield from ("", f"### {HEADING}{named}", "", _MEANING, "")
    yield from ("| Value | What is said | By whom |", "|---|---|---|")
    shown = 0
    for conflict in found:
        lines = list(_table_lines(conflict))
        room -= sum(len(line.encode()) + 1 for line in lines)
        if room < 0:
            break
        yield from lines
        shown += 1
    if shown < len(found):
        yield from ("", f"and {len(found) - shown:,} more")


def _table_lines(conflict: Conflict) -> Iterator[str]:
    name = markdown(cut(conflict.name, _TEXT_CHARACTERS), code=True)
    for claim in conflict.claims:
        sources = "<br>".join(markdown(_source(source)) for source in claim.sources) or "no source"
        yield f"| {name} | {markdown(_said(claim))} | {sources} |"


def _conflicts(row: Row) -> list[Conflict]:
    return [] if is_error(row) else conflicts_of(row)


def _said(claim: Claimed) -> str:
    return cut(f"{claim.said}; {claim.remark}" if claim.remark else claim.said, _TEXT_CHARACTERS)


def _source(source: SourceShown) -> str:
    titled = f"{source.id}, {source.title}" if source.title != source.id else source.id
    return cut(f"{titled}, {source.date or 'no date'}", _TEXT_CHARACTERS)
