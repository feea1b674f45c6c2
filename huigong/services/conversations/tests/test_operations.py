"""Writing, answering, noting, assigning, closing, rating, and what goes up to the union above."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from huigong.core import verify
from huigong.core.errors import Refused
from huigong.core.models import AuditRow, StoredFile
from huigong.people.accounts.tests import factories as accounts
from huigong.people.inbox.models import Message as InboxMessage
from huigong.people.membership.tests import factories as people
from huigong.people.orgs.tests import factories as unions
from huigong.services.conversations import operations, permissions, queries
from huigong.services.conversations.models import CannedAnswer, Message, Thread
from huigong.services.conversations.tests.factories import PDF, answered, letter, thread
from tests.cast import Cast


def texts(made: Thread, **seen: object) -> list[str]:
    return [bubble.text for bubble in queries.said(made, **seen)]


# --- Writing


def test_start_reaches_the_cadres_of_the_own_union_and_nobody_else(cast: Cast) -> None:
    made = thread(cast.member)
    assert (made.state, made.union, made.home) == ("new", cast.union, cast.union)
    told = InboxMessage.objects.get()
    assert (told.account, told.url) == (cast.officer, f"/conversations/manage/{made.pk}/")
    assert made.due_on > timezone.localdate()
    assert AuditRow.objects.filter(action="conversations:thread:start").count() == 1


def test_start_in_a_union_without_cadres_goes_to_the_nearest_above(cast: Cast) -> None:
    empty = unions.grassroots(cast.township, "没有干部的工会")
    made = thread(people.member_account(empty, name="新会员"))
    assert made.union == cast.township
    assert permissions.get_handled(cast.township_officer, made.pk) == made


def test_a_letter_sent_twice_is_one_thread(cast: Cast) -> None:
    member = permissions.get_member(cast.member)
    same = letter("一次就够")
    values = {"kind": "help", "title": "同一封", "letter": same, "union": cast.union, "actor": cast.member}
    first = operations.start(member, **values)
    assert operations.start(member, **values) == first
    assert (Thread.objects.count(), Message.objects.count()) == (1, 1)
    more = letter("再说一句")
    for _ in range(2):
        operations.write(first, letter=more, actor=cast.member)
    assert texts(first) == ["一次就够", "再说一句"]


def test_the_key_of_somebody_else_says_nothing_about_them(cast: Cast) -> None:
    key = uuid4()
    made = thread(cast.member)
    operations.write(made, letter=letter("我的", key=key), actor=cast.member)
    operations.reply(
        made, union=cast.union, letter=letter("你的", key=key), actor=cast.officer, is_answer=False
    )
    assert texts(made)[-2:] == ["我的", "你的"]


def test_write_keeps_pictures_anew_and_documents_and_refuses_programs(cast: Cast) -> None:
    made = thread(cast.member)
    operations.write(made, letter=letter("附件", (PDF, "证明.pdf")), actor=cast.member)
    assert StoredFile.objects.get().name == "证明.pdf"
    for content, name in ((b"MZ", "安装.exe"), (b"no picture", "照片.jpg")):
        with pytest.raises(Refused, match=name.split(".")[0]):
            operations.write(made, letter=letter("坏的", (content, name)), actor=cast.member)
    assert "坏的" not in texts(made)
    with pytest.raises(Refused) as refused:
        operations.write(made, letter=letter(" "), actor=cast.member)
    assert refused.value.code == "empty"


# --- Answering


def test_an_answer_ends_the_term_and_another_question_starts_it_again(cast: Cast) -> None:
    made = answered(cast.member, cast.union, cast.officer)
    assert (made.state, made.due_on) == ("answered", None)
    assert made.answered_at is not None
    assert InboxMessage.objects.get(account=cast.member).url == f"/conversations/{made.pk}/"
    operations.write(made, letter=letter("还有一问"), actor=cast.member)
    made.refresh_from_db()
    assert made.state == "replying"
    assert made.due_on is not None


def test_a_talk_puts_one_message_into_the_inbox_until_it_is_read(cast: Cast) -> None:
    made = answered(cast.member, cast.union, cast.officer)
    operations.reply(made, union=cast.union, letter=letter("还有"), actor=cast.officer, is_answer=False)
    assert InboxMessage.objects.filter(account=cast.member).count() == 1
    operations.mark_read_by_author(made, actor=cast.member)
    assert InboxMessage.objects.filter(account=cast.member, read_at=None).count() == 0
    operations.reply(made, union=cast.union, letter=letter("又"), actor=cast.officer, is_answer=False)
    assert InboxMessage.objects.filter(account=cast.member, read_at=None).count() == 1


def test_a_note_is_for_the_own_colleagues_only(cast: Cast) -> None:
    made = thread(cast.member)
    operations.note(made, union=cast.union, letter=letter("家里困难，先核实"), actor=cast.officer)
    assert "家里困难，先核实" not in texts(made)
    assert "家里困难，先核实" in texts(made, seat=cast.union)
    assert "家里困难，先核实" not in texts(made, seat=cast.township)
    assert not InboxMessage.objects.filter(account=cast.member).exists()
    with pytest.raises(Refused):
        operations.note(made, union=cast.union, letter=letter("x", (PDF, "a.pdf")), actor=cast.officer)


def test_opening_it_first_shows_the_author_that_it_was_read(cast: Cast) -> None:
    made = thread(cast.member)
    operations.mark_read_by_union(made, actor=cast.officer)
    made.refresh_from_db()
    assert made.state == "read"
    assert not InboxMessage.objects.filter(account=cast.officer, read_at=None).exists()


# --- Seeing it through


def test_assign_goes_to_a_colleague_in_office_only(cast: Cast) -> None:
    made = thread(cast.member)
    for stranger in (cast.neighbour_officer, cast.retired_officer, cast.member, cast.township_officer):
        with pytest.raises(Refused) as refused:
            operations.assign(made, to=stranger.pk, actor=cast.officer)
        assert refused.value.code == "not-colleague"
    helper = accounts.account(name="林干事")
    unions.post(helper, cast.union, "cadre")
    operations.assign(made, to=helper.pk, actor=cast.officer)
    operations.assign(made, to=helper.pk, actor=cast.officer)
    assert texts(made)[-1] == "由林干事经办"
    assert InboxMessage.objects.filter(account=helper).count() == 1
    operations.mark_read_by_union(made, actor=helper)
    InboxMessage.objects.all().delete()
    operations.write(made, letter=letter("补充"), actor=cast.member)
    assert [told.account for told in InboxMessage.objects.all()] == [helper]


def test_who_wrote_it_never_answers_it_though_in_office(cast: Cast) -> None:
    both = people.member_account(cast.union, name="又是会员")
    unions.post(both, cast.union, "cadre")
    made = thread(both)
    assert made not in permissions.handled_by(both)
    assert both.pk not in dict(queries.colleagues(made))
    assert not InboxMessage.objects.filter(account=both).exists()


def test_close_needs_an_answer_from_the_union_but_not_from_the_author(cast: Cast) -> None:
    made = thread(cast.member)
    with pytest.raises(Refused) as refused:
        operations.close(made, actor=cast.officer, union=cast.union)
    assert refused.value.code == "not-answered"
    operations.close(made, actor=cast.member)
    made.refresh_from_db()
    assert (made.state, made.due_on) == ("closed", None)
    with pytest.raises(Refused) as refused:
        operations.write(made, letter=letter("还有"), actor=cast.member)
    assert refused.value.code == "closed"
    operations.reopen(made, actor=cast.member)
    made.refresh_from_db()
    assert (made.state, made.closed_at) == ("reopened", None)
    assert made.due_on is not None
    with pytest.raises(Refused):
        operations.reopen(made, actor=cast.member)


def test_rate_is_once_and_after_an_answer(cast: Cast) -> None:
    made = thread(cast.member)
    with pytest.raises(Refused):
        operations.rate(made, stars=5, words="", actor=cast.member)
    done = answered(cast.member, cast.union, cast.officer)
    operations.rate(done, stars=4, words="很快", actor=cast.member)
    with pytest.raises(Refused) as refused:
        operations.rate(done, stars=1, words="", actor=cast.member)
    assert refused.value.code == "not-ratable"
    done.refresh_from_db()
    assert (done.rating, done.rating_words) == (4, "很快")


def test_what_nobody_answers_in_time_goes_up_and_both_sides_see_it(cast: Cast) -> None:
    made = thread(cast.member)
    operations.note(made, union=cast.union, letter=letter("内部话"), actor=cast.officer)
    assert operations.escalate_overdue() == 0
    Thread.objects.update(due_on=timezone.localdate() - timedelta(days=1))
    assert made not in permissions.handled_by(cast.township_officer)
    assert operations.escalate_overdue() == 1
    assert operations.escalate_overdue() == 0
    made.refresh_from_db()
    assert made.union == cast.township
    assert made.due_on > timezone.localdate()
    assert made in permissions.handled_by(cast.township_officer)
    assert made in permissions.handled_by(cast.officer)
    assert "已转螺城镇总工会督办" in texts(made)[-1]
    assert "内部话" not in texts(made, seat=cast.township)
    assert InboxMessage.objects.filter(account=cast.member).count() == 1
    assert InboxMessage.objects.filter(account=cast.township_officer).count() == 1
    assert not made.handlings.filter(union=cast.county).exists()


def test_what_the_top_leaves_lying_stays_there(cast: Cast) -> None:
    made = thread(people.member_account(cast.county, name="县机关会员"))
    Thread.objects.update(due_on=timezone.localdate() - timedelta(days=1))
    assert operations.escalate_overdue() == 0
    made.refresh_from_db()
    assert made.union == cast.county


# --- Forwarding


def test_another_union_reads_nothing_until_the_worker_agrees(cast: Cast) -> None:
    made = thread(cast.member)
    operations.note(made, union=cast.union, letter=letter("内部话"), actor=cast.officer)
    ask = {"union": cast.union, "to": cast.township.pk, "reason": "归镇里管", "actor": cast.officer}
    operations.ask_to_forward(made, **ask)
    assert made not in permissions.handled_by(cast.township_officer)
    assert not InboxMessage.objects.filter(account=cast.township_officer).exists()
    with pytest.raises(Refused) as refused:
        operations.ask_to_forward(made, **ask)
    assert refused.value.code == "asked"
    operations.answer_forwarding(made, agrees=True, actor=cast.member)
    made.refresh_from_db()
    assert (made.union, made.state) == (cast.township, "replying")
    assert made in permissions.handled_by(cast.township_officer)
    assert made in permissions.handled_by(cast.officer)
    assert "内部话" not in texts(made, seat=cast.township)
    with pytest.raises(Refused) as refused:
        operations.answer_forwarding(made, agrees=False, actor=cast.member)
    assert refused.value.code == "not-asked"


def test_a_worker_who_declines_stays_with_their_union(cast: Cast) -> None:
    made = thread(cast.member)
    with pytest.raises(Refused) as refused:
        operations.ask_to_forward(
            made, union=cast.union, to=cast.neighbour.pk, reason="归他们管", actor=cast.officer
        )
    assert refused.value.code == "not-a-place"
    with pytest.raises(Refused) as refused:
        operations.ask_to_forward(
            made, union=cast.township, to=cast.county.pk, reason="归县里管", actor=cast.township_officer
        )
    assert refused.value.code == "not-forwardable"
    operations.ask_to_forward(
        made, union=cast.union, to=cast.county.pk, reason="归县里管", actor=cast.officer
    )
    operations.answer_forwarding(made, agrees=False, actor=cast.member)
    made.refresh_from_db()
    assert made.union == cast.union
    assert made not in permissions.handled_by(cast.county_officer)


# --- Union to union


def test_a_union_writes_to_the_one_above_and_right_below(cast: Cast) -> None:
    made = operations.write_to_union(
        cast.union, to=cast.township.pk, title="请示", letter=letter("请批复"), actor=cast.officer
    )
    assert made in permissions.handled_by(cast.township_officer)
    operations.reply(
        made, union=cast.township, letter=letter("同意"), actor=cast.township_officer, is_answer=True
    )
    assert InboxMessage.objects.get(account=cast.officer).url == f"/conversations/manage/{made.pk}/"
    operations.close(made, actor=cast.officer, union=cast.union)
    for place in (cast.neighbour, cast.county, cast.union):
        with pytest.raises(Refused) as refused:
            operations.write_to_union(cast.union, to=place.pk, title="x", letter=letter(), actor=cast.officer)
        assert refused.value.code == "not-related"
    assert Thread.objects.count() == 1


def test_canned_answers_are_a_unions_own(cast: Cast) -> None:
    operations.save_canned(cast.union, title="互助", text="旧", actor=cast.officer)
    operations.save_canned(cast.union, title="互助", text="新", actor=cast.officer)
    assert [row.text for row in queries.canned_of(cast.union)] == ["新"]
    assert list(queries.canned_of(cast.neighbour)) == []
    operations.remove_canned(CannedAnswer.objects.get(), actor=cast.officer)
    assert not CannedAnswer.objects.exists()


def test_words_about_the_employer_are_known(cast: Cast) -> None:
    assert queries.sounds_like_complaint("单位拖欠三个月工资")
    assert not queries.sounds_like_complaint("食堂的菜能不能换一换")


def test_the_invariants_hold_and_notice_what_is_wrong(cast: Cast) -> None:
    made = answered(cast.member, cast.union, cast.officer)

    def wrong() -> list[str]:
        return [each.name for each in verify.run() if not each.ok and each.name.startswith("conversations:")]

    assert wrong() == []
    Message.objects.filter(thread=made, kind="answer").update(kind="reply", union=cast.neighbour)
    made.handlings.all().delete()
    assert len(wrong()) == 3
