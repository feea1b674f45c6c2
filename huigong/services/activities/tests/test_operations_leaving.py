"""Somebody whose membership ends keeps no place; somebody who moves does."""

from huigong.people.membership import operations as membership_operations
from huigong.people.membership import queries as membership
from huigong.people.membership.tests import factories as people
from huigong.services.activities import operations
from huigong.services.activities.models import Signup
from huigong.services.activities.tests import factories
from tests.cast import Cast


def test_leaving_the_union_frees_the_place_for_who_waits(cast: Cast) -> None:
    session = factories.session(cast.union, capacity=1, has_waitlist=True)
    waiting = people.member_account(cast.union)
    for account in (cast.member, waiting):
        operations.sign_up(session, member=membership.member_of(account), actor=account)
    held = membership.current_membership(membership.person_of(cast.member))
    membership_operations.leave_union(held, actor=cast.member)
    states = dict(Signup.objects.values_list("person__account_id", "entry__state"))
    assert states == {cast.member.pk: "cancelled", waiting.pk: "offered"}


def test_leaving_touches_no_session_that_is_over_and_nobody_else(cast: Cast) -> None:
    session = factories.session(cast.union)
    other = people.member_account(cast.union)
    operations.sign_up(session, member=membership.member_of(other), actor=other)
    held = membership.current_membership(membership.person_of(cast.member))
    membership_operations.leave_union(held, actor=cast.member)
    assert Signup.objects.get().entry.state == "confirmed"
