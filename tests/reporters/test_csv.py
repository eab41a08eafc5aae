"""The report for spreadsheets, read back by the standard library's reader."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable

import pytest
from reports import CASES, HOSTILES, UNREVIEWED, blocked, harms, hostile, many, passed, several

from release_review import escape
from release_review.hooks import Style, Unreviewed
from release_review.model import Report
from release_review.reporters import csv_, release_review_reporters
from release_review.summary import overall_verdict, verdict_shown

render = next(each.render for each in release_review_reporters() if each.name == "csv")

SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20"


def cells(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def rows(entries: list[Report | Unreviewed]) -> list[dict[str, str]]:
    header, *found = cells(render(entries, Style()))
    return [dict(zip(header, row, strict=True)) for row in found]


@pytest.mark.parametrize("name", ["blocked", "several"])
def test_the_whole_report(name: str, golden: Callable[[str, str], None]) -> None:
    golden(f"reporters/{name}.csv", render([blocked()] if name == "blocked" else several(), Style()))


def test_every_line_is_a_row_and_ends_as_the_standard_says() -> None:
    text = render(several(), Style())
    assert text.endswith("\r\n")
    assert text.count("\n") == text.count("\r\n") == len(cells(text))


def test_the_columns_stand_in_the_header() -> None:
    assert tuple(cells(render([passed()], Style()))[0]) == csv_.COLUMNS


@pytest.mark.parametrize("entries", CASES.values(), ids=CASES.keys())
def test_the_verdict_is_told_and_what_blocks_agrees_with_it(entries: list[Report | Unreviewed]) -> None:
    found = rows(entries)
    verdicts = {row["verdict"] for row in found}
    assert overall_verdict(entries).value in verdicts
    assert any(row["blocks"] == "yes" for row in found) == (overall_verdict(entries).value != "pass")
    assert verdicts == {verdict_shown(entry).value for entry in entries} or not entries


def test_each_rule_has_a_row_and_each_finding_its_own() -> None:
    found = rows([blocked()])
    assert [row["rule"] for row in found].count("steps/existing-risk") == 2
    assert {row["rule"] for row in found} == {result.id for result in blocked().results}
    assert {row["outcome"] for row in found if row["rule"] == "access/for-others"} == {"not-applicable"}


def test_who_lifted_a_finding_and_until_when_is_told() -> None:
    row = next(row for row in rows([blocked()]) if row["rule"] == "steps/owner-named")
    assert (row["waiver"], row["waiver_owner"], row["waiver_expires"]) == ("W-1", "release team", "2026-01-31")
    assert row["blocks"] == "no"
    assert next(row for row in rows([blocked()]) if row["rule"] == "steps/old-debt")["known"] == "yes"


def test_a_finding_about_a_waiver_stands_in_the_waiver_file() -> None:
    row = next(row for row in rows([blocked()]) if row["rule"] == "gate/waivers-in-force")
    assert (row["manifest"], row["file"], row["line"]) == ("release.toml", "waivers.toml", "4")


def test_a_manifest_that_could_not_be_reviewed_is_an_error_at_its_line() -> None:
    first, second = rows([UNREVIEWED])
    assert (first["verdict"], first["outcome"], first["blocks"]) == ("error", "error", "yes")
    assert (first["file"], first["line"], first["column"]) == ("other.toml", "3", "1")
    assert first["message"] == "unknown key 'relase'; did you mean 'release'?"
    assert second["line"] == "9"


def test_rows_that_do_not_fit_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_, "MOST_ROWS", 10)
    found = rows([many(25)])
    assert len(found) == 11
    assert found[-1]["message"].startswith("15 more rows not listed here")
    assert found[-1]["verdict"] == "blocked"
    assert len(rows([many(10)])) == 10


@pytest.mark.parametrize("text", HOSTILES.values(), ids=HOSTILES.keys())
def test_hostile_text_breaks_no_row_and_is_no_formula(text: str) -> None:
    whole = render(hostile(text), Style())
    assert not harms(whole.replace("\r\n", "\n"))
    found = cells(whole)
    assert {len(row) for row in found} == {len(csv_.COLUMNS)}
    assert len(found) == 1 + 10 + 2
    for cell in (cell for row in found for cell in row):
        assert not cell.lstrip().startswith(tuple(SIGNS))
        assert not re.search(rf";\s*[{SIGNS}]", cell)
        assert len(cell) <= 10_000


@pytest.mark.no_cover
def test_every_code_point_is_read_back() -> None:
    for start in range(0, 0x110000, 0x2000):
        texts = [chr(code) for code in range(start, start + 0x2000)]
        joined = "a".join(texts)
        alone, (whole,) = cells(",".join(escape.csv(text) for text in texts) + f"\r\n{escape.csv(f'a{joined}')}\r\n")
        assert alone == [f"'{text}" if text in SIGNS else escape.plain(text) for text in texts]
        assert whole == escape.plain(f"a{joined}")


@pytest.mark.parametrize(
    ("text", "shown"),
    [("=1", "'=1"), (" @a", "' @a"), ("a;=1", "a;'=1"), ("a;  -1", "a;'  -1"), ("a-1", "a-1"), ("'=1", "'=1")],
)
def test_a_formula_begins_with_an_apostrophe(text: str, shown: str) -> None:
    assert cells(escape.csv(text)) == [[shown]]
