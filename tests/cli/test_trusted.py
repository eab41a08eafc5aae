"""A pull request cannot weaken its own gate: what decides comes from a folder that it does not control."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from release_review.cli import settings
from release_review.errors import UsageError

pytestmark = pytest.mark.no_cover

TODAY = "2026-01-15"
HEAD = """\
schema = "release-policy/1"
id = "small"
version = "1.0.0"
title = "Small"
description = "What a test needs."
"""
RULE = """\
id = "released"
summary = "The release is out."
severity = "error"
assert = 'manifest.release.stage == "released"'
message = "{manifest.release.id} is not out"
rationale = "What is not out is not reviewed."
remediation = "Set `release.stage`."
"""
POLICY = f"{HEAD}\n[[rule]]\n{RULE}"
GOOD = 'schema = "release-manifest/1"\n[release]\nid = "acme/one"\nstage = "released"\n'
HELD = GOOD.replace('"released"', '"planned"')
CONFIG = 'policy = ["./policies/strict"]\nwaivers = "waivers.toml"\nbaseline = "baseline.toml"\n'
WAIVERS = 'schema = "release-waivers/1"\n'
WAIVER = """
[[waiver]]
id = "let-it-go"
rule = "small/released"
release = "acme/one"
reason = "accepted-risk"
justification = "It is out in all but name."
owner = "release engineering"
approved_by = "release board"
ticket = "RELEASE-1"
created = 2026-01-01
expires = 2026-02-01
"""
BASELINE = """\
schema = "release-baseline/1"
owner = "release engineering"
created = "2026-01-01"
expires = "2026-06-01"
"""
BASE = {
    "release-review.toml": CONFIG,
    "waivers.toml": WAIVERS,
    "baseline.toml": BASELINE,
    "policies/strict/policy.toml": POLICY,
    "release.toml": GOOD,
}
LENIENT = POLICY.replace('severity = "error"', 'severity = "warning"')
HOLDS_ALWAYS = POLICY.replace("""'manifest.release.stage == "released"'""", "'manifest.release.id != \"\"'")

_AUTHOR = ("-c", "user.name=Release", "-c", "user.email=release@example.org", "-c", "commit.gpgsign=false")


def git(folder: Path, *arguments: str) -> None:
    """Run git as it is on a fresh machine, whatever this one is set up like."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    variables |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    command = ["git", *_AUTHOR, "-c", "core.hooksPath=/dev/null", *arguments]
    subprocess.run(command, cwd=folder, env=variables, check=True, capture_output=True, timeout=60)


def write(folder: Path, files: Mapping[str, str | None]) -> None:
    """Write files; None removes one."""
    for name, text in files.items():
        if text is None:
            (folder / name).unlink()
            continue
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


class Workspace:
    """Two checkouts of one repository, as a workflow makes them: `base`, and `pull-request`, where one works.

    A pull request always proposes what the base blocks.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.repository = folder / "repository"
        self.base = folder / "base"
        self.pull_request = folder / "pull-request"

    def propose(self, files: Mapping[str, str | None]) -> None:
        """Have both branches checked out, with these files changed in the pull request."""
        self.repository.mkdir(parents=True)
        git(self.repository, "init", "--quiet", "--initial-branch=main")
        self._commit(BASE)
        git(self.repository, "switch", "--quiet", "--create", "proposal")
        self._commit({"release.toml": HELD, **files})
        git(self.repository, "switch", "--quiet", "--detach")
        for place, branch in ((self.base, "main"), (self.pull_request, "proposal")):
            git(self.repository, "worktree", "add", "--quiet", str(place), branch)

    def _commit(self, files: Mapping[str, str | None]) -> None:
        write(self.repository, files)
        git(self.repository, "add", "--all")
        git(self.repository, "commit", "--quiet", "--message=x")

    def lay_out(self, files: Mapping[str, str | None]) -> None:
        """Make what `propose` makes without git, for tests that are about paths."""
        for place, given in ((self.base, [BASE]), (self.pull_request, [BASE, {"release.toml": HELD}, files])):
            (place / ".git").mkdir(parents=True)
            for each in given:
                write(place, each)


@pytest.fixture
def workspace(checkout: Path, tmp_path: Path) -> Workspace:
    """A place for the checkouts of a base and of a pull request."""
    del checkout  # it clears the environment
    return Workspace(tmp_path / "workspace")


@pytest.fixture
def gate(run: Callable[..., Any], workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Review the manifest of the pull request where it has been checked out."""

    def call(*arguments: str, manifest: str = "release.toml") -> Any:
        monkeypatch.chdir(workspace.pull_request)
        return run("check", "--today", TODAY, *arguments, manifest)

    return call


WEAKENED: dict[str, dict[str, str | None]] = {
    "a rule only warns": {"policies/strict/policy.toml": LENIENT},
    "a rule asks for nothing": {"policies/strict/policy.toml": HOLDS_ALWAYS},
    "a waiver": {"waivers.toml": WAIVERS + WAIVER},
    "a configuration with another policy": {
        "release-review.toml": CONFIG.replace("strict", "weak"),
        "policies/weak/policy.toml": LENIENT,
    },
    "a configuration with other waivers": {
        "release-review.toml": CONFIG.replace("waivers.toml", "more.toml"),
        "more.toml": WAIVERS + WAIVER,
    },
    "a configuration that extends another": {
        "release-review.toml": 'extend = "weak/weak.toml"\n',
        "weak/weak.toml": 'policy = ["./policy.toml"]\n',
        "weak/policy.toml": LENIENT,
    },
    "a table in a shared file": {
        "release-review.toml": None,
        "pyproject.toml": '[tool.release-review]\npolicy = ["./weak.toml"]\n',
        "weak.toml": LENIENT,
    },
}


def test_without_any_weakening_the_pull_request_is_blocked_either_way(
    gate: Callable[..., Any], workspace: Workspace
) -> None:
    workspace.propose({})
    assert gate().status == 1
    assert gate("--trusted", "../base").status == 1


def test_a_release_that_meets_the_trusted_policy_passes(gate: Callable[..., Any], workspace: Workspace) -> None:
    workspace.propose({"release.toml": f"{GOOD}# It is out now.\n"})
    done = gate("--trusted", "../base")
    assert (done.status, done.err) == (0, "")


@pytest.mark.parametrize("name", WEAKENED)
def test_what_a_pull_request_weakens_does_not_weaken_its_gate(
    gate: Callable[..., Any], workspace: Workspace, name: str
) -> None:
    workspace.propose(WEAKENED[name])
    assert gate().status == 0, "the control: without a trusted folder this weakening works"
    for folder in ("../base", str(workspace.base)):
        done = gate("--trusted", folder)
        assert (done.status, done.err) == (1, "")
        assert "small/released fail: acme/one is not out" in done.out


def test_a_baseline_of_a_pull_request_does_not_weaken_its_gate(gate: Callable[..., Any], workspace: Workspace) -> None:
    term = ("--owner", "release engineering", "--expires", "2026-06-01")
    workspace.propose({})
    gate("--isolated", "--policy", "./policies/strict", "--write-baseline", "known.toml", *term)
    known = (workspace.pull_request / "known.toml").read_text(encoding="utf-8")
    write(workspace.pull_request, {"baseline.toml": known})
    assert gate().status == 0, "the control"
    done = gate("--trusted", "../base")
    assert (done.status, done.err) == (1, "")


@pytest.mark.parametrize("variable", ["POLICY", "WAIVERS", "BASELINE", "WITHOUT_PLUGIN", "TRUSTED"])
def test_no_variable_of_the_job_weakens_the_gate(
    gate: Callable[..., Any], workspace: Workspace, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    workspace.lay_out({"weak.toml": LENIENT})
    monkeypatch.setenv(f"RELEASE_REVIEW_{variable}", "./weak.toml")
    done = gate("--trusted", "../base")
    assert (done.status, done.out) == (2, "")
    flag = variable.lower().replace("_", "-")
    assert done.err == (
        f"error: environment variable RELEASE_REVIEW_{variable} could weaken a verdict, so it is not read; "
        f"unset it and give --{flag}\nno verdict was reached\n"
    )


def test_a_pull_request_leaves_no_plugin_out(
    run: Callable[..., Any], workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.lay_out({"release-review.toml": CONFIG + 'without-plugin = ["acme"]\n'})
    monkeypatch.chdir(workspace.pull_request)
    assert 'without-plugin = ["acme"]' in run("config", "show").out
    shown = run("config", "show", "--trusted", "../base")
    assert "without-plugin = []  # default\n" in shown.out
    assert "# not read: release-review.toml\n" in shown.out
    assert shown.out.startswith("# trusted folder: ../base\n# configuration: ../base/release-review.toml, sha256:")


def test_a_shared_file_of_the_base_is_found_where_the_pull_request_adds_a_file_of_its_own(
    gate: Callable[..., Any], workspace: Workspace
) -> None:
    workspace.lay_out(WEAKENED["a configuration with another policy"])
    shared = f"[tool.release-review]\n{CONFIG}"
    write(workspace.base, {"release-review.toml": None, "pyproject.toml": shared})
    assert gate().status == 0, "the control"
    assert gate("--trusted", "../base").status == 1


def test_where_the_base_has_no_configuration_none_is_looked_for_elsewhere(
    gate: Callable[..., Any], workspace: Workspace
) -> None:
    workspace.lay_out(WEAKENED["a configuration with another policy"])
    write(workspace.base, {"release-review.toml": None})
    write(workspace.folder, {"release-review.toml": 'policy = ["./pull-request/policies/weak"]\n'})
    assert gate().status == 0, "the control"
    assert "open-properties/access-described" in gate("--trusted", "../base", "--output-format", "json").out


def test_the_configuration_is_looked_for_in_the_trusted_folder_itself(
    run: Callable[..., Any], workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.lay_out({})
    (workspace.base / "gate").mkdir()
    monkeypatch.chdir(workspace.pull_request)
    shown = run("config", "show", "--trusted", "../base/gate").out
    assert shown.startswith("# trusted folder: ../base/gate\n# configuration: none\n# not read: release-review.toml\n")


# Paths ----------------------------------------------------------------------------------------------------------------


OUTSIDE = "leads out of the trusted folder '../base'; name one inside of it"
STRICT = "../base/release-review.toml:1:1: policy '../base/policies/strict'"
OUTSIDE_BY_LINK = "which leads out of the trusted folder '../base'; put what it leads to in its place"


def refused(done: Any, message: str) -> None:
    assert (done.status, done.out) == (2, "")
    assert done.err == f"error: {message}\nno verdict was reached\n"


def test_paths_of_the_command_line_are_relative_to_the_trusted_folder(
    gate: Callable[..., Any], workspace: Workspace
) -> None:
    workspace.lay_out(WEAKENED["a rule only warns"] | WEAKENED["a waiver"])
    paths = ("--policy", "./policies/strict", "--waivers", "waivers.toml", "--baseline", "baseline.toml")
    assert gate("--isolated", *paths).status == 0, "the control"
    assert gate("--isolated", *paths, "--trusted", "../base").status == 1
    assert gate(*paths, "--trusted", "../base").status == 1
    assert gate("--config", "release-review.toml").status == 0, "the control"
    assert gate("--config", "release-review.toml", "--trusted", "../base").status == 1


def test_an_installed_policy_may_be_named_beside_a_trusted_folder(
    gate: Callable[..., Any], workspace: Workspace
) -> None:
    workspace.lay_out({"release.toml": GOOD})
    done = gate("--policy", "open-release", "--trusted", "../base")
    assert done.status == 1
    assert "small/released" not in done.out


def test_a_bare_name_is_never_a_path_of_the_pull_request(gate: Callable[..., Any], workspace: Workspace) -> None:
    workspace.lay_out({"weak/policy.toml": LENIENT})
    refusal = gate("--policy", "weak", "--trusted", "../base")
    assert (refusal.status, refusal.out) == (2, "")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--policy", "../pull-request/policies/strict"), "--policy '../pull-request/policies/strict' leads out"),
        (("--policy", "PLACE/pull-request/policies/strict"), "--policy 'PLACE/pull-request/policies/strict' leads out"),
        (("--policy", "open-release", "--policy", ".."), "--policy '..' leads out"),
        (
            ("--waivers", "policies/../../pull-request/waivers.toml"),
            "--waivers '../pull-request/waivers.toml' leads out",
        ),
        (("--baseline", "../pull-request/baseline.toml"), "--baseline '../pull-request/baseline.toml' leads out"),
        (
            ("--config", "../pull-request/release-review.toml"),
            "--config '../pull-request/release-review.toml' leads out",
        ),
        (
            ("--config", "PLACE/pull-request/release-review.toml"),
            "--config 'PLACE/pull-request/release-review.toml' leads out",
        ),
        (("--waivers", "../base-2/waivers.toml"), "--waivers '../base-2/waivers.toml' leads out"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_a_flag_that_leads_out_of_the_trusted_folder_is_refused(
    gate: Callable[..., Any], workspace: Workspace, arguments: tuple[str, ...], message: str
) -> None:
    workspace.lay_out({})
    shutil.copytree(workspace.base, workspace.folder / "base-2")
    place = str(workspace.folder)
    done = gate("--trusted", "../base", *(each.replace("PLACE", place) for each in arguments))
    expected = f"{message.replace('PLACE', place)} of the trusted folder '../base'; name one inside of it"
    assert done.err.replace(place, "") == f"error: {expected.replace(place, '')}\nno verdict was reached\n"
    refused(done, expected)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (
            {"release-review.toml": '\npolicy = ["open-release", "../pull-request/policies/strict"]\n'},
            "../base/release-review.toml:2:1: policy '../pull-request/policies/strict'",
        ),
        (
            {"release-review.toml": 'waivers = "../pull-request/waivers.toml"\n'},
            "../base/release-review.toml:1:1: waivers '../pull-request/waivers.toml'",
        ),
        (
            {"release-review.toml": 'baseline = "../pull-request/baseline.toml"\n'},
            "../base/release-review.toml:1:1: baseline '../pull-request/baseline.toml'",
        ),
        (
            {"release-review.toml": 'extend = "../pull-request/release-review.toml"\n'},
            "../base/release-review.toml:1:1: extend '../pull-request/release-review.toml'",
        ),
        (
            {"release-review.toml": 'extend = "org.toml"\n', "org.toml": '\nwaivers = "../w.toml"\n'},
            "../base/org.toml:2:1: waivers '../w.toml'",
        ),
    ],
    ids=["policy", "waivers", "baseline", "extend", "in what is extended"],
)
def test_a_file_that_leads_out_of_the_trusted_folder_is_refused(
    gate: Callable[..., Any], workspace: Workspace, files: dict[str, str], message: str
) -> None:
    workspace.lay_out({})
    write(workspace.base, files)
    refused(
        gate("--trusted", "../base"),
        f"{message} leads out of the trusted folder '../base'; name one inside of it",
    )


# Links ----------------------------------------------------------------------------------------------------------------


def replace_by_link(path: Path, target: str) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    elif path.exists():
        path.unlink()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)


IN_PARTS = {
    "policies/strict/policy.toml": HEAD,
    "policies/strict/rules/released.toml": RULE,
}
"""The same policy, with its rule in a file of its own."""


@pytest.mark.parametrize(
    ("link", "target", "message"),
    [
        (
            "policies/strict",
            "../../pull-request/policies/strict",
            f"{STRICT} {OUTSIDE}",
        ),
        (
            "policies",
            "../pull-request/policies",
            f"{STRICT} {OUTSIDE}",
        ),
        (
            "policies/strict/rules",
            "../../../pull-request/policies/strict/rules",
            f"{STRICT} holds the link '../base/policies/strict/rules', {OUTSIDE_BY_LINK}",
        ),
        (
            "policies/strict/rules/released.toml",
            "../../../../pull-request/policies/strict/rules/released.toml",
            f"{STRICT} holds the link '../base/policies/strict/rules/released.toml', {OUTSIDE_BY_LINK}",
        ),
        (
            "waivers.toml",
            "../pull-request/waivers.toml",
            f"../base/release-review.toml:2:1: waivers '../base/waivers.toml' {OUTSIDE}",
        ),
        (
            "release-review.toml",
            "../pull-request/release-review.toml",
            f"the configuration '../base/release-review.toml' {OUTSIDE}",
        ),
        (
            "waivers.toml",
            "policies/waivers.toml",
            "../base/waivers.toml: is a symbolic link, and links are not followed; name the file it points to",
        ),
    ],
    ids=["folder of policy", "above it", "folder in policy", "file in policy", "waivers", "configuration", "inside"],
)
def test_a_link_is_no_way_out_of_the_trusted_folder(
    gate: Callable[..., Any], workspace: Workspace, link: str, target: str, message: str
) -> None:
    workspace.lay_out(IN_PARTS)
    write(workspace.base, {**IN_PARTS, "policies/waivers.toml": WAIVERS})
    assert gate("--trusted", "../base").status == 1, "the control"
    replace_by_link(workspace.base / link, target)
    refused(gate("--trusted", "../base"), message)


def test_a_folder_of_rules_behind_a_link_would_pass_without_a_trusted_folder(
    gate: Callable[..., Any], workspace: Workspace
) -> None:
    weak = IN_PARTS["policies/strict/rules/released.toml"].replace('"error"', '"warning"')
    workspace.lay_out(IN_PARTS | {"policies/strict/rules/released.toml": weak})
    write(workspace.base, IN_PARTS)
    assert gate("--config", "../base/release-review.toml").status == 1
    replace_by_link(workspace.base / "policies/strict/rules", "../../../pull-request/policies/strict/rules")
    assert gate("--config", "../base/release-review.toml").status == 0
    assert gate("--trusted", "../base").status == 2


def test_links_that_stay_inside_are_no_hindrance(gate: Callable[..., Any], workspace: Workspace) -> None:
    workspace.lay_out({})
    write(workspace.base, IN_PARTS | {"shared/rules/released.toml": IN_PARTS["policies/strict/rules/released.toml"]})
    replace_by_link(workspace.base / "policies/strict/rules", "../../shared/rules")
    for circle in ("README.md", "LICENSE"):
        (workspace.base / "policies" / "strict" / circle).symlink_to(".")
    done = gate("--trusted", "../base")
    assert (done.status, done.err) == (1, "")


def test_a_link_behind_a_link_that_stays_inside_is_found(gate: Callable[..., Any], workspace: Workspace) -> None:
    workspace.lay_out(IN_PARTS)
    write(workspace.base, IN_PARTS)
    replace_by_link(workspace.base / "shared" / "released.toml", "../../pull-request/release.toml")
    replace_by_link(workspace.base / "policies/strict/rules", "../../shared")
    refused(
        gate("--trusted", "../base"),
        f"{STRICT} holds the link '../base/policies/strict/rules/released.toml', {OUTSIDE_BY_LINK}",
    )


# The folder -----------------------------------------------------------------------------------------------------------

_ADVICE = "check out the base revision into a folder of its own"


@pytest.mark.parametrize(
    ("trusted", "message"),
    [
        ("", "--trusted names no folder"),
        ("../nowhere", "the trusted folder '../nowhere' does not exist"),
        ("release.toml", "the trusted folder 'release.toml' is no folder"),
        ("circle", "the trusted folder 'circle' cannot be read: its links lead nowhere"),
        ("release.toml/x", "the trusted folder 'release.toml/x' cannot be read: not a directory"),
    ],
)
def test_the_trusted_folder_is_one(gate: Callable[..., Any], workspace: Workspace, trusted: str, message: str) -> None:
    workspace.lay_out({})
    (workspace.pull_request / "circle").symlink_to("circle")
    refused(gate("--trusted", trusted), f"{message}; {_ADVICE}")


@pytest.mark.parametrize("manifest", ["release.toml", "../pull-request/release.toml"])
@pytest.mark.parametrize("trusted", [".", "..", "self"])
def test_a_folder_that_holds_the_manifest_is_not_to_be_trusted(
    gate: Callable[..., Any], workspace: Workspace, trusted: str, manifest: str
) -> None:
    workspace.lay_out(WEAKENED["a rule only warns"])
    (workspace.pull_request / "self").symlink_to(".")
    done = gate("--trusted", trusted, manifest=manifest)
    refused(done, f"{manifest}: the trusted folder holds the manifest; {_ADVICE}")


def test_one_manifest_of_several_in_the_trusted_folder_is_enough(
    gate: Callable[..., Any], workspace: Workspace
) -> None:
    workspace.lay_out({})
    done = gate("release.toml", "--trusted", "../base", manifest="../base/release.toml")
    refused(done, f"../base/release.toml: the trusted folder holds the manifest; {_ADVICE}")


def test_a_manifest_behind_a_link_is_where_it_lies_and_where_it_is_named(
    gate: Callable[..., Any], workspace: Workspace
) -> None:
    workspace.lay_out({})
    (workspace.pull_request / "theirs.toml").symlink_to("../base/release.toml")
    (workspace.base / "ours.toml").symlink_to("../pull-request/release.toml")
    for manifest in ("theirs.toml", "../base/ours.toml"):
        done = gate("--trusted", "../base", manifest=manifest)
        refused(done, f"{manifest}: the trusted folder holds the manifest; {_ADVICE}")


def test_a_manifest_from_stdin_is_where_its_name_says(
    shell: Callable[..., Any], workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.lay_out({})
    monkeypatch.chdir(workspace.pull_request)
    check = ("check", "--trusted", "../base", "--today", TODAY, "-")
    refused(
        shell(*check, "--stdin-filename", "../base/new.toml", text=HELD),
        f"../base/new.toml: the trusted folder holds the manifest; {_ADVICE}",
    )
    assert shell(*check, "--stdin-filename", "new.toml", text=HELD).status == 1
    assert shell(*check, text=HELD).status == 1


@pytest.mark.parametrize("mark", ["", ".hg"])
def test_a_folder_that_the_pull_request_brings_is_not_to_be_trusted(
    gate: Callable[..., Any], workspace: Workspace, mark: str
) -> None:
    mine = {f"base/{name}": text for name, text in (BASE | WEAKENED["a rule only warns"]).items()}
    workspace.lay_out(mine | ({f"base/{mark}/x": ""} if mark else {}))
    refused(
        gate("--trusted", "base"),
        f"release.toml: the trusted folder 'base' is part of the same checkout as the manifest; {_ADVICE}",
    )


def test_a_link_to_a_folder_that_the_pull_request_brings_is_not_to_be_trusted(
    gate: Callable[..., Any], workspace: Workspace
) -> None:
    workspace.lay_out({f"mine/{name}": text for name, text in (BASE | WEAKENED["a rule only warns"]).items()})
    (workspace.folder / "linked").symlink_to("pull-request/mine")
    refused(
        gate("--trusted", "../linked"),
        f"release.toml: the trusted folder '../linked' is part of the same checkout as the manifest; {_ADVICE}",
    )


def test_the_base_may_be_checked_out_below_the_pull_request(gate: Callable[..., Any], workspace: Workspace) -> None:
    workspace.propose(WEAKENED["a rule only warns"])
    git(workspace.repository, "worktree", "move", "../base", "../pull-request/base")
    assert gate().status == 0, "the control"
    assert gate("--trusted", "base").status == 1


def test_what_is_outside_of_every_checkout_is_only_asked_to_be_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("base", "release", "elsewhere"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    chosen = resolve(trusted=str(tmp_path / "base"))
    chosen.check_manifests([str(tmp_path / "release" / "release.toml")])
    with pytest.raises(UsageError, match="the trusted folder holds the manifest"):
        chosen.check_manifests([str(tmp_path / "base" / "deep" / "release.toml")])


# Checkouts ------------------------------------------------------------------------------------------------------------

PART = "the trusted folder '{}' is part of the same checkout as {}; " + _ADVICE
BARE = "the trusted folder '{}' lies in {} and is no checkout of its own; " + _ADVICE
LINK = "a link on the way to the trusted folder '{}' is part of the same checkout as {}; name the folder without it"
HELD_CONFIG = 'policy = ["./policy.toml"]\n'
STRICT_GATE = {"release-review.toml": HELD_CONFIG, "policy.toml": POLICY}
LENIENT_GATE = {"release-review.toml": HELD_CONFIG, "policy.toml": LENIENT}


def commit(folder: Path, files: Mapping[str, str | None]) -> Path:
    """Commit files to a repository, which is made if need be."""
    if not (folder / ".git").exists():
        folder.mkdir(parents=True, exist_ok=True)
        git(folder, "init", "--quiet", "--initial-branch=main")
    write(folder, files)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message=x")
    return folder


def add_submodule(folder: Path, source: Path, place: str, *, name: str) -> None:
    local = ("-c", "protocol.file.allow=always")
    git(folder, *local, "submodule", "--quiet", "add", "--name", name, str(source), place)
    git(folder, "commit", "--quiet", "--message=x")


def clone_all(source: Path, target: Path) -> None:
    """Clone a repository with its submodules, as a workflow does."""
    local = ("-c", "protocol.file.allow=always")
    git(source, *local, "clone", "--quiet", "--recurse-submodules", str(source), str(target))


@pytest.mark.parametrize("name", ["gate", "worktrees/gate"])
def test_a_submodule_is_as_little_to_be_trusted_as_the_checkout_around_it(
    gate: Callable[..., Any], workspace: Workspace, name: str
) -> None:
    mine = commit(workspace.folder / "mine", LENIENT_GATE)
    commit(workspace.repository, {"release.toml": HELD})
    add_submodule(workspace.repository, mine, "gate", name=name)
    clone_all(workspace.repository, workspace.pull_request)
    assert gate("--config", "gate/release-review.toml").status == 0, "the control"
    refused(gate("--trusted", "gate"), f"release.toml: {PART.format('gate', 'the manifest')}")
    # What a repository of the pull request holds is no better in a worktree.
    for place in ("../worktree", "../../elsewhere"):
        git(workspace.pull_request / "gate", "worktree", "add", "--quiet", "--detach", place)
    refused(gate("--trusted", "worktree"), f"release.toml: {PART.format('worktree', 'the manifest')}")


def test_a_submodule_of_a_clone_that_is_trusted_is_trusted(gate: Callable[..., Any], workspace: Workspace) -> None:
    commit(workspace.pull_request, {"release.toml": HELD} | LENIENT_GATE)
    ours = commit(workspace.folder / "ours", {"README.md": "x"})
    add_submodule(ours, commit(workspace.folder / "strict", STRICT_GATE), "policies", name="policies")
    clone_all(ours, workspace.pull_request / "gate")
    assert gate().status == 0, "the control"
    assert gate("--trusted", "gate/policies").status == 1


@pytest.mark.parametrize("trusted", ["gate", "models/gate"])
def test_a_manifest_in_a_submodule_lies_in_the_checkout_around_it(
    gate: Callable[..., Any], workspace: Workspace, trusted: str
) -> None:
    models = commit(workspace.folder / "models", {"release.toml": HELD, "gate/x": ""})
    write(workspace.repository, {f"gate/{name}": text for name, text in LENIENT_GATE.items()})
    commit(workspace.repository, {})
    add_submodule(workspace.repository, models, "models", name="models")
    clone_all(workspace.repository, workspace.pull_request)
    assert gate("--config", "gate/release-review.toml", manifest="models/release.toml").status == 0, "the control"
    message = f"models/release.toml: {PART.format(trusted, 'the manifest')}"
    refused(gate("--trusted", trusted, manifest="models/release.toml"), message)


def test_a_checkout_under_review_in_the_one_that_is_trusted_is_refused(
    gate: Callable[..., Any], workspace: Workspace
) -> None:
    """Nobody can tell which of the two belongs to whom."""
    commit(workspace.folder, {f"gate/{name}": text for name, text in STRICT_GATE.items()})
    commit(workspace.pull_request, {"release.toml": HELD})
    refused(gate("--trusted", "../gate"), f"release.toml: {PART.format('../gate', 'the manifest')}")


def test_a_clone_in_the_checkout_under_review_is_one_of_its_own(gate: Callable[..., Any], workspace: Workspace) -> None:
    commit(workspace.pull_request, {"release.toml": HELD} | LENIENT_GATE)
    git(workspace.folder, "clone", "--quiet", str(commit(workspace.base, STRICT_GATE)), "pull-request/gate")
    assert gate().status == 0, "the control"
    for folder in ("gate", "./gate/.", "gate/../gate", str(workspace.pull_request / "gate")):
        assert gate("--trusted", folder).status == 1
        assert gate("--trusted", folder, manifest=str(workspace.pull_request / "release.toml")).status == 1


@pytest.mark.parametrize(
    "text",
    [
        '[submodule "x"]\n\tpath = gate\n\turl = ../x\n',
        '[submodule "x"] PATH=gate # x\n',
        '[submodule "x"]\r\npath = "ga"t\\\r\ne/\r\n',
        "[submodule 'x']\npath = \xff\n",
        "# x\n" * 300_000,
    ],
    ids=["plain", "short", "in parts", "not text", "long"],
)
def test_a_clone_that_a_file_of_submodules_may_name_is_none_of_its_own(
    gate: Callable[..., Any], workspace: Workspace, text: str
) -> None:
    commit(workspace.pull_request, {"release.toml": HELD})
    git(workspace.folder, "clone", "--quiet", str(commit(workspace.base, STRICT_GATE)), "pull-request/gate")
    (workspace.pull_request / ".gitmodules").write_text('[submodule "gate"]\npath = other/gate\nurl = gate\n')
    assert gate("--trusted", "gate").status == 1, "the control"
    (workspace.pull_request / ".gitmodules").write_text(text, encoding="latin-1", newline="")
    refused(gate("--trusted", "gate"), f"release.toml: {PART.format('gate', 'the manifest')}")


def test_a_worktree_that_a_file_of_submodules_names_is_none_of_its_own(
    gate: Callable[..., Any], workspace: Workspace
) -> None:
    workspace.propose({".gitmodules": '[submodule "base"]\npath = base\nurl = ../base\n'})
    git(workspace.repository, "worktree", "move", "../base", "../pull-request/base")
    refused(gate("--trusted", "base"), f"release.toml: {PART.format('base', 'the manifest')}")


def test_a_git_file_that_is_none_of_a_worktree_sets_nothing_apart(
    gate: Callable[..., Any], workspace: Workspace
) -> None:
    workspace.propose({f"gate/{name}": text for name, text in LENIENT_GATE.items()})
    base = (workspace.base / ".git").read_bytes()
    git(workspace.folder, "init", "--quiet", "--separate-git-dir", "apart", "unused")
    mark = workspace.pull_request / "gate" / ".git"
    message = f"release.toml: {PART.format('gate', 'the manifest')}"
    texts = [b"", b"gitdir: ", b"gitdir: nowhere\n", b"gitdir: .\n", b"\xff", b"gitdir: \0\n", b"x" + base]
    texts += [base, base + b"x" * (1 << 20), f"gitdir: {workspace.folder}/apart\n".encode()]
    for text in texts:
        mark.write_bytes(text)
        refused(gate("--trusted", "gate"), message)
    mark.unlink()
    mark.symlink_to(workspace.repository / ".git")
    refused(gate("--trusted", "gate"), message)
    mark.unlink()
    os.mkfifo(mark)
    refused(gate("--trusted", "gate"), message)


def test_a_worktree_that_its_repository_does_not_know_sets_nothing_apart(
    gate: Callable[..., Any], workspace: Workspace
) -> None:
    workspace.propose({})
    git(workspace.repository, "worktree", "move", "../base", "../pull-request/base")
    assert gate("--trusted", "base").status == 1, "the control"
    known = workspace.repository / ".git" / "worktrees" / "base"
    message = f"release.toml: {PART.format('base', 'the manifest')}"
    for name, text in (("commondir", "../../..\n"), ("gitdir", "elsewhere\n")):
        before = (known / name).read_text(encoding="utf-8")
        (known / name).write_text(text, encoding="utf-8")
        refused(gate("--trusted", "base"), message)
        (known / name).unlink()
        refused(gate("--trusted", "base"), message)
        os.mkfifo(known / name)
        refused(gate("--trusted", "base"), message)
        (known / name).unlink()
        (known / name).write_text(before, encoding="utf-8")


@pytest.mark.parametrize("mark", [".hg", ".jj", ".svn"])
@pytest.mark.parametrize("own", [".git", ".hg", ".jj", ".svn"])
def test_only_git_sets_a_folder_in_a_checkout_apart(
    gate: Callable[..., Any], workspace: Workspace, mark: str, own: str
) -> None:
    """Others have their own kind of submodules, and take a `.git` from anybody."""
    write(workspace.pull_request, {"release.toml": HELD, f"{mark}/x": "", f"gate/{own}/x": ""})
    refused(gate("--trusted", "gate"), f"release.toml: {PART.format('gate', 'the manifest')}")


def test_files_without_their_checkout_are_one(gate: Callable[..., Any], workspace: Workspace) -> None:
    write(workspace.pull_request, {"models/release.toml": HELD, "models/gate/x": "", "gate/x": ""})
    commit(workspace.pull_request / "clone", STRICT_GATE)
    name = "models/release.toml"
    refused(
        gate("--trusted", "models/gate", manifest=name),
        f"{name}: {BARE.format('models/gate', 'the folder of the manifest')}",
    )
    refused(gate("--trusted", "gate", manifest=name), BARE.format("gate", "the working folder"))
    assert gate("--trusted", "clone", manifest=name).status == 1


def test_one_folder_is_one_by_whatever_name(
    gate: Callable[..., Any], workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A system may not tell capital letters from small ones, and show a folder in two places."""
    workspace.lay_out({f"gate/{name}": text for name, text in LENIENT_GATE.items()})
    shutil.copytree(workspace.pull_request, workspace.folder / "PULL-REQUEST")
    assert gate("--trusted", "../PULL-REQUEST/gate").status == 0, "the control"
    monkeypatch.setattr(Path, "samefile", lambda one, other: str(one).lower() == str(other).lower())
    trusted = "../PULL-REQUEST/gate"
    refused(gate("--trusted", trusted), f"release.toml: {PART.format(trusted, 'the manifest')}")
    held = gate("--trusted", "../PULL-REQUEST")
    refused(held, f"release.toml: the trusted folder holds the manifest; {_ADVICE}")


# The ways there -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["pull-request", "pull-request/deep", ".", "outside"])
@pytest.mark.parametrize(
    "manifest", ["pull-request/out/release.toml", "pull-request/out/../outside/release.toml", "far/release.toml"]
)
def test_a_manifest_is_wherever_a_link_to_it_lies(
    run: Callable[..., Any], workspace: Workspace, monkeypatch: pytest.MonkeyPatch, place: str, manifest: str
) -> None:
    workspace.lay_out({f"gate/{name}": text for name, text in LENIENT_GATE.items()} | {"deep/x": ""})
    write(workspace.folder, {"outside/release.toml": HELD, "outside/.hg/x": ""})
    (workspace.pull_request / "out").symlink_to("../outside")
    (workspace.folder / "far").symlink_to("pull-request/out")
    monkeypatch.chdir(workspace.folder / place)
    name, trusted = str(workspace.folder / manifest), str(workspace.pull_request / "gate")
    done = run("check", "--today", TODAY, "--trusted", trusted, name)
    assert (done.status, done.out) == (2, "")
    assert "is part of the same checkout as the manifest" in done.err


def test_a_manifest_from_outside_is_judged_by_nothing_of_the_checkout_that_one_works_in(
    shell: Callable[..., Any], gate: Callable[..., Any], workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.lay_out({f"gate/{name}": text for name, text in LENIENT_GATE.items()})
    write(workspace.folder, {"outside/release.toml": HELD})
    message = PART.format("gate", "the working folder")
    for manifest in ("../outside/release.toml", str(workspace.folder / "outside" / "release.toml")):
        assert gate("--config", "gate/release-review.toml", manifest=manifest).status == 0, "the control"
        refused(gate("--trusted", "gate", manifest=manifest), message)
    monkeypatch.chdir(workspace.pull_request)
    check = ("check", "--trusted", "gate", "--today", TODAY, "-")
    refused(shell(*check, text=HELD), message)
    refused(shell(*check, "--stdin-filename", "../outside/release.toml", text=HELD), message)
    inside = "release.toml: " + PART.format("gate", "the manifest")
    refused(shell(*check, "--stdin-filename", "release.toml", text=HELD), inside)


@pytest.mark.parametrize("trusted", [".", "..", "../.."])
def test_one_does_not_work_in_what_is_trusted(
    run: Callable[..., Any], workspace: Workspace, monkeypatch: pytest.MonkeyPatch, trusted: str
) -> None:
    """It may be the checkout under review, and the manifest one that its job has put elsewhere."""
    workspace.lay_out({"deep/x": ""} | LENIENT_GATE)
    write(workspace.folder, {"release-review.toml": 'policy = ["./pull-request/policy.toml"]\n'})
    write(workspace.folder.parent, {"release-review.toml": HELD_CONFIG, "elsewhere/release.toml": HELD})
    here = {
        ".": workspace.pull_request,
        "..": workspace.pull_request / "deep",
        "../..": workspace.pull_request / "deep",
    }
    monkeypatch.chdir(here[trusted])
    name = str(workspace.folder.parent / "elsewhere" / "release.toml")
    message = f"the trusted folder '{trusted}' holds the working folder; work in the checkout that is under review"
    refused(run("check", "--today", TODAY, "--trusted", trusted, name), message)


@pytest.mark.parametrize("trusted", ["mine", "mine/policies", "deep/../mine", "../through", "there/sub"])
def test_a_link_of_the_pull_request_leads_to_nothing_that_is_trusted(
    gate: Callable[..., Any], workspace: Workspace, trusted: str
) -> None:
    workspace.lay_out({"deep/x": ""})
    write(workspace.base, {"release-review.toml": 'policy = ["open-release"]\n', "sub/x": ""})
    (workspace.pull_request / "mine").symlink_to("../base")
    (workspace.pull_request / "there").symlink_to(workspace.base)
    (workspace.folder / "through").symlink_to("pull-request/mine")
    message = LINK.format(trusted, "the manifest")
    refused(gate("--trusted", trusted), f"release.toml: {message}")


def test_a_link_of_the_working_folder_leads_to_nothing_that_is_trusted(
    gate: Callable[..., Any], workspace: Workspace
) -> None:
    workspace.lay_out({})
    write(workspace.folder, {"outside/release.toml": HELD})
    (workspace.pull_request / "mine").symlink_to("../base")
    done = gate("--trusted", "mine", manifest="../outside/release.toml")
    refused(done, LINK.format("mine", "the working folder"))


def test_a_link_that_is_nobodys_or_of_what_is_trusted_is_no_hindrance(
    gate: Callable[..., Any], workspace: Workspace
) -> None:
    commit(workspace.pull_request, {"release.toml": HELD} | LENIENT_GATE)
    commit(workspace.base, {f"v2/{name}": text for name, text in STRICT_GATE.items()})
    (workspace.base / "latest").symlink_to("v2")
    git(workspace.folder, "clone", "--quiet", str(workspace.base), "pull-request/gate")
    (workspace.pull_request / "gate" / "latest").symlink_to("v2")
    (workspace.folder.parent / "system").symlink_to(workspace.folder)
    assert gate().status == 0, "the control"
    for trusted in ("../base/latest", "gate/latest", str(workspace.folder.parent / "system" / "base" / "v2")):
        manifest = str(workspace.folder.parent / "system" / "pull-request" / "release.toml")
        assert gate("--trusted", trusted).status == 1
        assert gate("--trusted", trusted, manifest=manifest).status == 1


def test_a_way_of_endless_links_is_an_error(gate: Callable[..., Any], workspace: Workspace) -> None:
    workspace.lay_out({})
    (workspace.pull_request / "circle").symlink_to("circle/x")
    (workspace.pull_request / "h").symlink_to(".")
    for manifest in ("circle/release.toml", "h/" * 100 + "release.toml"):
        done = gate("--trusted", "../base", manifest=manifest)
        assert done.status == 2
        assert "too many levels of symbolic links" in done.out + done.err


def test_where_the_working_folder_is_gone_nothing_is_trusted(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.lay_out({})
    chosen = resolve(trusted=str(workspace.base))
    monkeypatch.chdir(workspace.pull_request)
    shutil.rmtree(workspace.pull_request)
    with pytest.raises(UsageError, match="the working folder has been deleted; work in a folder that is there"):
        chosen.check_manifests([])
    with pytest.raises(UsageError, match="the working folder has been deleted"):
        resolve(trusted=str(workspace.base)).check_manifests(["/release.toml"])


@pytest.mark.parametrize("path", [os.pathsep, os.curdir, f"/nowhere{os.pathsep}"])
def test_python_imports_nothing_of_the_pull_request(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    workspace.lay_out({})
    monkeypatch.chdir(workspace.pull_request)
    check = ("check", "--trusted", "../base", "--today", TODAY, "release.toml")
    script = "import sys; from release_review.cli import main; sys.exit(main())"  # that of an installed command

    def run(*way: str, variable: str) -> subprocess.CompletedProcess[str]:
        variables = {**os.environ, "PYTHONPATH": variable}
        command = [sys.executable, "-P", *way, *check]
        return subprocess.run(command, env=variables, capture_output=True, text=True, check=False, timeout=60)

    assert run("-c", script, variable="").returncode == 1
    done = run("-c", script, variable=path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "error: Python imports from the working folder, where what is under review may be; "
        "run 'python -I -m release_review'\nno verdict was reached\n"
    )
    assert run("-I", "-m", "release_review", variable=path).returncode == 1
    assert run("-m", "release_review", variable=path).returncode == 1


def test_what_would_be_refused_is_not_shown(
    run: Callable[..., Any], workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.lay_out({f"gate/{name}": text for name, text in LENIENT_GATE.items()})
    monkeypatch.chdir(workspace.pull_request)
    refused(run("config", "show", "--trusted", "gate"), PART.format("gate", "the working folder"))


# What a report says of it ---------------------------------------------------------------------------------------------


def resolve(*, folder: Path = Path(), **given: Any) -> settings.Settings:
    return settings.resolve({}, environment={}, folder=folder, **given)


def test_trusted_settings_are_the_same_wherever_the_base_has_been_put(tmp_path: Path) -> None:
    write(tmp_path / "one", BASE | {"release-review.toml": f'extend = "policies/org.toml"\n{CONFIG}'})
    write(tmp_path / "one", {"policies/org.toml": 'color = "never"\n'})
    shutil.copytree(tmp_path / "one", tmp_path / "far" / "away")
    (tmp_path / "link").symlink_to("one")
    found = [resolve(trusted=str(tmp_path / name)) for name in ("one", "far/away", "link")]
    assert len({each.digest for each in found}) == 1
    assert len({each.files for each in found}) == 1
    assert [(file.role, file.name) for file in found[0].files] == [
        ("configuration", "release-review.toml"),
        ("configuration", "policies/org.toml"),
    ]
    assert all(each.trusted for each in found)
    assert found[0].name_of(found[0]["waivers"].value) == "waivers.toml"
    assert [path.is_file() for path in found[0].paths] == [True, True]


def test_settings_from_anywhere_are_not_trusted(tmp_path: Path) -> None:
    write(tmp_path, BASE)
    found = resolve(config=tmp_path / "release-review.toml")
    assert not found.trusted
    assert [file.name for file in found.files] == [str(tmp_path / "release-review.toml")]
    found.check_manifests([str(tmp_path / "release.toml")])


def test_a_report_says_whether_its_configuration_is_trusted(gate: Callable[..., Any], workspace: Workspace) -> None:
    workspace.lay_out({})
    for arguments, trusted in (((), False), (("--trusted", "../base"), True)):
        report = json.loads(gate(*arguments, "--output-format", "json").out)
        assert report["configuration"]["trusted"] is trusted
