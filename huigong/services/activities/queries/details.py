"""One activity for one reader: what it is, and what they can do about it now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from huigong.core.formats import date_zh, span_zh
from huigong.people.membership import queries as membership
from huigong.resources.seats import queries as seats
from huigong.services.activities.models import Activity, Session, Signup
from huigong.services.activities.queries.words import (
    TONES,
    Places,
    chance,
    chance_zh,
    cover_url,
    session_name,
    soon_zh,
    state_of,
    status,
    when,
)

LIVE = ("pending", "confirmed", "waiting", "offered")


@dataclass(frozen=True)
class SessionRow:
    """One session as the page lists it."""

    name: str
    note: str
    value: str


@dataclass(frozen=True)
class Detail:
    """One activity for one reader. `why_not` is empty when the reader is meant."""

    activity: Activity
    sessions: list[Session]
    mine: dict[int, Signup]
    places: Places
    tags: list[tuple[str, str]]
    cover: str
    when: str
    closing: str
    audience: str
    people: int
    surnames: list[str]
    status: str
    why_not: str

    @property
    def free_sessions(self) -> list[Session]:
        """Sessions that the reader could ask for now or, where the window opens later, then."""
        return [
            session
            for session in self.sessions
            if session.pk not in self.mine and chance(session) in ("open", "queue", "soon")
        ]

    @property
    def session_rows(self) -> list[SessionRow]:
        rows = []
        for number, session in enumerate(self.sessions, start=1):
            note = " · ".join(part for part in (when(session), session.place) if part)
            value = "已报名" if session.pk in self.mine else chance_zh(session)
            rows.append(SessionRow(session_name(session, number), note, value))
        return rows

    @property
    def is_taking(self) -> bool:
        """Somebody could sign up, now or later; else the page only says how it stands."""
        return any(chance(session) in ("open", "queue", "soon") for session in self.sessions)

    @property
    def is_undecided(self) -> bool:
        """More people ask than places are given: a draw or review is to come."""
        return self.people > self.places.taken

    @property
    def can_sign_up(self) -> bool:
        """Some session would take the reader now."""
        return not self.why_not and any(chance(session) != "soon" for session in self.free_sessions)

    @property
    def opens_soon(self) -> bool:
        """The reader can do nothing yet, but will when the window opens."""
        return not self.why_not and bool(self.free_sessions) and not self.can_sign_up

    @property
    def only_queues(self) -> bool:
        """All the reader can get now is a place on the waiting list."""
        return all(chance(session) != "open" for session in self.free_sessions)

    @property
    def only_choice(self) -> str:
        """The time of the one session that is left to choose; "" when the reader chooses among several."""
        if len(self.free_sessions) != 1:
            return ""
        return " ".join(part for part in (self.free_sessions[0].name, when(self.free_sessions[0])) if part)

    @property
    def opens_at(self) -> str:
        return soon_zh(self.places.opens_at)

    @property
    def seconds_to_open(self) -> int:
        return max(int((self.places.opens_at - timezone.now()).total_seconds()) + 1, 0)

    @property
    def my_signup(self) -> Signup | None:
        """The reader's part, the one that waits for their answer first."""
        by_urgency = sorted(self.mine.values(), key=lambda signup: signup.entry.state != "offered")
        return next(iter(by_urgency), None)

    @property
    def my_state(self) -> str:
        return state_of(self.my_signup)[0] if self.my_signup else ""

    @property
    def phone(self) -> str:
        """Whom to ask: the activity's contact, else the office of its organiser."""
        return self.activity.contact_phone or self.activity.union.contact_phone

    @property
    def organiser_note(self) -> str:
        """联系人 李老师 · 0572-555 0188, or as much of it as there is."""
        who = f"联系人 {self.activity.contact_name}" if self.activity.contact_name else "主办工会"
        return " · ".join(part for part in (who, self.phone) if part)

    @property
    def audience_note(self) -> str:
        """Who may take part, and whom they may bring."""
        brings = self.activity.max_companions
        return self.audience + (f" · 每人可带 {brings} 位同行人" if brings else "")

    @property
    def is_drawn(self) -> bool:
        """Places are, or will be, drawn by lot."""
        return any(session.pool.mode == "draw" for session in self.sessions)


def detail(activity: Activity, member: membership.Member | None) -> Detail:
    """What `member` (None: no member, or nobody) sees of an activity."""
    sessions = sessions_of(activity)
    audience = membership.audience(activity.audience)
    places = Places.of(sessions)
    label, tone = status(activity, places)
    mine = signups_of_person(member.person_id, sessions) if member else {}
    return Detail(
        activity=activity,
        sessions=sessions,
        mine=mine,
        places=places,
        tags=_tags(activity, sessions, (label, TONES[tone])),
        cover=cover_url(activity),
        when=span_zh(activity.starts_at, activity.ends_at),
        closing=_closing(activity, places),
        audience=audience.sentence(),
        people=_people(sessions),
        surnames=surnames(sessions),
        status=label,
        why_not=audience.why_not(member) or "",
    )


def _tags(activity: Activity, sessions: list[Session], first: tuple[str, str]) -> list[tuple[str, str]]:
    tags = [first]
    if activity.points and activity.state != Activity.State.CANCELLED:
        verb = "参加" if activity.kind == Activity.Kind.ONLINE else "签到"
        tags.append((f"{verb} +{activity.points:,} 积分", "gold"))
    tags.append((activity.get_category_display(), "grey"))
    if sessions[0].pool.mode != "rush":
        tags.append((sessions[0].pool.get_mode_display(), "blue"))
    return tags


def _closing(activity: Activity, places: Places) -> str:
    if activity.state != Activity.State.PUBLISHED or timezone.now() >= places.closes_at:
        return ""
    if timezone.now() < places.opens_at:
        return f"报名时间：{soon_zh(places.opens_at)} 至 {soon_zh(places.closes_at)}"
    return f"报名截止：{date_zh(places.closes_at)}"


def _people(sessions: list[Session]) -> int:
    """How many asked for places, companions included: in a draw or review that is known before places are."""
    return seats.people_asking(session.pool_id for session in sessions)


def sessions_of(activity: Activity) -> list[Session]:
    """Its sessions with their pools, in order of time."""
    sessions = list(activity.sessions.select_related("pool").order_by("starts_at", "id"))
    for session in sessions:
        session.activity = activity
    return sessions


def signups_of_person(person_id: int, sessions: Iterable[Session]) -> dict[int, Signup]:
    """The person's live signup for each session id that has one."""
    by_id = {session.pk: session for session in sessions}
    found = Signup.objects.filter(person_id=person_id, session__in=list(by_id), entry__state__in=LIVE)
    signups = list(found.select_related("entry"))
    for signup in signups:
        signup.session = by_id[signup.session_id]
    return {signup.session_id: signup for signup in signups}


def surnames(sessions: Sequence[Session], *, limit: int = 6) -> list[str]:
    """The first character of the latest participants' names: a face for the list, no more."""
    latest = Signup.objects.filter(
        Q(entry__state="confirmed") | Q(entry__state="pending"), session__in=sessions
    )
    return [name[:1] for name in latest.order_by("-id").values_list("person__name", flat=True)[:limit]]
