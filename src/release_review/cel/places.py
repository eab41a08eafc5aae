"""Where the paths of a condition lead: to values of the manifest, and to the facts that stand behind them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Protocol

from release_review import pointer as json_pointer
from release_review.cel.engine import Levels, Subject
from release_review.cel.reads import Read
from release_review.cel.stating import NOTHING, together
from release_review.cel.tree import Constant, LevelOf, Node, Path, Size, View, leaves_of, parts_of, walk
from release_review.dates import midnight
from release_review.fields import EVIDENCE_OF
from release_review.model import Missing
from release_review.pointer import pointer_to


class Facts(Protocol):
    """What a manifest says, as far as the tree of a condition needs it."""

    def missing(self, read: Read) -> Missing:
        """Give what is missing behind something that is read and not known."""
        ...

    def told(self, read: Read, value: Any) -> str:
        """Tell in words what is read, and what it says or why it is not known."""
        ...

    def called(self, pointer: str) -> str:
        """Give the name of a place."""
        ...


@dataclass(frozen=True, slots=True)
class Item:
    """What a variable stands for: a value, and its place in the manifest; a written-out word has none."""

    value: Any
    pointer: str | None


Items = Mapping[str, Item]
"""The items that the variables around a part stand for."""


class Places:
    """The names of a condition about one item: what each stands for, and where that is."""

    def __init__(self, subject: Subject, levels: Levels, facts: Facts, this: str) -> None:
        self._manifest = subject.manifest
        self.levels = levels
        self._facts = facts
        self.roots = {
            "manifest": Item(subject.manifest, ""),
            "this": Item(json_pointer.value_at(subject.manifest, this), this),
            "as_of": Item(midnight(subject.as_of), None),
            "today": Item(midnight(subject.today), None),
        }

    def facts_of(self, node: Any, items: Items) -> Missing:
        """Give what is missing behind all leaves of a node."""
        unknown = [leaf for leaf in leaves_of(node) if self.is_open(leaf, items)]
        return together(self._facts.missing(self.read(leaf, items)) for leaf in unknown) or NOTHING

    def is_open(self, leaf: Path | LevelOf, items: Items) -> bool:
        """Tell whether a leaf is not known."""
        value = self.value(leaf, items)
        return value == "unknown" if leaf.type.unknown == "word" else leaf.type.unknown != "" and value is None

    def value(self, leaf: Path | LevelOf, items: Items) -> Any:
        """Give what a leaf holds."""
        if isinstance(leaf, LevelOf):
            answer = self.levels[leaf.assessment]
            return (answer if leaf.item is None else answer["items"][self.value(leaf.item, items)["id"]])["level"]
        value = self._item(leaf.root, items).value
        for step in leaf.steps:
            value = value[step]
        return value

    def _item(self, root: str, items: Items) -> Item:
        return items[root] if root in items else self.roots[root]

    def read(self, leaf: Path | LevelOf, items: Items) -> Read:
        """Give what a leaf reads, as the one place that it stands for here."""
        if isinstance(leaf, LevelOf):
            place = "" if leaf.item is None else self.place(leaf.item, items)
            whole = leaf.item is None
            return Read(root="manifest", pattern=place or "", unknown="word", assessment=leaf.assessment, whole=whole)
        place = self.place(leaf, items)
        root = leaf.root if place is None else "manifest"
        return Read(root=root, pattern=place or "", unknown=leaf.type.unknown, via=leaf.type.reads)

    def place(self, path: Path, items: Items) -> str | None:
        """Give the pointer of what a path leads to; a day of judgement and a written-out word have none."""
        start = self._item(path.root, items).pointer
        return None if start is None else start + pointer_to(*path.steps)

    def facts_of_evidence(self, node: Node, items: Items) -> list[str]:
        """Give the pointers of the facts about whose evidence a node asks, as far as it can be told which they are."""
        paths = [each for each in walk(node) if isinstance(each, Path) and EVIDENCE_OF in each.steps]
        places = [self.place_of_fact(each, items) for each in paths if each.root in items or each.root in self.roots]
        return [place for place in places if place is not None]

    def place_of_fact(self, evidence: Path, items: Items) -> str | None:
        """Give the pointer of the fact whose evidence a path leads to."""
        steps = (step for step in evidence.steps if step != EVIDENCE_OF)
        return self.place(replace(evidence, steps=tuple(steps)), items)

    def items_of(self, base: Path | tuple[Constant, ...], items: Items) -> Iterator[Item]:
        """Give the items of a list."""
        if not isinstance(base, Path):
            yield from (Item(each.value, None) for each in base)
            return
        listed = self.value(base, items)
        place = self.place(base, items)
        cited = EVIDENCE_OF in base.steps
        for index, value in enumerate(listed):
            yield Item(value, self._records[value["id"]] if cited else f"{place}/{index}")

    @cached_property
    def _records(self) -> Mapping[str, str]:
        """The places of the evidence records, which a fact cites by their ids."""
        return {record["id"]: pointer_to("evidence", index) for index, record in enumerate(self._manifest["evidence"])}

    def called(self, item: Item) -> str:
        """Give the name of an item."""
        return self._facts.called(item.pointer) if item.pointer is not None else f'"{item.value}"'

    def leaves_told(self, node: Node, items: Items) -> Iterator[str]:
        """Tell in words what each leaf of a node says."""
        match node:
            case Size(view=View(base=Path() as base)):
                yield self.size_told(base, items)
            case LevelOf():
                yield self._facts.told(self.read(node, items), self.value(node, items))
            case Path():
                if self.place(node, items) is not None or node.root in self.roots:
                    yield self._facts.told(self.read(node, items), self.value(node, items))
            case _:
                for part in parts_of(node):
                    yield from self.leaves_told(part, items)

    def size_told(self, base: Path, items: Items) -> str:
        """Tell how many items a list has."""
        count = len(self.value(base, items))
        if EVIDENCE_OF in base.steps:
            fact = self._facts.called(self.place_of_fact(base, items) or "")
            return f"{fact} cites {f'{count} records' if count > 1 else '1 record' if count else 'no evidence'}"
        name = self._facts.called(self.place(base, items) or "")
        return f"{name} has {count} {'item' if count == 1 else 'items'}" if count else f"{name} is empty"
