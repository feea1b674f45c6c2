"""Many scanners at one door: one check-in, one award, whoever comes first. And what happens without the guards."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from huigong.core.audit import SYSTEM
from huigong.core.models import AuditRow
from huigong.people.accounts import queries as accounts
from huigong.people.membership import queries as membership
from huigong.resources.points.models import Transaction
from huigong.services.activities import operations
from huigong.services.activities.models import Signup
from huigong.services.activities.operations import checkin
from huigong.services.activities.tests import factories
from tests import guards
from tests.cast import Cast, make_cast
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)
DOORS = 8


def signed_up(cast: Cast, *, hours: float = 1) -> Signup:
    """A signup for a session in so many hours."""
    starts_at = timezone.now() + timedelta(hours=hours)
    session = factories.session(cast.union, days=hours / 24, closes_at=starts_at)
    member = membership.member_of(cast.member)
    return operations.sign_up(session, member=member, actor=cast.member).signup


def scans(cast: Cast, signup: Signup) -> list[str]:
    code = accounts.member_codes(cast.member.uuid)[0].text
    session = signup.session

    def scan() -> str:
        arrival = operations.check_in_by_code(session, code, actor=cast.officer)
        return "new" if arrival.is_new else "again"

    return at_once(*[scan] * DOORS)


def awards() -> int:
    return Transaction.objects.filter(rule=checkin.RULE).count()


def test_scans_at_once_check_in_once_and_award_once() -> None:
    cast = make_cast()
    signup = signed_up(cast)
    assert scans(cast, signup) == ["again"] * (DOORS - 1) + ["new"]
    assert awards() == 1
    assert AuditRow.objects.filter(action="activities:signup:check-in").count() == 1


def look_then_take(monkeypatch: pytest.MonkeyPatch) -> None:
    """The guard off: every scanner looks first, and takes when all have looked."""
    everybody_has_looked = threading.Barrier(DOORS, timeout=20)

    def mark(signup: Signup, **marks: object) -> bool:
        free = Signup.objects.filter(pk=signup.pk, checked_in_at=None).exists()
        everybody_has_looked.wait()
        return free and Signup.objects.filter(pk=signup.pk).update(**marks) == 1

    monkeypatch.setattr(checkin, "_mark", mark)


def test_without_the_conditional_statement_everybody_is_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """The unique key of the award still holds: nobody is paid twice, but the trail tells of eight arrivals."""
    cast = make_cast()
    signup = signed_up(cast)
    look_then_take(monkeypatch)
    assert scans(cast, signup).count("new") > 1
    assert awards() == 1


def test_without_statement_and_key_the_member_is_paid_more_than_once(monkeypatch: pytest.MonkeyPatch) -> None:
    cast = make_cast()
    signup = signed_up(cast)
    look_then_take(monkeypatch)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint"
            " WHERE conrelid = 'points_transaction'::regclass AND contype = 'u' AND conname LIKE '%key%'"
        )
        unique_key = cursor.fetchone()[0]
    with guards.without_constraint("points_transaction", unique_key):
        scans(cast, signup)
        assert awards() > 1


def test_giving_the_place_up_and_checking_in_at_once_never_both_happen() -> None:
    cast = make_cast()
    for _ in range(6):
        signup = signed_up(cast, hours=48)
        mine = Signup.objects.select_related("session__activity__union", "entry", "session__pool")

        def arrive(pk: int = signup.pk, mine: QuerySet[Signup] = mine) -> str:
            operations.check_in(mine.get(pk=pk), actor=SYSTEM, reason="核对本人")
            return "came"

        def give_up(pk: int = signup.pk, mine: QuerySet[Signup] = mine) -> str:
            operations.cancel_signup(mine.get(pk=pk), actor=cast.member)
            return "gave up"

        outcomes = at_once(arrive, give_up)
        signup.refresh_from_db()
        signup.entry.refresh_from_db()
        assert (signup.checked_in_at is not None) == (signup.entry.state == "confirmed"), outcomes
