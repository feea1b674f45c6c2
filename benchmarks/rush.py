"""Everybody at once: thousands of members for a few places. Exactly as many get in, and all others are told why."""

import json
from collections import Counter
from contextlib import suppress

from benchmarks import load
from benchmarks.report import Row, Table
from tests.site import Site

_PLACES = 200
_MOST_FAULTS = 500


def measure(site: Site, *, quick: bool) -> Table:
    """The race, its answers by status and code, and whether the platform's invariants hold afterwards."""
    from huigong.core import verify
    from huigong.demo import rush, tokens
    from huigong.services.activities.models import Activity

    count, places = (300, 20) if quick else (3000, _PLACES)
    people = [row["access"] for row in tokens.make(count)]
    activity = rush.make_activity(places)
    outcome = load.run(site.port, [_request(activity, token) for token in people], clients=64)
    told = Counter(map(_reason, outcome.answers))
    pool = Activity.objects.get(pk=activity).sessions.get().pool
    broken = [finding.name for finding in verify.run() if not finding.ok]
    answers = ", ".join(f"{number} × {what}" for what, number in told.most_common())
    in_time = outcome.statuses[201] == places and pool.taken == places
    faults = sum(number for status, number in outcome.statuses.items() if status >= _MOST_FAULTS)
    why = told.total() == count and set(told) <= {"201", "409 full"}
    return Table(
        f"Rush: {count:,} members for {places} places",
        [
            Row("answers", f"{answers}, in {outcome.seconds:.1f} s"),
            Row("got in", f"{outcome.statuses[201]}", goal=f"exactly {places}", ok=in_time),
            Row("server errors", f"{faults}", goal="none", ok=faults == 0),
            Row("told why", "all" if why else answers, goal="all", ok=why),
            Row("huigong verify", ", ".join(broken) or "clean", goal="clean", ok=not broken),
        ],
    )


def _request(activity: int, token: str) -> bytes:
    return load.request(
        "POST",
        f"/api/v1/activities/{activity}/signups",
        body=b"{}",
        Content_Type="application/json",
        Authorization=f"Bearer {token}",
    )


def _reason(answer: load.Answer) -> str:
    """The status and, of a refusal, its code."""
    with suppress(ValueError, KeyError, TypeError):
        return f"{answer.status} {json.loads(answer.body)['code']}"
    return str(answer.status)
