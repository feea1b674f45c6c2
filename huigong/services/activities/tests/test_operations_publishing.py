"""From a draft to its end: who decides, what follows, and that a second colleague comes too late."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from huigong.core.audit import SYSTEM
from huigong.core.errors import Refused
from huigong.core.models import AuditRow
from huigong.people.accounts.tests import factories as accounts
from huigong.people.approvals import queries as approvals
from huigong.people.inbox.models import Message
from huigong.people.membership import queries as membership
from huigong.people.orgs.tests import factories as orgs
from huigong.services.activities import operations
from huigong.services.activities.models import Activity
from huigong.services.activities.tests import factories
from tests.cast import Cast, make_cast

DEAR = 3_000_000


def refusal(call, *args, **kwargs) -> str:
    with pytest.raises(Refused) as refused:
        call(*args, **kwargs)
    return refused.value.code


def state(activity: Activity) -> str:
    return Activity.objects.values_list("state", flat=True).get(pk=activity.pk)


def test_publish_opens_the_pools_and_stamps_the_time(cast: Cast) -> None:
    activity = operations.publish(factories.draft(cast.union), actor=cast.officer)
    assert state(activity) == "published"
    assert activity.published_at is not None
    assert activity.sessions.get().pool.is_open


def test_publish_over_the_budget_limit_is_refused_until_the_union_above_approves(cast: Cast) -> None:
    activity = factories.draft(cast.union, budget_fen=DEAR)
    assert refusal(operations.publish, activity, actor=cast.officer) == "needs-approval"
    operations.submit(activity, actor=cast.officer)
    assert Message.objects.filter(account=cast.township_officer, title__contains="待审批").count() == 1
    operations.approve(activity, actor=cast.township_officer, remark="同意")
    assert state(activity) == "published"
    assert [(step.decision, step.remark) for step in approvals.trail(activity)] == [
        ("submitted", ""),
        ("approved", "同意"),
    ]
    assert approvals.trail(activity)[-1].office == cast.township.name
    assert Message.objects.filter(account=cast.officer, title__contains="已获批准").count() == 1


@pytest.mark.parametrize("who", ["officer", "neighbour_officer", "member", "retired_officer"])
def test_approving_is_refused_to_whoever_sits_not_above(cast: Cast, who: str) -> None:
    activity = factories.draft(cast.union, budget_fen=DEAR)
    operations.submit(activity, actor=cast.officer)
    actor = getattr(cast, who)
    assert refusal(operations.approve, activity, actor=actor) == "not-above"
    assert refusal(operations.return_activity, activity, actor=actor, reason="不行") == "not-above"
    assert state(activity) == "submitted"
    assert len(approvals.trail(activity)) == 1


def test_a_returned_activity_says_why_and_may_be_submitted_again(cast: Cast) -> None:
    activity = factories.draft(cast.union, budget_fen=DEAR)
    operations.submit(activity, actor=cast.officer)
    operations.return_activity(activity, actor=cast.township_officer, reason="预算要有明细")
    assert state(activity) == "returned"
    assert Message.objects.filter(account=cast.officer, body="预算要有明细").count() == 1
    operations.submit(activity, actor=cast.officer)
    assert state(activity) == "submitted"


def test_a_submission_may_be_withdrawn_until_it_is_decided(cast: Cast) -> None:
    activity = factories.draft(cast.union, budget_fen=DEAR)
    operations.submit(activity, actor=cast.officer)
    operations.withdraw_submission(activity, actor=cast.officer)
    assert state(activity) == "draft"
    assert refusal(operations.approve, activity, actor=cast.township_officer) == "wrong-state"


def test_publish_with_a_quota_that_nobody_shared_out_is_refused(cast: Cast) -> None:
    activity = factories.draft(cast.county, factories.plan(mode="quota"))
    assert refusal(operations.publish, activity, actor=SYSTEM) == "no-quotas"
    session = activity.sessions.select_related("pool", "activity__union").get()
    operations.set_quotas(session, quotas={cast.township.pk: 5}, actor=SYSTEM)
    operations.publish(activity, actor=SYSTEM)
    assert state(activity) == "published"


def test_cancelling_tells_everybody_why_and_keeps_the_signups(cast: Cast) -> None:
    session = factories.session(cast.union)
    signup = operations.sign_up(session, member=membership.member_of(cast.member), actor=cast.member).signup
    operations.cancel_activity(session.activity, actor=cast.officer, reason="台风")
    assert Message.objects.get(account=cast.member).body == "台风"
    signup.entry.refresh_from_db()
    assert signup.entry.state == "confirmed"
    late = operations.sign_up
    who = {"member": membership.member_of(cast.member), "actor": cast.member}
    session.activity.refresh_from_db()
    assert refusal(late, session, **who) == "closed"


def test_what_takes_no_more_signups_can_still_be_called_off_until_it_is_over(cast: Cast) -> None:
    session = factories.session(cast.union)
    activity = session.activity
    operations.sign_up(session, member=membership.member_of(cast.member), actor=cast.member)
    operations.close(activity, actor=cast.officer)
    assert refusal(operations.cancel_activity, activity, actor=cast.officer, reason=" ") == "no-reason"
    operations.cancel_activity(activity, actor=cast.officer, reason="台风“海葵”来了")
    assert state(activity) == "cancelled"
    assert Message.objects.filter(account=cast.member, body__contains="海葵").count() == 1
    past = factories.activity(cast.union)
    operations.close(past, actor=cast.officer)
    yesterday = timezone.now() - timedelta(days=1)
    Activity.objects.filter(pk=past.pk).update(starts_at=yesterday - timedelta(hours=2), ends_at=yesterday)
    assert refusal(operations.cancel_activity, past, actor=cast.officer, reason="晚了") == "over"


def test_whoever_submitted_does_not_approve_also_at_the_top(cast: Cast) -> None:
    activity = factories.draft(cast.county, budget_fen=DEAR)
    operations.submit(activity, actor=cast.county_officer)
    assert refusal(operations.approve, activity, actor=cast.county_officer) == "own-request"
    assert state(activity) == "submitted"
    colleague = accounts.account(name="另一位县总干部")
    orgs.post(colleague, cast.county)
    operations.approve(activity, actor=colleague)
    assert state(activity) == "published"


def test_an_activity_closes_by_itself_a_day_after_its_end_and_asks_for_the_report(cast: Cast) -> None:
    activity = factories.activity(cast.union)
    assert operations.close_over() == 0
    over = timezone.now() - timedelta(days=1, minutes=1)
    Activity.objects.filter(pk=activity.pk).update(starts_at=over - timedelta(hours=2), ends_at=over)
    assert [operations.close_over() for _ in range(2)] == [1, 0]
    assert state(activity) == "closed"
    assert Message.objects.filter(account=cast.officer, title__contains="请写活动总结").count() == 1


def test_closing_stops_signups_and_allows_the_report(cast: Cast) -> None:
    activity = factories.activity(cast.union)
    assert refusal(operations.report, activity, text="好", spent_fen=1, actor=SYSTEM) == "wrong-state"
    operations.close(activity, actor=cast.officer)
    assert not activity.sessions.get().pool.is_open
    operations.report(activity, text="<p>好</p><img src=x onerror=y>", spent_fen=12345, actor=cast.officer)
    activity.refresh_from_db()
    assert (activity.state, activity.report, activity.spent_fen) == ("reported", "<p>好</p>", 12345)


@pytest.mark.parametrize(
    ("call", "start"),
    [
        (operations.publish, "published"),
        (operations.submit, "published"),
        (operations.close, "draft"),
        (operations.withdraw_submission, "draft"),
    ],
)
def test_a_decision_in_the_wrong_state_is_refused_and_leaves_no_trace(cast: Cast, call, start: str) -> None:
    activity = factories.activity(cast.union) if start == "published" else factories.draft(cast.union)
    rows = AuditRow.objects.count()
    assert refusal(call, activity, actor=cast.officer) == "wrong-state"
    assert state(activity) == start
    assert AuditRow.objects.count() == rows


@pytest.mark.django_db(transaction=True)
def test_two_leaders_at_once_decide_once() -> None:
    cast = make_cast()
    activity = factories.draft(cast.union, budget_fen=DEAR)
    operations.submit(activity, actor=cast.officer)
    start, outcomes = threading.Barrier(2), []

    def run(call, **kwargs) -> None:
        try:
            start.wait()
            call(Activity.objects.select_related("union__parent").get(pk=activity.pk), **kwargs)
            outcomes.append("done")
        except Refused as refused:
            outcomes.append(refused.code)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=run, args=[operations.approve], kwargs={"actor": cast.township_officer}),
        threading.Thread(
            target=run,
            args=[operations.return_activity],
            kwargs={"actor": cast.county_officer, "reason": "再改改"},
        ),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", "wrong-state"]
    assert len(approvals.trail(activity)) == 2
