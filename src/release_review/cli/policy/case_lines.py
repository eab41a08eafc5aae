"""What `policy test` says: the cases that do not hold and why, what no case has seen, and how many there are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from release_review.cli.policy.suites import Tested
from release_review.escape import MESSAGE_CHARACTERS, plain, shorten
from release_review.hooks import Style
from release_review.reporters.layout import pad, paint, wrap

if TYPE_CHECKING:
    from release_review.authoring.cases import CaseResult
    from release_review.authoring.coverage import ExpressionCoverage, PartCoverage
    from release_review.cli.policy.suites import Suite

_INDENT = "  "
_NAME = len("too much") + 2
_GAP = len("never decided") + 2


def result_lines(tested: Sequence[Tested], style: Style, *, mutants: Sequence[str] = ()) -> Iterator[str]:
    """Give all that is said about cases: the broken ones first, then what `mutants` says, and the counts last."""
    for each in tested:
        yield from _cases(each, style)
    for each in tested:
        if each.coverage is not None:
            yield from _coverage(each.suite.policy.id, each.coverage, style)
    yield from mutants
    yield from _counts(tested, style)


def one_line(result: CaseResult) -> str:
    """Give a case that does not hold, or one that does, in one line: place, rule, name, and what is wrong."""
    from release_review.authoring.cases import mismatches

    told = ", ".join(
        text if name == "broken" else f"{name} {text}"
        for name, text in (mismatches(result) if not result.holds else ())
    )
    line = f"{result.where}: {result.id}: {result.case.name}"
    return shorten(f"{line}: {told}" if told else f"{line}: holds", MESSAGE_CHARACTERS)


def tree_of(result: CaseResult, suite: Suite, style: Style) -> Iterator[str]:
    """Give the conditions of a case that does not hold, taken apart for the items that matter."""
    from release_review.admit import AdmittedAssessment
    from release_review.authoring.cases import parts_of, policies_for, seen_in
    from release_review.cli import why
    from release_review.errors import EvaluationError

    if result.problem:
        return
    narrow = replace(style, width=style.width - len(_INDENT))
    part = next(each for each in parts_of(suite.policies) if each.id == result.id)
    try:
        seen = seen_in(part, result.case, suite.policies)
    except EvaluationError:
        return  # there is no more to it than what broke
    # The tree stands below its case.
    if isinstance(part, AdmittedAssessment):
        lines = why.assessment_lines(part, seen, narrow, placed=False)
    else:
        matter = {each.pointer for each in result.extra} | {each.pointer or "" for each in result.missing}
        rules = policies_for(part, suite.policies).rules
        lines = why.rule_lines(part.id, rules, seen, narrow, placed=False, matter=matter)
    yield from (f"{_INDENT}{line}".rstrip() for line in lines)


def _cases(tested: Tested, style: Style) -> Iterator[str]:
    for result in tested.results:
        if style.verbosity < 0 and not result.holds:
            yield one_line(result)
        elif not result.holds:
            yield from (*_broken(result, tested.suite, style), "")
        elif style.verbosity > 0:
            yield one_line(result)


def _broken(result: CaseResult, suite: Suite, style: Style) -> Iterator[str]:
    from release_review.authoring.cases import mismatches

    what = "cannot be carried out" if result.problem else "does not hold"
    yield f"{plain(result.where)}: {paint(what, 'red', style)}"
    yield from _field("case", f"{result.id}: {result.case.name}", style)
    for name, text in mismatches(result):
        yield from _field("because" if name == "broken" else name, text, style)
    yield from tree_of(result, suite, style)


def _field(name: str, text: str, style: Style) -> list[str]:
    return wrap(text, style, indent=" " * (len(_INDENT) + _NAME), first=f"{_INDENT}{pad(name, _NAME)}")


# Coverage -------------------------------------------------------------------------------------------------------------


def _coverage(policy: str, parts: Sequence[PartCoverage], style: Style) -> Iterator[str]:
    from release_review.authoring.coverage import percent

    for part in parts:
        gaps = [each for each in part.expressions if each.gaps]
        unreached = part.unreached if gaps or style.verbosity > 0 else ()
        if gaps or unreached:
            yield f"{plain(part.id)}: {part.seen} of {part.branches} branches seen"
        for each in gaps:
            yield from _gaps(each, style)
        if unreached:
            yield from wrap(f"no case comes to {', '.join(unreached)}", style, indent=_INDENT * 2, first=_INDENT)
        if gaps or unreached:
            yield ""
    unmeasured = [part.id for part in parts if part.in_python]
    if unmeasured:
        text = f"written in Python, and so not measured: {', '.join(unmeasured)}"
        yield from (*wrap(text, style, indent=_INDENT, first=""), "")
    branches, seen = sum(part.branches for part in parts), sum(part.seen for part in parts)
    told = f"{seen} of {branches} branches seen ({percent(seen, branches)} %)" if branches else "no condition to cover"
    yield from wrap(f"{policy}: {told}", style, indent=_INDENT, first="")


def _gaps(expression: ExpressionCoverage, style: Style) -> Iterator[str]:
    yield f"{_INDENT}{plain(expression.where)}: {plain(expression.name)}"
    indent = _INDENT * 2
    for each in expression.gaps:
        told = "never decided" if len(each.gaps) > 1 else each.gaps[0]
        yield from wrap(each.condition.text, style, indent=indent + " " * _GAP, first=f"{indent}{pad(told, _GAP)}")


# Counts ---------------------------------------------------------------------------------------------------------------


def _counts(tested: Sequence[Tested], style: Style) -> Iterator[str]:
    made_up: dict[str, list[str]] = {}
    for each in tested:
        if each.suite.named:
            made_up.setdefault(each.suite.named, []).append(each.suite.policy.id)
    for named, ids in made_up.items():
        text = f"{named} has no cases of its own; those of {', '.join(ids)} are run, as they are without it"
        yield from wrap(text, style, indent=_INDENT, first="")
    for each in tested:
        if each.without:
            yield from wrap(f"without a case: {', '.join(each.without)}", style, indent=_INDENT, first="")
        yield from _count(each.suite.policy.id, len(each.results), len(each.broken), style)
    if len(tested) > 1:
        count, broken = sum(len(each.results) for each in tested), sum(len(each.broken) for each in tested)
        yield from _count("in all", count, broken, style)


def _count(name: str, count: int, broken: int, style: Style) -> list[str]:
    cases = "1 case" if count == 1 else f"{count} cases"
    holds = "holds" if count - broken == 1 else "hold"
    told = f"{count - broken} {holds}, {broken} {'does' if broken == 1 else 'do'} not" if broken else f"all {holds}"
    if count == 1:
        told = "it does not hold" if broken else "it holds"
    (line, *rest) = wrap(f"{name}: {cases}, {told}" if count else f"{name}: no case", style, indent=_INDENT, first="")
    return [paint(line, "red" if broken else "green", style) if count else line, *rest]
