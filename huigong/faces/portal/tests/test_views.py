"""Home, me, card and points, as different people see them."""

import pytest
from django.test import Client
from django.urls import reverse

from huigong.people.accounts import queries as accounts
from huigong.people.membership import queries as membership
from huigong.resources.points import operations as points
from huigong.services.activities.tests import factories as activities
from huigong.services.conversations.tests import factories as talks
from huigong.services.notices.tests import factories as notice_factories
from huigong.services.policies import operations as policy_operations
from huigong.services.policies.tests import factories as policies
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def page(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_home_is_open_to_everybody_and_shows_what_the_county_offers(cast: Cast, client: Client) -> None:
    activities.activity(cast.county, title="全县健步走")
    activities.activity(cast.union, title="石雕厂内部比赛")
    html = page(client, "/")
    assert "全县健步走" in html
    assert "石雕厂内部比赛" not in html
    assert "入会申请" in html


def test_home_shows_a_member_their_unions_activities_and_figures(cast: Cast, client: Client) -> None:
    activities.activity(cast.union, title="石雕厂内部比赛")
    person = membership.person_of(cast.member)
    points.award(person.pk, points=1280, rule="test.rule", source="1", memo="测试")
    client.force_login(cast.member)
    html = page(client, "/")
    assert "石雕厂内部比赛" in html
    assert "1,280" in html
    assert "入会申请" not in html


def test_home_shows_a_neighbour_nothing_of_another_union(cast: Cast, client: Client) -> None:
    activities.activity(cast.union, title="石雕厂内部比赛")
    client.force_login(cast.neighbour_member)
    assert "石雕厂内部比赛" not in page(client, "/")


def test_home_reminds_a_member_of_what_comes_next(cast: Cast, client: Client) -> None:
    activities.signup(activities.session(cast.union, days=5), cast.member)
    client.force_login(cast.member)
    assert "日程" in page(client, "/")
    assert "职工羽毛球赛" in page(client, "/").split("u-notice")[1].split("</a>")[0]
    client.force_login(cast.neighbour_member)
    assert "u-notice" not in page(client, "/")


def test_home_shows_first_what_still_takes_somebody(cast: Cast, client: Client) -> None:
    full = activities.activity(cast.union, activities.plan(days=1, capacity=1), title="明天就开始但满了")
    activities.signup(full.sessions.select_related("pool", "activity__union").get(), cast.member)
    activities.activity(cast.union, activities.plan(days=8), title="下周还有名额")
    client.force_login(cast.member)
    html = page(client, "/")
    strip = html.split("u-acts")[1]
    assert strip.index("下周还有名额") < strip.index("明天就开始但满了")


def test_home_puts_running_campaigns_on_its_banner(cast: Cast, client: Client) -> None:
    activities.campaign(cast.county, activities.activity(cast.county), title="职工文化艺术节")
    assert "职工文化艺术节" in page(client, "/").split("data-swiper")[1].split("</section>")[0]


@pytest.mark.parametrize("number", [1, 3])
def test_home_costs_the_same_for_any_number_of_activities(
    cast: Cast, client: Client, django_assert_num_queries, number: int
) -> None:
    for _ in range(number):
        activities.activity(cast.union)
    client.force_login(cast.member)
    client.get("/")
    with django_assert_num_queries(16):
        client.get("/")


def test_an_application_for_help_is_pending_until_it_is_taken_back(cast: Cast, client: Client) -> None:
    client.force_login(cast.member)
    own = policies.application(policies.scheme(cast.county), cast.member, state="submitted")
    pending = f'href="{reverse("policies:apply-index")}"'
    assert pending in page(client, "/").split("办理中")[0].rsplit("<a", 1)[1]
    policy_operations.withdraw_application(own, actor=cast.member)
    assert pending not in page(client, "/").split("办理中")[0].rsplit("<a", 1)[1]


def test_me_shows_a_worker_without_union_how_to_join(cast: Cast, client: Client) -> None:
    client.force_login(cast.applicant)
    html = page(client, "/me")
    assert "还没有加入工会" in html
    assert "工作台" not in html


def test_me_shows_a_cadre_the_way_to_work(cast: Cast, client: Client) -> None:
    client.force_login(cast.officer)
    html = page(client, "/me")
    assert "工作台" in html
    assert reverse("membership:imports") in html


def test_me_shows_a_retired_officer_no_way_to_work(cast: Cast, client: Client) -> None:
    client.force_login(cast.retired_officer)
    assert "工作台" not in page(client, "/me")


def test_codes_are_given_to_members_only_and_name_them(cast: Cast, client: Client) -> None:
    client.force_login(cast.applicant)
    assert client.get("/me/card/codes").json() == {"codes": []}
    client.force_login(cast.member)
    codes = client.get("/me/card/codes").json()["codes"]
    assert len(codes) == 11
    assert codes[0]["svg"].startswith("<svg")
    assert accounts.read_member_code(accounts.member_codes(cast.member.uuid)[0].text) == cast.member.uuid


def test_points_are_listed_newest_first_and_paged(cast: Cast, client: Client) -> None:
    person = membership.person_of(cast.member)
    for number in range(25):
        points.award(person.pk, points=1, rule="test.rule", source=str(number), memo=f"第{number:02d}次")
    client.force_login(cast.member)
    html = page(client, "/me/points")
    assert html.index("第24次") < html.index("第23次")
    assert "积分从 5 到 25" in html
    assert "第04次" not in html


def test_personal_pages_are_never_cached(cast: Cast, client: Client) -> None:
    client.force_login(cast.member)
    assert "no-store" in client.get("/me")["Cache-Control"]


def test_my_union_gathers_notices_and_what_i_wrote_of_mine_alone(client: Client, cast: Cast) -> None:
    notice = notice_factories.notice(cast.union, actor=cast.officer, title="本会停水")
    talks.thread(cast.member, title="我的求助")
    talks.thread(cast.neighbour_member, title="邻会的求助")
    client.force_login(cast.member)
    html = client.get(reverse("portal:my-union")).content.decode()
    for words in (notice.title, "我的求助", cast.union.name, "换到别的工会"):
        assert words in html
    assert "邻会的求助" not in html
    client.force_login(cast.neighbour_member)
    html = client.get(reverse("portal:my-union")).content.decode()
    assert notice.title not in html
    assert "我的求助</strong>" not in html
