"""`schema` into files: one, or all of them, and never over anything else."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from release_review.cli.schema import NAMES

if TYPE_CHECKING:
    from tests.cli.conftest import Run


def test_all_schemas_go_into_a_folder_that_is_made(run: Callable[..., Run], checkout: Path) -> None:
    done = run("schema", "--all", "-o", "a/schemas")
    assert (done.status, done.out) == (0, "")
    assert done.err.splitlines() == [f"wrote a/schemas/{name}.schema.json" for name in NAMES]
    for name in NAMES:
        text = (checkout / "a" / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8")
        whole = name if name.startswith("audit-") else f"release-{name}"
        assert json.loads(text)["$id"] == f"urn:release-review:{whole}:1"
        assert text == run("schema", name).out


def test_one_schema_goes_into_a_folder_and_is_renewed(run: Callable[..., Run], checkout: Path) -> None:
    for _ in range(2):
        assert run("schema", "rule", "--output-dir", "schemas").status == 0
    (written,) = (checkout / "schemas").iterdir()
    assert written.name == "rule.schema.json"
    assert written.read_text(encoding="utf-8") == run("schema", "rule").out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["rule", "-o", "theirs"],
            "theirs/rule.schema.json: is no schema of ours; name another place, or move it away",
        ),
        (["manifest", "-o", "theirs"], "theirs/manifest.schema.json: is no schema of ours"),
        (["--all", "-o", "good.toml"], "good.toml: is no folder; name another"),
        (["--all"], "--all goes into a folder; add -o DIR"),
        (["--all", "rule", "-o", "x"], "one schema is to be named, or all"),
        ([], "one schema is to be named, or all; name one of manifest, policy"),
    ],
)
def test_what_is_no_place_for_a_schema_is_refused(
    arguments: list[str], message: str, run: Callable[..., Run], checkout: Path
) -> None:
    (checkout / "theirs" / "manifest.schema.json").mkdir(parents=True)
    (checkout / "theirs" / "rule.schema.json").write_text("{}", encoding="utf-8")
    before = {path: path.read_bytes() for path in checkout.rglob("*") if path.is_file()}
    done = run("schema", *arguments)
    assert (done.status, done.out) == (2, "")
    assert message in done.err
    assert {path: path.read_bytes() for path in checkout.rglob("*") if path.is_file()} == before


def test_one_place_that_is_taken_keeps_all_schemas_from_being_written(run: Callable[..., Run], checkout: Path) -> None:
    (checkout / "report.schema.json").write_text("{}", encoding="utf-8")
    before = sorted(checkout.iterdir())
    assert run("schema", "--all", "-o", ".").status == 2
    assert sorted(checkout.iterdir()) == before
