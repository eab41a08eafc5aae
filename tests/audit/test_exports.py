"""An audit comes out alike in every form: nothing is lost, nothing runs, and whoever reads it sees what is missing."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import corpora
import jsonschema
import ledgers
import pyarrow.parquet as pq
import pytest
from audits import Run, export, rows
from ledgers import HOSTILE, exported
from markdown_it import MarkdownIt

from release_review.audit.exports import EXPORTS, columns, csv_, export_of, jsonl, markdown, parquet
from release_review.audit.exports.told import PURPOSE
from release_review.audit.items import batches
from release_review.audit.ledger import create, open_to_read
from release_review.audit.run import run
from release_review.audit.setup import Setup, as_data, digests_of
from release_review.errors import UsageError
from release_review.hooks import Style
from release_review.reporters.layout import columns as width_of
from release_review.schema import AUDIT_ROW, AUDIT_SUMMARY, published_schema

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*/release.toml"))
TODAY = dt.date(2026, 1, 1)
FORMS = [each.name for each in EXPORTS]
FOR_PEOPLE = ("text", "html", "markdown")


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ledger of the shipped examples, of made-up manifests, and of nine that are wrong."""
    from release_review import load_policies, load_registry
    from release_review.audit.corpus import Named, open_corpus
    from release_review.audit.definitions import definitions_of
    from release_review.audit.executors import OneProcess

    folder = tmp_path_factory.mktemp("exports")
    corpora.write_lines(folder / "all.jsonl", 80, bad=True)
    registry = load_registry(discover=False)
    policies = load_policies(["open-release"], registry)
    setup = Setup(policies=("open-release",), digests=digests_of(policies), today=TODAY)
    named = [Named(path=str(path)) for path in (*EXAMPLES, folder / "all.jsonl")]
    parts = open_corpus(named, importers=registry.importers)
    path = folder / "a.db"
    told = {"corpus": {"named": [["", each.path] for each in named], "exclude": []}, "setup": as_data(setup)}
    with create(path) as begun:
        begun.set_meta(state="running", definitions=definitions_of(policies), **told)
        items = (item for part in parts for item in part.items())
        run(items, setup=setup, ledger=begun, executor=OneProcess())
    assert len(list(batches(range(97)))) == 2  # type: ignore[arg-type]  # more than one batch is read
    return path


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger with a hostile text in every place where there is a text."""
    path = tmp_path_factory.mktemp("hostile") / "h.db"
    texts = [(number, text) for number, text in enumerate(HOSTILE, start=1)]
    found = [ledgers.row(number, text=text) for number, text in texts]
    found += [ledgers.error(number + len(texts), text=text) for number, text in texts]
    return ledgers.write(path, found, definitions=ledgers.definitions(text=HOSTILE[0] + HOSTILE[2] + HOSTILE[6]))


def read_csv(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def read_table(content: bytes) -> Any:
    return pq.read_table(io.BytesIO(content))


# All forms ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", [form for form in FORMS if form != "parquet"])
@pytest.mark.parametrize("name", ["ledger", "hostile"])
def test_no_form_for_people_or_programs_moves_a_cursor_or_begins_a_line_of_its_own(
    form: str, name: str, request: pytest.FixtureRequest
) -> None:
    text = exported(request.getfixturevalue(name), form).decode()
    assert re.findall(r"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\ud800-\udfff]", text) == []
    assert re.findall(r"\r(?!\n)", text) == []
    assert "##[error]" not in text
    if form != "html":
        assert [line for line in text.splitlines() if line.lstrip().startswith("::error::")] == []


@pytest.mark.parametrize("form", FOR_PEOPLE)
def test_a_form_for_people_says_once_what_it_does_not_say(form: str, ledger: Path) -> None:
    text = " ".join(exported(ledger, form).decode().split())
    assert text.count("it does not weigh benefits against risks") == 1


def test_the_purpose_says_that_nothing_is_weighed_and_nothing_decided() -> None:
    assert "does not weigh benefits against risks" in PURPOSE
    assert "no procedure for release decisions" in PURPOSE


@pytest.mark.parametrize("form", FORMS)
def test_an_audit_without_its_end_is_marked_in_every_form_and_a_whole_one_in_none(form: str, tmp_path: Path) -> None:
    found = [ledgers.row(1), ledgers.error(2)]
    unfinished = exported(ledgers.write(tmp_path / "u.db", found, complete=False), form)
    complete = exported(ledgers.write(tmp_path / "c.db", found), form)
    mark = re.compile(rb"unfinished(?!-)", re.IGNORECASE)
    if form == "html":  # its style sheet and its script may speak of the mark
        unfinished, complete = (
            re.sub(rb"<(style|script)\b.*?</\1>", b"", each, flags=re.DOTALL) for each in (unfinished, complete)
        )
        mark = re.compile(rb"unfinished|did not come to its end", re.IGNORECASE)
    assert mark.search(unfinished)
    assert not mark.search(complete)


def test_there_is_no_form_of_another_name() -> None:
    with pytest.raises(UsageError, match="there is no form 'xlsx' of an audit") as caught:
        export_of("xlsx")
    assert caught.value.hint == f"use one of: {', '.join(sorted(FORMS))}"


# JSON Lines -----------------------------------------------------------------------------------------------------------


def test_the_lines_are_the_rows_of_the_ledger_byte_for_byte(ledger: Path) -> None:
    assert exported(ledger, "jsonl") == export(ledger)


def test_every_line_fits_the_published_schema(ledger: Path) -> None:
    validator = jsonschema.Draft202012Validator(published_schema(AUDIT_ROW))
    lines = [json.loads(line) for line in exported(ledger, "jsonl").splitlines()]
    assert len(lines) == 97
    assert [line for line in lines if not validator.is_valid(line)] == []
    assert sum("errors" in line for line in lines) == 9


def test_every_key_of_a_row_is_in_the_published_schema(ledger: Path) -> None:
    schema = published_schema(AUDIT_ROW)
    described = schema["properties"].keys() | schema["then"]["properties"].keys() | schema["else"]["properties"].keys()
    assert {key for row in rows(ledger) for key in row} == described


def test_what_does_not_show_is_an_escape_that_means_the_same(hostile: Path) -> None:
    lines = [json.loads(line) for line in exported(hostile, "jsonl").decode().split("\n")[:-1]]
    assert lines == rows(hostile)
    assert [line["notes"][0] for line in lines if "notes" in line] == list(HOSTILE)


def test_a_last_line_that_is_no_row_says_that_rows_are_missing(tmp_path: Path) -> None:
    *found, last = exported(ledgers.write(tmp_path / "u.db", [ledgers.row(1)], complete=False), "jsonl").splitlines()
    assert len(found) == 1
    assert json.loads(last) == {"schema": jsonl.END, "state": "unfinished", "found": 1}


# CSV ------------------------------------------------------------------------------------------------------------------


def test_each_release_is_one_line_with_all_its_columns(ledger: Path) -> None:
    told = read_csv(exported(ledger, "csv"))
    found = rows(ledger)
    assert [int(each["number"]) for each in told] == list(range(1, 98))
    assert [each["id"] or None for each in told] == [row["release"]["id"] for row in found]
    assert [each["verdict"] for each in told] == [row["verdict"] for row in found]
    assert [each["file"] for each in told] == [row["release"]["manifest"] for row in found]
    with open_to_read(ledger) as opened:
        names = [column.name for column in columns.columns_of(opened.meta["definitions"])]
    assert list(told[0]) == names
    assert len(names) == len(set(names))


def test_a_line_says_what_the_row_says() -> None:
    told = dict(zip(_names(), _values(ledgers.row(7)), strict=True))
    assert told == {
        "number": 7,
        "id": "acme/one",
        "developer": "Acme",
        "name": "one",
        "version": None,
        "date": "2025-08-05",
        "year": 2025,
        "stage": "released",
        "license": "MIT",
        "license_family": "permissive",
        "verdict": "blocked",
        "level:small/access": "applies",
        "since:small/access": "2025-08-05",
        "level:small/risk": "does-not-apply",
        "rules_pass": 1,
        "rules_fail": 2,
        "rules_unknown": 3,
        "rules_not_applicable": 4,
        "rules_error": 0,
        "rules_waived": 5,
        "rules_known": 6,
        "blocking": ["small/out"],
        "errors": [],
        "channels": ledgers.row(7)["channels"],
        "sources": ["card"],
        "conflicts": 1,
        "file": "all.jsonl:7",
    }


def test_a_line_of_what_could_not_be_reviewed_has_name_and_reason_alone() -> None:
    told = dict(zip(_names(), _values(ledgers.error(3)), strict=True))
    assert {name: value for name, value in told.items() if value is not None} == {
        "number": 3,
        "verdict": "error",
        "errors": ["all.jsonl:3:1:2: is no manifest; write one"],
        "file": "all.jsonl:3",
    }


def test_a_release_without_a_verdict_says_which_rule_broke_or_that_none_applies() -> None:
    finding = ledgers.row(1)["findings"][0] | {"outcome": "error", "message": "it broke"}
    told = [
        dict(zip(_names(), _values(ledgers.row(1, verdict="error", findings=found)), strict=True))["errors"]
        for found in ([finding], [])
    ]
    assert told == [["small/out: it broke"], ["no rule applies to it"]]


def _names() -> list[str]:
    return [column.name for column in columns.columns_of(ledgers.definitions())]


def _values(row: dict[str, Any]) -> list[Any]:
    return [column.value(row) for column in columns.columns_of(ledgers.definitions())]


def test_no_cell_is_a_formula_and_each_release_stays_one_line(hostile: Path) -> None:
    content = exported(hostile, "csv")
    assert content.count(b"\r\n") == content.count(b"\n") == 1 + 2 * len(HOSTILE)
    told = read_csv(content)
    assert len(told) == 2 * len(HOSTILE)
    cells = [cell for each in told for cell in (*each, *each.values())]
    assert [cell for cell in cells if cell.lstrip()[:1] in {"=", "+", "-", "@"}] == []
    assert max(map(len, cells)) < 32_767  # what Excel takes


def test_lines_are_written_some_at_a_time_and_none_is_lost(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = exported(ledger, "csv")
    monkeypatch.setattr(csv_, "_AT_ONCE", 7)
    assert exported(ledger, "csv") == whole


def test_a_cell_of_a_list_is_cut_where_a_spreadsheet_would_cut_it(tmp_path: Path) -> None:
    channels = [ledgers.row(1)["channels"][0] | {"id": f"hub-{number}-{'x' * 900}"} for number in range(50)]
    (told,) = read_csv(exported(ledgers.write(tmp_path / "a.db", [ledgers.row(1, channels=channels)]), "csv"))
    assert len(told["channels"]) == csv_.CELL_CHARACTERS
    assert told["channels"].endswith("...")


# Parquet --------------------------------------------------------------------------------------------------------------


def test_the_columns_have_types_and_the_values_of_the_rows(ledger: Path) -> None:
    table = read_table(exported(ledger, "parquet"))
    told, found = table.to_pylist(), rows(ledger)
    assert [each["number"] for each in told] == [row["number"] for row in found]
    by_id = {each["file"]: each for each in told}
    minimal = next(each for name, each in by_id.items() if name.endswith("minimal/release.toml"))
    assert (minimal["date"], minimal["year"]) == (None, None)
    gpt4 = next(each for name, each in by_id.items() if name.endswith("gpt-4/release.toml"))
    assert gpt4["date"] == dt.date(2023, 3, 14)
    assert gpt4["year"] == 2023
    assert gpt4["since:open-properties/local-inference"] == dt.date(2023, 3, 14)
    assert [each["kind"] for each in gpt4["channels"]] == ["api", "app"]
    assert [each["errors"] for each in told if each["id"] is None] == [
        row["errors"] for row in found if row["release"]["id"] is None
    ]
    assert str(table.schema.field("rules_pass").type) == "int64"
    assert table.schema.metadata[b"state"] == b"complete"


@pytest.mark.parametrize(("size", "sizes"), [(40, [40, 40, 17]), (97, [97])])
def test_the_table_is_written_in_groups_of_rows(
    size: int, sizes: list[int], ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = read_table(exported(ledger, "parquet"))
    monkeypatch.setattr(parquet, "ROWS", size)
    content = exported(ledger, "parquet")
    groups = pq.ParquetFile(io.BytesIO(content)).metadata
    assert [groups.row_group(number).num_rows for number in range(groups.num_row_groups)] == sizes
    assert read_table(content).equals(whole)


def test_every_manifest_is_json_whatever_it_was_written_in(ledger: Path) -> None:
    told = read_table(exported(ledger, "parquet")).to_pylist()
    manifests = [None if each["manifest"] is None else json.loads(each["manifest"]) for each in told]
    assert [each and each["release"]["id"] for each in manifests] == [each["id"] for each in told]
    assert sum(each is None for each in manifests) == 9


def test_the_table_is_a_corpus_that_comes_to_the_same(ledger: Path, tmp_path: Path, audit: Callable[..., Run]) -> None:
    (tmp_path / "all.parquet").write_bytes(exported(ledger, "parquet"))
    assert audit("all.parquet", "-o", "again.db").status == 2
    before, after = rows(ledger), rows("again.db")
    judged = [[row["verdict"], row.get("assessments"), row.get("rules"), row.get("conflicts")] for row in before]
    assert [[row["verdict"], row.get("assessments"), row.get("rules"), row.get("conflicts")] for row in after] == judged
    assert sum("errors" in row for row in after) == 9


def test_a_manifest_that_nobody_can_read_here_is_left_empty_and_the_rest_is_there(tmp_path: Path) -> None:
    kept = {"format": "JSON5", "evidence": [], "notes": [], "text": ledgers.MANIFEST}
    content = exported(ledgers.write(tmp_path / "a.db", [ledgers.row(1)], manifests=[kept]), "parquet")
    (told,) = read_table(content).to_pylist()
    assert (told["id"], told["manifest"]) == ("acme/one", None)


def test_hostile_texts_stand_in_the_table_as_they_are_but_for_halves_of_characters(hostile: Path) -> None:
    told = read_table(exported(hostile, "parquet")).to_pylist()
    licences = [each["license"] for each in told if each["license"] is not None]
    assert licences == [f"MIT{text}".replace("\ud800", r"\ud800") for text in HOSTILE]


def test_a_day_that_the_calendar_does_not_have_is_damage_and_no_crash(tmp_path: Path) -> None:
    release = ledgers.row(1)["release"] | {"date": "2025-02-30"}
    path = ledgers.write(tmp_path / "a.db", [ledgers.row(1, release=release)])
    with pytest.raises(Exception, match="2025-02-30 is no day"):
        exported(path, "parquet")


def test_without_pyarrow_the_error_says_how_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = ledgers.write(tmp_path / "a.db", [ledgers.row(1)])
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(UsageError, match="pyarrow") as caught:
        exported(path, "parquet")
    assert caught.value.hint == "pip install 'release-review[parquet]', or '.[parquet]' in a checkout"


# JSON -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["ledger", "hostile"])
def test_the_summary_fits_its_published_schema(name: str, request: pytest.FixtureRequest) -> None:
    document = json.loads(exported(request.getfixturevalue(name), "json"))
    jsonschema.validate(document, published_schema(AUDIT_SUMMARY))
    assert document.keys() == published_schema(AUDIT_SUMMARY)["properties"].keys()


def test_the_numbers_of_the_summary_are_those_of_the_rows(ledger: Path) -> None:
    document = json.loads(exported(ledger, "json"))
    found = rows(ledger)
    verdicts = [row["verdict"] for row in found]
    assert document["counts"] == {"found": 97} | {word: verdicts.count(word) for word in ("pass", "blocked", "error")}
    assert document["verdict"] == "error"
    assert len(document["errors"]["listed"]) == 9
    for answers in document["assessments"]:
        levels = [row["assessments"][answers["id"]]["level"] for row in found if "assessments" in row]
        assert answers["levels"] == {level: levels.count(level) for level in answers["scale"]}
    assert document["conflicts"]["fields"] == sum(len(row.get("conflicts", ())) for row in found)


# Markdown -------------------------------------------------------------------------------------------------------------


def tables_of(text: str) -> list[list[int]]:
    """Give the number of cells of each row of each table, as a reader of Markdown finds them."""
    found: list[list[int]] = []
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        if token.type == "table_open":
            found.append([])
        elif token.type == "tr_open":
            found[-1].append(0)
        elif token.type in ("td_open", "th_open"):
            found[-1][-1] += 1
    return found


@pytest.mark.parametrize("name", ["ledger", "hostile"])
def test_the_tables_of_the_markdown_are_tables_and_nothing_in_it_is_a_link_or_a_tag(
    name: str, request: pytest.FixtureRequest
) -> None:
    text = exported(request.getfixturevalue(name), "markdown").decode()
    assert len(text.encode()) <= markdown.MOST_BYTES
    cells = tables_of(text)
    assert len(cells) > 4
    assert all(len(set(each)) == 1 for each in cells)
    page = MarkdownIt("commonmark", {"linkify": False}).enable("table").render(text)
    tags = set(re.findall(r"<(\w+)", page))
    assert tags <= {"h2", "h3", "p", "table", "thead", "tbody", "tr", "th", "td", "code", "em", "strong", "br"}
    assert page.count("<h2>") == 1


def test_a_long_list_is_cut_and_says_so(tmp_path: Path) -> None:
    long = [ledgers.row(number, text=f"-{number}-" + "y|" * 200) for number in range(1, 61)]
    path = ledgers.write(tmp_path / "a.db", [*long, ledgers.error(61), ledgers.error(62)])
    text = exported(path, "markdown").decode()
    assert len(text.encode()) <= markdown.MOST_BYTES
    assert "\nand 35 more\n" in text
    assert "Long tables are cut here" in text
    assert all(len(set(each)) == 1 for each in tables_of(text))
    short = exported(ledgers.write(tmp_path / "b.db", [ledgers.row(1)]), "markdown").decode()
    assert "Long tables are cut here" not in short


def test_a_table_of_more_columns_than_a_page_has_says_how_many_are_missing(tmp_path: Path) -> None:
    asked = ledgers.definitions()
    asked["assessments"]["small/access"] |= {"scale": [f"level-{number}" for number in range(20)]}
    text = exported(ledgers.write(tmp_path / "a.db", [ledgers.row(1)], definitions=asked), "markdown").decode()
    assert "| level-11 |" in text
    assert "level-12 " not in text
    assert "\n9 more columns are not shown here.\n" in text  # `applies` stands in no scale, and comes last


@pytest.mark.parametrize("room", [0, 500, 1_500, 2_500])
def test_what_finds_no_room_is_left_out_as_a_whole_and_the_end_is_always_there(
    room: int, ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(markdown, "MOST_BYTES", markdown._CLOSING_BYTES + room)
    text = exported(ledger, "markdown").decode()
    assert len(text.encode()) <= markdown.MOST_BYTES
    assert all(len(set(each)) == 1 for each in tables_of(text))
    assert "Long tables are cut here" in text
    assert text.endswith(f"_{PURPOSE}_\n")


# Text -----------------------------------------------------------------------------------------------------------------


def test_the_text_fits_a_terminal_of_eighty_columns(ledger: Path) -> None:
    for verbosity in (-1, 0, 1):
        text = exported(ledger, "text", style=Style(verbosity=verbosity)).decode()
        # Commands can be copied, and so are not broken.
        lines = [
            line
            for line in text.splitlines()
            if not line.startswith("    release-review ") and str(ledger.parent) not in line and str(ROOT) not in line
        ]
        assert max(map(width_of, lines)) <= 80


def test_no_text_of_anybody_makes_a_line_longer_than_a_message_may_be(hostile: Path) -> None:
    text = exported(hostile, "text", style=Style(verbosity=1)).decode()
    assert max(map(len, text.splitlines())) <= 1_100


def test_a_name_that_leaves_no_room_for_its_numbers_is_cut_and_columns_without_room_become_sentences(
    tmp_path: Path,
) -> None:
    asked = ledgers.definitions()
    asked["assessments"]["small/access"] |= {"title": "A question that is far too long " * 4}
    path = ledgers.write(tmp_path / "a.db", [ledgers.row(1)], definitions=asked)
    lines = exported(path, "text").decode().splitlines()
    (line,) = [line for line in lines if line.startswith("  A question")]
    assert width_of(line) <= 80
    assert re.search(r"\.\.\. +1 +0$", line)
    asked["assessments"]["small/access"] |= {"title": "Access", "scale": [f"level-{'x' * 30}-{n}" for n in range(4)]}
    lines = (
        exported(ledgers.write(tmp_path / "b.db", [ledgers.row(1)], definitions=asked), "text").decode().splitlines()
    )
    assert max(map(width_of, lines[:20])) <= 80
    assert [line for line in lines if line.startswith("  Access: level-")] != []


def test_a_table_without_end_is_cut_and_says_so(tmp_path: Path) -> None:
    threats = {f"t{number}": f"vector-{number:02}" for number in range(50)}
    text = exported(ledgers.write(tmp_path / "a.db", [ledgers.row(1, threats=threats)]), "text").decode()
    assert "  vector-39 " in text
    assert "  vector-40 " not in text
    assert "\n  and 10 more\n" in text


def test_quiet_is_the_counts_alone_and_verbose_has_the_whole_lists(ledger: Path) -> None:
    quiet, normal, verbose = (
        exported(ledger, "text", style=Style(verbosity=verbosity)).decode() for verbosity in (-1, 0, 1)
    )
    assert normal.startswith(quiet)
    assert len(quiet.splitlines()) == 1
    assert "\nWithout a verdict: 9 releases\n" in normal
    assert "\n  and 4 more\n" in normal
    assert "\n  and 4 more\n" not in verbose
    assert all(f"all.jsonl:{row['number'] - len(EXAMPLES)}" in verbose for row in rows(ledger) if "errors" in row)


def test_colours_come_only_where_they_are_asked_for(ledger: Path) -> None:
    assert b"\x1b[" not in exported(ledger, "text")
    assert exported(ledger, "text", style=Style(color=True)).startswith(b"\x1b[31m97 releases: ")


def test_a_conflict_names_what_each_source_says(tmp_path: Path) -> None:
    text = exported(ledgers.write(tmp_path / "a.db", [ledgers.row(1)]), "text").decode()
    assert (
        "\nConflicts: 1 value in 1 release\n  acme/one, weights.use_limits\n    yes (card 2025-08-05), no (osai)\n"
        in text
    )


def test_a_source_that_says_why_it_does_not_know_is_told_by_its_words_and_both_are_kept_for_programs(
    tmp_path: Path,
) -> None:
    note = "says that the weights are not released"
    fact = {"pointer": "/access/0/kind", "name": "access[hub].kind", "value": "weights", "source": ["card"]}
    conflict = {**fact, "conflicts": [{"value": "unknown", "source": ["osai"], "note": note}]}
    path = ledgers.write(tmp_path / "a.db", [ledgers.row(1, conflicts=[conflict])])
    for form in ("text", "markdown"):
        told = " ".join(exported(path, form).decode().split())
        assert f"weights (card 2025-08-05), {note} (osai)" in told
    (_, claim) = json.loads(exported(path, "json"))["conflicts"]["listed"][0]["claims"]
    assert (claim["value"], claim["note"]) == ("unknown", note)


def test_what_is_not_met_and_what_cannot_be_told_are_two_numbers(tmp_path: Path) -> None:
    outcomes = ["fail"] * 3 + ["unknown"] * 2 + ["error", "pass"]
    found = [ledgers.row(number, rules={"small/out": word}) for number, word in enumerate(outcomes, start=1)]
    path = ledgers.write(tmp_path / "a.db", found)
    assert "  small/out (error): 3 not met, 3 cannot be told\n" in exported(path, "text").decode()
    assert "\n| `small/out` | error | 3 | 3 | The release is out. |\n" in exported(path, "markdown").decode()
    (rule,) = json.loads(exported(path, "json"))["rules"]
    assert (rule["unmet"], rule["undecided"]) == (3, 3)


def test_early_years_are_put_together_and_the_newest_are_kept(tmp_path: Path) -> None:
    about = ledgers.row(1)["release"]
    dates = [None, *(f"{year}-01-01" for year in range(1990, 2027))]
    found = [ledgers.row(number, release=about | {"date": date}) for number, date in enumerate(dates, start=1)]
    text = exported(ledgers.write(tmp_path / "a.db", found), "markdown").decode()
    lines = text.partition("by year of release")[2].partition("The numbers count")[0].splitlines()
    told = [line.split(" | ")[:3] for line in lines if line.startswith("| ")]
    assert [name.removeprefix("| ") for name, *_ in told[1:]] == [
        "until 2016",
        *map(str, range(2017, 2027)),
        "no date",
    ]
    assert told[1][1:] == ["27", "27 |"]


def test_threats_are_told_of_the_releases_that_could_be_looked_at(tmp_path: Path) -> None:
    path = ledgers.write(tmp_path / "a.db", [ledgers.row(1), ledgers.row(2, threats={}), ledgers.error(3)])
    assert "threats   1 of 2 releases describe a threat" in exported(path, "text").decode()


def test_different_sources_of_one_id_are_counted_and_not_joined(tmp_path: Path) -> None:
    found = [
        ledgers.row(n, sources={"card": {"title": title}}) for n, title in enumerate(("Card of a", "On b"), start=1)
    ]
    path = ledgers.write(tmp_path / "a.db", found)
    assert ", 2 different sources\n" in exported(path, "text").decode()
    assert "| `card` | 2 different sources | 2 |" in exported(path, "markdown").decode()
    told = {each["source"]: each["different"] for each in json.loads(exported(path, "json"))["sources"]}
    assert told["card"] == 2
