"""What a page costs: CPU of the web processes and of PostgreSQL for each request, median of thirty."""

import http.client
import re
import time
from collections.abc import Callable
from statistics import median
from urllib.parse import urlencode

from benchmarks import machine
from benchmarks.report import Row, Table
from tests.site import Site

_TIMES = 30
_WARM_UP = 6
_GOAL_MS = 30.0
_PRETIX_EVENT_MS = 45.0


class Visitor:
    """One browser with its cookies."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._cookies: dict[str, str] = {}

    def log_in(self, account: dict[str, str]) -> None:
        """Through the login form, as people do."""
        _, body = self.get("/login")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', body)
        assert token
        form = {"phone": account["phone"], "password": account["password"], "csrfmiddlewaretoken": token[1]}
        response, _ = self._ask("POST", "/login", urlencode(form))
        if response.status != 302:
            raise RuntimeError(f"{account['role']} could not log in: {response.status}")

    def get(self, path: str) -> tuple[http.client.HTTPResponse, str]:
        """The answer and its text."""
        return self._ask("GET", path)

    def _ask(self, method: str, path: str, body: str | None = None) -> tuple[http.client.HTTPResponse, str]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(method, path, body, headers)
        response = self._connection.getresponse()
        text = response.read().decode()
        for cookie in response.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        return response, text


def measure(site: Site, *, quick: bool) -> Table:
    """CPU and queries of the pages that are opened most."""
    from huigong.services.activities.models import Activity

    activity = Activity.objects.filter(state="published", audience_unions__len=1).order_by("-id").first()
    assert activity
    member, cadre, stranger = Visitor(site.port), Visitor(site.port), Visitor(site.port)
    member.log_in(site.accounts["member"])
    cadre.log_in(site.accounts["county_admin"])
    rows = []
    for name, visitor, path in [
        ("home, member", member, "/"),
        ("home, anonymous", stranger, "/"),
        ("list of activities, member", member, "/activities/"),
        ("activity, member", member, f"/activities/{activity.pk}/"),
        ("activity, anonymous", stranger, f"/activities/{activity.pk}/"),
        ("search in the activities", member, "/activities/?q=%E7%9F%B3%E9%9B%95"),
        ("workbench home, county", cadre, "/workbench/"),
    ]:
        rows.append(_row(site, name, visitor, path, times=5 if quick else _TIMES))
    return Table("Pages, CPU of web and PostgreSQL for one request", rows)


def _row(site: Site, name: str, visitor: Visitor, path: str, *, times: int) -> Row:
    response, _ = visitor.get(path)
    if response.status != 200:
        return Row(name, f"status {response.status}", ok=False)
    for _ in range(_WARM_UP):
        visitor.get(path)
    spent = [_cost(site, lambda: visitor.get(path)) for _ in range(times)]
    cpu, database = median(web for web, _ in spent), median(database for _, database in spent)
    timing = response.headers.get("Server-Timing", "")
    queries = re.search(r'desc="(\d+)', timing)
    text = f"{cpu:.1f} + {database:.1f} ms, {queries[1] if queries else '?'} queries"
    if name.startswith("activity"):
        text += f", 1/{_PRETIX_EVENT_MS / (cpu + database):.0f} of pretix's event page"
    return Row(name, text, goal=f"< {_GOAL_MS:.0f} ms", ok=cpu + database < _GOAL_MS)


def _cost(site: Site, ask: Callable[[], object]) -> tuple[float, float]:
    web, database = machine.web_pids(site.process.pid), machine.database_pids(site.process.pid)
    before = machine.cpu_ms(web), machine.cpu_ms(database)
    ask()
    time.sleep(0.01)  # the kernel books a slice when the process goes to sleep
    return machine.cpu_ms(web) - before[0], machine.cpu_ms(database) - before[1]
