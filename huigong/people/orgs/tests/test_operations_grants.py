"""Guests on single objects."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils import timezone

from huigong.core.audit import SYSTEM
from huigong.core.errors import Refused
from huigong.core.models import AuditRow
from huigong.people.accounts.models import Account
from huigong.people.orgs import operations, permissions
from huigong.people.orgs.models import ObjectGrant
from tests.cast import Cast

KIND = "activities.activity"


def invite(cast: Cast, *, days: int = 30, account: Account | None = None, actor=SYSTEM) -> ObjectGrant:
    return operations.invite_guest(
        account or cast.neighbour_member,
        kind=KIND,
        object_id=7,
        role="co_host",
        expires_at=timezone.now() + timedelta(days=days),
        union=cast.union,
        actor=actor,
    )


def accept(cast: Cast, grant: ObjectGrant) -> bool:
    return operations.accept_invitation(grant, union=cast.union, actor=cast.neighbour_member)


def decline(cast: Cast, grant: ObjectGrant, reason: str = "") -> bool:
    return operations.decline_invitation(grant, union=cast.union, reason=reason, actor=cast.neighbour_member)


def accepted(cast: Cast) -> ObjectGrant:
    grant = invite(cast)
    assert accept(cast, grant)
    return grant


def held(cast: Cast) -> list[int]:
    return list(permissions.granted_ids(cast.neighbour_member, KIND).values_list("object_id", flat=True))


def test_an_invitation_opens_nothing_until_it_is_accepted(cast: Cast) -> None:
    grant = invite(cast)
    assert held(cast) == []
    assert AuditRow.objects.get(action="orgs:grant:invite").org_id == cast.union.pk
    assert accept(cast, grant)
    assert held(cast) == [7]
    row = AuditRow.objects.get(action="orgs:grant:agree")
    assert (row.actor_id, row.org_id) == (cast.neighbour_member.pk, cast.union.pk)


def test_accept_invitation_twice_is_harmless(cast: Cast) -> None:
    grant = accepted(cast)
    answered_at = grant.answered_at
    assert not accept(cast, grant)
    assert grant.answered_at == answered_at
    assert AuditRow.objects.filter(action="orgs:grant:agree").count() == 1


def test_a_declined_invitation_opens_nothing_and_another_may_follow(cast: Cast) -> None:
    grant = invite(cast)
    assert decline(cast, grant, reason="当天有别的任务")
    assert not decline(cast, grant)
    assert held(cast) == []
    row = AuditRow.objects.get(action="orgs:grant:turn-down")
    assert row.after["reason"] == "当天有别的任务"
    assert refusal(lambda: accept(cast, grant)) == "declined"
    again = invite(cast)
    assert again.pk != grant.pk
    assert accept(cast, again)
    assert held(cast) == [7]


def test_of_a_yes_and_a_no_the_first_counts(cast: Cast) -> None:
    grant = invite(cast)
    stale = ObjectGrant.objects.get(pk=grant.pk)
    accept(cast, grant)
    assert refusal(lambda: decline(cast, stale)) == "accepted"
    assert held(cast) == [7]


@pytest.mark.parametrize("over", [{"revoked_at": timezone.now()}, {"expires_at": timezone.now()}])
def test_what_was_taken_back_or_has_expired_is_not_answered(cast: Cast, over: dict[str, datetime]) -> None:
    grant = invite(cast)
    ObjectGrant.objects.filter(pk=grant.pk).update(**over)
    assert refusal(lambda: accept(cast, grant)) == "no-invitation"
    assert refusal(lambda: decline(cast, grant)) == "no-invitation"
    grant.refresh_from_db()
    assert (grant.state, grant.answered_at) == ("invited", None)


def test_the_database_knows_no_half_answer(cast: Cast) -> None:
    grant = ObjectGrant.objects.filter(pk=invite(cast).pk)
    now = timezone.now()
    for half in (
        {"state": "accepted"},
        {"answered_at": now},
        {"state": "perhaps", "answered_at": now},
        {"state": "declined", "answered_at": now},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            grant.update(**half)


def test_invite_guest_again_moves_the_end_and_keeps_the_answer(cast: Cast) -> None:
    first = accepted(cast)
    second = invite(cast, days=60)
    assert first.pk == second.pk
    assert second.expires_at > first.expires_at
    assert held(cast) == [7]
    assert ObjectGrant.objects.count() == 1


def test_a_grant_ends_by_itself(cast: Cast) -> None:
    ObjectGrant.objects.filter(pk=accepted(cast).pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert held(cast) == []


def test_revoke_grant_ends_it_now_and_twice_is_harmless(cast: Cast) -> None:
    made = accepted(cast)
    operations.revoke_grant(made, union=cast.union, actor=cast.officer)
    operations.revoke_grant(made, union=cast.union, actor=cast.officer)
    assert held(cast) == []
    assert AuditRow.objects.filter(action="orgs:grant:revoke").count() == 1


def test_invite_guest_oneself_or_into_the_past_is_refused(cast: Cast) -> None:
    assert refusal(lambda: invite(cast, account=cast.officer, actor=cast.officer)) == "own-grant"
    assert refusal(lambda: invite(cast, days=-1)) == "expired"


def test_an_invitation_is_its_guests_alone(cast: Cast) -> None:
    grant = invite(cast)
    assert permissions.get_own_grant(cast.neighbour_member, grant.pk, KIND) == grant
    for somebody in (cast.officer, cast.member, AnonymousUser()):
        with pytest.raises(Http404):
            permissions.get_own_grant(somebody, grant.pk, KIND)
    with pytest.raises(Http404):
        permissions.get_own_grant(cast.neighbour_member, grant.pk, "another.kind")


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.code
