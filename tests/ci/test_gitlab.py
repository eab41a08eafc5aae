"""The GitLab template: it is read as YAML, and its script is run in a checkout of a merge request."""

from __future__ import annotations

import json
import os
import re
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from forge import NAME, Forge, git
from gate_files import FILES, MANIFEST, MANIFEST_THAT_PASSES, POLICY, weakened
from git_server import GitServer, following, serve

pytestmark = pytest.mark.no_cover

ROOT = Path(__file__).parent.parent.parent
TEMPLATE = ROOT / "examples" / "ci" / "gitlab" / "release-review.gitlab-ci.yml"
JOB: dict[str, Any] = yaml.safe_load(TEMPLATE.read_text(encoding="utf-8"))["release-review"]
TOKEN = "a-token-of-this-test"  # noqa: S105 - it opens nothing

INSTALL = ("-I", "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-compile")

Job = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def job(forge: Forge, tool: Path, tmp_path: Path, shims: Path) -> Job:
    (tmp_path / "tmp").mkdir()

    def run(workspace: Path, **variables: str) -> subprocess.CompletedProcess[str]:
        given = {
            "HOME": str(tmp_path),
            "PATH": f"{shims}:{os.environ['PATH']}",
            "CI": "true",
            "GITLAB_CI": "true",
            "TMPDIR": str(tmp_path / "tmp"),
            "CI_PROJECT_DIR": str(workspace),
            "CI_SERVER_URL": forge.url,
            "CI_PROJECT_URL": f"{forge.url}/{NAME}",
            "CI_JOB_TOKEN": TOKEN,
            "CI_DEFAULT_BRANCH": "main",
            "CI_MERGE_REQUEST_PROJECT_URL": f"{forge.url}/{NAME}",
            "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
            **{name: str(value) for name, value in JOB["variables"].items()},
            "GATE_TOOL": tool.as_uri(),
            "GATE_TOOL_COMMIT": git(tool, "rev-parse", "HEAD").strip(),
            **variables,
        }
        # GitLab's runner makes one script of all the lines.
        script = "\n".join(["set -eo pipefail", *JOB["script"]])
        return subprocess.run(
            ["bash", "-c", script],  # noqa: S607
            cwd=workspace,
            env=given,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
            timeout=300,
        )

    return run


def artifacts() -> set[str]:
    settings = JOB["artifacts"]
    return {*settings["paths"], *settings["reports"].values()}


@pytest.mark.slow
@pytest.mark.parametrize("what", ["policy", "waivers", "baseline", "configuration"])
def test_a_merge_request_that_weakens_its_own_gate_is_blocked(forge: Forge, job: Job, what: str) -> None:
    forge.commit(FILES)
    forge.commit(weakened()[what], branch="proposal")
    done = job(forge.check_out("proposal"))
    assert done.returncode == 1, done.stdout
    assert "error house/modalities-stated fail: No modality is stated." in done.stdout


@pytest.mark.slow
def test_a_job_on_the_default_branch_is_judged_by_it(forge: Forge, job: Job) -> None:
    forge.commit(FILES | weakened()["waivers"])
    branch = {"CI_MERGE_REQUEST_PROJECT_URL": "", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": ""}
    assert job(forge.check_out("main"), **branch).returncode == 0


@pytest.mark.slow
def test_a_release_that_is_blocked_leaves_every_report(forge: Forge, job: Job) -> None:
    forge.commit(FILES)
    # A report that comes with the merge request must not be taken for ours.
    forge.commit(dict.fromkeys(artifacts(), "forged"), branch="proposal")
    workspace = forge.check_out("proposal")
    assert job(workspace).returncode == 1
    quality, junit = (workspace / JOB["artifacts"]["reports"][kind] for kind in ("codequality", "junit"))
    ((where, line, severity),) = [
        (each["location"]["path"], each["location"]["lines"]["begin"], each["severity"])
        for each in json.loads(quality.read_text(encoding="utf-8"))
        if "modalities-stated" in each["description"]
    ]
    assert (where, line, severity) == ("release.toml", 3, "blocker")
    assert ET.parse(junit).getroot().find(".//failure") is not None  # noqa: S314 - our own
    page, saved = (workspace / name for name in JOB["artifacts"]["paths"])
    assert "No modality is stated." in page.read_text(encoding="utf-8")
    assert json.loads(saved.read_text(encoding="utf-8"))["verdict"] == "blocked"


@pytest.mark.slow
def test_without_a_verdict_no_report_of_the_merge_request_is_left(forge: Forge, job: Job) -> None:
    forge.commit(FILES)
    forge.commit(dict.fromkeys(artifacts(), "forged"), branch="proposal")
    workspace = forge.check_out("proposal")
    assert job(workspace, GATE_POLICIES="gone.toml").returncode == 2
    assert [name for name in artifacts() if (workspace / name).exists()] == []


@pytest.mark.slow
def test_every_line_is_one_name_and_a_name_is_no_option(forge: Forge, job: Job) -> None:
    names = ("a model", "-q", "--policy=weak", "two\nlines", "$(touch ran)")
    manifests = {f"{name}/release.toml": MANIFEST for name in names}
    forge.commit(FILES | manifests | {"release.toml": MANIFEST_THAT_PASSES})
    workspace = forge.check_out("main")
    done = job(workspace, GATE_MANIFESTS="release.toml\n*/release.toml", GATE_POLICIES="policies/gate.toml\n")
    assert done.returncode == 1, done.stdout
    reports = json.loads((workspace / "release-review.json").read_text(encoding="utf-8"))["reports"]
    assert sorted(report["verdict"] for report in reports) == ["blocked"] * len(names) + ["pass"]
    assert not (workspace / "ran").exists()


@pytest.mark.slow
def test_a_bracket_in_a_name_is_a_bracket(forge: Forge, job: Job) -> None:
    release = {"models/llama[7b]/release.toml": MANIFEST, "policies/gate[1].toml": POLICY}
    forge.commit(FILES | release | {"policies/gate1.toml": POLICY.replace('"error"', '"warning"')})
    forge.commit({"models/llama7/release.toml": MANIFEST_THAT_PASSES}, branch="proposal")
    workspace = forge.check_out("proposal")
    done = job(workspace, GATE_MANIFESTS="models/llama[7b]/release.toml", GATE_POLICIES="policies/gate[1].toml")
    assert done.returncode == 1, done.stdout
    assert "models/llama[7b]/release.toml: blocked" in done.stdout
    assert "models/llama7/release.toml" not in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("manifests", ["gone.toml", "models/*/release.toml", "", "../*/release.toml"])
def test_what_cannot_be_reviewed_is_no_verdict(forge: Forge, job: Job, manifests: str) -> None:
    forge.commit(FILES)
    assert job(forge.check_out("main"), GATE_MANIFESTS=manifests).returncode == 2


# What becomes of the token --------------------------------------------------------------------------------------------


def at(server: GitServer) -> dict[str, str]:
    project = f"{server.url}/{NAME}"
    return {"CI_SERVER_URL": server.url, "CI_PROJECT_URL": project, "CI_MERGE_REQUEST_PROJECT_URL": project}


@pytest.mark.slow
def test_the_server_of_the_project_is_given_the_token(forge: Forge, job: Job) -> None:
    forge.commit(FILES)
    with serve(forge.server, token=TOKEN) as ours:
        done = job(forge.check_out("main"), **at(ours))
    assert done.returncode == 1, done.stdout
    assert set(ours.given) == {TOKEN}


@pytest.mark.slow
def test_a_server_of_others_that_has_the_tool_is_not(forge: Forge, job: Job, tool: Path) -> None:
    forge.commit(FILES)
    with serve(tool.parent, token=TOKEN) as theirs:
        done = job(forge.check_out("main"), GATE_TOOL=f"{theirs.url}/{tool.name}/.git")
    assert done.returncode not in {0, 1}
    assert theirs.asked
    assert theirs.given == []


@pytest.mark.slow
@pytest.mark.parametrize("followed", [False, True], ids=["ours", "where the machine follows"])
def test_nor_one_that_the_server_of_the_project_leads_to(forge: Forge, job: Job, *, followed: bool) -> None:
    forge.commit(FILES)
    with serve(forge.server, token=TOKEN) as theirs, serve(forge.server, token=TOKEN, leads_to=theirs.url) as ours:
        done = job(forge.check_out("main"), **at(ours), **(following(ours) if followed else {}))
    assert done.returncode not in {0, 1}
    assert bool(theirs.asked) == followed
    assert theirs.given == []


@pytest.mark.slow
def test_the_job_keeps_no_token(forge: Forge, job: Job, tmp_path: Path) -> None:
    forge.commit(FILES)
    done = job(forge.check_out("main"))
    kept = [file for file in (tmp_path / "tmp").rglob("*") if file.is_file() and not file.is_symlink()]
    assert any(file.name == "FETCH_HEAD" for file in kept)
    assert [file for file in kept if TOKEN.encode() in file.read_bytes()] == []
    assert TOKEN not in done.stdout


@pytest.mark.slow
def test_the_job_installs_the_tool_as_the_action_does_and_reviews(forge: Forge, job: Job, tmp_path: Path) -> None:
    forge.commit(FILES)
    modules = dict.fromkeys(("json.py", "venv.py", "re.py", "pip/__main__.py"), "raise SystemExit(0)\n")
    forge.commit(modules, branch="proposal")
    done = job(forge.check_out("proposal"))
    assert done.returncode == 1, done.stdout
    assert "error house/modalities-stated fail: No modality is stated." in done.stdout
    (venv,) = (tmp_path / "tmp").glob("*/venv")
    tool = venv.parent / "tool"
    *given, constraints, for_the_build = (venv / "pip-was-given").read_text(encoding="utf-8").splitlines()
    assert given == [*INSTALL, "./tool"]
    assert constraints == for_the_build == str(tool / "constraints.txt")
    assert all((tool / name).exists() for name in ("constraints.txt", "pyproject.toml", "src"))
    assert (venv / "venv-was-given").read_text(encoding="utf-8").split() == ["-I", "-m", "venv", "venv"]
    action = (ROOT / "action.yml").read_text(encoding="utf-8")
    assert f'{" ".join(INSTALL)} "$GITHUB_ACTION_PATH"' in action


def test_the_job_runs_for_merge_requests_and_may_not_fail_unseen() -> None:
    assert [rule["if"] for rule in JOB["rules"]] == [
        '$CI_PIPELINE_SOURCE == "merge_request_event"',
        "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH",
    ]
    assert "allow_failure" not in JOB
    assert JOB["artifacts"]["when"] == "always"


def outside_of_quotes(script: str) -> list[str]:
    outside = re.sub(r"""'[^']*'|"(?:[^"$]|\$(?!\())*(?:\$\([^)]*\))?[^"]*\"""", "", script)
    return re.findall(r"\$\{?(\w+)", outside)


def test_every_variable_stands_in_quotes() -> None:
    script = "\n".join(JOB["script"])
    assert outside_of_quotes(script) == []
    assert outside_of_quotes(f"{script}\nfor name in $NAMES; do :; done") == ["NAMES"]
