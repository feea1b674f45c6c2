"""Signing up, giving up, the waiting list, and what cadres decide about it."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import transaction
from django.db.models.functions import Now

from huigong.core import audit, flags
from huigong.core.errors import Refused
from huigong.core.prepared import insert
from huigong.core.questions import AnswersInvalid, parse_schema
from huigong.people.inbox import operations as inbox
from huigong.people.membership import queries as membership
from huigong.resources.seats import operations as seats
from huigong.services.activities import queries
from huigong.services.activities.models import Activity, Contribution, Session, Signup
from huigong.services.activities.operations.telling import announce_offers, signup_url, signups_of

if TYPE_CHECKING:
    from huigong.people.membership.models import Person
    from huigong.people.membership.queries import Member


class Outcome(NamedTuple):
    """The signup, whether this call made it (False: the same person had one already), its entry's state."""

    signup: Signup
    created: bool
    state: str


@transaction.atomic
def sign_up(
    session: Session,
    *,
    member: "Member | None",
    actor: audit.Actor,
    answers: Mapping[str, Any] | None = None,
    companions: Sequence[Mapping[str, Any]] = (),
) -> Outcome:
    """Sign a member up for a session; a second time gives back the first signup.

    Refuses who is not meant ("not-eligible", 403), bad answers ("bad-answers", 422), too many companions
    (422), and what the pool refuses: "early", "closed", "full", "no-quota". Writes the claim and the signup
    in one transaction; nothing is left behind by a refusal.
    """
    flags.require_open(flags.Switch.SIGNUP_PAUSED)
    activity = session.activity
    if activity.state != Activity.State.PUBLISHED:
        raise Refused("报名已经结束。", "closed")
    reason = membership.audience(activity.audience).why_not(member)
    if reason is not None or member is None:
        raise Refused(reason or "", "not-eligible", status=403)
    checked = _checked_answers(activity, answers or {})
    party = _checked_companions(activity, companions)
    entered = seats.enter(
        session.pool, person_id=member.person_id, size=1 + len(party), union_ids=member.ancestor_ids
    )
    if not entered.created:
        found = Signup.objects.select_related("entry").get(entry_id=entered.entry_id)
        return Outcome(found, created=False, state=entered.state)
    signup = insert(
        Signup(
            session=session,
            entry_id=entered.entry_id,
            person_id=member.person_id,
            union_id=member.union_id,
            answers=seal_answers(activity, checked, entry_id=entered.entry_id),
            companions=party,
        )
    )
    audit.record(
        actor,
        "activities:signup:create",
        activity,
        after={"signup": signup.pk, "person": member.person_id, "state": entered.state},
        org=activity.union,
    )
    return Outcome(signup, created=True, state=entered.state)


def _checked_answers(activity: Activity, answers: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return parse_schema(activity.questions).clean(dict(answers))
    except AnswersInvalid as error:
        raise Refused(str(error), "bad-answers", status=422) from None


def seal_answers(activity: Activity, answers: dict[str, Any], *, entry_id: int) -> dict[str, Any]:
    """Phones and ID numbers among the answers are kept encrypted, bound to this signup's entry."""
    return parse_schema(activity.questions).seal(answers, context=queries.answers_context(entry_id))


def _checked_companions(activity: Activity, companions: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Names of who comes along; for a child under 14 the guardian's consent must be given."""
    if len(companions) > activity.max_companions:
        raise Refused(f"最多可带 {activity.max_companions} 位同行人。", "too-many-companions", status=422)
    party = []
    for companion in companions:
        name = "".join(str(companion.get("name", "")).split("\0")).strip()[:40]
        if not name:
            raise Refused("请填写同行人姓名。", "companion-name", status=422)
        is_child = bool(companion.get("is_child"))
        if is_child and not companion.get("consent"):
            raise Refused("14 岁以下儿童参加，须监护人勾选同意。", "no-consent", status=422)
        party.append({"name": name, "is_child": is_child})
    return party


@transaction.atomic
def cancel_signup(signup: Signup, *, actor: audit.Actor) -> Signup:
    """Give the place up; it goes to the first who waits. Refuses after the cancelling deadline or check-in.

    Somebody who only waits, or was offered a place, may leave at any time. Whoever sent in a work takes that back
    first: nobody's words stay on show without their part.
    """
    session = signup.session
    if signup.checked_in_at:
        raise Refused("已经签到，不能取消。", "checked-in")
    if Contribution.objects.filter(signup=signup).exclude(state=Contribution.State.WITHDRAWN).exists():
        raise Refused("您已提交作品，请先撤回作品，再取消报名。", "contributed")
    confirmed = signup.entry.state == signup.entry.State.CONFIRMED
    if (
        confirmed
        and not Session.objects.filter(pk=session.pk, starts_at__gt=Now() + _deadline(session)).exists()
    ):
        hours = session.activity.cancel_hours
        raise Refused(f"活动开始前 {hours} 小时内不能自行取消，请联系主办工会。", "too-late")
    offered = seats.cancel(signup.entry)
    # Once more, now that the place is locked: a scanner may have been quicker than this request.
    if Signup.objects.filter(pk=signup.pk, checked_in_at__isnull=False).exists():
        raise Refused("已经签到，不能取消。", "checked-in")
    audit.record(
        actor,
        "activities:signup:cancel",
        session.activity,
        before={"signup": signup.pk, "person": signup.person_id},
        org=session.activity.union,
    )
    announce_offers(offered)
    return signup


def _deadline(session: Session) -> Any:
    return session.starts_at - session.last_cancel_at


@transaction.atomic
def accept_offer(signup: Signup, *, actor: audit.Actor) -> Signup:
    """Take the place that was offered from the waiting list. Refuses when its time is over."""
    seats.accept_offer(signup.entry)
    activity = signup.session.activity
    audit.record(
        actor, "activities:signup:accept-offer", activity, after={"signup": signup.pk}, org=activity.union
    )
    return signup


def require_other(person: "Person", actor: audit.Actor) -> None:
    """Nobody gives themself a place, or the points for having come."""
    if actor.pk is not None and actor.pk == person.account_id:
        raise Refused("不能给自己办理，请由其他工会干部办理。", "own-signup", status=403)


@transaction.atomic
def decide_signup(signup: Signup, *, accept: bool, actor: audit.Actor, reason: str = "") -> Signup:
    """Accept or refuse a request of an activity in review mode, and tell the member.

    Refuses what was decided already, acceptance when all places are taken, and one's own request ("own-signup").
    """
    require_other(signup.person, actor)
    seats.decide(signup.entry, accept=accept)
    signup.decided_reason = reason
    signup.save(update_fields=["decided_reason"])
    activity = signup.session.activity
    verb = "accept" if accept else "refuse"
    after = {"signup": signup.pk, "reason": reason}
    audit.record(actor, f"activities:signup:{verb}", activity, after=after, org=activity.union)
    inbox.send(
        [signup.person.account_id],
        kind=inbox.Kind.ACTIVITY,
        title=f"“{activity.title}”报名{'已通过' if accept else '未通过'}",
        body=reason,
        url=signup_url(signup),
    )
    return signup


@transaction.atomic
def add_by_hand(session: Session, *, person: "Person", actor: audit.Actor, reason: str) -> Signup:
    """A cadre puts a member on the list, also past window and places; the override and its reason are logged.

    Refuses somebody who is no member, and oneself ("own-signup").
    """
    require_other(person, actor)
    held = membership.current_membership(person)
    if held is None:
        raise Refused("这位职工还不是会员。", "not-member")
    entered = seats.add_by_hand(session.pool, person_id=person.pk)
    signup = Signup.objects.create(
        session=session, entry_id=entered.entry_id, person=person, union_id=held.union_id
    )
    activity = session.activity
    after = {"signup": signup.pk, "person": person.pk, "reason": reason}
    audit.record(actor, "activities:signup:add-by-hand", activity, after=after, org=activity.union)
    inbox.send(
        [person.account_id],
        kind=inbox.Kind.ACTIVITY,
        title=f"主办工会已为您报名“{activity.title}”",
        url=signup_url(signup),
    )
    return signup


def expire_offers() -> int:
    """Let unanswered offers lapse and pass the places on; told to both. Returns how many lapsed."""
    pools = Session.objects.filter(activity__state=Activity.State.PUBLISHED).values("pool")
    lapsed, offered = seats.expire_offers(pools)
    for signup in signups_of(lapsed):
        inbox.send(
            [signup.person.account_id],
            kind=inbox.Kind.ACTIVITY,
            title=f"“{signup.session.activity.title}”候补名额已过确认时间",
            url=signup_url(signup),
        )
    announce_offers(offered)
    return len(lapsed)
