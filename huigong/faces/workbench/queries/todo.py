"""One inbox of everything that awaits a cadre, in the order of deadlines."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache, partial
from typing import Any

from django.db.models import Count, Min, Q, QuerySet, Value
from django.urls import reverse
from django.utils import timezone

from huigong.core.audit import Actor
from huigong.core.formats import day_zh
from huigong.core.prepared import Prepared, planned_once
from huigong.people.membership import queries as membership
from huigong.people.membership.queries import workbench as roll
from huigong.people.orgs import permissions as orgs_permissions
from huigong.people.orgs import queries as orgs
from huigong.services.activities.queries import workbench as activities
from huigong.services.complaints import permissions as rights
from huigong.services.complaints import queries as complaints
from huigong.services.conversations import permissions as letters
from huigong.services.conversations import queries as conversations
from huigong.services.funds import permissions as funds
from huigong.services.news import permissions as news
from huigong.services.policies import permissions as aid
from huigong.services.policies import queries as policies

PER_KIND = 50
"""So many of each kind are looked at; who has more of one kind has its list."""


@dataclass(frozen=True)
class Todo:
    """One thing that waits for the cadre's decision. `due` may be missing; then it comes last."""

    kind: str
    icon: str
    title: str
    detail: str
    href: str
    due: date | None

    @property
    def is_late(self) -> bool:
        return self.due is not None and self.due < timezone.localdate()

    @property
    def due_words(self) -> str:
        if self.due is None:
            return ""
        days = (self.due - timezone.localdate()).days
        if days < 0:
            return f"已超期 {-days} 天"
        return {0: "今天到期", 1: "明天到期"}.get(days, f"{day_zh(self.due)}前")


@dataclass(frozen=True)
class TodoKind:
    """A kind of work: how much of it waits, and where all of it is listed."""

    key: str
    label: str
    icon: str
    count: int
    late: int
    href: str


_KINDS = {
    "application": ("入会申请", "person_add", "admin:membership_joinapplication_changelist", "?waiting=mine"),
    "claim": ("会籍认领", "how_to_reg", "admin:membership_claim_changelist", "?waiting=mine"),
    "transfer": ("转会申请", "swap_horiz", "admin:membership_transfer_changelist", "?waiting=mine"),
    "expulsion": ("除名决定", "gavel", "admin:membership_person_changelist", "?standing=proposed"),
    "registration": ("建会申请", "domain_add", "admin:orgs_registration_changelist", "?state=open"),
    "activity": ("活动审批", "fact_check", "admin:activities_activity_changelist", "?state__exact=submitted"),
    "complaint": ("维权诉求", "balance", "complaints:desk", ""),
    "signup": ("报名审核", "rule", "admin:activities_activity_changelist", "?signups=pending"),
    "aid": ("申报办理", "volunteer_activism", "policies:review-index", ""),
    "article": ("文章审核", "newspaper", "news:manage-index", "?stage=mine"),
    "conversation": ("职工留言", "forum", "conversations:manage-index", ""),
    "adoption": ("建议公示", "lightbulb", "conversations:adoptions", ""),
    "accounts": ("经费核对", "account_balance_wallet", "funds:manage-index", ""),
}


def todo_counts(actor: Any) -> list[TodoKind]:
    """How much of each kind waits for `actor`; kinds that nobody of their office decides are left out.

    Read once per request's account object, because the sidebar and the page both ask.
    """
    known = getattr(actor, "_todo_counts", None)
    if known is None:
        known = actor._todo_counts = _counts(actor)
    return known


def _counts(actor: Actor) -> list[TodoKind]:
    counts = dict.fromkeys(_counted_for(actor), (0, 0))
    with planned_once():
        counts |= {kind: (count, late) for kind, count, late in _statement(_who(actor))()}
    if rights.works_here(actor):
        waiting = complaints.awaiting(rights.desk_scope(actor))
        counts["complaint"] = (waiting.count, waiting.late)
    return [
        TodoKind(key, label, icon, *counts[key], reverse(name) + query)
        for key, (label, icon, name, query) in _KINDS.items()
        if key in counts
    ]


@dataclass(frozen=True)
class _Who:
    """All on which it depends what waits for somebody: who they are, their posts, the day."""

    actor: Actor = field(compare=False)
    pk: int | None
    posts: tuple[tuple[str, str], ...]
    today: date


def _who(actor: Actor) -> _Who:
    return _Who(actor, actor.pk, orgs_permissions.standing(actor), timezone.localdate())


@lru_cache(maxsize=1024)
def _statement(who: _Who) -> Prepared[tuple[str, int, int]]:
    """The counts of everything in one statement: it stands in the sidebar of every page, and writing its SQL costs
    ten times what answering it does.
    """
    return Prepared(lambda: _counted(who))


def _counted(who: _Who) -> QuerySet[Any, tuple[str, int, int]]:
    waiting = {kind: _WAITING[kind](who.actor) for kind in _counted_for(who.actor)}
    first, *others = [
        found.order_by()
        .annotate(key=Value(kind))
        .values("key")
        .annotate(count=Count("pk"), late=Count("pk", filter=_late(found, who.today)))
        .values_list("key", "count", "late")
        for kind, found in waiting.items()
    ]
    return first.union(*others, all=True)


def _late(waiting: QuerySet, today: date) -> Q:
    """Some of it has no day by which it must be done, or one that is not ours to set."""
    columns = (column.name for column in waiting.model._meta.fields)
    dated = "due_on" in {*columns, *waiting.query.annotations}
    return Q(due_on__lt=today) if dated else Q(pk=None)


_WAITING: dict[str, Callable[[Actor], QuerySet]] = {
    **{kind: partial(roll.waiting, kind=kind) for kind in membership.KINDS},
    "expulsion": roll.expulsions_waiting,
    "registration": orgs.registrations_waiting,
    "activity": activities.awaiting_approval,
    "signup": activities.signups_to_review,
    "aid": policies.awaiting,
    "article": news.awaiting,
    "conversation": conversations.awaiting,
    "adoption": conversations.adoptions_to_review,
    "accounts": funds.awaiting,
}
"""It may depend on all of `_Who` and on nothing else: its SQL is kept, so an hour read here would stay."""


def _counted_for(actor: Actor) -> list[str]:
    """The kinds of work that an office of the actor's may have at all; complaints lie in the vault and are apart."""
    reviews, answers = membership.may_review(actor), letters.handles(actor)
    unknown = {*(() if reviews else membership.KINDS), *(() if answers else ("conversation", "adoption"))}
    unknown |= set() if aid.reviews(actor) else {"aid"}
    return [kind for kind in _WAITING if kind not in unknown]


def todo(actor: Actor, *, kind: str = "", limit: int = 20) -> list[Todo]:
    """The first `limit` things that wait, of one kind or of all, the most urgent first."""
    waiting = [known.key for known in todo_counts(actor) if known.count and kind in ("", known.key)]
    with planned_once():
        found = [item for key in waiting for item in _SOURCES[key](actor)]
    found.sort(key=lambda item: (item.due is None, item.due or date.max))
    return found[:limit]


_AS_LISTED: dict[str, Callable[[QuerySet], QuerySet]] = {
    "registration": lambda waiting: waiting.select_related("union__parent"),
    "activity": lambda waiting: (
        waiting.annotate(opens_at=Min("sessions__pool__opens_at"))
        .select_related("union")
        .order_by("opens_at", "id")
    ),
    "signup": lambda waiting: (
        waiting.values("session__activity_id", "session__activity__title", "session__activity__union__name")
        .annotate(people=Count("id"), closes_at=Min("session__pool__closes_at"))
        .order_by("closes_at")
    ),
    "article": lambda waiting: waiting.select_related("union").defer("words", "body").order_by("id"),
    "conversation": lambda waiting: waiting.select_related("union"),
    "adoption": lambda waiting: waiting.select_related("union"),
    "accounts": lambda waiting: waiting.select_related("union").order_by("id"),
}
"""What a kind needs besides to be listed, and in which order it stands."""


def _first(kind: str, actor: Actor) -> list[Any]:
    return _first_statement(kind, _who(actor))()


@lru_cache(maxsize=4096)
def _first_statement(kind: str, who: _Who) -> Prepared[Any]:
    listed = _AS_LISTED.get(kind, lambda waiting: waiting)
    return Prepared(lambda: listed(_WAITING[kind](who.actor))[:PER_KIND])


def _requests(kind: str, page: str) -> Callable[[Actor], Iterable[Todo]]:
    def found(actor: Actor) -> Iterable[Todo]:
        for asked in _first(kind, actor):
            url = reverse(page, args=[asked.pk])
            yield Todo(kind, _KINDS[kind][1], str(asked), asked.deciding_union.name, url, asked.due_on)

    return found


def _expulsions(actor: Actor) -> Iterable[Todo]:
    for expulsion in _first("expulsion", actor):
        held = expulsion.membership
        url = reverse("admin:membership_person_change", args=[held.person_id])
        yield Todo("expulsion", "gavel", f"{held.person}的除名提议", held.union.name, url, None)


def _registrations(actor: Actor) -> Iterable[Todo]:
    for registration in _first("registration", actor):
        union = registration.union
        due = registration.due_on if union.state == union.State.SUBMITTED else None
        url = reverse("admin:orgs_registration_change", args=[registration.pk])
        detail = f"{union.parent} · {union.get_state_display()}"
        yield Todo("registration", "domain_add", str(registration), detail, url, due)


def _activities(actor: Actor) -> Iterable[Todo]:
    for activity in _first("activity", actor):
        due = timezone.localdate(activity.opens_at or activity.starts_at)
        url = reverse("activities:manage", args=[activity.pk])
        yield Todo("activity", "fact_check", f"“{activity.title}”待审批", activity.union.name, url, due)


def _signups(actor: Actor) -> Iterable[Todo]:
    for group in _first("signup", actor):
        yield Todo(
            "signup",
            "rule",
            f"“{group['session__activity__title']}”有 {group['people']} 人报名待审核",
            group["session__activity__union__name"],
            reverse("activities:manage", args=[group["session__activity_id"]]),
            timezone.localdate(group["closes_at"]),
        )


def _aid(actor: Actor) -> Iterable[Todo]:
    """By what is applied for and where alone; who applies stands on the page itself."""
    for asked in _first("aid", actor):
        title = f"“{asked.scheme.title}”{asked.get_state_display()}"
        due = None if asked.due_on == policies.NEVER else asked.due_on
        url = reverse("policies:review", args=[asked.pk])
        yield Todo("aid", _KINDS["aid"][1], title, asked.union.name, url, due)


def _articles(actor: Actor) -> Iterable[Todo]:
    for article in _first("article", actor):
        due = timezone.localdate(article.publish_at) if article.publish_at else None
        url = reverse("news:manage", args=[article.pk])
        yield Todo("article", "newspaper", f"“{article.title}”待审核", article.union.name, url, due)


def _conversations(actor: Actor) -> Iterable[Todo]:
    for thread in _first("conversation", actor):
        url = reverse("conversations:desk", args=[thread.pk])
        yield Todo("conversation", "forum", str(thread), thread.union.name, url, thread.due_on)


def _adoptions(actor: Actor) -> Iterable[Todo]:
    for adoption in _first("adoption", actor):
        url = reverse("conversations:adoption", args=[adoption.pk])
        yield Todo("adoption", "lightbulb", f"建议“{adoption.title}”待公示", adoption.union.name, url, None)


def _accounts(actor: Actor) -> Iterable[Todo]:
    for report in _first("accounts", actor):
        url = reverse("funds:manage", args=[report.pk])
        yield Todo("accounts", "account_balance_wallet", f"{report}待核对", report.union.name, url, None)


def _complaints(actor: Actor) -> Iterable[Todo]:
    """By number and day alone: what a case is about is seen on its own page, where the look is noted."""
    if rights.works_here(actor):
        for case in complaints.due_first(rights.desk_scope(actor), limit=PER_KIND):
            url = reverse("complaints:desk-case", args=[case.uuid])
            yield Todo("complaint", "balance", f"诉求 {case.number}", case.state, url, case.due_on)


_SOURCES: dict[str, Callable[[Actor], Iterable[Todo]]] = {
    "application": _requests("application", "admin:membership_joinapplication_change"),
    "claim": _requests("claim", "admin:membership_claim_change"),
    "transfer": _requests("transfer", "admin:membership_transfer_change"),
    "expulsion": _expulsions,
    "registration": _registrations,
    "activity": _activities,
    "signup": _signups,
    "complaint": _complaints,
    "aid": _aid,
    "article": _articles,
    "conversation": _conversations,
    "adoption": _adoptions,
    "accounts": _accounts,
}
