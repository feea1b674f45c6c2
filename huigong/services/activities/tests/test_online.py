"""Online activities: sending in, deciding what is shown, voting, and who sees the photos."""

import io
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from huigong.core import flags, verify
from huigong.core.audit import SYSTEM
from huigong.core.errors import Refused
from huigong.core.models import AuditRow, StoredFile
from huigong.people.accounts.models import Account
from huigong.people.inbox.models import Message
from huigong.people.membership import queries as membership
from huigong.people.membership.tests import factories as people
from huigong.people.orgs.models import Union
from huigong.resources.points.models import Account as PointsAccount
from huigong.services.activities import operations
from huigong.services.activities.models import Activity, Contribution, Signup, Vote
from huigong.services.activities.tests import factories
from tests import guards
from tests.cast import Cast, make_cast

NOW = timezone.now


def online(union: Union, *, votes: int = 0, mode: str = "rush", **fields: Any) -> Activity:
    """A published online activity that runs since an hour and for a day."""
    plan = factories.plan(
        mode=mode,
        capacity=500,
        starts_at=NOW() - timedelta(hours=1),
        ends_at=NOW() + timedelta(days=1),
        closes_at=NOW() + timedelta(hours=20),
    )
    values = {"kind": "online", "place": "", "title": "七夕家书", "votes_per_member": votes}
    return factories.activity(union, plan, **values | fields)


def jpeg(size: tuple[int, int] = (900, 600)) -> io.BytesIO:
    file = io.BytesIO()
    Image.effect_noise(size, 80).convert("RGB").save(file, "JPEG")
    file.seek(0)
    return file


def contribute(
    activity: Activity, account: Account, text: str = "写给家人的一封信", **values: Any
) -> Contribution:
    return operations.contribute(
        activity,
        session=activity.sessions.select_related("pool", "activity__union").first(),
        member=membership.member_of(account),
        actor=account,
        text=text,
        **values,
    )


def shown(activity: Activity, account: Account, **values: Any) -> Contribution:
    return operations.show(contribute(activity, account, **values), actor=SYSTEM)


def vote(contribution: Contribution, account: Account) -> bool:
    return operations.vote(contribution, member=membership.member_of(account), actor=account)


def take_back(contribution: Contribution, account: Account) -> bool:
    return operations.take_vote_back(contribution, member=membership.member_of(account), actor=account)


def votes_of(contribution: Contribution) -> tuple[int, int]:
    """(the counter, the ballots)."""
    contribution.refresh_from_db()
    return contribution.votes, contribution.ballots.count()


def assert_all_invariants_hold() -> None:
    assert [finding for finding in verify.run() if not finding.ok] == []


# --- Sending in


def test_contribute_signs_up_in_one_step_and_asks_the_organiser_once(cast: Cast) -> None:
    activity = online(cast.union)
    sent = contribute(activity, cast.member)
    contribute(activity, people.member_account(cast.union))
    assert (sent.state, sent.signup.person.account_id) == ("submitted", cast.member.pk)
    assert Signup.objects.filter(entry__state="confirmed").count() == 2
    assert Message.objects.filter(account=cast.officer, title__contains="待审核").count() == 1
    assert AuditRow.objects.filter(action="activities:contribution:submit").count() == 2
    assert_all_invariants_hold()


def test_contribute_again_replaces_what_is_not_shown_yet(cast: Cast) -> None:
    activity = online(cast.union)
    first = contribute(activity, cast.member, photo=jpeg())
    again = contribute(activity, cast.member, text="改过的信", photo=jpeg())
    kept = contribute(activity, cast.member, text="只改文字")
    assert first.pk == again.pk == kept.pk
    assert (kept.text, kept.image_id) == ("只改文字", again.image_id)
    assert StoredFile.objects.count() == 2, "the replaced photo and its thumbnail are gone"
    assert Signup.objects.count() == 1


def test_a_photo_is_kept_large_and_small_and_not_public(cast: Cast) -> None:
    sent = contribute(online(cast.union), cast.member, text="", photo=jpeg())
    assert (sent.image.width, sent.thumbnail.width) == (900, 480)
    assert not sent.image.is_public


@pytest.mark.parametrize(
    ("values", "code"),
    [({"text": "  "}, "empty"), ({"photo": io.BytesIO(b"no picture")}, "bad-image")],
)
def test_contribute_nothing_or_no_picture_is_refused_and_signs_nobody_up(
    values: dict[str, Any], code: str, cast: Cast
) -> None:
    with pytest.raises(Refused) as refused:
        contribute(online(cast.union), cast.member, **values)
    assert (refused.value.code, refused.value.status) == (code, 422)
    assert (Signup.objects.count(), Contribution.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("window", "code"),
    [
        ({"starts_at": NOW() + timedelta(hours=1)}, "early"),
        ({"ends_at": NOW() - timedelta(minutes=1)}, "closed"),
        ({"state": "closed"}, "closed"),
        ({"kind": "onsite"}, "not-online"),
    ],
)
def test_contribute_outside_the_activitys_time_is_refused(
    window: dict[str, Any], code: str, cast: Cast
) -> None:
    activity = online(cast.union)
    Activity.objects.filter(pk=activity.pk).update(**window)
    activity.refresh_from_db()
    with pytest.raises(Refused) as refused:
        contribute(activity, cast.member)
    assert refused.value.code == code


def test_contribute_by_the_neighbour_is_refused_and_changes_nothing(cast: Cast) -> None:
    with pytest.raises(Refused) as refused:
        contribute(online(cast.union), cast.neighbour_member)
    assert (refused.value.code, refused.value.status) == ("not-eligible", 403)
    assert (Signup.objects.count(), Contribution.objects.count()) == (0, 0)


def test_contribute_asks_the_organisers_questions(cast: Cast) -> None:
    question = {"id": "q1", "kind": "text", "label": "节目名称", "required": True}
    activity = online(cast.union, questions=[question])
    with pytest.raises(Refused) as refused:
        contribute(activity, cast.member)
    assert refused.value.code == "bad-answers"
    assert contribute(activity, cast.member, answers={"q1": "家书"}).signup.answers


def test_contribute_while_the_signup_waits_for_review_is_refused(cast: Cast) -> None:
    with pytest.raises(Refused) as refused:
        contribute(online(cast.union, mode="review"), cast.member)
    assert refused.value.code == "no-place"
    assert Signup.objects.count() == 0


def test_whoever_takes_part_is_in_the_prize_draw(cast: Cast) -> None:
    sent = contribute(online(cast.union, mode="draw"), cast.member)
    assert sent.signup.entry.state == "pending"


def test_contribute_when_the_platform_is_read_only_is_refused(cast: Cast) -> None:
    flags.throw(flags.Switch.READ_ONLY, actor=SYSTEM, reason="检修")
    with pytest.raises(Refused) as refused:
        contribute(online(cast.union), cast.member)
    assert refused.value.code == "paused"
    flags.release(flags.Switch.READ_ONLY, actor=SYSTEM)


# --- Deciding


def test_show_awards_the_points_once_and_tells_the_member(cast: Cast) -> None:
    activity = online(cast.union, points=30)
    sent = operations.show(contribute(activity, cast.member), actor=cast.officer)
    operations.refuse(sent, reason="照片模糊", actor=cast.officer)
    operations.show(sent, actor=cast.officer)
    assert PointsAccount.objects.get(person=sent.signup.person_id).balance == 30
    titles = Message.objects.filter(account=cast.member).order_by("id").values_list("title", flat=True)
    assert [title[-4:] for title in titles] == ["品已展示", "没有通过", "品已展示"]
    row = AuditRow.objects.filter(action="activities:contribution:refuse").get()
    assert (row.actor_id, row.after["reason"], row.org_id) == (cast.officer.pk, "照片模糊", cast.union.pk)
    assert_all_invariants_hold()


def test_show_twice_and_refuse_twice_are_refused(cast: Cast) -> None:
    sent = shown(online(cast.union), cast.member)
    with pytest.raises(Refused):
        operations.show(sent, actor=SYSTEM)
    operations.refuse(sent, reason="不合适", actor=SYSTEM)
    with pytest.raises(Refused):
        operations.refuse(sent, reason="不合适", actor=SYSTEM)


def test_a_shown_work_is_not_replaced(cast: Cast) -> None:
    activity = online(cast.union)
    shown(activity, cast.member)
    with pytest.raises(Refused) as refused:
        contribute(activity, cast.member, text="换掉")
    assert refused.value.code == "shown"


def test_show_many_shows_what_waits_and_leaves_the_rest(cast: Cast) -> None:
    activity = online(cast.union)
    works = [contribute(activity, people.member_account(cast.union)) for _ in range(3)]
    operations.refuse(works[0], reason="重复", actor=SYSTEM)
    assert operations.show_many(works, actor=cast.officer) == 2
    assert sorted(Contribution.objects.values_list("state", flat=True)) == ["refused", "shown", "shown"]


def test_withdraw_erases_words_photo_and_votes_and_gives_the_votes_back(cast: Cast) -> None:
    activity = online(cast.union, votes=1)
    sent = shown(activity, cast.member, photo=jpeg())
    voter = people.member_account(cast.union)
    vote(sent, voter)
    operations.withdraw(sent, actor=cast.member)
    sent.refresh_from_db()
    assert (sent.state, sent.text, sent.image, sent.votes) == ("withdrawn", "", None, 0)
    assert (Vote.objects.count(), StoredFile.objects.count()) == (0, 0)
    assert vote(shown(activity, people.member_account(cast.union)), voter)
    with pytest.raises(Refused):
        operations.withdraw(sent, actor=cast.member)
    assert contribute(activity, cast.member, text="再来").pk == sent.pk
    assert_all_invariants_hold()


def test_who_sent_something_in_takes_it_back_before_giving_up_the_place(cast: Cast) -> None:
    activity = online(cast.union, cancel_hours=0)
    sent = shown(activity, cast.member)
    activity.sessions.update(starts_at=NOW() + timedelta(hours=1))
    signup = Signup.objects.select_related("session__activity__union", "session__pool", "entry").get()
    with pytest.raises(Refused) as refused:
        operations.cancel_signup(signup, actor=cast.member)
    assert refused.value.code == "contributed"
    operations.withdraw(sent, actor=cast.member)
    operations.cancel_signup(signup, actor=cast.member)
    again = contribute(activity, cast.member)
    assert again.pk != sent.pk
    assert_all_invariants_hold()


# --- Voting


def test_a_vote_counts_once_and_can_be_taken_back(cast: Cast) -> None:
    sent = shown(online(cast.union, votes=2), cast.member)
    voter = people.member_account(cast.union)
    assert (vote(sent, voter), vote(sent, voter), votes_of(sent)) == (True, False, (1, 1))
    assert (take_back(sent, voter), take_back(sent, voter), votes_of(sent)) == (True, False, (0, 0))
    assert AuditRow.objects.filter(action__contains="vote").count() == 0, "a ballot is secret"
    assert_all_invariants_hold()


def test_a_member_has_so_many_votes_and_no_more(cast: Cast) -> None:
    activity = online(cast.union, votes=2)
    works = [shown(activity, people.member_account(cast.union)) for _ in range(3)]
    assert vote(works[0], cast.member)
    assert vote(works[1], cast.member)
    with pytest.raises(Refused) as refused:
        vote(works[2], cast.member)
    assert refused.value.code == "no-votes"
    assert vote(works[1], cast.member) is False, "the same again is answered kindly"
    take_back(works[0], cast.member)
    assert vote(works[2], cast.member)
    assert sorted(Vote.objects.values_list("slot", flat=True)) == [0, 1]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"ends_at": NOW() - timedelta(minutes=1)}, "closed"),
        ({"starts_at": NOW() + timedelta(hours=9)}, "closed"),  # read long before this runs
        ({"state": "closed"}, "closed"),
        ({"votes_per_member": 0}, "no-voting"),
    ],
)
def test_vote_when_there_is_no_voting_is_refused(change: dict[str, Any], code: str, cast: Cast) -> None:
    activity = online(cast.union, votes=1)
    sent = shown(activity, cast.member)
    Activity.objects.filter(pk=activity.pk).update(**change)
    sent = Contribution.objects.select_related("activity", "signup").get(pk=sent.pk)
    with pytest.raises(Refused) as refused:
        vote(sent, people.member_account(cast.union))
    assert refused.value.code == code
    assert votes_of(sent) == (0, 0)


def test_a_vote_stands_once_the_activity_is_over(cast: Cast) -> None:
    activity = online(cast.union, votes=1)
    sent, voter = shown(activity, cast.member), people.member_account(cast.union)
    vote(sent, voter)
    Activity.objects.filter(pk=activity.pk).update(ends_at=NOW() - timedelta(minutes=1))
    with pytest.raises(Refused):
        take_back(Contribution.objects.get(pk=sent.pk), voter)
    assert votes_of(sent) == (1, 1)


def test_votes_for_oneself_by_outsiders_and_for_what_is_hidden_are_refused(cast: Cast) -> None:
    activity = online(cast.union, votes=1)
    sent = shown(activity, cast.member)
    hidden = contribute(activity, people.member_account(cast.union))
    wrong = [
        (sent, cast.member),
        (sent, cast.neighbour_member),
        (sent, cast.applicant),
        (hidden, cast.member),
    ]
    codes = []
    for contribution, account in wrong:
        with pytest.raises(Refused) as refused:
            vote(contribution, account)
        codes.append(refused.value.code)
    assert codes == ["own", "not-eligible", "not-eligible", "not-shown"]
    assert Vote.objects.count() == 0


def at_once(*taps: Any) -> list[Any]:
    """Every tap in a thread and connection of its own; what became of each."""
    start, outcomes = threading.Barrier(len(taps)), []

    def run(tap: Any) -> None:
        try:
            start.wait()
            outcomes.append(tap())
        except Refused as refused:
            outcomes.append(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[tap]) for tap in taps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes, key=str)


@pytest.mark.django_db(transaction=True)
def test_racing_votes_of_many_members_are_all_counted() -> None:
    cast = make_cast()
    sent = shown(online(cast.union, votes=1), cast.member)
    voters = [people.member_account(cast.union) for _ in range(12)]
    assert at_once(*(lambda voter=voter: vote(sent, voter) for voter in voters)) == [True] * 12
    assert votes_of(sent) == (12, 12)
    assert_all_invariants_hold()


@pytest.mark.django_db(transaction=True)
def test_racing_taps_of_one_member_never_give_more_votes_than_allowed() -> None:
    cast = make_cast()
    activity = online(cast.union, votes=3)
    works = [shown(activity, people.member_account(cast.union)) for _ in range(8)]
    outcomes = at_once(*(lambda work=work: vote(work, cast.member) for work in works))
    assert outcomes == [True] * 3 + ["no-votes"] * 5
    assert Vote.objects.count() == 3
    assert_all_invariants_hold()


@pytest.mark.django_db(transaction=True)
def test_racing_votes_and_unvotes_leave_counter_and_ballots_equal() -> None:
    cast = make_cast()
    sent = shown(online(cast.union, votes=1), cast.member)
    voter = people.member_account(cast.union)
    taps = [lambda: vote(sent, voter), lambda: take_back(sent, voter)] * 5
    at_once(*taps)
    counted, cast_votes = votes_of(sent)
    assert counted == cast_votes <= 1
    assert_all_invariants_hold()


@pytest.mark.django_db(transaction=True)
def test_the_same_taps_give_too_many_votes_when_the_slots_are_not_unique(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The guard off: everybody looks for a free slot before anybody takes one. This must go wrong."""
    cast = make_cast()
    activity = online(cast.union, votes=3)
    works = [shown(activity, people.member_account(cast.union)) for _ in range(8)]
    everybody_has_looked = threading.Barrier(8, timeout=20)
    from huigong.services.activities.operations import online as module

    def look_then_take(values: dict[str, Any]) -> bool:
        free = Vote.objects.filter(person=values["person"]).count() < 3
        everybody_has_looked.wait()
        if free:
            ballot = {"activity_id": values["activity"], "contribution_id": values["contribution"]}
            Vote.objects.create(**ballot, person_id=values["person"], slot=0)
        return free

    monkeypatch.setattr(module, "_cast", look_then_take)
    with guards.without_constraint("activities_vote", "activities_vote_slot"):
        assert at_once(*(lambda work=work: vote(work, cast.member) for work in works)).count(True) > 3


# --- Pages


@pytest.fixture
def member(client: Client, cast: Cast) -> Client:
    client.force_login(cast.member)
    return client


def page(client: Client, name: str, *args: Any, **query: Any) -> str:
    response = client.get(reverse(f"activities:{name}", args=args), query)
    assert response.status_code == 200
    return response.content.decode()


def test_a_member_sends_in_words_and_a_photo_and_sees_where_it_stands(member: Client, cast: Cast) -> None:
    activity = online(cast.union)
    photo = SimpleUploadedFile("a.jpg", jpeg().read(), "image/jpeg")
    url = reverse("activities:contribute", args=[activity.pk])
    assert "提交作品" in member.get(url).content.decode()
    answer = member.post(url, {"text": "一封信", "photo": photo}, follow=True)
    assert "正在审核" in answer.content.decode()
    sent = Contribution.objects.get()
    assert (sent.text, sent.image_id is not None) == ("一封信", True)
    operations.refuse(sent, reason="照片太暗", actor=cast.officer)
    assert "照片太暗" in page(member, "gallery", activity.pk)
    assert "现在的照片" in page(member, "contribute", activity.pk)


def test_contribute_with_nothing_marks_the_mistake(member: Client, cast: Cast) -> None:
    answer = member.post(reverse("activities:contribute", args=[online(cast.union).pk]), {"text": ""})
    assert answer.status_code == 422
    assert "请写几句话" in answer.content.decode()


def test_the_gallery_shows_what_passed_with_masked_names_in_the_order_asked_for(
    member: Client, cast: Cast
) -> None:
    activity = online(cast.union, votes=2)
    old = shown(activity, people.member_account(cast.union, name="陈小燕"), text="早的")
    shown(activity, people.member_account(cast.union), text="晚的")
    contribute(activity, people.member_account(cast.union), text="没审的")
    vote(old, cast.member)
    newest, most = page(member, "gallery", activity.pk), page(member, "gallery", activity.pk, order="votes")
    assert newest.index("晚的") < newest.index("早的")
    assert most.index("早的") < most.index("晚的")
    assert "没审的" not in newest
    assert "陈*燕" in newest
    assert "陈小燕" not in newest
    assert "还可以投 <b>1</b> 票" in newest


@pytest.mark.parametrize("order", ["", "votes"])
def test_the_gallery_pages_without_gap_or_repeat(order: str, member: Client, cast: Cast) -> None:
    activity = online(cast.union, votes=9)
    works = [shown(activity, people.member_account(cast.union), text=f"第{n:02d}封") for n in range(14)]
    for work in works[3:6]:
        vote(work, cast.member)
    first = page(member, "gallery", activity.pk, order=order)
    more = first.split('hx-get="')[-1].split('"')[0].replace("&amp;", "&")
    second = member.get(
        reverse("activities:gallery", args=[activity.pk]) + more, headers={"HX-Request": "true"}
    )
    pages = [first, second.content.decode()]
    assert [sum(f"第{n:02d}封<" in text for text in pages) for n in range(14)] == [1] * 14


@pytest.mark.parametrize("cursor", ["x", "1_2_3", "9" * 30, "-1", "_"])
def test_the_gallery_survives_cursors_it_never_gave(cursor: str, member: Client, cast: Cast) -> None:
    activity = online(cast.union, votes=1)
    shown(activity, cast.member)
    for order in ("", "votes"):
        assert "还没有作品" in page(member, "gallery", activity.pk, order=order, cursor=cursor)


def test_voting_answers_with_the_new_count_and_the_votes_left(member: Client, cast: Cast) -> None:
    activity = online(cast.union, votes=2)
    sent = shown(activity, people.member_account(cast.union))
    htmx = {"HX-Request": "true"}
    answer = member.post(reverse("activities:vote", args=[sent.pk]), headers=htmx).content.decode()
    assert "已投" in answer
    assert "还可以投 <b>1</b> 票" in answer
    answer = member.post(reverse("activities:take-vote-back", args=[sent.pk]), headers=htmx).content.decode()
    assert "还可以投 <b>2</b> 票" in answer
    assert member.post(reverse("activities:vote", args=[sent.pk])).status_code == 302


def photo_status(client: Client, sent: Contribution) -> set[int]:
    found = set()
    for size in ("photo", "thumbnail"):
        answer = client.get(reverse(f"activities:work-{size}", args=[sent.pk]))
        b"".join(answer.streaming_content if answer.streaming else ())
        found.add(answer.status_code)
    return found


def test_a_photo_opens_to_who_may_see_the_work_now_and_to_nobody_else(client: Client, cast: Cast) -> None:
    sent = contribute(online(cast.union), cast.member, photo=jpeg())
    colleague = people.member_account(cast.union)
    readers = {
        "owner": cast.member,
        "officer": cast.officer,
        "colleague": colleague,
        "neighbour": cast.neighbour_member,
        "neighbour officer": cast.neighbour_officer,
        "retired": cast.retired_officer,
    }

    def seen() -> list[str]:
        found = []
        for name, account in readers.items():
            client.force_login(account)
            found += [name] if photo_status(client, sent) == {200} else []
        return found

    assert seen() == ["owner", "officer"]
    operations.show(sent, actor=cast.officer)
    assert seen() == ["owner", "officer", "colleague"]
    operations.withdraw(sent, actor=cast.member)
    assert seen() == []
    client.logout()
    assert photo_status(client, sent) == {302}


@pytest.mark.parametrize("who", ["neighbour_member", "neighbour_officer", "retired_officer"])
def test_outsiders_find_nothing_and_change_nothing(who: str, client: Client, cast: Cast) -> None:
    activity = online(cast.union, votes=1)
    sent = shown(activity, cast.member)
    client.force_login(getattr(cast, who))
    for name in ("gallery", "contribute", "contributions"):
        assert client.get(reverse(f"activities:{name}", args=[activity.pk])).status_code == 404
    assert client.post(reverse("activities:show-works", args=[activity.pk])).status_code == 404
    assert client.get(reverse("activities:work", args=[sent.pk])).status_code == 404
    for name in ("vote", "take-vote-back", "withdraw-work", "show-work", "refuse-work"):
        answer = client.post(reverse(f"activities:{name}", args=[sent.pk]), {"reason": "不要"})
        assert answer.status_code == 404
    assert (votes_of(sent), sent.state) == ((0, 0), "shown")


def test_a_member_may_not_moderate_nor_withdraw_anothers_work(client: Client, cast: Cast) -> None:
    activity = online(cast.union)
    sent = shown(activity, cast.member)
    client.force_login(people.member_account(cast.union))
    assert client.get(reverse("activities:contributions", args=[activity.pk])).status_code == 404
    for name in ("show-work", "refuse-work", "withdraw-work"):
        assert (
            client.post(reverse(f"activities:{name}", args=[sent.pk]), {"reason": "不要"}).status_code == 404
        )
    sent.refresh_from_db()
    assert sent.state == "shown"


def test_moderators_see_whole_names_and_decide_with_one_tap(client: Client, cast: Cast) -> None:
    activity = online(cast.union)
    works = [contribute(activity, people.member_account(cast.union, name=f"陈小{word}")) for word in "燕红兰"]
    client.force_login(cast.officer)
    assert "陈小燕" in page(client, "contributions", activity.pk)
    client.post(reverse("activities:show-work", args=[works[0].pk]))
    answer = client.post(reverse("activities:refuse-work", args=[works[1].pk]), {"reason": ""})
    assert answer.status_code in (302, 422)
    client.post(reverse("activities:refuse-work", args=[works[1].pk]), {"reason": "不是原创"})
    client.post(
        reverse("activities:show-works", args=[activity.pk]), {"work": [works[2].pk, works[1].pk, "x"]}
    )
    states = [Contribution.objects.get(pk=work.pk).state for work in works]
    assert states == ["shown", "refused", "shown"]
    assert "不是原创" in page(client, "contributions", activity.pk, state="refused")


def test_the_gallery_and_the_moderators_page_cost_the_same_for_one_work_and_three(
    client: Client, cast: Cast, django_capture_queries: Any
) -> None:
    client.get("/")
    for account, name, send in (
        (cast.member, "gallery", shown),
        (cast.officer, "contributions", contribute),
    ):
        client.force_login(account)
        activity, counts = online(cast.union, votes=3), []
        for more in (1, 2):
            for _ in range(more):
                send(activity, people.member_account(cast.union), photo=jpeg((60, 40)))
            with django_capture_queries() as captured:
                page(client, name, activity.pk)
            counts.append(len(captured))
        assert counts[0] == counts[1], name


def test_an_onsite_activity_has_no_gallery(member: Client, cast: Cast) -> None:
    activity = factories.activity(cast.union)
    assert member.get(reverse("activities:gallery", args=[activity.pk])).status_code == 404
    assert member.get(reverse("activities:contribute", args=[activity.pk])).status_code == 404


def test_the_members_timeline_says_what_became_of_the_work(member: Client, cast: Cast) -> None:
    sent = contribute(online(cast.union), cast.member)
    assert "作品待审核" in page(member, "my-signup", sent.signup_id)
    operations.show(sent, actor=SYSTEM)
    text = page(member, "my-signup", sent.signup_id)
    assert "作品已展示" in text
    assert "会员码签到" not in text
