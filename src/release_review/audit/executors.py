"""Who carries batches out: this process, several on this machine, or a cluster. All give the same, in any order.

A process that dies costs its batches a retry. A batch that loses its process again is tried item by item, so that the
one release that does it becomes an error row, and no other does.
"""

from __future__ import annotations

import contextlib
import gc
import itertools
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from typing import Protocol

from release_review.audit.items import Batch, Item
from release_review.audit.work import Reviewed

Work = Callable[[Batch], Reviewed]
"""What is done with a batch; it can be sent to another process."""

WAITING_PER_PROCESS = 3
"""Batches that wait for each process: enough that none is idle, and few enough that a corpus is never in memory."""

LOST = "its review ended the process that ran it; report this as a bug, with the manifest"
"""The error of a release whose review nothing survives."""


class Executor(Protocol):
    """Carries out batches."""

    def run(self, work: Work, batches: Iterable[Batch]) -> Iterator[Reviewed]:
        """Give what becomes of each batch, in any order, and hold few batches at a time."""
        ...


@dataclass(frozen=True, slots=True)
class OneProcess:
    """Carries out batches in this process, one after the other."""

    def run(self, work: Work, batches: Iterable[Batch]) -> Iterator[Reviewed]:
        """Give what becomes of each batch, in order."""
        return map(work, batches)


@dataclass(frozen=True, slots=True)
class Pool:
    """Carries out batches in processes of this machine.

    Attributes:
        jobs: How many processes; at least one.
    """

    jobs: int

    def run(self, work: Work, batches: Iterable[Batch]) -> Iterator[Reviewed]:
        """Give what becomes of each batch, in the order in which they are done."""
        left = iter(batches)
        start = list(itertools.islice(left, 2))
        if len(start) < 2:  # noqa: PLR2004 - a second process would have nothing to do
            yield from map(work, start)
            return
        yield from self._run(work, itertools.chain(start, left))

    def _run(self, work: Work, left: Iterator[Batch]) -> Iterator[Reviewed]:
        lost: list[Batch] = []
        while True:
            try:
                yield from self._until_broken(work, left, lost)
            except BrokenProcessPool:
                # Which of the batches did it is not known: each is tried apart from the others.
                for batch in lost:
                    yield rescue(batch, lambda each: alone(work, each))
                lost.clear()
                continue
            return

    def _until_broken(self, work: Work, left: Iterator[Batch], lost: list[Batch]) -> Iterator[Reviewed]:
        """Carry out batches until a process dies; those that were under way are in `lost` then."""
        waiting: dict[Future[Reviewed], Batch] = {}
        pool = _new_pool(self.jobs)
        try:
            while True:
                for batch in itertools.islice(left, self.jobs * WAITING_PER_PROCESS - len(waiting)):
                    lost.append(batch)
                    waiting[pool.submit(work, batch)] = batch
                if not waiting:
                    return
                done, _ = wait(waiting, return_when=FIRST_COMPLETED)
                for future in done:
                    reviewed = future.result()
                    lost.remove(waiting.pop(future))
                    yield reviewed
        finally:
            _end(pool)


def rescue(batch: Batch, attempt: Callable[[Batch], Reviewed | None]) -> Reviewed:
    """Give what becomes of a batch that has lost its process.

    Args:
        batch: The batch.
        attempt: Carries out a batch in a process of its own; gives None where that dies.
    """
    for _ in range(2):
        reviewed = attempt(batch)
        if reviewed is not None:
            return reviewed
    # An item keeps its place, so that its row has its number: what is known to be lost is carried out as an error.
    items = list(batch.items)
    for index, item in enumerate(batch.items):
        alone = [_lost(each) if at != index else item for at, each in enumerate(batch.items)]
        if attempt(replace(batch, items=tuple(alone))) is None:
            items[index] = _lost(item)
    reviewed = attempt(replace(batch, items=tuple(items)))
    if reviewed is None:
        reviewed = attempt(replace(batch, items=tuple(_lost(item) for item in batch.items)))
    if reviewed is None:
        raise RuntimeError("no process lives long enough to review a batch")
    return reviewed


def _lost(item: Item) -> Item:
    return Item(name=item.name, errors=(f"{item.name}: {LOST}",))


def alone(work: Work, batch: Batch) -> Reviewed | None:
    """Carry out a batch in a process that is there for nothing else; None where that dies."""
    pool = _new_pool(1)
    try:
        return pool.submit(work, batch).result()
    except BrokenProcessPool:
        return None
    finally:
        _end(pool)


def _new_pool(jobs: int) -> ProcessPoolExecutor:
    # A process that is started anew inherits no lock, file or thread of this one, on any system.
    context = multiprocessing.get_context("spawn")
    # How often garbage is looked for is the same there as here.
    given = (gc.get_threshold(),)
    return ProcessPoolExecutor(max_workers=jobs, mp_context=context, initializer=_begin, initargs=given)


def _begin(between_collections: tuple[int, int, int]) -> None:
    """Prepare a process of the pool: an interruption is for the one that began it, and without that one it ends."""
    gc.set_threshold(*between_collections)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: multiprocessing.process.BaseProcess) -> None:
    parent.join()
    os._exit(1)


def _end(pool: ProcessPoolExecutor) -> None:
    """End the processes of a pool now: what they still do is of no use to anybody."""
    processes = list((getattr(pool, "_processes", None) or {}).values())
    pool.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        with contextlib.suppress(OSError, ValueError):
            process.terminate()
    for process in processes:
        with contextlib.suppress(OSError, ValueError, AssertionError):
            process.join()
