"""What a reviewer writes is kept whole, or refused; nothing is cut off behind their back."""

import pytest
from django.test import Client
from django.urls import reverse

from huigong.people.accounts.tests import factories as accounts
from huigong.people.membership import operations, permissions
from huigong.people.membership.models import JoinApplication, Membership, Transfer
from huigong.people.membership.tests import factories as people
from tests.cast import Cast

LONGEST = "意" * 300
TOO_LONG = "最多 300 字，您写了 301 字，请缩短后再提交。"


@pytest.fixture
def application(cast: Cast) -> JoinApplication:
    return people.application(accounts.account(), cast.union)


@pytest.mark.parametrize("verb", ["approve", "return", "reject"])
def test_words_that_are_too_long_are_refused_and_nothing_is_decided(
    verb: str, application: JoinApplication, cast: Cast, client: Client
) -> None:
    client.force_login(cast.officer)
    words = {"remark": LONGEST + "见", "reason": LONGEST + "见"}
    response = client.post(reverse(f"membership:{verb}-application", args=[application.pk]), words)
    assert response.status_code == 422
    assert "300" in response.text
    application.refresh_from_db()
    assert (application.state, application.decided_reason) == ("submitted", "")


def test_the_longest_remark_is_kept_whole(application: JoinApplication, cast: Cast, client: Client) -> None:
    client.force_login(cast.officer)
    client.post(reverse("membership:approve-application", args=[application.pk]), {"remark": LONGEST})
    application.refresh_from_db()
    assert (application.state, application.decided_reason) == ("approved", LONGEST)


@pytest.mark.parametrize("verb", ["let-go", "take-in"])
def test_a_transfer_is_not_decided_with_words_that_are_too_long(
    verb: str, cast: Cast, client: Client
) -> None:
    held: Membership = permissions.get_own_membership(cast.member)
    transfer: Transfer = operations.request_transfer(held, to_union=cast.neighbour, actor=cast.member)
    cadre = cast.officer
    if verb == "take-in":
        operations.let_go(transfer, actor=cast.officer)
        cadre = cast.neighbour_officer
    before = transfer.state
    client.force_login(cadre)
    response = client.post(reverse(f"membership:{verb}", args=[transfer.pk]), {"remark": LONGEST + "见"})
    assert response.status_code == 422
    assert TOO_LONG in response.text
    transfer.refresh_from_db()
    assert transfer.state == before
