"""The frame: way in and out, policy, words, and what is not there."""

import ast
import gettext
import re
from pathlib import Path

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import NoReverseMatch, reverse

from huigong.core.admin import ScopedModelAdmin
from huigong.core.models import AuditRow
from huigong.faces.workbench.queries import words
from huigong.faces.workbench.tests.conftest import NAMES, Desk, as_
from huigong.people.accounts.models import Account
from huigong.people.membership.models import Membership
from tests.cast import Cast

HUIGONG = Path(__file__).resolve().parents[3]
LOCALE = HUIGONG / "faces" / "workbench" / "locale" / "zh_Hans" / "LC_MESSAGES"


def test_the_login_of_the_site_is_the_one_login(client: Client, cast: Cast) -> None:
    asked = client.get("/workbench/login/?next=/workbench/orgs/union/")
    assert asked["Location"] == "/login?next=/workbench/orgs/union/"
    assert as_(cast.officer).get("/workbench/login/")["Location"] == "/workbench/"


def test_leaving_needs_a_post_and_ends_the_session(cast: Cast) -> None:
    client = as_(cast.officer)
    assert client.get(reverse("admin:logout")).status_code == 405
    assert client.post(reverse("admin:logout"))["Location"] == "/login"
    assert client.get("/workbench/").status_code == 302


def test_what_would_write_without_a_trace_is_not_there() -> None:
    for name in ("password_change", "password_change_done", "view_on_site"):
        with pytest.raises(NoReverseMatch):
            reverse(f"admin:{name}")


def test_only_scoped_lists_are_on_the_site() -> None:
    assert all(isinstance(found, ScopedModelAdmin) for found in admin.site._registry.values())
    for found in admin.site._registry.values():
        assert found.view_permission
        assert type(found).visible_to
        assert type(found).get_one


def test_only_the_workbench_gets_the_softer_policy(cast: Cast) -> None:
    client = as_(cast.officer)
    for address in ("/workbench/", "/workbench/todo/", "/workbench/orgs/union/"):
        policy = client.get(address)["Content-Security-Policy"]
        assert "'unsafe-eval'" in policy
        assert "script-src 'self' 'unsafe-eval'" in policy
        assert re.search(r"script-src[^;]*'unsafe-inline'", policy) is None
    assert "unsafe" not in client.get("/me")["Content-Security-Policy"]


@pytest.mark.parametrize("name", NAMES)
def test_no_page_asks_anything_of_another_host(name: str, desk: Desk) -> None:
    text = as_(desk.cast.county_officer).get(desk.url(name, "changelist")).text
    foreign = re.findall(r'(?:src|href|action|hx-get|hx-post)="(?:https?:)?//[^"]*"', text)
    assert foreign == []


def test_pages_carry_no_script_of_their_own(desk: Desk) -> None:
    for name in NAMES:
        text = as_(desk.cast.county_officer).get(desk.url(name, "changelist")).text
        assert re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", text) == [], name


def _messages() -> dict[str, str]:
    """msgid → msgstr of the .po file, as far as we use the format."""
    found, key, value, into = {}, [], [], None
    for line in [*(LOCALE / "django.po").read_text().splitlines(), ""]:
        word, _, rest = line.partition(" ")
        if word in ("msgid", "msgstr", "msgstr[0]"):
            into = key if word == "msgid" else value
            into.append(ast.literal_eval(rest))
        elif word == "msgid_plural":
            into = []
        elif line.startswith('"') and into is not None:
            into.append(ast.literal_eval(line))
        elif not line and key:
            found["".join(key)] = "".join(value)
            key, value, into = [], [], None
    found.pop("", None)
    return found


def test_the_compiled_words_are_those_of_the_source() -> None:
    with (LOCALE / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    messages = _messages()
    assert len(messages) > 80
    for source, translated in messages.items():
        known = compiled._catalog.get(source) or compiled._catalog.get((source, 0))
        assert known == translated, source


def test_unfold_says_nothing_in_english(desk: Desk) -> None:
    client = as_(desk.cast.county_officer)
    pages = [desk.url(name, page) for name in NAMES for page in ("changelist", "history")]
    pages += [desk.url("membership.person", "change"), desk.url("orgs.union", "change"), "/workbench/"]
    for page in pages:
        text = re.sub(r"(?s)<(script|style|svg).*?</\1>|<[^>]+>", " ", client.get(page).text)
        text = re.sub(r"[a-z_]{3,}", " ", text)  # names of icons
        english = set(re.findall(r"\b[A-Z][a-z]{3,}\b", text)) - {"Ctrl", "Excel"}
        assert english == set(), page


def test_every_decision_in_the_audit_trail_has_words() -> None:
    pattern = re.compile(r'audit\.record\(\s*[\w.]+,\s*"([a-z:-]+)"')
    told = {
        action
        for path in HUIGONG.rglob("*.py")
        if "tests" not in path.parts
        for action in pattern.findall(path.read_text())
    }
    assert len(told) > 30
    silent = sorted(action for action in told if words.action_words(action) == action)
    assert silent == [], "put these into huigong/faces/workbench/queries/words.py"


def test_change_words_name_what_changed() -> None:
    row = AuditRow(
        before={"address": ""}, after={"address": "中山路1号", "identity_checked": True, "remark": ""}
    )
    assert words.change_words(row) == ("地址：无 → 中山路1号", "已核对证件：是")


def test_change_words_leave_out_numbers_of_rows_and_put_codes_into_words() -> None:
    union = AuditRow(target_type="orgs.union", after={"kind": "joint", "person": 7, "budget_fen": 123450})
    assert words.change_words(union) == ("类型：联合基层工会", "预算：1,234.50 元")
    account = AuditRow(target_type="accounts.account", before={"level": 0}, after={"level": 2})
    assert words.change_words(account) == ("级别：手机号 → 工会核验",)
    signup = AuditRow(target_type="activities.activity", after={"state": "waiting", "signup": 3})
    assert words.change_words(signup) == ("状态：候补",)
    moment = AuditRow(target_type="activities.activity", after={"at": "2026-10-19T08:27:00+08:00"})
    assert words.change_words(moment) == ("签到时间：2026-10-19 08:27",)


@pytest.mark.parametrize(
    ("key", "choices"),
    [
        (("accounts.account", "level"), Account.Level.choices),
        (("membership.membership", "state"), Membership.State.choices),
        (("membership.membership", "reason"), Membership.Reason.choices),
    ],
)
def test_words_for_codes_are_those_of_the_models(key: tuple[str, str], choices: list) -> None:
    assert words._CODES[key] == {str(code): label for code, label in choices}
