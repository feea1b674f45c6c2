"""Partners: who does things together with the county, what they said yes to and what they have yet to answer."""

from collections.abc import Iterator
from typing import Any

from huigong.demo.seeds import words
from huigong.demo.story.clock import Story
from huigong.demo.story.stage import Stage, cast
from huigong.people.accounts.models import Account
from huigong.people.orgs import operations as orgs
from huigong.people.orgs.models import ObjectGrant, Partner
from huigong.services.activities import operations as activities
from huigong.services.activities.models import Activity


def partners(stage: Stage) -> Iterator[Story]:
    """Each partner, from the day on which it was put down."""
    return (_working_together(stage, row) for row in words("partners")["partners"])


def _working_together(stage: Stage, row: dict[str, Any]) -> Story:
    yield stage.clock.at(0, "07:50")
    person = _person(stage, row["name"])
    partner = orgs.add_partner(
        stage.unions["county"],
        name=row["name"],
        kind=row["kind"],
        note=row["note"],
        account=person,
        actor=stage.officer("county"),
    )
    for title in row["accepts"]:
        activity, grant = _invite(stage, partner, title)
        activities.accept_co_hosting(activity, grant=grant, actor=person)
    for title in row.get("declines", []):
        activity, grant = _invite(stage, partner, title)
        activities.decline_co_hosting(activity, grant=grant, reason=row["reason"], actor=person)
    for title in row.get("asked", []):
        _invite(stage, partner, title)


def _person(stage: Stage, partner: str) -> Account:
    """Who acts for it: one of the cast, or somebody else."""
    role = next((role.role for role in cast() if role.partner == partner), None)
    return stage.accounts[role] if role else stage.open_account(stage.somebody(), named=True)


def _invite(stage: Stage, partner: Partner, title: str) -> tuple[Activity, ObjectGrant]:
    activity = Activity.objects.select_related("union").get(title=title)
    key = next(key for key, union in stage.unions.items() if union.pk == activity.union_id)
    return activity, activities.invite_co_host(activity, partner=partner, actor=stage.officer(key))
