"""The answers to the policies' questions: one line each, or items by questions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from release_review.escape import plain
from release_review.fingerprint import name_of
from release_review.hooks import Style
from release_review.model import AssessmentResult, ItemResult, Layout, Report
from release_review.reporters.layout import NARROWEST, columns, level_color, pad, paint, paint_start, some, wrap

_GAP = "  "
_KEYS_SHOWN = 3
_NO_CELL = "-"


def assessment_lines(report: Report, style: Style) -> Iterator[str]:
    """Give the assessments of every policy that has any, under the policy's title; lists come before matrices."""
    titles = {policy.id: policy.title for policy in report.policies}
    layouts = {policy.id: policy.layout for policy in report.policies}
    grouped: dict[str, list[AssessmentResult]] = {}
    for result in report.assessments:
        grouped.setdefault(result.id.partition("/")[0], []).append(result)
    for policy, results in sorted(grouped.items(), key=lambda group: layouts.get(group[0]) is Layout.MATRIX):
        yield from ("", paint(plain(titles.get(policy, policy)), "bold", style))
        if layouts.get(policy) is Layout.MATRIX and any(result.items for result in results):
            yield from _matrix(results, style)
            if style.verbosity > 0:
                for result in results:
                    yield from wrap(result.assessment.title, style, indent="    ", first="  ")
                    yield from _items(result, report, style, indent="    ")
        elif (
            len(results) > 1
            and len({(result.level, result.because) for result in results}) == 1
            and not results[0].items
        ):
            yield from _alike(results, style)
        else:
            yield from _list(results, report, style)


def _alike(results: Sequence[AssessmentResult], style: Style) -> Iterator[str]:
    """Say once what is said of every question, where there is nothing they could differ about."""
    level, titles = plain(results[0].level), ", ".join(result.assessment.title for result in results)
    text, indent = f"{results[0].because}; so it is for {titles}", " " * (columns(level) + 4)
    lines = wrap(text, style, indent=indent, first=_GAP + level + _GAP)
    yield from paint_start(lines, level, level_color(level), style)


def _list(results: Sequence[AssessmentResult], report: Report, style: Style) -> Iterator[str]:
    width = max(columns(plain(result.level)) for result in results)
    indent = _GAP + " " * width + _GAP
    remark = _shared_clause([result.because for result in results])
    for result in results:
        level = plain(result.level)
        lines = wrap(result.assessment.title, style, indent=indent, first=_GAP + pad(level, width) + _GAP)
        yield from paint_start(lines, level, level_color(level), style)
        because = result.because.removesuffix(f"; {remark}")
        yield from wrap(_reason(because, result, report), style, indent=indent)
        if style.verbosity > 0:
            yield from _items(result, report, style, indent=indent)
    if remark:
        yield from wrap(f"For each of these: {remark}.", style, indent=_GAP)


def _shared_clause(reasons: Sequence[str]) -> str:
    """Give the last clause of several reasons, where it is the same in all of them; else nothing."""
    clauses = {clause if head else "" for head, _, clause in (reason.rpartition("; ") for reason in reasons)}
    return clauses.pop() if len(reasons) > 1 and len(clauses) == 1 else ""


def _reason(because: str, result: AssessmentResult, report: Report) -> str:
    document = report.manifest.document
    item = result.items.get(result.decided_by) if result.decided_by is not None else None
    if item is None:
        return because
    place = document.locate(item.reads[0] if item.reads else item.pointer)
    text = f"{because} ({item.key}, {document.name}:{place.line}:{place.column})"
    return text + _undecided(item, report)


def _items(result: AssessmentResult, report: Report, style: Style, *, indent: str) -> Iterator[str]:
    for item in result.items.values():
        text = f"{item.key}: {item.level}; {item.because}{_undecided(item, report)}"
        yield from wrap(text, style, indent=indent + "  ", first=indent + "- ")


def _undecided(item: ItemResult, report: Report) -> str:
    data = report.manifest.document.data
    names = [name_of(pointer, data) for pointer in item.undecided]
    return f"; it hangs on {some(names, _KEYS_SHOWN)}" if names else ""


def _matrix(results: Sequence[AssessmentResult], style: Style) -> Iterator[str]:
    keys = list(dict.fromkeys(key for result in results for key in result.items))
    heads = [plain(result.assessment.label or result.assessment.title).split() for result in results]
    rows = [(plain(key), [_cell(result, key) for result in results]) for key in keys]
    rows.append(("overall", [plain(result.level) for result in results]))
    stub = max(columns(name) for name, _ in rows)
    widths = [
        max(columns(word) for word in (*head, *(cells[index] for _, cells in rows))) for index, head in enumerate(heads)
    ]
    if len(_GAP) + stub + sum(len(_GAP) + width for width in widths) <= style.width:
        yield from _table(heads, rows, stub, widths, style)
    else:
        yield from _stack(heads, rows, style)
    for scale in dict.fromkeys(result.assessment.scale for result in results):
        yield from wrap(f"Levels, strongest first: {', '.join(scale)}.", style, indent=_GAP)


def _cell(result: AssessmentResult, key: str) -> str:
    return plain(result.items[key].level) if key in result.items else _NO_CELL


def _table(
    heads: Sequence[Sequence[str]],
    rows: Sequence[tuple[str, list[str]]],
    stub: int,
    widths: Sequence[int],
    style: Style,
) -> Iterator[str]:
    height = max(len(head) for head in heads)
    for line in range(height):
        words = (pad(_word(head, height, line), width) for head, width in zip(heads, widths, strict=True))
        yield (_GAP + " " * stub + _GAP + _GAP.join(words)).rstrip()
    for name, cells in rows:
        padded = (
            _painted(cell, style) + " " * (width - columns(cell)) for cell, width in zip(cells, widths, strict=True)
        )
        yield (_GAP + pad(name, stub) + _GAP + _GAP.join(padded)).rstrip()


def _painted(cell: str, style: Style) -> str:
    return cell if cell == _NO_CELL else paint(cell, level_color(cell), style)


def _word(head: Sequence[str], height: int, line: int) -> str:
    """Give the word of a column's head on a line; heads end on the same line."""
    index = line - (height - len(head))
    return head[index] if index >= 0 else ""


def _stack(heads: Sequence[Sequence[str]], rows: Sequence[tuple[str, list[str]]], style: Style) -> Iterator[str]:
    names = [" ".join(head) for head in heads]
    room = max(style.width, NARROWEST) - len(_GAP * 3) - max(columns(cell) for _, cells in rows for cell in cells)
    width = max((columns(name) for name in names if columns(name) <= room), default=0)
    for key, cells in rows:
        yield from wrap(key, style, indent=_GAP)
        for name, cell in zip(names, cells, strict=True):
            if columns(name) > room:
                yield from wrap(name, style, indent=_GAP * 3, first=_GAP * 2)
            stub = pad(name if columns(name) <= room else "", width)
            yield _GAP * 2 + stub + _GAP + _painted(cell, style)
