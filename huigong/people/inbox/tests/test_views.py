"""The inbox: one's own, newest first, opened once."""

import pytest
from django.test import Client

from huigong.people.inbox import operations, queries
from huigong.people.inbox.models import Message
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def send(cast: Cast, *, title: str = "入会申请已通过", url: str = "/me") -> Message:
    operations.send([cast.member.pk], kind="request", title=title, url=url)
    return Message.objects.latest("id")


@pytest.fixture
def member_client(cast: Cast, client: Client) -> Client:
    client.force_login(cast.member)
    return client


def test_an_empty_inbox_says_so(member_client: Client) -> None:
    assert "还没有消息" in member_client.get("/inbox/").content.decode()


def test_opening_marks_read_and_leads_to_what_it_is_about(cast: Cast, member_client: Client) -> None:
    message = send(cast, url="/me")
    assert queries.unread_count(cast.member) == 1
    response = member_client.post(f"/inbox/{message.pk}")
    assert (response.status_code, response["Location"]) == (302, "/me")
    assert queries.unread_count(cast.member) == 0


def test_looking_at_the_list_marks_nothing_read(cast: Cast, member_client: Client) -> None:
    send(cast)
    member_client.get("/inbox/")
    assert queries.unread_count(cast.member) == 1


def test_somebody_elses_message_is_not_there(cast: Cast, client: Client) -> None:
    message = send(cast)
    client.force_login(cast.neighbour_member)
    assert client.post(f"/inbox/{message.pk}").status_code == 404
    assert message.title not in client.get("/inbox/").content.decode()
    assert queries.unread_count(cast.member) == 1


def test_read_all_touches_only_ones_own(cast: Cast, member_client: Client) -> None:
    send(cast)
    operations.send([cast.neighbour_member.pk], kind="system", title="别人的", url="/")
    member_client.post("/inbox/read-all")
    assert queries.unread_count(cast.member) == 0
    assert queries.unread_count(cast.neighbour_member) == 1


def test_send_passes_over_people_without_an_account(cast: Cast) -> None:
    assert operations.send([None, cast.member.pk, cast.member.pk], kind="system", title="一次", url="/") == 1


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_for_any_number(
    cast: Cast, member_client: Client, django_assert_num_queries, number: int
) -> None:
    for _ in range(number):
        send(cast)
    with django_assert_num_queries(6):
        member_client.get("/inbox/")


def test_older_messages_follow_by_the_pager(cast: Cast, member_client: Client) -> None:
    for count in range(25):
        send(cast, title=f"第{count:02d}条")
    first = member_client.get("/inbox/").content.decode()
    assert "第24条" in first
    assert "第04条" not in first
    before = Message.objects.order_by("-id")[19].pk
    second = member_client.get("/inbox/", {"before": before}, headers={"HX-Request": "true"}).content.decode()
    assert "第04条" in second
    assert "<html" not in second
