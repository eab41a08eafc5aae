"""JSON: the standard, its duplicate keys with both lines, and places."""

from __future__ import annotations

import pytest

from release_review.errors import InputError
from release_review.importers.json_ import find_places, read
from release_review.model import LIMITS, Limits, Place, Span


def error_of(text: str, limits: Limits = LIMITS) -> str:
    with pytest.raises(InputError) as caught:
        read(text, limits)
    return str(caught.value)


def at(line: int, column: int, end_line: int, end_column: int) -> Span:
    return Span(line=line, column=column, end_line=end_line, end_column=end_column)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('{"a": 1,\n "b": {},\n "\\u0061": 2}', "3:2: key 'a' is written twice, first on line 1; keep one of the two"),
        ('{"a": [{"b": 1,\n"b": 1}]}', "2:1: key 'b' is written twice, first on line 1; keep one of the two"),
        (
            '{"a": {"b": 1}, "b": 1, "": 1,\n "": 1}',
            "2:2: key '' is written twice, first on line 1; keep one of the two",
        ),
    ],
)
def test_a_key_written_twice_is_refused_with_both_lines(text: str, line: str) -> None:
    assert error_of(text) == line


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ('{"a": 1, // no\n}', "1:10"),
        ('{"a": 1} x', "1:10"),
        ("{'a': 1}", "1:2"),
        ('{"a": 0x1}', "1:8"),
        ('{"a": 01}', "1:8"),
        ('{"a": +1}', "1:7"),
        ('{"a": .5}', "1:7"),
        ('{"a": "\t"}', "1:8"),
        ('{"a": "x}', "1:7"),
        ('{"a":\u00a01}', "1:6"),
        ('{"a": True}', "1:7"),
        ('{\n"a": "\\x41"}', "2:7"),
        ("", "1:1"),
        ("\ufeff{}", "1:1"),
    ],
)
def test_what_the_standard_does_not_know_is_refused(text: str, where: str) -> None:
    line = error_of(text)
    assert ": is not JSON: " in line
    assert line.endswith("; correct the JSON here; comments, trailing commas and single quotes are not part of it")
    assert line.startswith(f"{where}: ")


@pytest.mark.parametrize(("text", "where"), [('{"a": 1,}', "1:8"), ('{"a": [1,]}', "1:9"), ('{"a": [1,\n]}', "1:9")])
def test_a_trailing_comma_is_told_where_it_stands(text: str, where: str) -> None:
    # Python 3.13 reports the comma, and those before what follows it.
    assert error_of(text) == f"{where}: is not JSON: a comma stands before }} or ]; remove it"


@pytest.mark.parametrize("text", ["[[[1]]]", '{"a": [{"b": "[[[["}]}'])
def test_nesting_is_refused_one_level_beyond_the_limit(text: str) -> None:
    assert read(text, Limits(depth=3))
    assert error_of(text, Limits(depth=2)).endswith(": nests deeper than 2 levels; flatten the document")


def test_brackets_in_text_do_not_nest() -> None:
    assert read('["[[[[\\"[[[[", "\\\\"]', Limits(depth=1)) == ['[[[["[[[[', "\\"]


def test_a_pair_is_underlined_from_its_key_to_the_end_of_its_value() -> None:
    places = find_places('{"ä" : [1, {\r\n "b/": "ü"}],\n"c": {}, "d": [], "e": null}')
    assert places["/ä"] == Place(span=at(1, 2, 2, 13), value=at(1, 8, 2, 13))
    assert places["/ä/0"] == Place(span=at(1, 9, 1, 10), value=at(1, 9, 1, 10))
    assert places["/ä/1"].span == at(1, 12, 2, 12)
    assert places["/ä/1/b~1"] == Place(span=at(2, 2, 2, 11), value=at(2, 8, 2, 11))
    assert places["/c"].value == at(3, 6, 3, 8)
    assert places["/d"].value == at(3, 15, 3, 17)
    assert places["/e"].value == at(3, 24, 3, 28)


def test_a_scalar_at_the_top_has_no_place() -> None:
    assert find_places(" 1 ") == {}
