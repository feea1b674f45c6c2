"""Figures, dates and times the way Chinese readers write them. Pure functions, used by views and by templates."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from django.utils import timezone

WEEKDAYS = ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日")


def thousands(number: int) -> str:
    """1280 → "1,280". Django's intcomma does not group in zh-hans."""
    return f"{number:,}"


def yuan(fen: int) -> str:
    """12,345.60 元, without the decimals when there are none."""
    whole, rest = divmod(fen, 100)
    return f"{thousands(whole)}.{rest:02} 元" if rest else f"{thousands(whole)} 元"


def size_zh(count: int) -> str:
    """How large a file of `count` bytes is: 12 KB, 1.4 MB."""
    return f"{count / 2**20:.1f} MB" if count >= 2**20 else f"{max(count // 1024, 1):,} KB"


def day_zh(value: date | datetime) -> str:
    """12月5日, with the year in front when it is not this year's."""
    day = _local(value)
    year = f"{day.year}年" if day.year != timezone.localdate().year else ""
    return f"{year}{day.month}月{day.day}日"


def minute_zh(value: datetime) -> str:
    """12月5日 09:00: a moment in a column of such."""
    return f"{day_zh(value)} {_local(value):%H:%M}"


def date_zh(value: date | datetime) -> str:
    """12月5日 星期六 09:00 in local time; a plain date has no hour."""
    day = _local(value)
    hour = f" {day:%H:%M}" if isinstance(day, datetime) else ""
    return f"{day_zh(value)} {WEEKDAYS[day.weekday()]}{hour}"


def span_zh(start: datetime, end: datetime) -> str:
    """12月5日 星期六 09:00–17:30; a span over several days names both ends."""
    first, last = timezone.localtime(start), timezone.localtime(end)
    if first.date() == last.date():
        return f"{date_zh(start)}–{last:%H:%M}"
    return f"{date_zh(start)} 至 {date_zh(end)}"


def end_zh(value: datetime, words: Callable[[datetime], str] = date_zh) -> str:
    """When something ends, in `words`; midnight belongs to the day before, as people say it: 12月5日 星期六 24:00."""
    if timezone.localtime(value) == midnight(timezone.localdate(value)):
        return words(value - timedelta(minutes=1)).replace("23:59", "24:00")
    return words(value)


def ago_zh(value: datetime) -> str:
    """How long ago, in the one unit a reader cares about: 刚刚, 5分钟前, 3小时前, 昨天 09:00, then the day."""
    now = timezone.now()
    minutes = int((now - value).total_seconds() // 60)
    if minutes < 1:
        return "刚刚"
    if minutes < 60:
        return f"{minutes}分钟前"
    moment = timezone.localtime(value)
    days = (timezone.localdate(now) - moment.date()).days
    if days == 0:
        return f"{minutes // 60}小时前"
    if days == 1:
        return f"昨天 {moment:%H:%M}"
    return day_zh(value)


def midnight(day: date) -> datetime:
    """The first moment of `day` in China, to sort days among moments."""
    return timezone.make_aware(datetime.combine(day, time.min))


def _local(value: date | datetime) -> date | datetime:
    return timezone.localtime(value) if isinstance(value, datetime) else value
