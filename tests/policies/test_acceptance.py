"""From an empty folder to a policy that is installed and decides: each command of the way, and all that it says."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from environments import own_environment
from shell import environment, shell

pytestmark = pytest.mark.no_cover

ROOT = Path(__file__).parent.parent.parent

POLICY = """
[choose.marginal-risk]
rules   = ["threats-declared"]
because = "the six steps are reviewed by the release board, and not by this gate"
"""
RULE = """\
id       = "large-models-state-a-review-date"
summary  = "A model above the compute threshold says when it is reviewed next."
severity = "error"
when     = '''manifest.weights.training_compute_flop > 1e25'''
assert   = '''manifest.monitoring.next_review != null'''
message  = "Training compute is {manifest.weights.training_compute_flop} FLOP, and no review date is set."

rationale   = "Above the threshold high-impact capabilities are presumed, and capabilities and defenses both move."
remediation = "Set `monitoring.next_review`, or correct `weights.training_compute_flop`."

[[reference]]
title = "Regulation (EU) 2024/1689 (AI Act), Article 51(2)"
url   = "https://eur-lex.europa.eu/eli/reg/2024/1689/oj"

[[case]]
name   = "just above the threshold and no date"
expect = "fail"
set    = { "/weights/training_compute_flop" = 1.1e25 }

[[case]]
name   = "just above the threshold and a date"
expect = "pass"
set    = { "/weights/training_compute_flop" = 1.1e25, "/monitoring/next_review" = 2027-01-01 }

"""
WAY = (
    "release-review policy new acme --extends open-release",
    "cat policy.toml >> acme/policy.toml",
    "cp rule.toml acme/rules/large-models-state-a-review-date.toml",
    "release-review policy lint ./acme",
    "release-review policy test --coverage --mutate ./acme",
    # The case that it offers is put where it says.
    "release-review policy test --mutate ./acme | sed -n '/^[[][[]case]]$/,/^$/p' > case.toml",
    "cat case.toml >> acme/rules/large-models-state-a-review-date.toml",
    "release-review policy lint ./acme",
    "release-review policy test --coverage --mutate ./acme",
    "release-review policy docs ./acme -o pages",
    "release-review policy new acme --package --from acme",
    "pip install ./release-review-acme",
    "release-review policy list",
    "release-review check --policy acme --today 2026-01-01 gpt-4/release.toml",
    "release-review check --policy acme --today 2026-01-01 worked-vulnerability-detection/release.toml",
)
STATUSES = [0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    # The build runs our code from a folder that is gone afterwards: coverage would look for its source there.
    variables = {name: value for name, value in environment().items() if not name.startswith("COVERAGE_")}
    build: list[str | Path] = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT]
    subprocess.run(build, env=variables, check=True, capture_output=True, timeout=300)
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def variables(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return own_environment(tmp_path_factory.mktemp("environment") / "venv", ours=wheel)


@pytest.mark.slow
def test_the_wheel_has_every_template_and_style_sheet(wheel: Path) -> None:
    source = ROOT / "src" / "release_review"
    kinds = (".template", ".jinja", ".css")
    wanted = {f"release_review/{file.relative_to(source)}" for file in source.rglob("*") if file.suffix in kinds}
    assert len(wanted) > len(kinds)
    assert wanted <= set(zipfile.ZipFile(wheel).namelist())


@pytest.mark.slow
def test_a_policy_is_written_proven_installed_and_decides(
    variables: dict[str, str], tmp_path: Path, golden: Callable[[str, str], None]
) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    for name, text in {"policy.toml": POLICY, "rule.toml": RULE}.items():
        (folder / name).write_text(text, encoding="utf-8")
    for name in ("gpt-4", "worked-vulnerability-detection"):
        shutil.copytree(ROOT / "examples" / name, folder / name)
    transcript, statuses = [], []
    for command in WAY:
        done = shell(command, folder=folder, variables=variables)
        statuses.append(done.returncode)
        transcript.append(f"$ {command}\n{done.stdout}[{done.returncode}]\n")
    text = "".join(transcript).replace(str(tmp_path), "<TMP>")
    golden("policies/acceptance.txt", re.sub(r"sha256:[0-9a-f]{64}", "sha256:...", text))
    assert statuses == STATUSES


@pytest.mark.slow
def test_a_new_distribution_is_installed_as_it_is_and_its_own_tests_pass(
    wheel: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("new")
    variables = own_environment(folder / "venv", ours=wheel)
    for name in ("gpt-4", "minimal"):
        shutil.copytree(ROOT / "examples" / name, folder / name)
    for command in (
        "release-review policy new house --package",
        "pip install ./release-review-house",
        "release-review policy lint house",
        "release-review policy test house",
        f"{folder}/venv/bin/python -m pytest -q -p no:cacheprovider release-review-house",
        "release-review check --policy house gpt-4/release.toml",
    ):
        done = shell(command, folder=folder, variables=variables)
        assert done.returncode == 0, done.stdout
    done = shell("release-review check --policy house minimal/release.toml", folder=folder, variables=variables)
    assert done.returncode == 1
    assert "error house/release-dated fail: No date is stated" in done.stdout
    (policy,) = (folder / "venv").glob("lib/*/site-packages/release_review_house/house/policy.toml")
    assert policy.is_file()
