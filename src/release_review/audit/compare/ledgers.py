"""How one audit differs from another: releases that came or went, and what became of those that are in both.

```
heads of both ── pair ──▶ rows of a pair, one pair at a time ── difference ──▶ tally, and a record each
```
"""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass, field

from release_review.audit.compare.keep import Kept
from release_review.audit.compare.pairs import Pairs, pair
from release_review.audit.compare.tally import Comparison, Side
from release_review.audit.items import BATCH_SIZE
from release_review.audit.ledger import Ledger
from release_review.audit.rows import Row
from release_review.audit.shape import row_of_line
from release_review.errors import AuditError

_NUMBER = re.compile(rb'^(\{"schema":"[^"]*","number":)\d+(?=,)')
"""The place of a release in its corpus, which is another one as soon as one before it is gone."""

_BATCHES_HELD = 8
"""Batches of one ledger that are unpacked at once: two ledgers of one corpus go through it in one order."""


@dataclass(slots=True, kw_only=True)
class _Lines:
    """The rows of a ledger, by number."""

    ledger: Ledger
    _held: OrderedDict[int, list[bytes]] = field(default_factory=OrderedDict)

    def line(self, number: int) -> bytes:
        """Give a row as a line of JSON.

        Raises:
            AuditError: There is none: the ledger is damaged.
        """
        batch, index = divmod(number - 1, BATCH_SIZE)
        if batch not in self._held:
            self._held[batch] = self.ledger.lines_of(batch)
            if len(self._held) > _BATCHES_HELD:
                self._held.popitem(last=False)
        self._held.move_to_end(batch)
        lines = self._held[batch]
        if not 0 <= index < len(lines):
            raise self._damaged()
        return lines[index]

    def row(self, line: bytes) -> Row:
        """Give the row of a line.

        Raises:
            AuditError: It is none.
        """
        try:
            return row_of_line(line)
        except ValueError:
            raise self._damaged() from None

    def _damaged(self) -> AuditError:
        return AuditError("a row of it is damaged", where=str(self.ledger.path), hint="make the ledger again")


def compare(first: Ledger, second: Ledger, *, kept: Kept, names: int) -> Comparison:
    """Compare two ledgers, release by release, in the order of the first; what only the second has comes last.

    Args:
        first: The ledger before.
        second: The ledger now.
        kept: Takes a record of each release that came, went or differs.
        names: How many releases are named for each thing that happens.

    Raises:
        AuditError: A ledger is damaged.
    """
    pairs = pair(first, second)
    compared = Comparison(sides=(_side(first), _side(second)), kept=kept, names=names, repeated=dict(pairs.repeated))
    for number, head in first.heads():
        if number not in pairs.partner:
            compared.count_gone(head)
    _compare_both(first, second, pairs, compared)
    taken = set(pairs.partner.values())
    for number, head in second.heads():
        if number not in taken:
            compared.count_added(head)
    return compared


def _compare_both(first: Ledger, second: Ledger, pairs: Pairs, compared: Comparison) -> None:
    one, other = _Lines(ledger=first), _Lines(ledger=second)
    for number, partner in sorted(pairs.partner.items()):
        before, after = one.line(number), other.line(partner)
        if _NUMBER.sub(rb"\1", before) == _NUMBER.sub(rb"\1", after):
            compared.same += 1
        else:
            compared.count_pair(one.row(before), other.row(after))


def _side(ledger: Ledger) -> Side:
    meta = ledger.meta
    return Side(
        name=str(ledger.path),
        is_complete=ledger.is_complete,
        setup=meta["setup"],
        corpus=meta["corpus"],
        definitions=meta["definitions"],
        counts=ledger.counts,
    )
