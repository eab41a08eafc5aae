"""Lists: written out, or of the manifest and on their way through `filter` and `map`."""

from __future__ import annotations

import dataclasses

from release_review.cel import syntax
from release_review.cel.names import Names
from release_review.cel.scope import Stream
from release_review.cel.syntax import Refusal, Syntax
from release_review.cel.tree import (
    AllOf,
    Constant,
    Path,
    has_more_nodes,
)
from release_review.cel.types import BOOL, STRING, Type

LARGEST_ITEM = 64
"""Nodes of what `map` makes of an item: it stands wherever the item is named, and maps in a row would double it."""


class Lists(Names):
    """The part of the check that types lists."""

    def _constants(self, tree: Syntax) -> list[tuple[int, Constant | None]] | None:
        """Read a list of written-out values or a parameter that is a list; None for any other list."""
        if isinstance(tree, syntax.Select) and isinstance(tree.base, syntax.Name) and tree.base.name == "params":
            param = self._scope.params.get(tree.field)
            if param is not None and param.type == "strings":
                return [(tree.at, Constant(str(each), STRING)) for each in param.value]
            return None
        if not isinstance(tree, syntax.Listing):
            return None
        read: list[tuple[int, Constant | None]] = []
        for item in tree.items:
            if isinstance(item, syntax.Literal) and item.kind == "null":
                read.append((item.at, None))
                continue
            if self._is_formula(item):
                raise Refusal("a list holds truth values", item.at, "join them with && or ||")
            term = self.term(item)
            if not isinstance(term, Constant):
                return None
            read.append((item.at, term))
        return read

    def _stream(self, tree: Syntax) -> Stream:
        if isinstance(tree, syntax.Call) and tree.base is not None and tree.name in ("filter", "map"):
            stream = self._stream(tree.base)
            with self._bound(tree, stream.item) as body:
                if tree.name == "map":
                    item = self.term(body)
                    if has_more_nodes(item, LARGEST_ITEM):
                        raise Refusal(
                            "map() makes too much of each item", tree.at, "ask more of the item, and map less"
                        )
                    return dataclasses.replace(stream, item=item)
                where = self.formula(body)
            return dataclasses.replace(stream, where=where if stream.where is None else AllOf((stream.where, where)))
        constants = self._constants(tree)
        if constants is not None:
            return self._constant_stream(tree, constants)
        term = self.term(tree)
        if not isinstance(term, Path) or term.type.name != "list" or term.type.item is None:
            raise Refusal(f"{term.type.label} is no list", tree.at, "ask a list of the manifest, as in manifest.access")
        variable = self._fresh("item")
        return Stream(term, variable, None, Path(variable, (), term.type.item))

    def _constant_stream(self, tree: Syntax, listed: list[tuple[int, Constant | None]]) -> Stream:
        constants = [constant for _, constant in listed if constant is not None]
        if not constants or len(constants) != len(listed):
            raise Refusal("the list is empty or holds null", tree.at, "write its words, or a list of the manifest")
        if len({constant.type.name for constant in constants}) > 1:
            raise Refusal("the list mixes kinds of values", tree.at, "write values of one kind")
        variable = self._fresh("item")
        return Stream(tuple(constants), variable, None, Path(variable, (), constants[0].type))

    def _kind_of(self, tree: Syntax) -> Type:
        if self._is_formula(tree):
            return BOOL
        if isinstance(tree, syntax.Listing):
            return Type(name="list")
        if isinstance(tree, syntax.Call) and tree.base is not None and tree.name in ("filter", "map"):
            with self._comprehension(tree.at):
                self._stream(tree)
            return Type(name="list")
        if self._constants(tree) is not None:
            return Type(name="list")
        if isinstance(tree, syntax.Literal) and tree.kind == "null":
            return Type(name="null")
        return self.term(tree).type
