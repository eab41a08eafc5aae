"""The page of this plugin shows what happens."""

from __future__ import annotations

import dataclasses
import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest

from importing import HUGGINGFACE
from release_review.cli import main
from release_review.licences import TABLE
from release_review.plugins import Registry, load_registry

PAGE = Path(__file__).parents[1] / "README.md"
TEXT = PAGE.read_text(encoding="utf-8")


def block(language: str) -> str:
    (found,) = re.findall(rf"^```{language}\n(.*?)^```$", TEXT, flags=re.MULTILINE | re.DOTALL)
    return str(found)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work beside the card and the info of the page, with the importer installed."""
    (tmp_path / "small").mkdir()
    (tmp_path / "small" / "README.md").write_text(block("markdown"), encoding="utf-8")
    (tmp_path / "small" / "model_info.json").write_text(block("json"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    registry = dataclasses.replace(load_registry(discover=False), source_importers=(HUGGINGFACE,))

    def load(**_: Any) -> Registry:
        return registry

    monkeypatch.setattr("release_review.plugins.load_registry", load)
    return tmp_path


@pytest.mark.usefixtures("folder")
def test_the_commands_of_the_page_put_out_what_it_shows(capsys: pytest.CaptureFixture[str]) -> None:
    shown = re.findall(r"^\$ release-review (.*)\n((?:[^$].*\n)*)", block("console"), flags=re.MULTILINE)
    assert len(shown) == 3
    for command, output in shown:
        main(shlex.split(command))
        captured = capsys.readouterr()
        assert captured.out + captured.err == output


@pytest.mark.usefixtures("folder")
def test_the_facts_of_the_page_are_in_the_manifest(capsys: pytest.CaptureFixture[str]) -> None:
    main(["import", "huggingface", "small", "-o", "-"])
    made = tomllib.loads(capsys.readouterr().out)
    for table, facts in tomllib.loads(block("toml")).items():
        assert {name: made[table][name] for name in facts} == facts


def test_the_table_of_licences_lies_where_the_page_says() -> None:
    (link,) = re.findall(r"\(([^)]*licences\.toml)\)", TEXT)
    assert (PAGE.parent / link).resolve() == TABLE.resolve()
