"""One rule, three ways to ask it: the people, why not, and rows that mean somebody. They must agree."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from huigong.core.errors import Refused
from huigong.people.membership import queries
from huigong.people.membership.models import Membership
from huigong.people.membership.queries import Rule
from huigong.people.membership.tests import factories
from huigong.people.orgs.models import Post
from huigong.people.orgs.tests import factories as orgs
from huigong.services.notices.models import Notice
from tests.cast import Cast

TODAY = timezone.localdate


def years_ago(years: int, *, days: int = 0) -> date:
    today = TODAY()
    return date(today.year - years, today.month, min(today.day, 28)) + timedelta(days=days)


RULES = {
    "everybody": Rule(),
    "women": Rule(sex="2"),
    "men": Rule(sex="1"),
    "grown": Rule(min_age=45),
    "young": Rule(max_age=35),
    "between": Rule(min_age=30, max_age=40),
    "riders": Rule(work_forms=("rider", "courier")),
    "models": Rule(tags=("劳模", "工匠")),
    "cadres": Rule(roles=("chair",)),
    "kept": Rule(states=("active", "retained")),
    "only kept": Rule(states=("retained",)),
    "old hands": Rule(joined_by=date(2020, 1, 1)),
    "all at once": Rule(sex="2", min_age=18, max_age=60, tags=("劳模",), joined_by=date(2030, 1, 1)),
}


@pytest.fixture
def members(cast: Cast) -> list[queries.Member]:
    """People who differ in one respect each."""
    made = [
        factories.member_account(cast.union, sex="2", born_on=years_ago(50), tags=["劳模"]),
        factories.member_account(cast.union, sex="1", born_on=years_ago(45), work_form="rider"),
        factories.member_account(cast.union, sex="2", born_on=years_ago(36, days=1), tags=["工匠", "单身"]),
        factories.member_account(cast.union, sex="1", born_on=years_ago(36)),
        factories.member_account(cast.union, sex="2", born_on=years_ago(30)),
        factories.member_account(cast.union, sex="1", born_on=years_ago(20)),
        factories.member_account(cast.union),
        factories.member_account(cast.union),
    ]
    orgs.post(made[5], cast.union, Post.Role.CHAIR)
    live = Membership.objects.filter(person__account=made[6])
    live.update(state=Membership.State.RETAINED)
    Membership.objects.filter(person__account=made[7]).update(joined_on=date(2019, 12, 31))
    return [member for member in map(queries.member_of, made) if member]


def roles(member: queries.Member) -> list[str]:
    return list(Post.objects.filter(account_id=member.account_id).values_list("role", flat=True))


@pytest.mark.parametrize("name", RULES)
def test_people_why_not_and_means_agree_about_everybody(
    name: str, members: list[queries.Member], cast: Cast
) -> None:
    rule = RULES[name]
    stored = Notice.objects.create(
        union=cast.union, title="规则", audience=rule.to_json(), audience_unions=[cast.union.pk]
    )
    audience = queries.audience(rule)
    people = set(audience.people().values_list("pk", flat=True))
    said = {member.person_id for member in members if audience.why_not(member) is None}
    meant = {
        member.person_id
        for member in members
        if Notice.objects.filter(queries.means(member, roles=roles(member)), pk=stored.pk).exists()
    }
    everybody = {member.person_id for member in members}
    assert people & everybody == said == meant
    assert set(audience.memberships().values_list("person_id", flat=True)) == people
    assert name in ("everybody", "kept") or said < everybody
    assert said


def test_addressed_by_keeps_to_the_unions_own_subtree(cast: Cast) -> None:
    assert queries.addressed_by(cast.union, Rule()).union_ids == (cast.union.pk,)
    below = Rule(union_ids=(cast.union.pk, cast.neighbour.pk))
    assert queries.addressed_by(cast.county, below) == below
    for foreign in (cast.neighbour.pk, cast.township.pk, 2**40):
        with pytest.raises(Refused) as refused:
            queries.addressed_by(cast.union, Rule(union_ids=(cast.union.pk, foreign)))
        assert refused.value.code == "audience-outside"
