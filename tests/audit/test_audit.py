"""An audit accounts for everything it finds: each release is a row, and what cannot be reviewed says why."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import corpora
import pytest
from audits import POLICY, Run, export, rows, write_lines

GOOD = {"schema": "release-manifest/1", "release": {"id": "acme/one"}, "access": [{"id": "a", "kind": "api"}]}


def named(release: str, **more: object) -> dict[str, object]:
    return {"schema": "release-manifest/1", "release": {"id": release, **more}}


def test_every_bad_manifest_is_named_and_no_other_is_lost(folder: Path, audit: Callable[..., Run]) -> None:
    places = corpora.write_lines(folder / "all.jsonl", 180, bad=True)
    done = audit("all.jsonl", "-o", "all.db")
    told = [line for line in done.err.splitlines() if line.startswith("error: ")]
    assert done.status == 2
    assert len(places) == len(corpora.BAD) == 9
    assert {int(line.split(":")[2]) for line in told} == set(places)
    found = rows("all.db")
    assert [row["number"] for row in found] == list(range(1, 190))
    assert {row["number"] for row in found if "errors" in row} == set(places)
    verdicts = [row["verdict"] for row in found]
    assert done.out.startswith(
        f"189 releases: {verdicts.count('pass')} pass, {verdicts.count('blocked')} blocked, 9 without a verdict\n"
    )
    assert verdicts.count("pass") + verdicts.count("blocked") + verdicts.count("error") == 189


@pytest.mark.parametrize("kind", corpora.BAD)
def test_one_bad_manifest_makes_the_whole_an_error(kind: str, folder: Path, audit: Callable[..., Run]) -> None:
    (folder / "bad.jsonl").write_bytes(json.dumps(GOOD).encode() + b"\n" + corpora.BAD[kind] + b"\n")
    done = audit("bad.jsonl", "-o", "a.db")
    assert done.status == 2
    assert done.err.count("error: bad.jsonl:2") >= 1
    assert done.err.endswith("no verdict was reached\n")
    assert [row["verdict"] == "error" for row in rows("a.db")] == [False, True]


def test_status_is_that_of_the_worst_release(folder: Path, audit: Callable[..., Run]) -> None:
    (folder / "p.toml").write_text(POLICY, encoding="utf-8")
    out, held = named("acme/out", stage="released"), named("acme/held", stage="planned")
    for name, manifests, status in (("pass", [out], 0), ("blocked", [out, held], 1), ("error", [held, "{"], 2)):
        write_lines(folder / f"{name}.jsonl", manifests)
        assert audit(f"{name}.jsonl", "--policy", "./p.toml", "-o", f"{name}.db").status == status
    assert audit("blocked.jsonl", "--policy", "./p.toml", "-o", "zero.db", "--exit-zero").status == 0
    assert audit("error.jsonl", "--policy", "./p.toml", "-o", "two.db", "--exit-zero").status == 2


def test_a_corpus_without_a_release_has_no_verdict(folder: Path, audit: Callable[..., Run]) -> None:
    (folder / "empty.jsonl").write_bytes(b"\n\n")
    (folder / "none").mkdir()
    assert audit("empty.jsonl", "-o", "a.db").status == 2
    assert audit("none", "-o", "b.db").status == 2
    assert audit("no-*.toml", "-o", "c.db").status == 2
    assert audit("-o", "d.db").status == 2
    assert not list(folder.glob("*.db")), "a ledger of nothing is left behind"


def test_what_is_no_corpus_leaves_no_ledger_behind(folder: Path, audit: Callable[..., Run]) -> None:
    (folder / "docs").mkdir()
    (folder / "docs" / "README.md").touch()
    (folder / "systems.csv").write_text("Model,Organization\n", encoding="utf-8")
    for corpus, told in (
        ("osai=docs", "error: docs: "),
        ("systems.csv", "error: systems.csv: is a table, and no format of manifests"),
        ("docs", "error: the corpus holds no release"),
        ("none", "error: none: does not exist"),
    ):
        done = audit(corpus, "-o", "a.db")
        assert done.status == 2
        assert told in done.err
        assert not (folder / "a.db").exists()


def test_a_pattern_that_leaves_nothing_out_is_told(folder: Path, audit: Callable[..., Run]) -> None:
    for name in ("good", "bad/deep"):
        (folder / "all" / name).mkdir(parents=True)
        (folder / "all" / name / "release.json").write_text(json.dumps(GOOD), encoding="utf-8")
    for number, pattern in enumerate(("bad", "bad/*", "bad/deep/release.json", "all/bad/", "*/deep/*")):
        done = audit("all", "--exclude", pattern, "-o", f"{number}.db")
        assert len(rows(f"{number}.db")) == 1, pattern
        assert "fits nothing" not in done.err
    assert "note: --exclude 'bed' fits nothing\n" in audit("all", "--exclude", "bed", "-o", "none.db").err


def test_a_release_whose_rule_breaks_is_named(folder: Path, audit: Callable[..., Run]) -> None:
    broken = POLICY.replace('manifest.release.stage == "released"', "10 / size(manifest.threat) > 0")
    (folder / "p.toml").write_text(broken, encoding="utf-8")
    write_lines(folder / "a.jsonl", [GOOD])
    done = audit("a.jsonl", "--policy", "./p.toml", "-o", "a.db")
    assert done.status == 2
    assert "error: a.jsonl:1: small/released: " in done.err


def test_a_comparison_takes_no_option_of_an_audit(folder: Path, run: Callable[..., Run]) -> None:
    write_lines(folder / "a.jsonl", [GOOD])
    run("audit", "a.jsonl", "-o", "a.db", "--jobs", "1")
    assert run("audit", "--diff", "a.db", "a.db").status == 0
    for more in (["--resume"], ["--policy", "x"], ["--jobs", "2"], ["-o", "b.db"], ["a.jsonl"], ["--exit-zero"]):
        assert run("audit", "--diff", "a.db", "a.db", *more).status == 2, more


def test_the_same_day_is_judged_for_all(folder: Path, audit: Callable[..., Run]) -> None:
    channel = {"id": "hub", "kind": "weights", "audience": "public"}
    write_lines(folder / "a.jsonl", [{**named("acme/ahead"), "access": [{**channel, "from": "2026-06-01"}]}])
    audit("a.jsonl", "-o", "today.db")
    (row,) = rows("today.db")
    assert (row["as_of"], row["today"]) == ("2026-01-01", "2026-01-01")
    assert row["assessments"]["open-properties/broader-access"]["level"] == "does-not-apply"
    audit("a.jsonl", "-o", "later.db", "--as-of", "2026-07-01")
    (row,) = rows("later.db")
    assert (row["as_of"], row["today"]) == ("2026-07-01", "2026-01-01")
    assert row["assessments"]["open-properties/broader-access"]["level"] == "applies"
    assert row["assessments"]["open-properties/broader-access"]["since"] == "2026-06-01"


def test_waivers_lift_in_an_audit_as_they_do_at_the_gate(folder: Path, audit: Callable[..., Run]) -> None:
    (folder / "p.toml").write_text(POLICY, encoding="utf-8")
    (folder / "w.toml").write_text(
        'schema = "release-waivers/1"\n[[waiver]]\nid = "w1"\nrule = "small/released"\nrelease = "acme/held"\n'
        'reason = "accepted-risk"\njustification = "It goes out next week."\nowner = "release team"\n'
        'approved_by = "release board"\nticket = "R-1"\ncreated = 2025-12-01\nexpires = 2026-02-01\n',
        encoding="utf-8",
    )
    write_lines(folder / "a.jsonl", [named("acme/held", stage="planned")])
    done = audit("a.jsonl", "--policy", "./p.toml", "--waivers", "w.toml", "-o", "a.db")
    (row,) = rows("a.db")
    assert (done.status, row["rules"]["small/released"]) == (0, "waived"), done.err
    assert [each["waiver"] for each in row["findings"]] == ["w1"]
    assert "note:" not in done.err
    write_lines(folder / "b.jsonl", [named("acme/out", stage="released")])
    done = audit("b.jsonl", "--policy", "./p.toml", "--waivers", "w.toml", "-o", "b.db")
    assert "note: w.toml: w1 is for acme/held, which is not in the corpus\n" in done.err


def test_a_ledger_is_never_written_over(folder: Path, audit: Callable[..., Run]) -> None:
    write_lines(folder / "a.jsonl", [GOOD])
    audit("a.jsonl", "-o", "a.db")
    before = (folder / "a.db").read_bytes()
    done = audit("a.jsonl", "-o", "a.db")
    assert done.status == 2
    assert "error: a.db: is there already; go on with --resume, name another file, or remove it\n" in done.err
    assert (folder / "a.db").read_bytes() == before
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    assert audit("a.jsonl", "-o", "notes.txt", "--resume").status == 2
    assert (folder / "notes.txt").read_text(encoding="utf-8") == "mine"


@pytest.mark.no_cover
def test_two_processes_give_what_one_gives(folder: Path, run: Callable[..., Run], audit: Callable[..., Run]) -> None:
    corpora.write_lines(folder / "a.jsonl", 150, bad=True)
    assert audit("a.jsonl", "-o", "one.db").status == 2
    two = run("audit", "a.jsonl", "-o", "two.db", "--jobs", "2", "--today", "2026-01-01", "-q")
    assert two.status == 2
    assert export("one.db") == export("two.db")


def test_what_a_manifest_says_cannot_end_an_audit(folder: Path, audit: Callable[..., Run]) -> None:
    hostile = ["null", "[]", "1", '"x"', "{}", '{"schema": 1}', '{"schema": "release-manifest/1"}', "\u2028", "\x00"]
    hostile += ['{"schema": "release-manifest/1", "release": {"id": "a/b\\ud800"}}', "[" * 5000, "1" * 5000]
    write_lines(folder / "a.jsonl", hostile)
    done = audit("a.jsonl", "-o", "a.db")
    assert done.status == 2
    assert "Traceback" not in done.err
    assert "internal" not in done.err
    assert len(rows("a.db")) == len(hostile)


def test_a_row_that_is_missing_is_not_a_pass(folder: Path, audit: Callable[..., Run]) -> None:
    write_lines(folder / "a.jsonl", [GOOD, GOOD])
    audit("a.jsonl", "-o", "a.db")
    with sqlite3.connect(folder / "a.db") as database:
        database.execute("DELETE FROM release WHERE number = 2")
    database.close()
    done = audit("a.jsonl", "-o", "a.db", "--resume")
    assert done.status == 2
    assert "2 were found, and 1 are accounted for" in done.err
