"""`release-review plugin new`: what it writes installs, passes its own tests and does its job."""

from __future__ import annotations

import datetime as dt
import importlib
import os
import re
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from release_review.authoring.plugin_scaffold import KINDS
from release_review.cli import main
from release_review.model import LIMITS
from release_review.testing import make_manifest

if TYPE_CHECKING:
    from tests.plugins.conftest import Site

ROOT = Path(__file__).parent.parent.parent
MANIFEST = """\
schema = "release-manifest/1"
release = { id = "example/small" }
signoff = [{ role = "release board", decision = "approved", date = 2025-12-01 }]
"""
POLICY = """\
schema = "release-policy/1"
id = "small"
version = "1.0.0"
title = "Small"
[[rule]]
id = "licensed"
summary = "A licence is stated."
assert = 'manifest.weights.license == "MIT"'
message = "the licence is {manifest.weights.license}"
"""

UNSEEN = ("RELEASE_REVIEW_", "GITHUB", "COV_", "COVERAGE_")
"""Beginnings of variables that neither the tools nor the plugin are to see; the last two cost time."""

NO_VERDICT = "no verdict was reached\n"
NO_NAME = "write words of lower-case letters and digits with '-' between them, at most 64 characters"


@pytest.fixture
def new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Run `plugin new` in an empty folder; gives its status and what it says."""
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)

    def run(*arguments: str) -> str:
        status = main(["plugin", "new", "--isolated", *arguments])
        out, err = capsys.readouterr()
        assert out == ""
        return f"{status}\n{err}"

    return run


@pytest.mark.parametrize("kind", KINDS)
def test_it_says_what_it_wrote_and_what_to_do_next(
    new: Callable[..., str], golden: Callable[[str, str], None], kind: str
) -> None:
    told = new("acme-review", "--kind", kind)
    golden(f"cli/plugin-new-{kind}.txt", told)
    written = [line.removeprefix("wrote ") for line in told.splitlines() if line.startswith("wrote ")]
    assert sorted(written) == sorted(str(path) for path in Path("acme-review").rglob("*") if path.is_file())


def test_the_page_of_an_importer_shows_what_it_reads(new: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert new("acme-lines", "--kind", "importer").startswith("0\n")
    monkeypatch.syspath_prepend(Path("acme-lines/src").resolve())
    lines = importlib.import_module("acme_lines")
    monkeypatch.delitem(sys.modules, "acme_lines")
    shown = re.search(r"```text\n(.*?)```", Path("acme-lines/README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert shown is not None
    manifest = make_manifest(base=lines.read(shown[1], LIMITS))
    assert (manifest.release_id, manifest.data["weights"]["license"]) == ("example/small", "MIT")


def test_the_page_of_a_rule_shows_what_it_judges(new: Callable[..., str]) -> None:
    assert new("acme-review", "--kind", "rule").startswith("0\n")
    shown = re.search(r"```toml\n(.*?)```", Path("acme-review/README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert shown is not None
    (decision,) = make_manifest({"/signoff": tomllib.loads(shown[1])["signoff"]}).data["signoff"]
    assert decision["date"].date() == dt.date(2025, 12, 1)


def test_it_writes_into_the_folder_that_is_named(new: Callable[..., str]) -> None:
    assert new("acme-review", "--kind", "rule", "-o", "deep/plugins").startswith("0\n")
    assert Path("deep/plugins/acme-review/src/acme_review/__init__.py").is_file()
    assert [path.name for path in Path().iterdir()] == ["deep"]


def test_our_own_prefix_is_no_part_of_the_id(new: Callable[..., str]) -> None:
    assert "--output-format rows " in new("release-review-rows", "--kind", "reporter")
    assert '\nrows = "release_review_rows"\n' in Path("release-review-rows/pyproject.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("make", [Path.mkdir, Path.touch, lambda path: path.symlink_to("nowhere")])
def test_what_is_there_is_left_alone(new: Callable[..., str], make: Callable[[Path], None]) -> None:
    target = Path("acme-review")
    make(target)
    before = target.lstat()
    told = new("acme-review", "--kind", "rule")
    assert told == f"2\nerror: acme-review: it exists already; name another place, or move it away\n{NO_VERDICT}"
    assert (target.lstat().st_ino, target.lstat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert [path.name for path in Path().iterdir()] == ["acme-review"]


@pytest.mark.parametrize(
    ("name", "kind", "told"),
    [
        ("Acme", "rule", f"'Acme' is no name for a plugin; {NO_NAME}"),
        ("acme_review", "rule", f"'acme_review' is no name for a plugin; {NO_NAME}"),
        ("1acme", "rule", f"'1acme' is no name for a plugin; {NO_NAME}"),
        ("acme--review", "rule", f"'acme--review' is no name for a plugin; {NO_NAME}"),
        ("../acme", "rule", f"'../acme' is no name for a plugin; {NO_NAME}"),
        ("acme\n", "rule", f"'acme\\n' is no name for a plugin; {NO_NAME}"),
        ("a" * 65, "rule", f"'{'a' * 65}' is no name for a plugin; {NO_NAME}"),
        ("benefits", "rule", "'benefits' is taken: there is a policy benefits; choose another name"),
        ("release-review-benefits", "rule", "'release-review-benefits' is taken: there is a policy benefits; choose"),
        ("sarif", "reporter", "'sarif' is taken: there is an output format sarif; choose another name"),
        ("toml", "importer", "'toml' is taken: there is an importer toml; choose another name"),
        ("yml", "importer", "'yml' is taken: there is an importer yml; choose another name"),
        ("release-review", "rule", "'release-review' is taken: the plugin release_review.builtin of release-review is"),
        ("json", "rule", "'json' is taken: Python has this name itself; choose another name"),
        ("class", "rule", "'class' is taken: Python has this name itself; choose another name"),
        ("click", "rule", "'click' is taken: a module click can be imported; choose another name"),
    ],
)
def test_a_name_that_does_not_do_is_refused(new: Callable[..., str], name: str, kind: str, told: str) -> None:
    assert new(name, "--kind", kind).startswith(f"2\nerror: {told}")
    assert list(Path().iterdir()) == []


def test_a_name_that_an_installed_plugin_has_is_refused(new: Callable[..., str], site: Site) -> None:
    site.install("acme", site.sound, distribution="acme-review")
    for name in ("acme", "acme-review", "release-review-acme"):
        told = f"error: '{name}' is taken: the plugin acme of acme-review is installed; choose another name\n"
        assert new(name, "--kind", "reporter") == f"2\n{told}{NO_VERDICT}"
    assert new("acme", "--kind", "reporter", "--without-plugin", "acme").startswith("0\n")


def test_the_kind_is_asked_for(new: Callable[..., str]) -> None:
    told = "2\nerror: missing option '--kind'. Choose from: rule, importer, reporter; see"
    assert new("acme-review").startswith(told)


# What is written ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Project:
    """A plugin that was written, and an environment that it is installed into."""

    folder: Path
    venv: Path

    def run(self, *command: str, status: int = 0) -> str:
        variables: Mapping[str, str] = {
            **{name: value for name, value in os.environ.items() if not name.startswith(UNSEEN)},
            "PATH": f"{self.venv / 'bin'}:{os.environ['PATH']}",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        done = subprocess.run(
            command, cwd=self.folder, env=variables, capture_output=True, text=True, check=False, timeout=300
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout

    def review(self, *arguments: str, status: int = 0) -> str:
        return self.run("python", "-m", "release_review", *arguments, "--isolated", status=status)


@pytest.fixture(params=KINDS)
def project(request: pytest.FixtureRequest, tmp_path: Path, new: Callable[..., str]) -> Project:
    assert new("acme-review", "--kind", request.param).startswith("0\n")
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True, timeout=120)
    packages = venv / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    shared = dict.fromkeys((str(ROOT / "src"), sysconfig.get_path("purelib"), sysconfig.get_path("platlib")))
    (packages / "shared.pth").write_text("\n".join(shared), encoding="utf-8")
    pip: list[str | Path] = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        venv,
        "install",
        "--quiet",
        "--no-index",
        "--no-deps",
    ]
    # The build backend is that of this environment, so that no test needs the network.
    subprocess.run([*pip, "--no-build-isolation", "./acme-review"], check=True, capture_output=True, timeout=300)
    return Project(folder=Path("acme-review").resolve(), venv=venv)


@pytest.mark.slow
@pytest.mark.xdist_group("plugin new")  # one after the other, so that each finds what mypy keeps
def test_what_is_written_passes_its_own_tests_and_ours_for_style_and_does_its_job(
    project: Project, request: pytest.FixtureRequest
) -> None:
    kind = request.node.callspec.params["project"]
    assert " passed" in project.run("python", "-m", "pytest", "-p", "no:cacheprovider")
    rules = ["--config", str(ROOT / "pyproject.toml"), "--no-cache"]
    project.run(sys.executable, "-m", "ruff", "check", *rules, "--ignore", "D,INP001,PLR2004,S101", ".")
    project.run(sys.executable, "-m", "ruff", "format", "--check", *rules, ".")
    strict = ["--strict", "--config-file=", f"--cache-dir={os.environ['XDG_CACHE_HOME']}/mypy", "--python-executable"]
    project.run(sys.executable, "-m", "mypy", *strict, str(project.venv / "bin" / "python"), "src", "tests")

    listed = project.review("plugin", "list")
    brought = {"rule": "policies ", "importer": "importers", "reporter": "reporters"}[kind]
    assert "acme-review (acme-review 0.1.0)\n  origin     installed; entry point acme-review = acme_review\n" in listed
    assert listed.endswith(f"  {brought}  acme-review\n")
    {"rule": it_judges, "importer": it_reads, "reporter": it_reports}[kind](project)


def it_judges(project: Project) -> None:
    (project.folder / "release.toml").write_text(MANIFEST, encoding="utf-8")
    check = ("check", "--policy", "acme-review", "release.toml", "--output-format", "concise", "--today")
    assert project.review(*check, "2026-03-01") == "release.toml: pass (1 passed)\n"
    assert project.review(*check, "2026-03-02", status=1).startswith(
        "release.toml:3:61: error acme-review/decision-is-recent fail: The decision is 91 days old, and 90 are allowed."
    )


def it_reads(project: Project) -> None:
    (project.folder / "small.toml").write_text(POLICY, encoding="utf-8")
    manifest = project.folder / "release.acme-review"
    check = ("check", "--policy", "./small.toml", manifest.name, "--output-format", "concise")
    text = "schema: release-manifest/1\nrelease.id: example/small\n# the licence\nweights.license: "
    manifest.write_text(f"{text}MIT\n", encoding="utf-8")
    assert project.review(*check) == "release.acme-review: pass (1 passed)\n"
    manifest.write_text(f"{text}other\n", encoding="utf-8")
    told = "release.acme-review:4:1: error small/licensed fail: the licence is other\n"
    assert project.review(*check, status=1).startswith(told)
    manifest.write_text(f"{text}\n", encoding="utf-8")
    assert project.review(*check, status=2) == "release.acme-review: error (not reviewed: 1 error)\n"


def it_reports(project: Project) -> None:
    (project.folder / "small.toml").write_text(POLICY, encoding="utf-8")
    (project.folder / "release.toml").write_text(MANIFEST, encoding="utf-8")
    check = ("check", "--policy", "./small.toml", "--output-format", "acme-review")
    assert project.review(*check, "release.toml", status=1) == "blocked release.toml: small/licensed\n"
    assert project.review(*check, "gone.toml", status=2) == "error gone.toml: it could not be reviewed\n"
