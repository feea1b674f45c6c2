"""Workers' and cadres' pages of membership, as different people see and use them."""

import base64
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from huigong.core.models import AuditRow, StoredFile
from huigong.people.accounts.models import Account
from huigong.people.accounts.tests import factories as accounts
from huigong.people.membership import operations, permissions, queries
from huigong.people.membership.models import Claim, JoinApplication, Membership, Person, Transfer
from huigong.people.membership.tests import factories
from huigong.people.membership.tests.test_operations_join import png
from tests.cast import Cast

HTMX = {"HX-Request": "true"}


def as_(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def path(name: str, *args: Any) -> str:
    return reverse(f"membership:{name}", args=args)


def page(client: Client, url: str, **headers: str) -> str:
    response = client.get(url, headers=headers)
    assert response.status_code == 200, url
    return response.content.decode()


def form(**values: Any) -> dict[str, Any]:
    return {
        "name": "李小明",
        "document_kind": "resident_id",
        "id_number": factories.id_number(),
        "work_form": "rider",
        "unit_name": "闪送平台",
        "job_title": "骑手",
        "pledge": values.get("name", "李小明"),
        "agree": "on",
    } | values


def refusal(response: HttpResponse) -> str:
    assert response.status_code == 422
    return response.content.decode()


# --- Finding a union


def test_anybody_finds_a_union_by_name_initials_and_code(cast: Cast, client: Client) -> None:
    for words in ("石雕", "lcsdc", "螺城石雕厂工会"):
        html = page(client, path("join") + f"?q={words}")
        assert cast.union.name in html
        assert cast.neighbour.name not in html


def test_typing_brings_only_the_rows(cast: Cast, client: Client) -> None:
    html = page(client, path("join") + "?q=石雕", **HTMX)
    assert cast.union.name in html
    assert "<html" not in html


def test_what_is_not_found_leads_on(cast: Cast, client: Client) -> None:
    html = page(client, path("join") + "?q=没有这家")
    assert "没有找到" in html
    assert "我的单位没有工会" in html


def test_those_without_a_union_are_shown_township_and_trade_unions_but_no_federation(
    cast: Cast, client: Client
) -> None:
    html = page(client, path("join") + "?none")
    assert cast.township.name in html
    assert path("apply", cast.union.pk) not in html
    assert path("apply", cast.county.pk) not in html


def test_a_member_is_shown_transfer_instead_of_joining(cast: Cast) -> None:
    assert path("transfer") in page(as_(cast.member), path("join"))


def test_a_phone_on_the_roll_is_pointed_to_claiming_without_a_name(cast: Cast) -> None:
    factories.membership(factories.person(name="吴海生", phone=cast.applicant.phone), cast.union)
    html = page(as_(cast.applicant), path("join"))
    assert "您的手机号在工会名册上" in html
    assert "吴海生" not in html
    assert "您的手机号在工会名册上" not in page(as_(accounts.account()), path("join"))


@pytest.mark.parametrize("number", [1, 3])
def test_searching_costs_the_same_for_any_number_of_unions(
    cast: Cast, client: Client, django_assert_num_queries: Any, number: int
) -> None:
    from huigong.people.orgs.tests import factories as orgs

    for count in range(number):
        orgs.grassroots(cast.township, f"惠北鞋业{count}工会")
    url = path("join") + "?q=惠北鞋业"
    client.get(url)
    with django_assert_num_queries(1):
        client.get(url, headers=HTMX)


# --- Applying


def test_applying_needs_a_login_and_comes_back(cast: Cast, client: Client) -> None:
    response = client.get(path("apply", cast.union.pk))
    assert response.status_code == 302
    assert response["Location"] == f"/login?next={path('apply', cast.union.pk)}"


def test_the_form_says_why_each_number_is_asked_and_shows_the_phone_masked(cast: Cast) -> None:
    html = page(as_(cast.applicant), path("apply", cast.union.pk))
    assert "加密保存" in html
    assert cast.applicant.masked_phone in html
    assert cast.applicant.phone not in html


def test_a_worker_applies_with_one_form_and_sees_where_it_stands(cast: Cast) -> None:
    client = as_(cast.applicant)
    response = client.post(path("apply", cast.union.pk), form())
    made = JoinApplication.objects.get()
    assert (response.status_code, response["Location"]) == (302, path("application-sent", made.pk))
    assert (made.union, made.work_form, made.via) == (cast.union, "rider", "join")
    assert "申请已提交" in page(client, path("application-sent", made.pk))
    assert "审核" in page(client, path("status"))
    assert "闪送平台" in page(client, path("application", made.pk))


def test_applying_where_there_is_no_union_is_remembered(cast: Cast) -> None:
    as_(cast.applicant).post(path("apply", cast.township.pk) + "?via=no_union", form())
    assert JoinApplication.objects.get().via == "no_union"


def test_sending_the_form_twice_makes_one_application(cast: Cast) -> None:
    client, sent = as_(cast.applicant), form()
    first, again = (client.post(path("apply", cast.union.pk), sent) for _ in range(2))
    assert first["Location"] == again["Location"]
    assert JoinApplication.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"name": "李3"}, "姓名里不应有数字"),
        ({"id_number": "350521199005010017"}, "最后一位对不上"),
        ({"unit_name": ""}, "请填写工作单位"),
        ({"pledge": ""}, "请手写签名，或输入姓名代替"),
        ({"pledge": "别人"}, "输入的签名要与姓名一致"),
        ({"agree": ""}, "请先阅读并勾选同意"),
        ({"document_kind": "passport", "id_number": "E1234567"}, "请选择性别"),
        ({"signature": "data:image/png;base64,@@"}, "签名没有收到"),
        ({"signature": "data:image/png;base64,aGVsbG8="}, "签名没有保存成功"),
    ],
)
def test_a_mistake_is_said_beside_its_field_and_nothing_is_kept(
    cast: Cast, values: dict[str, str], words: str
) -> None:
    response = as_(cast.applicant).post(path("apply", cast.union.pk), form(**values))
    assert words in refusal(response)
    assert JoinApplication.objects.count() == 0


def test_somebody_too_young_is_told_so(cast: Cast) -> None:
    number = factories.id_number(born_on=timezone.localdate() - timedelta(days=15 * 365))
    assert "年满 16 周岁" in refusal(
        as_(cast.applicant).post(path("apply", cast.union.pk), form(id_number=number))
    )


def test_a_passport_holder_applies_with_sex_and_birthday(cast: Cast) -> None:
    sent = form(document_kind="passport", id_number="E1234567", sex="2", born_on="1990-01-02")
    assert as_(cast.applicant).post(path("apply", cast.union.pk), sent).status_code == 302
    assert JoinApplication.objects.get().sex == "2"


def test_a_drawn_signature_is_kept_and_shown_to_its_readers_alone(cast: Cast) -> None:
    drawn = "data:image/png;base64," + base64.b64encode(png().getvalue()).decode()
    client = as_(cast.applicant)
    client.post(path("apply", cast.union.pk), form(pledge="", signature=drawn))
    made = JoinApplication.objects.get()
    assert made.signature == StoredFile.objects.get()
    url = path("signature", made.pk)
    for reader in (cast.applicant, cast.officer, cast.county_officer):
        response = as_(reader).get(url)
        assert response.status_code == 200
        assert b"".join(response.streaming_content).startswith(b"\x89PNG")
    for stranger in (cast.neighbour_officer, cast.member, cast.retired_officer):
        assert as_(stranger).get(url).status_code == 404


def test_a_known_number_under_a_wrong_name_looks_like_any_other(cast: Cast) -> None:
    known = factories.person(name="吴海生")
    factories.membership(known, cast.neighbour)
    client = as_(cast.applicant)
    response = client.post(path("apply", cast.union.pk), form(id_number=known.id_number))
    html = client.get(response["Location"]).content.decode()
    assert "申请已提交" in html
    assert "名册" not in html


def test_a_fourth_document_in_a_day_is_refused(cast: Cast) -> None:
    client = as_(cast.applicant)
    answers = [
        client.post(path("claim"), {"name": "李小明", "document_kind": "resident_id", "id_number": number})
        for number in (factories.id_number() for _ in range(4))
    ]
    said = ["请明天再试" in refusal(answer) for answer in answers]
    assert said == [False, False, False, True]


def test_the_parts_a_cadre_marks_stand_out_on_the_form(cast: Cast) -> None:
    made = factories.application(cast.applicant, cast.union)
    officer, applicant = Client(), Client()
    officer.force_login(cast.officer)
    applicant.force_login(cast.applicant)
    address = reverse("membership:return-application", args=[made.pk])
    assert officer.post(address, {"reason": "请改", "marks": ["sex"]}).status_code == 422
    officer.post(address, {"reason": "请改", "marks": ["name", "unit_name"]})
    response = applicant.get(reverse("membership:correct-application", args=[made.pk]))
    page = response.content.decode()
    assert response.status_code == 200
    assert "还有 2 处需要改一改" in page
    assert page.count("工会请您修改这一项。") == 4  # once in the summary, once at the field
    assert 'href="#id_unit_name"' in page


def test_a_returned_application_is_corrected_on_its_own_form(cast: Cast) -> None:
    made = factories.application(cast.applicant, cast.union, name="李小名")
    operations.return_application(made, reason="姓名写错了", actor=cast.officer)
    client = as_(cast.applicant)
    html = page(client, path("correct-application", made.pk))
    assert "姓名写错了" in html
    assert "李小名" in html
    sent = form(id_number=made.person.id_number)
    assert client.post(path("correct-application", made.pk), sent).status_code == 302
    made.refresh_from_db()
    assert (made.state, made.name) == ("submitted", "李小明")


def test_only_the_applicant_corrects_and_withdraws(cast: Cast) -> None:
    made = factories.application(cast.applicant, cast.union)
    operations.return_application(made, reason="请重填", actor=cast.officer)
    for stranger in (cast.neighbour_member, cast.member, cast.officer):
        client = as_(stranger)
        assert client.get(path("application", made.pk)).status_code == 404
        assert client.post(path("correct-application", made.pk), form()).status_code == 404
        assert client.post(path("withdraw-application", made.pk)).status_code == 404
    made.refresh_from_db()
    assert made.state == "returned"
    assert as_(cast.applicant).post(path("withdraw-application", made.pk)).status_code == 302
    made.refresh_from_db()
    assert made.state == "withdrawn"


# --- Claiming


def on_roll(cast: Cast, *, phone: str = "") -> Person:
    person = factories.person(name="吴海生")
    person.phone = phone
    person.save()
    factories.membership(person, cast.union)
    return person


def credentials(person: Person, **values: str) -> dict[str, str]:
    return {"name": person.name, "document_kind": "resident_id", "id_number": person.id_number} | values


def test_a_worker_on_the_roll_sees_their_record_and_confirms(cast: Cast) -> None:
    person, client = on_roll(cast, phone=cast.applicant.phone), as_(cast.applicant)
    shown = client.post(path("claim"), credentials(person))
    assert shown.status_code == 200
    assert cast.union.name in shown.content.decode()
    person.refresh_from_db()
    assert person.account is None
    response = client.post(path("claim"), credentials(person, confirm="1"))
    assert response["Location"] == path("status")
    person.refresh_from_db()
    assert person.account == cast.applicant
    assert "吴海生" in page(client, path("status"))


def test_the_application_form_leads_somebody_on_the_roll_to_their_record(cast: Cast) -> None:
    person = on_roll(cast, phone=cast.applicant.phone)
    sent = form(name="吴海生", id_number=person.id_number)
    html = as_(cast.applicant).post(path("apply", cast.neighbour.pk), sent).content.decode()
    assert "找到您的会员记录了" in html
    assert JoinApplication.objects.count() == 0


def test_a_wrong_name_finds_no_record(cast: Cast) -> None:
    person = on_roll(cast)
    html = refusal(as_(cast.applicant).post(path("claim"), credentials(person, name="吴海声")))
    assert "没有找到" in html
    assert cast.union.name not in html


def test_a_record_with_another_phone_waits_and_can_be_withdrawn(cast: Cast) -> None:
    person, client = on_roll(cast, phone=accounts.next_phone()), as_(cast.applicant)
    response = client.post(path("claim"), credentials(person, confirm="1"))
    made = Claim.objects.get()
    assert response["Location"] == path("claim-detail", made.pk)
    assert "核对本人" in page(client, path("claim-detail", made.pk))
    assert as_(cast.neighbour_member).post(path("withdraw-claim", made.pk)).status_code == 404
    assert client.post(path("withdraw-claim", made.pk)).status_code == 302
    made.refresh_from_db()
    assert made.state == "withdrawn"


# --- My own standing


def test_my_page_shows_the_card_the_past_and_what_i_can_do(cast: Cast) -> None:
    html = page(as_(cast.member), path("status"))
    assert cast.union.name in html
    assert "会员编号" in html
    assert path("transfer") in html
    assert path("leave") in html


def test_my_page_without_anything_invites_to_join(cast: Cast) -> None:
    html = page(as_(cast.applicant), path("status"))
    assert "还没有加入工会" in html
    assert path("join") in html


@pytest.mark.parametrize("number", [1, 3])
def test_my_page_costs_the_same_for_any_number_of_finished_requests(
    cast: Cast, django_assert_num_queries: Any, number: int
) -> None:
    for _ in range(number):
        done = factories.application(cast.applicant, cast.union)
        operations.reject_application(done, reason="不是本单位职工", actor=cast.officer)
    client = as_(cast.applicant)
    client.get(path("status"))
    with django_assert_num_queries(8):
        assert client.get(path("status")).status_code == 200


def test_my_union_shows_officers_chain_and_contact(cast: Cast) -> None:
    type(cast.union).objects.filter(pk=cast.union.pk).update(contact_phone="0595-87380016")
    html = page(as_(cast.member), reverse("portal:my-union"))
    for words in ("本会主席", cast.township.name, cast.county.name, "tel:0595-87380016"):
        assert words in html
    assert "前任主席" not in html
    assert cast.officer.phone not in html


def test_my_union_invites_somebody_who_is_no_member(cast: Cast) -> None:
    html = page(as_(cast.applicant), reverse("portal:my-union"))
    assert path("join") in html
    assert cast.union.name not in html


def test_leaving_needs_the_switch_and_is_at_once(cast: Cast) -> None:
    client = as_(cast.member)
    assert "确认自愿退会" in client.post(path("leave")).content.decode()
    assert queries.member_of(cast.member) is not None
    assert client.post(path("leave"), {"sure": "yes"}).status_code == 302
    assert queries.member_of(cast.member) is None
    assert client.post(path("leave"), {"sure": "yes"}).status_code == 404


# --- Moving


def test_a_member_asks_to_move_and_withdraws(cast: Cast) -> None:
    client = as_(cast.member)
    assert cast.neighbour.name in page(client, path("transfer") + "?q=崇武海产")
    assert cast.neighbour.name in page(client, path("request-transfer", cast.neighbour.pk))
    sent = {"reason": "1", "unit_name": "崇武海产", "job_title": "", "note": ""}
    response = client.post(path("request-transfer", cast.neighbour.pk), sent)
    made = Transfer.objects.get()
    assert response["Location"] == path("transfer-detail", made.pk)
    assert "审核转出" in page(client, path("transfer-detail", made.pk))
    assert "您有一份转会在办理" in page(client, path("transfer"))
    assert "已有一份转会申请" in refusal(client.post(path("request-transfer", cast.neighbour.pk), sent))
    assert as_(cast.neighbour_member).post(path("withdraw-transfer", made.pk)).status_code == 404
    assert client.post(path("withdraw-transfer", made.pk)).status_code == 302
    made.refresh_from_db()
    assert made.state == "withdrawn"


def test_moving_is_for_members(cast: Cast) -> None:
    client = as_(cast.applicant)
    assert client.get(path("transfer")).status_code == 404
    assert client.post(path("request-transfer", cast.neighbour.pk), {"reason": "1"}).status_code == 404
    assert Transfer.objects.count() == 0


# --- Cadres' review


def test_the_review_is_for_cadres(cast: Cast) -> None:
    for nobody in (cast.member, cast.retired_officer, cast.applicant):
        assert as_(nobody).get(path("review")).status_code == 403


def test_the_review_lists_what_waits_for_me_and_nothing_of_the_neighbour(cast: Cast) -> None:
    factories.application(cast.applicant, cast.union, name="申请人甲")
    factories.claim(accounts.account(), cast.union, name="认领人乙")
    factories.transfer(cast.member, cast.neighbour)
    ours = as_(cast.officer)
    assert "申请人甲" in page(ours, path("review"))
    assert "认领人乙" in page(ours, path("review") + "?kind=claim")
    assert "本会会员" in page(ours, path("review") + "?kind=transfer")
    theirs = as_(cast.neighbour_officer)
    for kind in ("application", "claim", "transfer"):
        html = page(theirs, path("review") + f"?kind={kind}")
        assert not any(name in html for name in ("申请人甲", "认领人乙", "本会会员"))


def test_the_review_filters_by_lateness_name_and_outcome(cast: Cast) -> None:
    late = factories.application(accounts.account(), cast.union, name="迟到者")
    done = factories.application(accounts.account(), cast.union, name="办结者")
    factories.application(accounts.account(), cast.union, name="等待者")
    JoinApplication.objects.filter(pk=late.pk).update(due_on=timezone.localdate() - timedelta(days=1))
    operations.reject_application(done, reason="不是本单位", actor=cast.officer)
    client = as_(cast.officer)

    def shown(query: str) -> list[str]:
        html = page(client, path("review") + query)
        return [name for name in ("迟到者", "办结者", "等待者") if name in html]

    assert shown("") == ["迟到者", "等待者"]
    assert shown("?show=late") == ["迟到者"]
    assert shown("?show=done") == ["办结者"]
    assert shown("?q=等待") == ["等待者"]
    assert shown("?show=nonsense&kind=nonsense&cursor=nonsense") == ["迟到者", "等待者"]


def test_the_review_pages_through_long_lists_without_losing_a_row(cast: Cast) -> None:
    names = [
        f"申请人{count:02d}号".replace("0", "零").replace("1", "一").replace("2", "二") for count in range(23)
    ]
    names = [f"赵{chr(0x4E00 + count)}" for count, _ in enumerate(names)]
    for name in names:
        factories.application(accounts.account(), cast.union, name=name)
    seen, cursor = [], ""
    while True:
        found = queries.review_page(cast.officer, "application", cursor=cursor)
        seen += [row.name for row in found.rows]
        cursor = found.next
        if not cursor:
            break
    assert seen == names


@pytest.mark.parametrize("kind", ["application", "claim", "transfer"])
@pytest.mark.parametrize("number", [1, 3])
def test_the_review_costs_the_same_for_any_number_of_rows(
    cast: Cast, django_assert_num_queries: Any, kind: str, number: int
) -> None:
    for _ in range(number):
        if kind == "application":
            factories.application(accounts.account(), cast.union)
        elif kind == "claim":
            factories.claim(accounts.account(), cast.union)
        else:
            factories.transfer(factories.member_account(cast.union), cast.neighbour)
    client = as_(cast.officer)
    url = path("review") + f"?kind={kind}"
    client.get(url)
    with django_assert_num_queries({"application": 10, "claim": 8, "transfer": 8}[kind]):
        assert client.get(url).status_code == 200


def test_a_cadre_approves_from_the_list_with_one_confirmation(cast: Cast) -> None:
    made = factories.application(cast.applicant, cast.union)
    client = as_(cast.officer)
    sheet = page(client, path("review-application", made.pk) + "?sheet=approve", **HTMX)
    assert path("approve-application", made.pk) in sheet
    assert "<html" not in sheet
    response = client.post(path("approve-application", made.pk))
    assert response["Location"] == path("review") + "?kind=application"
    assert Membership.objects.filter(person__account=cast.applicant, union=cast.union).count() == 1
    assert client.post(path("approve-application", made.pk)).status_code == 409
    assert Membership.objects.filter(person__account=cast.applicant).count() == 1


def test_a_doubtful_application_wants_the_document_seen(cast: Cast) -> None:
    number = factories.id_number()
    factories.application(accounts.account(), cast.neighbour, id_number=number)
    made = factories.application(cast.applicant, cast.union, id_number=number)
    client = as_(cast.officer)
    assert "须当面核对证件" in page(client, path("review"))
    assert "identity_checked" in page(client, path("review-application", made.pk))
    assert client.post(path("approve-application", made.pk)).status_code == 409
    assert client.post(path("approve-application", made.pk), {"identity_checked": "on"}).status_code == 302
    assert Membership.objects.filter(person__account=cast.applicant).count() == 1


@pytest.mark.parametrize(("verb", "state"), [("return", "returned"), ("reject", "rejected")])
def test_a_cadre_says_no_with_a_reason(cast: Cast, verb: str, state: str) -> None:
    made = factories.application(cast.applicant, cast.union)
    client = as_(cast.officer)
    assert "请写明原因" in refusal(client.post(path(f"{verb}-application", made.pk), {"reason": ""}))
    made.refresh_from_db()
    assert made.state == "submitted"
    assert client.post(path(f"{verb}-application", made.pk), {"reason": "材料不全"}).status_code == 302
    made.refresh_from_db()
    assert (made.state, made.decided_reason) == (state, "材料不全")
    assert "材料不全" in page(as_(cast.applicant), path("application", made.pk))


def test_a_cadre_approves_many_and_hears_about_each_that_was_not(cast: Cast) -> None:
    fine = [factories.application(accounts.account(), cast.union, name=name) for name in ("甲一", "乙二")]
    number = factories.id_number()
    doubtful = factories.application(accounts.account(), cast.union, name="丙三", id_number=number)
    factories.application(accounts.account(), cast.neighbour, name="丁四", id_number=number)
    foreign = factories.application(accounts.account(), cast.neighbour, name="戊五")
    client = as_(cast.officer)
    ids = [made.pk for made in (*fine, doubtful, foreign)]
    html = client.post(path("approve-many"), {"id": [*ids, "x"]}, follow=True).content.decode()
    assert "已通过 2 人" in html
    assert "丙三没有通过" in html
    assert "戊五" not in html
    foreign.refresh_from_db()
    assert foreign.state == "submitted"
    assert Membership.objects.filter(person__name__in=["甲一", "乙二"]).count() == 2


def test_the_numbers_are_masked_until_asked_for_and_the_look_is_on_record(cast: Cast) -> None:
    made = factories.application(cast.applicant, cast.union)
    client = as_(cast.officer)
    number = made.person.id_number
    html = page(client, path("review-application", made.pk))
    assert number not in html
    assert cast.applicant.phone not in html
    shown = client.post(path("reveal-application", made.pk), headers=HTMX).content.decode()
    assert number in shown
    assert "<html" not in shown
    assert AuditRow.objects.get(action="membership:request:reveal").actor_id == cast.officer.pk


def test_a_cadre_confirms_and_rejects_claims(cast: Cast) -> None:
    client = as_(cast.officer)
    first, second = (factories.claim(accounts.account(), cast.union) for _ in range(2))
    assert "名册手机号与申请账号不同" in page(client, path("review-claim", first.pk))
    assert client.post(path("confirm-claim", first.pk)).status_code == 302
    assert client.post(path("reject-claim", second.pk), {"reason": "不是本人"}).status_code == 302
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("confirmed", "rejected")


def test_both_unions_decide_about_a_transfer_each_in_its_turn(cast: Cast) -> None:
    made = factories.transfer(cast.member, cast.neighbour)
    ours, theirs = as_(cast.officer), as_(cast.neighbour_officer)
    assert theirs.post(path("take-in", made.pk)).status_code == 404
    assert "同意转出" in page(ours, path("review-transfer", made.pk))
    assert ours.post(path("let-go", made.pk)).status_code == 302
    assert ours.post(path("take-in", made.pk)).status_code == 403
    assert "同意转入" in page(theirs, path("review-transfer", made.pk))
    assert theirs.post(path("take-in", made.pk)).status_code == 302
    assert theirs.post(path("take-in", made.pk)).status_code == 409
    assert permissions.get_own_membership(cast.member).union == cast.neighbour


def test_a_cadre_from_outside_decides_nothing(cast: Cast) -> None:
    application = factories.application(cast.applicant, cast.union)
    claim = factories.claim(accounts.account(), cast.union)
    transfer = factories.transfer(cast.member, cast.neighbour)
    held = permissions.get_own_membership(cast.member)
    expulsion = operations.propose_expulsion(held, grounds="判决书", actor=cast.county_officer)
    rows = AuditRow.objects.count()
    for stranger in (cast.neighbour_officer, cast.neighbour_member, cast.retired_officer):
        client = as_(stranger)
        for name, pk in (
            ("approve-application", application.pk),
            ("return-application", application.pk),
            ("reject-application", application.pk),
            ("reveal-application", application.pk),
            ("confirm-claim", claim.pk),
            ("reject-claim", claim.pk),
            ("reveal-claim", claim.pk),
            ("let-go", transfer.pk),
            ("take-in", transfer.pk),
            ("reject-transfer", transfer.pk),
            ("decide-expulsion", expulsion.pk),
        ):
            answer = client.post(path(name, pk), {"reason": "x", "expel": "yes"})
            assert answer.status_code == 404, (stranger, name)
        for name, pk in (
            ("review-application", application.pk),
            ("review-claim", claim.pk),
            ("review-transfer", transfer.pk),
            ("person", held.person_id),
        ):
            assert client.get(path(name, pk)).status_code == 404, (stranger, name)
        client.post(path("approve-many"), {"id": [application.pk]})
    for row in (application, claim, transfer, expulsion):
        state = row.state
        row.refresh_from_db()
        assert row.state == state
    assert AuditRow.objects.count() == rows
    assert Membership.objects.filter(union=cast.union, state="active").count() == 2


def test_the_applicant_who_is_a_cadre_does_not_find_their_own_request_to_decide(cast: Cast) -> None:
    made = factories.application(cast.officer, cast.union, name="主席本人")
    client = as_(cast.officer)
    assert "主席本人" not in page(client, path("review"))
    assert "不归您办理" in page(client, path("review-application", made.pk) + "?sheet=approve", **HTMX)
    assert client.post(path("approve-application", made.pk)).status_code == 403


def test_a_persons_file_shows_their_memberships_and_lets_the_chair_decide(cast: Cast) -> None:
    held = permissions.get_own_membership(cast.member)
    operations.propose_expulsion(held, grounds="（2026）刑初1号", actor=cast.county_officer)
    client = as_(cast.officer)
    html = page(client, path("person", held.person_id))
    assert "（2026）刑初1号" in html
    assert held.person.id_number not in html
    expulsion = held.expulsions.get()
    assert path("decide-expulsion", expulsion.pk) in html
    assert path("decide-expulsion", expulsion.pk) not in page(
        as_(cast.county_officer), path("person", held.person_id)
    )
    assert client.post(path("decide-expulsion", expulsion.pk), {}).status_code == 422
    assert client.post(path("decide-expulsion", expulsion.pk), {"expel": "yes"}).status_code == 302
    held.refresh_from_db()
    assert held.state == "expelled"
