"""Pages of news, as readers, editors and reviewers of this and of the neighbouring union."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from huigong.core.audit import SYSTEM
from huigong.core.errors import Refused
from huigong.core.tests.recordings import mp4
from huigong.people.inbox.models import Message
from huigong.people.membership import queries as membership
from huigong.people.membership.queries import Rule
from huigong.services.news import operations, queries
from huigong.services.news.models import Article, Attachment, Channel, Follow, ReviewPlan
from huigong.services.news.tests import factories
from tests.cast import Cast


def page(client: Client, name: str, *args: object, **query: object) -> str:
    response = client.get(reverse(f"news:{name}", args=args), query)
    assert response.status_code == 200
    return response.content.decode()


def status(client: Client, name: str, *args: object) -> int:
    return client.get(reverse(f"news:{name}", args=args)).status_code


def post(client: Client, name: str, /, *args: object, **sent: object) -> object:
    return client.post(reverse(f"news:{name}", args=args), sent)


def filled(cast: Cast, **fields: object) -> dict[str, object]:
    channel = factories.channel()
    values = {"union": cast.union.pk, "channel": channel.pk, "title": "食堂换了新灶", "text": "今天开灶。"}
    return {**values, **fields}


# --- Readers


def test_an_article_for_everybody_is_open_to_all_and_one_of_a_union_to_its_members(
    client: Client, cast: Cast
) -> None:
    public = factories.article(cast.county, actor=cast.county_officer, title="县总新闻")
    inner = factories.article(cast.union, actor=cast.officer, title="厂里的事")
    women = factories.article(cast.county, actor=cast.county_officer, title="女职工之家", rule=Rule(sex="2"))
    assert "县总新闻" in page(client, "index")
    assert [status(client, "detail", each.pk) for each in (public, inner, women)] == [200, 404, 404]
    client.force_login(cast.member)
    assert [status(client, "detail", each.pk) for each in (public, inner, women)] == [200, 200, 404]
    client.force_login(cast.neighbour_member)
    assert [status(client, "detail", each.pk) for each in (public, inner, women)] == [200, 404, 404]
    assert "厂里的事" not in page(client, "index")


def test_a_withdrawn_article_is_gone_by_page_search_list_and_old_message(client: Client, cast: Cast) -> None:
    member = membership.member_of(cast.member)
    assert member
    operations.follow(factories.channel(), member=member)
    article = factories.article(cast.union, actor=cast.officer)
    operations.index_words()
    operations.tell_followers(article.pk)
    message = Message.objects.get(account=cast.member)
    assert len(queries.search(cast.member, "技能比武", 5)) == 1
    operations.withdraw(article, actor=cast.officer, reason="数字有误")
    client.force_login(cast.member)
    assert status(client, "detail", article.pk) == 404
    assert client.post(reverse("inbox:open", args=[message.pk])).status_code == 404
    assert queries.search(cast.member, "技能比武", 5) == []
    assert article.title not in page(client, "index")
    assert article.title not in client.get("/").content.decode()


def test_every_item_says_why_and_time_order_says_nothing(client: Client, cast: Cast) -> None:
    factories.article(cast.union, actor=cast.officer, title="厂里的事")
    factories.article(cast.township, actor=cast.township_officer, title="镇里的事", key="guide")
    factories.article(cast.county, actor=cast.county_officer, title="县里的事")
    client.force_login(cast.member)
    mine = page(client, "index")
    assert mine.index("厂里的事") < mine.index("镇里的事") < mine.index("县里的事")
    for why in ("您所在的工会", "您的上级工会", "最新发布"):
        assert why in mine
    plain = page(client, "index", order="time")
    assert plain.index("县里的事") < plain.index("镇里的事") < plain.index("厂里的事")
    assert "您所在的工会" not in plain


def test_following_a_channel_moves_it_ahead_and_can_be_undone(client: Client, cast: Cast) -> None:
    guide = factories.channel("guide")
    factories.article(cast.county, actor=cast.county_officer, title="怎么办互助", key="guide")
    factories.article(cast.county, actor=cast.county_officer, title="县里的事")
    client.force_login(cast.member)
    before = page(client, "index")
    assert before.index("县里的事") < before.index("怎么办互助")
    post(client, "follow", guide.pk, on="1")
    after = page(client, "index")
    assert after.index("怎么办互助") < after.index("县里的事")
    assert "您关注了服务指南" in after
    post(client, "follow", guide.pk)
    assert not Follow.objects.exists()


def test_pages_of_the_list_follow_each_other_without_gap(client: Client, cast: Cast) -> None:
    for number in range(15):
        factories.article(cast.county, actor=cast.county_officer, title=f"第{number:02}篇")
    member = membership.member_of(cast.member)
    for by_time in (True, False):
        seen, cursor = [], ""
        while True:
            found = queries.page(member, cast.member, by_time=by_time, cursor=cursor, limit=4)
            seen += [card.title for card in found.cards]
            cursor = found.next
            if not cursor:
                break
        assert seen == [f"第{number:02}篇" for number in reversed(range(15))]
    assert queries.page(None, cast.applicant, cursor="irgendwas").cards == []


def test_the_list_asks_as_much_for_many_as_for_one(client: Client, cast: Cast) -> None:
    client.force_login(cast.member)
    page(client, "index")
    counts = []
    for number in range(3):
        factories.article(cast.county, actor=cast.county_officer, title=f"第{number}篇")
        with CaptureQueriesContext(connection) as captured:
            page(client, "index")
        counts.append(len(captured))
    assert counts[0] == counts[2]


def test_the_page_offers_size_sharing_and_reading_aloud(client: Client, cast: Cast) -> None:
    article = factories.article(
        cast.county,
        actor=cast.county_officer,
        source="县融媒体中心",
        source_url="https://example.com/1",
        is_machine_made=True,
    )
    shown = page(client, "detail", article.pk)
    for words in ("字号", "data-aloud hidden", "分享给工友", "来源：县融媒体中心", "人工智能", "<svg"):
        assert words in shown


# --- Editors and reviewers


def test_an_editor_writes_submits_and_a_reviewer_publishes(client: Client, cast: Cast) -> None:
    editor = factories.editor(cast.union)
    client.force_login(editor)
    response = post(client, "new", **filled(cast, drawing="law"))
    article = Article.objects.get()
    assert response["Location"] == reverse("news:manage", args=[article.pk])  # type: ignore[index]
    assert article.body == "<p>今天开灶。</p>"
    assert "食堂换了新灶" in page(client, "preview", article.pk)
    post(client, "submit", article.pk)
    assert post(client, "approve", article.pk).status_code == 403  # type: ignore[attr-defined]
    client.force_login(cast.officer)
    assert "食堂换了新灶" in page(client, "manage-index", stage="mine")
    assert "等您审核" in page(client, "manage", article.pk)
    post(client, "approve", article.pk, remark="可以")
    article.refresh_from_db()
    assert article.state == "published"
    client.force_login(cast.member)
    assert "食堂换了新灶" in page(client, "detail", article.pk)


def test_an_own_review_is_refused_by_page_as_by_operation(client: Client, cast: Cast) -> None:
    article = factories.submitted(cast.union, actor=cast.officer)
    client.force_login(cast.officer)
    assert "act-approve" not in page(client, "manage", article.pk)
    response = client.post(reverse("news:approve", args=[article.pk]))
    assert response.status_code == 403
    article.refresh_from_db()
    assert article.state == "reviewing"


def test_returned_work_shows_the_reason_and_versions_show_the_change(client: Client, cast: Cast) -> None:
    article = factories.submitted(cast.union, actor=cast.officer)
    operations.return_article(article, actor=factories.colleague(cast.union), reason="人数写错")
    client.force_login(cast.officer)
    assert "人数写错" in page(client, "manage", article.pk)
    sent = filled(cast, title=article.title, summary="三个项目，四十六名工匠。", text="今天上午开赛。")
    post(client, "edit", article.pk, **sent)
    shown = page(client, "versions", article.pk)
    assert "<del>四十名</del>" in shown
    assert "<ins>四十六名</ins>" in shown
    assert "删去一段" in shown
    assert "第 1 版全文" in page(client, "versions", article.pk, number=1)
    assert client.get(reverse("news:versions", args=[article.pk]), {"number": 9}).status_code == 404


def test_what_was_typed_is_kept_when_something_is_missing(client: Client, cast: Cast) -> None:
    client.force_login(cast.officer)
    sent = filled(cast, title="", source_url="https://example.com/1", publish_at="2020-01-01T08:00")
    response = client.post(reverse("news:new"), sent)
    assert response.status_code == 422
    body = response.content.decode()
    for words in ("今天开灶。", "请填写标题", "请写明来源单位", "要晚于现在"):
        assert words in body
    assert not Article.objects.exists()


def test_a_broken_cover_and_a_program_are_told_and_the_words_are_kept(client: Client, cast: Cast) -> None:
    client.force_login(cast.officer)
    cover = SimpleUploadedFile("x.jpg", b"no picture")
    response = client.post(reverse("news:new"), filled(cast, upload=cover))
    assert "这不是图片" in response.content.decode()
    program = SimpleUploadedFile("安装.exe", b"MZ")
    response = client.post(reverse("news:new"), filled(cast, uploads=[program]), follow=True)
    assert "附件没有加上" in response.content.decode()
    assert Article.objects.count() == 1


def test_the_office_of_the_platform_sets_channels_and_reviews(client: Client, cast: Cast) -> None:
    factories.channel()
    client.force_login(cast.county_officer)
    assert "乡镇街道工会的文章" in page(client, "settings")
    sent = {"name": "女职工", "key": "women", "note": "", "place": 9, "is_open": "on"}
    post(client, "new-channel", **sent)
    channel = Channel.objects.get(key="women")
    post(client, "edit-channel", channel.pk, **{**sent, "name": "女职工之家", "is_open": ""})
    channel.refresh_from_db()
    assert (channel.name, channel.is_open) == ("女职工之家", False)
    assert client.post(reverse("news:new-channel"), {**sent, "name": "女职工之家"}).status_code == 422
    post(client, "plan", 4, **{"l4-step0": "own", "l4-step1": "", "l4-step2": "top"})
    assert ReviewPlan.objects.get(level=4).steps == ["own", "top"]
    client.force_login(cast.officer)
    for name, args in (("settings", ()), ("new-channel", ()), ("edit-channel", (channel.pk,))):
        assert status(client, name, *args) == 403
    assert client.post(reverse("news:plan", args=[4])).status_code == 403


@pytest.mark.parametrize("state", ["draft", "reviewing", "published"])
def test_outsiders_find_and_change_nothing(client: Client, cast: Cast, state: str) -> None:
    made = {"draft": factories.draft, "reviewing": factories.submitted, "published": factories.article}[state]
    article = made(cast.union, actor=cast.officer, title="厂里的事")
    operations.index_words()
    acts = ("submit", "call-back", "approve", "return", "withdraw", "copy", "discard", "edit")
    for account in (cast.neighbour_officer, cast.neighbour_member, cast.retired_officer, cast.applicant):
        client.force_login(account)
        for name in ("detail", "manage", "edit", "preview", "versions"):
            assert status(client, name, article.pk) == 404
        for name in acts:
            sent = filled(cast, reason="外人", remark="外人")
            assert client.post(reverse(f"news:{name}", args=[article.pk]), sent).status_code == 404
        assert client.post(reverse("news:new"), filled(cast)).status_code == 404
        assert queries.search(account, "厂里的事", 5) == []
        assert "厂里的事" not in page(client, "index")
    assert list(Article.objects.values_list("title", "state")) == [("厂里的事", state)]


def test_members_find_no_draft_of_their_own_union(client: Client, cast: Cast) -> None:
    draft = factories.draft(cast.union, actor=cast.officer)
    operations.index_words()
    client.force_login(cast.member)
    assert status(client, "detail", draft.pk) == 404
    assert queries.search(cast.member, "技能比武", 5) == []
    operations.attach(draft, [(SimpleUploadedFile("a.pdf", b"%PDF-1.7"), "a.pdf")], actor=cast.officer)
    assert status(client, "attachment", draft.attachments.get().pk) == 404
    operations.set_plan(cast.union.level, steps=[], actor=SYSTEM)
    operations.submit(draft, actor=cast.officer)
    response = client.get(reverse("news:attachment", args=[draft.attachments.get().pk]))
    assert b"".join(response.streaming_content) == b"%PDF-1.7"


def test_search_finds_words_beginnings_and_initials_the_title_first(cast: Cast) -> None:
    other = factories.article(cast.county, actor=cast.county_officer, title="县总新闻")
    titled = factories.article(cast.county, actor=cast.county_officer, body="<p>别的。</p>")
    operations.index_words()

    def found(q: str) -> list[str]:
        return [hit.href for hit in queries.search(cast.member, q, 5)]

    first, second = (reverse("news:detail", args=[each.pk]) for each in (titled, other))
    assert found("石雕技能比武") == [first, second]
    assert found("sdjn") == [first]
    assert "<mark>" in queries.search(cast.member, "石雕", 5)[0].heading
    assert found("。") == []


# --- Films and sound


def test_a_film_plays_in_its_article_for_its_readers_alone(client: Client, cast: Cast) -> None:
    draft = factories.draft(cast.union, actor=cast.officer)
    film = mp4()
    operations.attach(
        draft, [(io.BytesIO(film), "现场.mp4"), (io.BytesIO(b"%PDF-1.7"), "名单.pdf")], actor=cast.officer
    )
    operations.set_plan(cast.union.level, steps=[], actor=SYSTEM)
    operations.submit(draft, actor=cast.officer)
    client.force_login(cast.member)
    html = client.get(reverse("news:detail", args=[draft.pk])).content.decode()
    url = reverse("news:attachment", args=[Attachment.objects.earliest("id").pk])
    assert f'<video src="{url}" controls preload="none"' in html
    assert html.count("点击下载") == 1
    client.force_login(cast.neighbour_member)
    assert client.get(url).status_code == 404
    client.force_login(cast.member)
    response = client.get(url, headers={"Range": "bytes=4-7"})
    assert (response.status_code, b"".join(response)) == (206, b"ftyp")


def test_what_is_no_film_is_refused_by_name(cast: Cast) -> None:
    draft = factories.draft(cast.union, actor=cast.officer)
    with pytest.raises(Refused, match="现场"):
        operations.attach(draft, [(io.BytesIO(b"MZ"), "现场.mp4")], actor=cast.officer)
    assert not Attachment.objects.exists()
