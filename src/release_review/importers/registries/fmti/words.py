"""How an indicator is quoted: its score, how that is to be read, and what is said of it."""

from __future__ import annotations

from release_review.claims import quoted
from release_review.importers.registries.fmti.reports import Answer

SOURCE = "fmti"
"""Cited for everything."""

NOT_DISCLOSED = "not disclosed, which does not say that there is none"
MAY_BE_NONE = "disclosed, and it may be that there is none"


def note_of(indicator: str, answer: Answer, *, read: bool = False) -> str:
    """Say how an indicator is scored, and what is said of it.

    Args:
        indicator: Its name.
        answer: What the index has for it.
        read: Whether to say how the score is to be read.
    """
    reading = f", {MAY_BE_NONE if answer.score == '1' else NOT_DISCLOSED}" if read else ""
    said = answer.disclosure or answer.justification
    return f'"{indicator}" is scored {answer.score}{reading}' + (f": {quoted(said)}" if said else "")
