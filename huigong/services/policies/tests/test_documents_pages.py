"""Pages of documents, as everybody, as cadres, and as those of the neighbouring union."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from huigong.services.policies import operations
from huigong.services.policies.models import PaperForm, Policy
from huigong.services.policies.tests import factories
from tests.cast import Cast

ACTS = ("publish", "withdraw", "restore", "discard", "add-form", "edit")


def page(client: Client, name: str, *args: object, **query: object) -> str:
    response = client.get(reverse(f"policies:{name}", args=args), query)
    assert response.status_code == 200
    return response.content.decode()


def fetched(client: Client, form: PaperForm, **query: object) -> bytes:
    response = client.get(reverse("policies:form", args=[form.pk]), query)
    assert response["Content-Disposition"].startswith("attachment")
    return b"".join(response.streaming_content)  # type: ignore[arg-type]


def filled(cast: Cast, **fields: object) -> dict[str, object]:
    return {
        "union": cast.union.pk, "title": "慰问办法", "issuer": "本会", "level": "union", "topic": "aid",
        "issued_on": "2025-03-01", "text": "第一条\n第二条", "summary": "生日有蛋糕",
        "upload": SimpleUploadedFile("原件.pdf", b"%PDF-1.7 original"), **fields,
    }  # fmt: skip


def test_everybody_reads_a_document_without_logging_in(client: Client, cast: Cast) -> None:
    policy = factories.policy(cast.county, actor=cast.county_officer)
    assert policy.title in page(client, "index")
    shown = page(client, "detail", policy.pk)
    for words in ("现行有效", "每年最多帮扶两次。", "为做好困难职工帮扶工作", "惠工〔2025〕8号"):
        assert words in shown
    assert "没有找到“查无此事”" in page(client, "index", q="查无此事")
    assert client.get(reverse("policies:file", args=[policy.pk])).status_code == 404


def test_an_old_version_of_a_form_says_so_before_it_is_handed_out(client: Client, cast: Cast) -> None:
    policy = factories.policy(cast.county, actor=cast.county_officer)
    old = factories.paper(policy, actor=cast.county_officer, version="2025年版")
    new = factories.paper(policy, actor=cast.county_officer, version="2026年版")
    assert fetched(client, new) == b"%PDF-1.7 form"
    assert "现在用的是2026年版" in page(client, "form", old.pk)
    assert fetched(client, old, old=1) == b"%PDF-1.7 form"


def test_a_cadre_writes_publishes_corrects_and_takes_down(client: Client, cast: Cast) -> None:
    client.force_login(cast.officer)
    assert cast.union.name in page(client, "new")
    response = client.post(reverse("policies:new"), filled(cast))
    policy = Policy.objects.get()
    assert response["Location"] == reverse("policies:manage", args=[policy.pk])
    assert (policy.in_force_on, policy.body) == (policy.issued_on, "<p>第一条</p><p>第二条</p>")
    assert "原件.pdf" in page(client, "manage", policy.pk)
    upload = SimpleUploadedFile("表.pdf", b"%PDF-1.7 form")
    sent = {"name": "申请表", "version": "一版", "upload": upload}
    client.post(reverse("policies:add-form", args=[policy.pk]), sent)
    assert "申请表" in page(client, "manage", policy.pk)
    again = client.post(reverse("policies:add-form", args=[policy.pk]), {"name": "申请表"})
    assert again.status_code == 422
    client.post(reverse("policies:remove-form", args=[PaperForm.objects.get().pk]))
    assert not PaperForm.objects.exists()
    client.post(reverse("policies:publish", args=[policy.pk]))
    client.post(reverse("policies:edit", args=[policy.pk]), filled(cast, title="慰问办法（修订）", upload=""))
    client.post(reverse("policies:withdraw", args=[policy.pk]), {"reason": "重复了"})
    policy.refresh_from_db()
    assert (policy.title, policy.state) == ("慰问办法（修订）", "withdrawn")
    assert "重复了" in page(client, "manage", policy.pk)
    client.post(reverse("policies:restore", args=[policy.pk]))
    policy.refresh_from_db()
    assert policy.state == "published"


def test_what_was_typed_is_kept_when_something_is_missing(client: Client, cast: Cast) -> None:
    client.force_login(cast.officer)
    response = client.post(reverse("policies:new"), filled(cast, title="", ends_on="2025-01-01"))
    assert response.status_code == 422
    body = response.content.decode()
    assert "生日有蛋糕" in body
    assert "要晚于施行日期" in body
    assert not Policy.objects.exists()


def test_words_are_kept_when_the_file_is_refused(client: Client, cast: Cast) -> None:
    client.force_login(cast.officer)
    sent = filled(cast, upload=SimpleUploadedFile("安装.exe", b"MZ"))
    response = client.post(reverse("policies:new"), sent, follow=True)
    assert "原文件没有加上" in response.content.decode()
    assert Policy.objects.get().file is None


def test_the_list_of_a_cadre_finds_by_state_and_words(client: Client, cast: Cast) -> None:
    factories.policy(cast.union, actor=cast.officer, title="已发布的")
    factories.draft(cast.union, actor=cast.officer, title="还在写的")
    client.force_login(cast.officer)
    assert "还在写的" in page(client, "manage-index")
    assert "还在写的" not in page(client, "manage-index", stage="published")
    assert "还在写的" in page(client, "manage-index", q="在写")
    assert "没有找到文件" in page(client, "manage-index", q="查无此事")


def test_a_neighbouring_cadre_finds_and_changes_nothing(client: Client, cast: Cast) -> None:
    draft = factories.draft(cast.union, actor=cast.officer, title="内部办法")
    published = factories.policy(cast.union, actor=cast.officer, title="本会办法")
    form = factories.paper(published, actor=cast.officer)
    for account in (cast.neighbour_officer, cast.retired_officer, cast.member, cast.neighbour_member):
        client.force_login(account)
        for policy in (draft, published):
            for name in ("manage", "edit"):
                assert client.get(reverse(f"policies:{name}", args=[policy.pk])).status_code == 404
            for name in ACTS:
                sent = filled(cast, reason="外人", name="外人", version="1")
                assert client.post(reverse(f"policies:{name}", args=[policy.pk]), sent).status_code == 404
        assert client.get(reverse("policies:detail", args=[draft.pk])).status_code == 404
        assert client.post(reverse("policies:remove-form", args=[form.pk])).status_code == 404
        assert client.post(reverse("policies:new"), filled(cast, title="外人写的")).status_code == 404
    assert sorted(Policy.objects.values_list("title", "state")) == [
        ("内部办法", "draft"),
        ("本会办法", "published"),
    ]
    assert PaperForm.objects.get() == form


def test_a_document_taken_down_is_gone_for_everybody(client: Client, cast: Cast) -> None:
    policy = factories.policy(cast.union, actor=cast.officer)
    form = factories.paper(policy, actor=cast.officer)
    operations.withdraw(policy, actor=cast.officer, reason="错了")
    client.force_login(cast.member)
    assert policy.title not in page(client, "index")
    assert client.get(reverse("policies:detail", args=[policy.pk])).status_code == 404
    assert client.get(reverse("policies:form", args=[form.pk])).status_code == 404
