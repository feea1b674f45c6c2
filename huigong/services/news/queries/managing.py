"""What editors and reviewers see: lists by stage, the desk of one article, the plan of reviews."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from huigong.core.audit import Actor
from huigong.core.desks import DeskPage, DeskRow, page_of
from huigong.core.formats import ago_zh, date_zh
from huigong.people.approvals import queries as trails
from huigong.people.membership import queries as membership
from huigong.people.orgs import queries as orgs
from huigong.services.news import permissions
from huigong.services.news.models import Article, ReviewPlan, Version
from huigong.services.news.queries.reading import Face, face
from huigong.services.news.queries.words import cover_url, ordinal

if TYPE_CHECKING:
    from huigong.people.orgs.models import Union

PAGE = 20
State = Article.State
DEFAULT_STEPS = [ReviewPlan.Office.OWN.value]
"""Where nobody has decided otherwise, a colleague reads every article before it is out."""
TONES = {
    State.DRAFT: "grey",
    State.REVIEWING: "gold",
    State.RETURNED: "red",
    State.SCHEDULED: "blue",
    State.PUBLISHED: "ok",
    State.WITHDRAWN: "grey",
}
STAGES: dict[str, str] = {"": "全部", "mine": "待我审", **dict(State.choices)}


def steps_of(level: int) -> list[str]:
    """In which offices articles of unions of this level are reviewed, in order."""
    plan = ReviewPlan.objects.filter(level=level).first()
    return list(plan.steps) if plan else DEFAULT_STEPS


def steps_for(union: "Union") -> list[str]:
    """The same for one union."""
    return steps_of(union.level)


def levels() -> list[tuple[int, str, list[str]]]:
    """(level, its name, its steps) for every level at which unions of this tree stand, from the top down."""
    plans = dict(ReviewPlan.objects.values_list("level", "steps"))
    return [(level, name, plans.get(level, DEFAULT_STEPS)) for level, name in orgs.levels()]


def step_name(article: Article) -> str:
    """What the review that comes next is called."""
    return ordinal(article.step or 0, len(article.steps))


def trades() -> list[str]:
    """The trades that unions name, for articles that concern one."""
    return orgs.trades()


def managed_page(
    actor: Actor, *, stage: str = "", text: str = "", before: int | None = None, limit: int = PAGE
) -> DeskPage:
    """Articles of the unions within reach, by stage ("mine": whose review is the actor's) and words of the title."""
    found = permissions.managed_by(actor)
    if stage == "mine":
        found = permissions.awaiting(actor)
    elif stage:
        found = found.filter(state=stage)
    if text:
        found = found.filter(Q(title__icontains=text) | Q(union__name__icontains=text))
    if before:
        found = found.filter(pk__lt=before)
    rows = list(_with_face(found).order_by("-id")[: limit + 1])
    return page_of(rows, _desk_row, limit=limit)


def _with_face(found: QuerySet[Article]) -> QuerySet[Article]:
    return found.select_related("union", "channel", "cover", "author").defer("words", "body")


def _desk_row(article: Any) -> DeskRow:
    lines = [
        ("building-2", article.union.short_name or article.union.name),
        ("clock", _moment(article)),
    ]
    tags = [(state_of(article), TONES[State(article.state)]), (article.channel.name, "grey")]
    href = reverse("news:manage", args=[article.pk])
    return DeskRow(article.title, href, lines, tags, cover_url(article))


def _moment(article: Article) -> str:
    if article.state == State.SCHEDULED and article.publish_at:
        return f"{date_zh(article.publish_at)} 自动发布"
    if article.published_at:
        return f"{date_zh(article.published_at)} 发布"
    return f"{article.author.display_name} · {ago_zh(article.created_at)}起草"


def state_of(article: Article) -> str:
    """The state in words; in review, which one it waits for."""
    return f"待{step_name(article)}" if article.state == State.REVIEWING else article.get_state_display()


@dataclass(frozen=True)
class Desk:
    """Everything about one article for those who work on it."""

    article: Article
    face: Face
    state: str
    tone: str
    audience: str
    people: int
    office: str
    step: str
    plan: str
    track: list[dict[str, Any]]
    version: int
    returned: str
    may_edit: bool
    may_submit: bool
    may_call_back: bool
    may_review: bool
    may_withdraw: bool
    may_copy: bool

    @property
    def may_discard(self) -> bool:
        return self.may_edit and self.article.published_at is None


def desk_of(article: Article, actor: Actor) -> Desk:
    """The desk of an article that the caller has fetched for `actor`."""
    editable = article.state in Article.EDITABLE
    edits = permissions.may(actor, permissions.EDIT, article)
    audience = membership.audience(article.audience)
    reviewing = article.state == State.REVIEWING
    steps = article.steps if reviewing else steps_for(article.union)
    trail = trails.trail(article)
    last = trail[-1] if trail else None
    return Desk(
        article=article,
        face=face(article),
        state=state_of(article),
        tone=TONES[State(article.state)],
        audience=audience.sentence(),
        people=audience.count(),
        office=permissions.office(article).name if reviewing else "",
        step=step_name(article) if reviewing else "",
        plan=plan_zh(steps),
        track=_track(article, trail, steps),
        version=article.versions.count(),
        returned=last.remark if last and article.state == State.RETURNED else "",
        may_edit=editable and edits,
        may_submit=editable and edits,
        may_call_back=edits and article.state in (State.REVIEWING, State.SCHEDULED),
        may_review=permissions.may_review(actor, article),
        may_withdraw=article.state == State.PUBLISHED
        and permissions.may(actor, permissions.WITHDRAW, article),
        may_copy=edits and article.state in (State.PUBLISHED, State.WITHDRAWN),
    )


def plan_zh(steps: list[str]) -> str:
    """The plan in one line: 初审（本工会）→ 终审（上一级工会）."""
    if not steps:
        return "不需要审核，提交即发布"
    named = [
        f"{ordinal(place, len(steps))}（{ReviewPlan.Office(step).label}）" for place, step in enumerate(steps)
    ]
    return " → ".join(named)


_SEEN = {"approved": "done", "submitted": "done", "returned": "bad", "withdrawn": "bad"}


def _track(article: Article, trail: list[Any], steps: list[str]) -> list[dict[str, Any]]:
    """What happened, and while it is being reviewed what still comes."""
    track = [
        {
            "title": f"{step.step} · {step.get_decision_display()}",
            "state": _SEEN.get(step.decision, "done"),
            "time": f"{date_zh(step.created_at)} · {step.reviewer_name}",
            "note": step.remark,
        }
        for step in trail
    ]
    if article.state == State.REVIEWING:
        now = article.step or 0
        track += [
            {
                "title": ordinal(place, len(steps)),
                "state": "now" if place == now else "todo",
                "time": ReviewPlan.Office(steps[place]).label,
            }
            for place in range(now, len(steps))
        ]
    if article.state == State.SCHEDULED and article.publish_at:
        track.append({"title": "自动发布", "state": "now", "time": date_zh(article.publish_at)})
    if article.published_at:
        track.append({"title": "发布", "state": "done", "time": date_zh(article.published_at)})
    if article.state == State.WITHDRAWN:
        track.append({"title": "已撤回", "state": "bad", "note": article.withdrawn_reason})
    return track


def versions_of(article: Article) -> list[Version]:
    """Every text that was saved, the newest first."""
    return list(article.versions.select_related("saved_by").defer("body").order_by("-number"))
