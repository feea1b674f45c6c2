"""Who hears of an application. Words are neutral: an inbox may be read over somebody's shoulder. Not public."""

from typing import TYPE_CHECKING

from django.urls import reverse

from huigong.people.inbox import operations as inbox
from huigong.people.orgs import permissions as offices
from huigong.people.orgs import queries as orgs
from huigong.services.policies.models import Application, Objection

if TYPE_CHECKING:
    from huigong.people.orgs.models import Union


def own_url(application: Application) -> str:
    """The applicant's page about it."""
    return reverse("policies:application", args=[application.pk])


def review_url(application: Application) -> str:
    """The reviewers' page about it."""
    return reverse("policies:review", args=[application.pk])


def tell_applicant(application: Application, title: str, body: str = "") -> None:
    """Tell the applicant how it stands, without saying what they applied for."""
    account_id = application.person.account_id
    inbox.send([account_id], kind=inbox.Kind.REQUEST, title=title, body=body, url=own_url(application))


def tell_office(union: "Union", application: Application, title: str, body: str = "") -> None:
    """Tell those who act for `union`, or with an empty office for the one above; never the applicant themselves."""
    accounts = [
        account_id
        for account_id in orgs.officer_accounts(union, *offices.CADRES)
        if account_id != application.person.account_id
    ]
    url = review_url(application)
    inbox.send(accounts, kind=inbox.Kind.TASK, title=title, body=body, url=url)


def tell_objector(objection: Objection, title: str, body: str = "") -> None:
    """Tell who doubted what was found; the page of the notice shows it to them, also when it is over."""
    url = reverse("policies:notice", args=[objection.application_id])
    inbox.send([objection.person.account_id], kind=inbox.Kind.REQUEST, title=title, body=body, url=url)
