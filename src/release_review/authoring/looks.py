"""What a rule or an assessment looks at: facts, evidence, lists, and what they are compared with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from release_review.admit import AdmittedAssessment, AdmittedPart, AdmittedRule
from release_review.cel import Expression, Read
from release_review.cel.tree import Constant, walk
from release_review.fields import Field, Kind, manifest_fields
from release_review.pointer import EACH, parent_of, pointer_to, steps_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """What a rule or an assessment looks at.

    Attributes:
        patterns: The facts, as patterns of their places in a manifest.
        cited: Patterns of the facts whose evidence is looked at.
        numbers: Numbers that facts are compared with.
        texts: Texts that facts are compared with.
        days: Days that facts are compared with.
        dated: Whether the two days are looked at.
    """

    patterns: tuple[str, ...]
    cited: tuple[str, ...]
    numbers: tuple[float, ...]
    texts: tuple[str, ...]
    days: tuple[dt.date, ...]
    dated: bool


def looks_of(part: AdmittedPart, assessments: Sequence[AdmittedAssessment], base: Mapping[str, Any]) -> Looks:
    """Give what a part looks at, and what the assessments look at whose levels it reads.

    Args:
        part: The rule or assessment.
        assessments: Those that it may read.
        base: The manifest that its cases start from; a rule in Python may look at all of it.
    """
    looking = (part, *(each for each in assessments if each.id in part.levels_read()))
    asked = [(each.items, condition.expression) for each in looking for condition in each.conditions]
    patterns: dict[str, None] = {}
    cited: dict[str, None] = {}
    for prefix, expression in asked:
        for found in expression.reads:
            for pattern in _patterns(prefix, found):
                patterns[pattern] = None
            if found.cited:
                cited[_absolute(prefix, found)] = None
                patterns[f"/evidence/{EACH}/{found.cited}"] = None
    if isinstance(part, AdmittedRule) and not isinstance(part.requirement, Expression):
        patterns |= dict.fromkeys(_leaves(base, ""))
    constants = [node.value for _, asking in asked for node in walk(asking.formula) if isinstance(node, Constant)]
    numbers = {float(each) for each in constants if isinstance(each, int | float) and not isinstance(each, bool)}
    dated = any(name in asking.text for _, asking in asked for name in ("today", "as_of", "opened", "closed"))
    return Looks(
        patterns=tuple(patterns),
        cited=tuple(cited),
        numbers=tuple(sorted(numbers)),
        texts=tuple(sorted({each for each in constants if isinstance(each, str)})),
        days=tuple(sorted({each.date() for each in constants if isinstance(each, dt.datetime)})),
        dated=dated,
    )


def _absolute(prefix: str, read: Read) -> str:
    return (prefix if read.root == "this" else "") + read.pattern


def _patterns(prefix: str, read: Read) -> Iterator[str]:
    """Give the places of what is read; of a derived fact, those of what it is computed from."""
    if read.assessment:
        return
    pattern = _absolute(prefix, read)
    if not read.via:
        yield pattern
    for name in read.via:
        yield parent_of(pattern) + pointer_to(name)


def _leaves(value: Any, at: str) -> Iterator[str]:
    if isinstance(value, Mapping) and "value" not in value:
        for key, inner in value.items():
            yield from _leaves(inner, at + pointer_to(key))
    elif isinstance(value, list):
        yield at
        for index, inner in enumerate(value):
            yield from _leaves(inner, f"{at}/{index}")
    else:
        yield at


def lists_of(looks: Looks) -> Iterator[str]:
    """Give the patterns of the lists that facts stand in, or that are looked at themselves."""
    for pattern in looks.patterns:
        steps = steps_of(pattern)
        for count, step in enumerate(steps):
            if step == EACH:
                yield pointer_to(*steps[:count])
        field = field_at(pattern)
        if field is not None and field.kind is Kind.LIST:
            yield pattern


def field_at(pattern: str) -> Field | None:
    """Give what the schema declares at a pattern or a pointer; None where it declares nothing."""
    field: Field | None = manifest_fields()
    for step in steps_of(pattern):
        if field is None:
            return None
        field = field.item if step == EACH or (field.kind is Kind.LIST and step.isdigit()) else field.fields.get(step)
    return field
