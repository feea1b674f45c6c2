"""A new field key: everything sealed opens with it alone, and nothing else about the rows has changed."""

import base64
import os
import uuid
from typing import Any

import pytest
from django.conf import settings

from huigong.core import files, resealing
from huigong.people.accounts.models import Account
from huigong.people.membership import queries as membership
from huigong.people.membership.models import Person
from huigong.resources.seats.models import Pool
from huigong.services.activities import operations
from huigong.services.activities.models import Activity, Signup
from huigong.services.activities.queries import answers_of
from huigong.services.activities.tests import factories as activities
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def change_key(monkeypatch: pytest.MonkeyPatch) -> str:
    """Another key counts from now on; the old one still opens."""
    name = f"k{uuid.uuid4().hex[:6]}"
    monkeypatch.setitem(settings.SECRETS["field_keys"], name, base64.b64encode(os.urandom(32)).decode())
    monkeypatch.setitem(settings.SECRETS, "field_key", name)
    return name


def test_columns_and_files_open_with_the_new_key_only(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    person = Person.objects.get(account=cast.member)
    before = (person.id_number, person.phone, person.id_number_index, cast.member.phone)
    stored = files.store_sealed(b"roll", name="roll.xlsx")
    name = change_key(monkeypatch)
    done = dict(resealing.run())
    assert done["membership_person.id_number_sealed"] == Person.objects.count()
    assert done["accounts_account.phone_sealed"] == Account.objects.count()
    assert done["files"] == 1
    person = Person.objects.select_related("account").get(pk=person.pk)
    assert person.id_number_sealed.startswith(f"1.{name}.")
    assert person.account is not None
    assert (person.id_number, person.phone, person.id_number_index, person.account.phone) == before
    assert files.unsealed(stored) == b"roll"
    assert set(dict(resealing.run()).values()) == {0}


def test_answers_and_seeds_too(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    question = {"id": "tel", "kind": "phone", "label": "联系电话", "why": "当天联系"}
    session = activities.session(cast.union, mode="draw")
    Activity.objects.filter(pk=session.activity_id).update(questions=[question])
    session.activity.refresh_from_db()
    signup = operations.sign_up(
        session,
        member=membership.member_of(cast.member),
        answers={"tel": "13900990011"},
        actor=cast.member,
    ).signup
    name = change_key(monkeypatch)
    done = dict(resealing.run())
    assert (done["activities_signup.answers"], done["seats_pool.seed_sealed"]) == (1, Pool.objects.count())
    again: Any = Signup.objects.select_related("session__activity").get(pk=signup.pk)
    assert again.answers["tel"].startswith(f"1.{name}.")
    assert answers_of(again) == {"tel": "13900990011"}
    assert set(dict(resealing.run()).values()) == {0}
