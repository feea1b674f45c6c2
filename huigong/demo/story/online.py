"""Online activities: members send in texts, cadres look through them, everybody votes."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from huigong.demo.seeds import words
from huigong.demo.story.clock import Story
from huigong.demo.story.stage import Stage
from huigong.people.accounts.models import Account
from huigong.people.membership import queries as membership
from huigong.people.membership.queries import Member, Rule
from huigong.services.activities import operations as activities
from huigong.services.activities.models import Activity, Contribution
from huigong.services.activities.operations import SessionPlan

_PENDING = 2
"""So many of the latest still wait for a cadre."""


def online(stage: Stage) -> Iterator[Story]:
    """Two that are running: the county's and the carving union's."""
    return (_running(stage, plan) for plan in words("activities")["online"])


def _running(stage: Stage, plan: dict[str, Any]) -> Story:
    yield stage.clock.at(plan["begins"] - 2, "09:20")
    officer = stage.accounts["county.admin"] if plan["union"] == "county" else stage.chair(plan["union"])
    activity = _publish(stage, plan, officer)
    session = activity.sessions.select_related("pool", "activity__union").get()
    works: list[Contribution] = []
    members = _meant(stage, activity, plan["union"])
    for number, text in enumerate(plan["texts"]):
        yield _moment(stage, plan, number)
        account, member = next(members)
        works.append(
            activities.contribute(activity, session=session, member=member, actor=account, text=text)
        )
    yield stage.clock.at(-1, "16:40")
    shown = works[: -_PENDING - 1]
    activities.refuse(works[-_PENDING - 1], reason="里面有别人的姓名和电话，请删去后再提交。", actor=officer)
    activities.show_many(shown, actor=officer)
    yield stage.clock.at(0, "07:30")
    _vote(stage, activity, shown)


def _publish(stage: Stage, plan: dict[str, Any], officer: Account) -> Activity:
    starts_at = stage.clock.at(plan["begins"], "08:00")
    ends_at = stage.clock.at(plan["ends"], "22:00")
    activity = activities.create_activity(
        stage.unions[plan["union"]],
        rule=Rule(),
        plans=[
            SessionPlan(
                starts_at=starts_at,
                ends_at=ends_at,
                opens_at=starts_at - timedelta(days=1),
                closes_at=ends_at,
                capacity=500,
            )
        ],
        actor=officer,
        kind=Activity.Kind.ONLINE,
        category=plan["category"],
        title=plan["title"],
        summary=plan["summary"],
        body=plan["body"],
        points=plan["points"],
        votes_per_member=plan["votes"],
    )
    return activities.publish(activity, actor=officer)


def _moment(stage: Stage, plan: dict[str, Any], number: int) -> datetime:
    """The works come in one after the other until yesterday."""
    share = number / len(plan["texts"])
    return stage.clock.at(
        round(plan["begins"] * (1 - share)) - 1, f"{8 + number % 12:02}:{number * 7 % 60:02}"
    )


def _meant(stage: Stage, activity: Activity, union: str) -> Iterator[tuple[Account, Member]]:
    """Members whom the activity means, the demo member first."""
    audience = membership.audience(activity.audience)
    for account, member in stage.members(first=union, lead=True):
        if audience.why_not(member) is None:
            yield account, member


def _vote(stage: Stage, activity: Activity, shown: list[Contribution]) -> None:
    """Some vote for the early works more often than for the late ones."""
    authors = {work.signup.person_id for work in shown}
    voters = [pair for pair in _meant(stage, activity, "") if pair[1].person_id not in authors]
    for account, member in voters[: len(shown) * 4]:
        work = shown[int(len(shown) * stage.rng.random() ** 2)]
        activities.vote(work, member=member, actor=account)
