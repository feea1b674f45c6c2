"""What was handed in comes back: to be corrected, withdrawn, or with the consent taken from it."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from huigong.core import calendar
from huigong.core.errors import Refused
from huigong.core.models import StoredFile
from huigong.services.policies import operations
from huigong.services.policies.models import Application, Scheme
from huigong.services.policies.tests import factories
from huigong.services.policies.tests.applicants import ILL, begun, consented, sent
from tests.cast import Cast

State = Application.State


# --- Correcting


def returned(cast: Cast, **changed: Any) -> Application:
    scheme = factories.scheme(cast.county)
    return factories.application(scheme, cast.member, state="returned", opened_at=timezone.now(), **changed)


def test_a_correction_keeps_the_old_answers_and_goes_back_to_who_returned_it(cast: Cast) -> None:
    done = sent(returned(cast), cast, {"family": "5", "ill": "否"})
    assert done.state == State.SUBMITTED
    assert done.earlier == factories.ANSWERS
    assert done.answers["family"] == 5
    assert (done.marks, done.reason, done.correct_by) == ({}, "", None)


def test_a_correction_after_the_unit_had_verified_goes_to_the_decision(cast: Cast) -> None:
    assert sent(returned(cast, verified_at=timezone.now()), cast).state == State.VERIFIED


def test_a_correction_is_possible_after_the_window_but_not_after_its_own_time(cast: Cast) -> None:
    application = returned(cast)
    Scheme.objects.update(closes_at=timezone.now() - timedelta(minutes=1))
    Application.objects.update(correct_by=calendar.today() - timedelta(days=1))
    with pytest.raises(Refused) as refused:
        sent(application, cast)
    assert refused.value.code == "too-late"
    Application.objects.update(correct_by=calendar.today())
    assert sent(application, cast).state == State.SUBMITTED


def test_a_correction_in_hand_leaves_what_was_handed_in(cast: Cast) -> None:
    application = returned(cast)
    operations.save_draft(application, {"family": "9"}, actor=cast.member)
    application.refresh_from_db()
    assert application.answers == factories.ANSWERS
    assert application.draft == {"family": "9"}
    assert application.consented_at is not None


# --- Taking back


def test_withdraw_until_somebody_opened_it(cast: Cast) -> None:
    application = sent(begun(cast), cast)
    Application.objects.update(opened_at=timezone.now())
    with pytest.raises(Refused) as refused:
        operations.withdraw_application(application, actor=cast.member)
    assert refused.value.code == "opened"
    Application.objects.update(opened_at=None)
    assert operations.withdraw_application(application, actor=cast.member).state == State.WITHDRAWN
    with pytest.raises(Refused):
        operations.withdraw_application(application, actor=cast.member)
    again = begun(cast, application.scheme)
    assert again.pk != application.pk


def test_withdrawing_deletes_what_is_private(cast: Cast) -> None:
    application = consented(cast)
    operations.add_evidence(application, "papers", factories.photo(), name="诊断.jpg", actor=cast.member)
    done = operations.withdraw_application(sent(application, cast, ILL), actor=cast.member)
    assert done.answers == {"family": 4}
    assert not done.evidence.exists()
    assert done.purged_at is not None


def test_discard_leaves_nothing_of_a_draft(cast: Cast) -> None:
    application = consented(cast)
    operations.add_evidence(application, "papers", factories.photo(), name="诊断.jpg", actor=cast.member)
    operations.discard_draft(application, actor=cast.member)
    assert not Application.objects.exists()
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize("state", ["submitted", "returned", "verified", "noticed"])
def test_withdrawing_consent_withdraws_what_is_not_decided(cast: Cast, state: str) -> None:
    scheme = factories.scheme(cast.county)
    application = factories.application(scheme, cast.member, state=state, opened_at=timezone.now())
    done = operations.withdraw_consent(application, actor=cast.member)
    assert done.state == State.WITHDRAWN
    assert done.answers == {"family": 4}


@pytest.mark.parametrize("state", ["awarded", "refused"])
def test_withdrawing_consent_leaves_what_was_decided(cast: Cast, state: str) -> None:
    application = factories.application(factories.scheme(cast.county), cast.member, state=state)
    operations.withdraw_consent(application, actor=cast.member)
    application.refresh_from_db()
    assert application.state == state
    assert application.answers == {"family": 4}
    assert application.purged_at is not None


def test_withdrawing_consent_for_a_draft_leaves_the_rest_of_it(cast: Cast) -> None:
    operations.withdraw_consent(consented(cast), actor=cast.member)
    application = Application.objects.get()
    assert (application.state, application.draft) == (State.DRAFT, {"family": "4"})
    assert application.consented_at is None
    assert application.purged_at is None
