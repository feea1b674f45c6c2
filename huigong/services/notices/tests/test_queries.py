"""What members find, what the badge counts, and how far a notice has come."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from huigong.people.membership import queries as membership
from huigong.people.membership.models import Membership
from huigong.people.membership.queries import Rule
from huigong.people.membership.tests import factories as people
from huigong.people.orgs.tests import factories as orgs
from huigong.services.notices import operations, queries
from huigong.services.notices.models import Notice
from huigong.services.notices.tests import factories
from tests.cast import Cast


def titles(account: object, **wanted: object) -> list[str]:
    return [row.title for row in queries.page(account, **wanted).rows]


def test_a_member_finds_what_their_union_and_those_above_published_newest_first(cast: Cast) -> None:
    factories.notice(cast.county, actor=cast.county_officer, title="县里的")
    factories.notice(cast.union, actor=cast.officer, title="本会的")
    factories.notice(cast.neighbour, actor=cast.neighbour_officer, title="邻会的")
    factories.draft(cast.union, actor=cast.officer, title="草稿")
    assert titles(cast.member) == ["本会的", "县里的"]
    assert titles(cast.neighbour_member) == ["邻会的", "县里的"]
    assert titles(cast.applicant) == []


def test_a_notice_to_women_is_no_mans_business(cast: Cast) -> None:
    woman = people.member_account(cast.union, name="女会员", sex="2")
    factories.notice(cast.union, actor=cast.officer, rule=Rule(sex="2"), title="两癌筛查")
    assert titles(woman) == ["两癌筛查"]
    assert titles(cast.member) == []
    assert queries.unread_count(cast.member) == 0


def test_a_notice_to_cadres_reaches_who_holds_a_post_today(cast: Cast) -> None:
    cadre = people.member_account(cast.union, name="又是会员")
    orgs.post(cadre, cast.union)
    factories.notice(
        cast.county, actor=cast.county_officer, rule=Rule(roles=("chair", "cadre")), title="给干部"
    )
    cadre.refresh_from_db()
    assert titles(cadre) == ["给干部"]
    assert titles(cast.member) == []


def test_paging_by_the_moment_of_publication_shows_each_once(cast: Cast) -> None:
    for number in range(5):
        factories.notice(cast.union, actor=cast.officer, title=f"第{number}条")
        Notice.objects.filter(title=f"第{number}条").update(
            published_at=timezone.now() - timedelta(minutes=10 - number)
        )
    first = queries.page(cast.member, limit=3)
    second = queries.page(cast.member, before=first.next, limit=3)
    assert [row.title for row in (*first.rows, *second.rows)] == [f"第{n}条" for n in (4, 3, 2, 1, 0)]
    assert second.next is None


def test_the_badge_forgets_what_is_over_old_or_from_before_they_joined(cast: Cast) -> None:
    factories.notice(cast.union, actor=cast.officer)
    assert queries.unread_count(cast.member) == 1
    Notice.objects.update(expires_on=timezone.localdate() - timedelta(days=1))
    assert queries.unread_count(cast.member) == 0
    Notice.objects.update(expires_on=None, published_at=timezone.now() - timedelta(days=91))
    assert queries.unread_count(cast.member) == 0
    Notice.objects.update(published_at=timezone.now() - timedelta(days=3))
    Membership.objects.filter(person__account=cast.member).update(joined_on=timezone.localdate())
    assert queries.unread_count(cast.member) == 0


def test_to_do_lists_what_is_unread_or_waits_for_confirmation(cast: Cast) -> None:
    member = membership.member_of(cast.member)
    assert member
    read = factories.notice(cast.union, actor=cast.officer, title="读过")
    asked = factories.notice(cast.union, actor=cast.officer, title="待确认", asks_confirmation=True)
    factories.notice(cast.union, actor=cast.officer, title="没读")
    operations.mark_read(read, member=member)
    operations.mark_read(asked, member=member)
    assert titles(cast.member, unread=True) == ["没读", "待确认"]
    operations.confirm(asked, member=member, actor=cast.member)
    assert titles(cast.member, unread=True) == ["没读"]


def test_reach_counts_each_union_with_most_people_left_first(cast: Cast) -> None:
    for _ in range(3):
        people.member_account(cast.neighbour, name="邻会会员")
    notice = factories.notice(cast.county, actor=cast.county_officer, asks_confirmation=True)
    member = membership.member_of(cast.member)
    assert member
    operations.confirm(notice, member=member, actor=cast.member)
    rows = queries.reach_by_union(notice)
    assert [(row.union, row.people, row.read, row.confirmed) for row in rows] == [
        (cast.neighbour.name, 4, 0, 0),
        (cast.union.name, 1, 1, 1),
    ]
    desk = queries.desk_of(notice, cast.county_officer)
    assert (desk.people, desk.read, desk.confirmed, desk.outstanding) == (5, 1, 1, 4)


@pytest.mark.parametrize("name", ["index", "manage-index"])
def test_lists_ask_as_much_for_three_notices_as_for_one(name: str, client: Client, cast: Cast) -> None:
    client.force_login(cast.member if name == "index" else cast.officer)

    def asked() -> int:
        factories.notice(cast.union, actor=cast.officer)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse(f"notices:{name}")).status_code == 200
        return len(captured)

    asked()
    assert asked() == asked()
