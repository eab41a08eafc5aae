"""Which release of one ledger is which of another, without reading any row.

A release is known by its id. Where an id is there more than once, the names of the manifests tell which is which, and
then their order. What could not be read has no id, and is known by the name of its manifest.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from release_review.audit.ledger import Ledger
from release_review.audit.work import Head

Key = bytes
"""A digest of a text, so that what is remembered of a release is small, however long its id is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Which release is which.

    Attributes:
        partner: Number of a release in the second ledger, by its number in the first.
        repeated: Ids that one of the ledgers has more than once, and how often each has it.
    """

    partner: Mapping[int, int]
    repeated: Mapping[str, tuple[int, int]]


class _Waiting:
    """Releases of the second ledger by some key, in the order of their corpus; each is given away once."""

    def __init__(self) -> None:
        self._numbers: dict[Key, list[int]] = {}

    def add(self, key: Key, number: int) -> None:
        """Add one."""
        self._numbers.setdefault(key, []).append(number)

    def reverse(self) -> None:
        """Make ready to give away: the first one stands last, where it is taken without moving the others."""
        for numbers in self._numbers.values():
            numbers.reverse()

    def take(self, key: Key, taken: set[int]) -> int | None:
        """Give the first one that nobody has taken by another key."""
        numbers = self._numbers.get(key, [])
        while numbers:
            number = numbers.pop()
            if number not in taken:
                taken.add(number)
                return number
        return None


def pair(first: Ledger, second: Ledger) -> Pairs:
    """Say which release of the first ledger is which of the second."""
    unread = {_key(head.name) for ledger in (first, second) for _, head in ledger.heads() if head.release is None}
    both, by_id, by_name, by_name_unread = waiting = [_Waiting() for _ in range(4)]
    for number, head in second.heads():
        name = _key(head.name)
        if head.release is not None:
            both.add(_key(head.release) + name, number)
            by_id.add(_key(head.release), number)
        else:
            by_name_unread.add(name, number)
        if name in unread:
            by_name.add(name, number)
    for each in waiting:
        each.reverse()

    def same(head: Head) -> int | None:
        return both.take(_key(head.release) + _key(head.name), taken) if head.release is not None else None

    def same_id(head: Head) -> int | None:
        return by_id.take(_key(head.release), taken) if head.release is not None else None

    def same_name(head: Head) -> int | None:
        return (by_name if head.release is None else by_name_unread).take(_key(head.name), taken)

    partner: dict[int, int] = {}
    taken: set[int] = set()
    for find in (same, same_id, same_name):
        for number, head in first.heads():
            if number not in partner and (found := find(head)) is not None:
                partner[number] = found
    return Pairs(partner=partner, repeated=_repeated(first, second))


def _repeated(first: Ledger, second: Ledger) -> dict[str, tuple[int, int]]:
    counts = [Counter(map(_key, _ids(ledger))) for ledger in (first, second)]
    several = {key for each in counts for key, number in each.items() if number > 1}
    if not several:
        return {}
    names = {name for ledger in (first, second) for name in _ids(ledger) if _key(name) in several}
    return {name: (counts[0][_key(name)], counts[1][_key(name)]) for name in sorted(names)}


def _ids(ledger: Ledger) -> Iterator[str]:
    return (head.release for _, head in ledger.heads() if head.release is not None)


def _key(text: str) -> Key:
    return hashlib.blake2b(text.encode("utf-8", "backslashreplace"), digest_size=16).digest()
