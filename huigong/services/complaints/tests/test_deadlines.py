"""Days by which something has to be done, over holidays and calendars published later."""

from datetime import date, timedelta
from typing import Any

import pytest

from huigong.core import operations as core
from huigong.core.audit import SYSTEM
from huigong.core.errors import Refused
from huigong.services.complaints import operations
from huigong.services.complaints.models import Deadline
from huigong.services.complaints.tests import factories
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("tier", "accepted_on", "due_on"),
    [
        (
            "plain",
            date(2026, 2, 11),
            date(2026, 2, 25),
        ),  # over the Spring Festival, 14 and 28 February worked
        (
            "hard",
            date(2026, 9, 18),
            date(2026, 10, 15),
        ),  # over National Day, 20 September and 10 October worked
        ("plain", date(2026, 9, 28), date(2026, 10, 10)),
    ],
)
def test_days_over_the_long_holidays_of_2026(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, tier: str, accepted_on: date, due_on: date
) -> None:
    case = factories.lodged(cast.member)
    monkeypatch.setattr("huigong.core.calendar.today", lambda: accepted_on)
    operations.accept(
        case, demand="resolve", tier=tier, cause="wages", reason="属实", actor=factories.registrar(cast)
    )
    [running] = factories.rows(Deadline, ended_on=None)
    assert (running.due_on, running.is_provisional) == (due_on, False)


def test_days_of_2027_are_provisional_and_move_with_history_when_it_is_published(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huigong.core.calendar.today", lambda: date(2027, 2, 3))
    factories.lodged(cast.member)
    [before] = factories.rows(Deadline)
    assert before.is_provisional
    assert operations.recompute_deadlines() == 0
    for day in range(9, 12):
        core.set_holiday(date(2027, 2, day), is_working=False, source="国办通知", actor=SYSTEM)
    assert operations.recompute_deadlines() == 1
    assert operations.recompute_deadlines() == 0
    old, new = factories.rows(Deadline)
    assert (old.due_on, old.ended_on, new.why) == (before.due_on, date(2027, 2, 3), "calendar")
    assert new.due_on == before.due_on + timedelta(days=5)  # three days later, over a weekend


@pytest.mark.parametrize(("task", "most"), [("accept", 15), ("handle", 60)])
def test_no_setting_gives_more_days_than_the_law(
    cast: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch, task: str, most: int
) -> None:
    monkeypatch.setattr("huigong.core.calendar.today", lambda: date(2026, 9, 24))
    settings.CASE_DAYS = settings.CASE_DAYS | {"accept": 12, "plain": 50}
    case = factories.lodged(cast.member)
    if task == "handle":
        factories.given(case, factories.officer(cast), factories.registrar(cast))
    [running] = factories.rows(Deadline, ended_on=None)
    assert running.due_on == date(2026, 9, 24) + timedelta(days=most)  # over National Day: ten days fewer
    assert operations.recompute_deadlines() == 0


def test_an_extension_gives_thirty_days_more_than_the_law_and_no_more(
    cast: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huigong.core.calendar.today", lambda: date(2026, 9, 24))
    settings.CASE_DAYS = settings.CASE_DAYS | {"plain": 50, "extra": 40}
    registrar, handler = factories.registrar(cast), factories.officer(cast)
    case = factories.given(factories.lodged(cast.member), handler, registrar)
    with pytest.raises(Refused, match="一次最多延长 40 个工作日"):
        operations.ask_extension(case, working_days=41, reason="要外调。", actor=handler)
    operations.ask_extension(case, working_days=40, reason="要外调。", actor=handler)
    operations.decide_extension(case, granted=True, reason="同意", actor=registrar)
    [running] = factories.rows(Deadline, ended_on=None)
    assert running.due_on == date(2026, 9, 24) + timedelta(days=90)
