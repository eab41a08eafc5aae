"""Flags beat the environment, which beats a file, which beats the defaults."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from release_review.cli import config_file, settings
from release_review.cli.config_file import LONGEST_CHAIN, is_at_least
from release_review.cli.options import OPTIONS
from release_review.cli.terminal import default_format, wants_color
from release_review.errors import InputError, UsageError
from release_review.escape import toml_string
from release_review.model import LIMITS
from release_review.version import __version__


def resolve(
    *, folder: Path, flags: Mapping[str, Any] | None = None, trusted: str | None = None, **environment: str
) -> settings.Settings:
    return settings.resolve(flags or {}, environment=environment, folder=folder, trusted=trusted)


def resolve_variable(name: str, value: str) -> settings.Settings:
    return settings.resolve({}, environment={name: value}, folder=Path())


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def refusal(*, config: Path | None = None, trusted: str | None = None, **flags: Any) -> str:
    """Give the error of settings that are refused."""
    with pytest.raises((UsageError, InputError)) as caught:
        settings.resolve(flags, environment={}, folder=Path(), config=config, trusted=trusted)
    return str(caught.value)


def test_without_anything_the_defaults_hold(checkout: Path) -> None:
    found = resolve(folder=checkout)
    assert {setting.origin for setting in found.values()} == {"default"}
    assert found["policy"].value == ("open-release",)
    assert len(found) == len(OPTIONS)


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


@pytest.mark.parametrize("name", ["POLICY", "WAIVERS", "BASELINE", "WITHOUT_PLUGIN", "TRUSTED"])
def test_what_decides_a_verdict_is_no_variable(checkout: Path, name: str) -> None:
    flag = name.lower().replace("_", "-")
    with pytest.raises(UsageError) as caught:
        resolve_variable(f"RELEASE_REVIEW_{name}", "x")
    assert str(caught.value) == (
        f"environment variable RELEASE_REVIEW_{name} could weaken a verdict, so it is not read; "
        f"unset it and give --{flag}"
    )


@pytest.mark.parametrize("name", ["EXIT_ZERO", "TODAY", "AS_OF", "CONFIG", "ISOLATED", "IGNORE_WAIVERS", "COLOUR"])
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
    assert config_file.read(None, folder=tmp_path / "gone") == config_file.NOTHING


def test_a_shared_file_that_names_us_elsewhere_is_none_of_our_business(checkout: Path) -> None:
    write(checkout / "pyproject.toml", '[project]\ndependencies = ["release-review"]\n')
    assert resolve(folder=Path())["color"].origin == "default"


def test_a_shared_file_that_may_not_be_read_is_not_passed_over(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(checkout / "pyproject.toml", "[tool.other]\n")

    def refuse(*_: Any) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "open", refuse)
    assert config_file.find(Path()) == Path("pyproject.toml")


@pytest.mark.parametrize(
    "name",
    [
        r'tool."release\u002dreview"',
        r'"t\u006fol"."release\U0000002Dreview"',
        'tool."' + "".join(rf"\u{ord(each):04x}" for each in "release-review") + '"',
        'tool."' + "".join(rf"\U{ord(each):08X}" for each in "release-review") + '"',
        "tool . 'release-review'",
    ],
)
def test_our_table_is_found_however_it_is_spelt(checkout: Path, name: str) -> None:
    write(checkout / "pyproject.toml", f'[{name}]\ncolor = "never"\n')
    assert resolve(folder=Path())["color"].value == "never"
    assert resolve(folder=Path(), trusted=str(checkout))["color"].value == "never"


def test_a_shared_file_that_is_too_large_is_not_passed_over(checkout: Path) -> None:
    table = '[tool.release-review]\ncolor = "never"\n'
    write(checkout / "pyproject.toml", "#\n" * (LIMITS.file_bytes // 2) + table)
    assert refusal().startswith("pyproject.toml: is larger than the limit of")
    assert refusal(trusted=str(checkout)).startswith(f"{checkout}/pyproject.toml: is larger than the limit of")
    write(checkout / "pyproject.toml", "#" * LIMITS.file_bytes)
    assert resolve(folder=Path())["color"].origin == "default"


def test_a_shared_file_in_another_encoding_is_not_passed_over(checkout: Path) -> None:
    (checkout / "pyproject.toml").write_text('[tool.release-review]\ncolor = "never"\n', encoding="utf-16")
    assert refusal().startswith("pyproject.toml:")


def test_a_shared_file_behind_a_link_that_leads_nowhere_is_not_passed_over(checkout: Path) -> None:
    (checkout / "pyproject.toml").symlink_to("../shared/pyproject.toml")
    assert refusal().startswith("pyproject.toml: is a symbolic link")


def test_a_shared_file_of_others_need_not_be_sound(checkout: Path) -> None:
    write(checkout / "pyproject.toml", 'release = review\nx = "\\d \\u0072elease review"\nnot toml at all')
    assert resolve(folder=Path())["color"].origin == "default"


@pytest.mark.parametrize("make", [os.mkfifo, Path.mkdir], ids=["pipe", "folder"])
def test_a_shared_file_that_is_none_is_passed_over(checkout: Path, make: Callable[[Path], None]) -> None:
    make(checkout / "pyproject.toml")
    assert resolve(folder=Path())["color"].origin == "default"


def test_our_own_file_is_never_passed_over(checkout: Path) -> None:
    (checkout / "release-review.toml").symlink_to("nowhere.toml")
    assert refusal() == (
        "release-review.toml: is a symbolic link, and links are not followed; name the file it points to"
    )


def test_a_path_in_a_file_is_relative_to_the_file_and_an_id_is_no_path(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(
        checkout / "release-review.toml",
        'policy = ["open-release", "policies/acme", "one.toml"]\nwaivers = "w.toml"\nbaseline = "b.toml"\n',
    )
    (checkout / "a").mkdir()
    monkeypatch.chdir(checkout / "a")
    found = resolve(folder=Path())
    assert found["policy"].value == ("open-release", "../policies/acme", "../one.toml")
    assert (found["waivers"].value, found["baseline"].value) == ("../w.toml", "../b.toml")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('polcy = ["x"]\n', "f.toml:1:1: unknown setting 'polcy'; did you mean 'policy'?"),
        ("exit-zero = true\n", "f.toml:1:1: unknown setting 'exit-zero'"),
        ('today = "2026-01-01"\n', "f.toml:1:1: unknown setting 'today'"),
        ('\npolicy = "x"\n', 'f.toml:2:1: policy is no list of strings; write policy = ["..."]'),
        ("policy = [1]\n", 'f.toml:1:1: policy is no list of strings; write policy = ["..."]'),
        ("engine = 1\n", 'f.toml:1:1: engine is no string; write engine = "..."'),
        ("baseline = []\n", 'f.toml:1:1: baseline is no string; write baseline = "..."'),
        ('trusted = "."\n', "f.toml:1:1: unknown setting 'trusted'"),
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


# Extending ------------------------------------------------------------------------------------------------------------


def test_a_file_beats_what_it_extends_and_lists_are_not_merged(checkout: Path) -> None:
    write(checkout / "release-review.toml", 'extend = "org/base.toml"\npolicy = ["mine"]\n')
    write(checkout / "org" / "base.toml", 'policy = ["theirs"]\nwithout-plugin = ["x"]\ncolor = "never"\n')
    found = resolve(folder=Path())
    assert (found["policy"].value, found["policy"].origin) == (("mine",), "release-review.toml:2:1")
    assert (found["without-plugin"].value, found["without-plugin"].origin) == (("x",), "org/base.toml:2:1")
    assert found["color"].origin == "org/base.toml:3:1"


def test_a_path_is_relative_to_the_file_in_which_it_stands(checkout: Path) -> None:
    write(checkout / "release-review.toml", 'extend = "org/base.toml"\nwaivers = "w.toml"\n')
    write(
        checkout / "org" / "base.toml", 'policy = ["./acme", "../other"]\nwaivers = "never.toml"\nbaseline = "b.toml"\n'
    )
    found = resolve(folder=Path())
    assert found["policy"].value == ("org/acme", "./other")
    assert (found["waivers"].value, found["baseline"].value) == ("w.toml", "org/b.toml")


def test_an_extended_file_may_be_a_shared_one(checkout: Path) -> None:
    write(checkout / "release-review.toml", 'extend = "org/pyproject.toml"\n')
    write(checkout / "org" / "pyproject.toml", '[tool.release-review]\ncolor = "never"\n')
    assert resolve(folder=Path())["color"].origin == "org/pyproject.toml:2:1"


def test_a_shared_file_may_extend_another(checkout: Path) -> None:
    write(checkout / "pyproject.toml", '[tool.release-review]\nextend = "org.toml"\n')
    write(checkout / "org.toml", 'color = "never"\n')
    assert resolve(folder=Path())["color"].origin == "org.toml:1:1"


def write_chain(folder: Path, length: int) -> None:
    write(folder / f"{length}.toml", 'color = "never"\n')
    for number in range(1, length):
        write(folder / f"{number}.toml", f'extend = "{number + 1}.toml"\n')


def test_the_longest_chain_is_followed_and_a_longer_one_refused(checkout: Path) -> None:
    write_chain(checkout, LONGEST_CHAIN)
    found = settings.resolve({}, environment={}, folder=Path(), config=Path("1.toml"))
    assert found["color"].origin == "8.toml:1:1"
    assert [file.name for file in found.files] == [f"{number}.toml" for number in range(1, 9)]
    write_chain(checkout, LONGEST_CHAIN + 1)
    assert refusal(config=Path("1.toml")) == (
        "8.toml:1:1: more than 8 configuration files extend one another; "
        "put what this extend brings into the file itself"
    )


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (
            {"a.toml": 'extend = "a.toml"\n'},
            "a.toml:1:1: the configuration extends itself: a.toml:1:1 > a.toml; remove one extend",
        ),
        (
            {
                "a.toml": 'extend = "b/b.toml"\n',
                "b/b.toml": '# b\nextend = "c.toml"\n',
                "b/c.toml": 'color = "never"\nextend = "../b/b.toml"\n',
            },
            "b/c.toml:2:1: the configuration extends itself: b/b.toml:2:1 > b/c.toml:2:1 > b/b.toml; remove one extend",
        ),
        (
            {"a.toml": '\nextend = "b.toml"\n'},
            "a.toml:2:1: extend names 'b.toml', which does not exist; name a file, relative to this one",
        ),
        (
            {"a.toml": 'extend = "a.toml/b.toml"\n'},
            "a.toml:1:1: extend names 'a.toml/b.toml', which does not exist; name a file, relative to this one",
        ),
        ({"a.toml": 'extend = ""\n'}, 'a.toml:1:1: extend names no file; write extend = "../release-review.toml"'),
        (
            {"a.toml": 'extend = ["b.toml"]\n'},
            'a.toml:1:1: extend names no file; write extend = "../release-review.toml"',
        ),
        (
            {"a.toml": 'extend = "b.toml"\n', "b.toml": 'color = "blue"\n'},
            "b.toml:1:1: color cannot be 'blue'; use one of: always, auto, never",
        ),
        (
            {"a.toml": 'extend = "pyproject.toml"\n', "pyproject.toml": "[tool.other]\nx = 1\n"},
            "pyproject.toml: there is no [tool.release-review]; add it, or name a release-review.toml",
        ),
        ({"a.toml": 'extend = "."\n'}, ".: is a folder; name a file in it"),
        (
            {"a.toml": 'color = "always"\nextend = "b.toml"\n', "b.toml": 'color = "blue"\n'},
            "b.toml:1:1: color cannot be 'blue'; use one of: always, auto, never",
        ),
        (
            {"a.toml": 'extend = "https://a/b.toml"\n'},
            "a.toml:1:1: extend names 'https:/a/b.toml', which does not exist; name a file, relative to this one",
        ),
    ],
)
def test_a_wrong_extend_is_an_error_with_its_place(
    run: Callable[..., Any], checkout: Path, files: dict[str, str], message: str
) -> None:
    for name, text in files.items():
        write(checkout / name, text)
    done = run("config", "show", "--config", "a.toml")
    assert (done.status, done.out) == (2, "")
    assert done.err == f"error: {message}\nno verdict was reached\n"


def test_an_extended_file_behind_links_in_a_circle_is_an_error(checkout: Path) -> None:
    (checkout / "circle").symlink_to("circle")
    write(checkout / "release-review.toml", 'extend = "circle/a.toml"\n')
    assert refusal().startswith("circle/a.toml: cannot be read: too many levels of symbolic links")


# Versions -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bound", ["0", "0.1", "0.0.99", __version__])
def test_a_version_that_is_new_enough_is_no_hindrance(checkout: Path, bound: str) -> None:
    write(checkout / "release-review.toml", f'required-version = ">={bound}"\ncolor = "never"\n')
    assert resolve(folder=Path())["color"].value == "never"


@pytest.mark.parametrize("file", ["release-review.toml", "org.toml"])
def test_an_older_tool_says_so_before_it_wonders_about_what_is_new(
    run: Callable[..., Any], checkout: Path, file: str
) -> None:
    write(checkout / "release-review.toml", 'extend = "org.toml"\n')
    write(checkout / "org.toml", 'color = "never"\n')
    write(checkout / file, 'brand-new = 1\nrequired-version = ">= 99.1"\n')
    done = run("check", "good.toml")
    assert (done.status, done.out) == (2, "")
    assert done.err == (
        f"error: {file}:2:1: the configuration asks for release-review 99.1 or later, and this is {__version__}; "
        "install a newer release-review\nno verdict was reached\n"
    )


@pytest.mark.parametrize(
    "bound",
    ['"1.0"', '"==1.0"', '">1.0"', '">=1.0,<2"', '">=1.0rc1"', '">=1.2.3.4"', '">="', '">=\u0661"', '">=1234567"', "1"],
)
def test_a_bound_is_a_plain_one(checkout: Path, bound: str) -> None:
    write(checkout / "release-review.toml", f"required-version = {bound}\n")
    assert refusal() == (
        "release-review.toml:1:1: required-version is no lower bound of a version; "
        f'write required-version = ">={__version__}"'
    )


@pytest.mark.parametrize(
    ("version", "bound", "enough"),
    [
        ("0.10.0", "0.9", True),
        ("0.9.0", "0.10", False),
        ("1.0", "1.0.0", True),
        ("1.0.0", "1", True),
        ("1.0.0.1", "1.0.0", True),
        ("1.0.0rc1", "1.0.0", False),
        ("1.0.0.dev3", "1.0.0", False),
        ("1.0.1.dev3", "1.0.0", True),
        ("1.0.0.post1", "1.0.0", True),
        ("1.0.0+local", "1.0.0", True),
        ("unknown", "0", False),
    ],
)
def test_versions_are_compared_as_numbers(version: str, bound: str, enough: bool) -> None:  # noqa: FBT001 - a column
    assert is_at_least(version, bound) is enough


# The digest -----------------------------------------------------------------------------------------------------------


def write_settings(folder: Path) -> None:
    (folder / ".git").mkdir(parents=True)
    write(folder / "release-review.toml", 'extend = "org/base.toml"\nwaivers = "w.toml"\n')
    write(folder / "org" / "base.toml", 'policy = ["open-release", "acme/"]\nbaseline = "../b.toml"\n')


def test_the_same_checkout_gives_the_same_digest_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    digests = set()
    for place in ("one", "some/where/else"):
        write_settings(tmp_path / place)
        (tmp_path / place / "deep" / "down").mkdir(parents=True)
        for working in (".", "org", "deep/down"):
            monkeypatch.chdir(tmp_path / place / working)
            digests.add(resolve(folder=Path()).digest)
        digests.add(settings.resolve({}, environment={}, folder=Path(), trusted=str(tmp_path / place)).digest)
        named = tmp_path / place / "release-review.toml"
        digests.add(settings.resolve({}, environment={}, folder=Path(), config=named).digest)
    assert len(digests) == 1


def test_a_digest_is_of_the_canonical_json_of_what_decides(checkout: Path) -> None:
    write_settings(checkout / "sub")
    found = settings.resolve({}, environment={}, folder=Path("sub"))
    decides = {
        "baseline": {"path": "b.toml"},
        "engine": "compiled",
        "policy": ['"open-release"', '{"path":"org/acme"}'],
        "waivers": {"path": "w.toml"},
        "without-plugin": [],
    }
    text = json.dumps(decides, sort_keys=True, separators=(",", ":"))
    assert found.digest == f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


@pytest.mark.parametrize(
    ("name", "value", "decides"),
    [
        ("policy", ("open-release", "marginal-risk"), True),
        ("policy", ("./open-release",), True),
        ("policy", ("open-release", "open-release"), False),
        ("waivers", "w.toml", True),
        ("baseline", "w.toml", True),
        ("without_plugin", ("x",), True),
        ("engine", "reference", True),
        ("output_format", "json", False),
        ("color", "never", False),
    ],
)
def test_the_digest_changes_with_what_decides_and_with_nothing_else(
    checkout: Path,
    name: str,
    value: Any,
    decides: bool,  # noqa: FBT001 - a column of the table
) -> None:
    changed = resolve(flags={name: value}, folder=Path()).digest != resolve(folder=Path()).digest
    assert changed is decides


def test_every_option_that_no_variable_may_set_is_part_of_the_digest() -> None:
    assert {option.name for option in OPTIONS if not option.from_environment} <= {
        option.name for option in OPTIONS if option.decides
    }


def test_a_flag_and_a_file_that_say_the_same_have_the_same_digest(checkout: Path) -> None:
    write(checkout / "release-review.toml", 'waivers = "w.toml"\n')
    written = resolve(folder=Path()).digest
    write(checkout / "release-review.toml", 'color = "never"\n')
    (checkout / "sub").mkdir()
    os.chdir("sub")
    assert resolve(flags={"waivers": "../w.toml"}, folder=Path()).digest == written
    assert resolve(flags={"waivers": "w.toml"}, folder=Path()).digest != written


def test_a_named_file_may_lie_anywhere_beside_what_a_flag_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digests = set()
    for place, config in (("one", "../org.toml"), ("far/away", "../../org/org.toml")):
        folder = tmp_path / place
        folder.mkdir(parents=True)
        monkeypatch.chdir(folder)
        write(folder / config, 'baseline = "b.toml"\n')
        found = settings.resolve({"waivers": "w.toml"}, environment={}, folder=Path(), config=Path(config))
        digests.add(found.digest)
    assert len(digests) == 1


def test_where_the_working_folder_is_gone_there_is_a_digest_still(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    shutil.rmtree(tmp_path / "gone")
    assert resolve(flags={"waivers": "w.toml"}, folder=Path()).digest.startswith("sha256:")


# Showing --------------------------------------------------------------------------------------------------------------


def digest_of(file: Path) -> str:
    return f"sha256:{hashlib.sha256(file.read_bytes()).hexdigest()}"


def test_config_show_says_where_each_value_comes_from(
    run: Callable[..., Any], checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(checkout / "release-review.toml", 'extend = "org/base.toml"\npolicy = ["small.toml"]\n')
    write(checkout / "org" / "base.toml", 'waivers = "w.toml"\n')
    monkeypatch.setenv("RELEASE_REVIEW_COLOR", "never")
    done = run("config", "show")
    assert (done.status, done.err) == (0, "")
    assert done.out == (
        f"# configuration: release-review.toml, {digest_of(checkout / 'release-review.toml')}\n"
        f"# extended at release-review.toml:1:1: org/base.toml, {digest_of(checkout / 'org' / 'base.toml')}\n"
        'policy = ["small.toml"]  # release-review.toml:2:1\n'
        'waivers = "org/w.toml"  # org/base.toml:1:1\n'
        "# baseline is not set: there are none\n"
        "without-plugin = []  # default\n"
        'engine = "compiled"  # default\n'
        "# output-format is not set: github in GitHub Actions, full on a terminal, concise elsewhere\n"
        'color = "never"  # RELEASE_REVIEW_COLOR\n'
        f"# the settings that decide a verdict: {resolve(folder=Path()).digest}\n"
    )


def test_what_config_show_puts_out_is_a_configuration_that_says_the_same(
    run: Callable[..., Any], checkout: Path
) -> None:
    name = 'a "b" # \\ \u202e \x7f 🙂'
    policies = json.dumps([f"./{name}.toml", "small.toml"], ensure_ascii=False).replace("\x7f", "\\u007f")
    write(checkout / "release-review.toml", f'extend = "{"é 🙂"}.toml"\npolicy = {policies}\nwaivers = "w.toml"\n')
    write(checkout / "é 🙂.toml", 'output-format = "json"\n')
    shown = run("config", "show").out
    again = tomllib.loads(shown)
    assert again["policy"] == [f"{name}.toml", "small.toml"]
    assert again["waivers"] == "w.toml"
    assert again["output-format"] == "json"
    write(checkout / "release-review.toml", shown)
    before = [line for line in shown.splitlines() if not line.startswith("#")]
    after = [line for line in run("config", "show").out.splitlines() if not line.startswith("#")]
    assert [line.rpartition("  # ")[0] for line in after] == [line.rpartition("  # ")[0] for line in before]


@pytest.mark.parametrize("arguments", [("--isolated",), ("--config", "other.toml")])
@pytest.mark.parametrize(
    ("file", "text"),
    [("release-review.toml", "nonsense = 1\n"), ("pyproject.toml", '[tool.release-review]\ncolor = "never"\n')],
)
def test_config_show_names_a_configuration_that_is_not_read(
    run: Callable[..., Any], checkout: Path, arguments: tuple[str, ...], file: str, text: str
) -> None:
    write(checkout / file, text)
    write(checkout / "other.toml", 'color = "always"\n')
    done = run("config", "show", *arguments)
    assert (done.status, done.err) == (0, "")
    assert f"# not read: {file}\n" in done.out
    assert tomllib.loads(done.out)["color"] != "never"


def test_config_show_says_that_there_is_no_configuration(run: Callable[..., Any]) -> None:
    done = run("config", "show")
    assert done.out.startswith("# configuration: none\npolicy = ")
    assert "not read" not in done.out


def test_a_named_configuration_that_would_be_found_is_not_said_to_be_passed_over(
    run: Callable[..., Any], checkout: Path
) -> None:
    write(checkout / "release-review.toml", 'color = "never"\n')
    assert "not read" not in run("config", "show", "--config", "./release-review.toml").out


def test_toml_reads_back_every_character_of_a_string() -> None:
    characters = [chr(code) for code in range(0x110000) if not 0xD800 <= code <= 0xDFFF]
    for start in range(0, len(characters), 0x8000):
        text = "".join(characters[start : start + 0x8000])
        shown = toml_string(text)
        assert tomllib.loads(f"x = {shown}")["x"] == text
        assert len(shown.splitlines()) == 1
    surrogate = toml_string("a\udcffb")
    assert tomllib.loads(f"x = {surrogate}")["x"] == r"a\u{dcff}b"
    assert toml_string("##[group]") == r'"#\u0023[group]"'


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


def test_a_person_gets_the_full_report_a_log_the_concise_one_and_a_job_of_github_annotations() -> None:
    assert default_format({}, terminal=True) == "full"
    assert default_format({"GITHUB_ACTIONS": "false"}, terminal=False) == "concise"
    assert default_format({"GITHUB_ACTIONS": "true"}, terminal=False) == "github"
