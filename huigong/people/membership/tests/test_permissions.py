"""Who sees and decides about whom: every door, as everybody."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404

from huigong.people.accounts.tests import factories as accounts
from huigong.people.membership import operations, permissions
from huigong.people.membership.models import Person
from huigong.people.membership.tests import factories
from huigong.people.orgs.models import Post
from huigong.people.orgs.tests import factories as orgs
from tests.cast import Cast

HIDDEN, SEEN, ALLOWED = "hidden", "seen", "allowed"
DECIDERS = {"officer": ALLOWED, "township_officer": ALLOWED, "county_officer": ALLOWED}
OUTSIDERS = dict.fromkeys(["neighbour_officer", "neighbour_member", "retired_officer", "member"], HIDDEN)


def answer(get: Callable[[], Any]) -> str:
    try:
        get()
    except Http404:
        return HIDDEN
    except PermissionDenied:
        return SEEN
    return ALLOWED


def auditor_of(cast: Cast) -> Any:
    auditor = accounts.account(name="经审委员")
    orgs.post(auditor, cast.union, Post.Role.AUDITOR)
    return auditor


def assert_answers(cast: Cast, get: Callable[[Any], Any], expected: dict[str, str]) -> None:
    found = {role: answer(lambda role=role: get(getattr(cast, role))) for role in expected}
    assert found == expected
    assert answer(lambda: get(AnonymousUser())) == HIDDEN


def test_applications_are_decided_by_the_unions_cadres_and_those_above(cast: Cast) -> None:
    made = factories.application(cast.applicant, cast.union)

    def get(actor: Any) -> Any:
        return permissions.get_application(actor, made.pk, permissions.JOIN_REVIEW)

    assert_answers(cast, get, {**DECIDERS, **OUTSIDERS, "applicant": SEEN})
    assert answer(lambda: get(auditor_of(cast))) == SEEN


def test_claims_are_decided_by_the_unions_cadres_and_those_above(cast: Cast) -> None:
    made = factories.claim(cast.applicant, cast.union)

    def get(actor: Any) -> Any:
        return permissions.get_claim(actor, made.pk, permissions.CLAIM_REVIEW)

    assert_answers(cast, get, {**DECIDERS, **OUTSIDERS, "applicant": SEEN})


def test_a_transfer_is_decided_by_whose_turn_it_is(cast: Cast) -> None:
    made = factories.transfer(cast.member, cast.neighbour)

    def get(actor: Any) -> Any:
        return permissions.get_transfer_for(actor, made.pk, permissions.TRANSFER_REVIEW)

    outsiders = {**OUTSIDERS, "applicant": HIDDEN, "member": SEEN}
    assert_answers(cast, get, {**DECIDERS, **outsiders})
    operations.let_go(made, actor=cast.officer)
    assert_answers(
        cast,
        get,
        {
            "officer": SEEN,
            "township_officer": SEEN,
            "neighbour_officer": ALLOWED,
            "county_officer": ALLOWED,
            "neighbour_member": HIDDEN,
            "member": SEEN,
            "retired_officer": HIDDEN,
        },
    )


def test_people_on_the_roll_are_seen_by_their_unions_officers(cast: Cast) -> None:
    person = Person.objects.get(account=cast.member)

    def get(actor: Any) -> Any:
        return permissions.get_person(actor, person.pk, permissions.ROLL_EDIT)

    assert_answers(cast, get, {**DECIDERS, **OUTSIDERS})
    assert answer(lambda: get(auditor_of(cast))) == SEEN


def test_memberships_are_changed_by_their_unions_officers(cast: Cast) -> None:
    held = permissions.get_own_membership(cast.member)

    def get(actor: Any) -> Any:
        return permissions.get_membership(actor, held.pk, permissions.ROLL_EDIT)

    assert_answers(cast, get, {**DECIDERS, **OUTSIDERS})


def test_expulsions_are_decided_by_a_chair(cast: Cast) -> None:
    held = permissions.get_own_membership(cast.member)
    made = operations.propose_expulsion(held, grounds="判决书", actor=cast.county_officer)

    def get(actor: Any) -> Any:
        return permissions.get_expulsion(actor, made.pk)

    assert_answers(
        cast, get, {"officer": ALLOWED, "township_officer": ALLOWED, "county_officer": SEEN, **OUTSIDERS}
    )


def test_a_signature_is_shown_to_the_applicant_and_the_reviewers_alone(cast: Cast) -> None:
    from huigong.people.membership.tests.test_operations_join import png

    made = factories.application(cast.applicant, cast.union, pledge="", signature=png())

    def get(actor: Any) -> Any:
        return permissions.get_signature(actor, made.pk)

    assert_answers(cast, get, {**DECIDERS, **OUTSIDERS, "applicant": ALLOWED})
    assert answer(lambda: get(auditor_of(cast))) == HIDDEN


@pytest.mark.parametrize(
    ("get", "make", "owner"),
    [
        (
            permissions.get_own_application,
            lambda cast: factories.application(cast.applicant, cast.union),
            "applicant",
        ),
        (permissions.get_own_claim, lambda cast: factories.claim(cast.applicant, cast.union), "applicant"),
        (
            permissions.get_own_transfer,
            lambda cast: factories.transfer(cast.member, cast.neighbour),
            "member",
        ),
    ],
)
def test_what_is_my_own_is_nobody_elses(cast: Cast, get: Any, make: Any, owner: str) -> None:
    made = make(cast)
    everybody = {*DECIDERS, *OUTSIDERS, "applicant", "neighbour_member"}
    expected = {role: ALLOWED if role == owner else HIDDEN for role in everybody}
    assert_answers(cast, lambda actor: get(actor, made.pk), expected)


def test_a_mass_decision_takes_only_what_is_the_actors(cast: Cast) -> None:
    ours = factories.application(cast.applicant, cast.union)
    theirs = factories.application(accounts.account(), cast.neighbour)
    ids = [ours.pk, theirs.pk]
    assert permissions.get_applications(cast.officer, ids, permissions.JOIN_REVIEW) == [ours]
    assert permissions.get_applications(cast.county_officer, ids, permissions.JOIN_REVIEW) == [ours, theirs]
    assert permissions.get_applications(cast.retired_officer, ids, permissions.JOIN_REVIEW) == []


def test_people_of_another_union_do_not_show_in_a_cadres_roll(cast: Cast) -> None:
    seen = set(permissions.visible_to(cast.officer).values_list("name", flat=True))
    assert seen == {"本会会员"}
    assert permissions.visible_to(AnonymousUser()).count() == 0


def test_a_federation_is_nothing_to_join(cast: Cast) -> None:
    assert answer(lambda: permissions.get_union_to_join(cast.county.pk)) == HIDDEN
    assert permissions.get_union_to_join(cast.union.pk) == cast.union
