"""Flags beat the environment, which beats a file, which beats the defaults."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from release_review.cli import config_file, settings
from release_review.cli.options import OPTIONS
from release_review.cli.terminal import default_format, wants_color
from release_review.errors import InputError, UsageError


def resolve(*, folder: Path, flags: Mapping[str, Any] | None = None, **environment: str) -> dict[str, settings.Setting]:
    return settings.resolve(flags or {}, environment=environment, folder=folder)


def resolve_variable(name: str, value: str) -> dict[str, settings.Setting]:
    return settings.resolve({}, environment={name: value}, folder=Path())


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_without_anything_the_defaults_hold(checkout: Path) -> None:
    found = resolve(folder=checkout)
    assert {setting.origin for setting in found.values()} == {"default"}
    assert found["policy"].value == ("open-release",)


def test_a_file_beats_the_defaults(checkout: Path) -> None:
    write(checkout / "release-review.toml", 'output-format = "json"\n')
    found = resolve(folder=Path())["output-format"]
    assert (found.value, found.origin) == ("json", "release-review.toml:1:1")


def test_the_environment_beats_a_file(checkout: Path) -> None:
    write(checkout / "release-review.toml", 'output-format = "json"\n')
    found = resolve(folder=Path(), RELEASE_REVIEW_OUTPUT_FORMAT="full")["output-format"]
    assert (found.value, found.origin) == ("full", "RELEASE_REVIEW_OUTPUT_FORMAT")


def test_a_flag_beats_the_environment(checkout: Path) -> None:
    found = resolve(flags={"output_format": "concise"}, folder=Path(), RELEASE_REVIEW_OUTPUT_FORMAT="full")[
        "output-format"
    ]
    assert (found.value, found.origin) == ("concise", "--output-format")


def test_an_empty_variable_says_nothing(checkout: Path) -> None:
    assert resolve(folder=Path(), RELEASE_REVIEW_OUTPUT_FORMAT="")["output-format"].origin == "default"


@pytest.mark.parametrize("option", [option for option in OPTIONS if not option.from_environment], ids=lambda o: o.name)
def test_no_variable_weakens_a_verdict(checkout: Path, option: Any) -> None:
    with pytest.raises(UsageError, match="could weaken a verdict") as caught:
        resolve_variable(option.variable, "x")
    assert caught.value.hint == f"unset it and give --{option.name}"


@pytest.mark.parametrize("name", ["POLICY", "WAIVERS", "WITHOUT_PLUGIN"])
def test_what_decides_a_verdict_is_no_variable(checkout: Path, name: str) -> None:
    with pytest.raises(UsageError):
        resolve_variable(f"RELEASE_REVIEW_{name}", "x")


@pytest.mark.parametrize("name", ["EXIT_ZERO", "TODAY", "AS_OF", "CONFIG", "ISOLATED", "COLOUR"])
def test_a_variable_that_is_none_of_ours_is_an_error(checkout: Path, name: str) -> None:
    with pytest.raises(UsageError, match=f"RELEASE_REVIEW_{name} is none of ours"):
        resolve_variable(f"RELEASE_REVIEW_{name}", "1")


def test_a_misspelt_variable_gets_a_suggestion(run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELEASE_REVIEW_OUTPUT_FORMT", "json")
    done = run("check", "good.toml")
    assert done.status == 2
    assert "did you mean 'RELEASE_REVIEW_OUTPUT_FORMAT'?" in done.err


# Files ----------------------------------------------------------------------------------------------------------------


def test_a_shared_file_has_a_table_of_ours(checkout: Path) -> None:
    write(checkout / "pyproject.toml", '[project]\nname = "x"\n[tool.release-review]\ncolor = "never"\n')
    found = resolve(folder=Path())["color"]
    assert (found.value, found.origin) == ("never", "pyproject.toml:4:1")


def test_our_own_file_comes_before_a_shared_one(checkout: Path) -> None:
    write(checkout / "pyproject.toml", '[tool.release-review]\ncolor = "never"\n')
    write(checkout / "release-review.toml", 'color = "always"\n')
    assert resolve(folder=Path())["color"].value == "always"


@pytest.mark.parametrize("text", ["", "# nothing\n", "[tool.other]\nx = 1\n", "not toml at all"])
def test_a_shared_file_that_never_names_us_is_none_of_our_business(checkout: Path, text: str) -> None:
    write(checkout / "pyproject.toml", text)
    assert resolve(folder=Path())["color"].origin == "default"


def test_the_nearest_file_on_the_way_up_counts(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(checkout / "release-review.toml", 'color = "never"\n')
    write(checkout / "a" / "pyproject.toml", "[tool.other]\n")
    (checkout / "a" / "b").mkdir()
    monkeypatch.chdir(checkout / "a" / "b")
    found = resolve(folder=Path())["color"]
    assert (found.value, found.origin) == ("never", "../../release-review.toml:1:1")


def test_the_search_ends_at_the_root_of_the_checkout(checkout: Path) -> None:
    write(checkout.parent / "release-review.toml", 'color = "never"\n')
    assert resolve(folder=Path())["color"].origin == "default"


def test_outside_a_checkout_only_the_folder_itself_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "release-review.toml", 'color = "never"\n')
    (tmp_path / "a").mkdir()
    monkeypatch.chdir(tmp_path / "a")
    assert resolve(folder=Path())["color"].origin == "default"
    monkeypatch.chdir(tmp_path)
    assert resolve(folder=Path())["color"].origin == "release-review.toml:1:1"


def test_where_the_folder_is_gone_there_is_no_file(tmp_path: Path) -> None:
    assert config_file.read(None, folder=tmp_path / "gone") == {}


def test_a_path_in_a_file_is_relative_to_the_file_and_an_id_is_no_path(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(
        checkout / "release-review.toml", 'policy = ["open-release", "policies/acme", "one.toml"]\nwaivers = "w.toml"\n'
    )
    (checkout / "a").mkdir()
    monkeypatch.chdir(checkout / "a")
    found = resolve(folder=Path())
    assert found["policy"].value == ("open-release", "../policies/acme", "../one.toml")
    assert found["waivers"].value == "../w.toml"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('polcy = ["x"]\n', "f.toml:1:1: unknown setting 'polcy'; did you mean 'policy'?"),
        ("exit-zero = true\n", "f.toml:1:1: unknown setting 'exit-zero'"),
        ('today = "2026-01-01"\n', "f.toml:1:1: unknown setting 'today'"),
        ('\npolicy = "x"\n', 'f.toml:2:1: policy is no list of strings; write policy = ["..."]'),
        ("policy = [1]\n", 'f.toml:1:1: policy is no list of strings; write policy = ["..."]'),
        ("engine = 1\n", 'f.toml:1:1: engine is no string; write engine = "..."'),
        ('color = "blue"\n', "f.toml:1:1: color cannot be 'blue'; use one of: always, auto, never"),
    ],
)
def test_a_wrong_setting_is_an_error_with_its_place(checkout: Path, text: str, message: str) -> None:
    write(checkout / "f.toml", text)
    with pytest.raises(UsageError) as caught:
        config_file.read(Path("f.toml"), folder=Path())
    assert str(caught.value).startswith(message)


def test_a_named_file_that_is_not_there_is_an_error(checkout: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        config_file.read(Path("nope.toml"), folder=Path())


def test_a_named_shared_file_without_our_table_is_an_error(checkout: Path) -> None:
    write(checkout / "pyproject.toml", "[tool.other]\nx = 1\n")
    with pytest.raises(UsageError, match=r"there is no \[tool\.release-review\]"):
        config_file.read(Path("pyproject.toml"), folder=Path())


def test_a_table_of_ours_that_is_none_is_an_error(checkout: Path) -> None:
    write(checkout / "pyproject.toml", '[tool]\nrelease-review = "x"\n')
    with pytest.raises(UsageError, match="the configuration is no table"):
        config_file.read(Path("pyproject.toml"), folder=Path())


def test_isolated_reads_no_file(run: Callable[..., Any], checkout: Path) -> None:
    write(checkout / "release-review.toml", "nonsense = 1\n")
    assert run("check", "--policy", "small.toml", "good.toml").status == 2
    assert run("check", "--policy", "small.toml", "--isolated", "good.toml").status == 0


def test_config_show_says_where_each_value_comes_from(
    run: Callable[..., Any], checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(checkout / "release-review.toml", 'policy = ["small.toml"]\n')
    monkeypatch.setenv("RELEASE_REVIEW_COLOR", "never")
    done = run("config", "show")
    assert (done.status, done.err) == (0, "")
    assert done.out == (
        'policy = ["small.toml"]  # release-review.toml:1:1\n'
        "# waivers is not set: there are none\n"
        "without-plugin = []  # default\n"
        'engine = "compiled"  # default\n'
        "# output-format is not set: full on a terminal, concise elsewhere\n"
        'color = "never"  # RELEASE_REVIEW_COLOR\n'
    )


# Colour and form ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("choice", "environment", "terminal", "wanted"),
    [
        ("always", {"NO_COLOR": "1"}, False, True),
        ("never", {"FORCE_COLOR": "1"}, True, False),
        ("auto", {"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False),
        ("auto", {"NO_COLOR": "", "FORCE_COLOR": "1"}, False, True),
        ("auto", {"FORCE_COLOR": ""}, False, False),
        ("auto", {"CLICOLOR_FORCE": "1"}, False, True),
        ("auto", {"CLICOLOR_FORCE": "0"}, False, False),
        ("auto", {}, True, True),
        ("auto", {"TERM": "dumb"}, True, False),
        ("auto", {}, False, False),
    ],
)
def test_colour_is_a_matter_of_flag_then_variables_then_terminal(
    choice: str,
    environment: dict[str, str],
    terminal: bool,  # noqa: FBT001 - a column of the table
    wanted: bool,  # noqa: FBT001 - as above
) -> None:
    assert wants_color(choice, environment=environment, terminal=terminal) is wanted


def test_a_person_gets_the_full_report_and_a_log_the_concise_one() -> None:
    assert default_format(terminal=True) == "full"
    assert default_format(terminal=False) == "concise"
