"""Accounts: figures that agree, a second person, versions that stay."""

import io
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from huigong.core import calendar, verify
from huigong.core.errors import Refused
from huigong.core.models import AuditRow, StoredFile
from huigong.people.accounts.tests import factories as accounts
from huigong.people.inbox.models import Message
from huigong.people.orgs.models import Post
from huigong.people.orgs.tests import factories as unions
from huigong.services.funds import operations
from huigong.services.funds.models import Line, Report
from huigong.services.funds.tests.factories import YEAR, draft, figures, paper, published, submitted
from tests.cast import Cast


def refused(code: str, act: Any, *args: Any, **fields: Any) -> None:
    with pytest.raises(Refused) as caught:
        act(*args, **fields)
    assert caught.value.code == code


def test_a_draft_keeps_its_lines_and_sums(cast: Cast) -> None:
    report = draft(cast.union, actor=cast.officer, upload=paper())
    assert (report.income_fen, report.spending_fen, report.closing_fen) == (5_000, 3_000, 12_000)
    assert dict(report.lines.values_list("category", "amount_fen")) == {"dues": 5_000, "activities": 3_000}
    assert report.file.name == "决算.pdf"
    assert AuditRow.objects.filter(action="funds:report:create", org_id=cast.union.pk).count() == 1
    assert str(report) == f"{YEAR}年度经费收支"
    changed = figures(amounts={"dues": 2_000}, upload=paper("改.pdf"))
    operations.revise(report, figures=changed, actor=cast.officer)
    assert dict(report.lines.values_list("category", "amount_fen")) == {"dues": 2_000}
    assert [stored.name for stored in StoredFile.objects.all()] == ["改.pdf"]
    assert [found.name for found in verify.run() if not found.ok] == []


@pytest.mark.parametrize(
    ("fields", "code"),
    [({"closing": 12_001}, "unbalanced"), ({"amounts": {}, "closing": 10_000}, "empty")],
)
def test_figures_that_do_not_agree_are_refused(cast: Cast, fields: dict[str, Any], code: str) -> None:
    refused(code, draft, cast.union, actor=cast.officer, **fields)
    assert not Report.objects.exists()


def test_the_database_refuses_what_does_not_agree(cast: Cast) -> None:
    report = draft(cast.union, actor=cast.officer)
    for values in ({"closing_fen": 1}, {"state": "published"}, {"version": 2}, {"period": 5}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Report.objects.filter(pk=report.pk).update(**values)
    with pytest.raises(IntegrityError), transaction.atomic():
        Line.objects.create(report=report, category="bribes", amount_fen=1)


def test_a_period_is_told_once_and_when_it_is_over(cast: Cast) -> None:
    draft(cast.union, actor=cast.officer, period=1)
    refused("there", draft, cast.union, actor=cast.officer, period=1)
    today = calendar.today()
    quarter = (today.month - 1) // 3 + 1
    for period in (0, quarter):
        refused("not-over", draft, cast.union, actor=cast.officer, year=today.year, period=period)
    draft(cast.neighbour, actor=cast.neighbour_officer, period=1)
    assert Report.objects.count() == 2


def test_the_auditor_confirms_where_there_is_one(cast: Cast) -> None:
    auditor = accounts.account(name="经审委员")
    unions.post(auditor, cast.union, Post.Role.AUDITOR)
    report = submitted(cast.union, actor=cast.officer)
    assert (report.confirmers, report.confirmed_as) == ([auditor.pk], "auditor")
    assert Message.objects.get(account=auditor).url == f"/funds/manage/{report.pk}/"
    for who in (cast.officer, cast.township_officer, cast.neighbour_officer):
        refused("not-asked", operations.confirm, report, revision=1, actor=who)
    operations.confirm(report, revision=1, actor=auditor)
    report.refresh_from_db()
    assert (report.state, report.confirmer) == ("published", auditor)
    refused("wrong-state", operations.confirm, report, revision=1, actor=auditor)


def test_without_an_auditor_the_chair_does_and_never_who_wrote_it(cast: Cast) -> None:
    clerk = accounts.account(name="财务干部")
    unions.post(clerk, cast.union, Post.Role.CADRE)
    by_clerk = submitted(cast.union, actor=clerk, period=1)
    assert by_clerk.confirmers == [cast.officer.pk]
    by_chair = submitted(cast.union, actor=cast.officer, period=2)
    assert by_chair.confirmers == [cast.township_officer.pk], "the chair wrote it: the union above"
    assert (by_clerk.confirmed_as, by_chair.confirmed_as) == ("chair", "above")


def test_what_was_read_is_what_is_confirmed(cast: Cast) -> None:
    report = submitted(cast.union, actor=cast.officer)
    refused("wrong-state", operations.revise, report, figures=figures(), actor=cast.officer)
    operations.call_back(report, actor=cast.officer)
    operations.revise(report, figures=figures(amounts={"dues": 2_000}), actor=cast.officer)
    operations.submit(report, actor=cast.officer)
    refused("changed", operations.confirm, report, revision=1, actor=cast.township_officer)
    operations.send_back(report, revision=2, reason="附件没传", actor=cast.township_officer)
    report.refresh_from_db()
    assert report.state == "draft"
    assert Message.objects.filter(account=cast.officer, body="附件没传").exists()


def test_a_correction_is_a_new_version_and_the_old_one_stays(cast: Cast) -> None:
    first = published(cast.union, actor=cast.officer, checker=cast.township_officer)
    made = operations.correct(first, reason="重复算了一次", actor=cast.officer)
    assert (made.version, made.state, made.closing_fen) == (2, "draft", first.closing_fen)
    refused("there", operations.correct, first, reason="再来", actor=cast.officer)
    first.refresh_from_db()
    assert first.state == "published", "until the new one is confirmed"
    operations.revise(made, figures=figures(amounts={"dues": 2_000}), actor=cast.officer)
    operations.submit(made, actor=cast.officer)
    operations.confirm(made, revision=1, actor=cast.township_officer)
    first.refresh_from_db()
    assert (first.state, first.income_fen) == ("replaced", 5_000)
    refused("wrong-state", operations.correct, first, reason="改旧的", actor=cast.officer)
    assert [found.name for found in verify.run() if not found.ok] == []


def test_a_draft_is_discarded_with_its_file_and_nothing_else_is(cast: Cast) -> None:
    report = draft(cast.union, actor=cast.officer, upload=paper())
    operations.discard(report, actor=cast.officer)
    assert not Report.objects.exists()
    assert not StoredFile.objects.exists()
    kept = published(cast.union, actor=cast.officer, checker=cast.township_officer)
    refused("wrong-state", operations.discard, kept, actor=cast.officer)


def test_a_file_that_is_no_document_is_refused(cast: Cast) -> None:
    refused("bad-document", draft, cast.union, actor=cast.officer, upload=(io.BytesIO(b"MZ"), "决算.pdf"))
    assert not Report.objects.exists()
