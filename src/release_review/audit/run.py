"""The audit itself: batches in, rows into a ledger, and at the end the count of all that was found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from release_review.audit.executors import Executor
from release_review.audit.items import Batch, Item, batches
from release_review.audit.ledger import Counts, Ledger
from release_review.audit.setup import Setup
from release_review.audit.work import Head, review_batch, stamp_of
from release_review.errors import AuditError

Told = Callable[[int, Head], None]
"""Is told the place of a release in the corpus, and what became of it."""


def _nobody(number: int, head: Head) -> None:
    """Is told, and tells nobody."""


@dataclass(slots=True, kw_only=True)
class _Begun:
    """Batches that are under way, and what is known of those that are done.

    Attributes:
        done: Digests of the batches that the ledger has, by number.
        waiting: Batches that are under way, by number: place of the first item, and digest.
        seen: How many batches the corpus has given so far.
    """

    done: dict[int, str]
    waiting: dict[int, tuple[int, str]]
    seen: int = 0


def run(items: Iterable[Item], *, setup: Setup, ledger: Ledger, executor: Executor, tell: Told = _nobody) -> Counts:
    """Review a corpus and write what comes of it into a ledger; what the ledger has already is not reviewed again.

    Args:
        items: The corpus, in an order that is the same each time.
        setup: What is the same for every release.
        ledger: Where the rows go; it was begun with the same setup.
        executor: Who carries the batches out.
        tell: Is told what became of each release, in no order; `Ledger.heads` tells of those that were done before.

    Raises:
        AuditError: The corpus is not the one that the ledger was begun with, the ledger cannot be written, or what it
            has in the end is not what was found.
    """
    begun = _Begun(done=ledger.batches(), waiting={})
    found = 0

    def counted() -> Iterator[Item]:
        nonlocal found
        for item in items:
            found += 1
            yield item

    left = _not_done(batches(counted()), begun, ledger)
    for reviewed in executor.run(partial(review_batch, setup), left):
        first, digest = begun.waiting.pop(reviewed.number)
        ledger.add(reviewed, first=first, digest=digest)
        for number, head in enumerate(reviewed.heads, start=first):
            tell(number, head)
    if len(begun.done) > begun.seen:
        raise _changed(ledger, "it has become smaller")
    counts = ledger.counts
    if counts.found != found:
        what = f"{found:,} were found, and {counts.found:,} are accounted for"
        raise AuditError(what, where=str(ledger.path), hint="this is a defect; please report it")
    ledger.set_meta(state="complete", found=found)
    return counts


def _not_done(all_batches: Iterable[Batch], begun: _Begun, ledger: Ledger) -> Iterator[Batch]:
    """Give the batches that the ledger does not have, and hold the others against it."""
    for batch in all_batches:
        begun.seen += 1
        known = begun.done.get(batch.number)
        if known is None:
            begun.waiting[batch.number] = (batch.first, batch.digest)
            yield batch
        elif known != batch.digest:
            raise _changed(ledger, f"near {batch.items[0].name}")
        else:
            for folder, path, size, changed in ledger.evidence_of(batch.number):
                if stamp_of(folder, path) != (folder, path, size, changed):
                    raise _changed(ledger, f"the evidence {folder}/{path} is not what it was")


def _changed(ledger: Ledger, how: str) -> AuditError:
    what = f"the corpus is not the one that this audit was begun with: {how}"
    return AuditError(what, where=str(ledger.path), hint="begin another ledger")
