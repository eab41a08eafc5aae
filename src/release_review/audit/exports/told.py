"""What every form of a report is made from, and how it is described."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from release_review.audit.ledger import Ledger
from release_review.audit.summary import Summary
from release_review.hooks import Importer, Style
from release_review.reporters.verdicts import CAVEAT

UNFINISHED = "unfinished: the audit did not come to its end, and releases are missing"
"""What every report of such a ledger says."""

PURPOSE = f"{CAVEAT} The framework is no procedure for release decisions."
"""What every report for people says once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a report is made from.

    Attributes:
        ledger: The ledger, open.
        count: Gives what the audit came to as a whole; whoever makes several reports counts once.
        importers: The formats of manifests, by name.
        style: How text for a terminal is laid out.
    """

    ledger: Ledger
    count: Callable[[], Summary]
    importers: Mapping[str, Importer] = field(default_factory=dict)
    style: Style = field(default_factory=Style)

    @property
    def is_complete(self) -> bool:
        """Whether the audit came to its end."""
        return self.ledger.is_complete

    @property
    def summary(self) -> Summary:
        """What the audit came to as a whole."""
        return self.count()


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """One form of a report.

    Attributes:
        name: What `--output` and `--output-format` take.
        summary: What it is for, in one sentence.
        write: Writes the whole of it, piece by piece, so that a ledger of any size fits.
        is_text: Whether a terminal may show it.
    """

    name: str
    summary: str
    write: Callable[[Told, BinaryIO], None]
    is_text: bool = True
