"""What the demo data promises. It is loaded once for this file, which is why everything about it is here."""

import json
import stat

import pytest
from django.apps import apps
from django.contrib.auth.password_validation import validate_password
from django.db import models
from django.test import Client
from django.urls import reverse

from huigong.core import calendar, verify
from huigong.core.errors import Refused
from huigong.core.models import AuditRow
from huigong.core.vault import vault
from huigong.demo import county, loader, rush, tokens
from huigong.demo.tests.conftest import Demo
from huigong.people.accounts import queries as accounts
from huigong.people.accounts.models import Account
from huigong.people.inbox import queries as inbox
from huigong.people.membership import permissions as roll_permissions
from huigong.people.membership import queries as membership
from huigong.people.membership.models import Claim, JoinApplication, Membership, Person, Transfer
from huigong.people.orgs import permissions as orgs
from huigong.people.orgs.models import ObjectGrant, Post, Union
from huigong.resources.points import queries as points
from huigong.resources.points.models import Transaction
from huigong.resources.seats.models import Entry, Pool
from huigong.services.activities import permissions as activities
from huigong.services.activities.models import Activity, Campaign, Contribution, Signup
from huigong.services.complaints.models import Case, Letter
from huigong.services.news.models import Article

SIZE = county.Size(unions=24, members=500, activities=60, participations=2500)
ROLES = [
    "member",
    "neighbour_member",
    "applicant",
    "grassroots_cadre",
    "neighbour_cadre",
    "township_cadre",
    "county_admin",
    "rights_registrar",
    "rights_handler",
    "auditor",
    "editor",
    "co_host",
]


def account(demo: Demo, role: str) -> Account:
    found = accounts.account_by_phone(demo.account(role)["phone"])
    assert found is not None
    return found


def row_counts() -> dict[str, int]:
    return {
        model._meta.label: model._base_manager.count() for model in apps.get_models() if model._meta.managed
    }


def states(model: type[models.Model]) -> set[str]:
    return set(model.objects.values_list("state", flat=True))


def test_load_leaves_every_invariant_whole(loaded: Demo) -> None:
    assert [finding for finding in verify.run() if not finding.ok] == []


def test_load_again_says_so_and_changes_nothing(loaded: Demo) -> None:
    before, file = row_counts(), loaded.accounts_file.read_text()
    said: list[str] = []
    loader.load("demo", said.append)
    assert said == ["演示数据已经在这里，没有改动任何东西。"]
    assert row_counts() == before
    assert loaded.accounts_file.read_text() == file


def test_load_is_a_county_of_the_promised_size(loaded: Demo) -> None:
    grassroots = Union.objects.filter(level=Union.Level.GRASSROOTS, state="established")
    assert grassroots.count() == 16
    assert Union.objects.filter(kind=Union.Kind.TOWNSHIP).count() == 12
    assert 280 <= Membership.objects.filter(state="active").count() <= 330
    assert Activity.objects.count() >= 40


def test_load_shows_requests_in_every_state(loaded: Demo) -> None:
    assert states(JoinApplication) == set(JoinApplication.State.values)
    assert states(Transfer) == set(Transfer.State.values)
    assert states(Claim) >= {"submitted", "confirmed", "rejected"}
    assert states(Union) >= {"submitted", "rejected", "replied", "grouping", "convening", "established"}
    assert JoinApplication.objects.filter(escalated_at__isnull=False).exists()
    assert JoinApplication.objects.filter(is_duplicate=True).exists()


def test_load_shows_activities_in_every_mode_and_state(loaded: Demo) -> None:
    assert states(Activity) == set(Activity.State.values) - {"closed"}
    open_modes = Pool.objects.filter(is_open=True, closes_at__gt=loaded.loaded_at).values_list(
        "mode", flat=True
    )
    assert set(open_modes) == set(Pool.Mode.values)
    assert states(Entry) >= {"pending", "confirmed", "waiting", "offered", "refused", "lost", "cancelled"}
    assert Pool.objects.filter(is_open=True, opens_at__gt=loaded.loaded_at).exists(), "not open yet"
    assert Pool.objects.filter(drawn_at__isnull=False).exclude(seed="").exists(), "drawn, seed published"
    assert Pool.objects.exclude(entries_hash="").filter(drawn_at=None).exists(), "list locked, not drawn"
    assert states(Contribution) >= {"submitted", "shown", "refused"}
    assert Contribution.objects.filter(votes__gt=0).exists()
    assert Signup.objects.filter(survey_answers__isnull=False).exists()


def test_load_shows_posts_that_end(loaded: Demo) -> None:
    assert Post.objects.filter(ended_at=None, reminded_at__isnull=False).exists(), "about to expire, reminded"
    assert Post.objects.filter(ended_at__isnull=False).exists(), "expired"


def test_load_dates_everything_into_the_past(loaded: Demo) -> None:
    told = AuditRow.objects.exclude(action="demo:data:load")
    assert not told.filter(at__gte=loaded.loaded_at).exists()
    assert not Entry.objects.filter(created_at__gte=loaded.loaded_at).exists()
    oldest_first = list(told.order_by("id").values_list("at", flat=True))
    assert oldest_first == sorted(oldest_first)


def test_load_runs_campaigns_over_activities_of_every_reader(loaded: Demo, client: Client) -> None:
    assert [campaign.activities.count() for campaign in Campaign.objects.order_by("id")] == [5, 4]
    assert "第六届职工文化艺术节" in client.get("/").content.decode()


def test_accounts_file_is_private_and_names_every_role(loaded: Demo) -> None:
    rows = json.loads(loaded.accounts_file.read_text())
    assert [row["role"] for row in rows] == ROLES
    assert all(set(row) == {"role", "name", "phone", "password"} for row in rows)
    assert stat.S_IMODE(loaded.accounts_file.stat().st_mode) == 0o600
    assert len({row["password"] for row in rows}) == len(rows)


@pytest.mark.parametrize("role", ROLES)
def test_accounts_file_password_is_good_and_logs_in(loaded: Demo, client: Client, role: str) -> None:
    row = loaded.account(role)
    validate_password(row["password"])
    answer = client.post(
        "/api/v1/auth/tokens",
        {"phone": row["phone"], "password": row["password"]},
        content_type="application/json",
    )
    assert answer.status_code == 200
    me = client.get("/api/v1/me", headers={"Authorization": f"Bearer {answer.json()['access']}"})
    assert me.status_code == 200


def test_member_and_cadre_share_a_union_and_the_neighbours_another_township(loaded: Demo) -> None:
    member, neighbour = (
        membership.member_of(account(loaded, role)) for role in ("member", "neighbour_member")
    )
    assert member is not None
    assert neighbour is not None
    assert member.ancestor_ids[1] != neighbour.ancestor_ids[1]
    for role, union_id in [
        ("grassroots_cadre", member.union_id),
        ("neighbour_cadre", neighbour.union_id),
        ("township_cadre", member.ancestor_ids[1]),
        ("county_admin", member.ancestor_ids[0]),
    ]:
        reach = orgs.reach(account(loaded, role), orgs.UNION_EDIT)
        assert reach.order_by("path").first().pk == union_id, role


def test_member_has_a_past_and_things_ahead(loaded: Demo) -> None:
    member = account(loaded, "member")
    person = membership.person_of(member)
    assert person is not None
    assert points.balance(person.pk) > 0
    mine = set(Signup.objects.filter(person=person).values_list("entry__state", flat=True))
    assert mine >= {"confirmed", "pending", "waiting"}
    assert inbox.unread_count(member) > 0


def test_applicant_has_an_account_and_nothing_else(loaded: Demo) -> None:
    applicant = account(loaded, "applicant")
    assert membership.person_of(applicant) is None
    assert not JoinApplication.objects.filter(account=applicant).exists()


def test_co_host_checks_in_at_the_one_activity_and_reaches_nothing_more(loaded: Demo, client: Client) -> None:
    guest = account(loaded, "co_host")
    (activity,) = activities.managed_by(guest)
    assert (activity.union.parent, activity.co_hosts) == (None, "惠安县卫生健康局")
    assert activities.may(guest, activities.CHECK_IN, activity)
    for permission in (activities.PUBLISH, activities.NUMBERS, activities.INVITE):
        assert not activities.may(guest, permission, activity)
    assert not Post.objects.filter(account=guest).exists()
    assert membership.person_of(guest) is None
    client.force_login(guest)
    assert client.get(reverse("activities:check-in", args=[activity.pk])).status_code == 200
    for other in Activity.objects.exclude(pk=activity.pk).order_by("pk")[:5]:
        assert client.get(reverse("activities:check-in", args=[other.pk])).status_code == 404
    assert client.get("/workbench/").status_code == 403


def test_co_host_has_an_invitation_to_answer(loaded: Demo, client: Client) -> None:
    guest = account(loaded, "co_host")
    assert set(ObjectGrant.objects.values_list("state", flat=True)) == {"invited", "accepted", "declined"}
    waiting = ObjectGrant.objects.get(account=guest, state="invited")
    asked = Activity.objects.get(pk=waiting.object_id)
    assert "卫生健康局" not in asked.co_hosts
    client.force_login(guest)
    shown = client.get(reverse("activities:co-host-invitation", args=[waiting.pk])).content.decode()
    assert "接受邀请" in shown


def test_grassroots_cadre_has_work_waiting(loaded: Demo) -> None:
    cadre = account(loaded, "grassroots_cadre")
    joins = roll_permissions.applications_visible_to(cadre).filter(state="submitted")
    transfers = roll_permissions.transfers_visible_to(cadre)
    assert joins.count() >= 4
    assert set(transfers.values_list("state", flat=True)) >= {"out_pending", "in_pending"}
    own = Activity.objects.filter(union__in=orgs.reach(cadre, orgs.UNION_EDIT))
    assert Entry.objects.filter(state="pending", pool__mode="review").exists()
    assert set(own.values_list("state", flat=True)) >= {"draft", "submitted", "published", "reported"}


@pytest.mark.parametrize("role", ["member", "applicant"])
def test_home_page_greets_them(loaded: Demo, client: Client, role: str) -> None:
    client.force_login(account(loaded, role))
    assert client.get(reverse("portal:home")).status_code == 200


def sign_up(client: Client, activity_id: int, access: str) -> int:
    answer = client.post(
        f"/api/v1/activities/{activity_id}/signups",
        {},
        content_type="application/json",
        headers={"Authorization": f"Bearer {access}"},
    )
    return answer.status_code


def test_make_invents_the_members_that_are_missing(loaded: Demo, client: Client) -> None:
    held = Membership.objects.filter(state="active", person__account__isnull=False).count()
    made = list(tokens.make(held + 40))
    assert len({row["phone"] for row in made}) == len({row["access"] for row in made}) == held + 40
    for row in (made[0], made[-1]):
        me = client.get("/api/v1/me", headers={"Authorization": f"Bearer {row['access']}"})
        assert me.status_code == 200
    assert [finding for finding in verify.run() if not finding.ok] == []


def test_make_twice_invents_nobody_the_second_time(loaded: Demo) -> None:
    held = Membership.objects.filter(state="active", person__account__isnull=False).count()
    first = {row["phone"] for row in tokens.make(held + 10)}
    people = Person.objects.count()
    second = {row["phone"] for row in tokens.make(held + 10)}
    assert (first, people) == (second, Person.objects.count())


def test_make_leaves_out_frozen_accounts(loaded: Demo) -> None:
    frozen = Account.objects.get(
        pk=next(
            iter(
                Membership.objects.filter(state="active")
                .exclude(person__account=None)
                .values_list("person__account_id", flat=True)
            )
        )
    )
    Account.objects.filter(pk=frozen.pk).update(state=Account.State.FROZEN)
    assert frozen.phone not in {row["phone"] for row in tokens.make(50)}


def test_rush_gives_its_places_to_token_holders_and_refuses_the_rest(loaded: Demo, client: Client) -> None:
    activity_id = rush.make_activity(2)
    codes = [sign_up(client, activity_id, row["access"]) for row in tokens.make(4)]
    assert codes == [201, 201, 409, 409]
    activity = Activity.objects.get(pk=activity_id)
    assert activity.union.parent is None
    assert activity.audience_unions == [activity.union_id]


@pytest.mark.parametrize("number", [0, -1])
def test_no_places_and_nobody_are_refused(loaded: Demo, number: int) -> None:
    with pytest.raises(Refused):
        rush.make_activity(number)
    with pytest.raises(Refused):
        list(tokens.make(number))


def test_county_scale_reaches_its_size_and_breaks_nothing(loaded: Demo) -> None:
    """The same code at a fraction of the numbers; a second time adds nothing."""
    for _ in range(2):
        county.grow(SIZE, str)
        grassroots = Union.objects.filter(level=Union.Level.GRASSROOTS, state="established")
        assert grassroots.count() == SIZE.unions
        assert Membership.objects.filter(state="active").count() == SIZE.members
        assert Activity.objects.count() == SIZE.activities
        assert Entry.objects.count() == SIZE.participations
    earned = Signup.objects.filter(checked_in_at__isnull=False, points__gt=0).count()
    assert earned == Transaction.objects.filter(rule="activity.attended").count()
    chairs = Post.objects.filter(role="chair", union__source="imported")
    assert chairs.values("union").distinct().count() == Union.objects.filter(source="imported").count()
    assert not chairs.filter(ended_at=None, account__staff_until=None).exists()
    assert [finding for finding in verify.run() if not finding.ok] == []


def test_load_shows_articles_in_every_state(loaded: Demo) -> None:
    assert states(Article) == set(Article.State.values)
    assert Article.objects.filter(state="reviewing", step=1).exists(), "between two reviews"
    assert Article.objects.filter(versions__number=3).exists(), "something to compare"


def test_load_shows_cases_and_their_letters_in_every_state(loaded: Demo) -> None:
    with vault():
        assert states(Case) >= set(Case.State.values) - {"accepted", "visited"}
        assert states(Letter) == {"submitted", "issued", "answered"}
        assert Letter.objects.filter(due_on__lt=calendar.today(), state="issued").exists(), "a late answer"
        assert Case.objects.exclude(leading=None).exists(), "handled with another"
        assert Case.objects.filter(source="hotline").exists(), "from the hotline"
