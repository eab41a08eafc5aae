"""The hook: pre-commit installs it from a clone of us and runs it in a repository of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import yaml
from forge import git
from gate_files import FILES, MANIFEST_THAT_PASSES, weakened
from markdown import blocks, with_part
from package_index import package_index

pytestmark = pytest.mark.no_cover

ROOT = Path(__file__).parent.parent.parent
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
PAGE = ROOT / "examples" / "ci" / "pre-commit" / "README.md"


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pre-commit keeps what it has installed, so that it installs us once."""
    return tmp_path_factory.mktemp("pre-commit")


class Repository:
    """A repository that uses the hook."""

    def __init__(self, folder: Path, *, tool: Path, home: Path) -> None:
        self.folder = folder
        self._tool = tool
        self._variables = {
            "PATH": os.environ["PATH"],
            **package_index(),
            "PRE_COMMIT_HOME": str(home),
            "PIP_CONSTRAINT": str(ROOT / "constraints.txt"),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
        }
        folder.mkdir()
        git(folder, "init", "--quiet", "--initial-branch=main")

    def run(self, files: Mapping[str, str], *, arguments: list[str] | None = None) -> tuple[int, str]:
        """Add files, and run the hook on all."""
        revision = git(self._tool, "rev-parse", "HEAD").strip()
        hook = {"id": "release-review-check"} | ({} if arguments is None else {"args": arguments})
        settings = {"repos": [{"repo": self._tool.as_uri(), "rev": revision, "hooks": [hook]}]}
        for name, text in {**files, ".pre-commit-config.yaml": yaml.safe_dump(settings)}.items():
            file = self.folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        git(self.folder, "add", "--all")
        done = subprocess.run(
            [sys.executable, "-m", "pre_commit", "run", "--all-files", "--color=never"],
            cwd=self.folder,
            env=self._variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
            timeout=300,
        )
        return done.returncode, done.stdout


@pytest.fixture
def repository(tmp_path: Path, tool: Path, home: Path) -> Repository:
    return Repository(tmp_path / "repository", tool=tool, home=home)


@pytest.mark.slow
def test_a_release_that_nothing_stands_in_the_way_of_is_committed(repository: Repository) -> None:
    status, output = repository.run(FILES | {"release.toml": MANIFEST_THAT_PASSES})
    assert status == 0, output
    assert re.search(r"^release-review check\.+Passed$", output, re.MULTILINE)


@pytest.mark.slow
def test_a_release_that_is_blocked_is_not_committed_and_its_finding_is_shown(repository: Repository) -> None:
    status, output = repository.run(FILES)
    assert status == 1
    assert re.search(r"^release-review check\.+Failed$", output, re.MULTILINE), output
    assert "- exit code: 1" in output
    assert "release.toml:3:1: error house/modalities-stated fail: No modality is stated." in output


@pytest.mark.slow
def test_the_page_shows_what_a_committer_sees(repository: Repository, golden_file: Callable[[Path, str], None]) -> None:
    manifest = (ROOT / "examples" / "minimal" / "release.toml").read_text(encoding="utf-8")
    _, output = repository.run({"release.toml": manifest})
    shown = output[output.index("release-review check...") :].rstrip()
    golden_file(PAGE, with_part(PAGE.read_text(encoding="utf-8"), "blocked", f"```text\n{shown}\n```\n"))


@pytest.mark.slow
def test_what_is_no_manifest_is_left_alone(repository: Repository) -> None:
    files = {name: text for name, text in FILES.items() if name != "release.toml"}
    status, output = repository.run(files | {"prerelease.toml": "", "docs/release.md": "", "release.toml.orig": ""})
    assert status == 0
    assert "(no files to check)Skipped" in output


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [None, ["--policy=policies/gate.toml", "--"]], ids=["ours", "theirs"])
def test_no_name_of_a_file_is_an_option(repository: Repository, arguments: list[str] | None) -> None:
    # A file of this name would otherwise choose the policy for all the others.
    weak = weakened()["configuration"]["weak.toml"]
    status, output = repository.run(FILES | {"--policy=weak/release.toml": weak}, arguments=arguments)
    assert status != 0
    assert "error house/modalities-stated fail" in output


def test_the_hook_starts_our_command() -> None:
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"]
    (hook,) = HOOKS
    assert hook["entry"].split() == [*scripts, "check"]
    assert hook["args"] == ["--"]


@pytest.mark.parametrize("path", ["release.toml", "models/a/release.yaml", "release.yml", "x/release.json"])
def test_the_hook_finds_a_manifest(path: str) -> None:
    assert re.search(HOOKS[0]["files"], path)


@pytest.mark.parametrize("path", ["prerelease.toml", "release.toml.bak", "release.py", "release/notes.toml"])
def test_the_hook_leaves_other_files_alone(path: str) -> None:
    assert not re.search(HOOKS[0]["files"], path)


def test_every_configuration_on_the_page_uses_a_hook_of_ours_and_ends_its_options() -> None:
    pages = [yaml.safe_load(block.text) for block in blocks(PAGE.read_text(encoding="utf-8"), "yaml")]
    hooks = [hook for page in pages for repo in page["repos"] for hook in repo["hooks"]]
    assert hooks
    for hook in hooks:
        assert hook["id"] in {each["id"] for each in HOOKS}
        assert hook.get("args", ["--"])[-1] == "--"
