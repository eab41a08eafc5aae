"""A condition taken apart, set as lines: what it comes to, which part made it so, and what to state next.

```
  holds     false: any of
    > false      this.usage_observed in ["no", "unknown"]
                 - access[hub].usage_observed is "yes"
      not asked  manifest.monitoring.host_agreements == "yes"
```
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, groupby

from release_review.escape import plain, plain_pieces
from release_review.fingerprint import name_of
from release_review.hooks import Style
from release_review.model import CONDITION, REQUIREMENT, Missing, Part, PartForm, PartOutcome
from release_review.reporters.layout import NARROWEST, columns, pad, paint_start, wrap

MARK = ">"
"""What stands before the parts because of which a condition comes to what it comes to."""

FACTS_SHOWN = 6
"""Facts of a set that are named."""

NAME_COLUMNS = 10
"""Columns for what a condition is to its rule."""

_OUTCOME = max(len(outcome) for outcome in PartOutcome)
_STEP = "  "
_MOST_ROWS = 40
_SIBLINGS_SHOWN = 2
_FORMS = {
    PartForm.ALL_OF: "all of",
    PartForm.ANY_OF: "any of",
    PartForm.NOT: "not",
    PartForm.CHOICE: "one of two",
    PartForm.SAME: "both or neither",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """A line of a tree: a part, or how many there are that say nothing."""

    outcome: str
    depth: int
    text: str
    notes: tuple[str, ...] = ()
    decisive: bool = False


def tree_lines(part: Part, style: Style, *, indent: str) -> Iterator[str]:
    """Give a whole tree: its decisive parts in full, and a line for each part beside them."""
    head = f"{indent}{pad(plain(part.name), NAME_COLUMNS)}"
    blanks = " " * columns(head)
    text = _text(part, style, f"{head}{part.outcome}: ")
    yield from wrap(f"{part.outcome.value}: {text}", style, indent=blanks, first=head)
    yield from _notes(part.notes, style, blanks)
    yield from _table(_rows(part, style, 0), style, indent + _STEP)


def level_lines(parts: Sequence[Part], style: Style, *, indent: str, unasked: int) -> Iterator[str]:
    """Give the conditions of levels in their order: what is settled in a line, the rest as trees.

    Args:
        parts: The conditions that were asked, named by their levels.
        style: The style.
        indent: What every line starts with.
        unasked: How many levels come after them.
    """
    rows = [row for part in parts for row in _rows_of_level(part, style)]
    if unasked:
        levels = "level" if unasked == 1 else "levels"
        rows.append(_Row(outcome=PartOutcome.NOT_ASKED.value, depth=0, text=f"{unasked} more {levels}"))
    yield from _table(rows, style, indent)


def _rows_of_level(part: Part, style: Style) -> Iterator[_Row]:
    if part.outcome is PartOutcome.FALSE:
        yield _Row(outcome=part.outcome.value, depth=0, text=f"{part.name}: {tip_of(part).text}")
    else:
        yield from _rows_of(part, style, 0, bare=False)


def _table(rows: Iterable[_Row], style: Style, indent: str) -> Iterator[str]:
    listed = list(rows)
    told: set[str] = set()
    for row in listed[:_MOST_ROWS]:
        yield from _row(replace(row, notes=tuple(note for note in row.notes if note not in told)), style, indent)
        told.update(row.notes)
    if len(listed) > _MOST_ROWS:
        yield f"{indent}  and {len(listed) - _MOST_ROWS} more lines"


def path_lines(parts: Sequence[Part], style: Style, *, indent: str, at_most: int, more: str) -> Iterator[str]:
    """Give the way to what was decisive in a few lines: the innermost decisive parts, and what they read.

    Args:
        parts: The conditions.
        style: The style.
        indent: What every line starts with.
        at_most: How many lines there may be.
        more: The command that shows all of them.
    """
    lines = [line for part in parts for tip in _tips(part) for line in _tip(tip, style, indent)]
    yield from lines[:at_most]
    if len(lines) > at_most:
        yield from wrap(f"and more: {more}", style, indent=indent + _STEP, first=indent)


def set_lines(sets: Iterable[tuple[str, Missing | None]], data: object, style: Style, *, indent: str) -> Iterator[str]:
    """Name, for each thing that could happen, the facts that would have to be stated; what takes the same is one.

    Where the level of an assessment stands between, they may not be enough: then they are named as what it hangs on.
    """
    wanted: dict[tuple[str, ...], list[str]] = {}
    facts: dict[str, None] = {}
    evidence: dict[str, None] = {}
    for verb, missing in sets:
        if missing is not None and missing.enough and missing.facts:
            wanted.setdefault(missing.facts, []).append(verb)
        elif missing is not None and not missing.enough:
            facts |= dict.fromkeys(missing.facts)
            evidence |= dict.fromkeys(missing.evidence)
    told = [(f"could {' or '.join(dict.fromkeys(verbs))} once stated", named) for named, verbs in wanted.items()]
    told += [("hangs on", tuple(facts)), ("hangs on evidence for", tuple(evidence))]
    for sentence, pointers in told:
        if pointers:
            text = f"{sentence}: {some_places(pointers, data, FACTS_SHOWN)}"
            yield from wrap(text, style, indent=indent + _STEP, first=indent)


def some_places(pointers: Sequence[str], data: object, at_most: int) -> str:
    """Name a few places, and say how many more there are; those are not named, because there may be thousands."""
    names = [name_of(pointer, data) for pointer in pointers[:at_most]]
    rest = len(pointers) - len(names)
    return ", ".join(names) + (f" and {rest} more" if rest else "")


def ways_out(parts: Iterable[Part]) -> Iterator[tuple[str, Missing | None]]:
    """Give what could become of a finding, each with what is missing for it."""
    by_name = {part.name: part for part in parts}
    applies, holds = by_name.get(CONDITION), by_name.get(REQUIREMENT)
    if holds is not None:
        yield "pass", holds.to_hold
    if applies is None and holds is not None:
        yield "fail", holds.to_fail
    if applies is not None:
        yield "cease to apply", applies.to_fail


def tip_of(part: Part) -> Part:
    """Give the first of the innermost decisive parts."""
    return next(_tips(part))


def _tips(part: Part) -> Iterator[Part]:
    decisive = [each for each in part.parts if each.decisive]
    if not decisive:
        yield part
    for each in decisive:
        yield from _tips(each)


def _tip(part: Part, style: Style, indent: str) -> Iterator[str]:
    first = f"{indent}{MARK} {part.outcome.value}: "
    lines = wrap(part.text, style, indent=indent + _STEP * 2, first=first)
    yield from paint_start(lines, f"{MARK} {part.outcome.value}", "bold", style)
    yield from _notes(part.notes, style, indent + _STEP)


def _rows(part: Part, style: Style, depth: int) -> Iterator[_Row]:
    for outcome, group in groupby(part.parts, key=lambda each: each.outcome if not each.decisive else None):
        listed = list(group)
        if outcome is not None and len(listed) > _SIBLINGS_SHOWN:
            yield _Row(outcome=outcome.value, depth=depth, text=f"{len(listed)} parts")
            continue
        for each in listed:
            yield from _rows_of(each, style, depth, bare=part.form is PartForm.ITEMS and _is_whole(part, style, depth))
    if part.more:
        yield _Row(outcome="", depth=depth, text=f"and {part.more} more {'item' if part.more == 1 else 'items'}")


def _rows_of(part: Part, style: Style, depth: int, *, bare: bool) -> Iterator[_Row]:
    named = f"{part.name}: " if part.name else ""
    text = part.name if bare and part.form is PartForm.PLAIN else named + _text(part, style, _lead(depth) + named)
    yield _Row(outcome=part.outcome.value, depth=depth, text=text, notes=part.notes, decisive=part.decisive)
    yield from _rows(part, style, depth + 1)


def _text(part: Part, style: Style, lead: str) -> str:
    """Give what is shown of a part: where the parts below it are shown too, how it is made of them."""
    if part.parts and part.form in _FORMS:
        return _FORMS[part.form]
    return part.text if part.decisive else _cut(part.text, style, lead)


def _cut(text: str, style: Style, lead: str) -> str:
    room = max(style.width, NARROWEST) - columns(lead)
    if columns(plain(text)) <= room:
        return text
    ends = accumulate(columns(piece) for piece in plain_pieces(text[:room]))
    return f"{text[: sum(end <= room - 3 for end in ends)]}..."


def _is_whole(part: Part, style: Style, depth: int) -> bool:
    """Tell whether the text of a part is shown in full, so that the parts below it need not repeat it."""
    return part.decisive or columns(plain(part.text)) <= max(style.width, NARROWEST) - columns(_lead(depth))


def _lead(depth: int) -> str:
    """Give as many blanks as stand before the text of a row."""
    return _STEP * 2 + "  " + " " * _OUTCOME + _STEP + _STEP * depth


def _row(row: _Row, style: Style, indent: str) -> Iterator[str]:
    mark = MARK if row.decisive else " "
    first = f"{indent}{mark} {pad(row.outcome, _OUTCOME)}{_STEP}{_STEP * row.depth}"
    lines = wrap(row.text, style, indent=" " * len(first) + _STEP, first=first)
    yield from paint_start(lines, f"{mark} {row.outcome}", "bold", style) if row.decisive else lines
    yield from _notes(row.notes, style, " " * len(first))


def _notes(notes: Sequence[str], style: Style, indent: str) -> Iterator[str]:
    for note in notes:
        yield from wrap(note, style, indent=f"{indent}  ", first=f"{indent}- ")
