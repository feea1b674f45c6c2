"""Going to every address as somebody, and noting whatever should not have happened there."""

import re
import uuid
from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.http import HttpResponseBase
from django.test import Client
from psycopg import sql

from huigong.people.accounts import queries as accounts
from tests.addresses import PUBLIC, Address
from tests.stage import PRIVATE, Stage, export_link

PUBLIC_UNION = {"membership:apply", "membership:request-transfer"}
"""Any union may be named there: which unions there are is public."""
NOBODYS = {"app_label", "url", "name", "uuid", "token"}
"""Parameters that name no row of the union; their addresses must show nothing, whatever they answer."""
NOWHERE = 2**40
"""An id that no row has."""
NO_UUID = {name: uuid.UUID(int=NOWHERE) for name in ("case_uuid", "letter_uuid")}
"""The same for what is named by a uuid."""
TAKING_JSON = {"activities:check-in-scan", "activities:check-in-upload"}
"""Pages that read a body of JSON, and look at it before they look for the row."""
ENTRANCES = ("/login?next=", "/workbench/login/?next=")
LEAVING = {"accounts:logout", "accounts:log-out-everywhere", "admin:logout"}


class Walker:
    """Somebody at the keyboard, with a session for pages and a token for the API."""

    def __init__(self, stage: Stage, role: str) -> None:
        self.stage, self.role = stage, role
        self.account = stage.account(role)
        token = accounts.access_token(self.account) if self.account else ""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.client = Client(raise_request_exception=False, headers=headers)
        if self.account:
            self.client.force_login(self.account)
        self.faults: list[str] = []
        self.steps = 0

    def go(self, method: str, path: str, *args: Any, **options: Any) -> tuple[HttpResponseBase, str]:
        """The answer, and its words; a broken page and private words are faults."""
        self.steps += 1
        response = getattr(self.client, method)(path, *args, **options)
        words = body_of(response)
        where = f"{self.role} {method} {path[:120]}"
        if response.status_code >= 500 and response.status_code != 503:  # paused by a switch, or not ready
            self.faults.append(f"{where}: {response.status_code}")
        return response, words

    def outside(self, method: str, path: str, *args: Any, **options: Any) -> HttpResponseBase:
        """The same for somebody who has no business with what is private."""
        response, words = self.go(method, path, *args, **options)
        told = [word for word in PRIVATE if word in words or word in str(response.headers)]
        if told:
            self.faults.append(f"{self.role} {method} {path[:120]}: says {', '.join(told)}")
        return response

    def path(self, address: Address) -> str:
        """Where the address leads when it is about what belongs to the union."""
        row = self.stage.rows.get(address.model)
        return address.path(self.stage.values | ({"object_id": row.pk} if row else {}))

    def knock(self, address: Address) -> None:
        """GET and POST one address, with the ids of what is private wherever an id can stand."""
        path = self.path(address)
        got = self.outside("get", path)
        if is_hidden(address):
            self._expect_closed(address, "get", got)
            if self.account is not None and not self._stays_out(address):
                self._expect_like_nowhere(address, path, got)
        if self._stays_out(address):
            if address.is_list:
                self._post(address, path, everything(self.stage))
            return
        if got.status_code not in (405, 302):
            for query in queries(self.stage, address):
                self.outside("get", path, query)
        for body in bodies(self.stage, address):
            self._post(address, path, body)
        if address.in_api or address.name in TAKING_JSON:
            for body in json_bodies(self.stage):
                self._post(address, path, body, content_type="application/json")
        if address.in_api:
            self.outside("delete", path)

    def _stays_out(self, address: Address) -> bool:
        """Does the workbench not let them in at all? Then all its addresses are one closed door."""
        return address.in_workbench and (self.account is None or not self.account.is_staff)

    def _post(self, address: Address, path: str, body: Any, **options: Any) -> None:
        response = self.outside("post", path, body, **options)
        if is_hidden(address):
            self._expect_closed(address, "post", response)

    def _expect_closed(self, address: Address, method: str, response: HttpResponseBase) -> None:
        status = response.status_code
        allowed = {403, 404, 405}
        if address.in_api or address.name in TAKING_JSON:
            allowed |= {400, 401, 422}
        if self.account is None and address.name not in PUBLIC and not address.in_api:
            closed = status == 302 and response["Location"].startswith(ENTRANCES)
        elif address.name == "admin:":  # from an old form of the address to the page, whatever the id
            closed = status in allowed | {302}
        else:
            closed = status in allowed
        if not closed:
            self.faults.append(f"{self.role} {method} {address}: {status}")

    def _expect_like_nowhere(self, address: Address, path: str, got: HttpResponseBase) -> None:
        """A hidden row answers as one that there is not: nobody learns that it exists."""
        away = address.path(dict.fromkeys(address.parameters, NOWHERE) | NO_UUID)
        nowhere = self.go("get", away)[0]
        if got.status_code != nowhere.status_code:
            self.faults.append(f"{self.role} {address}: {got.status_code}, nowhere {nowhere.status_code}")


def body_of(response: HttpResponseBase) -> str:
    """What was answered, of a stream too."""
    content = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
    return content.decode(errors="replace")


def is_hidden(address: Address) -> bool:
    """Is the address about a row that people from outside must not know of?"""
    about = set(address.parameters) - NOBODYS
    return bool(about) and address.name not in PUBLIC_UNION


def queries(stage: Stage, address: Address) -> Iterator[dict[str, Any]]:
    """What may be asked of an address besides, in the hope that it is asked about somebody else's rows.

    What is searched for is part of the canary only: a search box that repeats it gives nothing away.
    """
    union, name, tail = stage.cast.union.pk, PRIVATE[0][1:], PRIVATE[1][-4:]
    if address.is_list:
        yield {"q": name, "_facets": "True", "o": "-1.2.-3"}
        yield {"q": tail, "p": "0", "all": "", "_popup": "1"}
        yield {
            "within": union,
            "standing": "active",
            "waiting": "mine",
            "signups": "pending",
            "state": "open",
        }
        yield {"union__id__exact": union}
        yield {"union__name__contains": name}
        yield {"_to_field": "uuid"}
    elif address.name.endswith("_download"):
        yield {"token": export_link(address.model, stage.cast.officer)}
    elif address.name == "admin:autocomplete":
        for app, model, field in _LOOKUPS:
            yield {"app_label": app, "model_name": model, "field_name": field, "term": name}
    elif address.name == "admin:search":
        for text in (name, tail, PRIVATE[3][-4:]):
            yield {"s": text, "extended": "1"}
    elif not address.parameters:
        yield {
            **dict.fromkeys(("q", "s", "find"), name),
            "union": union,
            "a-union_ids": union,
            "kind": "claim",
            "below": "1",
            "show": "done",
            "activities": stage.values["activity_id"],
            "campaign": stage.values["campaign_id"],
        }


_LOOKUPS = (
    ("membership", "person", "account"),
    ("orgs", "post", "union"),
    ("orgs", "union", "parent"),
    ("membership", "claim", "person"),
)
"""What Django's own autocomplete could be asked to look up."""


def bodies(stage: Stage, address: Address) -> Iterator[dict[str, Any]]:
    """What a form may send: every field that any form has, filled in with what belongs to somebody else."""
    yield everything(stage)
    if address.is_list:
        row = stage.rows[address.model]
        for action in ("approve_ticked", "delete_selected"):
            ticked = {"action": action, "_selected_action": [row.pk], "confirmed": "1", "index": "0"}
            yield ticked
            yield ticked | {"select_across": "1"}


def json_bodies(stage: Stage) -> Iterator[dict[str, Any]]:
    """What programs send: a signup, an application, scans."""
    session = stage.values["session_id"]
    yield {"session": session}
    yield {"session": session, "code": "H1.x"}
    yield {"session": session, "scans": [{"code": "H1.x", "at": 1}]}
    yield {"union": stage.values["union_id"], "name": "陈阿三", "id_number": PRIVATE[3]}


def everything(stage: Stage) -> dict[str, Any]:
    """One body that fits all forms."""
    values = stage.values
    return {
        "id": [values["application_id"]],
        "signup": [values["signup_id"]],
        "work": [values["contribution_id"]],
        "activities": [values["activity_id"]],
        "person": values["person_id"],
        "session": values["session_id"],
        "union": values["union_id"],
        "parent": stage.cast.neighbour.pk,
        "second_parent": stage.cast.neighbour.pk,
        "a-union_ids": [values["union_id"]],
        "reason": "试试看",
        "remark": "试试看",
        "grounds": "试试看",
        "accept": "1",
        "confirm": "1",
        "sure": "yes",
        "expel": "yes",
        "which": "id_number",
        "identity_checked": "on",
        "starts_at": "2031-05-05T10:00",
        "starts_on": "2031-05-05",
        "ends_on": "2032-05-05",
        "elected_on": "2026-01-05",
        "years": "3",
        "role": "chair",
        "switch": "READ_ONLY",
        "day": "2031-05-06",
        "source": "试试看",
        "text": "试试看",
        "spent_yuan": "1",
        "_form_submitted": "on",
        "_save": "1",
        "post": "yes",
    }


_ODD = ("-1", "²", "9" * 30, "None", "\ufeff😀\u202e", "' OR 1=1 --", "[]", "1.5", "{{7*7}}")
_ASKED = re.split(
    r"\s+",
    "page q s p o e all before after from cursor session state kind show order stage when category within token "
    "sheet header union person campaign activities a-union_ids a-min_age a-tags find by next below who progress "
    "standing waiting signups level sex work_form due_on created_at_from created_at_to at_from starts_at_to "
    "state__exact role__exact _popup _to_field _facets app_label model_name field_name term extended none via",
)
"""What any page asks for in its address."""


def odd_queries() -> Iterator[tuple[dict[str, str], dict[str, str]]]:
    """Values that no link of ours has, for every name at once, and headers that htmx would never send."""
    for place, headers in enumerate(_HEADERS):
        yield {name: _ODD[(number + place * 4) % len(_ODD)] for number, name in enumerate(_ASKED)}, headers
    yield dict.fromkeys(("q", "s", "cursor", "find", "within", "term", "token"), "长" * 3_400), {}


_HEADERS = (
    {"HX-Request": "true", "HX-Current-URL": "http://[", "HX-Target": "'\"><"},
    {"X-Forwarded-For": "' , ,::1", "Accept-Language": "\xff", "Range": "bytes=-", "HX-Boosted": "x"},
)


def odd_bodies() -> Iterator[tuple[Any, str]]:
    """Bodies of the wrong kind, a broken one and a deep one."""
    yield b"[" * 50_000, "application/json"
    yield b"a=%ff&id=%C2%B2&activities=%C2%B2&a-union_ids=%C2%B2&person=%C2%B2&union=%C2%B2", _FORM
    yield b"no multipart", "multipart/form-data; boundary=x"


_FORM = "application/x-www-form-urlencoded"


# --- What is in the database

_MARKS = {
    "django_session",
    "core_ratecount",
    "core_heartbeat",
    "core_idempotencykey",
    "accounts_smscode",
    "procrastinate_jobs",
    "procrastinate_events",
}
"""Counts and queues that any request may move."""


def snapshot() -> dict[tuple[str, str], str]:
    """A hash of every row of every table, by table and id."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name::text FROM information_schema.columns "
            "WHERE table_schema = 'public' AND column_name = 'id' ORDER BY 1"
        )
        tables = [table for (table,) in cursor.fetchall() if table not in _MARKS]
        each = sql.SQL("SELECT {}, id::text, md5({}::text) FROM {}")
        parts = [each.format(table, sql.Identifier(table), sql.Identifier(table)) for table in tables]
        cursor.execute(sql.SQL(" UNION ALL ").join(parts))
        return {(table, key): mark for table, key, mark in cursor.fetchall()}


def touched(before: dict[tuple[str, str], str], *, own: set[tuple[str, str]] = frozenset()) -> list[str]:  # type: ignore[assignment]
    """Rows that were there before and are changed or gone now; `own` may be."""
    now = snapshot()
    return sorted(
        f"{table} {key}"
        for (table, key), mark in before.items()
        if now.get((table, key)) != mark and (table, key) not in own
    )
