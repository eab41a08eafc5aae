"""What `policy lint` finds, as records."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from release_review.authoring.lint.kinds import KINDS, Kind
from release_review.errors import ReleaseReviewError
from release_review.model import Assessment, Origin, Rule, Severity, Site, Span

_PLACE = re.compile(r"(.+?)(?::([1-9]\d{0,8})(?::([1-9]\d{0,8}))?)?", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class LintWarning:
    """One thing that is wrong with a policy, or could be better.

    Attributes:
        kind: What kind of warning it is.
        part: Qualified id of the rule or the assessment, or id of the policy.
        what: What is wrong, in one present-tense clause without a full stop.
        hint: What to do about it.
        site: Where.
        accepted: Why its author accepts it; empty where nobody does.
    """

    kind: Kind
    part: str
    what: str
    hint: str
    site: Site
    accepted: str = ""

    @property
    def severity(self) -> Severity:
        """What it weighs."""
        return self.kind.severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Linted:
    """What was found in one policy.

    Attributes:
        policy: Its id, or what it was called where its id cannot be read.
        version: Its version, or empty.
        warnings: All that was found, accepted or not, in the order of files and lines.
        notes: What was left out.
    """

    policy: str
    version: str
    warnings: tuple[LintWarning, ...]
    notes: tuple[str, ...] = ()

    @property
    def open(self) -> tuple[LintWarning, ...]:
        """What nobody has accepted."""
        return tuple(each for each in self.warnings if not each.accepted)

    def count(self, severity: Severity) -> int:
        """Count what nobody has accepted and weighs so much."""
        return sum(each.severity is severity for each in self.open)

    @property
    def accepted(self) -> int:
        """Count what its author accepts."""
        return len(self.warnings) - len(self.open)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A rule or an assessment of the policy that is looked at, as warnings speak of it."""

    id: str
    part: Rule | Assessment

    @property
    def origin(self) -> Origin | None:
        """Where it is written; None for one made in Python."""
        return self.part.origin

    def site(self, key: str) -> Site:
        """Give the place of one of its keys; that of its id where the key is not written."""
        if self.origin is None:
            return Site(file=self.id)
        document, pointer = self.origin.document, self.origin.pointer + key
        return document.site(pointer if pointer in document.places else f"{self.origin.pointer}/id")

    def warn(self, kind: str, key: str, what: str, hint: str) -> LintWarning:
        """Make a warning about one of its keys."""
        return LintWarning(kind=KINDS[kind], part=self.id, what=what, hint=hint, site=self.site(key))


def of_error(error: ReleaseReviewError, part: str) -> LintWarning:
    """Make a warning of what the loader refuses."""
    place = _PLACE.fullmatch(error.where)
    file, line, column = place.groups() if place else (part, None, None)
    start = Span(line=int(line or 1), column=int(column or 1), end_line=int(line or 1), end_column=int(column or 1))
    excerpt = error.excerpt
    if excerpt is not None:
        start = replace(start, end_column=max(start.column, start.column + excerpt.end - excerpt.start))
    site = Site(file=file, span=start, excerpt=excerpt)
    return LintWarning(kind=KINDS["does-not-load"], part=part, what=error.what, hint=error.hint, site=site)


def in_order(warnings: list[LintWarning]) -> tuple[LintWarning, ...]:
    """Sort warnings by file, place and kind."""
    order = list(KINDS)
    return tuple(
        sorted(
            dict.fromkeys(warnings),
            key=lambda each: (each.site.file, each.site.span, each.part, order.index(each.kind.id), each.what),
        )
    )
