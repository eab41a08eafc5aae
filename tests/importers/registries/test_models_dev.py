"""models.dev: one entry for a model wherever it is served; its flag on weights decides, and a link against it shows."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from registry_entries import PROPERTIES, data_of, error_of, levels_of, real_data, results_of, written_of

from release_review.sources import Written

NAME = "models-dev"
SAMPLES = Path(__file__).parent / "data" / NAME
GOLDEN = Path(__file__).parents[2] / "golden" / "importers"
REAL = real_data(NAME)
NEEDS_DATA = pytest.mark.skipif(not REAL.is_dir(), reason="set REVIEW_DATA to a folder with models-dev")
HINT = "name the folder models/ of models.dev, or a file of it"
BASE = 'name = "Small"\nrelease_date = "2025-08-05"\n'
LINK = '[[weights]]\nlabel = "Hub"\nurl = "https://hub.example/acme/small"\n'


def laid(folder: Path, text: str | bytes, name: str = "acme/small.toml") -> Path:
    path = folder / "models" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def manifest(folder: Path, text: str, name: str = "acme/small.toml") -> Any:
    return data_of(written_of(NAME, laid(folder, text, name)))


def sample(name: str) -> Written:
    return written_of(NAME, SAMPLES / "models" / f"{name}.toml")


def lines_of(path: Path) -> list[str]:
    results = results_of(NAME, path)
    return [each.release if isinstance(each, Written) else str(each).replace(f"{path}/", "") for each in results]


def test_open_weights_are_a_public_channel_and_every_property() -> None:
    written = sample("openai/gpt-oss-120b")
    data = data_of(written)
    (channel,) = data["access"]
    assert (channel["id"], channel["kind"]["value"], channel["audience"]["value"]) == ("weights", "weights", "public")
    assert channel["kind"]["source"] == [NAME, f"{NAME}-weights"]
    assert data["source"][f"{NAME}-weights"]["url"] == "https://huggingface.co/openai/gpt-oss-120b"
    assert data["components"]["model_parameters_final"]["value"] == "yes"
    assert levels_of(written) == dict.fromkeys(PROPERTIES, "applies")


def test_weights_that_are_not_open_leave_an_api_of_which_little_is_known() -> None:
    written = sample("openai/gpt-4")
    data = data_of(written)
    (channel,) = data["access"]
    assert (channel["id"], channel["kind"]["value"], channel["audience"]["value"]) == ("api", "api", "public")
    assert channel["kind"]["note"] == "models.dev lists models that are served; it does not say by whom"
    assert not {"operator", "adaptation", "usage_observed", "usage_moderated", "revocable"} & channel.keys()
    assert data["components"]["model_parameters_final"]["value"] == "no"
    assert levels_of(written) == {
        "broader-access": "does-not-apply",
        "greater-customizability": "unknown",
        "local-inference": "does-not-apply",
        "inability-to-rescind": "does-not-apply",
        "inability-to-monitor": "unknown",
    }


def test_a_link_to_weights_that_are_not_open_is_a_conflict_and_turns_nothing_off() -> None:
    written = sample("mistral/mistral-medium-latest")
    data = data_of(written)
    claim = data["components"]["model_parameters_final"]
    assert (claim["value"], claim["source"]) == ("no", [NAME])
    assert [(each["value"], each["source"]) for each in claim["conflicts"]] == [("yes", [f"{NAME}-weights"])]
    assert [channel["id"] for channel in data["access"]] == ["weights", "api"]
    assert data["access"][0]["audience"]["value"] == "unknown"
    assert levels_of(written) == dict.fromkeys(PROPERTIES, "unknown")


def test_open_weights_without_a_link_are_told_in_a_note() -> None:
    data = data_of(sample("nvidia/nemotron-voicechat"))
    assert data["access"][0]["kind"]["note"].endswith("is true; no place of them is linked, as models.dev asks for")
    assert set(data["source"]) == {NAME}


def test_every_place_of_weights_is_cited() -> None:
    data = data_of(sample("deepreinforce/ornith-1.0-397b"))
    assert data["access"][0]["kind"]["source"] == [NAME, f"{NAME}-weights", f"{NAME}-weights-2"]
    assert data["source"][f"{NAME}-weights-2"]["title"] == "Weights, as models.dev links them: Hugging Face (FP8)"


def test_of_very_many_places_the_first_are_cited(tmp_path: Path) -> None:
    assert len(manifest(tmp_path, f"{BASE}open_weights = true\n{LINK * 40}")["source"]) == 11


@pytest.mark.parametrize("url", ['"javascript:x"', '""', "7", '"see the card"'])
def test_what_is_no_address_is_no_place_of_weights_and_is_told(tmp_path: Path, url: str) -> None:
    data = manifest(tmp_path, f"{BASE}open_weights = false\n[[weights]]\nurl = {url}\n")
    assert set(data["source"]) == {NAME}
    (doubt,) = data["components"]["model_parameters_final"]["conflicts"]
    assert doubt["value"] == "unknown"


@pytest.mark.parametrize(
    "link",
    [
        'weights = ["https://hub.example/acme/small"]',
        'weights = "https://hub.example/acme/small"',
        'weights = { url = "https://hub.example/acme/small" }',
        'weights = [{ label = "x", url = "hub.example/acme/small" }]',
        'weights = [{ label = "x", url = "hf://acme/small" }]',
        'weights = [{ label = "x", href = "https://hub.example/acme/small" }]',
        'links = [{ type = "weights", url = "https://hub.example/acme/small" }]',
        'Weights = [{ label = "x", url = "https://hub.example/acme/small" }]',
        "weights-open = true",
        '"open_w\u0435ights" = true',
    ],
)
def test_what_is_not_understood_of_weights_is_a_channel_that_turns_nothing_off(tmp_path: Path, link: str) -> None:
    written = written_of(NAME, laid(tmp_path, f"{BASE}open_weights = false\n{link}\n"))
    data = data_of(written)
    assert [(each["id"], each["kind"]["value"]) for each in data["access"]] == [("weights", "unknown"), ("api", "api")]
    assert data["access"][0]["audience"]["value"] == "unknown"
    assert [each["value"] for each in data["components"]["model_parameters_final"]["conflicts"]] == ["unknown"]
    assert any("is not understood" in note for note in written.notes)
    assert levels_of(written) == dict.fromkeys(PROPERTIES, "unknown")


def test_open_weights_stay_open_beside_a_link_that_is_not_understood_and_that_is_told(tmp_path: Path) -> None:
    written = written_of(NAME, laid(tmp_path, f"{BASE}open_weights = true\nweights = [7]\n"))
    assert levels_of(written) == dict.fromkeys(PROPERTIES, "applies")
    assert written.notes == (
        "`weights` has 7, which speaks of weights and is not understood: whether the weights can be had is unknown",
    )


def test_of_very_many_things_that_are_not_understood_the_first_are_quoted(tmp_path: Path) -> None:
    (note,) = written_of(NAME, laid(tmp_path, f"{BASE}open_weights = false\nweights = {[*range(40)]}\n")).notes
    assert note.startswith("`weights` has 0; `weights` has 1; `weights` has 2; 37 more, which speaks of weights")


@pytest.mark.parametrize("nothing", ["", 'weights = ""\n', "weights = []\n"])
def test_a_place_that_is_empty_says_nothing(tmp_path: Path, nothing: str) -> None:
    (channel,) = manifest(tmp_path, f"{BASE}open_weights = false\n{nothing}")["access"]
    assert channel["id"] == "api"


@pytest.mark.parametrize(
    "flag",
    [
        "",
        'open_weights = "true"\n',
        'open_weights = "no"\n',
        "open_weights = 1\n",
        "open_weights = 0\n",
        "open_weights = 2025-08-05\n",
    ],
)
def test_a_flag_that_says_neither_decides_nothing(tmp_path: Path, flag: str) -> None:
    written = written_of(NAME, laid(tmp_path, BASE + flag))
    claim = data_of(written).get("components", {}).get("model_parameters_final", {"value": "unknown"})
    assert claim["value"] == "unknown"
    # Without the channel, an API of another source would stand alone.
    (channel,) = data_of(written)["access"]
    assert [channel["id"], channel["kind"]["value"], channel["audience"]["value"]] == ["weights", "unknown", "unknown"]
    assert levels_of(written) == dict.fromkeys(PROPERTIES, "unknown")


@pytest.mark.parametrize("flag", ["", 'open_weights = "no"\n'])
def test_a_link_to_weights_without_a_flag_is_no_public_channel(tmp_path: Path, flag: str) -> None:
    written = written_of(NAME, laid(tmp_path, BASE + flag + LINK))
    assert data_of(written)["access"][0]["audience"]["value"] == "unknown"
    assert levels_of(written) == dict.fromkeys(PROPERTIES, "unknown")


@pytest.mark.parametrize("date", ["", 'release_date = "soon"\n'])
def test_an_api_without_a_public_release_is_not_known_to_be_public(tmp_path: Path, date: str) -> None:
    data = manifest(tmp_path, f'name = "Small"\nopen_weights = false\n{date}')
    assert data["access"][0]["kind"]["value"] == "api"
    assert data["access"][0]["audience"]["value"] == "unknown"


@pytest.mark.parametrize("date", ["2025-08-05", "2025-08"])
def test_the_day_or_month_of_the_first_public_release_dates_the_release(tmp_path: Path, date: str) -> None:
    data = manifest(tmp_path, f'name = "Small"\nopen_weights = true\nrelease_date = "{date}"\n')
    assert data["release"]["date"]["value"] == date
    # When the weights came is not said, and may have been later.
    assert "from" not in data["access"][0]


@pytest.mark.parametrize("date", ['"2025-13"', '"2025-02-30"', '"2025"', '"08/2025"', "2025", "true", "[]"])
def test_what_is_no_day_of_the_calendar_is_unknown(tmp_path: Path, date: str) -> None:
    data = manifest(tmp_path, f'name = "Small"\nopen_weights = true\nrelease_date = {date}\n')
    assert data["release"]["date"]["value"] == "unknown"
    assert data["release"]["date"]["note"].startswith("`release_date` is ")


def test_the_last_update_is_of_the_model_and_dates_no_source(tmp_path: Path) -> None:
    data = manifest(tmp_path, f'{BASE}open_weights = true\nlast_updated = "2026-01-01"\n')
    assert "2026" not in str(data)
    assert "date" not in data["source"][NAME]


def test_a_status_is_that_of_some_host_and_closes_nothing(tmp_path: Path) -> None:
    data = manifest(tmp_path, f'{BASE}open_weights = false\nstatus = "deprecated"\n')
    assert data["release"]["stage"]["value"] == "unknown"
    assert data["release"]["stage"]["note"] == '`status` is "deprecated", for some host'
    assert "until" not in data["access"][0]


def test_the_folder_is_the_developer() -> None:
    assert sample("openai/gpt-oss-120b").release == "openai/GPT-OSS-120B"


@pytest.mark.parametrize(
    ("stem", "name", "release"),
    [
        ("command-r-08-2024", "Command R", "acme/Command-R@08-2024"),
        ("command-r-plus-08-2024", "Command R+", "acme/Command-R-plus@08-2024"),
        ("opus-4-5-20251101", "Opus 4.5", "acme/Opus-4.5@20251101"),
        ("large-2411", "Large 2.1", "acme/Large-2.1@2411"),
        ("gpt-4o-2024-05-13", "GPT-4o (2024-05-13)", "acme/GPT-4o-2024-05-13"),
        ("step-3.5-flash-2603", "Step 3.5 Flash 2603", "acme/Step-3.5-Flash-2603"),
        ("embedding-001", "Embedding 001", "acme/Embedding-001"),
    ],
)
def test_a_day_in_the_name_of_the_file_is_the_version_where_the_model_does_not_have_it_in_its_name(
    tmp_path: Path, stem: str, name: str, release: str
) -> None:
    text = f'name = "{name}"\nopen_weights = true\n'
    assert manifest(tmp_path, text, f"acme/{stem}.toml")["release"]["id"] == release


def test_a_licence_keeps_its_raw_string() -> None:
    weights = data_of(sample("deepreinforce/ornith-1.0-397b"))["weights"]
    assert weights["license"] == {"value": "MIT", "source": [NAME], "note": 'written as "MIT"'}
    assert weights["license_family"]["value"] == "permissive"


@pytest.mark.parametrize(("written", "licence"), [("unknown", "unknown"), ("Acme Terms", "LicenseRef-Acme-Terms")])
def test_a_licence_that_is_denied_or_not_known_has_no_family(tmp_path: Path, written: str, licence: str) -> None:
    weights = manifest(tmp_path, f'{BASE}open_weights = true\nlicense = "{written}"\n')["weights"]
    assert weights["license"]["value"] == licence
    assert weights["license"]["note"] == f'written as "{written}"'
    assert "license_family" not in weights


def test_a_link_to_a_model_card_shows_that_there_is_one() -> None:
    assert data_of(sample("deepreinforce/ornith-1.0-397b"))["components"]["model_card"]["value"] == "yes"
    assert "model_card" not in data_of(sample("openai/gpt-4"))["components"]


def test_modalities_are_those_that_go_in_and_out(tmp_path: Path) -> None:
    text = f'{BASE}open_weights = true\n[modalities]\ninput = ["pdf", "image", "text", 7]\noutput = ["audio"]\n'
    modalities = [each["value"] for each in manifest(tmp_path, text)["release"]["modalities"]]
    assert modalities == ["text", "image", "audio"]


@pytest.mark.parametrize("modalities", ["7", "[]", "{ input = 7 }"])
def test_modalities_of_another_shape_are_left_out(tmp_path: Path, modalities: str) -> None:
    data = manifest(tmp_path, f"{BASE}open_weights = true\nmodalities = {modalities}\nweights = 7\nlinks = [7]\n")
    assert "modalities" not in data["release"]


@pytest.mark.parametrize(
    "field", ["cost = { input = 1.0 }", 'base_model = "acme/small"', "provider = {}", "extends = {}"]
)
def test_what_a_host_says_of_a_model_is_refused(tmp_path: Path, field: str) -> None:
    path = laid(tmp_path, f"{BASE}open_weights = false\n{field}\n")
    named = field.partition(" ")[0]
    assert error_of(NAME, path) == (
        f"small.toml: is what a host says of a model, and not what holds for it: `{named}` is in it; {HINT}"
    )


def test_the_folder_of_hosts_is_never_read(tmp_path: Path) -> None:
    laid(tmp_path, f"{BASE}open_weights = true\n")
    host = tmp_path / "providers" / "acme"
    (host / "models" / "acme").mkdir(parents=True)
    (host / "provider.toml").write_text('name = "Acme"\n', encoding="utf-8")
    listing = host / "models" / "acme" / "small.toml"
    listing.write_text(f"{BASE}open_weights = false\n", encoding="utf-8")
    assert lines_of(tmp_path) == ["acme/Small"]
    what = f"is what hosts say of models, and not what holds for them; {HINT}"
    for path in (host.parent, host, host / "models", host / "models" / "acme", listing):
        assert error_of(NAME, path) == f"{path.name}: {what}"


def test_hosts_beside_developers_are_left_out(tmp_path: Path) -> None:
    laid(tmp_path, f"{BASE}open_weights = true\n")
    laid(tmp_path, f"{BASE}open_weights = false\n", "providers/acme/models/small.toml")
    assert lines_of(tmp_path / "models") == ["acme/Small"]


def test_links_are_told_and_not_followed_not_even_to_nothing(tmp_path: Path) -> None:
    models = laid(tmp_path, f"{BASE}open_weights = true\n").parent.parent
    (models / "acme" / "alias.toml").symlink_to("small.toml")
    (models / "acme" / "dangling.toml").symlink_to("nowhere.toml")
    (models / "acme" / "README.md").symlink_to("small.toml")
    (models / "other").symlink_to("acme")
    (models / "round").symlink_to("..")
    is_link = "is a symbolic link, and links are not followed; name what it points to"
    assert lines_of(models) == [
        f"acme/alias.toml: {is_link}",
        "acme/dangling.toml: is a symbolic link to nothing, and links are not followed; remove it",
        "acme/Small",
        f"other: {is_link}",
        f"round: {is_link}",
    ]
    assert error_of(NAME, models / "acme" / "alias.toml") == (
        "alias.toml: is a symbolic link, and links are not followed; name the file it points to"
    )


def test_a_folder_models_that_is_a_link_is_told(tmp_path: Path) -> None:
    real = laid(tmp_path / "real", f"{BASE}open_weights = true\n").parent.parent
    (tmp_path / "repository").mkdir()
    (tmp_path / "repository" / "models").symlink_to(real)
    assert lines_of(tmp_path / "repository") == [
        "models: is a symbolic link, and links are not followed; name what it points to"
    ]


def test_folders_are_looked_into_to_a_bound(tmp_path: Path) -> None:
    laid(tmp_path, f"{BASE}open_weights = true\n", "/".join("abcdefgh") + "/small.toml")
    laid(tmp_path, f"{BASE}open_weights = true\n", "/".join("bcdefghij") + "/small.toml")
    assert lines_of(tmp_path / "models") == [
        "a/Small",
        "b/c/d/e/f/g/h/i/j: lies too deep to be looked into; name the folder itself",
    ]


def test_a_folder_may_be_that_of_a_developer(tmp_path: Path) -> None:
    path = laid(tmp_path, f"{BASE}open_weights = true\n")
    assert lines_of(path.parent) == ["acme/Small"]


def test_a_model_in_no_folder_of_a_developer_has_an_unknown_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = laid(tmp_path, f"{BASE}open_weights = true\n", "small.toml")
    data = data_of(written_of(NAME, path))
    assert data["release"]["id"] == "unknown/Small"
    assert "developer" not in data["release"]
    assert data["source"][NAME]["title"] == "models.dev, small"
    monkeypatch.chdir(path.parent)
    assert written_of(NAME, Path("small.toml")).release == "unknown/Small"
    assert written_of(NAME, Path()).release == "unknown/Small"


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", "small.toml: holds no table; name a file of the registry as it is published"),
        (b"x = 1\n", f"small.toml: is no model of models.dev: there is no `name` in it; {HINT}"),
        (
            b'name = "TBD"\nopen_weights = true\n',
            f"small.toml: is no model of models.dev: there is no `name` in it; {HINT}",
        ),
        (
            b'name = ["x"]\nopen_weights = true\n',
            f"small.toml: is no model of models.dev: there is no `name` in it; {HINT}",
        ),
        (b'name = "Small"\n', f"small.toml: is no model of models.dev: there is no field of a model in it; {HINT}"),
        (b'name = "\xff"\n', "small.toml:1:9: is not UTF-8: byte 0xff at offset 8; save the file as UTF-8"),
        (b"name = x\n", "small.toml:1:8: is not TOML: invalid value; correct the TOML here; text is written in quotes"),
        (b"name = 07:00:00\n", "small.toml:1:8: time of day has no date; write a date, or put the time in quotes"),
        (b'name = "\\u0000"\n', "small.toml: text holds the character NUL; remove it"),
    ],
)
def test_a_file_that_is_no_model_is_told_in_its_line(tmp_path: Path, content: bytes, line: str) -> None:
    assert error_of(NAME, laid(tmp_path, content)) == line


def test_a_bad_entry_loses_no_other(tmp_path: Path) -> None:
    good = f"{BASE}open_weights = true\n"
    laid(tmp_path, good, "zeta/a.toml")
    laid(tmp_path, b"\xff", "acme/b.toml")
    laid(tmp_path, good + "x = '" + "x" * 70_000 + "'\n", "acme/c.toml")
    laid(tmp_path, good, "acme/D.TOML")
    laid(tmp_path, b"notes", "acme/README.md")
    assert lines_of(tmp_path / "models") == [
        "acme/Small",
        "acme/b.toml:1:1: is not UTF-8: byte 0xff at offset 0; save the file as UTF-8",
        "acme/c.toml: text is 70,000 characters long, and the limit is 65,536; shorten it",
        "zeta/Small",
    ]


@pytest.mark.parametrize(
    "change", [lambda text: "\ufeff" + text, lambda text: text.replace("\n", "\r\n")], ids=["BOM", "CRLF"]
)
def test_a_byte_order_mark_and_line_ends_change_nothing(tmp_path: Path, change: Callable[[str], str]) -> None:
    text = (SAMPLES / "models" / "openai" / "gpt-4.toml").read_text(encoding="utf-8")
    assert manifest(tmp_path, change(text), "openai/gpt-4.toml") == data_of(sample("openai/gpt-4"))


def test_a_folder_that_may_not_be_looked_into_loses_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    models = laid(tmp_path, f"{BASE}open_weights = true\n").parent.parent
    (models / "closed").mkdir()
    scandir = os.scandir

    def refuse(path: Path) -> Any:
        if path.name == "closed":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert lines_of(models) == [
        "acme/Small",
        "closed: cannot be looked into: permission denied; check the path and its permissions",
    ]


def test_a_path_that_nothing_can_have_is_an_error(tmp_path: Path) -> None:
    (result,) = results_of(NAME, tmp_path / ("a" * 5_000))
    assert str(result).endswith(": cannot be read: file name too long; check the path")


def test_a_folder_without_models_is_an_error(tmp_path: Path) -> None:
    assert error_of(NAME, tmp_path) == f"{tmp_path.name}: holds no model, which would be a file *.toml; {HINT}"
    assert error_of(NAME, tmp_path / "gone") == "gone: does not exist; check the path"


@pytest.mark.parametrize("name", ["deepreinforce/ornith-1.0-397b", "mistral/mistral-medium-latest"])
def test_the_whole_manifest_of_a_model(
    name: str, golden_file: Callable[[Path, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(SAMPLES)
    golden_file(GOLDEN / f"{NAME}-{Path(name).name}.toml", written_of(NAME, Path("models", f"{name}.toml")).text)


@pytest.mark.no_cover
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_damage_to_an_entry_breaks_anything(tmp_path: Path, data: st.DataObject) -> None:
    names = ["openai/gpt-oss-120b.toml", "deepreinforce/ornith-1.0-397b.toml"]
    content = bytearray((SAMPLES / "models" / data.draw(st.sampled_from(names))).read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content)))
        content[start : start + data.draw(st.integers(0, 30))] = data.draw(st.binary(max_size=8))
    for result in results_of(NAME, laid(tmp_path, bytes(content))):
        assert isinstance(result, Written) or "broke" not in str(result)
        assert isinstance(result, Written) or "does not hold" not in str(result)


@NEEDS_DATA
def test_each_real_model_gives_a_manifest_and_turns_off_only_what_its_flag_does() -> None:
    results = results_of(NAME, REAL)
    assert [str(each) for each in results if not isinstance(each, Written)] == []
    written = [each for each in results if isinstance(each, Written)]
    assert len({each.release for each in written}) == len([*(REAL / "models").glob("*/*.toml")])
    channels = ["+".join(channel["id"] for channel in data_of(each)["access"]) for each in written]
    assert {each: channels.count(each) for each in set(channels)} == {"weights": 108, "api": 122, "weights+api": 1}
    for each, channel in zip(written, channels, strict=True):
        is_open = data_of(each)["components"]["model_parameters_final"]["value"] == "yes"
        assert is_open == (channel == "weights")
