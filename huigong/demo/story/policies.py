"""Policy documents of the county: in force, replaced, over, and not in force yet."""

import io
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from huigong.core import richtext
from huigong.demo.seeds import words
from huigong.demo.story.clock import Story
from huigong.demo.story.stage import Stage
from huigong.people.accounts.models import Account
from huigong.services.policies import operations as policies
from huigong.services.policies.models import Policy

_PAPER = b"%PDF-1.4\n% the demo's form is empty\n%%EOF\n"


def policies_of_the_county(stage: Stage) -> Iterator[Story]:
    """Each put up soon after it was issued, and a draft that is still being written."""
    told = words("policies")
    known: dict[str, Policy] = {}
    yield from (_published(stage, row, known) for row in told["policies"])
    yield from (_drafted(stage, row) for row in told["drafts"])


def _published(stage: Stage, row: dict[str, Any], known: dict[str, Policy]) -> Story:
    yield stage.clock.at(max(row["issued"] + 1, -364), "15:30")
    actor = stage.officer(row["union"])
    policy = _written(stage, row, actor, replaces=[known[key] for key in row.get("replaces", ())])
    for form in row.get("forms", ()):
        name, version = form.split("|")
        policies.add_form(
            policy, io.BytesIO(_PAPER), name=name, version=version, file_name=f"{name}.pdf", actor=actor
        )
    if row.get("file"):
        policies.attach_file(policy, io.BytesIO(_PAPER), name=f"{row['title']}.pdf", actor=actor)
    known[row["key"]] = policies.publish(policy, actor=actor)


def _drafted(stage: Stage, row: dict[str, Any]) -> Story:
    yield stage.clock.at(0, "08:20")
    _written(stage, row, stage.officer(row["union"]))


def _written(
    stage: Stage, row: dict[str, Any], actor: Account, replaces: list[Policy] | None = None
) -> Policy:
    def day(name: str) -> date | None:
        return stage.clock.today + timedelta(days=row[name]) if name in row else None

    return policies.create_policy(
        stage.unions[row["union"]],
        actor=actor,
        replaces=replaces or [],
        title=row["title"],
        number=row["number"],
        issuer=row["issuer"],
        level=row["level"],
        topic=row["topic"],
        issued_on=day("issued"),
        in_force_on=day("in_force"),
        ends_on=day("ends"),
        summary=row["summary"].strip(),
        body=richtext.from_text("\n\n".join(row["text"].strip().split("\n"))),
    )
