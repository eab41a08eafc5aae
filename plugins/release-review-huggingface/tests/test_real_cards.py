"""Real model cards of others, where this machine has them: none breaks anything, and each manifest can be checked."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from importing import FOLDER, SHIPPED, imported, real_cards, result_of
from release_review.sources import Written

CARDS = real_cards()
NEEDS_CARDS = pytest.mark.skipif(not CARDS, reason=f"set {FOLDER} to a folder with hf-cards/cards")
DENYING = "[More Information Needed]"


@NEEDS_CARDS
def test_each_real_card_gives_a_valid_manifest_or_one_line() -> None:
    results = {path: result_of(path) for path in CARDS}
    written = [result for result in results.values() if isinstance(result, Written)]
    refused = {path: str(result) for path, result in results.items() if not isinstance(result, Written)}
    assert all(line.startswith(f"{path}:") and "does not hold" not in line for path, line in refused.items())
    assert len(written) > len(refused)
    # No card shows by itself that anybody can get the weights.
    assert not any("\n[[access]]" in made.text for made in written)


@NEEDS_CARDS
def test_what_a_real_card_denies_is_unknown_in_the_line_where_it_does() -> None:
    seen = 0
    for path in CARDS:
        if DENYING not in path.read_text(encoding="utf-8") or "template" in path.name:
            continue
        lines = path.read_text(encoding="utf-8").splitlines()
        for fact in imported(path).text.splitlines():
            if "the card denies it in line " not in fact:
                continue
            seen += 1
            assert '= { value = "unknown", source = ["card"], note = "the card denies it in line ' in fact
            number = int(fact.partition("the card denies it in line ")[2].partition(":")[0])
            assert DENYING in "\n".join(lines[number - 1 : number + 5])
    assert seen > 5


@pytest.mark.parametrize("name", ["trainer.md", "koelectra.md"])
def test_what_was_imported_can_be_checked(tmp_path: Path, name: str) -> None:
    manifest = tmp_path / "release.toml"
    manifest.write_text(imported(SHIPPED / name).text, encoding="utf-8")
    command: list[str | Path] = [sys.executable, "-m", "release_review", "check", "--isolated", manifest]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, cwd=tmp_path)  # noqa: S603
    assert (done.returncode, done.stderr) == (1, "")
    assert "access-described" in done.stdout
