"""Every address of the site, walked as somebody who has no business there.

A new address either needs a login, or is named public here. What belongs to one union gives its neighbours
404 or 403 and nothing of its content, whatever the method, and nothing changes.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from huigong.core.models import AuditRow
from huigong.people.accounts import queries as accounts
from huigong.people.inbox.models import Message
from huigong.people.membership import operations as imports
from huigong.people.membership import queries as membership
from huigong.people.membership.models import RollImport
from huigong.people.membership.tests import factories as people
from huigong.people.membership.tests.sheets import roll
from huigong.people.orgs import operations as orgs
from huigong.services.activities import operations
from huigong.services.activities.models import Contribution
from huigong.services.activities.tests import factories as activities
from huigong.services.activities.tests.test_online import online, shown
from huigong.services.notices import operations as notice_operations
from huigong.services.notices.tests import factories as notices
from tests.cast import Cast

PUBLIC = {
    "portal:home",
    "portal:privacy",
    "core:healthz",
    "core:readyz",
    "core:csp-report",
    "core:file",
    "accounts:login",
    "accounts:send-code",
    "activities:index",
    "activities:detail",
    "activities:draw",
    "activities:draw-sheet",
    "activities:campaign",
    "activities:calendar-feed",
    "membership:join",
}
CANARY = "金丝雀"
"""Stands in the name of everything private that the walk knows of."""


@dataclass(frozen=True)
class Address:
    """One route: its name with namespaces, the path with ``<kind:name>`` left in, and its parameters."""

    name: str
    route: str
    parameters: tuple[str, ...]

    def path(self, values: dict[str, object]) -> str:
        path = self.route
        for parameter in self.parameters:
            start = path.index("<")
            path = path[:start] + str(values[parameter]) + path[path.index(">") + 1 :]
        return "/" + path


def _walk(resolver: URLResolver, prefix: str = "", names: tuple[str, ...] = ()) -> Iterator[Address]:
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern, route, (*names, pattern.namespace) if pattern.namespace else names)
        elif isinstance(pattern, URLPattern):
            name = ":".join((*names, pattern.name or ""))
            parameters = tuple(piece.split(">")[0].split(":")[-1] for piece in route.split("<")[1:])
            yield Address(name, route.replace("\\Z", ""), parameters)


ADDRESSES = [
    address
    for address in _walk(get_resolver())
    if not address.route.startswith(("workbench/", "demo/")) and "(?P" not in address.route
]
"""The workbench is Django's admin: its own tests walk its lists, forms and actions as a neighbour."""


def contribution(cast: Cast) -> Contribution:
    """A work that is shown, the canary in its words."""
    activity = online(cast.union, votes=1, title=f"{CANARY}征集")
    return shown(activity, cast.member, text=f"{CANARY}家书")


def roll_import(cast: Cast) -> RollImport:
    """A roll that was sent and waits for its columns, the canary in it and in its name."""
    file = roll(cast.union.name, 2, name=f"{CANARY}{{}}")
    return imports.upload_roll(file, union=cast.union, file_name=f"{CANARY}名册.xlsx", actor=cast.officer)


def told(cast: Cast) -> dict[str, object]:
    """A draft of a notice with a document, the canary in both."""
    notice = notices.draft(cast.union, actor=cast.officer, title=f"{CANARY}通知")
    upload = (io.BytesIO(b"%PDF-1.7"), f"{CANARY}附件.pdf")
    [attachment] = notice_operations.attach(notice, [upload], actor=cast.officer)
    return {"notice_id": notice.pk, "attachment_id": attachment.pk}


@pytest.fixture
def secrets(cast: Cast) -> dict[str, object]:
    """One of everything that belongs to the cast's union, each with the canary in it."""
    activity = activities.activity(cast.union, activities.plan(), title=f"{CANARY}活动")
    session = activity.sessions.select_related("pool", "activity__union").get()
    signup = operations.sign_up(session, member=membership.member_of(cast.member), actor=cast.member).signup
    person = membership.person_of(cast.member)
    assert person is not None
    application = people.application(cast.applicant, cast.union, name=f"{CANARY}申请人")
    claim = people.claim(people.accounts.account(), cast.union, name=f"{CANARY}认领人")
    transfer = people.transfer(people.member_account(cast.union, name=f"{CANARY}转会人"), cast.neighbour)
    message = Message.objects.create(account=cast.member, kind="system", title=f"{CANARY}消息", url="/")
    contact = people.member_account(cast.union, name="联系人")
    partner = orgs.add_partner(
        cast.union, name=f"{CANARY}医院", kind="institution", account=contact, actor=cast.officer
    )
    grant = operations.invite_co_host(activity, partner=partner, actor=cast.officer)
    return {
        "partner_id": partner.pk,
        "grant_id": grant.pk,
        "activity_id": activity.pk,
        "session_id": session.pk,
        "signup_id": signup.pk,
        "person_id": person.pk,
        "application_id": application.pk,
        "message_id": message.pk,
        "union_id": cast.union.pk,
        "pool_id": session.pool_id,
        "transfer_id": transfer.pk,
        "claim_id": claim.pk,
        "import_id": roll_import(cast).pk,
        **told(cast),
        "expulsion_id": 1,
        "registration_id": cast.union.pk,
        "contribution_id": contribution(cast).pk,
        "campaign_id": activities.campaign(cast.union, activity, title=f"{CANARY}专题").pk,
        "membership_id": 1,
        "post_id": 1,
        "token": "0" * 32,
        "uuid": "00000000-0000-4000-8000-000000000000",
    }


@pytest.mark.parametrize("address", ADDRESSES, ids=lambda address: address.name + " " + address.route)
def test_an_address_needs_a_login_unless_it_is_named_public(
    address: Address, client: Client, secrets: dict[str, object]
) -> None:
    response = client.get(address.path(secrets))
    body = b"".join(response.streaming_content) if response.streaming else response.content
    assert CANARY not in body.decode(errors="replace")
    if address.name in PUBLIC:
        assert response.status_code in (200, 404, 405, 503)
    elif address.route.startswith("api/"):
        assert response.status_code in (401, 404, 405) or "openapi" in address.name or "docs" in address.name
    else:
        assert response.status_code == 302
        assert response["Location"].startswith("/login?next=")


@pytest.mark.parametrize("role", ["neighbour_member", "neighbour_officer", "retired_officer", "applicant"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_from_outside_reads_or_changes_what_is_the_unions(
    role: str, method: str, cast: Cast, secrets: dict[str, object]
) -> None:
    if role == "applicant":
        secrets = {key: value for key, value in secrets.items() if key != "application_id"}
    account = getattr(cast, role)
    client = Client(headers={"Authorization": f"Bearer {accounts.access_token(account)}"})
    before = AuditRow.objects.filter(org_id=cast.union.pk).count()
    for address in ADDRESSES:
        if "logout" in address.route or not set(address.parameters) <= set(secrets):
            continue
        client.force_login(account)
        response = getattr(client, method)(address.path(secrets))
        where = f"{role} {method} {address.name}"
        body = b"".join(response.streaming_content) if response.streaming else response.content
        if role != "applicant":
            assert CANARY not in body.decode(errors="replace"), where
        own = set(address.parameters) & {
            "activity_id",
            "session_id",
            "signup_id",
            "person_id",
            "message_id",
            "contribution_id",
            "campaign_id",
            "partner_id",
            "grant_id",
            "claim_id",
            "transfer_id",
            "import_id",
            "notice_id",
            "attachment_id",
        }
        if own:
            assert response.status_code in (302, 400, 401, 403, 404, 405, 422), where
            assert response.status_code != 302 or response["Location"].startswith("/login"), where
    assert AuditRow.objects.filter(org_id=cast.union.pk).count() == before


def test_the_walk_knows_every_parameter(secrets: dict[str, object]) -> None:
    unknown = {parameter for address in ADDRESSES for parameter in address.parameters} - secrets.keys()
    assert unknown == set(), "say in `secrets` what to put there"
