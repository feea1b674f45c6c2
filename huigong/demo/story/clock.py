"""The demo's past: what operations have just written is set back to when the story says that it happened."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from functools import cache
from heapq import heapify, heappop, heappush

from django.apps import apps
from django.db import connection, models
from django.utils import timezone
from psycopg import sql

Story = Iterator[datetime]
"""A generator that yields the moment at which what follows happens."""

_IGNORE = "SELECT set_config('pgtrigger.ignore', %s::text[]::text, true)"
"""What the triggers of append-only tables look at: even the trail of a demo must tell the story's times."""

_SKEW = timedelta(seconds=30)
"""Between this machine's clock and the database's; both leave stamps."""


class Clock:
    """Today, and the stamps of today that still have to be set back."""

    def __init__(self) -> None:
        self.start = timezone.now()
        self.moment = self.start
        self._stamps = list(_stamps())

    @property
    def today(self) -> date:
        """The day on which the demo is loaded."""
        return timezone.localdate(self.start)

    @property
    def day(self) -> date:
        """The day of the story that is being told."""
        return timezone.localdate(self.moment)

    def at(self, days: float, hour: str = "10:00") -> datetime:
        """A time of the day that lies so many days from today; of the past, at least a minute ago."""
        day = self.today + timedelta(days=int(days))
        moment = timezone.make_aware(datetime.combine(day, time.fromisoformat(hour)))
        return min(moment, self.start - timedelta(minutes=1)) if days <= 0 else moment

    def tell(self, stories: Iterable[Story]) -> None:
        """Tell all stories side by side in the order of their moments, so that ids rise with time."""
        queue = [(next(story), place, story) for place, story in enumerate(stories)]
        heapify(queue)
        while queue:
            self.moment, place, story = heappop(queue)
            following = next(story, None)
            self._set_back()
            if following is not None:
                heappush(queue, (following, place, story))

    def _set_back(self) -> None:
        """Every stamp of now, in whatever table, becomes the story's moment."""
        fresh = {"from": self.start - _SKEW, "to": timezone.now() + _SKEW, "moment": self.moment}
        with connection.cursor() as cursor:
            # deferred checks of what was written: settled now, they do not pile up until the commit
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            cursor.execute(_IGNORE, [_append_only_triggers()])
            for statement in self._stamps:
                cursor.execute(statement, fresh)
            cursor.execute(_IGNORE, [[]])


@cache
def _append_only_triggers() -> list[str]:
    return [
        trigger.get_pgid(model)
        for model in apps.get_models()
        for trigger in getattr(model._meta, "triggers", [])
        if trigger.name.endswith("_no_change")
    ]


def _stamps() -> Iterator[sql.Composed]:
    """One UPDATE for each of our tables with times in it."""
    for model in apps.get_models():
        columns = [
            field.column
            for field in model._meta.local_concrete_fields
            if isinstance(field, models.DateTimeField)
        ]
        if columns and model.__module__.startswith("huigong."):
            yield _update(model._meta.db_table, columns)


def _update(table: str, columns: list[str]) -> sql.Composed:
    names = [sql.Identifier(column) for column in columns]
    fresh = [sql.SQL("{} BETWEEN %(from)s AND %(to)s").format(name) for name in names]
    values = [
        sql.SQL("{} = CASE WHEN {} THEN %(moment)s ELSE {} END").format(name, is_fresh, name)
        for name, is_fresh in zip(names, fresh, strict=True)
    ]
    return sql.SQL("UPDATE {} SET {} WHERE {}").format(
        sql.Identifier(table), sql.SQL(", ").join(values), sql.SQL(" OR ").join(fresh)
    )
