"""Where an activity, a session or a signup stands, in the words a worker would use. No queries."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.urls import reverse
from django.utils import timezone

from huigong.core.drawings import drawing_url
from huigong.core.formats import date_zh, day_zh, span_zh
from huigong.services.activities.models import Activity, Session, Signup

_DRAWING_OF_WORD = {
    "羽毛球": "badminton",
    "篮球": "basketball",
    "拔河": "tug-of-war",
    "运动会": "tug-of-war",
    "健步": "hike",
    "徒步": "hike",
    "登山": "hike",
    "钓": "fishing",
    "海上": "fishing",
    "灯": "lantern",
    "博饼": "lantern",
    "电影": "film",
    "视频": "film",
    "驿站": "station",
    "读书": "reading",
    "点子": "meeting",
    "征集": "writing",
    "征文": "writing",
    "法律": "law",
    "普法": "law",
    "知识竞赛": "quiz",
    "音乐": "music",
    "歌": "music",
    "联欢": "music",
    "插花": "flowers",
    "花艺": "flowers",
    "风筝": "kite",
    "古城": "travel",
    "一日游": "travel",
    "疗休养": "travel",
    "座谈": "meeting",
    "志愿": "volunteer",
    "敬老": "help",
    "慰问": "help",
    "急救": "health",
    "体检": "health",
    "义诊": "health",
    "心理": "health",
    "瑜伽": "health",
    "技能": "skill",
    "比武": "skill",
}
"""What a title tells of the activity, the first word that is in it: nearer than its category."""

_DRAWING_OF_CATEGORY = {
    "sports": "badminton",
    "outing": "travel",
    "skill": "skill",
    "training": "training",
    "family": "family",
    "culture": "lantern",
    "volunteer": "volunteer",
    "health": "health",
    "women": "flowers",
}

TONES = {"ok": "red", "wait": "gold", "off": "grey"}
"""How loud a status is: something to do now, something to wait for, nothing any more."""


@dataclass(frozen=True)
class Places:
    """The pools of an activity taken together. `queues`: with all places taken one can still line up."""

    capacity: int
    taken: int
    opens_at: datetime
    closes_at: datetime
    queues: bool

    @property
    def left(self) -> int:
        return max(self.capacity - self.taken, 0)

    @classmethod
    def of(cls, sessions: "list[Session]") -> "Places":
        pools = [session.pool for session in sessions]
        return cls(
            capacity=sum(pool.capacity for pool in pools),
            taken=sum(pool.taken for pool in pools),
            opens_at=min(pool.opens_at for pool in pools),
            closes_at=max(pool.closes_at for pool in pools),
            queues=any(pool.has_waitlist for pool in pools),
        )


def status(activity: Activity, places: Places) -> tuple[str, str]:
    """What a member can do with it now, and how loud that is ("ok", "wait", "off")."""
    now = timezone.now()
    if activity.state == Activity.State.CANCELLED:
        return "已取消", "off"
    if now >= activity.ends_at:
        return "已结束", "off"
    if activity.state != Activity.State.PUBLISHED or now >= places.closes_at:
        return ("进行中", "wait") if now >= activity.starts_at else ("报名截止", "off")
    if now < places.opens_at:
        return f"{soon_zh(places.opens_at)} 开始报名", "wait"
    if places.left:
        return "报名中", "ok"
    return ("可候补", "wait") if places.queues else ("名额已满", "off")


def chance(session: Session) -> str:
    """Whether the session takes signups: "open", "queue" (full, but one can line up), "soon", "full" or "over"."""
    pool, now = session.pool, timezone.now()
    if not pool.is_open or now >= pool.closes_at:
        return "over"
    if now < pool.opens_at:
        return "soon"
    if pool.left or pool.mode in ("draw", "review"):
        return "open"
    return "queue" if pool.has_waitlist else "full"


def chance_zh(session: Session) -> str:
    """The same in words: 剩 3 个名额, 可候补, 12月1日 09:00 开始报名, 名额已满, 报名截止."""
    found = chance(session)
    if found == "open":
        by = {"draw": "抽签", "review": "审核"}.get(session.pool.mode)
        return f"{by} · {session.pool.capacity:,} 个名额" if by else f"剩 {session.pool.left:,} 个名额"
    words = {"queue": "已满 · 可候补", "full": "名额已满", "over": "报名截止"}
    return words.get(found) or f"{soon_zh(session.pool.opens_at)} 开始报名"


def state_of(signup: Signup) -> tuple[str, str]:
    """Where a signup stands, and the tone of its tag."""
    session, entry = signup.session, signup.entry
    if session.activity.state == Activity.State.CANCELLED:
        return "活动已取消", "grey"
    if signup.checked_in_at:
        return "已参加", "ok"
    if entry.state == "confirmed":
        return ("未签到", "grey") if session.ends_at < timezone.now() else ("已报名", "ok")
    if entry.state == "pending":
        return ("等待抽签" if session.pool.mode == "draw" else "等待审核"), "gold"
    tones = {"offered": "red", "waiting": "gold"}
    return entry.get_state_display(), tones.get(entry.state, "grey")


def soon_zh(moment: datetime) -> str:
    """今天 20:00, 明天 09:00, else 12月1日 09:00."""
    local, today = timezone.localtime(moment), timezone.localdate()
    days: dict[date, str] = {today: "今天", today + timedelta(days=1): "明天"}
    return f"{days.get(local.date()) or day_zh(moment)} {local:%H:%M}"


def days_zh(start: datetime, end: datetime) -> str:
    """When to be there, for a list: 12月5日 星期六 09:00; over several days 12月5日 至 12月9日."""
    if timezone.localtime(start).date() == timezone.localtime(end).date():
        return date_zh(start)
    return f"{day_zh(start)} 至 {day_zh(end)}"


def when(session: Session) -> str:
    """Its time in words: 12月5日 星期六 09:00–17:30."""
    return span_zh(session.starts_at, session.ends_at)


def where(session: Session) -> str:
    """Its place; online activities have none."""
    return session.place or session.activity.place or "线上参与"


def session_name(session: Session, number: int) -> str:
    """Its own name, else 第 2 场."""
    return session.name or f"第 {number} 场"


def yuan(fen: int) -> str:
    """1,234.50 元."""
    return f"{Decimal(fen) / 100:,.2f} 元"


def cover_url(activity: Activity) -> str:
    """Its uploaded cover, else the drawing its cadre chose, else one that fits the title or the category."""
    if activity.cover:
        return reverse("core:file", args=[activity.cover.uuid])
    return drawing_url(activity.drawing or _fitting_drawing(activity))


def _fitting_drawing(activity: Activity) -> str:
    fitting = (drawing for word, drawing in _DRAWING_OF_WORD.items() if word in activity.title)
    return next(fitting, _DRAWING_OF_CATEGORY.get(activity.category, ""))
