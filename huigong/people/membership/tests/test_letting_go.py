"""What the roll lets go of: who was not taken in, after its time; an account that ends; a consent taken back."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now
from PIL import Image

from huigong.core.audit import SYSTEM
from huigong.core.errors import Refused
from huigong.core.models import AuditRow, StoredFile
from huigong.people.accounts import operations as accounts
from huigong.people.accounts.models import Account, Consent
from huigong.people.approvals.models import Step
from huigong.people.inbox.models import Message
from huigong.people.membership import operations, queries, tasks
from huigong.people.membership.models import Claim, JoinApplication, Membership, Person, Transfer
from huigong.people.membership.operations.letting_go import KEPT
from huigong.people.membership.tests import factories
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def apply(cast: Cast, account: Account | None = None, **fields: Any) -> JoinApplication:
    return factories.application(account or cast.applicant, cast.union, **fields)


def reject(application: JoinApplication, cast: Cast, *, days_ago: float) -> None:
    operations.reject_application(application, reason="不在本单位", actor=cast.officer)
    JoinApplication.objects.filter(pk=application.pk).update(decided_at=Now() - timedelta(days=days_ago))


def test_who_was_refused_is_erased_when_the_time_is_over(cast: Cast) -> None:
    application = apply(cast)
    reject(application, cast, days_ago=KEPT.days + 1)
    assert Message.objects.filter(title__contains="李小明").exists()
    tasks.forget_applicants(0)
    assert not Person.objects.filter(pk=application.person_id).exists()
    assert not JoinApplication.objects.exists()
    assert not Message.objects.filter(title__contains="李小明").exists()
    row = AuditRow.objects.get(action="membership:applicant:erase")
    assert row.after == {"reason": "未入会，办结满 90 天", "applications": 1}
    assert "李小明" not in row.target_label
    assert Step.objects.filter(request_id=application.pk).count() == 2  # the trail stays


def test_nobody_is_erased_before_the_time_is_over(cast: Cast) -> None:
    reject(apply(cast), cast, days_ago=KEPT.days - 1)
    assert operations.forget_applicants() == 0
    assert Person.objects.filter(name="李小明").exists()


def test_a_newer_application_keeps_the_older_one(cast: Cast) -> None:
    number = factories.id_number()
    reject(apply(cast, id_number=number), cast, days_ago=KEPT.days + 1)
    apply(cast, id_number=number)
    assert operations.forget_applicants() == 0
    assert JoinApplication.objects.count() == 2


def test_who_ever_was_a_member_stays(cast: Cast) -> None:
    application = apply(cast)
    reject(application, cast, days_ago=KEPT.days + 1)
    factories.membership(application.person, cast.union, state=Membership.State.LEFT)
    assert operations.forget_applicants() == 0
    assert not operations.erase_applicant(application.person, reason="试")


def test_the_drawn_signature_goes_too(cast: Cast) -> None:
    drawn = io.BytesIO()
    Image.new("RGB", (60, 30), "white").save(drawn, "PNG")
    drawn.seek(0)
    application = apply(cast, signature=drawn, pledge="")
    reject(application, cast, days_ago=KEPT.days + 1)
    assert StoredFile.objects.count() == 1
    operations.forget_applicants()
    assert StoredFile.objects.count() == 0


# --- Consent


def test_applying_keeps_the_consent_with_its_version(cast: Cast) -> None:
    apply(cast)
    [consent] = Consent.objects.filter(account=cast.applicant)
    assert (consent.purpose, consent.version, consent.withdrawn_at) == ("membership", "1", None)


def test_claiming_keeps_the_consent(cast: Cast) -> None:
    factories.claim(cast.applicant, cast.union)
    Claim.objects.all().delete()
    person = Person.objects.get(name="吴海生")
    operations.claim(
        cast.applicant,
        name="吴海生",
        document_kind="resident_id",
        id_number=person.id_number,
        actor=cast.applicant,
    )
    assert Consent.objects.filter(account=cast.applicant).count() == 1


def test_consent_taken_back_erases_the_applicant_at_once(cast: Cast) -> None:
    application = apply(cast)
    assert accounts.withdraw_consent(cast.applicant, purpose="membership", actor=cast.applicant) == 1
    assert not Person.objects.filter(pk=application.person_id).exists()
    [consent] = Consent.objects.filter(account=cast.applicant)
    assert consent.withdrawn_at is not None
    assert accounts.withdraw_consent(cast.applicant, purpose="membership", actor=cast.applicant) == 0


def test_consent_of_a_member_is_not_what_the_roll_rests_on(cast: Cast) -> None:
    accounts.give_consent(cast.member, purpose="membership", actor=cast.member)
    with pytest.raises(Refused) as refused:
        accounts.withdraw_consent(cast.member, purpose="membership", actor=cast.member)
    assert refused.value.code == "on-roll"
    assert Consent.objects.get(account=cast.member).withdrawn_at is None


def test_withdrawing_erases_nobody_for_whom_another_account_asks(cast: Cast) -> None:
    number = factories.id_number()
    application = apply(cast, id_number=number)
    apply(cast, cast.retired_officer, id_number=number)
    accounts.withdraw_consent(cast.applicant, purpose="membership", actor=cast.applicant)
    assert Person.objects.filter(pk=application.person_id).exists()
    application.refresh_from_db()
    assert application.state == JoinApplication.State.WITHDRAWN


# --- The end of an account


def test_closing_leaves_the_roll_and_lets_the_record_be_claimed_again(cast: Cast) -> None:
    person = Person.objects.get(account=cast.member)
    phone, number = cast.member.phone, person.id_number
    accounts.close_account(cast.member, actor=cast.member)
    person.refresh_from_db()
    assert person.account_id is None
    assert Membership.objects.get(person=person).state == Membership.State.ACTIVE
    again = accounts.register(phone, actor=SYSTEM)
    assert again.pk != cast.member.pk
    operations.claim(again, name=person.name, document_kind="resident_id", id_number=number, actor=again)
    assert queries.member_of(again) is not None


def test_closing_withdraws_what_was_asked_for(cast: Cast) -> None:
    factories.transfer(cast.member, cast.neighbour)
    accounts.close_account(cast.member, actor=cast.member)
    assert Transfer.objects.get().state == Transfer.State.WITHDRAWN


def test_closing_erases_an_applicant(cast: Cast) -> None:
    application = apply(cast)
    accounts.close_account(cast.applicant, actor=cast.applicant)
    assert not Person.objects.filter(pk=application.person_id).exists()
