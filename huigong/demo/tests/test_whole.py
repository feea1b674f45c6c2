"""Operations inside the load's transaction, with savepoints and without."""

import contextlib

import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError

from huigong.core.errors import Refused
from huigong.demo.whole import savepoints
from huigong.people.accounts.models import Account
from huigong.people.accounts.tests import factories

pytestmark = pytest.mark.django_db


@transaction.atomic
def _refuse_after_writing() -> None:
    factories.account()
    raise Refused("不行。", "no")


def test_where_refusals_are_wanted_the_story_goes_on_without_what_they_wrote() -> None:
    with transaction.atomic(), savepoints(wanted=False), savepoints(wanted=True):
        with pytest.raises(Refused):
            _refuse_after_writing()
        assert not Account.objects.exists()


@transaction.atomic
def _go_on_after_a_refusal() -> None:
    with savepoints(wanted=False):
        with contextlib.suppress(Refused):
            _refuse_after_writing()
        Account.objects.exists()


def test_elsewhere_a_refusal_that_was_caught_lets_nothing_follow_it() -> None:
    with pytest.raises(TransactionManagementError):
        _go_on_after_a_refusal()
    assert not Account.objects.exists()


def test_afterwards_there_are_savepoints_again_even_if_it_failed() -> None:
    with pytest.raises(Refused), savepoints(wanted=False):
        _refuse_after_writing()
    assert connection.features.uses_savepoints
