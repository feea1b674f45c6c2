"""Activities: a year behind us, those that members can sign up for now, and drafts on the cadres' desks."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from huigong.core.audit import SYSTEM
from huigong.core.errors import Refused
from huigong.demo.seeds import words
from huigong.demo.story.clock import Story
from huigong.demo.story.stage import Stage
from huigong.demo.whole import savepoints
from huigong.people.accounts.models import Account
from huigong.people.membership import queries as membership
from huigong.people.membership.queries import Member, Rule
from huigong.resources.seats.models import Pool
from huigong.services.activities import operations as activities
from huigong.services.activities.models import Activity, Session, Signup
from huigong.services.activities.operations import SessionPlan

_HOURS = timedelta(hours=3)
_CAME = 0.85
_SURVEYED = 28
"""Days for which a survey can be answered."""
_SURVEY = [
    {
        "id": "rating",
        "kind": "single",
        "label": "您对这次活动满意吗",
        "options": ["很满意", "满意", "一般", "不满意"],
    },
    {"id": "wish", "kind": "text", "label": "下次还想参加什么活动"},
]


@dataclass(frozen=True)
class Plan:
    """One activity of seeds/activities.toml."""

    union: str
    title: str
    category: str
    summary: str
    body: str
    place: str
    on: int
    at: str
    points: int
    people: int = 0
    key: str = ""
    address: str = ""
    mode: str = "rush"
    capacity: int = 0
    opens: int = -14
    closes: int = -1
    waitlist: bool = True
    max_companions: int = 0
    sex: str = ""
    who: str = ""
    """Who is asked first: the demo "member", all of "ours" (the member's union), or the member "last"."""
    after: str = ""
    decide: int = 0
    second_session: str = ""
    questions: list[dict[str, Any]] = field(default_factory=list)
    quotas: dict[str, int] = field(default_factory=dict)
    budget_yuan: int = 0
    state: str = ""
    reason: str = ""


def _plans(kind: str) -> list[Plan]:
    return [Plan(**row) for row in words("activities")[kind]]


def past(stage: Stage) -> Iterator[Story]:
    """Every activity that is over, each from its announcement to its report."""
    return (_held(stage, plan) for plan in _plans("past"))


def _held(stage: Stage, plan: Plan) -> Story:
    yield stage.clock.at(plan.on - 16, "10:00")
    activity = _publish(stage, plan, capacity=-(-plan.people // 5) * 5 + 5)
    yield stage.clock.at(plan.on - 12, "12:30")
    parts = _fill(stage, activity, plan)
    yield stage.clock.at(plan.on - 3, "17:00")
    if plan.people > 20:
        account, signup = parts.pop()
        activities.cancel_signup(signup, actor=account)
    _place_in_time(stage, activity, plan)
    yield stage.clock.at(plan.on, plan.at)
    came = _check_in(stage, activity, plan)
    yield stage.clock.at(plan.on + 1, "17:30")
    activities.close(activity, actor=_officer(stage, plan))
    if plan.on > -_SURVEYED:
        _answer(stage, came)
    yield stage.clock.at(plan.on + 4, "16:00")
    text = f"<p>{plan.title}顺利举行，到场会员反映良好，照片和签到名单已归档。</p>"
    activities.report(activity, text=text, spent_fen=plan.people * 4500, actor=_officer(stage, plan))


def _check_in(stage: Stage, activity: Activity, plan: Plan) -> list[Signup]:
    """Most come, the demo member always; returns who did. The officer at the door checks in everybody else."""
    officer = _officer(stage, plan)
    placed = Signup.objects.filter(session__activity=activity, entry__state="confirmed").order_by("id")
    came = [
        signup
        for signup in placed.select_related("session__activity__union", "entry", "person").exclude(
            person__account_id=officer.pk
        )
        if signup.person.account_id == stage.accounts["member"].pk or stage.rng.random() < _CAME
    ]
    for signup in came:
        moment = activity.starts_at + timedelta(minutes=stage.rng.randint(-15, 10))
        activities.check_in(signup, actor=officer, at=moment)
    return came


def _answer(stage: Stage, came: list[Signup]) -> None:
    """Every other participant says how it was; the demo member has yet to."""
    for signup in came[1::2]:
        if signup.person.account_id != stage.accounts["member"].pk:
            rating = stage.rng.choice(["很满意", "很满意", "满意", "一般"])
            activities.answer_survey(signup, answers={"rating": rating})


def _officer(stage: Stage, plan: Plan) -> Account:
    """Who runs it for the organiser."""
    return stage.accounts["county.admin"] if plan.union == "county" else stage.chair(plan.union)


def _publish(stage: Stage, plan: Plan, *, capacity: int) -> Activity:
    """Announce it with a window that is open at this moment; `_place_in_time` sets the true one."""
    return activities.publish(_draft(stage, plan, capacity=capacity), actor=_officer(stage, plan))


def _draft(stage: Stage, plan: Plan, *, capacity: int) -> Activity:
    starts = [
        stage.clock.start + timedelta(days=30 + number) for number in range(2 if plan.second_session else 1)
    ]
    return activities.create_activity(
        stage.unions[plan.union],
        rule=Rule(sex=plan.sex),
        plans=[
            SessionPlan(
                starts_at=start,
                ends_at=start + _HOURS,
                capacity=capacity // len(starts),
                opens_at=stage.clock.start - timedelta(hours=1),
                closes_at=start,
                mode=plan.mode,
                has_waitlist=plan.waitlist,
                name=_session_name(plan, number),
                quotas={stage.unions[key].pk: places for key, places in plan.quotas.items()},
            )
            for number, start in enumerate(starts)
        ],
        actor=_officer(stage, plan),
        category=plan.category,
        title=plan.title,
        summary=plan.summary,
        body=plan.body,
        place=plan.place,
        address=plan.address,
        points=plan.points,
        max_companions=plan.max_companions,
        questions=plan.questions,
        survey=_SURVEY,
        budget_fen=plan.budget_yuan * 100,
        budget_line="职工活动支出" if plan.budget_yuan else "",
        contact_name=_officer(stage, plan).display_name,
    )


def _session_name(plan: Plan, number: int) -> str:
    return ("上午场", "下午场")[number] if plan.second_session else ""


def _place_in_time(stage: Stage, activity: Activity, plan: Plan) -> None:
    """Set days and windows as the plan says, counted from today."""
    times = [plan.at, *([plan.second_session] if plan.second_session else [])]
    opens_at = stage.clock.at(plan.on + plan.opens if plan.on < 0 else plan.opens, "09:00")
    closes_at = stage.clock.at(plan.on + plan.closes if plan.on < 0 else plan.closes, "18:00")
    starts = [stage.clock.at(plan.on, hour) for hour in times]
    for session, start in zip(activity.sessions.all(), starts, strict=True):
        Session.objects.filter(pk=session.pk).update(starts_at=start, ends_at=start + _HOURS)
        Pool.objects.filter(pk=session.pool_id).update(opens_at=opens_at, closes_at=closes_at)
    activity.starts_at, activity.ends_at = starts[0], starts[-1] + _HOURS
    activity.save(update_fields=["starts_at", "ends_at"])


def _fill(stage: Stage, activity: Activity, plan: Plan) -> list[tuple[Account, Signup]]:
    """As many members as the plan says sign up; some others ask in vain, as in life."""
    sessions = list(activity.sessions.select_related("pool", "activity__union"))
    audience = membership.audience(activity.audience)
    star = stage.accounts["member"]
    parts: list[tuple[Account, Signup]] = []
    for account, member in stage.members(first=_first(stage, plan), lead=plan.who in ("member", "ours")):
        if len(parts) == plan.people - (plan.who == "last"):
            break
        if audience.why_not(member) is None and not (plan.who == "last" and account == star):
            parts += _sign_up(stage, sessions[len(parts) % len(sessions)], account, member)
    if plan.who == "last":
        parts += _sign_up(stage, sessions[0], star, stage.member(star))
    return parts


def _first(stage: Stage, plan: Plan) -> str:
    """Whose members are asked first."""
    return "carving" if plan.who == "ours" else plan.union if plan.union in stage.active else ""


def _sign_up(
    stage: Stage, session: Session, account: Account, member: Member
) -> list[tuple[Account, Signup]]:
    companions = []
    if session.activity.max_companions and stage.rng.random() < 0.3:
        companions = [{"name": stage.somebody().name}]
    try:
        with savepoints(wanted=True):
            outcome = activities.sign_up(
                session,
                member=member,
                actor=account,
                answers=_answers(stage, session.activity),
                companions=companions,
            )
    except Refused:
        return []
    return [(account, outcome.signup)]


def _answers(stage: Stage, activity: Activity) -> dict[str, Any]:
    some: dict[str, Any] = {
        "years": stage.rng.randint(1, 25),
        "wish": stage.rng.choice(["人物开脸", "山水远景", "字体", ""]),
        "allergy": stage.rng.random() < 0.1,
    }
    return {question["id"]: some[question["id"]] for question in activity.questions}


def present(stage: Stage) -> Iterator[Story]:
    """What members can sign up for, wait for or look up now."""
    return (_offered(stage, plan) for plan in _plans("now"))


def _offered(stage: Stage, plan: Plan) -> Story:
    yield stage.clock.at(min(plan.opens, 0) - 2, "10:00")
    activity = _publish(stage, plan, capacity=plan.capacity)
    yield stage.clock.at(min(plan.opens + 1, 0), "12:20")
    parts = _fill(stage, activity, plan)
    yield stage.clock.at(min(plan.opens + 2, 0), "08:40")
    _decide(stage, plan, parts)
    if plan.who == "last":
        account, signup = parts[0]
        activities.cancel_signup(signup, actor=account)
    _place_in_time(stage, activity, plan)
    yield stage.clock.at(min(plan.closes, 0), "20:00")
    _draw(stage, activity, plan)


def _decide(stage: Stage, plan: Plan, parts: list[tuple[Account, Signup]]) -> None:
    """The first requests of a reviewed activity are decided, the demo member's not yet."""
    others = [signup for account, signup in parts[1:] if account.pk != _officer(stage, plan).pk]
    for place, signup in enumerate(others[: plan.decide]):
        activities.decide_signup(
            signup,
            accept=place > 0,
            actor=_officer(stage, plan),
            reason="" if place else "本期要求一年以上经验，欢迎报名基础班。",
        )


def _draw(stage: Stage, activity: Activity, plan: Plan) -> None:
    """The nightly job locks the list; the organiser draws."""
    for session in activity.sessions.select_related("pool", "activity__union"):
        if plan.after:
            activities.freeze_list(session, actor=SYSTEM)
        if plan.after == "draw":
            activities.draw_lots(session, actor=_officer(stage, plan))


def desk(stage: Stage) -> Iterator[Story]:
    """Drafts, submissions to the union above, one sent back and one called off."""
    return (_worked_on(stage, plan) for plan in _plans("desk"))


def _worked_on(stage: Stage, plan: Plan) -> Story:
    yield stage.clock.at(-9, "15:30")
    officer = _officer(stage, plan)
    activity = _draft(stage, plan, capacity=plan.capacity)
    if plan.state == "cancelled":
        activities.publish(activity, actor=officer)
        yield stage.clock.at(-6, "12:45")
        _fill(stage, activity, plan)
    _place_in_time(stage, activity, plan)
    if plan.state in ("submitted", "returned"):
        yield stage.clock.at(-3, "11:20")
        activities.submit(activity, actor=officer)
    yield stage.clock.at(-1, "17:15")
    if plan.state == "returned":
        above = next(key for key, union in stage.unions.items() if union.pk == activity.union.parent_id)
        activities.return_activity(activity, reason=plan.reason, actor=stage.chair(above))
    elif plan.state == "cancelled":
        activities.cancel_activity(activity, reason=plan.reason, actor=officer)
