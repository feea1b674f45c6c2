from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from huigong.core.formats import ago_zh, date_zh, day_zh, end_zh, minute_zh, size_zh, span_zh, thousands

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # noon in Hui'an


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def test_thousands_are_grouped() -> None:
    assert [thousands(n) for n in (0, 999, 1280, 1_300_000)] == ["0", "999", "1,280", "1,300,000"]


def test_size_of_a_file_is_never_nothing() -> None:
    assert [size_zh(n) for n in (0, 5000, 2_000_000)] == ["1 KB", "4 KB", "1.9 MB"]


def test_date_is_written_with_weekday_and_local_hour() -> None:
    assert date_zh(datetime(2026, 12, 5, 1, 0, tzinfo=UTC)) == "12月5日 星期六 09:00"


def test_date_late_in_the_utc_evening_is_the_next_local_day() -> None:
    assert date_zh(datetime(2026, 12, 4, 16, 30, tzinfo=UTC)) == "12月5日 星期六 00:30"


def test_plain_date_has_no_hour() -> None:
    assert date_zh(date(2026, 12, 5)) == "12月5日 星期六"


def test_year_is_named_when_it_is_not_this_one() -> None:
    assert day_zh(date(2027, 1, 5)) == "2027年1月5日"
    assert date_zh(datetime(2025, 12, 31, 15, 59, tzinfo=UTC)) == "2025年12月31日 星期三 23:59"


def test_span_within_a_day_names_the_day_once() -> None:
    start = datetime(2026, 12, 5, 1, 0, tzinfo=UTC)
    assert span_zh(start, start + timedelta(hours=8, minutes=30)) == "12月5日 星期六 09:00–17:30"


def test_what_ends_at_midnight_ends_at_24_hours_of_the_day_before() -> None:
    midnight = datetime(2030, 2, 28, 16, 0, tzinfo=UTC)
    assert end_zh(midnight) == "2030年2月28日 星期四 24:00"
    assert end_zh(midnight, minute_zh) == "2030年2月28日 24:00"
    assert end_zh(midnight + timedelta(hours=9)) == "2030年3月1日 星期五 09:00"


def test_span_over_midnight_names_both_days() -> None:
    start = datetime(2026, 12, 5, 14, 0, tzinfo=UTC)
    assert span_zh(start, start + timedelta(hours=4)) == "12月5日 星期六 22:00 至 12月6日 星期日 02:00"


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (timedelta(seconds=59), "刚刚"),
        (timedelta(seconds=60), "1分钟前"),
        (timedelta(minutes=59, seconds=59), "59分钟前"),
        (timedelta(hours=1), "1小时前"),
        (timedelta(hours=12), "12小时前"),
        (timedelta(hours=12, minutes=1), "昨天 23:59"),
        (timedelta(hours=36), "昨天 00:00"),
        (timedelta(hours=36, minutes=1), "11月21日"),
        (timedelta(days=400), "2025年10月19日"),
    ],
)
def test_ago_speaks_in_the_unit_that_matters(before: timedelta, words: str) -> None:
    assert ago_zh(NOW - before) == words


def test_a_moment_in_the_future_is_now() -> None:
    assert ago_zh(NOW + timedelta(minutes=3)) == "刚刚"


def test_minute_names_day_and_hour() -> None:
    assert minute_zh(datetime(2026, 12, 5, 1, 0, tzinfo=UTC)) == "12月5日 09:00"
