"""The live stream: the session's own unread count, at once after a commit, to the same host's pages only."""

import asyncio
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.conf import settings
from django.db import connections, transaction
from django.test import Client

from huigong.config.live import application
from huigong.people.accounts import operations as accounts
from huigong.people.inbox import operations as inbox
from tests.cast import Cast, make_cast


def scope(cookie: str = "", origin: str = "http://localhost:8000") -> dict[str, Any]:
    return {
        "type": "http",
        "method": "GET",
        "path": "/live",
        "headers": [(b"host", b"localhost:8001"), (b"origin", origin.encode()), (b"cookie", cookie.encode())],
    }


def cookie_of(account: Any) -> str:
    client = Client()
    client.force_login(account)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


async def next_event(stream: ApplicationCommunicator) -> str:
    message = await stream.receive_output(timeout=10)
    return message["body"].decode()


async def follow(cast: Cast, cookie: str) -> list[str]:
    """Open a stream, then write to the member's and to the neighbour's inbox; what the stream said."""
    lifespan = ApplicationCommunicator(application, {"type": "lifespan"})
    await lifespan.send_input({"type": "lifespan.startup"})
    assert (await lifespan.receive_output(timeout=10))["type"] == "lifespan.startup.complete"
    stream = ApplicationCommunicator(application, scope(cookie))
    start = await stream.receive_output(timeout=10)
    assert start["status"] == 200
    heard = [await next_event(stream)]
    await asyncio.sleep(1)  # the listener's own start wakes every stream once
    while not stream.output_queue.empty():
        heard.append(await next_event(stream))
    await sync_to_async(write)(cast)
    heard.append(await next_event(stream))
    await stream.send_input({"type": "http.disconnect"})
    await stream.wait(timeout=10)
    await lifespan.send_input({"type": "lifespan.shutdown"})
    await lifespan.wait(timeout=10)
    await sync_to_async(connections.close_all)()
    return heard


def write(cast: Cast) -> None:
    with transaction.atomic():
        inbox.send([cast.neighbour_member.pk], kind="system", title="别人的", url="/")
    with transaction.atomic():
        inbox.send([cast.member.pk], kind="system", title="您的申请有新进展", url="/")


@pytest.mark.django_db(transaction=True)
def test_a_stream_tells_the_count_now_and_after_each_commit() -> None:
    cast = make_cast()
    heard = asyncio.run(follow(cast, cookie_of(cast.member)))
    assert heard[0] == "event: unread\ndata: 0\n\n"
    assert heard[-1] == "event: unread\ndata: 1\n\n"
    assert not any("进展" in event for event in heard)


async def answer(asked: dict[str, Any]) -> dict[str, Any]:
    stream = ApplicationCommunicator(application, asked)
    start = await stream.receive_output(timeout=10)
    await stream.send_input({"type": "http.disconnect"})
    await sync_to_async(connections.close_all)()
    return start


@pytest.mark.django_db(transaction=True)
def test_without_a_session_there_is_no_stream() -> None:
    assert asyncio.run(answer(scope()))["status"] == 401


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("origin", "allowed"), [("http://localhost:8000", True), ("http://evil.example", False)]
)
def test_only_pages_of_the_same_host_may_read_it(origin: str, allowed: bool) -> None:
    headers = dict(asyncio.run(answer(scope(origin=origin)))["headers"])
    assert (b"access-control-allow-origin" in headers) is allowed


async def after_leaving(cast: Cast, cookie: str) -> dict[str, Any]:
    """Open a stream, log out everywhere, then let something happen: the last thing the stream said."""
    lifespan = ApplicationCommunicator(application, {"type": "lifespan"})
    await lifespan.send_input({"type": "lifespan.startup"})
    await lifespan.receive_output(timeout=10)
    stream = ApplicationCommunicator(application, scope(cookie))
    await stream.receive_output(timeout=10)
    await next_event(stream)
    await asyncio.sleep(1)  # the listener's own start wakes every stream once
    while not stream.output_queue.empty():
        await next_event(stream)
    await sync_to_async(accounts.log_out_everywhere)(cast.member, actor=cast.member)
    await sync_to_async(write)(cast)
    said = await stream.receive_output(timeout=10)
    await stream.wait(timeout=10)
    await lifespan.send_input({"type": "lifespan.shutdown"})
    await lifespan.wait(timeout=10)
    await sync_to_async(connections.close_all)()
    return said


@pytest.mark.django_db(transaction=True)
def test_a_stream_says_nothing_more_once_its_session_is_over() -> None:
    cast = make_cast()
    said = asyncio.run(after_leaving(cast, cookie_of(cast.member)))
    assert said["body"] == b""
    assert not said.get("more_body")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("origin", ["http://[", "http://[::1", "null", "http://"])
def test_an_origin_that_is_none_may_not_read(origin: str) -> None:
    headers = dict(asyncio.run(answer(scope(origin=origin)))["headers"])
    assert b"access-control-allow-origin" not in headers
