"""What `explain` says about one manifest: the conditions of a rule or an assessment, taken apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from release_review.escape import plain
from release_review.hooks import Style
from release_review.model import Outcome, PartOutcome
from release_review.reporters.layout import pad, wrap
from release_review.reporters.parts import NAME_COLUMNS, level_lines, set_lines, tree_lines

if TYPE_CHECKING:
    from release_review.admit import AdmittedAssessment, AdmittedRule
    from release_review.evaluate import Assessed
    from release_review.model import Finding
    from release_review.why import ItemWhy, RuleWhy

ITEMS_SHOWN = 5
"""Items that are explained; those that did not pass come first."""

_INDENT = "  "


def rule_lines(
    name: str,
    rules: Iterable[AdmittedRule],
    seen: Assessed,
    style: Style,
    *,
    placed: bool = True,
    matter: Collection[str] = (),
) -> Iterator[str]:
    """Tell why a rule came out as it did for a manifest, item by item.

    Args:
        name: Qualified id of the rule.
        rules: All that are carried out, as in a review: they share one budget.
        seen: The manifest, assessed.
        style: How the text is laid out.
        placed: Whether the manifest is in a file, so that places in it can be shown.
        matter: Pointers of items that are explained before all others.
    """
    from release_review.evaluate import WORST_FIRST, carry_out
    from release_review.why import Why

    admitted, done = next((rule, done) for rule, done in carry_out(seen, rules) if rule.id == name)
    worst_first = sorted(done, key=lambda each: WORST_FIRST.index(each[1]))
    listed = sorted(worst_first, key=lambda each: each[0] not in matter)
    counts = Counter(outcome for _, outcome, _ in worst_first)
    outcome = worst_first[0][1] if worst_first else Outcome.NOT_APPLICABLE
    yield ""
    yield from _about(seen, style, placed=placed)
    if admitted.rule.check is not None:
        yield from _field("outcome", f"{outcome.value}, by a check written in Python", style)
        all_found = [finding for _, _, found in worst_first for finding in found]
        for finding in all_found[:ITEMS_SHOWN]:
            yield ""
            yield from wrap(f"{finding.outcome.value}: {finding.message}", style, indent=_INDENT, first="")
            yield from _place(seen, finding.pointer) if placed else ()
        yield from _more(len(all_found), "findings")
        return
    counted = ", ".join(f"{count} {each.value}" for each, count in counts.items())
    of_items = f" ({counted or f'nothing is at {admitted.rule.given}'})" if admitted.rule.given is not None else ""
    yield from _field("outcome", outcome.value + of_items, style)
    why = Why(seen)
    for number, (pointer, came_out, findings) in enumerate(listed[:ITEMS_SHOWN]):
        yield ""
        found = why.rule_at(admitted, pointer, came_out)
        yield from _item_of_rule(found, findings, seen, style, first=number == 0, placed=placed)
    yield from _more(len(done), "items")


def assessment_lines(
    admitted: AdmittedAssessment, seen: Assessed, style: Style, *, placed: bool = True
) -> Iterator[str]:
    """Tell why an assessment gives its level, item by item.

    Args:
        admitted: The assessment.
        seen: The manifest, assessed.
        style: How the text is laid out.
        placed: Whether the manifest is in a file, so that places in it can be shown; where it is not, it is that of a
            case, and levels that do not hold are taken apart as well.
    """
    from release_review.why import Why

    answer = seen.answers[admitted.id]
    yield ""
    yield from _about(seen, style, placed=placed)
    decided = f" ({answer.decided_by})" if answer.decided_by is not None else ""
    yield from _field("level", f"{answer.level}: {answer.because}{decided}", style)
    items = list(answer.items.values())
    first = [item for item in items if item.key == answer.decided_by]
    order = [*first, *(item for item in items if item.key != answer.decided_by)]
    why = Why(seen)
    for item in order[:ITEMS_SHOWN]:
        yield ""
        yield from _item_of_assessment(why.level_of(admitted, item), seen, style, placed=placed)
    yield from _more(len(items), "items")


def _about(seen: Assessed, style: Style, *, placed: bool) -> Iterator[str]:
    manifest = seen.manifest
    yield from _field("manifest", manifest.document.name, style) if placed else ()
    yield from _field("as of", f"{manifest.as_of}, judged on {manifest.today}", style)


def _field(name: str, value: str, style: Style) -> Iterator[str]:
    indent = " " * (len(_INDENT) + NAME_COLUMNS)
    yield from wrap(value, style, indent=indent, first=f"{_INDENT}{pad(name, NAME_COLUMNS)}")


def _more(count: int, what: str) -> Iterator[str]:
    if count > ITEMS_SHOWN:
        yield from ("", f"and {count - ITEMS_SHOWN} more {what}")


def _place(seen: Assessed, pointer: str) -> Iterator[str]:
    yield f"{_INDENT}--> {plain(seen.manifest.document.where(pointer))}"


def _item_of_rule(
    found: RuleWhy, findings: Iterable[Finding], seen: Assessed, style: Style, *, first: bool, placed: bool
) -> Iterator[str]:
    # Why a rule applies is the same story for each of its items.
    yield from wrap(f"{found.outcome.value}: {found.name}", style, indent=_INDENT, first="")
    if found.pointer and placed:
        yield from _place(seen, found.pointer)
    if found.outcome is Outcome.ERROR:
        for finding in findings:
            yield from wrap(finding.message, style, indent=_INDENT)
    if found.when is not None and found.when.outcome is PartOutcome.TRUE and not first:
        yield f"{_INDENT}{pad(found.when.name, NAME_COLUMNS)}true, as above"
    elif found.when is not None:
        yield from tree_lines(found.when, style, indent=_INDENT)
    if found.requirement is not None:
        yield from tree_lines(found.requirement, style, indent=_INDENT)
    sets = [("pass", found.to_pass), ("fail", found.to_fail), ("apply", found.to_apply)]
    if found.outcome is not Outcome.PASS:
        sets.append(("cease to apply", found.to_spare))
    yield from set_lines(sets, seen.manifest.document.data, style, indent=_INDENT)


def _item_of_assessment(found: ItemWhy, seen: Assessed, style: Style, *, placed: bool) -> Iterator[str]:
    yield from wrap(f"{found.item.level}: {found.name}", style, indent=_INDENT, first="")
    yield from _place(seen, found.item.pointer) if placed else ()
    yield from wrap(found.item.because, style, indent=_INDENT)
    if found.counts is not None and found.counts.outcome is PartOutcome.TRUE:
        yield f"{_INDENT}{pad('counts', NAME_COLUMNS)}true"
    elif found.counts is not None:
        yield from tree_lines(found.counts, style, indent=_INDENT)
    asked = [each.when for each in found.levels if each.when is not None]
    if found.levels:
        yield f"{_INDENT}levels, the first that surely holds"
    if placed:
        yield from level_lines(asked, style, indent=_INDENT * 2, unasked=len(found.levels) - len(asked))
    else:
        for each in asked:
            yield from tree_lines(replace(each, name=f"{each.name} "), style, indent=_INDENT * 2)
    sets = [
        (f"be {plain(each.level.name)}", each.to_be) for each in found.levels if each.level.name != found.item.level
    ]
    yield from set_lines(sets, seen.manifest.document.data, style, indent=_INDENT)
