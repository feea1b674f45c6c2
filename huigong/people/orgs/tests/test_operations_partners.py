"""Partners: who is one, who acts for it, and that ending it ends every access."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone

from huigong.core.errors import Refused
from huigong.core.models import AuditRow
from huigong.people.accounts.tests import factories as accounts
from huigong.people.orgs import operations, permissions, queries
from huigong.people.orgs.models import ObjectGrant, Partner, Post, Union
from huigong.people.orgs.tests import factories as orgs
from tests.cast import Cast

KIND = "activities.activity"


def partner(cast: Cast, *, union: Union | None = None, **changes) -> Partner:
    values = {"name": "县卫生健康局", "kind": Partner.Kind.DEPARTMENT, "account": cast.applicant}
    return operations.add_partner(union or cast.union, actor=cast.officer, **values | changes)


def invite(cast: Cast, made: Partner, object_id: int = 7) -> None:
    operations.invite_guest(
        made.account,
        kind=KIND,
        object_id=object_id,
        role="co_host",
        expires_at=timezone.now() + timedelta(days=3),
        union=made.union,
        partner=made,
        actor=cast.officer,
    )


def test_a_partner_is_noted_once_and_may_do_nothing_yet(cast: Cast) -> None:
    made = partner(cast)
    assert list(queries.partners_for(cast.union)) == [made]
    assert not permissions.granted_ids(cast.applicant, KIND).exists()
    assert AuditRow.objects.get(action="orgs:partner:add").after["name"] == "县卫生健康局"
    with pytest.raises(Refused) as refused:
        partner(cast)
    assert refused.value.code == "already-partner"
    with pytest.raises(Refused) as refused:
        partner(cast, name=" ")
    assert refused.value.code == "bad-name"


def test_partners_of_a_union_above_may_be_invited_and_those_next_door_not(cast: Cast) -> None:
    above = partner(cast, union=cast.county, name="县总工会医院")
    partner(cast, union=cast.neighbour, name="崇武医院")
    assert list(queries.partners_for(cast.union)) == [above]


def test_ending_a_partner_ends_every_access_it_has(cast: Cast) -> None:
    made = partner(cast)
    invite(cast, made, 7)
    invite(cast, made, 8)
    operations.end_partner(made, actor=cast.officer, reason="机构改革")
    assert not ObjectGrant.objects.filter(revoked_at=None).exists()
    assert not queries.partners_for(cast.union).exists()
    with pytest.raises(Refused) as refused:
        operations.end_partner(made, actor=cast.officer, reason="再来")
    assert refused.value.code == "ended"
    partner(cast)


def test_another_person_for_the_partner_takes_no_access_over(cast: Cast) -> None:
    made = partner(cast)
    invite(cast, made)
    other = accounts.account(name="接手的人")
    values = {"name": made.name, "kind": made.kind, "actor": cast.officer}
    operations.edit_partner(made, account=cast.applicant, note="义诊", **values)
    assert ObjectGrant.objects.filter(revoked_at=None).count() == 1
    operations.edit_partner(made, account=other, **values)
    assert not ObjectGrant.objects.filter(revoked_at=None).exists()
    made.refresh_from_db()
    assert made.account == other


def test_partners_are_kept_by_their_unions_cadres(cast: Cast) -> None:
    made = partner(cast)
    for account in (cast.officer, cast.township_officer, cast.county_officer):
        assert permissions.get_partner(account, made.pk, permissions.PARTNER_MANAGE) == made
    for stranger in (cast.neighbour_officer, cast.member, cast.retired_officer):
        with pytest.raises(Http404):
            permissions.get_partner(stranger, made.pk)
    editor = accounts.account(name="信息员")
    orgs.post(editor, cast.union, Post.Role.EDITOR)
    assert permissions.get_partner(editor, made.pk) == made
    with pytest.raises(PermissionDenied):
        permissions.get_partner(editor, made.pk, permissions.PARTNER_MANAGE)
