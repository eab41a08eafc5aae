"""Epoch AI: one word says how a model can be reached, an empty cell says nothing, and prose is only quoted."""

from __future__ import annotations

import csv
import functools
import io
import re
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from registry_entries import PROPERTIES, data_of, error_of, levels_of, real_data, results_of, written_of

from release_review.importers.registries.epoch import access, cells, model
from release_review.sources import Written

DATA = Path(__file__).parent / "data" / "epoch"
REAL = real_data("epoch") / "systems.csv"
NEEDS_REAL = pytest.mark.skipif(not REAL.is_file(), reason="set REVIEW_DATA to a folder with epoch/systems.csv")

COLUMNS = ("System", *cells.USED)
OPEN = ("Open weights (unrestricted)", "Open weights (restricted use)", "Open weights (non-commercial)")
WORDS = (*OPEN, "API access", "Hosted access (no API)", "Unreleased", "")
NUMBER = {"Parameters": "7000000000.00", "Training compute (FLOP)": "1.2e+23"}


@functools.cache
def samples() -> Mapping[str, Written]:
    found = [result for result in results_of("epoch", DATA) if isinstance(result, Written)]
    return {str(data_of(each)["release"]["name"]["value"]): each for each in found}


def sample(name: str) -> Any:
    return data_of(samples()[name])


def table_of(*rows: Mapping[str, str], columns: tuple[str, ...] = COLUMNS) -> str:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


@pytest.fixture
def made(tmp_path: Path) -> Callable[..., Any]:
    """Make the manifest of one row, by the columns that a test gives it."""

    def make(given: Mapping[str, str] | None = None, **named: str) -> Any:
        row = {
            "System": "Small",
            "Organization": "Acme",
            **{key.replace("_", " "): each for key, each in named.items()},
        }
        path = tmp_path / "systems.csv"
        path.write_text(table_of({**row, **(given or {})}), encoding="utf-8")
        return data_of(written_of("epoch", path))

    return make


def levels(name: str) -> list[str]:
    return [levels_of(samples()[name])[each] for each in PROPERTIES]


# How a model can be reached -------------------------------------------------------------------------------------------


def test_gpt_4_is_not_open_and_what_the_row_does_not_say_stays_unknown() -> None:
    assert sample("GPT-4")["access"] == [
        {"id": "api", "kind": {"value": "api", "source": ["epoch"], "note": 'written as "API access"'}}
    ]
    assert sample("GPT-4")["components"]["model_parameters_final"]["value"] == "no"
    assert levels("GPT-4") == ["does-not-apply", "unknown", "does-not-apply", "does-not-apply", "unknown"]


@pytest.mark.parametrize("word", OPEN)
def test_open_weights_are_a_public_channel(made: Callable[..., Any], word: str) -> None:
    data = made(Model_accessibility=word)
    (channel,) = data["access"]
    assert (channel["id"], channel["kind"]["value"], channel["audience"]["value"]) == ("weights", "weights", "public")
    assert data["components"]["model_parameters_final"]["value"] == "yes"


def test_llama_3_1_405b_has_every_property() -> None:
    assert levels("Llama 3.1-405B") == ["applies"] * 5


def test_hosted_access_is_an_app(made: Callable[..., Any]) -> None:
    data = made(Model_accessibility="Hosted access (no API)")
    assert (data["access"][0]["id"], data["access"][0]["kind"]["value"]) == ("app", "app")
    assert data["components"]["model_parameters_final"]["value"] == "no"


def test_a_hosted_model_that_runs_on_devices_is_a_conflict_and_no_property_is_off() -> None:
    written = 'written as "Hosted access (no API)"'
    doubt = f"{written}; but its name or the note speaks of users' own devices"
    assert sample("AFM-on-device")["access"][0]["kind"] == {
        "value": "app",
        "source": ["epoch"],
        "note": written,
        "conflicts": [{"value": "unknown", "source": ["epoch"], "note": doubt}],
    }
    assert levels("AFM-on-device") == ["unknown"] * 5


@pytest.mark.parametrize(
    ("prose", "told"),
    [
        ("also on-prem, the weights are installed at customers", "users' own devices"),
        ("or on the customer's premises", "users' own devices"),
        ("runs on edge devices", "users' own devices"),
        ("weights are on the Hub", "the note speaks of weights"),
    ],
)
def test_what_speaks_against_a_word_for_closed_access_is_a_conflict(
    made: Callable[..., Any], prose: str, told: str
) -> None:
    data = made(Model_accessibility="API access", Accessibility_notes=prose)
    for claim, value in ((data["access"][0]["kind"], "api"), (data["components"]["model_parameters_final"], "no")):
        (doubt,) = claim["conflicts"]
        assert (claim["value"], doubt["value"], doubt["source"]) == (value, "unknown", ["epoch"])
        assert told in doubt["note"]


@pytest.mark.parametrize("prose", ["no weights", "the weights aren't shared", "Weights are unreleased", "code: MIT"])
def test_a_note_that_says_the_same_as_the_word_is_no_conflict(made: Callable[..., Any], prose: str) -> None:
    data = made(Model_accessibility="API access", Accessibility_notes=prose)
    assert "conflicts" not in data["access"][0]["kind"]


def test_an_unreleased_model_that_runs_on_devices_is_a_channel_of_unknown_kind(made: Callable[..., Any]) -> None:
    (channel,) = made(Model_accessibility="Unreleased", Accessibility_notes="ships on-device")["access"]
    assert [channel["id"], channel["kind"]["value"], channel["audience"]["value"]] == ["weights", "unknown", "unknown"]


def test_unreleased_says_that_there_are_no_weights_and_names_no_channel() -> None:
    data = sample("MosaicML Diffusion")
    assert data["components"]["model_parameters_final"]["value"] == "no"
    assert "access" not in data
    assert access.NO_CHANNEL in samples()["MosaicML Diffusion"].notes
    assert levels("MosaicML Diffusion") == ["unknown"] * 5


def test_an_empty_cell_is_not_unreleased(made: Callable[..., Any]) -> None:
    data = made(Training_code_accessibility="", Model_accessibility="")
    assert "components" not in data
    assert "access" not in data
    assert levels("SNARC") == ["unknown"] * 5


def test_a_word_that_is_not_known_is_unknown(made: Callable[..., Any]) -> None:
    data = made(Model_accessibility="Open weights (by request)", Dataset_accessibility="Mostly")
    # Without the channel, an API of another source would stand alone.
    (channel,) = data["access"]
    assert [channel["id"], channel["kind"]["value"], channel["audience"]["value"]] == ["weights", "unknown", "unknown"]
    assert data["components"]["model_parameters_final"] == {
        "value": "unknown",
        "source": ["epoch"],
        "note": 'written as "Open weights (by request)": no word that is known',
    }
    assert data["components"]["datasets"]["value"] == "unknown"


def test_stable_diffusion_3_stays_with_its_api_and_the_row_is_dated_and_its_note_on_weights_is_a_doubt() -> None:
    data = sample("Stable Diffusion 3")
    assert data["access"][0]["kind"]["value"] == "api"
    assert data["access"][0]["kind"]["conflicts"][0]["note"].endswith("but the note speaks of weights")
    assert levels("Stable Diffusion 3") == ["unknown"] * 5
    assert [channel["id"] for channel in data["access"]] == ["api"]
    assert data["source"]["epoch"]["date"] == "2024-09-05"  # the weights came in June, and the row does not know
    assert "Apr 2014" in data["access"][0]["kind"]["note"]
    assert data["release"]["date"]["value"] == "2024-02-22"
    assert access.ONE_STATE in samples()["Stable Diffusion 3"].notes


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize(
    "prose", ["not available to anybody", "the weights are encrypted, access can be revoked, all use is watched"]
)
def test_prose_turns_no_property_off(made: Callable[..., Any], word: str, prose: str) -> None:
    def stripped(data: Any) -> Any:
        plain = {key: value for key, value in data.items() if key != "source"}
        return [(channel["id"], channel["kind"]["value"]) for channel in plain.get("access", [])], [
            (name, claim["value"]) for name, claim in plain.get("components", {}).items()
        ]

    assert stripped(made(Model_accessibility=word, Accessibility_notes=prose)) == stripped(
        made(Model_accessibility=word)
    )


# Licences -------------------------------------------------------------------------------------------------------------


def test_a_licence_in_prose_is_quoted_and_no_fact() -> None:
    data = sample("Llama 3.1-405B")
    assert "license" not in data["weights"]
    assert data["weights"]["license_family"]["value"] == "use-restricted"
    assert "Llama 3.1 model license" in data["weights"]["license_family"]["note"]


def test_a_note_that_is_nothing_but_a_licence_names_it_with_its_raw_spelling() -> None:
    weights = sample("Aquila2 34B")["weights"]
    assert weights["license"] == {"value": "Apache-2.0", "source": ["epoch"], "note": 'written as "apache 2.0"'}
    assert (weights["license_family"]["value"], weights["use_limits"]["value"]) == ("permissive", "no")


@pytest.mark.parametrize("word", ["Unreleased", "API access", "Open weights (non-commercial)"])
def test_a_licence_that_does_not_fit_the_word_is_of_something_else(made: Callable[..., Any], word: str) -> None:
    assert "license" not in made(Model_accessibility=word, Accessibility_notes="Apache 2.0").get("weights", {})


@pytest.mark.parametrize(
    ("word", "family", "limits"),
    [
        ("Open weights (unrestricted)", None, "no"),  # permissive or copyleft
        ("Open weights (restricted use)", "use-restricted", "yes"),
        ("Open weights (non-commercial)", "non-commercial", "yes"),
    ],
)
def test_the_family_follows_from_the_word_where_it_can(
    made: Callable[..., Any], word: str, family: str | None, limits: str
) -> None:
    weights = made(Model_accessibility=word)["weights"]
    assert (weights.get("license_family", {}).get("value"), weights["use_limits"]["value"]) == (family, limits)


def test_unrestricted_beside_a_licence_that_limits_use_is_a_conflict(made: Callable[..., Any]) -> None:
    data = made(Model_accessibility=OPEN[0], Accessibility_notes="see the llama2 terms")
    for claim in (sample("BLUUMI")["weights"]["use_limits"], data["weights"]["use_limits"]):
        assert [claim["value"], *(each["value"] for each in claim["conflicts"])] == ["no", "unknown"]


# Who, what and when ---------------------------------------------------------------------------------------------------


def test_organisations_are_a_list_with_quoted_names_and_line_breaks_in_them() -> None:
    data = sample("Pythia-12b")
    assert data["release"]["id"] == "eleutherai/Pythia-12b"
    assert data["release"]["developer"]["value"] == (
        "EleutherAI, Booz Allen Hamilton, McLean, University of Cambridge, "
        "Indraprastha Institute of Information Technology Delhi, Stability AI, datasaur.ai, University of Amsterdam"
    )


def test_a_name_with_a_line_break_is_one_name() -> None:
    assert sample("Command R")["release"]["id"] == "cohere/Command-R"


def test_a_row_without_an_organisation_has_an_unknown_developer(made: Callable[..., Any]) -> None:
    data = made(Organization="")
    assert data["release"]["id"] == "unknown/Small"
    assert "developer" not in data["release"]


def test_rows_begin_in_the_nineteen_fifties() -> None:
    data = sample("SNARC")
    assert data["release"]["date"]["value"] == "1952-01-08"
    assert data["release"]["date"]["source"] == ["epoch", "epoch-publication"]


def test_the_publication_is_cited_for_its_date_and_nothing_else() -> None:
    assert sample("GPT-4")["source"]["epoch-publication"] == {
        "title": "GPT-4 Technical Report",
        "url": "https://arxiv.org/abs/2303.08774",
    }


@pytest.mark.parametrize("title", ["", "n/a"])
def test_a_publication_without_a_title_keeps_its_address(made: Callable[..., Any], title: str) -> None:
    data = made(Reference=title, Link="see\nhttps://example.com/paper, and its code")
    assert data["source"]["epoch-publication"] == {"title": "Publication of Small", "url": "https://example.com/paper"}
    assert "epoch-publication" not in made(Reference=title, Link="ask us")["source"]


@pytest.mark.parametrize("written", ["soon", "2024-02-30"])
def test_a_date_that_is_none_is_unknown(made: Callable[..., Any], written: str) -> None:
    data = made(Publication_date=written, Last_modified=written)
    assert data["release"]["date"] == {"value": "unknown", "source": ["epoch"], "note": f'no date: "{written}"'}
    assert "date" not in data["source"]["epoch"]


def test_the_domains_that_name_a_modality_are_modalities(made: Callable[..., Any]) -> None:
    data = made(Domain="Multimodal,Language, Vision,Image generation,Biology")
    assert [each["value"] for each in data["release"]["modalities"]] == ["text", "image"]


def test_the_base_model_takes_its_developer_from_its_own_row() -> None:
    release = sample("T0-XXL")["release"]
    assert release["derived"] == {"value": "yes", "source": ["epoch"], "note": 'made from "T5-11B"'}
    assert release["base"] == [{"id": "google/T5-11B"}]


def test_a_base_model_that_the_table_does_not_have_is_quoted(made: Callable[..., Any]) -> None:
    release = made(Base_model="Large, or Larger")["release"]
    assert release["derived"]["note"] == 'made from "Large, or Larger"'
    assert "base" not in release


# Numbers --------------------------------------------------------------------------------------------------------------


def test_numbers_are_doubles_and_say_how_sure_epoch_is() -> None:
    weights = sample("GPT-4")["weights"]
    assert weights["training_compute_flop"]["value"] == 2.1e25
    assert weights["training_compute_flop"]["note"].startswith('Epoch\'s confidence: "Speculative"; "90% CI: 8.2E+24')
    size = sample("Llama 3.1-405B")["weights"]["parameters_total"]["value"]
    assert (size, type(size)) == (405e9, float)


def test_a_guess_at_the_size_is_left_out_and_an_estimate_of_the_compute_is_not(made: Callable[..., Any]) -> None:
    assert set(made(NUMBER)["weights"]) == {"parameters_total", "training_compute_flop"}
    assert set(made(NUMBER, Confidence="Speculative")["weights"]) == {"training_compute_flop"}


def test_what_epoch_calls_wrong_is_left_out() -> None:
    assert not {"parameters_total", "training_compute_flop"} & {*sample("AlexNet + coordinating filters")["weights"]}
    assert samples()["AlexNet + coordinating filters"].notes == (model.LEFT_OUT, model.WRONG_COMPUTE)


def test_compute_below_that_of_the_base_model_is_not_all_of_it() -> None:
    assert "training_compute_flop" not in sample("T0-XXL")["weights"]
    assert model.PART_OF_COMPUTE in samples()["T0-XXL"].notes


@pytest.mark.parametrize("written", ["many", "-1", "1e999", "inf", "nan", "1,000"])
def test_a_number_that_is_none_is_unknown(made: Callable[..., Any], written: str) -> None:
    size = made(Parameters=written)["weights"]["parameters_total"]
    assert size == {"value": "unknown", "source": ["epoch"], "note": f'no number: "{written}"'}


def test_the_country_is_not_used() -> None:
    assert "United States" not in samples()["GPT-4"].text


# Tables that are broken, or others ------------------------------------------------------------------------------------


def test_the_table_of_today_calls_the_name_otherwise(tmp_path: Path) -> None:
    path = tmp_path / "all_ai_models.csv"
    columns = ("Model", *cells.USED)
    path.write_text(table_of({"Model": "Small", "Organization": "Acme"}, columns=columns), encoding="utf-8")
    assert written_of("epoch", tmp_path).release == "acme/Small"


def test_a_row_without_a_name_is_told_and_loses_no_other(tmp_path: Path) -> None:
    path = tmp_path / "systems.csv"
    path.write_text(table_of({"System": "A"}, {"Organization": "Acme"}, {}, {"System": "B"}), encoding="utf-8")
    first, second, third = results_of("epoch", path)
    assert str(second) == f"{path}:3: the row names no model; fill in its name"
    assert [each.release for each in (first, third) if isinstance(each, Written)] == ["unknown/A", "unknown/B"]


def test_a_folder_without_the_table_is_one_error(tmp_path: Path) -> None:
    assert error_of("epoch", tmp_path / "absent.csv") == "absent.csv: does not exist; check the path"
    (tmp_path / "folder").mkdir()
    hint = "name the CSV file of all models"
    assert error_of("epoch", tmp_path / "folder") == f"folder: holds no systems.csv or all_ai_models.csv; {hint}"


@pytest.mark.parametrize(
    ("header", "error"),
    [
        ("System,Organization\n", ":1: has no column 'Publication date'; name a table with the columns "),
        (
            "Publication date,Organization,Model accessibility\n",
            ": has no column 'System'; name the table of all models",
        ),
    ],
)
def test_another_table_is_one_error(tmp_path: Path, header: str, error: str) -> None:
    (tmp_path / "systems.csv").write_text(header, encoding="utf-8")
    assert error_of("epoch", tmp_path / "systems.csv").startswith(f"systems.csv{error}")


@pytest.mark.no_cover
@settings(max_examples=40)
@given(data=st.data())
def test_no_row_breaks_it_whatever_its_cells_hold(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    known = st.sampled_from([*WORDS, "None", "2024-13-99", "1e40", '"a, b",c', "\ufeff\u202e", "x" * 300])
    anything = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
    row = data.draw(st.dictionaries(st.sampled_from(COLUMNS), known | anything))
    path = tmp_path_factory.mktemp("epoch") / "systems.csv"
    path.write_text(table_of({"System": "A", **row}), encoding="utf-8", newline="")
    for result in results_of("epoch", path):
        assert isinstance(result, Written) or re.search("names no model|character NUL|holds no release", str(result))


@pytest.mark.no_cover
@settings(max_examples=30)
@given(data=st.data())
def test_no_mutation_of_the_table_breaks_it(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    whole = (DATA / "systems.csv").read_bytes()
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, min(start + 400, len(whole))))
    path = tmp_path_factory.mktemp("epoch") / "systems.csv"
    path.write_bytes(whole[:start] + data.draw(st.binary(max_size=3) | st.just(b'"')) + whole[end:])
    for result in results_of("epoch", path):
        assert isinstance(result, Written) or re.search(
            r"\.csv(:[0-9]+){0,2}: (?!the manifest|the importer)", str(result)
        )


# The real table -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["GPT-4", "Llama 3.1-405B"])
def test_the_manifest_is_as_expected(name: str, golden_file: Callable[[Path, str], None]) -> None:
    text = samples()[name].text.replace(str(DATA), "epoch")
    golden_file(DATA / "expected" / f"{name.replace(' ', '-')}.toml", text)


@NEEDS_REAL
def test_every_real_row_gives_a_manifest_and_access_follows_the_word() -> None:
    results = results_of("epoch", REAL.parent)
    assert [str(each) for each in results if not isinstance(each, Written)] == []
    with REAL.open(encoding="utf-8-sig", newline="") as file:
        rows = [*csv.DictReader(file)]
    assert len(results) == len(rows) == 1128
    kinds: Counter[tuple[str, str]] = Counter()
    for row, result in zip(rows, results, strict=True):
        assert isinstance(result, Written)
        channels = data_of(result).get("access", [])
        kinds[row["Model accessibility"], " ".join(each["kind"]["value"] for each in channels)] += 1
    assert kinds == {
        ("", ""): 445,
        ("Unreleased", ""): 308,
        ("Open weights (unrestricted)", "weights"): 201,
        ("Open weights (non-commercial)", "weights"): 61,
        ("Open weights (restricted use)", "weights"): 50,
        ("API access", "api"): 46,
        ("Hosted access (no API)", "app"): 17,
    }


@NEEDS_REAL
def test_no_real_row_turns_a_property_off_without_a_word_for_closed_access() -> None:
    results = [each for each in results_of("epoch", REAL) if isinstance(each, Written)]
    for written in results[::4]:
        channels = {each["id"] for each in data_of(written).get("access", [])}
        if "does-not-apply" in levels_of(written).values():
            assert channels in ({"api"}, {"app"})
        if "weights" in channels:
            assert set(levels_of(written).values()) == {"applies"}
