"""What other policies would have made of an audit: each release is reviewed again from the ledger, and held against it.

```
ledger ── releases as they were ──▶ batches ── executor: review again ──▶ changes ── tally ──▶ Impact
```

Day, evidence, waivers and engine are those of the audit; only the policies are others.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from release_review.audit.compare.keep import Kept
from release_review.audit.compare.rows import Answer, answer_of
from release_review.audit.executors import Executor
from release_review.audit.impact.tally import Change, Tally
from release_review.audit.impact.work import again, answers_in, review_again
from release_review.audit.items import BATCH_SIZE, Batch, Item
from release_review.audit.ledger import Ledger
from release_review.audit.rows import Row
from release_review.audit.setup import Setup
from release_review.audit.work import Reviewed
from release_review.errors import NothingToCheckError
from release_review.evidence import Resolved

Told = Callable[[], None]
"""Is told that one more release is done."""


def _nobody() -> None:
    """Is told, and tells nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Past:
    """What a ledger says of a release.

    Attributes:
        number: Its place in the corpus, from 1.
        release: Its id; None where it could not be read.
        manifest: How reports call its manifest.
        answer: What it came to.
        is_kept: Whether the ledger has its manifest, so that it can be reviewed again.
    """

    number: int
    release: str | None
    manifest: str
    answer: Answer
    is_kept: bool


def count_changes(
    ledger: Ledger, *, setup: Setup, executor: Executor, kept: Kept, names: int, tell: Told = _nobody
) -> Tally:
    """Review every release of a ledger again, and count what becomes of it.

    Args:
        ledger: The ledger.
        setup: What the releases are reviewed with now.
        executor: Who carries the reviews out.
        kept: Takes each release of which something changes.
        names: How many releases are named for each rule that makes something.
        tell: Is told of each release, once.

    Raises:
        NothingToCheckError: None of the releases can be reviewed again.
        AuditError: The ledger is damaged, or a process has other policies or plugins.
    """
    tally = Tally(kept=kept, names=names)
    for change in changes(ledger, setup=setup, executor=executor):
        tally.count(change)
        tell()
    if not tally.reviewed:
        what = "none of its releases could be reviewed when it was made, so that nothing can be compared"
        raise NothingToCheckError(what, where=str(ledger.path), hint="audit manifests that can be read")
    return tally


def changes(ledger: Ledger, *, setup: Setup, executor: Executor) -> Iterator[Change]:
    """Review every release of a ledger again, and give what became of each, in the order of the corpus.

    One that could not be reviewed when the ledger was made comes as it was: nobody has its manifest.
    """
    waiting: dict[int, list[_Past]] = {}

    def batches() -> Iterator[Batch]:
        saved = iter(ledger.items())
        for number in itertools.count():
            cut = list(itertools.islice(saved, BATCH_SIZE))
            if not cut:
                return
            waiting[number] = [_past(row, kept) for row, kept in cut]
            yield Batch(number=number, items=tuple(_item(row, kept) for row, kept in cut))

    for reviewed in _in_order(executor.run(partial(review_again, setup), batches())):
        for past, now in zip(waiting.pop(reviewed.number), answers_in(reviewed), strict=True):
            after = now if past.is_kept else past.answer
            yield Change(
                number=past.number,
                release=past.release,
                manifest=past.manifest,
                before=past.answer,
                after=after,
                is_reviewed=past.is_kept,
            )


def _in_order(several: Iterable[Reviewed]) -> Iterator[Reviewed]:
    """Give batches in the order of the corpus, in whatever order they are done."""
    early: dict[int, Reviewed] = {}
    following = 0
    for reviewed in several:
        early[reviewed.number] = reviewed
        while following in early:
            yield early.pop(following)
            following += 1


def _past(row: Row, kept: tuple[Item, tuple[Resolved, ...]] | None) -> _Past:
    release = row["release"]
    return _Past(
        number=row["number"],
        release=release["id"],
        manifest=release["manifest"],
        answer=answer_of(row),
        is_kept=kept is not None,
    )


def _item(row: Row, kept: tuple[Item, tuple[Resolved, ...]] | None) -> Item:
    if kept is None:
        name = row["release"]["manifest"]
        return Item(name=name, errors=(f"{name}: could not be reviewed when the ledger was made",))
    return again(*kept)
