"""Handing in: where it goes, what is checked, once and in time."""

import io
import threading
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.utils import timezone

from huigong.core import calendar, files
from huigong.core.errors import Refused
from huigong.core.models import AuditRow
from huigong.core.questions import AnswersInvalid
from huigong.people.approvals import queries as approvals
from huigong.people.inbox.models import Message
from huigong.people.membership import queries as membership
from huigong.people.membership.models import Membership
from huigong.people.orgs.tests import factories as unions
from huigong.services.policies import operations
from huigong.services.policies.models import Application, Scheme
from huigong.services.policies.operations import applying
from huigong.services.policies.tests import factories
from huigong.services.policies.tests.applicants import ILL, begun, consented, sent
from tests.cast import Cast, make_cast
from tests.threads import at_once

State = Application.State


def test_submit_goes_to_the_unit_with_its_days(cast: Cast) -> None:
    application = sent(begun(cast), cast)
    assert application.state == State.SUBMITTED
    assert application.answers == {"family": 4, "ill": False}
    assert application.draft == {}
    assert application.verify_by == calendar.add_working_days(calendar.today(), 5)
    assert application.escalated_at is None
    assert application.pledge == "本会会员"
    assert [step.decision for step in approvals.trail(application)] == ["submitted"]
    assert Message.objects.filter(account=cast.officer, kind="task").count() == 1
    assert not Message.objects.filter(account=cast.county_officer).exists()


def test_submit_says_nothing_private_to_audit_and_inbox(cast: Cast) -> None:
    application = consented(cast)
    operations.add_evidence(application, "papers", factories.photo(), name="诊断.jpg", actor=cast.member)
    sent(application, cast, ILL)
    written = str(list(AuditRow.objects.values())) + str(list(Message.objects.values()))
    assert "尿毒症" not in written
    assert "诊断" not in written


@pytest.mark.parametrize("where", ["own union", "kept from the unit"])
def test_submit_goes_to_the_decision_at_once(cast: Cast, where: str) -> None:
    scheme = (
        factories.scheme(cast.union)
        if where == "own union"
        else factories.scheme(cast.county, unit_first=False)
    )
    application = sent(begun(cast, scheme), cast)
    assert application.state == State.VERIFIED
    assert application.decide_by is not None
    told = cast.officer if where == "own union" else cast.county_officer
    assert Message.objects.filter(kind="task").values_list("account", flat=True).get() == told.pk


def test_a_unit_that_is_to_know_nothing_has_no_row_in_its_books(cast: Cast) -> None:
    application = sent(begun(cast, unit_first=False), cast)
    operations.withdraw_application(application, actor=cast.member)
    assert not AuditRow.objects.filter(org_id=cast.union.pk, action__startswith="policies:").exists()
    assert not Message.objects.filter(account=cast.officer).exists()


def test_nobody_at_the_unit_but_the_applicant_brings_it_up_at_once(cast: Cast) -> None:
    chair = membership.person_of(cast.member)
    assert chair is not None
    unions.post(cast.member, cast.union)
    cast.union.posts.filter(account=cast.officer).update(ended_at=timezone.now())
    application = sent(begun(cast), cast)
    assert application.state == State.SUBMITTED
    assert application.escalated_at is not None
    assert list(Message.objects.filter(kind="task").values_list("account", flat=True)) == [
        cast.township_officer.pk
    ]


def test_submit_marks_every_wrong_answer_at_once(cast: Cast) -> None:
    application = begun(cast)
    with pytest.raises(AnswersInvalid) as invalid:
        sent(application, cast, {"family": "0", "ill": "是"})
    assert set(invalid.value.errors) == {"family", "disease", "papers"}
    application.refresh_from_db()
    assert application.state == State.DRAFT


def test_papers_answer_their_question_and_superfluous_ones_go(cast: Cast) -> None:
    application = consented(cast)
    operations.add_evidence(application, "papers", factories.photo(), name="诊断.jpg", actor=cast.member)
    done = sent(application, cast, ILL)
    assert done.answers["papers"] == [done.evidence.get().file.name]

    scheme = factories.scheme(cast.county, title="另一项")
    other = operations.save_draft(begun(cast, scheme), ILL, consents=True, actor=cast.member)
    operations.add_evidence(other, "papers", factories.photo(), name="诊断.jpg", actor=cast.member)
    assert sent(other, cast).evidence.count() == 0


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"consents": False}, "no-consent"),
        ({"pledge": "邻会会员"}, "not-signed"),
        ({"pledge": ""}, "not-signed"),
        ({"pledge": "", "signature": io.BytesIO(b"no picture")}, "bad-signature"),
        ({"pledge": "", "signature": io.BytesIO(b"%PDF-1.7 form")}, "bad-signature"),
    ],
)
def test_submit_refuses_without_consent_and_signature(cast: Cast, how: dict[str, Any], code: str) -> None:
    application = begun(cast)
    with pytest.raises(Refused) as refused:
        sent(application, cast, **how)
    assert refused.value.code == code
    application.refresh_from_db()
    assert (application.state, application.answers) == (State.DRAFT, {})


def test_a_signature_by_hand_is_kept_sealed(cast: Cast) -> None:
    application = sent(begun(cast), cast, pledge="", signature=factories.photo())
    assert application.signature is not None
    assert files.unsealed(application.signature)
    assert application.pledge == ""


def test_without_private_questions_no_consent_is_noted(cast: Cast) -> None:
    application = begun(cast, questions=[factories.FAMILY])
    done = sent(application, cast, {"family": "4"}, consents=False)
    assert done.consented_at is None


def midnight(today: bool) -> datetime:
    """The end of the window at 24:00 in China: of today, or of yesterday."""
    day = calendar.today() + timedelta(days=1 if today else 0)
    return datetime(day.year, day.month, day.day, tzinfo=calendar.SHANGHAI)


def test_the_window_closes_at_midnight_in_china(cast: Cast) -> None:
    application = begun(cast)
    Scheme.objects.update(closes_at=midnight(today=False))
    with pytest.raises(Refused) as refused:
        sent(application, cast)
    assert refused.value.code == "closed"
    assert Application.objects.get().state == State.DRAFT
    Scheme.objects.update(closes_at=midnight(today=True))
    assert sent(application, cast).state == State.SUBMITTED


def _sent_at_once(cast: Cast) -> list[str]:
    application = begun(cast)
    return at_once(*[lambda: sent(application, cast) and None] * 4)


@pytest.mark.django_db(transaction=True)
def test_sent_four_times_at_once_it_is_handed_in_once() -> None:
    cast = make_cast()
    assert _sent_at_once(cast) == ["done", "wrong-state", "wrong-state", "wrong-state"]
    assert len(approvals.trail(Application.objects.get())) == 1
    assert Message.objects.filter(kind="task").count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_and_the_condition_it_is_handed_in_several_times() -> None:
    cast, everybody = make_cast(), threading.Barrier(4)

    def unlocked(application: Application) -> Application:
        found = Application.objects.select_related("scheme__union", "union", "person").get(pk=application.pk)
        everybody.wait(timeout=20)  # all have looked before one has written
        return found

    def unconditional(held: Application, values: dict[str, Any]) -> None:
        Application.objects.filter(pk=held.pk).update(**values)
        held.refresh_from_db()

    with patch.object(applying, "writable", unlocked), patch.object(applying, "_claim", unconditional):
        assert _sent_at_once(cast).count("done") > 1
    assert len(approvals.trail(Application.objects.get())) > 1


def test_who_moved_meanwhile_is_verified_in_the_new_union(cast: Cast) -> None:
    application = begun(cast)
    held = Membership.objects.get(person=application.person)
    Membership.objects.filter(pk=held.pk).update(union=cast.neighbour)
    done = sent(application, cast)
    assert done.union == cast.neighbour
    assert (
        Message.objects.filter(kind="task").values_list("account", flat=True).get()
        == cast.neighbour_officer.pk
    )


def test_who_is_no_member_any_more_cannot_hand_in(cast: Cast) -> None:
    application = begun(cast)
    Membership.objects.filter(person=application.person).update(state="left", ended_on=calendar.today())
    with pytest.raises(Refused) as refused:
        sent(application, cast)
    assert refused.value.code == "not-eligible"
