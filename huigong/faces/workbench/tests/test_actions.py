"""Actions: a dialog, a POST, one operation; a refusal is a sentence in the dialog."""

import re
from datetime import timedelta

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from huigong.core import flags
from huigong.core.admin import dialogs
from huigong.core.models import AuditRow, Flag, Holiday
from huigong.faces.workbench.tests.conftest import NAMES, Desk, actions, as_, model_admin
from huigong.people.accounts.tests import factories as accounts
from huigong.people.membership.models import JoinApplication, Membership, Person
from huigong.people.membership.tests import factories as people
from huigong.people.orgs.models import Post, Union
from huigong.people.orgs.tests import factories as unions
from tests.cast import Cast

SENT = {"_form_submitted": "on"}


def url(row, action: str) -> str:
    return reverse(f"admin:{row._meta.label_lower.replace('.', '_')}_{action}", args=[row.pk])


# --- The rule: no action without a dialog


@pytest.mark.parametrize("name", NAMES)
def test_no_action_is_a_plain_link(name: str) -> None:
    """An action without a dialog is a GET link: any page on the internet could make a cadre open it."""
    for action, method in actions(name).items():
        assert getattr(method, "dialog", None), f"{name}.{action} has no dialog"
        assert method.dialog["title"], action
        assert method.dialog["description"], action
        assert method.dialog["form_submit_text"], action
        assert hasattr(method, "needed"), f"{name}.{action} was not made by dialog_action"


@pytest.mark.parametrize("name", NAMES)
def test_actions_on_ticked_rows_are_made_by_bulk_action(name: str) -> None:
    for action in model_admin(name).actions or []:
        assert hasattr(getattr(model_admin(name), action), "needed"), action


def test_nothing_can_be_deleted_anywhere(desk: Desk) -> None:
    client = as_(desk.cast.county_officer)
    for name in NAMES:
        assert client.post(desk.url(name, "delete"), {"post": "yes"}).status_code in (403, 404), name
        assert type(desk.rows[name])._default_manager.filter(pk=desk.rows[name].pk).exists()
    assert "delete_selected" not in admin.site._registry[Union].get_actions(
        client.get("/workbench/").wsgi_request
    )


@pytest.mark.parametrize("name", NAMES)
def test_opening_a_dialog_changes_nothing(name: str, desk: Desk) -> None:
    client = as_(desk.cast.county_officer)
    before = AuditRow.objects.count()
    for action, method in actions(name).items():
        if not desk.cast.county_officer.has_perm(method.needed(model_admin(name))):
            continue  # deciding an expulsion is the chair's alone
        args = () if action in ("export", "throw") else (desk.rows[name].pk,)
        response = client.get(reverse(f"admin:{name.replace('.', '_')}_{action}", args=args))
        assert response.status_code == 200, action
        assert "csrfmiddlewaretoken" in response.text, action
        assert 'method="post"' in response.text, action
    assert AuditRow.objects.count() == before


def test_a_post_without_its_token_is_refused(desk: Desk) -> None:
    client = as_(desk.cast.officer, enforce_csrf_checks=True)
    application = desk.rows["membership.joinapplication"]
    assert client.post(url(application, "approve"), SENT).status_code == 403
    application.refresh_from_db()
    assert application.state == "submitted"


# --- Reviews


def test_approve_makes_a_member_and_leads_back_to_the_list(desk: Desk) -> None:
    application = desk.rows["membership.joinapplication"]
    listed = reverse("admin:membership_joinapplication_changelist")
    response = as_(desk.cast.officer).post(
        url(application, "approve"),
        SENT | {"remark": "欢迎"},
        headers={"HX-Current-URL": f"http://testserver{listed}?waiting=mine"},
    )
    assert response["HX-Redirect"] == f"{listed}?waiting=mine"
    assert Membership.objects.filter(person__name=application.name, union=desk.cast.union).exists()


def test_where_an_action_leads_is_never_another_site(desk: Desk) -> None:
    application = desk.rows["membership.joinapplication"]
    response = as_(desk.cast.officer).post(
        url(application, "approve"), SENT, headers={"HX-Current-URL": "https://evil.example/workbench/"}
    )
    assert response["HX-Redirect"] == url(application, "change")


@pytest.mark.parametrize("address", ["http://[", "http://[::1", "https://a]b/", "\\\\"])
def test_an_address_that_is_none_leads_to_the_page_of_the_row(address: str, desk: Desk) -> None:
    application = desk.rows["membership.joinapplication"]
    response = as_(desk.cast.officer).post(
        url(application, "approve"), SENT, headers={"HX-Current-URL": address}
    )
    assert response["HX-Redirect"] == url(application, "change")


def test_a_dialog_names_whom_it_is_about_and_offers_reasons(desk: Desk) -> None:
    application = desk.rows["membership.joinapplication"]
    client = as_(desk.cast.officer)
    text = client.get(url(application, "return_it")).text
    assert f"<strong>{application}</strong>" in text
    assert "签名看不清，请重签</button>" in text
    assert (
        f"{application.name}成为{desk.cast.union.name}的会员" in client.get(url(application, "approve")).text
    )


def test_the_document_is_asked_for_only_where_there_is_a_doubt(desk: Desk) -> None:
    application = desk.rows["membership.joinapplication"]
    client = as_(desk.cast.officer)
    assert "identity_checked" not in client.get(url(application, "approve")).text
    rival = people.application(accounts.account(), desk.cast.union)
    JoinApplication.objects.filter(pk=rival.pk).update(person=application.person, is_duplicate=True)
    text = client.get(url(application, "approve")).text
    assert "另一个账号也在用这个证件号申请入会。" in text
    assert "identity_checked" in text
    assert "请先当面核对证件原件" in client.post(url(application, "approve"), SENT).text
    client.post(url(application, "approve"), SENT | {"identity_checked": "on"})
    application.refresh_from_db()
    assert application.state == "approved"


def test_return_without_a_reason_asks_for_one(desk: Desk) -> None:
    application = desk.rows["membership.joinapplication"]
    response = as_(desk.cast.officer).post(url(application, "return_it"), SENT | {"reason": " "})
    assert "请写明原因。" in response.text
    application.refresh_from_db()
    assert application.state == "submitted"


def test_return_tells_the_applicant_why(desk: Desk) -> None:
    application = desk.rows["membership.joinapplication"]
    as_(desk.cast.officer).post(url(application, "return_it"), SENT | {"reason": "照片不清楚"})
    application.refresh_from_db()
    assert (application.state, application.decided_reason) == ("returned", "照片不清楚")


def test_a_refusal_of_the_operation_stands_in_the_dialog(desk: Desk) -> None:
    application = desk.rows["membership.joinapplication"]
    client = as_(desk.cast.officer)
    client.post(url(application, "approve"), SENT)
    again = client.post(url(application, "approve"), SENT)
    assert again.status_code == 200
    assert "当前是“已通过”" in again.text
    assert "HX-Redirect" not in again.headers


def test_nobody_approves_their_own_application(desk: Desk) -> None:
    own = people.application(desk.cast.officer, desk.cast.union, name="本会主席")
    response = as_(desk.cast.officer).post(url(own, "approve"), SENT)
    assert "不能审批自己的申请" in response.text
    own.refresh_from_db()
    assert own.state == "submitted"
    page = as_(desk.cast.officer).get(url(own, "change"))
    assert "通过申请" not in page.text


def test_mass_approve_asks_first_and_says_who_was_left_out(desk: Desk) -> None:
    ids = [
        people.application(accounts.account(), desk.cast.union, name=f"职工{'甲乙丙'[number]}").pk
        for number in range(3)
    ]
    JoinApplication.objects.filter(pk=ids[2]).update(state="withdrawn")
    client = as_(desk.cast.officer)
    listed = reverse("admin:membership_joinapplication_changelist")
    form = {"action": "approve_ticked", "_selected_action": ids}
    asked = client.post(listed, form)
    assert "将通过下面 3 份入会申请" in asked.text
    assert JoinApplication.objects.filter(pk__in=ids, state="approved").count() == 0
    done = client.post(listed, form | {"confirmed": "1"})
    assert "办好 2 条，1 条没有办成。" in done.text
    assert "没有办成：这份申请当前是“已撤回”" in done.text
    assert set(JoinApplication.objects.filter(state="approved").values_list("pk", flat=True)) == set(ids[:2])


def test_mass_approve_takes_so_many_at_once_and_says_what_stays(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialogs, "MOST_AT_ONCE", 2)
    for _ in range(4):
        people.application(accounts.account(), desk.cast.union)
    client = as_(desk.cast.officer)
    listed = reverse("admin:membership_joinapplication_changelist") + "?state__exact=submitted"
    everything = {"action": "approve_ticked", "select_across": "1", "_selected_action": ["1"]}
    asked = client.post(listed, everything)
    assert "将通过下面 2 份入会申请" in asked.text
    assert "另外 3 条这次不办，留在列表里" in asked.text
    ticked = re.findall(r'name="_selected_action" value="(\d+)"', asked.text)
    form = {"action": "approve_ticked", "_selected_action": ticked, "left": "3", "confirmed": "1"}
    done = client.post(listed, form)
    assert "办好 2 条" in done.text
    assert "另外 3 条超出一次的上限" in done.text
    assert JoinApplication.objects.filter(state="approved").count() == 2
    forged = client.post(listed, everything | {"confirmed": "1"})
    assert "另外 1 条超出一次的上限" in forged.text
    assert JoinApplication.objects.filter(state="approved").count() == 4


@pytest.mark.parametrize("ticked", ["abc", "9" * 30, "", "-1", "1e9"])
def test_ticks_that_are_no_rows_change_nothing(ticked: str, desk: Desk) -> None:
    listed = reverse("admin:membership_joinapplication_changelist")
    form = {"action": "approve_ticked", "_selected_action": [ticked], "confirmed": "1"}
    response = as_(desk.cast.officer).post(listed, form, follow=True)
    assert response.status_code == 200
    assert "请刷新页面后重新勾选" in response.text
    assert not JoinApplication.objects.filter(state="approved").exists()


def test_mass_approve_of_foreign_rows_does_nothing(desk: Desk) -> None:
    application = desk.rows["membership.joinapplication"]
    form = {
        "action": "approve_ticked",
        "_selected_action": [application.pk],
        "confirmed": "1",
        "select_across": "1",
    }
    as_(desk.cast.neighbour_officer).post(reverse("admin:membership_joinapplication_changelist"), form)
    application.refresh_from_db()
    assert application.state == "submitted"


def test_a_transfer_goes_through_two_hands(desk: Desk) -> None:
    transfer = desk.rows["membership.transfer"]
    chair = accounts.account(name="姊妹主席")
    unions.post(chair, transfer.to_union)
    assert as_(chair).get(url(transfer, "change")).status_code == 404
    as_(desk.cast.officer).post(url(transfer, "let_go"), SENT)
    assert as_(desk.cast.officer).post(url(transfer, "take_in"), SENT).status_code == 403
    as_(chair).post(url(transfer, "take_in"), SENT)
    transfer.refresh_from_db()
    assert transfer.state == "done"


def test_a_claim_is_confirmed_or_rejected(desk: Desk) -> None:
    claim = desk.rows["membership.claim"]
    as_(desk.cast.officer).post(url(claim, "confirm"), SENT)
    claim.refresh_from_db()
    assert claim.state == "confirmed"


# --- Numbers


def test_numbers_are_masked_on_every_list_and_page(desk: Desk) -> None:
    person = desk.rows["membership.person"]
    client = as_(desk.cast.county_officer)
    secrets = [person.phone, person.id_number, desk.rows["membership.claim"].account.phone]
    for name in NAMES:
        for page in ("changelist", "change", "history"):
            text = client.get(desk.url(name, page)).text
            assert [secret for secret in secrets if secret in text] == [], (name, page)
    assert "137****5678" in client.get(desk.url("membership.person", "change")).text


def test_reveal_shows_once_for_a_reason_and_is_written_down(desk: Desk) -> None:
    person = desk.rows["membership.person"]
    client = as_(desk.cast.officer)
    refused = client.post(url(person, "reveal"), SENT | {"which": "phone", "reason": ""})
    assert person.phone not in refused.text
    assert not AuditRow.objects.filter(action="membership:person:reveal").exists()
    shown = client.post(url(person, "reveal"), SENT | {"which": "phone", "reason": "通知参会"})
    assert person.phone in shown.text
    assert person.id_number not in shown.text
    assert "no-store" in shown["Cache-Control"]
    row = AuditRow.objects.get(action="membership:person:reveal")
    assert (row.actor_id, row.target_id, row.after) == (
        desk.cast.officer.pk,
        person.pk,
        {"which": "phone", "reason": "通知参会"},
    )
    assert person.phone not in client.get(url(person, "change")).text


def test_reveal_of_an_applicant_is_written_down(desk: Desk) -> None:
    application = desk.rows["membership.joinapplication"]
    shown = as_(desk.cast.officer).post(url(application, "reveal"), SENT)
    assert application.person.id_number in shown.text
    assert AuditRow.objects.filter(action="membership:request:reveal", actor_id=desk.cast.officer.pk).exists()


# --- Forms that write


def test_editing_a_union_calls_the_operation(desk: Desk) -> None:
    union = desk.cast.union
    form = {
        "name": "螺城石雕总厂工会",
        "kind": union.kind,
        "worker_count": "88",
        "unit_uscc": "",
        "uscc": "",
        "address": "中山路1号",
    }
    response = as_(desk.cast.officer).post(url(union, "change"), form)
    assert response.status_code == 302
    union.refresh_from_db()
    assert (union.name, union.initials, union.worker_count) == ("螺城石雕总厂工会", "lcsdzcgh", 88)
    assert AuditRow.objects.filter(action="orgs:union:edit", actor_id=desk.cast.officer.pk).count() == 1


def test_no_field_that_is_not_shown_can_be_posted(desk: Desk) -> None:
    union, person = desk.cast.union, desk.rows["membership.person"]
    every_union = {
        field.name: "1"
        for field in Union._meta.fields
        if field.name not in ("kind", "founded_on", "elected_on")
    }
    before = {field.attname: getattr(union, field.attname) for field in Union._meta.fields}
    as_(desk.cast.officer).post(
        url(union, "change"),
        every_union
        | {"name": union.name, "kind": union.kind, "unit_uscc": "", "uscc": "", "state": "dissolved"},
    )
    union.refresh_from_db()
    for name in ("id", "parent_id", "second_parent_id", "path", "level", "state", "source", "sort_key"):
        assert getattr(union, name) == before[name], name
    sealed = (person.id_number, person.phone, person.sex, person.account_id, person.uuid)
    told = ("ethnicity", "education", "political_status")
    every_person = {field.name: "2" for field in Person._meta.fields if field.name not in told}
    as_(desk.cast.officer).post(
        url(person, "change"), every_person | {"name": "金丝雀更名", "work_form": "enterprise", "tags": ""}
    )
    person = Person.objects.get(pk=person.pk)
    assert person.name == "金丝雀更名"
    assert (person.id_number, person.phone, person.sex, person.account_id, person.uuid) == sealed


def test_an_officer_edits_no_union_above_or_beside(desk: Desk) -> None:
    for union in (desk.cast.township, desk.cast.neighbour):
        response = as_(desk.cast.officer).post(url(union, "change"), {"name": "改名工会", "kind": union.kind})
        assert response.status_code == 404
    assert not Union.objects.filter(name="改名工会").exists()


def test_a_new_union_stands_under_a_parent_within_reach(desk: Desk) -> None:
    client = as_(desk.cast.township_officer)
    add = reverse("admin:orgs_union_add")
    form = {
        "name": "新建基层工会",
        "level": "5",
        "kind": "independent",
        "unit_uscc": "",
        "uscc": "",
        "worker_count": "3",
    }
    client.post(add, form | {"parent": desk.cast.township.pk})
    assert Union.objects.get(name="新建基层工会").parent == desk.cast.township
    foreign = client.post(add, form | {"name": "越界工会", "parent": desk.cast.neighbour_township.pk})
    assert foreign.status_code == 200
    assert not Union.objects.filter(name="越界工会").exists()


def test_appoint_needs_name_and_phone_together(cast: Cast) -> None:
    worker = accounts.account(name="林小红")
    client = as_(cast.township_officer)
    today = timezone.localdate()
    form = SENT | {
        "name": "林小红",
        "phone": worker.phone,
        "role": Post.Role.CADRE,
        "starts_on": today.isoformat(),
        "ends_on": (today + timedelta(days=700)).isoformat(),
    }
    wrong = client.post(url(cast.union, "appoint"), form | {"name": "张三"})
    unknown = client.post(url(cast.union, "appoint"), form | {"phone": accounts.next_phone()})
    for response in (wrong, unknown):
        assert "没有找到手机号和姓名都相符的账号" in response.text
    assert not Post.objects.filter(account=worker).exists()
    client.post(url(cast.union, "appoint"), form)
    assert Post.objects.get(account=worker).union == cast.union


def test_appoint_offers_only_the_roles_one_may_give(cast: Cast) -> None:
    text = as_(cast.township_officer).get(url(cast.union, "appoint")).text
    assert ">工会主席</option>" in text
    assert ">系统管理员</option>" not in text
    forged = as_(cast.township_officer).post(
        url(cast.union, "appoint"), SENT | {"role": "admin", "name": "本会会员", "phone": cast.member.phone}
    )
    assert forged.status_code == 200
    assert not Post.objects.filter(account=cast.member).exists()


def test_moving_a_union_out_of_sight_leads_back_to_the_list(cast: Cast) -> None:
    form = SENT | {"parent": cast.neighbour_township.pk, "reason": "区划调整"}
    response = as_(cast.county_officer).post(url(cast.union, "move"), form)
    assert response["HX-Redirect"] == url(cast.union, "change")
    cast.union.refresh_from_db()
    assert cast.union.parent == cast.neighbour_township
    assert as_(cast.township_officer).post(url(cast.union, "move"), form).status_code == 404


def test_a_founding_is_seen_through_from_the_workbench(desk: Desk) -> None:
    registration = desk.rows["orgs.registration"]
    client = as_(desk.cast.township_officer)
    client.post(url(registration, "approve"), SENT)
    for _ in range(3):
        client.post(url(registration, "advance"), SENT)
    today = timezone.localdate().isoformat()
    client.post(url(registration, "establish"), SENT | {"elected_on": today, "years": "5"})
    registration.union.refresh_from_db()
    assert registration.union.is_established
    assert Post.objects.get(union=registration.union).account == registration.applicant


def test_switches_are_thrown_and_released_with_a_reason(cast: Cast) -> None:
    client = as_(cast.county_officer)
    throw = reverse("admin:core_flag_throw")
    try:
        assert as_(cast.township_officer).post(throw, SENT).status_code == 403
        client.post(throw, SENT | {"switch": "JOIN_PAUSED", "reason": "系统升级"})
        flag = Flag.objects.get()
        assert (flag.name, flag.reason) == ("JOIN_PAUSED", "系统升级")
        client.post(url(flag, "release"), SENT | {"reason": "升级完成"})
    finally:
        flags.forget()
    assert not Flag.objects.exists()
    row = AuditRow.objects.get(action="core:flag:release")
    assert (row.before, row.after) == ({"reason": "系统升级"}, {"reason": "升级完成"})


def test_the_calendar_is_corrected_and_the_correction_taken_back(cast: Cast) -> None:
    client = as_(cast.county_officer)
    client.post(
        reverse("admin:core_holiday_add"), {"day": "2027-02-20", "is_working": "on", "source": "国办发明电"}
    )
    holiday = Holiday.objects.get()
    assert holiday.is_working
    client.post(url(holiday, "remove"), SENT | {"reason": "录错"})
    assert not Holiday.objects.exists()
    assert set(
        AuditRow.objects.filter(action__startswith="core:holiday").values_list("action", flat=True)
    ) == {
        "core:holiday:set",
        "core:holiday:remove",
    }


def test_a_dialog_without_script_is_a_page_with_a_form(cast: Cast, client: Client) -> None:
    client.force_login(cast.officer)
    text = client.get(url(cast.union, "appoint")).text
    assert f'action="{url(cast.union, "appoint")}"' in text
