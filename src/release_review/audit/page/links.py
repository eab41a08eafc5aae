"""Links from a number of the summary to the releases that it counts: a selection of the table, in the address."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from release_review.audit.page.shown import name_shown
from release_review.audit.summary.periods import Period

NOTHING = "-"
"""What a filter is set to for releases in which nothing is stated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A selection of the table."""

    href: str

    @classmethod
    def to(cls, **wanted: str) -> Link:
        """Give the link to the releases for which all filters hold."""
        # A name is the one that the table has, or no release would be found by it.
        return cls(href="#?" + urlencode({name: name_shown(value) for name, value in wanted.items()}))


def year_link(period: Period) -> str:
    """Give the word by which the filter for years selects a period."""
    if len(period.years) > 1:
        return f"to-{period.years[-1]}"
    return period.years[0] or NOTHING


def release_link(name: str) -> str:
    """Give the link that opens a release."""
    return "#release=" + quote(name_shown(name))
