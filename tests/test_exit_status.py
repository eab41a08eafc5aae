"""Every row of the table of exit statuses, as a shell sees it. Source: DESIGN.md, section 7.

What becomes of a signal while a manifest is read, and of streams that are closed, is in tests/cli/test_door.py.
"""

from __future__ import annotations

import json
import signal
import subprocess
from pathlib import Path

import bad_input
import command_line
import pytest
from command_line import GOOD, NO_VERDICT, POLICY, RunHere

pytestmark = pytest.mark.slow

HELD = GOOD.replace('"released"', '"planned"')
SILENT = GOOD.replace('stage = "released"\n', "")
BAD = GOOD.replace("[release]", "[relase]")
WAIVER = """\
schema = "release-waivers/1"
[[waiver]]
id = "w1"
rule = "small/released"
release = "acme/one"
reason = "accepted-risk"
justification = "It is a pilot."
owner = "release team"
approved_by = "release board"
ticket = "REL-7"
created = 2026-01-01
expires = 2026-01-31
"""
TODAY = ("--today", "2026-01-31", "--as-of", "2026-01-31")
AT_THREATS = "given = '/threat/*'\nassert"

FILES = {
    "good.toml": GOOD,
    "held.toml": HELD,
    "silent.toml": SILENT,
    "bad.toml": BAD,
    "large.toml": GOOD + "#" * (1 << 20),
    "small.toml": POLICY,
    "warning.toml": POLICY.replace('"error"', '"warning"'),
    "note.toml": POLICY.replace('"error"', '"note"'),
    "later.toml": POLICY.replace("assert", "effective = 2026-02-01\nassert"),
    "since.toml": POLICY.replace("assert", "effective = 2026-01-31\nassert"),
    "threats.toml": POLICY.replace('"small"', '"threats"').replace("assert", AT_THREATS),
    "no-rule.toml": POLICY.split("[[rule]]", maxsplit=1)[0],
    "misspelt.toml": POLICY.replace("severity", "severty"),
    "waivers.toml": WAIVER,
    "lapsed.toml": WAIVER.replace("01-31", "01-30"),
    "misspelt-waivers.toml": WAIVER.replace("expires", "expire"),
    "nothing-selected.toml": "policy = []\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder with manifests, policies and waivers of every kind."""
    folder = tmp_path / "checkout"
    bad_input.write_all(folder, FILES)
    return folder


def policy(name: str, *arguments: str) -> tuple[str, ...]:
    """Give the arguments of a check by one policy."""
    return ("check", "--isolated", *TODAY, "--policy", f"{name}.toml", *arguments)


def small(*arguments: str) -> tuple[str, ...]:
    """Give the arguments of a check by a policy that asks whether the release is out."""
    return policy("small", *arguments)


PASSES = {
    "every rule holds": small("good.toml"),
    "what fails is a warning": policy("warning", "held.toml"),
    "what is unknown is a warning": policy("warning", "silent.toml"),
    "what fails is a note": policy("note", "held.toml"),
    "what fails takes effect tomorrow": policy("later", "held.toml"),
    "what fails is waived": small("--waivers", "waivers.toml", "held.toml"),
    "what is unknown is waived": small("--waivers", "waivers.toml", "silent.toml"),
    "a rule applies and another does not": small("--policy", "threats.toml", "good.toml"),
    "all of several pass": small("good.toml", "good.toml"),
    "blocked, and that is no matter": small("--exit-zero", "held.toml"),
    "unknown, and that is no matter": small("--exit-zero", "silent.toml"),
    "one of several is blocked, and that is no matter": small("--exit-zero", "good.toml", "held.toml"),
}
BLOCKED = {
    "a rule fails": small("held.toml"),
    "a rule is unknown": small("silent.toml"),
    "what fails takes effect today": policy("since", "held.toml"),
    "the waiver lapsed yesterday": small("--waivers", "lapsed.toml", "held.toml"),
    "the first of several is blocked": small("held.toml", "good.toml"),
    "the last of several is blocked": small("good.toml", "held.toml"),
}
ERRORS = {
    "an option is misspelt": small("--as-off", "2026-01-01", "good.toml"),
    "a manifest is missing": small("missing.toml"),
    "a manifest is invalid": small("bad.toml"),
    "a manifest is too large": small("large.toml"),
    "a policy is missing": policy("missing", "good.toml"),
    "a policy is misspelt": policy("misspelt", "good.toml"),
    "the waivers are missing": small("--waivers", "missing.toml", "good.toml"),
    "the waivers are misspelt": small("--waivers", "misspelt-waivers.toml", "good.toml"),
    "there is no plugin to leave out": small("--without-plugin", "acme", "good.toml"),
    "there is no manifest": small(),
    "there is no policy": ("check", "--config", "nothing-selected.toml", "good.toml"),
    "there is no rule": policy("no-rule", "good.toml"),
    "no rule applies": policy("threats", "good.toml"),
    "no rule applies to one of several": policy("threats", "good.toml", "good.toml"),
    "error beats pass": small("good.toml", "bad.toml"),
    "error beats blocked": small("bad.toml", "held.toml"),
    "blocked does not beat error": small("held.toml", "bad.toml", "good.toml"),
    "an output has no place": small("--output", "json=nowhere/report.json", "good.toml"),
    "an output is no matter of --exit-zero": small("--exit-zero", "--output", "json=nowhere/report.json", "held.toml"),
    "an error is no matter of --exit-zero": small("--exit-zero", "held.toml", "bad.toml"),
    "nothing to check is no matter of --exit-zero": policy("threats", "--exit-zero", "good.toml"),
}


WHOLE = (
    *("every rule holds", "one of several is blocked, and that is no matter", "a rule fails"),
    *("an option is misspelt", "a manifest is invalid", "no rule applies", "error beats blocked"),
)
"""What is also run in a process of its own."""


@pytest.fixture
def run_here(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> RunHere:
    return command_line.runner(folder, monkeypatch, capsys)


@pytest.mark.parametrize("name", WHOLE)
def test_a_process_ends_with_the_status_of_the_command(folder: Path, run_here: RunHere, name: str) -> None:
    arguments = {**PASSES, **BLOCKED, **ERRORS}[name]
    run = command_line.run(folder, *arguments)
    assert run == run_here(*arguments)
    assert run.status == (0 if name in PASSES else 1 if name in BLOCKED else 2)


@pytest.mark.parametrize("arguments", PASSES.values(), ids=PASSES)
def test_a_pass_is_0(run_here: RunHere, arguments: tuple[str, ...]) -> None:
    run = run_here(*arguments)
    assert (run.status, run.err) == (0, "")
    assert run.out != ""


@pytest.mark.parametrize("arguments", BLOCKED.values(), ids=BLOCKED)
def test_what_is_blocked_is_1(run_here: RunHere, arguments: tuple[str, ...]) -> None:
    run = run_here(*arguments)
    assert (run.status, run.err) == (1, "")
    assert "blocked" in run.out


@pytest.mark.parametrize("arguments", ERRORS.values(), ids=ERRORS)
def test_no_verdict_is_2(run_here: RunHere, arguments: tuple[str, ...]) -> None:
    run = run_here(*arguments)
    assert run.status == 2
    *errors, last = run.err.splitlines()
    assert errors
    assert all(error.startswith("error: ") for error in errors)
    assert last == NO_VERDICT


@pytest.mark.parametrize("name", ["fails to import", "gives a number"])
def test_a_plugin_at_fault_is_2(folder: Path, tmp_path: Path, name: str) -> None:
    site = command_line.install(tmp_path / "site", bad_input.PLUGINS[name])
    assert command_line.run(folder, *small("--exit-zero", "good.toml"), site=site).status == 2


def test_a_rule_that_broke_is_2_whatever_else_fails(folder: Path, tmp_path: Path) -> None:
    (folder / "two.toml").write_text(HELD.replace("acme/one", "acme/two"), encoding="utf-8")
    site = command_line.install(tmp_path / "site", bad_input.RULES["raises"])
    run = command_line.run(folder, *small("--policy", "acme", "--exit-zero", "two.toml"), site=site)
    assert run.status == 2
    assert run.err.endswith(f"{NO_VERDICT}\n")


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="needs a folder in which nobody can make a file")
@pytest.mark.parametrize("manifest", ["good.toml", "held.toml"])
def test_an_output_that_is_not_written_is_2(folder: Path, manifest: str) -> None:
    run = command_line.run(folder, *small("--exit-zero", "--output", "json=/proc/report.json", manifest))
    assert run.status == 2
    assert run.err.startswith("error: /proc/report.json: the report could not be written: ")
    assert run.err.endswith(f"{NO_VERDICT}\n")
    assert run.out.startswith(f"{manifest}")


@pytest.mark.parametrize("redirect", [">&-", ">/dev/full"])
@pytest.mark.parametrize("manifest", ["good.toml", "held.toml", "bad.toml"])
def test_a_report_that_does_not_arrive_is_2_whatever_it_says(folder: Path, manifest: str, redirect: str) -> None:
    run = command_line.run(folder, *small("--exit-zero", manifest), redirect=redirect)
    assert run.status == 2
    assert "error: stdout " in run.err
    assert run.err.endswith(f"{NO_VERDICT}\n")


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_leaves_halfway_is_2(folder: Path, unbuffered: str) -> None:
    # Two hundred reports are more than any pipe holds.
    arguments = small("--output-format", "json", *["good.toml"] * 200)
    with subprocess.Popen(
        command_line.command(*arguments),
        cwd=folder,
        env={**command_line.environment(), "PYTHONUNBUFFERED": unbuffered},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout
        assert process.stderr
        assert process.stdout.read(1) == b"{"
        process.stdout.close()
        err = process.stderr.read().decode()
    assert process.returncode == 2
    assert err.splitlines() == [
        "error: stdout does not take the text: Broken pipe; free the device or keep the pipe open",
        NO_VERDICT,
    ]


WAITS = "import sys, time\n    print('ready', file=sys.stderr, flush=True)\n    time.sleep(600)\n"
WAITING = {
    "rule": f"def check(context):\n    {WAITS}    return []\n{command_line.PLUGIN_TAIL}",
    "hook": f"@hookimpl\ndef release_review_policies():\n    {WAITS}    return []\n",
}


@pytest.mark.parametrize("place", WAITING)
@pytest.mark.parametrize(
    ("number", "status", "word"),
    [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")],
)
def test_a_signal_ends_the_run_whoever_is_at_work(
    folder: Path, tmp_path: Path, place: str, number: signal.Signals, status: int, word: str
) -> None:
    site = command_line.install(tmp_path / "site", WAITING[place])
    policies = ("--policy", "acme") if place == "rule" else ()
    arguments = small(*policies, "--exit-zero", "--output", "json=report.json", "good.toml", "bad.toml")
    with subprocess.Popen(
        command_line.command(*arguments),
        cwd=folder,
        env=command_line.environment(site),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stderr
        assert process.stderr.readline() == b"ready\n"
        process.send_signal(number)
        out, err = process.communicate(timeout=command_line.TIMEOUT_SECONDS)
    assert process.returncode == status
    assert (out, err.decode()) == (b"", f"{word}: no verdict was reached\n")
    assert not (folder / "report.json").exists()


def test_a_report_that_says_error_comes_with_2(folder: Path) -> None:
    run = command_line.run(folder, *small("--output-format", "json", "held.toml", "bad.toml"))
    assert (run.status, json.loads(run.out)["verdict"]) == (2, "error")
