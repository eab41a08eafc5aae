"""The whole way: the plugin is found by its entry point, and the page shows what its commands put out."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from release_review_evals.rules import RULES
from reviewing import DATA, needs_inspect

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "README.md").read_text(encoding="utf-8")
Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def example(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "example", tmp_path / "example")
    return tmp_path / "example"


@pytest.fixture
def command(tmp_path: Path) -> Command:
    """Give a way to run `release-review` where this plugin is installed and nothing else of the user's is at hand."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    site, home = tmp_path / "site", tmp_path / "home"
    home.mkdir()
    shutil.copytree(ROOT / "src", site)
    info = site / f"release_review_evals-{project['version']}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n")
    ((name, target),) = project["entry-points"]["release_review"].items()
    (info / "entry_points.txt").write_text(f"[release_review]\n{name} = {target}\n")
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("RELEASE_REVIEW_", "XDG_"))}
    for name in ("GITHUB_ACTIONS", "NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        variables.pop(name, None)
    variables |= {
        "HOME": str(home),
        "PYTHONPATH": os.pathsep.join([str(site), *(each for each in sys.path if each and "evals" not in each)]),
        "PYTHONDONTWRITEBYTECODE": "1",
    }

    def run(line: str, *, folder: Path, before: str = "") -> subprocess.CompletedProcess[str]:
        program = (
            f"import runpy, sys\n{before}\nrunpy.run_module('release_review', run_name='__main__', alter_sys=True)"
        )
        return subprocess.run(
            [sys.executable, "-P", "-c", program, *line.split()],
            cwd=folder,
            env=variables,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    return run


def files_below(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


@needs_inspect
def test_the_page_shows_what_its_commands_put_out(command: Command, example: Path) -> None:
    (session,) = re.findall(r"^```console\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    shown = ""
    for line in (row.removeprefix("$ ") for row in session.splitlines() if row.startswith("$ ")):
        done = command(line.removeprefix("release-review "), folder=example)
        assert done.stderr == ""
        shown += f"$ {line}\n{done.stdout}"
    assert session == shown


@needs_inspect
def test_reading_logs_of_inspect_asks_nobody_and_writes_nothing(
    command: Command, example: Path, tmp_path: Path
) -> None:
    before = """
import socket
def refuse(*_args, **_more):
    raise AssertionError("the network was asked")
socket.socket.connect = socket.getaddrinfo = refuse
"""
    there = files_below(tmp_path)
    done = command("check --policy evals --today 2026-03-01 release.toml", folder=example, before=before)
    assert (done.stdout, done.stderr, done.returncode) == ("release.toml: pass (7 passed)\n", "", 0)
    # Our own cache of policies is not Inspect's doing.
    assert {path for path in files_below(tmp_path) - there if "release-review" not in path.parts} == set()


@pytest.mark.parametrize(
    ("results", "status", "verdict"),
    [("results_finished.json", 0, "pass"), ("results_other.json", 1, "blocked"), ("results_dummy.json", 1, "blocked")],
)
def test_results_of_the_harness_need_nothing_else(
    command: Command, tmp_path: Path, results: str, status: int, verdict: str
) -> None:
    folder = tmp_path / "release"
    folder.mkdir()
    shutil.copy(DATA / results, folder)
    (folder / "release.toml").write_text(
        'schema = "release-manifest/1"\n[release]\nid = "example/hawthorn"\ndate = 2026-03-01\n'
        '[[access]]\nid = "api"\nkind = "api"\n'
        f'[[evidence]]\nid = "log"\nkind = "evaluation-log"\npath = "{results}"\ndate = 2026-02-10\n'
    )
    done = command("check --policy open-release --policy evals --today 2026-03-01 release.toml", folder=folder)
    assert done.returncode == status
    assert done.stdout.splitlines()[-1].startswith(f"release.toml: {verdict} (")


def test_the_plugin_is_listed(command: Command, example: Path) -> None:
    done = command("plugin list", folder=example)
    assert "evals (release-review-evals 1.0.0)" in done.stdout


def test_the_page_has_every_rule() -> None:
    table = "| rule | severity | requirement |\n|---|---|---|\n"
    table += "".join(f"| `{rule.id}` | {rule.severity} | {rule.summary} |\n" for rule in RULES)
    _, _, rest = PAGE.partition("<!-- rules: begin -->\n")
    assert rest.partition("<!-- rules: end -->")[0] == table


def tables() -> list[dict[str, Any]]:
    return [tomllib.loads(block) for block in re.findall(r"^```toml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)]


def test_the_manifest_that_the_page_shows_is_that_of_the_example() -> None:
    shown, _ = tables()
    whole = tomllib.loads((ROOT / "example" / "release.toml").read_text(encoding="utf-8"))
    assert shown["release"].items() <= whole["release"].items()
    assert shown["evidence"][0].items() <= whole["evidence"][0].items()


def test_the_policy_that_the_page_shows_loads_and_changes_what_it_says(command: Command, tmp_path: Path) -> None:
    _, _, rest = PAGE.partition('```toml\nschema  = "release-policy/1"')
    (tmp_path / "house.toml").write_text('schema  = "release-policy/1"' + rest.partition("```")[0])
    folder = tmp_path / "release"
    folder.mkdir()
    shutil.copy(DATA / "results_other.json", folder)
    (folder / "release.toml").write_text(
        'schema = "release-manifest/1"\n[release]\nid = "example/hawthorn"\ndate = 2026-03-01\n'
        '[[evidence]]\nid = "log"\nkind = "evaluation-log"\npath = "results_other.json"\ndate = 2026-02-10\n'
    )
    done = command("check --policy ../house.toml --today 2026-03-01 release.toml", folder=folder)
    assert "no log is of 'example/hawthorn', and the others are there to compare with" in done.stdout
