"""The list of who signed up: seen, decided, added to, taken off, taken away."""

import io

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from huigong.core import verify
from huigong.core.errors import Refused
from huigong.core.models import AuditRow
from huigong.people.accounts.models import Account
from huigong.people.inbox.models import Message
from huigong.people.membership import queries as membership
from huigong.people.membership.tests import factories as people
from huigong.resources.seats.models import Entry, Pool
from huigong.services.activities import operations
from huigong.services.activities.models import Session, Signup
from huigong.services.activities.tests import factories
from tests.cast import Cast


def sign_up(session: Session, account: Account, **values) -> Signup:
    signup = operations.sign_up(session, member=membership.member_of(account), actor=account, **values).signup
    return Signup.objects.select_related("session__activity__union", "session__pool", "entry", "person").get(
        pk=signup.pk
    )


def refusal(call, *args, **kwargs) -> str:
    with pytest.raises(Refused) as refused:
        call(*args, **kwargs)
    return refused.value.code


def state(signup: Signup) -> str:
    return Entry.objects.values_list("state", flat=True).get(pk=signup.entry_id)


@pytest.fixture
def officer(client: Client, cast: Cast) -> Client:
    client.force_login(cast.officer)
    return client


def page(client: Client, session: Session, **query: object) -> str:
    response = client.get(reverse("activities:signups", args=[session.activity_id]), query)
    assert response.status_code == 200
    return response.content.decode()


# --- Operations


def test_many_requests_are_decided_and_one_too_many_says_why(cast: Cast) -> None:
    session = factories.session(cast.union, mode="review", capacity=2)
    signups = [sign_up(session, people.member_account(cast.union, name=name)) for name in ("甲", "乙", "丙")]
    done, failed = operations.decide_signups(signups, accept=True, actor=cast.officer)
    assert (done, [state(signup) for signup in signups]) == (2, ["confirmed", "confirmed", "pending"])
    assert failed == ["丙：名额已满，不能再通过。"]
    done, _ = operations.decide_signups(signups[2:], accept=False, actor=cast.officer, reason="名额有限")
    assert (done, state(signups[2])) == (1, "refused")
    message = Message.objects.get(account=signups[2].person.account_id)
    assert ("未通过" in message.title, message.body) == (True, "名额有限")
    assert Signup.objects.get(pk=signups[2].pk).decided_reason == "名额有限"
    assert [finding for finding in verify.run() if not finding.ok] == []


def test_a_decided_request_is_not_decided_again(cast: Cast) -> None:
    signup = sign_up(factories.session(cast.union, mode="review"), cast.member)
    operations.decide_signup(signup, accept=True, actor=cast.officer)
    assert (
        refusal(operations.decide_signup, signup, accept=False, actor=cast.officer, reason="x") == "decided"
    )
    assert state(signup) == "confirmed"


def test_taking_somebody_off_tells_them_and_passes_the_place_on(cast: Cast) -> None:
    session = factories.session(cast.union, capacity=1, has_waitlist=True)
    first = sign_up(session, cast.member)
    waiting = sign_up(session, people.member_account(cast.union))
    operations.remove_signup(first, actor=cast.officer, reason="本人电话请假")
    assert (state(first), state(waiting)) == ("cancelled", "offered")
    assert Message.objects.get(account=cast.member).body == "本人电话请假"
    row = AuditRow.objects.get(action="activities:signup:remove")
    assert (row.before["signup"], row.after) == (first.pk, {"reason": "本人电话请假"})
    assert [finding for finding in verify.run() if not finding.ok] == []


def test_whoever_is_checked_in_is_not_taken_off(cast: Cast) -> None:
    signup = sign_up(factories.session(cast.union), cast.member)
    operations.check_in(signup, actor=cast.officer, reason="核对本人")
    assert refusal(operations.remove_signup, signup, actor=cast.officer, reason="不要了") == "checked-in"
    assert state(signup) == "confirmed"
    assert not Message.objects.filter(account=cast.member, title__contains="取消").exists()


def test_adding_by_hand_goes_past_places_and_window_and_says_so(cast: Cast) -> None:
    session = factories.session(cast.union, capacity=1)
    sign_up(session, people.member_account(cast.union))
    Pool.objects.update(is_open=False)
    person = membership.person_of(cast.member)
    signup = operations.add_by_hand(session, person=person, actor=cast.officer, reason="现场报名")
    pool = Pool.objects.get()
    assert (state(signup), pool.taken, pool.capacity) == ("confirmed", 2, 2)
    assert signup.entry.is_override
    assert AuditRow.objects.get(action="activities:signup:add-by-hand").after["reason"] == "现场报名"
    again = {"person": person, "actor": cast.officer, "reason": "再来"}
    assert refusal(operations.add_by_hand, session, **again) == "already"
    nobody = people.person(name="路人")
    assert refusal(operations.add_by_hand, session, **again | {"person": nobody}) == "not-member"
    assert [finding for finding in verify.run() if not finding.ok] == []


def test_looking_at_numbers_is_noted(cast: Cast) -> None:
    question = {"id": "kin", "kind": "phone", "label": "家属电话", "why": "紧急联系"}
    made = factories.activity(cast.union, questions=[question])
    session = made.sessions.select_related("pool", "activity__union").get()
    signup = sign_up(session, cast.member, answers={"kin": "13800138000"})
    signup.union = cast.union
    seen = operations.show_numbers(signup, actor=cast.officer)
    assert ("家属电话", "13800138000") in seen.facts
    row = AuditRow.objects.get(action="activities:signup:show-numbers")
    assert "13800138000" not in str(row.after)


# --- Pages


def test_the_list_shows_each_state_under_its_filter(officer: Client, cast: Cast) -> None:
    session = factories.session(cast.union, capacity=2, has_waitlist=True)
    names = ("甲有名额", "乙已签到", "丙候补一", "丁候补二")
    signups = [sign_up(session, people.member_account(cast.union, name=name)) for name in names]
    operations.check_in(signups[1], actor=cast.officer, reason="核对本人")

    def shown(state: str) -> list[str]:
        found = page(officer, session, state=state)
        return [name for name in names if f"<b>{name}</b>" in found]

    assert shown("") == list(names)
    assert shown("confirmed") == ["甲有名额", "乙已签到"]
    assert shown("came") == ["乙已签到"]
    assert shown("waiting") == ["丙候补一", "丁候补二"]
    assert shown("absent") == []
    waiting = page(officer, session, state="waiting")
    assert waiting.index("丙候补一") < waiting.index("候补第 1 位") < waiting.index("丁候补二")
    Session.objects.update(starts_at=session.starts_at.replace(year=2020))
    assert shown("absent") == ["甲有名额"]


def test_the_list_is_searched_by_name_initials_and_phone_tail(officer: Client, cast: Cast) -> None:
    session = factories.session(cast.union)
    account = people.member_account(cast.union, name="林秀英")
    sign_up(session, account)
    sign_up(session, cast.member)
    for text in ("秀英", "lxy", account.phone[-4:]):
        found = page(officer, session, q=text)
        assert "林秀英" in found, text
        assert "本会会员" not in found, text
    assert account.phone not in page(officer, session)


def test_the_list_pages_without_gap_or_repeat(officer: Client, cast: Cast) -> None:
    session = factories.session(cast.union, capacity=99)
    for number in range(33):
        sign_up(session, people.member_account(cast.union, name=f"会员{number:02d}号"))
    first = page(officer, session)
    cursor = first.split('hx-get="?cursor=')[1].split('"')[0]
    second = page(officer, session, cursor=cursor)
    shown = [(f"会员{number:02d}号" in first) + (f"会员{number:02d}号" in second) for number in range(33)]
    assert shown == [1] * 33


@pytest.mark.parametrize("state", ["", "waiting", "pending"])
def test_the_list_costs_the_same_for_one_row_and_for_three(
    officer: Client, cast: Cast, state: str, django_capture_queries
) -> None:
    mode = "review" if state == "pending" else "rush"
    session = factories.session(cast.union, mode=mode, capacity=1, has_waitlist=True)
    sign_up(session, people.member_account(cast.union))

    def count() -> int:
        with django_capture_queries() as captured:
            page(officer, session, state=state)
        return len(captured)

    sign_up(session, people.member_account(cast.union))
    one = count()
    for _ in range(2):
        sign_up(session, people.member_account(cast.union))
    assert count() == one


def test_ticked_requests_are_decided_by_form(officer: Client, cast: Cast) -> None:
    session = factories.session(cast.union, mode="review", capacity=1)
    signups = [sign_up(session, people.member_account(cast.union, name=name)) for name in ("甲", "乙")]
    other = sign_up(factories.session(cast.neighbour, mode="review"), cast.neighbour_member)
    url = reverse("activities:decide-signups", args=[session.activity_id])
    assert officer.post(url, {"accept": "1"}).status_code == 422
    assert officer.post(url, {"accept": "1", "signup": [other.pk]}).status_code == 422
    assert officer.post(url, {"accept": "0", "signup": [signups[0].pk]}).status_code == 422
    response = officer.post(url, {"accept": "1", "signup": [signup.pk for signup in signups]}, follow=True)
    assert "乙：名额已满" in response.content.decode()
    assert [state(signup) for signup in (*signups, other)] == ["confirmed", "pending", "pending"]


def test_one_request_is_decided_and_one_signup_taken_off_by_form(officer: Client, cast: Cast) -> None:
    session = factories.session(cast.union, mode="review")
    signup = sign_up(session, cast.member)
    assert "不通过" in officer.get(reverse("activities:signup", args=[signup.pk])).content.decode()
    decide, remove = (
        reverse(f"activities:{name}", args=[signup.pk]) for name in ("decide-signup", "remove-signup")
    )
    assert officer.post(decide, {"accept": "0"}).status_code == 422
    officer.post(decide, {"accept": "1"})
    assert state(signup) == "confirmed"
    assert officer.post(remove, {"reason": ""}).status_code == 422
    officer.post(remove, {"reason": "不来了"})
    assert state(signup) == "cancelled"


def test_a_member_is_found_and_added_by_form(officer: Client, cast: Cast) -> None:
    session = factories.session(cast.union)
    url = reverse("activities:add-signup", args=[session.activity_id])
    person, stranger = membership.person_of(cast.member), membership.person_of(cast.neighbour_member)
    found = officer.get(url, {"q": "会员"}).content.decode()
    assert "本会会员" in found
    assert "邻会会员" not in found
    assert (
        officer.post(url, {"person": stranger.pk, "session": session.pk, "reason": "帮忙"}).status_code == 404
    )
    assert officer.post(url, {"person": person.pk, "session": session.pk, "reason": ""}).status_code == 422
    assert officer.post(url, {"person": person.pk, "session": 0, "reason": "现场"}).status_code == 422
    assert Signup.objects.count() == 0
    assert (
        officer.post(url, {"person": person.pk, "session": session.pk, "reason": "现场"}).status_code == 302
    )
    assert Signup.objects.get().person == person


def test_the_file_holds_the_filtered_list_masked_and_harmless_and_is_noted(
    officer: Client, cast: Cast
) -> None:
    question = {"id": "kin", "kind": "phone", "label": "家属电话", "why": "紧急联系"}
    note = {"id": "note", "kind": "text", "label": "备注"}
    made = factories.activity(cast.union, questions=[question, note])
    session = made.sessions.select_related("pool", "activity__union").get()
    account = people.member_account(cast.union, name="林秀英")
    sign_up(session, account, answers={"kin": "13800138000", "note": '=HYPERLINK("http://x")'})
    operations.cancel_signup(sign_up(session, cast.member), actor=cast.member)
    response = officer.post(
        reverse("activities:export-signups", args=[made.pk]), {"state": "confirmed", "session": session.pk}
    )
    assert "attachment" in response["Content-Disposition"]
    sheet = load_workbook(io.BytesIO(response.content)).active
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    text = str(cells)
    assert "林秀英" in text
    assert "本会会员" not in text
    assert account.phone not in text
    assert "138****8000" in text
    assert "'=HYPERLINK" in text
    assert cast.officer.display_name in cells[1][0]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    row = AuditRow.objects.get(action="activities:signup:export")
    assert (row.after["rows"], row.actor_id) == (1, cast.officer.pk)


LIST = ["signups", "decide-signups", "add-signup", "export-signups"]
ONE = ["signup", "show-numbers", "decide-signup", "remove-signup"]


@pytest.mark.parametrize("name", LIST + ONE)
def test_the_neighbour_gets_nothing_and_changes_nothing(client: Client, cast: Cast, name: str) -> None:
    session = factories.session(cast.union, mode="review")
    signup = sign_up(session, cast.member)
    rows = AuditRow.objects.count()
    url = reverse(f"activities:{name}", args=[session.activity_id if name in LIST else signup.pk])
    data = {"accept": "1", "signup": [signup.pk], "reason": "就要", "person": signup.person_id}
    for account in (cast.neighbour_officer, cast.retired_officer, cast.member):
        client.force_login(account)
        for method in (client.get, client.post):
            response = method(url, data)
            assert response.status_code in (404, 405)
            assert "本会会员" not in response.content.decode()
    assert state(signup) == "pending"
    assert AuditRow.objects.count() == rows
