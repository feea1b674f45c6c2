"""What is on public notice, as members may read it: who in masked letters, from which union, what for, until when."""

from dataclasses import dataclass

from django.urls import reverse

from huigong.core.audit import Actor
from huigong.core.formats import date_zh, day_zh, yuan
from huigong.core.identity import mask_name
from huigong.services.policies import permissions
from huigong.services.policies.models import Application, Objection
from huigong.services.policies.queries.schemes import Row

PAGE = 20


@dataclass(frozen=True)
class NoticePage:
    """A page of notices, newest first, and the id before which older ones lie."""

    rows: list[Row]
    next: int | None


def notice_page(actor: Actor, *, before: int | None = None, limit: int = PAGE) -> NoticePage:
    """What is on notice to the reader now."""
    found = permissions.noticed_to(actor)
    if before:
        found = found.filter(pk__lt=before)
    rows = list(found.select_related("scheme", "person", "union").order_by("-pk")[: limit + 1])
    return NoticePage([_row(row) for row in rows[:limit]], rows[limit - 1].pk if len(rows) > limit else None)


def _row(application: Application) -> Row:
    return Row(
        title=f"{mask_name(application.person.name)} · {application.scheme.title}",
        href=reverse("policies:notice", args=[application.pk]),
        lines=[("building-2", application.union.name), ("award", awarded(application))],
        tags=[(f"到 {day_zh(application.notice_until)}", "gold")] if application.notice_until else [],
    )


def awarded(application: Application) -> str:
    """What is given: 困难帮扶金 3,000 元."""
    amount = yuan(application.amount) if application.amount else ""
    return " ".join(part for part in (application.award, amount) if part)


@dataclass(frozen=True)
class Notice:
    """One application on notice; nothing of what was filled in."""

    application: Application
    facts: list[tuple[str, str]]
    objection: Objection | None
    is_own: bool

    @property
    def is_over(self) -> bool:
        return self.application.state != Application.State.NOTICED


def notice(application: Application, actor: Actor) -> Notice:
    """The page of what is on notice, which came through `permissions`, and the reader's own objection to it."""
    until = date_zh(application.notice_until) if application.notice_until else ""
    return Notice(
        application=application,
        facts=[
            ("姓名", mask_name(application.person.name)),
            ("所在工会", application.union.name),
            ("项目", application.scheme.title),
            ("拟给予", awarded(application)),
            ("公示工会", application.scheme.union.name),
            ("公示截止", until),
        ],
        objection=application.objections.filter(person__account_id=actor.pk).first(),
        is_own=application.person.account_id == actor.pk,
    )
