"""The read set: which facts of a manifest an expression looks at, known before it runs.

It gives every finding and every level its lines, and every undecided one the facts to state.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from release_review.cel.tree import Constant, Counted, Formula, LevelOf, Path, Quantified, Size, View
from release_review.cel.types import Type
from release_review.fields import EVIDENCE_OF
from release_review.pointer import EACH, pointer_to


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """One kind of fact that is read.

    Attributes:
        root: `manifest` or `this`: what the pattern starts from.
        pattern: Pattern of the places, from the root.
        unknown: How the fact looks while it is not known: `word`, `null`, or empty for what is always known.
        assessment: Qualified id of the assessment whose level is read; the pattern then names its item.
        whole: Whether the level is that of the whole assessment.
        via: Names of the fields, beside it, that a derived field is computed from.
        cited: Name of the field of the evidence that the fact cites, where that is what is read.
    """

    root: str
    pattern: str
    unknown: str = ""
    assessment: str = ""
    whole: bool = False
    via: tuple[str, ...] = ()
    cited: str = ""


@dataclass(frozen=True, slots=True)
class _Start:
    """What a variable stands for: a place of the manifest; `closed` where further steps lead to no other fact."""

    root: str
    pattern: str
    closed: bool = False


def read_set(formula: Formula) -> tuple[Read, ...]:
    """Give what a formula reads, each once, from left to right."""
    found: dict[Read, None] = {}
    _collect(formula, {"manifest": _Start("manifest", ""), "this": _Start("this", "")}, found)
    return tuple(found)


def _collect(node: Any, starts: Mapping[str, _Start], found: dict[Read, None]) -> None:
    match node:
        case tuple():
            for each in node:
                _collect(each, starts, found)
        case Path():
            for read in _reads_of(node, starts):
                found[read] = None
        case LevelOf(item=item):
            start = None if item is None else _place(item, starts)
            root, pattern = ("manifest", "") if start is None else (start.root, start.pattern)
            found[Read(root=root, pattern=pattern, unknown="word", assessment=node.assessment, whole=item is None)] = (
                None
            )
        case Quantified(base=base, variable=variable, body=body):
            _collect(base, starts, found)
            _collect(body, _with_items(base, variable, starts), found)
        case Size(view=view):
            _collect_view(view, starts, found)
        case Counted(view=view, bound=bound):
            _collect_view(view, starts, found)
            _collect(bound, starts, found)
        case Type() | Constant():
            return
        case _ if hasattr(node, "__dataclass_fields__"):
            for each in fields(node):
                _collect(getattr(node, each.name), starts, found)


def _collect_view(view: View, starts: Mapping[str, _Start], found: dict[Read, None]) -> None:
    _collect(view.base, starts, found)
    _collect(view.where, _with_items(view.base, view.variable, starts), found)


def _with_items(base: Path | tuple[Constant, ...], variable: str, starts: Mapping[str, _Start]) -> Mapping[str, _Start]:
    place = _place(base, starts) if isinstance(base, Path) else None
    if place is None:
        return starts
    items = place if place.closed else _Start(place.root, place.pattern + pointer_to(EACH))
    return {**starts, variable: items}


def _place(path: Path, starts: Mapping[str, _Start]) -> _Start | None:
    start = starts.get(path.root)
    if start is None or start.closed:
        return start
    steps = path.steps
    if EVIDENCE_OF in steps:
        # The way to the evidence of a fact leads through the fact: that is what the author wrote.
        cut = steps.index(EVIDENCE_OF)
        steps = (*steps[:cut], *steps[cut + 1 : cut + 2])
        return _Start(start.root, start.pattern + pointer_to(*steps), closed=True)
    return _Start(start.root, start.pattern + pointer_to(*steps))


def _reads_of(path: Path, starts: Mapping[str, _Start]) -> list[Read]:
    place = _place(path, starts)
    if place is None:
        return []
    if place.closed:
        field = path.steps[0] if path.steps and path.type.unknown else ""
        return [Read(root=place.root, pattern=place.pattern, unknown=path.type.unknown if field else "", cited=field)]
    return [Read(root=place.root, pattern=place.pattern, unknown=path.type.unknown, via=path.type.reads)]
