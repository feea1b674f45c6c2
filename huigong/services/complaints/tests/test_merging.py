"""Cases about one employer: handled as one, told apart by nobody who complained, parted again."""

from typing import Any
from unittest.mock import patch

import pytest
from django.db import IntegrityError, connection, transaction
from django.http import Http404
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from huigong.core.errors import Refused
from huigong.core.vault import vault
from huigong.people.accounts.models import Account
from huigong.people.inbox.models import Message
from huigong.people.orgs.tests import factories as unions
from huigong.services.complaints import operations, permissions, queries
from huigong.services.complaints.models import Access, Case, Deadline, Entry
from huigong.services.complaints.permissions import Conflicts
from huigong.services.complaints.tests import factories
from tests.cast import Cast

pytestmark = pytest.mark.django_db
CODE = "91350521MA0000001K"


@pytest.fixture
def registrar(cast: Cast) -> Account:
    return factories.registrar(cast)


@pytest.fixture
def handler(cast: Cast) -> Account:
    return factories.officer(cast)


@pytest.fixture
def lead(cast: Cast, handler: Account, registrar: Account) -> Case:
    return factories.given(factories.lodged(cast.member), handler, registrar)


@pytest.fixture
def other(cast: Cast) -> Case:
    """A second complaint about the same employer, its name written otherwise."""
    return factories.lodged(
        cast.neighbour_member, employer="惠安县螺城石雕厂有限公司", narrative="我也没有拿到工资，请帮忙。"
    )


def merged(other: Case, lead: Case, registrar: Account) -> Case:
    operations.merge(other, into=lead, reason="同一单位同一事由。", actor=registrar)
    return other


def told(case: Case) -> str:
    """All that the author can read."""
    file = queries.author_file(factories.reread(case))
    return repr((file.timeline, file.tags, file.next, file.facts, file.due))


def running(case: Case) -> Deadline:
    with vault():
        return Deadline.objects.get(case=case, ended_on=None)


def test_the_follower_goes_the_way_of_the_leading_case_until_both_are_answered(
    cast: Cast, lead: Case, other: Case, handler: Account, registrar: Account
) -> None:
    merged(other, lead, registrar)
    assert (other.state, other.leading_id) == ("handling", lead.pk)
    assert factories.desk(handler, other).part == "lead"
    operations.pause(lead, reason="等仲裁，主件提交人已知情。", actor=handler)
    assert factories.reread(other).state == "paused"
    operations.resume(lead, actor=handler)
    operations.ask_extension(lead, working_days=5, reason="外调。", actor=handler)
    operations.decide_extension(lead, granted=True, reason="同意，因主件复杂。", actor=registrar)
    assert running(other).why == "extended"
    factories.issued(lead, handler, registrar)
    with pytest.raises(Refused, match="并入本件"):
        operations.reply(lead, text="您的两万元已到账。", actor=handler)
    assert factories.reread(lead).state == "handling"
    operations.reply(lead, text="您的两万元已到账。", to_others="工资已经补发，请查收。", actor=handler)
    for case in (lead, other):
        assert (factories.reread(case).state, factories.reread(case).leading_id) == ("replied", None)
    words = told(other)
    for step in (
        "决定受理",
        "暂停计算",
        "恢复计算",
        "增加 5 个工作日",
        "向用人单位发出提示函",
        "工资已经补发",
    ):
        assert step in words
    for unsaid in ("两万元", "主件", "并", "仲裁", lead.number[:4]):
        assert unsaid not in words
    titles = Message.objects.filter(account=cast.neighbour_member).values_list("title", flat=True)
    assert set(titles) == {"您有一条新回复"}
    assert queries.invariants._followers() == []


def test_what_an_author_sees_is_the_same_with_and_without_another_case(
    cast: Cast, lead: Case, other: Case, handler: Account, registrar: Account
) -> None:
    alone = factories.lodged(cast.neighbour_member, employer="别处的厂")
    operations.accept(
        alone,
        demand="resolve",
        tier="plain",
        cause="wages",
        reason="属于工会维权职责，已受理。",
        actor=registrar,
    )
    operations.assign(alone, lead=handler.pk, actor=registrar)
    merged(other, lead, registrar)
    shapes = []
    for case in (alone, other):
        file = queries.author_file(factories.reread(case))
        steps = [(step["title"], step["note"]) for step in file.timeline]
        shapes.append((steps, file.tags, file.next, file.due, file.is_open, file.may_rate))
    assert shapes[0] == shapes[1]


def test_parted_again_it_keeps_its_people_and_its_days(
    lead: Case, other: Case, handler: Account, registrar: Account
) -> None:
    merged(other, lead, registrar)
    before = running(other)
    operations.unmerge(other, reason="事由不同。", actor=registrar)
    assert (other.state, other.leading_id, running(other).pk) == ("handling", None, before.pk)
    with pytest.raises(Refused, match="没有并入"):
        operations.unmerge(other, reason="再来。", actor=registrar)
    operations.pause(lead, reason="等仲裁。", actor=handler)
    assert factories.reread(other).state == "handling"
    operations.reply(other, text="已答复。", actor=handler)


def test_a_follower_is_handled_with_the_leading_case_only(
    cast: Cast, lead: Case, other: Case, handler: Account, registrar: Account
) -> None:
    merged(other, lead, registrar)
    steps: list[Any] = [
        lambda: operations.pause(other, reason="试试", actor=handler),
        lambda: operations.reply(other, text="试试", actor=handler),
        lambda: operations.transfer(other, body="别处", reason="试试", actor=registrar),
        lambda: operations.assign(other, lead=factories.officer(cast).pk, actor=registrar),
        lambda: operations.ask_extension(other, working_days=2, reason="试试", actor=handler),
        lambda: operations.merge(other, into=lead, reason="试试", actor=registrar),
        lambda: operations.merge(lead, into=other, reason="试试", actor=registrar),
    ]
    for step in steps:
        with pytest.raises(Refused):
            step()
    assert factories.reread(other).state == "handling"
    assert permissions.acts(factories.desk(registrar, other), actor=registrar) == {"unmerge"}
    assert permissions.acts(factories.desk(handler, other), actor=handler) == {"note", "ask"}
    operations.supplement(other, text="我有新的材料。")


def test_new_handlers_of_the_leading_case_get_the_followers_too(
    cast: Cast, lead: Case, other: Case, handler: Account, registrar: Account
) -> None:
    merged(other, lead, registrar)
    second = factories.officer(cast, name="另一专员")
    operations.assign(lead, lead=second.pk, actor=registrar)
    with vault():
        held = Access.objects.filter(case=other, revoked_at=None)
        assert list(held.values_list("account_id", "part")) == [(second.pk, "lead")]
    unions.post(factories.fresh(handler), cast.neighbour)
    with pytest.raises(Refused, match="回避"):
        operations.assign(lead, lead=handler.pk, actor=registrar)


def test_only_cases_about_the_same_employer_are_merged(
    cast: Cast, lead: Case, handler: Account, registrar: Account
) -> None:
    stranger = factories.lodged(cast.neighbour_member, employer="崇武海产公司")
    with pytest.raises(Refused, match="同一用人单位"):
        merged(stranger, lead, registrar)
    coded = factories.given(
        factories.lodged(cast.member, employer="甲名", employer_code=CODE), handler, registrar
    )
    merged(factories.anonymous(employer="乙名", employer_code=CODE).case, coded, registrar)


def test_a_handler_who_is_too_close_to_the_other_author_is_no_reason_to_merge(
    cast: Cast, lead: Case, other: Case, handler: Account, registrar: Account
) -> None:
    unions.post(factories.fresh(handler), cast.neighbour)
    with pytest.raises(Refused, match="要回避"):
        merged(other, lead, registrar)
    assert factories.reread(other).state == "received"


def test_the_database_keeps_a_follower_in_hand_and_off_itself(lead: Case, other: Case) -> None:
    for values in ({"leading": lead}, {"leading": other, "state": "handling"}):
        with pytest.raises(IntegrityError), transaction.atomic(), vault():
            Case.objects.filter(pk=other.pk).update(**values)


# --- What officers see of it


def test_handlers_learn_that_there_are_more_and_a_small_number_is_not_told(
    cast: Cast, lead: Case, handler: Account, registrar: Account
) -> None:
    def seen(actor: Account) -> queries.Kin:
        scope = permissions.desk_scope(factories.fresh(actor))
        return queries.kin_of(factories.desk(actor, lead), scope)

    assert (seen(handler).lines, seen(handler).unopened) == ([], "")
    for count in range(1, 6):
        factories.anonymous()
        assert seen(handler).unopened == ("5 件" if count == 5 else "不到 5 件")
        assert len(seen(registrar).others) == count
        assert seen(handler).is_group == (count == 5)
    assert seen(handler).lines == []
    assert seen(registrar).unopened == ""


def test_nobody_counts_cases_that_they_must_not_hear_of(
    cast: Cast, lead: Case, other: Case, handler: Account, registrar: Account
) -> None:
    close = factories.registrar(cast)
    unions.post(close, cast.neighbour)  # the union of the other author
    kin = queries.kin_of(factories.desk(close, lead), permissions.desk_scope(factories.fresh(close)))
    assert (kin.lines, kin.unopened) == ([], "")
    client = Client()
    client.force_login(factories.fresh(close))
    answer = client.post(
        reverse("complaints:merge", args=[lead.uuid]), {"into": str(other.uuid), "text": "同一单位。"}
    )
    assert answer.status_code == 404
    with pytest.raises(Http404):
        factories.desk(close, other)


def test_with_the_wall_down_they_would_be_counted(
    cast: Cast, lead: Case, other: Case, handler: Account, registrar: Account
) -> None:
    close = factories.registrar(cast)
    unions.post(close, cast.neighbour)
    with patch.object(permissions, "conflicts", lambda actor: Conflicts()):
        kin = queries.kin_of(factories.desk(close, lead), permissions.desk_scope(factories.fresh(close)))
    assert [row.uuid for row in kin.others] == [other.uuid]


def test_the_registrar_merges_and_parts_on_the_page(
    lead: Case, other: Case, handler: Account, registrar: Account
) -> None:
    client, page = Client(), reverse("complaints:desk-case", args=[other.uuid])
    client.force_login(registrar)
    words = client.get(page).content.decode()
    assert "同一单位近一年的其他诉求" in words
    assert f"{lead.number[:4]} {lead.number[4:]}" in words
    client.post(
        reverse("complaints:merge", args=[other.uuid]), {"into": str(lead.uuid), "text": "同一事由。"}
    )
    assert "这件并入" in client.get(page).content.decode()
    assert "已并案" in client.get(reverse("complaints:desk")).content.decode()
    writer = Client()
    writer.force_login(handler)
    assert "to_others" in writer.get(reverse("complaints:desk-case", args=[lead.uuid])).content.decode()
    assert writer.post(reverse("complaints:unmerge", args=[other.uuid]), {"text": "试试"}).status_code == 403
    assert client.get(reverse("complaints:letter-new", args=[other.uuid])).status_code == 403
    client.post(reverse("complaints:unmerge", args=[other.uuid]), {"text": "事由不同。"})
    assert factories.reread(other).leading_id is None
    with vault():
        kinds = list(Entry.objects.filter(case=other).order_by("pk").values_list("kind", flat=True))
    assert kinds == ["lodged", "accepted", "assigned", "merged", "unmerged"]


def test_the_page_costs_the_same_with_one_other_case_and_with_three(
    cast: Cast, lead: Case, registrar: Account
) -> None:
    client = Client()
    client.force_login(registrar)
    counts = []
    for more in (1, 2):
        for _ in range(more):
            factories.anonymous()
        client.get(reverse("complaints:desk"))
        with CaptureQueriesContext(connection) as made:
            client.get(reverse("complaints:desk-case", args=[lead.uuid]))
        counts.append(len(made))
    assert counts[0] == counts[1]
