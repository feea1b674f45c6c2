"""Writing, reviewing, publishing and withdrawing articles."""

import io
from datetime import timedelta

import pytest
from django.utils import timezone

from huigong.core import verify
from huigong.core.audit import SYSTEM
from huigong.core.errors import Refused
from huigong.core.models import AuditRow, StoredFile
from huigong.people.approvals import queries as trails
from huigong.people.inbox.models import Message
from huigong.people.membership import queries as membership
from huigong.people.membership.queries import Rule
from huigong.services.news import operations
from huigong.services.news.models import Article, Channel, Follow, Version
from huigong.services.news.tests import factories
from tests.cast import Cast

State = Article.State


def change(article: Article, actor: object, **fields: object) -> Article:
    given = {"channel": article.channel, "title": article.title, "body": article.body, "rule": Rule()}
    return operations.update_article(article, actor=actor, **{**given, **fields})


def refusal(call: object, *args: object, **kwargs: object) -> str:
    with pytest.raises(Refused) as refused:
        call(*args, **kwargs)  # type: ignore[operator]
    return refused.value.code


# --- Writing


def test_create_article_for_readers_outside_is_refused_and_nothing_is_kept(cast: Cast) -> None:
    rule = Rule(union_ids=(cast.neighbour.pk,))
    assert refusal(factories.draft, cast.union, actor=cast.officer, rule=rule) == "audience-outside"
    assert not Article.objects.exists()


def test_every_saved_text_is_a_version_and_the_same_text_is_none(cast: Cast) -> None:
    article = factories.draft(cast.union, actor=cast.officer)
    change(article, cast.officer, body="<p>改过的<script>alert(1)</script></p>")
    change(article, cast.officer, trade="石雕石材")
    assert list(article.versions.values_list("number", "body")) == [
        (1, factories.BODY),
        (2, "<p>改过的</p>"),
    ]


def test_update_article_in_review_is_refused(cast: Cast) -> None:
    article = factories.submitted(cast.union, actor=cast.officer)
    assert refusal(change, article, cast.officer, title="别的") == "wrong-state"
    assert Article.objects.get(pk=article.pk).title == "石雕技能比武开赛"
    assert Version.objects.count() == 1


def test_a_closed_channel_takes_nothing_new(cast: Cast) -> None:
    article = factories.draft(cast.union, actor=cast.officer)
    channel = article.channel
    operations.save_channel(channel, key=channel.key, name=channel.name, is_open=False, actor=SYSTEM)
    assert refusal(factories.draft, cast.union, actor=cast.officer) == "channel-closed"
    assert refusal(operations.submit, article, actor=cast.officer) == "channel-closed"


def test_documents_come_and_go_with_the_draft(cast: Cast) -> None:
    article = factories.draft(cast.union, actor=cast.officer)
    operations.attach(article, [(io.BytesIO(b"%PDF-1.7"), "附表.pdf")], actor=cast.officer)
    assert refusal(operations.attach, article, [(io.BytesIO(b"MZ"), "x.exe")], actor=cast.officer)
    many = [(io.BytesIO(b"%PDF-1.7"), f"{number}.pdf") for number in range(5)]
    assert refusal(operations.attach, article, many, actor=cast.officer) == "too-many"
    operations.discard(article, actor=cast.officer)
    assert not StoredFile.objects.exists()
    assert not Article.objects.exists()


# --- Reviewing


def test_two_reviews_in_two_offices_publish(cast: Cast) -> None:
    article = factories.submitted(cast.union, actor=cast.officer, steps=["own", "above"])
    peer = factories.colleague(cast.union)
    assert refusal(operations.approve, article, actor=cast.officer) == "own-request"
    operations.approve(article, actor=peer, remark="数字已核对")
    assert refusal(operations.approve, article, actor=peer) == "own-request"
    assert Message.objects.filter(account=cast.township_officer, title__contains="终审").exists()
    operations.approve(article, actor=cast.township_officer)
    assert article.state == State.PUBLISHED
    assert [(step.step, step.decision) for step in trails.trail(article)] == [
        ("送审", "submitted"),
        ("初审", "approved"),
        ("终审", "approved"),
    ]
    assert Message.objects.filter(account=cast.officer, title__contains="已发布").exists()


def test_a_review_of_another_office_is_refused_and_changes_nothing(cast: Cast) -> None:
    article = factories.submitted(cast.union, actor=cast.officer, steps=["above"])
    peer = factories.colleague(cast.union)
    for actor in (peer, cast.neighbour_officer, cast.retired_officer, cast.member):
        assert refusal(operations.approve, article, actor=actor) == "not-reviewer"
        assert refusal(operations.return_article, article, actor=actor, reason="不行") == "not-reviewer"
    article.refresh_from_db()
    assert (article.state, article.step) == (State.REVIEWING, 0)


def test_who_wrote_any_version_does_not_review(cast: Cast) -> None:
    article = factories.draft(cast.union, actor=factories.editor(cast.union))
    change(article, cast.officer, title="主席改过的标题")
    operations.submit(article, actor=article.author)
    assert refusal(operations.approve, article, actor=cast.officer) == "own-request"


def test_three_reviews_up_to_the_county(cast: Cast) -> None:
    article = factories.submitted(cast.union, actor=cast.officer, steps=["own", "above", "top"])
    for actor in (factories.colleague(cast.union), cast.township_officer, cast.county_officer):
        operations.approve(article, actor=actor)
    assert article.state == State.PUBLISHED


def test_no_review_where_none_is_planned(cast: Cast) -> None:
    assert factories.article(cast.union, actor=cast.officer).state == State.PUBLISHED
    assert refusal(operations.set_plan, 5, steps=["own"] * 4, actor=SYSTEM) == "too-many-steps"


def test_a_change_of_plan_moves_nothing_that_is_under_review(cast: Cast) -> None:
    article = factories.submitted(cast.union, actor=cast.officer, steps=["own", "above"])
    operations.set_plan(cast.union.level, steps=[], actor=SYSTEM)
    operations.approve(article, actor=factories.colleague(cast.union))
    assert (article.state, article.step) == (State.REVIEWING, 1)


def test_return_tells_the_author_and_the_reviews_begin_again(cast: Cast) -> None:
    article = factories.submitted(cast.union, actor=cast.officer)
    peer = factories.colleague(cast.union)
    assert refusal(operations.return_article, article, actor=peer, reason=" ") == "no-reason"
    operations.return_article(article, actor=peer, reason="缺来源")
    assert article.state == State.RETURNED
    assert Message.objects.get(account=cast.officer, kind="task").body == "缺来源"
    change(article, cast.officer, source="石雕厂工会")
    operations.submit(article, actor=cast.officer)
    operations.approve(article, actor=peer)
    assert article.state == State.PUBLISHED


def test_call_back_takes_it_out_of_the_reviewers_inboxes(cast: Cast) -> None:
    peer = factories.colleague(cast.union)
    article = factories.submitted(cast.union, actor=cast.officer)
    assert Message.objects.filter(account=peer).count() == 1
    operations.call_back(article, actor=cast.officer)
    assert not Message.objects.filter(account=peer).exists()
    assert refusal(operations.approve, article, actor=peer) == "wrong-state"
    assert article.state == State.DRAFT


# --- Coming out


def scheduled(cast: Cast) -> Article:
    later = timezone.now() + timedelta(hours=1)
    return factories.article(cast.union, actor=cast.officer, publish_at=later)


def test_an_article_waits_for_its_hour_and_comes_out_once(cast: Cast) -> None:
    article = scheduled(cast)
    assert article.state == State.SCHEDULED
    assert operations.publish_due() == 0
    Article.objects.filter(pk=article.pk).update(publish_at=timezone.now() - timedelta(minutes=1))
    assert (operations.publish_due(), operations.publish_due()) == (1, 0)
    article.refresh_from_db()
    assert article.state == State.PUBLISHED
    assert AuditRow.objects.get(action="news:article:publish").actor_name == SYSTEM.display_name


def test_what_was_called_back_does_not_come_out(cast: Cast) -> None:
    article = scheduled(cast)
    operations.call_back(article, actor=cast.officer)
    Article.objects.filter(pk=article.pk).update(publish_at=timezone.now() - timedelta(minutes=1))
    assert operations.publish_due() == 0
    assert refusal(operations.submit, article, actor=cast.officer) == "late"


def test_followers_who_may_read_it_are_told_once(cast: Cast) -> None:
    channel = factories.channel()
    for account in (cast.member, cast.neighbour_member):
        member = membership.member_of(account)
        assert member
        operations.follow(channel, member=member)
        operations.follow(channel, member=member)
    assert Follow.objects.count() == 2
    article = factories.article(cast.union, actor=cast.officer)
    assert (operations.tell_followers(article.pk), operations.tell_followers(article.pk)) == (1, 0)
    assert Message.objects.get(kind="notice").account == cast.member


def test_withdraw_takes_messages_back_and_stays_on_record(cast: Cast) -> None:
    member = membership.member_of(cast.member)
    assert member
    operations.follow(factories.channel(), member=member)
    article = factories.article(cast.union, actor=cast.officer)
    operations.tell_followers(article.pk)
    operations.withdraw(article, actor=cast.officer, reason="数字有误")
    assert not Message.objects.filter(account=cast.member).exists()
    assert refusal(operations.withdraw, article, actor=cast.officer, reason="再来") == "wrong-state"
    assert operations.tell_followers(article.pk) == 0
    made = operations.copy(article, actor=cast.officer)
    assert (made.state, made.title, made.published_at) == (State.DRAFT, article.title, None)
    assert AuditRow.objects.filter(action="news:article:withdraw").count() == 1


def test_channels_have_names_of_their_own(cast: Cast) -> None:
    assert [channel.key for channel in operations.usual_channels(actor=SYSTEM)] == [
        "hot",
        "local",
        "guide",
        "study",
    ]
    operations.usual_channels(actor=SYSTEM)
    assert Channel.objects.count() == 4
    taken = {"key": "more", "name": "工会热点", "actor": SYSTEM}
    assert refusal(operations.save_channel, None, **taken) == "channel-taken"


def test_invariants_hold_and_see_what_is_wrong(cast: Cast) -> None:
    article = factories.submitted(cast.union, actor=cast.officer)
    assert [finding for finding in verify.run() if not finding.ok] == []
    Article.objects.filter(pk=article.pk).update(title="绕过版本", involved=[1, 1], audience_unions=[7])
    broken = [finding.name for finding in verify.run() if not finding.ok]
    assert len([name for name in broken if name.startswith("news:")]) == 3
