"""Where every value of a TOML text stands, as tree-sitter sees it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from release_review.errors import InputError
from release_review.importers.text import Lines, written_twice
from release_review.importers.toml_lexer import as_toml_1_0
from release_review.model import Place
from release_review.pointer import pointer_to

if TYPE_CHECKING:
    from tree_sitter import Node, Tree

_KEYS = frozenset({"bare_key", "quoted_key", "dotted_key"})
_HEADERS = frozenset({"table", "table_array_element"})


def find_places(text: str) -> Mapping[str, Place]:
    """Give the place of every value of a text that `read` accepts, and of every table that a key or header names.

    Where the grammar of tree-sitter does not know the syntax, places are missing, and the nearest table around them
    stands for them.
    """
    finder = _Finder(text)
    finder.visit_document(finder.parse())
    return finder.places


def find_repeated(text: str) -> InputError | None:
    """Word the error of the first key or header that defines what another has defined, if there is one."""
    finder = _Finder(text)
    finder.visit_document(finder.parse())
    return finder.repeated


def find_earlier(text: str, name: str) -> int | None:
    """Give the line of a text that defines what a key or header after it defines again, if it can be told."""
    finder = _Finder(text)
    finder.visit_document(finder.parse())
    place = finder.find(name)
    return place.span.line if place else None


class _Finder:
    def __init__(self, text: str) -> None:
        self.places: dict[str, Place] = {}
        self.repeated: InputError | None = None
        self._defined: set[str] = set()
        self._table = ""
        self._text = text
        self._lines = Lines(text)
        self._offsets: list[int] | None = None
        self._last: dict[str, int] = {}  # of every array of tables, its last element

    def parse(self) -> Tree:
        import tree_sitter
        import tree_sitter_toml

        parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_toml.language()))
        tree = parser.parse(self._encode(self._text))
        if tree.root_node.has_error:  # the grammar knows TOML 1.0 only, and repairs by guessing
            tree = parser.parse(self._encode(as_toml_1_0(self._text)))
        return tree

    def visit_document(self, tree: Tree) -> None:
        for node in tree.root_node.named_children:
            if node.has_error:
                return  # whatever follows is a guess
            if node.type == "pair":
                self._visit_pair(node, "")
            elif node.type in _HEADERS:
                self._visit_table(node)

    def find(self, name: str) -> Place | None:
        """Give the place of the innermost part of a key or header that is defined."""
        import tomli

        pointer = "" if name.startswith("[") else self._table
        place: Place | None = None
        inner: Any = tomli.loads(f"{name.strip('[] ')} = 0")
        while isinstance(inner, dict):
            ((step, inner),) = inner.items()
            pointer += pointer_to(step)
            place = self.places.get(pointer, place)
            if pointer in self._last and isinstance(inner, dict):
                pointer += pointer_to(self._last[pointer])
        return place

    def _visit_table(self, node: Node) -> None:
        children = node.children
        header = next(child for child in children if child.type in _KEYS)
        closing = next(child for child in children if child.type in {"]", "]]"})
        place = self._lines.place(self._offset(node.start_byte), self._offset(closing.end_byte))
        *parents, last = self._steps(header)
        pointer = ""
        for step in parents:
            pointer += pointer_to(step)
            self.places.setdefault(pointer, place)
            if pointer in self._last:
                pointer += pointer_to(self._last[pointer])
        pointer += pointer_to(last)
        if node.type == "table_array_element":
            self.places.setdefault(pointer, place)
            self._last[pointer] = self._last.get(pointer, -1) + 1
            pointer += pointer_to(self._last[pointer])
        self._define(pointer, last, place)
        self._table = pointer
        for child in children:
            if child.type == "pair":
                self._visit_pair(child, pointer)

    def _visit_pair(self, node: Node, pointer: str) -> None:
        key, _, value = (child for child in node.children if child.type != "comment")
        start = self._offset(node.start_byte)
        end = self._offset(value.end_byte)
        *parents, last = self._steps(key)
        for step in parents:
            pointer += pointer_to(step)
            self.places.setdefault(pointer, self._lines.place(start, end))
        pointer += pointer_to(last)
        self._define(pointer, last, self._lines.place(self._offset(value.start_byte), end, key=start))
        self._visit_value(value, pointer)

    def _visit_value(self, node: Node, pointer: str) -> None:
        if node.type == "inline_table":
            for child in node.named_children:
                if child.type == "pair":
                    self._visit_pair(child, pointer)
        elif node.type == "array":
            items = (child for child in node.named_children if child.type != "comment")
            for index, item in enumerate(items):
                below = pointer + pointer_to(index)
                self.places[below] = self._lines.place(self._offset(item.start_byte), self._offset(item.end_byte))
                self._visit_value(item, below)

    def _define(self, pointer: str, name: str, place: Place) -> None:
        if pointer in self._defined and self.repeated is None:
            where = f"{place.span.line}:{place.span.column}"
            self.repeated = written_twice(name, where=where, first=self.places[pointer].span.line)
        self._defined.add(pointer)
        self.places[pointer] = place

    def _steps(self, key: Node) -> list[str]:
        return [self._name(part) for part in _parts(key)]

    def _name(self, key: Node) -> str:
        written = self._text[self._offset(key.start_byte) : self._offset(key.end_byte)]
        if key.type == "bare_key":
            return written
        if "\\" not in written:
            return written[1:-1]
        import tomli

        (name,) = tomli.loads(f"{written} = 0")
        return name

    def _encode(self, text: str) -> bytes:
        content = text.encode()
        if len(content) > len(text):
            starts = (byte & 0xC0 != 0x80 for byte in content)  # noqa: PLR2004 - the bytes that go on with a character
            self._offsets = [0, *accumulate(starts)]
        return content

    def _offset(self, byte: int) -> int:
        """Turn an offset in bytes into one in code points."""
        return byte if self._offsets is None else self._offsets[byte]


def _parts(key: Node) -> Iterator[Node]:
    if key.type == "dotted_key":
        for child in key.named_children:
            yield from _parts(child)
    else:
        yield key
