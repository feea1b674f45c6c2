"""What the author sees: their list, and how each case stands, in plain words."""

from dataclasses import dataclass

from huigong.core.audit import Actor
from huigong.core.formats import day_zh
from huigong.core.vault import vault
from huigong.people.membership import queries as membership
from huigong.people.orgs import queries as unions
from huigong.services.complaints.models import Case, Deadline
from huigong.services.complaints.permissions import index_of_account
from huigong.services.complaints.queries.files import Piece, Step, looks, pieces, timeline
from huigong.services.complaints.queries.words import dues, facts, tags_of, tone_of, what_comes

_MOST = 100


@dataclass(frozen=True)
class MyCase:
    """One line of the author's list."""

    uuid: object
    title: str
    line: str
    state: str
    tone: str
    has_news: bool


@dataclass(frozen=True)
class AuthorFile:
    """A case for its author."""

    case: Case
    tags: list[tuple[str, str]]
    next: str
    due: tuple[str, str] | None
    facts: list[tuple[str, str]]
    narrative: str
    wanted: str
    timeline: list[Step]
    evidence: list[Piece]
    looks: list[str]

    @property
    def is_open(self) -> bool:
        """May the author still add to it?"""
        return self.case.state not in (Case.State.CLOSED, Case.State.DECLINED, Case.State.TRANSFERRED)

    @property
    def may_rate(self) -> bool:
        rateable = (Case.State.REPLIED, Case.State.VISITED, Case.State.CLOSED)
        return self.case.state in rateable and self.case.rating is None

    @property
    def may_reopen(self) -> bool:
        return self.case.state in (
            Case.State.REPLIED,
            Case.State.VISITED,
            Case.State.CLOSED,
            Case.State.DECLINED,
            Case.State.TRANSFERRED,
        )


def own_employer(actor: Actor) -> dict[str, str]:
    """The name and credit code of the unit where the actor is on the roll, to begin the form with."""
    member = membership.member_of(actor)
    unit = unions.unit_of(member.union_id) if member else None
    return {"employer": unit.name, "employer_code": unit.code} if unit and unit.name else {}


def my_cases(actor: Actor) -> list[MyCase]:
    """The actor's own cases, newest first; none of the anonymous ones, which nobody links to an account."""
    with vault():
        cases = list(Case.objects.filter(author_index=index_of_account(actor.pk)).order_by("-pk")[:_MOST])
    return [
        MyCase(
            case.uuid,
            case.get_cause_display(),
            f"{day_zh(case.lodged_on)}提交 · {case.get_naming_display()}",
            case.get_state_display(),
            tone_of(case.state),
            case.has_news,
        )
        for case in cases
    ]


def author_file(case: Case) -> AuthorFile:
    """The whole of a case for its author, who was checked by the caller."""
    story = case.unseal("content", case.content_sealed)
    with vault():
        return AuthorFile(
            case=case,
            tags=tags_of(case),
            next=what_comes(case.state),
            due=dues(Deadline.objects.filter(case=case, ended_on=None)),
            facts=facts(case, story),
            narrative=story["narrative"],
            wanted=story["wanted"],
            timeline=timeline(case, for_author=True),
            evidence=pieces(case),
            looks=looks(case),
        )
