"""The chapter "writing a policy": an afternoon, replayed from an empty folder, and all that it shows to write."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from environments import own_environment
from markdown import blocks, commands
from shell import shell

from release_review import load_policies, load_registry
from release_review.schema import ASSESSMENT, POLICY, RULE, published_schema
from release_review.testing import run_cases

pytestmark = pytest.mark.no_cover

ROOT = Path(__file__).parent.parent.parent
CHAPTER = ROOT / "policies" / "README.md"
TEXT = CHAPTER.read_text(encoding="utf-8")
REGISTRY = load_registry(discover=False)

BLOCK = re.compile(r"^```(?P<language>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"# (?P<path>[\w./-]+\.toml)(?P<further>, at the end)?\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What came of the chapter: its page with what its commands put out, and the folder that it leaves."""

    page: str
    folder: Path


def write(folder: Path, text: str) -> None:
    """Write the file that a block is about, or what comes at its end."""
    named = FILE.match(text)
    if named is None:
        return
    file = folder / named["path"]
    file.parent.mkdir(parents=True, exist_ok=True)
    if named["further"]:
        before = file.read_text(encoding="utf-8")
        file.write_text(before + "\n" + text[named.end() :], encoding="utf-8")
    else:
        file.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory) -> Replayed:
    """Write each file and type each command of the chapter, in their order."""
    folder = tmp_path_factory.mktemp("chapter")
    variables = own_environment(tmp_path_factory.mktemp("environment") / "venv")
    for name in ("gpt-4", "worked-vulnerability-detection"):
        shutil.copytree(ROOT / "examples" / name, folder / name)

    def replay(block: re.Match[str]) -> str:
        if block["language"] == "toml":
            write(folder, block["text"])
        if block["language"] != "console":
            return block[0]
        outputs = (
            f"$ {command}\n{shell(command, folder=folder, variables=variables).stdout}"
            for command in commands(block["text"])
        )
        return f"```console\n{''.join(outputs)}```"

    # Where a policy is installed is the machine's business.
    return Replayed(page=BLOCK.sub(replay, TEXT).replace(str(ROOT), "..."), folder=folder)


@pytest.mark.slow
def test_a_console_of_the_chapter_shows_what_its_commands_put_out(
    replayed: Replayed, golden_file: Callable[[Path, str], None]
) -> None:
    golden_file(CHAPTER, replayed.page)


def test_nothing_in_the_chapter_ends_with_an_error() -> None:
    for block in blocks(TEXT, "console"):
        assert not re.search(r"^(error|usage): |no verdict was reached", block.text, re.MULTILINE | re.IGNORECASE)


@pytest.mark.slow
def test_the_two_releases_of_the_chapter_have_different_verdicts(replayed: Replayed) -> None:
    assert re.search(r"^gpt-4/release.toml: blocked \(", replayed.page, re.MULTILINE)
    assert re.search(r"^worked-vulnerability-detection/release.toml: pass \(", replayed.page, re.MULTILINE)


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """A folder with the files that the chapter shows."""
    for block in blocks(TEXT, "toml"):
        write(tmp_path, block.text)
    return tmp_path


@pytest.mark.parametrize("block", blocks(TEXT, "python"), ids=lambda block: f"line {block.line}")
def test_python_in_the_chapter_runs(block: Any, written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(written)
    names: dict[str, Any] = {}
    exec(compile(block.text, "policies/README.md", "exec"), names)  # noqa: S102 - it is our own page
    functions = [function for name, function in names.items() if name.startswith("test_")]
    assert functions
    for function in functions:
        function()


@pytest.mark.parametrize("name", ["acme", "acme-open.toml"])
def test_each_case_of_the_chapter_holds(written: Path, name: str) -> None:
    results = list(run_cases(load_policies([str(written / name)], REGISTRY)))
    assert any(result.id.startswith(name.removesuffix(".toml")) for result in results)
    assert [(result.id, result.case.name, result.got, result.detail) for result in results if not result.holds] == []


@pytest.mark.parametrize("name", [POLICY, RULE, ASSESSMENT])
def test_the_chapter_names_every_key(name: str) -> None:
    keys = published_schema(name)["properties"]
    parts = {**keys, **keys.get("case", {}).get("items", {}).get("properties", {})}
    named = set(re.findall(r"`\[*(?:\w+\.)*(\w+)[^`]*`", TEXT)) | set(
        re.findall(r"^\[*(\w+)[ .\]]", TEXT, re.MULTILINE)
    )
    named |= {each for row in re.findall(r"^\| (`[^|]*) \|", TEXT, re.MULTILINE) for each in re.findall(r"\w+", row)}
    assert sorted(set(parts) - named) == []
