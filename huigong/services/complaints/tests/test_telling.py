"""Who hears that something waits, without a word of what it is."""

from datetime import date

import pytest

from huigong.core.vault import vault
from huigong.people.inbox.models import Message
from huigong.people.orgs.tests import factories as unions
from huigong.services.complaints import operations
from huigong.services.complaints.models import Deadline
from huigong.services.complaints.tests import factories
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_the_morning_line_says_how_much_and_nothing_else(cast: Cast) -> None:
    registrar, handler = factories.registrar(cast), factories.officer(cast)
    factories.given(factories.lodged(cast.member), handler, registrar)
    factories.lodged(cast.neighbour_member, employer="崇武海产公司")
    with vault():
        Deadline.objects.filter(ended_on=None).update(starts_on=date(2026, 1, 1), due_on=date(2026, 1, 5))
    assert operations.send_digests() == 2
    titles = set(Message.objects.filter(account__in=[registrar, handler]).values_list("title", flat=True))
    assert {title.split("：")[1] for title in titles} == {
        "您有 2 件待办，其中 2 件今天到期或已经超期",
        "您有 1 件待办，其中 1 件今天到期或已经超期",
    }
    assert not Message.objects.filter(url__contains="complaint").exists()


def test_a_case_that_no_registrar_may_see_is_told_to_those_who_appoint(cast: Cast) -> None:
    close = factories.registrar(cast)
    unions.post(close, cast.union)
    factories.lodged(cast.member)
    assert operations.send_digests() == 1
    title = Message.objects.get(account=cast.county_officer).title
    assert title.endswith("请增设一名维权登记员，现任的需要回避")
    assert not Message.objects.filter(account=close).exists()
    factories.registrar(cast)
    Message.objects.all().delete()
    operations.send_digests()
    assert not Message.objects.filter(account=cast.county_officer).exists()


def test_not_even_to_them_if_they_are_close_too(cast: Cast) -> None:
    unions.post(cast.county_officer, cast.union)
    factories.lodged(cast.member)
    assert operations.send_digests() == 0
