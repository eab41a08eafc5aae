"""The whole of an audit in a few screens, for a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from typing import BinaryIO, TypeVar

from release_review.audit.exports.grids import UNMET, Grid, claims_of, grids_of, unmet_of
from release_review.audit.exports.told import PURPOSE, UNFINISHED, Told
from release_review.audit.summary import Conflict, Coverage, RuleCount, Summary, Trouble
from release_review.escape import plain, plain_pieces
from release_review.hooks import Style
from release_review.model import Verdict
from release_review.reporters.layout import columns, cut, pad, paint, some, wrap
from release_review.summary import PROGRAM

_SHOWN = 5
_SHOWN_IN_FULL = 200
_NAMES = 6
_STEP = "  "
_TEXT_CHARACTERS = 300
_PATH_CHARACTERS = 500
_MOST_ROWS = 40
_LEAST_ROOM = 12
_COLORS = {Verdict.PASS: "green", Verdict.BLOCKED: "red", Verdict.ERROR: "red"}


def write(told: Told, stream: BinaryIO) -> None:
    """Write the summary; less of it where the style is quiet, and longer lists where it is verbose."""
    lines = "\n".join(lines_of(told.summary, told.style, ledger=str(told.ledger.path)))
    stream.write(f"{lines}\n".encode("utf-8", "backslashreplace"))


def lines_of(summary: Summary, style: Style, *, ledger: str) -> Iterator[str]:
    """Give the lines.

    Args:
        summary: What there is to tell.
        style: How it is laid out.
        ledger: The path of the ledger, for the commands that come next.
    """
    yield from _head(summary, style)
    if style.verbosity < 0:
        return
    at_most = _SHOWN_IN_FULL if style.verbosity else _SHOWN
    yield from _told(summary, style)
    for grid in grids_of(summary):
        yield from _grid(grid, style)
    yield from _list(UNMET, unmet_of(summary), at_most, style, _rule)
    yield from _list("Sources", summary.sources, at_most, style, _source)
    title = f"Conflicts: {_count(summary.conflict_count, 'value')} in {_count(summary.conflicting_releases, 'release')}"
    yield from _list(title, summary.conflicts, at_most, style, _conflict, count=summary.conflict_count)
    title = f"Without a verdict: {_count(summary.counts.errors, 'release')}"
    yield from _list(title, summary.errors, at_most, style, _trouble, count=summary.counts.errors)
    yield from _next(summary, ledger)
    yield ""
    yield from wrap(PURPOSE, style)


def _head(summary: Summary, style: Style) -> Iterator[str]:
    counts = summary.counts
    verdict = counts.verdict
    told = (
        f"{_count(counts.found, 'release')}: {counts.passed:,} pass, {counts.blocked:,} blocked, "
        f"{counts.errors:,} without a verdict"
    )
    yield from (paint(line, _COLORS[verdict], style) for line in wrap(told, style))
    if not summary.audit.is_complete:
        yield from wrap(UNFINISHED, style)


def _told(summary: Summary, style: Style) -> Iterator[str]:
    audit = summary.audit
    policies = [f"{name} {version}" for name, version, _ in audit.policies]
    corpus = [f"{importer}={path}" if importer else path for importer, path in audit.corpus]
    yield ""
    named = (
        ("as of", f"{audit.as_of or audit.today}, judged on {audit.today}"),
        ("policies", some(policies, _NAMES)),
        ("corpus", some([cut(each, _PATH_CHARACTERS) for each in corpus], _NAMES)),
        ("tool", f"{PROGRAM} {audit.tool}"),
    )
    for name, value in named:
        yield from wrap(value, style, indent=_STEP * 6, first=f"{_STEP}{name:<10}")
    if summary.steps:
        described = f"{summary.with_threats:,} of {_count(summary.reviewed, 'release')} describe a threat"
        yield from wrap(described, style, indent=_STEP * 6, first=f"{_STEP}{'threats':<10}")


def _grid(grid: Grid, style: Style) -> Iterator[str]:
    """Set a table; a name that leaves no room for its numbers is cut, and one without any room becomes sentences."""
    yield ""
    yield from wrap(grid.title, style)
    if grid.note:
        yield from wrap(grid.note, style, indent=_STEP)
    heads = [plain(cut(head, _TEXT_CHARACTERS)) for head in grid.heads]
    shown = grid.rows[:_MOST_ROWS]
    cells = [[f"{number:,}" for number in numbers] for _, numbers in shown]
    widths = [max(columns(each) for each in column) for column in zip(heads, *cells, strict=True)]
    longest = max((columns(plain(name)) for name, _ in shown), default=0)
    left = style.width - len(_STEP) - sum(widths)
    between = _STEP if left - len(_STEP) * len(widths) >= longest else " "
    room = left - len(between) * len(widths)
    if room < _LEAST_ROOM:
        for name, numbers in shown:
            told = ", ".join(f"{head} {number:,}" for head, number in zip(grid.heads, numbers, strict=True))
            yield from wrap(f"{name}: {told}", style, indent=_STEP * 2, first=_STEP)
    else:
        names = [_fitted(name, room) for name, _ in shown]
        first = max((columns(name) for name in names), default=0)
        for name, row in zip(["", *names], [heads, *cells], strict=True):
            set_right = (f"{between}{_right(cell, width)}" for cell, width in zip(row, widths, strict=True))
            yield f"{_STEP}{pad(name, first)}{''.join(set_right)}"
    if len(grid.rows) > len(shown):
        yield f"{_STEP}and {len(grid.rows) - len(shown):,} more"


def _right(cell: str, width: int) -> str:
    return " " * (width - columns(cell)) + cell


def _fitted(text: str, room: int) -> str:
    """Escape a name and cut it to the columns there are."""
    pieces = plain_pieces(text[: room + 1])
    if len(text) <= room + 1 and columns("".join(pieces)) <= room:
        return "".join(pieces)
    ends = accumulate(columns(piece) for piece in pieces)
    return "".join(pieces[: sum(end <= room - 3 for end in ends)]) + "..."


_Entry = TypeVar("_Entry")


def _list(
    title: str,
    entries: Sequence[_Entry],
    at_most: int,
    style: Style,
    told: Callable[[_Entry], tuple[str, str]],
    *,
    count: int = 0,
) -> Iterator[str]:
    """Set a list: what each entry is called, and what is said of it below that."""
    if not entries:
        return
    yield ""
    yield from wrap(title, style)
    for entry in entries[:at_most]:
        name, text = told(entry)
        yield from wrap(name, style, indent=_STEP * 3, first=_STEP)
        yield from wrap(text, style, indent=_STEP * 2) if text else ()
    left = max(count, len(entries)) - len(entries[:at_most])
    if left:
        yield f"{_STEP}and {left:,} more"


def _rule(rule: RuleCount) -> tuple[str, str]:
    told = [(rule.unmet, "not met"), (rule.undecided, "cannot be told")]
    counts = ", ".join(f"{count:,} {words}" for count, words in told if count)
    return f"{cut(rule.id, _TEXT_CHARACTERS)} ({rule.severity}): {counts}", cut(rule.summary, _TEXT_CHARACTERS)


def _source(source: Coverage) -> tuple[str, str]:
    name = cut(source.source, _TEXT_CHARACTERS) or "no source"
    stated = sum(each.stated for each in source.fields)
    titled = f", {cut(source.called, _TEXT_CHARACTERS)}" if source.called else ""
    return f"{name}: {_count(source.releases, 'release')}, {_count(stated, 'value')} stated{titled}", ""


def _conflict(conflict: Conflict) -> tuple[str, str]:
    name = f"{cut(conflict.release, _TEXT_CHARACTERS)}, {cut(conflict.name, _TEXT_CHARACTERS)}"
    return name, cut(claims_of(conflict), _TEXT_CHARACTERS)


def _trouble(trouble: Trouble) -> tuple[str, str]:
    # An error begins with the name of the file; a rule that broke does not.
    named = trouble.messages[0].startswith(trouble.manifest)
    first = cut(trouble.messages[0].removeprefix(f"{trouble.manifest}:").strip(), _TEXT_CHARACTERS)
    more = f" (and {len(trouble.messages) - 1} more)" if len(trouble.messages) > 1 else ""
    name = cut(trouble.manifest, _PATH_CHARACTERS)
    return (name if named or not trouble.release else f"{name}: {cut(trouble.release, _TEXT_CHARACTERS)}"), first + more


def _next(summary: Summary, ledger: str) -> Iterator[str]:
    """Name the commands that come next, which nothing breaks, so that they can be copied."""
    commands = [
        ("a page to look at", f"report {ledger} --output html=audit.html"),
        ("one release in full", f"report {ledger} --release ID"),
        ("what another policy would change", f"impact {ledger} --policy POLICY"),
    ]
    if not summary.audit.is_complete:
        commands = [("to go on with the audit", f"audit --resume -o {ledger}"), *commands]
    yield ""
    yield "Next"
    for what, command in commands:
        yield f"{_STEP}{what}:"
        yield f"{_STEP * 2}{PROGRAM} {plain(command)}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
