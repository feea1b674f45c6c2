"""What the whole platform agrees on (channels, reviews), and what a member follows."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from huigong.core import audit
from huigong.core.errors import Refused
from huigong.people.orgs import queries as orgs
from huigong.services.news.models import MOST_STEPS, Channel, Follow, ReviewPlan

if TYPE_CHECKING:
    from huigong.people.membership.queries import Member

_USUAL = (
    ("hot", "工会热点", "大家都在关心的事"),
    ("local", "基层动态", "各级工会的活动和身边人"),
    ("guide", "服务指南", "怎么办、找谁办、带什么"),
    ("study", "学习教育", "政策解读、技能和安全课"),
)


@transaction.atomic
def usual_channels(*, actor: audit.Actor) -> list[Channel]:
    """The four channels that a new platform begins with. Again changes nothing."""
    if Channel.objects.exists():
        return list(Channel.objects.all())
    return [
        save_channel(None, key=key, name=name, note=note, place=place, actor=actor)
        for place, (key, name, note) in enumerate(_USUAL, start=1)
    ]


@transaction.atomic
def save_channel(
    channel: Channel | None,
    *,
    key: str,
    name: str,
    actor: audit.Actor,
    note: str = "",
    place: int = 0,
    is_open: bool = True,
) -> Channel:
    """Add a channel, or change one. A closed one keeps its articles, takes no new ones and is offered to nobody.

    Refuses a name or key that another channel has.
    """
    before = _told(channel) if channel else None
    channel = channel or Channel()
    channel.key, channel.name, channel.note, channel.place, channel.is_open = key, name, note, place, is_open
    try:
        with transaction.atomic():
            channel.save()
    except IntegrityError:
        raise Refused("已经有同名或同代号的栏目，请换一个。", "channel-taken", status=422) from None
    deed = f"news:channel:{'update' if before else 'create'}"
    audit.record(actor, deed, channel, before=before, after=_told(channel), org=orgs.root())
    return channel


def _told(channel: Channel) -> dict[str, Any]:
    return {"name": channel.name, "is_open": channel.is_open}


@transaction.atomic
def set_plan(level: int, *, steps: Sequence[str], actor: audit.Actor) -> ReviewPlan:
    """How articles of unions of this level are reviewed from now on; those handed in already keep their plan."""
    if len(steps) > MOST_STEPS:
        raise Refused(f"最多 {MOST_STEPS} 次审核。", "too-many-steps", status=422)
    plan, _ = ReviewPlan.objects.select_for_update().get_or_create(level=level)
    before, plan.steps = {"level": level, "steps": plan.steps}, list(steps)
    plan.save()
    after = {"level": level, "steps": plan.steps}
    audit.record(actor, "news:plan:set", plan, before=before, after=after, org=orgs.root())
    return plan


def follow(channel: Channel, *, member: "Member") -> Follow:
    """The member hears of this channel first, and is told of new articles. Again changes nothing."""
    followed, _ = Follow.objects.get_or_create(channel=channel, person_id=member.person_id)
    return followed


def unfollow(channel: Channel, *, member: "Member") -> None:
    """No longer. Again changes nothing."""
    Follow.objects.filter(channel=channel, person_id=member.person_id).delete()
