"""Batches in processes of this machine: what becomes of them when a process dies, and of the processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import batch_work
import pytest
from batch_work import POISON, batch_of, die_of_poison, die_once, name_items

from release_review.audit.executors import LOST, OneProcess, Pool, rescue
from release_review.audit.items import Batch
from release_review.audit.work import Reviewed

BATCHES = tuple(batch_of(number, b"", b"") for number in range(12))


@pytest.fixture(autouse=True)
def this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(batch_work.OF_THE_TEST, str(os.getpid()))


def in_order(reviewed: list[Reviewed]) -> list[Reviewed]:
    return sorted(reviewed, key=lambda each: each.number)


def errors_of(reviewed: Reviewed) -> list[tuple[str, ...]]:
    return [head.errors for head in reviewed.heads]


def without_poison(batch: Batch) -> Reviewed | None:
    """Carry out a batch, unless it would end its process."""
    return None if any(item.content == POISON for item in batch.items) else name_items(batch)


@pytest.mark.slow
@pytest.mark.no_cover
def test_a_killed_process_costs_its_batches_a_retry(tmp_path: Path) -> None:
    flag = tmp_path / "died"
    batches = BATCHES[:5]
    reviewed = in_order(list(Pool(1).run(partial(die_once, flag), batches)))
    assert flag.exists()
    assert reviewed == list(OneProcess().run(name_items, batches))


@pytest.mark.slow
@pytest.mark.no_cover
def test_an_item_that_ends_its_process_is_one_error() -> None:
    reviewed = in_order(list(Pool(2).run(die_of_poison, (batch_of(0, b"", POISON), batch_of(1, b"")))))
    assert [errors_of(each) for each in reviewed] == [[(), (f"0-1: {LOST}",)], [()]]


@pytest.mark.parametrize("poisoned", [(), (0,), (2,), (0, 2), (0, 1, 2)])
def test_a_rescue_loses_the_items_that_end_their_process_and_no_other(poisoned: tuple[int, ...]) -> None:
    batch = batch_of(7, *(POISON if index in poisoned else b"" for index in range(3)))
    expected = [(f"7-{index}: {LOST}",) if index in poisoned else () for index in range(3)]
    assert errors_of(rescue(batch, without_poison)) == expected


def test_a_rescue_keeps_the_number_of_the_batch_and_the_names_of_its_items() -> None:
    reviewed = rescue(batch_of(7, b"", POISON), without_poison)
    assert (reviewed.number, [head.name for head in reviewed.heads]) == (7, ["7-0", "7-1"])


def test_a_batch_that_loses_its_process_once_is_only_tried_again() -> None:
    attempts = iter([None, name_items(BATCHES[3])])
    assert rescue(BATCHES[3], lambda batch: next(attempts)) == name_items(BATCHES[3])
    assert next(attempts, "none left") == "none left"


def test_where_no_process_lives_the_rescue_ends() -> None:
    with pytest.raises(RuntimeError, match="no process lives long enough"):
        rescue(BATCHES[0], lambda batch: None)


@pytest.mark.slow
@pytest.mark.no_cover
def test_the_processes_of_a_pool_end_with_the_one_that_began_them() -> None:
    with subprocess.Popen([sys.executable, batch_work.__file__], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        began = {int(process.stdout.readline()) for _ in range(2)}
        process.send_signal(signal.SIGKILL)
        # Every process that is left holds the other end open.
        rest, _ = process.communicate(timeout=60)
    assert len(began | {process.pid}) == 3
    assert rest == b""
