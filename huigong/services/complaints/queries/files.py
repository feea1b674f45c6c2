"""One case, opened: what it says, what has happened in it, who may read it and who has."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from huigong.core.formats import day_zh, minute_zh, size_zh
from huigong.core.vault import vault
from huigong.people.orgs import permissions as orgs
from huigong.people.orgs import queries as unions
from huigong.services.complaints.models import Access, Case, Deadline, Entry, Evidence, Extension, Reading
from huigong.services.complaints.permissions import Desk, handlers_for
from huigong.services.complaints.queries.letters import LetterLine, letter_lines
from huigong.services.complaints.queries.words import (
    dues,
    facts,
    grouped,
    is_bad,
    step_lines,
    tags_of,
)

Step = dict[str, str]
"""A step of the log as `ui.timeline` draws it: title, time, note, state."""


@dataclass(frozen=True)
class Piece:
    """A piece of evidence, told apart by its number."""

    position: int
    name: str
    note: str
    is_picture: bool
    sha256: str


@dataclass(frozen=True)
class CaseFile:
    """A case for an officer. The story is empty for the registrar, who decides without it."""

    desk: Desk
    tags: list[tuple[str, str]]
    facts: list[tuple[str, str]]
    narrative: str
    wanted: str
    timeline: list[Step]
    evidence: list[Piece]
    evidence_count: int
    looks: list[str]
    due: tuple[str, str] | None
    due_history: list[str]
    extension: Extension | None
    letters: list[LetterLine]

    @property
    def case(self) -> Case:
        return self.desk.case


@dataclass(frozen=True)
class Identity:
    """Who the author is."""

    name: str
    phone: str
    union: str


@dataclass(frozen=True)
class Officer:
    """Somebody of the county who may be given a case, and the part they have in this one."""

    account_id: int
    name: str
    part: str


def case_file(desk: Desk) -> CaseFile:
    """Open the case as far as `desk` reaches. Inside the vault, by an operation that notes the reading."""
    case = desk.case
    story = case.unseal("content", case.content_sealed)
    deadlines = list(Deadline.objects.filter(case=case).order_by("pk"))
    evidence = pieces(case)
    return CaseFile(
        desk=desk,
        tags=tags_of(case),
        facts=facts(case, story),
        narrative=story["narrative"] if desk.reads_content else "",
        wanted=story["wanted"] if desk.reads_content else "",
        timeline=timeline(case, for_author=False, told=desk.reads_content),
        evidence=evidence if desk.reads_content else [],
        evidence_count=len(evidence),
        looks=looks(case),
        due=dues(deadlines),
        due_history=[_moved(deadline) for deadline in deadlines if deadline.ended_on],
        extension=Extension.objects.filter(case=case, decided_by=None).first(),
        letters=letter_lines(desk),
    )


def _moved(deadline: Deadline) -> str:
    return (
        f"{deadline.get_task_display()}：{day_zh(deadline.starts_on)}起 {deadline.working_days} 个工作日，"
        f"至{day_zh(deadline.due_on)}（{deadline.get_why_display()}）"
    )


def timeline(case: Case, *, for_author: bool, told: bool = True) -> list[Step]:
    """The log, newest first; for the author only what is theirs to see. `told`: with the words. Inside the vault."""
    found = Entry.objects.filter(case=case).order_by("-pk")
    return [
        _step(case, entry, for_author, told)
        for entry in (found.filter(is_public=True) if for_author else found)
    ]


def _step(case: Case, entry: Entry, for_author: bool, told: bool) -> Step:
    words = case.unseal("entry", entry.words_sealed)
    kind = Entry.Kind(entry.kind)
    title = kind.label if for_author else kind.label.replace("您", "提交人")
    when = day_zh(timezone.localdate(entry.at)) if entry.actor_id is None else minute_zh(entry.at)
    who = "" if for_author else words["who"]
    private = "" if for_author or entry.is_public else "仅内部可见"
    return {
        "title": title,
        "time": " · ".join(part for part in (when, who, private) if part),
        "note": step_lines(kind, words) if told else "",
        "state": "bad" if is_bad(kind) else "done",
    }


def pieces(case: Case) -> list[Piece]:
    """The evidence, without its bytes. Inside the vault."""
    rows = Evidence.objects.filter(case=case).defer("content_sealed").order_by("position")
    return [
        Piece(
            row.position,
            row.name,
            f"{size_zh(row.size)} · {day_zh(row.added_on)}提交",
            row.content_type.startswith("image/"),
            row.sha256,
        )
        for row in rows
    ]


def looks(case: Case) -> list[str]:
    """Who has looked at what and on which day, newest first, each once a day. Inside the vault."""
    rows = Reading.objects.filter(case=case).order_by("-pk")[:400]
    return grouped((row.at, row.get_what_display(), case.unseal("reading", row.words_sealed)) for row in rows)


def identity_of(case: Case) -> Identity:
    """Who the author of a named or name-withheld case is. By an operation that notes the reading."""
    who: dict[str, Any] = case.unseal("identity", case.identity_sealed)
    return Identity(who["name"], who["phone"], who["union"])


def evidence_content(case: Case, evidence: Evidence) -> bytes:
    """The bytes of a piece of evidence."""
    return case.key.unseal(evidence.content_sealed, context=f"{case.uuid}.evidence.{evidence.position}")


def officers(desk: Desk) -> list[Officer]:
    """Whom the registrar may give the case to, and what part each has already. Outside the vault."""
    allowed = set(handlers_for(desk.case))
    posts = unions.officers(unions.root(), orgs.Role.RIGHTS_HANDLER).order_by("account__display_name")
    names = {post.account_id: post.account.display_name for post in posts if post.account_id in allowed}
    with vault():
        held = Access.objects.filter(case=desk.case, revoked_at=None)
        parts = dict(held.values_list("account_id", "part"))
    return [Officer(account, name, parts.get(account, "")) for account, name in names.items()]
