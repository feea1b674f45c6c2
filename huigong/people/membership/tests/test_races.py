"""One person, one live membership, whatever happens at the same time; and proof that the index does it."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.db import connection

from huigong.core import verify
from huigong.core.errors import Refused
from huigong.people.accounts.tests import factories as accounts
from huigong.people.membership import operations
from huigong.people.membership.models import JoinApplication, Membership, Person, Transfer
from huigong.people.membership.tests import factories
from tests import guards
from tests.cast import Cast, make_cast


def all_at_once(works: Sequence[Callable[[], Any]]) -> Counter[str]:
    """Each in a thread and connection of its own, started together; how often each outcome came."""
    start, outcomes = threading.Barrier(len(works), timeout=60), []

    def run(work: Callable[[], Any]) -> None:
        try:
            start.wait()
            work()
            outcomes.append("done")
        except Refused as refused:
            outcomes.append(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(outcomes)


def assert_all_invariants_hold() -> None:
    assert [finding for finding in verify.run() if not finding.ok] == []


def fifty_applications(cast: Cast) -> list[JoinApplication]:
    """Fifty accounts ask two unions with one and the same document."""
    number = factories.id_number()
    made = [
        operations.apply_to_join(
            account,
            union=union,
            name="李小明",
            document_kind="resident_id",
            id_number=number,
            work_form="enterprise",
            pledge="李小明",
            actor=account,
        ).application
        for account, union in ((accounts.account(), [cast.union, cast.neighbour][n % 2]) for n in range(50))
    ]
    ids = [application.pk for application in made]
    return list(JoinApplication.objects.filter(pk__in=ids).select_related("person", "union", "account"))


def approvals_of(applications: list[JoinApplication], cast: Cast) -> list[Callable[[], Any]]:
    def approval(application: JoinApplication) -> Callable[[], Any]:
        actor = cast.officer if application.union_id == cast.union.pk else cast.neighbour_officer
        return lambda: operations.approve_application(application, actor=actor, identity_checked=True)

    return [approval(application) for application in applications]


@pytest.mark.django_db(transaction=True)
def test_fifty_parallel_approvals_of_one_person_make_one_membership() -> None:
    cast = make_cast()
    applications = fifty_applications(cast)
    assert all_at_once(approvals_of(applications, cast)) == {"done": 1, "already-member": 49}
    person = applications[0].person
    assert Membership.objects.filter(person=person, state="active").count() == 1
    winner = JoinApplication.objects.get(person=person, state="approved")
    assert Person.objects.get(pk=person.pk).account_id == winner.account_id
    assert_all_invariants_hold()


@pytest.mark.django_db(transaction=True)
def test_fifty_parallel_approvals_make_two_memberships_when_the_index_is_gone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The guards off: everybody looks before anybody writes, and no index stands behind. This must go wrong."""
    cast = make_cast()
    applications = fifty_applications(cast)
    from huigong.people.membership.operations import join

    look, everybody_has_looked = join._require_no_doubt, threading.Barrier(50, timeout=60)

    def look_then_wait(*args: Any) -> None:
        look(*args)
        everybody_has_looked.wait()

    monkeypatch.setattr(join, "_require_no_doubt", look_then_wait)
    with (
        guards.without_constraint("membership_membership", "membership_one_live"),
        guards.without_constraint("membership_membership", "membership_no_once"),
    ):
        all_at_once(approvals_of(applications, cast))
        live = Membership.objects.filter(person=applications[0].person, state="active").count()
        broken = [finding.name for finding in verify.run() if not finding.ok]
    assert live >= 2
    assert "I6 membership: at most one live membership a person" in broken


@pytest.mark.django_db(transaction=True)
def test_one_application_approved_by_ten_hands_is_approved_once() -> None:
    cast = make_cast()
    [application] = fifty_applications(cast)[:1]
    JoinApplication.objects.exclude(pk=application.pk).update(state="withdrawn")
    outcomes = all_at_once(approvals_of([application] * 10, cast))
    assert outcomes == {"done": 1, "wrong-state": 9}
    assert_all_invariants_hold()


@pytest.mark.django_db(transaction=True)
def test_parallel_imports_and_an_approval_make_one_membership() -> None:
    cast = make_cast()
    applications = fifty_applications(cast)[:2]
    fields = operations.PersonFields(name="李小明", id_number=applications[0].person.id_number)

    def enrol() -> Any:
        from huigong.core.audit import SYSTEM
        from huigong.core.calendar import today

        return operations.enrol(cast.township, fields=fields, joined_on=today(), actor=SYSTEM)

    all_at_once([*approvals_of(applications, cast), *[enrol] * 6])
    assert Membership.objects.filter(person=applications[0].person, state="active").count() == 1
    assert_all_invariants_hold()


@pytest.mark.django_db(transaction=True)
def test_double_taps_on_the_form_make_one_application() -> None:
    cast = make_cast()
    number = factories.id_number()
    made = []

    def tap() -> None:
        made.append(
            operations.apply_to_join(
                cast.applicant,
                union=cast.union,
                name="李小明",
                document_kind="resident_id",
                id_number=number,
                work_form="enterprise",
                pledge="李小明",
                actor=cast.applicant,
            )
        )

    assert all_at_once([tap] * 8) == {"done": 8}
    assert len({outcome.application.pk for outcome in made}) == 1
    assert sum(outcome.created for outcome in made) == 1
    assert JoinApplication.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_taking_in_while_the_member_leaves_ends_in_one_of_both() -> None:
    from huigong.people.membership import permissions

    cast = make_cast()
    held = permissions.get_own_membership(cast.member)
    transfer = operations.request_transfer(held, to_union=cast.neighbour, actor=cast.member)
    operations.let_go(transfer, actor=cast.officer)
    ready = Transfer.objects.select_related("person", "from_union", "to_union").get()
    outcomes = all_at_once(
        [
            lambda: operations.take_in(ready, actor=cast.neighbour_officer),
            lambda: operations.leave_union(held, actor=cast.member),
        ]
    )
    assert outcomes["done"] == 1
    assert Membership.objects.filter(person=held.person, state__in=Membership.LIVE).count() == (
        Transfer.objects.get().state == "done"
    )
    assert_all_invariants_hold()
