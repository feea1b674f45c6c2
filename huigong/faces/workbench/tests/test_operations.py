"""The nightly proof: silent while all holds, loud in the log and to the administrators when something does not."""

import pytest
from django.db import connection

from huigong.faces.workbench import operations, tasks
from huigong.people.inbox.models import Message
from huigong.people.membership.models import Person
from huigong.resources.points import operations as points
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_nobody_is_disturbed_while_everything_holds(cast: Cast) -> None:
    assert operations.prove() == []
    assert not Message.objects.filter(kind="system").exists()


def test_a_balance_that_is_not_its_entries_reaches_the_administrators(cast: Cast) -> None:
    person = Person.objects.get(account=cast.member)
    points.award(person.pk, points=10, rule="test.rule", source="1", memo="测试")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE points_account SET balance = 11 WHERE person_id = %s", [person.pk])
    with pytest.raises(AssertionError, match="1 invariants are broken"):
        tasks.prove(0)
    message = Message.objects.get(kind="system")
    assert message.account == cast.county_officer
    assert "points: a person's balance is the sum of its entries" in message.body
