"""Partners who answer at the same moment: every yes gets onto the page, nobody says both. And without the guards."""

import threading

import pytest

from huigong.people.accounts.tests import factories as accounts
from huigong.people.orgs import operations as orgs
from huigong.people.orgs.models import ObjectGrant
from huigong.people.orgs.operations import grants
from huigong.services.activities import operations
from huigong.services.activities.models import Activity
from huigong.services.activities.operations import cohosting
from huigong.services.activities.tests import factories
from tests.cast import Cast, make_cast
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)
PARTNERS = 6


def asked(cast: Cast, activity: Activity, name: str) -> ObjectGrant:
    person = accounts.account(name=f"{name}联系人")
    values = {"name": name, "kind": "department", "account": person, "actor": cast.officer}
    return operations.invite_co_host(
        activity, partner=orgs.add_partner(cast.union, **values), actor=cast.officer
    )


def yes(activity: Activity, grant: ObjectGrant) -> None:
    operations.accept_co_hosting(activity, grant=grant, actor=grant.account)


def no(activity: Activity, grant: ObjectGrant) -> None:
    operations.decline_co_hosting(activity, grant=grant, actor=grant.account)


def names_after_all_accept() -> set[str]:
    cast = make_cast()
    activity = factories.activity(cast.union)
    invited = [asked(cast, activity, f"第{number}局") for number in range(PARTNERS)]
    outcomes = at_once(*[lambda grant=grant: yes(activity, grant) for grant in invited])
    assert outcomes == ["done"] * PARTNERS
    activity.refresh_from_db()
    return set(activity.co_hosts.split("、"))


def test_partners_who_accept_at_once_are_all_on_the_page() -> None:
    assert names_after_all_accept() == {f"第{number}局" for number in range(PARTNERS)}


def test_without_the_lock_some_of_their_names_are_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    everybody_has_read = threading.Barrier(PARTNERS, timeout=20)

    def read(activity: Activity) -> Activity:
        found = Activity.objects.select_related("union").get(pk=activity.pk)
        everybody_has_read.wait()
        return found

    monkeypatch.setattr(cohosting, "_locked", read)
    assert len(names_after_all_accept()) < PARTNERS


def yes_and_no() -> tuple[list[str], str, str]:
    """What became of a yes and a no to one invitation at the same moment: outcomes, state, names on the page."""
    cast = make_cast()
    activity = factories.activity(cast.union)
    grant = asked(cast, activity, "县卫生健康局")
    copies = [ObjectGrant.objects.select_related("account", "partner").get(pk=grant.pk) for _ in range(2)]
    outcomes = at_once(lambda: yes(activity, copies[0]), lambda: no(activity, copies[1]))
    grant.refresh_from_db()
    activity.refresh_from_db()
    return outcomes, grant.state, activity.co_hosts


def test_of_a_yes_and_a_no_at_once_one_counts() -> None:
    assert yes_and_no() in (
        (["accepted", "done"], "accepted", "县卫生健康局"),
        (["declined", "done"], "declined", ""),
    )


def test_without_the_conditional_statement_both_count(monkeypatch: pytest.MonkeyPatch) -> None:
    both_have_looked = threading.Barrier(2, timeout=20)

    def answer(grant: ObjectGrant, state: str) -> bool:
        is_open = ObjectGrant.objects.filter(pk=grant.pk, state="invited").exists()
        both_have_looked.wait()
        return is_open

    monkeypatch.setattr(grants, "_answer", answer)
    assert yes_and_no()[0] == ["done", "done"]
