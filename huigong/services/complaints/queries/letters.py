"""Letters of a case: the list, one letter, and what in its words might give its author away."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from huigong.core import calendar
from huigong.core.formats import day_zh
from huigong.services.complaints.models import Case, Letter
from huigong.services.complaints.permissions import Desk, letters_of
from huigong.services.complaints.queries.terms import issuer, letter_mark

_SHORT = {Letter.Kind.REMINDER: "提示函", Letter.Kind.OPINION: "意见书", Letter.Kind.PROPOSAL: "建议书"}
_MARKS = {Letter.Kind.REMINDER: "提", Letter.Kind.OPINION: "意", Letter.Kind.PROPOSAL: "建"}
_TONES = {
    Letter.State.DRAFT: "grey",
    Letter.State.SUBMITTED: "gold",
    Letter.State.ISSUED: "blue",
    Letter.State.ANSWERED: "ok",
    Letter.State.DROPPED: "grey",
}
_ECHO = 12
"""So many signs in a row that also stand in the complaint are no accident."""


@dataclass(frozen=True)
class LetterLine:
    """One letter in the list of a case."""

    uuid: object
    name: str
    note: str
    tag: tuple[str, str]


@dataclass(frozen=True)
class LetterFile:
    """A letter, opened."""

    letter: Letter
    title: str
    number: str
    words: dict[str, Any]
    tag: tuple[str, str]
    issued: str
    due: str
    answered: str
    answer: str
    echoes: list[str]


def short_name(kind: str) -> str:
    """提示函, 意见书 or 建议书."""
    return _SHORT[Letter.Kind(kind)]


def number_of(letter: Letter) -> str:
    """惠工监提〔2026〕3号; empty before it is issued."""
    if letter.sequence is None:
        return ""
    mark = _MARKS[Letter.Kind(letter.kind)]
    return f"{letter_mark()}{mark}〔{letter.year}〕{letter.sequence}号"


def letter_lines(desk: Desk) -> list[LetterLine]:
    """The letters of a case that are the officer's to see, newest first. Inside the vault; nothing is unsealed."""
    rows = letters_of(desk).defer("words_sealed", "paper_sealed").order_by("-pk")
    return [
        LetterLine(letter.uuid, number_of(letter) or short_name(letter.kind), _note(letter), tag_of(letter))
        for letter in rows
    ]


def _note(letter: Letter) -> str:
    if letter.issued_on is None:
        return f"{day_zh(letter.drafted_at)}起草"
    return f"{short_name(letter.kind)} · {day_zh(letter.issued_on)}发出"


def tag_of(letter: Letter) -> tuple[str, str]:
    """How it stands, with a tone; an answer that is late says by how much."""
    if letter.state == Letter.State.ISSUED and letter.due_on is not None:
        return answer_tag(letter.due_on)
    return letter.get_state_display(), _TONES[Letter.State(letter.state)]


def answer_tag(due_on: date) -> tuple[str, str]:
    """待回函, and when it is to come."""
    late = (calendar.today() - due_on).days
    if late > 0:
        return f"回函超期 {late} 天", "red"
    return ("今天应回函", "red") if late == 0 else (f"{day_zh(due_on)}前回函", "blue")


def letter_file(desk: Desk, letter: Letter) -> LetterFile:
    """The letter for an officer. By an operation that notes the reading."""
    words = letter.words
    may_compare = desk.reads_content and letter.state in (Letter.State.DRAFT, Letter.State.SUBMITTED)
    return LetterFile(
        letter=letter,
        title=letter.get_kind_display(),
        number=number_of(letter),
        words=words,
        tag=tag_of(letter),
        issued=_written_out(letter.issued_on),
        due=_written_out(letter.due_on),
        answered=_written_out(letter.answered_on),
        answer=words.get("answer", ""),
        echoes=echoes(letter.case, words) if may_compare else [],
    )


def echoes(case: Case, words: dict[str, Any]) -> list[str]:
    """Passages that the letter has in common with what the author wrote: their employer may know the voice."""
    story = case.unseal("content", case.content_sealed)
    told = story["narrative"] + story["wanted"]
    text = "\n".join((words["findings"], words["demand"]))
    found, at = [], 0
    while at + _ECHO <= len(text):
        length = _ECHO
        if text[at : at + length] not in told:
            at += 1
            continue
        while at + length < len(text) and text[at : at + length + 1] in told:
            length += 1
        found.append(text[at : at + length].strip())
        at += length
    return found


def _written_out(day: date | None) -> str:
    """2026年11月25日, as official documents have it."""
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def paper_data(letter: Letter) -> dict[str, Any]:
    """All that the printed page is given: the letter's own words, and nothing of the case it belongs to."""
    words = letter.words
    return {
        "title": letter.get_kind_display(),
        "number": number_of(letter) or "（签发时编号）",
        "issuer": issuer(),
        "date": _written_out(letter.issued_on) or "（签发日期）",
        "days": letter.answer_days,
        "is_draft": letter.issued_on is None,
        **{name: words[name] for name in ("addressee", "findings", "basis", "demand")},
    }


def late_answers(case_ids: Any) -> int:
    """How many letters of those cases are overdue for an answer. Inside the vault."""
    issued = Letter.objects.filter(case__in=case_ids, state=Letter.State.ISSUED)
    return issued.filter(due_on__lt=calendar.today()).count()


def waiting_letters() -> QuerySet[Letter]:
    """Letters that wait for a signature or an answer. Inside the vault."""
    return Letter.objects.filter(state__in=[Letter.State.SUBMITTED, Letter.State.ISSUED])


def open_letters(cases: list[Case]) -> dict[int, list[Letter]]:
    """Of each of those cases the letters that wait. Inside the vault."""
    found: dict[int, list[Letter]] = {}
    rows = waiting_letters().filter(case__in=cases).defer("words_sealed", "paper_sealed")
    for letter in rows.order_by("due_on", "pk"):
        found.setdefault(letter.case_id, []).append(letter)
    return found


def letter_tag(letter: Letter) -> tuple[str, str]:
    """提示函待签发, or when its answer is to come, for a list of cases."""
    words, tone = tag_of(letter)
    return (words if letter.issued_on else f"{short_name(letter.kind)}待签发"), tone
