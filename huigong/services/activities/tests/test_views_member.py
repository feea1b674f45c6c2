"""Members' pages: what each state reads, what they cost, and who sees them."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from huigong.core.audit import SYSTEM
from huigong.people.accounts.models import Account
from huigong.people.accounts.tests import factories as accounts
from huigong.people.membership import queries as membership
from huigong.people.membership.tests import factories as people
from huigong.people.orgs.models import Post
from huigong.people.orgs.tests import factories as orgs
from huigong.resources.seats.models import Entry, Pool
from huigong.services.activities import operations
from huigong.services.activities.models import Activity, Session, Signup
from huigong.services.activities.tests import factories
from tests.cast import Cast

NOW = timezone.now


def sign_up(session: Session, account: Account, **values) -> Signup:
    return operations.sign_up(session, member=membership.member_of(account), actor=account, **values).signup


@pytest.fixture
def member(client: Client, cast: Cast) -> Client:
    client.force_login(cast.member)
    return client


def detail(client: Client, activity: Activity) -> str:
    response = client.get(reverse("activities:detail", args=[activity.pk]))
    assert response.status_code == 200
    return response.content.decode()


def queries_of(client: Client, url: str, count) -> int:
    with count() as captured:
        assert client.get(url).status_code == 200
    return len(captured)


# --- The list


def test_index_shows_what_the_reader_is_offered_and_not_the_neighbours(member: Client, cast: Cast) -> None:
    factories.activity(cast.union, title="本会的活动")
    factories.activity(cast.county, title="全县的活动")
    factories.activity(cast.neighbour, title="邻会的活动")
    factories.draft(cast.union, title="还是草稿")
    page = member.get(reverse("activities:index")).content.decode()
    assert "本会的活动" in page
    assert "全县的活动" in page
    assert "邻会的活动" not in page
    assert "还是草稿" not in page


def test_index_of_a_stranger_shows_the_countys_alone(client: Client, cast: Cast) -> None:
    factories.activity(cast.union, title="本会的活动")
    factories.activity(cast.county, title="全县的活动")
    page = client.get(reverse("activities:index")).content.decode()
    assert "全县的活动" in page
    assert "本会的活动" not in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "羽毛"}, ["羽毛球赛"]),
        ({"q": "石雕园"}, ["石雕公开课"]),
        ({"category": "skill"}, ["石雕公开课"]),
        ({"when": "coming"}, ["亲子采摘"]),
        ({"q": "没有这种活动"}, []),
        ({"cursor": "乱写_的"}, []),
        ({"cursor": "2020-01-01_1"}, ["羽毛球赛", "石雕公开课", "亲子采摘"]),
    ],
)
def test_index_filters_and_survives_what_it_never_gave(
    member: Client, cast: Cast, query: dict[str, str], found: list[str]
) -> None:
    factories.activity(cast.union, title="羽毛球赛")
    factories.activity(cast.union, title="石雕公开课", category="skill", place="石雕园")
    soon = NOW() + timedelta(hours=3)
    factories.activity(cast.union, factories.plan(opens_at=soon), title="亲子采摘")
    page = re.sub("</?mark>", "", member.get(reverse("activities:index"), query).content.decode())
    assert [title for title in ("羽毛球赛", "石雕公开课", "亲子采摘") if f"{title}</a>" in page] == found
    assert ("没有找到" in page) == (not found)


def test_index_counts_the_places_of_all_sessions_whatever_the_filter(member: Client, cast: Cast) -> None:
    later = NOW() + timedelta(hours=3)
    factories.activity(cast.union, factories.plan(capacity=4), factories.plan(capacity=5, opens_at=later))
    for when in ("", "open", "coming"):
        assert "剩 9" in member.get(reverse("activities:index"), {"when": when}).content.decode()


def test_index_pages_by_cursor_without_gap_or_repeat(member: Client, cast: Cast) -> None:
    for number in range(14):
        factories.activity(cast.union, title=f"活动第{number:02d}号")
    first = member.get(reverse("activities:index"))
    more = first.content.decode().split('hx-get="?cursor=')[1].split('"')[0]
    second = member.get(reverse("activities:index") + "?cursor=" + more, headers={"HX-Request": "true"})
    assert b"<html" not in second.content
    pages = [first.content.decode(), second.content.decode()]
    shown = [sum(f"活动第{number:02d}号</a>" in page for page in pages) for number in range(14)]
    assert shown == [1] * 14


@pytest.mark.parametrize("name", ["activities:index", "activities:my-signups"])
def test_a_list_costs_the_same_for_one_row_and_for_three(
    name: str, member: Client, cast: Cast, django_capture_queries
) -> None:
    def add() -> None:
        sign_up(factories.session(cast.union), cast.member)

    add()
    one = queries_of(member, reverse(name), django_capture_queries)
    add()
    add()
    assert queries_of(member, reverse(name), django_capture_queries) == one


def test_detail_costs_the_same_for_one_session_and_for_three(
    member: Client, cast: Cast, django_capture_queries
) -> None:
    small = factories.activity(cast.union)
    sign_up(small.sessions.select_related("pool", "activity__union").get(), cast.member)
    large = factories.activity(cast.union, *(factories.plan(name=name) for name in ("早", "中", "晚")))
    for session in large.sessions.select_related("pool", "activity__union"):
        sign_up(session, cast.member)
        sign_up(session, people.member_account(cast.union))
    urls = [reverse("activities:detail", args=[activity.pk]) for activity in (small, large)]
    assert queries_of(member, urls[0], django_capture_queries) == queries_of(
        member, urls[1], django_capture_queries
    )


# --- One activity: every state reads right


def set_window(activity: Activity, **window) -> None:
    Pool.objects.filter(pk__in=activity.sessions.values("pool")).update(**window)


def test_detail_before_the_window_counts_down_and_keeps_the_sheet_ready(member: Client, cast: Cast) -> None:
    activity = factories.activity(cast.union, factories.plan(opens_at=NOW() + timedelta(minutes=5)))
    page = detail(member, activity)
    assert "距报名开始" in page
    assert 'data-countdown-to="30' in page or 'data-countdown-to="29' in page
    assert 'id="signup"' in page


def test_detail_open_offers_the_sheet_with_every_free_session(member: Client, cast: Cast) -> None:
    activity = factories.activity(
        cast.union, factories.plan(name="上午场"), factories.plan(name="下午场", capacity=1), max_companions=1
    )
    afternoon = activity.sessions.select_related("pool", "activity__union").get(name="下午场")
    sign_up(afternoon, people.member_account(cast.union))
    page = detail(member, activity)
    assert "立即报名" in page
    sheet = page.split('id="signup"')[1]
    assert "上午场" in sheet
    assert "下午场" not in sheet
    assert "带同行人" in sheet


@pytest.mark.parametrize(("has_waitlist", "words"), [(True, "已满 · 报名候补"), (False, "名额已满")])
def test_detail_full_says_whether_one_can_wait(
    member: Client, cast: Cast, has_waitlist: bool, words: str
) -> None:
    activity = factories.activity(cast.union, factories.plan(capacity=1, has_waitlist=has_waitlist))
    sign_up(
        activity.sessions.select_related("pool", "activity__union").get(), people.member_account(cast.union)
    )
    page = detail(member, activity)
    assert words in page
    assert ('id="signup"' in page) is has_waitlist


def test_detail_after_the_deadline_and_after_the_end_says_so(member: Client, cast: Cast) -> None:
    activity = factories.activity(cast.union)
    past = NOW() - timedelta(days=2)
    set_window(activity, opens_at=past - timedelta(days=1), closes_at=past)
    assert "报名截止" in detail(member, activity)
    Activity.objects.filter(pk=activity.pk).update(starts_at=past, ends_at=past + timedelta(hours=1))
    page = detail(member, activity)
    assert "已结束" in page
    assert 'id="signup"' not in page


def test_detail_of_a_cancelled_activity_says_why_and_lists_leave_it_out(member: Client, cast: Cast) -> None:
    activity = factories.activity(cast.union, title="海钓赛")
    operations.cancel_activity(activity, actor=SYSTEM, reason="台风")
    page = detail(member, activity)
    assert "活动已取消：台风" in page
    assert 'id="signup"' not in page
    assert "海钓赛" not in member.get(reverse("activities:index")).content.decode()


def test_detail_tells_who_is_not_meant_why(member: Client, cast: Cast) -> None:
    from huigong.people.membership.queries import Rule

    activity = factories.activity(cast.union, rule=Rule(sex="2"))
    assert "只面向女职工。" in detail(member, activity)


def test_detail_leads_a_stranger_to_login_and_a_worker_to_joining(client: Client, cast: Cast) -> None:
    activity = factories.activity(cast.county)
    assert "登录后报名" in detail(client, activity)
    client.force_login(cast.applicant)
    assert "入会后即可报名" in detail(client, activity)


def test_detail_of_the_neighbours_activity_is_not_found(client: Client, cast: Cast) -> None:
    activity = factories.activity(cast.union)
    for account in (None, cast.neighbour_member, cast.neighbour_officer):
        if account:
            client.force_login(account)
        assert client.get(reverse("activities:detail", args=[activity.pk])).status_code == 404


def test_detail_stays_readable_for_somebody_who_signed_up_and_then_left_the_union(
    client: Client, cast: Cast
) -> None:
    activity = factories.activity(cast.neighbour)
    person = membership.person_of(cast.member)
    session = activity.sessions.select_related("pool", "activity__union").get()
    operations.add_by_hand(session, person=person, actor=cast.neighbour_officer, reason="借调人员")
    client.force_login(cast.member)
    assert "已报名" in detail(client, activity)


# --- Signing up


def post_sign_up(client: Client, activity: Activity, **data):
    session = activity.sessions.first()
    values = {"session": session.pk, "c-TOTAL_FORMS": 0, "c-INITIAL_FORMS": 0} | data
    return client.post(reverse("activities:sign-up", args=[activity.pk]), values)


def test_sign_up_by_form_takes_a_place_and_comes_back(member: Client, cast: Cast) -> None:
    activity = factories.activity(cast.union)
    response = post_sign_up(member, activity)
    assert response.status_code == 302
    assert response["Location"] == reverse("activities:detail", args=[activity.pk])
    page = member.get(response["Location"]).content.decode()
    assert "报名成功" in page
    assert "已报名" in page
    assert "您已经报过名了" in member.get(post_sign_up(member, activity)["Location"]).content.decode()


def test_sign_up_with_a_mistake_shows_the_form_again_with_what_was_typed(member: Client, cast: Cast) -> None:
    question = {"id": "size", "kind": "single", "label": "衣服尺码", "required": True, "options": ["S", "M"]}
    activity = factories.activity(cast.union, questions=[question], max_companions=1)
    party = {"c-TOTAL_FORMS": 1, "c-0-name": "小宝", "c-0-is_child": "on"}
    response = post_sign_up(member, activity, **party)
    page = response.content.decode()
    assert response.status_code == 422
    assert "请选择。" in page
    assert "须监护人勾选同意" in page
    assert "小宝" in page
    assert Signup.objects.count() == 0
    good = party | {"q-size": "M", "c-0-consent": "on"}
    assert post_sign_up(member, activity, **good).status_code == 302
    signup = Signup.objects.get()
    assert signup.answers == {"size": "M"}
    assert signup.companions == [{"name": "小宝", "is_child": True}]


def test_sign_up_to_a_session_of_another_activity_is_not_found(member: Client, cast: Cast) -> None:
    mine, other = factories.activity(cast.union), factories.activity(cast.neighbour)
    assert post_sign_up(member, mine, session=other.sessions.get().pk).status_code == 422
    assert Signup.objects.count() == 0


def test_sign_up_of_the_neighbour_is_not_found_and_changes_nothing(client: Client, cast: Cast) -> None:
    activity = factories.activity(cast.union)
    client.force_login(cast.neighbour_member)
    assert post_sign_up(client, activity).status_code == 404
    assert Signup.objects.count() == 0


def test_answers_with_a_phone_are_encrypted_at_rest_and_masked_on_the_page(
    member: Client, cast: Cast
) -> None:
    question = {"id": "kin", "kind": "phone", "label": "紧急联系电话", "why": "户外活动联系家属"}
    activity = factories.activity(cast.union, questions=[question])
    post_sign_up(member, activity, **{"q-kin": "13800138000"})
    signup = Signup.objects.get()
    assert "13800138000" not in str(signup.answers)
    page = member.get(reverse("activities:my-signup", args=[signup.pk])).content.decode()
    assert "138****8000" in page


# --- My part


@pytest.fixture
def waiting(cast: Cast) -> Signup:
    session = factories.session(cast.union, capacity=1, has_waitlist=True)
    sign_up(session, people.member_account(cast.union))
    return sign_up(session, cast.member)


def my_page(client: Client, signup: Signup) -> str:
    return client.get(reverse("activities:my-signup", args=[signup.pk])).content.decode()


def test_my_signup_tells_the_place_in_the_queue_then_the_offer_then_the_place(
    member: Client, cast: Cast, waiting: Signup
) -> None:
    assert "候补第 1 位" in my_page(member, waiting)
    first = Signup.objects.exclude(pk=waiting.pk).select_related("session__activity__union", "entry").get()
    operations.cancel_signup(first, actor=SYSTEM)
    page = my_page(member, waiting)
    assert "有名额了" in page
    assert "确认参加" in page
    member.post(reverse("activities:accept-offer", args=[waiting.pk]))
    page = my_page(member, waiting)
    assert "名额已确认" in page
    assert "出示会员码签到" in page


def test_my_signup_after_check_in_shows_the_points(member: Client, cast: Cast) -> None:
    signup = sign_up(factories.session(cast.union), cast.member)
    operations.check_in(signup, actor=cast.officer)
    page = my_page(member, signup)
    assert "已签到" in page
    assert "+20 积分" in page
    assert "取消报名" not in page


@pytest.mark.parametrize(
    ("state", "words"),
    [("lost", "未中签"), ("refused", "未通过"), ("lapsed", "候补逾期"), ("cancelled", "已取消")],
)
def test_my_signup_that_came_to_nothing_says_so_and_offers_no_button(
    member: Client, cast: Cast, state: str, words: str
) -> None:
    signup = sign_up(factories.session(cast.union), cast.member)
    Entry.objects.filter(pk=signup.entry_id).update(state=state)
    page = my_page(member, signup)
    assert words in page
    assert "出示会员码签到" not in page
    assert "取消报名" not in page


def test_cancelling_asks_first_and_then_frees_the_place(member: Client, cast: Cast) -> None:
    signup = sign_up(factories.session(cast.union), cast.member)
    assert "取消报名？" in my_page(member, signup)
    member.post(reverse("activities:cancel-signup", args=[signup.pk]))
    assert Entry.objects.get(pk=signup.entry_id).state == "cancelled"


@pytest.mark.parametrize("name", ["my-signup", "cancel-signup", "accept-offer"])
def test_somebody_elses_signup_is_not_found_and_stays(client: Client, cast: Cast, name: str) -> None:
    signup = sign_up(factories.session(cast.union), cast.member)
    for account in (cast.neighbour_member, people.member_account(cast.union), cast.officer):
        client.force_login(account)
        method = client.get if name == "my-signup" else client.post
        assert method(reverse(f"activities:{name}", args=[signup.pk])).status_code == 404
    assert Entry.objects.get(pk=signup.entry_id).state == "confirmed"


@pytest.mark.parametrize(
    ("who", "door", "desk"),
    [
        ("leader", True, False),
        ("officer", True, True),
        ("member", False, False),
        ("neighbour_officer", False, False),
    ],
)
def test_officers_find_the_door_and_the_desk_on_the_activitys_page(
    client: Client, cast: Cast, who: str, door: bool, desk: bool
) -> None:
    activity = factories.activity(cast.county)
    if who == "leader":
        account = accounts.account(name="小组长")
        orgs.post(account, cast.county, Post.Role.GROUP_LEADER)
    elif who == "officer":
        account = cast.county_officer
    else:
        account = getattr(cast, who)
    client.force_login(account)
    page = client.get(reverse("activities:detail", args=[activity.pk])).content.decode()
    assert (reverse("activities:check-in", args=[activity.pk]) in page) is door
    assert (f'href="{reverse("activities:manage", args=[activity.pk])}"' in page) is desk


def test_my_signups_are_told_apart_by_what_is_ahead(member: Client, cast: Cast) -> None:
    sign_up(factories.session(cast.union), cast.member)
    given_up = sign_up(
        factories.activity(cast.union, title="厨艺比赛")
        .sessions.select_related("pool", "activity__union")
        .get(),
        cast.member,
    )
    operations.cancel_signup(given_up, actor=cast.member)
    address = reverse("activities:my-signups")
    ahead = member.get(address, {"when": "ahead"}).content.decode()
    past = member.get(address, {"when": "past"}).content.decode()
    assert ("职工羽毛球赛" in ahead, "厨艺比赛" in ahead) == (True, False)
    assert ("职工羽毛球赛" in past, "厨艺比赛" in past) == (False, True)
