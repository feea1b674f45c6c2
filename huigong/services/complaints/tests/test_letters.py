"""Letters of a case: four eyes, numbers without gaps, nothing of the author on the page, answers that come late."""

import uuid
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.http import Http404
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from huigong.core import calendar
from huigong.core import operations as core
from huigong.core.audit import SYSTEM
from huigong.core.errors import Refused
from huigong.core.models import AuditRow
from huigong.core.vault import vault
from huigong.people.accounts.models import Account
from huigong.people.inbox.models import Message
from huigong.people.orgs.tests import factories as unions
from huigong.services.complaints import operations, permissions, queries
from huigong.services.complaints.forms import LetterForm
from huigong.services.complaints.models import Case, Entry, Letter, Reading
from huigong.services.complaints.tests import factories
from tests.cast import Cast
from tests.paper import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def registrar(cast: Cast) -> Account:
    return factories.registrar(cast)


@pytest.fixture
def handler(cast: Cast) -> Account:
    return factories.officer(cast)


@pytest.fixture
def case(cast: Cast, handler: Account, registrar: Account) -> Case:
    return factories.given(factories.lodged(cast.member), handler, registrar)


def kinds_of(case: Case) -> list[str]:
    with vault():
        return list(Entry.objects.filter(case=case).order_by("pk").values_list("kind", flat=True))


def reread(letter: Letter) -> Letter:
    with vault():
        return Letter.objects.select_related("case").get(pk=letter.pk)


# --- From the draft to the answer


def test_a_letter_goes_out_signed_by_another_and_comes_back_answered(
    cast: Cast, case: Case, handler: Account, registrar: Account
) -> None:
    letter = factories.letter(case, handler)
    operations.submit_letter(letter, actor=handler)
    Message.objects.all().delete()
    operations.sign_letter(letter, actor=registrar)
    out = reread(letter)
    assert queries.number_of(out) == f"惠工监提〔{calendar.today().year}〕1号"
    assert (out.state, out.signed_by, out.answer_days) == ("issued", registrar.pk, 10)
    printed = text_of(out.paper)
    for told in (
        "惠安县总工会",
        queries.number_of(out),
        "螺城石雕厂：",
        "第三十条",
        "10个工作日内",
        "（印章）",
    ):
        assert told in printed
    operations.record_answer(out, text="已补发。", answered_on=calendar.today(), actor=handler)
    back = reread(letter)
    assert (back.state, back.words["answer"]) == ("answered", "已补发。")
    assert text_of(back.paper) == printed
    assert kinds_of(case)[-4:] == ["letter_drafted", "letter_submitted", "letter_issued", "letter_answered"]
    titles = Message.objects.filter(account=cast.member).values_list("title", flat=True)
    assert list(titles) == ["您有一条新回复"] * 2
    assert not AuditRow.objects.filter(action__contains="letter").exists()


def test_the_author_reads_that_a_letter_went_out_and_nothing_of_what_it_says(
    case: Case, handler: Account, registrar: Account
) -> None:
    letter = factories.issued(case, handler, registrar)
    operations.record_answer(letter, text="财务说下月再发。", answered_on=calendar.today(), actor=handler)
    told = repr(queries.author_file(factories.reread(case)).timeline)
    assert "向用人单位发出提示函，请对方在 10 个工作日内书面答复。文书里不写是谁反映的。" in told
    assert "对方已书面答复" in told
    for unsaid in ("起草文书", "送签", "财务", "补发拖欠"):
        assert unsaid not in told


def test_a_proposal_is_addressed_to_the_authority(case: Case, handler: Account, registrar: Account) -> None:
    letter = factories.issued(case, handler, registrar, kind=Letter.Kind.PROPOSAL)
    assert "惠安县人力资源和社会保障局：" in text_of(letter.paper)
    assert "向有关部门发出建议书" in repr(queries.author_file(factories.reread(case)).timeline)


def test_every_cause_has_words_that_fit_the_form(cast: Cast) -> None:
    case = factories.anonymous().case
    for kind in Letter.Kind:
        for case.cause in Case.Cause.values:
            words = queries.first_words(case, kind)
            form = LetterForm({**words, "answer_days": 10})
            assert form.is_valid(), form.errors
            assert "工会法" in words["basis"]
            assert "{" not in repr(form.words)


def test_a_returned_letter_is_written_otherwise_and_handed_in_again(
    case: Case, handler: Account, registrar: Account
) -> None:
    letter = factories.letter(case, handler)
    operations.submit_letter(letter, actor=handler)
    with pytest.raises(Refused, match="进度已经变化"):
        operations.rewrite_letter(letter, words=factories.words(case), answer_days=5, actor=handler)
    operations.return_letter(letter, reason="条文写全。", actor=registrar)
    words = factories.words(case, findings="经核对，十一月仍有三人未发工资。")
    operations.rewrite_letter(letter, words=words, answer_days=5, actor=handler)
    operations.submit_letter(letter, actor=handler)
    operations.sign_letter(letter, actor=registrar)
    assert "十一月仍有三人" in text_of(reread(letter).paper)
    assert "5个工作日内" in text_of(reread(letter).paper)


def test_a_dropped_draft_makes_room_and_takes_no_number(
    case: Case, handler: Account, registrar: Account
) -> None:
    letter = factories.letter(case, handler)
    with pytest.raises(Refused, match="已有一份草稿"):
        factories.letter(case, handler)
    operations.drop_letter(letter, actor=handler)
    assert factories.issued(case, handler, registrar).sequence == 1


# --- Four eyes


def test_who_drafted_a_letter_does_not_sign_it_while_there_is_another(
    cast: Cast, case: Case, handler: Account, registrar: Account
) -> None:
    letter = factories.letter(case, handler)
    for _ in range(2):
        with pytest.raises(Refused, match="起草人以外"):
            operations.sign_letter(letter, actor=handler)
        if letter.state == "draft":
            operations.submit_letter(letter, actor=handler)
    assert reread(letter).sequence is None


def test_with_nobody_else_the_drafter_signs_and_the_log_says_so(
    cast: Cast, case: Case, handler: Account, registrar: Account
) -> None:
    unions.post(registrar, cast.union)  # too close from now on
    letter = factories.letter(case, handler)
    assert permissions.letter_acts(factories.desk(handler, case), letter, actor=handler) >= {"sign"}
    operations.sign_letter(letter, actor=handler)
    assert reread(letter).signed_by == handler.pk
    with vault():
        note = Entry.objects.get(case=case, kind="noted")
    assert "由起草人签发" in case.unseal("entry", note.words_sealed)["text"]


def test_the_checker_of_the_case_signs_too(cast: Cast, handler: Account, registrar: Account) -> None:
    checker = factories.officer(cast, name="质检专员")
    case = factories.given(factories.lodged(cast.member), handler, registrar, checker=checker.pk)
    unions.post(registrar, cast.union)
    letter = factories.letter(case, handler)
    assert "submit" in permissions.letter_acts(factories.desk(handler, case), letter, actor=handler)
    operations.submit_letter(letter, actor=handler)
    acts = permissions.letter_acts(factories.desk(checker, case), letter, actor=checker)
    assert acts == {"sign", "return"}


def test_signed_twice_it_goes_out_once(case: Case, handler: Account, registrar: Account) -> None:
    letter = factories.issued(case, handler, registrar)
    with pytest.raises(Refused, match="进度已经变化"):
        operations.sign_letter(reread(letter), actor=registrar)
    assert factories.issued(case, handler, registrar).sequence == 2


def test_the_database_refuses_a_letter_without_number_or_paper(case: Case, handler: Account) -> None:
    letter = factories.letter(case, handler)
    with pytest.raises(IntegrityError), transaction.atomic(), vault():
        Letter.objects.filter(pk=letter.pk).update(state="issued", signed_by=handler.pk)


def test_letters_are_numbered_by_kind_and_year(
    case: Case, handler: Account, registrar: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = []
    for year, kind in ((2026, "reminder"), (2026, "opinion"), (2026, "reminder"), (2027, "reminder")):
        monkeypatch.setattr("huigong.core.calendar.today", lambda year=year: date(year, 3, 2))
        numbers.append(queries.number_of(factories.issued(case, handler, registrar, kind=Letter.Kind(kind))))
    assert numbers == [
        "惠工监提〔2026〕1号",
        "惠工监意〔2026〕1号",
        "惠工监提〔2026〕2号",
        "惠工监提〔2027〕1号",
    ]
    assert queries.invariants._numbers() == []
    with vault():
        Letter.objects.filter(year=2026, kind="reminder", sequence=1).update(sequence=7)
    assert queries.invariants._numbers() == ["reminder 2026"]


# --- Who the author is stays out of it


@pytest.mark.parametrize("place", ["findings", "demand", "basis", "addressee"])
def test_words_that_name_the_author_are_refused_and_the_try_is_shown_to_them(
    cast: Cast, case: Case, handler: Account, place: str
) -> None:
    words = factories.words(case, **{place: "据本会 会员反映，十一月没有发工资。"})
    with pytest.raises(Refused, match="没有保存"):
        operations.draft_letter(case, kind=Letter.Kind.REMINDER, words=words, answer_days=10, actor=handler)
    letter = factories.letter(case, handler)
    phone = factories.words(case, findings=f"请与 {cast.member.phone} 联系核实情况。")
    with pytest.raises(Refused, match="没有保存"):
        operations.rewrite_letter(letter, words=phone, answer_days=10, actor=handler)
    looks = queries.author_file(factories.reread(case)).looks
    assert "您的身份（原因：写进了文书，平台已拦下，没有保存）" in repr(looks)
    with vault():
        assert Reading.objects.filter(case=case, what="identity", reader_id=handler.pk).count() == 2


def test_the_page_is_given_the_words_of_the_letter_and_nothing_of_the_case(
    cast: Cast, handler: Account, registrar: Account
) -> None:
    case = factories.lodged(cast.member, narrative="蓝雀经过写在这里，一共三个月。", wanted="蓝雀愿望。")
    factories.given(case, handler, registrar)
    letter = factories.letter(case, handler)
    assert set(queries.paper_data(letter)) == {
        "title", "number", "issuer", "date", "days", "is_draft", "addressee", "findings", "basis", "demand",
    }  # fmt: skip
    printed = text_of(operations.draw_letter(letter))
    for unsaid in ("蓝雀", "本会会员", str(cast.member.phone), case.number):
        assert unsaid not in printed
    assert "（草稿，未签发）" in printed


def test_passages_that_the_author_wrote_are_pointed_out(case: Case, handler: Account) -> None:
    words = factories.words(case, findings="据了解，你单位从九月起没有发工资，一共三个月。请核实。")
    assert queries.echoes(case, vars(words)) == ["从九月起没有发工资，一共三个月。"]
    assert queries.echoes(case, vars(factories.words(case))) == []


def test_typed_markup_is_printed_as_it_is(case: Case, handler: Account, registrar: Account) -> None:
    words = factories.words(case, findings='#import "@preview/x:1" 和 #read("/etc/passwd") 及 $x$、*粗*')
    letter = factories.issued(case, handler, registrar, words=words)
    assert '#import"@preview/x:1"和#read("/etc/passwd")及$x$、*粗*' in text_of(letter.paper)


def test_the_letter_lies_sealed_with_the_key_of_its_case(
    cast: Cast, case: Case, handler: Account, registrar: Account
) -> None:
    letter = factories.issued(case, handler, registrar)
    assert b"%PDF" not in bytes(letter.paper_sealed)
    assert "石雕" not in repr(vars(letter))
    other = factories.lodged(cast.neighbour_member)
    letter.case = other
    with pytest.raises(ValueError, match="does not belong here"):
        _ = letter.paper


# --- Late answers


def test_late_answers_stand_on_the_desk(cast: Cast, case: Case, handler: Account, registrar: Account) -> None:
    letter = factories.issued(case, handler, registrar)
    scope = permissions.desk_scope(factories.fresh(handler))
    assert queries.awaiting(scope).answers == 0
    with vault():
        Letter.objects.update(
            issued_on=calendar.today() - timedelta(days=30), due_on=calendar.today() - timedelta(days=3)
        )
    assert queries.awaiting(scope).answers == 1
    [row] = queries.desk_page(scope, which="letters").rows
    assert ("回函超期 3 天", "red") in row.tags
    operations.record_answer(reread(letter), text="收到。", answered_on=calendar.today(), actor=handler)
    assert queries.awaiting(scope).answers == 0
    assert queries.desk_page(scope, which="letters").rows == []


@pytest.mark.parametrize("days", [-1, 1])
def test_an_answer_comes_neither_before_the_letter_nor_tomorrow(
    case: Case, handler: Account, registrar: Account, days: int
) -> None:
    letter = factories.issued(case, handler, registrar)
    day = calendar.today() + timedelta(days=days)
    with pytest.raises(Refused, match="回函日期"):
        operations.record_answer(letter, text="收到。", answered_on=day, actor=handler)
    assert reread(letter).state == "issued"


def test_a_new_holiday_moves_the_day_of_the_answer_and_the_log_keeps_the_old_one(
    case: Case, handler: Account, registrar: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huigong.core.calendar.today", lambda: date(2027, 3, 1))
    letter = factories.issued(case, handler, registrar)
    assert letter.due_on == date(2027, 3, 15)
    assert operations.recompute_answers() == 0
    core.set_holiday(date(2027, 3, 8), is_working=False, source="国办通知", actor=SYSTEM)
    assert operations.recompute_answers() == 1
    assert operations.recompute_answers() == 0
    assert reread(letter).due_on == date(2027, 3, 16)
    desk = factories.desk(handler, case)
    assert "2027-03-15 改为 2027-03-16" in repr(operations.open_case(desk, actor=handler).timeline)


# --- Pages


def as_(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def url(name: str, case: Case, letter: Letter | None = None) -> str:
    return reverse(f"complaints:{name}", args=[case.uuid, *([letter.uuid] if letter else [])])


def test_a_letter_is_written_handed_in_and_signed_on_its_pages(
    case: Case, handler: Account, registrar: Account
) -> None:
    writer, signer = as_(handler), as_(registrar)
    assert "起草提示函" in writer.get(url("desk-case", case)).content.decode()
    page = writer.get(url("letter-new", case) + "?kind=opinion").content.decode()
    assert "工会劳动法律监督意见书" in page
    fields = {**queries.first_words(case, Letter.Kind.OPINION), "answer_days": 7}
    assert writer.post(url("letter-new", case), fields | {"demand": ""}).status_code == 422
    answer = writer.post(url("letter-new", case) + "?kind=opinion", fields)
    with vault():
        letter = Letter.objects.get()
    assert answer["Location"] == url("letter", case, letter)
    assert signer.get(url("letter", case, letter)).status_code == 404, (
        "a draft is not the registrar's to read"
    )
    writer.post(url("letter-edit", case, letter), fields | {"answer_days": 6})
    writer.post(url("letter-submit", case, letter))
    assert "等待起草人以外的人签发" in writer.get(url("letter", case, letter)).content.decode()
    assert "意见书待签发" in signer.get(reverse("complaints:desk") + "?which=letters").content.decode()
    signer.post(url("letter-sign", case, letter))
    page = signer.get(url("letter", case, letter)).content.decode()
    assert f"惠工监意〔{calendar.today().year}〕1号" in page
    paper = signer.get(url("letter-paper", case, letter))
    assert paper["Content-Type"] == "application/pdf"
    assert "attachment" in paper["Content-Disposition"]
    assert "no-store" in paper["Cache-Control"]
    assert "6个工作日内" in text_of(paper.content)
    writer.post(
        url("letter-answer", case, letter), {"answered_on": calendar.today().isoformat(), "text": "已改正。"}
    )
    assert "已改正。" in writer.get(url("letter", case, letter)).content.decode()
    with vault():
        assert Reading.objects.filter(what="letter", reader_id=registrar.pk).count() == 2
    assert "看了发出或拟发的文书" in repr(queries.author_file(factories.reread(case)).looks)


def test_a_refused_name_is_told_on_the_form(case: Case, handler: Account) -> None:
    fields = {**queries.first_words(case, Letter.Kind.REMINDER), "answer_days": 7}
    answer = as_(handler).post(url("letter-new", case), fields | {"findings": "本会会员说没有发工资。"})
    assert answer.status_code == 422
    assert "提交人的姓名或手机号" in answer.content.decode()


def test_letters_are_nobody_elses(cast: Cast, case: Case, handler: Account, registrar: Account) -> None:
    letter = factories.issued(case, handler, registrar)
    other_handler = factories.officer(cast, name="另一专员")
    other = factories.given(factories.lodged(cast.neighbour_member), other_handler, registrar)
    for stranger in (cast.member, cast.officer, cast.county_officer, other_handler):
        client = as_(stranger)
        for name in ("letter", "letter-paper", "letter-edit"):
            assert client.get(url(name, case, letter)).status_code == 404
        for verb in ("submit", "sign", "return", "drop", "answer"):
            assert client.post(url(f"letter-{verb}", case, letter), {"text": "试试"}).status_code == 404
    with pytest.raises(Http404):
        permissions.get_letter(factories.desk(other_handler, other), letter.uuid)
    with pytest.raises(Http404):
        permissions.get_letter(factories.desk(handler, case), uuid.uuid4())
    assert reread(letter).state == "issued"


def test_steps_are_only_theirs_whose_they_are(cast: Cast, handler: Account, registrar: Account) -> None:
    helper, checker = factories.officer(cast, name="协办"), factories.officer(cast, name="质检")
    case = factories.given(
        factories.lodged(cast.member), handler, registrar, helpers=[helper.pk], checker=checker.pk
    )
    letter = factories.letter(case, handler)
    operations.submit_letter(letter, actor=handler)
    for stranger, verb in ((helper, "sign"), (helper, "return"), (handler, "return"), (checker, "drop")):
        assert as_(stranger).post(url(f"letter-{verb}", case, letter), {"text": "试试"}).status_code == 403
    assert as_(registrar).post(url("letter-answer", case, letter), {"text": "试试"}).status_code == 403
    assert as_(registrar).get(url("letter-new", case)).status_code == 403
    assert reread(letter).state == "submitted"


def test_the_list_of_letters_costs_the_same_with_one_and_with_three(
    cast: Cast, case: Case, handler: Account, registrar: Account
) -> None:

    client = as_(handler)
    counts = []
    for kinds in ((Letter.Kind.REMINDER,), (Letter.Kind.OPINION, Letter.Kind.PROPOSAL)):
        for kind in kinds:
            factories.issued(case, handler, registrar, kind=kind)
        client.get(reverse("complaints:desk"))
        for page in (reverse("complaints:desk") + "?which=letters", url("desk-case", case)):
            with CaptureQueriesContext(
                connection,
            ) as queries_made:
                assert client.get(page).status_code == 200
            counts.append(len(queries_made))
    assert counts[:2] == counts[2:]
