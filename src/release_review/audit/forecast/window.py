"""The days that a forecast looks at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from release_review.errors import AuditError

DAY = dt.timedelta(days=1)

MOST_DAYS = 3_660
"""Days that a forecast looks ahead: about ten years."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The days that a forecast looks at.

    Attributes:
        today: The day it is made for, in UTC: what changes after it is told.
        days: How many days after that are looked at.
        as_of: The day whose state of the releases is judged, in UTC, where it is the same on every day; None where it
            goes on with the day of judgement.
    """

    today: dt.date
    days: int
    as_of: dt.date | None = None

    def __post_init__(self) -> None:
        """Check the days.

        Raises:
            AuditError: There are too many or none, or they leave the calendar.
        """
        if not 1 <= self.days <= MOST_DAYS:
            hint = f"look at 1 to {MOST_DAYS:,} days"
            raise AuditError(f"a forecast of {self.days:,} days is asked for", hint=hint)
        if (dt.date.max - self.today).days < self.days or self.today == dt.date.min:
            raise AuditError("the days of the forecast leave the calendar", hint="look at fewer days")

    @property
    def last(self) -> dt.date:
        """The last day that is looked at."""
        return self.today + self.days * DAY

    def __iter__(self) -> Iterator[dt.date]:
        """Give the days after today."""
        return (self.today + number * DAY for number in range(1, self.days + 1))

    def __contains__(self, day: dt.date) -> bool:
        """Tell whether a day is one of those after today."""
        return self.today < day <= self.last

    def state_on(self, day: dt.date) -> dt.date:
        """Give the day whose state is judged on a day of judgement."""
        return self.as_of or day
