"""Which days a date means."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from release_review.dates import Period, day_of, midnight, period_of


@given(day=st.dates())
def test_a_day_means_itself(day: dt.date) -> None:
    assert period_of(day.isoformat()) == Period(first=day, last=day)
    assert day_of(day.isoformat()) == day


@given(day=st.dates())
def test_a_month_and_a_year_hold_their_days(day: dt.date) -> None:
    month, year = period_of(day.isoformat()[:7]), period_of(day.isoformat()[:4])
    assert year.first <= month.first <= day <= month.last <= year.last
    assert (month.first.day, year.first.month, year.last.month) == (1, 1, 12)


@given(day=st.dates(dt.date(2, 1, 1), dt.date(9998, 1, 1)), time=st.times(), minutes=st.integers(-1439, 1439))
def test_an_instant_means_its_day_in_utc(day: dt.date, time: dt.time, minutes: int) -> None:
    instant = dt.datetime.combine(day, time, dt.timezone(dt.timedelta(minutes=minutes)))
    expected = instant.astimezone(dt.UTC).date()
    assert period_of(instant.isoformat()) == Period(first=expected, last=expected)


@pytest.mark.parametrize("text", ["2024", "2024-05", "2024-05-31T10:00:00Z", "2024-02-30", "20240531", "2024-5-31", ""])
def test_only_a_whole_day_is_a_day(text: str) -> None:
    with pytest.raises(ValueError, match=r"day|date"):
        day_of(text)


@pytest.mark.parametrize(
    "text",
    ["\u0662\u0660\u0662\u0664", "2024\n", " 2024", "2024-05-31 10:00:00Z", "2024-05-31T10:00:00", "2024-W01", "now"],
)
def test_what_is_written_otherwise_is_no_date(text: str) -> None:
    with pytest.raises(ValueError, match="is no date"):
        period_of(text)


def test_midnight_is_an_instant_in_utc() -> None:
    assert midnight(dt.date(2024, 5, 31)).isoformat() == "2024-05-31T00:00:00+00:00"
