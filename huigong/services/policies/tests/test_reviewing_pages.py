"""Cadres' pages of applications: what waits, one application, the decision, many at once; and those next door."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from huigong.core import calendar
from huigong.core.models import AuditRow
from huigong.people.membership.tests import factories as people
from huigong.services.policies.models import Application
from huigong.services.policies.tests import factories
from huigong.services.policies.tests.pages import page, post
from tests.cast import Cast

SECRET = {"family": 4, "ill": True, "disease": "慢性肾病", "papers": ["诊断.jpg"]}


@pytest.fixture
def application(cast: Cast) -> Application:
    """The cast's member has applied to the county, with a paper."""
    made = factories.application(factories.scheme(cast.county), cast.member, answers=SECRET)
    factories.evidence(made)
    return made


def opened(client: Client, application: Application) -> str:
    response = post(client, "review-open", application.pk)
    assert response.status_code == 200
    return response.content.decode()


def test_a_unit_opens_reads_and_verifies(client: Client, cast: Cast, application: Application) -> None:
    client.force_login(cast.officer)
    assert "本会会员" in page(client, "review-index")
    closed = page(client, "review", application.pk)
    assert ("打开申报材料" in closed, "家里几口人" in closed) == (True, False)
    shown = opened(client, application)
    assert all(words in shown for words in ("慢性肾病", "家里几口人", "显示，这次查看已留下记录"))
    again = page(client, "review", application.pk)
    assert ("慢性肾病" in again, "家里几口人" in again, "保密内容和材料已隐藏" in again) == (
        False,
        True,
        True,
    )
    assert post(client, "review-verify", application.pk, agrees="0").status_code == 422
    assert post(client, "review-verify", application.pk, agrees="1", remark="属实").status_code == 302
    application.refresh_from_db()
    assert application.state == "verified"
    assert "都办完了" in page(client, "review-index")


def test_marks_beside_answers_go_back_with_it(client: Client, cast: Cast, application: Application) -> None:
    client.force_login(cast.officer)
    opened(client, application)
    empty = post(client, "review-return", application.pk, reason="", mark_family=" ")
    assert (empty.status_code, "请写明哪里要补正" in empty.content.decode()) == (422, True)
    post(client, "review-return", application.pk, mark_family="请核对人数", mark_disease="")
    application.refresh_from_db()
    assert (application.state, application.marks) == ("returned", {"family": "请核对人数"})
    assert "等申报人补正" in page(client, "review", application.pk)


def test_the_county_approves_and_awards(client: Client, cast: Cast, application: Application) -> None:
    Application.objects.update(state="verified", opened_at=timezone.now())
    client.force_login(cast.county_officer)
    assert post(client, "review-approve", application.pk, amount_yuan="").status_code == 422
    post(client, "review-approve", application.pk, amount_yuan="3000.50", award="困难帮扶金", remark="")
    application.refresh_from_db()
    assert (application.state, application.amount) == ("noticed", 300_050)
    factories.objection(application, cast.neighbour_member, text="他家有两套房子出租")
    shown = page(client, "review", application.pk)
    assert all(words in shown for words in ("3,000.50 元", "有两套房子", "邻会会员", "有异议，先核查答复"))
    objection = application.objections.get()
    assert post(client, "answer-objection", objection.pk, reply="").status_code == 422
    post(client, "answer-objection", objection.pk, reply="已核实", upheld="0")
    Application.objects.update(notice_until=calendar.today() - timedelta(days=1))
    assert "公示期满，办结" in page(client, "review", application.pk)
    post(client, "review-award", application.pk)
    application.refresh_from_db()
    assert application.state == "awarded"
    client.force_login(cast.neighbour_member)
    assert "已核实" in page(client, "notice", application.pk)


def test_many_are_decided_after_they_were_counted(client: Client, cast: Cast) -> None:
    scheme = factories.scheme(cast.county)
    rows = [
        factories.application(
            scheme,
            people.member_account(cast.union, name=name),
            state="verified",
            opened_at=timezone.now() if name != "丙" else None,
        )
        for name in ("甲", "乙", "丙")
    ]
    client.force_login(cast.county_officer)
    assert "批量通过" in page(client, "review-index", stage="verified", scheme=scheme.pk)
    ids = [row.pk for row in rows]
    asked = post(client, "review-many", act="approve", id=ids)
    assert (
        "将通过 3 份申报" in asked.content.decode(),
        Application.objects.filter(state="noticed").count(),
    ) == (
        True,
        0,
    )
    assert post(client, "review-many", act="approve", id=ids, confirm="1").status_code == 422
    done = client.post(
        reverse("policies:review-many"),
        {"act": "approve", "id": ids, "confirm": "1", "amount_yuan": "500"},
        follow=True,
    ).content.decode()
    assert ("已办理 2 份" in done, "丙没有办" in done) == (True, True)
    assert post(client, "review-many", act="award").status_code == 422


def test_the_list_costs_the_same_for_one_row_and_for_five(client: Client, cast: Cast) -> None:
    scheme = factories.scheme(cast.county)
    client.force_login(cast.county_officer)

    def cost() -> int:
        page(client, "review-index", stage="")
        with CaptureQueriesContext(
            connection,
        ) as asked:
            page(client, "review-index", stage="")
        return len(asked)

    factories.application(scheme, people.member_account(cast.union), state="verified")
    one = cost()
    for _ in range(4):
        factories.application(scheme, people.member_account(cast.union), state="verified")
    assert cost() == one


def test_next_door_there_is_nothing(client: Client, cast: Cast, application: Application) -> None:
    objection = factories.objection(application, cast.neighbour_member)
    before = Application.objects.values().get()
    for account in (
        cast.neighbour_officer,
        cast.retired_officer,
        cast.neighbour_member,
        cast.township_officer,
    ):
        client.force_login(account)
        assert client.get(reverse("policies:review", args=[application.pk])).status_code == 404
        for verb in ("open", "verify", "return", "approve", "refuse", "award"):
            assert post(client, f"review-{verb}", application.pk, reason="外人").status_code == 404
        answered = post(client, "answer-objection", objection.pk, reply="外人", upheld="1")
        assert answered.status_code == 404
        assert post(client, "review-many", act="award", id=[application.pk]).status_code == 422
    assert Application.objects.values().get() == before
    assert not AuditRow.objects.filter(action="policies:application:read").exists()


def test_the_unit_decides_nothing_that_is_the_county_s_turn(
    client: Client, cast: Cast, application: Application
) -> None:
    Application.objects.update(state="verified", opened_at=timezone.now())
    client.force_login(cast.officer)
    address = reverse("policies:review-approve", args=[application.pk])
    told = client.post(address, {"amount_yuan": "1"}, follow=True).content.decode()
    assert "这次没有办理：现在由惠安县总工会办理" in told
    assert Application.objects.get().state == "verified"


def test_a_second_tap_leads_back_to_the_page(client: Client, cast: Cast, application: Application) -> None:
    Application.objects.update(state="verified", opened_at=timezone.now())
    client.force_login(cast.county_officer)
    address, sent = reverse("policies:review-refuse", args=[application.pk]), {"reason": "收入高于标准"}
    client.post(address, sent)
    again = client.post(address, sent, follow=True).content.decode()
    assert ("这次没有办理" in again, "收入高于标准" in again) == (True, True)
    assert AuditRow.objects.filter(action="policies:application:refuse").count() == 1
