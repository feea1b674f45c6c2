"""Requests to found a union, and how far each has come."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from huigong.core import verify
from huigong.core.audit import Actor
from huigong.core.formats import date_zh
from huigong.people.approvals import queries as approvals
from huigong.people.orgs import permissions
from huigong.people.orgs.models import Registration, Union


def registration_of(union: Union) -> Registration | None:
    """The request by which `union` was founded online, if it was."""
    return Registration.objects.filter(union=union).select_related("applicant").first()


@dataclass(frozen=True)
class Progress:
    """A request to found a union as its applicant sees it. `steps` as the timeline macro takes them."""

    registration: Registration
    tone: str
    facts: list[tuple[str, str]]
    steps: list[dict[str, Any]]
    next_hint: str


_HINTS = {
    Union.State.REPLIED: "上级工会已同意。请向职工宣传，动员大家入会。",
    Union.State.RECRUITING: "请收集职工的入会申请书，满 25 人应设立工会委员会。",
    Union.State.GROUPING: "请按班组或部门建立工会小组，选出小组长。",
    Union.State.CONVENING: "请筹备会员大会，选举工会委员会和主席，把结果报上级工会。",
}


def founding_progress(registration: Registration) -> Progress:
    """The steps done, the present one and those to come."""
    union = registration.union
    done = [_step(step) for step in approvals.trail(registration)]
    return Progress(
        registration=registration,
        tone="grey" if union.state == Union.State.REJECTED else "ok" if union.is_established else "gold",
        facts=[
            ("上级工会", union.parent.name if union.parent else ""),
            ("单位", union.unit_name),
            ("职工人数", f"{union.worker_count:,} 人"),
            ("拟任主席", registration.chair_name),
            ("答复期限", date_zh(registration.due_on) if union.state == Union.State.SUBMITTED else ""),
            ("审核意见", registration.decided_reason),
        ],
        steps=[*done, *_steps_ahead(union)],
        next_hint=_HINTS.get(Union.State(union.state), ""),
    )


def _step(step: Any) -> dict[str, Any]:
    bad = step.decision in ("rejected", "withdrawn")
    note = "：".join(part for part in (step.office, step.remark) if part)
    return {
        "title": step.step,
        "time": date_zh(step.created_at),
        "note": note,
        "state": "bad" if bad else "done",
    }


def _steps_ahead(union: Union) -> list[dict[str, Any]]:
    """What is still to come; its first entry is what everybody waits for now."""
    ahead = {
        Union.State.SUBMITTED: "上级批复",
        Union.State.REPLIED: "发展会员",
        Union.State.RECRUITING: "建立工会小组",
        Union.State.GROUPING: "筹备召开会员大会",
        Union.State.CONVENING: "召开会员大会，建会",
    }
    if union.state not in ahead:
        return []
    titles = list(ahead.values())[list(ahead).index(Union.State(union.state)) :]
    return [{"title": title, "state": "todo" if place else "now"} for place, title in enumerate(titles)]


def registrations_waiting(actor: Actor) -> QuerySet[Registration]:
    """Requests that the actor's office above has to answer or see through, the most urgent first; never their own."""
    above = permissions.reach(actor, permissions.UNION_APPROVE)
    waiting = Registration.objects.filter(is_open=True, union__parent__in=above)
    return waiting.exclude(applicant_id=actor.pk).order_by("due_on", "id")


def my_registrations(actor: Actor) -> list[Registration]:
    """The actor's requests to found a union, newest first."""
    return list(Registration.objects.filter(applicant_id=actor.pk).select_related("union").order_by("-id"))


@verify.invariant("orgs: a union is founded exactly while its registration is open")
def _registrations() -> list[str]:
    return verify.rows(
        "SELECT r.id, u.state FROM orgs_registration r JOIN orgs_union u ON u.id = r.union_id WHERE r.is_open"
        " <> (u.state IN ('submitted', 'replied', 'recruiting', 'grouping', 'convening'))"
    )
