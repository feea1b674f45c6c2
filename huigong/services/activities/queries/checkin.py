"""What the desk at the door asks: which session, how many came, who is who, and the list it keeps offline."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from huigong.core.formats import date_zh, day_zh
from huigong.core.identity import mask_name
from huigong.people.membership.queries import workbench as membership
from huigong.services.activities.models import Activity, Session, Signup
from huigong.services.activities.queries.details import sessions_of
from huigong.services.activities.queries.words import session_name, when, where

PAGE = 60


def _start_zh(session: Session) -> str:
    return f"{day_zh(session.starts_at)} {timezone.localtime(session.starts_at):%H:%M}"


@dataclass(frozen=True)
class Counts:
    """Signups with a confirmed place, and with companions counted the heads behind them."""

    came: int
    expected: int
    heads_came: int
    heads_expected: int


@dataclass(frozen=True)
class Door:
    """The desk of one session."""

    activity: Activity
    sessions: list[Session]
    session: Session
    counts: Counts

    @property
    def choices(self) -> list[tuple[Session, str]]:
        """Every session of the activity and what it is called."""
        return [
            (session, f"{session_name(session, number)} · {_start_zh(session)}")
            for number, session in enumerate(self.sessions, start=1)
        ]

    @property
    def when(self) -> str:
        return when(self.session)

    @property
    def where(self) -> str:
        return where(self.session)

    @property
    def is_over(self) -> bool:
        """Who has not come by now did not come."""
        return self.session.ends_at < timezone.now()

    @property
    def absent_zh(self) -> str:
        return "缺席" if self.is_over else "未到"


def door(activity: Activity, session_id: int | None = None) -> Door | None:
    """The desk of a session: the one that is on or next, unless told. None when the activity has no such one."""
    sessions = sessions_of(activity)
    wanted = [session for session in sessions if session.pk == session_id]
    session = next(iter(wanted), None) if session_id is not None else _current(sessions)
    return Door(activity, sessions, session, counts(session)) if session else None


def _current(sessions: Sequence[Session]) -> Session | None:
    now = timezone.now()
    ahead = (session for session in sessions if session.ends_at > now)
    return next(ahead, sessions[-1] if sessions else None)


def counts(session: Session) -> Counts:
    """How many came of those who have a place: one query."""
    came = Q(checked_in_at__isnull=False)
    found = _expected(session).aggregate(
        came=Count("id", filter=came),
        expected=Count("id"),
        heads_came=Sum("entry__size", filter=came, default=0),
        heads_expected=Sum("entry__size", default=0),
    )
    return Counts(**found)


def _expected(session: Session) -> QuerySet[Signup]:
    return Signup.objects.filter(session=session, entry__state="confirmed")


def offline_list(session: Session) -> dict[str, list[int | str]]:
    """For a phone that may lose its network: hash of the account's uuid → signup, surname, party, came at.

    Nothing in it says who somebody is without the code on their own phone.
    """
    rows = (
        _expected(session)
        .filter(person__account__isnull=False)
        .values_list("person__account__uuid", "pk", "person__name", "entry__size", "checked_in_at")
    )
    return {
        hashlib.sha256(uuid.bytes).hexdigest(): [pk, name[:1], size, int(at.timestamp()) if at else 0]
        for uuid, pk, name, size, at in rows
    }


@dataclass(frozen=True)
class RosterRow:
    """One member on the list, as far as a cadre needs to see who it is."""

    pk: int
    name: str
    note: str
    came: str
    by_hand: str


@dataclass(frozen=True)
class Roster:
    """A page of the list, how long the list is, and where the next page starts (None at the end)."""

    rows: list[RosterRow]
    total: int
    next: int | None


def roster(session: Session, *, came: bool = False, text: str = "", start: int = 0) -> Roster:
    """Who came (the latest first) or did not (by name); with `text` whoever it may mean, come or not."""
    found = _expected(session)
    if text:
        found = membership.asked_by(found, text).order_by("person__sort_key", "id")
    elif came:
        found = found.filter(checked_in_at__isnull=False).order_by("-checked_in_at", "id")
    else:
        found = found.filter(checked_in_at=None).order_by("person__sort_key", "id")
    page = found.select_related("person", "union", "entry")[start : start + PAGE]
    rows, total = [roster_row(signup) for signup in page], found.count()
    end = start + len(rows)
    return Roster(rows, total, end if end < total else None)


def roster_row(signup: Signup) -> RosterRow:
    """One signup on the list. Its session, person, union and entry are loaded."""
    party = f"共 {signup.entry.size} 人" if signup.entry.size > 1 else ""
    tail = f"尾号 {signup.person.phone[-4:]}" if signup.person.phone_sealed else ""
    union = signup.union.short_name or signup.union.name
    return RosterRow(
        pk=signup.pk,
        name=mask_name(signup.person.name),
        note=" · ".join(part for part in (tail, party, union) if part),
        came=clock_zh(signup) if signup.checked_in_at else "",
        by_hand=signup.check_in_reason,
    )


def clock_zh(signup: Signup) -> str:
    """When the member came: 09:02, on another day than today with the day."""
    assert signup.checked_in_at is not None
    moment = timezone.localtime(signup.checked_in_at)
    return f"{moment:%H:%M}" if moment.date() == timezone.localdate() else date_zh(moment)


@dataclass(frozen=True)
class Outcome:
    """What the scanner shows about one code. `tone`: ok (in), warn (was in already), bad (not in)."""

    tone: str
    title: str
    text: str
    party: int = 0


_TITLES = {
    "bad-code": "会员码无效",
    "not-signed-up": "不在名单里",
    "no-place": "没有名额",
    "bad-time": "不能签到",
}


def arrived(signup: Signup, *, is_new: bool) -> Outcome:
    """The member is in: just now, or since earlier."""
    return Outcome(
        tone="ok" if is_new else "warn",
        title=mask_name(signup.person.name),
        text="签到成功" if is_new else f"已签到过 {clock_zh(signup)}",
        party=signup.entry.size,
    )


def not_arrived(code: str, sentence: str) -> Outcome:
    """The member is not in, and what to do about it."""
    return Outcome(tone="bad", title=_TITLES.get(code, "没有签到"), text=sentence)
