"""An audit that was stopped goes on where it was, and comes to the same bytes; another corpus is never mixed in."""

from __future__ import annotations

import contextlib
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import corpora
import killed_audit
import pytest
from audits import TODAY, Run, export, write_lines

from release_review.audit.items import BATCH_SIZE, Batch
from release_review.audit.ledger import Ledger, open_to_read, open_to_write
from release_review.audit.setup import Setup
from release_review.audit.work import Reviewed, pack, review_batch, unpack

GOOD = {"schema": "release-manifest/1", "release": {"id": "acme/one"}, "access": [{"id": "a", "kind": "api"}]}


def stop_after(batches: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Interrupt the audit when it has begun some batches."""
    left = batches

    def review(setup: Setup, batch: Batch) -> Reviewed:
        nonlocal left
        if not left:
            raise KeyboardInterrupt
        left -= 1
        return review_batch(setup, batch)

    monkeypatch.setattr("release_review.audit.run.review_batch", review)


def test_an_interrupted_audit_goes_on_to_the_same_bytes(
    folder: Path, audit: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    corpora.write_lines(folder / "a.jsonl", 3 * BATCH_SIZE, bad=True)
    audit("a.jsonl", "-o", "whole.db")
    with monkeypatch.context() as stopping:
        stop_after(2, stopping)
        done = audit("a.jsonl", "-o", "cut.db")
    assert done.status == 130
    assert "stopped after 128 releases; go on with 'release-review audit --resume -o cut.db'" in done.err
    with open_to_read(folder / "cut.db") as ledger:
        assert not ledger.is_complete
    again = audit("--resume", "-o", "cut.db")
    assert again.status == 2
    assert again.err.count("error: ") == len(corpora.BAD)  # also those that were found before
    assert export("cut.db") == export("whole.db")


# One kill, at the worst moment: `make audit-at-scale` kills at any.
@pytest.mark.slow
@pytest.mark.no_cover
def test_a_killed_audit_goes_on_to_the_same_bytes(folder: Path, audit: Callable[..., Run]) -> None:
    corpora.write_lines(folder / "a.jsonl", 3 * BATCH_SIZE)
    audit("a.jsonl", "-o", "whole.db")
    command = ("audit", "a.jsonl", "-o", "cut.db", "--jobs", "1", "--today", TODAY, "-q")
    killed = subprocess.run([sys.executable, killed_audit.__file__, "1", *command], check=False, timeout=120)
    assert killed.returncode == -signal.SIGKILL
    assert (folder / "cut.db-journal").stat().st_size > 0  # a batch was half written
    shutil.copy("cut.db", "half.db")
    with open_to_read(folder / "cut.db") as ledger:
        assert list(ledger.batches()) == [0]
        assert not ledger.is_complete
    assert (folder / "half.db").read_bytes() != (folder / "cut.db").read_bytes()
    audit("--resume", "-o", "cut.db")
    assert export("cut.db") == export("whole.db")


def test_an_audit_that_is_done_is_not_done_again(
    folder: Path, audit: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    corpora.write_lines(folder / "a.jsonl", 100)
    first = audit("a.jsonl", "-o", "a.db")
    stop_after(0, monkeypatch)
    again = audit("a.jsonl", "-o", "a.db", "--resume")
    assert (again.status, again.out) == (first.status, first.out)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda text: text.replace("developer-1/", "developer-x/"), "near a.jsonl:1"),
        (lambda text: text[: text.index("\n", len(text) // 2) + 1], "near a.jsonl:1"),
        (lambda text: "".join(text.splitlines(keepends=True)[:64]), "it has become smaller"),
        (lambda text: text + text, "near a.jsonl:65"),
    ],
    ids=["another", "cut", "a batch gone", "grown"],
)
def test_another_corpus_is_not_mixed_in(
    change: Callable[[str], str], told: str, folder: Path, audit: Callable[..., Run]
) -> None:
    corpora.write_lines(folder / "a.jsonl", BATCH_SIZE + 1)
    audit("a.jsonl", "-o", "a.db")
    before = export("a.db")
    text = (folder / "a.jsonl").read_text(encoding="utf-8")
    (folder / "a.jsonl").write_text(change(text), encoding="utf-8")
    done = audit("a.jsonl", "-o", "a.db", "--resume")
    assert done.status == 2
    assert f"the corpus is not the one that this audit was begun with: {told}" in done.err
    assert export("a.db") == before


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (("--policy", "benefits"), "another --policy and another content of a policy"),
        (("--as-of", "2025-01-01"), "another --as-of"),
        (("--today", "2025-01-01"), "--today 2026-01-01"),
        (("--engine", "reference"), "--engine compiled"),
    ],
)
def test_an_audit_goes_on_as_it_was_begun(
    more: tuple[str, ...], told: str, folder: Path, audit: Callable[..., Run]
) -> None:
    write_lines(folder / "a.jsonl", [GOOD])
    write_lines(folder / "b.jsonl", [GOOD])
    audit("a.jsonl", "-o", "a.db")
    done = audit("-o", "a.db", "--resume", *more)
    assert done.status == 2
    assert f"the ledger was begun with {told}; say the same as when it was begun" in done.err
    assert "the ledger was begun with another corpus" in audit("b.jsonl", "-o", "a.db", "--resume").err


def test_the_day_of_an_audit_is_that_of_its_beginning(folder: Path, run: Callable[..., Run]) -> None:
    write_lines(folder / "a.jsonl", [GOOD])
    run("audit", "a.jsonl", "-o", "a.db", "--today", "2025-03-01", "--jobs", "1")
    before = export("a.db")
    assert run("audit", "-o", "a.db", "--resume", "--jobs", "1").status == 0
    assert export("a.db") == before
    assert b'"today":"2025-03-01"' in before


def test_a_ledger_that_was_killed_before_its_first_word_is_begun_anew(folder: Path, audit: Callable[..., Run]) -> None:
    write_lines(folder / "a.jsonl", [GOOD])
    (folder / "a.db").touch()
    assert audit("a.jsonl", "-o", "a.db", "--resume").status == 0


def test_an_interruption_when_all_is_written_is_an_interruption(folder: Path, audit: Callable[..., Run]) -> None:
    write_lines(folder / "a.jsonl", [GOOD])
    audit("a.jsonl", "-o", "a.db")

    def write(ledger: Ledger) -> None:
        with ledger._writing() as connection:
            connection.execute("COMMIT")
            raise KeyboardInterrupt

    with open_to_write(folder / "a.db") as ledger, pytest.raises(KeyboardInterrupt):
        write(ledger)


def test_two_audits_do_not_write_to_one_ledger(
    folder: Path, audit: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("release_review.audit.ledger._SECOND", 0.05)
    write_lines(folder / "a.jsonl", [GOOD])
    audit("a.jsonl", "-o", "a.db")
    with open_to_write(folder / "a.db"):
        done = audit("a.jsonl", "-o", "a.db", "--resume")
    assert done.status == 2
    assert "error: a.db: another audit is writing to it; wait until it is done, or stop it\n" in done.err


def test_evidence_that_has_changed_is_noticed(
    folder: Path, audit: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(BATCH_SIZE + 1):
        place = folder / "all" / f"{number:03}"
        place.mkdir(parents=True)
        (place / "log.txt").write_text("as it was", encoding="utf-8")
        evidence = '[[evidence]]\nid = "e"\nkind = "literature"\npath = "log.txt"\n'
        text = f'schema = "release-manifest/1"\n[release]\nid = "acme/m-{number}"\n{evidence}'
        (place / "release.toml").write_text(text, encoding="utf-8")
    with monkeypatch.context() as stopping:
        stop_after(1, stopping)
        assert audit("all", "-o", "a.db").status == 130
    (folder / "all/007/log.txt").write_text("another text", encoding="utf-8")
    done = audit("--resume", "-o", "a.db")
    assert done.status == 2
    assert "the evidence all/007/log.txt is not what it was; begin another ledger" in done.err
    (folder / "all/007/log.txt").unlink()
    assert audit("--resume", "-o", "a.db").status == 2


def test_a_ledger_that_says_two_things_is_damaged(
    folder: Path, audit: Callable[..., Run], run: Callable[..., Run]
) -> None:
    write_lines(
        folder / "a.jsonl", [{**GOOD, "release": {"id": f"acme/m-{number}"}} for number in range(BATCH_SIZE + 1)]
    )
    audit("a.jsonl", "-o", "whole.db")
    changes = (
        "UPDATE release SET verdict = 'pass' WHERE verdict = 'blocked'; UPDATE release SET verdict = 'blocked'",
        "UPDATE release SET id = 'acme/other' WHERE number = 3",
        "DELETE FROM release WHERE number = 1",
        "DELETE FROM batch WHERE number = 0",
        "UPDATE batch SET rows = (SELECT rows FROM batch WHERE number = 0) WHERE number = 1",
        "CREATE TRIGGER sqlitex AFTER INSERT ON release BEGIN UPDATE release SET verdict = 'pass'; END",
    )
    for change in changes:
        shutil.copy("whole.db", "a.db")
        with contextlib.closing(sqlite3.connect("a.db")) as database:
            database.executescript(change)
        done = run("report", "a.db")
        assert (done.status, done.out) == (2, ""), change
        assert "a.db: " in done.err
    for number, kept in ((0, BATCH_SIZE - 1), (1, 0)):  # rows that are missing where nothing comes behind them, too
        shutil.copy("whole.db", "a.db")
        with contextlib.closing(sqlite3.connect("a.db")) as database:
            (packed,) = database.execute("SELECT rows FROM batch WHERE number = ?", (number,)).fetchone()
            fewer = pack(b"".join(unpack(packed).splitlines(keepends=True)[:kept]))
            database.execute("UPDATE batch SET rows = ? WHERE number = ?", (fewer, number))
            database.commit()
        for command in ("report", "forecast"):
            assert run(command, "a.db").status == 2, (command, number)
    shutil.copy("whole.db", "a.db")
    with contextlib.closing(sqlite3.connect("a.db")) as database:
        (other,) = database.execute("SELECT manifests FROM batch WHERE number = 1").fetchone()
        database.execute("UPDATE batch SET manifests = ? WHERE number = 0", (other,))
        database.commit()
    assert run("report", "a.db", "--release", "acme/m-3").status == 2
