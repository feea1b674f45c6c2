"""What readers find: lists in their own order or by time, one article, and what the home page shows."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db.models import (
    Case,
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.urls import reverse
from django.utils import timezone

from huigong.core import files, richtext
from huigong.core.audit import Actor
from huigong.core.formats import ago_zh, date_zh, size_zh
from huigong.people.membership import queries as membership
from huigong.people.orgs import queries as orgs
from huigong.services.news import permissions
from huigong.services.news.models import Article, Attachment, Channel, Follow
from huigong.services.news.queries.words import cover_url

if TYPE_CHECKING:
    from huigong.people.membership.queries import Member

PAGE = 12
HOT = "hot"
"""The channel 工会热点, which the home page shows apart."""
LOOKS_BACK = timedelta(days=180)
"""Nothing older is recommended; by time everything is there."""

_AHEAD = {"own": 6, "township": 3, "trade": 4, "followed": 5}
"""The personal order is the order of time, in which what is nearer to the reader counts as so many days younger.
It depends on nothing that people read or tapped, and two readers in the same place see the same."""


@dataclass(frozen=True)
class Reader:
    """What the order of a reader's list depends on."""

    union_id: int
    township_ids: tuple[int, ...]
    trade: str
    channel_ids: tuple[int, ...]


@dataclass(frozen=True)
class Card:
    """One article in a list. `why` says why it stands where it stands; by time there is no reason but time."""

    pk: int
    title: str
    href: str
    summary: str
    channel: str
    union: str
    when: str
    cover: str
    why: str
    is_hot: bool
    cursor: str


@dataclass(frozen=True)
class Page:
    """A page of cards, and the cursor of the next ("" at the end)."""

    cards: list[Card]
    next: str


def channels() -> list[Channel]:
    """The channels in use, in their order."""
    return list(Channel.objects.filter(is_open=True))


def all_channels() -> list[Channel]:
    """The closed ones too, for their office."""
    return list(Channel.objects.all())


def page(
    member: "Member | None",
    actor: Actor,
    *,
    channel: Channel | None = None,
    by_time: bool = True,
    cursor: str = "",
    limit: int = PAGE,
) -> Page:
    """Articles that `actor`, behind whom stands `member`, may read: newest first, or in the member's own order.

    Keyset paging: what comes out while somebody reads neither repeats nor hides a row.
    """
    found = permissions.readable(member, actor)
    if channel:
        found = found.filter(channel=channel)
    reader = None if by_time or member is None else reader_of(member)
    ranked = _ranked(found, reader)
    if cursor:
        ranked = ranked.filter(_beyond(cursor))
    rows = list(_with_face(ranked)[: limit + 1])
    cards = [card(row, reader) for row in rows[:limit]]
    return Page(cards, cards[-1].cursor if len(rows) > limit else "")


def reader_of(member: "Member") -> Reader:
    """Where a member stands, works, and what they follow: two statements."""
    root = orgs.root_id()
    above = tuple(each for each in member.ancestor_ids[:-1] if each != root)
    followed = Follow.objects.filter(person_id=member.person_id).values_list("channel_id", flat=True)
    return Reader(member.union_id, above, orgs.trade_of(member.union_id), tuple(followed))


def _ranked(found: QuerySet[Article], reader: Reader | None) -> QuerySet[Article]:
    """Ordered by `rank`: the moment of publication, and for a reader so many days more as it is nearer to them."""
    if reader is None:
        return found.annotate(rank=F("published_at")).order_by("-rank", "-id")
    ahead = ExpressionWrapper(
        _days(Q(union_id=reader.union_id), "own")
        + _days(Q(union_id__in=reader.township_ids), "township")
        + _days(Q(trade=reader.trade) & ~Q(trade=""), "trade")
        + _days(Q(channel_id__in=reader.channel_ids), "followed"),
        output_field=DurationField(),
    )
    since = timezone.now() - LOOKS_BACK
    rank = ExpressionWrapper(F("published_at") + ahead, output_field=DateTimeField())
    return found.filter(published_at__gte=since).annotate(rank=rank).order_by("-rank", "-id")


def _days(condition: Q, why: str) -> Case:
    return Case(
        When(condition, then=Value(timedelta(days=_AHEAD[why]))),
        default=Value(timedelta()),
        output_field=DurationField(),
    )


def _beyond(cursor: str) -> Q:
    """What follows the card with that cursor; nothing for a cursor that we never gave."""
    try:
        stamp, key = cursor.split("_")
        moment, number = datetime.fromisoformat(stamp).astimezone(UTC), int(key)
    except (ValueError, OverflowError):
        return Q(pk__in=[])
    return Q(rank__lt=moment) | Q(rank=moment, pk__lt=number)


def _with_face(found: QuerySet[Article]) -> QuerySet[Article]:
    return found.select_related("union", "channel", "cover").defer("words", "body")


def card(article: Any, reader: Reader | None) -> Card:
    """A row of `_with_face` with its `rank`, as lists show it."""
    return Card(
        pk=article.pk,
        title=article.title,
        href=reverse("news:detail", args=[article.pk]),
        summary=article.summary,
        channel=article.channel.name,
        union=article.union.short_name or article.union.name,
        when=ago_zh(article.published_at),
        cover=cover_url(article),
        why=_why(article, reader) if reader else "",
        is_hot=article.channel.key == HOT,
        cursor=f"{article.rank.isoformat()}_{article.pk}",
    )


def _why(article: Article, reader: Reader) -> str:
    """The nearest reason first; without any it is new."""
    if article.union_id == reader.union_id:
        return "您所在的工会"
    if reader.trade and article.trade == reader.trade:
        return f"您的行业：{reader.trade}"
    if article.channel_id in reader.channel_ids:
        return f"您关注了{article.channel.name}"
    if article.union_id in reader.township_ids:
        return "您的上级工会"
    return "最新发布"


@dataclass(frozen=True)
class Face:
    """One article on its page."""

    article: Article
    cover: str
    has_photo: bool
    union: str
    when: str
    facts: list[str]
    attachments: list[tuple[str, str, str]]
    plays: list[tuple[str, str, str]]
    """(video or audio, name, address) of what the page plays."""
    minutes: int


def face(article: Article) -> Face:
    """The page of an article, also before it is out: a preview shows the same."""
    words = len(richtext.to_text(article.body))
    facts = [f"来源：{article.source}"] if article.source else []
    facts += [f"作者：{article.byline}"] if article.byline else []
    kept = list(article.attachments.select_related("file"))
    return Face(
        article=article,
        cover=cover_url(article),
        has_photo=article.cover is not None,
        union=article.union.short_name or article.union.name,
        when=date_zh(article.published_at) if article.published_at else "尚未发布",
        facts=facts,
        attachments=[
            (row.file.name, size_zh(row.file.size), _address(row))
            for row in kept
            if not files.is_media(row.file)
        ],
        plays=[
            (row.file.content_type.split("/")[0], Path(row.file.name).stem, _address(row))
            for row in kept
            if files.is_media(row.file)
        ],
        minutes=max(1, round(words / 400)),
    )


def _address(attachment: Attachment) -> str:
    return reverse("news:attachment", args=[attachment.pk])


def more_like(article: Article, actor: Actor, *, limit: int = 3) -> list[Card]:
    """The newest others of the same channel that the actor may read."""
    others = permissions.visible_to(actor).filter(channel_id=article.channel_id).exclude(pk=article.pk)
    rows = _with_face(_ranked(others, None))[:limit]
    return [card(row, None) for row in rows]


def follows(channel: Channel, member: "Member | None") -> bool:
    """Does the member follow the channel?"""
    if member is None:
        return False
    return Follow.objects.filter(channel=channel, person_id=member.person_id).exists()


def following_accounts(article: Article) -> list[int]:
    """Accounts of those who follow the article's channel and may read it."""
    follow = Follow.objects.filter(channel_id=article.channel_id, person=OuterRef("pk"))
    people = membership.audience(article.audience).people().filter(Exists(follow)).exclude(account=None)
    return list(people.values_list("account_id", flat=True))


@dataclass(frozen=True)
class Front:
    """The section of the home page: a few hot topics, then the newest of everything else."""

    hot: list[Card]
    latest: list[Card]


def front(member: "Member | None", actor: Actor, *, limit: int = 4) -> Front:
    """What the home page of `actor` shows. `member` is who stands behind them. One statement."""
    readable = _with_face(_ranked(permissions.readable(member, actor), None))
    hot = Q(channel__key=HOT)
    cards = [
        card(row, None) for row in readable.filter(hot)[:limit].union(readable.exclude(hot)[:limit], all=True)
    ]
    return Front([each for each in cards if each.is_hot], [each for each in cards if not each.is_hot])
