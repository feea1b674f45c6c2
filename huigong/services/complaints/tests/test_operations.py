"""A complaint from the first word to the last, and everything that is refused on the way."""

import io
import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django.http import Http404

from huigong.core import operations as core
from huigong.core.audit import SYSTEM
from huigong.core.calendar import SHANGHAI
from huigong.core.errors import Refused
from huigong.core.models import AuditRow, StoredFile
from huigong.core.vault import vault
from huigong.people.inbox.models import Message
from huigong.people.orgs.models import Post, Union
from huigong.people.orgs.tests import factories as unions
from huigong.services.complaints import operations, permissions, queries
from huigong.services.complaints.models import Access, Case, Deadline, Entry, Evidence, Reading
from huigong.services.complaints.operations import Upload
from huigong.services.complaints.tests import factories
from tests.cast import Cast

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 hello"


def rows(model: Any, **conditions: Any) -> list[Any]:
    with vault():
        return list(model.objects.filter(**conditions).order_by("pk"))


# --- Lodging


def test_lodging_seals_every_word_and_starts_the_days(cast: Cast) -> None:
    case = factories.lodged(cast.member, uploads=[Upload(io.BytesIO(PDF), "本会会员的工资条.pdf")])
    [kept], [entry], [deadline], [evidence] = (rows(model) for model in (Case, Entry, Deadline, Evidence))
    everything = repr([vars(row) for row in (kept, entry, deadline, evidence)])
    for word in ("工资条", "发工资", "螺城石雕厂", "本会会员", str(cast.member.phone)):
        assert word not in everything
    assert (entry.kind, deadline.task, deadline.working_days) == ("lodged", "accept", 5)
    assert evidence.name == "材料1.pdf"
    assert queries.evidence_content(kept, evidence) == PDF
    assert case.unseal("identity", kept.identity_sealed)["name"] == "本会会员"


def test_lodging_writes_nothing_outside_the_vault(cast: Cast) -> None:
    before = (AuditRow.objects.count(), Message.objects.count(), StoredFile.objects.count())
    factories.lodged(cast.member, uploads=[factories.photo()])
    assert (AuditRow.objects.count(), Message.objects.count(), StoredFile.objects.count()) == before


def test_words_of_one_case_do_not_open_with_the_key_of_another(cast: Cast) -> None:
    one, other = factories.lodged(cast.member), factories.lodged(cast.neighbour_member)
    with pytest.raises(ValueError, match="does not belong here"):
        one.unseal("content", other.content_sealed)
    with pytest.raises(ValueError, match="does not belong here"):
        one.unseal("identity", one.content_sealed)


def test_the_same_form_twice_is_one_case(cast: Cast) -> None:
    token = uuid.uuid4().hex
    values = {"withheld": False, "token": token, "actor": cast.member}
    first = operations.lodge_as(factories.draft(), **values)
    assert operations.lodge_as(factories.draft(), **values).case == first.case
    assert len(rows(Case)) == 1


def test_the_same_anonymous_form_twice_is_one_case_and_the_last_code_counts(cast: Cast) -> None:
    token = uuid.uuid4().hex
    first = operations.lodge_anonymously(factories.draft(), token=token)
    again = operations.lodge_anonymously(factories.draft(), token=token)
    assert first.case == again.case
    assert permissions.find_by_receipt(first.receipt) is None
    assert permissions.find_by_receipt(again.receipt) == again.case


def test_an_anonymous_case_holds_nothing_that_leads_to_its_author(cast: Cast) -> None:
    lodged = factories.anonymous(uploads=[factories.photo()])
    [case], [entry], [evidence] = rows(Case), rows(Entry), rows(Evidence)
    assert (case.author_index, bytes(case.identity_sealed), entry.actor_id) == ("", b"", None)
    assert (entry.at.astimezone(SHANGHAI).hour, entry.at.minute) == (0, 0)
    content = queries.evidence_content(case, evidence)
    assert b"Exif" not in content
    assert b"HUAWEI" not in content
    assert lodged.receipt not in repr(vars(case))
    assert len(lodged.receipt) == 16
    assert lodged.receipt.isdigit()


def test_documents_that_may_name_their_author_are_refused_without_a_name(cast: Cast) -> None:
    with pytest.raises(Refused, match="只收图片"):
        factories.anonymous(uploads=[Upload(io.BytesIO(PDF), "x.pdf")])
    assert rows(Case) == []


@pytest.mark.parametrize(
    "content", [b"", b"MZ\x90\x00 program", b"<svg onload=alert(1)>", b"PK\x03\x04 broken"]
)
def test_what_is_no_evidence_is_refused_and_nothing_is_kept(cast: Cast, content: bytes) -> None:
    with pytest.raises(Refused, match="第 1 个文件"):
        factories.lodged(cast.member, uploads=[Upload(io.BytesIO(content), "a.jpg")])
    assert rows(Case) == []


def test_the_county_does_not_hear_complaints_about_itself(cast: Cast) -> None:
    with pytest.raises(Refused, match="12351"):
        factories.lodged(cast.member, employer="惠安县总工会")


# --- From the desk to the end


def test_a_case_goes_all_the_way_and_its_author_reads_each_step(cast: Cast) -> None:
    registrar, handler = factories.registrar(cast), factories.officer(cast)
    checker = factories.officer(cast, name="质检专员")
    case = factories.lodged(cast.member)
    operations.assign(case, lead=handler.pk, checker=checker.pk, actor=registrar)
    operations.accept(
        case, demand="resolve", tier="hard", cause="wages", reason="属于工会职责。", actor=registrar
    )
    assert case.state == "handling"
    operations.ask_author(case, text="请补充考勤表。", actor=handler)
    operations.supplement(case, text="考勤表在此。", uploads=[factories.photo()])
    operations.note(case, text="已约谈单位。", actor=handler)
    operations.reply(case, text="单位已补发。", actor=handler)
    operations.rate(case, stars=5, text="谢谢。")
    operations.visit(case, satisfied=True, text="电话回访。", actor=handler)
    operations.check(case, passed=True, text="程序完整。", actor=checker)
    assert case.state == "closed"
    told = queries.author_file(factories.reread(case))
    words = repr(told.timeline)
    assert "请补充考勤表" in words
    assert "单位已补发" in words
    assert "已约谈单位" not in words
    assert [row.why for row in rows(Deadline)] == ["lodged", "accepted"]
    assert all(row.ended_on for row in rows(Deadline))
    assert AuditRow.objects.filter(action__startswith="complaints").count() == 0
    messages = Message.objects.filter(account=cast.member)
    assert {(message.title, message.body) for message in messages} == {("您有一条新回复", "")}
    assert not any("complaint" in message.url for message in messages)


def test_reopening_brings_it_back_to_its_handlers_twice_and_not_more(cast: Cast) -> None:
    registrar, handler = factories.registrar(cast), factories.officer(cast)
    case = factories.given(factories.lodged(cast.member), handler, registrar)
    for _ in range(2):
        operations.reply(case, text="已答复。", actor=handler)
        operations.reopen(case, reason="还没有发。")
        assert case.state == "handling"
    operations.reply(case, text="已答复。", actor=handler)
    with pytest.raises(Refused, match="仲裁"):
        operations.reopen(case, reason="还没有发。")
    assert case.reopened == 2


def test_a_declined_case_may_be_asked_for_again(cast: Cast) -> None:
    registrar = factories.registrar(cast)
    case = factories.lodged(cast.member)
    operations.decline(case, reason="请先向劳动监察投诉。", actor=registrar)
    with pytest.raises(Refused):
        operations.supplement(case, text="补充")
    operations.reopen(case, reason="已去过。")
    assert case.state == "received"
    [running] = rows(Deadline, ended_on=None)
    assert running.task == "accept"


def test_a_transferred_case_tells_its_author_where_to(cast: Cast) -> None:
    case = factories.lodged(cast.member)
    operations.transfer(
        case, body="县劳动保障监察大队", reason="属于其职权。", actor=factories.registrar(cast)
    )
    assert "县劳动保障监察大队" in repr(queries.author_file(case).timeline)
    assert rows(Deadline, ended_on=None) == []


def test_a_pause_keeps_the_working_days_that_were_left(cast: Cast) -> None:
    handler = factories.officer(cast)
    case = factories.given(factories.lodged(cast.member), handler, factories.registrar(cast))
    [before] = rows(Deadline, ended_on=None)
    operations.pause(case, reason="等仲裁。", actor=handler)
    assert rows(Deadline, ended_on=None) == []
    operations.resume(case, actor=handler)
    [after] = rows(Deadline, ended_on=None)
    assert (after.working_days, after.due_on) == (before.working_days, before.due_on)


def test_more_time_is_given_by_somebody_else(cast: Cast) -> None:
    registrar, handler = factories.registrar(cast), factories.officer(cast)
    case = factories.given(factories.lodged(cast.member), handler, registrar)
    [before] = rows(Deadline, ended_on=None)
    operations.ask_extension(case, working_days=10, reason="要外调。", actor=handler)
    with pytest.raises(Refused, match="已有一份"):
        operations.ask_extension(case, working_days=5, reason="再要。", actor=handler)
    with pytest.raises(Refused, match="申请人以外"):
        operations.decide_extension(case, granted=True, reason="同意", actor=handler)
    operations.decide_extension(case, granted=True, reason="同意", actor=registrar)
    [after] = rows(Deadline, ended_on=None)
    assert (after.starts_on, after.working_days, after.why) == (before.starts_on, 15, "extended")
    assert rows(Deadline, pk=before.pk)[0].ended_on


def test_a_case_is_supervised_once_a_day_and_its_handlers_hear_of_it(cast: Cast) -> None:
    registrar, handler, checker = (
        factories.registrar(cast),
        factories.officer(cast),
        factories.officer(cast, name="质检专员"),
    )
    case = factories.lodged(cast.member)
    with pytest.raises(Refused, match="进度"):
        operations.urge(case, text="请受理。", actor=registrar)
    factories.given(case, handler, registrar, checker=checker.pk)
    Message.objects.all().delete()
    operations.urge(case, text="已超期，请三日内答复。", actor=registrar)
    [message] = Message.objects.all()
    assert (message.account, message.body) == (handler, "")
    assert message.title.endswith("您有一件待办被督办，请尽快办理")
    assert "complaint" not in message.url
    with pytest.raises(Refused, match="今天已经督办过"):
        operations.urge(case, text="再来。", actor=registrar)
    scope = permissions.desk_scope(factories.fresh(handler))
    assert ("已督办", "red") in queries.desk_page(scope).rows[0].tags
    assert "三日内" not in repr(queries.author_file(factories.reread(case)).timeline)
    assert "三日内" in repr(operations.open_case(factories.desk(handler, case), actor=handler).timeline)
    assert "urge" not in permissions.acts(factories.desk(handler, case), actor=handler)
    operations.reply(case, text="已答复。", actor=handler)
    assert ("已督办", "red") not in queries.desk_page(scope).rows[0].tags


def test_nobody_checks_their_own_work(cast: Cast) -> None:
    registrar, handler = factories.registrar(cast), factories.officer(cast)
    case = factories.lodged(cast.member)
    with pytest.raises(Refused, match="不能同时"):
        operations.assign(case, lead=handler.pk, checker=handler.pk, actor=registrar)
    factories.given(case, handler, registrar)
    operations.reply(case, text="已答复。", actor=handler)
    operations.visit(case, satisfied=False, text="不满意。", actor=handler)
    with pytest.raises(Refused, match="主办人以外"):
        operations.check(case, passed=True, text="好。", actor=handler)
    operations.check(case, passed=False, text="没有查清。", actor=factories.officer(cast, name="另一专员"))
    assert case.state == "handling"
    assert len(rows(Deadline, ended_on=None)) == 1


def test_only_handlers_of_the_county_are_given_cases(cast: Cast) -> None:
    case, registrar = factories.lodged(cast.member), factories.registrar(cast)
    town_handler = factories.fresh(cast.township_officer)
    unions.post(town_handler, cast.township, Post.Role.RIGHTS_HANDLER)
    for stranger in (cast.officer, cast.county_officer, town_handler):
        with pytest.raises(Refused, match="名单"):
            operations.assign(case, lead=stranger.pk, actor=registrar)
    assert rows(Access) == []


def test_whoever_is_not_named_again_loses_sight_of_the_case(cast: Cast) -> None:
    registrar, handler = factories.registrar(cast), factories.officer(cast)
    other = factories.officer(cast, name="另一专员")
    case = factories.given(factories.lodged(cast.member), handler, registrar)
    assert factories.desk(handler, case).part == "lead"
    operations.assign(case, lead=other.pk, actor=registrar)
    with pytest.raises(Http404):
        factories.desk(handler, case)
    assert factories.desk(other, case).part == "lead"


def test_a_step_that_does_not_fit_the_state_is_refused_and_changes_nothing(cast: Cast) -> None:
    handler = factories.officer(cast)
    case = factories.lodged(cast.member)
    for step in (
        lambda: operations.reply(case, text="答", actor=handler),
        lambda: operations.visit(case, satisfied=True, text="访", actor=handler),
        lambda: operations.check(case, passed=True, text="检", actor=handler),
        lambda: operations.pause(case, reason="停", actor=handler),
        lambda: operations.rate(case, stars=1, text=""),
        lambda: operations.reopen(case, reason="再办"),
    ):
        with pytest.raises(Refused, match="进度"):
            step()
    assert len(rows(Entry)) == 1
    assert factories.reread(case).state == "received"


# --- Reading


def test_each_reading_is_noted_and_its_author_sees_who(cast: Cast) -> None:
    registrar, handler = factories.registrar(cast), factories.officer(cast)
    case = factories.given(
        factories.lodged(cast.member, withheld=True, uploads=[factories.photo()]), handler, registrar
    )
    seen = operations.open_case(factories.desk(registrar, case), actor=registrar)
    assert (seen.narrative, seen.evidence) == ("", [])
    seen = operations.open_case(factories.desk(handler, case), actor=handler)
    assert "发工资" in seen.narrative
    who = operations.open_identity(factories.desk(handler, case), reason="要电话核实", actor=handler)
    assert who.name == "本会会员"
    assert [row.what for row in rows(Reading)] == ["summary", "content", "identity"]
    looks = queries.author_file(case).looks
    assert any("维权专员" in look and "要电话核实" in look for look in looks)
    assert any("维权登记员" in look for look in looks)


def test_what_was_read_is_noted_or_it_was_not_read(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Noting fails: then nothing is shown. Showing fails: then the note is gone too."""
    registrar = factories.registrar(cast)
    case = factories.lodged(cast.member)
    monkeypatch.setattr(queries, "case_file", lambda desk: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        operations.open_case(factories.desk(registrar, case), actor=registrar)
    assert rows(Reading) == []


def test_the_registrar_opens_neither_evidence_nor_identity(cast: Cast) -> None:
    registrar = factories.registrar(cast)
    case = factories.lodged(cast.member, uploads=[factories.photo()])
    desk = factories.desk(registrar, case)
    with pytest.raises(Http404):
        operations.open_identity(desk, reason="想看", actor=registrar)
    with pytest.raises(Http404):
        operations.open_evidence(desk, permissions.get_evidence(case, 1), actor=registrar)
    assert rows(Reading) == []


# --- Days


@pytest.mark.parametrize(
    ("tier", "accepted_on", "due_on"),
    [
        (
            "plain",
            date(2026, 2, 11),
            date(2026, 2, 25),
        ),  # over the Spring Festival, 14 and 28 February worked
        (
            "hard",
            date(2026, 9, 18),
            date(2026, 10, 15),
        ),  # over National Day, 20 September and 10 October worked
        ("plain", date(2026, 9, 28), date(2026, 10, 10)),
    ],
)
def test_days_over_the_long_holidays_of_2026(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, tier: str, accepted_on: date, due_on: date
) -> None:
    case = factories.lodged(cast.member)
    monkeypatch.setattr("huigong.core.calendar.today", lambda: accepted_on)
    operations.accept(
        case, demand="resolve", tier=tier, cause="wages", reason="属实", actor=factories.registrar(cast)
    )
    [running] = rows(Deadline, ended_on=None)
    assert (running.due_on, running.is_provisional) == (due_on, False)


def test_days_of_2027_are_provisional_and_move_with_history_when_it_is_published(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huigong.core.calendar.today", lambda: date(2027, 2, 3))
    factories.lodged(cast.member)
    [before] = rows(Deadline)
    assert before.is_provisional
    assert operations.recompute_deadlines() == 0
    for day in range(9, 12):
        core.set_holiday(date(2027, 2, day), is_working=False, source="国办通知", actor=SYSTEM)
    assert operations.recompute_deadlines() == 1
    assert operations.recompute_deadlines() == 0
    old, new = rows(Deadline)
    assert (old.due_on, old.ended_on, new.why) == (before.due_on, date(2027, 2, 3), "calendar")
    assert new.due_on == before.due_on + timedelta(days=5)  # three days later, over a weekend


@pytest.mark.parametrize(("task", "most"), [("accept", 15), ("handle", 60)])
def test_no_setting_gives_more_days_than_the_law(
    cast: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch, task: str, most: int
) -> None:
    monkeypatch.setattr("huigong.core.calendar.today", lambda: date(2026, 9, 24))
    settings.CASE_DAYS = settings.CASE_DAYS | {"accept": 12, "plain": 50}
    case = factories.lodged(cast.member)
    if task == "handle":
        factories.given(case, factories.officer(cast), factories.registrar(cast))
    [running] = rows(Deadline, ended_on=None)
    assert running.due_on == date(2026, 9, 24) + timedelta(days=most)  # over National Day: ten days fewer
    assert operations.recompute_deadlines() == 0


def test_an_extension_gives_thirty_days_more_than_the_law_and_no_more(
    cast: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huigong.core.calendar.today", lambda: date(2026, 9, 24))
    settings.CASE_DAYS = settings.CASE_DAYS | {"plain": 50, "extra": 40}
    registrar, handler = factories.registrar(cast), factories.officer(cast)
    case = factories.given(factories.lodged(cast.member), handler, registrar)
    with pytest.raises(Refused, match="一次最多延长 40 个工作日"):
        operations.ask_extension(case, working_days=41, reason="要外调。", actor=handler)
    operations.ask_extension(case, working_days=40, reason="要外调。", actor=handler)
    operations.decide_extension(case, granted=True, reason="同意", actor=registrar)
    [running] = rows(Deadline, ended_on=None)
    assert running.due_on == date(2026, 9, 24) + timedelta(days=90)


# --- Telling, and keys


def test_the_morning_line_says_how_much_and_nothing_else(cast: Cast) -> None:
    registrar, handler = factories.registrar(cast), factories.officer(cast)
    factories.given(factories.lodged(cast.member), handler, registrar)
    factories.lodged(cast.neighbour_member, employer="崇武海产公司")
    with vault():
        Deadline.objects.filter(ended_on=None).update(starts_on=date(2026, 1, 1), due_on=date(2026, 1, 5))
    assert operations.send_digests() == 2
    titles = set(Message.objects.filter(account__in=[registrar, handler]).values_list("title", flat=True))
    assert {title.split("：")[1] for title in titles} == {
        "您有 2 件待办，其中 2 件今天到期或已经超期",
        "您有 1 件待办，其中 1 件今天到期或已经超期",
    }
    assert not Message.objects.filter(url__contains="complaint").exists()


def test_a_case_that_no_registrar_may_see_is_told_to_those_who_appoint(cast: Cast) -> None:
    close = factories.registrar(cast)
    unions.post(close, cast.union)
    factories.lodged(cast.member)
    assert operations.send_digests() == 1
    title = Message.objects.get(account=cast.county_officer).title
    assert title.endswith("请增设一名维权登记员，现任的需要回避")
    assert not Message.objects.filter(account=close).exists()
    factories.registrar(cast)
    Message.objects.all().delete()
    operations.send_digests()
    assert not Message.objects.filter(account=cast.county_officer).exists()


def test_not_even_to_them_if_they_are_close_too(cast: Cast) -> None:
    unions.post(cast.county_officer, cast.union)
    factories.lodged(cast.member)
    assert operations.send_digests() == 0


def test_a_new_field_key_wraps_the_keys_of_cases_anew(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.test_resealing import change_key

    case = factories.lodged(cast.member)
    name = change_key(monkeypatch)
    assert operations.renew_keys() == 1
    assert operations.renew_keys() == 0
    again = factories.reread(case)
    assert again.key_sealed.startswith(f"1.{name}.")
    assert again.unseal("content", again.content_sealed)["employer"] == "螺城石雕厂"


def test_small_numbers_are_not_told(cast: Cast) -> None:
    registrar = factories.registrar(cast)
    for cause, count in (("wages", 6), ("women", 1)):
        for _ in range(count):
            factories.lodged(cast.member, cause=cause)
    told = queries.figures(permissions.desk_scope(registrar))
    assert told == ("6 件以上", [("拖欠或克扣工资", 6), ("女职工权益", None)])


def test_unions_of_the_accused_are_found_by_code_by_name_and_by_where_the_author_works(cast: Cast) -> None:
    Union.objects.filter(pk=cast.neighbour.pk).update(unit_name="崇武海产公司")
    case = factories.lodged(cast.member, employer="崇武海产公司")
    assert case.close_union_ids == sorted([cast.union.pk, cast.neighbour.pk])
