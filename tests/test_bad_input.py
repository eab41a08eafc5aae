"""Bad input, through the command line: what is said of each fault, to the letter; no other manifest is lost.

Every run has a good manifest before and behind the bad one. What stderr says stands in tests/golden/bad_input.

A run is a command in this process, which costs a tenth of one in a process of its own. Of each kind one is run in both
ways, and has to come out alike; what may hang, eat memory or meddle with the streams has a process of its own.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import bad_input
import command_line
import pytest
from command_line import GOOD, NO_VERDICT, POLICY, Run, RunHere

Golden = Callable[[str, str], None]

pytestmark = pytest.mark.slow

CHECK = ("check", "--isolated", "--today", "2026-01-01", "--output-format", "json")
SMALL = (*CHECK, "--policy", "small.toml")
MEMORY_BYTES = 256 << 20

QUOTED = re.compile(r" *[0-9]* \|")
"""The start of a line of the file, or of the caret below it."""

CLAUSE = r"[^;]+; \S.*"
"""What is wrong, and what to do."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder with a policy and a manifest that fits it."""
    folder = tmp_path / "checkout"
    bad_input.write_all(folder, {"small.toml": POLICY, "good.toml": GOOD})
    return folder


@pytest.fixture
def run_here(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> RunHere:
    return command_line.runner(folder, monkeypatch, capsys)


def run_each(folder: Path, run_here: RunHere, commands: Mapping[str, tuple[str, ...]]) -> dict[str, Run]:
    """Run a command for each name, and the first for each ending of a name also in a process of its own."""
    runs, seen = {}, set()
    for name, command in commands.items():
        if "fifo" in name:  # whoever opens it waits for ever
            runs[name] = command_line.run(folder, *command)
            continue
        runs[name] = run_here(*command)
        if (ending := Path(name).suffix) not in seen:
            seen.add(ending)
            assert runs[name] == command_line.run(folder, *command)
    return runs


def run_with_each(
    folder: Path, run_here: RunHere, sites: Mapping[str, Path], command: tuple[str, ...]
) -> dict[str, Run]:
    """Run a command with the plugin of each site, and the first also in a process of its own."""
    runs = {name: run_here(*command, site=site) for name, site in sites.items()}
    first = next(iter(sites))
    assert runs[first] == command_line.run(folder, *command, site=sites[first])
    return runs


def lines_of(runs: Mapping[str, Run]) -> str:
    """Give what stderr said in each run."""
    return "\n".join(f"# {name}\n{run.err}" for name, run in runs.items())


def errors_of(run: Run) -> list[str]:
    """Give the errors of a run that ended without a verdict, as it is to end."""
    assert run.status == 2
    *errors, last = run.err.splitlines()
    assert last == NO_VERDICT
    assert "Traceback" not in run.err
    return [error.removeprefix("error: ") for error in errors if error.startswith("error: ")]


def assert_told(run: Run, pattern: str, *, errors: int = 1) -> None:
    """See that each error is one line, of one shape, and that nothing else is said but what stands in the file."""
    told = errors_of(run)
    assert len(told) == errors == sum(not QUOTED.match(line) for line in run.err.splitlines()) - 1
    for error in told:
        assert re.fullmatch(pattern, error), error


def check_manifests(folder: Path, run_here: RunHere, names: Iterable[str]) -> dict[str, Run]:
    """Check each manifest between two good ones."""
    return run_each(folder, run_here, {name: (*SMALL, "good.toml", name, "good.toml") for name in names})


def assert_no_other_is_lost(run: Run) -> None:
    """See that both good manifests have their report, and the bad one its errors."""
    before, bad, after = json.loads(run.out)["reports"]
    assert [before["verdict"], bad["verdict"], after["verdict"]] == ["pass", "error", "pass"]
    assert before == after
    assert bad["errors"] == errors_of(run)


def test_what_is_no_readable_file_is_told(folder: Path, run_here: RunHere, golden: Golden) -> None:
    bad_input.write_all(folder, bad_input.FILES)
    (folder / "folder.toml").mkdir()
    (folder / "link.toml").symlink_to("good.toml")
    os.mkfifo(folder / "fifo.toml")
    names = ["missing.toml", "folder.toml", "link.toml", "fifo.toml", "/dev/null", *bad_input.FILES]
    runs = check_manifests(folder, run_here, names)
    for name, run in runs.items():
        # Where the bytes are text up to a point, that point is told.
        assert_told(run, rf"{re.escape(name)}(:\d+:\d+)?: {CLAUSE}")
        assert_no_other_is_lost(run)
    golden("bad_input/files.txt", lines_of(runs))


@pytest.mark.parametrize("group", ["syntax", "values", "evidence"])
def test_what_is_wrong_in_a_manifest_is_told_with_its_place(
    folder: Path, run_here: RunHere, golden: Golden, group: str
) -> None:
    manifests: Mapping[str, str] = getattr(bad_input, group.upper())
    bad_input.write_all(folder, manifests)
    bad_input.write_evidence(folder)
    runs = check_manifests(folder, run_here, manifests)
    for name, run in runs.items():
        assert_told(run, rf"{re.escape(name)}:\d+:\d+: {CLAUSE}", errors=2 if name == "two-faults.toml" else 1)
        assert_no_other_is_lost(run)
    golden(f"bad_input/{group}.txt", lines_of(runs))


def test_a_huge_manifest_is_refused_before_it_costs_much(folder: Path, golden: Golden) -> None:
    bad_input.write_all(folder, bad_input.HUGE)
    runs = {}
    for name in bad_input.HUGE:
        run, peak_bytes = command_line.run_measured(folder, *SMALL, "good.toml", name, "good.toml")
        assert peak_bytes < MEMORY_BYTES
        assert_told(run, rf"{re.escape(name)}(:\d+:\d+)?: {CLAUSE}")
        assert_no_other_is_lost(run)
        runs[name] = run
    golden("bad_input/huge.txt", lines_of(runs))


def test_what_is_wrong_on_stdin_is_told_with_its_place(folder: Path, golden: Golden) -> None:
    runs = {
        name: command_line.run(folder, *SMALL, "good.toml", "-", "good.toml", text=text)
        for name, text in {"syntax": GOOD + "stage\n", "key": GOOD + "[wieghts]\n", "nothing": ""}.items()
    }
    for run in runs.values():
        assert_told(run, rf"<stdin>:\d+:\d+: {CLAUSE}")
        assert_no_other_is_lost(run)
    golden("bad_input/stdin.txt", lines_of(runs))


def test_a_policy_that_cannot_be_carried_out_is_told(folder: Path, run_here: RunHere, golden: Golden) -> None:
    bad_input.write_all(folder / "policies", bad_input.POLICIES)
    names = [f"policies/{name}" for name in bad_input.POLICIES]
    names += ["policies", "nowhere.toml", "open-relase", "nonsense"]
    runs = run_each(folder, run_here, {name: (*CHECK, "--policy", name, "good.toml") for name in names})
    for name, run in runs.items():
        assert run.out == ""  # without its rules, no manifest can be judged
        placed = name.endswith(".toml") and name not in ("nowhere.toml", "policies/no-rule.toml")
        place = rf"{re.escape(name)}:\d+:\d+: " if placed else ""
        assert_told(run, rf"{place}{CLAUSE}", errors=len(errors_of(run)))
    golden("bad_input/policies.txt", lines_of(runs))


def test_two_rules_of_one_id_in_a_folder_are_told(folder: Path) -> None:
    rules = folder / "acme" / "rules"
    rules.mkdir(parents=True)
    head, rule = POLICY.split("[[rule]]\n")
    (folder / "acme" / "policy.toml").write_text(head, encoding="utf-8")
    bad_input.write_all(rules, {"released.toml": rule, "second.toml": rule})
    run = command_line.run(folder, *CHECK, "--policy", "./acme", "good.toml")
    assert_told(run, r"acme/rules/second\.toml:1:1: the id 'released' is not the name of its file; .+")


def test_a_plugin_that_does_not_keep_its_contract_is_told_with_the_way_out(
    folder: Path, run_here: RunHere, tmp_path: Path, golden: Golden
) -> None:
    sites = {name: command_line.install(tmp_path / name, source) for name, source in bad_input.PLUGINS.items()}
    runs = run_with_each(folder, run_here, sites, (*SMALL, "good.toml"))
    for name, run in runs.items():
        assert run.out == ""  # nobody knows what the plugin would have said
        pattern = r".*plugin 'acme' \(acme-policies 1\.0\).*; .*leave it out with --without-plugin acme"
        assert_told(run, pattern, errors=2 if name == "gives a broken record" else 1)
    golden("bad_input/plugins.txt", lines_of(runs))


def test_the_way_out_of_a_bad_plugin_leads_to_a_verdict(folder: Path, tmp_path: Path) -> None:
    site = command_line.install(tmp_path / "site", bad_input.PLUGINS["exits on import"])
    run = command_line.run(folder, *SMALL, "--without-plugin", "acme", "good.toml", site=site)
    assert (run.status, run.err) == (0, "")
    assert json.loads(run.out)["without_plugins"] == ["acme"]


def assert_broken(run: Run) -> None:
    """See that a rule broke on the second of three manifests, and nothing else did."""
    (told,) = errors_of(run)
    assert re.fullmatch(rf"two\.toml:1:1: rule acme/one broke: {CLAUSE}", told)
    before, broken, after = json.loads(run.out)["reports"]
    assert before == after
    assert [before["verdict"], broken["verdict"]] == ["pass", "error"]
    outcomes = {result["rule"]: result["outcome"] for result in broken["results"]}
    assert outcomes == {"acme/one": "error", "small/released": "pass"}


@pytest.fixture
def two(folder: Path) -> Path:
    """Give a folder with a manifest that a rule breaks on; it is written once, before several processes read it."""
    bad_input.write_all(folder, {"two.toml": GOOD.replace("acme/one", "acme/two")})
    return folder


BREAKING = (*SMALL, "--policy", "acme", "good.toml", "two.toml", "good.toml")
"""Check a manifest that a rule breaks on, between two for which it holds."""


def test_a_rule_that_breaks_is_told_and_loses_no_other(
    two: Path, run_here: RunHere, tmp_path: Path, golden: Golden
) -> None:
    sites = {name: command_line.install(tmp_path / name, source) for name, source in bad_input.RULES.items()}
    runs = run_with_each(two, run_here, sites, BREAKING)
    for run in runs.values():
        assert_broken(run)
    golden("bad_input/rules.txt", lines_of(runs))


@pytest.mark.parametrize("name", bad_input.ODD_RULES)
def test_a_rule_that_only_looks_right_breaks_too(two: Path, run_here: RunHere, tmp_path: Path, name: str) -> None:
    assert_broken(run_here(*BREAKING, site=command_line.install(tmp_path / "site", bad_input.ODD_RULES[name])))


@pytest.mark.parametrize("name", bad_input.QUIET_RULES)
def test_a_rule_cannot_write_into_the_report(folder: Path, tmp_path: Path, name: str) -> None:
    site = command_line.install(tmp_path / "site", bad_input.QUIET_RULES[name])
    run = command_line.run(folder, *SMALL, "--policy", "acme", "good.toml", site=site)
    assert run.status == 0
    assert json.loads(run.out)["verdict"] == "pass"


def test_an_importer_cannot_write_into_the_report(folder: Path, tmp_path: Path) -> None:
    bad_input.write_all(folder, {"one.odd": "odd"})
    site = command_line.install(tmp_path / "site", bad_input.IMPORTER_PRINTS)
    run = command_line.run(folder, *SMALL, "one.odd", site=site)
    assert run.status == 0
    assert json.loads(run.out)["verdict"] == "pass"


def test_an_importer_that_exits_loses_no_other(folder: Path, tmp_path: Path) -> None:
    bad_input.write_all(folder, {"one.odd": "odd"})
    site = command_line.install(tmp_path / "site", bad_input.IMPORTER_EXITS)
    run = command_line.run(folder, *SMALL, "good.toml", "one.odd", "good.toml", site=site)
    assert len(errors_of(run)) == 1
    assert_no_other_is_lost(run)


def test_a_reporter_writes_what_it_gives_and_nothing_else(folder: Path, tmp_path: Path) -> None:
    site = command_line.install(tmp_path / "site", bad_input.REPORTER_PRINTS)
    run = command_line.run(folder, *SMALL, "--output-format", "odd", "good.toml", site=site)
    assert (run.status, run.out) == (0, "[]")
