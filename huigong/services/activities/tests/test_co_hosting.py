"""A partner co-hosts one activity: invited on a page, at work on that one alone, gone thirty days after."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from huigong.core.errors import Refused
from huigong.people.accounts.models import Account
from huigong.people.inbox.models import Message
from huigong.people.membership import queries as membership
from huigong.people.membership.queries import Rule
from huigong.people.orgs import operations as orgs
from huigong.people.orgs.models import ObjectGrant, Partner, Union
from huigong.services.activities import operations, permissions, queries
from huigong.services.activities.models import Activity, Signup
from huigong.services.activities.tests import factories
from tests.cast import Cast


def partner(union: Union, account: Account, actor: Account, name: str = "县卫生健康局") -> Partner:
    return orgs.add_partner(union, name=name, kind="department", account=account, actor=actor)


def get(account: Account, name: str, *args: int):
    client = Client()
    client.force_login(account)
    return client.get(reverse(f"activities:{name}", args=args))


def signed_up(cast: Cast, activity: Activity) -> Signup:
    session = activity.sessions.get()
    return operations.sign_up(session, member=membership.member_of(cast.member), actor=cast.member).signup


def test_a_cadre_invites_and_removes_a_partner_by_the_page(cast: Cast, client: Client) -> None:
    activity = factories.activity(cast.union)
    made = partner(cast.union, cast.applicant, cast.officer)
    client.force_login(cast.officer)
    page = reverse("activities:co-hosts", args=[activity.pk])
    assert "县卫生健康局" in client.get(page).content.decode()
    client.post(reverse("activities:invite-co-host", args=[activity.pk, made.pk]))
    grant = ObjectGrant.objects.get()
    assert grant.expires_at == activity.ends_at + timedelta(days=30)
    activity.refresh_from_db()
    assert activity.co_hosts == "县卫生健康局"
    assert Message.objects.filter(account=cast.applicant, title__contains="邀请您联办").count() == 1
    assert queries.invitable(activity) == []
    client.post(reverse("activities:remove-co-host", args=[activity.pk, grant.pk]))
    activity.refresh_from_db()
    assert (activity.co_hosts, queries.co_hosts(activity)) == ("", [])
    assert get(cast.applicant, "manage", activity.pk).status_code == 404


def test_a_co_host_works_on_the_one_activity_and_nothing_else(cast: Cast) -> None:
    activity, other = factories.activity(cast.union), factories.activity(cast.union, title="另一个活动")
    signup, foreign = signed_up(cast, activity), signed_up(cast, other)
    made = partner(cast.union, cast.applicant, cast.officer)
    operations.invite_co_host(activity, partner=made, actor=cast.officer)
    guest = cast.applicant
    for name in ("manage", "signups", "edit", "report", "check-in"):
        assert get(guest, name, activity.pk).status_code == 200, name
        assert get(guest, name, other.pk).status_code == 404, name
    assert get(guest, "signup", signup.pk).status_code == 200
    assert get(guest, "signup", foreign.pk).status_code == 404
    listed = get(guest, "manage-index").content.decode()
    assert activity.title in listed
    assert other.title not in listed
    assert 'href="/activities/manage/"' in _page(guest, "portal:me")
    assert 'href="/activities/manage/"' not in _page(cast.neighbour_member, "portal:me")


def _page(account: Account, name: str) -> str:
    client = Client()
    client.force_login(account)
    return client.get(reverse(name)).content.decode()


def test_a_co_host_sees_no_whole_number_looks_nobody_up_and_invites_nobody(cast: Cast) -> None:
    activity = factories.activity(cast.union)
    signup = signed_up(cast, activity)
    made = partner(cast.union, cast.applicant, cast.officer)
    operations.invite_co_host(activity, partner=made, actor=cast.officer)
    client = Client()
    client.force_login(cast.applicant)
    assert client.post(reverse("activities:show-numbers", args=[signup.pk])).status_code == 403
    assert client.get(reverse("activities:add-signup", args=[activity.pk])).status_code == 403
    assert client.get(reverse("activities:co-hosts", args=[activity.pk])).status_code == 403
    assert "显示完整号码" not in client.get(reverse("activities:signup", args=[signup.pk])).content.decode()
    for permission in (permissions.PUBLISH, permissions.NUMBERS, permissions.INVITE, permissions.APPROVE):
        with pytest.raises(PermissionDenied):
            permissions.get_managed(cast.applicant, activity.pk, permission)


def test_only_partners_of_the_organiser_or_above_are_invited(cast: Cast) -> None:
    activity = factories.activity(cast.union)
    foreign = partner(cast.neighbour, cast.applicant, cast.neighbour_officer)
    with pytest.raises(Refused) as refused:
        operations.invite_co_host(activity, partner=foreign, actor=cast.officer)
    assert refused.value.code == "not-partner"
    with pytest.raises(Http404):
        permissions.get_invitable(activity, foreign.pk)
    assert not ObjectGrant.objects.exists()


def test_co_hosts_stay_longer_when_it_is_put_off_and_hear_of_it(cast: Cast) -> None:
    activity = factories.activity(cast.union)
    made = partner(cast.union, cast.applicant, cast.officer)
    operations.invite_co_host(activity, partner=made, actor=cast.officer)
    session = activity.sessions.get()
    later = factories.plan(days=40, session_id=session.pk)
    values = {"title": activity.title, "place": activity.place, "co_hosts": "县卫生健康局"}
    operations.update_activity(activity, rule=Rule(), plans=[later], actor=cast.officer, **values)
    assert ObjectGrant.objects.get().expires_at == later.ends_at + timedelta(days=30)
    heard = Message.objects.filter(account=cast.applicant)
    assert heard.filter(title__contains="有变化").count() == 1
    operations.cancel_activity(activity, actor=cast.officer, reason="台风")
    assert heard.filter(title__contains="已取消", body="台风").count() == 1
    with pytest.raises(Refused) as refused:
        operations.invite_co_host(activity, partner=made, actor=cast.officer)
    assert refused.value.code == "over"


def test_the_access_ends_by_itself(cast: Cast) -> None:
    activity = factories.activity(cast.union)
    made = partner(cast.union, cast.applicant, cast.officer)
    operations.invite_co_host(activity, partner=made, actor=cast.officer)
    ObjectGrant.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert get(cast.applicant, "manage", activity.pk).status_code == 404
    assert queries.co_hosts(activity) == []
