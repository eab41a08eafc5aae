"""`report` shows what a ledger says, whoever made it: in any form, with every mark it needs, and never a traceback."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import command_line
import ledgers
import pytest
from audits import POLICY, TODAY, Run, rows

from release_review.audit import work
from release_review.audit.exports import EXPORTS, disagreements
from release_review.audit.rows import as_line
from release_review.cli import streams, terminal
from release_review.hooks import Style

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
REGISTRIES = EXAMPLES / "audit" / "registries"
FORMS = [each.name for each in EXPORTS]
MANIFEST = 'schema = "release-manifest/1"\n[release]\nid = "acme/{name}"\nstage = "{stage}"\n'

Runner = Callable[..., Run]


@pytest.fixture
def small(folder: Path, audit: Runner) -> Path:
    """The ledger of a release that passes, one that is blocked and one that is no manifest."""
    (folder / "small.toml").write_text(POLICY, encoding="utf-8")
    made = folder / "releases"
    made.mkdir()
    for name, stage in {"held": "planned", "out": "released", "wrong": "gone"}.items():
        (made / f"{name}.toml").write_text(MANIFEST.format(name=name, stage=stage), encoding="utf-8")
    assert audit("releases", "-o", "a.db", "--policy", "./small.toml").status == 2
    return folder / "a.db"


# What is written ------------------------------------------------------------------------------------------------------


def test_the_summary_of_the_shipped_registries_tells_all_that_there_is(
    folder: Path, audit: Runner, run: Runner, golden: Callable[[str, str], None]
) -> None:
    shutil.copytree(REGISTRIES, folder / "registries")
    names = ("epoch", "fmti", "model-openness-tool", "models-dev", "osai")
    audit(*(f"{name}=registries/{name}" for name in names), "-o", "audit.db", "--today", "2026-11-22")
    done = run("report", "audit.db")
    assert (done.status, done.err) == (0, "")
    assert max(map(len, done.out.splitlines())) <= 80
    golden("audit/report.txt", done.out)
    golden("audit/report.md", run("report", "audit.db", "--output-format", "markdown").out)


def test_the_status_is_zero_whatever_the_verdict(small: Path, run: Runner) -> None:
    done = run("report", "a.db")
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("3 releases: 1 pass, 1 blocked, 1 without a verdict\n")
    assert "\nWithout a verdict: 1 release\n  releases/wrong.toml\n" in done.out
    assert "  small/released (error): 1 not met\n    The release is out.\n" in done.out


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("how", ["--output-format={form}", "--output={form}=-"])
def test_a_form_on_stdout_is_that_in_a_file(
    how: str, form: str, small: Path, folder: Path, run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[bytes] = []
    monkeypatch.setattr(streams, "write_stdout_bytes", taken.append)
    done = run("report", "a.db", "--output", f"{form}=it", how.format(form=form))
    assert (done.status, done.err) == (0, "")
    assert b"".join(taken) == (folder / "it").read_bytes()
    assert len(b"".join(taken)) > 500


def test_several_files_are_written_at_once_and_the_summary_still_goes_to_stdout(
    small: Path, folder: Path, run: Runner
) -> None:
    done = run("report", "a.db", "-q", *(f"--output={form}=a.{form}" for form in FORMS))
    assert (done.status, done.out) == (0, "3 releases: 1 pass, 1 blocked, 1 without a verdict\n")
    assert {path.name for path in folder.glob("a.*")} == {"a.db", *(f"a.{form}" for form in FORMS)}
    assert all(path.stat().st_size for path in folder.glob("a.*"))


def test_one_file_that_cannot_be_written_loses_no_other(
    small: Path, folder: Path, run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "pyarrow", None)
    (folder / "a.parquet").write_text("old", encoding="utf-8")
    done = run("report", "a.db", "--output", "parquet=a.parquet", "--output", "csv=a.csv")
    assert done.status == 2
    assert done.err == (
        "error: Parquet needs pyarrow, which is not installed; pip install 'release-review[parquet]', "
        "or '.[parquet]' in a checkout\n"
        "no verdict was reached\n"
    )
    assert (folder / "a.csv").read_bytes().count(b"\r\n") == 4
    assert (folder / "a.parquet").read_text(encoding="utf-8") == "old"
    assert sorted(path.name for path in folder.iterdir() if path.name.startswith(".")) == []


def test_every_form_is_the_same_whatever_order_hashes_come_in(small: Path, folder: Path) -> None:
    written = []
    for seed in ("1", "2"):
        out = folder / seed
        out.mkdir()
        done = subprocess.run(
            [*command_line.command("report", "a.db"), *(f"--output={form}={seed}/it.{form}" for form in FORMS)],
            env={**command_line.environment(), "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            timeout=120,
        )
        written.append((done.stdout, {path.name: path.read_bytes() for path in out.iterdir()}))
    assert len(written[0][1]) == len(FORMS)
    assert written[0] == written[1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--output", "csv=a.db"], "a.db: the report would replace what this run reads or writes"),
        (["--output", "xlsx=a.xlsx"], "there is no form 'xlsx' of an audit; use one of: csv, html, json"),
        (["--output-format", "cvs"], "there is no form 'cvs' of an audit; did you mean 'csv'?"),
        (["--output", "csv"], "--output 'csv' is not NAME=PATH"),
        (["--output", "csv=-", "--output", "json=-"], "two reports are for stdout"),
        (["--output", "csv=-", "--output-format", "json"], "--output-format and --output NAME=- are both for stdout"),
        (["--output", "csv=none/a.csv"], "none/a.csv: the report has no folder to go to"),
    ],
)
def test_what_cannot_be_written_is_refused_before_anything_is_read(
    arguments: list[str], message: str, small: Path, run: Runner
) -> None:
    before = small.read_bytes()
    done = run("report", "a.db", *arguments)
    assert (done.status, done.out) == (2, "")
    assert f"error: {message}" in done.err
    assert small.read_bytes() == before


def test_parquet_is_nothing_for_a_terminal(small: Path, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "is_terminal", lambda: True)
    done = run("report", "a.db", "--output-format", "parquet")
    assert (done.status, done.out) == (2, "")
    assert "parquet is nothing to read on a terminal; write --output parquet=FILE" in done.err


def test_colours_are_for_stdout_alone(small: Path, folder: Path, run: Runner) -> None:
    done = run("report", "a.db", "--color", "always", "--output", "text=a.txt")
    assert done.out.startswith("\x1b[31m3 releases: ")
    assert "\x1b" not in (folder / "a.txt").read_text(encoding="utf-8")


def test_an_older_file_does_not_outlive_a_ledger_that_cannot_be_read(folder: Path, run: Runner) -> None:
    (folder / "a.csv").write_text("pass", encoding="utf-8")
    assert run("report", "none.db", "--output", "csv=a.csv").status == 2
    assert not (folder / "a.csv").exists()


# One release ----------------------------------------------------------------------------------------------------------


def test_the_report_of_one_release_is_the_one_that_check_gives(folder: Path, audit: Runner, run: Runner) -> None:
    shutil.copy(EXAMPLES / "gpt-oss-120b" / "release.toml", folder / "release.toml")
    audit("release.toml", "-o", "a.db")
    checked = run("check", "release.toml", "--today", TODAY, "--as-of", TODAY, "--output-format", "full")
    told = run("report", "a.db", "--release", "openai/gpt-oss-120b")
    assert (checked.status, told.status, told.err) == (1, 0, "")
    assert told.out == checked.out
    form = ("--output-format", "sarif")
    checked = run("check", "release.toml", "--today", TODAY, "--as-of", TODAY, *form)
    assert run("report", "a.db", "--release", "openai/gpt-oss-120b", *form).out == checked.out


def test_a_release_is_found_by_its_manifest_too_and_one_without_a_verdict_tells_why(small: Path, run: Runner) -> None:
    assert "blocked (1 blocking, 0 passed)" in run("report", "a.db", "--release", "releases/held.toml").out
    done = run("report", "a.db", "--release", "releases/wrong.toml")
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("error: releases/wrong.toml\n  manifest releases/wrong.toml, number 3 of the corpus\n")
    assert "releases/wrong.toml:4:1: release.stage is" in " ".join(done.out.split())
    assert "stage" in run("report", "a.db", "--release", "releases/wrong.toml", "--output-format", "json").out


def test_a_release_that_is_not_there_is_an_error_with_the_nearest(small: Path, run: Runner) -> None:
    done = run("report", "a.db", "--release", "acme/helt")
    assert (done.status, done.out) == (2, "")
    assert "error: the ledger has no release 'acme/helt'; did you mean 'acme/held'?" in done.err
    assert "the CSV has all ids" in run("report", "a.db", "--release", "zzz").err


def test_only_the_batches_of_the_release_are_unpacked(
    folder: Path, audit: Runner, run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "small.toml").write_text(POLICY, encoding="utf-8")
    manifest = {"schema": "release-manifest/1", "release": {"stage": "released"}}
    ids = [f"acme/m{number}" for number in range(1, 140)] + ["acme/m70"]
    lines = [json.dumps(manifest | {"release": manifest["release"] | {"id": each}}) for each in ids]  # type: ignore[operator]
    (folder / "all.jsonl").write_text("\n".join(lines), encoding="utf-8")
    audit("all.jsonl", "-o", "a.db", "--policy", "./small.toml")
    unpacked: list[int] = []

    def unpack(packed: bytes) -> bytes:
        unpacked.append(len(packed))
        return work.unpack(packed)

    monkeypatch.setattr("release_review.audit.ledger.unpack", unpack)
    done = run("report", "a.db", "--release", "acme/m70", "--output-format", "concise")
    assert len(unpacked) == 2  # those of the 70th and of the 140th
    assert "all.jsonl:70: pass" in done.out
    assert "all.jsonl:140: pass" in done.out
    assert done.out.count(": pass") == 2


def test_where_the_policy_is_another_one_the_release_is_told_from_the_ledger(
    small: Path, folder: Path, run: Runner
) -> None:
    (folder / "small.toml").write_text(POLICY.replace("1.0.0", "2.0.0"), encoding="utf-8")
    work._tools.cache_clear()  # a process of its own has made nothing ready yet
    done = run("report", "a.db", "--release", "acme/held")
    assert done.status == 0
    assert done.err.startswith("note: told from the ledger, because it cannot be reviewed again: the policies of a")
    assert done.out.startswith("blocked: acme/held\n  manifest releases/held.toml, number 1 of the corpus\n")
    assert "error small/released (fail) at release.stage: " in " ".join(done.out.split())
    refused = run("report", "a.db", "--release", "acme/held", "--output-format", "json")
    assert (refused.status, refused.out) == (2, "")
    assert "without small 1.0.0 and with small 2.0.0" in refused.err


def test_a_ledger_that_says_something_else_than_a_review_is_not_believed_in_silence(small: Path, run: Runner) -> None:
    ledgers.change_rows(small, lambda lines: lines.replace(b'"verdict":"blocked"', b'"verdict":"pass"'))
    done = run("report", "a.db", "--release", "acme/held", "--output-format", "concise")
    assert "releases/held.toml: blocked" in done.out
    assert done.err.startswith("note: releases/held.toml: the audit, by release-review ")
    assert done.err.endswith("came to something else\n")
    assert run("report", "a.db", "--release", "acme/out").err == ""


def test_a_row_is_told_with_all_that_is_in_it(folder: Path, run: Runner) -> None:
    ledgers.write(folder / "a.db", [ledgers.row(1), ledgers.error(2)])
    done = run("report", "a.db", "--release", "acme/one")
    told = " ".join(done.out.split())
    for part in (
        "blocked: acme/one manifest all.jsonl:1, number 1 of the corpus",
        "small/access: applies since 2025-08-05: so it is",
        "error small/out (fail) at release: it is not out",
        "Where sources disagree No source wins: to every question and rule that reads such a value, it is unknown.",
        "unknown. weights.use_limits yes card, A card, 2025-08-05 no; said so osai, no date",
        "it does not weigh benefits against risks",
    ):
        assert part in told
    assert done.status == 0
    failed = run("report", "a.db", "--release", "all.jsonl:2")
    assert failed.out.startswith("error: all.jsonl:2\n")
    assert "all.jsonl:2:1:2: is no manifest; write one" in failed.out


def test_a_finding_about_the_whole_has_no_place_and_a_release_without_conflicts_has_no_list(
    folder: Path, run: Runner
) -> None:
    finding = ledgers.row(1)["findings"][0] | {"name": "", "waiver": "W-1"}
    ledgers.write(folder / "a.db", [ledgers.row(1, findings=[finding], conflicts=[])])
    done = run("report", "a.db", "--release", "acme/one")
    assert "error small/out (fail, waived by W-1): it is not out" in done.out
    assert "disagree" not in done.out


def test_from_when_on_is_told_only_of_a_property_that_a_release_has(folder: Path, run: Runner) -> None:
    told = ledgers.row(1)["assessments"]["small/access"]
    ledgers.write(folder / "a.db", [ledgers.row(1, assessments={"small/access": told | {"level": "does-not-apply"}})])
    assert "small/access: does-not-apply: so it is" in run("report", "a.db", "--release", "acme/one").out


SAID = """\

Where sources disagree
  No source wins: to every question and rule that reads such a value, it is
  unknown.
  access[hub].kind
    weights
        card, Model card, 2025-08-05
    says that they are not released
        index, Index, no date
"""


@pytest.fixture
def disputed(folder: Path, audit: Runner) -> Path:
    """The ledger of a release on which sources disagree."""
    (folder / "small.toml").write_text(POLICY, encoding="utf-8")
    claim = {"value": "unknown", "source": ["index"], "note": "says that they are not released"}
    manifest = {
        "schema": "release-manifest/1",
        "release": {"id": "acme/one", "stage": "released"},
        "access": [{"id": "hub", "kind": {"value": "weights", "source": ["card"], "conflicts": [claim]}}],
        "source": {"card": {"title": "Model card", "date": "2025-08-05"}, "index": {"title": "Index"}},
    }
    (folder / "one.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert audit("one.json", "-o", "a.db", "--policy", "./small.toml").status == 0
    return folder / "a.db"


def test_the_report_of_a_release_ends_with_what_sources_disagree_about(
    disputed: Path, folder: Path, run: Runner
) -> None:
    done = run("report", "a.db", "--release", "acme/one", "--output", "markdown=one.md")
    assert (done.status, done.err) == (0, "")
    assert done.out.endswith(SAID)
    checked = run("check", "one.json", "--today", TODAY, "--policy", "./small.toml", "--output-format", "full")
    assert done.out.removesuffix(SAID).splitlines()[5:] == checked.out.splitlines()[5:]
    assert (
        (folder / "one.md")
        .read_text(encoding="utf-8")
        .endswith(
            "\n\n### Where sources disagree\n\n"
            "No source wins: to every question and rule that reads such a value, it is unknown.\n\n"
            "| Value | What is said | By whom |\n|---|---|---|\n"
            "| `access[hub].kind` | weights | card, Model card, 2025-08-05 |\n"
            "| `access[hub].kind` | says that they are not released | index, Index, no date |\n"
        )
    )
    assert "disagree" not in run("report", "a.db", "--release", "acme/one", "-q").out


def test_a_format_without_a_part_on_conflicts_says_where_they_are(disputed: Path, run: Runner) -> None:
    done = run("report", "a.db", "--release", "acme/one", "--output-format", "json")
    assert done.err == "note: sources disagree on this release; 'json' has no part on it, full and markdown have\n"
    json.loads(done.out)


def test_conflicts_without_end_are_cut_and_counted_in_the_report_of_a_release() -> None:
    conflicts = [{**ledgers.row(1)["conflicts"][0], "name": f"field-{number}"} for number in range(150)]
    row = ledgers.row(1, conflicts=conflicts)
    lines = list(disagreements.conflict_lines(row, Style()))
    assert lines[-1] == "  and 50 more"
    table = list(disagreements.conflict_table(row, room=1_000))
    assert len("\n".join(table)) < 1_300
    shown = sum(line.startswith("| `field-") for line in table) // 2
    assert table[-1] == f"and {150 - shown} more"


@pytest.mark.parametrize("text", ledgers.HOSTILE[:12])
def test_a_hostile_text_stays_a_text_in_what_sources_disagree_about(text: str) -> None:
    row = ledgers.row(1, text=text)
    lines = [*disagreements.conflict_lines(row, Style(), of=text), *disagreements.conflict_table(row, of=text)]
    assert [line for line in lines if not line.isprintable() or line.lstrip().startswith("::")] == []
    cells = [len(re.findall(r"(?<!\\)\|", line)) for line in lines if line.startswith("|")]
    assert set(cells) == {4}


def test_a_row_whose_sources_are_of_another_shape_is_damage(folder: Path, run: Runner) -> None:
    ledgers.write(folder / "a.db", [ledgers.row(1, sources={"card": {"title": 7}})])
    done = run("report", "a.db", "--release", "acme/one")
    assert (done.status, done.out) == (2, "")
    assert "error: a.db: a row of it is damaged; make the ledger again" in done.err


def test_a_setup_of_another_version_is_told_and_the_row_is_shown(folder: Path, run: Runner) -> None:
    ledgers.write(folder / "a.db", [ledgers.row(1)], setup={**ledgers.SETUP, "limits": {"hats": 3}})
    done = run("report", "a.db", "--release", "acme/one")
    assert done.status == 0
    assert "note: told from the ledger, because it cannot be reviewed again: a.db: its setup is of another" in done.err
    assert done.out.startswith("blocked: acme/one\n")


# Ledgers that are not whole -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("more", [(), ("--release", "acme/one"), ("--output-format", "csv")])
def test_a_ledger_without_its_end_is_told_on_stderr_with_the_way_on(
    more: tuple[str, ...], folder: Path, run: Runner
) -> None:
    ledgers.write(folder / "a.db", [ledgers.row(1)], complete=False)
    done = run("report", "a.db", *more)
    assert done.status == 0
    assert done.err.startswith(
        "note: a.db is unfinished, and releases are missing; go on with 'release-review audit --resume -o a.db'\n"
    )


def test_an_audit_that_was_stopped_before_it_read_anything_says_so(folder: Path, run: Runner) -> None:
    from release_review.audit.ledger import create

    create(folder / "a.db").__exit__(None, None, None)
    done = run("report", "a.db")
    assert (done.status, done.out) == (2, "")
    assert "error: a.db: the audit was stopped before it read anything; begin the audit again with --resume" in done.err


def _foreign(path: Path) -> None:
    path.unlink()
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE meta (name TEXT, value TEXT)")
    connection.commit()
    connection.close()


def _bomb(path: Path) -> None:
    packing = zlib.compressobj(9)
    packed = b"".join(packing.compress(b" " * (1 << 20)) for _ in range(8)) + packing.flush()
    ledgers.change(path, "UPDATE batch SET rows = ?, manifests = ?", packed, packed)


def _lines(damage: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    return lambda path: ledgers.change_rows(path, damage)


def _meta(name: str, value: str) -> Callable[[Path], None]:
    return lambda path: ledgers.change(path, "UPDATE meta SET value = ? WHERE name = ?", value, name)


def _whole(row: dict[str, Any]) -> Callable[[Path], None]:
    return _lines(lambda _: as_line(row).encode("utf-8", "backslashreplace"))


def _cut(length: Callable[[int], int]) -> Callable[[Path], None]:
    def cut(path: Path) -> None:
        path.write_bytes(path.read_bytes()[: length(path.stat().st_size)])

    return cut


def _fill(filling: bytes, start: int) -> Callable[[Path], None]:
    def fill(path: Path) -> None:
        content = path.read_bytes()
        path.write_bytes(content[:start] + filling * (len(content) - start))

    return fill


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


NO_LEDGER = "name a ledger that 'release-review audit' has written"

DAMAGE: dict[str, tuple[Callable[[Path], None], str]] = {
    "cut in the middle": (_cut(lambda size: size // 2), "a.db: "),
    "cut in its header": (_cut(lambda _: 50), NO_LEDGER),
    "empty": (_cut(lambda _: 0), NO_LEDGER),
    "no database": (_fill(b"r", 0), NO_LEDGER),
    "pages of nothing": (_fill(b"\0", 4096), "a.db: "),
    "a database of others": (_foreign, NO_LEDGER),
    "a folder": (_folder, NO_LEDGER),
    "a trigger": (
        lambda path: ledgers.change(path, "CREATE TRIGGER t INSERT ON meta BEGIN DELETE FROM batch; END"),
        "a.db: is a ledger that somebody has changed",
    ),
    "a view": (
        lambda path: ledgers.change(path, "CREATE VIEW v AS SELECT * FROM meta"),
        "a.db: is a ledger that somebody has changed",
    ),
    "another version": (_meta("schema", '"release-ledger/2"'), "a.db: is a ledger of another version"),
    "a bomb": (_bomb, "a.db: a batch of it is damaged"),
    "rows that are not packed": (
        lambda path: ledgers.change(path, "UPDATE batch SET rows = ?", b"rows"),
        "a.db: a batch of it is damaged",
    ),
    "rows that are text": (
        lambda path: ledgers.change(path, "UPDATE batch SET rows = 'rows'"),
        "a.db: a batch of it is damaged",
    ),
    "rows cut short": (_lines(lambda lines: lines[:-20]), "a.db: a row of it is damaged"),
    "rows that are no UTF-8": (
        _lines(lambda lines: lines.replace(b"acme", b"\xff\xfe")),
        "a.db: a row of it is damaged",
    ),
    "a row of another shape": (_lines(lambda _: b'["audit-row/1"]\n'), "a.db: a row of it is damaged"),
    "a row nested without end": (
        _lines(lambda _: b'{"a":' * 50_000 + b"1" + b"}" * 50_000),
        "a.db: a row of it is damaged",
    ),
    "a number that is none": (_lines(lambda lines: lines.replace(b'"number":1', b'"number":NaN')), "a.db: a row of it"),
    "a number without end": (
        _lines(lambda lines: lines.replace(b'"number":1', b'"number":1' + b"0" * 5_000)),
        "a.db: a row of it is damaged",
    ),
    "a verdict of its own": (
        _lines(lambda lines: lines.replace(b'"verdict":"blocked"', b'"verdict":"fine"')),
        "a.db: a row of it is damaged",
    ),
    "a level that is a table": (
        _whole(ledgers.row(1, assessments={"small/access": {"level": {}}})),
        "a.db: a row of it is damaged",
    ),
    "a pass with errors": (_whole({**ledgers.error(1), "verdict": "pass"}), "a.db: a row of it is damaged"),
    "a row without conflicts": (_whole(ledgers.without(ledgers.row(1), "conflicts")), "a.db: a row of it is damaged"),
    "a release without a licence": (
        _whole(ledgers.without(ledgers.row(1), "release", "license")),
        "a.db: a row of it is damaged",
    ),
    "a setup that is a list": (_meta("setup", "[]"), "a.db: what it says of its audit is damaged"),
    "a setup that is no JSON": (_meta("setup", "{"), "a.db: what it says of its audit is damaged"),
    "definitions without rules": (
        _meta("definitions", '{"policies": {}, "assessments": {}}'),
        "a.db: what it says of its audit is damaged",
    ),
    "a state of its own": (_meta("state", '"done"'), "a.db: what it says of its audit is damaged"),
    "a value that is no text": (
        lambda path: ledgers.change(path, "UPDATE meta SET value = x'ff' WHERE name = 'state'"),
        "a.db: what it says of its audit is damaged",
    ),
}


@pytest.mark.parametrize(
    ("kind", "form"),
    [*((kind, "html") for kind in DAMAGE), *(("a row nested without end", form) for form in FORMS if form != "html")],
)
def test_a_damaged_ledger_is_an_error_that_says_so_and_nothing_is_written(
    kind: str, form: str, folder: Path, run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "LARGEST", 1 << 22)
    damage, message = DAMAGE[kind]
    damage(ledgers.write(folder / "a.db", [ledgers.row(1), ledgers.row(2)]))
    done = run("report", "a.db", "--output", f"{form}=it", "-q")
    assert done.status == 2
    assert done.err.startswith("error: a.db: ")
    assert message in done.err
    assert "internal" not in done.err
    assert done.err.endswith("no verdict was reached\n")
    assert not (folder / "it").exists()


@pytest.mark.parametrize(
    ("statement", "value"),
    [
        ("UPDATE release SET verdict = ?", "fine"),
        ("UPDATE release SET errors = ?", "{"),
        ("UPDATE release SET errors = ?", "5"),
        ("UPDATE batch SET manifests = ?", b"\0"),
        ("UPDATE batch SET manifests = ?", zlib.compress(b"[]")),
        ("UPDATE batch SET manifests = ?", zlib.compress(b'[{"format": "JSON", "bytes": "?"}]')),
        ("UPDATE batch SET manifests = ?", zlib.compress(b'[{"format": 5, "text": 5}]')),
        ("UPDATE batch SET manifests = ?", zlib.compress(b"[" * 100_000)),
    ],
)
def test_one_release_of_a_damaged_ledger_is_an_error_too(statement: str, value: Any, folder: Path, run: Runner) -> None:
    ledgers.change(ledgers.write(folder / "a.db", [ledgers.row(1)]), statement, value)
    done = run("report", "a.db", "--release", "acme/one")
    assert (done.status, done.out) == (2, "")
    assert "damaged; make the ledger again" in done.err
    assert "internal" not in done.err


def test_a_ledger_that_is_whole_is_none_of_these(folder: Path, run: Runner) -> None:
    ledgers.write(folder / "a.db", [ledgers.row(1), ledgers.row(2)])
    done = run("report", "a.db", *(f"--output={form}=a.{form}" for form in FORMS))
    assert (done.status, done.err) == (0, "")


def test_a_file_name_that_is_no_text_is_kept_and_told(folder: Path, audit: Runner, run: Runner) -> None:
    (folder / "small.toml").write_text(POLICY, encoding="utf-8")
    made = folder / "releases"
    made.mkdir()
    try:
        (made / "a\udcff.toml").write_text(MANIFEST.format(name="odd", stage="released"), encoding="utf-8")
    except OSError:
        pytest.skip("this file system has no such names")
    assert audit("releases", "-o", "a.db", "--policy", "./small.toml").status == 0
    assert [row["release"]["manifest"] for row in rows("a.db")] == ["releases/a\udcff.toml"]
    done = run("report", "a.db", *(f"--output={form}=a.{form}" for form in FORMS))
    assert (done.status, done.err) == (0, "")
    assert r"a\u{dcff}.toml" in (folder / "a.csv").read_text(encoding="utf-8")
    assert r"a\udcff.toml" in (folder / "a.jsonl").read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_stdout_that_takes_nothing_is_an_error(folder: Path) -> None:
    ledgers.write(folder / "a.db", [ledgers.row(1)])
    command = [sys.executable, "-m", "release_review", "report", "a.db"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert "stdout does not take the text" in done.stderr
