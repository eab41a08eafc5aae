"""`policy diff`: what changed between two versions of a policy, for people, for a pull request and for programs."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from release_review import __version__

SHIPPED = Path(__file__).parent.parent.parent / "policies"


@pytest.fixture
def versions(checkout: Path) -> Path:
    """Put two versions of a shipped policy into folders `old` and `new`: one rule is gone, three are changed."""
    for name in ("old", "new"):
        shutil.copytree(SHIPPED / "benefits", checkout / name)
    rules = checkout / "new" / "rules"
    (rules / "science-caveat-addressed.toml").unlink()
    for name, before, after in (
        ("competition", 'severity = "warning"', 'severity = "note"'),
        ("innovation", "assert   = '''", "assert   = '''this.claim != \"\" && "),
        ("transparency", 'remediation = """', 'remediation = """\nFirst of all: '),
    ):
        file = rules / f"{name}-caveat-addressed.toml"
        text = file.read_text(encoding="utf-8")
        assert before in text
        file.write_text(text.replace(before, after, 1), encoding="utf-8")
    head = checkout / "new" / "policy.toml"
    head.write_text(head.read_text(encoding="utf-8").replace('"1.0.0"', '"1.1.0"'), encoding="utf-8")
    return checkout


def test_what_changed_is_told_the_gravest_first(
    run: Callable[..., Any], versions: Path, golden: Callable[[str, str], None]
) -> None:
    done = run("policy", "diff", "./old", "./new")
    assert (done.status, done.err) == (0, "")
    assert max(map(len, done.out.splitlines())) <= 80
    golden("cli/policy-diff.txt", done.out)


def test_what_changed_as_a_comment_of_a_pull_request(
    run: Callable[..., Any], versions: Path, golden: Callable[[str, str], None]
) -> None:
    done = run("policy", "diff", "--output-format", "markdown", "./old", "./new")
    assert (done.status, done.err) == (0, "")
    golden("cli/policy-diff.md", done.out)


def test_what_changed_for_programs(run: Callable[..., Any], versions: Path) -> None:
    told = json.loads(run("policy", "diff", "--output-format", "json", "./old", "./new").out)
    assert told["schema"] == "release-policy-diff/1"
    assert told["tool"] == {"name": "release-review", "version": __version__}
    assert (told["old"]["version"], told["new"]["version"]) == ("1.0.0", "1.1.0")
    assert [(each["way"], each["id"], each["may_ask_less"]) for each in told["differences"]] == [
        ("removed", "benefits/science-caveat-addressed", True),
        ("weakened", "benefits/competition-caveat-addressed", True),
        ("tightened", "benefits/innovation-caveat-addressed", False),
        ("reworded", "benefits/transparency-caveat-addressed", False),
        ("reworded", "benefits", False),
    ]


def test_a_pipeline_may_refuse_a_weakening(run: Callable[..., Any], versions: Path) -> None:
    assert run("policy", "diff", "--no-weakening", "./old", "./new").status == 1
    assert run("policy", "diff", "--no-weakening", "./new", "./new").status == 0


def test_an_installed_policy_is_compared_with_another_version_of_it(run: Callable[..., Any], versions: Path) -> None:
    done = run("policy", "diff", "benefits", "./old")
    assert (done.status, done.out) == (0, "benefits 1.0.0 to 1.0.0\n\nno rule and no assessment differs\n")


def test_a_place_is_told_in_what_was_named_and_not_where_a_package_lies(
    run: Callable[..., Any], versions: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = json.loads(run("policy", "diff", "--output-format", "json", "./new", "benefits").out)["differences"]
    assert {each["where"] for each in told} == {None}
    monkeypatch.chdir(versions / "new")
    told = json.loads(run("policy", "diff", "--output-format", "json", "benefits", ".").out)["differences"]
    places = {each["id"]: each["where"] for each in told}
    assert places["benefits/science-caveat-addressed"] is None  # it is gone, and was in the package
    assert places["benefits/competition-caveat-addressed"] == "rules/competition-caveat-addressed.toml:1:1"


def test_a_version_that_does_not_load_cannot_be_compared(run: Callable[..., Any], versions: Path) -> None:
    (versions / "new" / "rules" / "innovation-caveat-addressed.toml").write_text("id = 1\n", encoding="utf-8")
    done = run("policy", "diff", "./old", "./new")
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("error: new/rules/innovation-caveat-addressed.toml:")
    assert run("policy", "diff", "./old", "./nosuch").status == 2
