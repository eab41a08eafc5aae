"""Typed trees that are known from an earlier run, by the expression and the scope they follow from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from release_review.cel.codec import Data, NoTreeError, decode, encode, names_of
from release_review.cel.question import Scope
from release_review.cel.tree import Formula

MOST_TREES = 10_000
"""Trees that are kept for one policy; overrides make more than it has expressions."""


class Trees:
    """Typed trees as data. One that is not known, or is no tree of this schema and scope, is made anew.

    Attributes:
        added: Those that had to be made, as data by key: what is worth keeping for the next run.
    """

    def __init__(self, known: Mapping[str, Data] | None = None) -> None:
        self._known = known or {}
        self.added: dict[str, Data] = {}

    def find(self, text: str, scope: Scope) -> Formula | None:
        """Give the tree of an expression, if it is known."""
        data = self._known.get(_key(text, scope))
        try:
            return None if data is None else decode(data, scope)
        except NoTreeError:
            return None

    def all(self) -> Mapping[str, Data]:
        """Give those that are known and those that were added, without what has no use any more if they are many."""
        return self.added if len(self._known) + len(self.added) > MOST_TREES else {**self._known, **self.added}

    def add(self, text: str, scope: Scope, formula: Formula) -> None:
        """Keep the tree of an expression."""
        self.added[_key(text, scope)] = encode(formula)


def _key(text: str, scope: Scope) -> str:
    asked = json.dumps([text, *names_of(scope)], default=str)
    return hashlib.sha256(asked.encode()).hexdigest()[:32]
