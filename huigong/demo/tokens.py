"""Members who are logged in already: what a load test needs to speak for thousands of people."""

from collections.abc import Iterator
from itertools import cycle, islice
from random import Random

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from huigong.core.errors import Refused
from huigong.demo.enrolment import Place, enrol
from huigong.demo.guard import require_demo
from huigong.people.accounts import queries as accounts
from huigong.people.accounts.models import Account
from huigong.people.membership.models import Membership
from huigong.people.orgs.models import Union

_SEED = 3000


def make(count: int) -> Iterator[dict[str, str]]:
    """{"phone", "access"} of `count` distinct active members; those that are missing are invented.

    Each may sign up for the activity of `rush.make_activity`. Refuses outside a demo database.
    """
    require_demo()
    if count < 1:
        raise Refused("人数至少为 1。", "bad-count", status=422)
    _provide(count)
    holders = Account.objects.filter(pk__in=_held().values("person__account")).order_by("id")
    for account in holders[:count]:
        yield {"phone": account.phone, "access": accounts.access_token(account)}


def _held() -> QuerySet[Membership]:
    """Active memberships behind an account that can be used."""
    return Membership.objects.filter(
        state=Membership.State.ACTIVE, person__account__state=Account.State.ACTIVE
    )


@transaction.atomic
def _provide(count: int) -> None:
    """Invent the members that are missing, spread over the grassroots unions."""
    missing = count - _held().count()
    if missing <= 0:
        return
    unions = Union.objects.filter(level=Union.Level.GRASSROOTS, state__in=("established", "completed"))
    today = timezone.localdate()
    places = [
        Place(union.pk, union.unit_name or union.name, "职工", "enterprise", today)
        for union in islice(cycle(unions.order_by("id")), missing)
    ]
    enrol(places, Random(_SEED + missing))  # noqa: S311 invented people need no secrecy
