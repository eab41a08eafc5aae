"""The work of earlier runs: it saves time, and never changes what comes out."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from release_review.cli import cache as cache_module
from release_review.cli.cache import CI_VARIABLES, folder_of_user, open_store

pytestmark = pytest.mark.no_cover

SPY = """
import sys
from release_review.cli import main
status = main(sys.argv[1:])
heavy = {"celpy", "lark", "jsonschema", "yaml", "importlib.metadata", "tree_sitter"} & set(sys.modules)
print(status, *sorted(heavy), file=sys.stderr)
"""


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name in CI_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "cache" / "release-review"


@pytest.fixture
def check(checkout: Path, cache: Path) -> Callable[..., tuple[str, str]]:
    """Check a manifest in a process of its own; give the report, and status and heavy modules."""
    manifest = {"schema": "release-manifest/1", "release": {"id": "acme/one"}}
    (checkout / "release.json").write_text(json.dumps(manifest), encoding="utf-8")

    def run(*arguments: str) -> tuple[str, str]:
        line = ["check", "release.json", "--output-format", "json", "--today", "2026-01-01", *arguments]
        done = subprocess.run(
            [sys.executable, "-P", "-c", SPY, *line], capture_output=True, text=True, check=True, timeout=60
        )
        return done.stdout, done.stderr

    return run


@pytest.mark.slow
def test_a_warm_check_imports_no_parser_and_says_the_same(cache: Path, check: Callable[..., tuple[str, str]]) -> None:
    cold = check()
    assert "lark" in cold[1]
    assert {path.name.partition("-")[0] for path in cache.glob("*.entry")} == {"documents", "trees"}
    warm = check()
    assert warm == (cold[0], "1\n")
    assert check("--no-cache") == cold


@pytest.mark.slow
def test_a_damaged_cache_is_worked_out_again(cache: Path, check: Callable[..., tuple[str, str]]) -> None:
    cold = check()
    for path in cache.glob("*.entry"):
        path.write_bytes(path.read_bytes()[:-20])
    assert check() == cold
    assert check() == (cold[0], "1\n")


@pytest.mark.slow
def test_a_policy_of_a_user_is_kept_too_and_follows_its_text(
    checkout: Path, cache: Path, check: Callable[..., tuple[str, str]]
) -> None:
    blocked = check("--policy", "./small.toml")
    assert check("--policy", "./small.toml") == (blocked[0], "1\n")
    policy = checkout / "small.toml"
    policy.write_text(policy.read_text(encoding="utf-8").replace('== "released"', '!= "released"'), encoding="utf-8")
    assert check("--policy", "./small.toml")[0] != blocked[0]
    assert check("--policy", "./small.toml", "--no-cache")[0] == check("--policy", "./small.toml")[0]
    assert len({path.name.split("-")[1] for path in cache.glob("trees-*")}) == 2


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [("--no-cache",), ()])
def test_nothing_is_kept_where_it_is_not_wanted_or_in_ci(
    cache: Path, check: Callable[..., tuple[str, str]], monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    if not arguments:
        monkeypatch.setenv("CI", "true")
    check(*arguments)
    assert not cache.exists()


def test_the_folder_is_the_one_of_the_xdg_specification(tmp_path: Path, checkout: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    environment = {"HOME": str(home)}
    assert folder_of_user({"XDG_CACHE_HOME": "/var/cache/me", **environment}) == Path("/var/cache/me/release-review")
    assert folder_of_user(environment) == home / ".cache" / "release-review"
    assert folder_of_user({"XDG_CACHE_HOME": "relative", **environment}) == home / ".cache" / "release-review"
    assert folder_of_user({}) is None
    assert folder_of_user({"HOME": str(tmp_path / "nobody")}) is None
    assert folder_of_user({"HOME": str(checkout)}) is None
    assert folder_of_user({"XDG_CACHE_HOME": str(checkout / "below"), **environment}) is None


def test_a_folder_around_the_working_directory_is_a_home_only_if_it_is_ones_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "archive" / "below"  # an unpacked checkout, with nothing that tells where it begins
    here.mkdir(parents=True)
    monkeypatch.chdir(here)
    assert folder_of_user({"HOME": str(tmp_path / "archive")}) is None
    monkeypatch.setattr(cache_module, "_home_of_user", (tmp_path / "archive").resolve)
    assert folder_of_user({"HOME": str(tmp_path / "archive")}) == tmp_path / "archive" / ".cache" / "release-review"


@pytest.mark.parametrize("name", ["TF_BUILD", "JENKINS_URL", "GITHUB_ACTIONS"])
def test_every_service_of_ci_has_only_what_came_with_the_package(
    cache: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "1")
    store = open_store(wanted=True)
    assert store is not None
    store.keep("trees", "key", {})
    assert not cache.exists()


def test_no_run_breaks_for_want_of_a_cache(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    store = open_store(wanted=True)
    assert store is not None
    store.keep("trees", "key", {})
    assert not cache.exists()


def test_a_file_that_leads_nowhere_is_a_state_of_the_code_like_any_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache_module, "PACKAGE", tmp_path)
    before = cache_module._stamp()
    (tmp_path / ".#lock").symlink_to("nowhere")
    assert cache_module._stamp() != before


@pytest.mark.slow
def test_a_file_in_another_role_is_looked_at_anew(
    checkout: Path, cache: Path, check: Callable[..., tuple[str, str]]
) -> None:
    for name, place in (("one", "base.toml"), ("two", "assessments/base.toml")):
        folder = checkout / name
        for part in ("assessments", "rules"):
            (folder / part).mkdir(parents=True)
        head, _, rule = (checkout / "small.toml").read_text(encoding="utf-8").partition("[[rule]]\n")
        (folder / "policy.toml").write_text(head, encoding="utf-8")
        (folder / "rules" / "released.toml").write_text(rule, encoding="utf-8")
        (folder / place).write_text('id = "base"\ncount = "a typo"\n', encoding="utf-8")
    assert check("--policy", "./one")[1].startswith(("0", "1"))
    assert check("--policy", "./two")[1].startswith("error: two/assessments/base.toml:")
    assert cache.is_dir()
