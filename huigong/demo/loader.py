"""Demo data, at two scales: a county to look around in, and one of the size that a real county reports."""

from collections.abc import Callable
from typing import Literal

from django.conf import settings
from django.db import connection, transaction

from huigong.core import audit
from huigong.core.errors import Refused
from huigong.core.models import AuditRow, Instance
from huigong.demo import accounts_file, county, story
from huigong.demo.guard import require_demo
from huigong.demo.whole import savepoints
from huigong.people.accounts.models import Account
from huigong.people.orgs import queries as orgs

Progress = Callable[[str], object]
_ACTION = "demo:data:load"
_LOCK = 0x44454D4F
"""Two loads at the same time would both find the database empty."""


def load(scale: Literal["demo", "county"], progress: Progress = print) -> None:
    """Fill a demo database; all or nothing. The county scale is the demo scale and much more around it.

    Says so and changes nothing when that is there already. Refuses outside demo mode, and a database that
    is not a demo's. Writes the accounts to log in with to `demo-accounts.json` in the data directory.
    """
    if not (settings.DEMO or settings.TESTING):
        raise Refused("演示数据只能在演示模式下装入。", "not-demo", status=403)
    _name_empty_database()
    require_demo()
    with transaction.atomic(), savepoints(wanted=False):
        _wait_for_others()
        if is_loaded(scale):
            progress("演示数据已经在这里，没有改动任何东西。")
            return
        if not is_loaded("demo"):
            _load_demo(progress)
        if scale == "county":
            county.grow(county.COUNTY, progress)
            _note("county")


def is_loaded(scale: str = "demo") -> bool:
    """Is the data of `scale` there? The trail tells."""
    return AuditRow.objects.filter(action=_ACTION, after__scale=scale).exists()


def _name_empty_database() -> None:
    """Say what an empty database is for; one with accounts in it was somebody's before."""
    if not Instance.objects.exists() and not Account.objects.exists():
        Instance.objects.create(mode=Instance.Mode.DEMO)


def _wait_for_others() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")


def _load_demo(progress: Progress) -> None:
    orgs.root_id.cache_clear()
    passwords = {role.role: accounts_file.make_password() for role in story.cast()}
    stage = story.tell(passwords)
    _note("demo")
    progress(f"{len(stage.unions)} 个工会，{sum(map(len, stage.rolls.values()))} 名会员，一年的活动")
    accounts_file.write(stage)


def _note(scale: str) -> None:
    audit.record(audit.SYSTEM, _ACTION, Instance.objects.get(), after={"scale": scale})
