"""Pages of notices, as members and cadres of this and of the neighbouring union."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from huigong.core.models import AuditRow
from huigong.people.accounts.tests import factories as accounts
from huigong.people.membership import queries as membership
from huigong.people.membership.tests import factories as people
from huigong.people.orgs.tests import factories as unions
from huigong.services.notices import operations, queries
from huigong.services.notices.models import Notice, Reading, SavedAudience
from huigong.services.notices.tests import factories
from tests.cast import Cast


def page(client: Client, name: str, *args: object, **query: object) -> str:
    response = client.get(reverse(f"notices:{name}", args=args), query)
    assert response.status_code == 200
    return response.content.decode()


def filled(cast: Cast, **fields: object) -> dict[str, object]:
    return {"union": cast.union.pk, "title": "停水通知", "text": "周六停水。\n请提前储水。", **fields}


# --- Members


def test_a_member_reads_and_the_badge_goes_out(client: Client, cast: Cast) -> None:
    notice = factories.notice(cast.union, actor=cast.officer)
    client.force_login(cast.member)
    home = page_of_home(client)
    assert notice.title in home
    assert "<span>1</span>" in home
    shown = page(client, "index")
    assert "未读：" in shown
    assert notice.title in page(client, "detail", notice.pk)
    assert not Reading.objects.exists()  # looking at the address marks nothing; the page itself asks to
    response = client.post(reverse("notices:read", args=[notice.pk]), headers={"HX-Request": "true"})
    assert response.status_code == 204
    assert "未读：" not in page(client, "index")
    assert client.get(reverse("portal:unread")).json() == {"unread": 0}


def page_of_home(client: Client) -> str:
    return client.get("/").content.decode()


def test_a_member_confirms_and_sees_when(client: Client, cast: Cast) -> None:
    notice = factories.notice(cast.union, actor=cast.officer, asks_confirmation=True)
    client.force_login(cast.member)
    assert "我已知悉" in page(client, "detail", notice.pk)
    assert client.post(reverse("notices:confirm", args=[notice.pk])).status_code == 302
    shown = page(client, "detail", notice.pk)
    assert "我已知悉" not in shown
    assert "确认。" in shown
    assert "已确认" in page(client, "index")


def test_a_withdrawn_notice_is_gone_for_members_and_kept_for_cadres(client: Client, cast: Cast) -> None:
    notice = factories.notice(cast.union, actor=cast.officer)
    operations.withdraw(notice, actor=cast.officer, reason="日期写错了")
    client.force_login(cast.member)
    assert client.get(reverse("notices:detail", args=[notice.pk])).status_code == 404
    client.force_login(cast.officer)
    assert "日期写错了" in page(client, "manage", notice.pk)


def test_documents_are_handed_out_as_downloads_to_whom_the_notice_means(client: Client, cast: Cast) -> None:
    client.force_login(cast.officer)
    upload = SimpleUploadedFile("附表.pdf", b"%PDF-1.7 hello")
    client.post(reverse("notices:new"), filled(cast, uploads=[upload]))
    notice = Notice.objects.get()
    address = reverse("notices:attachment", args=[notice.attachments.get().pk])
    client.force_login(cast.member)
    assert client.get(address).status_code == 404  # a draft's are nobody's yet
    operations.publish(notice, actor=cast.officer)
    response = client.get(address)
    assert b"".join(response.streaming_content) == b"%PDF-1.7 hello"
    assert response["Content-Disposition"].startswith("attachment;")
    assert "sandbox" in response["Content-Security-Policy"]
    client.force_login(cast.neighbour_member)
    assert client.get(address).status_code == 404


# --- Cadres


def test_a_cadre_writes_looks_who_is_meant_and_publishes(client: Client, cast: Cast) -> None:
    client.force_login(cast.officer)
    assert cast.union.name in page(client, "new")
    response = client.post(reverse("notices:new"), filled(cast))
    notice = Notice.objects.get()
    assert response["Location"] == reverse("notices:manage", args=[notice.pk])
    desk = page(client, "manage", notice.pk)
    assert "马上发给 1 名会员" in desk
    assert "本**员" in desk
    assert notice.body == "<p>周六停水。</p><p>请提前储水。</p>"
    client.post(reverse("notices:publish", args=[notice.pk]))
    client.post(reverse("notices:remind", args=[notice.pk]))
    assert "提醒正在发出" in page(client, "manage", notice.pk)
    client.post(reverse("notices:withdraw", args=[notice.pk]), {"reason": "停水改期"})
    notice.refresh_from_db()
    assert (notice.state, notice.withdrawn_reason) == ("withdrawn", "停水改期")


def test_what_was_typed_is_kept_when_something_is_missing(client: Client, cast: Cast) -> None:
    client.force_login(cast.officer)
    response = client.post(
        reverse("notices:new"), filled(cast, title="", **{"a-min_age": 60, "a-max_age": 20})
    )
    assert response.status_code == 422
    body = response.content.decode()
    assert "请提前储水。" in body
    assert "不能小于起始年龄" in body
    assert not Notice.objects.exists()


def test_words_are_kept_when_a_document_is_refused(client: Client, cast: Cast) -> None:
    client.force_login(cast.officer)
    upload = SimpleUploadedFile("安装.exe", b"MZ")
    response = client.post(reverse("notices:new"), filled(cast, uploads=[upload]), follow=True)
    assert Notice.objects.get().title == "停水通知"
    assert "附件没有加上" in response.content.decode()
    assert not Notice.objects.get().attachments.exists()


def test_the_export_has_a_row_for_each_union_and_leaves_a_trail(client: Client, cast: Cast) -> None:
    notice = factories.notice(cast.county, actor=cast.county_officer)
    client.force_login(cast.county_officer)
    response = client.post(reverse("notices:export", args=[notice.pk]))
    assert response["Content-Type"].endswith("spreadsheetml.sheet")
    assert AuditRow.objects.filter(action="notices:notice:export").count() == 1


def test_the_sender_reads_by_name_who_has_not_read(client: Client, cast: Cast) -> None:
    notice = factories.notice(cast.union, actor=cast.officer, asks_confirmation=True)
    for name in ("陈阿一", "林阿二", "王阿三"):
        people.member_account(cast.union, name=name)
    reader = membership.member_of(cast.member)
    assert reader
    operations.mark_read(notice, member=reader)
    client.force_login(cast.officer)
    shown = page(client, "unread", notice.pk)
    assert [name in shown for name in ("陈阿一", "林阿二", "王阿三", "本会会员", "已读未确认")] == [True] * 5
    operations.confirm(notice, member=reader, actor=cast.member)
    assert "本会会员" not in page(client, "unread", notice.pk)
    response = client.post(reverse("notices:export-unread", args=[notice.pk]))
    assert response["Content-Type"].endswith("spreadsheetml.sheet")
    b"".join(response.streaming_content)
    assert AuditRow.objects.get(action="notices:notice:export").after == {"what": "names"}


def test_an_editor_sees_masked_names_and_takes_no_list_out(client: Client, cast: Cast) -> None:
    notice = factories.notice(cast.union, actor=cast.officer)
    editor = accounts.account(name="编辑")
    unions.post(editor, cast.union, "editor")
    client.force_login(editor)
    shown = page(client, "unread", notice.pk)
    assert "本**员" in shown
    assert "本会会员" not in shown
    assert "导出名单" not in shown
    assert client.post(reverse("notices:export-unread", args=[notice.pk])).status_code == 403


def test_pages_of_names_follow_each_other_and_drafts_have_none(client: Client, cast: Cast) -> None:
    for number in range(6):
        people.member_account(cast.union, name=f"林阿{'一二三四五六'[number]}")
    notice = factories.notice(cast.union, actor=cast.officer)
    seen, after = [], None
    while True:
        found = queries.unread_page(notice, cast.officer, after=after, limit=3)
        seen += [row.person_id for row in found.rows]
        after = found.next
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 7
    assert seen == [row.person_id for row in queries.unread_all(notice, cast.officer)]
    client.force_login(cast.officer)
    draft = factories.draft(cast.union, actor=cast.officer)
    assert client.get(reverse("notices:unread", args=[draft.pk])).status_code == 404


def test_an_audience_is_kept_chosen_when_writing_and_forgotten(client: Client, cast: Cast) -> None:
    rule = membership.Rule(sex="2", min_age=35)
    notice = factories.draft(cast.union, actor=cast.officer, rule=rule)
    client.force_login(cast.officer)
    keep = reverse("notices:save-audience", args=[notice.pk])
    assert client.post(keep, {"name": ""}).status_code == 422
    assert client.post(keep, {"name": "中年女职工"}).status_code == 302
    assert client.post(keep, {"name": "中年女职工"}).status_code == 422
    saved = SavedAudience.objects.get()
    assert "中年女职工" in page(client, "new")
    assert 'value="35"' not in page(client, "new")
    assert 'value="35"' in page(client, "new", audience=saved.pk)
    assert "女职工 · 35 岁以上" in page(client, "audiences")
    forget = reverse("notices:forget-audience", args=[saved.pk])
    client.force_login(cast.neighbour_officer)
    assert client.post(forget).status_code == 404
    assert client.get(reverse("notices:new"), {"audience": saved.pk}).status_code == 404
    assert "中年女职工" not in page(client, "audiences")
    client.force_login(cast.officer)
    client.post(forget)
    assert not SavedAudience.objects.exists()
    notice.refresh_from_db()
    assert notice.audience["min_age"] == 35


def test_a_draft_is_copied_edited_and_thrown_away(client: Client, cast: Cast) -> None:
    notice = factories.notice(cast.union, actor=cast.officer)
    client.force_login(cast.officer)
    response = client.post(reverse("notices:copy", args=[notice.pk]))
    made = Notice.objects.get(state="draft")
    assert response["Location"] == reverse("notices:edit", args=[made.pk])
    assert "请各位会员核对银行卡号" in page(client, "edit", made.pk)
    client.post(reverse("notices:edit", args=[made.pk]), filled(cast, title="新的"))
    made.refresh_from_db()
    assert made.title == "新的"
    client.post(reverse("notices:discard", args=[made.pk]))
    assert list(Notice.objects.all()) == [notice]


def test_the_list_finds_by_state_and_words(client: Client, cast: Cast) -> None:
    factories.notice(cast.union, actor=cast.officer, title="春节放假")
    factories.draft(cast.union, actor=cast.officer, title="体检安排")
    client.force_login(cast.officer)
    assert "体检安排" in page(client, "manage-index")
    assert "体检安排" not in page(client, "manage-index", stage="published")
    found = page(client, "manage-index", q="体检")
    assert "体检安排" in found
    assert "春节放假" not in found
    assert "没有找到通知" in page(client, "manage-index", q="查无此事")


def test_a_neighbouring_cadre_finds_and_changes_nothing(client: Client, cast: Cast) -> None:
    draft = factories.draft(cast.union, actor=cast.officer, title="内部通知")
    published = factories.notice(cast.union, actor=cast.officer, title="本会通知")
    for account in (cast.neighbour_officer, cast.retired_officer, cast.neighbour_member):
        client.force_login(account)
        for notice in (draft, published):
            for name in ("detail", "manage", "edit", "unread"):
                assert client.get(reverse(f"notices:{name}", args=[notice.pk])).status_code == 404
            for name in (
                "publish",
                "withdraw",
                "remind",
                "copy",
                "discard",
                "export",
                "export-unread",
                "edit",
                "read",
                "confirm",
            ):
                sent = filled(cast, reason="外人")
                assert client.post(reverse(f"notices:{name}", args=[notice.pk]), sent).status_code == 404
        sent = filled(cast, title="外人写的")
        assert client.post(reverse("notices:new"), sent).status_code == 404
    client.force_login(cast.neighbour_officer)
    assert "通知" not in page(client, "manage-index").split("results")[1].replace(
        "还没有发过通知", ""
    ).replace("写通知", "")
    assert sorted(Notice.objects.values_list("title", "state")) == [
        ("内部通知", "draft"),
        ("本会通知", "published"),
    ]
    assert not Reading.objects.exists()
