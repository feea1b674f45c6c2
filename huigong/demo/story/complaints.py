"""What workers brought before the county, in every state.

The clock of the story cannot reach into the vault. So a case is told today, and between two steps its past is moved
back by as many days as the story says have passed.
"""

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db import connection

from huigong.core import calendar
from huigong.core.vault import vault
from huigong.demo.seeds import words
from huigong.demo.story.clock import Story
from huigong.demo.story.photos import photo
from huigong.demo.story.stage import Stage
from huigong.people.accounts.models import Account
from huigong.people.orgs import operations as orgs
from huigong.people.orgs.models import Post
from huigong.services.complaints import operations, permissions, queries
from huigong.services.complaints.models import Case, Deadline, Entry, Letter, Reading
from huigong.services.complaints.operations import Draft, LetterWords, Upload

_BACK = """
UPDATE complaints_entry SET at = at - %(by)s WHERE case_id = %(case)s;
UPDATE complaints_reading SET at = at - %(by)s WHERE case_id = %(case)s;
UPDATE complaints_evidence SET added_on = added_on - %(days)s WHERE case_id = %(case)s;
UPDATE complaints_access SET granted_at = granted_at - %(by)s WHERE case_id = %(case)s;
UPDATE complaints_deadline SET starts_on = starts_on - %(days)s, due_on = due_on - %(days)s,
    made_on = made_on - %(days)s, ended_on = ended_on - %(days)s WHERE case_id = %(case)s;
UPDATE complaints_letter SET drafted_at = drafted_at - %(by)s, issued_on = issued_on - %(days)s,
    due_on = due_on - %(days)s, answered_on = answered_on - %(days)s WHERE case_id = %(case)s;
UPDATE complaints_case SET lodged_on = lodged_on - %(days)s, closed_on = closed_on - %(days)s WHERE id = %(case)s
"""


def complaints(stage: Stage) -> Story:
    """All cases; told on the last day, since they bring their own past."""
    yield stage.clock.at(0, "08:30")
    authors = _authors(stage)
    desk = {
        "registrar": stage.accounts["rights_registrar"],
        "handler": stage.accounts["rights_handler"],
        "checker": _second_handler(stage),
    }
    told: dict[str, Case] = {}
    for row in words("complaints")["cases"]:
        author = next(authors[row["union"]]) if row["by"] == "other" else None
        case = _tell(stage, row, author, desk)
        if "into" in row:
            operations.merge(case, into=told[row["into"]], reason=row["why"], actor=desk["registrar"])
        told[row.get("key", "")] = case
    operations.take_orders([_order(stage, dict(row)) for row in words("complaints")["orders"]])


def _order(stage: Stage, row: dict[str, Any]) -> dict[str, Any]:
    unit = stage.unions[row.pop("unit")]
    return row | {"employer": unit.unit_name, "employer_code": unit.unit_uscc}


def _authors(stage: Stage) -> dict[str, Iterator[Account]]:
    """Of each union the members who use the platform, without those whom visitors log in as."""
    known = set(stage.accounts.values())
    return {key: iter([each for each in found if each not in known]) for key, found in stage.active.items()}


def _second_handler(stage: Stage) -> Account:
    """Somebody who checks what the first has handled."""
    account = stage.open_account(stage.somebody(), named=True)
    orgs.appoint(
        account,
        union=stage.unions["county"],
        role=Post.Role.RIGHTS_HANDLER,
        title="维权专员",
        starts_on=stage.clock.today - timedelta(days=200),
        ends_on=stage.clock.today + timedelta(days=800),
        actor=stage.accounts["county_admin"],
    )
    return account


def _tell(stage: Stage, row: dict[str, Any], author: Account | None, desk: dict[str, Account]) -> Case:
    union = stage.unions[row["union"]]
    draft = Draft(
        demand=row["demand"],
        cause=row["cause"],
        employer=union.unit_name,
        employer_code=union.unit_uscc,
        narrative=row["narrative"].strip(),
        wanted=row["wanted"],
        amount_fen=row.get("amount_fen"),
        people_affected=row["people_affected"],
    )
    token = str(uuid.UUID(int=stage.rng.getrandbits(128)))
    photos = [Upload(photo(number), f"{number}.png") for number in range(row.get("photos", 0))]
    if row["by"] == "anonymous":
        case = operations.lodge_anonymously(draft, token=token, uploads=photos).case
    else:
        author = author or stage.accounts[row["by"]]
        withheld = row["naming"] == "withheld"
        case = operations.lodge_as(draft, withheld=withheld, token=token, uploads=photos, actor=author).case
    for step in row["steps"]:
        _pass(case, step["days"])
        _step(case, step, desk)
    if not row["steps"]:
        _pass(case, stage.rng.randrange(1, 5 if "into" in row else 7))
    return case


def _step(case: Case, step: dict[str, Any], desk: dict[str, Account]) -> None:
    registrar, handler, checker = desk["registrar"], desk["handler"], desk["checker"]
    match step:
        case {"assign": _}:
            operations.open_case(permissions.get_desk(registrar, case.uuid), actor=registrar)
            operations.assign(case, lead=handler.pk, checker=checker.pk, actor=registrar)
        case {"accept": reason, "tier": tier}:
            kinds = {"demand": case.demand, "cause": case.cause, "tier": tier}
            operations.accept(case, reason=reason, actor=registrar, **kinds)
        case {"read": _}:
            operations.open_case(permissions.get_desk(handler, case.uuid), actor=handler)
        case {"identity": reason}:
            operations.open_identity(permissions.get_desk(handler, case.uuid), reason=reason, actor=handler)
        case {"ask": text}:
            operations.ask_author(case, text=text, actor=handler)
        case {"supplement": text}:
            operations.supplement(case, text=text, uploads=[Upload(photo(7), "7.png")])
        case {"note": text}:
            operations.note(case, text=text, actor=handler)
        case {"extend": days, "reason": reason}:
            operations.ask_extension(case, working_days=days, reason=reason, actor=handler)
        case {"letter": kind, "findings": findings}:
            _draft(case, Letter.Kind(kind), findings, handler)
        case {"submit": _}:
            operations.submit_letter(_last_letter(case), actor=handler)
        case {"sign": _}:
            desk_of_registrar = permissions.get_desk(registrar, case.uuid)
            operations.open_letter(desk_of_registrar, _last_letter(case), actor=registrar)
            operations.sign_letter(_last_letter(case), actor=registrar)
        case {"answer": text}:
            letter = _last_letter(case)
            operations.record_answer(letter, text=text, answered_on=calendar.today(), actor=handler)
        case {"urge": text}:
            operations.urge(case, text=text, actor=registrar)
        case {"pause": reason}:
            operations.pause(case, reason=reason, actor=handler)
        case {"reply": text}:
            operations.reply(case, text=text, actor=handler)
        case {"rate": stars, "text": text}:
            operations.rate(case, stars=stars, text=text)
        case {"visit": text}:
            operations.visit(case, satisfied=True, text=text, actor=handler)
        case {"check": text}:
            operations.open_case(permissions.get_desk(checker, case.uuid), actor=checker)
            operations.check(case, passed=True, text=text, actor=checker)
        case {"transfer": reason, "body": body}:
            operations.transfer(case, body=body, reason=reason, actor=registrar)
        case {"decline": reason}:
            operations.decline(case, reason=reason, actor=registrar)


def _draft(case: Case, kind: Letter.Kind, findings: str, handler: Account) -> None:
    said = LetterWords(**queries.first_words(case, kind) | {"findings": findings})
    days = queries.terms().letter
    operations.draft_letter(case, kind=kind, words=said, answer_days=days, actor=handler)


def _last_letter(case: Case) -> Letter:
    with vault():
        return Letter.objects.select_related("case").filter(case=case).latest("pk")


def _pass(case: Case, working_days: int) -> None:
    """So many working days go by: what has happened lies as many days further back."""
    day = calendar.today()
    while working_days:
        day -= timedelta(days=1)
        working_days -= calendar.is_working_day(day)
    passed = calendar.today() - day
    with vault(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pgtrigger.ignore', %s, true)", ["{" + ",".join(_triggers()) + "}"])
        for statement in _BACK.split(";"):
            cursor.execute(statement, {"by": passed, "days": passed.days, "case": case.pk})
        cursor.execute("SELECT set_config('pgtrigger.ignore', '{}', true)")
        for running in Deadline.objects.filter(case=case, ended_on=None):
            running.due_on = calendar.add_working_days(running.starts_on, running.working_days)
            running.save()
        for letter in Letter.objects.filter(case=case, issued_on__isnull=False):
            letter.due_on = calendar.add_working_days(letter.issued_on, letter.answer_days)
            letter.print_on(operations.draw_letter(letter))
            letter.save()
        case.refresh_from_db()


def _triggers() -> list[str]:
    """What keeps the log and the readings from being changed, by the names that PostgreSQL knows."""
    return [
        trigger.get_pgid(model)
        for model in (Entry, Reading)
        for trigger in model._meta.triggers
        if trigger.name.endswith("_no_change")
    ]
