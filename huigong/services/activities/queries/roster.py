"""The list of who signed up, for who looks after the activity."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from huigong.core.formats import date_zh
from huigong.core.questions import parse_schema
from huigong.people.membership.queries import Rule, audience
from huigong.people.membership.queries import workbench as roll
from huigong.services.activities.models import Activity, Session, Signup
from huigong.services.activities.queries.answers import answers_of, party_zh
from huigong.services.activities.queries.words import session_name, state_of, when

PAGE = 30
FILTERS = {
    "": "全部",
    "pending": "待审核",
    "confirmed": "有名额",
    "waiting": "候补",
    "came": "已签到",
    "absent": "未签到",
    "gone": "取消或未通过",
}


@dataclass(frozen=True)
class RosterRow:
    """One signup as the cadre's list shows it."""

    pk: int
    name: str
    union: str
    phone: str
    state: str
    tone: str
    note: str
    is_pending: bool


@dataclass(frozen=True)
class RosterPage:
    """A page of them and where the next one starts (None at the end)."""

    rows: list[RosterRow]
    next: int | None


def roster_page(
    sessions: Sequence[Session],
    *,
    state: str = "",
    text: str = "",
    cursor: int | None = None,
    limit: int = PAGE,
) -> RosterPage:
    """Signups of sessions of one activity, newest first; those who wait in the order in which their turn comes.

    The sessions are named one by one: asked for by activity, PostgreSQL reads the newest signups of all activities.
    """
    by_id = {session.pk: session for session in sessions}
    found = Signup.objects.filter(_in_state(state), session__in=list(by_id))
    if text:
        found = roll.asked_by(found, text)
    in_order = state == "waiting"
    if cursor:
        found = found.filter(entry__gt=cursor) if in_order else found.filter(pk__lt=cursor)
    found = found.order_by("entry_id" if in_order else "-pk")
    rows = list(found.select_related("person", "union", "entry")[: limit + 1])
    for signup in rows:
        signup.session = by_id[signup.session_id]
    shown = rows[:limit]
    ahead = _waiting_ahead(shown) if in_order else {}
    return RosterPage(
        [_row(signup, ahead.get(signup.pk)) for signup in shown], _following(rows, limit, in_order)
    )


def _following(rows: list[Signup], limit: int, in_order: bool) -> int | None:
    if len(rows) <= limit:
        return None
    return rows[limit - 1].entry_id if in_order else rows[limit - 1].pk


def chosen_signups(activity: Activity, *, session_id: int | None = None, state: str = "") -> QuerySet[Signup]:
    """The signups that a filter means, with everything a row shows."""
    found = Signup.objects.filter(session__activity=activity).filter(_in_state(state))
    if session_id:
        found = found.filter(session=session_id)
    return found.select_related("person", "union", "entry", "session__pool", "session__activity")


def _in_state(state: str) -> Q:
    confirmed = Q(entry__state="confirmed")
    return {
        "pending": Q(entry__state="pending"),
        "confirmed": confirmed,
        "waiting": Q(entry__state__in=["waiting", "offered"]),
        "came": Q(checked_in_at__isnull=False),
        "absent": confirmed & Q(checked_in_at=None, session__starts_at__lt=timezone.now()),
        "gone": Q(entry__state__in=["cancelled", "refused", "lost", "lapsed"]),
    }.get(state, Q())


def _waiting_ahead(signups: list[Signup]) -> dict[int, int]:
    """Position in the queue of its session for each signup that waits: one query."""
    sessions = {signup.session_id for signup in signups}
    queue = Signup.objects.filter(session__in=sessions, entry__state="waiting").order_by("entry_id")
    positions: dict[int, int] = {}
    counts = dict.fromkeys(sessions, 0)
    for pk, session_id in queue.values_list("pk", "session_id"):
        counts[session_id] += 1
        positions[pk] = counts[session_id]
    return positions


def _row(signup: Signup, position: int | None) -> RosterRow:
    label, tone = state_of(signup)
    until = signup.entry.offered_until
    notes = [
        f"候补第 {position} 位" if position else "",
        f"{date_zh(until)} 前确认" if until and signup.entry.state == "offered" else "",
        f"共 {signup.entry.size} 人" if signup.entry.size > 1 else "",
        "手工加入" if signup.entry.is_override else "",
        signup.session.name,
    ]
    return RosterRow(
        pk=signup.pk,
        name=signup.person.name,
        union=signup.union.short_name or signup.union.name,
        phone=signup.person.masked_phone,
        state=label,
        tone=tone,
        note=" · ".join(note for note in notes if note),
        is_pending=signup.entry.state == "pending" and signup.session.pool.mode == "review",
    )


@dataclass(frozen=True)
class RosterEntry:
    """One signup on its own page. Numbers are masked unless `shown`."""

    signup: Signup
    state: str
    tone: str
    session: str
    facts: list[tuple[str, str]]
    may_decide: bool
    may_remove: bool
    may_check_in: bool
    may_undo_check_in: bool
    has_numbers: bool


def roster_entry(signup: Signup, *, shown: bool = False) -> RosterEntry:
    """Everything that the organiser may know about a signup."""
    label, tone = state_of(signup)
    entry, person, session = signup.entry, signup.person, signup.session
    questions = parse_schema(session.activity.questions)
    values = questions.excel_values(answers_of(signup), masked=not shown)
    answers = [
        (column.label, str(value)) for column, value in zip(questions.excel_columns(), values, strict=True)
    ]
    phone = person.phone if shown else person.masked_phone
    facts = [
        ("所属工会", signup.union.name),
        ("手机号", phone),
        ("同行人", party_zh(signup)),
        *answers,
        ("报名时间", date_zh(signup.created_at)),
        ("审核意见", signup.decided_reason),
        ("签到时间", date_zh(signup.checked_in_at) if signup.checked_in_at else ""),
        ("手工签到", signup.check_in_reason),
    ]
    live = entry.state in ("pending", "confirmed", "waiting", "offered")
    return RosterEntry(
        signup=signup,
        state=label,
        tone=tone,
        session=" ".join(part for part in (session.name, when(session)) if part),
        facts=facts,
        may_decide=entry.state == "pending" and session.pool.mode == "review",
        may_remove=live and not signup.checked_in_at and not _awaits_draw(session),
        may_check_in=entry.state == "confirmed" and not signup.checked_in_at,
        may_undo_check_in=signup.checked_in_at is not None,
        has_numbers=bool(person.phone_sealed) and not shown,
    )


def _awaits_draw(session: Session) -> bool:
    """The frozen list of a draw must stay the one that was published."""
    return bool(session.pool.entries_hash) and session.pool.drawn_at is None


def roster_sessions(sessions: Sequence[Session]) -> list[tuple[int, str]]:
    """Sessions by id, for choosing one; empty when there is nothing to choose."""
    named = [(session.pk, session_name(session, number)) for number, session in enumerate(sessions, start=1)]
    return named if len(named) > 1 else []


def addable_people(activity: Activity) -> QuerySet[Any]:
    """Members whom the organiser may put on the list by hand: those of its own union and below."""
    return audience(Rule(union_ids=(activity.union_id,))).people()


def find_addable(activity: Activity, text: str, *, limit: int = 10) -> list[Any]:
    """Of them those whom `text` may mean, by name."""
    if not text:
        return []
    return list(roll.people_meant(addable_people(activity), text).order_by("sort_key", "id")[:limit])


# --- As a spreadsheet


def roster_columns(activity: Activity) -> list[str]:
    """The headings of the list as Excel."""
    asked = [column.label for column in parse_schema(activity.questions).excel_columns()]
    return [
        "姓名",
        "性别",
        "所属工会",
        "手机号",
        "场次",
        "状态",
        "人数",
        "同行人",
        *asked,
        "报名时间",
        "签到时间",
    ]


def roster_values(signup: Signup) -> list[Any]:
    """One row under those headings; phones and ID numbers are masked."""
    questions = parse_schema(signup.session.activity.questions)
    return [
        signup.person.name,
        signup.person.get_sex_display(),
        signup.union.name,
        signup.person.masked_phone,
        " ".join(part for part in (signup.session.name, when(signup.session)) if part),
        state_of(signup)[0],
        signup.entry.size,
        party_zh(signup),
        *questions.excel_values(answers_of(signup)),
        signup.created_at,
        signup.checked_in_at,
    ]
