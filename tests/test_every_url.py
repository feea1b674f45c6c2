"""Every address of the site, walked as somebody who has no business there.

A new address either needs a login, or is named public in `tests.addresses`. What belongs to one union gives its
neighbours 404 or 403 and nothing of its content, whatever the method, and nothing changes. Whatever is asked,
no page breaks; and nothing is written without a token that came from a page of ours.
"""

import logging
from collections.abc import Iterator
from unittest.mock import patch

import pytest
from django.db import transaction
from django.test import Client

from huigong.core import flags
from huigong.core.models import AuditRow
from huigong.people.membership.admin import PersonAdmin
from huigong.people.membership.models import Membership, Person
from huigong.services.activities import permissions as activities
from huigong.services.activities.models import Activity
from tests.addresses import ADDRESSES, PUBLIC, Address
from tests.stage import Stage, make_stage
from tests.walk import ENTRANCES, LEAVING, Walker, is_hidden, odd_bodies, odd_queries, snapshot, touched

OUTSIDERS = (
    "anonymous",
    "applicant",
    "neighbour_member",
    "neighbour_officer",
    "neighbour_township_officer",
    "retired_officer",
)
OURS = [
    address for address in ADDRESSES if not address.route.startswith("demo/") and address.name not in LEAVING
]
"""Without the style page, which holds nothing of anybody, and without the way out."""
OWN_REQUESTS = {"membership:application:submit", "membership:transfer:request"}
"""What anybody may ask of a union."""

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def _made(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[Stage]:
    """One stage for all walks, taken down at the end."""
    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]
        yield make_stage()
        transaction.set_rollback(True)
    flags.forget()


@pytest.fixture
def stage(_made: Stage, db: None) -> Iterator[Stage]:
    """The stage as it was made: what a test changes is rolled back."""
    logging.disable(logging.CRITICAL)  # thousands of lines that nobody reads
    yield _made
    logging.disable(logging.NOTSET)


def walked(walker: Walker, addresses: list[Address]) -> list[str]:
    """What was wrong on the way."""
    for address in addresses:
        walker.knock(address)
    return walker.faults


@pytest.mark.parametrize("role", OUTSIDERS)
def test_nobody_from_outside_reads_or_changes_what_is_the_unions(role: str, stage: Stage) -> None:
    walker = Walker(stage, role)
    before = snapshot()
    last = AuditRow.objects.order_by("-id").values_list("id", flat=True)[0]
    assert walked(walker, OURS) == []
    own = {("accounts_account", str(walker.account.pk))} if walker.account else set()
    held = Membership.objects.filter(person__account=walker.account, person__account__isnull=False)
    own |= {("membership_membership", str(row.pk)) for row in held}  # anybody may leave
    assert touched(before, own=own) == []
    deeds = AuditRow.objects.filter(pk__gt=last, org_path__startswith=stage.cast.union.path)
    assert set(deeds.values_list("action", flat=True)) <= OWN_REQUESTS


def test_an_address_needs_a_login_unless_it_is_named_public(stage: Stage) -> None:
    walker = Walker(stage, "anonymous")
    for address in OURS:
        response = walker.outside("get", walker.path(address))
        status = response.status_code
        if address.name in PUBLIC:
            fine = status in (200, 404, 405, 503)
        elif address.in_api:
            fine = status in (401, 404, 405) or "openapi" in address.name or "docs" in address.name
        else:
            fine = status == 302 and response["Location"].startswith(ENTRANCES)
        if not fine:
            walker.faults.append(f"{address}: {status}")
    assert walker.faults == []


def test_the_walk_finds_the_rows_of_a_list_that_shows_everybody(stage: Stage) -> None:
    """With the guard of one list off, the walk must fail; else it would prove nothing."""
    people = [address for address in OURS if address.name == "admin:membership_person_changelist"]
    everybody = staticmethod(lambda actor: Person.objects.all())
    with patch.object(PersonAdmin, "visible_to", everybody):
        faults = walked(Walker(stage, "neighbour_officer"), people)
    assert any("says 金丝雀" in fault for fault in faults)


def test_the_walk_finds_activities_that_everybody_looks_after(stage: Stage) -> None:
    desks = [address for address in OURS if address.name.startswith("activities:") and is_hidden(address)]
    with (
        patch.object(activities, "managed_by", lambda actor, permission="": Activity.objects.all()),
        patch.object(activities, "may", lambda actor, permission, activity: True),
    ):
        walker = Walker(stage, "neighbour_officer")
        before = snapshot()
        faults = walked(walker, desks)
    assert any("get activities:manage " in fault for fault in faults)
    assert any("post activities:close" in fault for fault in faults)
    assert touched(before) != []


def test_looking_changes_nothing_and_odd_questions_break_nothing(stage: Stage) -> None:
    officer, county_officer = Walker(stage, "officer"), Walker(stage, "county_officer")
    before = snapshot()
    for address in ADDRESSES:
        walker = county_officer if address.model.startswith("core.") else officer
        path = walker.path(address)
        if address.name not in LEAVING and walker.go("get", path)[0].status_code == 200:
            for query, headers in odd_queries():
                walker.go("get", path, query, headers=headers)
    assert officer.faults + county_officer.faults == []
    assert touched(before) == []


def test_bodies_that_no_form_sends_break_nothing(stage: Stage) -> None:
    walker = Walker(stage, "officer")
    for address in ADDRESSES:
        if address.name not in LEAVING and walker.go("post", walker.path(address))[0].status_code != 405:
            for body, content_type in odd_bodies():
                walker.go("post", walker.path(address), body, content_type=content_type)
    assert walker.faults == []


def test_nothing_is_written_for_a_form_that_is_not_ours(stage: Stage) -> None:
    """Another site's page can send a form, but not the token that ours carry."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(stage.cast.officer)
    walker = Walker(stage, "officer")
    open_ = [
        str(address)
        for address in ADDRESSES
        if not address.in_api
        and address.name != "core:csp-report"
        and client.post(walker.path(address), {"reason": "试试看"}).status_code != 403
    ]
    assert open_ == []


def test_the_stage_knows_every_parameter(stage: Stage) -> None:
    unknown = {parameter for address in ADDRESSES for parameter in address.parameters} - stage.values.keys()
    assert unknown == set(), "say in `tests.stage` what to put there"
    lists = {address.model for address in ADDRESSES if address.is_list}
    assert lists == stage.rows.keys(), "a list of the workbench has no row with the canary in it"
