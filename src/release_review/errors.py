"""Every exception this package raises on purpose.

An error says what is wrong, where, and what to do next. It is raised where the fact is known and
printed once, by the command line. Whatever a manifest says, or leaves unsaid, is a finding, not an
error; what cannot be read, or cannot be carried out, is an error.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

ALIKE = 0.6
"""How alike an unknown word and the one that was meant are, from 0 to 1, as `difflib` counts it; its own default."""

_COMPARED = 128
"""Characters of an unknown word that are compared with the known ones: the comparison is not linear."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The line of a file that an error points into.

    Attributes:
        line: Its number, from 1.
        text: The line as it is written, not escaped.
        start: Offset of the faulty token in it, in code points.
        end: Offset behind the token.
    """

    line: int
    text: str
    start: int
    end: int


class ReleaseReviewError(Exception):
    """What stands between the input and a trustworthy verdict.

    Attributes:
        what: What is wrong, in one present-tense clause without a full stop.
        where: `FILE`, `FILE:LINE` or `FILE:LINE:COLUMN` (both from 1), or empty.
        hint: What to do next, or empty.
        also: Further errors of the same kind that were found in the same step.
        excerpt: The line it points into, if that is known; no part of its text.
    """

    def __init__(
        self,
        what: str,
        *,
        where: str = "",
        hint: str = "",
        also: tuple[ReleaseReviewError, ...] = (),
        excerpt: Excerpt | None = None,
    ) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.hint = hint
        self.also = also
        self.excerpt = excerpt

    def __str__(self) -> str:
        """Give `FILE:LINE:COLUMN: what; what to do`."""
        place = f"{self.where}: " if self.where else ""
        advice = f"; {self.hint}" if self.hint else ""
        return f"{place}{self.what}{advice}"

    def __reduce__(self) -> tuple[object, ...]:
        """Let it cross from one process to another with all that it says."""
        return _again, (type(self), self.what, self.where, self.hint, self.also, self.excerpt)

    @classmethod
    def join(cls, errors: Iterable[Self]) -> Self:
        """Make one error of several, the first in front.

        Raises:
            ValueError: `errors` is empty.
        """
        listed = list(errors)
        if not listed:
            raise ValueError("there is no error to join")
        first = listed[0]
        also: tuple[ReleaseReviewError, ...] = (*first.also, *listed[1:])
        return cls(first.what, where=first.where, hint=first.hint, also=also, excerpt=first.excerpt)

    def flat(self) -> tuple[ReleaseReviewError, ...]:
        """Give this error and all it carries along, in order of discovery."""
        return (self, *(inner for error in self.also for inner in error.flat()))


def _again(
    kind: type[ReleaseReviewError],
    what: str,
    where: str,
    hint: str,
    also: tuple[ReleaseReviewError, ...],
    excerpt: Excerpt | None,
) -> ReleaseReviewError:
    return kind(what, where=where, hint=hint, also=also, excerpt=excerpt)


class UsageError(ReleaseReviewError):
    """The command line, the environment or the configuration asks for something that does not exist."""


class NothingToCheckError(UsageError):
    """No manifest, no policy, no rule, or no rule that applies: there is nothing a pass could rest on."""


class InputError(ReleaseReviewError):
    """A file cannot be read: it is missing, no regular file, no UTF-8, over a limit, or not in its format."""


class ManifestError(ReleaseReviewError):
    """A manifest was read and does not fit the schema, or contradicts itself."""


class EvidenceError(ManifestError):
    """A path of a piece of evidence may not be followed."""


class PolicyError(ReleaseReviewError):
    """A policy cannot be carried out as it is written."""


class ExpressionError(PolicyError):
    """A CEL expression is refused when its policy loads."""


class EvaluationError(ReleaseReviewError):
    """An admitted expression broke while it was evaluated."""


class WaiverError(ReleaseReviewError):
    """A waiver file cannot be used as it is written."""


class BaselineError(ReleaseReviewError):
    """A baseline cannot be used as it is written."""


class AuditError(ReleaseReviewError):
    """An audit cannot go on, or a ledger cannot be used."""


class PluginError(ReleaseReviewError):
    """A plugin does not load, or does not keep its contract."""


class OutputError(ReleaseReviewError):
    """A report could not be written."""


class Terminated(KeyboardInterrupt):
    """SIGTERM came; whatever lets an interrupt of the keyboard pass lets this one pass too."""


def closest(word: str, known: Iterable[str], *, alike: float = ALIKE) -> str:
    """Give the known word that a reader most likely meant, or nothing.

    Args:
        word: The unknown word.
        known: The words it may stand for.
        alike: How alike two words have to be, from 0 to 1, as `difflib` counts it.
    """
    import difflib

    near = difflib.get_close_matches(word[:_COMPARED], sorted(known), n=1, cutoff=alike)
    return near[0] if near else ""


def suggest(word: str, known: Iterable[str]) -> str:
    """Give the hint for an unknown word: the one that was meant, and all that are known; empty if none is."""
    listed = sorted(known)
    near = closest(word, listed)
    meant = f"did you mean {near!r}? " if near else ""
    return f"{meant}use one of: {', '.join(listed)}" if listed else ""
