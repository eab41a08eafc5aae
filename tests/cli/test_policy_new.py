"""`policy new`: what it writes is a policy whose every case holds, and nothing that exists is touched."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from release_review import load_policies, load_registry
from release_review.model import Policy
from release_review.testing import run_cases

if TYPE_CHECKING:
    from tests.cli.conftest import Run

REGISTRY = load_registry(discover=False)

FOLDER = ["README.md", "base.toml", "policy.toml", "rules/release-dated.toml"]


def files_in(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def policy_in(path: Path) -> Policy:
    given = load_policies([str(path)], REGISTRY)
    results = [result for result in run_cases(given) if result.id == f"{path.stem}/release-dated"]
    assert [result.got for result in results] == ["pass", "fail"]
    return next(policy for policy in given.policies if policy.id == path.stem)


# What is written ------------------------------------------------------------------------------------------------------


def test_a_folder_is_written_and_the_next_steps_are_named(
    run: Callable[..., Run], checkout: Path, golden: Callable[[str, str], None]
) -> None:
    done = run("policy", "new", "acme")
    assert (done.status, done.out) == (0, "")
    golden("cli/policy-new.txt", done.err)
    assert files_in(checkout / "acme") == FOLDER
    assert policy_in(checkout / "acme").title == "Acme"


def test_the_steps_that_are_named_are_met(run: Callable[..., Run], checkout: Path) -> None:
    run("policy", "new", "acme")
    assert run("policy", "lint", "./acme").status == 0
    assert run("policy", "test", "./acme").status == 0
    done = run("check", "--policy", "./acme", "good.toml")
    assert (done.status, done.err) == (1, "")
    assert "No date is stated for acme/one" in done.out


def test_no_mutant_of_what_is_written_survives_and_every_condition_is_covered(run: Callable[..., Run]) -> None:
    for form in ([], ["--single-file"]):
        run("policy", "new", "acme", *form)
        path = "./acme.toml" if form else "./acme"
        done = run("policy", "test", "--coverage", "--mutate", path)
        assert done.status == 0, done.out + done.err


def test_one_file_says_the_same_as_the_folder(run: Callable[..., Run], checkout: Path) -> None:
    run("policy", "new", "acme")
    assert run("policy", "new", "acme", "--single-file").status == 0
    one, whole = policy_in(checkout / "acme.toml"), policy_in(checkout / "acme")
    assert one.base == whole.base
    for given, other in zip(one.rules, whole.rules, strict=True):
        for name in ("id", "summary", "severity", "assertion", "message", "rationale", "remediation", "cases"):
            assert getattr(given, name) == getattr(other, name)


@pytest.mark.parametrize("form", [[], ["--single-file"]])
def test_what_it_extends_and_its_title_are_written(form: list[str], run: Callable[..., Run], checkout: Path) -> None:
    title = 'An "odd" \\ title, # with <b>signs</b> %{id}\u202e'
    arguments = ["--extends", "open-release", "--extends", "benefits", "--extends", "open-release", "--title", title]
    assert run("policy", "new", "acme", *form, *arguments).status == 0
    policy = policy_in(checkout / ("acme.toml" if form else "acme"))
    assert (policy.title, policy.extends) == (title, ("open-release", "benefits"))


def test_a_title_of_several_lines_is_one_line(run: Callable[..., Run], checkout: Path) -> None:
    run("policy", "new", "acme", "--title", " One\n  title ")
    assert policy_in(checkout / "acme").title == "One title"


def test_folders_on_the_way_are_made(run: Callable[..., Run], checkout: Path) -> None:
    done = run("policy", "new", "acme", "-o", "a b/c")
    assert done.status == 0
    assert files_in(checkout / "a b" / "c" / "acme") == FOLDER
    assert "release-review policy lint 'a b/c/acme'" in done.err


# A distribution -------------------------------------------------------------------------------------------------------


def test_a_distribution_has_the_policy_the_hook_and_a_test(run: Callable[..., Run], checkout: Path) -> None:
    assert run("policy", "new", "acme.eu", "--package").status == 0
    folder = checkout / "release-review-acme-eu"
    module = "src/release_review_acme_eu"
    policy = [f"{module}/acme.eu/{name}" for name in FOLDER if name != "README.md"]
    files = ["README.md", "pyproject.toml", f"{module}/__init__.py", *policy, "tests/test_policy.py"]
    assert files_in(folder) == sorted(files)
    project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["name"] == "release-review-acme-eu"
    assert project["project"]["entry-points"] == {"release_review": {"acme.eu": "release_review_acme_eu"}}
    assert (folder / project["tool"]["hatch"]["version"]["path"]).is_file()
    for file in (*folder.rglob("*.py"),):
        compile(file.read_text(encoding="utf-8"), file.name, "exec")


@pytest.mark.parametrize("form", [[], ["--single-file"]])
def test_a_policy_that_is_there_goes_into_a_distribution_as_it_is(
    form: list[str], run: Callable[..., Run], checkout: Path
) -> None:
    run("policy", "new", "acme", *form)
    source = checkout / ("acme.toml" if form else "acme")
    rules = source if form else source / "rules" / "release-dated.toml"
    rules.write_text(rules.read_text(encoding="utf-8").replace('"error"', '"warning"'), encoding="utf-8")
    assert run("policy", "new", "acme", "--package", "--from", str(source)).status == 0
    packaged = checkout / "release-review-acme" / "src" / "release_review_acme" / source.name
    one, other = policy_in(source), policy_in(packaged)
    assert one.digest == other.digest
    assert [rule.severity.value for rule in other.rules] == ["warning"]


def test_a_policy_of_another_id_is_not_packaged(run: Callable[..., Run], checkout: Path) -> None:
    run("policy", "new", "acme")
    done = run("policy", "new", "other", "--package", "--from", "acme")
    assert done.status == 2
    assert "acme holds the policy 'acme'; write 'acme' for 'other'" in done.err
    assert not (checkout / "release-review-other").exists()


# What is refused ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["Acme"], "'Acme' is no id of a policy"),
        (["../acme"], "'../acme' is no id of a policy"),
        (["a" * 65], "is no id of a policy"),
        (["acme\n"], "'acme\\n' is no id of a policy"),
        (["gate"], "'gate' names the rules of the gate itself"),
        (["acme.toml"], "'acme.toml' would be read as a path"),
        (["open-release"], "a policy 'open-release' is installed already"),
        (["acme", "--extends", "./small.toml"], "there is no policy './small.toml' to extend"),
        (["acme", "--package", "--single-file"], "--single-file and --package are both given"),
        (["acme", "--from", "small.toml"], "--from is given without --package; add --package"),
        (["acme", "--package", "--from", "none"], "none"),
        (["acme", "-o", "good.toml"], "good.toml: is no folder"),
        (["acme", "-o", "good.toml/a"], "good.toml/a: cannot be made: not a directory"),
    ],
)
def test_what_cannot_be_written_is_refused_and_leaves_nothing(
    arguments: list[str], message: str, run: Callable[..., Run], checkout: Path
) -> None:
    before = sorted(checkout.rglob("*"))
    done = run("policy", "new", *arguments)
    assert (done.status, done.out) == (2, "")
    assert message in done.err
    assert sorted(checkout.rglob("*")) == before


@pytest.mark.parametrize("form", [[], ["--single-file"], ["--package"]])
@pytest.mark.parametrize("kind", ["file", "folder", "link"])
def test_what_exists_is_left_as_it_is(form: list[str], kind: str, run: Callable[..., Run], checkout: Path) -> None:
    names = {"": "acme", "--single-file": "acme.toml", "--package": "release-review-acme"}
    place = checkout / names["".join(form)]
    match kind:
        case "file":
            place.write_text("mine", encoding="utf-8")
        case "folder":
            place.mkdir()
        case _:
            place.symlink_to("nowhere")
    before = sorted(checkout.rglob("*"))
    done = run("policy", "new", "acme", *form)
    assert (done.status, done.err.splitlines()[0]) == (
        2,
        f"error: {place.name}: it exists already; name another place, or move it away",
    )
    assert sorted(checkout.rglob("*")) == before
    assert not place.is_file() or place.read_text(encoding="utf-8") == "mine"


def test_a_folder_that_cannot_be_filled_is_not_there_afterwards(
    run: Callable[..., Run], checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(file: Path, content: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    before = sorted(checkout.rglob("*"))
    done = run("policy", "new", "acme")
    assert (done.status, done.err.splitlines()[0]) == (
        2,
        "error: acme: cannot be made: no space left on device; name another place",
    )
    assert sorted(checkout.rglob("*")) == before


def test_nothing_is_written_into_the_folder_of_a_policy(
    run: Callable[..., Run], checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("policy", "new", "acme").status == 0
    before = sorted(checkout.rglob("*"))
    said = "lies in the folder of a policy, which would no longer load; name a folder outside of it"
    for command in (
        ("docs", "./acme", "-o", "acme"),
        ("docs", "./acme", "-o", "acme/pages"),
        ("new", "sub", "-o", "acme"),
    ):
        done = run("policy", *command)
        assert (done.status, said in done.err) == (2, True), done.err
    monkeypatch.chdir(checkout / "acme")
    assert said in run("policy", "new", "sub").err
    assert sorted(checkout.rglob("*")) == before
