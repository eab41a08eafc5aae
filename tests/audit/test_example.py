"""The example of an audit runs with one command, and shows what it puts out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from audits import rows
from markdown import with_outputs
from shell import environment, shell

ROOT = Path(__file__).parent.parent.parent
PAGE = ROOT / "examples" / "audit" / "README.md"


@pytest.mark.slow
@pytest.mark.no_cover
def test_the_page_shows_what_its_commands_put_out(tmp_path: Path, golden_file: Callable[[Path, str], None]) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")

    def output_of(command: str) -> str:
        done = shell(command, folder=tmp_path)
        assert done.returncode == 0, done.stdout
        return done.stdout

    golden_file(PAGE, with_outputs(PAGE.read_text(encoding="utf-8"), output_of))
    found = rows(tmp_path / "audit.db")
    assert len(found) > 50
    assert not [row for row in found if "errors" in row]
    assert (tmp_path / "audit.html").stat().st_size > 100_000


def test_the_example_makes_its_folder_and_stops_at_a_ledger_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    stub = tmp_path / "bin" / "release-review"
    stub.write_text('#!/bin/sh\necho "$@"\n', encoding="utf-8")
    stub.chmod(0o755)
    ours = environment()
    variables = {**ours, "PATH": f"{tmp_path / 'bin'}:{ours['PATH']}", "CDPATH": str(ROOT)}
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    command = "sh examples/audit/audit.sh 'a b/c'"
    made = tmp_path / "a b" / "c"
    first = shell(command, folder=tmp_path, variables=variables)
    assert (first.returncode, made.is_dir()) == (0, True)
    assert first.stdout == f"report {made}/audit.db --quiet --output html={made}/audit.html\n"
    (made / "audit.db").write_text("kept", encoding="utf-8")
    second = shell(command, folder=tmp_path, variables=variables)
    assert second.returncode == 2
    assert second.stdout.startswith(f"error: {made}/audit.db is there already; ")
    assert (made / "audit.db").read_text(encoding="utf-8") == "kept"
