"""The facts behind a level or a finding: where they stand, and which of them are not known."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar, overload

from release_review.cel import Expression, Read
from release_review.fields import EVIDENCE_OF
from release_review.model import AssessmentResult, ItemResult, LevelRead, Manifest
from release_review.pointer import expand, parent_of, pointer_to, steps_of, value_at

Answers = Mapping[str, AssessmentResult]
"""The assessments that are made, by qualified id."""

Found = TypeVar("Found")
"""What somebody looks for."""

MOST_BEHIND = 20
"""Facts, or reasons, behind the level of one assessment that are named.

A manifest of many items and a rule about each of as many others would otherwise make a report as long as the product.
"""


class Later(Sequence[Found]):
    """What is looked for when somebody asks for it: a verdict alone needs none of it.

    What they follow from does not change, so they are the same whenever that is.
    """

    __slots__ = ("_arguments", "_find", "_found")

    def __init__(self, find: Callable[..., tuple[Found, ...]], *arguments: Any) -> None:
        """Remember a function that finds it, and what that is called with."""
        self._find = find
        self._arguments = arguments
        self._found: tuple[Found, ...] | None = None

    def _all(self) -> tuple[Found, ...]:
        if self._found is None:
            self._found = self._find(*self._arguments)
            self._arguments = ()
        return self._found

    @overload
    def __getitem__(self, index: int) -> Found: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Found, ...]: ...
    def __getitem__(self, index: int | slice) -> Found | tuple[Found, ...]:
        return self._all()[index]

    def __len__(self) -> int:
        return len(self._all())

    def __iter__(self) -> Iterator[Found]:
        return iter(self._all())

    def __eq__(self, other: object) -> bool:
        return self._all() == (other._all() if isinstance(other, Later) else other)

    def __hash__(self) -> int:
        return hash(self._all())

    def __repr__(self) -> str:
        return repr(self._all())

    def __reduce__(self) -> tuple[Any, ...]:
        """Go to another process, or into a copy, as what was found."""
        return tuple, (self._all(),)


class Pointers(Later[str]):
    """Pointers that are looked for when somebody asks for them."""

    __slots__ = ()


def pointers_read(manifest: Manifest, expressions: Sequence[Expression], this: str, answers: Answers) -> Sequence[str]:
    """Give the pointers of the facts that expressions about the item at `this` look at, each once."""
    return Pointers(_read_by, manifest, expressions, this, answers)


def pointers_open(manifest: Manifest, expressions: Sequence[Expression], this: str, answers: Answers) -> Sequence[str]:
    """Give the pointers of those among them that are not known; all of them where each is known.

    An item whose level is unknown although each fact is known hangs on what is stated, or on the evidence for it.
    """
    return Pointers(_open_in, manifest, expressions, this, answers)


def pointers_of_basis(
    manifest: Manifest, expressions: Sequence[Expression], this: str, answers: Answers
) -> Sequence[str]:
    """Give the facts that expressions look at themselves; what is behind the levels they read, `levels_read` gives."""
    return Pointers(_basis_of, manifest, expressions, this, answers)


def levels_read(
    manifest: Manifest, expressions: Sequence[Expression], this: str, answers: Answers
) -> Sequence[LevelRead]:
    """Give the levels that expressions about the item at `this` look at."""
    return Later(_levels_of, manifest, expressions, this, answers)


def pointers_missing(manifest: Manifest, reads: Sequence[Read], this: str, answers: Answers) -> Sequence[str]:
    """Give the pointers of those among what is read that are not known."""
    return Pointers(facts_missing, manifest, reads, this, answers)


def reads_of(expressions: Iterable[Expression]) -> list[Read]:
    """Give what several expressions read."""
    return [read for expression in expressions for read in expression.reads]


def facts_read(manifest: Manifest, reads: Iterable[Read], this: str, answers: Answers) -> tuple[str, ...]:
    """Give the pointers of the facts that are read about the item at `this`, each once."""
    return tuple(dict.fromkeys(_read(manifest, reads, this, answers, undecided=False)))


def facts_missing(manifest: Manifest, reads: Iterable[Read], this: str, answers: Answers) -> tuple[str, ...]:
    """Give the pointers of those among them that are not known."""
    return tuple(dict.fromkeys(_read(manifest, reads, this, answers, undecided=True)))


def is_stated(manifest: Manifest, pointer: str) -> bool:
    """Tell whether a place is a fact, and not a table or list, that is known."""
    value = value_at(manifest.data, pointer)
    return not (_is_open(value) or isinstance(value, dict | list))


def item_key(item: Any, pointer: str) -> str:
    """Give how an item of a list is called: its id, else its pointer."""
    name = item.get("id") if isinstance(item, dict) else None
    return name if isinstance(name, str) else pointer


def _read_by(manifest: Manifest, expressions: Sequence[Expression], this: str, answers: Answers) -> tuple[str, ...]:
    return facts_read(manifest, reads_of(expressions), this, answers)


def _basis_of(manifest: Manifest, expressions: Sequence[Expression], this: str, answers: Answers) -> tuple[str, ...]:
    return facts_read(manifest, [read for read in reads_of(expressions) if not read.assessment], this, answers)


def _levels_of(
    manifest: Manifest, expressions: Sequence[Expression], this: str, answers: Answers
) -> tuple[LevelRead, ...]:
    found: dict[tuple[str, str | None], LevelRead] = {}
    for read in reads_of(expressions):
        if read.assessment:
            answer = answers[read.assessment]
            for item in (None,) if read.whole else _items_read(manifest, read, this, answer):
                found[answer.id, None if item is None else item.key] = LevelRead(answer=answer, item=item)
    return tuple(found.values())


def _open_in(manifest: Manifest, expressions: Sequence[Expression], this: str, answers: Answers) -> tuple[str, ...]:
    reads = reads_of(expressions)
    return facts_missing(manifest, reads, this, answers) or facts_read(manifest, reads, this, answers)


def _read(manifest: Manifest, reads: Iterable[Read], this: str, answers: Answers, *, undecided: bool) -> Iterator[str]:
    item: Any = None
    for read in reads:
        if read.assessment:
            level = (manifest, read, this, answers)
            yield from level_open(*level)[0] if undecided else _behind_level(*level)
        elif not undecided or read.unknown or read.cited:
            at, start = "", manifest.data
            if read.root == "this":
                item = value_at(manifest.data, this) if item is None else item
                at, start = this, item
            for pointer, value in expand(start, read.pattern, at=at):
                if undecided and read.cited:
                    yield from _open_in_evidence(manifest, pointer, read.cited)
                elif not undecided or _is_open(value):
                    yield from _stated_for(manifest, pointer, read.via, undecided=undecided)


def _open_in_evidence(manifest: Manifest, fact: str, name: str) -> Iterator[str]:
    """Give the places of a field of the evidence that a fact cites, where the field is not known."""
    *table, field = steps_of(fact)
    cited = value_at(manifest.data, pointer_to(*table, EVIDENCE_OF, field))
    if open_ids := {record["id"] for record in cited if _is_open(record[name])}:
        for index, record in enumerate(manifest.data["evidence"]):
            if record["id"] in open_ids:
                yield pointer_to("evidence", index, name)


def _is_open(value: Any) -> bool:
    return value is None or value == "unknown"


def _stated_for(manifest: Manifest, pointer: str, via: tuple[str, ...], *, undecided: bool) -> Iterable[str]:
    """Give the place of a fact: its own, or those of the fields that a derived one is computed from."""
    if not via:
        return (pointer,)
    beside = [parent_of(pointer) + pointer_to(name) for name in via]
    if undecided:
        beside = [each for each in beside if _is_open(value_at(manifest.data, each))] or beside
    return beside


def _behind_level(manifest: Manifest, read: Read, this: str, answers: Answers) -> Iterable[str]:
    """Give the facts that a level was made from."""
    answer = answers[read.assessment]
    items = _items_read(manifest, read, this, answer)
    if read.whole and not items:
        return (_list_of(answer),)
    found: dict[str, None] = {}
    for item in items:
        found |= dict.fromkeys(item.reads)
        if len(found) >= MOST_BEHIND:
            break
    return itertools.islice(found, MOST_BEHIND)


def level_open(manifest: Manifest, read: Read, this: str, answers: Answers) -> tuple[Sequence[str], Sequence[str]]:
    """Give the facts that a level hangs on, and why it is unknown; neither for a level that is known.

    The level of a whole without items hangs on the list that is empty.
    """
    answer = answers[read.assessment]
    items = _items_read(manifest, read, this, answer)
    if read.whole and not items:
        return (_list_of(answer),), ((answer.because,) if answer.level == "unknown" else ())
    if _is_all_of(read, answer):
        return answer.undecided[:MOST_BEHIND], answer.reasons[:MOST_BEHIND]
    unknown = [item for item in items if item.level == "unknown"]
    facts = [pointer for item in unknown for pointer in (item.undecided or (item.pointer,))]
    return facts[:MOST_BEHIND], [item.because for item in unknown]


def _list_of(answer: AssessmentResult) -> str:
    """Give the list that an assessment is about, which is empty."""
    return "/" + steps_of(answer.assessment.over)[0]


def _is_all_of(read: Read, answer: AssessmentResult) -> bool:
    """Tell whether a level is read that hangs on every item whose level is unknown."""
    return read.whole and (answer.level == "unknown" or answer.decided_by is None)


def _items_read(manifest: Manifest, read: Read, this: str, answer: AssessmentResult) -> Collection[ItemResult]:
    """Give the items whose level is read: those that decide the whole, or the one that is named."""
    if not read.whole:
        at = this if read.root == "this" else ""
        items = expand(value_at(manifest.data, at), read.pattern, at=at)
        keys = [item_key(item, pointer) for pointer, item in items]
        return [answer.items[key] for key in keys if key in answer.items]
    if answer.level == "unknown":
        return answer.unknown
    return answer.items.values() if answer.decided_by is None else (answer.items[answer.decided_by],)
