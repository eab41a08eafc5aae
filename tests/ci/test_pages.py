"""The pages on CI: what they show is what there is, and what the tool gives."""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from markdown import blocks, with_outputs, with_part
from shell import environment, shell

ROOT = Path(__file__).parent.parent.parent
CI = ROOT / "examples" / "ci"
PAGE, SUMMARY = CI / "README.md", CI / "summary.md"
GITHUB, GITLAB = CI / "github" / "README.md", CI / "gitlab" / "README.md"
WORKFLOW = CI / "github" / "release-review.yml"
TEMPLATE = CI / "gitlab" / "release-review.gitlab-ci.yml"
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))

REVIEW = "release-review check --trusted ../gate --as-of 2025-08-05 --today 2025-08-06 release.toml"

GoldenFile = Callable[[Path, str], None]


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def fenced(language: str, text: str) -> str:
    return f"```{language}\n{text.rstrip()}\n```\n"


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what a run on a pull request leaves: the log, and the reports."""
    folder = tmp_path_factory.mktemp("reviewed")
    shutil.copytree(CI / "gate", folder / "gate")
    shutil.copy(CI / "shown" / "waivers.toml", folder / "gate")
    (folder / "proposal").mkdir()
    shutil.copy(ROOT / "examples" / "gpt-oss-120b" / "release.toml", folder / "proposal")
    outputs = "--output-format github --output markdown=../summary.md --output sarif=../report.sarif"
    done = shell(f"{REVIEW} {outputs} > ../log", folder=folder / "proposal")
    assert (done.returncode, done.stdout) == (1, "")
    return folder


@pytest.mark.slow
def test_the_summary_is_what_the_tool_gives(reviewed: Path, golden_file: GoldenFile) -> None:
    golden_file(SUMMARY, text_of(reviewed / "summary.md"))


@pytest.mark.slow
def test_the_summary_shows_what_blocks_and_what_is_waived(reviewed: Path) -> None:
    (waiver,) = tomllib.loads(text_of(CI / "shown" / "waivers.toml"))["waiver"]
    shown = text_of(reviewed / "summary.md")
    assert shown.startswith("## blocked")
    for said in (waiver["rule"], waiver["owner"], waiver["approved_by"], str(waiver["expires"])):
        assert said in shown


@pytest.mark.slow
def test_the_page_shows_a_finding_as_github_gets_it(reviewed: Path, golden_file: GoldenFile) -> None:
    annotation = text_of(reviewed / "log").splitlines()[0]
    assert annotation.startswith("::error ")
    (run,) = json.loads(text_of(reviewed / "report.sarif"))["runs"]
    rule = re.search(r"title=([\w/.-]+)", annotation)
    assert rule
    result = next(each for each in run["results"] if each["ruleId"] == rule[1])
    shown = {key: result[key] for key in ("ruleId", "level", "message", "locations", "partialFingerprints")}
    page = with_part(text_of(PAGE), "annotation", fenced("text", annotation))
    golden_file(PAGE, with_part(page, "sarif", fenced("json", json.dumps(shown, indent=2))))


@pytest.mark.slow
def test_a_console_of_the_page_shows_what_its_commands_put_out(tmp_path: Path, golden_file: GoldenFile) -> None:
    shutil.copy(ROOT / "examples" / "minimal" / "release.toml", tmp_path)
    golden_file(
        PAGE,
        with_outputs(text_of(PAGE), lambda command: shell(command, folder=tmp_path, variables=environment()).stdout),
    )


@pytest.mark.slow
def test_a_baseline_lets_the_release_of_the_page_pass(tmp_path: Path) -> None:
    shutil.copy(ROOT / "examples" / "minimal" / "release.toml", tmp_path)
    (session,) = blocks(text_of(PAGE), "console")
    commands = [line.removeprefix("$ ") for line in session.text.splitlines() if line.startswith("$ ")]
    assert [shell(command, folder=tmp_path).returncode for command in commands] == [1, 1, 0]


def test_the_files_to_begin_with_are_those_of_the_folder_without_the_waiver_that_is_made_up() -> None:
    configuration, waivers = (tomllib.loads(block.text) for block in blocks(text_of(PAGE), "toml"))
    assert configuration == tomllib.loads(text_of(CI / "gate" / "release-review.toml"))
    assert waivers == tomllib.loads(text_of(CI / "gate" / "waivers.toml"))


def test_the_page_on_github_has_the_whole_workflow(golden_file: GoldenFile) -> None:
    golden_file(GITHUB, with_part(text_of(GITHUB), "workflow", fenced("yaml", text_of(WORKFLOW))))


def test_the_page_on_github_has_every_input_and_output(golden_file: GoldenFile) -> None:
    rows = ["| input | meaning | default |", "|---|---|---|"]
    for name, each in ACTION["inputs"].items():
        default = str(each["default"]).replace("${{ github.token }}", "that of the job")
        rows.append(f"| `{name}` | {' '.join(each['description'].split())} | {default or 'none'} |")
    rows += ["", "| output | meaning |", "|---|---|"]
    rows += [f"| `{name}` | {each['description']} |" for name, each in ACTION["outputs"].items()]
    golden_file(GITHUB, with_part(text_of(GITHUB), "inputs", "\n".join(rows) + "\n"))


@pytest.mark.parametrize("workflow", sorted((CI / "github").glob("*.yml")), ids=lambda file: file.name)
def test_a_workflow_gives_the_action_inputs_that_it_has_and_the_job_no_more_than_it_needs(workflow: Path) -> None:
    job = yaml.safe_load(text_of(workflow))["jobs"]["review"]
    (step,) = (step for step in job["steps"] if "release-review@" in step.get("uses", ""))
    assert step["with"].keys() <= ACTION["inputs"].keys()
    writes = {name for name, right in job["permissions"].items() if right != "read"}
    assert writes == ({"security-events"} if step["with"].get("sarif") else set())


def test_what_the_page_on_gitlab_sets_are_variables_of_the_job() -> None:
    (shown,) = (yaml.safe_load(block.text) for block in blocks(text_of(GITLAB), "yaml"))
    (include,) = shown["include"]
    job = yaml.safe_load(text_of(TEMPLATE))["release-review"]
    assert include["file"] == TEMPLATE.name
    assert shown["release-review"]["variables"].keys() <= job["variables"].keys()


@pytest.mark.parametrize("page", [GITHUB, GITLAB], ids=["github", "gitlab"])
def test_every_part_that_a_page_explains_is_in_its_file(page: Path) -> None:
    files = text_of(WORKFLOW) if page == GITHUB else text_of(TEMPLATE)
    table = text_of(page).partition("is for\n")[2].strip().split("\n\n")[0]
    named = [name for row in table.splitlines()[2:] for name in re.findall(r"`([^`]+)`", row.split("|")[1])]
    assert named
    assert [name for name in named if name.removesuffix("...") not in files] == []
