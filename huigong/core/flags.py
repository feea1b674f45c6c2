"""Kill switches: thrown by a county admin, checked inside operations."""

import time

from django.db import transaction
from django.db.models import TextChoices

from huigong.core import audit
from huigong.core.errors import Refused
from huigong.core.models import Flag

_CACHE_SECONDS = 2.0
_thrown: tuple[float, frozenset[str]] = (0.0, frozenset())


class Switch(TextChoices):
    READ_ONLY = "READ_ONLY", "只读：全部停止写入"
    SIGNUP_PAUSED = "SIGNUP_PAUSED", "暂停活动报名"
    JOIN_PAUSED = "JOIN_PAUSED", "暂停入会和转会申请"
    SMS_OFF = "SMS_OFF", "停止发送短信"


_SENTENCES = {
    Switch.READ_ONLY: "系统正在维护，暂时只能查看，不能提交。请稍后再试。",
    Switch.SIGNUP_PAUSED: "活动报名暂停，请稍后再试。",
    Switch.JOIN_PAUSED: "入会和转会申请暂停受理，请稍后再试。",
    Switch.SMS_OFF: "短信服务暂停，请稍后再试或使用密码登录。",
}


def _current() -> frozenset[str]:
    """The thrown switches, at most two seconds old: switches must act fast, not cost a query each time."""
    global _thrown
    read_at, names = _thrown
    if time.monotonic() - read_at > _CACHE_SECONDS or not read_at:
        names = frozenset(Flag.objects.values_list("name", flat=True))
        _thrown = (time.monotonic(), names)
    return names


def forget() -> None:
    """Read the switches afresh at the next look."""
    global _thrown
    _thrown = (0.0, frozenset())


def require_open(*switches: Switch) -> None:
    """Refuse when one of `switches`, or READ_ONLY, is thrown."""
    thrown = _current()
    for switch in (Switch.READ_ONLY, *switches):
        if switch in thrown:
            raise Refused(_SENTENCES[switch], "paused", status=503)


@transaction.atomic
def throw(switch: Switch, *, actor: audit.Actor, reason: str) -> Flag:
    """Stop something now. Throwing twice keeps the first reason."""
    flag, made = Flag.objects.get_or_create(name=switch, defaults={"reason": reason})
    if made:
        audit.record(actor, "core:flag:throw", flag, after={"reason": reason})
    forget()
    return flag


@transaction.atomic
def release(switch: Switch, *, actor: audit.Actor, reason: str = "") -> None:
    """Let it run again."""
    flag = Flag.objects.filter(name=switch).first()
    if flag:
        audit.record(
            actor, "core:flag:release", flag, before={"reason": flag.reason}, after={"reason": reason}
        )
        flag.delete()
    forget()
