"""Messages that say nothing: neither what it is about nor, by their address, where it belongs."""

from django.db import transaction
from django.urls import reverse

from huigong.core import calendar
from huigong.people.inbox import operations as inbox
from huigong.people.orgs import permissions as orgs
from huigong.people.orgs import queries as unions
from huigong.services.complaints import permissions, queries
from huigong.services.complaints.models import Case

NEWS = "您有一条新回复"


def author_account(case: Case) -> int | None:
    """Whom to tell; nobody for an anonymous case and for a caller of the hotline.

    Inside or outside the vault: the case's own row is enough.
    """
    if not case.identity_sealed:
        return None
    return case.unseal("identity", case.identity_sealed)["account_id"]


def tell_author(*cases: Case) -> None:
    """There is something new, on the page 我的. Outside the vault; an anonymous author looks by receipt code."""
    for case in cases:
        inbox.send([author_account(case)], kind=inbox.Kind.SYSTEM, title=NEWS, url=reverse("portal:me"))


def tell_handlers(accounts: list[int]) -> None:
    """Somebody supervises what they have in hand: which case it is they find on their desk. Outside the vault."""
    for account_id in sorted(accounts):
        _task(account_id, f"{_today()}：您有一件待办被督办，请尽快办理")


@transaction.atomic
def send_digests() -> int:
    """Tell each officer of the desk how much awaits them today, in one neutral line; returns how many were told.

    Once a morning and never when a complaint comes in: the minute of a message would tell the minute of that.
    """
    told = 0
    roles = (orgs.Role.RIGHTS_HANDLER, orgs.Role.RIGHTS_REGISTRAR)
    officers = {post.account for post in unions.officers(unions.root(), *roles)}
    for account in sorted(officers, key=lambda officer: officer.pk):
        waiting = queries.awaiting(permissions.desk_scope(account))
        if not waiting.count:
            continue
        due = f"，其中 {waiting.due} 件今天到期或已经超期" if waiting.due else ""
        told += _task(account.pk, f"{_today()}：您有 {waiting.count} 件待办{due}")
    return told + _tell_administrators()


def _tell_administrators() -> int:
    """A case that no registrar may see would lie for ever: those who appoint are told, unless they are close too."""
    root = unions.root()
    registrars = {post.account for post in unions.officers(root, orgs.Role.RIGHTS_REGISTRAR)}
    administrators = {post.account for post in unions.officers(root, orgs.Role.ADMIN)}
    left = queries.unseen([permissions.conflicts(registrar) for registrar in registrars])
    return sum(
        _task(account.pk, f"{_today()}：请增设一名维权登记员，现任的需要回避")
        for account in administrators
        if left and not queries.concerns(left, permissions.conflicts(account))
    )


def _today() -> str:
    return f"{calendar.today().month}月{calendar.today().day}日"


def _task(account_id: int, title: str) -> int:
    return inbox.send([account_id], kind=inbox.Kind.TASK, title=title, url=reverse("portal:me"))
