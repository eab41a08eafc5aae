"""The Foundation Model Transparency Index: a zero is not disclosed and never no, and a one may be for having none."""

from __future__ import annotations

import csv
import functools
import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from registry_entries import PROPERTIES, data_of, error_of, levels_of, real_data, results_of, written_of

from release_review.developers import developer_of
from release_review.importers.registries.fmti import NOT_NAMED, editions
from release_review.importers.registries.fmti.reports import month_of
from release_review.sources import Written

DATA = Path(__file__).parent / "data" / "fmti"
REAL = real_data("fmti")
NEEDS_REAL = pytest.mark.skipif(not REAL.is_dir(), reason="set REVIEW_DATA to a folder with fmti/")
REPORT = "Acme_fmtransparencyreport_Dec2025.csv"
HEADER = "Indicator,Disclosure,Justification,References,Score\n"

MISUSE = "Misuse incident reporting protocol"
FULL, BLACK_BOX = "Full external model access", "Blackbox external model access"


@functools.cache
def samples() -> Mapping[str, Written]:
    return {each.release: each for each in results_of("fmti", DATA) if isinstance(each, Written)}


def sample(release: str) -> Any:
    return data_of(samples()[release])


@pytest.fixture
def made(tmp_path: Path) -> Callable[..., Any]:
    """Make the manifest of a report with the scores and disclosures that a test gives."""

    def make(scores: Mapping[str, str], said: Mapping[str, str] | None = None) -> Any:
        with (tmp_path / REPORT).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(
                [
                    HEADER.strip().split(","),
                    *([name, (said or {}).get(name, ""), "", "", score] for name, score in scores.items()),
                ]
            )
        return data_of(written_of("fmti", tmp_path / REPORT))

    return make


def levels(release: str) -> list[str]:
    return [levels_of(samples()[release])[each] for each in PROPERTIES]


# What a score says ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("indicator", ["Open weights", FULL])
def test_no_point_for_open_weights_is_the_one_zero_that_means_no(made: Callable[..., Any], indicator: str) -> None:
    data = made({indicator: "0"})
    assert data["components"]["model_parameters_final"]["value"] == "no"
    assert "access" not in data


@pytest.mark.parametrize("indicator", [*editions.COMPONENTS, *editions.USE_POLICY, MISUSE, BLACK_BOX])
def test_any_other_zero_is_unknown_and_says_that_nothing_was_disclosed(
    made: Callable[..., Any], indicator: str
) -> None:
    data = made({indicator: "0"})
    tables = [data.get(name, {}) for name in ("components", "monitoring", "use_policy")]
    claims = [claim for table in tables for claim in table.values()]
    assert len(claims) >= (indicator != BLACK_BOX)
    note = f'"{indicator}" is scored 0, not disclosed, which does not say that there is none'
    assert all(claim == {"value": "unknown", "source": ["fmti"], "note": note} for claim in claims)
    assert "access" not in data


def test_a_point_for_disclosing_that_there_is_none_is_no_fact() -> None:
    adept = sample("adept/Fuyu-8B")
    (monitoring,) = (each for each in adept["extensions"]["fmti"]["claim"] if each["about"] == "monitoring")
    assert monitoring == {
        "indicator": "Monitoring mechanism",
        "about": "monitoring",
        "disclosure": "None beyond Huggingface monitoring",
    }
    assert adept["use_policy"]["prohibited_uses"]["value"] == "unknown"
    assert "No restrictions beyond the license" in adept["use_policy"]["prohibited_uses"]["note"]
    assert "monitoring" not in adept


def test_a_point_for_usage_data_does_not_say_that_use_is_observed() -> None:
    # IBM has the point for saying that it has no usage data from any channel.
    (channel,) = sample("ibm/Granite-3.3")["access"]
    assert set(channel) == {"id", "kind", "audience"}
    assert levels("ibm/Granite-3.3") == ["applies"] * 5


def test_a_point_for_distribution_channels_states_none() -> None:
    # Midjourney has the point for saying that it has no public API.
    midjourney = sample("midjourney/Midjourney-V7")
    assert "access" not in midjourney
    claims = {each["indicator"]: each["disclosure"] for each in midjourney["extensions"]["fmti"]["claim"]}
    assert "There is currently no public API" in claims["Top distribution channels"]
    assert levels("midjourney/Midjourney-V7") == ["unknown"] * 5


@pytest.mark.parametrize("text", ["No information provided", "[More Information Needed]", "undisclosed"])
def test_a_denial_is_quoted_and_claims_nothing(made: Callable[..., Any], text: str) -> None:
    data = made({MISUSE: "0", "Risks taxonomy": "1"}, {MISUSE: text, "Risks taxonomy": text})
    assert data["monitoring"]["misuse_reporting_channel"]["value"] == "unknown"
    assert data["monitoring"]["misuse_reporting_channel"]["note"].endswith(f': "{text}"')
    assert data["extensions"]["fmti"]["claim"] == [
        {"indicator": "Risks taxonomy", "about": "step 1, threat identification"}
    ]


def test_a_point_that_is_given_only_for_a_release_is_a_fact(made: Callable[..., Any]) -> None:
    data = made({"Code access": "1", "Capabilities evaluation": "1", MISUSE: "1"})
    assert {name: claim["value"] for name, claim in data["components"].items()} == {
        "training_code": "yes",
        "inference_code": "yes",
        "evaluation_results": "yes",
    }
    assert data["monitoring"]["misuse_reporting_channel"]["value"] == "yes"


def test_no_threat_comes_of_indicators_that_name_no_vector() -> None:
    assert not [release for release, written in samples().items() if "threat" in data_of(written)]
    assert sample("meta/Llama-4")["extensions"]["fmti"]["claim"][1]["about"] == "step 1, threat identification"


# How a model can be reached ------------------------------------------------------------------------------------------


def test_weights_that_are_open_in_2025_are_public_also_behind_a_gate() -> None:
    (channel,) = sample("meta/Llama-4")["access"]
    assert (channel["kind"]["value"], channel["audience"]["value"]) == ("weights", "public")
    assert levels("meta/Llama-4") == ["applies"] * 5


def test_full_access_in_2024_may_be_for_customers_so_no_audience_is_stated() -> None:
    (channel,) = sample("aleph-alpha/Luminous-Supreme")["access"]
    assert "On premise installation" in channel["kind"]["note"]
    assert "audience" not in channel
    assert levels("aleph-alpha/Luminous-Supreme") == ["unknown"] * 5


def test_gpt_4_is_not_open_and_what_the_index_does_not_say_stays_unknown() -> None:
    assert [(each["id"], each["kind"]["value"]) for each in sample("openai/GPT-4")["access"]] == [("api", "api")]
    assert levels("openai/GPT-4") == ["does-not-apply", "unknown", "does-not-apply", "does-not-apply", "unknown"]


def test_black_box_access_through_the_weights_is_no_second_channel(made: Callable[..., Any]) -> None:
    assert [each["id"] for each in made({FULL: "1", BLACK_BOX: "1"})["access"]] == ["weights"]


@pytest.mark.parametrize(
    ("scores", "told"),
    [
        ({"Open weights": "0", FULL: "1", BLACK_BOX: "1"}, "Open weights"),
        ({"Open weights": "1", FULL: "0", BLACK_BOX: "1"}, FULL),
    ],
)
def test_two_indicators_on_weights_that_do_not_agree_are_a_conflict(
    made: Callable[..., Any], tmp_path: Path, scores: Mapping[str, str], told: str
) -> None:
    data = made(scores)
    weights, api = data["access"]
    assert (weights["id"], weights["kind"]["value"], api["id"]) == ("weights", "weights", "api")
    (conflict,) = weights["kind"]["conflicts"]
    assert (conflict["value"], conflict["note"]) == ("unknown", f'"{told}" is scored 0')
    claim = data["components"]["model_parameters_final"]
    assert {claim["value"], *(each["value"] for each in claim["conflicts"])} == {"yes", "no"}
    assert set(levels_of(written_of("fmti", tmp_path / REPORT)).values()) == {"unknown"}


@pytest.mark.parametrize("name", ["Open Weights", "Open model weights", "Op\u0435n", "Full model access"])
def test_an_indicator_that_may_be_of_weights_is_told_and_turns_nothing_off(
    made: Callable[..., Any], tmp_path: Path, name: str
) -> None:
    data = made({name: "1", "Open weights": "0", BLACK_BOX: "1"})
    weights, api = data["access"]
    assert (weights["id"], weights["kind"]["value"], weights["audience"]["value"]) == ("weights", "unknown", "unknown")
    assert api["id"] == "api"
    written = written_of("fmti", tmp_path / REPORT)
    assert f'"{name}", which is no indicator of the index, is scored 1' in written.notes
    assert set(levels_of(written).values()) == {"unknown"}


# Cells that are nothing but an answer --------------------------------------------------------------------------------


def test_cells_that_are_nothing_but_an_answer_are_read() -> None:
    adept = sample("adept/Fuyu-8B")
    assert adept["weights"]["license"] == {
        "value": "CC-BY-NC-4.0",
        "source": ["fmti"],
        "note": 'written as "CC-BY-NC 4.0"',
    }
    assert adept["weights"]["parameters_total"]["value"] == 8e9
    assert [each["value"] for each in adept["release"]["modalities"]] == ["text", "image"]
    assert sample("bigcode/StarCoder")["weights"]["training_compute_flop"]["value"] == 8.46e22


def test_where_the_company_says_nothing_the_index_answers(tmp_path: Path) -> None:
    report = tmp_path / REPORT
    report.write_text(f"{HEADER}Model size,,2.7B parameters,,1\nCompute usage,an upper bound,1e22 FLOPs,,1\n")
    weights = data_of(written_of("fmti", report))["weights"]
    assert {name: claim["value"] for name, claim in weights.items()} == {"parameters_total": 2.7e9}


@pytest.mark.parametrize(
    ("indicator", "said"),
    [
        ("License", "Open-source: Apache 2.0, but the API is not"),
        ("Model size", "Luminous Supreme: 70B parameters"),
        ("Compute usage", "is not 8.46E+22 flops"),
        ("Input modality", "The output model modality is text"),
    ],
)
def test_prose_states_nothing(made: Callable[..., Any], indicator: str, said: str) -> None:
    data = made({indicator: "1", FULL: "1"}, {indicator: said})
    assert "weights" not in data
    assert "modalities" not in data["release"]


def test_an_answer_without_the_point_is_not_read(made: Callable[..., Any]) -> None:
    said = {"Model size": "8 billion parameters", "Input modality": "Text", "License": "MIT"}
    data = made({**dict.fromkeys(said, "0"), FULL: "1"}, said)
    assert "weights" not in data
    assert "modalities" not in data["release"]


def test_a_licence_whose_terms_nobody_has_looked_up_has_no_family(made: Callable[..., Any]) -> None:
    weights = made({FULL: "1", "License": "1"}, {"License": "CC-BY-ND-4.0"})["weights"]
    assert weights["license"]["value"] == "CC-BY-ND-4.0"
    assert "license_family" not in weights


def test_a_licence_of_what_is_not_released_is_not_that_of_weights(made: Callable[..., Any]) -> None:
    assert "weights" not in made({"License": "1", FULL: "0"}, {"License": "MIT"})


# Which files, which model --------------------------------------------------------------------------------------------


def test_a_company_without_a_report_is_read_from_the_tables() -> None:
    origins = {release: written.origin.removeprefix(f"{DATA}/") for release, written in samples().items()}
    assert origins == {
        "meta/Llama-4": "Dec2025/reports/Meta_fmtransparencyreport_Dec2025.csv",
        "midjourney/Midjourney-V7": "Dec2025/reports/Midjourney_fmtransparencyreport_Dec2025.csv",
        "ibm/Granite-3.3": "Dec2025/Dec2025_scores.csv#IBM",
        "adept/Fuyu-8B": "May2024/reports/Adept_fmtransparencyreport_May2024.csv",
        "aleph-alpha/Luminous-Supreme": "May2024/reports/Aleph Alpha_fmtransparencyreport_May2024.csv",
        "openai/GPT-4": "May2024/reports/OpenAI_fmtransparencyreport_May2024.csv",
        "bigcode/StarCoder": "May2024/May2024_scores.csv#BigCode",
    }


def test_a_file_name_with_colons_names_the_company_before_the_first(tmp_path: Path) -> None:
    name = "BigCode:Hugging Face:ServiceNow_fmtransparencyreport_May2024.csv"
    adept = DATA / "May2024" / "reports" / "Adept_fmtransparencyreport_May2024.csv"
    shutil.copy(adept, tmp_path / name)
    for path in (tmp_path, tmp_path / name):
        data = data_of(written_of("fmti", path))
        assert data["release"]["id"] == "bigcode/StarCoder"
        assert data["release"]["developer"]["value"] == "BigCode:Hugging Face:ServiceNow"


def in_edition(folder: Path, report: str, columns: str, *scores: str) -> list[Any]:
    (folder / "Acme_fmtransparencyreport_May2024.csv").write_text(HEADER + report, encoding="utf-8")
    rows = "".join(f"{name},{row}\n" for name, row in zip((FULL, BLACK_BOX), scores, strict=True))
    (folder / "May2024_scores.csv").write_text(f"Indicator,{columns}\n{rows}", encoding="utf-8")
    return results_of("fmti", folder)


def test_a_report_hides_no_company_whose_name_begins_with_the_same_word(tmp_path: Path) -> None:
    results = in_edition(tmp_path, f"{FULL},,,,0\n", "Acme,Acme Robotics,Acme: Big", "0,1,0", "0,1,0")
    found = {each.release: data_of(each) for each in results if isinstance(each, Written)}
    assert [*found] == ["acme/flagship-May2024", "acme-robotics/flagship-May2024"]
    assert found["acme-robotics/flagship-May2024"]["access"][0]["id"] == "weights"


def test_a_report_and_a_table_that_do_not_agree_on_weights_are_a_conflict(tmp_path: Path) -> None:
    (written,) = in_edition(tmp_path, f"{FULL},,,,0\n{BLACK_BOX},,,,1\n", "Acme", "1", "0")
    assert isinstance(written, Written)
    claim = data_of(written)["components"]["model_parameters_final"]
    assert [claim["value"], *(each["value"] for each in claim["conflicts"])] == ["no", "yes"]
    weights, api = data_of(written)["access"]
    assert [each["value"] for each in weights["kind"]["conflicts"]] == ["unknown"]
    assert [each["value"] for each in api["kind"]["conflicts"]] == ["unknown"]
    assert set(levels_of(written).values()) == {"unknown"}
    assert written.notes[1:] == (
        f"the report scores {FULL!r} 0, and the table of the edition does not",
        f"the report scores {BLACK_BOX!r} 1, and the table of the edition does not",
    )


def test_a_report_and_a_table_that_agree_are_one(tmp_path: Path) -> None:
    (written,) = in_edition(tmp_path, f"{FULL},,,,0\n{BLACK_BOX},,,,1\n", "Acme: Big", "0", "1")
    assert isinstance(written, Written)
    assert "conflicts" not in data_of(written)["components"]["model_parameters_final"]
    assert written.notes == (NOT_NAMED,)


@pytest.mark.parametrize("edition", ["May2024", "Dec2025"])
def test_one_edition_and_its_reports_can_be_read_alone(edition: str) -> None:
    whole = {release for release, written in samples().items() if f"/{edition}/" in written.origin}
    assert {each.release for each in results_of("fmti", DATA / edition) if isinstance(each, Written)} == whole
    alone = results_of("fmti", DATA / edition / "reports")
    assert {each.release for each in alone if isinstance(each, Written)} < whole


def test_reports_of_2024_call_some_indicators_otherwise(tmp_path: Path) -> None:
    report = tmp_path / "Acme_fmtransparencyreport_May2024.csv"
    report.write_text(f"Downstream applications,{HEADER.partition(',')[2]}Model License,MIT,,,1\n{FULL},,,,1\n")
    assert data_of(written_of("fmti", report))["weights"]["license"]["value"] == "MIT"


def test_the_source_is_dated_by_its_edition() -> None:
    assert sample("openai/GPT-4")["source"]["fmti"] == {
        "title": "Foundation Model Transparency Index, May2024: OpenAI",
        "url": "https://crfm.stanford.edu/fmti/",
        "date": "2024-05",
    }
    assert [month_of(each) for each in ("Dec2025", "October2023", "Brumaire2025")] == ["2025-12", "2023-10", None]


def test_a_company_whose_model_nobody_names_is_kept_under_an_id_that_says_so(made: Callable[..., Any]) -> None:
    release = made({"Open weights": "1"})["release"]
    assert release["id"] == "acme/flagship-Dec2025"
    assert release["name"] == {"value": "unknown", "source": ["fmti"], "note": NOT_NAMED}


# Files that are broken -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ("", ": is empty; name a CSV file with a header"),
        (HEADER, ": has no indicators; name a file of the index as it is published"),
        ("Indicator,Score\n", ":1: has no column 'Disclosure'; name a table with the columns Disclosure, Score"),
        (f"{HEADER}A,,,,2\n", ":2: the score of 'A' is '2'; a score is 0 or 1; correct the file"),
        (f"{HEADER}A,,,,\n", ":2: the score of 'A' is ''; a score is 0 or 1; correct the file"),
        (f"{HEADER}A,,,,1\n", ""),
        (
            f"{HEADER}A,,,,1\nA,,,,0\n",
            ":3: has the indicator 'A' twice; keep one of the two; the first is in line 2",
        ),
        (
            f"{HEADER}A,1\n",
            ":2: has 2 cells, and the header has 5; correct the row; look for a quote that is not closed",
        ),
    ],
)
def test_a_report_that_is_broken_is_one_line_and_loses_no_other(tmp_path: Path, content: str, error: str) -> None:
    (tmp_path / REPORT).write_text(content, encoding="utf-8")
    (tmp_path / REPORT.replace("Acme", "Beta")).write_text(f"{HEADER}B,,,,1\n", encoding="utf-8")
    first, second = results_of("fmti", tmp_path)
    assert isinstance(second, Written)
    assert second.release == "beta/flagship-Dec2025"
    assert isinstance(first, Written) if not error else str(first) == f"{tmp_path}/{REPORT}{error}"


def test_a_link_is_told_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / REPORT).symlink_to(DATA / "May2024" / "reports" / "OpenAI_fmtransparencyreport_May2024.csv")
    (tmp_path / REPORT.replace("Acme", "Beta")).write_text(f"{HEADER}B,,,,1\n", encoding="utf-8")
    first, second = results_of("fmti", tmp_path)
    assert "is a symbolic link" in str(first)
    assert isinstance(second, Written)


@pytest.mark.parametrize(
    ("content", "errors"),
    [
        (
            "Indicator,A,B\nX,1,perhaps\nTotal,1,1\n",
            [":2: the score of 'B' for 'X' is 'perhaps'; a score is 0 or 1; correct the file"],
        ),
        ("Indicator,A,A\nX,1,1\n", [": names 'A' twice; keep one of the two columns"]),
        ("Indicator,A\nX,1\nX,0\n", [":3: has the indicator 'X' twice; keep one of the two; the first is in line 2"]),
    ],
)
def test_a_table_that_is_broken_is_told(tmp_path: Path, content: str, errors: list[str]) -> None:
    path = tmp_path / "May2024_scores.csv"
    path.write_text(content, encoding="utf-8")
    told = [str(each) for each in results_of("fmti", tmp_path) if not isinstance(each, Written)]
    assert told == [f"{path}{error}" for error in errors]


def test_what_is_nothing_of_the_index_is_one_error(tmp_path: Path) -> None:
    hint = "name the folder that holds Dec2025 or May2024, or one of these"
    assert error_of("fmti", tmp_path) == f"{tmp_path.name}: holds no report and no scores of the index; {hint}"
    hint = "name a folder of the index, or a file COMPANY_fmtransparencyreport_EDITION.csv"
    assert error_of("fmti", tmp_path / "a.csv") == f"a.csv: is no report of the index, by its name; {hint}"
    assert error_of("fmti", tmp_path / REPORT) == f"{REPORT}: does not exist; check the path"
    none = tmp_path / REPORT.replace("Acme", "None")
    none.write_text(f"{HEADER}A,,,,1\n", encoding="utf-8")
    assert error_of("fmti", none).endswith("the report names no company; correct the name of the file")


@pytest.mark.no_cover
@settings(max_examples=40)
@given(data=st.data())
def test_no_report_breaks_it_whatever_its_cells_hold(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    names = st.sampled_from([*editions.CLAIMS, *editions.COMPONENTS, "Open weights", FULL, BLACK_BOX, "Model size"])
    text = st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.sampled_from(
        ["MIT", "9e99 flops", "\x00"]
    )
    rows = data.draw(st.lists(st.tuples(names | text, text, text, text, st.sampled_from("01")), min_size=1, max_size=5))
    path = tmp_path_factory.mktemp("fmti") / REPORT
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER.strip().split(","), *rows])
    (result,) = results_of("fmti", path)
    assert isinstance(result, Written) or re.search(" twice; keep one|character NUL", str(result))


@pytest.mark.no_cover
@settings(max_examples=30)
@given(data=st.data())
def test_no_mutation_of_a_real_report_breaks_it(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    whole = (DATA / "May2024" / "reports" / "Adept_fmtransparencyreport_May2024.csv").read_bytes()
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, min(start + 400, len(whole))))
    path = tmp_path_factory.mktemp("fmti") / REPORT
    path.write_bytes(whole[:start] + data.draw(st.binary(max_size=3) | st.just(b'"')) + whole[end:])
    (result,) = results_of("fmti", path)
    assert isinstance(result, Written) or re.search(r"\.csv(:[0-9]+){0,2}: (?!the manifest|the importer)", str(result))


# The real index ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("release", ["openai/GPT-4", "meta/Llama-4"])
def test_the_manifest_is_as_expected(release: str, golden_file: Callable[[Path, str], None]) -> None:
    text = samples()[release].text.replace(str(DATA), "fmti")
    golden_file(DATA / "expected" / f"{release.replace('/', '--')}.toml", text)


@NEEDS_REAL
def test_every_real_company_gives_a_manifest_with_the_weights_that_the_index_scores() -> None:
    results = results_of("fmti", REAL)
    assert [str(each) for each in results if not isinstance(each, Written)] == []
    assert len(results) == 27
    open_: set[str] = set()
    closed: set[str] = set()
    for written in results:
        assert isinstance(written, Written)
        released = data_of(written)["components"]["model_parameters_final"]["value"]
        {"yes": open_, "no": closed}[released].add(written.release)
        assert set(levels_of(written).values()) <= (
            {"applies", "unknown"} if released == "yes" else {"does-not-apply", "unknown"}
        )
    assert len(open_) == 12
    assert {"deepseek/DeepSeek-R1", "meta/Llama-2", "mistral/Mistral-7B", "ibm/Granite-3.3"} < open_
    assert {"openai/GPT-4", "openai/o3", "google/Gemini-2.5-Pro", "writer/Palmyra-X5"} < closed


@NEEDS_REAL
@pytest.mark.parametrize("edition", ["May2024", "Dec2025"])
def test_each_real_report_speaks_of_the_model_it_is_taken_to_be_about(edition: str) -> None:
    seen = 0
    for path in sorted((REAL / edition / "reports").glob("*.csv")):
        model = editions.MODELS[edition, developer_of(path.name.partition("_fm")[0].replace("_", " ")).id]
        words = [re.escape(word) for word in re.split(r"[\s-]", model) if not re.fullmatch(r"1\.0|Midjourney", word)]
        assert re.search(r"\W?(?:\w+\W+){0,2}?".join(words), path.read_text(encoding="utf-8"), re.IGNORECASE), model
        seen += 1
    assert seen >= 12
