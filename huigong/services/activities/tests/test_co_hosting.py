"""A partner co-hosts one activity: invited, accepting or not, at work on that one alone, gone thirty days after."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from huigong.core.errors import Refused
from huigong.core.models import AuditRow
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


def invited(cast: Cast, activity: Activity) -> ObjectGrant:
    made = partner(cast.union, cast.applicant, cast.officer)
    return operations.invite_co_host(activity, partner=made, actor=cast.officer)


def co_hosting(cast: Cast, activity: Activity) -> ObjectGrant:
    grant = invited(cast, activity)
    operations.accept_co_hosting(activity, grant=grant, actor=cast.applicant)
    return grant


def answer(account: Account, how: str, grant: ObjectGrant, **data: str):
    client = Client()
    client.force_login(account)
    return client.post(reverse(f"activities:{how}-co-hosting", args=[grant.pk]), data)


def told(account: Account, words: str) -> list[Message]:
    return list(Message.objects.filter(account=account, title__contains=words))


def names(activity: Activity) -> str:
    activity.refresh_from_db()
    return activity.co_hosts


# --- Asking and answering


def test_a_cadre_invites_and_removes_a_partner_by_the_page(cast: Cast, client: Client) -> None:
    activity = factories.activity(cast.union)
    made = partner(cast.union, cast.applicant, cast.officer)
    client.force_login(cast.officer)
    page = reverse("activities:co-hosts", args=[activity.pk])
    assert "县卫生健康局" in client.get(page).content.decode()
    client.post(reverse("activities:invite-co-host", args=[activity.pk, made.pk]))
    grant = ObjectGrant.objects.get()
    assert grant.expires_at == activity.ends_at + timedelta(days=30)
    assert "等对方答复" in client.get(page).content.decode()
    assert queries.invitable(activity) == []
    answer(cast.applicant, "accept", grant)
    assert "正在联办" in client.get(page).content.decode()
    assert names(activity) == "县卫生健康局"
    client.post(reverse("activities:remove-co-host", args=[activity.pk, grant.pk]))
    assert (names(activity), queries.co_hosts(activity)) == ("", [])
    assert get(cast.applicant, "manage", activity.pk).status_code == 404


def test_nothing_is_open_and_no_name_shown_before_the_partner_accepts(cast: Cast) -> None:
    activity = factories.activity(cast.union)
    grant = invited(cast, activity)
    (message,) = told(cast.applicant, "邀请您联办")
    assert message.url == reverse("activities:co-host-invitation", args=[grant.pk])
    assert get(cast.applicant, "manage", activity.pk).status_code == 404
    assert 'href="/activities/manage/"' not in _page(cast.applicant, "portal:me")
    assert names(activity) == ""
    shown = get(cast.applicant, "co-host-invitation", grant.pk).content.decode()
    assert [word for word in (activity.title, cast.union.name, "接受邀请", "谢绝") if word not in shown] == []
    landed = answer(cast.applicant, "accept", grant)
    assert landed.url == reverse("activities:manage", args=[activity.pk])
    assert get(cast.applicant, "manage", activity.pk).status_code == 200
    assert names(activity) == "县卫生健康局"
    assert len(told(cast.officer, "县卫生健康局接受了联办邀请")) == 1
    row = AuditRow.objects.get(action="orgs:grant:agree")
    assert (row.actor_id, row.org_id) == (cast.applicant.pk, cast.union.pk)


def test_accepting_twice_is_harmless(cast: Cast) -> None:
    activity = factories.activity(cast.union)
    grant = invited(cast, activity)
    for _ in range(2):
        assert answer(cast.applicant, "accept", grant).status_code == 302
    assert names(activity) == "县卫生健康局"
    assert len(told(cast.officer, "接受了联办邀请")) == 1
    assert "去办理" in get(cast.applicant, "co-host-invitation", grant.pk).content.decode()


def test_a_partner_declines_with_a_reason_and_may_be_asked_again(cast: Cast) -> None:
    activity = factories.activity(cast.union)
    grant = invited(cast, activity)
    for _ in range(2):
        assert answer(cast.applicant, "decline", grant, reason="当天有别的任务").status_code == 302
    (message,) = told(cast.officer, "县卫生健康局谢绝了联办邀请")
    assert (message.body, names(activity)) == ("当天有别的任务", "")
    assert get(cast.applicant, "manage", activity.pk).status_code == 404
    assert "已谢绝这次邀请" in get(cast.applicant, "co-host-invitation", grant.pk).content.decode()
    assert refusal(lambda: accepting(cast, activity, grant)) == "declined"
    (again,) = queries.invitable(activity)
    asked = permissions.get_invitable(activity, again.partner_id)
    second = operations.invite_co_host(activity, partner=asked, actor=cast.officer)
    accepting(cast, activity, second)
    assert names(activity) == "县卫生健康局"


def test_nobody_else_sees_or_answers_an_invitation(cast: Cast) -> None:
    activity = factories.activity(cast.union)
    grant = invited(cast, activity)
    for somebody in (cast.neighbour_member, cast.neighbour_officer, cast.officer, cast.member):
        assert get(somebody, "co-host-invitation", grant.pk).status_code == 404
        assert answer(somebody, "accept", grant).status_code == 404
        assert answer(somebody, "decline", grant).status_code == 404
    grant.refresh_from_db()
    assert (grant.state, grant.answered_at, names(activity)) == ("invited", None, "")


def test_what_was_taken_back_or_is_over_is_not_accepted(cast: Cast) -> None:
    activity, held = factories.activity(cast.union), factories.activity(cast.union)
    grant = invited(cast, activity)
    operations.remove_co_host(activity, grant=grant, actor=cast.officer)
    assert refusal(lambda: accepting(cast, activity, grant)) == "no-invitation"
    late = operations.invite_co_host(held, partner=grant.partner, actor=cast.officer)
    Activity.objects.filter(pk=held.pk).update(
        starts_at=timezone.now() - timedelta(hours=3), ends_at=timezone.now() - timedelta(hours=1)
    )
    assert refusal(lambda: accepting(cast, held, late)) == "over"
    for asked in (grant, late):
        assert "不用再答复" in get(cast.applicant, "co-host-invitation", asked.pk).content.decode()
    assert (names(activity), names(held)) == ("", "")


def test_what_partners_accept_stays_while_the_organiser_writes(cast: Cast) -> None:
    activity = factories.activity(cast.union)
    before = Activity.objects.get(pk=activity.pk)
    co_hosting(cast, activity)
    session = activity.sessions.get()
    plan = factories.plan(session_id=session.pk)
    operations.update_activity(
        before, rule=Rule(), plans=[plan], actor=cast.officer, title="改了名", place="广场"
    )
    assert (names(activity), activity.title) == ("县卫生健康局", "改了名")


def test_a_copy_asks_its_co_hosts_anew(cast: Cast) -> None:
    activity = factories.activity(cast.union)
    co_hosting(cast, activity)
    activity.refresh_from_db()
    made = operations.copy(activity, starts_at=timezone.now() + timedelta(days=90), actor=cast.officer)
    assert (made.co_hosts, queries.co_hosts(made)) == ("", [])


def accepting(cast: Cast, activity: Activity, grant: ObjectGrant) -> None:
    operations.accept_co_hosting(activity, grant=grant, actor=cast.applicant)


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        call()
    return refused.value.code


# --- At work


def test_a_co_host_works_on_the_one_activity_and_nothing_else(cast: Cast) -> None:
    activity, other = factories.activity(cast.union), factories.activity(cast.union, title="另一个活动")
    signup, foreign = signed_up(cast, activity), signed_up(cast, other)
    co_hosting(cast, activity)
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


def test_a_co_host_sees_no_whole_number_looks_nobody_up_invites_nobody_and_copies_nothing(cast: Cast) -> None:
    activity = factories.activity(cast.union)
    signup = signed_up(cast, activity)
    co_hosting(cast, activity)
    client = Client()
    client.force_login(cast.applicant)
    assert client.post(reverse("activities:show-numbers", args=[signup.pk])).status_code == 403
    assert client.get(reverse("activities:add-signup", args=[activity.pk])).status_code == 403
    assert client.get(reverse("activities:co-hosts", args=[activity.pk])).status_code == 403
    again = {"starts_at": "2030-05-01T09:00"}
    assert client.post(reverse("activities:copy", args=[activity.pk]), again).status_code == 403
    assert Activity.objects.count() == 1
    assert "复制一份" not in client.get(reverse("activities:manage", args=[activity.pk])).content.decode()
    assert "显示完整号码" not in client.get(reverse("activities:signup", args=[signup.pk])).content.decode()
    for permission in (permissions.PUBLISH, permissions.NUMBERS, permissions.INVITE, permissions.COPY):
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
    made = co_hosting(cast, activity).partner
    session = activity.sessions.get()
    later = factories.plan(days=40, session_id=session.pk)
    values = {"title": activity.title, "place": activity.place}
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
    co_hosting(cast, activity)
    ObjectGrant.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert get(cast.applicant, "manage", activity.pk).status_code == 404
    assert queries.co_hosts(activity) == []
