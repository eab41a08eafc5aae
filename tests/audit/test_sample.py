"""The shipped sample of five registries comes to what was worked out by hand: who agrees, who does not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from audits import Run, rows

REGISTRIES = Path(__file__).parent.parent.parent / "examples" / "audit" / "registries"
PROPERTIES = (
    "broader-access",
    "greater-customizability",
    "local-inference",
    "inability-to-rescind",
    "inability-to-monitor",
)
LEVELS = {"applies": "A", "limited": "L", "unknown": "U", "does-not-apply": "N"}
NAMES = ("epoch", "fmti", "model-openness-tool", "models-dev", "osai")


@pytest.fixture
def sample(folder: Path, audit: Callable[..., Run]) -> dict[str, dict[str, Any]]:
    """Audit the sample, and give its rows by the id of the release."""
    done = audit(*(f"{name}={REGISTRIES / name}" for name in NAMES), "-o", "a.db", "--today", "2026-11-22")
    assert "error:" not in done.err
    found = rows(folder / "a.db")
    assert len({row["release"]["id"] for row in found}) == len(found)
    return {row["release"]["id"]: row for row in found}


def letters(row: dict[str, Any]) -> str:
    """Give the levels of the five properties, such as `AAAAA`."""
    return "".join(LEVELS[row["assessments"][f"open-properties/{name}"]["level"]] for name in PROPERTIES)


def conflicts(row: dict[str, Any]) -> dict[str, tuple[list[str], list[str]]]:
    """Give who states and who contradicts each fact that sources disagree on."""
    return {
        each["name"]: (each["source"], [source for other in each["conflicts"] for source in other["source"]])
        for each in row["conflicts"]
    }


def test_each_release_has_the_properties_that_its_sources_give_it(sample: dict[str, dict[str, Any]]) -> None:
    expected = {
        "openai/GPT-OSS-120B": "AAAAA",  # models.dev: open weights, with their address
        "openai/GPT-4": "NUNNU",  # three sources, an API alone; nobody says what is observed, or can be adapted
        "tii/Falcon-180B": "AAAAA",  # Epoch: open weights
        "google/LaMDA": "UUUUU",  # not released, as Epoch has it; the Model Openness Tool lists no weights
        "anthropic/Claude-2": "UUUUU",  # the Model Openness Tool lists weights, Epoch says API access
        "google/PaLM-2": "UUUUU",
        "xai/Grok-2": "UUUUU",  # Epoch looked before the weights were out, but neither day of the weights is known
        "openai/GPT-4o": "NUNNU",
    }
    assert {name: letters(sample[name]) for name in expected} == expected


def test_no_property_is_ever_turned_off_by_what_nobody_says(sample: dict[str, dict[str, Any]]) -> None:
    for name, row in sample.items():
        found = letters(row)
        assert "N" not in (found[1], found[4]), name  # no registry says what users can adapt, or who observes
        if "N" in found:
            (kinds,) = {tuple(sorted({each["kind"] for each in row["channels"]}))} - {()}
            assert set(kinds) <= {"api", "app", "third-party-host"}, name
            denied = [each for each in row["facts"] if each["name"] == "components.model_parameters_final"]
            assert [each["value"] for each in denied] == ["no"], name


def test_sources_that_contradict_each_other_are_both_shown(sample: dict[str, dict[str, Any]]) -> None:
    for name in ("anthropic/Claude-2", "google/PaLM-2"):
        told = conflicts(sample[name])
        assert told["access[weights].kind"] == (["model-openness-tool"], ["epoch"])
        assert set(told["components.model_parameters_final"][0] + told["components.model_parameters_final"][1]) == {
            "epoch",
            "model-openness-tool",
        }
        because = sample[name]["assessments"]["open-properties/local-inference"]
        assert (because["level"], because["decided_by"]) == ("unknown", "weights")
        dates = {source: described.get("date") for source, described in sample[name]["sources"].items()}
        assert dates["epoch"] is not None
        assert dates["model-openness-tool"] is not None


def test_every_value_has_a_source_that_is_described(sample: dict[str, dict[str, Any]]) -> None:
    for name, row in sample.items():
        for fact in (*row["facts"], *row["conflicts"]):
            if fact["name"].startswith(("release.id", "release.base")) and "source" not in fact:
                continue
            assert fact.get("source"), (name, fact)
            assert set(fact["source"]) <= set(row["sources"]), (name, fact)


def test_a_model_that_was_taken_down_cannot_be_taken_back(sample: dict[str, dict[str, Any]]) -> None:
    gone = [row for row in sample.values() if row["release"]["stage"] == "withdrawn"]
    assert gone, "the sample has no such model"
    for row in gone:
        assert letters(row) == "UAAAA"
        assert row["channels"][0]["closed"] in ("yes", "unknown")
