"""Tables as registries publish them: no row is lost with another, and every error says where."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from release_review.errors import InputError
from release_review.hooks import Unread
from release_review.importers.registries.rows import FILE_BYTES, ROW_CHARACTERS, Row, open_table
from release_review.model import LIMITS, Limits

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


def table(folder: Path, content: str | bytes) -> Path:
    path = folder / "table.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def rows(path: Path, *used: str, limits: Limits = LIMITS) -> list[Row | Unread]:
    return [*open_table(path, limits, needs=used).rows(used)]


def told(found: list[Row | Unread]) -> list[str]:
    return [str(row.error).partition("/table.csv")[2] if isinstance(row, Unread) else row.cells["a"] for row in found]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "a byte order mark"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"], ids=["LF", "CRLF", "CR"])
def test_the_way_lines_end_and_a_byte_order_mark_make_no_difference(tmp_path: Path, mark: bytes, end: bytes) -> None:
    content = mark + end.join([b"a,b", b'1,"x', b'y"', b"", b"2,z"])
    first, second = rows(table(tmp_path, content), "a", "b")
    assert isinstance(first, Row)
    assert isinstance(second, Row)
    assert (first.line, first.cells["a"], first.cells["b"].split()) == (2, "1", ["x", "y"])
    assert (second.line, second.origin, second.cells) == (5, f"{tmp_path}/table.csv:5", {"a": "2", "b": "z"})


def test_quotes_commas_and_blanks_are_read_as_they_are_meant(tmp_path: Path) -> None:
    (row,) = rows(table(tmp_path, 'a,b\n" 1,""x"" ",5" screen\n'), "a", "b")
    assert isinstance(row, Row)
    assert row.cells == {"a": '1,"x"', "b": '5" screen'}


def test_a_bad_row_is_told_with_its_line_and_loses_no_other(tmp_path: Path) -> None:
    content = 'a,b\n1,x\n2\n"3"y,z\n4,x,\n5,x\n'
    assert told(rows(table(tmp_path, content), "a")) == [
        "1",
        ":3: has 1 cells, and the header has 2; correct the row; look for a quote that is not closed",
        ":4: is not CSV: ',' expected after '\"'; correct the row",
        ":5: has 3 cells, and the header has 2; correct the row; look for a quote that is not closed",
        "5",
    ]


def test_a_row_that_a_stray_quote_has_swallowed_others_with_says_how_many_lines(tmp_path: Path) -> None:
    assert told(rows(table(tmp_path, 'a,b\n1,"x\n2,y\n3",z\n4,w\n'), "a")) == [
        ":2: has 3 cells, over 3 lines, and the header has 2; correct the row; look for a quote that is not closed",
        "4",
    ]


def test_a_quote_that_is_never_closed_is_told_where_it_opens(tmp_path: Path) -> None:
    assert told(rows(table(tmp_path, 'a,b\n1,x\n2,"y\n3,z\n'), "a")) == [
        "1",
        ":3: opens a quote that is never closed; close the quote; nothing below it could be read",
    ]


def test_a_cell_that_is_too_long_is_told_where_it_is_used(tmp_path: Path) -> None:
    path = table(tmp_path, f"a,b\n{'x' * 101},1\n2,{'x' * 200_000}\n3,{'y' * 101}\n")
    assert told(rows(path, "a", limits=Limits(string_characters=100))) == [
        ":2: the cell 'a' is longer than the limit of 100 characters; shorten it",
        ":3: is not CSV: field larger than field limit (131072); correct the row",
        "3",
    ]


def test_a_nul_is_told_in_the_row_that_holds_it(tmp_path: Path) -> None:
    assert told(rows(table(tmp_path, "a,b\n1,\0\n2,\n"), "a")) == [":2: holds the character NUL; remove it", "2"]
    with pytest.raises(InputError, match="holds the character NUL"):
        open_table(table(tmp_path, "a,\0\n"), LIMITS)


def test_rows_beyond_the_limit_are_told_and_not_read(tmp_path: Path) -> None:
    path = table(tmp_path, "a\n" + "1\n" * 3)
    assert told(rows(path, "a", limits=Limits(nodes=3))) == ["1", "1", "1"]
    assert told(rows(path, "a", limits=Limits(nodes=2))) == [
        "1",
        "1",
        ":4: begins row 3, and more are not read; split the table",
    ]


def test_a_row_that_is_too_long_is_told_before_it_becomes_cells(tmp_path: Path) -> None:
    path = table(tmp_path, f"a\n{',' * (ROW_CHARACTERS + 1)}\n1\n")
    hint = "shorten it; look for a quote that is not closed"
    assert told(rows(path, "a")) == [
        f":2: the row is longer than the limit of {ROW_CHARACTERS:,} characters; {hint}",
        "1",
    ]


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ("", ": is empty; name a CSV file with a header"),
        ("\n,,\n", ": is empty; name a CSV file with a header"),
        ("b,c\n", ":1: has no column 'a'; name a table with the columns a"),
        ("\na,b,a\n", ":2: has the column 'a' twice; keep one of the two"),
        ('"a\n', ":1: opens a quote that is never closed; close the quote; nothing below it could be read"),
        (b"a\n\xff\n", ":2:1: is not UTF-8: byte 0xff at offset 2; save the file as UTF-8"),
        ("," * LIMITS.items, f":1: has more than {LIMITS.items:,} columns; split the table"),
    ],
)
def test_a_table_that_is_none_is_one_line(tmp_path: Path, content: str | bytes, error: str) -> None:
    content = content if content != "," * LIMITS.items else f"a{content}"
    with pytest.raises(InputError) as caught:
        open_table(table(tmp_path, content), LIMITS, needs=["a"])
    assert str(caught.value) == f"{tmp_path}/table.csv{error}"


def test_a_table_may_be_larger_than_a_manifest_and_has_a_bound_of_its_own(tmp_path: Path) -> None:
    path = table(tmp_path, "a\n1\n")
    assert told(rows(path, "a", limits=Limits(file_bytes=1))) == ["1"]
    with path.open("r+b") as file:
        file.truncate(FILE_BYTES + 1)
    with pytest.raises(InputError, match="is larger than the limit"):
        open_table(path, LIMITS)


def test_a_column_that_the_table_does_not_have_is_empty(tmp_path: Path) -> None:
    (row,) = open_table(table(tmp_path, "a\n1\n"), LIMITS).rows(["a", "b"])
    assert isinstance(row, Row)
    assert row.cells == {"a": "1", "b": ""}


@pytest.mark.no_cover
@given(cells=st.lists(st.tuples(TEXT, TEXT).filter(lambda pair: any(each.strip() for each in pair)), max_size=6))
def test_what_is_written_as_csv_is_read_back(tmp_path_factory: pytest.TempPathFactory, cells: list[tuple[str]]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([("a", "b"), *cells])
    found = rows(table(tmp_path_factory.mktemp("table"), text.getvalue()), "a", "b")
    read = [(row.cells["a"], row.cells["b"]) for row in found if isinstance(row, Row)]
    assert read == [tuple(each.strip() for each in pair) for pair in cells]
