"""The plugins of this repository, installed side by side in a fresh environment, do their job from the command line.

`make test` installs them without Inspect, which brings eighty packages; `make plugins` runs this file with an
environment that has Inspect, named by `REVIEW_PLUGINS`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from package_index import package_index

ROOT = Path(__file__).parent.parent.parent
PLUGINS = ROOT / "plugins"
NAMES = ("compute", "cyclonedx", "evals", "huggingface")
ENVIRONMENT = "REVIEW_PLUGINS"
"""Names the folder of an environment in which they are installed already."""

DAY = ("--today", "2026-04-01")
NO_VERDICT = "no verdict was reached\n"

pytestmark = [pytest.mark.slow, pytest.mark.no_cover]


@dataclass(frozen=True, kw_only=True)
class Installed:
    """An environment with all plugins."""

    folder: Path
    has_inspect: bool

    def run(self, *arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
        command = [self.folder / "bin" / "release-review", *arguments]
        variables = {"PATH": os.environ["PATH"], "HOME": str(cwd)}
        return subprocess.run(command, cwd=cwd, env=variables, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Install everything with pip, as somebody would who has never seen this repository."""
    if ENVIRONMENT in os.environ:
        return Installed(folder=Path(os.environ[ENVIRONMENT]).resolve(), has_inspect=True)
    variables = {"PATH": os.environ["PATH"], **package_index()}
    folder = tmp_path_factory.mktemp("fresh") / "venv"
    subprocess.run([sys.executable, "-m", "venv", folder], check=True, timeout=120)
    wheels = tmp_path_factory.mktemp("wheels")
    build: list[str | Path] = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--skip-dependency-check",
        "--outdir",
        wheels,
    ]
    # A build runs our code from a folder that is gone afterwards: coverage would look for its source there.
    building = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    for source in (ROOT, *(PLUGINS / f"release-review-{name}" for name in NAMES)):
        subprocess.run([*build, source], env=building, check=True, capture_output=True, timeout=300)
    pip: list[str | Path] = [
        folder / "bin" / "python",
        "-m",
        "pip",
        "--disable-pip-version-check",
        "install",
        "--quiet",
    ]
    pip += ["--constraint", PLUGINS / "constraints.txt", *wheels.glob("*.whl")]
    subprocess.run(pip, env=variables, check=True, capture_output=True, timeout=600)
    return Installed(folder=folder, has_inspect=False)


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """A folder with a model card, and a release with its evaluation logs."""
    cards = PLUGINS / "release-review-huggingface" / "tests" / "data" / "cards"
    shutil.copytree(PLUGINS / "release-review-evals" / "example", tmp_path / "example")
    shutil.copy(cards / "trainer.md", tmp_path / "README.md")
    return tmp_path


def only_harness(manifest: Path) -> None:
    """Leave the log of Inspect out of a manifest, and keep that of lm-evaluation-harness."""
    head, *evidence = manifest.read_text(encoding="utf-8").split("[[evidence]]")
    kept = [each for each in evidence if "results_" in each]
    manifest.write_text("[[evidence]]".join([head, *kept]), encoding="utf-8")


def test_all_are_listed_with_what_they_bring(installed: Installed, work: Path) -> None:
    done = installed.run("plugin", "list", cwd=work)
    assert (done.returncode, done.stderr) == (0, "")
    for name in NAMES:
        assert f"release-review-{name}" in done.stdout


def test_a_model_card_becomes_a_manifest_that_can_be_checked(installed: Installed, work: Path) -> None:
    made = installed.run("import", "huggingface", "README.md", "-o", "manifests", cwd=work)
    assert made.returncode == 0
    assert made.stderr.splitlines()[-1].startswith(
        "note: README.md: a card alone does not show who can get the weights"
    )
    (manifest,) = (work / "manifests").iterdir()
    done = installed.run("check", *DAY, manifest.relative_to(work), cwd=work)
    assert (done.returncode, done.stderr) == (1, "")
    assert "open-properties/access-described" in done.stdout


def test_logs_are_held_against_the_release(installed: Installed, work: Path) -> None:
    if not installed.has_inspect:
        only_harness(work / "example" / "release.toml")
        only_harness(work / "example" / "mistaken.toml")
    for name, status in (("release.toml", 0), ("mistaken.toml", 1)):
        done = installed.run("check", *DAY, "--policy", "evals", f"example/{name}", cwd=work)
        assert (done.returncode, done.stderr) == (status, ""), done.stdout
    assert "example/rowan" in done.stdout


def test_a_bill_of_materials_says_what_was_found(installed: Installed, work: Path) -> None:
    outputs = ("--output", "cyclonedx=bom.json", "--output", "json=report.json")
    done = installed.run("check", *DAY, "--policy", "evals", *outputs, "example/mistaken.toml", cwd=work)
    assert (done.returncode, done.stderr) == (1, "")
    bom = json.loads((work / "bom.json").read_text(encoding="utf-8"))
    assert (bom["bomFormat"], bom["specVersion"]) == ("CycloneDX", "1.6")
    assert bom["metadata"]["properties"][0] == {"name": "release-review:verdict", "value": "blocked"}
    again = installed.run("render", "report.json", "--output-format", "cyclonedx", cwd=work)
    assert (again.returncode, again.stdout) == (1, (work / "bom.json").read_text(encoding="utf-8"))


def test_all_do_their_job_in_one_run(installed: Installed, work: Path) -> None:
    only_harness(work / "example" / "release.toml")
    policies = [word for name in ("evals", "compute", "open-release") for word in ("--policy", name)]
    done = installed.run("check", *DAY, *policies, "--output-format", "cyclonedx", "example/release.toml", cwd=work)
    assert done.stderr == ""
    standards = {each["name"] for each in json.loads(done.stdout)["definitions"]["standards"]}
    assert len(standards) == len({"evals", "compute", "benefits", "marginal-risk", "open-properties", "open-release"})


@pytest.mark.parametrize(
    ("card", "error"),
    [
        (None, "error: card.md: does not exist; check the path\n"),
        ("---\nlicense: mit\n", "error: card.md:1:1: the front matter is not closed; write a line --- behind it\n"),
        ("---\na: [\n---\n", "error: card.md:3:1: the front matter is not YAML: "),
        ("", "error: card.md:1:1: the card says nothing; name a model card\n"),
    ],
    ids=["missing", "not closed", "no YAML", "empty"],
)
def test_a_broken_card_is_an_error_in_one_line(installed: Installed, work: Path, card: str | None, error: str) -> None:
    if card is not None:
        (work / "card.md").write_text(card, encoding="utf-8")
    done = installed.run("import", "huggingface", "card.md", "-o", "manifests", cwd=work)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(error), done.stderr
    assert len(done.stderr.splitlines()) <= 2
    assert not (work / "manifests").exists() or not list((work / "manifests").iterdir())


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda file: file.unlink(), "missing"),
        (lambda file: file.write_text("{", encoding="utf-8"), "digest"),
        (lambda file: shutil.copy(file.with_name("results_rowan.json"), file), "digest"),
    ],
    ids=["missing", "cut off", "log of another model"],
)
def test_a_log_that_is_not_what_was_cited_is_found(installed: Installed, work: Path, change: object, told: str) -> None:
    only_harness(work / "example" / "release.toml")
    assert callable(change)
    change(work / "example" / "evidence" / "results_hawthorn.json")
    done = installed.run("check", *DAY, "--policy", "evals", "example/release.toml", cwd=work)
    assert (done.returncode, done.stderr) == (1, "")
    readable = [line for line in done.stdout.splitlines() if "evals/evaluation-log-readable" in line]
    assert len(readable) == 1
    assert told in readable[0]
