"""The ways into other people's pipelines: the GitHub action and the pre-commit hook."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
STEP: dict[str, Any] = ACTION["runs"]["steps"][1]

STAND_IN = """#!/usr/bin/env bash
printf '%s\\n' "$@" > "$RUNNER_TEMP/arguments"
exit "${STATUS:-0}"
"""


def run_check_step(folder: Path, *, status: int = 0, **inputs: str) -> tuple[int, list[str], str]:
    """Run the script of the step as GitHub does, with a stand-in for our command.

    Returns:
        Exit status, the arguments our command was given, and what the step put out.
    """
    command = folder / "release-review" / "bin" / "release-review"
    command.parent.mkdir(parents=True)
    command.write_text(STAND_IN, encoding="utf-8")
    command.chmod(0o755)
    given = {name: setting["default"] for name, setting in ACTION["inputs"].items()} | inputs
    variables = {
        name: given[text.removeprefix("${{ inputs.").removesuffix(" }}")] for name, text in STEP["env"].items()
    }
    run = subprocess.run(
        ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", STEP["run"]],  # noqa: S607
        env={
            "PATH": os.environ["PATH"],
            "RUNNER_TEMP": str(folder),
            "GITHUB_OUTPUT": str(folder / "output"),
            "STATUS": str(status),
            **variables,
        },
        check=False,
        timeout=30,
    )
    arguments = (folder / "arguments").read_text(encoding="utf-8").splitlines()
    return run.returncode, arguments, (folder / "output").read_text(encoding="utf-8")


def test_the_action_checks_one_manifest_without_any_input(tmp_path: Path) -> None:
    _, arguments, _ = run_check_step(tmp_path)
    assert arguments == ["check", "--isolated", "--output-format=concise", "--", "release.toml"]


def test_the_action_passes_every_line_on(tmp_path: Path) -> None:
    _, arguments, _ = run_check_step(
        tmp_path, manifests="a.toml\nb c.toml\n", policies="open-release\nmine/\n", waivers="waivers.toml"
    )
    assert arguments == [
        *(
            "check",
            "--isolated",
            "--output-format=concise",
            "--policy=open-release",
            "--policy=mine/",
            "--waivers=waivers.toml",
        ),
        *("--", "a.toml", "b c.toml"),
    ]


def test_the_action_runs_no_input(tmp_path: Path) -> None:
    hostile = f"$(touch {tmp_path}/pwned);`touch {tmp_path}/pwned`"
    _, arguments, _ = run_check_step(tmp_path, manifests=hostile)
    assert arguments[-1] == hostile
    assert not (tmp_path / "pwned").exists()


@pytest.mark.parametrize("status", [0, 1, 2])
def test_the_action_ends_with_our_status_and_puts_it_out(tmp_path: Path, status: int) -> None:
    returned, _, output = run_check_step(tmp_path, status=status)
    assert (returned, output) == (status, f"status={status}\n")


def test_the_action_has_inputs_in_variables_only() -> None:
    assert [step["run"] for step in ACTION["runs"]["steps"] if "${{" in step["run"]] == []


def test_the_hook_starts_our_command() -> None:
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"]
    (hook,) = HOOKS
    assert hook["entry"].split() == [*scripts, "check"]


@pytest.mark.parametrize("path", ["release.toml", "models/a/release.yaml", "release.yml", "x/release.json"])
def test_the_hook_finds_a_manifest(path: str) -> None:
    assert re.search(HOOKS[0]["files"], path)


@pytest.mark.parametrize("path", ["prerelease.toml", "release.toml.bak", "release.py", "release/notes.toml"])
def test_the_hook_leaves_other_files_alone(path: str) -> None:
    assert not re.search(HOOKS[0]["files"], path)
