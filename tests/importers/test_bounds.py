"""What a hostile file costs: less than a second and 256 MB, in a process of its own, and never a crash."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.no_cover]

CHILD = """
import resource, sys, time
resource.setrlimit(resource.RLIMIT_AS, (256 << 20, 256 << 20))
from release_review.errors import InputError
from release_review.importers import release_review_importers
from release_review.load import read_document
name, before, unit, count, after = {arguments!r}
for module in {loaded!r}:
    __import__(module)  # the clock is for the file, not for starting a library; other processes do not count
content = (before + unit * count + after).encode()
importer = next(i for i in release_review_importers() if i.name == name)
start = time.process_time()
try:
    document = read_document(content, name="release", importer=importer)
    print("read", len(document.data))
except InputError as error:
    print(error)
print(time.process_time() - start < {seconds})
"""
LOADED = ("json", "tomli", "tree_sitter", "tree_sitter_toml", "yaml")


def read_in_a_child(name: str, *text: str | int, seconds: float = 1) -> str:
    """Read what comes first, a unit so many times, and what comes last; give the error."""
    code = CHILD.format(arguments=(name, *text), loaded=LOADED, seconds=seconds)
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert child.returncode == 0, child.stderr
    line, in_time = child.stdout.splitlines()
    assert in_time == "True"
    return line


@pytest.mark.parametrize(
    ("name", "before", "unit", "after", "where"),
    [
        ("TOML", "x = ", "[", "", "1:69"),
        ("TOML", "x = ", "[", "]" * 100_000, "1:69"),
        ("TOML", "x = ", "{ a = ", "", "1:389"),
        ("TOML", "", "[", "", "1:65"),
        ("JSON", "", "[", "", "1:65"),
        ("JSON", "", "[", "]" * 100_000, "1:65"),
        ("JSON", "", '{"a":', "1" + "}" * 100_000, "1:321"),
        ("YAML", "", "[", "", "1:65"),
        ("YAML", "", "[", "]" * 100_000, "1:65"),
        ("YAML", "", "- ", "", "1:129"),
        ("YAML", "", "- ", "x", "1:129"),
        ("YAML", "a: ", "{ a: ", "", "1:319"),
    ],
)
def test_100_000_nested_brackets_are_refused(name: str, before: str, unit: str, after: str, where: str) -> None:
    line = read_in_a_child(name, before, unit, 100_000, after)
    assert line == f"release:{where}: nests deeper than 64 levels; flatten the document"


@pytest.mark.parametrize(("before", "after"), [("", "a = 1"), ("[", "a]"), ("[[", "a]]"), ("x = { ", "a = 1 }")])
def test_a_key_of_20_000_parts_is_refused(before: str, after: str) -> None:
    line = read_in_a_child("TOML", before, "a.", 20_000, after)
    assert line == f"release:1:{len(before) + 64}: has a key of more than 32 parts; shorten the key"


def test_headers_of_many_parts_fit_into_memory() -> None:
    unit = "[[" + ".".join("abcdefghijklmnop" * 2) + "]]\n"
    line = read_in_a_child("TOML", "", unit, (1 << 20) // len(unit), "", seconds=10)
    assert line == "read 1"


@pytest.mark.parametrize(
    ("name", "before", "unit", "after", "line"),
    [
        ("TOML", "x = [", "1,", "]", "release: holds more than 100,000 values; split the file"),
        ("JSON", '{"x": [', "1,", "1]}", "release: holds more than 100,000 values; split the file"),
        ("YAML", "x: [", "1,", "1]", "release:1:200001: holds more than 100,000 values; split the file"),
    ],
)
def test_500_000_values_are_refused(name: str, before: str, unit: str, after: str, line: str) -> None:
    assert read_in_a_child(name, before, unit, 500_000, after, seconds=10) == line


@pytest.mark.parametrize(
    ("name", "before", "after", "line"),
    [
        ("TOML", "x = ", "", "release:1:5: has a number of 500,000 digits; write it short, such as 1e25"),
        (
            "TOML",
            "x = 0x",
            "",
            "release:1:7: has a number of 500,000 digits; write it short, such as 1e25",
        ),
        (
            "JSON",
            '{"x": ',
            "}",
            "release:1:2: integer is outside the range of 64 bits; write it as a float, such as 1e25",
        ),
        ("YAML", "x: ", "", "release:1:1: integer is outside the range of 64 bits; write it as a float, such as 1e25"),
        (
            "YAML",
            "x: 0x",
            "",
            "release:1:1: integer is outside the range of 64 bits; write it as a float, such as 1e25",
        ),
        (
            "JSON",
            '{"x": 1e',
            "}",
            "release:1:2: number is not finite, or beyond 1.8e308; write a smaller number, or leave it out",
        ),
    ],
)
def test_a_number_of_500_000_digits_is_refused(name: str, before: str, after: str, line: str) -> None:
    assert read_in_a_child(name, before, "9", 500_000, after) == line


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("TOML", '"""'),
        ("TOML", '"\\"'),
        ("TOML", "'\n"),
        ("TOML", "111x"),
        ("JSON", '"\\"'),
        ("YAML", '"\\"'),
        ("YAML", "'\n"),
        ("YAML", "? "),
    ],
)
def test_quotes_without_an_end_take_linear_time(name: str, unit: str) -> None:
    # Quadratic time would be minutes.
    assert read_in_a_child(name, "", unit, 300_000, "", seconds=10).startswith("release:")


def test_an_alias_bomb_is_refused_at_its_first_anchor() -> None:
    line = read_in_a_child("YAML", "a: &a [x, x]\n", "b: &b [*a, *a, *a]\n", 1000, "")
    assert line == "release:1:4: sets the anchor &a; leave it out, and write each value out"


def test_no_parser_is_imported_before_it_is_needed() -> None:
    code = "import sys, release_review.importers, release_review.load; print(sorted({modules} & set(sys.modules)))"
    modules = "{'yaml', 'tomli', 'tree_sitter', 'tree_sitter_toml'}"
    child = [sys.executable, "-c", code.format(modules=modules)]
    assert subprocess.run(child, capture_output=True, text=True, check=True).stdout == "[]\n"
