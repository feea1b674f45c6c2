"""Draws: who may lock and draw, what is published when, and that every tampering is found."""

import copy
import json
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from huigong.core import verify
from huigong.core.audit import SYSTEM
from huigong.core.errors import Refused
from huigong.core.models import AuditRow
from huigong.people.accounts.models import Account
from huigong.people.inbox.models import Message
from huigong.people.membership import queries as membership
from huigong.people.membership.tests import factories as people
from huigong.resources.seats.models import Entry, Pool
from huigong.services.activities import operations, queries
from huigong.services.activities.models import Session
from huigong.services.activities.tests import factories
from tests.cast import Cast


def sign_up(session: Session, account: Account, **values: Any) -> Entry:
    made = operations.sign_up(session, member=membership.member_of(account), actor=account, **values)
    return made.signup.entry


def close_window(session: Session) -> None:
    Pool.objects.filter(pk=session.pool_id).update(closes_at=timezone.now() - timedelta(minutes=1))


@pytest.fixture
def session(cast: Cast) -> Session:
    """Two places, five who want one; the cast's member is the first of them. The window is over."""
    session = factories.session(cast.union, mode="draw", capacity=2)
    for account in [cast.member, *(people.member_account(cast.union) for _ in range(4))]:
        sign_up(session, account)
    close_window(session)
    return session


@pytest.fixture
def drawn(session: Session, cast: Cast) -> Session:
    operations.freeze_list(session, actor=cast.officer)
    return operations.draw_lots(session, actor=cast.officer)


def states(session: Session) -> list[str]:
    return sorted(Entry.objects.filter(pool=session.pool_id).values_list("state", flat=True))


def sheet_of(client: Client, session: Session) -> dict[str, Any]:
    response = client.get(reverse("activities:draw-sheet", args=[session.activity_id]))
    assert response.status_code == 200
    return response.json()


# --- The decisions


def test_freeze_list_publishes_the_hash_once_and_asks_the_organiser(session: Session, cast: Cast) -> None:
    operations.freeze_list(session, actor=cast.officer)
    operations.freeze_list(session, actor=cast.officer)
    pool = Pool.objects.get(pk=session.pool_id)
    assert (len(pool.frozen), pool.drawn_places, pool.is_open) == (5, 2, False)
    row = AuditRow.objects.get(action="activities:session:freeze-list")
    assert (row.actor_id, row.after["entries"], row.after["hash"]) == (cast.officer.pk, 5, pool.entries_hash)
    assert Message.objects.filter(account=cast.officer, title__contains="请抽签").count() == 1


def test_freeze_list_while_the_window_is_open_is_refused(cast: Cast) -> None:
    session = factories.session(cast.union, mode="draw")
    with pytest.raises(Refused) as refused:
        operations.freeze_list(session, actor=cast.officer)
    assert refused.value.code == "open"
    assert Pool.objects.get(pk=session.pool_id).entries_hash == ""


def test_freeze_list_of_a_session_that_is_no_draw_is_refused(cast: Cast) -> None:
    session = factories.session(cast.union, mode="rush")
    close_window(session)
    with pytest.raises(Refused) as refused:
        operations.freeze_list(session, actor=cast.officer)
    assert refused.value.code == "not-draw"


@pytest.mark.parametrize("decide", [operations.freeze_list, operations.draw_lots])
def test_a_cancelled_activity_is_neither_frozen_nor_drawn(session: Session, cast: Cast, decide: Any) -> None:
    operations.cancel_activity(session.activity, actor=cast.officer, reason="台风")
    with pytest.raises(Refused) as refused:
        decide(session, actor=cast.officer)
    assert refused.value.code == "wrong-state"


def test_a_draft_is_not_frozen(cast: Cast) -> None:
    session = factories.draft(cast.union, factories.plan(mode="draw")).sessions.get()
    with pytest.raises(Refused) as refused:
        operations.freeze_list(session, actor=cast.officer)
    assert refused.value.code == "wrong-state"


def test_lists_are_frozen_by_themselves_when_the_window_is_over(session: Session, cast: Cast) -> None:
    factories.session(cast.union, mode="draw")
    factories.session(cast.union, mode="rush")
    assert (operations.freeze_due_lists(), operations.freeze_due_lists()) == (1, 0)
    assert Pool.objects.exclude(entries_hash="").get().pk == session.pool_id


def test_draw_before_the_list_is_frozen_is_refused(session: Session, cast: Cast) -> None:
    with pytest.raises(Refused) as refused:
        operations.draw_lots(session, actor=cast.officer)
    assert refused.value.code == "not-frozen"
    assert states(session) == ["pending"] * 5


def test_draw_lots_confirms_the_winners_and_tells_everybody_once(drawn: Session, cast: Cast) -> None:
    assert states(drawn) == ["confirmed"] * 2 + ["lost"] * 3
    assert Message.objects.filter(title__startswith="恭喜，您中签了").count() == 2
    assert Message.objects.filter(title__endswith="未中签").count() == 3
    row = AuditRow.objects.get(action="activities:session:draw-lots")
    assert (row.actor_id, row.after["won"]) == (cast.officer.pk, 2)
    assert [finding for finding in verify.run() if not finding.ok] == []


def test_draw_twice_is_refused_and_changes_nothing(drawn: Session, cast: Cast) -> None:
    won = set(Entry.objects.filter(state="confirmed").values_list("pk", flat=True))
    with pytest.raises(Refused) as refused:
        operations.draw_lots(drawn, actor=cast.officer)
    assert refused.value.code == "drawn"
    assert set(Entry.objects.filter(state="confirmed").values_list("pk", flat=True)) == won


def test_between_freezing_and_drawing_nobody_changes_the_list(session: Session, cast: Cast) -> None:
    operations.freeze_list(session, actor=SYSTEM)
    signup = session.signups.select_related(
        "session__activity__union", "session__pool", "entry", "person"
    ).first()
    for change in (
        lambda: operations.cancel_signup(signup, actor=cast.member),
        lambda: operations.decide_signup(signup, accept=True, actor=cast.officer),
        lambda: sign_up(session, people.member_account(cast.union)),
    ):
        with pytest.raises(Refused):
            change()
    assert states(session) == ["pending"] * 5


def test_a_winner_may_still_give_the_place_up_and_the_draw_stays_provable(drawn: Session, cast: Cast) -> None:
    winner = drawn.signups.filter(entry__state="confirmed").select_related(
        "session__activity__union", "session__pool", "entry", "person"
    )[0]
    operations.cancel_signup(winner, actor=cast.member)
    assert states(drawn) == ["cancelled", "confirmed", "lost", "lost", "lost"]
    assert [finding for finding in verify.run() if not finding.ok] == []


# --- Who sees and who may


def test_the_page_shows_at_each_stage_what_is_published_then(client: Client, cast: Cast) -> None:
    session = factories.session(cast.union, mode="draw", capacity=1)
    own = sign_up(session, cast.member)
    other = sign_up(session, people.member_account(cast.union, name="陈小燕"))
    pool, url = session.pool, reverse("activities:draw", args=[session.activity_id])
    client.force_login(cast.member)
    page = client.get(url).content.decode()
    assert pool.seed_hash in page
    assert "陈*燕" not in page
    close_window(session)
    operations.freeze_list(session, actor=SYSTEM)
    pool.refresh_from_db()
    page = client.get(url).content.decode()
    assert pool.entries_hash in page
    assert "陈*燕" in page
    assert "陈小燕" not in page
    assert f"您的编号是 {own.pk}" in page
    assert "data-recompute" not in page
    operations.draw_lots(session, actor=SYSTEM)
    pool.refresh_from_db()
    page = client.get(url).content.decode()
    assert pool.seed in page
    assert "data-recompute" in page
    assert f'data-lot="{other.pk}"' in page
    assert page.count('class="is-mine"') == 1


def test_the_secret_seed_is_nowhere_before_the_draw(session: Session, cast: Cast, client: Client) -> None:
    operations.freeze_list(session, actor=SYSTEM)
    client.force_login(cast.member)
    sheet = sheet_of(client, session)
    assert (sheet["seed"], sheet["winners"], len(sheet["entries"])) == ("", None, 5)
    assert Pool.objects.get(pk=session.pool_id).seed == ""


@pytest.mark.parametrize("who", ["neighbour_member", "neighbour_officer", "retired_officer", None])
def test_a_draw_of_the_union_is_hidden_from_outsiders(
    who: str | None, drawn: Session, cast: Cast, client: Client
) -> None:
    if who:
        client.force_login(getattr(cast, who))
    for name in ("activities:draw", "activities:draw-sheet"):
        assert client.get(reverse(name, args=[drawn.activity_id])).status_code == 404


def test_a_draw_of_the_county_is_public(cast: Cast, client: Client) -> None:
    session = factories.session(cast.county, mode="draw")
    assert client.get(reverse("activities:draw", args=[session.activity_id])).status_code == 200
    assert sheet_of(client, session)["winners"] is None


def test_an_activity_without_a_draw_has_no_such_page(cast: Cast, client: Client) -> None:
    session = factories.session(cast.county)
    assert client.get(reverse("activities:draw", args=[session.activity_id])).status_code == 404


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("officer", 302),
        ("township_officer", 302),
        ("member", 404),
        ("neighbour_officer", 404),
        ("neighbour_member", 404),
        ("retired_officer", 404),
    ],
)
def test_only_the_organisers_cadres_lock_and_draw(
    who: str, status: int, session: Session, cast: Cast, client: Client
) -> None:
    client.force_login(getattr(cast, who))
    for name in ("activities:freeze-list", "activities:draw-lots"):
        assert client.post(reverse(name, args=[session.pk])).status_code == status
    assert bool(Pool.objects.get(pk=session.pool_id).drawn_at) == (status == 302)


def test_only_cadres_see_the_buttons(session: Session, cast: Cast, client: Client) -> None:
    url, seen = reverse("activities:draw", args=[session.activity_id]), {}
    for who in ("member", "officer", "township_officer"):
        client.force_login(getattr(cast, who))
        seen[who] = 'data-open="freeze"' in client.get(url).content.decode()
    assert seen == {"member": False, "officer": True, "township_officer": True}


def test_a_long_list_is_paged_without_gap_or_repeat(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huigong.services.activities.queries.draws.PAGE", 2)
    session = factories.session(cast.county, mode="draw", capacity=1)
    entries = [sign_up(session, people.member_account(cast.union)).pk for _ in range(5)]
    close_window(session)
    operations.freeze_list(session, actor=SYSTEM)
    operations.draw_lots(session, actor=SYSTEM)
    url, htmx = reverse("activities:draw", args=[session.activity_id]), {"HX-Request": "true"}
    pages = [client.get(url, {"after": after}, headers=htmx).content.decode() for after in (0, 2, 4)]
    assert [sum(f'data-lot="{entry}"' in page for page in pages) for entry in entries] == [1] * 5
    assert 'hx-get="?session=' in pages[1]
    assert 'hx-get="?session=' not in pages[2]


def test_the_page_costs_the_same_for_one_entry_and_for_three(
    cast: Cast, client: Client, django_capture_queries: Any
) -> None:
    counts = []
    client.get("/")  # what a process reads once
    for people_asking in (1, 3):
        session = factories.session(cast.county, mode="draw", capacity=1)
        for _ in range(people_asking):
            sign_up(session, people.member_account(cast.union))
        close_window(session)
        operations.freeze_list(session, actor=SYSTEM)
        operations.draw_lots(session, actor=SYSTEM)
        with django_capture_queries() as captured:
            assert client.get(reverse("activities:draw", args=[session.activity_id])).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]


# --- Recomputing


@pytest.fixture
def sheet(drawn: Session, cast: Cast, client: Client) -> dict[str, Any]:
    client.force_login(cast.member)
    return sheet_of(client, drawn)


def swap_winner(sheet: dict[str, Any]) -> None:
    losers = [number for number, _ in sheet["entries"] if number not in sheet["winners"]]
    sheet["winners"][0] = losers[0]


TAMPERINGS = {
    "another seed": (lambda sheet: sheet.update(seed="0" * 64), "种子指纹"),
    "another seed with its hash": (
        lambda sheet: sheet.update(seed="x", seed_hash=queries.draws.seats.seed_hash("x"), winners=[]),
        "中签编号",
    ),
    "one more entry": (lambda sheet: sheet["entries"].append([999_999, 1]), "名单指纹"),
    "one entry fewer": (lambda sheet: sheet["entries"].pop(), "名单指纹"),
    "a larger party": (lambda sheet: sheet["entries"][0].__setitem__(1, 3), "名单指纹"),
    "an entry twice": (lambda sheet: sheet["entries"].append(sheet["entries"][0]), "编号不重复"),
    "another winner": (swap_winner, "中签编号"),
    "one winner more": (lambda sheet: sheet.update(places=sheet["places"] + 1), "中签编号"),
}


def test_an_honest_sheet_comes_out_the_same(sheet: dict[str, Any]) -> None:
    assert [check.ok for check in queries.recompute_draw(sheet)] == [True] * 4
    assert "本会会员" not in json.dumps(sheet, ensure_ascii=False)


@pytest.mark.parametrize("name", TAMPERINGS)
def test_a_tampered_sheet_is_found_out(name: str, sheet: dict[str, Any]) -> None:
    tamper, title = TAMPERINGS[name]
    tampered = copy.deepcopy(sheet)
    tamper(tampered)
    assert title in [check.title for check in queries.recompute_draw(tampered) if not check.ok]


def command(path: Path) -> str:
    out = StringIO()
    call_command("recompute_draw", str(path), stdout=out)
    return out.getvalue()


def test_the_command_agrees_with_an_honest_file(sheet: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "draw.json"
    file.write_text(json.dumps(sheet), encoding="utf-8")
    assert "全部一致" in command(file)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("{", "不是抽签名单"),
        ("[1]", "不是抽签名单"),
        ('{"format": "huigong-draw-1", "seed": "", "winners": null}', "还没有抽签"),
        ('{"format": "huigong-draw-1", "seed": "x", "winners": [1]}', "不完整"),
    ],
)
def test_the_command_says_what_is_wrong_with_a_file(content: str, sentence: str, tmp_path: Path) -> None:
    file = tmp_path / "draw.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(CommandError, match=sentence):
        command(file)


def test_the_command_fails_on_a_tampered_file(sheet: dict[str, Any], tmp_path: Path) -> None:
    swap_winner(sheet)
    file = tmp_path / "draw.json"
    file.write_text(json.dumps(sheet), encoding="utf-8")
    with pytest.raises(CommandError, match="不一致"):
        command(file)
    with pytest.raises(CommandError, match="打不开"):
        command(tmp_path / "none.json")
