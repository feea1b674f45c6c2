from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from huigong.core import calendar

NOT_PUBLISHED = calendar.LAST_PUBLISHED + 1


def test_make_up_sundays_work_and_holidays_on_weekdays_do_not():
    assert calendar.is_working_day(date(2026, 9, 20))  # Sunday, made up for National Day
    assert not calendar.is_working_day(date(2026, 10, 6))  # Tuesday of the holiday week
    assert calendar.is_working_day(date(2026, 11, 23))
    assert not calendar.is_working_day(date(2026, 11, 22))


def test_an_override_wins_over_the_published_calendar():
    typhoon = date(2026, 11, 23)
    assert not calendar.is_working_day(typhoon, {typhoon: False})
    assert calendar.is_working_day(date(2026, 11, 22), {date(2026, 11, 22): True})


def test_add_working_days_jumps_the_national_holiday_and_counts_make_up_days():
    # Wed 30 Sep; holiday 1–7 Oct; Sat 10 Oct is made up
    assert calendar.add_working_days(date(2026, 9, 30), 1) == date(2026, 10, 8)
    assert calendar.add_working_days(date(2026, 9, 30), 3) == date(2026, 10, 10)
    assert calendar.add_working_days(date(2026, 9, 30), 4) == date(2026, 10, 12)


def test_add_working_days_zero_gives_the_start_even_on_a_holiday():
    assert calendar.add_working_days(date(2026, 10, 1), 0) == date(2026, 10, 1)


def test_add_working_days_heeds_overrides():
    closed = {date(2026, 11, 24): False}
    assert calendar.add_working_days(date(2026, 11, 23), 1, closed) == date(2026, 11, 25)


def test_add_working_days_refuses_to_count_backwards():
    with pytest.raises(ValueError, match="负数"):
        calendar.add_working_days(date(2026, 1, 1), -1)


@given(st.dates(date(2024, 1, 1), date(2035, 1, 1)), st.integers(1, 40))
def test_add_working_days_ends_on_a_working_day_with_exactly_n_in_between(start, n):
    end = calendar.add_working_days(start, n)
    days = [date.fromordinal(day) for day in range(start.toordinal() + 1, end.toordinal() + 1)]
    assert calendar.is_working_day(end)
    assert sum(map(calendar.is_working_day, days)) == n


def test_a_year_not_published_counts_weekdays_less_the_statutory_days():
    assert calendar.is_provisional(NOT_PUBLISHED)
    assert not calendar.is_provisional(2026)
    assert not calendar.is_working_day(date(NOT_PUBLISHED, 5, 1))
    assert not calendar.is_working_day(date(NOT_PUBLISHED, 10, 3))


def test_lunar_new_year_of_a_year_not_published_is_off_from_its_eve(monkeypatch):
    monkeypatch.setattr(calendar, "LAST_PUBLISHED", 2026)
    off = [date(2029, 2, day) for day in (12, 13, 14, 15)]
    assert not any(map(calendar.is_working_day, off))
    assert calendar.is_working_day(date(2029, 2, 16))


def test_a_year_beyond_every_table_still_answers():
    assert calendar.is_provisional(2099)
    assert not calendar.is_working_day(date(2099, 1, 1))
    assert calendar.is_working_day(date(2099, 1, 2))


def test_today_is_the_date_in_china():
    with time_machine.travel(datetime(2026, 11, 22, 16, 30, tzinfo=ZoneInfo("UTC")), tick=False):
        assert calendar.today() == date(2026, 11, 23)
