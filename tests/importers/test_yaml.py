"""YAML: the core schema of 1.2, and a refusal for everything that is dangerous or read in two ways."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from release_review.errors import InputError
from release_review.importers.yaml_ import find_places, read
from release_review.model import LIMITS, Limits, Place, Span


@pytest.fixture(params=["libyaml", "python"], autouse=True)
def _parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run every test with both event parsers of PyYAML."""
    if request.param == "python":
        monkeypatch.delattr(yaml, "CSafeLoader", raising=False)
    elif not yaml.__with_libyaml__:
        pytest.skip("this PyYAML was built without libyaml")


ESCAPE = "write it as an escape inside double quotes"


def error_of(text: str, limits: Limits = LIMITS) -> str:
    with pytest.raises(InputError) as caught:
        read(text, limits)
    return str(caught.value)


def at(line: int, column: int, end_line: int, end_column: int) -> Span:
    return Span(line=line, column=column, end_line=end_line, end_column=end_column)


# Data -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "value"),
    [
        *(
            (word, word)
            for word in ("NO", "no", "yes", "on", "Off", "y", "nULL", "tRUE", "1:30", "1_000", "0b1", "0o8")
        ),
        *(
            (word, word)
            for word in ("2024-01-01", "2025-08-05T10:00:00Z", "=", "1e", ".", "-x", "+", "0x", "1.2.3", "٣")
        ),
        *((word, None) for word in ("", "~", "null", "Null", "NULL")),
        *((word, True) for word in ("true", "True", "TRUE")),
        *((word, False) for word in ("false", "False", "FALSE")),
        ("0777", 777),
        ("0o17", 15),
        ("0x1F", 31),
        ("-0", 0),
        ("+12", 12),
        ("1e3", 1000.0),
        ("1e25", 1e25),
        (".5", 0.5),
        ("-2.", -2.0),
        ("'1'", "1"),
        ('"~"', "~"),
        ("1\n 2", "1 2"),
    ],
)
def test_a_plain_scalar_means_what_yaml_1_2_says(written: str, value: Any) -> None:
    assert repr(read(f"a: {written}\n", LIMITS)) == repr({"a": value})


@pytest.mark.parametrize("key", ["on", "no", "y", "2024-01-01", "'1'", '"<<"', "'true'"])
def test_a_key_is_text(key: str) -> None:
    assert read(f"{key}: 1", LIMITS) == {key.strip("'\""): 1}


def test_block_text_keeps_its_lines() -> None:
    assert read("a: |\n  x\n  y\nb: >-\n  x\n  y\n", LIMITS) == {"a": "x\ny\n", "b": "x y"}


def test_a_document_may_start_with_its_marker() -> None:
    assert read("--- # manifest\na: 1\n", LIMITS) == {"a": 1}


# What is refused ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: &x [*x]", "1:4: sets the anchor &x; leave it out, and write each value out"),
        ("a:\n  b: *x", "2:6: uses the alias *x; write the value out"),
        ("a: 1\n<<: { b: 1 }", "2:1: merges another table with `<<`; write its keys out"),
        (
            "a: !!python/object:os.system x",
            "1:4: sets the tag '!!python/object:os.system'; leave it out, and put text in quotes",
        ),
        ("a: !include x", "1:4: sets the tag '!include'; leave it out, and put text in quotes"),
        ("a: !!binary '!!!!'", "1:4: sets the tag '!!binary'; leave it out, and put text in quotes"),
        ("a: !!set { x }", "1:4: sets the tag '!!set'; leave it out, and put text in quotes"),
        ("a: ! x", "1:4: sets the tag '!'; leave it out, and put text in quotes"),
        ("!!str a: 1", "1:1: sets the tag '!!str'; leave it out, and put text in quotes"),
        ("%YAML 1.1\n---\na: 1", "1:1: uses a directive; leave the line that starts with % out"),
        ("%TAG ! tag:x,2000:\n---\na: 1", "1:1: uses a directive; leave the line that starts with % out"),
        ("a: 1\n---\nb: 2", "2:1: holds a second document; keep one document in a file"),
        ("a: 1\n...\n", "2:1: ends the document with `...`; leave that line out"),
        ("a: 1\n...\nb: 1\n", "2:1: ends the document with `...`; leave that line out"),
        ("true: 1", "1:1: has a key that is no text; put the key in quotes"),
        ("a:\n  1: 2", "2:3: has a key that is no text; put the key in quotes"),
        ("~: 1", "1:1: has a key that is no text; put the key in quotes"),
        ("[a]: 1", "1:1: has a key that is no text; write the key as text"),
        ("{ { a: 1 }: 1 }", "1:3: has a key that is no text; write the key as text"),
        ('a: 1\n\n"\\x61": 2', "3:1: key 'a' is written twice, first on line 1; keep one of the two"),
        ("x:\n  - { a: 1,\n 'a': 2 }", "3:2: key 'a' is written twice, first on line 2; keep one of the two"),
        (
            "a: b\u2028c",
            f"1:5: holds the character U+2028, which YAML does not allow here; {ESCAPE}",
        ),
        (
            "a: \0",
            f"1:4: holds the character U+0000, which YAML does not allow here; {ESCAPE}",
        ),
    ],
)
def test_what_yaml_offers_beyond_plain_data_is_refused(text: str, line: str) -> None:
    assert error_of(text) == line


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("a: b: c", "1:5: is not YAML: mapping values are not allowed"),
        ("a: ['b' c]", "1:9: is not YAML: "),
        ("a: @x", "1:4: is not YAML: found character "),
    ],
)
def test_a_mistake_in_the_syntax_has_line_and_column(text: str, start: str) -> None:
    line = error_of(text)
    assert line.startswith(start)
    assert line.endswith("; correct the YAML here; check the indentation and the quotes")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: [1\n", "1:4: is not YAML: this list is not closed; add `]`"),
        ("a: 1\n\tb: 2", "2:1: is not YAML: a tab stands where blanks are asked; indent with blanks"),
        ("a: { b: 1\n\n", "1:4: is not YAML: this table is not closed; add `}`"),
        ('b: 1\na: "x\n', "2:4: is not YAML: this text is not closed; add a quote"),
        ("a: 'x", "1:4: is not YAML: this text is not closed; add a quote"),
    ],
)
def test_what_is_not_closed_is_told_where_it_begins(text: str, line: str) -> None:
    assert error_of(text) == line


# Bounds ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["- - - 1", "[[[1]]]", "a: { b: { c: 1 } }", "- a:\n   - 1"])
def test_nesting_is_refused_one_level_beyond_the_limit(text: str) -> None:
    assert read(text, Limits(depth=3))
    assert error_of(text, Limits(depth=2)).endswith(": nests deeper than 2 levels; flatten the document")


def test_values_are_counted_and_keys_are_not() -> None:
    assert read("a: 1\nb: [2]\n", Limits(nodes=4)) == {"a": 1, "b": [2]}
    assert error_of("a: 1\nb: [2]\n", Limits(nodes=3)) == "2:5: holds more than 3 values; split the file"


# Places ---------------------------------------------------------------------------------------------------------------


def test_a_pair_is_underlined_from_its_key_to_the_end_of_its_value() -> None:
    places = find_places("# c\nä: 'ü'  # c\nb:\n  - c: 1\n    d: [2,\n 3]\n\n# c\n  - ~\n")
    assert places["/ä"] == Place(span=at(2, 1, 2, 7), value=at(2, 4, 2, 7))
    assert places["/b"] == Place(span=at(3, 1, 9, 6), value=at(4, 3, 9, 6))
    assert places["/b/0"] == Place(span=at(4, 5, 6, 4), value=at(4, 5, 6, 4))
    assert places["/b/0/d/1"].span == at(6, 2, 6, 3)
    assert places["/b/1"].span == at(9, 5, 9, 6)


def test_block_text_ends_with_its_last_character() -> None:
    places = find_places("a: |\r\n  x\r\n  y\r\n\r\n# c\r\nb: |\n")
    assert places["/a"].value == at(1, 4, 3, 4)
    assert places["/b"].value == at(6, 4, 6, 5)


def test_a_value_that_is_not_written_stands_behind_its_key() -> None:
    assert find_places("a:\nb: 1")["/a"] == Place(span=at(1, 1, 1, 3), value=at(1, 3, 1, 3))


def test_places_are_found_whatever_the_limits_were() -> None:
    assert len(find_places("a: " + "[" * 100 + "]" * 100)) == 100
