"""Whether a document counts today: a rule for one, and the same as a condition for lists."""

from typing import NamedTuple

from django.db.models import Q
from django.urls import reverse

from huigong.core import calendar
from huigong.core.formats import day_zh
from huigong.services.policies.models import Policy

VALID, PENDING, REPLACED, REPEALED = "valid", "pending", "replaced", "repealed"
WORDS = {VALID: "有效", PENDING: "尚未施行", REPLACED: "已被替代", REPEALED: "已废止"}
_TONES = {VALID: "ok", PENDING: "blue", REPLACED: "grey", REPEALED: "red"}


class Validity(NamedTuple):
    """How a document stands. `sentence` is what the banner says; `href` leads to the one that took over."""

    key: str
    label: str
    tone: str
    sentence: str
    href: str = ""


def validity_of(policy: Policy) -> Validity:
    """How `policy`, which comes with its `replaced_by`, stands today."""
    key = _key(policy)
    successor = policy.replaced_by if policy.replaced_by and _counts(policy.replaced_by) else None
    href = reverse("policies:detail", args=[successor.pk]) if successor else ""
    return Validity(key, WORDS[key], _TONES[key], _sentence(key, policy, successor), href)


def _counts(successor: Policy) -> bool:
    """Only what was published takes anything over."""
    return successor.state == Policy.State.PUBLISHED


def _key(policy: Policy) -> str:
    today = calendar.today()
    if policy.ends_on and policy.ends_on <= today:
        return REPEALED
    successor = policy.replaced_by
    if successor and _counts(successor) and successor.in_force_on <= today:
        return REPLACED
    return PENDING if policy.in_force_on > today else VALID


def _sentence(key: str, policy: Policy, successor: Policy | None) -> str:
    if key == REPLACED and successor:
        return f"已被《{successor.title}》替代，自{day_zh(successor.in_force_on)}起按新文件执行。"
    if key == REPEALED and policy.ends_on:
        tail = f"，现行文件是《{successor.title}》" if successor else ""
        return f"已于{day_zh(policy.ends_on)}废止{tail}。"
    if key == PENDING:
        return f"尚未施行，自{day_zh(policy.in_force_on)}起施行。"
    sentence = f"现行有效，自{day_zh(policy.in_force_on)}起施行"
    if policy.ends_on:
        sentence += f"，有效期至{day_zh(policy.ends_on)}前"
    if successor:
        sentence += f"；{day_zh(successor.in_force_on)}起将被《{successor.title}》替代"
    return f"{sentence}。"


def standing(key: str) -> Q:
    """Documents that stand as `key` says today: `validity_of` as a condition."""
    today = calendar.today()
    over = Q(ends_on__isnull=False, ends_on__lte=today)
    replaced = Q(replaced_by__state=Policy.State.PUBLISHED, replaced_by__in_force_on__lte=today)
    if key == REPEALED:
        return over
    if key == REPLACED:
        return replaced & ~over
    pending = Q(in_force_on__gt=today)
    return ~over & ~replaced & (pending if key == PENDING else ~pending)
