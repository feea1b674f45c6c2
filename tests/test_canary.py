"""A complaint full of canaries: outside its handlers' pages and the vault there is no trace of it.

Neither of its words, nor of its author, nor of its being there: every table, every file, every line of the log, every
page of those who must not learn of it, before and after.
"""

import hashlib
import io
import re
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from psycopg import sql

from huigong.core import audit, calendar
from huigong.core import vault as core_vault
from huigong.core.tables import write_table
from huigong.core.vault import vault
from huigong.people.accounts.models import Account
from huigong.people.orgs.models import Union
from huigong.people.orgs.tests import factories as unions
from huigong.services.complaints import operations, permissions
from huigong.services.complaints.models import Case
from huigong.services.complaints.permissions import Conflicts
from huigong.services.complaints.tests import factories
from tests.addresses import ADDRESSES
from tests.cast import Cast
from tests.walk import LEAVING, body_of

CANARIES = (
    "蓝雀石材厂",
    "蓝雀经过",
    "蓝雀愿望",
    "蓝雀照片",
    "蓝雀意见",
    "蓝雀答复",
    "91350521MA0000001R",
    "蓝雀工单",
)
OWN_COUNTERS = {"core_ratecount", "django_session"}
"""What every request may touch: how often somebody knocked, under a keyed hash, and their session."""

pytestmark = pytest.mark.django_db


def tables() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1")
        found = [row[0] for row in cursor.fetchall()]
    vaulted = {model._meta.db_table for model in core_vault.models()}
    assert vaulted < set(found)
    return [table for table in found if table not in vaulted]


def fingerprints() -> dict[str, str]:
    """What each table outside the vault holds."""
    statement = "SELECT coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM {} t"
    return {table: _rows(statement, table)[0] for table in tables()}


def _rows(statement: str, table: str, *values: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(sql.Identifier(table)), values)
        return [row[0] for row in cursor.fetchall()]


def leaks(words: tuple[str, ...]) -> list[str]:
    """Rows outside the vault that say one of `words`."""
    search = "SELECT t::text FROM {} t WHERE t::text LIKE ANY(%s)"
    patterns = [f"%{word}%" for word in words]
    return [f"{table}: {row[:80]}" for table in tables() for row in _rows(search, table, patterns)]  # type: ignore[arg-type]


def tell(client: Client, name: str) -> Case:
    """A complaint with canaries, sent as a worker sends it."""
    fields = {
        "demand": "resolve", "cause": "wages", "employer": CANARIES[0], "employer_code": CANARIES[6],
        "people_affected": "3", "narrative": f"{CANARIES[1]}，三个月没有发工资。", "wanted": CANARIES[2],
        "token": name, "naming": "withheld", "agree": "on",
        "uploads": SimpleUploadedFile(f"{CANARIES[3]}.jpg", factories.photo().file.read()),
    }  # fmt: skip
    answer = client.post(reverse(f"complaints:{name}"), fields)
    assert answer.status_code in (200, 302), re.findall("errors.*", answer.content.decode())[:3]
    with vault():
        return Case.objects.latest("pk")


def take_order(registrar: Client) -> Case:
    """An order of the hotline with canaries, taken in as the registrar does it."""
    file = io.BytesIO()
    write_table(
        file, ["工单编号", "用人单位", "诉求内容", "诉求人"], [["蓝雀工单", *CANARIES[:2], CANARIES[3]]]
    )
    upload = SimpleUploadedFile(f"{CANARIES[3]}.xlsx", file.getvalue())
    page = registrar.post(reverse("complaints:orders"), {"file": upload}).content.decode()
    sealed = re.findall(r'name="sealed" value="([^"]+)"', page)[0]
    answer = registrar.post(reverse("complaints:orders"), {"sealed": sealed})
    assert "建立 1 件" in answer.content.decode()
    with vault():
        return Case.objects.latest("pk")


def handle(case: Case, registrar: Account, handler: Account) -> None:
    """The whole way to the end."""
    factories.given(case, handler, registrar)
    operations.open_case(factories.desk(handler, case), actor=handler)
    operations.note(case, text=CANARIES[4], actor=handler)
    operations.ask_extension(case, working_days=5, reason=CANARIES[4], actor=handler)
    operations.decide_extension(case, granted=True, reason=CANARIES[4], actor=registrar)
    said = factories.words(case, findings=f"{CANARIES[4]}：经核实，三个月没有发。")
    letter = factories.issued(case, handler, registrar, words=said)
    operations.open_paper(factories.desk(handler, case), letter, actor=handler)
    answered_on = calendar.today()
    operations.record_answer(letter, text=CANARIES[5], answered_on=answered_on, actor=handler)
    operations.reply(case, text=CANARIES[5], actor=handler)
    operations.reopen(case, reason=CANARIES[4])
    operations.reply(case, text=CANARIES[5], actor=handler)
    operations.send_digests()


@pytest.fixture
def accused(cast: Cast) -> Cast:
    """The union of the cast stands for the employer that is complained about."""
    Union.objects.filter(pk=cast.union.pk).update(unit_name=CANARIES[0], unit_uscc=CANARIES[6])
    return cast


def files() -> set[Path]:
    return {path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()}


@pytest.mark.usefixtures("own_files")
def test_lodging_touches_nothing_outside_the_vault(accused: Cast) -> None:
    author, desk = Client(), Client()
    author.force_login(accused.member)
    desk.force_login(factories.registrar(accused))
    before, kept = fingerprints(), files()
    tell(author, "lodge")
    tell(Client(), "lodge-anonymously")
    take_order(desk)
    after = fingerprints()
    assert {table for table in after if after[table] != before[table]} <= OWN_COUNTERS
    assert files() == kept
    counted = _rows("SELECT key FROM {} t", "core_ratecount")
    guessed = {hashlib.sha256(who.encode()).hexdigest()[:32] for who in ("127.0.0.1", str(accused.member.pk))}
    assert not [key for key in counted if "complaint" in key or key.split(":")[-1] in guessed]


def test_its_words_stand_nowhere_outside_the_vault_and_sealed_within(
    accused: Cast, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    author = Client()
    author.force_login(accused.member)
    registrar, handler = factories.registrar(accused), factories.officer(accused)
    desk = Client()
    desk.force_login(registrar)
    cases = [tell(author, "lodge"), tell(Client(), "lodge-anonymously"), take_order(desk)]
    Union.objects.filter(pk=accused.union.pk).update(
        unit_name="", unit_uscc=""
    )  # that is public, and no leak
    for case in cases:
        handle(case, registrar, handler)
    handle_as_one(accused.member, registrar, handler)
    desk.get(reverse("complaints:order-results"))
    assert leaks((*CANARIES, *(str(case.uuid) for case in cases), *(case.number for case in cases))) == []
    out, err = capfd.readouterr()
    assert not [word for word in (*CANARIES, "complaint", "accused") if word in out + err]
    with vault():
        for model in core_vault.models():
            search = "SELECT t::text FROM {} t WHERE t::text LIKE ANY(%s)"
            plain = [f"%{form}%" for word in CANARIES for form in (word, word.encode().hex())]
            assert _rows(search, model._meta.db_table, plain) == []  # type: ignore[arg-type]


def test_the_search_for_words_finds_what_leaks(accused: Cast) -> None:
    """Guard off: an audit row like everywhere else would be found."""
    registrar = factories.registrar(accused)
    case = factories.lodged(accused.member)
    audit.record(registrar, "complaints:case:decline", case, after={"reason": CANARIES[4]})
    assert {leak.split(":")[0] for leak in leaks(CANARIES)} - {"orgs_union"} == {"core_auditrow"}


# --- Those who must not learn of it


SHEETS = {"membership:roll-template", "funds:empty"}
"""Made anew each time, with the time in it."""
PAGES = [address for address in ADDRESSES if not address.parameters and address.name not in LEAVING | SHEETS]


def seen_by(account: Account) -> dict[str, str]:
    """Every page without an id, as `account` sees it now, without what changes from one look to the next."""
    client = Client(raise_request_exception=False)
    client.force_login(Account.objects.get(pk=account.pk))
    return {address.name: _steady(client.get(address.path({}))) for address in PAGES}


def _steady(response: Any) -> str:
    page = f"{response.status_code} {response.get('Location', '')} {body_of(response)}"
    page = re.sub(r'(csrfmiddlewaretoken" value=|X-CSRFToken": ?)"[^"]*"', "", page)
    page = re.sub(r"(token|nonce|value)=\"?[0-9a-f]{32}\"?|nonce-[\w=+/-]+|nonce=\"[^\"]*\"", "", page)
    return re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}|<svg.*?</svg>|\"starts_at\": \d+", "", page)


def watchers(cast: Cast) -> list[Account]:
    """The chair of the accused; the one of the township above; the administrator; and a registrar who is close."""
    close = factories.registrar(cast)
    unions.post(close, cast.union)
    return [cast.officer, cast.township_officer, cast.county_officer, close]


def handle_as_one(author: Account, registrar: Account, handler: Account) -> None:
    """Two complaints about the same employer, one going the way of the other."""
    lead = factories.given(factories.lodged(author, employer=CANARIES[0]), handler, registrar)
    follower = factories.anonymous(employer=CANARIES[0]).case
    operations.merge(follower, into=lead, reason=CANARIES[4], actor=registrar)
    operations.reply(lead, text=CANARIES[5], to_others=CANARIES[5], actor=handler)


def _changed(accused: Cast, people: list[Account]) -> list[str]:
    registrar, handler = factories.registrar(accused), factories.officer(accused)
    before = [seen_by(person) for person in people]
    for case in (
        factories.lodged(accused.member, employer=CANARIES[0]),
        factories.anonymous(employer=CANARIES[0]).case,
    ):
        handle(case, registrar, handler)
    handle_as_one(accused.member, registrar, handler)
    after = [seen_by(person) for person in people]
    return [
        f"{person} {name}"
        for person, old, new in zip(people, before, after, strict=True)
        for name in old
        if old[name] != new[name]
    ]


def test_no_page_of_the_accused_side_changes_by_a_single_letter(accused: Cast) -> None:
    assert _changed(accused, watchers(accused)) == []


def test_with_the_wall_down_a_page_would_change(accused: Cast) -> None:
    with patch.object(permissions, "conflicts", lambda actor: Conflicts()):
        changed = _changed(accused, watchers(accused)[-1:])
    assert {"complaints:desk", "complaints:figures"} <= {line.split()[-1] for line in changed}


def test_with_the_vault_open_the_tables_would_tell(accused: Cast) -> None:
    factories.lodged(accused.member)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE complaints_case NO FORCE ROW LEVEL SECURITY")
    assert Case.objects.count() == 1
