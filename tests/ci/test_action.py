"""The GitHub action: its own scripts are run, on a made-up runner, in a checkout of a pull request."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

import pytest
import yaml
from action_runner import Ran, Runner
from forge import NAME, Forge, git
from gate_files import FILES, MANIFEST, MANIFEST_THAT_PASSES, POLICY, weakened
from git_server import following, serve
from package_index import package_index

pytestmark = pytest.mark.no_cover

ROOT = Path(__file__).parent.parent.parent
ACTION = ROOT / "action.yml"
DEFINITION: dict[str, Any] = yaml.safe_load(ACTION.read_text(encoding="utf-8"))
TOKEN = "a-token-of-this-test"  # noqa: S105 - it opens nothing
INSTALL = "Install release-review"
PULL_REQUEST = {
    "token": TOKEN,
    "base_ref": "main",
    "repository": NAME,
    "event.pull_request.head.repo.full_name": NAME,
}

MARKER = "import pathlib, os; pathlib.Path(os.environ['RUNNER_TEMP'], 'imported').touch(); os._exit(0)\n"
MODULES = dict.fromkeys(
    (
        *("json.py", "venv.py", "sitecustomize.py", "tomli.py", "pip/__init__.py", "pip/__main__.py"),
        *("release_review/__init__.py", "release_review/__main__.py"),
    ),
    MARKER,
)

STAND_IN = """#!/usr/bin/env bash
printf '%s\\0' "$@" > "$RUNNER_TEMP/arguments"
{action}
exit {status}
"""


class Act(Protocol):
    """Run the action in a workspace."""

    def __call__(self, workspace: Path, *, stand_in: str = "", **settings: Any) -> Ran: ...


def ours_on(folder: Path) -> Path:
    return folder / "machine" / "temp" / "release-review.1"


@pytest.fixture
def act(forge: Forge, tmp_path: Path, venv: Path) -> Act:
    def run(
        workspace: Path,
        *,
        stand_in: str = "",
        install: Callable[[], Mapping[str, str]] | None = None,
        event: str = "pull_request",
        github: dict[str, str] | None = None,
        variables: dict[str, str] | None = None,
        **inputs: str,
    ) -> Ran:
        ours = ours_on(tmp_path)

        def prepare() -> Mapping[str, str]:
            ours.mkdir()
            if not stand_in:
                (ours / "venv").symlink_to(venv)
                return {"folder": str(ours)}
            program = ours / "venv" / "bin" / "python"
            program.parent.mkdir(parents=True)
            program.write_text(stand_in, encoding="utf-8")
            program.chmod(0o755)
            return {"folder": str(ours)}

        runner = Runner(
            folder=tmp_path / "machine",
            workspace=workspace,
            event=event,
            variables={"GITHUB_SERVER_URL": forge.url, "GITHUB_REPOSITORY": NAME, **(variables or {})},
            github={**PULL_REQUEST, **(github or {})},
            instead={INSTALL: install or prepare},
        )
        runner.folder.mkdir()
        return runner.run(ACTION, **inputs)

    return run


def arguments_of(tmp_path: Path) -> list[str]:
    return (tmp_path / "machine" / "temp" / "arguments").read_text(encoding="utf-8").split("\0")[:-1]


def report_of(ran: Ran) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(Path(ran.outputs["reports"], "report.json").read_text(encoding="utf-8"))
    return report


# What a pull request may not do ---------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("what", ["policy", "waivers", "baseline", "configuration", "modules", "all of them"])
def test_a_pull_request_that_weakens_its_own_gate_is_blocked(forge: Forge, act: Act, tmp_path: Path, what: str) -> None:
    forge.commit(FILES)
    changes = {**weakened(), "modules": MODULES}
    files = changes.get(what) or {name: text for change in changes.values() for name, text in change.items()}
    forge.commit(files, branch="proposal")
    ran = act(forge.check_out("proposal"))
    assert (ran.status, ran.outputs["verdict"]) == (1, "blocked")
    assert "No modality is stated." in ran.summary
    assert not (tmp_path / "machine" / "temp" / "imported").exists()


@pytest.mark.slow
@pytest.mark.parametrize("what", ["policy", "waivers", "baseline", "configuration"])
def test_the_same_change_counts_once_the_branch_has_it(forge: Forge, act: Act, what: str) -> None:
    forge.commit(FILES)
    forge.commit(weakened()[what])
    forge.commit({"README.md": "One.\n"}, branch="proposal")
    ran = act(forge.check_out("proposal"))
    assert (ran.status, ran.outputs["verdict"]) == (0, "pass")


@pytest.mark.slow
def test_a_waiver_that_was_withdrawn_after_the_pull_request_was_made_does_not_hold(forge: Forge, act: Act) -> None:
    forge.commit(FILES | weakened()["waivers"])
    forge.commit({"README.md": "One.\n"}, branch="proposal")
    workspace = forge.check_out("proposal")
    forge.back_to("main")
    forge.commit({"waivers.toml": FILES["waivers.toml"]})
    assert act(workspace).outputs["verdict"] == "blocked"


@pytest.mark.slow
def test_the_manifest_is_that_of_the_pull_request(forge: Forge, act: Act) -> None:
    forge.commit(FILES | {"release.toml": MANIFEST_THAT_PASSES})
    forge.commit({"release.toml": MANIFEST}, branch="proposal")
    assert act(forge.check_out("proposal")).status == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("event", "context"),
    [("push", {"base_ref": ""}), ("merge_group", {"base_ref": "", "event.merge_group.base_ref": "refs/heads/main"})],
)
def test_other_events_take_the_gate_from_the_branch_that_is_protected(
    forge: Forge, act: Act, event: str, context: dict[str, str]
) -> None:
    forge.commit(FILES)
    forge.commit(weakened()["policy"], branch="proposal")
    assert act(forge.check_out("proposal"), event=event, github=context).outputs["verdict"] == "blocked"


@pytest.mark.slow
def test_a_branch_that_cannot_be_fetched_is_no_verdict(forge: Forge, act: Act) -> None:
    forge.commit(FILES | {"release.toml": MANIFEST_THAT_PASSES})
    ran = act(forge.check_out("main"), github={"base_ref": "gone"})
    assert ran.status != 0
    assert "Check" not in ran.steps
    assert "::error title=release-review::No verdict was reached" in ran.log


@pytest.mark.slow
def test_a_folder_that_is_named_is_trusted_and_nothing_is_fetched(forge: Forge, act: Act, tmp_path: Path) -> None:
    forge.commit(FILES | weakened()["policy"])
    trusted = tmp_path / "trusted"
    trusted.mkdir()
    (trusted / "gate.toml").write_text(POLICY, encoding="utf-8")
    ran = act(forge.check_out("main"), trusted=str(trusted), policies="./gate.toml")
    assert (ran.status, "Fetch what is trusted" in ran.steps) == (1, False)
    assert not (ours_on(tmp_path) / "trusted").exists()


@pytest.mark.slow
def test_a_checkout_beside_the_files_under_review_is_trusted_and_one_of_their_folders_is_not(
    forge: Forge, act: Act, tmp_path: Path
) -> None:
    forge.commit(FILES)
    workspace = forge.check_out("main")
    checkout = tmp_path / "workspace" / "gate"
    checkout.mkdir()
    (checkout / "strict.toml").write_text(POLICY, encoding="utf-8")
    assert act(workspace, trusted="gate", policies="./strict.toml").outputs["verdict"] == "error"
    git(checkout, "init", "--quiet")
    shutil.rmtree(tmp_path / "machine")
    assert act(workspace, trusted="gate", policies="./strict.toml").outputs["verdict"] == "blocked"


@pytest.mark.slow
def test_the_token_is_in_no_file(forge: Forge, act: Act, tmp_path: Path) -> None:
    forge.commit(FILES)
    ran = act(forge.check_out("main"))
    ours = ours_on(tmp_path)
    kept = [file for folder in ("trusted", "reports") for file in (ours / folder).rglob("*") if file.is_file()]
    assert kept
    assert [file for file in kept if TOKEN.encode() in file.read_bytes()] == []
    assert TOKEN not in ran.log


@pytest.mark.slow
def test_the_server_of_the_repository_is_given_the_token(forge: Forge, act: Act) -> None:
    forge.commit(FILES)
    with serve(forge.server, token=TOKEN) as ours:
        ran = act(forge.check_out("main"), variables={"GITHUB_SERVER_URL": ours.url})
    assert (ran.status, ran.outputs["verdict"]) == (1, "blocked"), ran.log
    assert set(ours.given) == {TOKEN}


@pytest.mark.parametrize("followed", [False, True], ids=["ours", "where the machine follows"])
def test_a_server_that_it_leads_to_is_not(forge: Forge, act: Act, *, followed: bool) -> None:
    forge.commit(FILES)
    stand_in = STAND_IN.format(action="", status=0)
    with serve(forge.server, token=TOKEN) as theirs, serve(forge.server, token=TOKEN, leads_to=theirs.url) as ours:
        variables = {"GITHUB_SERVER_URL": ours.url, **(following(ours) if followed else {})}
        ran = act(forge.check_out("main"), stand_in=stand_in, variables=variables)
    assert (ran.status != 0, "Check" in ran.steps) == (True, False)
    assert bool(theirs.asked) == followed
    assert theirs.given == []


@pytest.mark.parametrize(("event", "warned"), [("pull_request", 0), ("pull_request_target", 1), ("workflow_run", 1)])
def test_an_event_whose_job_has_secrets_is_warned_of(forge: Forge, act: Act, event: str, warned: int) -> None:
    forge.commit(FILES)
    ran = act(forge.check_out("main"), event=event, stand_in=STAND_IN.format(action="", status=0))
    assert ran.log.count("::warning title=release-review::") == warned


# What a run leaves ----------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_release_that_is_blocked_shows_its_findings_everywhere(forge: Forge, act: Act) -> None:
    forge.commit(FILES)
    ran = act(forge.check_out("main"), sarif="true")
    assert ran.status == 1
    assert re.search(
        r"^::error [^\n]*file=release\.toml,line=3[,:][^\n]*No modality is stated\.", ran.log, re.MULTILINE
    )
    reports = Path(ran.outputs["reports"])
    assert sorted(file.name for file in reports.iterdir()) == [
        "report.html",
        "report.json",
        "report.sarif",
        "summary.md",
    ]
    assert ran.summary == (reports / "summary.md").read_text(encoding="utf-8")
    assert "No modality is stated." in ran.summary
    assert report_of(ran)["verdict"] == "blocked"
    ((action, given),) = ran.uses.items()
    assert action.startswith("github/codeql-action/upload-sarif@")
    assert given == {"sarif_file": str(reports / "report.sarif"), "category": "release-review"}
    assert ran.steps[-1] == "Pass the verdict on"


@pytest.mark.slow
def test_a_release_that_passes_is_status_0(forge: Forge, act: Act) -> None:
    forge.commit(FILES | {"release.toml": MANIFEST_THAT_PASSES})
    ran = act(forge.check_out("main"))
    reports = ran.outputs.pop("reports")
    assert (ran.status, ran.outputs) == (0, {"status": "0", "verdict": "pass"})
    assert Path(reports, "report.html").is_file()
    assert "::error" not in ran.log


@pytest.mark.slow
@pytest.mark.parametrize(
    "manifests", ["gone.toml", "models/*/release.toml", "", "broken.toml", "release.?oml", "../*/release.toml"]
)
def test_what_cannot_be_reviewed_is_no_verdict(forge: Forge, act: Act, manifests: str) -> None:
    forge.commit(FILES | {"broken.toml": "schema = \n"})
    ran = act(forge.check_out("main"), manifests=manifests)
    assert (ran.status, ran.outputs["status"], ran.outputs["verdict"]) == (2, "2", "error")
    assert "::error title=release-review::No verdict was reached" in ran.log
    assert ran.summary


@pytest.mark.parametrize("status", [0, 1, 2, 130, 139])
def test_the_status_is_passed_on_and_all_others_are_no_verdict(forge: Forge, act: Act, status: int) -> None:
    forge.commit(FILES)
    ran = act(forge.check_out("main"), stand_in=STAND_IN.format(action="", status=status))
    assert ran.status == min(status, 2)
    assert ran.outputs["verdict"] == {0: "pass", 1: "blocked"}.get(status, "error")
    assert ran.summary == "release-review has no summary of this run; the log of the job has its report.\n"


def test_a_tool_that_is_not_installed_is_no_verdict(forge: Forge, act: Act, tmp_path: Path) -> None:
    forge.commit(FILES)
    ours = ours_on(tmp_path)

    def leave_out() -> Mapping[str, str]:
        ours.mkdir()
        return {"folder": str(ours)}

    ran = act(forge.check_out("main"), install=leave_out)
    assert (ran.status, ran.outputs["verdict"]) == (2, "error")


def test_a_summary_is_left_as_it_was_written(forge: Forge, act: Act) -> None:
    forge.commit(FILES)
    stand_in = STAND_IN.format(action='echo "Ours." >> "$GITHUB_STEP_SUMMARY"', status=1)
    assert act(forge.check_out("main"), stand_in=stand_in).summary == "Ours.\n"


def test_no_summary_is_written_where_none_is_wanted(forge: Forge, act: Act) -> None:
    forge.commit(FILES)
    stand_in = STAND_IN.format(action='echo "${GITHUB_STEP_SUMMARY-unset}"', status=1)
    ran = act(forge.check_out("main"), summary="false", stand_in=stand_in)
    assert (ran.summary, "unset\n" in ran.log) == ("", True)


WRITE_SARIF = (
    'for argument in "$@"; do case "$argument" in --output=sarif=*) echo {} > "${argument#*=*=}" ;; esac; done'
)


@pytest.mark.parametrize(
    ("wanted", "event", "repository", "written", "sent"),
    [
        ("true", "pull_request", NAME, True, True),
        ("true", "push", "", True, True),
        ("false", "push", "", True, False),
        ("true", "pull_request", "somebody/model", True, False),
        ("true", "push", "", False, False),
    ],
)
def test_findings_are_sent_where_that_is_wanted_and_possible(
    forge: Forge, act: Act, wanted: str, event: str, repository: str, *, written: bool, sent: bool
) -> None:
    forge.commit(FILES)
    ran = act(
        forge.check_out("main"),
        sarif=wanted,
        category="weights",
        event=event,
        github={"event.pull_request.head.repo.full_name": repository},
        stand_in=STAND_IN.format(action=WRITE_SARIF if written else "", status=1),
    )
    assert [given["category"] for given in ran.uses.values()] == ["weights"] * sent
    assert ran.status == 1


# What the inputs become -----------------------------------------------------------------------------------------------


def test_without_inputs_one_run_gives_every_report(forge: Forge, act: Act, tmp_path: Path) -> None:
    forge.commit(FILES)
    act(forge.check_out("main"), stand_in=STAND_IN.format(action="", status=0))
    ours = ours_on(tmp_path)
    reports = ours / "reports"
    assert arguments_of(tmp_path) == [
        *("-I", "-m", "release_review", "check", f"--trusted={ours}/trusted", "--output-format=github"),
        *(f"--output=markdown={reports}/summary.md", f"--output=html={reports}/report.html"),
        *(f"--output=json={reports}/report.json", f"--output=sarif={reports}/report.sarif"),
        *("--", "release.toml"),
    ]


def test_every_line_of_an_input_is_one_argument(forge: Forge, act: Act, tmp_path: Path) -> None:
    forge.commit(FILES)
    act(
        forge.check_out("main"),
        stand_in=STAND_IN.format(action="", status=0),
        manifests="a.toml\nb c.toml\n\n-\n--policy=x.toml\n",
        policies="open-release\nmine policy/\n",
        waivers="my waivers.toml",
        baseline="baseline.toml",
    )
    given = arguments_of(tmp_path)
    options, names = given[: given.index("--")], given[given.index("--") + 1 :]
    assert options[-4:] == [
        *("--policy=open-release", "--policy=mine policy/", "--waivers=my waivers.toml", "--baseline=baseline.toml")
    ]
    assert names == ["a.toml", "b c.toml", "./-", "./--policy=x.toml"]


def test_no_input_is_run(forge: Forge, act: Act, tmp_path: Path) -> None:
    forge.commit(FILES)
    hostile = f"$(touch {tmp_path}/ran)`touch {tmp_path}/ran`;touch {tmp_path}/ran"
    inputs = {name: hostile for name in DEFINITION["inputs"] if name != "trusted"}
    ran = act(forge.check_out("main"), stand_in=STAND_IN.format(action="", status=0), **inputs)
    assert ran.status == 0
    assert arguments_of(tmp_path)[-1] == hostile
    assert not (tmp_path / "ran").exists()


def test_no_script_has_an_expression_in_it() -> None:
    assert [step["name"] for step in DEFINITION["runs"]["steps"] if "${{" in step.get("run", "")] == []


HOSTILE_NAMES = (
    "a model",
    "-q",
    "--exit-zero",
    "--policy=weak",
    "two\nlines",
    "::set-output name=status::0",
    "[a]",
    "$(x)",
)


@pytest.mark.slow
def test_every_manifest_that_a_pattern_stands_for_is_reviewed_whatever_it_is_called(forge: Forge, act: Act) -> None:
    manifests = {f"models/{name}/release.toml": MANIFEST for name in HOSTILE_NAMES}
    manifests["models/a model/release.toml"] = MANIFEST_THAT_PASSES
    forge.commit(FILES | manifests | {"models/--policy=weak/weak.toml": weakened()["configuration"]["weak.toml"]})
    ran = act(forge.check_out("main"), manifests="models/*/release.toml")
    assert ran.status == 1
    verdicts = sorted(report["verdict"] for report in report_of(ran)["reports"])
    assert verdicts == ["blocked"] * (len(HOSTILE_NAMES) - 1) + ["pass"]
    assert ran.outputs.keys() == {"status", "verdict", "reports"}
    commands = {line.split("::")[1].split(" ")[0] for line in ran.log.splitlines() if line.lstrip().startswith("::")}
    assert commands <= {"error", "warning", "notice"}


@pytest.mark.slow
@pytest.mark.parametrize("added", ["models/llama7/release.toml", "models/llamab/release.toml"])
def test_no_file_takes_the_place_of_one_with_a_bracket_in_its_name(forge: Forge, act: Act, added: str) -> None:
    named = "models/llama[7b]/release.toml"
    forge.commit(FILES | {named: MANIFEST})
    forge.commit({added: MANIFEST_THAT_PASSES}, branch="proposal")
    ran = act(forge.check_out("proposal"), manifests=named)
    assert (ran.status, ran.outputs["verdict"]) == (1, "blocked")
    assert (f"`{named}`" in ran.summary, added in ran.summary) == (True, False)


@pytest.mark.slow
def test_each_use_in_a_job_keeps_its_reports(forge: Forge, tmp_path: Path, shims: Path) -> None:
    forge.commit(FILES | {"good.toml": MANIFEST_THAT_PASSES})
    runner = Runner(
        folder=tmp_path / "machine",
        workspace=forge.check_out("main"),
        variables={
            "GITHUB_SERVER_URL": forge.url,
            "GITHUB_REPOSITORY": NAME,
            "PATH": f"{shims}:{os.environ['PATH']}",
        },
        github=PULL_REQUEST,
    )
    runner.folder.mkdir()
    runs = [runner.run(ACTION, manifests=name) for name in ("release.toml", "good.toml")]
    assert [ran.status for ran in runs] == [1, 0], runs
    assert [report_of(ran)["verdict"] for ran in runs] == ["blocked", "pass"]
    assert runs[0].summary != runs[1].summary


@pytest.mark.slow
def test_the_action_installs_itself_and_reviews(forge: Forge, act: Act, tmp_path: Path) -> None:
    variables = package_index()
    forge.commit(FILES)
    forge.commit(MODULES, branch="proposal")
    machine = tmp_path / "machine"
    runner = Runner(
        folder=machine,
        workspace=forge.check_out("proposal"),
        variables={"GITHUB_SERVER_URL": forge.url, "GITHUB_REPOSITORY": NAME, **variables},
        github={"token": TOKEN, "base_ref": "main"},
    )
    machine.mkdir()
    ran = runner.run(ACTION)
    assert (ran.status, ran.outputs["verdict"]) == (1, "blocked"), ran.log
    assert "No modality is stated." in ran.summary
    assert not (machine / "temp" / "imported").exists()
