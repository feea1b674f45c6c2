"""Signing up over HTTP, beside a bare view and beside PostgreSQL alone, all claiming with the same statement."""

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median
from urllib.parse import parse_qs, urlparse

from benchmarks import load, machine
from benchmarks.report import Row, Table
from tests.cli.operator import free_port
from tests.site import Site

SPREAD = 100
"""Over so many activities the spread sign-ups are spread."""
_PLACES = 1_000_000
_CLIENTS = 16
_BACKENDS = 8


@dataclass
class Round:
    """One burst at each of the three, right after each other."""

    platform: float
    bare: float
    alone: float
    cpu_ms: float


def measure(site: Site, *, quick: bool) -> Table:
    """Rates and CPU of sign-ups, spread and hot."""
    requests, rounds = (300, 1) if quick else (3000, 3)
    people = _Contestants(requests * rounds)
    rows = []
    with _bare_server() as bare_port:
        for name, activities in [("spread over 100 activities", SPREAD), ("one hot activity", 1)]:
            bursts = [
                _round(site, people, bare_port, activities=activities, share=number, requests=requests)
                for number in range(rounds)
            ]
            rows += _rows(name, bursts, hot=activities == 1)
    return Table("Sign-up over HTTP", rows)


def _rows(name: str, rounds: list[Round], *, hot: bool) -> list[Row]:
    bare = median(each.platform / each.bare for each in rounds)
    alone = median(each.platform / each.alone for each in rounds)
    cpu = median(each.cpu_ms for each in rounds)
    rates = ", ".join(f"{each.platform:.0f} / {each.bare:.0f} / {each.alone:.0f}" for each in rounds)
    return [
        Row(f"{name}: sign-ups a second, ours / bare view / pgbench", rates),
        Row(
            f"{name}: share of the bare view's rate",
            f"{bare:.0%}",
            goal="≥ 50 %" if not hot else "",
            ok=hot or bare >= 0.5,
        ),
        Row(
            f"{name}: share of pgbench's rate",
            f"{alone:.0%}",
            goal="≥ 60 % (batched)" if hot else "",
            ok=not hot or alone >= 0.6,
        ),
        Row(f"{name}: CPU of web and PostgreSQL for one", f"{cpu:.2f} ms", goal="≤ 3 ms", ok=cpu <= 3),
    ]


class _Contestants:
    """Members with tokens and their person ids, and pools of our own for those that need no activity."""

    def __init__(self, count: int) -> None:
        from huigong.demo import tokens
        from huigong.people.membership.models import Person

        rows = list(tokens.make(count))
        self.tokens = [row["access"] for row in rows]
        known = Person.objects.order_by("-id").values_list("id", flat=True)[: count * 2]
        self.people = _contiguous(sorted(known), count)


def _contiguous(ids: list[int], count: int) -> range:
    """Ids without gaps, which pgbench can count through."""
    run = 1
    for place in range(len(ids) - 2, -1, -1):
        run = run + 1 if ids[place] + 1 == ids[place + 1] else 1
        if run == count:
            return range(ids[place], ids[place] + count)
    raise RuntimeError("no unbroken range of people: load the demo data into a fresh database")


def _round(
    site: Site, people: _Contestants, bare_port: int, *, activities: int, share: int, requests: int
) -> Round:
    contestants = slice(share * requests, (share + 1) * requests)
    alone = _pgbench(people.people, _pools(activities), requests)
    bare = _burst_bare(bare_port, people.people[contestants], _pools(activities))
    platform, cpu = _burst_platform(site, people.tokens[contestants], activities)
    return Round(platform, bare, alone, cpu)


def _burst_platform(site: Site, tokens: list[str], activities: int) -> tuple[float, float]:
    from huigong.demo import rush

    ids = [rush.make_activity(_PLACES) for _ in range(activities)]
    messages = [
        load.request(
            "POST",
            f"/api/v1/activities/{ids[number % activities]}/signups",
            body=b"{}",
            Content_Type="application/json",
            Authorization=f"Bearer {token}",
        )
        for number, token in enumerate(tokens)
    ]
    load.run(site.port, [load.request("GET", "/healthz")] * 50, clients=_CLIENTS)
    pids = [*machine.web_pids(site.process.pid), *machine.database_pids(site.process.pid)]
    before = machine.cpu_ms(pids)
    outcome = load.run(site.port, messages, clients=_CLIENTS)
    spent = machine.cpu_ms(pids) - before
    _expect(outcome, 201, len(messages))
    return outcome.rate, spent / len(messages)


def _burst_bare(port: int, people: range, pools: list[int]) -> float:
    messages = [
        load.request("POST", f"/claim/{pools[number % len(pools)]}/{person}")
        for number, person in enumerate(people)
    ]
    outcome = load.run(port, messages, clients=_CLIENTS)
    _expect(outcome, 201, len(messages))
    return outcome.rate


def _expect(outcome: load.Outcome, status: int, count: int) -> None:
    if outcome.statuses != {status: count}:
        raise RuntimeError(f"answers were {dict(outcome.statuses)}, not {count} times {status}")


def _pools(count: int) -> list[int]:
    """Fresh pools with successive ids, open and with places for all."""
    from django.utils import timezone

    from huigong.resources.seats import operations as seats

    now = timezone.now()
    pools = [
        seats.create_pool(
            mode="rush",
            capacity=_PLACES,
            opens_at=now - timedelta(hours=1),
            closes_at=now + timedelta(days=1),
            has_waitlist=False,
        )
        for _ in range(count)
    ]
    for pool in pools:
        seats.open_pool(pool)
    return [pool.pk for pool in pools]


@contextmanager
def _bare_server() -> Iterator[int]:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.bare"],
        env=os.environ | {"PORT": str(port)},
        start_new_session=True,
    )
    try:
        _await_port(port)
        yield port
    finally:
        process.terminate()
        process.wait(15)


def _await_port(port: int) -> None:
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the bare server did not start")


def _pgbench(people: range, pools: list[int], count: int) -> float:
    """Claims a second that PostgreSQL does with the platform's own statement and nothing around it."""
    from huigong.cli.postgres.owner import find_owner
    from huigong.cli.postgres.programs import find_programs
    from huigong.resources.seats.operations.claims import _RUSH

    claim = _RUSH % {"pool": ":pool", "person": ":person", "size": "1"}
    script = (
        "\\set i :i + 1\n"
        f"\\set person {people.start} + (:client_id * {len(people) // _BACKENDS} + :i) % {len(people)}\n"
        f"\\set pool {pools[0]} + (:client_id * 13 + :i) % {len(pools)}\n"
        f"{' '.join(claim.split())};\n"
    )
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        done = subprocess.run(
            [
                find_programs(find_owner()) / "pgbench",
                *_connection(),
                *("-n", "-M", "prepared", "-D", "i=0", "-c", str(_BACKENDS), "-j", "2"),
                *("-t", str(count // _BACKENDS), "-f", Path(file.name)),
            ],
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
    tps = re.search(r"tps = ([\d.]+)", done.stdout)
    if done.returncode or not tps:
        raise RuntimeError(f"pgbench failed: {done.stderr.strip()[-300:]}")
    return float(tps[1])


def _connection() -> list[str]:
    url = urlparse(os.environ["DATABASE_URL"])
    return ["-h", parse_qs(url.query)["host"][0], "-U", url.username or "", url.path.lstrip("/")]
