"""A notice to the whole county: how long telling everybody takes, and when the first phone shows it."""

import json
import time
from statistics import median

from benchmarks.pages import Visitor
from benchmarks.report import Row, Table
from tests.site import Site

_TIMES = 10


def measure(site: Site) -> Table:
    """Seconds by the clock from telling to told, and on to a badge that counts it, as the demo member's phone asks."""
    from huigong.people.accounts import queries as accounts
    from huigong.people.membership import queries as membership
    from huigong.people.membership.queries import Rule
    from huigong.people.orgs import queries as orgs
    from huigong.services.notices import operations

    author = accounts.account_by_phone(site.accounts["county_admin"]["phone"])
    visitor = Visitor(site.port)
    visitor.log_in(site.accounts["member"])
    told, shown = [], []
    for number in range(_TIMES):
        draft = operations.create_notice(
            orgs.root(),
            title=f"高温补贴的通知（{number}）",
            body="<p>请核对。</p>",
            rule=Rule(),
            actor=author,
        )
        before = _badge(visitor)
        began = time.perf_counter()
        operations.publish(draft, actor=author)
        told.append(time.perf_counter() - began)
        while _badge(visitor) != before + 1:
            time.sleep(0.01)
        shown.append(time.perf_counter() - began)
        operations.withdraw(draft, actor=author, reason="只为测量")
    publish, badge = median(told), median(shown)
    return Table(
        f"One notice to {membership.member_count():,} members",
        [
            Row("telling everybody", f"{publish * 1000:.0f} ms", goal="< 100 ms", ok=publish < 0.1),
            Row("until a phone's badge counts it", f"{badge * 1000:.0f} ms", goal="< 1 s", ok=badge < 1),
        ],
    )


def _badge(visitor: Visitor) -> int:
    _, body = visitor.get("/me/unread")
    return int(json.loads(body)["unread"])
