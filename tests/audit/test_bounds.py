"""Whatever a corpus holds, an audit has few things in hand at a time: each bound holds, and what it cuts is told."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import ledgers
import pytest
from audits import Run, rows, write_lines
from batch_work import batch_of, name_items

from policies import HEAD, rule
from release_review.audit import executors
from release_review.audit.compare import ledgers as compared
from release_review.audit.executors import Pool, Work
from release_review.audit.impact.run import changes
from release_review.audit.items import BATCH_SIZE, Batch
from release_review.audit.ledger import open_to_read
from release_review.audit.page import render
from release_review.audit.setup import from_data
from release_review.audit.summary.tallies import MOST_NAMES, Tally
from release_review.audit.work import Reviewed


@pytest.fixture
def four_batches(folder: Path, audit: Callable[..., Run]) -> Path:
    """Give the ledger of so many releases that a fourth batch has one."""
    (folder / "p.toml").write_text(HEAD + rule("always", "true"), encoding="utf-8")
    ids = [{"id": f"acme/m-{number}"} for number in range(3 * BATCH_SIZE + 1)]
    write_lines(folder / "a.jsonl", [{"schema": "release-manifest/1", "release": each} for each in ids])
    assert audit("a.jsonl", "--policy", "./p.toml", "-o", "a.db").status == 0
    return folder / "a.db"


class Backwards:
    """Carries all batches out, and gives the last one first."""

    def run(self, work: Work, batches: Iterable[Batch]) -> Iterator[Reviewed]:
        return reversed([work(batch) for batch in batches])


def test_few_batches_wait_for_each_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executors, "WAITING_PER_PROCESS", 2)
    monkeypatch.setattr(executors, "_new_pool", ThreadPoolExecutor)
    taken = 0

    def batches() -> Iterator[Batch]:
        nonlocal taken
        for taken in range(1, 21):
            yield batch_of(taken, b"")

    ahead = [taken - given for given, _ in enumerate(Pool(3).run(name_items, batches()))]
    assert len(ahead) == 20
    assert max(ahead) == 3 * 2


def test_an_impact_is_told_in_the_order_of_the_corpus_in_whatever_order_its_reviews_are_done(
    four_batches: Path,
) -> None:
    with open_to_read(four_batches) as ledger:
        told = changes(ledger, setup=from_data(ledger.meta["setup"]), executor=Backwards())
        found = [(change.number, change.release) for change in told]
    assert found == [(number + 1, f"acme/m-{number}") for number in range(3 * BATCH_SIZE + 1)]


@pytest.mark.parametrize("order", [1, -1])
def test_a_comparison_has_few_batches_in_hand(order: int, four_batches: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compared, "_BATCHES_HELD", 2)
    held = []
    with open_to_read(four_batches) as ledger:
        lines = compared._Lines(ledger=ledger)
        for number in range(1, 3 * BATCH_SIZE + 2)[::order]:
            assert json.loads(lines.line(number))["number"] == number
            held.append(len(lines._held))
    assert max(held) == 2


def test_as_many_names_are_told_apart_as_there_is_room_for() -> None:
    tally = Tally()
    for number in range(MOST_NAMES + 2):
        tally.add(f"name-{number:05}", "x")
    assert len(list(tally.items())) == MOST_NAMES == 20_000
    assert tally.left_out == 2


def test_a_summary_says_how_many_names_it_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Tally.__init__, "__defaults__", (2,))
    path = ledgers.write(tmp_path / "a.db", [developed_by(number) for number in range(1, 6)])
    told = json.loads(ledgers.exported(path, "json"))
    assert len(told["developers"]) == 2
    assert told["left_out"]["developer"] == 3


def developed_by(number: int) -> dict[str, Any]:
    release = ledgers.row(number)["release"] | {"id": f"developer-{number}/one"}
    return ledgers.row(number, release=release)


def test_a_page_lists_ten_thousand_releases_and_says_how_many_it_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert render.__kwdefaults__ == {"most": 10_000}
    monkeypatch.setattr(render, "__kwdefaults__", {"most": 2})
    path = ledgers.write(tmp_path / "a.db", [ledgers.row(number) for number in range(1, 4)])
    assert "The list has the first 2 of 3 releases" in ledgers.exported(path, "html").decode()


def test_a_row_has_some_findings_of_a_rule_and_the_number_of_the_others(
    folder: Path, audit: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("release_review.audit.rows.MOST_FINDINGS", 2)
    never = rule("never", "this.id == 'none'", given='"/threat/*"', empty='"pass"')
    (folder / "p.toml").write_text(HEAD + never, encoding="utf-8")
    threats = [{"id": f"t{number}", "vector": "other"} for number in range(5)]
    write_lines(folder / "a.jsonl", [{"schema": "release-manifest/1", "release": {"id": "a/b"}, "threat": threats}])
    audit("a.jsonl", "--policy", "./p.toml", "-o", "a.db")
    (row,) = rows("a.db")
    assert [each["name"] for each in row["findings"]] == ["threat[t0]", "threat[t1]", ""]
    assert row["findings"][-1]["message"] == "3 more findings of this rule"
    assert row["findings"][-1]["blocks"]
