"""Writing an activity and changing it, also once people rely on it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from huigong.core import verify
from huigong.core.audit import SYSTEM
from huigong.core.errors import Refused
from huigong.core.models import AuditRow
from huigong.people.inbox.models import Message
from huigong.people.membership import queries as membership
from huigong.people.membership.queries import Rule
from huigong.people.membership.tests import factories as people
from huigong.services.activities import operations
from huigong.services.activities.models import Activity, Session
from huigong.services.activities.tests import factories
from tests.cast import Cast


def plans_of(activity: Activity) -> list[operations.SessionPlan]:
    """The plans that leave the activity as it is."""
    return [
        operations.SessionPlan(
            session_id=session.pk,
            name=session.name,
            starts_at=session.starts_at,
            ends_at=session.ends_at,
            place=session.place,
            capacity=session.pool.capacity,
            mode=session.pool.mode,
            opens_at=session.pool.opens_at,
            closes_at=session.pool.closes_at,
            has_waitlist=session.pool.has_waitlist,
        )
        for session in activity.sessions.select_related("pool")
    ]


def update(
    activity: Activity, *plans: operations.SessionPlan, rule: Rule | None = None, **fields
) -> Activity:
    return operations.update_activity(
        activity,
        rule=rule or Rule.parse(activity.audience),
        plans=plans or plans_of(activity),
        actor=SYSTEM,
        **fields,
    )


def sign_up(activity: Activity, account):
    session = activity.sessions.select_related("pool", "activity__union").first()
    return operations.sign_up(session, member=membership.member_of(account), actor=account).signup


def refusal(call, *args, **kwargs) -> str:
    with pytest.raises(Refused) as refused:
        call(*args, **kwargs)
    return refused.value.code


def test_create_makes_a_draft_that_nobody_sees_and_notes_it(cast: Cast) -> None:
    activity = factories.draft(cast.union, body="<p>你好</p><script>alert(1)</script>")
    assert activity.state == "draft"
    assert activity.body == "<p>你好</p>"
    assert activity.audience_unions == [cast.union.pk]
    assert not activity.sessions.get().pool.is_open
    assert AuditRow.objects.get(action="activities:activity:create").org_id == cast.union.pk


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"place": ""}, "no-place"),
        ({"questions": [{"id": "a", "kind": "riddle", "label": "谜"}]}, "bad-questions"),
        ({"survey": "不是清单"}, "bad-questions"),
    ],
)
def test_create_refuses_what_contradicts_and_leaves_nothing(cast: Cast, change: dict, code: str) -> None:
    assert refusal(factories.draft, cast.union, **change) == code
    assert Activity.objects.count() == Session.objects.count() == 0


def test_create_refuses_an_audience_outside_the_organisers_subtree(cast: Cast) -> None:
    for rule in (Rule(union_ids=(cast.neighbour.pk,)), Rule(union_ids=(cast.union.pk, cast.township.pk))):
        assert refusal(factories.draft, cast.union, rule=rule) == "audience-outside"
    assert factories.draft(cast.township, rule=Rule(union_ids=(cast.union.pk,))).pk


def test_create_refuses_a_deadline_after_the_end(cast: Cast) -> None:
    plan = factories.plan()
    late = replace(plan, closes_at=plan.ends_at + timedelta(minutes=1))
    assert refusal(factories.draft, cast.union, late) == "closes-late"


def test_an_update_writes_what_changed_into_the_audit_trail(cast: Cast) -> None:
    activity = factories.draft(cast.union, title="旧名")
    update(activity, title="新名")
    row = AuditRow.objects.get(action="activities:activity:update")
    assert (row.before, row.after) == ({"title": "旧名"}, {"title": "新名"})


def test_a_published_activity_gains_places_for_those_who_wait(cast: Cast) -> None:
    activity = factories.activity(cast.union, factories.plan(capacity=1, has_waitlist=True))
    sign_up(activity, people.member_account(cast.union))
    waiting = sign_up(activity, cast.member)
    [plan] = plans_of(activity)
    update(activity, replace(plan, capacity=2))
    waiting.entry.refresh_from_db()
    assert waiting.entry.state == "offered"
    assert Message.objects.filter(account=cast.member, title__contains="有名额了").exists()
    assert [finding for finding in verify.run() if not finding.ok] == []


def test_a_published_activity_keeps_a_session_with_signups(cast: Cast) -> None:
    activity = factories.activity(cast.union, factories.plan(name="早"), factories.plan(name="晚"))
    sign_up(activity, cast.member)
    early, late = plans_of(activity)
    assert refusal(update, activity, late) == "session-in-use"
    assert refusal(update, activity, replace(early, mode="draw"), late) == "session-in-use"
    assert refusal(update, activity, replace(early, capacity=0), late) == "below-taken"
    activity.refresh_from_db()
    update(activity, early)
    assert activity.sessions.get().name == "早"


def test_a_draft_may_change_how_places_are_given(cast: Cast) -> None:
    activity = factories.draft(cast.union)
    [plan] = plans_of(activity)
    update(activity, replace(plan, mode="draw"))
    pool = activity.sessions.select_related("pool").get().pool
    assert pool.mode == "draw"
    assert pool.seed_hash


def test_a_new_time_or_place_is_told_to_those_who_signed_up_and_to_nobody_else(cast: Cast) -> None:
    activity = factories.activity(cast.union, factories.plan(name="早"), factories.plan(name="晚"))
    sign_up(activity, cast.member)
    early, late = plans_of(activity)
    update(activity, early, late, title="只改名字")
    assert not Message.objects.filter(account=cast.member).exists()
    later = early.starts_at + timedelta(hours=1)
    update(activity, replace(early, starts_at=later), late)
    message = Message.objects.get(account=cast.member)
    assert "时间或地点有变化" in message.title
    assert f"{timezone.localtime(later):%H:%M}" in message.body
    update(activity, place="改到体育馆")
    assert Message.objects.filter(account=cast.member, body__contains="改到体育馆").count() == 1
    assert set(Message.objects.filter(title__contains="有变化").values_list("account", flat=True)) == {
        cast.member.pk
    }


def test_a_moved_session_is_reminded_of_again(cast: Cast) -> None:
    activity = factories.activity(cast.union)
    activity.sessions.update(reminded_at=timezone.now())
    [plan] = plans_of(activity)
    update(activity, replace(plan, starts_at=plan.starts_at + timedelta(hours=1)))
    assert activity.sessions.get().reminded_at is None


def test_a_published_question_keeps_its_kind(cast: Cast) -> None:
    activity = factories.activity(cast.union, questions=[{"id": "a", "kind": "text", "label": "备注"}])
    changed = [{"id": "a", "kind": "phone", "label": "电话", "why": "联系"}]
    assert refusal(update, activity, questions=changed) == "question-kind"


def test_a_published_activity_does_not_grow_past_the_budget_limit(cast: Cast) -> None:
    activity = factories.activity(cast.union, budget_fen=1_000_000)
    assert refusal(update, activity, budget_fen=2_000_001) == "over-budget"


@pytest.mark.parametrize("state", ["submitted", "closed", "reported", "cancelled"])
def test_an_update_is_refused_in_states_that_others_rely_on(cast: Cast, state: str) -> None:
    activity = factories.activity(cast.union)
    Activity.objects.filter(pk=activity.pk).update(state=state)
    activity.refresh_from_db()
    assert refusal(update, activity, title="偷偷改") == "not-editable"


def test_a_copy_shifts_every_time_and_shares_nothing_with_its_model(cast: Cast) -> None:
    first = factories.activity(cast.union, factories.plan(name="早"), factories.plan(name="晚", mode="draw"))
    sign_up(first, cast.member)
    starts_at = first.starts_at + timedelta(days=365)
    made = operations.copy(first, actor=cast.officer, starts_at=starts_at)
    assert (made.state, made.starts_at, made.title) == ("draft", starts_at, first.title)
    assert [plan.name for plan in plans_of(made)] == ["早", "晚"]
    assert all(
        new.opens_at - old.opens_at == timedelta(days=365)
        for new, old in zip(plans_of(made), plans_of(first), strict=True)
    )
    old_seed, new_seed = (a.sessions.get(name="晚").pool.seed_hash for a in (first, made))
    assert old_seed != new_seed
    assert made.sessions.filter(signups__isnull=False).count() == 0


def test_quotas_are_shared_out_below_the_organiser_only(cast: Cast) -> None:
    activity = factories.draft(cast.township, factories.plan(mode="quota", capacity=5))
    session = activity.sessions.select_related("pool", "activity__union").get()
    operations.set_quotas(session, quotas={cast.union.pk: 3}, actor=cast.township_officer)
    assert session.pool.quotas.get().capacity == 3
    outside = {cast.neighbour.pk: 1}
    assert refusal(operations.set_quotas, session, quotas=outside, actor=SYSTEM) == "audience-outside"
    too_many = {cast.union.pk: 6}
    assert refusal(operations.set_quotas, session, quotas=too_many, actor=SYSTEM) == "quota-sum"
    rush = factories.session(cast.township)
    assert refusal(operations.set_quotas, rush, quotas={cast.union.pk: 1}, actor=SYSTEM) == "not-quota"
