"""What changed in an assessment: which levels it comes to, of what."""

from __future__ import annotations

from collections.abc import Iterator

from release_review.admit import AdmittedAssessment
from release_review.authoring.diff.records import Step, Way
from release_review.authoring.diff.words import bare, changed_params, told
from release_review.authoring.equivalence import Prover


def steps_of_assessment(old: AdmittedAssessment, new: AdmittedAssessment) -> Iterator[Step]:
    """Compare what two assessments come to; a change that is not proved to make no difference may make one."""
    keys = list(_changed(old, new))
    if not keys:
        return
    if Prover(()).proves(old, new):
        yield Step(way=Way.REWORDED, what=f"{', '.join(keys)}, and it comes to the same")
    else:
        yield from (Step(way=Way.CHANGED, what=key) for key in keys)


def _changed(old: AdmittedAssessment, new: AdmittedAssessment) -> Iterator[str]:
    before, after = old.assessment, new.assessment
    for key in ("scale", "over", "overall", "none", "empty", "default"):
        if getattr(before, key) != getattr(after, key):
            yield f"{key} from {told(getattr(before, key))} to {told(getattr(after, key))}"
    yield from changed_params(before.params, after.params)
    if bare(before.counts) != bare(after.counts):
        yield "counts"
    if [level.name for level in before.levels] != [level.name for level in after.levels]:
        yield "the levels and their order"
        return
    for one, other in zip(before.levels, after.levels, strict=True):
        if bare(one.when) != bare(other.when):
            yield f"when it is {one.name}"
