"""What tests have other processes do with batches: as little as shows what became of each item, or dying of it."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

from release_review.audit.executors import Pool
from release_review.audit.items import Batch, Item
from release_review.audit.setup import Setup
from release_review.audit.work import Head, Reviewed, review_batch
from release_review.model import Verdict

POISON = b"poison"
"""The content of an item that ends the process which looks at it."""

OF_THE_TEST = "PYTEST_CURRENT_TEST_PROCESS"
"""The variable with the id of the process that runs the tests, which nothing may end."""


def batch_of(number: int, *contents: bytes) -> Batch:
    items = tuple(Item(name=f"{number}-{index}", content=content) for index, content in enumerate(contents))
    return Batch(number=number, items=items)


def name_items(batch: Batch) -> Reviewed:
    """Tell the items of a batch, and their errors."""
    heads = tuple(
        Head(release=None, name=item.name, verdict=Verdict.ERROR if item.errors else Verdict.PASS, errors=item.errors)
        for item in batch.items
    )
    return Reviewed(number=batch.number, heads=heads, rows=b"", manifests=b"")


def die_of_poison(batch: Batch) -> Reviewed:
    if any(item.content == POISON for item in batch.items):
        die()
    return name_items(batch)


def die_once(flag: Path, batch: Batch) -> Reviewed:
    """Die of the second batch, unless somebody has before."""
    _die_once(flag, batch)
    return name_items(batch)


def review_or_die_once(flag: Path, setup: Setup, batch: Batch) -> Reviewed:
    """Review a batch, and die of the second one, unless somebody has before."""
    _die_once(flag, batch)
    return review_batch(setup, batch)


def sleep(batch: Batch) -> Reviewed:
    """Say which process this is, and do nothing for longer than any test."""
    os.write(1, b"%d\n" % os.getpid())
    time.sleep(600)
    return name_items(batch)


def die() -> None:
    if os.environ.get(OF_THE_TEST) == str(os.getpid()):
        raise AssertionError("a batch that ends its process is carried out by the process of the tests")
    os.kill(os.getpid(), signal.SIGKILL)


def _die_once(flag: Path, batch: Batch) -> None:
    if batch.number == 1 and not flag.exists():
        flag.touch()
        die()


if __name__ == "__main__":
    # A pool whose processes never end by themselves.
    sys.exit(len(list(Pool(2).run(sleep, [batch_of(0, b""), batch_of(1, b"")]))))
