"""The forms in which an audit can be had: one module for each, and this table.

Each writes bytes to a stream. What is about single releases is written row by row, so that a hundred thousand of them
need no more memory than a hundred; what is about all of them is made from the summary, which is counted once.
"""

from __future__ import annotations

from typing import BinaryIO

from release_review.audit.exports import csv_, json_, jsonl, markdown, parquet, text
from release_review.audit.exports.told import Export, Told
from release_review.errors import UsageError, suggest
from release_review.escape import shorten

__all__ = ["EXPORTS", "TEXT", "Export", "Told", "export_of"]

TEXT = "text"
"""The form that nobody has to ask for."""


def _page(told: Told, stream: BinaryIO) -> None:
    from release_review.audit.page import render

    stream.writelines(piece.encode("utf-8", "backslashreplace") for piece in render(told.ledger))


EXPORTS = (
    Export(name=TEXT, summary="The whole in a few screens, for a terminal.", write=text.write),
    Export(name="html", summary="One page that stands alone, to search, sort and filter.", write=_page),
    Export(name="markdown", summary="The whole in short, for a wiki or the summary of a job.", write=markdown.write),
    Export(name="json", summary="The whole as numbers, for other programs.", write=json_.write),
    Export(name="jsonl", summary="Every row of the ledger, one to a line, in JSON.", write=jsonl.write),
    Export(name="csv", summary="One line for each release, for spreadsheets.", write=csv_.write),
    Export(
        name="parquet",
        summary="One row for each release with its manifest, for analysis and to be audited again.",
        write=parquet.write,
        is_text=False,
    ),
)
"""All forms, in the order in which they are told."""


def export_of(name: str) -> Export:
    """Give the form of a name.

    Raises:
        UsageError: There is none.
    """
    known = {each.name: each for each in EXPORTS}
    if name not in known:
        raise UsageError(f"there is no form '{shorten(name)}' of an audit", hint=suggest(name, known))
    return known[name]
