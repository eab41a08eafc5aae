"""The forecast itself: the releases of a ledger in, what changes on which day out."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import cast

from release_review.audit.executors import Executor, Work
from release_review.audit.forecast.clock import clock_of
from release_review.audit.forecast.window import Window
from release_review.audit.forecast.work import Asked, Change, Foretold, Past, PastBatch, Skipped, foretell_batch
from release_review.audit.items import BATCH_SIZE, Item
from release_review.audit.ledger import Ledger
from release_review.audit.rows import Row, is_error
from release_review.audit.setup import Setup, from_data
from release_review.audit.work import Tools, make_ready
from release_review.errors import AuditError, ReleaseReviewError
from release_review.evidence import Resolved
from release_review.model import LIMITS

Told = Callable[[int], None]
"""Is told how many more releases are done."""

StoreParts = tuple[Path | None, Path | None, str]
"""What the store of every process is made of; see `audit.setup.Setup`."""


def _nobody(releases: int) -> None:
    """Is told, and tells nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What changes on which day.

    Attributes:
        window: The days that were looked at.
        is_complete: Whether the audit had come to its end.
        releases: How many releases the ledger has.
        unreviewed: How many of them could not be reviewed then; nothing is foretold of them.
        reviews: How many reviews were carried out.
        opaque: Why rules and assessments may change on any day, by their ids, so that every day was looked at.
        changes: What changes, by day and then by place in the corpus.
        skipped: The other releases of which nothing can be foretold, by place in the corpus.
    """

    window: Window
    is_complete: bool
    releases: int
    unreviewed: int
    reviews: int
    opaque: tuple[tuple[str, str], ...] = ()
    changes: tuple[Change, ...] = ()
    skipped: tuple[Skipped, ...] = ()

    @property
    def foretold(self) -> int:
        """How many releases were looked at for every day."""
        return self.releases - self.unreviewed - len(self.skipped)

    def turn_red_within(self, days: int) -> list[Change]:
        """Give the changes within so many days in which a release that passed passes no more."""
        last = self.window.today + dt.timedelta(days=days)
        return [each for each in self.changes if each.turns_red and each.day <= last]


@dataclass(slots=True)
class _Read:
    """How many releases were read so far, and how many of them could not be reviewed."""

    releases: int = 0
    unreviewed: int = 0


def setup_of(ledger: Ledger, *, store: StoreParts | None = None) -> Setup:
    """Give what an audit was told. A ledger sets no limits: anybody may have written it.

    Args:
        ledger: The ledger.
        store: What the store of every process is made of; None to work out everything anew.

    Raises:
        AuditError: The ledger does not say, or in another form.
    """
    try:
        setup = from_data(ledger.meta["setup"])
    except (KeyError, TypeError, ValueError):
        what = "does not say what the audit was told"
        raise AuditError(what, where=str(ledger.path), hint="make the ledger again") from None
    return replace(setup, store=store, limits=LIMITS)


def forecast(
    ledger: Ledger,
    *,
    days: int,
    executor: Executor,
    today: dt.date | None = None,
    store: StoreParts | None = None,
    tell: Told = _nobody,
) -> Forecast:
    """Say which release of a ledger comes to something else on which day, and why.

    Every release is reviewed on the day of the audit, on `today`, and on each day after that on which anything it
    rests on can change: what came of it on a day that is left out is what came of it on the day before.

    Args:
        ledger: The releases, with the policies, the waivers and the dates of their audit.
        days: How many days after `today` are looked at.
        executor: Who carries the batches out.
        today: The day to begin with; by default that of the audit.
        store: What the store of every process is made of; None to work out everything anew.
        tell: Is told how many more releases are done.

    Raises:
        AuditError: The ledger is damaged, or policies, plugins or waivers are not those of the audit.
        ReleaseReviewError: A policy or the waiver file cannot be read.
    """
    setup = setup_of(ledger, store=store)
    window = Window(today=today or setup.today, days=days, as_of=setup.as_of)
    clock = clock_of(_tools(setup).policies)
    read = _Read()
    work = cast("Work", partial(foretell_batch, Asked(setup=setup, window=window)))
    done: list[Foretold] = []
    for each in executor.run(work, _batches(ledger, read)):
        foretold = cast("Foretold", each)
        done.append(foretold)
        tell(foretold.size)
    changes = [change for foretold in done for change in foretold.changes]
    skipped = [each for foretold in done for each in foretold.skipped]
    return Forecast(
        window=window,
        is_complete=ledger.is_complete,
        releases=read.releases,
        unreviewed=read.unreviewed,
        reviews=sum(foretold.reviews for foretold in done),
        opaque=tuple(sorted(clock.opaque.items())),
        changes=tuple(sorted(changes, key=lambda change: (change.day, change.number))),
        skipped=tuple(sorted(skipped, key=lambda each: each.number)),
    )


def _tools(setup: Setup) -> Tools:
    try:
        return make_ready(setup)
    except ReleaseReviewError as error:
        if setup.waivers is None or error.where != setup.waivers[0]:
            raise
        hint = "put the waiver file of the audit back, or audit again with the one that counts now"
        raise AuditError(f"the waivers of the audit: {error.what}", where=error.where, hint=hint) from None


def _batches(ledger: Ledger, read: _Read) -> Iterator[PastBatch]:
    """Cut the releases of a ledger that can be reviewed again into batches, and count the others."""
    reviewable = _reviewable(ledger, read)
    for number in itertools.count():
        cut = list(itertools.islice(reviewable, BATCH_SIZE))
        if not cut:
            return
        items, past = zip(*cut, strict=True)
        yield PastBatch(number=number, items=items, past=past)


def _reviewable(ledger: Ledger, read: _Read) -> Iterator[tuple[Item, Past]]:
    for row, saved in ledger.items():
        read.releases += 1
        if saved is None or is_error(row):
            read.unreviewed += 1
        else:
            yield saved[0], _past(row, saved[1])


def _past(row: Row, evidence: tuple[Resolved, ...]) -> Past:
    return Past(
        number=row["number"],
        release=row["release"]["id"],
        verdict=row["verdict"],
        rules=row["rules"],
        evidence=evidence,
    )
