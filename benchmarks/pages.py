"""What a page costs: CPU of the web processes and of PostgreSQL for each request, median of thirty."""

import http.client
import json
import re
import time
from collections.abc import Callable
from statistics import median
from urllib.parse import urlencode

from benchmarks import machine
from benchmarks.addresses import Page, pages
from benchmarks.report import Row, Table
from tests.site import Site

TIMES = 30
_WARM_UP = 6
_GOAL_MS = 30.0
_PRETIX_EVENT_MS = 45.0
"""A stated reference, measured once elsewhere, not in this run."""
_SECTIONS = 3
"""A page may ask so much more where a section has something to show that was empty before."""


class Visitor:
    """One browser with its cookies."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._cookies: dict[str, str] = {}
        self._headers: dict[str, str] = {}

    def log_in(self, account: dict[str, str]) -> None:
        """Through the login form, as people do."""
        _, body = self.get("/login")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', body)
        assert token
        form = {"phone": account["phone"], "password": account["password"], "csrfmiddlewaretoken": token[1]}
        response, _ = self._ask("POST", "/login", urlencode(form))
        if response.status != 302:
            raise RuntimeError(f"{account['role']} could not log in: {response.status}")

    def bear(self, account: dict[str, str]) -> None:
        """Ask the API for a token and show it from now on."""
        sent = json.dumps({"phone": account["phone"], "password": account["password"]})
        headers = {"Content-Type": "application/json"}
        self._connection.request("POST", "/api/v1/auth/tokens", sent, headers)
        self._headers["Authorization"] = f"Bearer {json.load(self._connection.getresponse())['access']}"

    def warmed(self, path: str) -> http.client.HTTPResponse:
        """The answer once every worker has seen the page."""
        for _ in range(_WARM_UP):
            self.get(path)
        return self.get(path)[0]

    def get(self, path: str) -> tuple[http.client.HTTPResponse, str]:
        """The answer and its text."""
        return self._ask("GET", path)

    def _ask(self, method: str, path: str, body: str | None = None) -> tuple[http.client.HTTPResponse, str]:
        headers = self._headers | {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        }
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        response = self._answer(method, path, body, headers)
        text = response.read().decode()
        for cookie in response.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        return response, text

    def _answer(
        self, method: str, path: str, body: str | None, headers: dict[str, str]
    ) -> http.client.HTTPResponse:
        """One answer; a connection that the server closed while another visitor was busy is opened again."""
        try:
            self._connection.request(method, path, body, headers)
            return self._connection.getresponse()
        except (http.client.RemoteDisconnected, ConnectionError):
            self._connection.close()
            self._connection.request(method, path, body, headers)
            return self._connection.getresponse()


def counts(site: Site) -> dict[tuple[str, str], int]:
    """How many queries each page asks with what the database holds now."""
    visitors = _visitors(site)
    return {
        (page.role, page.name): _queries(visitors[page.role].warmed(page.path))
        for page in pages(site.accounts["member"]["phone"])
    }


def measure(site: Site, small: dict[tuple[str, str], int], *, quick: bool) -> Table:
    """CPU, queries and size of every page; `small`: how many queries each asked at the demo scale."""
    visitors = _visitors(site)
    rows = [
        _row(site, page, visitors[page.role], small.get((page.role, page.name)), times=3 if quick else TIMES)
        for page in pages(site.accounts["member"]["phone"])
    ]
    return Table("Pages: queries at demo and county scale, CPU of web + PostgreSQL (median), bytes", rows)


def _visitors(site: Site) -> dict[str, Visitor]:
    visitors = {role: Visitor(site.port) for role in ("member", "county_admin", "", "api")}
    for role in ("member", "county_admin"):
        visitors[role].log_in(site.accounts[role])
    visitors["api"].bear(site.accounts["member"])
    return visitors


def _queries(response: http.client.HTTPResponse) -> int:
    counted = re.search(r'desc="(\d+)', response.headers.get("Server-Timing", ""))
    return int(counted[1]) if counted else -1


def _row(site: Site, page: Page, visitor: Visitor, small: int | None, *, times: int) -> Row:
    name = f"{page.role or 'anonymous'}: {page.name}"
    response, body = visitor.get(page.path)
    if response.status != 200:
        return Row(name, f"status {response.status}", goal="200", ok=False)
    queries = _queries(visitor.warmed(page.path))
    spent = [cost(site, lambda: visitor.get(page.path)) for _ in range(times)]
    cpu, database = median(web for web, _ in spent), median(database for _, database in spent)
    text = f"{small} → {queries} queries, {cpu:.1f} + {database:.1f} ms, {len(body.encode()):,} B"
    if page.path.startswith("/activities/") and page.name == "activity":
        text += f", 1/{_PRETIX_EVENT_MS / (cpu + database):.0f} of pretix's event page"
    is_constant = small is None or queries <= small + _SECTIONS
    goal = "constant queries" + (f", < {_GOAL_MS:.0f} ms" if page.is_swift else "")
    return Row(name, text, goal=goal, ok=is_constant and (not page.is_swift or cpu + database < _GOAL_MS))


def cost(site: Site, ask: Callable[[], object]) -> tuple[float, float]:
    web, database = machine.web_pids(site.process.pid), machine.database_pids(site.process.pid)
    before = machine.cpu_ms(web), machine.cpu_ms(database)
    ask()
    time.sleep(0.01)  # the kernel books a slice when the process goes to sleep
    return machine.cpu_ms(web) - before[0], machine.cpu_ms(database) - before[1]
