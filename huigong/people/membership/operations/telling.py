"""Whom a request is announced to, who hears the answer, and where the messages lead. Not public."""

from typing import TYPE_CHECKING

from django.urls import reverse

from huigong.people.inbox import operations as inbox
from huigong.people.membership.models import Claim, JoinApplication, Transfer
from huigong.people.orgs import permissions as org_permissions
from huigong.people.orgs import queries as orgs

if TYPE_CHECKING:
    from huigong.people.orgs.models import Union

Request = JoinApplication | Claim | Transfer

_REVIEW = {
    JoinApplication: "membership:review-application",
    Claim: "membership:review-claim",
    Transfer: "membership:review-transfer",
}


def status_url() -> str:
    """The member's page about their membership and requests."""
    return reverse("membership:status")


def review_url(request: Request) -> str:
    """The cadres' page about one request."""
    return reverse(_REVIEW[type(request)], args=[request.pk])


def person_url(person_id: int) -> str:
    """The cadres' page about one person."""
    return reverse("membership:person", args=[person_id])


def tell_officers(union: "Union", request: Request, *, title: str, body: str = "") -> None:
    """Tell those who act for `union` that `request` waits; with an empty office, those of the union above."""
    file_with(union, title=title, body=body, url=review_url(request))


def tell(account_id: int | None, *, title: str, body: str = "") -> None:
    """Tell the person how their request stands."""
    inbox.send([account_id], kind=inbox.Kind.REQUEST, title=title, body=body, url=status_url())


def file_with(union: "Union", *, title: str, body: str = "", url: str) -> None:
    """Put something on record with the officers of `union`."""
    inbox.send(
        orgs.officer_accounts(union, *org_permissions.CADRES),
        kind=inbox.Kind.TASK,
        title=title,
        body=body,
        url=url,
    )
