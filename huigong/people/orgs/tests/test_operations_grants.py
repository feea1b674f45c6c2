"""Guests on single objects."""

from datetime import timedelta

import pytest
from django.utils import timezone

from huigong.core.audit import SYSTEM
from huigong.core.errors import Refused
from huigong.core.models import AuditRow
from huigong.people.inbox.models import Message
from huigong.people.orgs import operations, permissions
from huigong.people.orgs.models import ObjectGrant
from tests.cast import Cast

KIND = "activities.activity"


def grant(cast: Cast, *, days: int = 30, account=None, actor=SYSTEM) -> ObjectGrant:
    return operations.grant_object(
        account or cast.neighbour_member,
        kind=KIND,
        object_id=7,
        role="co_host",
        expires_at=timezone.now() + timedelta(days=days),
        title="羽毛球赛",
        url="/activities/7/",
        union=cast.union,
        actor=actor,
    )


def held(cast: Cast) -> list[int]:
    return list(permissions.granted_ids(cast.neighbour_member, KIND).values_list("object_id", flat=True))


def test_grant_object_opens_one_object_and_tells_the_guest(cast: Cast) -> None:
    grant(cast)
    assert held(cast) == [7]
    message = Message.objects.get(account=cast.neighbour_member)
    assert (message.title, message.url) == ("螺城石雕厂工会邀请您联办：羽毛球赛", "/activities/7/")
    assert AuditRow.objects.get(action="orgs:grant:give").org_id == cast.union.pk


def test_grant_object_again_moves_the_end(cast: Cast) -> None:
    first = grant(cast)
    second = grant(cast, days=60)
    assert first.pk == second.pk
    assert second.expires_at > first.expires_at
    assert ObjectGrant.objects.count() == 1


def test_a_grant_ends_by_itself(cast: Cast) -> None:
    ObjectGrant.objects.filter(pk=grant(cast).pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert held(cast) == []


def test_revoke_grant_ends_it_now_and_twice_is_harmless(cast: Cast) -> None:
    made = grant(cast)
    operations.revoke_grant(made, union=cast.union, actor=cast.officer)
    operations.revoke_grant(made, union=cast.union, actor=cast.officer)
    assert held(cast) == []
    assert AuditRow.objects.filter(action="orgs:grant:revoke").count() == 1


def test_grant_object_to_oneself_or_in_the_past_is_refused(cast: Cast) -> None:
    with pytest.raises(Refused) as caught:
        grant(cast, account=cast.officer, actor=cast.officer)
    assert caught.value.code == "own-grant"
    with pytest.raises(Refused) as caught:
        grant(cast, days=-1)
    assert caught.value.code == "expired"
