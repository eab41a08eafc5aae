"""Damaged documents, and data that no schema lets through: an error of ours, or the same answer in every engine."""

from __future__ import annotations

import random

import pytest
from comparison import engines, sides_taken
from conditions import chance_of, make_condition
from damage import bent, made_damaged, read, reviewed, taken, told
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from manifests import Made, damaged_data, made_data, make_manifest, written

from release_review.cel import ENGINES

HEALTH = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
NOT_SHRUNK = (Phase.explicit, Phase.reuse, Phase.generate)
CHANCE = st.randoms(use_true_random=False)


@pytest.mark.no_cover
@settings(max_examples=30, suppress_health_check=HEALTH, phases=NOT_SHRUNK)
@given(chance=CHANCE)
def test_a_damaged_document_ends_in_an_error_of_ours_or_the_same_report_in_every_engine(chance: random.Random) -> None:
    document = made_damaged(chance)
    if document is not None:
        found = told(document)
        assert found["compiled"] == found["reference"]


@pytest.mark.no_cover
@settings(max_examples=30, suppress_health_check=HEALTH, phases=NOT_SHRUNK)
@given(chance=CHANCE, name=st.sampled_from(("schema", "release")))
def test_no_damage_to_what_is_required_leaves_a_verdict(chance: random.Random, name: str) -> None:
    damaged = damaged_data(chance, made_data(chance))
    damaged.pop(name, None)
    document = taken(damaged)
    assert document is None or reviewed(document, "compiled")[0] == "error"


@pytest.mark.no_cover
@settings(max_examples=20, suppress_health_check=HEALTH, phases=NOT_SHRUNK)
@given(chance=CHANCE)
def test_an_undamaged_document_is_read_alike_in_every_format(chance: random.Random) -> None:
    made = make_manifest(chance).said
    documents = [read(written(made, ending), ending) for ending in ("json", "yaml", "toml")]
    assert None not in documents
    assert len({repr(each and each.data) for each in documents}) == 1


@pytest.mark.no_cover
@settings(max_examples=25, suppress_health_check=HEALTH, phases=NOT_SHRUNK)
@given(chance=CHANCE)
def test_bent_data_never_holds_in_one_engine_and_fails_in_another(chance: random.Random) -> None:
    condition = make_condition(chance, depth=2)
    assume(condition is not None)
    assert condition is not None
    oracles = engines(raw=False)
    for _ in range(2):
        sides = sides_taken(oracles, condition, bent(chance, make_manifest(chance))) or set()
        assert len(sides - {"ERROR"}) <= 1, condition.expression.text


@pytest.mark.parametrize("engine", ENGINES)
def test_a_review_of_a_document_without_anything_is_an_error(engine: str) -> None:
    assert taken({}) is None
    document = taken({"extensions": {}})
    assert document is not None
    assert reviewed(document, engine) == ("error", "ManifestError")


def test_damage_reaches_every_stage() -> None:
    chance = chance_of(0)
    ends = set()
    for _ in range(60):
        document = made_damaged(chance)
        ends.add("unreadable" if document is None else reviewed(document, "compiled")[0])
    assert {"unreadable", "error"} < ends


def test_bending_changes_data() -> None:
    chance = chance_of(0)
    made: Made = make_manifest(chance)
    assert bent(chance, made).subject.manifest != made.subject.manifest
