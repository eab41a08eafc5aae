"""What a registry has about weights and nobody understands: an API of another source alone turns nothing off."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from registry_entries import data_of, written_of

from release_review.audit.join import Entry, join

_OSAI = "system: {{endmodelname: One}}\norg: {{name: Acme}}\n{}\n"
_TOOL = "release:\n  name: One\n  producer: Acme\n  components: {}\n"
_EPOCH = "System,Organization,Publication date,Model accessibility,Accessibility notes\nOne,Acme,2025-08-05,{},\n"
_INDEX = "Indicator,Disclosure,Justification,References,Score\n{}\n"

NOT_UNDERSTOOD = [
    ("osai", "one.yaml", _OSAI.format("weights_endmodel: open")),
    ("osai", "one.yaml", _OSAI.format("weights_endmodel: {Class: open}")),
    ("osai", "one.yaml", _OSAI.format("weights-endmodel: {class: open}")),
    ("osai", "one.yaml", _OSAI.format("weights_endmodel: {link: 'https://hub.example/acme/one'}")),
    ("model-openness-tool", "One.yml", _TOOL.format("[{name: Model Weights, license: MIT}]")),
    ("model-openness-tool", "One.yml", _TOOL.format("{Model parameters (Final): {license: MIT}}")),
    ("model-openness-tool", "One.yml", _TOOL.format("[{name: Model parameters (Final), license: TODO}]")),
    ("models-dev", "one.toml", 'name = "One"\nopen_weights = "yes"\n'),
    ("models-dev", "one.toml", 'name = "One"\nopen_weights = false\nweights = "https://hub.example/acme/one"\n'),
    ("epoch", "systems.csv", _EPOCH.format("Open weights (by request)")),
    ("fmti", "Acme_fmtransparencyreport_May2024.csv", _INDEX.format("Open Weights,,,,1")),
]


DOUBTED = [
    ("epoch", "systems.csv", _EPOCH.format("API access").replace(",\n", ",also on-prem\n")),
    ("epoch", "systems.csv", _EPOCH.format("API access").replace(",\n", ",weights are on the Hub\n")),
]


def access_joined(folder: Path, registry: str, name: str, text: str) -> list[Mapping[str, Any]]:
    (folder / "acme").mkdir()
    (folder / "acme" / name).write_text(text, encoding="utf-8")
    api = {
        "schema": "release-manifest/1",
        "release": {"id": "acme/One"},
        "source": {"other": {"title": "Another"}},
        "access": [{"id": "api", "kind": {"value": "api", "source": ["other"]}}],
    }
    own = data_of(written_of(registry, folder / "acme" / name))
    channels: list[Mapping[str, Any]] = join([Entry(origin="a", data=own), Entry(origin="b", data=api)])["access"]
    return channels


@pytest.mark.parametrize(("registry", "name", "text"), NOT_UNDERSTOOD)
def test_an_api_of_another_source_does_not_stand_alone(tmp_path: Path, registry: str, name: str, text: str) -> None:
    channels = {each["id"]: each for each in access_joined(tmp_path, registry, name, text)}
    assert {*channels} == {"weights", "api"}
    assert [channels["weights"][key]["value"] for key in ("kind", "audience")] == ["unknown", "unknown"]


@pytest.mark.parametrize(("registry", "name", "text"), DOUBTED)
def test_a_doubt_stays_where_another_source_says_the_same_word(
    tmp_path: Path, registry: str, name: str, text: str
) -> None:
    (api,) = access_joined(tmp_path, registry, name, text)
    assert api["kind"]["source"] == [registry, "other"]
    assert [(each["value"], each["source"]) for each in api["kind"]["conflicts"]] == [("unknown", [registry])]
