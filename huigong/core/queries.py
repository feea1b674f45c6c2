"""Reads of the tables without business words."""

import uuid as uuid_module
from datetime import date, datetime

from huigong.core.models import Heartbeat, Holiday, StoredFile
from huigong.core.prepared import Prepared


def heartbeat(name: str) -> datetime | None:
    """When the process `name` was last alive."""
    return Heartbeat.objects.filter(name=name).values_list("at", flat=True).first()


def stored_file(uuid: uuid_module.UUID) -> StoredFile | None:
    """The file's row. The caller checks access before the bytes are served."""
    return StoredFile.objects.filter(uuid=uuid).first()


_overrides = Prepared(lambda: Holiday.objects.values_list("day", "is_working"))


def calendar_overrides() -> dict[date, bool]:
    """The days that differ from the built-in calendar, for `core.calendar`."""
    return dict(_overrides())
