"""The caller's own data."""

from django.http import HttpRequest
from ninja import Router, Schema

from huigong.core.api import refusals
from huigong.people.membership import queries as membership
from huigong.resources.points import queries as points
from huigong.services.activities import queries as activities

router = Router(tags=["me"])


class Me(Schema):
    """The account; `union` and `state` are empty for somebody who is no member."""

    id: int
    name: str
    phone: str
    union_id: int | None
    union: str
    state: str
    points: int


class MySignup(Schema):
    """One of the caller's signups and where it stands."""

    id: int
    activity: int
    title: str
    session: int
    starts_at: str
    state: str
    checked_in: bool


class MySignups(Schema):
    """Newest first; `next` is passed as `before` for older ones, None at the end."""

    items: list[MySignup]
    next: int | None


@router.get("", response={200: Me} | refusals())
def me(request: HttpRequest) -> Me:
    """Who the token speaks for. The phone is masked."""
    member = membership.member_of(request.user)
    return Me(
        id=request.user.pk,
        name=request.user.display_name,
        phone=request.user.masked_phone,
        union_id=member.union_id if member else None,
        union=member.union_name if member else "",
        state=member.state if member else "",
        points=points.balance(member.person_id) if member else 0,
    )


@router.get("/signups", response={200: MySignups} | refusals())
def my_signups(request: HttpRequest, before: int | None = None) -> MySignups:
    """The caller's signups, newest first, twenty at a time."""
    found = activities.my_signups(request.user, before=before, limit=21)
    items = [
        MySignup(
            id=signup.pk,
            activity=signup.session.activity_id,
            title=signup.session.activity.title,
            session=signup.session_id,
            starts_at=signup.session.starts_at.isoformat(),
            state=signup.entry.state,
            checked_in=signup.checked_in_at is not None,
        )
        for signup in found[:20]
    ]
    return MySignups(items=items, next=found[19].pk if len(found) > 20 else None)
