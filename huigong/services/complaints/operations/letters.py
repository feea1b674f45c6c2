"""Letters of legal supervision: drafted by who handles the case, signed by somebody else, counted, sealed, answered."""

from dataclasses import asdict, dataclass
from datetime import date

from django.db import connection, transaction
from django.db.models import QuerySet

from huigong.core import calendar, pdf
from huigong.core.audit import SYSTEM, Actor
from huigong.core.errors import Refused
from huigong.core.vault import vault
from huigong.services.complaints import permissions, queries
from huigong.services.complaints.models import Case, Entry, Letter, Reading
from huigong.services.complaints.operations.deadlines import calendar_of_the_year
from huigong.services.complaints.operations.entries import write_entry
from huigong.services.complaints.operations.moving import hold, led
from huigong.services.complaints.operations.reading import note_reading, office_of
from huigong.services.complaints.operations.telling import tell_author
from huigong.services.complaints.permissions import IN_HAND, Desk

State = Letter.State


@dataclass(frozen=True)
class LetterWords:
    """What a handler wrote, checked by the form."""

    addressee: str
    findings: str
    basis: str
    demand: str


def draft_letter(
    case: Case, *, kind: Letter.Kind, words: LetterWords, answer_days: int, actor: Actor
) -> Letter:
    """A letter, not yet handed in. Refuses (422) words that name the author, and a second draft of the same kind.

    Call it outside any transaction: that somebody wrote the author's name down stays on record though it is refused.
    """
    _keep_author_out(case, words, actor)
    letter = Letter(case=case, kind=kind, answer_days=answer_days, drafted_by=actor.pk)
    letter.write(asdict(words))
    with vault():
        hold(case, IN_HAND)
        if Letter.objects.filter(case=case, kind=kind, state__in=(State.DRAFT, State.SUBMITTED)).exists():
            raise Refused("同一种文书已有一份草稿，请接着改那一份。", "drafted-already")
        letter.save()
        write_entry(case, Entry.Kind.LETTER_DRAFTED, actor=actor, letter=queries.short_name(kind))
    return letter


def rewrite_letter(letter: Letter, *, words: LetterWords, answer_days: int, actor: Actor) -> None:
    """Other words for a draft; refuses as `draft_letter` does. Call it outside any transaction."""
    _keep_author_out(letter.case, words, actor)
    letter.write(asdict(words))
    with vault():
        hold(letter.case, IN_HAND)
        _move(letter, [State.DRAFT], words_sealed=letter.words_sealed, answer_days=answer_days)


def _keep_author_out(case: Case, words: LetterWords, actor: Actor) -> None:
    """Refuse words with the author's name or number in them.

    Who tries names until one is refused has found the author out: the hit is noted as a look at their identity, which
    the author reads.
    """
    if not case.identity_sealed:
        return
    who = queries.identity_of(case)
    text = "".join("".join(asdict(words).values()).split())
    if not any(name and name in text for name in (who.name, who.phone)):
        return
    reason = "写进了文书，平台已拦下，没有保存"
    office = office_of(actor)
    with vault():
        note_reading(case, actor, Reading.What.IDENTITY, office, reason=reason)
    raise Refused(
        "文书里出现了提交人的姓名或手机号，没有保存。请改写后再存；提交人会在查阅记录里看到这一次。",
        "names-author",
        status=422,
    )


@transaction.atomic
def submit_letter(letter: Letter, *, actor: Actor) -> None:
    """Hand a draft in to be signed."""
    with vault():
        hold(letter.case, IN_HAND)
        _move(letter, [State.DRAFT], state=State.SUBMITTED)
        _log(letter, Entry.Kind.LETTER_SUBMITTED, actor)


@transaction.atomic
def return_letter(letter: Letter, *, reason: str, actor: Actor) -> None:
    """Give it back to be written otherwise."""
    with vault():
        hold(letter.case, IN_HAND)
        _move(letter, [State.SUBMITTED], state=State.DRAFT)
        _log(letter, Entry.Kind.LETTER_RETURNED, actor, text=reason)


@transaction.atomic
def drop_letter(letter: Letter, *, actor: Actor) -> None:
    """A draft that is not wanted any more; it stays on record."""
    with vault():
        hold(letter.case, IN_HAND)
        _move(letter, [State.DRAFT], state=State.DROPPED)
        _log(letter, Entry.Kind.LETTER_DROPPED, actor)


@transaction.atomic
def sign_letter(letter: Letter, *, actor: Actor) -> None:
    """Send it out: it gets its number, its date and the day by which it is to be answered, and is sealed as printed.

    Refuses (403) who drafted it, as long as there is somebody else who may sign; where there is nobody, the log of
    the case says so. Numbers are counted by kind and year and leave no gap. The author is told that a letter went
    out, and nothing of what it says.
    """
    case, days = letter.case, calendar_of_the_year()
    is_alone = actor.pk == letter.drafted_by
    if is_alone and permissions.second_signers(case, besides=actor.pk):
        raise Refused("文书要由起草人以外的人签发，请先送签。", "own-letter", status=403)
    with vault():
        hold(case, IN_HAND)
        _require(letter, [State.DRAFT] if is_alone else [State.SUBMITTED])
        letter.issued_on = calendar.today()
        letter.year = letter.issued_on.year
        letter.sequence = _next_number(letter.kind, letter.year)
        letter.due_on = calendar.add_working_days(letter.issued_on, letter.answer_days, days)
        letter.state, letter.signed_by = State.ISSUED, actor.pk
        letter.print_on(draw_letter(letter))
        letter.save()
        if is_alone:
            write_entry(case, Entry.Kind.NOTED, actor=actor, text="没有其他人可以签发，由起草人签发。")
        all_of_them = led(case)
        for each in all_of_them:
            said = {"letter": queries.short_name(letter.kind), "to": _receiver(letter)}
            write_entry(each, Entry.Kind.LETTER_ISSUED, actor=actor, days=letter.answer_days, **said)
    tell_author(*all_of_them)


def _receiver(letter: Letter) -> str:
    return "有关部门" if letter.kind == Letter.Kind.PROPOSAL else "用人单位"


_COUNT = """
INSERT INTO complaints_lettercount AS c (kind, year, last) VALUES (%s, %s, 1)
ON CONFLICT (kind, year) DO UPDATE SET last = c.last + 1 RETURNING last
"""


def _next_number(kind: str, year: int) -> int:
    """One more than the last. The row stays locked until the letter is out: none is skipped, none is given twice."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [kind, year])
        return cursor.fetchone()[0]


def draw_letter(letter: Letter) -> bytes:
    """The letter as it is printed; before it is signed, marked as a draft."""
    return pdf.render("complaints/letter", queries.paper_data(letter))


@transaction.atomic
def record_answer(letter: Letter, *, text: str, answered_on: date, actor: Actor) -> None:
    """What came back. The author is told that something did. Refuses (422) a day before the letter or after today."""
    if not letter.issued_on or not letter.issued_on <= answered_on <= calendar.today():
        raise Refused("回函日期要在发出之后，不能晚于今天。", "bad-day", status=422)
    letter.write(letter.words | {"answer": text})
    with vault():
        hold(letter.case, Case.State.values)
        _move(
            letter,
            [State.ISSUED],
            state=State.ANSWERED,
            answered_on=answered_on,
            words_sealed=letter.words_sealed,
        )
        _log(letter, Entry.Kind.LETTER_ANSWERED, actor)
    tell_author(letter.case)


@transaction.atomic
def open_letter(desk: Desk, letter: Letter, *, actor: Actor) -> queries.LetterFile:
    """The letter; that it was read is noted, and the author sees it."""
    _note(desk, letter, actor)
    return queries.letter_file(desk, letter)


@transaction.atomic
def open_paper(desk: Desk, letter: Letter, *, actor: Actor) -> bytes:
    """The page that went out, or how it would look; noted likewise."""
    _note(desk, letter, actor)
    return letter.paper if letter.paper_sealed else draw_letter(letter)


def _note(desk: Desk, letter: Letter, actor: Actor) -> None:
    office = office_of(actor)
    with vault():
        note_reading(desk.case, actor, Reading.What.LETTER, office)


@transaction.atomic
def recompute_answers() -> int:
    """Work out anew by when letters are to be answered, as `recompute_deadlines` does; returns how many moved."""
    days = calendar_of_the_year()
    moved = 0
    with vault():
        for letter in _running():
            due = calendar.add_working_days(letter.issued_on, letter.answer_days, days)  # type: ignore[arg-type]
            if due != letter.due_on:
                before = f"{letter.due_on:%Y-%m-%d}"
                Letter.objects.filter(pk=letter.pk).update(due_on=due)
                _log(letter, Entry.Kind.LETTER_MOVED, SYSTEM, before=before, after=f"{due:%Y-%m-%d}")
                moved += 1
    return moved


def _running() -> QuerySet[Letter]:
    issued = Letter.objects.filter(state=State.ISSUED).defer("words_sealed", "paper_sealed")
    return issued.select_related("case").select_for_update(of=("self",))


def _log(letter: Letter, kind: Entry.Kind, actor: Actor, **words: object) -> None:
    write_entry(letter.case, kind, actor=actor, letter=queries.short_name(letter.kind), **words)


def _require(letter: Letter, states: list[str]) -> None:
    """Refuse when somebody else was faster. Inside the vault, with the case held."""
    if not Letter.objects.filter(pk=letter.pk, state__in=states).exists():
        raise Refused("这份文书的进度已经变化，请刷新后再看。", "wrong-state")


def _move(letter: Letter, states: list[str], **values: object) -> None:
    if not Letter.objects.filter(pk=letter.pk, state__in=states).update(**values):
        raise Refused("这份文书的进度已经变化，请刷新后再看。", "wrong-state")
    case = letter.case
    letter.refresh_from_db()
    letter.case = case
