"""What the roll refuses when a union is to end."""

import pytest

from huigong.core.errors import Refused
from huigong.people.accounts.tests import factories as accounts
from huigong.people.membership.models import Membership
from huigong.people.membership.tests import factories
from huigong.people.orgs import operations as orgs
from tests.cast import Cast


def code_of(cast: Cast) -> str:
    with pytest.raises(Refused) as caught:
        orgs.dissolve_union(cast.union, actor=cast.township_officer, reason="企业注销")
    cast.union.refresh_from_db()
    assert cast.union.is_established
    return caught.value.code


def leave(cast: Cast) -> None:
    from django.utils import timezone

    Membership.objects.filter(union=cast.union).update(state="left", ended_on=timezone.localdate())


def test_a_union_with_members_is_not_dissolved(cast: Cast) -> None:
    assert code_of(cast) == "has-members"


def test_a_union_with_somebody_waiting_is_not_dissolved(cast: Cast) -> None:
    leave(cast)
    factories.application(accounts.account(), cast.union)
    assert code_of(cast) == "has-requests"


def test_a_union_that_a_member_wants_to_move_to_is_not_dissolved(cast: Cast) -> None:
    leave(cast)
    factories.transfer(cast.neighbour_member, cast.union)
    assert code_of(cast) == "has-requests"


def test_a_union_without_anybody_is_dissolved(cast: Cast) -> None:
    leave(cast)
    orgs.dissolve_union(cast.union, actor=cast.township_officer, reason="企业注销")
    cast.union.refresh_from_db()
    assert cast.union.state == "dissolved"
