"""The audit trail: one row for every decision by or about a person, in the decision's own transaction."""

from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from huigong.core import bulk
from huigong.core.models import AuditRow
from huigong.core.prepared import insert

request_id: ContextVar[str] = ContextVar("request_id", default="")


class Actor(Protocol):
    """Who does something: an Account, or SYSTEM."""

    @property
    def pk(self) -> Any: ...
    @property
    def display_name(self) -> str: ...
    @property
    def is_staff(self) -> bool: ...


class _System:
    """The platform itself: jobs, imports at the command line, demo data."""

    pk: int | None = None
    display_name = "系统"
    is_active = True
    is_staff = False

    def __repr__(self) -> str:
        return "SYSTEM"


SYSTEM = _System()


class Deed(NamedTuple):
    """What `record` is told, for who does many things at once."""

    action: str
    target: Any
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    org: Any = None


def record(
    actor: Actor,
    action: str,
    target: Any,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    org: Any = None,
) -> None:
    """Write that `actor` did `action` (``module:thing:verb``) to `target`.

    `before` and `after` hold the changed values only, and never personal data in the clear. `org` is the
    union in whose books this stands; its cadres and those above may read the row.
    """
    insert(AuditRow(**_row(actor, action, target, before, after, org)))


def record_many(actor: Actor, deeds: Iterable[Deed]) -> None:
    """Write a row for each deed, as `record` would one by one, at once."""
    rows = [_row(actor, deed.action, deed.target, deed.before, deed.after, deed.org) for deed in deeds]
    if rows:
        bulk.copy_values(AuditRow, list(rows[0]), (list(row.values()) for row in rows))


def _row(
    actor: Actor,
    action: str,
    target: Any,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    org: Any,
) -> dict[str, Any]:
    return {
        "actor_id": actor.pk,
        "actor_name": actor.display_name,
        "action": action,
        "target_type": target._meta.label_lower,
        "target_id": target.pk,
        "target_label": str(target)[:200],
        "org_id": org.pk if org else None,
        "org_name": org.name if org else "",
        "org_path": org.path if org else "",
        "before": before,
        "after": after,
        "request_id": request_id.get(),
    }


@dataclass(frozen=True)
class Moment:
    """One thing that happened, on a history page.

    `tone`: done, now, bad or "". `whole_day`: the hour is unknown. `about`: type and id of the row it happened
    to, such as ``orgs.union:7``, when it is a decision that the audit trail holds too.
    """

    at: datetime
    title: str
    who: str = ""
    lines: tuple[str, ...] = ()
    tone: str = ""
    whole_day: bool = False
    about: str = ""


def history(target: Any) -> list[AuditRow]:
    """All that was decided about `target`, newest first."""
    rows = AuditRow.objects.filter(target_type=target._meta.label_lower, target_id=target.pk)
    return list(rows.order_by("-id"))
