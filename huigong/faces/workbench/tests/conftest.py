"""One of everything that belongs to the cast's union, as the workbench shows it."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from huigong.core import flags, operations
from huigong.core.audit import SYSTEM
from huigong.core.models import AuditRow
from huigong.people.accounts.models import Account
from huigong.people.accounts.tests import factories as accounts
from huigong.people.membership.tests import factories as people
from huigong.people.orgs import operations as orgs
from huigong.people.orgs.models import Post, Union
from huigong.people.orgs.tests import factories as unions
from huigong.services.activities.tests import factories as activities
from tests.cast import Cast

CANARY = "金丝雀"
"""Stands in the name of everything that is the union's own business."""


@dataclass
class Desk:
    """Rows by ``app.model``, and the cast they belong to."""

    cast: Cast
    rows: dict[str, Model]

    def url(self, name: str, page: str) -> str:
        row = self.rows[name]
        base = f"admin:{name.replace('.', '_')}"
        return reverse(f"{base}_{page}", args=() if page == "changelist" else (row.pk,))


@pytest.fixture
def desk(cast: Cast) -> Desk:
    """A union with a member, an applicant, a claimant, a transfer, an activity, an office and one being founded."""
    sister = unions.grassroots(cast.township, f"{CANARY}姊妹工会")
    person = people.person(name=f"{CANARY}会员", phone="13712345678")
    people.membership(person, cast.union)
    leaver = people.member_account(cast.union, name=f"{CANARY}转会人")
    applicant = accounts.account(name=f"{CANARY}申请人")
    application = people.application(applicant, cast.union, name=f"{CANARY}申请人")
    claimed = people.person(name=f"{CANARY}名册人")
    people.membership(claimed, cast.union)
    claim = people.claim(accounts.account(), cast.union, name=f"{CANARY}认领人")
    registration = orgs.register_union(
        f"{CANARY}公司工会",
        kind=Union.Kind.JOINT,
        parent=cast.township,
        chair_name="林秀兰",
        actor=accounts.account(),
        worker_count=30,
    )
    cadre = accounts.account(name=f"{CANARY}干部")
    post = unions.post(cadre, cast.union, Post.Role.CADRE)
    activity = activities.activity(cast.union, title=f"{CANARY}羽毛球赛")
    rows: dict[str, Model] = {
        "orgs.union": sister,
        "orgs.post": post,
        "orgs.registration": registration,
        "orgs.partner": orgs.add_partner(
            cast.union,
            name=f"{CANARY}卫健局",
            kind="health",
            account=accounts.account(name=f"{CANARY}联系人"),
            note="",
            actor=SYSTEM,
        ),
        "membership.person": person,
        "membership.joinapplication": application,
        "membership.claim": claim,
        "membership.transfer": people.transfer(leaver, sister),
        "activities.activity": activity,
        "core.auditrow": AuditRow.objects.filter(target_label__contains=CANARY).latest("id"),
        "core.flag": flags.throw(flags.Switch.SMS_OFF, actor=SYSTEM, reason=CANARY),
        "core.holiday": operations.set_holiday(
            cast.union.created_at.date(), is_working=True, source=CANARY, actor=SYSTEM
        ),
    }
    yield Desk(cast, rows)
    flags.release(flags.Switch.SMS_OFF, actor=SYSTEM)


NAMES = [
    "orgs.union",
    "orgs.post",
    "orgs.registration",
    "orgs.partner",
    "membership.person",
    "membership.joinapplication",
    "membership.claim",
    "membership.transfer",
    "activities.activity",
    "core.auditrow",
    "core.flag",
    "core.holiday",
]
"""Every model on the workbench. `test_site` holds the list against what is registered."""


def as_(account: Account, **options: Any) -> Client:
    """A browser in which `account` is logged in."""
    client = Client(**options)
    client.force_login(account)
    return client


def model_admin(name: str) -> Any:
    """The ModelAdmin behind ``app.model``."""
    return next(found for model, found in admin.site._registry.items() if model._meta.label_lower == name)


def actions(name: str) -> dict[str, Any]:
    """Every action with a dialog of a ModelAdmin, by its name."""
    found = model_admin(name)
    kinds = (found.actions_list, found.actions_row, found.actions_detail, found.actions_submit_line)
    names = dict.fromkeys(action for kind in kinds for action in found._extract_action_names(kind))
    return {action: getattr(found, action) for action in names}
