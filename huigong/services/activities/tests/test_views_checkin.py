"""The check-in desk: which codes get in, who may stand at the door, and what a scanner uploads later."""

import base64
import hashlib
import json
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from huigong.core.audit import SYSTEM
from huigong.core.models import AuditRow
from huigong.people.accounts import queries as accounts
from huigong.people.accounts.models import Account
from huigong.people.accounts.queries import codes
from huigong.people.accounts.tests import factories as account_factories
from huigong.people.membership import queries as membership
from huigong.people.membership.tests import factories as people
from huigong.people.orgs import operations as orgs
from huigong.people.orgs.models import Post
from huigong.people.orgs.tests import factories as org_factories
from huigong.resources.points.models import Account as PointsAccount
from huigong.resources.seats.models import Entry
from huigong.services.activities import operations, permissions
from huigong.services.activities.models import Activity, Session, Signup
from huigong.services.activities.tests import factories
from tests.cast import Cast

NOW = timezone.now


def session_soon(cast: Cast, *, hours: float = 1, **plan: Any) -> Session:
    starts_at = NOW() + timedelta(hours=hours)
    values = {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=2), "closes_at": starts_at}
    return factories.session(cast.union, **values | plan)


def sign_up(session: Session, account: Account, **values: Any) -> Signup:
    return operations.sign_up(session, member=membership.member_of(account), actor=account, **values).signup


def code_of(account: Account, *, ago: float = 0) -> str:
    """The code that the member's phone showed so many seconds ago."""
    return codes._sign(account.uuid, int(time.time() - ago) // codes.SECONDS).text


def move(session: Session, *, hours: float) -> None:
    """Put the session elsewhere in time; the clock stays."""
    starts_at = NOW() + timedelta(hours=hours)
    Session.objects.filter(pk=session.pk).update(starts_at=starts_at, ends_at=starts_at + timedelta(hours=2))


def points_of(account: Account) -> int:
    found = PointsAccount.objects.filter(person_id=membership.member_of(account).person_id).first()
    return found.balance if found else 0


@pytest.fixture
def session(cast: Cast) -> Session:
    return session_soon(cast)


@pytest.fixture
def officer(client: Client, cast: Cast) -> Client:
    client.force_login(cast.officer)
    return client


def url(name: str, session: Session) -> str:
    return reverse(f"activities:check-in{name}", args=[session.activity_id])


def post(client: Client, address: str, sent: object) -> Any:
    return client.post(address, json.dumps(sent), content_type="application/json")


def scan(client: Client, session: Session, code: str) -> dict[str, Any]:
    response = post(client, url("-scan", session), {"session": session.pk, "code": code})
    assert response.status_code == 200
    return response.json()["outcome"]


def upload(client: Client, session: Session, *scans: tuple[str, float]) -> list[dict[str, Any]]:
    sent = {"session": session.pk, "scans": [{"code": code, "at": time.time() - ago} for code, ago in scans]}
    response = post(client, url("-upload", session), sent)
    assert response.status_code == 200
    return response.json()["outcomes"]


# --- Which codes get in


def test_scan_of_a_good_code_checks_in_with_points_and_the_second_says_so(
    officer: Client, cast: Cast, session: Session
) -> None:
    signup = sign_up(session, cast.member)
    first = scan(officer, session, code_of(cast.member))
    assert (first["tone"], first["title"], first["text"]) == ("ok", "本**员", "签到成功")
    second = scan(officer, session, code_of(cast.member))
    signup.refresh_from_db()
    at = timezone.localtime(signup.checked_in_at)
    assert (second["tone"], second["text"]) == ("warn", f"已签到过 {at:%H:%M}")
    assert signup.checked_in_by == cast.officer.pk
    assert points_of(cast.member) == 20
    assert AuditRow.objects.filter(action="activities:signup:check-in").count() == 1


def test_scan_tells_how_many_come_along(officer: Client, cast: Cast) -> None:
    session = session_soon(cast)
    Activity.objects.filter(pk=session.activity_id).update(max_companions=2)
    session.refresh_from_db()
    sign_up(
        session,
        cast.member,
        companions=[{"name": "本会家属"}, {"name": "小本", "is_child": True, "consent": True}],
    )
    assert scan(officer, session, code_of(cast.member))["party"] == 3


def forged(account: Account) -> str:
    """A code whose signature was made by somebody else."""
    signed = bytearray(base64.urlsafe_b64decode(code_of(account)[3:] + "=="))
    signed[-1] ^= 1
    return codes.PREFIX + base64.urlsafe_b64encode(bytes(signed)).decode().rstrip("=")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda account: code_of(account, ago=90), "已过期"),
        (lambda account: accounts.member_codes(account.uuid)[3].text, "已过期"),
        (forged, "不是有效的会员码"),
        (lambda account: "H1.AAAA", "不是会员码"),
        (lambda account: "https://example.com/", "不是会员码"),
        (lambda account: "", "不是会员码"),
    ],
    ids=["screenshot after 90 seconds", "from the future", "forged", "cut off", "another code", "nothing"],
)
def test_scan_refuses_a_code_that_is_not_of_this_half_minute(
    make: Callable[[Account], str], words: str, officer: Client, cast: Cast, session: Session
) -> None:
    signup = sign_up(session, cast.member)
    outcome = scan(officer, session, make(cast.member))
    assert outcome["tone"] == "bad"
    assert words in outcome["text"]
    signup.refresh_from_db()
    assert signup.checked_in_at is None
    assert points_of(cast.member) == 0


def test_scan_of_somebody_who_is_not_on_the_list_says_what_to_do(
    officer: Client, cast: Cast, session: Session
) -> None:
    outcome = scan(officer, session, code_of(cast.member))
    assert outcome["title"] == "不在名单里"
    assert "手工签到" in outcome["text"]


def test_scan_at_the_wrong_session_names_the_right_one(officer: Client, cast: Cast) -> None:
    starts_at = NOW() + timedelta(hours=1)
    times = {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=2), "closes_at": starts_at}
    made = factories.activity(
        cast.union, factories.plan(name="上午场", **times), factories.plan(name="下午场", **times)
    )
    morning, afternoon = made.sessions.select_related("pool", "activity__union").order_by("id")
    sign_up(afternoon, cast.member)
    assert "“我的报名”" not in (text := scan(officer, morning, code_of(cast.member))["text"])
    assert "下午场" in text
    assert scan(officer, afternoon, code_of(cast.member))["tone"] == "ok"


def test_scan_of_who_only_waits_is_refused_with_the_state(officer: Client, cast: Cast) -> None:
    session = session_soon(cast, capacity=1, has_waitlist=True)
    sign_up(session, people.member_account(cast.union))
    waiting = sign_up(session, cast.member)
    outcome = scan(officer, session, code_of(cast.member))
    assert (outcome["tone"], outcome["title"]) == ("bad", "没有名额")
    assert "候补中" in outcome["text"]
    waiting.refresh_from_db()
    assert waiting.checked_in_at is None


def test_scan_after_cancelling_and_signing_up_again_takes_the_live_signup(
    officer: Client, cast: Cast
) -> None:
    session = session_soon(cast, hours=11)
    first = sign_up(session, cast.member)
    Entry.objects.filter(pk=first.entry_id).update(state="cancelled")
    second = sign_up(session, cast.member)
    assert scan(officer, session, code_of(cast.member))["tone"] == "ok"
    assert list(Signup.objects.filter(checked_in_at__isnull=False)) == [second]


@pytest.mark.parametrize(("hours", "tone"), [(-13.9, "ok"), (-14.1, "bad"), (11.9, "ok"), (12.1, "bad")])
def test_a_code_counts_around_the_session_only(
    hours: float, tone: str, officer: Client, cast: Cast, session: Session
) -> None:
    sign_up(session, cast.member)
    move(session, hours=hours)
    assert scan(officer, session, code_of(cast.member))["tone"] == tone


def test_a_cancelled_activity_takes_nobody_in(officer: Client, cast: Cast, session: Session) -> None:
    signup = sign_up(session, cast.member)
    Activity.objects.filter(pk=session.activity_id).update(state="cancelled")
    assert "已取消" in scan(officer, session, code_of(cast.member))["text"]
    signup.refresh_from_db()
    assert signup.checked_in_at is None


# --- What was scanned without network


def test_upload_counts_from_when_it_was_scanned_and_twice_changes_nothing(
    officer: Client, cast: Cast, session: Session
) -> None:
    signup = sign_up(session, cast.member)
    ago = 2 * 3600
    scanned = (code_of(cast.member, ago=ago), ago)
    assert [outcome["tone"] for outcome in upload(officer, session, scanned)] == ["ok"]
    signup.refresh_from_db()
    assert abs((NOW() - signup.checked_in_at).total_seconds() - ago) < 5
    trail = AuditRow.objects.filter(org_id=cast.union.pk).count()
    assert [outcome["tone"] for outcome in upload(officer, session, scanned, scanned)] == ["warn", "warn"]
    assert points_of(cast.member) == 20
    assert AuditRow.objects.filter(org_id=cast.union.pk).count() == trail


@pytest.mark.parametrize(
    ("shown", "scanned", "words"),
    [
        (-120, -120, "比现在还晚"),
        (4 * 86400, 4 * 86400, "超过 3 天"),
        (3600, 0, "已过期"),
        (0, 3600, "已过期"),
    ],
    ids=["in the future", "four days ago", "an old code scanned now", "a new code said to be old"],
)
def test_upload_refuses_a_moment_that_cannot_be(
    shown: float, scanned: float, words: str, officer: Client, cast: Cast, session: Session
) -> None:
    signup = sign_up(session, cast.member)
    (outcome,) = upload(officer, session, (code_of(cast.member, ago=shown), scanned))
    assert outcome["tone"] == "bad"
    assert words in outcome["text"]
    signup.refresh_from_db()
    assert signup.checked_in_at is None


def test_upload_answers_each_scan_for_itself(officer: Client, cast: Cast, session: Session) -> None:
    other = people.member_account(cast.union, name="林阿土")
    sign_up(session, cast.member)
    sign_up(session, other)
    stranger = people.member_account(cast.union)
    scans = [(code_of(account, ago=60), 60) for account in (cast.member, stranger, other)]
    outcomes = upload(officer, session, scans[0], (forged(other), 60), *scans[1:])
    assert [outcome["tone"] for outcome in outcomes] == ["ok", "bad", "bad", "ok"]
    assert Signup.objects.filter(checked_in_at__isnull=False).count() == 2


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "{}",
        '{"session": "x", "scans": []}',
        '{"session": 1, "scans": [{"code": "H1."}]}',
        '{"session": 1, "scans": [{"code": "H1.", "at": NaN}]}',
        '{"session": 1, "scans": [{"code": "H1.", "at": 1e300}]}',
        '{"session": 1, "scans": [{"code": "H1.", "at": -1}]}',
        json.dumps({"session": 1, "scans": [{"code": "H" * 201, "at": 1}]}),
        json.dumps({"session": 1, "scans": [{"code": "", "at": 1}] * 201}),
    ],
)
def test_upload_of_another_shape_is_refused_whole(body: str, officer: Client, session: Session) -> None:
    response = officer.post(url("-upload", session), body, content_type="application/json")
    assert response.status_code == 422


def test_upload_needs_the_token_of_our_own_pages(cast: Cast, session: Session) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.officer)
    sent = {"session": session.pk, "scans": []}
    assert post(client, url("-upload", session), sent).status_code == 403
    token = client.get(url("-people", session)).json()["token"]
    headers = {"X-CSRFToken": token}
    response = client.post(
        url("-upload", session), json.dumps(sent), content_type="application/json", headers=headers
    )
    assert response.status_code == 200


# --- Who stands at the door


def everything(client: Client, session: Session, signup: Signup, code: str) -> list[int]:
    """The status of every address of the desk."""
    sent = {"session": session.pk, "code": code, "scans": [{"code": code, "at": time.time()}]}
    responses = [client.get(url(name, session)) for name in ("", "-people", "-worker")]
    responses += [post(client, url(name, session), sent) for name in ("-scan", "-upload")]
    for name in ("check-in-by-hand", "undo-check-in"):
        address = reverse(f"activities:{name}", args=[signup.pk])
        responses += [client.get(address), client.post(address, {"reason": "没带手机"})]
    return [response.status_code for response in responses]


@pytest.mark.parametrize("role", ["neighbour_officer", "neighbour_member", "member", "retired_officer"])
def test_nobody_but_the_unions_cadres_finds_the_door_and_nothing_changes(
    role: str, client: Client, cast: Cast, session: Session
) -> None:
    signup = sign_up(session, cast.member)
    before = AuditRow.objects.count()
    client.force_login(getattr(cast, role))
    assert set(everything(client, session, signup, code_of(cast.member))) == {404}
    signup.refresh_from_db()
    assert signup.checked_in_at is None
    assert AuditRow.objects.count() == before


def test_cadres_above_and_group_leaders_stand_at_the_door(
    client: Client, cast: Cast, session: Session
) -> None:
    sign_up(session, cast.member)
    leader = account_factories.account(name="小组长")
    org_factories.post(leader, cast.union, Post.Role.GROUP_LEADER)
    for account, tone in ((leader, "ok"), (cast.township_officer, "warn"), (cast.county_officer, "warn")):
        client.force_login(account)
        assert client.get(url("", session)).status_code == 200
        assert scan(client, session, code_of(cast.member))["tone"] == tone


def test_a_co_host_checks_in_at_the_one_activity_alone(client: Client, cast: Cast, session: Session) -> None:
    other = session_soon(cast)
    grant = orgs.invite_guest(
        cast.neighbour_officer,
        kind=permissions.GRANT,
        object_id=session.activity_id,
        role="co-host",
        expires_at=NOW() + timedelta(days=1),
        union=cast.union,
        actor=SYSTEM,
    )
    orgs.accept_invitation(grant, union=cast.union, actor=cast.neighbour_officer)
    sign_up(session, cast.member)
    client.force_login(cast.neighbour_officer)
    assert scan(client, session, code_of(cast.member))["tone"] == "ok"
    assert client.get(url("", other)).status_code == 404


def test_a_session_of_another_activity_is_not_at_this_door(
    officer: Client, cast: Cast, session: Session
) -> None:
    other = session_soon(cast)
    sent = {"session": other.pk, "code": code_of(cast.member)}
    assert post(officer, url("-scan", session), sent).status_code == 404
    assert officer.get(url("", session), {"session": other.pk}).status_code == 404


# --- What the phone keeps


def test_the_kept_list_holds_opaque_ids_and_surnames_alone(
    officer: Client, cast: Cast, session: Session
) -> None:
    signup = sign_up(session, cast.member)
    kept = officer.get(url("-people", session)).json()
    hashed = hashlib.sha256(cast.member.uuid.bytes).hexdigest()
    assert kept["people"] == {hashed: [signup.pk, "本", 1, 0]}
    assert kept["key"] == accounts.public_key()
    text = json.dumps(kept, ensure_ascii=False)
    assert "本会" not in text
    assert cast.member.phone not in text
    scan(officer, session, code_of(cast.member))
    assert officer.get(url("-people", session)).json()["people"][hashed][3] > 0


def test_the_kept_list_leaves_out_who_has_no_place(officer: Client, cast: Cast) -> None:
    session = session_soon(cast, capacity=1, has_waitlist=True)
    sign_up(session, people.member_account(cast.union))
    sign_up(session, cast.member)
    people_kept = officer.get(url("-people", session)).json()["people"]
    assert hashlib.sha256(cast.member.uuid.bytes).hexdigest() not in people_kept
    assert len(people_kept) == 1


def test_the_page_that_the_phone_keeps_names_nobody(officer: Client, cast: Cast, session: Session) -> None:
    sign_up(session, cast.member)
    page = officer.get(url("", session), {"session": session.pk}).content.decode()
    assert "本**员" not in page
    assert cast.member.phone[-4:] not in page


def test_the_worker_may_answer_for_the_desk_alone(officer: Client, session: Session) -> None:
    response = officer.get(url("-worker", session))
    assert response["Service-Worker-Allowed"] == url("", session)
    assert response["Content-Type"].startswith("text/javascript")
    assert "worker-src 'self'" in response["Content-Security-Policy"]


# --- The list, and what is done by hand


def listed(client: Client, session: Session, **asked: str) -> str:
    response = client.get(url("", session), asked, headers={"HX-Request": "true"})
    assert response.status_code == 200
    return response.content.decode()


def test_the_list_tells_who_came_and_who_did_not_masked(
    officer: Client, cast: Cast, session: Session
) -> None:
    sign_up(session, cast.member)
    sign_up(session, people.member_account(cast.union, name="林阿土"))
    scan(officer, session, code_of(cast.member))
    absent, came = listed(officer, session, who="absent"), listed(officer, session, who="came")
    assert ("林*土" in absent, "本**员" in absent) == (True, False)
    assert ("林*土" in came, "本**员" in came) == (False, True)
    assert "未到 1" in absent
    assert "林阿土" not in absent


def test_after_the_end_who_did_not_come_is_absent(officer: Client, cast: Cast, session: Session) -> None:
    sign_up(session, cast.member)
    move(session, hours=-3)
    assert "缺席 1" in listed(officer, session, who="absent")


@pytest.mark.parametrize("text", ["林阿", "阿土", "lat", "tail"])
def test_the_list_is_searched_by_name_initials_and_phone_tail(
    text: str, officer: Client, cast: Cast, session: Session
) -> None:
    found = people.member_account(cast.union, name="林阿土", phone="13900009876")
    sign_up(session, found)
    sign_up(session, cast.member)
    page = listed(officer, session, q="9876" if text == "tail" else text)
    assert "林*土" in page
    assert "本**员" not in page
    assert "没有找到" in listed(officer, session, q="查无此人")


def test_the_list_pages_without_gap_or_repeat(
    officer: Client, cast: Cast, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huigong.services.activities.queries import checkin

    monkeypatch.setattr(checkin, "PAGE", 2)
    for name in ("安一", "白二", "蔡三", "戴四", "范五"):
        sign_up(session, people.member_account(cast.union, name=name))
    pages = [listed(officer, session, who="absent", **{"from": start}) for start in ("0", "2", "4")]
    assert [page.count("u-sr") for page in pages] == [2, 2, 1]
    assert "再看后面的" in pages[1]
    assert "再看后面的" not in pages[2]


@pytest.mark.parametrize("path", ["", "-people"])
def test_the_desk_costs_the_same_for_one_member_and_for_three(
    path: str, officer: Client, cast: Cast, session: Session, django_capture_queries
) -> None:
    def queries() -> int:
        with django_capture_queries() as captured:
            assert (
                officer.get(url(path, session), {"session": session.pk, "who": "absent"}).status_code == 200
            )
        return len(captured)

    sign_up(session, cast.member)
    queries()
    one = queries()
    for _ in range(2):
        sign_up(session, people.member_account(cast.union))
    assert queries() == one
    assert one <= 10


def test_by_hand_needs_a_reason_and_keeps_it(officer: Client, cast: Cast, session: Session) -> None:
    signup = sign_up(session, cast.member)
    address = reverse("activities:check-in-by-hand", args=[signup.pk])
    assert "手工签到" in officer.get(address).content.decode()
    assert officer.post(address, {"reason": " "}).status_code == 422
    signup.refresh_from_db()
    assert signup.checked_in_at is None
    response = officer.post(address, {"reason": "没带手机"})
    assert response.status_code == 302
    signup.refresh_from_db()
    assert signup.check_in_reason == "没带手机"
    assert points_of(cast.member) == 20
    assert "手工签到：没带手机" in listed(officer, session, who="came")


def test_undo_takes_the_points_back_and_the_next_check_in_gives_them_again(
    officer: Client, cast: Cast, session: Session
) -> None:
    signup = sign_up(session, cast.member)
    scan(officer, session, code_of(cast.member))
    address = reverse("activities:undo-check-in", args=[signup.pk])
    assert "20 积分会一起收回" in officer.get(address).content.decode()
    response = officer.post(address, {"reason": "点错了人"}, headers={"HX-Request": "true"})
    assert response.status_code == 204
    assert "arrivals" in json.loads(response["HX-Trigger"])
    assert points_of(cast.member) == 0
    assert scan(officer, session, code_of(cast.member))["tone"] == "ok"
    assert points_of(cast.member) == 20


def test_two_desks_that_undo_and_check_in_from_stale_pages_pay_and_take_back_once(
    cast: Cast, session: Session
) -> None:
    """Both loaded the signup before the other wrote: the round of the points comes from the database."""
    sign_up(session, cast.member)
    here, there = (
        Signup.objects.select_related("session__activity__union", "entry", "person").get() for _ in "ab"
    )
    operations.check_in(here, actor=cast.officer, reason="在场")
    operations.undo_check_in(there, actor=cast.officer, reason="点错了人")
    assert points_of(cast.member) == 0
    operations.check_in(here, actor=cast.officer, reason="在场")
    assert points_of(cast.member) == 20
    stale = Signup.objects.select_related("session__activity__union", "entry", "person").get()
    operations.undo_check_in(here, actor=cast.officer, reason="点错了人")
    operations.check_in(here, actor=cast.officer, reason="在场")
    operations.undo_check_in(stale, actor=cast.officer, reason="点错了人")
    assert points_of(cast.member) == 0


@pytest.mark.parametrize("verb", ["-scan", "-upload"])
def test_a_form_instead_of_json_is_told_so(officer: Client, session: Session, verb: str) -> None:
    response = officer.post(url(verb, session), {"code": "x"})
    assert response.status_code == 422
    assert response.json() == {"detail": "请求格式不对。"}
