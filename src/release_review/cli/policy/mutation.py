"""What `policy test --mutate` says: how many mutants the cases kill, which survive, and a case for each open one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from release_review.escape import plain, shorten
from release_review.hooks import Style
from release_review.model import DEFAULT_ENGINE
from release_review.reporters.layout import columns, pad, paint, wrap

if TYPE_CHECKING:
    from release_review.admit import AdmittedPart, PolicySet
    from release_review.authoring.killing import Killing
    from release_review.authoring.mutants import PartMutant
    from release_review.authoring.surviving import PartResult

_HEAD = "Mutants"
_HEADS = ("made", "killed", "equal", "beyond", "accepted", "open")
_LEGEND = {
    "equal": "proved to come to the same for every manifest; its reason may be another",
    "beyond": "proved to come to the same unless evidence is a file, which a case has none of",
    "accepted": "survives, and the file says why it may: [[accepted]]",
    "open": "survives, and nobody says why",
}
_INDENT = "  "
_GAP = 2
_BETWEEN = 1
"""Blanks before each column: the names before them take most of a line."""


def mutation_lines(
    policies: PolicySet, targets: Collection[str], style: Style, *, engine: str = DEFAULT_ENGINE
) -> tuple[list[str], bool]:
    """Try the mutants of policies, and tell what became of them.

    Args:
        policies: The policies as they are loaded, with all they extend.
        targets: Ids of those whose mutants are tried.
        style: How text is set; above normal verbosity, every mutant that survives is shown.
        engine: Name of the engine that evaluates expressions.

    Returns:
        What is said, and whether no mutant survives that is not accepted.
    """
    from release_review.authoring.cases import parts_of
    from release_review.authoring.surviving import try_mutants

    results = try_mutants(policies, of=targets, engine=engine)
    parts = {part.id: part for part in parts_of(policies, of=targets)}
    lines = [line for result in results for line in _survivors(parts[result.id], result, policies, style, engine)]
    lines += table_lines(results, targets, style)
    return lines, all(result.holds for result in results)


# Counts ---------------------------------------------------------------------------------------------------------------


def table_lines(results: Sequence[PartResult], targets: Collection[str], style: Style) -> Iterator[str]:
    """Give how many mutants there are of each policy, rule and assessment, and what became of them."""
    names = [_INDENT + plain(result.id.partition("/")[2]) for result in results]
    width = max(columns(name) for name in (_HEAD, *names, *map(plain, targets)))
    yield pad(_HEAD, width) + _row(_HEADS)
    for policy in sorted(targets):
        own = [each for each in results if each.id.partition("/")[0] == policy]
        if not own:
            continue
        yield paint(pad(plain(policy), width), "bold", style) + _row(_sums(own))
        for each in own if style.verbosity >= 0 else ():
            yield pad(_INDENT + plain(each.id.partition("/")[2]), width) + _row(_counts(each))
    if style.verbosity >= 0:
        yield from _legend(results, style)


def _legend(results: Sequence[PartResult], style: Style) -> Iterator[str]:
    """Say what the columns mean in which anything is counted, beyond the first two."""
    counted = {word for word, number in zip(_HEADS, _sums(results), strict=True) if number}
    told = [(word, meaning) for word, meaning in _LEGEND.items() if word in counted]
    gap = max(len(word) for word in _LEGEND) + _GAP
    if told:
        yield ""
    for word, meaning in told:
        yield from wrap(meaning, style, indent=" " * (len(_INDENT) + gap), first=_INDENT + pad(word, gap))


def _sums(results: Sequence[PartResult]) -> tuple[int, ...]:
    return tuple(sum(column) for column in zip(*map(_counts, results), strict=True)) or (0,) * len(_HEADS)


def _counts(result: PartResult) -> tuple[int, ...]:
    surviving = (result.equal, result.beyond, result.accepted, result.open)
    return result.mutants, result.killed, *(len(each) for each in surviving)


def _row(cells: Sequence[str | int]) -> str:
    return "".join(str(cell).rjust(len(head) + _BETWEEN) for cell, head in zip(cells, _HEADS, strict=True))


# Survivors ------------------------------------------------------------------------------------------------------------


def _survivors(part: AdmittedPart, result: PartResult, policies: PolicySet, style: Style, engine: str) -> Iterator[str]:
    for name in result.unproven:
        told = f"the case {name!r} does not hold, and so kills no mutant; run policy test without --mutate"
        yield from (*wrap(f"{part.id}: {told}", style, indent=_INDENT, first=""), "")
    for idle in result.idle:
        where = idle.accepted.origin.where() if idle.accepted.origin is not None else part.id
        yield f"{plain(where)}: {paint('accepted without need', 'red', style)}"
        yield from (*_field("mutant", idle.accepted.mutant, style), *_field("because", idle.why, style), "")
    if result.open:
        from release_review.authoring.killing import find_cases

        yield from _open(part, find_cases(part, result.open, policies, engine=engine), style)
    if style.verbosity > 0:
        for each in result.accepted:
            yield from _shown(each.mutant, "accepted", part, style)
            yield from (*_field("because", each.accepted.because, style), "")
        for word, mutants in (("equal", result.equal), ("beyond", result.beyond)):
            for mutant in mutants:
                yield from (*_shown(mutant, word, part, style), "")


def _open(part: AdmittedPart, found: Sequence[Killing], style: Style) -> Iterator[str]:
    """Tell the survivors that nobody accepts, those that one case kills together."""
    from release_review.authoring.case_text import case_lines

    by_case: dict[str, list[Killing]] = {}
    for each in found:
        by_case.setdefault(each.case.name if each.case is not None else "", []).append(each)
    for killings in by_case.values():
        for each in killings:
            yield from _shown(each.mutant, "open", part, style)
        case, tried = killings[0].case, killings[0].tried
        if case is None:
            told = f"no case was found among {tried:,} manifests: it may come to the same for all of them"
            yield from _field("case", told, style)
        else:
            it = "it" if len(killings) == 1 else "them"
            yield from (*_field("case", f"this one would kill {it}:", style), "")
            yield from case_lines(part, case)
        yield ""


def _shown(mutant: PartMutant, word: str, part: AdmittedPart, style: Style) -> Iterator[str]:
    told = paint(word, "red" if word == "open" else "bold", style)
    yield f"{plain(mutant.where)}: {told}: {shorten(part.id)}"
    yield from _field("mutant", mutant.name, style)


def _field(name: str, text: str, style: Style) -> list[str]:
    gap = len("because") + _GAP
    return wrap(text, style, indent=" " * (len(_INDENT) + gap), first=_INDENT + pad(name, gap))
