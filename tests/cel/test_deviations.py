"""Every deviation in the list is one still: the oracle gives what is written, and both our engines what is right."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pytest
from comparison import DEVIATIONS, NO_LIMIT, Answer, asked
from conditions import Condition, admitted, chance_of
from manifests import Made, made_of
from oracles import HAS_CEL_EXPR, NO_CEL_EXPR, CelExpr, Oracle, RawCelpy

from release_review.authoring.cases import changed
from release_review.cel.compile import Compiled
from release_review.cel.reference import Reference
from release_review.model import Case

TODAY = dt.date(2026, 1, 1)
BASE = {
    "schema": "release-manifest/1",
    "release": {"id": "acme/one"},
    "weights": {"parameters_total": 1e11},
    "access": [{"id": "c1", "kind": "api"}],
}
PINNED = [pytest.param(each, id=f"{each['oracle']}: {each['id']}") for each in DEVIATIONS]
JUDGED = [
    pytest.param(each, engine, id=f"{each['oracle']}: {each['id']}: {engine.name}")
    for engine in (Compiled(), Reference())
    for each in DEVIATIONS
    if not (each.get("evidence") and engine.name == "reference")  # ten thousand iterations take it seconds
]


def made(deviation: Mapping[str, Any]) -> Made:
    case = Case(name="", expect="", set=deviation.get("set", {}), remove=())
    said = changed(BASE, case)
    said["evidence"] = [{"id": f"e{number}", "kind": "card"} for number in range(deviation.get("evidence", 0))]
    return made_of(said, as_of=TODAY, today=TODAY, chance=chance_of(0))


def answer(engine: Oracle, deviation: Mapping[str, Any]) -> Answer | None:
    subject = made(deviation)
    session = engine.open(subject.subject, iterations=NO_LIMIT)
    session.know(subject.levels)
    return asked(session, Condition(expression=admitted(deviation["expression"], ""), over=""), "")


@pytest.mark.parametrize("deviation", PINNED)
def test_the_oracle_still_deviates(deviation: Mapping[str, Any]) -> None:
    if deviation["oracle"] == CelExpr.name and not HAS_CEL_EXPR:
        pytest.skip(NO_CEL_EXPR)
    oracle: Oracle = CelExpr() if deviation["oracle"] == CelExpr.name else RawCelpy()
    found = answer(oracle, deviation)
    assert deviation["gives"] == ("TOO DEEP" if found is None else found.given)


@pytest.mark.parametrize(("deviation", "engine"), JUDGED)
def test_our_engines_are_right(deviation: Mapping[str, Any], engine: Oracle) -> None:
    found = answer(engine, deviation)
    assert found is not None
    assert found.given == deviation["right"] != deviation["gives"]


def test_a_deviation_says_why_and_is_listed_once() -> None:
    named = [(each["oracle"], each["id"]) for each in DEVIATIONS]
    assert len(set(named)) == len(named)
    assert {each["oracle"] for each in DEVIATIONS} == {CelExpr.name, RawCelpy.name}
    assert all(each["reason"].strip() for each in DEVIATIONS)
