"""Every condition of an audience rule: who is meant, how many, and the sentence for who is not."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from huigong.people.membership import queries
from huigong.people.membership.models import Membership
from huigong.people.membership.queries import LIVE_STATES, Rule, audience, member_of
from huigong.people.membership.tests import factories as people
from huigong.people.orgs.models import Post
from huigong.people.orgs.tests import factories as orgs
from tests.cast import Cast


def years_ago(years: int, days: int = 0) -> date:
    today = timezone.localdate()
    try:
        then = today.replace(year=today.year - years)
    except ValueError:  # 29 February
        then = today.replace(year=today.year - years, day=28)
    return then + timedelta(days=days)


def cases(cast: Cast) -> dict[str, tuple[Rule, dict, dict, str]]:
    """A rule, what somebody meant by it is like, what somebody not meant is like, and what that one reads."""
    return {
        "sex": (Rule(sex="2"), {"sex": "2"}, {"sex": "1"}, "只面向女职工。"),
        "min_age": (
            Rule(min_age=30),
            {"born_on": years_ago(30)},
            {"born_on": years_ago(30, days=1)},
            "须年满 30 周岁。",
        ),
        "max_age": (
            Rule(max_age=45),
            {"born_on": years_ago(46, days=1)},
            {"born_on": years_ago(46)},
            "须在 45 周岁以下（含）。",
        ),
        "work_forms": (
            Rule(work_forms=("rider", "courier")),
            {"work_form": "rider"},
            {"work_form": "enterprise"},
            "只面向外卖配送员、快递员。",
        ),
        "tags": (Rule(tags=("单身",)), {"tags": ["单身", "劳模"]}, {"tags": ["劳模"]}, "只面向：单身。"),
    }


@pytest.mark.parametrize("name", ["sex", "min_age", "max_age", "work_forms", "tags"])
def test_a_condition_on_the_person_divides_those_meant_from_the_rest(cast: Cast, name: str) -> None:
    rule, meant, other, sentence = cases(cast)[name]
    inside = people.member_account(cast.union, name="在内", **meant)
    outside = people.member_account(cast.union, name="在外", **other)
    narrowed = audience(Rule.parse(rule.to_json()))
    names = {person.name for person in narrowed.people()}
    assert "在内" in names
    assert "在外" not in names
    assert narrowed.count() == len(names)
    assert narrowed.why_not(member_of(inside)) is None
    assert narrowed.why_not(member_of(outside)) == sentence


def test_the_subtree_takes_the_union_and_all_below_it(cast: Cast) -> None:
    narrowed = audience(Rule(union_ids=(cast.township.pk,)))
    assert [person.name for person in narrowed.people()] == ["本会会员"]
    assert narrowed.why_not(member_of(cast.member)) is None
    assert (
        narrowed.why_not(member_of(cast.neighbour_member)) == "只面向指定工会的会员，您所在的工会不在范围内。"
    )


def test_a_post_counts_while_its_term_runs(cast: Cast) -> None:
    narrowed = audience(Rule(roles=queries.OFFICERS))
    assert narrowed.count() == 0
    orgs.post(cast.neighbour_member, cast.neighbour, Post.Role.CADRE, ended=True)
    assert narrowed.why_not(member_of(cast.neighbour_member)) == "只面向工会干部。"
    orgs.post(cast.member, cast.union, Post.Role.GROUP_LEADER)
    assert [person.name for person in narrowed.people()] == ["本会会员"]
    assert narrowed.why_not(member_of(cast.member)) is None


def test_retained_members_are_meant_only_when_the_rule_says_so(cast: Cast) -> None:
    Membership.objects.filter(person__account=cast.member).update(state="retained")
    everybody, active = audience(Rule(states=LIVE_STATES)), audience(Rule())
    assert (everybody.count(), active.count()) == (2, 1)
    assert everybody.why_not(member_of(cast.member)) is None
    assert active.why_not(member_of(cast.member)) == "您的会籍目前不在籍，不能参加。"
    assert everybody.sentence() == "含保留会籍"


def test_who_joined_later_is_not_meant(cast: Cast) -> None:
    Membership.objects.filter(person__account=cast.member).update(joined_on=date(2026, 1, 2))
    narrowed = audience(Rule(joined_by=date(2026, 1, 1)))
    assert [person.name for person in narrowed.people()] == ["邻会会员"]
    assert narrowed.why_not(member_of(cast.member)) == "须在 2026-01-01 前入会。"
    assert narrowed.sentence() == "2026年1月1日前入会"
    assert Rule.parse(narrowed.rule.to_json()) == narrowed.rule


def test_somebody_who_is_no_member_is_asked_to_join(cast: Cast) -> None:
    assert audience(Rule()).why_not(member_of(cast.applicant)) == "请先加入工会：只有会员可以参加。"


def test_a_rule_that_is_not_understood_is_refused() -> None:
    with pytest.raises(TypeError):
        Rule.parse({"star_sign": "狮子"})
