"""Pages on which a worker founds a union."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from huigong.core.models import RateCount
from huigong.people.accounts.models import Account
from huigong.people.orgs import operations
from huigong.people.orgs.models import Registration, Union
from huigong.people.orgs.tests.test_operations_founding import credit_code, register
from tests.cast import Cast

REGISTER = "/unions/register"


def as_(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def form(cast: Cast, **changes) -> dict:
    values = {
        "name": "惠安县海丝茶业有限公司工会",
        "kind": "independent",
        "parent": cast.township.pk,
        "unit_name": "惠安县海丝茶业有限公司",
        "unit_uscc": credit_code(1),
        "ownership": "private",
        "address": "建设大街8号",
        "worker_count": "48",
        "chair_name": "林秀兰",
        "contact_phone": "0595-87331234",
    }
    return values | changes


def test_register_needs_a_login(client: Client) -> None:
    assert client.get(REGISTER)["Location"] == "/login?next=/unions/register"


def test_register_offers_townships_and_kinds_but_no_grassroots_union(cast: Cast) -> None:
    text = as_(cast.applicant).get(REGISTER).text
    assert "螺城镇总工会" in text
    assert "独立基层工会" in text
    assert "螺城石雕厂工会" not in text


def test_register_leads_to_the_timeline(cast: Cast) -> None:
    client = as_(cast.applicant)
    response = client.post(REGISTER, form(cast), follow=True)
    registration = Registration.objects.get()
    assert response.redirect_chain == [(f"/unions/registrations/{registration.pk}", 302)]
    for words in ("待审核", "提交申请", "上级批复", "螺城镇总工会", "48 人"):
        assert words in response.text, words
    assert "我的建会申请" in client.get(REGISTER).text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"unit_uscc": "91350521MA00000010"}, "统一社会信用代码"),
        ({"unit_uscc": ""}, "请填写单位的统一社会信用代码。"),
        ({"name": "海丝"}, "工会名称写全称"),
        ({"worker_count": "0"}, "至少 1 人。"),
        ({"chair_name": "林1"}, "姓名里不应有数字"),
        ({"parent": "0"}, "请重新选择上级工会。"),
        ({"kind": "federation"}, "选项"),
    ],
)
def test_register_with_a_mistake_says_so_and_keeps_the_rest(changes: dict, sentence: str, cast: Cast) -> None:
    response = as_(cast.applicant).post(REGISTER, form(cast, **changes))
    assert response.status_code == 422
    assert sentence in response.text
    assert "建设大街8号" in response.text
    assert not Registration.objects.exists()


def test_register_of_a_joint_union_needs_no_code_and_takes_a_list_of_units(cast: Cast) -> None:
    units = f"甲石材厂\n乙石材厂 {credit_code(2)}\n\n"
    as_(cast.applicant).post(REGISTER, form(cast, kind="joint", unit_uscc="", covered_units=units))
    union = Registration.objects.get().union
    assert dict(union.covered_units.values_list("name", "uscc")) == {
        "甲石材厂": "",
        "乙石材厂": credit_code(2),
    }


def test_register_ignores_every_other_field(cast: Cast) -> None:
    extra = {field.name: "1" for field in Union._meta.fields if field.name not in form(cast)}
    as_(cast.applicant).post(REGISTER, form(cast) | extra | {"state": "established", "level": "1"})
    union = Registration.objects.get().union
    assert (union.state, union.level, union.source) == ("submitted", Union.Level.GRASSROOTS, "applied")
    assert Registration.objects.get().applicant == cast.applicant


def test_register_too_often_is_refused(cast: Cast) -> None:
    client = as_(cast.applicant)
    for _ in range(5):
        client.post(REGISTER, form(cast))
        operations.withdraw_registration(Registration.objects.latest("id"), actor=cast.applicant)
    assert client.post(REGISTER, form(cast)).status_code == 422
    assert Registration.objects.count() == 5
    RateCount.objects.all().delete()


@pytest.mark.parametrize("who", ["member", "officer", "neighbour_member", "township_officer"])
@pytest.mark.parametrize("page", ["registration", "withdraw-registration"])
def test_a_request_is_its_applicants_alone(who: str, page: str, cast: Cast) -> None:
    registration = register(cast)
    client, address = as_(getattr(cast, who)), reverse(f"orgs:{page}", args=[registration.pk])
    assert client.get(address).status_code in (404, 405)
    assert client.post(address).status_code in (404, 405)
    registration.refresh_from_db()
    assert registration.is_open


def test_a_request_is_withdrawn_by_a_post(cast: Cast) -> None:
    registration = register(cast)
    client = as_(cast.applicant)
    address = reverse("orgs:withdraw-registration", args=[registration.pk])
    assert client.get(address).status_code == 405
    client.post(address)
    registration.refresh_from_db()
    assert not registration.is_open


def test_the_timeline_tells_what_comes_next_and_ends_at_the_workbench(cast: Cast) -> None:
    registration = register(cast)
    client, address = as_(cast.applicant), reverse("orgs:registration", args=[registration.pk])
    operations.approve_registration(registration, actor=cast.township_officer, remark="同意筹建")
    text = client.get(address).text
    assert "请向职工宣传" in text
    assert "同意筹建" in text
    for _ in range(3):
        operations.advance_registration(registration, actor=cast.township_officer)
    operations.establish(
        registration,
        elected_on=timezone.localdate() - timedelta(days=1),
        years=5,
        actor=cast.township_officer,
    )
    text = client.get(address).text
    assert "已建会" in text
    assert 'href="/workbench/"' in text
    assert client.get("/workbench/").status_code == 200
