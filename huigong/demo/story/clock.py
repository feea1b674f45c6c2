"""The demo's past: what operations have just written is set back to when the story says that it happened."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from heapq import heapify, heappop, heappush

from django.apps import apps
from django.db import connection, models
from django.utils import timezone
from psycopg import sql

Story = Iterator[datetime]
"""A generator that yields the moment at which what follows happens, or at once if that has passed."""

_SKEW = timedelta(seconds=30)
"""Between this machine's clock and the database's; both leave stamps."""

_SET_BACK = """
CREATE OR REPLACE FUNCTION pg_temp.set_back(from_now timestamptz, the_moment timestamptz) RETURNS void AS $$
DECLARE to_now timestamptz := clock_timestamp() + interval '1 minute';
BEGIN
    -- Deferred checks of what was written: settled now, they do not pile up until the commit.
    SET CONSTRAINTS ALL IMMEDIATE;
    SET CONSTRAINTS ALL DEFERRED;
    -- Even the trail of a demo must tell the story's times: triggers of append-only tables look at this.
    PERFORM set_config('pgtrigger.ignore', {triggers}, true);
    {updates};
    PERFORM set_config('pgtrigger.ignore', '{{}}', true);
END $$ LANGUAGE plpgsql
"""


class Clock:
    """Today, and the stamps of today that still have to be set back."""

    def __init__(self) -> None:
        self.start = timezone.now()
        self.moment = self.start

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
        """Tell all stories side by side in the order of their moments, so that ids rise with time.

        After each step every stamp of now, in whatever table, becomes the step's moment.
        """
        queue = [(next(story), place, story) for place, story in enumerate(stories)]
        heapify(queue)
        with connection.cursor() as cursor:
            cursor.execute(_set_back())
            while queue:
                self.moment, place, story = heappop(queue)
                following = next(story, None)
                cursor.execute("SELECT pg_temp.set_back(%s, %s)", [self.start - _SKEW, self.moment])
                if following is not None:
                    heappush(queue, (max(following, self.moment), place, story))


def _set_back() -> sql.Composed:
    """The function that looks through each of our tables with times in it."""
    ours = [model for model in apps.get_models() if model.__module__.startswith("huigong.")]
    triggers = [
        trigger.get_pgid(model)
        for model in ours
        for trigger in getattr(model._meta, "triggers", [])
        if trigger.name.endswith("_no_change")
    ]
    updates = [_update(model, columns) for model in ours if (columns := _time_columns(model))]
    return sql.SQL(_SET_BACK).format(
        triggers=sql.Literal("{" + ",".join(triggers) + "}"), updates=sql.SQL(";\n    ").join(updates)
    )


def _time_columns(model: type[models.Model]) -> list[str]:
    fields = model._meta.local_concrete_fields
    return [field.column for field in fields if isinstance(field, models.DateTimeField)]


def _update(model: type[models.Model], columns: list[str]) -> sql.Composed:
    names = [sql.Identifier(column) for column in columns]
    fresh = [sql.SQL("{} BETWEEN from_now AND to_now").format(name) for name in names]
    values = [
        sql.SQL("{} = CASE WHEN {} THEN the_moment ELSE {} END").format(name, is_fresh, name)
        for name, is_fresh in zip(names, fresh, strict=True)
    ]
    return sql.SQL("UPDATE {} SET {} WHERE {}").format(
        sql.Identifier(model._meta.db_table), sql.SQL(", ").join(values), sql.SQL(" OR ").join(fresh)
    )
