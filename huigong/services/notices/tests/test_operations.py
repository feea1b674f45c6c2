"""Writing, publishing, reading, reminding and withdrawing notices."""

import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from huigong.core.errors import Refused
from huigong.core.models import AuditRow, StoredFile
from huigong.people.inbox.models import Message
from huigong.people.membership import queries as membership
from huigong.people.membership.queries import Member, Rule
from huigong.people.membership.tests import factories as people
from huigong.services.notices import operations, queries
from huigong.services.notices.models import Notice, Reading
from huigong.services.notices.tests import factories
from tests.cast import Cast


def member(account: object) -> Member:
    found = membership.member_of(account)
    assert found is not None
    return found


# --- Writing


def test_create_notice_for_another_union_is_refused_and_nothing_is_kept(cast: Cast) -> None:
    with pytest.raises(Refused) as refused:
        factories.draft(cast.union, actor=cast.officer, rule=Rule(union_ids=(cast.neighbour.pk,)))
    assert refused.value.code == "audience-outside"
    assert not Notice.objects.exists()
    assert not AuditRow.objects.filter(action__startswith="notices:").exists()


def test_update_notice_cleans_the_words_and_leaves_a_trail(cast: Cast) -> None:
    notice = factories.draft(cast.union, actor=cast.officer)
    operations.update_notice(
        notice, title="新标题", body="<script>alert(1)</script><p>好</p>", rule=Rule(), actor=cast.officer
    )
    notice.refresh_from_db()
    assert (notice.title, notice.body) == ("新标题", "<p>好</p>")
    row = AuditRow.objects.get(action="notices:notice:update")
    assert (row.before["title"], row.after["title"]) == ("关于高温补贴发放的通知", "新标题")


def test_update_notice_that_is_published_is_refused(cast: Cast) -> None:
    notice = factories.notice(cast.union, actor=cast.officer)
    with pytest.raises(Refused) as refused:
        operations.update_notice(notice, title="改", body="<p>改</p>", rule=Rule(), actor=cast.officer)
    assert refused.value.code == "wrong-state"


def test_attach_keeps_documents_and_refuses_programs_by_name(cast: Cast) -> None:
    notice = factories.draft(cast.union, actor=cast.officer)
    operations.attach(notice, [(io.BytesIO(b"%PDF-1.7"), "附表.pdf")], actor=cast.officer)
    assert [row.file.name for row in notice.attachments.all()] == ["附表.pdf"]
    with pytest.raises(Refused, match=r"安装\.exe"):
        operations.attach(notice, [(io.BytesIO(b"MZ"), "安装.exe")], actor=cast.officer)
    many = [(io.BytesIO(b"%PDF-1.7"), f"{number}.pdf") for number in range(5)]
    with pytest.raises(Refused, match="最多 5 个"):
        operations.attach(notice, many, actor=cast.officer)
    assert StoredFile.objects.count() == 1
    operations.detach(notice.attachments.get(), actor=cast.officer)
    assert StoredFile.objects.count() == 0


# --- Publishing


def test_publish_writes_one_row_however_many_people_are_meant(cast: Cast) -> None:
    notice = factories.draft(cast.county, actor=cast.county_officer)
    for number in range(30):
        people.member_account(cast.union, name=f"会员{'一二三四五六七八九十'[number % 10]}")
    with CaptureQueriesContext(connection) as captured:
        operations.publish(notice, actor=cast.county_officer)
    writes = [query["sql"] for query in captured if query["sql"].startswith(("INSERT", "UPDATE"))]
    assert [sql.split('"')[1] for sql in writes] == ["notices_notice", "core_auditrow"]
    assert not Reading.objects.exists()
    assert queries.unread_count(cast.member) == 1
    assert queries.unread_count(cast.neighbour_member) == 1
    assert queries.unread_count(cast.applicant) == 0


def test_publish_to_nobody_or_past_its_day_is_refused(cast: Cast) -> None:
    nobody = factories.draft(cast.union, actor=cast.officer, rule=Rule(tags=("不存在的标签",)))
    with pytest.raises(Refused) as refused:
        operations.publish(nobody, actor=cast.officer)
    assert refused.value.code == "nobody"
    yesterday = timezone.localdate() - timedelta(days=1)
    over = factories.draft(cast.union, actor=cast.officer, expires_on=yesterday)
    with pytest.raises(Refused) as refused:
        operations.publish(over, actor=cast.officer)
    assert refused.value.code == "expired"


def test_publish_twice_is_refused(cast: Cast) -> None:
    notice = factories.notice(cast.union, actor=cast.officer)
    with pytest.raises(Refused) as refused:
        operations.publish(notice, actor=cast.officer)
    assert refused.value.code == "wrong-state"


# --- Reading


def test_mark_read_counts_once_and_the_badge_goes_out(cast: Cast) -> None:
    notice = factories.notice(cast.union, actor=cast.officer)
    assert queries.unread_count(cast.member) == 1
    first = operations.mark_read(notice, member=member(cast.member))
    again = operations.mark_read(notice, member=member(cast.member))
    assert first == again
    assert Reading.objects.count() == 1
    assert queries.unread_count(cast.member) == 0


def test_confirm_is_noted_once_and_refused_where_nobody_asked(cast: Cast) -> None:
    plain = factories.notice(cast.union, actor=cast.officer)
    with pytest.raises(Refused) as refused:
        operations.confirm(plain, member=member(cast.member), actor=cast.member)
    assert refused.value.code == "not-asked"
    asked = factories.notice(cast.union, actor=cast.officer, asks_confirmation=True)
    first = operations.confirm(asked, member=member(cast.member), actor=cast.member)
    again = operations.confirm(asked, member=member(cast.member), actor=cast.member)
    assert first.confirmed_at is not None
    assert first.confirmed_at == again.confirmed_at
    assert AuditRow.objects.filter(action="notices:notice:confirm").count() == 1


# --- Reminding


def test_remind_goes_once_and_only_to_those_who_have_not_read(cast: Cast) -> None:
    reader = people.member_account(cast.union, name="读过的人")
    notice = factories.notice(cast.union, actor=cast.officer)
    operations.mark_read(notice, member=member(reader))
    operations.remind(notice, actor=cast.officer)
    assert operations.send_reminder(notice.pk) == 1
    assert operations.send_reminder(notice.pk) == 0
    message = Message.objects.get()
    assert (message.account, message.kind) == (cast.member, "notice")
    assert message.url == f"/notices/{notice.pk}/"
    with pytest.raises(Refused) as refused:
        operations.remind(notice, actor=cast.officer)
    assert refused.value.code == "reminded"


def test_remind_of_a_notice_to_confirm_goes_to_who_only_read_it(cast: Cast) -> None:
    notice = factories.notice(cast.union, actor=cast.officer, asks_confirmation=True)
    operations.mark_read(notice, member=member(cast.member))
    operations.remind(notice, actor=cast.officer)
    assert operations.send_reminder(notice.pk) == 1


# --- Withdrawing


def test_withdraw_takes_it_out_of_lists_badge_and_inbox(cast: Cast) -> None:
    notice = factories.notice(cast.union, actor=cast.officer)
    operations.remind(notice, actor=cast.officer)
    operations.send_reminder(notice.pk)
    operations.withdraw(notice, actor=cast.officer, reason="时间写错了")
    assert queries.unread_count(cast.member) == 0
    assert queries.page(cast.member).rows == []
    assert not Message.objects.exists()
    assert AuditRow.objects.get(action="notices:notice:withdraw").after == {"reason": "时间写错了"}


def test_a_reminder_that_comes_after_the_withdrawal_goes_to_nobody(cast: Cast) -> None:
    notice = factories.notice(cast.union, actor=cast.officer)
    operations.remind(notice, actor=cast.officer)
    operations.withdraw(notice, actor=cast.officer, reason="发错了")
    assert operations.send_reminder(notice.pk) == 0
    assert not Message.objects.exists()


def test_copy_is_a_draft_with_the_same_words_and_audience(cast: Cast) -> None:
    rule = Rule(union_ids=(cast.union.pk,), sex="2")
    people.member_account(cast.union, name="女会员", sex="2")
    notice = factories.notice(cast.union, actor=cast.officer, rule=rule, asks_confirmation=True)
    made = operations.copy(notice, actor=cast.officer)
    assert (made.state, made.title, made.audience) == ("draft", notice.title, notice.audience)
    assert made.asks_confirmation


def test_discard_forgets_a_draft_with_its_documents_and_no_published_one(cast: Cast) -> None:
    notice = factories.draft(cast.union, actor=cast.officer)
    operations.attach(notice, [(io.BytesIO(b"%PDF-1.7"), "附表.pdf")], actor=cast.officer)
    operations.discard(notice, actor=cast.officer)
    assert not Notice.objects.exists()
    assert not StoredFile.objects.exists()
    with pytest.raises(Refused):
        operations.discard(factories.notice(cast.union, actor=cast.officer), actor=cast.officer)
