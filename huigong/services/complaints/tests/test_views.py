"""Pages of complaints: for authors under a name and under none, and for the county's desk."""

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from huigong.core.confidential import ConfidentialMiddleware
from huigong.core.vault import vault
from huigong.people.accounts.models import Account
from huigong.people.orgs.models import Post
from huigong.services.complaints import operations
from huigong.services.complaints.models import Case, Deadline, Evidence, Reading
from huigong.services.complaints.tests import factories
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def filled(**fields: Any) -> dict[str, Any]:
    values = {
        "demand": "resolve",
        "cause": "wages",
        "employer": "螺城石雕厂",
        "people_affected": "3",
        "narrative": "从九月起没有发工资，一共三个月。",
        "wanted": "补发工资。",
        "token": uuid.uuid4().hex,
        "naming": "named",
        "agree": "on",
    }
    return values | fields


def picture() -> SimpleUploadedFile:
    file = factories.photo().file
    return SimpleUploadedFile("本会会员.jpg", file.read(), content_type="image/jpeg")


def as_(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def cases() -> list[Case]:
    with vault():
        return list(Case.objects.order_by("pk"))


def url(name: str, *args: object) -> str:
    return reverse(f"complaints:{name}", args=args)


def words(response: Any, status: int = 200) -> str:
    assert response.status_code == status, response.content.decode()[:400]
    return response.content.decode()


# --- Authors


def test_a_worker_lodges_sees_it_and_follows_it(cast: Cast) -> None:
    client = as_(cast.member)
    assert "县总工会" in words(client.get(url("start")))
    assert "隐名" in words(client.get(url("lodge")))
    answer = client.post(url("lodge"), filled(amount="18500.50", uploads=[picture(), picture()]))
    [case] = cases()
    assert answer["Location"] == url("sent", case.uuid)
    assert case.amount_fen == 1_850_050
    assert case.number[:4] in words(client.get(answer["Location"]))
    assert "拖欠或克扣工资" in words(client.get(url("index")))
    page = words(client.get(url("case", case.uuid)))
    for told in ("18,500.50 元", "从九月起没有发工资", "材料2.png", "5 个工作日", "还没有人看过"):
        assert told in page
    picture_answer = client.get(url("evidence", case.uuid, 2))
    assert picture_answer["Content-Type"] == "image/png"
    assert "sandbox" in picture_answer["Content-Security-Policy"]


def test_the_form_begins_with_the_unit_of_the_member_and_says_what_is_missing(cast: Cast) -> None:
    cast.union.unit_name = "螺城石雕厂"
    cast.union.save()
    client = as_(cast.member)
    assert 'value="螺城石雕厂"' in words(client.get(url("lodge")))
    page = words(client.post(url("lodge"), filled(narrative="短", employer_code="123", agree="")), 422)
    assert "还有 3 处需要改一改" in page
    assert cases() == []


def test_evidence_that_is_none_is_refused_on_the_form_and_the_words_stay(cast: Cast) -> None:
    bad = SimpleUploadedFile("a.jpg", b"<svg/>", content_type="image/jpeg")
    page = words(as_(cast.member).post(url("lodge"), filled(uploads=[bad])), 422)
    assert "第 1 个文件" in page
    assert "从九月起没有发工资" in page


def test_another_member_meets_nothing_of_it(cast: Cast) -> None:
    case = factories.lodged(cast.member, uploads=[factories.photo()])
    client = as_(cast.neighbour_member)
    nowhere = uuid.uuid4()
    for name, *more in (("case",), ("sent",), ("evidence", 1)):
        there, away = client.get(url(name, case.uuid, *more)), client.get(url(name, nowhere, *more))
        assert there.status_code == away.status_code == 404
        assert _without_ids(there) == _without_ids(away)
    for verb in ("supplement", "rate", "reopen"):
        assert client.post(url(f"author-{verb}", case.uuid), {"text": "试试", "stars": 5}).status_code == 404
    assert "拖欠" not in words(client.get(url("index")))
    assert [entry.kind for entry in _entries(case)] == ["lodged"]


def _entries(case: Case) -> list[Any]:
    with vault():
        return list(case.entries.order_by("pk"))


def _without_ids(response: Any) -> str:
    page = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "", response.content.decode())
    return re.sub(r'(csrfmiddlewaretoken" value|X-CSRFToken": )[^>}]*', "", page)


def test_the_author_adds_rates_and_reopens(cast: Cast) -> None:
    handler = factories.officer(cast)
    case = factories.given(factories.lodged(cast.member), handler, factories.registrar(cast))
    client = as_(cast.member)
    answer = client.post(url("author-supplement", case.uuid), {"text": "考勤表", "uploads": picture()})
    assert answer["Location"] == url("case", case.uuid)
    operations.reply(case, text="已补发。", actor=handler)
    assert "新进展" in words(client.get(url("index")))
    page = words(client.get(url("case", case.uuid)))
    assert "这个答复您满意吗" in page
    assert "已补发。" in page
    assert "新进展" not in words(client.get(url("index")))
    client.post(url("author-rate", case.uuid), {"stars": "2", "text": "慢"})
    client.post(url("author-reopen", case.uuid), {"text": "只补了一个月"})
    again = factories.reread(case)
    assert (again.state, again.rating, again.reopened) == ("handling", None, 1)
    assert client.post(url("author-reopen", case.uuid), {"text": ""}).status_code == 422


# --- Anonymous authors


def lodged_anonymously(client: Client, **fields: Any) -> str:
    page = words(client.post(url("lodge-anonymously"), filled(**fields)))
    code = re.search(r"回执码 (\d{16})", page)
    assert code
    return code[1]


@pytest.mark.parametrize("logged_in", [False, True])
def test_without_a_name_from_the_first_word_to_the_answer(cast: Cast, logged_in: bool) -> None:
    client = as_(cast.member) if logged_in else Client()
    code = lodged_anonymously(client, uploads=[picture()])
    [case] = cases()
    assert (case.naming, case.author_index) == ("anonymous", "")
    if logged_in:
        assert "还没有提交过" in words(client.get(url("index")))
        assert client.get(url("case", case.uuid)).status_code == 404
    client = Client()
    page = words(client.post(url("receipt"), {"code": f"{code[:4]} {code[4:8]}-{code[8:]}"}))
    assert "从九月起没有发工资" in page
    page = words(
        client.post(
            url("receipt"), {"code": code, "act": "supplement", "text": "还有工资条", "uploads": picture()}
        )
    )
    assert "补充的材料已收到" in page
    handler = factories.officer(cast)
    factories.given(case, handler, factories.registrar(cast))
    operations.reply(case, text="已经补发。", actor=handler)
    assert "已经补发。" in words(client.post(url("receipt"), {"code": code}))
    assert "谢谢您的评价" in words(client.post(url("receipt"), {"code": code, "act": "rate", "stars": "5"}))
    assert "已经评价过" in words(
        client.post(url("receipt"), {"code": code, "act": "rate", "stars": "5"}), 422
    )
    assert "已要求重新办理" in words(
        client.post(url("receipt"), {"code": code, "act": "reopen", "text": "没有到账"})
    )


def test_a_code_is_not_guessed(cast: Cast) -> None:
    code = factories.anonymous().receipt
    client = Client(REMOTE_ADDR="203.0.113.7")
    for guess in range(5):
        answer = client.post(url("receipt"), {"code": f"{guess:016}"})
        assert "没有这个回执码" in words(answer, 422)
    for guess in range(1000):
        assert client.post(url("receipt"), {"code": f"{guess + 5:016}"}).status_code == 429
    assert client.post(url("receipt"), {"code": code}).status_code == 429, "not even the right one"
    assert Client(REMOTE_ADDR="203.0.113.8").post(url("receipt"), {"code": code}).status_code == 200


def test_a_code_stands_in_no_address(cast: Cast) -> None:
    code = factories.anonymous().receipt
    page = words(Client().get(url("receipt"), {"code": code}))
    assert code not in page


# --- What every page keeps to itself


def test_no_page_is_kept_or_tells_where_one_came_from(cast: Cast) -> None:
    case = factories.lodged(cast.member)
    client = as_(cast.member)
    for name, *args in (("start",), ("index",), ("lodge",), ("lodge-anonymously",), ("receipt",), ("case", case.uuid),
                        ("case", uuid.uuid4()), ("desk",)):  # fmt: skip
        answer = client.get(url(name, *args))
        assert (answer["Cache-Control"], answer["Referrer-Policy"]) == ("no-store", "no-referrer"), name
        assert "Server-Timing" not in answer
    answer = Client().get(url("index"))
    assert answer["Referrer-Policy"] == "no-referrer"


def test_forms_come_through_although_browsers_then_send_no_origin(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True, headers={"Origin": "null"})
    page = words(client.get(url("lodge-anonymously")))
    token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', page)[1]
    assert client.post(url("lodge-anonymously"), filled()).status_code == 403
    words(client.post(url("lodge-anonymously"), filled(csrfmiddlewaretoken=token)))
    assert len(cases()) == 1
    home = client.post(reverse("accounts:login"), {"csrfmiddlewaretoken": token})
    assert home.status_code == 403, "elsewhere an origin is still asked for"


def test_a_large_upload_waits_in_no_temporary_file(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.core.files.uploadhandler.TemporaryUploadedFile", None)
    large = SimpleUploadedFile("a.pdf", b"%PDF-1.7" + b" " * 3_000_000, content_type="application/pdf")
    page = words(Client().post(url("lodge-anonymously"), filled(uploads=large)), 422)
    assert "只收图片" in page
    monkeypatch.setattr(ConfidentialMiddleware, "process_view", lambda *args: None)
    large.seek(0)
    with pytest.raises(TypeError):
        Client().post(url("lodge-anonymously"), filled(uploads=large))


def test_requests_leave_no_line_in_the_log(cast: Cast, capfd: Any, caplog: Any) -> None:
    client = as_(cast.member)
    lodged_anonymously(client)
    client.get(url("case", uuid.uuid4()))
    client.get(reverse("portal:me"))
    out, err = capfd.readouterr()
    assert "complaints" not in out + err


# --- The desk


def test_the_desk_is_for_those_with_a_post_for_it(cast: Cast) -> None:
    case = factories.lodged(cast.member)
    for account in (cast.county_officer, cast.officer, cast.township_officer, cast.member):
        client = as_(account)
        assert client.get(url("desk")).status_code == 403
        assert client.get(url("figures")).status_code == 403
        assert client.get(url("readings")).status_code == 403
        assert client.get(url("desk-case", case.uuid)).status_code == 404
        assert "维权办理" not in words(client.get(reverse("portal:me")))
        assert client.post(url("decline", case.uuid), {"text": "不受理"}).status_code == 404
    assert factories.reread(case).state == "received"
    assert "维权办理" in words(as_(factories.registrar(cast)).get(reverse("portal:me")))


def test_from_the_desk_a_case_is_brought_to_its_end(cast: Cast) -> None:
    registrar, handler = as_(factories.registrar(cast)), factories.officer(cast)
    checker = factories.officer(cast, name="质检专员")
    case = factories.lodged(cast.member, withheld=True, uploads=[factories.photo()])
    page = words(registrar.get(url("desk-case", case.uuid)))
    assert "维权专员" in page
    assert "从九月起没有发工资" not in page
    assert registrar.get(url("desk-evidence", case.uuid, 1)).status_code == 404
    accept = {"demand": "resolve", "cause": "wages", "tier": "hard", "text": "属于受理范围"}
    assert registrar.post(url("accept", case.uuid), accept).status_code == 302
    assign = {"lead": handler.pk, "checker": checker.pk}
    assert registrar.post(url("assign", case.uuid), assign).status_code == 302
    assert registrar.post(url("reply", case.uuid), {"text": "我来答复"}).status_code == 403
    own = as_(handler)
    page = words(own.get(url("desk-case", case.uuid)))
    assert "从九月起没有发工资" in page
    assert "本会会员" not in page
    assert own.get(url("desk-evidence", case.uuid, 1))["Content-Type"] == "image/png"
    assert own.post(url("identity", case.uuid), {"reason": ""}).status_code == 422
    assert "本会会员" in words(own.post(url("identity", case.uuid), {"reason": "电话核实"}))
    assert "本会会员" not in words(own.get(url("desk-case", case.uuid)))
    for verb, data in (
        ("note", {"text": "已约谈"}),
        ("ask", {"text": "请补充"}),
        ("extend", {"text": "外调", "working_days": 5}),
        ("pause", {"text": "等仲裁"}),
        ("resume", {}),
        ("reply", {"text": "已补发"}),
        ("visit", {"text": "已电话", "verdict": "yes"}),
    ):
        assert own.post(url(verb, case.uuid), data).status_code == 302, verb
    assert own.post(url("check", case.uuid), {"text": "程序完整", "verdict": "yes"}).status_code == 403
    assert (
        as_(checker).post(url("check", case.uuid), {"text": "程序完整", "verdict": "yes"}).status_code == 302
    )
    assert factories.reread(case).state == "closed"
    readings = words(as_(factories.officer(cast, Post.Role.AUDITOR, name="经审")).get(url("readings")))
    assert "电话核实" in readings
    assert "本会会员" not in readings


def test_an_extension_is_decided_at_the_desk(cast: Cast) -> None:
    registrar, handler = factories.registrar(cast), factories.officer(cast)
    case = factories.given(factories.lodged(cast.member), handler, registrar)
    as_(handler).post(url("extend", case.uuid), {"text": "外调", "working_days": 5})
    client = as_(registrar)
    assert "审批延期" in words(client.get(url("desk-case", case.uuid)))
    assert client.post(url("decide", case.uuid), {"text": "同意", "verdict": "yes"}).status_code == 302
    with vault():
        assert Deadline.objects.get(ended_on=None).working_days == 10


def test_overdue_and_due_today_come_first(cast: Cast) -> None:
    registrar = factories.registrar(cast)
    for cause, days in (("women", 3), ("injury", -2), ("wages", 0)):
        case = factories.lodged(cast.member, cause=cause)
        with vault():
            running = Deadline.objects.get(case=case)
            running.starts_on -= timedelta(days=30)
            running.due_on = case.lodged_on + timedelta(days=days)
            running.save()
    page = words(as_(registrar).get(url("desk")))
    places = [page.index(label) for label in ("工伤和职业病", "拖欠或克扣工资", "女职工权益")]
    assert places == sorted(places)
    assert "已超期 2 天" in page
    assert "今天到期" in page
    assert "没有诉求" in words(as_(registrar).get(url("desk"), {"which": "done"}))


def test_lists_ask_as_much_for_one_case_as_for_three(
    cast: Cast, django_assert_max_num_queries: Any, django_assert_num_queries: Any
) -> None:
    registrar, handler = factories.registrar(cast), factories.officer(cast)
    desk, own, auditor = as_(registrar), as_(cast.member), as_(factories.officer(cast, Post.Role.AUDITOR))
    pages = ((desk, url("desk")), (own, url("index")), (auditor, url("readings")))
    counts: list[list[int]] = []
    for _ in range(2):
        for _ in range(1 + len(counts)):
            case = factories.given(factories.lodged(cast.member), handler, registrar)
            operations.open_case(factories.desk(handler, case), actor=handler)
        counts.append([_count(client, path) for client, path in pages])
    assert counts[0] == counts[1]


def _count(client: Client, path: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


def test_figures_are_for_the_registrar_and_hide_small_numbers(cast: Cast) -> None:
    registrar = factories.registrar(cast)
    for _ in range(5):
        factories.lodged(cast.member)
    factories.lodged(cast.member, cause="women")
    page = words(as_(registrar).get(url("figures")))
    assert "5 件" in page
    assert "少于 5 件" in page
    assert as_(factories.officer(cast)).get(url("figures")).status_code == 403


def test_looking_at_a_list_opens_nothing(cast: Cast) -> None:
    factories.lodged(cast.member, uploads=[factories.photo()])
    as_(factories.registrar(cast)).get(url("desk"))
    with vault():
        assert not Reading.objects.exists()
        assert Evidence.objects.count() == 1


def test_the_workbench_counts_what_awaits_an_officer_and_says_nothing_of_it(cast: Cast) -> None:
    registrar = factories.registrar(cast)
    case = factories.lodged(cast.member)
    page = words(as_(registrar).get(reverse("workbench:todo")))
    assert f"诉求 {case.number[:4]} {case.number[4:]}" in page
    assert "维权办理" in page
    assert "拖欠" not in page
    for other in (cast.county_officer, cast.officer):
        assert "维权" not in words(as_(other).get(reverse("workbench:todo")))
