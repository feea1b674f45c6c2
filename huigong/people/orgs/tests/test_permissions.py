"""Who may see and do what where."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404

from huigong.core.audit import SYSTEM
from huigong.core.models import AuditRow
from huigong.people.accounts.models import Account
from huigong.people.orgs import operations, permissions
from huigong.people.orgs.models import Post
from huigong.people.orgs.tests import factories as orgs
from huigong.people.orgs.tests.test_operations_founding import register
from tests.cast import Cast


def fresh(account: Account) -> Account:
    return Account.objects.get(pk=account.pk)


def names(actor) -> set[str]:
    return set(permissions.visible_to(actor).values_list("name", flat=True))


def test_an_office_reaches_its_subtree_and_nothing_else(cast: Cast) -> None:
    assert names(cast.county_officer) == {
        cast.county.name,
        cast.township.name,
        cast.union.name,
        cast.neighbour_township.name,
        cast.neighbour.name,
    }
    assert names(cast.township_officer) == {cast.township.name, cast.union.name}
    assert names(cast.officer) == {cast.union.name}
    for nobody in (cast.member, cast.retired_officer, cast.applicant, AnonymousUser()):
        assert names(nobody) == set()


def test_several_offices_add_up_each_with_its_own_role(cast: Cast) -> None:
    orgs.post(cast.officer, cast.neighbour, Post.Role.EDITOR)
    actor = fresh(cast.officer)
    assert names(actor) == {cast.union.name, cast.neighbour.name}
    assert permissions.may(actor, permissions.UNION_EDIT, cast.union)
    assert not permissions.may(actor, permissions.UNION_EDIT, cast.neighbour)


def test_get_union_hides_what_is_out_of_reach_and_refuses_what_the_role_lacks(cast: Cast) -> None:
    assert permissions.get_union(cast.officer, cast.union.pk, permissions.UNION_EDIT) == cast.union
    with pytest.raises(Http404):
        permissions.get_union(cast.neighbour_officer, cast.union.pk)
    with pytest.raises(Http404):
        permissions.get_union(cast.officer, 987654321)
    with pytest.raises(PermissionDenied):
        permissions.get_union(cast.officer, cast.union.pk, permissions.UNION_MOVE)


def test_get_post_is_for_the_offices_above_and_its_holder_sees_it(cast: Cast) -> None:
    post = Post.objects.get(account=cast.officer)
    assert permissions.get_post(cast.township_officer, post.pk, permissions.POST_MANAGE) == post
    with pytest.raises(Http404):
        permissions.get_post(cast.neighbour_officer, post.pk)
    retired = Post.objects.get(account=cast.retired_officer)
    with pytest.raises(PermissionDenied):
        permissions.get_post(cast.retired_officer, retired.pk)


def test_get_registration_is_decided_above_and_seen_below_by_nobody(cast: Cast) -> None:
    registration = register(cast)
    approve = permissions.UNION_APPROVE
    assert permissions.get_registration(cast.township_officer, registration.pk, approve) == registration
    for other in (cast.officer, cast.neighbour_officer, cast.applicant):
        with pytest.raises(Http404):
            permissions.get_registration(other, registration.pk, approve)
    orgs.post(cast.applicant, cast.township, Post.Role.CADRE)
    with pytest.raises(PermissionDenied):
        permissions.get_registration(fresh(cast.applicant), registration.pk, approve)
    assert permissions.get_own_registration(cast.applicant, registration.pk) == registration
    with pytest.raises(Http404):
        permissions.get_own_registration(cast.member, registration.pk)


def test_the_audit_trail_is_read_in_the_books_of_the_own_subtree(cast: Cast) -> None:
    operations.edit_union(cast.union, actor=cast.officer, address="中山路1号")
    row = AuditRow.objects.get(action="orgs:union:edit")
    for reader in (cast.officer, cast.township_officer, cast.county_officer):
        assert permissions.get_audit_row(reader, row.pk) == row
    for other in (cast.neighbour_officer, cast.member, cast.retired_officer):
        with pytest.raises(Http404):
            permissions.get_audit_row(other, row.pk)
    assert permissions.audit_visible_to(SYSTEM).filter(pk=row.pk).exists()


def test_rows_without_a_union_are_for_who_keeps_the_platform(cast: Cast) -> None:
    from huigong.people.accounts import operations as accounts

    accounts.log_out_everywhere(cast.member, actor=cast.member)
    row = AuditRow.objects.get(action="accounts:account:log-out-everywhere")
    assert permissions.get_audit_row(cast.county_officer, row.pk) == row
    with pytest.raises(Http404):
        permissions.get_audit_row(cast.township_officer, row.pk)


def test_django_is_answered_by_posts(cast: Cast) -> None:
    assert cast.officer.has_perm(permissions.UNION_EDIT)
    assert cast.officer.has_perm(permissions.UNION_EDIT, cast.union)
    assert not cast.officer.has_perm(permissions.UNION_EDIT, cast.neighbour)
    assert not cast.member.has_perm(permissions.UNION_EDIT)
    assert not AnonymousUser().has_perm(permissions.UNION_EDIT)
    assert not cast.county_officer.has_perm("orgs.delete_union"), "Django's own permissions nobody has"


def test_an_account_that_is_frozen_may_nothing(cast: Cast) -> None:
    cast.officer.state = Account.State.FROZEN
    assert not cast.officer.has_perm(permissions.UNION_EDIT)


def test_a_permission_that_nobody_declared_is_a_mistake(cast: Cast) -> None:
    with pytest.raises(LookupError):
        permissions.reach(cast.officer, "orgs:union:edti")
    with pytest.raises(LookupError):
        permissions.may(cast.officer, "orgs:union:edti", cast.union)
