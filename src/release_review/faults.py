"""Several things that are wrong in one file, told at once and in the order of the file."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from release_review.errors import ReleaseReviewError
from release_review.escape import shorten
from release_review.model import Document

MOST_SHOWN = 20
"""Faults of one file that are told; the rest are counted."""

MOST_COMPARED = 1000
"""Known words that a wrong word is compared with."""

_LONGEST_WORD = 64

Error = TypeVar("Error", bound=ReleaseReviewError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong in a file.

    Attributes:
        pointer: Where.
        what: What is wrong, in one present-tense clause.
        hint: What to do next, or empty.
        word: A word that is not known, or empty.
        known: The words that are.
        first: An earlier place that belongs to it; its line is added to the clause.
        table: The table it stands in, which the clause names last; its line is added if it is another one.
    """

    pointer: str
    what: str
    hint: str = ""
    word: str = ""
    known: Sequence[str] = ()
    first: str | None = None
    table: str = ""

    def told(self, document: Document, error: type[Error]) -> Error:
        """Put it into words, with the known word that was most likely meant."""
        what = self.what
        if self.table and (line := document.locate(self.table).line) != document.locate(self.pointer).line:
            what += f" (line {line})"
        if self.first is not None:
            what += f"; the first is on line {document.locate(self.first).line}"
        meant = nearest(self.word, self.known)
        hint = f"did you mean '{meant}'?" if meant else self.hint
        return error(what, where=document.where(self.pointer), hint=hint)


def nearest(word: str, known: Sequence[str]) -> str:
    """Give the known word that was most likely meant, or nothing."""
    import difflib  # only to word an error

    meant = difflib.get_close_matches(word[:_LONGEST_WORD].lower(), known[:MOST_COMPARED], n=1)
    return meant[0] if word and meant else ""


def error_of(faults: Collection[Fault], document: Document, error: type[Error]) -> Error:
    """Make one error of all faults of a file, in the order of the file.

    Raises:
        ValueError: There are no faults.
    """
    ordered = sorted(faults, key=lambda fault: (document.locate(fault.pointer), fault.pointer, fault.what))
    told = [fault.told(document, error) for fault in ordered[:MOST_SHOWN]]
    if len(ordered) > MOST_SHOWN:
        rest = error(f"{len(ordered) - MOST_SHOWN} more errors", where=document.name, hint="correct those above first")
        told.append(rest)
    return error.join(told)


def quoted(value: Any) -> str:
    """Show a value of a file in an error: a word or two of it, and nothing of a table or a list."""
    if isinstance(value, str):
        return f"'{shorten(value)}'"
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, list):
        return "a list"
    return json.dumps(value)
