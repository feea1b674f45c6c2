"""Applying: beginning, filling in, handing in, correcting, taking back."""

import io
import threading
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.utils import timezone

from huigong.core import calendar, files
from huigong.core.errors import Refused
from huigong.core.models import AuditRow, StoredFile
from huigong.core.questions import AnswersInvalid
from huigong.people.approvals import queries as approvals
from huigong.people.inbox.models import Message
from huigong.people.membership import queries as membership
from huigong.people.membership.models import Membership
from huigong.people.membership.queries import Rule
from huigong.people.orgs.tests import factories as unions
from huigong.services.policies import operations
from huigong.services.policies.models import Application, Evidence, Scheme
from huigong.services.policies.operations import applying
from huigong.services.policies.tests import factories
from tests.cast import Cast, make_cast
from tests.guards import without_constraint
from tests.threads import at_once

State = Application.State
ILL = {"family": "4", "ill": "是", "disease": "尿毒症"}


def begun(cast: Cast, scheme: Scheme | None = None, **changed: Any) -> Application:
    """The member's draft."""
    scheme = scheme or factories.scheme(cast.county, **changed)
    member = membership.member_of(cast.member)
    assert member is not None
    return operations.begin(scheme, member=member, actor=cast.member)


def sent(
    application: Application, cast: Cast, answers: dict[str, Any] | None = None, **how: Any
) -> Application:
    """Handed in, signed with the typed name."""
    how = {"consents": True, "pledge": "本会会员", **how}
    return operations.submit(application, answers or factories.ANSWERS, actor=cast.member, **how)


# --- Beginning


def test_begin_gives_the_same_draft_again(cast: Cast) -> None:
    first = begun(cast)
    assert first.state == State.DRAFT
    assert begun(cast, first.scheme) == first
    assert Application.objects.count() == 1


def test_begin_refuses_whom_it_is_not_for_and_says_why(cast: Cast) -> None:
    scheme = factories.scheme(cast.county, rule=Rule(min_age=60))
    with pytest.raises(Refused, match="须年满 60 周岁") as refused:
        begun(cast, scheme)
    assert refused.value.code == "not-eligible"
    assert not Application.objects.exists()


@pytest.mark.parametrize(
    "changed",
    [
        {"closes_at": timezone.now() - timedelta(seconds=1)},
        {"opens_at": timezone.now() + timedelta(hours=1)},
        {"state": Scheme.State.CLOSED},
    ],
)
def test_begin_outside_the_window_is_refused(cast: Cast, changed: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refused:
        begun(cast, **changed)
    assert refused.value.code == "closed"


def _twice(cast: Cast) -> list[str]:
    scheme = factories.scheme(cast.county)
    member = membership.member_of(cast.member)
    assert member is not None
    return at_once(*[lambda: operations.begin(scheme, member=member, actor=cast.member).pk] * 6)


@pytest.mark.django_db(transaction=True)
def test_many_taps_at_once_begin_one_application() -> None:
    assert len(set(_twice(make_cast()))) == 1
    assert Application.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_index_many_taps_begin_several() -> None:
    cast = make_cast()
    looked = applying._live

    def late(*args: Any) -> Application | None:
        found = looked(*args)
        return None if found else found

    with (
        without_constraint("policies_application", "policies_application_once"),
        patch.object(applying, "_live", late),
    ):
        _twice(cast)
        assert Application.objects.count() > 1


# --- Filling in


def test_a_draft_keeps_what_is_wrong_but_nothing_without_shape(cast: Cast) -> None:
    application = begun(cast)
    given = {"family": "很多", "ill": ["是", 5], "nobody": "asked", "disease": {"a": 1}}
    kept = operations.save_draft(application, given, consents=True, actor=cast.member)
    kept.refresh_from_db()
    assert kept.draft == {"family": "很多", "ill": ["是"]}
    assert "很多" not in kept.draft_sealed
    assert kept.saved_at is not None
    assert not AuditRow.objects.filter(action__startswith="policies:application").exists()


def test_a_draft_keeps_private_answers_only_with_consent(cast: Cast) -> None:
    application = begun(cast)
    assert operations.save_draft(application, ILL, actor=cast.member).draft == {"family": "4"}
    with pytest.raises(Refused) as refused:
        operations.add_evidence(application, "papers", factories.photo(), name="诊断.jpg", actor=cast.member)
    assert refused.value.code == "no-consent"
    kept = operations.save_draft(application, ILL, consents=True, actor=cast.member)
    assert kept.draft == ILL
    assert kept.consented_at is not None


def test_what_was_handed_in_is_not_changed_any_more(cast: Cast) -> None:
    application = sent(begun(cast), cast)
    for act in (
        lambda: operations.save_draft(application, ILL, actor=cast.member),
        lambda: operations.add_evidence(
            application, "papers", factories.photo(), name="a.jpg", actor=cast.member
        ),
        lambda: operations.discard_draft(application, actor=cast.member),
        lambda: sent(application, cast),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.code == "wrong-state"


# --- Papers


def consented(cast: Cast) -> Application:
    return operations.save_draft(begun(cast), ILL, consents=True, actor=cast.member)


def test_papers_are_made_anew_and_sealed(cast: Cast) -> None:
    upload = io.BytesIO(factories.photo().getvalue() + b"<script>evil</script>")
    piece = operations.add_evidence(consented(cast), "papers", upload, name="../诊断.php", actor=cast.member)
    assert piece.content_type.startswith("image/")
    assert piece.file.name.startswith("诊断.")
    assert not piece.file.name.endswith("php")
    assert b"evil" not in files.unsealed(piece.file)
    kept = files._path(piece.file.uuid).read_bytes()
    assert not kept.startswith((b"\xff\xd8", b"\x89PNG"))


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "a.svg"),
        (b"<html><script>alert(1)</script>", "a.jpg"),
        (b"MZ\x90\x00", "a.pdf"),
        (b"%PDF-1.7 /JavaScript (app.alert(1))", "a.pdf"),
        (b"PK\x03\x04 not a zip", "a.docx"),
        (b"", "a.png"),
        (b"GIF89a", "a.gif"),
    ],
)
def test_hostile_papers_are_refused_and_nothing_is_kept(cast: Cast, content: bytes, name: str) -> None:
    application = consented(cast)
    with pytest.raises(Refused) as refused:
        operations.add_evidence(application, "papers", io.BytesIO(content), name=name, actor=cast.member)
    assert refused.value.code == "bad-file"
    assert not Evidence.objects.exists()
    assert not StoredFile.objects.exists()


def test_papers_are_no_more_than_the_question_takes_and_only_where_asked(cast: Cast) -> None:
    application = consented(cast)
    for _ in range(2):
        operations.add_evidence(application, "papers", factories.photo(), name="a.jpg", actor=cast.member)
    for question, code in (("papers", "too-many"), ("family", "not-asked"), ("nothing", "not-asked")):
        with pytest.raises(Refused) as refused:
            operations.add_evidence(application, question, factories.photo(), name="a.jpg", actor=cast.member)
        assert refused.value.code == code
    piece = application.evidence.first()
    assert piece is not None
    path = files._path(piece.file.uuid)
    operations.remove_evidence(piece, actor=cast.member)
    assert application.evidence.count() == 1
    assert path.exists()  # until the transaction commits


# --- Handing in


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
