"""Who sees an activity and who runs it."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone

from huigong.core.audit import SYSTEM
from huigong.people.accounts.tests import factories as accounts
from huigong.people.membership import queries as membership
from huigong.people.membership.queries import Rule
from huigong.people.orgs.models import ObjectGrant, Post
from huigong.people.orgs.tests import factories as orgs
from huigong.services.activities import operations, permissions
from huigong.services.activities.models import Activity
from huigong.services.activities.tests import factories
from tests.cast import Cast

EVERYBODY = (
    "county_officer",
    "township_officer",
    "officer",
    "member",
    "neighbour_officer",
    "neighbour_member",
    "retired_officer",
    "applicant",
)
CADRES = {"county_officer", "township_officer", "officer"}


def who(cast: Cast, answers) -> set[str]:
    """Who of the cast gets something from `answers(account)` that is neither 404 nor 403."""
    found = set()
    for name in EVERYBODY:
        try:
            answers(getattr(cast, name))
        except (Http404, PermissionDenied):
            continue
        found.add(name)
    return found


@pytest.mark.parametrize(
    ("permission", "expected"),
    [
        (permissions.VIEW, CADRES),
        (permissions.EDIT, CADRES),
        (permissions.PUBLISH, CADRES),
        (permissions.APPROVE, CADRES),
        (permissions.SIGNUPS, CADRES),
        (permissions.CHECK_IN, CADRES),
    ],
)
def test_an_activity_is_looked_after_by_its_unions_cadres_and_those_above(
    cast: Cast, permission: str, expected: set[str]
) -> None:
    activity = factories.activity(cast.union)
    session = activity.sessions.select_related("pool", "activity__union").get()
    signup = operations.sign_up(session, member=membership.member_of(cast.member), actor=cast.member).signup
    assert who(cast, lambda a: permissions.get_managed(a, activity.pk, permission)) == expected
    assert who(cast, lambda a: permissions.get_managed_session(a, session.pk, permission)) == expected
    assert who(cast, lambda a: permissions.get_managed_signup(a, signup.pk, permission)) == expected


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (Post.Role.CADRE, {"view", "edit", "publish", "manage", "check-in"}),
        (Post.Role.AUDITOR, {"view"}),
        (Post.Role.EDITOR, {"view", "edit"}),
    ],
)
def test_a_post_carries_what_its_role_needs(cast: Cast, role: str, allowed: set[str]) -> None:
    activity = factories.activity(cast.union)
    account = accounts.account()
    orgs.post(account, cast.union, role)
    every = (
        permissions.VIEW,
        permissions.EDIT,
        permissions.PUBLISH,
        permissions.APPROVE,
        permissions.SIGNUPS,
        permissions.CHECK_IN,
    )
    assert {p.rpartition(":")[2] for p in every if permissions.may(account, p, activity)} == allowed


def test_seen_but_not_allowed_is_403_and_hidden_is_404(cast: Cast) -> None:
    activity = factories.activity(cast.union)
    auditor = accounts.account()
    orgs.post(auditor, cast.union, Post.Role.AUDITOR)
    with pytest.raises(PermissionDenied):
        permissions.get_managed(auditor, activity.pk, permissions.EDIT)
    with pytest.raises(Http404):
        permissions.get_managed(cast.neighbour_officer, activity.pk, permissions.EDIT)
    with pytest.raises(Http404):
        permissions.get_managed(AnonymousUser(), activity.pk, permissions.VIEW)


def test_a_co_host_runs_one_activity_until_the_grant_ends(cast: Cast) -> None:
    activity, other = factories.activity(cast.union), factories.activity(cast.union)
    ends = timezone.now() + timedelta(days=1)
    grant = ObjectGrant.objects.create(
        account=cast.neighbour_officer,
        kind=permissions.GRANT,
        object_id=activity.pk,
        role="co_host",
        expires_at=ends,
        state="accepted",
        answered_at=timezone.now(),
    )
    assert permissions.get_managed(cast.neighbour_officer, activity.pk, permissions.SIGNUPS)
    with pytest.raises(PermissionDenied):
        permissions.get_managed(cast.neighbour_officer, activity.pk, permissions.PUBLISH)
    with pytest.raises(Http404):
        permissions.get_managed(cast.neighbour_officer, other.pk, permissions.VIEW)
    ObjectGrant.objects.filter(pk=grant.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(Http404):
        permissions.get_managed(cast.neighbour_officer, activity.pk, permissions.VIEW)


def test_members_see_what_is_offered_to_their_union_or_one_above(cast: Cast) -> None:
    own = factories.activity(cast.union)
    above = factories.activity(cast.county)
    narrowed = factories.activity(cast.county, rule=Rule(union_ids=(cast.neighbour_township.pk,)))
    seen = set(permissions.visible_to(cast.member).values_list("pk", flat=True))
    assert seen == {own.pk, above.pk}
    seen = set(permissions.visible_to(cast.neighbour_member).values_list("pk", flat=True))
    assert seen == {above.pk, narrowed.pk}
    for stranger in (cast.applicant, AnonymousUser()):
        assert list(permissions.visible_to(stranger)) == [above]


@pytest.mark.parametrize("state", ["draft", "submitted", "returned"])
def test_what_was_never_published_is_seen_by_no_member(cast: Cast, state: str) -> None:
    activity = factories.draft(cast.union)
    Activity.objects.filter(pk=activity.pk).update(state=state)
    with pytest.raises(Http404):
        permissions.get_activity(cast.member, activity.pk)
    operations.cancel_activity(factories.draft(cast.union), actor=SYSTEM, reason="不办了")
    assert not permissions.visible_to(cast.member).exists()


def test_a_session_is_found_only_in_its_own_activity(cast: Cast) -> None:
    one, other = factories.activity(cast.union), factories.activity(cast.union)
    session = one.sessions.get()
    assert permissions.get_session(membership.member_of(cast.member), one.pk, session.pk) == session
    assert permissions.get_session(membership.member_of(cast.member), one.pk) == session
    for account, activity in ((cast.member, other), (cast.neighbour_member, one)):
        with pytest.raises(Http404):
            permissions.get_session(membership.member_of(account), activity.pk, session.pk)


def test_organising_is_offered_for_the_tops_of_ones_reach(cast: Cast) -> None:
    orgs.post(cast.officer, cast.neighbour, Post.Role.CADRE)
    assert set(permissions.organisers(cast.officer)) == {cast.union, cast.neighbour}
    assert list(permissions.organisers(cast.county_officer)) == [cast.county]
    assert permissions.get_organiser(cast.county_officer, cast.union.pk) == cast.union
    with pytest.raises(Http404):
        permissions.get_organiser(cast.officer, cast.township.pk)
    assert not permissions.organisers(cast.member).exists()
    assert not permissions.manages(cast.member)
