"""Putting people on the roll directly, and keeping their record right."""

from datetime import date
from typing import Any

import pytest

from huigong.core import verify
from huigong.core.audit import SYSTEM
from huigong.core.errors import Refused
from huigong.core.models import AuditRow
from huigong.people.membership import events, operations
from huigong.people.membership.models import Employment, Membership, Person
from huigong.people.membership.operations import Effect, PersonFields
from huigong.people.membership.tests import factories
from huigong.people.orgs.models import Union
from tests.cast import Cast


def enrol(union: Union, number: str, **fields: Any) -> operations.Enrolled:
    described = PersonFields(**{"name": "吴海生", "id_number": number} | fields)
    return operations.enrol(union, fields=described, joined_on=date(2021, 3, 1), actor=SYSTEM)


def test_enrolling_puts_a_new_person_on_the_roll(cast: Cast) -> None:
    heard = []
    events.member_joined.connect(lambda **payload: heard.append(payload), weak=False, dispatch_uid="test")
    number = factories.id_number(sex="2")
    try:
        done = enrol(
            cast.union, number, phone="13900001111", unit_name="石雕厂", is_migrant=True, tags=("劳模",)
        )
    finally:
        events.member_joined.disconnect(dispatch_uid="test")
    assert done.effect == Effect.CREATED
    person = Person.objects.get(pk=done.person.pk)
    assert (person.id_number, person.phone, person.sex) == (number, "13900001111", "2")
    assert (person.is_migrant, person.tags, person.work_form) == (True, ["劳模"], "enterprise")
    assert (done.membership.union, done.membership.joined_on) == (cast.union, date(2021, 3, 1))
    assert Employment.objects.get(person=person).unit_name == "石雕厂"
    assert len(heard) == 1
    assert number not in str(list(AuditRow.objects.values_list("after", flat=True)))
    assert [finding for finding in verify.run() if not finding.ok] == []


def test_enrolling_again_changes_nothing(cast: Cast) -> None:
    number = factories.id_number()
    fields = {"phone": "13900001111", "unit_name": "石雕厂", "job_title": "雕刻工", "skill": "3"}
    enrol(cast.union, number, **fields)
    rows = AuditRow.objects.count()
    assert enrol(cast.union, number, **fields).effect == Effect.UNCHANGED
    assert enrol(cast.union, number).effect == Effect.UNCHANGED
    assert AuditRow.objects.count() == rows
    assert Membership.objects.filter(person__name="吴海生").count() == 1


def test_enrolling_with_more_fills_the_record_in(cast: Cast) -> None:
    number = factories.id_number()
    enrol(cast.union, number, unit_name="石雕厂")
    done = enrol(cast.union, number, phone="139 0000 1111", work_form="rider", job_title="骑手")
    assert done.effect == Effect.UPDATED
    person = Person.objects.get(pk=done.person.pk)
    assert (person.phone, person.work_form) == ("13900001111", "rider")
    assert Employment.objects.get(person=person, until=None).job_title == "骑手"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"name": "吴海声"}, "name-differs"),
        ({"name": "吴2"}, "bad-name"),
        ({"phone": "12345"}, "bad-phone"),
    ],
)
def test_enrolling_what_contradicts_the_roll_or_is_no_data_is_refused(
    cast: Cast, fields: dict[str, str], code: str
) -> None:
    number = factories.id_number()
    enrol(cast.union, number, phone="13900001111")
    with pytest.raises(Refused) as refused:
        enrol(cast.union, number, **fields)
    assert (refused.value.code, refused.value.status) == (code, 422)
    person = Person.objects.get(name="吴海生")
    assert person.phone == "13900001111"


def test_enrolling_a_member_of_another_union_is_refused(cast: Cast) -> None:
    number = factories.id_number()
    enrol(cast.neighbour, number)
    with pytest.raises(Refused) as refused:
        enrol(cast.union, number)
    assert refused.value.code == "already-member"
    assert Membership.objects.filter(person__name="吴海生").count() == 1


def test_enrolling_leaves_the_phone_of_somebody_with_an_account_alone(cast: Cast) -> None:
    person = Person.objects.get(account=cast.member)
    done = enrol(cast.union, person.id_number, name=person.name, phone="13900001111")
    assert done.effect == Effect.UNCHANGED
    person.refresh_from_db()
    assert person.phone == cast.member.phone


def test_enrolling_somebody_who_left_starts_after_the_last_membership(cast: Cast) -> None:
    person = factories.person(name="吴海生")
    ended = factories.membership(person, cast.neighbour, state="left")
    done = enrol(cast.union, person.id_number)
    assert (done.membership.started_on, done.membership.member_no) == (ended.ended_on, ended.member_no)
    assert [finding for finding in verify.run() if not finding.ok] == []


def test_correcting_a_name_keeps_sorting_and_history_right(cast: Cast) -> None:
    person = Person.objects.get(account=cast.member)
    operations.correct_person(person, name="曾 小丰", phone="13900002222", actor=cast.officer)
    person.refresh_from_db()
    assert (person.name, person.initials, person.phone) == ("曾小丰", "zxf", "13900002222")
    row = AuditRow.objects.get(action="membership:person:correct")
    assert row.after == {"name": "曾小丰", "phone": "139****2222"}
    assert row.org_id == cast.union.pk


def test_correcting_the_document_number_is_not_offered(cast: Cast) -> None:
    person = Person.objects.get(account=cast.member)
    with pytest.raises(TypeError):
        operations.correct_person(person, id_number=factories.id_number(), actor=cast.officer)


def test_looking_at_a_number_needs_a_reason_and_is_on_record(cast: Cast) -> None:
    person = Person.objects.get(account=cast.member)
    with pytest.raises(Refused):
        operations.reveal_number(person, which="id_number", reason=" ", actor=cast.officer)
    shown = operations.reveal_number(person, which="id_number", reason="核对参保", actor=cast.officer)
    assert shown == person.id_number
    row = AuditRow.objects.get(action="membership:person:reveal")
    assert (row.actor_id, row.after) == (cast.officer.pk, {"which": "id_number", "reason": "核对参保"})
