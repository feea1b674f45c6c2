"""Complaints with two at once; and the same with the guards off, which must go wrong."""

import uuid
from collections.abc import Iterable
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection

from huigong.core.vault import vault
from huigong.services.complaints import operations
from huigong.services.complaints.models import Case, Deadline, Entry
from huigong.services.complaints.operations import handling
from huigong.services.complaints.tests import factories
from tests import guards
from tests.cast import Cast, make_cast
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


def accept_twice(cast: Cast) -> tuple[list[str], int]:
    """What became of two registrars who accept at once, and how often the log says that it was accepted."""
    case = factories.lodged(cast.member)
    people = [factories.registrar(cast) for _ in range(2)]

    def accept(number: int) -> None:
        operations.accept(
            factories.reread(case),
            demand="resolve",
            tier="hard",
            cause="wages",
            reason="属于受理范围",
            actor=people[number],
        )

    outcomes = at_once(lambda: accept(0), lambda: accept(1))
    with vault():
        return outcomes, Entry.objects.filter(case=case, kind=Entry.Kind.ACCEPTED).count()


def test_two_who_accept_at_once_decide_once(cast: Cast) -> None:
    for _ in range(3):
        assert accept_twice(cast) == (["done", "wrong-state"], 1)
    with vault():
        assert Deadline.objects.filter(ended_on=None).count() == 3


def _move_in_any_state(case: Case, begins: Iterable[str], ends: str, **values: Any) -> None:
    Case.objects.filter(pk=case.pk).update(state=ends, **values)


def test_without_the_condition_both_would_decide(cast: Cast) -> None:
    with patch.object(handling, "move", _move_in_any_state):
        assert max(accept_twice(cast)[1] for _ in range(3)) == 2


def send_twice(cast: Cast) -> int:
    token = uuid.uuid4().hex

    def send() -> None:
        operations.lodge_as(factories.draft(), withheld=False, token=token, actor=cast.member)

    at_once(*[send] * 4)
    with vault():
        return Case.objects.count()


def test_a_form_sent_many_times_at_once_is_one_case(cast: Cast) -> None:
    assert send_twice(cast) == 1


def test_without_the_unique_token_it_would_be_several(cast: Cast) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = 'complaints_case'::regclass"
            " AND pg_get_constraintdef(oid) = 'UNIQUE (token_index)'"
        )
        name = cursor.fetchone()[0]
    with guards.without_constraint("complaints_case", name):
        assert send_twice(cast) > 1


def test_an_extension_is_decided_once(cast: Cast) -> None:
    handler, registrar, other = factories.officer(cast), factories.registrar(cast), factories.registrar(cast)
    case = factories.given(factories.lodged(cast.member), handler, registrar)
    operations.ask_extension(case, working_days=5, reason="外调", actor=handler)

    def decide(who: Any, granted: bool) -> None:
        operations.decide_extension(factories.reread(case), granted=granted, reason="意见", actor=who)

    outcomes = at_once(lambda: decide(registrar, True), lambda: decide(other, False))
    assert outcomes == ["done", "nothing-asked"]
