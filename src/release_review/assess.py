"""Assessments: each question is answered for each item, and for the whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from release_review.admit import AdmittedAssessment
from release_review.cel import Decision, Expression, Levels, Session
from release_review.facts import item_key, pointers_open, pointers_read, reads_of
from release_review.model import Assessment, AssessmentResult, ItemResult, Manifest, Overall
from release_review.pointer import expand
from release_review.reasons import conflicts_on, note_on_opening

# In the oldest Python that is supported, a member of an enumeration takes longer to look up than to compare.
_TRUE, _FALSE, _UNDECIDED = Decision.TRUE, Decision.FALSE, Decision.UNDECIDED

_UNCOUNTED = "the policy does not count it"
_DERIVED, _OPENED = "opened", ("from",)
"""Whether a channel is open, and what that is computed from; where it is not stated, the reason says what stands in."""


def assess(
    manifest: Manifest, assessments: Iterable[AdmittedAssessment], session: Session
) -> tuple[AssessmentResult, ...]:
    """Answer every question about a manifest.

    Raises:
        EvaluationError: An expression broke.
    """
    return tuple(_answer(manifest, admitted, session) for admitted in assessments)


def levels_of(results: Iterable[AssessmentResult]) -> Levels:
    """Give the levels in the form that rules read."""
    return {
        result.id: {
            "level": result.level,
            "items": {key: {"level": item.level} for key, item in result.items.items()},
        }
        for result in results
    }


@dataclass(slots=True)
class _Counted:
    """An item with the level it has if it counts, and whether it does."""

    item: ItemResult
    level: str
    counts: Decision


def _answer(manifest: Manifest, admitted: AdmittedAssessment, session: Session) -> AssessmentResult:
    assessment = admitted.assessment
    found = [
        _item(manifest, admitted, session, pointer=pointer, item=item)
        for pointer, item in expand(manifest.data, assessment.over)
    ]
    level, because, decided_by = _whole(admitted, found)
    return AssessmentResult(
        id=admitted.id,
        assessment=assessment,
        level=level,
        because=because,
        decided_by=decided_by,
        items={each.item.key: each.item for each in found},
        note=admitted.note,
    )


def _whole(admitted: AdmittedAssessment, found: Sequence[_Counted]) -> tuple[str, str, str | None]:
    """Give level and reason of the whole; it is unknown where it hangs on an item that may count or not."""
    assessment = admitted.assessment
    what = assessment.over.strip("/").partition("/")[0]
    if not found:
        return assessment.empty, f"no {what} is described", None
    sure = [each for each in found if each.counts is _TRUE]
    possible = [each for each in found if each.counts is not _FALSE]
    if not possible:
        return assessment.none, f"the policy counts no {what} of this release at this date", None
    decisive = _decisive(assessment, possible)
    settled = (
        _decisive(assessment, sure).level == decisive.level
        if sure
        else all(each.level == assessment.none for each in possible)
    )
    if not settled:
        undecided = [each for each in possible if each.counts is _UNDECIDED]
        # Whether an item counts is no matter where it has the level that it has if it does not.
        hangs_on = next((each for each in possible if each.item.level == "unknown"), undecided[0])
        return "unknown", hangs_on.item.because, hangs_on.item.key
    unknown = [each for each in possible if each.level == "unknown"]
    if unknown and not _is_extreme(assessment, decisive.level):
        return "unknown", unknown[0].item.because, unknown[0].item.key
    return decisive.level, decisive.item.because, decisive.item.key


def _is_extreme(assessment: Assessment, level: str) -> bool:
    """Tell whether no level of another item could take the place of this one."""
    known = [each for each in assessment.scale if each != "unknown"]
    return bool(known) and level == (known[0] if assessment.overall is Overall.STRONGEST else known[-1])


def _decisive(assessment: Assessment, counted: Sequence[_Counted]) -> _Counted:
    """Give the first item that has the level of the whole."""
    counted = [each for each in counted if each.level != "unknown"] or counted
    choose = {Overall.STRONGEST: min, Overall.WEAKEST: max}[assessment.overall]
    return choose(counted, key=lambda each: assessment.scale.index(each.level))


def _item(
    manifest: Manifest, admitted: AdmittedAssessment, session: Session, *, pointer: str, item: Mapping[str, Any]
) -> _Counted:
    assessment = admitted.assessment
    read: list[Expression] = []
    open_questions: list[Expression] = []
    counts = _TRUE
    if admitted.counts is not None:
        read.append(admitted.counts)
        counts = session.decide(admitted.counts, this=pointer)
    if counts is _FALSE:
        level, because = assessment.none, _UNCOUNTED
    else:
        level, because, open_questions = _level(admitted, session, pointer, read)
    shown = level
    if counts is _UNDECIDED and level != assessment.none and admitted.counts is not None:
        open_questions = [admitted.counts, *open_questions]
        shown, because = "unknown", "what is stated does not tell whether it counts"
    undecided = pointers_open(manifest, open_questions, pointer, {}) if shown == "unknown" else ()
    opening = _note_on_opening(manifest, read, pointer) if _DERIVED in item else ""
    result = ItemResult(
        key=item_key(item, pointer),
        level=shown,
        because="; ".join((because, *conflicts_on(manifest, undecided), *([opening] if opening else ()))),
        pointer=pointer,
        reads=pointers_read(manifest, read, pointer, {}),
        undecided=undecided,
    )
    return _Counted(result, level, counts)


def _note_on_opening(manifest: Manifest, read: Iterable[Expression], channel: str) -> str:
    """Give what there is to say about the opening of a channel, if the level hangs on it."""
    opening = note_on_opening(manifest, channel)
    asked = opening and any(each.root == "this" and each.via == _OPENED for each in reads_of(read))
    return opening if asked else ""


def _level(
    admitted: AdmittedAssessment, session: Session, pointer: str, read: list[Expression]
) -> tuple[str, str, list[Expression]]:
    """Try the levels in order: the first that surely holds is the item's, unless another may hold before it.

    Gives the level, its reason, and the expressions that it hangs on.
    """
    possible: list[str] = []
    settled: list[Expression] = []
    undecided: list[Expression] = []
    level, because = admitted.assessment.default, "no level of the scale fits what is stated"
    for candidate in admitted.levels:
        read.append(candidate.when)
        decision = session.decide(candidate.when, this=pointer)
        if decision is _UNDECIDED:
            possible.append(candidate.level.name)
            undecided.append(candidate.when)
        elif decision is _TRUE:
            level, because, settled = candidate.level.name, candidate.level.because, [candidate.when]
            break
    if any(name != level for name in possible):
        return "unknown", "what is stated does not decide it", undecided
    return level, because, settled
