"""Pages of conversations: the author's, the union's, and nothing for anybody else."""

import io
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from huigong.core.models import AuditRow
from huigong.people.membership.tests import factories as people
from huigong.services.conversations import operations
from huigong.services.conversations.models import Enclosure, Message, Thread
from huigong.services.conversations.tests.factories import PDF, answered, letter, thread
from tests.cast import Cast

HTMX = {"HX-Request": "true"}
WRITES = (
    *("send", "read", "answer-forwarding", "close", "reopen", "rate"),
    *("desk-send", "desk-read", "assign", "forward", "desk-close", "desk-reopen"),
)
SECRET = "内部话不给人看"


def page(client: Client, name: str, *args: object, **query: object) -> str:
    response = client.get(reverse(f"conversations:{name}", args=args), query)
    assert response.status_code == 200
    return response.content.decode()


def photo() -> SimpleUploadedFile:
    file = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(file, "JPEG")
    return SimpleUploadedFile("工位.jpg", file.getvalue(), "image/jpeg")


def queries_of(client: Client, name: str, *args: object) -> int:
    with CaptureQueriesContext(connection) as captured:
        page(client, name, *args)
    return len(captured)


# --- The worker


def test_a_worker_writes_and_finds_it(client: Client, cast: Cast) -> None:
    client.force_login(cast.member)
    html = page(client, "new", kind="suggestion")
    assert "职工维权" in html
    sent = {"kind": "suggestion", "title": "换食堂", "text": "菜太咸", "key": uuid4(), "uploads": [photo()]}
    response = client.post(reverse("conversations:new"), sent)
    made = Thread.objects.get()
    assert response["Location"] == f"/conversations/{made.pk}/"
    again = client.post(reverse("conversations:new"), sent | {"uploads": [photo()]})
    assert again["Location"] == response["Location"]
    assert "换食堂" in page(client, "index")
    talk = page(client, "detail", made.pk)
    assert "菜太咸" in talk
    picture = client.get(reverse("conversations:enclosure", args=[Enclosure.objects.get().pk]))
    assert picture["Content-Type"] in ("image/png", "image/jpeg")
    picture.close()


def test_mistakes_are_marked_and_what_was_written_stays(client: Client, cast: Cast) -> None:
    client.force_login(cast.member)
    bad = SimpleUploadedFile("安装.exe", b"MZ")
    sent = {"kind": "help", "title": "求助", "text": "我写了很多", "key": uuid4(), "uploads": [bad]}
    response = client.post(reverse("conversations:new"), sent)
    assert response.status_code == 422
    assert "我写了很多" in response.content.decode()
    assert "安装.exe" in response.content.decode()
    assert not Thread.objects.exists()


def test_an_answer_shows_the_rating_and_words_about_the_employer_the_other_path(
    client: Client, cast: Cast
) -> None:
    made = answered(cast.member, cast.union, cast.officer, text="单位拖欠工资两个月")
    client.force_login(cast.member)
    assert "走<a" in page(client, "detail", made.pk)
    assert client.post(reverse("conversations:rate", args=[made.pk]), {"stars": "5"}).status_code == 302
    assert "★★★★★" in page(client, "detail", made.pk)
    client.post(reverse("conversations:close", args=[made.pk]))
    assert "重新打开" in page(client, "detail", made.pk)
    client.post(reverse("conversations:reopen", args=[made.pk]))
    made.refresh_from_db()
    assert made.state == "reopened"


def test_newer_gives_only_what_the_page_has_not(client: Client, cast: Cast) -> None:
    made = thread(cast.member, text="第一句")
    operations.reply(made, union=cast.union, letter=letter("第二句"), actor=cast.officer, is_answer=False)
    first, second = Message.objects.order_by("id")
    client.force_login(cast.member)
    html = page(client, "newer", made.pk, after=first.pk)
    assert "第一句" not in html
    assert "第二句" in html
    assert "第二句" not in page(client, "newer", made.pk, after=second.pk)


def test_the_composer_gets_what_is_new_and_a_new_key(client: Client, cast: Cast) -> None:
    made = thread(cast.member)
    client.force_login(cast.member)
    sent = {"text": "再说", "key": uuid4(), "after": Message.objects.get().pk}
    for _ in range(2):
        response = client.post(reverse("conversations:send", args=[made.pk]), sent, headers=HTMX)
        assert response.content.decode().count("再说") == 1
        assert f'data-key="{sent["key"]}"' not in response.content.decode()
    assert Message.objects.filter(text="再说").count() == 1


def test_opening_marks_nothing_until_the_page_asks(client: Client, cast: Cast) -> None:
    made = thread(cast.member)
    client.force_login(cast.officer)
    page(client, "desk", made.pk)
    made.refresh_from_db()
    assert made.state == "new"
    assert client.post(reverse("conversations:desk-read", args=[made.pk])).status_code == 204
    made.refresh_from_db()
    assert made.state == "read"


# --- The cadre


def test_a_cadre_answers_notes_and_assigns(client: Client, cast: Cast) -> None:
    made = thread(cast.member, title="互助金")
    operations.save_canned(cast.union, title="互助", text="带发票来", actor=cast.officer)
    client.force_login(cast.officer)
    assert "互助金" in page(client, "manage-index")
    assert "带发票来" in page(client, "desk", made.pk)
    send = reverse("conversations:desk-send", args=[made.pk])
    client.post(send, {"text": SECRET, "key": uuid4(), "as": "note"})
    client.post(reverse("conversations:assign", args=[made.pk]), {"to": cast.officer.pk})
    assert "互助金" in page(client, "manage-index", show="mine")
    client.post(send, {"text": "带发票", "key": uuid4(), "as": "answer"})
    made.refresh_from_db()
    assert (made.state, made.assignee) == ("answered", cast.officer)
    assert SECRET in page(client, "desk", made.pk)
    assert "互助金" not in page(client, "manage-index")
    assert "互助金" in page(client, "manage-index", show="answered")
    client.post(reverse("conversations:desk-close", args=[made.pk]))
    made.refresh_from_db()
    assert made.state == "closed"


def test_no_page_of_the_worker_says_what_colleagues_noted(client: Client, cast: Cast) -> None:
    made = answered(cast.member, cast.union, cast.officer)
    operations.note(made, union=cast.union, letter=letter(SECRET), actor=cast.officer)
    client.force_login(cast.member)
    pages = [page(client, name, made.pk) for name in ("detail", "newer")]
    sent = client.post(
        reverse("conversations:send", args=[made.pk]), {"text": "好", "key": uuid4()}, headers=HTMX
    )
    pages += [page(client, "index"), sent.content.decode(), client.get("/inbox/").content.decode()]
    pages += [client.get("/").content.decode(), client.get(reverse("portal:my-union")).content.decode()]
    assert not any(SECRET in html for html in pages)
    assert not AuditRow.objects.filter(target_label__contains=SECRET).exists()


def test_a_cadre_asks_and_the_worker_agrees_to_forward(client: Client, cast: Cast) -> None:
    made = thread(cast.member)
    client.force_login(cast.officer)
    assert "转给别的工会" in page(client, "desk", made.pk)
    asked = client.post(
        reverse("conversations:forward", args=[made.pk]), {"to": cast.township.pk, "reason": "归镇里管"}
    )
    assert asked.status_code == 302
    client.force_login(cast.member)
    assert "同意转办" in page(client, "newer", made.pk)
    client.post(reverse("conversations:answer-forwarding", args=[made.pk]), {"agrees": "yes"})
    assert "同意转办</button>" not in page(client, "detail", made.pk)
    client.force_login(cast.township_officer)
    assert made.title in page(client, "manage-index")


def test_a_union_writes_to_the_one_above_and_reads_the_answer(client: Client, cast: Cast) -> None:
    client.force_login(cast.officer)
    assert cast.township.name in page(client, "letter")
    sent = {"home": cast.union.pk, "to": cast.township.pk, "title": "请示", "text": "请批复", "key": uuid4()}
    response = client.post(reverse("conversations:letter"), sent)
    made = Thread.objects.get()
    assert response["Location"] == f"/conversations/manage/{made.pk}/"
    client.post(reverse("conversations:desk-send", args=[made.pk]), {"text": "补一句", "key": uuid4()})
    assert set(Message.objects.values_list("kind", flat=True)) == {"words"}
    client.force_login(cast.township_officer)
    client.post(
        reverse("conversations:desk-send", args=[made.pk]), {"text": "同意", "key": uuid4(), "as": "answer"}
    )
    client.force_login(cast.officer)
    assert "同意" in page(client, "desk", made.pk)
    client.post(reverse("conversations:desk-read", args=[made.pk]))
    made.refresh_from_db()
    assert not made.is_new_to_author


# --- Anybody else


def test_others_find_nothing_and_change_nothing(client: Client, cast: Cast) -> None:
    made = thread(cast.member, title="别人的事")
    operations.write(made, letter=letter("附件", (PDF, "证明.pdf")), actor=cast.member)
    canned = operations.save_canned(cast.union, title="互助", text="带发票来", actor=cast.officer)
    colleague = people.member_account(cast.union, name="同会工友")
    before = list(Thread.objects.values()), list(Message.objects.values())
    outsiders = (
        colleague,
        cast.neighbour_member,
        cast.neighbour_officer,
        cast.township_officer,
        cast.county_officer,
        cast.retired_officer,
        cast.applicant,
    )
    sent = {"text": "x", "key": str(uuid4()), "as": "answer", "stars": "1", "to": cast.officer.pk}
    for outsider in outsiders:
        client.force_login(outsider)
        for name in ("detail", "newer", "desk", "desk-newer"):
            assert client.get(reverse(f"conversations:{name}", args=[made.pk])).status_code == 404, name
        for name in WRITES:
            assert client.post(reverse(f"conversations:{name}", args=[made.pk]), sent).status_code == 404, (
                name
            )
        file = reverse("conversations:enclosure", args=[Enclosure.objects.get().pk])
        assert client.get(file).status_code == 404
        assert client.get(reverse("conversations:canned", args=[cast.union.pk])).status_code == 404
        assert client.post(reverse("conversations:remove-canned", args=[canned.pk])).status_code == 404
        lists = client.get(reverse("conversations:index")), client.get(reverse("conversations:manage-index"))
        assert not any("别人的事" in answer.content.decode() for answer in lists)
    assert (list(Thread.objects.values()), list(Message.objects.values())) == before


def test_the_author_does_not_enter_the_desk_and_the_cadre_not_the_authors_page(
    client: Client, cast: Cast
) -> None:
    made = thread(cast.member)
    client.force_login(cast.member)
    assert client.get(reverse("conversations:desk", args=[made.pk])).status_code == 404
    client.force_login(cast.officer)
    assert client.get(reverse("conversations:detail", args=[made.pk])).status_code == 404


# --- Cost


def test_lists_and_talks_cost_the_same_however_long_they_are(client: Client, cast: Cast) -> None:
    short = thread(cast.member)
    one = Client(), Client()
    one[0].force_login(cast.member)
    one[1].force_login(cast.officer)
    before = [
        queries_of(one[0], "index"), queries_of(one[1], "manage-index"),
        queries_of(one[0], "detail", short.pk), queries_of(one[1], "desk", short.pk),
    ]  # fmt: skip
    long = thread(cast.member)
    for number in range(14):
        operations.write(long, letter=letter(f"问{number}", (PDF, "a.pdf")), actor=cast.member)
        operations.reply(long, union=cast.union, letter=letter("答"), actor=cast.officer, is_answer=False)
    thread(cast.member)
    after = [
        queries_of(one[0], "index"), queries_of(one[1], "manage-index"),
        queries_of(one[0], "detail", long.pk), queries_of(one[1], "desk", long.pk),
    ]  # fmt: skip
    assert after[:2] == before[:2]
    # the files of all messages are one more question, however many there are
    assert [more - less for more, less in zip(after[2:], before[2:], strict=True)] == [1, 1]
