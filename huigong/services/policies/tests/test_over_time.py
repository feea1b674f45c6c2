"""What happens to applications as time goes by: to the union above, lapsed, purged, thrown away; and objections."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from huigong.core import calendar, crypto, resealing, verify
from huigong.core.errors import Refused
from huigong.core.models import AuditRow, StoredFile
from huigong.people.accounts.models import Account
from huigong.people.approvals import operations as approvals
from huigong.people.approvals import queries as trails
from huigong.people.inbox.models import Message
from huigong.people.membership import queries as membership
from huigong.people.membership.models import Person
from huigong.people.membership.queries import Member
from huigong.people.membership.tests import factories as people
from huigong.services.policies import operations, tasks
from huigong.services.policies.models import Application, Evidence, Objection, Scheme
from huigong.services.policies.operations import escalating
from huigong.services.policies.tests import factories
from tests.cast import Cast, make_cast
from tests.guards import without_constraint
from tests.test_resealing import change_key
from tests.threads import at_once

State = Application.State
YESTERDAY = timedelta(days=1)


def member(account: Account) -> Member:
    found = membership.member_of(account)
    assert found is not None
    return found


@pytest.fixture
def scheme(cast: Cast) -> Scheme:
    return factories.scheme(cast.county)


# --- The unit does nothing


def late(cast: Cast, scheme: Scheme) -> Application:
    return factories.application(scheme, cast.member, verify_by=calendar.today() - YESTERDAY)


def test_what_the_unit_left_lying_goes_to_the_union_above_once(cast: Cast, scheme: Scheme) -> None:
    application = late(cast, scheme)
    assert operations.escalate_overdue() == 1
    assert operations.escalate_overdue() == 0
    application.refresh_from_db()
    assert application.state == State.SUBMITTED
    assert application.escalated_at is not None
    [step] = trails.trail(application)
    assert (step.decision, step.office) == ("escalated", "螺城镇总工会")
    told = set(Message.objects.values_list("account_id", flat=True))
    assert told == {cast.township_officer.pk, cast.officer.pk, cast.member.pk}


def test_the_last_day_is_the_units(cast: Cast, scheme: Scheme) -> None:
    factories.application(scheme, cast.member, verify_by=calendar.today())
    assert operations.escalate_overdue() == 0


def test_two_workers_at_once_tell_nobody_twice(cast: Cast, scheme: Scheme) -> None:
    application = late(cast, scheme)
    assert [escalating._escalate(application.pk) for _ in range(2)] == [True, False]
    assert Message.objects.filter(account=cast.member).count() == 1


# --- The applicant does nothing


def test_what_was_not_corrected_in_time_lapses_and_may_be_applied_for_anew(
    cast: Cast, scheme: Scheme
) -> None:
    application = factories.application(
        scheme, cast.member, state="returned", correct_by=calendar.today() - YESTERDAY
    )
    in_time = factories.application(
        factories.scheme(cast.county), cast.member, state="returned", correct_by=calendar.today()
    )
    assert operations.lapse_uncorrected() == 1
    application.refresh_from_db()
    in_time.refresh_from_db()
    assert (application.state, in_time.state) == (State.WITHDRAWN, State.RETURNED)
    assert application.answers == {"family": 4}
    again = operations.begin(scheme, member=member(cast.member), actor=cast.member)
    assert again.pk != application.pk


def test_what_nobody_follows_any_more_is_withdrawn(cast: Cast, scheme: Scheme) -> None:
    draft = factories.application(factories.scheme(cast.county), cast.member, state="draft")
    open_ = factories.application(scheme, cast.member)
    done = factories.application(factories.scheme(cast.county), cast.member, state="awarded")
    other = factories.application(scheme, cast.neighbour_member)
    assert operations.withdraw_closed_accounts() == 0
    Person.objects.filter(account=cast.member).update(account=None)
    assert operations.withdraw_closed_accounts() == 2
    assert operations.withdraw_closed_accounts() == 0
    states = dict(Application.objects.values_list("pk", "state"))
    assert states == {open_.pk: "withdrawn", done.pk: "awarded", other.pk: "submitted"}
    assert draft.pk not in states


# --- Purging


CANARY = "尿毒症金丝雀"


def told_everything(cast: Cast, scheme: Scheme, **changed: Any) -> Application:
    """An application that says the canary wherever something private can stand."""
    answers = {"family": 4, "ill": True, "disease": CANARY, "papers": [f"{CANARY}.jpg"]}
    application = factories.application(
        scheme, cast.member, state="awarded", answers=answers, marks={"disease": CANARY}, **changed
    )
    application.earlier, application.draft = answers, answers
    application.save()
    factories.evidence(application, name=f"{CANARY}.jpg")
    approvals.note(application, step="提交申报", decision="submitted", actor=cast.member)
    return application


def everything_kept() -> str:
    """Every row of the module and of files, opened where it is sealed, and every file as it lies there."""
    rows = [row for model in (Application, Evidence, StoredFile) for row in model.objects.values_list()]
    opened = [(row.answers, row.earlier, row.draft) for row in Application.objects.all()]
    return str([*rows, *opened])


def test_after_the_time_that_was_promised_nothing_private_stays(
    cast: Cast, scheme: Scheme, own_files: Path, django_capture_on_commit_callbacks: Any
) -> None:
    application = told_everything(cast, scheme, decided_at=timezone.now() - timedelta(days=24 * 31))
    before = {each for each in own_files.rglob("*") if each.is_file()}
    assert CANARY in everything_kept()
    assert [found.name for found in verify.run() if not found.ok and "policies" in found.name] == [
        "policies: nothing private is kept longer than was promised"
    ]
    with django_capture_on_commit_callbacks(execute=True):
        assert operations.purge_old() == 1
    assert operations.purge_old() == 0
    assert CANARY not in everything_kept()
    assert not Evidence.objects.exists()
    assert not StoredFile.objects.exists()
    assert {each for each in own_files.rglob("*") if each.is_file()} < before
    application.refresh_from_db()
    assert application.answers == {"family": 4}
    assert (application.state, application.award) == (State.AWARDED, "困难帮扶金")
    assert AuditRow.objects.filter(action="policies:application:purge").count() == 1
    assert CANARY not in str(list(AuditRow.objects.values()))
    assert [found.detail for found in verify.run() if not found.ok and "policies" in found.name] == []


@pytest.mark.parametrize("state", ["submitted", "returned", "verified", "noticed"])
def test_nothing_is_purged_before_it_is_decided(cast: Cast, scheme: Scheme, state: str) -> None:
    factories.application(scheme, cast.member, state=state, submitted_at=timezone.now() - timedelta(days=999))
    assert operations.purge_old() == 0


def test_nothing_is_purged_before_its_time(cast: Cast, scheme: Scheme) -> None:
    told_everything(cast, scheme, decided_at=timezone.now() - timedelta(days=23 * 30))
    assert operations.purge_old() == 0
    assert CANARY in everything_kept()


def test_drafts_go_a_month_after_their_scheme_closed(cast: Cast, scheme: Scheme) -> None:
    draft = factories.application(scheme, cast.member, state="draft")
    factories.evidence(draft)
    Scheme.objects.update(
        closes_at=timezone.now() - timedelta(days=29), opens_at=timezone.now() - timedelta(90)
    )
    assert operations.discard_old_drafts() == 0
    Scheme.objects.update(closes_at=timezone.now() - timedelta(days=31))
    assert operations.discard_old_drafts() == 1
    assert not Application.objects.exists()
    assert not StoredFile.objects.exists()


def test_the_jobs_do_all_of_it(cast: Cast, scheme: Scheme) -> None:
    late(cast, scheme)
    told_everything(cast, factories.scheme(cast.county), decided_at=timezone.now() - timedelta(days=800))
    tasks.escalate(0)
    tasks.purge(0)
    assert Application.objects.filter(escalated_at__isnull=False).count() == 1
    assert Application.objects.filter(purged_at__isnull=False).count() == 1


def test_a_new_key_seals_all_of_it_anew(cast: Cast, scheme: Scheme, monkeypatch: pytest.MonkeyPatch) -> None:
    application = told_everything(cast, scheme)
    name = change_key(monkeypatch)
    done = dict(resealing.run())
    for column in ("answers_sealed", "earlier_sealed", "draft_sealed"):
        assert done[f"policies_application.{column}"] == 1
    monkeypatch.setitem(settings.SECRETS, "field_keys", {name: settings.SECRETS["field_keys"][name]})
    crypto._cipher.cache_clear()
    application.refresh_from_db()
    assert application.answers["disease"] == CANARY
    crypto._cipher.cache_clear()


# --- Objections


@pytest.fixture
def noticed(cast: Cast, scheme: Scheme) -> Application:
    return factories.application(scheme, cast.member, state="noticed")


def doubt(
    application: Application, account: Account, text: str = "他家有两套房子，与事实不符。"
) -> Objection:
    return operations.object_to(application, text, member=member(account), actor=account)


def test_an_objection_is_told_to_who_awards_and_not_to_the_applicant(
    cast: Cast, noticed: Application
) -> None:
    doubt(noticed, cast.neighbour_member)
    assert set(Message.objects.values_list("account_id", flat=True)) == {cast.county_officer.pk}
    assert "两套房子" not in str(list(Message.objects.values())) + str(list(AuditRow.objects.values()))


@pytest.mark.parametrize(
    ("prepare", "who", "text", "code"),
    [
        (lambda: None, "member", "是我自己的申报呀。", "own"),
        (lambda: None, "neighbour_member", "短", "bad-text"),
        (lambda: None, "neighbour_member", "长" * 501, "bad-text"),
        (
            lambda: Application.objects.update(notice_until=calendar.today() - YESTERDAY),
            "neighbour_member",
            "公示已经过了。",
            "over",
        ),
        (
            lambda: Application.objects.update(state="awarded", decided_at=timezone.now()),
            "neighbour_member",
            "已经发放了。",
            "over",
        ),
    ],
)
def test_an_objection_is_refused(
    cast: Cast, noticed: Application, prepare: Callable[[], object], who: str, text: str, code: str
) -> None:
    prepare()
    with pytest.raises(Refused) as refused:
        doubt(noticed, getattr(cast, who), text)
    assert refused.value.code == code
    assert not Objection.objects.exists()


def _doubts_at_once() -> list[str]:
    cast = make_cast()
    noticed = factories.application(factories.scheme(cast.county), cast.member, state="noticed")
    return at_once(*[lambda: doubt(noticed, cast.neighbour_member) and None] * 4)


@pytest.mark.django_db(transaction=True)
def test_one_person_objects_once_however_often_they_tap() -> None:
    assert _doubts_at_once() == ["done", "objected", "objected", "objected"]
    assert Objection.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_index_one_person_objects_several_times() -> None:
    with without_constraint("policies_objection", "policies_objection_once"):
        assert _doubts_at_once() == ["done"] * 4
        assert Objection.objects.count() == 4


def test_everybody_below_the_union_may_object(cast: Cast) -> None:
    other = people.member_account(cast.neighbour, name="邻镇会员")
    application = factories.application(factories.scheme(cast.neighbour_township), other, state="noticed")
    assert doubt(application, cast.neighbour_member).pk
