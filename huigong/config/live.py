"""Live pages: a small ASGI process that tells open pages when something changed for their reader.

It holds one connection that listens to PostgreSQL; each open page is one server-sent event stream. An event says
only that something changed and how many messages are unread: what they say is read through the ordinary pages.
A page that cannot hold a stream asks `portal:unread` now and then instead.
"""

import asyncio
import os
from collections import defaultdict
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

import django
import psycopg
import structlog
from psycopg import sql

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huigong.config.settings")
django.setup()

from asgiref.sync import sync_to_async  # noqa: E402 what follows needs Django to stand
from django.conf import settings  # noqa: E402
from django.contrib.auth import get_user  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.db import close_old_connections, connection  # noqa: E402
from django.http import HttpRequest  # noqa: E402
from django.http.cookie import parse_cookie  # noqa: E402

from huigong.faces.portal import queries as portal  # noqa: E402
from huigong.people.inbox import queries as inbox  # noqa: E402

log = structlog.get_logger("huigong.live")
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

KEEP_ALIVE_SECONDS = 20
RECONNECT_SECONDS = 2
MAX_STREAMS_PER_ACCOUNT = 8
_DSN = ("host", "port", "dbname", "user", "password", "sslmode", "sslrootcert")

_streams: dict[int, set[asyncio.Event]] = defaultdict(set)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """One address, `/live`: the unread count of the session's account, now and at every change."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["type"] == "http" and scope["path"] == "/live" and scope["method"] == "GET":
        await _stream(scope, receive, send)
    elif scope["type"] == "http":
        await _answer(send, 404)


async def _lifespan(receive: Receive, send: Send) -> None:
    listener: asyncio.Task[None] | None = None
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            listener = asyncio.create_task(_listen())
            await send({"type": "lifespan.startup.complete"})
        else:
            if listener:
                listener.cancel()
            await send({"type": "lifespan.shutdown.complete"})
            return


async def _listen() -> None:
    """Wake the streams of every account that PostgreSQL names; a lost connection is made again."""
    while True:
        try:
            parameters = await sync_to_async(connection.get_connection_params)()
            wanted = {key: parameters[key] for key in _DSN if parameters.get(key)}
            async with await psycopg.AsyncConnection.connect(autocommit=True, **wanted) as listening:
                await listening.execute(sql.SQL("LISTEN {}").format(sql.Identifier(inbox.CHANNEL)))
                _wake_all()
                async for notification in listening.notifies():
                    if notification.payload == inbox.EVERYBODY:
                        _wake_all()
                        continue
                    for stream in _streams.get(int(notification.payload), ()):
                        stream.set()
        except psycopg.OperationalError:
            log.warning("live-reconnect")
            await asyncio.sleep(RECONNECT_SECONDS)


def _wake_all() -> None:
    """Something is new for everybody; and after a gap anything may be."""
    for streams in _streams.values():
        for stream in streams:
            stream.set()


async def _stream(scope: Scope, receive: Receive, send: Send) -> None:
    headers = {name.decode().lower(): value.decode("latin-1") for name, value in scope["headers"]}
    cookies = headers.get("cookie", "")
    account = await sync_to_async(_account)(cookies)
    if account is None:
        await _answer(send, 401, headers)
        return
    if len(_streams[account.pk]) >= MAX_STREAMS_PER_ACCOUNT:
        await _answer(send, 429, headers)
        return
    changed = asyncio.Event()
    changed.set()
    _streams[account.pk].add(changed)
    gone = asyncio.create_task(_until_gone(receive))
    try:
        await _begin(send, 200, headers, b"text/event-stream")
        while not gone.done():
            if not await _say(send, cookies, account, changed):
                return
            waiting = asyncio.create_task(changed.wait())
            await asyncio.wait(
                {gone, waiting}, timeout=KEEP_ALIVE_SECONDS, return_when=asyncio.FIRST_COMPLETED
            )
            waiting.cancel()
    finally:
        gone.cancel()
        _streams[account.pk].discard(changed)
        if not _streams[account.pk]:
            del _streams[account.pk]


async def _say(send: Send, cookies: str, account: Any, changed: asyncio.Event) -> bool:
    """The unread count when something changed, else a sign of life. False ends it: the session is over."""
    body = b": still here\n\n"
    if changed.is_set():
        changed.clear()
        if await sync_to_async(_account)(cookies) != account:
            await send({"type": "http.response.body", "body": b""})
            return False
        body = f"event: unread\ndata: {await sync_to_async(_unread)(account)}\n\n".encode()
    await send({"type": "http.response.body", "body": body, "more_body": True})
    return True


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _account(cookies: str) -> Any:
    """The account of the session cookie, or None."""
    close_old_connections()
    key = parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME)
    if not key or "\0" in key:
        return None
    request = HttpRequest()
    request.session = SessionStore(key)
    user = get_user(request)
    return user if user.is_authenticated else None


def _unread(account: Any) -> int:
    close_old_connections()
    return portal.unread_count(account)


async def _answer(send: Send, status: int, request_headers: dict[str, str] | None = None) -> None:
    await _begin(send, status, request_headers or {}, b"text/plain")
    await send({"type": "http.response.body", "body": b""})


async def _begin(send: Send, status: int, request_headers: dict[str, str], content_type: bytes) -> None:
    headers = _headers(request_headers, content_type)
    await send({"type": "http.response.start", "status": status, "headers": headers})


def _headers(request_headers: dict[str, str], content_type: bytes) -> list[tuple[bytes, bytes]]:
    """Without a proxy the stream has a port of its own: the same host's pages may read it, others not."""
    headers = [
        (b"content-type", content_type),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
    ]
    origin = request_headers.get("origin", "")
    if (host := _host(origin)) and host == _host(f"//{request_headers.get('host', '')}"):
        headers += [
            (b"access-control-allow-origin", origin.encode("latin-1")),
            (b"access-control-allow-credentials", b"true"),
            (b"vary", b"Origin"),
        ]
    return headers


def _host(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None
