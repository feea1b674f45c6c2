"""Activities for other systems and apps: list, detail, sign up, give up."""

from typing import Any

from django.http import HttpRequest
from ninja import Header, Router, Schema, Status
from pydantic import ConfigDict, Field

from huigong.core import idempotency
from huigong.core.api import refusals
from huigong.people.membership import queries as membership
from huigong.services.activities import operations, permissions, queries
from huigong.services.activities.models import Activity, Session

router = Router(tags=["activities"])


class ActivityOut(Schema):
    """One activity in a list. Times are ISO 8601 with an offset."""

    id: int
    title: str
    category: str
    organiser: str
    place: str
    starts_at: str
    capacity: int
    taken: int
    status: str


class ActivityPage(Schema):
    """A page of activities; `next` is the cursor of the following one, or empty."""

    items: list[ActivityOut]
    next: str


class SessionOut(Schema):
    """One time and place, with its places."""

    id: int
    name: str
    starts_at: str
    ends_at: str
    place: str
    mode: str
    capacity: int
    taken: int
    opens_at: str
    closes_at: str


class ActivityDetail(Schema):
    """An activity with its sessions and the questions a signup must answer."""

    id: int
    title: str
    summary: str
    body: str
    organiser: str
    audience: str
    max_companions: int
    points: int
    questions: list[dict[str, Any]]
    sessions: list[SessionOut]


class Companion(Schema):
    """Somebody who comes along."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(max_length=40)
    is_child: bool = False
    consent: bool = False


class SignupIn(Schema):
    """What a signup sends. Without `session`, the activity's first."""

    model_config = ConfigDict(extra="forbid")
    session: int | None = Field(None, ge=1, le=2**62)
    answers: dict[str, Any] = {}
    companions: list[Companion] = Field([], max_length=20)


class SignupOut(Schema):
    """A signup and where it stands: confirmed, pending, waiting, offered, …"""

    id: int
    activity: int
    session: int
    state: str


@router.get("", response={200: ActivityPage} | refusals())
def list_activities(request: HttpRequest, q: str = "", category: str = "", cursor: str = "") -> ActivityPage:
    """Activities that the caller may see and that are not over, soonest first."""
    page = queries.page(request.user, queries.Search(category=category, text=q), cursor=cursor)
    items = [
        ActivityOut(
            id=card.pk,
            title=card.title,
            category=card.category,
            organiser=card.organiser,
            place=card.place,
            starts_at=card.starts_at.isoformat(),
            capacity=card.capacity,
            taken=card.taken,
            status=card.status,
        )
        for card in page.cards
    ]
    return ActivityPage(items=items, next=page.next)


@router.get("/{int:activity_id}", response={200: ActivityDetail} | refusals(404))
def get_activity(request: HttpRequest, activity_id: int) -> ActivityDetail:
    """One activity; 404 when the caller may not see it."""
    activity = permissions.get_activity(request.user, activity_id)
    return ActivityDetail(
        id=activity.pk,
        title=activity.title,
        summary=activity.summary,
        body=activity.body,
        organiser=activity.union.name,
        audience=membership.audience(activity.audience).sentence(),
        max_companions=activity.max_companions,
        points=activity.points,
        questions=activity.questions,
        sessions=[_session_out(activity, session) for session in queries.sessions_of(activity)],
    )


def _session_out(activity: Activity, session: Session) -> SessionOut:
    return SessionOut(
        id=session.pk,
        name=session.name,
        starts_at=session.starts_at.isoformat(),
        ends_at=session.ends_at.isoformat(),
        place=session.place or activity.place,
        mode=session.pool.mode,
        capacity=session.pool.capacity,
        taken=session.pool.taken,
        opens_at=session.pool.opens_at.isoformat(),
        closes_at=session.pool.closes_at.isoformat(),
    )


@router.post(
    "/{int:activity_id}/signups",
    response={201: SignupOut, 200: SignupOut} | refusals(403, 404, 409),
)
def sign_up(
    request: HttpRequest,
    activity_id: int,
    data: SignupIn,
    idempotency_key: str | None = Header(None, max_length=80),
) -> Status[SignupOut]:
    """Sign the caller up: 201 made, 200 was there already, 409 full or closed, 403 not meant, 422 bad answers."""
    member = membership.member_of(request.user)
    session = permissions.get_session(member, activity_id, data.session)
    with idempotency.guard(request.user, idempotency_key, [activity_id, data.model_dump()]):
        signup, created, state = operations.sign_up(
            session,
            member=member,
            actor=request.user,
            answers=data.answers,
            companions=[companion.model_dump() for companion in data.companions],
        )
    made = SignupOut(id=signup.pk, activity=activity_id, session=signup.session_id, state=state)
    return Status(201 if created else 200, made)


@router.delete("/{int:activity_id}/signups/mine", response={204: None} | refusals(404, 409))
def cancel_signup(request: HttpRequest, activity_id: int, session: int | None = None) -> Status[None]:
    """Give the caller's place up; 404 without one, 409 when it is too late."""
    signup = permissions.get_own_live_signup(request.user, activity_id, session)
    operations.cancel_signup(signup, actor=request.user)
    return Status(204, None)
