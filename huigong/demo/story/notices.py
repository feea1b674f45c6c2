"""Notices of the year: published, read by some, confirmed by fewer."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from huigong.core import richtext
from huigong.demo.seeds import words
from huigong.demo.story.clock import Story
from huigong.demo.story.stage import Stage
from huigong.people.accounts.models import Account
from huigong.people.membership import queries as membership
from huigong.people.membership.queries import Rule
from huigong.services.notices import operations as notices
from huigong.services.notices.models import Notice

_CONFIRMED = 0.7
"""So many of those who have read what asks for it say so."""


def notices_of_the_year(stage: Stage) -> Iterator[Story]:
    """Each on its day, and a draft that somebody is still writing."""
    told = words("notices")
    yield from (_published(stage, row) for row in told["notices"])
    yield from (_drafted(stage, row) for row in told["drafts"])


def _published(stage: Stage, row: dict[str, Any]) -> Story:
    yield stage.clock.at(row["days"], "09:10")
    officer = stage.officer(row["union"])
    notice = notices.publish(_draft(stage, row, officer), actor=officer)
    yield stage.clock.at(row["days"], "12:20")
    meant = membership.audience(notice.audience)
    for account, member in stage.members():
        if meant.why_not(member) is not None or stage.rng.randrange(100) >= row["readers"]:
            continue
        if notice.asks_confirmation and stage.rng.random() < _CONFIRMED:
            notices.confirm(notice, member=member, actor=account)
        else:
            notices.mark_read(notice, member=member)


def _drafted(stage: Stage, row: dict[str, Any]) -> Story:
    yield stage.clock.at(0, "08:40")
    _draft(stage, row, stage.officer(row["union"]))


def _draft(stage: Stage, row: dict[str, Any], officer: Account) -> Notice:
    rule = Rule(sex=row.get("sex", ""), min_age=row.get("min_age"), roles=tuple(row.get("roles", ())))
    expires = row.get("expires")
    return notices.create_notice(
        stage.unions[row["union"]],
        title=row["title"],
        body=richtext.from_text("\n\n".join(row["text"].split("\n"))),
        rule=rule,
        actor=officer,
        asks_confirmation=row.get("confirm", False),
        expires_on=stage.clock.today + timedelta(days=expires) if expires else None,
    )
