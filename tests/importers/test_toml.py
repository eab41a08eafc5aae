"""TOML: dates as text, plain words for what is wrong, and places for headers, dotted keys and TOML 1.1."""

from __future__ import annotations

from typing import Any

import pytest

from release_review.errors import InputError
from release_review.importers.toml_ import find_places, read
from release_review.model import LIMITS, Limits, Place, Span


def error_of(text: str, limits: Limits = LIMITS) -> str:
    with pytest.raises(InputError) as caught:
        read(text, limits)
    return "\n".join(str(error) for error in caught.value.flat())


def at(line: int, column: int, end_line: int, end_column: int) -> Span:
    return Span(line=line, column=column, end_line=end_line, end_column=end_column)


def header(line: int, column: int, end_column: int) -> Place:
    span = at(line, column, line, end_column)
    return Place(span=span, value=span)


# Data -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("2025-08-05", "2025-08-05"),
        ("2025-08-05T10:00:00Z", "2025-08-05T10:00:00Z"),
        ("2025-08-05 10:00:00z", "2025-08-05T10:00:00Z"),
        ("2025-08-05T10:00Z", "2025-08-05T10:00:00Z"),
        ("2025-08-05T10:00:00+02:00", "2025-08-05T10:00:00+02:00"),
        ("2025-08-05T10:00:00.25-05:30", "2025-08-05T10:00:00.250000-05:30"),
    ],
)
def test_a_date_becomes_text_of_iso_8601(written: str, read_as: str) -> None:
    assert read(f"a = {written}\nb = [{{ c = {written} }}]", LIMITS) == {"a": read_as, "b": [{"c": read_as}]}


def test_every_time_without_a_zone_is_refused_where_it_stands() -> None:
    assert error_of("a = 2025-08-05T10:00:00\n[b]\nc = [1, 10:00:00]\n") == (
        "1:5: date-time has no time zone; add `Z` or an offset such as `+02:00`, or write the date alone\n"
        "3:9: time of day has no date; write a date, or put the time in quotes"
    )


@pytest.mark.parametrize(
    "written",
    [
        "2025-02-30",
        "2025-08-05T24:00:00Z",
        "2025-08-05T10:00:60Z",
        "0000-01-01",
        "10000-01-01",
        "2025-01-01T10:00:00+25:00",
    ],
)
def test_a_date_that_does_not_exist_is_refused(written: str) -> None:
    line = error_of(f"a = {written}")
    assert line.startswith("1:")
    assert ": is not TOML: " in line


@pytest.mark.parametrize("text", ["a = {\n b = 1, # c\n}\n", 'a = "\\e\\x41"\n'])
def test_toml_1_1_is_accepted_on_every_python(text: str) -> None:
    assert read(text, LIMITS)


# What is wrong --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = 1\n\n  a = 2 # again", "3:3: key 'a' is written twice, first on line 1; keep one of the two"),
        ("[a]\r\nb = 1\r\n[a]\r\n", "3:1: key 'a' is written twice, first on line 1; keep one of the two"),
        ("[t]\nb = 1\n'b' = [\n2]", "3:1: key 'b' is written twice, first on line 2; keep one of the two"),
        ("a = { b = 1,\n b = 2 }", "2:2: key 'b' is written twice, first on line 1; keep one of the two"),
        ("[[t]]\nx = 1\n[[t]]\nx = 1\nx = 2", "5:1: key 'x' is written twice, first on line 4; keep one of the two"),
        (
            "a = { b = 1 }\na.c = 2",
            "2:1: 'a.c' changes what is already defined on line 1; define each table and key once",
        ),
        (
            "a = []\n\n[[a]]\nb = 1",
            "3:1: '[[a]]' changes what is already defined on line 1; define each table and key once",
        ),
        (
            "x = 1\n# a = [\n[a]\nb = 1\n[[a]]",
            "5:1: '[[a]]' changes what is already defined on line 3; write line 3 as [[a]], too",
        ),
    ],
)
def test_a_second_definition_is_told_in_plain_words(text: str, line: str) -> None:
    assert error_of(text) == line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = 1\nb = '''x\n[c]\nd = 2\n", "2:5: is not TOML: the text of 'b' is not closed; end it with '''"),
        ('b.c = """x\n\n', '1:7: is not TOML: the text of \'b.c\' is not closed; end it with """'),
    ],
)
def test_a_text_without_an_end_is_told_where_it_opens(text: str, line: str) -> None:
    assert error_of(text) == line


def test_a_pointer_without_quotes_is_no_wrong_day() -> None:
    told = error_of("set = { /release/date = 2025-01-01 }")
    assert told.startswith("1:9: is not TOML: invalid initial character for a key part; a key has letters, digits")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = 1\nb = yes", "2:5: is not TOML: invalid value; correct the TOML here; text is written in quotes"),
        (
            "a = 2024-3-1",
            "1:9: is not TOML: expected newline or end of document after a statement; write days as 2024-03-01",
        ),
        ("a = 2024-02-30", "1:5: is not TOML: invalid date or datetime; write days as 2024-03-01"),
        ("\n= 1", "2:1: is not TOML: invalid statement; correct the TOML here; text is written in quotes"),
        ('a = "x', "1:7: is not TOML: text is not closed; end it with a quote"),
        ('a = "x\nb = "y"', "1:7: is not TOML: text is not closed; end it with a quote"),
        ("a = 'x", "1:7: is not TOML: text is not closed; end it with a quote"),
        ("a = 'x\nb = 'y'", "1:7: is not TOML: text is not closed; end it with a quote"),
        ('a = """x', '1:5: is not TOML: the text of \'a\' is not closed; end it with """'),
        ("a = '''x", "1:5: is not TOML: the text of 'a' is not closed; end it with '''"),
        ('a = "\0"', "1:6: is not TOML: illegal character '\\x00'; correct the TOML here; text is written in quotes"),
    ],
)
def test_a_mistake_in_the_syntax_has_line_and_column(text: str, line: str) -> None:
    assert error_of(text) == line


# Bounds ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["{} = 1", "x = 1\n[{}]", "[[ {} ]]", "a = [{{ {} = 1 }}]"])
def test_a_key_may_have_32_parts_and_not_33(text: str) -> None:
    assert read(text.format(" . ".join(["a"] * 32)), LIMITS)
    assert "has a key of more than 32 parts; shorten the key" in error_of(text.format('."a".'.join(["a"] * 17)))


def test_the_first_part_too_many_is_where_the_error_is() -> None:
    assert error_of("x = 1\na.b.c = 1", Limits(key_parts=2)) == "2:4: has a key of more than 2 parts; shorten the key"


def test_dots_in_text_and_comments_are_no_parts_of_a_key() -> None:
    dots = ".".join("a" * 100)
    text = f'# {dots}\n\'{dots}\' = "{dots}"\nb = \'\'\'\n{dots}\n\'\'\'\nc = """\\"""\\"\n{dots}"""""\n'
    assert list(read(text, LIMITS)) == [dots, "b", "c"]


@pytest.mark.parametrize("pair", ["[]", ("{ a = ", "}")])
def test_nesting_is_refused_at_the_bracket_that_is_too_deep(pair: tuple[str, str]) -> None:
    opening, closing = pair
    text = "x = " + opening * 4 + ("1" if opening != "[" else "") + closing * 4
    assert read(text, Limits(depth=4))
    column = 5 + 3 * len(opening)
    assert error_of(text, Limits(depth=3)) == f"1:{column}: nests deeper than 3 levels; flatten the document"


def test_brackets_in_text_and_comments_do_not_nest() -> None:
    text = "# [[[[\na = '[[[['\nb = \"[[\\\"[[\"\nc = ''' '' [[[['''''\n" + 'd = """[[\n""[[\\""""\n'
    assert len(read(text, Limits(depth=1))) == 4


def test_a_number_of_thousands_of_digits_never_reaches_the_conversion() -> None:
    assert error_of("a = 1\nb = -" + "9" * 5000) == "2:5: has a number of 5,001 digits; write it short, such as 1e25"


# Places ---------------------------------------------------------------------------------------------------------------


def test_a_table_is_underlined_at_its_header() -> None:
    places = find_places("[a.b]\nc = 1\n[[access]]\n[[access]]\n")
    assert places["/a"] == places["/a/b"] == header(1, 1, 6)
    assert places["/access"] == places["/access/0"] == header(3, 1, 11)
    assert places["/access/1"] == header(4, 1, 11)


def test_a_header_of_its_own_beats_a_mention() -> None:
    places = find_places("[a.b]\n[a]\n")
    assert places["/a"] == header(2, 1, 4)


def test_a_header_below_an_array_of_tables_means_its_last_element() -> None:
    first = "[[threat]]\n[threat.existing_risk]\n"
    last = "[[threat]]\n[threat.existing_risk]\nscale = 'no'\n[[threat.x.y]]\n[[threat.x.y]]\nz=1"
    places = find_places(first + last)
    assert places["/threat/0/existing_risk"].span.line == 2
    assert places["/threat/1/existing_risk"].span.line == 4
    assert places["/threat/1/existing_risk/scale"].value == at(5, 9, 5, 13)
    assert places["/threat/1/x/y/1/z"].span.line == 8
    assert "/threat/0/existing_risk/scale" not in places


def test_a_pair_is_underlined_from_its_key_to_the_end_of_its_value() -> None:
    places = find_places('\n  "a b" . c = [ 1,\r\n   { d = "x" } ] # e\n')
    assert places["/a b/c"] == Place(span=at(2, 3, 3, 17), value=at(2, 15, 3, 17))
    assert places["/a b"].span == at(2, 3, 3, 17)
    assert places["/a b/c/0"].span == at(2, 17, 2, 18)
    assert places["/a b/c/1"].span == at(3, 4, 3, 15)
    assert places["/a b/c/1/d"] == Place(span=at(3, 6, 3, 13), value=at(3, 10, 3, 13))


def test_columns_count_code_points() -> None:
    places = find_places('"ä" = { "ö😀" = "ü" }')
    assert places["/ä/ö😀"] == Place(span=at(1, 9, 1, 19), value=at(1, 16, 1, 19))


def test_a_multi_line_text_ends_after_its_last_quote() -> None:
    assert find_places('a = """x\n""y"""""\nb = 1')["/a"].value == at(1, 5, 2, 9)


def test_a_key_with_escapes_is_found_under_its_meaning() -> None:
    assert set(find_places('"a\\u0041/~" = 1')) == {"/aA~1~0"}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("x = {\n a = 1, # {\n b = [\n2,],\n}\ny = 1", 6),
        ('x = "\\e\\\\e"\ny = 1', 2),
        ("x = 2025-01-01 07:32Z\ny = 1", 2),
    ],
)
def test_toml_1_1_keeps_its_places_though_the_grammar_does_not_know_it(text: str, line: int) -> None:
    places = find_places(text)
    assert places["/x"].span.line == 1
    assert places["/y"] == Place(span=at(line, 1, line, 6), value=at(line, 5, line, 6))


def test_what_no_grammar_knows_has_no_place_and_breaks_nothing() -> None:
    assert set(find_places("a = 1\nb = = 2\nc = 3")) <= {"/a"}


def test_places_do_not_change_the_data() -> None:
    data: dict[str, Any] = read("a = [{ b = 1 }]", LIMITS)
    assert data == {"a": [{"b": 1}]}
