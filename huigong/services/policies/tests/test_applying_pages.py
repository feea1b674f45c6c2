"""Applicants' pages: what there is, one scheme, the form, one's applications, public notices."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from huigong.people.accounts.models import Account
from huigong.people.inbox.models import Message
from huigong.people.membership.queries import Rule
from huigong.people.membership.tests import factories as people
from huigong.services.policies import operations
from huigong.services.policies.models import Application, Objection
from huigong.services.policies.tests import factories
from tests.cast import Cast

FILLED = {"a-family": "4", "a-ill": "否", "a-sign-consent": "on", "a-sign-name": "本会会员"}


def as_(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def said(client: Client, name: str, *args: Any) -> str:
    response = client.get(reverse(name, args=args))
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def client(cast: Cast) -> Client:
    return as_(cast.member)


@pytest.fixture
def draft(cast: Cast, client: Client) -> Application:
    scheme = factories.scheme(cast.county)
    response = client.post(reverse("policies:begin", args=[scheme.pk]))
    application = Application.objects.get()
    assert response["Location"] == reverse("policies:apply", args=[application.pk])
    return application


# --- What there is


def test_the_index_shows_what_one_can_apply_for_eligible_first(cast: Cast, client: Client) -> None:
    factories.scheme(cast.county, title="老人专项", rule=Rule(min_age=80))
    factories.scheme(cast.county, title="困难帮扶")
    factories.scheme(cast.neighbour, title="隔壁的")
    factories.scheme(cast.county, title="过期的", closes_at=timezone.now() - timedelta(hours=1))
    page = said(client, "policies:apply-index")
    assert page.index("困难帮扶") < page.index("老人专项")
    assert "须年满 80 周岁" in page
    assert "隔壁的" not in page
    assert "过期的" not in page


def test_the_index_shows_own_applications_with_their_state(cast: Cast, client: Client) -> None:
    factories.application(factories.scheme(cast.county, title="困难帮扶"), cast.member, state="returned")
    page = said(client, "policies:apply-index")
    assert page.count("困难帮扶") == 1
    assert "退回补正" in page


def test_the_index_invites_who_is_no_member(cast: Cast) -> None:
    assert "申请入会" in said(as_(cast.applicant), "policies:apply-index")


@pytest.mark.parametrize("number", [1, 3])
def test_the_index_costs_the_same_for_more(
    number: int, cast: Cast, client: Client, django_assert_num_queries: Any
) -> None:
    for _ in range(number):
        factories.scheme(cast.county)
        factories.application(factories.scheme(cast.county), cast.member, state="submitted")
    client.get(reverse("policies:apply-index"))
    with django_assert_num_queries(7):
        client.get(reverse("policies:apply-index"))


# --- One scheme


def test_the_scheme_says_who_may_what_is_needed_and_who_sees_it(cast: Cast, client: Client) -> None:
    page = said(client, "policies:scheme", factories.scheme(cast.county).pk)
    assert "您符合申报条件" in page
    assert "诊断证明" in page
    assert "“家里有人患重大疾病吗”选“是”才要" in page
    assert "螺城石雕厂工会核实" in page
    assert "24 个月自动删除" in page
    assert "开始填写" in page


def test_the_scheme_tells_every_condition_that_is_not_met(cast: Cast, client: Client) -> None:
    scheme = factories.scheme(cast.county, rule=Rule(min_age=80, tags=("劳模",)))
    page = said(client, "policies:scheme", scheme.pk)
    assert "须年满 80 周岁" in page
    assert "只面向：劳模" in page
    assert "开始填写" not in page
    assert client.post(reverse("policies:begin", args=[scheme.pk])).status_code == 403
    assert not Application.objects.exists()


def test_the_scheme_says_that_the_unit_learns_nothing(cast: Cast, client: Client) -> None:
    page = said(client, "policies:scheme", factories.scheme(cast.county, unit_first=False).pk)
    assert "您的单位工会看不到" in page
    assert "螺城石雕厂工会核实" not in page


def test_a_scheme_of_the_neighbours_is_not_there(cast: Cast, client: Client) -> None:
    scheme = factories.scheme(cast.neighbour)
    for method, name in (("get", "scheme"), ("post", "begin")):
        response = getattr(client, method)(reverse(f"policies:{name}", args=[scheme.pk]))
        assert response.status_code == 404


# --- The form


def test_the_form_shows_what_the_roll_knows_masked_and_asks_the_rest(
    cast: Cast, client: Client, draft: Application
) -> None:
    page = said(client, "policies:apply", draft.pk)
    person = draft.person
    assert person.masked_id_number in page
    assert person.id_number not in page
    assert "这些来自会员名册" in page
    assert "我同意工会为办理这项申报处理上面的敏感信息" in page
    assert 'data-if="a-ill"' in page


def test_the_form_is_not_kept_by_anybody(client: Client, draft: Application) -> None:
    for name in ("apply", "application"):
        response = client.get(reverse(f"policies:{name}", args=[draft.pk]))
        assert response["Cache-Control"] == "no-store"
        assert response["Referrer-Policy"] == "no-referrer"


def test_sending_the_form_hands_it_in(client: Client, draft: Application) -> None:
    url = reverse("policies:apply", args=[draft.pk])
    response = client.post(url, {**FILLED, "act": "send"})
    assert response["Location"] == reverse("policies:sent", args=[draft.pk])
    draft.refresh_from_db()
    assert draft.state == Application.State.SUBMITTED
    assert "申报已提交" in said(client, "policies:sent", draft.pk)
    assert client.get(url)["Location"] == reverse("policies:application", args=[draft.pk])
    assert client.post(url, {**FILLED, "act": "send"}).status_code == 302


def test_a_mistake_costs_nothing_that_was_typed(client: Client, draft: Application) -> None:
    sent = {**FILLED, "a-family": "许多", "a-ill": "是", "a-disease": "尿毒症", "act": "send"}
    response = client.post(reverse("policies:apply", args=[draft.pk]), sent)
    page = response.content.decode()
    assert response.status_code == 422
    assert "请填数字" in page
    assert "尿毒症" in page
    draft.refresh_from_db()
    assert draft.state == Application.State.DRAFT
    assert draft.draft["disease"] == "尿毒症"
    assert "尿毒症" in said(client, "policies:apply", draft.pk)


def test_papers_that_are_missing_are_asked_for_where_they_belong(client: Client, draft: Application) -> None:
    sent = {**FILLED, "a-ill": "是", "a-disease": "尿毒症", "act": "send"}
    page = client.post(reverse("policies:apply", args=[draft.pk]), sent).content.decode()
    assert "诊断证明：请填写。" in page


def test_without_script_files_go_with_the_form(client: Client, draft: Application) -> None:
    sent = {**FILLED, "a-ill": "是", "a-disease": "尿毒症", "a-papers": factories.photo(), "act": "send"}
    client.post(reverse("policies:apply", args=[draft.pk]), sent)
    draft.refresh_from_db()
    assert draft.state == Application.State.SUBMITTED
    assert draft.evidence.count() == 1


def test_what_is_not_asked_is_dropped_however_much_was_sent(client: Client, draft: Application) -> None:
    client.post(
        reverse("policies:apply", args=[draft.pk]), {**FILLED, "a-disease": "没有的病", "act": "send"}
    )
    draft.refresh_from_db()
    assert draft.answers == {"family": 4, "ill": False}


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"a-sign-consent": ""}, "请先勾选单独同意"),
        ({"a-sign-name": ""}, "请手写签名"),
        ({"a-sign-name": "张三"}, "输入的签名要与姓名一致"),
        ({"a-sign-drawn": "data:image/png;base64,!!!"}, "签名没有收到"),
    ],
)
def test_consent_and_signature_are_asked_for(
    changed: dict[str, str], sentence: str, client: Client, draft: Application
) -> None:
    response = client.post(reverse("policies:apply", args=[draft.pk]), {**FILLED, **changed, "act": "send"})
    assert response.status_code == 422
    assert sentence in response.content.decode()


def test_the_draft_is_saved_while_filling_in(client: Client, draft: Application) -> None:
    url = reverse("policies:save", args=[draft.pk])
    response = client.post(url, {"a-family": "3"}, headers={"HX-Request": "true"})
    assert "已自动保存" in response.content.decode()
    draft.refresh_from_db()
    assert draft.draft == {"family": "3"}


def test_nothing_that_was_filled_in_is_logged(
    client: Client, draft: Application, caplog: pytest.LogCaptureFixture
) -> None:
    said_ = {**FILLED, "a-family": "许多", "a-ill": "是", "a-disease": "尿毒症"}
    with caplog.at_level("DEBUG"):
        client.post(reverse("policies:save", args=[draft.pk]), said_)
        client.post(reverse("policies:apply", args=[draft.pk]), {**said_, "act": "send"})
        client.get(reverse("policies:apply", args=[draft.pk]))
        client.get(reverse("policies:application", args=[draft.pk]))
    assert "尿毒症" not in caplog.text
    assert "'event': 'request'" not in caplog.text


def test_saving_for_later_leads_back(client: Client, draft: Application) -> None:
    response = client.post(reverse("policies:apply", args=[draft.pk]), {"a-family": "3", "act": "save"})
    assert response["Location"] == reverse("policies:application", args=[draft.pk])
    page = said(client, "policies:application", draft.pk)
    assert "接着填" in page
    assert "家里几口人" in page


def test_papers_are_taken_in_at_once_and_shown_small(client: Client, draft: Application) -> None:
    url = reverse("policies:add-evidence", args=[draft.pk, "papers"])
    sent = {"a-sign-consent": "on", "a-family": "6", "a-papers": factories.photo()}
    response = client.post(url, sent, headers={"HX-Request": "true"})
    assert response.status_code == 200
    piece = draft.evidence.get()
    assert reverse("policies:evidence-small", args=[piece.pk]) in response.content.decode()
    draft.refresh_from_db()
    assert draft.draft == {"family": "6"}
    small = client.get(reverse("policies:evidence-small", args=[piece.pk]))
    assert small["Content-Type"].startswith("image/")
    assert small["Cache-Control"] == "no-store"
    assert small["X-Content-Type-Options"] == "nosniff"
    gone = client.post(reverse("policies:remove-evidence", args=[piece.pk]), headers={"HX-Request": "true"})
    assert gone.status_code == 200
    assert not draft.evidence.exists()


def test_a_bad_paper_says_why_where_it_was_chosen(client: Client, draft: Application) -> None:
    url = reverse("policies:add-evidence", args=[draft.pk, "papers"])
    for headers, sentence in (({"HX-Request": "true"}, "最多上传"), ({}, "最多上传")):
        sent = {"a-sign-consent": "on", "a-papers": [factories.photo(), factories.photo(), factories.photo()]}
        response = client.post(url, sent, headers=headers)
        assert response.status_code == 422
        assert sentence in response.content.decode()


# --- One's applications


@pytest.mark.parametrize("state", [state for state in Application.State.values if state != "draft"])
def test_the_application_says_how_it_stands(state: str, cast: Cast, client: Client) -> None:
    application = factories.application(factories.scheme(cast.county), cast.member, state=state)
    page = said(client, "policies:application", application.pk)
    assert application.get_state_display() in page


def test_opening_it_reads_the_messages_about_it(cast: Cast, client: Client) -> None:
    application = factories.application(factories.scheme(cast.county), cast.member)
    operations.withdraw_application(application, actor=cast.member)
    assert Message.objects.filter(account=cast.member, read_at=None).count() == 1
    said(client, "policies:application", application.pk)
    assert not Message.objects.filter(account=cast.member, read_at=None).exists()


def test_marks_stand_at_what_they_are_about(cast: Cast, client: Client) -> None:
    application = factories.application(factories.scheme(cast.county), cast.member, state="returned")
    page = said(client, "policies:application", application.pk)
    assert "请核对人数" in page
    assert "去补正" in page
    form = said(client, "policies:apply", application.pk)
    assert "请补正：请核对人数。" in form
    assert 'value="4"' in form
    assert "sign-consent" not in form


def test_taking_back_by_the_page(cast: Cast, client: Client) -> None:
    application = factories.application(factories.scheme(cast.county), cast.member)
    client.post(reverse("policies:withdraw-application", args=[application.pk]))
    application.refresh_from_db()
    assert application.state == Application.State.WITHDRAWN
    assert "重新申报" in said(client, "policies:application", application.pk)


def test_nobody_else_has_a_way_to_an_application(cast: Cast, draft: Application) -> None:
    operations.save_draft(draft, {"ill": "是"}, consents=True, actor=cast.member)
    piece = operations.add_evidence(draft, "papers", factories.photo(), name="a.jpg", actor=cast.member)
    before = (draft.draft_sealed, draft.state)
    pages = [
        *[("get", name, [draft.pk]) for name in ("application", "apply", "sent", "signature")],
        *[("get", name, [piece.pk]) for name in ("evidence", "evidence-small")],
        *[("post", name, [draft.pk]) for name in ("apply", "save", "discard-draft", "withdraw-consent")],
        ("post", "withdraw-application", [draft.pk]),
        ("post", "remove-evidence", [piece.pk]),
        ("post", "add-evidence", [draft.pk, "papers"]),
    ]
    for account in (cast.neighbour_member, cast.officer, cast.county_officer, cast.applicant):
        outsider = as_(account)
        for method, name, args in pages:
            response = getattr(outsider, method)(reverse(f"policies:{name}", args=args), FILLED)
            assert response.status_code == 404, (account, name)
    draft.refresh_from_db()
    assert (draft.evidence.count(), draft.state) == (1, before[1])


# --- Public notice


def test_a_notice_shows_a_masked_name_and_nothing_that_was_filled_in(cast: Cast) -> None:
    application = factories.application(factories.scheme(cast.county), cast.member, state="noticed")
    reader = as_(cast.neighbour_member)
    for page in (said(reader, "policies:notices"), said(reader, "policies:notice", application.pk)):
        assert "本会会员" not in page
        assert "本" in page
        assert "3,000 元" in page
        assert "家里几口人" not in page


def test_an_objection_is_taken_in_once(cast: Cast) -> None:
    application = factories.application(factories.scheme(cast.county), cast.member, state="noticed")
    reader, url = as_(cast.neighbour_member), reverse("policies:notice", args=[application.pk])
    assert reader.post(url, {"text": "短"}).status_code == 422
    assert reader.post(url, {"text": "他家有两套房，不符合条件。"}).status_code == 302
    assert reader.post(url, {"text": "他家有两套房，不符合条件。"}).status_code == 422
    assert Objection.objects.count() == 1
    assert "工会正在核查" in said(reader, "policies:notice", application.pk)


def test_who_doubted_may_read_what_was_found_when_the_notice_is_over(cast: Cast) -> None:
    application = factories.application(factories.scheme(cast.county), cast.member, state="noticed")
    doubter = people.member_account(cast.union, name="有异议的人")
    url = reverse("policies:notice", args=[application.pk])
    as_(doubter).post(url, {"text": "他家有两套房，不符合条件。"})
    Objection.objects.update(reply="已核查，情况属实。", upheld=False, replied_at=timezone.now())
    Application.objects.update(state="awarded", decided_at=timezone.now())
    page = said(as_(doubter), "policies:notice", application.pk)
    assert "公示已经结束" in page
    assert "已核查，情况属实。" in page
    assert as_(cast.neighbour_member).get(url).status_code == 404


def test_a_notice_of_another_branch_is_not_there(cast: Cast) -> None:
    member = people.member_account(cast.neighbour, name="另一会员")
    application = factories.application(factories.scheme(cast.neighbour), member, state="noticed")
    reader = as_(cast.member)
    assert "另" not in said(reader, "policies:notices").split("<main")[1]
    assert reader.get(reverse("policies:notice", args=[application.pk])).status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_notices_cost_the_same_for_more(
    number: int, cast: Cast, client: Client, django_assert_num_queries: Any
) -> None:
    for _ in range(number):
        factories.application(factories.scheme(cast.county), cast.member, state="noticed")
    client.get(reverse("policies:notices"))
    with django_assert_num_queries(6):
        client.get(reverse("policies:notices"))
