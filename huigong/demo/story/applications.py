"""What the county offers to apply for, and applications in every state."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from huigong.core import calendar, formats
from huigong.core.questions import Kind, parse_schema
from huigong.demo.seeds import words
from huigong.demo.story.clock import Story
from huigong.demo.story.photos import photo
from huigong.demo.story.stage import Stage
from huigong.people.accounts.models import Account
from huigong.services.policies import operations as policies
from huigong.services.policies import permissions
from huigong.services.policies.models import Application, Objection, Policy, Scheme


def applications(stage: Stage) -> Iterator[Story]:
    """Schemes by their windows, then each application by its own story."""
    told = words("applications")
    schemes: dict[str, Scheme] = {}
    yield from (_scheme(stage, row, schemes) for row in told["schemes"])
    yield from (_applied(stage, row, told["answers"], schemes) for row in told["applications"])


def _scheme(stage: Stage, row: dict[str, Any], known: dict[str, Scheme]) -> Story:
    yield stage.clock.at(row["opens"], "09:00")
    actor = stage.officer("county")
    policy = Policy.objects.filter(title=row.get("policy")).first()
    scheme = policies.create_scheme(
        stage.unions["county"], actor=actor, sample=row["sample"], policy=policy, **row.get("changed", {})
    )
    closes = formats.midnight(stage.clock.today + timedelta(days=row["closes"] + 1))
    known[row["sample"]] = policies.open_scheme(
        scheme, opens_at=stage.clock.start, closes_at=closes, actor=actor
    )


def _applied(stage: Stage, row: dict[str, Any], answers: dict[str, Any], schemes: dict[str, Scheme]) -> Story:
    yield stage.clock.at(row["days"], row.get("hour", "19:40"))
    account, scheme = _who(stage, row["by"]), schemes[row["scheme"]]
    application = policies.begin(scheme, member=stage.member(account), actor=account)
    filled = answers[row["scheme"]] | row.get("answers", {})
    if row.get("draft"):
        part = dict(list(filled.items())[: row["draft"]])
        policies.save_draft(application, part, consents=True, actor=account)
        return
    application = _handed_in(application, filled, account)
    _since(application, verify_by=calendar.add_working_days(stage.clock.day, scheme.unit_days))
    for step in row.get("steps", ()):
        yield stage.clock.at(step["days"], "15:10")
        _step(stage, application, step, account, filled)


def _who(stage: Stage, by: str) -> Account:
    """One of the cast, or a member of a union by their place among those who use the platform: carving/3."""
    union, _, place = by.partition("/")
    return stage.active[union][int(place)] if place else stage.accounts[by]


def _handed_in(application: Application, filled: dict[str, Any], account: Account) -> Application:
    policies.save_draft(application, filled, consents=True, actor=account)
    given: dict[str, Any] = {}
    for question in parse_schema(application.scheme.questions):
        if question.kind == Kind.FILES and question.required and question.is_asked(given):
            name = f"{question.label}.jpg"
            policies.add_evidence(application, question.id, photo(len(name)), name=name, actor=account)
        elif question.id in filled:
            given[question.id] = filled[question.id]
    return policies.submit(application, filled, consents=True, pledge=application.person.name, actor=account)


def _since(application: Application, **days: Any) -> None:
    """Set days that were counted from today back to the day of the story."""
    Application.objects.filter(pk=application.pk).update(**days)
    application.refresh_from_db()


def _step(
    stage: Stage, application: Application, step: dict[str, Any], account: Account, filled: dict[str, Any]
) -> None:
    day, scheme = stage.clock.day, application.scheme
    unit, county = _officers(stage, application)
    match step:
        case {"verify": remark}:
            policies.open_application(application, actor=unit)
            policies.verify(application, remark=remark, actor=unit)
            _since(application, decide_by=calendar.add_working_days(day, 10))
        case {"returned": reason, "marks": marks}:
            policies.open_application(application, actor=unit)
            policies.return_with(application, marks=marks, reason=reason, actor=unit)
            _since(application, correct_by=calendar.add_working_days(day, 10))
        case {"correct": changed}:
            policies.submit(
                application, filled | changed, consents=True, pledge=application.person.name, actor=account
            )
            _since(application, verify_by=calendar.add_working_days(day, scheme.unit_days))
        case {"late": _}:
            policies.escalate_overdue()
        case {"approve": fen, "award": award}:
            policies.open_application(application, actor=county)
            policies.approve(application, amount_fen=fen, award=award, actor=county)
            if scheme.notice_days:
                until = calendar.add_working_days(day, scheme.notice_days)
                _since(application, notice_until=until, decide_by=calendar.add_working_days(until, 5))
        case {"object": text, "by": by}:
            doubter, until = _who(stage, by), application.notice_until
            _since(application, notice_until=calendar.today())  # the story's day lies before the clock's
            policies.object_to(application, text, member=stage.member(doubter), actor=doubter)
            _since(application, notice_until=until)
        case {"answer": reply}:
            [objection] = Objection.objects.filter(application=application)
            policies.answer_objection(objection, reply=reply, upheld=False, actor=county)
        case {"give": _}:
            policies.award(application, actor=county)
        case {"refuse": reason}:
            policies.open_application(application, actor=county)
            policies.refuse(application, reason=reason, actor=county)
        case {"withdraw": _}:
            policies.withdraw_application(application, actor=account)
    application.refresh_from_db()


def _officers(stage: Stage, application: Application) -> tuple[Account, Account]:
    """Who verifies at the applicant's unit, and who decides at the county."""
    county = stage.officer("county")
    units = {union.pk: key for key, union in stage.unions.items()}
    unit = stage.chair(units[application.union_id])
    return (unit if permissions.reviewed_by(unit).filter(pk=application.pk).exists() else county), county
