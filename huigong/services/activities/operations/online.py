"""Online activities: what members send in, what cadres show of it, and the votes for it.

A vote is ONE statement that finds a free slot of the member, counts the vote and writes the ballot; a unique
index on (activity, member, slot) stops one vote too many, one on (contribution, member) a second for the same.
Whoever changes a contribution locks its row first; ballots come after it.
"""

from collections.abc import Iterable, Mapping
from typing import IO, TYPE_CHECKING, Any

from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from huigong.core import audit, files, flags
from huigong.core.errors import Refused
from huigong.people.inbox import operations as inbox
from huigong.people.membership import queries as membership
from huigong.people.orgs import permissions as org_permissions
from huigong.people.orgs import queries as orgs
from huigong.resources.points import operations as points
from huigong.services.activities import queries
from huigong.services.activities.models import Activity, Contribution, Session, Signup, Vote
from huigong.services.activities.operations.signup import sign_up

if TYPE_CHECKING:
    from huigong.people.membership.queries import Member

State = Contribution.State
RULE = "activity.contributed"
_THUMBNAIL = 480


@transaction.atomic
def contribute(
    activity: Activity,
    *,
    session: Session,
    member: "Member | None",
    actor: audit.Actor,
    text: str = "",
    photo: IO[bytes] | None = None,
    answers: Mapping[str, Any] | None = None,
) -> Contribution:
    """Send in a text, a photo or both; whoever has not signed up yet is signed up for `session` in the same step.

    A contribution that is not shown yet, was refused or withdrawn is replaced; without a new photo the old
    one stays. Refuses outside the activity's time, nothing to show ("empty"), no picture ("bad-image"), a
    signup that still waits for a place, a contribution that is shown already, and whatever `sign_up` refuses.
    """
    flags.require_open()
    _require_running(activity)
    signup = _own_signup(session, member=member, actor=actor, answers=answers)
    contribution = Contribution.objects.select_for_update().filter(signup=signup).first()
    if contribution is None:
        contribution = Contribution(signup=signup, activity=activity)
    if contribution.state == State.SHOWN:
        raise Refused("作品已经展示。要换作品，请先撤回。", "shown")
    replaced = _put(contribution, text=text.strip(), photo=photo, owner=actor)
    for stored in replaced:
        files.remove(stored)
    audit.record(
        actor,
        "activities:contribution:submit",
        activity,
        after={"contribution": contribution.pk, "signup": signup.pk},
        org=activity.union,
    )
    _ask_moderators(contribution)
    return contribution


def _require_running(activity: Activity) -> None:
    """By the database's clock."""
    if activity.kind != Activity.Kind.ONLINE:
        raise Refused("这不是线上活动。", "not-online")
    if activity.state != Activity.State.PUBLISHED or not _in_time(activity, ends_at__gt=Now()):
        raise Refused("活动已经结束。", "closed")
    if not _in_time(activity, starts_at__lte=Now()):
        raise Refused("活动还没有开始，请到时再来。", "early")


def _in_time(activity: Activity, **condition: Any) -> bool:
    return Activity.objects.filter(pk=activity.pk, **condition).exists()


def _own_signup(
    session: Session, *, member: "Member | None", actor: audit.Actor, answers: Mapping[str, Any] | None
) -> Signup:
    """The member's live signup, locked so that two taps come one after the other; made here if there is none."""
    signup = _live_signup(session, member) if member else None
    signup = signup or sign_up(session, member=member, actor=actor, answers=answers).signup
    locked = Signup.objects.select_for_update(of=("self",)).select_related("entry", "session__pool")
    signup = locked.get(pk=signup.pk)
    in_draw = signup.session.pool.mode == "draw"  # the prize draw among those who take part comes afterwards
    if signup.entry.state != "confirmed" and not in_draw:
        raise Refused(f"报名状态是“{signup.entry.get_state_display()}”，确认名额后才能提交作品。", "no-place")
    return signup


def _live_signup(session: Session, member: "Member") -> Signup | None:
    """The member's signup for any session of the activity."""
    own = Signup.objects.filter(session__activity=session.activity_id, person_id=member.person_id)
    return own.filter(entry__state__in=queries.LIVE).order_by("id").first()


def _put(contribution: Contribution, *, text: str, photo: IO[bytes] | None, owner: audit.Actor) -> list[Any]:
    """Fill and save; returns the stored files that are not needed any more."""
    if not text and photo is None and contribution.image is None:
        raise Refused("请写几句话，或上传一张照片。", "empty", status=422)
    replaced = []
    if photo is not None:
        replaced = [stored for stored in (contribution.image, contribution.thumbnail) if stored]
        try:
            contribution.image = files.store_image(photo, owner=owner, name="作品")
            photo.seek(0)
            contribution.thumbnail = files.store_image(photo, owner=owner, name="作品", max_side=_THUMBNAIL)
        except ValueError as error:
            raise Refused(str(error), "bad-image", status=422) from None
    contribution.text = text[:1000]
    contribution.state = State.SUBMITTED
    contribution.refused_reason = ""
    contribution.save()
    return replaced


def _ask_moderators(contribution: Contribution) -> None:
    """One message for the first that waits; the rest they find beside it."""
    activity = contribution.activity
    waiting = Contribution.objects.filter(activity=activity, state=State.SUBMITTED).exclude(
        pk=contribution.pk
    )
    if not waiting.exists():
        inbox.send(
            orgs.officer_accounts(activity.union, *org_permissions.CADRES),
            kind=inbox.Kind.TASK,
            title=f"“{activity.title}”有作品待审核",
            url=queries.moderation_url(activity),
        )


@transaction.atomic
def withdraw(contribution: Contribution, *, actor: audit.Actor) -> Contribution:
    """Take one's own contribution back at any time: words, photo and votes are erased. Refuses a second time."""
    current = _locked(contribution)
    if current.state == State.WITHDRAWN:
        raise Refused("作品已经撤回。", "withdrawn")
    before = {"contribution": current.pk, "state": current.state, "votes": current.votes}
    erased = [stored for stored in (current.image, current.thumbnail) if stored]
    current.text, current.image, current.thumbnail = "", None, None
    _set(current, State.WITHDRAWN)
    for stored in erased:
        files.remove(stored)
    activity = current.activity
    audit.record(actor, "activities:contribution:withdraw", activity, before=before, org=activity.union)
    return current


@transaction.atomic
def show(contribution: Contribution, *, actor: audit.Actor) -> Contribution:
    """Show what waits or was refused to everybody who sees the activity; award its points, once.

    Refuses what is shown already or was withdrawn.
    """
    current = _locked(contribution)
    if current.state not in (State.SUBMITTED, State.REFUSED):
        raise Refused(f"作品当前是“{current.get_state_display()}”，不能展示。", "wrong-state")
    _set(current, State.SHOWN)
    activity = current.activity
    if activity.points:
        points.award(
            current.signup.person_id,
            points=activity.points,
            rule=RULE,
            source=f"contribution:{current.pk}",
            memo=f"参加“{activity.title}”",
        )
    _decided(current, "show", actor=actor, title=f"您在“{activity.title}”的作品已展示")
    return current


@transaction.atomic
def refuse(contribution: Contribution, *, reason: str, actor: audit.Actor) -> Contribution:
    """Do not show a contribution, or take a shown one down with its votes; the member is told why.

    Points once given stay. Refuses what was refused already or withdrawn.
    """
    current = _locked(contribution)
    if current.state not in (State.SUBMITTED, State.SHOWN):
        raise Refused(f"作品当前是“{current.get_state_display()}”，不能这样处理。", "wrong-state")
    _set(current, State.REFUSED, reason=reason)
    title = f"您在“{current.activity.title}”的作品没有通过"
    _decided(current, "refuse", actor=actor, title=title, reason=reason)
    return current


@transaction.atomic
def show_many(contributions: Iterable[Contribution], *, actor: audit.Actor) -> int:
    """Show all of them that still wait; a colleague may have decided some meanwhile. Returns how many."""
    done = 0
    for contribution in sorted(contributions, key=lambda one: one.pk):
        if _locked(contribution).state == State.SUBMITTED:
            show(contribution, actor=actor)
            done += 1
    return done


def _locked(contribution: Contribution) -> Contribution:
    locked = Contribution.objects.select_for_update(of=("self",))
    return locked.select_related("activity__union", "signup__person", "image", "thumbnail").get(
        pk=contribution.pk
    )


def _set(contribution: Contribution, state: str, *, reason: str = "") -> None:
    """Change the state of a locked contribution. What is not shown has no votes: their voters have them back."""
    contribution.state, contribution.refused_reason = state, reason
    if state != State.SHOWN:
        contribution.ballots.all().delete()
        contribution.votes = 0
    contribution.save()


def _decided(
    contribution: Contribution, verb: str, *, actor: audit.Actor, title: str, reason: str = ""
) -> None:
    activity = contribution.activity
    after = {"contribution": contribution.pk, "reason": reason}
    audit.record(actor, f"activities:contribution:{verb}", activity, after=after, org=activity.union)
    inbox.send(
        [contribution.signup.person.account_id],
        kind=inbox.Kind.ACTIVITY,
        title=title,
        body=reason,
        url=queries.work_url(contribution),
    )


_VOTE = """
WITH free AS (
    SELECT a.id AS activity_id, min(numbers.slot) AS slot
    FROM activities_activity a CROSS JOIN generate_series(0, a.votes_per_member - 1) AS numbers(slot)
    WHERE a.id = %(activity)s AND a.state = 'published' AND a.starts_at <= now() AND a.ends_at > now()
      AND NOT EXISTS (
        SELECT FROM activities_vote v
        WHERE v.activity_id = a.id AND v.person_id = %(person)s AND v.slot = numbers.slot
      )
    GROUP BY a.id
), counted AS (
    UPDATE activities_contribution c SET votes = c.votes + 1 FROM free
    WHERE c.id = %(contribution)s AND c.activity_id = free.activity_id AND c.state = 'shown'
    RETURNING c.id, free.activity_id, free.slot
)
INSERT INTO activities_vote (created_at, contribution_id, activity_id, person_id, slot)
SELECT now(), id, activity_id, %(person)s, slot FROM counted
RETURNING slot
"""


@transaction.atomic
def vote(contribution: Contribution, *, member: "Member | None", actor: audit.Actor) -> bool:
    """Vote for a shown contribution while its activity runs; False when this member had done so already.

    Refuses who is not meant (403), a vote for oneself, no votes left ("no-votes"), and outside the time
    ("closed"). Nobody's choice is written into the audit trail.
    """
    flags.require_open()
    activity = contribution.activity
    reason = membership.audience(activity.audience).why_not(member)
    if reason is not None or member is None:
        raise Refused(reason or "", "not-eligible", status=403)
    if contribution.signup.person_id == member.person_id:
        raise Refused("不能投给自己的作品。", "own")
    values = {"activity": activity.pk, "contribution": contribution.pk, "person": member.person_id}
    for _ in range(activity.votes_per_member + 1):
        is_cast = _cast(values)
        if is_cast:
            return True
        if Vote.objects.filter(contribution=contribution, person_id=member.person_id).exists():
            return False
        if is_cast is False:
            break
    raise _why_no_vote(contribution)


def _cast(values: dict[str, Any]) -> bool | None:
    """Whether there was a vote to cast; None when a racing tap of the same member was faster."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_VOTE, values)
            return cursor.fetchone() is not None
    except IntegrityError:
        return None


def _why_no_vote(contribution: Contribution) -> Refused:
    activity = contribution.activity
    if not activity.votes_per_member:
        return Refused("这个活动不投票。", "no-voting")
    running = _in_time(activity, state=Activity.State.PUBLISHED, starts_at__lte=Now(), ends_at__gt=Now())
    if not running:
        return Refused("现在不是投票时间。", "closed")
    if not Contribution.objects.filter(pk=contribution.pk, state=State.SHOWN).exists():
        return Refused("作品已撤下，不能投票。", "not-shown")
    return Refused(f"{activity.votes_per_member} 票都投完了。取消一票才能再投。", "no-votes")


@transaction.atomic
def take_vote_back(contribution: Contribution, *, member: "Member | None", actor: audit.Actor) -> bool:
    """Take one's vote back while the activity runs; False when there was none. Refuses once it is over."""
    flags.require_open()
    activity = contribution.activity
    if not _in_time(activity, state=Activity.State.PUBLISHED, ends_at__gt=Now()):
        raise Refused("投票已经结束，不能再改。", "closed")
    if member is None:
        return False
    Contribution.objects.select_for_update().get(pk=contribution.pk)
    gone, _ = Vote.objects.filter(contribution=contribution, person_id=member.person_id).delete()
    Contribution.objects.filter(pk=contribution.pk).update(votes=F("votes") - gone)
    return bool(gone)
