"""The European Open Source AI Index: only `open` is an answer, and a note can open a channel but never close one."""

from __future__ import annotations

import functools
import os
import re
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies import DAY, REGISTRY
from release_review import PolicySet, load_policies, review
from release_review.errors import ReleaseReviewError
from release_review.importers.registries.osai.phrases import Means, phrase_in
from release_review.model import LIMITS
from release_review.sources import Written, import_source

DATA = Path(__file__).parent / "data" / "osai"
INDEX = DATA / "index"
LONE = "release"


def real_index() -> Path:
    folder = os.environ.get("REVIEW_DATA") or Path(__file__).parents[4] / "shared" / "data"
    return Path(folder) / "osai"


NEEDS_INDEX = pytest.mark.skipif(not real_index().is_dir(), reason="set REVIEW_DATA to a folder with osai/")


@pytest.fixture(scope="module")
def policies() -> PolicySet:
    return load_policies(["open-release"], REGISTRY)


def results(path: Path) -> list[Written | ReleaseReviewError]:
    return list(import_source(REGISTRY.source_importer("osai"), path, toml=REGISTRY.importer("TOML")))


def imported(path: Path) -> Written:
    (result,) = results(path)
    assert isinstance(result, Written), str(result)
    return result


def error_of(path: Path) -> str:
    (result,) = results(path)
    assert not isinstance(result, Written), result.text
    return str(result).replace(f"{path}", path.name)


@functools.cache
def sample(name: str) -> Mapping[str, Any]:
    data: Mapping[str, Any] = imported(INDEX / f"{name}.yaml").document.data
    return data


@pytest.fixture
def made(tmp_path: Path) -> Callable[..., Mapping[str, Any]]:
    """Make the manifest of a file in which the weights, and lines of `system`, are as a test has them."""

    def make(grade: str = "open", notes: str = "", system: str = "", org: str = "name: Acme") -> Mapping[str, Any]:
        file = tmp_path / f"{LONE}.yaml"
        weights = f"weights_endmodel:\n    class: {grade}\n    notes: {notes}\n"
        named = "" if "endmodelname" in system else "    endmodelname: One\n"
        file.write_text(f"---\nsystem:\n{named}{indented(system)}org:\n{indented(org)}{weights}", encoding="utf-8")
        data: Mapping[str, Any] = imported(file).document.data
        return data

    return make


def indented(lines: str) -> str:
    return "".join(f"    {line}\n" for line in lines.splitlines())


def values(table: Mapping[str, Any]) -> dict[str, Any]:
    return {key: each["value"] if isinstance(each, dict) else each for key, each in table.items()}


def channel_of(data: Mapping[str, Any]) -> dict[str, Any]:
    (channel,) = data["access"]
    return values(channel)


def levels(written: Written, policies: PolicySet) -> dict[str, str]:
    report = review(written.document, policies=policies, today=DAY)
    return {each.id.partition("/")[2]: each.level for each in report.assessments if each.id.startswith("open-prop")}


# What the weights are -------------------------------------------------------------------------------------------------


def test_open_weights_are_public() -> None:
    data = sample("AMD OLMo")
    assert channel_of(data) == {"id": "weights", "kind": "weights", "audience": "public"}
    assert data["components"]["model_parameters_final"]["value"] == "yes"
    assert data["access"][0]["kind"]["source"] == ["osai", "osai-weights"]
    assert data["source"]["osai-weights"]["url"] == "https://huggingface.co/amd/AMD-OLMo-1B-SFT-DPO"


@pytest.mark.parametrize(
    ("notes", "gate"),
    [
        ("Gated model made available through HuggingFace.", None),
        ("Behind constent form", "form"),
        ("behind consent form", "form"),
        ("Download only after requesting access; requires signing a consent form", "form"),
        ("Requires user information and login to access model weights", "form"),
    ],
)
def test_partial_may_mean_a_gate(made: Callable[..., Mapping[str, Any]], notes: str, gate: str | None) -> None:
    data = made("partial", notes)
    assert channel_of(data) == {
        "id": "weights",
        "kind": "weights",
        "audience": "public-gated",
        **({"gate": gate} if gate else {}),
    }
    assert data["components"]["model_parameters_final"]["value"] == "yes"


def test_a_licence_that_one_has_to_sign_is_a_gate() -> None:
    data = sample("llama-4")
    assert channel_of(data) == {"id": "weights", "kind": "weights", "audience": "public-gated", "gate": "form"}
    assert "requires signing the Llama 4" in data["access"][0]["audience"]["note"]


def test_closed_weights_may_be_there_under_a_licence_that_is_not_open(made: Callable[..., Mapping[str, Any]]) -> None:
    data = made("closed", "Requires signing Meta Llama 3.1's bespoke 'community license', not an OSI license")
    assert channel_of(data) == {"id": "weights", "kind": "weights", "audience": "public-gated"}
    assert data["components"]["model_parameters_final"]["value"] == "unknown"  # shown beside it, and not believed


def test_partial_may_mean_a_delta() -> None:
    data = sample("alpaca")
    assert channel_of(data) == {"id": "weights", "kind": "weights", "audience": "unknown"}
    assert values(data["release"]["base"][0]) == {"id": "unknown/Llama-7B", "relation": "delta"}
    assert data["components"]["model_parameters_final"]["value"] == "unknown"


def test_partial_may_mean_another_variant(made: Callable[..., Mapping[str, Any]]) -> None:
    data = made("partial", "Only a smaller variant was published.")
    assert channel_of(data) == {"id": "weights", "kind": "unknown", "audience": "unknown"}


def test_partial_may_mean_that_the_weights_are_there(made: Callable[..., Mapping[str, Any]]) -> None:
    data = made("partial", "Weights are provided as a safetensors file.")
    assert channel_of(data) == {"id": "weights", "kind": "weights", "audience": "public"}
    assert data["components"]["model_parameters_final"]["value"] == "unknown"


@pytest.mark.parametrize(
    "notes",
    ["", "Several links generate 404 errors, hence partial", "Given on request.", "This is not a gated model."],
)
def test_where_partial_is_not_explained_the_audience_is_unknown(
    made: Callable[..., Mapping[str, Any]], notes: str
) -> None:
    data = made("partial", notes)
    assert channel_of(data) == {"id": "weights", "kind": "weights", "audience": "unknown"}
    assert (notes or "without a note") in data["access"][0]["audience"]["note"]


@pytest.mark.parametrize(
    "notes",
    [
        "Instruction-tuned model formerly made available through HuggingFace, now taken down",
        "Weights removed from HuggingFace.",
        "Model taken down after release.",
        "Links to an empty folder",
    ],
)
def test_closed_may_hide_a_takedown(
    made: Callable[..., Mapping[str, Any]], policies: PolicySet, tmp_path: Path, notes: str
) -> None:
    data = made("closed", notes)
    assert channel_of(data) == {"id": "weights", "kind": "weights", "audience": "public", "until": "unknown"}
    assert data["release"]["stage"]["value"] == "withdrawn"
    found = levels(imported(tmp_path / f"{LONE}.yaml"), policies)
    assert found.pop("broader-access") == "unknown"  # who took a copy may pass it on
    assert set(found.values()) == {"applies"}


def test_part_of_the_weights_may_have_been_taken_down(made: Callable[..., Mapping[str, Any]]) -> None:
    data = made("partial", "Some of the weights were taken down.")
    assert channel_of(data) == {"id": "weights", "kind": "weights", "audience": "public", "until": "unknown"}
    assert "stage" not in data["release"]


@pytest.mark.parametrize("notes", ["", "No weights found.", "Weights not shared nor disclosed.", "API only"])
def test_closed_turns_nothing_off(
    made: Callable[..., Mapping[str, Any]], policies: PolicySet, tmp_path: Path, notes: str
) -> None:
    data = made("closed", notes)
    assert channel_of(data) == {"id": "weights", "kind": "unknown", "audience": "unknown"}
    assert set(levels(imported(tmp_path / f"{LONE}.yaml"), policies).values()) == {"unknown"}


def test_a_class_that_the_index_does_not_have_is_no_answer(made: Callable[..., Mapping[str, Any]]) -> None:
    data = made("opne", "Weights published.")
    assert channel_of(data) == {"id": "weights", "kind": "unknown", "audience": "unknown"}
    assert "the index knows `open`" in data["access"][0]["kind"]["note"]


def test_a_file_that_says_nothing_of_weights_has_no_channel(made: Callable[..., Mapping[str, Any]]) -> None:
    data = made("", "")
    assert "access" not in data
    assert "components" not in data


@pytest.mark.parametrize(
    ("notes", "means"),
    [
        ("Gated model", Means.GATED),
        ("Not a gated model", None),
        ("Ungated model", None),
        ("a non-gated model", None),
        ("Access is not gated", None),
        ("Never mind. Gated model", Means.GATED),
        ("The weights were taken down in May", Means.TAKEN_DOWN),
        ("The weights were not taken down", None),
        ("The weights may be taken down", None),
        ("The weights haven't been taken down", None),
        ("Older checkpoints were taken down", None),
        ("Model weights offered as a delta to LLaMA", Means.DELTA),
        ("These weights do not require applying delta", None),
        ("Gated model, offered as a delta", Means.DELTA),
        ("Available without consent form", None),
        ("Requires accepting the terms of use", Means.GATED),
        ("Requires contact information", Means.GATED),
        ("Gated through HuggingFace", Means.GATED),
        ("No longer available: model weights", Means.TAKEN_DOWN),
        ("Weights are available", None),
    ],
)
def test_a_phrase_that_is_negated_is_not_read(notes: str, means: Means | None) -> None:
    phrase = phrase_in(notes)
    assert (phrase.means if phrase else None) is means


@pytest.mark.parametrize(
    "notes",
    [
        "The API demo was taken offline; weights were never shared",
        "Weights were never shared. The demo was taken down.",
        "No longer available",
        "It was taken down in May",
        "The model card was taken down",
        "The API of the model was taken offline",
        "The chat requires contact information",
    ],
)
def test_a_phrase_that_may_be_of_something_else_than_weights_is_not_read(
    made: Callable[..., Mapping[str, Any]], notes: str
) -> None:
    data = made("closed", notes)
    assert channel_of(data) == {"id": "weights", "kind": "unknown", "audience": "unknown"}
    assert "stage" not in data["release"]


@pytest.mark.parametrize(
    "notes",
    [
        "Weights were given on request to academics only, now no longer available.",
        "Gated model, now taken down",
    ],
)
def test_weights_that_were_taken_down_and_had_a_condition_were_not_public(
    made: Callable[..., Mapping[str, Any]], notes: str
) -> None:
    data = made("closed", notes)
    assert channel_of(data) == {"id": "weights", "kind": "weights", "audience": "unknown", "until": "unknown"}
    assert data["release"]["stage"]["value"] == "withdrawn"


@pytest.mark.parametrize(
    ("criterion", "told"),
    [
        ("weights_endmodel: open", '`weights_endmodel` is "open", which is no table'),
        ("weights_endmodel: [{class: open}]", "which is no table"),
        ("weights_endmodel: {class: [open]}", "`weights_endmodel.class` is \"['open']\", which is no text"),
        ("weights_endmodel: {Class: open}", '"Class" of `weights_endmodel` is "open"'),
        ("weights-endmodel: {class: open}", "the file has no criterion `weights_endmodel`"),
        ("weights_endmodel:\nweights-endmodel: {class: open}", '"weights-endmodel" is'),
        ("org: {link: x}", "the file has no criterion `weights_endmodel`"),
        ("weights_endmodel: {link: hub.example/acme}", '`weights_endmodel.link` has "hub.example/acme", which is no'),
        ("weights_endmodel: {link: [{url: 'https://hub.example/acme'}]}", "which is no address"),
    ],
)
def test_what_is_not_understood_of_weights_is_a_channel_that_turns_nothing_off(
    tmp_path: Path, policies: PolicySet, criterion: str, told: str
) -> None:
    (file := tmp_path / "odd.yaml").write_text(f"system: {{endmodelname: One}}\n{criterion}\n", encoding="utf-8")
    written = imported(file)
    assert channel_of(written.document.data) == {"id": "weights", "kind": "unknown", "audience": "unknown"}
    assert told in written.document.data["access"][0]["kind"]["note"]
    assert set(levels(written, policies).values()) == {"unknown"}


def test_a_link_to_weights_without_a_class_is_cited_and_turns_nothing_off(tmp_path: Path) -> None:
    link = "https://hub.example/acme"
    text = f"system: {{endmodelname: One}}\nweights_endmodel: {{class: '', link: '{link}'}}\n"
    (file := tmp_path / "odd.yaml").write_text(text, encoding="utf-8")
    data = imported(file).document.data
    assert channel_of(data) == {"id": "weights", "kind": "unknown", "audience": "unknown"}
    assert data["access"][0]["kind"]["source"] == ["osai", "osai-weights"]
    assert data["source"]["osai-weights"]["url"] == link


def test_a_field_that_the_index_does_not_have_is_told(tmp_path: Path) -> None:
    text = (
        "system: {endmodelname: One}\nweights-endmodel: {class: open}\n"
        "weights_endmodel: {Class: open, link: [hub.example, N/A]}\n"
    )
    (file := tmp_path / "odd.yaml").write_text(text, encoding="utf-8")
    assert imported(file).notes == (
        '"weights-endmodel" is no field of the index and is left out',
        '"Class" of `weights_endmodel` is no field of the index and is left out',
        '`weights_endmodel.link` has "hub.example", which is no address and is left out',
    )


def test_a_gate_beside_open_weights_is_kept(made: Callable[..., Mapping[str, Any]]) -> None:
    assert channel_of(made("open", "Gated repository."))["audience"] == "public-gated"


# Which model it is ----------------------------------------------------------------------------------------------------


def test_a_release_is_called_by_its_end_model() -> None:
    release = sample("AMD OLMo")["release"]
    assert release["id"] == "amd/AMD-OLMo-1B-SFT-DPO"
    assert values(release) | {"base": [], "modalities": []} == {
        "id": "amd/AMD-OLMo-1B-SFT-DPO",
        "developer": "AMD",
        "name": "AMD-OLMo-1B-SFT-DPO",
        "date": "2024-10",
        "derived": "yes",
        "base": [],
        "modalities": [],
    }
    assert release["base"] == [{"id": "amd/AMD-OLMo-1B"}]
    assert [each["value"] for each in release["modalities"]] == ["code"]


def test_where_no_end_model_is_named_the_system_is() -> None:
    data = sample("lumo")
    assert data["release"]["id"] == "proton/Lumo-AI"
    assert data["release"]["name"]["note"] == '`endmodelname` is "Undisclosed"'
    assert data["release"]["derived"]["value"] == "unknown"
    assert "base" not in data["release"]
    assert data["weights"]["license"]["value"] == "unknown"


def test_names_that_the_links_show_to_be_swapped_are_swapped_back() -> None:
    release = sample("Guru")["release"]
    assert release["id"] == "llm360/Guru-32B"
    assert release["base"] == [{"id": "alibaba/Qwen2.5-32B"}]
    assert "Qwen2.5-32B" in release["name"]["note"]


def test_a_base_with_the_name_of_the_model_is_none(made: Callable[..., Mapping[str, Any]]) -> None:
    assert "derived" not in made(system="basemodelname: one")["release"]


@pytest.mark.parametrize(
    ("base", "derived"), [("Llama 2 and Falcon", "yes"), ("MiniMax-Text-01?", "unknown"), ("unknown", "unknown")]
)
def test_a_base_that_is_not_one_name_has_no_id(made: Callable[..., Mapping[str, Any]], base: str, derived: str) -> None:
    release = made(system=f"basemodelname: {base}")["release"]
    assert release["derived"]["value"] == derived
    assert "base" not in release


def test_a_developer_that_nobody_names_is_unknown(made: Callable[..., Mapping[str, Any]]) -> None:
    release = made(org="name: not specified")["release"]
    assert release["id"] == "unknown/One"
    assert "developer" not in release


@pytest.mark.parametrize("date", ["2023", "2023-03", "2023-03-14"])
def test_a_date_may_be_a_year_a_month_or_a_day(made: Callable[..., Mapping[str, Any]], date: str) -> None:
    assert made(system=f"releasedate: {date}")["release"]["date"]["value"] == date


@pytest.mark.parametrize("date", ["2023-13", "2023-02-30", "spring 2023", "2023-3"])
def test_what_is_no_date_is_left_out_and_told(
    made: Callable[..., Mapping[str, Any]], tmp_path: Path, date: str
) -> None:
    assert "date" not in made(system=f"releasedate: {date}")["release"]
    notes = imported(tmp_path / f"{LONE}.yaml").notes
    assert notes == (f'`releasedate` is "{date}", which is no date, and is left out',)


def test_a_type_may_be_several(made: Callable[..., Mapping[str, Any]], tmp_path: Path) -> None:
    modalities = made(system="type: text,code, smell")["release"]["modalities"]
    assert [each["value"] for each in modalities] == ["text", "code"]
    assert imported(tmp_path / f"{LONE}.yaml").notes == ('the type "smell" is no modality and is left out',)


# The licence and the components ---------------------------------------------------------------------------------------


def test_the_key_of_the_licence_may_have_a_blank() -> None:
    weights = sample("MusicLDM")["weights"]
    assert values(weights) == {"license": "CC-BY-NC-SA-4.0", "license_family": "non-commercial"}
    assert weights["license"]["note"] == 'written as "Attribution-NonCommercial-ShareAlike 4.0 International"'


def test_two_licences_conflict(made: Callable[..., Mapping[str, Any]]) -> None:
    weights = made(system="endmodellicense: MIT License\nendmodel license: CC-BY-NC-4.0")["weights"]
    assert [each["value"] for each in weights["license"]["conflicts"]] == ["CC-BY-NC-4.0"]
    assert [each["value"] for each in weights["license_family"]["conflicts"]] == ["non-commercial"]


def test_a_family_that_only_one_of_two_licences_has_is_not_that_of_both(
    made: Callable[..., Mapping[str, Any]],
) -> None:
    weights = made(system="endmodellicense: MIT License\nendmodel license: Acme Terms")["weights"]
    assert "license_family" not in weights


@pytest.mark.parametrize("written", ["Unknown", "Unknown (Apache-2.0?)", "Various", "Custom license", "Mixed"])
def test_a_text_that_names_no_licence_is_unknown(made: Callable[..., Mapping[str, Any]], written: str) -> None:
    weights = made(system=f"endmodellicense: {written}")["weights"]
    assert values(weights) == {"license": "unknown"}
    assert written in weights["license"]["note"]


def test_a_family_may_be_all_that_is_said_of_a_licence(made: Callable[..., Mapping[str, Any]]) -> None:
    weights = made(system="endmodellicense: Non-commercial license")["weights"]
    assert values(weights) == {"license": "unknown", "license_family": "non-commercial"}


@pytest.mark.parametrize(
    ("written", "id_", "family"),
    [
        ("CreativeML Open RAIL++-M License", "LicenseRef-openrailpp", "use-restricted"),
        ("BigCode OpenRAIL-M v1 license agreement", "LicenseRef-bigcode-openrail-m", "use-restricted"),
        ("Llama 3 Community License Agreement", "LicenseRef-llama3", "use-restricted"),
        ("Apache-2.0 and CC-BY-NC-4.0 and more", "LicenseRef-Apache-2.0-and-CC-BY-NC-4.0-and-more", None),
        ("Modified MIT License", "LicenseRef-Modified-MIT-License", None),
    ],
)
def test_spellings_of_the_index_mean_a_licence(
    made: Callable[..., Mapping[str, Any]], written: str, id_: str, family: str | None
) -> None:
    weights = made(system=f"endmodellicense: {written}")["weights"]
    assert values(weights) == {"license": id_, **({"license_family": family} if family else {})}


def test_only_open_states_that_a_component_is_released() -> None:
    components = values(sample("Geitje")["components"])
    assert set(components.values()) == {"unknown"}  # model_card and others are `partial`, though they are there
    assert values(sample("AMD OLMo")["components"]) == {
        "model_parameters_final": "yes",
        "datasets": "unknown",  # the index calls data open that a paper only names
        "training_code": "yes",
        "model_card": "yes",
        "data_card": "yes",
        "research_paper": "unknown",
    }


def test_links_become_sources_of_their_own() -> None:
    data = sample("AMD OLMo")
    card = data["components"]["data_card"]["source"]
    assert card == ["osai", "osai-datasheet", *(f"osai-datasheet-{number}" for number in range(2, 6))]  # of six
    assert all(data["source"][id_]["url"].startswith("https://") for id_ in card)


@pytest.mark.parametrize("link", ["https://TODO", "see the paper", "javascript:alert(1)", "[7, https://TBD]"])
def test_what_is_no_link_is_no_source(made: Callable[..., Mapping[str, Any]], link: str) -> None:
    data = made(notes=f"here\n    link: {link}")
    assert list(data["source"]) == ["osai"]


def test_data_within_the_system_is_no_criterion(made: Callable[..., Mapping[str, Any]]) -> None:
    data = made(system="datasources_endmodel: HC3, ShareGPT, alpaca (synthetic)")
    assert list(data["components"]) == ["model_parameters_final"]


# Files ----------------------------------------------------------------------------------------------------------------


def test_a_folder_gives_its_releases_in_the_order_of_their_names() -> None:
    found = results(INDEX)
    releases = [each.origin for each in found if isinstance(each, Written)]
    names = ("AMD OLMo", "Geitje", "Guru", "MusicLDM", "alpaca", "llama-4", "lumo")
    assert releases == [str(INDEX / f"{name}.yaml") for name in names]
    assert len(found) == len(releases)


def test_what_describes_the_index_is_no_release(tmp_path: Path) -> None:
    for name in ("_parameters.yml", "_parameters-descriptions.yml", "a_submission_template.yaml"):
        (tmp_path / name).write_text("- one\n")
    assert error_of(tmp_path).endswith(
        "holds no file of the European Open Source AI Index; name the folder with the YAML files of the index"
    )


def test_a_file_that_describes_no_release_is_told() -> None:
    told = error_of(INDEX / "_parameters-descriptions.yml")
    what = "has no table `system`, so it describes no release"
    hint = "name a file of the European Open Source AI Index"
    assert told == f"_parameters-descriptions.yml:1:1: {what}; {hint}"


def test_a_form_that_nobody_has_filled_in_is_told(tmp_path: Path) -> None:
    (file := tmp_path / "a.yaml").write_text("system:\n    name:\n    endmodelname: TBD\n")
    what = "names no model: neither `endmodelname` nor `name` of `system` says one"
    assert error_of(file) == f"a.yaml:1:1: {what}; fill one of them in"


def test_line_endings_and_a_byte_order_mark_change_nothing(tmp_path: Path) -> None:
    plain = INDEX / "alpaca.yaml"
    (file := tmp_path / "alpaca.yaml").write_bytes(b"\xef\xbb\xbf" + plain.read_bytes().replace(b"\n", b"\r\n"))
    assert imported(file).document.data == sample("alpaca")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"system: {a: [1, 2}", "bad.yaml:1:18: is not YAML"),
        (b"system:\n  name: \xff", "bad.yaml:2:9: is not UTF-8: byte 0xff at offset 16; save the file as UTF-8"),
        (b"system: &a\n  name: x\n", "bad.yaml:1:9: sets the anchor &a; leave it out, and write each value out"),
        (b"", "bad.yaml:1:1: has no table `system`, so it describes no release; name a file of the European"),
        (b"system: one", "bad.yaml:1:1: has no table `system`, so it describes no release; name a file of"),
        (b"system:\n  name: " + b"x" * 70_000, "bad.yaml:2:9: text is 70,000 characters long, and the limit is 65,536"),
        (b"system:\n  name: " + b"[" * 100, "bad.yaml:2:71: nests deeper than 64 levels"),
        (b"system:\n  name: x\n  name: y\n", "bad.yaml:3:3: key 'name' is written twice, first on line 2"),
        (b"#" * (LIMITS.file_bytes + 1), "bad.yaml: is larger than the limit of 1,048,576 bytes"),
    ],
)
def test_a_bad_file_is_told_and_loses_no_other(tmp_path: Path, content: bytes, told: str) -> None:
    (tmp_path / "bad.yaml").write_bytes(content)
    (tmp_path / "good.yml").write_text("system:\n  name: One\n")
    bad, good = results(tmp_path)
    assert isinstance(good, Written)
    assert good.release == "unknown/One"
    assert str(bad).replace(f"{tmp_path}/", "").startswith(told)


def test_a_link_to_a_file_is_not_followed(tmp_path: Path) -> None:
    (file := tmp_path / "link.yaml").symlink_to(INDEX / "lumo.yaml")
    assert error_of(file).startswith("link.yaml: is a symbolic link, and links are not followed")


def test_a_source_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert error_of(tmp_path / "none.yaml") == "none.yaml: does not exist; check the path"


def test_a_folder_that_cannot_be_listed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "iterdir", refuse)
    told = error_of(tmp_path)
    assert told == f"{tmp_path.name}: cannot be listed: permission denied; check its permissions"


def test_what_has_another_type_than_it_should_is_left_out_and_told(tmp_path: Path) -> None:
    text = "system:\n  endmodelname: 7\n  type: [text]\norg: Acme\nweights_endmodel: open\nmodelcard:\n  class: true\n"
    (file := tmp_path / "odd.yaml").write_text(text)
    written = imported(file)
    assert written.release == "unknown/7"
    assert written.notes == (
        "`org` is no table and is left out",
        "`system.type` is no text and is left out",
        "`weights_endmodel` is no table and is left out",
        "`modelcard.class` is no text and is left out",
    )
    assert channel_of(written.document.data) == {"id": "weights", "kind": "unknown", "audience": "unknown"}


# Whole manifests, and the whole index ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Geitje", "llama-4"])
def test_a_manifest_is_as_expected(golden: Callable[[Path, str], None], name: str) -> None:
    golden(DATA / "expected" / f"{name}.toml", imported(INDEX / f"{name}.yaml").text)


LINES = [line for path in sorted(INDEX.glob("*.yaml")) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.no_cover
@settings(max_examples=40)
@given(data=st.data())
def test_no_damage_to_a_file_breaks_the_importer(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    lines = (INDEX / "Geitje.yaml").read_text(encoding="utf-8").splitlines()
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(lines) - 1))
        lines[place] = data.draw(st.sampled_from(LINES) | st.text(max_size=40) | st.just("    class: [open, {a: 1}]"))
    file = tmp_path_factory.mktemp("damaged", numbered=True) / "one.yaml"
    file.write_bytes("\n".join(lines).encode("utf-8", "surrogatepass"))
    (result,) = results(file)
    # Either a manifest that holds, or one line that says where the file is wrong.
    assert isinstance(result, Written) or str(result).startswith(str(file))
    assert "does not hold" not in str(result)


@NEEDS_INDEX
def test_every_file_of_the_index_is_a_manifest_that_can_be_reviewed(policies: PolicySet) -> None:
    found = results(real_index())
    assert [str(each) for each in found if not isinstance(each, Written)] == []
    written = [each for each in found if isinstance(each, Written)]
    assert len(written) == len([*real_index().glob("*.y*ml")]) - 3
    assert len({each.release for each in written}) == len(written)
    off: Counter[str] = Counter()
    for each in written:
        off.update(name for name, level in levels(each, policies).items() if level in {"limited", "does-not-apply"})
    assert not off  # nothing in the index says that a property does not apply


@NEEDS_INDEX
def test_every_takedown_of_the_index_is_seen(policies: PolicySet) -> None:
    withdrawn = [
        each for each in results(real_index()) if isinstance(each, Written) and 'stage = { value = "wi' in each.text
    ]
    assert {"bram-vanroy/GEITje-7B-ultra", "databricks/MPT-30B-Instruct", "databricks/Dolly-V2-12B"} <= {
        each.release for each in withdrawn
    }
    assert all(levels(each, policies)["inability-to-rescind"] == "applies" for each in withdrawn)


@NEEDS_INDEX
def test_each_text_of_the_index_on_the_licence_is_kept() -> None:
    for each in results(real_index()):
        assert isinstance(each, Written)
        raw = Path(each.origin).read_text(encoding="utf-8-sig")
        match = re.search(r"^    endmodel ?license:[ \t]*(\S.*?)\s*$", raw, re.MULTILINE)
        if match:
            assert match[1] in each.document.data["weights"]["license"]["note"]
