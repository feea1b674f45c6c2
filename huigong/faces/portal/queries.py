"""What the members' pages show, gathered from the modules that know it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.templatetags.static import static
from django.urls import reverse

from huigong.core.audit import Actor
from huigong.core.pinyin import initials
from huigong.core.search import Hit
from huigong.people.inbox import queries as inbox
from huigong.people.membership import queries as membership
from huigong.people.orgs import queries as orgs
from huigong.resources.points import queries as points
from huigong.services.activities import queries as activities
from huigong.services.conversations import queries as conversations
from huigong.services.funds import queries as funds
from huigong.services.news import permissions as articles
from huigong.services.news import queries as news
from huigong.services.notices import queries as notices
from huigong.services.policies import queries as policies


@dataclass(frozen=True)
class Home:
    """Everything on the home page."""

    root_name: str
    member_count: int
    member: membership.Member | None
    services: list[dict[str, str]]
    slides: list[dict[str, str]]
    coming: activities.Coming | None
    notice: notices.Row | None
    activities: list[activities.Card]
    news: news.Front
    points: int
    signups: int
    requests: int
    """Joining, claiming, moving: not finished."""
    applications: int
    """For help that a union offers: not finished."""

    @property
    def pending(self) -> int:
        return self.requests + self.applications

    @property
    def pending_page(self) -> str:
        """Where they stand."""
        only_applications = self.applications and not self.requests
        return reverse("policies:apply-index" if only_applications else "membership:status")


def home(actor: Actor) -> Home:
    """The home page of `actor`, who may be anonymous."""
    member = membership.member_of(actor) if actor.pk else None
    return Home(
        root_name=orgs.root_name(),
        member_count=membership.member_count(),
        member=member,
        services=_services(member is not None),
        slides=_slides(actor, is_member=member is not None),
        notice=notices.latest(member, actor) if member else None,
        activities=activities.featured(actor),
        news=news.front(member, actor),
        points=points.balance(member.person_id) if member else 0,
        signups=activities.live_signup_count(actor) if member else 0,
        requests=membership.open_request_count(actor) if actor.pk else 0,
        applications=policies.open_count(actor) if actor.pk else 0,
        coming=activities.coming(actor) if member else None,
    )


class Unread(NamedTuple):
    """How much the reader has not opened, by where it lies."""

    messages: int
    notices: int


def unread(actor: Actor) -> Unread:
    """What the badge counts: messages to the actor, and notices that mean them."""
    return Unread(inbox.unread_count(actor), notices.unread_count(actor))


def unread_count(actor: Actor) -> int:
    """The number on the badge."""
    return sum(unread(actor))


class Group(NamedTuple):
    """Services that belong together, as the page of all services shows them."""

    title: str
    services: list[dict[str, str]]


def service_groups(*, is_member: bool) -> list[Group]:
    """The services that exist. A member is not asked to join."""
    belonging = (
        [
            _service("我的会籍", "id-card", "red", "membership:status"),
            _service("转会办理", "arrow-left-right", "cyan", "membership:transfer"),
        ]
        if is_member
        else [
            _service("入会申请", "user-plus", "red", "membership:join"),
            _service("会籍认领", "badge-check", "cyan", "membership:claim"),
        ]
    )
    return [
        Group(
            "会籍",
            [
                *belonging,
                _service("会员码", "qr-code", "purple", "portal:member-card"),
                _service("我的积分", "coins", "gold", "portal:points"),
                _service("我的工会", "building-2", "blue", "portal:my-union"),
                _service("经费公开", "wallet", "green", "funds:index"),
                _service("申请建会", "landmark", "indigo", "orgs:register"),
            ],
        ),
        Group(
            "活动",
            [
                _service("活动报名", "calendar-check", "orange", "activities:index"),
                _service("我的报名", "ticket-check", "green", "activities:my-signups"),
                _service("日历订阅", "calendar-plus", "red", "activities:calendar"),
            ],
        ),
        Group(
            "资讯",
            [
                _service("信息中心", "newspaper", "blue", "news:index"),
                _service("工会通知", "megaphone", "green", "notices:index"),
            ],
        ),
        Group(
            "帮扶与维权",
            [
                _service("求助建言", "message-circle-heart", "orange", "conversations:index"),
                _service("网上申报", "hand-heart", "green", "policies:apply-index"),
                _service("帮扶公示", "megaphone", "gold", "policies:notices"),
                _service("政策查询", "scroll-text", "indigo", "policies:index"),
                _service("职工维权", "scale", "red", "complaints:start"),
            ],
        ),
    ]


_AT_HOME = (
    *("入会申请", "活动报名", "工会通知", "信息中心", "网上申报", "求助建言", "职工维权", "政策查询"),
    *("会籍认领", "会员码", "我的工会", "我的积分"),
)
"""What most people come for, in the order of the home page; one more leads to all."""
_MOST_AT_HOME = 9


def _services(is_member: bool) -> list[dict[str, str]]:
    groups = service_groups(is_member=is_member)
    known = {service["label"]: service for group in groups for service in group.services}
    chosen = [known[label] for label in _AT_HOME if label in known]
    return [*chosen[:_MOST_AT_HOME], _service("全部服务", "layout-grid", "indigo", "portal:services")]


@dataclass(frozen=True)
class Found:
    """What one kind of thing has to say to a search, the best first. `href`: all of it."""

    key: str
    label: str
    hits: list[Hit]
    href: str


class Search(NamedTuple):
    """An answer: the services so called, then each kind that found something, the one with the best hit first."""

    services: list[dict[str, str]]
    found: list[Found]


_SOURCES: dict[str, tuple[str, Callable[[Actor, str, int], list[Hit]]]] = {
    "activities": ("活动", activities.search),
    "notices": ("通知", notices.search),
    "news": ("资讯", news.search),
    "policies": ("政策", policies.search),
    "schemes": ("申报", policies.search_schemes),
}
KINDS = {"": "全部"} | {key: label for key, (label, _) in _SOURCES.items()}
_OF_EACH, _OF_ONE = 4, 40


def search(actor: Actor, text: str, *, kind: str = "") -> Search:
    """What `actor` may see that fits `text`: a few of each kind, or of one `kind` some dozens.

    Each module answers for itself, through its own `visible_to`. Who has asked for nothing yet sees all services.
    """
    if not text:
        return Search(_services_called(actor, ""), [])
    sources = {kind: _SOURCES[kind]} if kind else _SOURCES
    asked = [
        Found(key, label, look(actor, text, _OF_ONE if kind else _OF_EACH), _all_of(key, text))
        for key, (label, look) in sources.items()
    ]
    found = sorted((each for each in asked if each.hits), key=lambda each: -each.hits[0].rank)
    return Search([] if kind else _services_called(actor, text), found)


class Related(NamedTuple):
    """What goes with an article: activities to come, and documents that say how things are done."""

    activities: list[Hit]
    guides: list[Hit]


_SAID_EVERYWHERE = (
    *(
        "工会",
        "职工",
        "活动",
        "会员",
        "惠安",
        "总工会",
        "工作",
        "单位",
        "企业",
        "全县",
        "我县",
        "本县",
        "今年",
        "我们",
    ),
    *(
        "通知",
        "关于",
        "开展",
        "举办",
        "开始",
        "进行",
        "服务",
        "组织",
        "参加",
        "可以",
        "以上",
        "一个",
        "一场",
        "大家",
    ),
)
"""Words that stand in half of all texts and bring nothing together."""


def related(actor: Actor, article_id: int) -> Related:
    """A few activities and documents that speak of what an article does; 404 where `actor` may not read it.

    Each module answers for itself, through its own `visible_to`, from title and summary alone.
    """
    article = articles.get_article(actor, article_id)
    text = f"{article.title} {article.summary}"
    return Related(
        activities.akin(actor, text, common=_SAID_EVERYWHERE),
        policies.akin(actor, text, common=_SAID_EVERYWHERE),
    )


def _all_of(kind: str, text: str) -> str:
    return f"{reverse('portal:search')}?{urlencode({'q': text, 'kind': kind})}"


def _services_called(actor: Actor, text: str) -> list[dict[str, str]]:
    """The services whose name holds `text`, or the beginnings of its sounds: 转会办理 by 转会 and by zh."""
    letters = text.lower()
    return [
        service
        for group in service_groups(is_member=membership.member_of(actor) is not None)
        for service in group.services
        if text in service["label"] or (letters.isascii() and letters in initials(service["label"]))
    ]


def _service(label: str, icon: str, tone: str, name: str) -> dict[str, str]:
    return {"label": label, "icon": icon, "tone": tone, "href": reverse(name)}


def _slides(actor: Actor, *, is_member: bool) -> list[dict[str, str]]:
    """The banners on top: campaigns that run, then what there is to do; our own drawings behind the words."""
    running = [
        _slide(each.title, each.note, "去看看", each.href) for each in activities.running_campaigns(actor)
    ]
    general = _slide(
        "劳动创造幸福", "职工活动天天有，总有一场适合您", "去看活动", reverse("activities:index")
    )
    join = _slide("加入工会 一步申请", "找到您的单位，手机上就能办", "申请入会", reverse("membership:join"))
    slides = [*running[:2], general, *([] if is_member else [join])]
    return [slide | {"image": static(_BANNERS[place % 2])} for place, slide in enumerate(slides)]


_BANNERS = ("core/img/banner-workers.svg", "core/img/banner-huian.svg")


def _slide(title: str, note: str, action: str, href: str) -> dict[str, str]:
    return {"title": title, "note": note, "action": action, "href": href}


@dataclass(frozen=True)
class Ledger:
    """A member's points: the balance, lines newest first, the id before which older ones lie, what ends next."""

    balance: int
    lines: list[points.Line]
    next: int | None

    @property
    def trend(self) -> list[int]:
        """The balance before and after each of the lines, oldest first; of the first page only does it end right."""
        after = [self.balance]
        for line in self.lines:
            after.append(after[-1] - line.amount)
        return after[::-1]

    ending: points.Ending | None


def ledger(actor: Actor, *, before: int | None = None, limit: int = 20) -> Ledger:
    """The actor's points from below entry id `before`; empty for somebody who is no member."""
    person = membership.person_of(actor)
    if person is None:
        return Ledger(0, [], None, None)
    found = points.lines(person.pk, before=before, limit=limit + 1)
    more = len(found) > limit
    following = found[limit - 1].entry_id if more else None
    ending = None if before else points.next_ending(person.pk)
    return Ledger(points.balance(person.pk), found[:limit], following, ending)


@dataclass(frozen=True)
class MyUnion:
    """Everything on the page 我的工会."""

    held: Any
    face: membership.UnionFace
    notices: list[notices.Row]
    activities: list[activities.Card]
    threads: list[conversations.OwnRow]
    adopted: list[conversations.AdoptionRow]
    accounts: list[funds.Row]
    open_requests: int


def my_union(actor: Actor) -> MyUnion | None:
    """The page of a member, or None for somebody who is none."""
    person = membership.person_of(actor)
    held = membership.current_membership(person) if person else None
    if held is None:
        return None
    return MyUnion(
        held=held,
        face=membership.my_union(held),
        notices=notices.page(actor, limit=3).rows,
        activities=activities.featured(actor)[:3],
        threads=conversations.own_page(actor, limit=3).rows,
        adopted=conversations.shown_page(actor, limit=3).rows,
        accounts=funds.latest(actor),
        open_requests=membership.open_request_count(actor),
    )


def my_card(actor: Actor) -> dict[str, Any] | None:
    """What stands on the e-membership card, or None for somebody who is no member."""
    person = membership.person_of(actor)
    held = membership.current_membership(person) if person else None
    if person is None or held is None:
        return None
    return {
        "name": person.name,
        "union": held.union.name,
        "number": held.member_no,
        "joined_on": held.joined_on,
        "state": held.get_state_display(),
    }
