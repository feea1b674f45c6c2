"""Demo commands touch demo databases only."""

import pytest
from django.test import override_settings

from huigong.core.errors import Refused
from huigong.core.models import AuditRow, Instance
from huigong.demo import loader, rush, tokens
from huigong.people.accounts.models import Account
from huigong.people.membership.models import Person
from huigong.people.orgs.models import Union


@pytest.mark.django_db
def test_load_outside_demo_mode_is_refused() -> None:
    with override_settings(TESTING=False, DEMO=False), pytest.raises(Refused) as refused:
        loader.load("demo", str)
    assert refused.value.code == "not-demo"
    assert not Instance.objects.exists()


@pytest.mark.django_db
def test_load_into_a_production_database_is_refused_and_changes_nothing() -> None:
    Instance.objects.create(mode=Instance.Mode.PRODUCTION)
    with pytest.raises(Refused):
        loader.load("demo", str)
    assert not Union.objects.exists()
    assert not AuditRow.objects.exists()


@pytest.mark.django_db
def test_load_into_a_database_that_nobody_named_but_somebody_uses_is_refused() -> None:
    made = Account(display_name="有人")
    made.phone = "13900000001"
    made.save()
    with pytest.raises(Refused):
        loader.load("demo", str)
    assert not Instance.objects.exists()


@pytest.mark.django_db
def test_outside_a_demo_database_both_are_refused() -> None:
    Instance.objects.create(mode=Instance.Mode.PRODUCTION)
    with pytest.raises(Refused):
        rush.make_activity(5)
    with pytest.raises(Refused):
        list(tokens.make(1))
    assert not Person.objects.exists()
