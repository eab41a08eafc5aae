"""What the pages of rules and assessments have in common: parameters, cases, references, and what is read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from release_review.admit import AdmittedPart, PolicySet
from release_review.authoring.pages import paths
from release_review.authoring.pages.blocks import (
    Items,
    Line,
    Piece,
    Section,
    Table,
    code,
    listed,
    plain,
    prose,
    section,
)
from release_review.fields import Field, manifest_fields
from release_review.model import Accepted, Assessment, Case, Param, Reference, Rule
from release_review.params import as_param
from release_review.pointer import EACH, steps_of
from release_review.toml_text import inline

_EXACT = 1e16
"""Above this, a whole number of digits says more than is known."""


def written(value: Any) -> str:
    """Write a value as a policy file does: a whole number has no fraction."""
    return inline(_as_written(value))


def _as_written(value: Any) -> Any:
    match value:
        case float():
            return int(value) if value.is_integer() and abs(value) < _EXACT else value
        case bool() | int() | str() | dt.date():
            return value
        case Mapping():
            return {str(key): _as_written(each) for key, each in value.items()}
        case list() | tuple():
            return [_as_written(each) for each in value]
    return str(value)  # a policy in Python may have a value that TOML does not have


def declared(part: AdmittedPart, given: PolicySet) -> Rule | Assessment:
    """Give a rule or an assessment as its policy declares it, whatever others have changed."""
    own = part.written
    policy = next(each for each in given.policies if each.id == part.policy)
    known: tuple[Rule | Assessment, ...] = policy.rules if isinstance(own, Rule) else policy.assessments
    return next((each for each in known if each.id == own.id), own)


def params(in_force: Mapping[str, Param | Any], first: Mapping[str, Param | Any]) -> Section:
    """Show what an organization may set, and what it is set to."""
    rows = []
    for name, value in in_force.items():
        param = as_param(value)
        default = as_param(first.get(name, value)).value
        bounds = [
            f"{word} {written(bound)}"
            for word, bound in (("from", param.minimum), ("to", param.maximum))
            if bound is not None
        ]
        now = listed(
            [code(written(param.value)), *([plain(f"by default {written(default)}")] if default != param.value else [])]
        )
        stricter = f"A {param.stricter} value asks for more." if param.stricter else ""
        rows.append(
            (
                code(name),
                now,
                plain(" ".join([param.type, *bounds])),
                prose(" ".join(filter(None, (param.description, stricter)))),
            )
        )
    return section(
        "What an organization may set",
        Table(heads=("parameter", "value", "type and range", "meaning"), rows=tuple(rows)),
    )


def references(rests_on: Iterable[Reference]) -> Section:
    """Show the sources."""
    return section("What it rests on", Items(lines=tuple((Piece(text=each.title, url=each.url),) for each in rests_on)))


def cases(proofs: Iterable[Case]) -> Section:
    """Show what the author expects of it, and of which changes of the base manifest."""
    rows = tuple((prose(case.name), code(case.expect), _changes(case)) for case in proofs)
    return section("Cases", Table(heads=("case", "expects", "changes of the base manifest"), rows=rows))


def _changes(case: Case) -> Line:
    changes = [(Piece(text="without "), *code(pointer)) for pointer in case.remove]
    changes += [code(f"{pointer} = {written(value)}") for pointer, value in case.set.items()]
    changes += [
        (Piece(text=f"{word} "), *code(day.isoformat()))
        for word, day in (("as of", case.as_of), ("judged on", case.today))
        if day is not None
    ]
    for finding in case.findings or ():
        place = [(Piece(text=" at "), *code(finding.pointer))] if finding.pointer else []
        changes.append(listed([plain("finds "), prose(finding.message), *place], ""))
    if case.findings == ():
        changes.append(plain("finds nothing"))
    return listed(changes, "; ") if changes else plain("none")


def accepted(entries: Iterable[Accepted]) -> Section:
    """Show the warnings and mutants that the author accepts, and why."""
    rows = tuple(
        (code(each.lint or each.mutant), plain("warning" if each.lint else "mutant"), prose(each.because))
        for each in entries
    )
    return section("What its author accepts", Table(heads=("name", "is a", "because"), rows=rows))


def reads(part: AdmittedPart, given: PolicySet) -> Section:
    """Show which facts of a manifest the conditions of a part read, and which assessments.

    Args:
        part: The rule or assessment.
        given: All policies, for links.
    """
    found = [read for each in part.conditions for read in each.expression.reads]
    asked = dict.fromkeys((read.assessment, read.whole) for read in found if read.assessment)
    facts = dict.fromkeys(
        (part.items if read.root == "this" else "") + read.pattern for read in found if not read.assessment
    )
    rows: list[tuple[Line, ...]] = [
        (paths.to_part(name, given), plain("The level of the whole." if whole else "The level of the item."))
        for name, whole in asked
    ]
    rows += [(code(_name(pattern)), prose(_meaning(pattern))) for pattern in facts if pattern]
    return section("What it reads", Table(heads=("fact", "meaning"), rows=tuple(dict.fromkeys(rows))))


def _name(pattern: str) -> str:
    """Name a pattern as the table of fields does: `/access/*/kind` is `access[].kind`."""
    return ".".join(steps_of(pattern)).replace(f".{EACH}", "[]")


def _meaning(pattern: str) -> str:
    field: Field | None = manifest_fields()
    for step in steps_of(pattern):
        if field is None:
            break
        field = field.item if step == EACH else field.fields.get(step) or field.derived.get(step) or field.item
    return field.description if field is not None else ""


def changed(note: str) -> Iterator[Line]:
    """Say who changed a rule or an assessment, and why."""
    if note:
        yield prose(f"{note[:1].upper()}{note[1:]}.".replace("..", "."))
