"""Accounts on which two people work at once; and the same with the guard off, which must go wrong."""

import threading
from typing import Any
from unittest.mock import patch

import pytest

from huigong.core.models import AuditRow
from huigong.services.funds import operations
from huigong.services.funds.models import Report
from huigong.services.funds.tests.factories import draft, published, submitted
from tests import guards
from tests.cast import Cast, make_cast
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


def drawn_up_at_once(cast: Cast) -> list[str]:
    """Five look, see nothing, and then all write."""
    everybody_looked, fill = threading.Barrier(5, timeout=30), operations._fill

    def filled(*args: Any) -> None:
        everybody_looked.wait()
        fill(*args)

    with patch.object(operations, "_fill", filled):
        return at_once(*[lambda: draft(cast.union, actor=cast.officer) and "made"] * 5)


def test_one_period_is_drawn_up_once(cast: Cast) -> None:
    assert drawn_up_at_once(cast) == ["made", "there", "there", "there", "there"]
    assert Report.objects.count() == 1


def test_without_the_unique_indexes_it_would_be_drawn_up_twice(cast: Cast) -> None:
    with (
        guards.without_constraint("funds_report", "funds_report_version_once"),
        guards.without_constraint("funds_report", "funds_report_one_open"),
    ):
        assert drawn_up_at_once(cast).count("made") > 1


def test_two_corrections_begun_at_once_are_one(cast: Cast) -> None:
    told = published(cast.union, actor=cast.officer, checker=cast.township_officer)
    correct = [lambda: operations.correct(told, reason="算错了", actor=cast.officer) and "made"] * 3
    assert at_once(*correct) == ["made", "there", "there"]


def confirmed_at_once(cast: Cast) -> int:
    report = submitted(cast.union, actor=cast.officer)
    who = cast.township_officer
    at_once(*[lambda: operations.confirm(report, revision=1, actor=who)] * 4)
    return AuditRow.objects.filter(action="funds:report:publish", target_id=report.pk).count()


def test_accounts_are_confirmed_once(cast: Cast) -> None:
    assert confirmed_at_once(cast) == 1


def test_without_the_lock_they_would_be_confirmed_more_often(cast: Cast) -> None:
    def read(report: Report, *states: str, otherwise: str) -> Report:
        return Report.objects.select_related("union", "file").get(pk=report.pk)

    with patch.object(operations, "_locked", read):
        assert confirmed_at_once(cast) > 1
