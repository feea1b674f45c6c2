"""Who may give whom which office, and how offices end."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from huigong.core.audit import SYSTEM
from huigong.core.errors import Refused
from huigong.core.models import AuditRow
from huigong.people.accounts.models import Account
from huigong.people.accounts.tests import factories as accounts
from huigong.people.inbox.models import Message
from huigong.people.orgs import operations, permissions
from huigong.people.orgs.models import Post
from huigong.people.orgs.tests import factories as orgs
from tests.cast import Cast

Role = Post.Role
TODAY = timezone.localdate
YEAR = timedelta(days=365)


def appoint(actor, cast: Cast, where: str, role: str, account: Account | None = None) -> Post:
    return operations.appoint(
        account or accounts.account(name="新干部"),
        union=getattr(cast, where),
        role=role,
        starts_on=TODAY(),
        ends_on=TODAY() + YEAR,
        actor=actor,
    )


ALLOWED = [
    ("county_officer", "county", Role.ADMIN),
    ("county_officer", "township", Role.ADMIN),
    ("county_officer", "union", Role.AUDITOR),
    ("county_officer", "neighbour", Role.CHAIR),
    ("township_officer", "township", Role.CADRE),
    ("township_officer", "union", Role.CHAIR),
    ("township_officer", "union", Role.EDITOR),
    ("officer", "union", Role.CADRE),
    ("officer", "union", Role.GROUP_LEADER),
]
REFUSED = [
    ("township_officer", "county", Role.CADRE),
    ("township_officer", "township", Role.CHAIR),
    ("township_officer", "township", Role.ADMIN),
    ("township_officer", "union", Role.ADMIN),
    ("township_officer", "union", Role.AUDITOR),
    ("township_officer", "union", Role.RIGHTS_HANDLER),
    ("township_officer", "neighbour", Role.CADRE),
    ("officer", "union", Role.CHAIR),
    ("officer", "township", Role.CADRE),
    ("officer", "county", Role.CADRE),
    ("officer", "neighbour", Role.GROUP_LEADER),
    ("neighbour_officer", "union", Role.CADRE),
    ("retired_officer", "union", Role.GROUP_LEADER),
    ("member", "union", Role.GROUP_LEADER),
]


@pytest.mark.parametrize(("who", "where", "role"), ALLOWED)
def test_appoint_within_reach_and_not_above_oneself_is_done(
    who: str, where: str, role: str, cast: Cast
) -> None:
    post = appoint(getattr(cast, who), cast, where, role)
    assert (post.role, post.union) == (role, getattr(cast, where))
    assert post.account.is_staff
    assert AuditRow.objects.filter(action="orgs:post:appoint", target_id=post.pk).exists()


@pytest.mark.parametrize(("who", "where", "role"), REFUSED)
def test_appoint_above_oneself_or_outside_is_refused_and_written_down(
    who: str, where: str, role: str, cast: Cast
) -> None:
    before = Post.objects.count()
    with pytest.raises(Refused) as caught:
        appoint(getattr(cast, who), cast, where, role)
    assert (caught.value.code, caught.value.status) == ("not-yours-to-give", 403)
    assert Post.objects.count() == before
    row = AuditRow.objects.get(action="orgs:post:appoint-refused")
    assert (row.actor_id, row.after["role"], row.org_id) == (
        getattr(cast, who).pk,
        role,
        getattr(cast, where).pk,
    )


def test_every_role_is_in_the_matrix_for_every_actor(cast: Cast) -> None:
    """The whole matrix once: what is not listed as the county's, a chair's own or below, is refused."""
    grants = {
        (who, where, role)
        for who in ("county_officer", "township_officer", "officer", "neighbour_officer", "member")
        for where in ("county", "township", "union", "neighbour")
        for role in Role
        if permissions.may_grant(getattr(cast, who), role, getattr(cast, where))
    }
    chair = {Role.CADRE, Role.GROUP_LEADER, Role.EDITOR}
    expected = {
        ("county_officer", where, role)
        for where in ("county", "township", "union", "neighbour")
        for role in Role
    }
    expected |= {("township_officer", where, role) for where in ("township", "union") for role in chair}
    expected |= {("township_officer", "union", Role.CHAIR)}
    expected |= {("officer", "union", role) for role in chair}
    expected |= {("neighbour_officer", "neighbour", role) for role in chair}
    assert grants == expected


@pytest.mark.parametrize("role", list(Role))
def test_appoint_oneself_is_refused(role: str, cast: Cast) -> None:
    with pytest.raises(Refused) as caught:
        appoint(cast.county_officer, cast, "union", role, account=cast.county_officer)
    assert (caught.value.code, caught.value.status) == ("own-post", 403)
    assert AuditRow.objects.filter(action="orgs:post:appoint-refused").exists()


def test_extend_post_of_oneself_is_refused(cast: Cast) -> None:
    own = Post.objects.get(account=cast.officer)
    with pytest.raises(Refused) as caught:
        operations.extend_post(own, ends_on=TODAY() + YEAR, actor=cast.officer)
    assert caught.value.code == "own-post"


def test_appoint_twice_to_the_same_office_is_refused(cast: Cast) -> None:
    account = accounts.account(name="新干部")
    appoint(SYSTEM, cast, "union", Role.CADRE, account)
    with pytest.raises(Refused) as caught:
        appoint(SYSTEM, cast, "union", Role.CADRE, account)
    assert caught.value.code == "already-appointed"


def test_appoint_again_after_the_term_is_over_is_done(cast: Cast) -> None:
    post = appoint(SYSTEM, cast, "union", Role.CHAIR, cast.retired_officer)
    assert post.ended_at is None
    assert Post.objects.filter(account=cast.retired_officer, ended_at=None).get() == post


def test_appoint_for_more_than_five_years_or_backwards_is_refused(cast: Cast) -> None:
    for ends_on, code in ((TODAY() + 6 * YEAR, "long-term"), (TODAY() - YEAR, "bad-term")):
        with pytest.raises(Refused) as caught:
            operations.appoint(
                cast.member,
                union=cast.union,
                role=Role.CADRE,
                starts_on=TODAY(),
                ends_on=ends_on,
                actor=SYSTEM,
            )
        assert caught.value.code == code


def test_appoint_at_a_union_that_is_gone_is_refused(cast: Cast) -> None:
    cast.union = orgs.grassroots(cast.township)
    operations.dissolve_union(cast.union, actor=SYSTEM, reason="撤")
    with pytest.raises(Refused) as caught:
        appoint(cast.county_officer, cast, "union", Role.CADRE)
    assert caught.value.code == "not-established"


def test_extend_post_moves_the_end_and_keeps_the_holder_in(cast: Cast) -> None:
    post = Post.objects.get(account=cast.officer)
    operations.extend_post(post, ends_on=TODAY() + 4 * YEAR, actor=cast.township_officer)
    cast.officer.refresh_from_db()
    assert cast.officer.staff_until == TODAY() + 4 * YEAR
    assert AuditRow.objects.filter(action="orgs:post:extend").exists()


def test_end_post_closes_the_door_at_once(cast: Cast) -> None:
    post = Post.objects.get(account=cast.officer)
    operations.end_post(post, actor=cast.township_officer, reason="换届")
    cast.officer.refresh_from_db()
    assert not cast.officer.is_staff
    assert list(permissions.visible_to(Account.objects.get(pk=cast.officer.pk))) == []
    assert Message.objects.filter(account=cast.officer, title__contains="不再担任").exists()


def test_end_post_by_its_holder_is_a_resignation(cast: Cast) -> None:
    operations.end_post(Post.objects.get(account=cast.officer), actor=cast.officer, reason="个人原因")
    assert Post.objects.filter(account=cast.officer, ended_at=None).count() == 0


@pytest.mark.parametrize("who", ["neighbour_officer", "retired_officer", "member"])
def test_end_post_by_who_could_not_give_it_is_refused(who: str, cast: Cast) -> None:
    with pytest.raises(Refused) as caught:
        operations.end_post(Post.objects.get(account=cast.officer), actor=getattr(cast, who), reason="抢")
    assert caught.value.status == 403
    assert Post.objects.filter(account=cast.officer, ended_at=None).exists()


def test_end_post_of_the_last_administrator_is_refused(cast: Cast) -> None:
    last = Post.objects.get(account=cast.county_officer)
    with pytest.raises(Refused) as caught:
        operations.end_post(last, actor=cast.county_officer, reason="退休")
    assert caught.value.code == "last-administrator"
    orgs.post(cast.member, cast.county, Role.ADMIN)
    operations.end_post(last, actor=cast.county_officer, reason="退休")
    assert Post.objects.filter(account=cast.county_officer, ended_at=None).count() == 0


def test_expire_posts_ends_what_is_over_and_nothing_else(cast: Cast) -> None:
    assert operations.expire_posts() == 1
    assert operations.expire_posts() == 0
    assert Post.objects.get(account=cast.retired_officer).ended_at is not None
    assert Post.objects.filter(ended_at=None).count() == 4
    assert AuditRow.objects.get(action="orgs:post:expire").actor_name == "系统"


def test_an_office_is_over_on_the_day_after_its_term_without_any_job(cast: Cast) -> None:
    last_day = Post.objects.get(account=cast.officer).ends_on
    with time_machine.travel(f"{last_day}T12:00:00+08:00", tick=False):
        assert permissions.visible_to(Account.objects.get(pk=cast.officer.pk)).exists()
    with time_machine.travel(f"{last_day + timedelta(days=1)}T00:01:00+08:00", tick=False):
        retired = Account.objects.get(pk=cast.officer.pk)
        assert not retired.is_staff
        assert not permissions.visible_to(retired).exists()


def test_remind_of_term_ends_tells_holder_and_the_union_above_once(cast: Cast) -> None:
    post = appoint(SYSTEM, cast, "union", Role.CADRE, cast.member)
    with time_machine.travel(f"{post.ends_on - timedelta(days=30)}T09:00:00+08:00", tick=False):
        assert operations.remind_of_term_ends() == 1
        assert operations.remind_of_term_ends() == 0
    told = set(Message.objects.filter(title__contains="届满").values_list("account_id", flat=True))
    assert told == {cast.member.pk, cast.township_officer.pk}


def test_remind_of_term_ends_starts_afresh_after_an_extension(cast: Cast) -> None:
    post = appoint(SYSTEM, cast, "union", Role.CADRE, cast.member)
    with time_machine.travel(f"{post.ends_on}T09:00:00+08:00", tick=False):
        assert operations.remind_of_term_ends() == 1
        operations.extend_post(post, ends_on=post.ends_on + timedelta(days=20), actor=SYSTEM)
        assert operations.remind_of_term_ends() == 1


def test_end_posts_of_ends_every_office_and_closes_the_workbench(cast: Cast) -> None:
    orgs.post(cast.officer, cast.neighbour, Post.Role.CADRE)
    assert operations.end_posts_of(cast.officer, actor=SYSTEM, reason="已去世") == 2
    assert operations.end_posts_of(cast.officer, actor=SYSTEM, reason="已去世") == 0
    cast.officer.refresh_from_db()
    assert not cast.officer.is_staff
    assert not permissions.may(Account.objects.get(pk=cast.officer.pk), permissions.UNION_VIEW, cast.union)
    assert AuditRow.objects.filter(action="orgs:post:end").count() == 2
