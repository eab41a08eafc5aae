"""What tests of forecasts share: a release with a date of each kind, rules about it, and a review on any day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from release_review import PolicySet
from release_review.admit import admit_policies
from release_review.audit.forecast.states import State, state_of
from release_review.audit.forecast.window import Window
from release_review.errors import ReleaseReviewError
from release_review.hooks import Unreviewed
from release_review.model import Assessment, Decisions, Document, Param, Policy, Rule, Waiver
from release_review.pipeline import review

DAY = dt.timedelta(days=1)
TODAY = dt.date(2026, 1, 1)

RELEASE: dict[str, Any] = {
    "schema": "release-manifest/1",
    "release": {"id": "acme/one", "date": "2025-12-20"},
    "access": [
        {"id": "a", "kind": "api", "from": "2026-01-05", "until": "2026-01-20"},
        {"id": "b", "kind": "api", "until": "unknown"},
    ],
    "monitoring": {"next_review": "2026-01"},
    "threat": [{"id": "a", "vector": "other", "assessed_on": "2025-12-01", "review_by": "2026-01-10"}],
    "evidence": [{"id": "e", "kind": "card", "date": "2025-12-24"}],
}

PARAMS = {
    "since": Param(type="date", value=dt.date(2026, 1, 12)),
    "term": Param(type="string", value="48h"),
    "days": Param(type="integer", value=7),
    "hours": Param(type="number", value=50.5),
}


def policies_of(*rules: Rule, assessments: Sequence[Assessment] = ()) -> PolicySet:
    policy = Policy(id="mine", title="Mine", version="1", rules=tuple(rules), assessments=tuple(assessments))
    return admit_policies([policy])


def rule_of(assertion: str, name: str = "rule", **more: Any) -> Rule:
    about = {"given": "/threat/*", "empty": "pass", "params": PARAMS, **more}
    return Rule(id=name, summary="It holds.", assertion=assertion, **about)


def state_on(
    day: dt.date, document: Document, policies: PolicySet, window: Window, waivers: Sequence[Waiver] = ()
) -> State:
    """Review a release on a day, as an audit would."""
    try:
        done = review(
            document,
            policies=policies,
            today=day,
            as_of=window.state_on(day),
            decisions=Decisions(waivers=tuple(waivers)),
        )
    except ReleaseReviewError as error:
        return state_of(Unreviewed(name=document.name, errors=(str(error),)))
    return state_of(done)
