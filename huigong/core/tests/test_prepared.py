"""Statements written once: the same rows as the queryset, other values at each call."""

from datetime import date

import pytest
from django.db import DataError, IntegrityError, connection, transaction
from django.db.models import Q
from pytest_django import DjangoAssertNumQueries

from huigong.core import audit
from huigong.core.models import AuditRow, Holiday
from huigong.core.prepared import Prepared, Slot, insert, planned_once

pytestmark = pytest.mark.django_db


def holidays(*days: int) -> list[Holiday]:
    return [insert(Holiday(day=date(2030, 1, day), is_working=False, source="测试")) for day in days]


def test_a_prepared_queryset_gives_instances_for_each_call_s_own_values() -> None:
    first, second, third = holidays(1, 2, 3)
    later = Prepared(lambda: Holiday.objects.filter(day__gte=Slot("day")).order_by("-day"))
    assert later(day=second.day) == [third, second]
    assert later(day=third.day) == [third]
    assert later(day=first.day)[2].source == "测试"
    assert later.first(day=date(2031, 1, 1)) is None


def test_a_queryset_that_nothing_can_fit_gives_nothing_without_asking(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    holidays(1)
    none = Prepared(lambda: Holiday.objects.filter(pk__in=[]))
    with django_assert_num_queries(0):
        assert none() == []
        assert none.first() is None


def test_a_prepared_list_of_values_gives_rows() -> None:
    holidays(1, 2)
    days = Prepared(lambda: Holiday.objects.filter(day__gt=Slot("low")).values_list("day", flat=True))
    between = Prepared(
        lambda: Holiday.objects.filter(Q(day__gte=Slot("low")) & Q(day__lt=Slot("high"))).values_list(
            "day", "source"
        )
    )
    assert between(low=date(2030, 1, 2), high=date(2030, 1, 9)) == [(date(2030, 1, 2), "测试")]
    assert days(low=date(2030, 1, 1)) == [date(2030, 1, 2)]
    with pytest.raises(KeyError):
        days(other=1)


def test_the_sql_is_written_once(django_assert_num_queries) -> None:
    written = []

    def build():
        written.append(1)
        return Holiday.objects.filter(day=Slot("day"))

    found = Prepared(build)
    with django_assert_num_queries(3):
        for day in (1, 2, 3):
            found(day=date(2030, 1, day))
    assert written == [1]


def planning() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW plan_cache_mode")
        return cursor.fetchone()[0]


def test_statements_planned_once_answer_the_same_and_leave_the_connection_as_it_was() -> None:
    first, second = holidays(1, 2)
    later = Prepared(lambda: Holiday.objects.filter(day__gte=Slot("day")).order_by("-day"))
    with planned_once():
        assert planning() == "force_generic_plan"
        assert [later(day=day.day) for day in (second, first)] == [[second], [second, first]]
    assert planning() == "auto"


@pytest.mark.django_db(transaction=True)
def test_an_error_among_statements_planned_once_leaves_the_connection_as_it_was() -> None:
    with pytest.raises(DataError), planned_once(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 / 0")
    assert planning() == "auto"


def test_an_inserted_row_is_the_row_that_is_read_back() -> None:
    [made] = holidays(5)
    assert Holiday.objects.get() == made
    assert made.created_at == Holiday.objects.get().created_at
    made.source = "改了"
    made.save()
    assert Holiday.objects.get().source == "改了"


def test_an_insert_answers_to_the_database_s_constraints() -> None:
    holidays(6)
    with pytest.raises(IntegrityError), transaction.atomic():
        holidays(6)
    assert Holiday.objects.count() == 1


def test_json_goes_in_as_with_save() -> None:
    [target] = holidays(7)
    audit.record(audit.SYSTEM, "core:flag:throw", target, after={"day": target.day, "names": ["甲"]})
    assert AuditRow.objects.get().after == {"day": "2030-01-07", "names": ["甲"]}


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_the_server_ended_is_noticed_before_the_request_needs_it() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [pid] = cursor.fetchone()
    assert connection.is_usable()
    ended = connection.copy()
    try:
        with ended.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
            assert cursor.fetchone() == (True,)
    finally:
        ended.close()
    assert not connection.is_usable()
    connection.close()
