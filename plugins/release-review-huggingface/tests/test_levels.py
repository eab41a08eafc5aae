"""What a review concludes from an import: never that a property does not apply because a source did not say enough."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from importing import imported, lay_out
from release_review import load_policies, load_registry, review

CARD = "---\nlicense: apache-2.0\nextra_gated_prompt: please\n---\n\nOnly we can see it, and we watch all use of it.\n"
INFO = {"id": "acme/small", "private": False, "gated": False, "siblings": [{"rfilename": "model.safetensors"}]}
POLICIES = load_policies(["open-properties"], load_registry(discover=False))


def levels_of(folder: Path, card: str | None, info: Mapping[str, Any] | None) -> dict[str, str]:
    written = imported(lay_out(folder, card, info))
    report = review(written.document, policies=POLICIES, today=dt.date(2026, 1, 1))
    return {answer.id.partition("/")[2]: str(answer.level) for answer in report.assessments}


def test_public_weights_have_every_property(tmp_path: Path) -> None:
    assert set(levels_of(tmp_path, CARD, INFO).values()) == {"applies"}


@pytest.mark.parametrize("gated", ["auto", "manual", True])
def test_a_gate_changes_no_property(tmp_path: Path, gated: object) -> None:
    assert set(levels_of(tmp_path, CARD, {**INFO, "gated": gated}).values()) == {"applies"}


@pytest.mark.parametrize(
    "info",
    [
        None,
        {"id": "acme/small"},
        {**INFO, "siblings": []},
        {**INFO, "private": True},
        {**INFO, "private": True, "disabled": True},
    ],
    ids=["no info", "an empty info", "no weights", "private", "private and disabled"],
)
def test_what_is_not_known_to_be_out_is_unknown_and_never_denied(
    tmp_path: Path, info: Mapping[str, Any] | None
) -> None:
    assert set(levels_of(tmp_path, CARD, info).values()) == {"unknown"}


@pytest.mark.parametrize("change", [{"private": None}, {"gated": None}, {"gated": "perhaps"}])
def test_weights_of_an_unknown_audience_may_be_internal(tmp_path: Path, change: dict[str, Any]) -> None:
    assert set(levels_of(tmp_path, CARD, {**INFO, **change}).values()) == {"unknown"}


def test_a_disabled_repository_leaves_copies_behind(tmp_path: Path) -> None:
    levels = levels_of(tmp_path, CARD, {**INFO, "disabled": True})
    assert levels.pop("broader-access") == "unknown"
    assert set(levels.values()) == {"applies"}


@pytest.mark.parametrize(
    "dates",
    [
        {"createdAt": "2999-01-01T00:00:00Z"},
        {"createdAt": "2999-01-01T00:00:00Z", "lastModified": "2025-01-01T00:00:00Z"},
    ],
)
def test_a_creation_that_lies_ahead_denies_no_property(tmp_path: Path, dates: dict[str, str]) -> None:
    assert set(levels_of(tmp_path, CARD, {**INFO, **dates}).values()) == {"applies"}


@pytest.mark.parametrize("disabled", ["false", 0, 1, "no"])
def test_a_repository_that_may_be_disabled_denies_no_property(tmp_path: Path, disabled: object) -> None:
    assert set(levels_of(tmp_path, CARD, {**INFO, "disabled": disabled}).values()) == {"unknown"}
