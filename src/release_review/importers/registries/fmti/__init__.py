"""The Foundation Model Transparency Index: what companies disclose of their flagship models, one report each.

The index scores disclosure and not the state of a model. A score of 0 says that nothing was disclosed, and never that
there is nothing; a score of 1 may be given for disclosing that there is none. Two indicators are about the model
itself: whether its weights are open, and, in 2024, whether anybody outside can query it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from release_review.claims import stated, unknown, without_empty
from release_review.denial import denies
from release_review.developers import developer_of, release_id
from release_review.errors import InputError
from release_review.escape import shorten
from release_review.hooks import Imported, Unread
from release_review.importers.registries.fmti import editions, facts
from release_review.importers.registries.fmti.access import unread_of
from release_review.importers.registries.fmti.reports import Scored, companies_in, month_of
from release_review.importers.registries.fmti.words import SOURCE
from release_review.model import Limits

_URL = "https://crfm.stanford.edu/fmti/"
_QUOTED = 400
"""Characters of a disclosure that a claim quotes at most."""

_READING = (
    "a claim is what is disclosed, which may be that there is none; what is not disclosed may be there all the same"
)

_NAMED = "the flagship model that the index scored for this company in this edition"
NOT_NAMED = "the index names no model for this company and edition: the name is unknown, and the id says flagship"


def read(path: Path, limits: Limits) -> Iterator[Imported | Unread]:
    """Read the index: a folder with its editions, one edition, or the report of one company.

    Raises:
        InputError: There is nothing of the index.
    """
    for found in companies_in(path, limits):
        yield found if isinstance(found, Unread) else _entry(found)


def _entry(scored: Scored) -> Imported | Unread:
    company = scored.company.partition(":")[0].strip()
    if denies(company):
        error = InputError("the report names no company", where=scored.origin, hint="correct the name of the file")
        return Unread(origin=scored.origin, error=error)
    model = editions.MODELS.get((scored.edition, developer_of(company).id))
    source = {"title": f"Foundation Model Transparency Index, {scored.edition}: {scored.company}", "url": _URL}
    given = facts.facts_of(scored.answers, scored.others)
    release = {
        "id": release_id(company, model or f"flagship-{scored.edition}"),
        "developer": stated(scored.company, SOURCE),
        "name": stated(model, SOURCE, _NAMED) if model else unknown(SOURCE, NOT_NAMED),
        "modalities": given.modalities,
    }
    data = {
        "schema": "release-manifest/1",
        "release": without_empty(release),
        "source": {SOURCE: without_empty({**source, "date": month_of(scored.edition)})},
        "weights": given.weights,
        "access": list(given.channels),
        "monitoring": given.monitoring,
        "use_policy": given.use_policy,
        "components": given.components,
        "extensions": {SOURCE: _claims(scored)},
    }
    notes = (*(() if model else (NOT_NAMED,)), *_apart(scored), *unread_of(scored.answers))
    return Imported(data=without_empty(data), origin=scored.origin, notes=notes)


def _apart(scored: Scored) -> Iterator[str]:
    """Say which of the scores that are read for facts a report and a table do not agree on."""
    for name in (editions.OPEN_WEIGHTS, editions.FULL_ACCESS, editions.BLACK_BOX):
        own = scored.answers.get(name)
        if own is not None and any(name in each and each[name].score != own.score for each in scored.others):
            yield f"the report scores {name!r} {own.score}, and the table of the edition does not"


def _claims(scored: Scored) -> dict[str, Any]:
    """Give what the index has on each indicator that bears on a release, for people: none of it is a fact."""
    asked = [(name, about, scored.answers[name]) for name, about in editions.CLAIMS.items() if name in scored.answers]
    claims = [
        without_empty({"indicator": name, "about": about, "disclosure": _quoted(answer.disclosure)})
        for name, about, answer in asked
        if answer.score == "1"
    ]
    missing = [name for name, _, answer in asked if answer.score == "0"]
    return without_empty({"edition": scored.edition, "note": _READING, "not_disclosed": missing, "claim": claims})


def _quoted(disclosure: str) -> str | None:
    return None if denies(disclosure) else shorten(" ".join(disclosure.split()), _QUOTED)
