"""What users install: the wheel, built from the source distribution, in an environment of its own."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import pytest

from release_review.version import __version__

pytestmark = pytest.mark.no_cover

ROOT = Path(__file__).parent.parent
SOURCES = ROOT / "src" / "release_review"
EXAMPLE = ROOT / "examples" / "gpt-oss-120b" / "release.toml"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

POLICY = """
schema = "release-policy/1"
id = "trial"
version = "1.0.0"
title = "A policy of one rule"
"""
RULE = """
id = "the-release-has-an-id"
summary = "The release has the id that this test expects."
severity = "error"
assert = '''manifest.release.id == "{expected}"'''
message = "the id is {{manifest.release.id}}"
rationale = "It shows that the installed package carries out a policy."
remediation = "Correct `release.id`."
"""


@dataclass(frozen=True, kw_only=True)
class Installed:
    """An environment in which only the wheel, and what the wheel needs, can be imported."""

    folder: Path

    def run(self, *arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
        command = [self.folder / "bin" / "release-review", *arguments]
        return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    # Without --wheel the wheel is made from the source distribution, which shows that this one is complete.
    build: list[str | Path] = [sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT]
    # The build runs our code from a folder that is gone afterwards: coverage would look for its source there.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    subprocess.run(build, env=environment, check=True, capture_output=True, timeout=300)
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    folder = tmp_path_factory.mktemp("installed") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True, timeout=120)
    pip: list[str | Path] = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        folder,
        "install",
        "--quiet",
        "--no-index",
        "--no-deps",
        wheel,
    ]
    subprocess.run(pip, check=True, capture_output=True, timeout=120)
    # The dependencies are those of this environment, so that no test needs the network. That the wheel asks for all of
    # them is a test below.
    packages = folder / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    shared = dict.fromkeys(sysconfig.get_path(name) for name in ("purelib", "platlib"))
    (packages / "dependencies.pth").write_text("\n".join(shared), encoding="utf-8")
    return Installed(folder=folder)


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    folder = tmp_path / "empty"
    folder.mkdir()
    return folder


def write_policy(folder: Path, *, expected: str) -> Path:
    rules = folder / "trial" / "rules"
    rules.mkdir(parents=True)
    (folder / "trial" / "policy.toml").write_text(POLICY, encoding="utf-8")
    (rules / "the-release-has-an-id.toml").write_text(RULE.format(expected=expected), encoding="utf-8")
    return folder / "trial"


@pytest.mark.slow
def test_the_wheel_holds_every_policy_and_every_schema(wheel: Path) -> None:
    inside = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("release_review/")}
    policies = {f"release_review/{path.relative_to(ROOT).as_posix()}" for path in (ROOT / "policies").rglob("*.toml")}
    modules = {
        f"release_review/{path.relative_to(SOURCES).as_posix()}"
        for pattern in ("*.py", "*.json", "*.template", "py.typed")
        for path in SOURCES.rglob(pattern)
    }
    assert policies
    assert "release_review/schemas/release-manifest-1.schema.json" in modules
    assert policies | modules <= inside


@pytest.mark.slow
def test_the_wheel_has_our_version_in_its_name(wheel: Path) -> None:
    assert wheel.name == f"release_review-{__version__}-py3-none-any.whl"


@pytest.mark.slow
def test_a_met_policy_is_status_0(installed: Installed, empty: Path, tmp_path: Path) -> None:
    policy = write_policy(tmp_path, expected="openai/gpt-oss-120b")
    run = installed.run("check", "--policy", policy, EXAMPLE, cwd=empty)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout


@pytest.mark.slow
def test_a_broken_requirement_is_status_1(installed: Installed, empty: Path, tmp_path: Path) -> None:
    policy = write_policy(tmp_path, expected="openai/gpt-2")
    run = installed.run("check", "--policy", policy, EXAMPLE, cwd=empty)
    assert (run.returncode, run.stderr) == (1, "")
    assert "the id is openai/gpt-oss-120b" in run.stdout


@pytest.mark.slow
def test_a_missing_manifest_is_status_2(installed: Installed, empty: Path) -> None:
    run = installed.run("check", "release.toml", cwd=empty)
    assert (run.returncode, run.stdout) == (2, "release.toml: error (not reviewed: 1 error)\n")
    assert run.stderr.endswith("no verdict was reached\n")


@pytest.mark.slow
def test_the_shipped_policies_say_the_same_as_in_the_checkout(installed: Installed, empty: Path) -> None:
    arguments = ["check", "--output-format", "json", str(EXAMPLE)]
    there = installed.run(*arguments, cwd=empty)
    command = [sys.executable, "-P", "-m", "release_review", *arguments]
    here = subprocess.run(command, cwd=empty, capture_output=True, text=True, check=False, timeout=60)
    assert there.returncode in {0, 1}
    assert (there.returncode, there.stdout) == (here.returncode, here.stdout)


@pytest.mark.slow
def test_the_first_check_of_an_installation_imports_no_parser(
    installed: Installed, empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")  # which leaves the cache of the user out
    spy = (
        "import sys; from release_review.cli import main; print(main(sys.argv[1:]), {'celpy', 'lark'} & {*sys.modules})"
    )
    for policy in sorted(path.parent.name for path in ROOT.glob("policies/*/policy.toml")):
        arguments = ["check", "--policy", policy, "-q", str(EXAMPLE)]
        command: list[str | Path] = [installed.folder / "bin" / "python", "-P", "-c", spy, *arguments]
        done = subprocess.run(command, cwd=empty, capture_output=True, text=True, check=True, timeout=60)
        assert done.stdout.splitlines()[-1].endswith(" set()")


def test_everything_that_is_imported_is_a_dependency() -> None:
    owners = metadata.packages_distributions()
    imported = {name for path in SOURCES.rglob("*.py") for name in imported_packages(path)}
    third_party = imported - sys.stdlib_module_names - {"release_review"}
    needed = {normalise(owner) for name in third_party for owner in owners[name]}
    extras = PROJECT["optional-dependencies"]
    lines = [*PROJECT["dependencies"], *extras["cluster"], *extras["parquet"]]
    declared = {normalise(re.split(r"[ <>=]", line)[0]) for line in lines}
    assert needed - {"dask", "lark"} <= declared  # the parser inside cel-python, and what `distributed` is made for


def test_every_pinned_version_is_a_name_and_a_version() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert [line for line in pins if not re.fullmatch(r"[A-Za-z0-9_.-]+==[0-9][0-9a-z.]*", line)] == []
    assert pins == sorted(pins, key=str.lower)


def imported_packages(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield node.module.split(".")[0]


def normalise(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
