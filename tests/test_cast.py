"""The cast that tests begin with is put down as it was performed once: nothing of it may be missing or out of date."""

from dataclasses import fields

import pytest
import time_machine
from django.apps import apps
from django.db.models import Model

from huigong.people.accounts.models import Account
from huigong.people.accounts.tests import factories
from huigong.people.orgs.models import Post
from tests import cast as stage

pytestmark = pytest.mark.django_db


def counts() -> dict[type[Model], int]:
    return {model: model._base_manager.count() for model in apps.get_models() if model._meta.managed}


def written(before: dict[type[Model], int]) -> dict[type[Model], int]:
    return {model: count - before[model] for model, count in counts().items() if count != before[model]}


def test_it_leaves_the_rows_that_operations_leave_and_no_others() -> None:
    before = counts()
    stage.make_cast()
    put_down = written(before)
    before = counts()
    stage.perform()
    assert written(before) == put_down
    assert put_down.keys() == set(stage.WRITTEN)


def test_its_people_are_those_in_the_database() -> None:
    cast = stage.make_cast()
    for field in fields(cast):
        row = getattr(cast, field.name)
        kept = type(row).objects.get(pk=row.pk)
        shown = [(column.attname, getattr(row, column.attname)) for column in row._meta.local_concrete_fields]
        assert shown == [(name, getattr(kept, name)) for name, _ in shown]


def test_what_one_test_does_to_it_the_next_does_not_see() -> None:
    kept = stage._kept
    assert kept
    cast = stage.make_cast()
    cast.member.display_name = "别人"
    assert kept.cast.member.display_name == "本会会员"


def test_rows_made_after_it_have_ids_of_their_own() -> None:
    stage.make_cast()
    before = Account.objects.count()
    factories.account()
    assert Account.objects.count() == before + 1


def test_on_another_day_it_is_performed_anew() -> None:
    with time_machine.travel("2031-05-05"):
        cast = stage.make_cast()
        assert Post.objects.get(account=cast.officer).starts_on.year == 2030
