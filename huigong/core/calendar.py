"""Working days as China keeps them, and what day it is.

The State Council publishes each year's holidays and make-up days in the autumn before. Years that
`chinesecalendar` knows are exact; for a year not published yet, weekdays count, less the statutory days
off, and `is_provisional` says so. An own table of corrections, date → whether it is a working day, is
passed in as `overrides` and always wins.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from chinese_calendar.constants import holidays, workdays

SHANGHAI = ZoneInfo("Asia/Shanghai")

FIRST_PUBLISHED, LAST_PUBLISHED = min(holidays).year, max(holidays).year

_SOLAR_DAYS_OFF = ((1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3))
"""全国年节及纪念日放假办法, as revised for 2025: the days that keep their place in the solar calendar."""

_LUNAR_DAYS_OFF = {
    # year: New Year's Day of the lunar calendar, Qingming, Dragon Boat, Mid-Autumn
    2027: ((2, 6), (4, 5), (6, 9), (9, 15)),
    2028: ((1, 26), (4, 4), (5, 28), (10, 3)),
    2029: ((2, 13), (4, 4), (6, 16), (9, 22)),
    2030: ((2, 3), (4, 5), (6, 5), (9, 12)),
    2031: ((1, 23), (4, 5), (6, 24), (10, 1)),
    2032: ((2, 11), (4, 4), (6, 12), (9, 19)),
    2033: ((1, 31), (4, 4), (6, 1), (9, 8)),
    2034: ((2, 19), (4, 5), (6, 20), (9, 27)),
    2035: ((2, 8), (4, 5), (6, 10), (9, 16)),
    2036: ((1, 28), (4, 4), (5, 30), (10, 4)),
}

_NONE: Mapping[date, bool] = {}


def today() -> date:
    """The date in China now, whatever the server's own time zone is."""
    return datetime.now(SHANGHAI).date()


def is_provisional(year: int) -> bool:
    """True while the year's holidays are not published: its working days may still move."""
    return not FIRST_PUBLISHED <= year <= LAST_PUBLISHED


def is_working_day(day: date, overrides: Mapping[date, bool] = _NONE) -> bool:
    """Whether offices work on `day`. Make-up Saturdays and Sundays do."""
    if day in overrides:
        return overrides[day]
    weekday = day.weekday() < 5
    if is_provisional(day.year):
        return weekday and day not in _statutory_days_off(day.year)
    return day in workdays or (weekday and day not in holidays)


def add_working_days(start: date, n: int, overrides: Mapping[date, bool] = _NONE) -> date:
    """The `n`th working day after `start`; `start` itself never counts, and `n` = 0 gives it back."""
    if n < 0:
        raise ValueError("工作日天数不能是负数。")
    day = start
    while n:
        day += timedelta(days=1)
        n -= is_working_day(day, overrides)
    return day


@cache
def _statutory_days_off(year: int) -> frozenset[date]:
    """The days the law itself gives, before the yearly notice moves weekends around them."""
    days = {date(year, month, day) for month, day in _SOLAR_DAYS_OFF}
    if year in _LUNAR_DAYS_OFF:
        new_year, *others = (date(year, month, day) for month, day in _LUNAR_DAYS_OFF[year])
        days.update(others)
        days.update(new_year + timedelta(days=offset) for offset in (-1, 0, 1, 2))
    return frozenset(days)
