"""Complaints with two at once; and the same with the guards off, which must go wrong."""

import uuid
from collections.abc import Iterable
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection

from huigong.core.vault import vault
from huigong.services.complaints import operations, queries
from huigong.services.complaints.models import Case, Deadline, Entry, Letter
from huigong.services.complaints.operations import handling, letters, merging
from huigong.services.complaints.tests import factories
from tests import guards
from tests.cast import Cast, make_cast
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


def accept_twice(cast: Cast) -> tuple[list[str], int]:
    """What became of two registrars who accept at once, and how often the log says that it was accepted."""
    case = factories.lodged(cast.member)
    people = [factories.registrar(cast) for _ in range(2)]

    def accept(number: int) -> None:
        operations.accept(
            factories.reread(case),
            demand="resolve",
            tier="hard",
            cause="wages",
            reason="属于受理范围",
            actor=people[number],
        )

    outcomes = at_once(lambda: accept(0), lambda: accept(1))
    with vault():
        return outcomes, Entry.objects.filter(case=case, kind=Entry.Kind.ACCEPTED).count()


def test_two_who_accept_at_once_decide_once(cast: Cast) -> None:
    for _ in range(3):
        assert accept_twice(cast) == (["done", "wrong-state"], 1)
    with vault():
        assert Deadline.objects.filter(ended_on=None).count() == 3


def _move_in_any_state(case: Case, begins: Iterable[str], ends: str, **values: Any) -> None:
    Case.objects.filter(pk=case.pk).update(state=ends, **values)


def test_without_the_condition_both_would_decide(cast: Cast) -> None:
    with patch.object(handling, "move", _move_in_any_state):
        assert max(accept_twice(cast)[1] for _ in range(3)) == 2


def send_twice(cast: Cast) -> int:
    token = uuid.uuid4().hex

    def send() -> None:
        operations.lodge_as(factories.draft(), withheld=False, token=token, actor=cast.member)

    at_once(*[send] * 4)
    with vault():
        return Case.objects.count()


def test_a_form_sent_many_times_at_once_is_one_case(cast: Cast) -> None:
    assert send_twice(cast) == 1


def test_without_the_unique_token_it_would_be_several(cast: Cast) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = 'complaints_case'::regclass"
            " AND pg_get_constraintdef(oid) = 'UNIQUE (token_index)'"
        )
        name = cursor.fetchone()[0]
    with guards.without_constraint("complaints_case", name):
        assert send_twice(cast) > 1


def test_an_extension_is_decided_once(cast: Cast) -> None:
    handler, registrar, other = factories.officer(cast), factories.registrar(cast), factories.registrar(cast)
    case = factories.given(factories.lodged(cast.member), handler, registrar)
    operations.ask_extension(case, working_days=5, reason="外调", actor=handler)

    def decide(who: Any, granted: bool) -> None:
        operations.decide_extension(factories.reread(case), granted=granted, reason="意见", actor=who)

    outcomes = at_once(lambda: decide(registrar, True), lambda: decide(other, False))
    assert outcomes == ["done", "nothing-asked"]


def sign_many(cast: Cast, *, twice: bool = False) -> tuple[list[str], list[int]]:
    """What became of registrars who sign at once, four letters of four cases or one letter; and the numbers given."""
    handler, registrar = factories.officer(cast), factories.registrar(cast)
    cases = [
        factories.given(factories.lodged(cast.member), handler, registrar) for _ in range(1 if twice else 4)
    ]
    drafts = [factories.letter(case, handler) for case in cases]
    for draft in drafts:
        operations.submit_letter(draft, actor=handler)

    def sign(draft: Letter) -> None:
        with vault():
            letter = Letter.objects.select_related("case").get(pk=draft.pk)
        operations.sign_letter(letter, actor=registrar)

    wanted = drafts * 2 if twice else drafts
    outcomes = at_once(*[lambda draft=draft: sign(draft) for draft in wanted])
    with vault():
        given = Letter.objects.filter(sequence__isnull=False).order_by("sequence")
        return outcomes, list(given.values_list("sequence", flat=True))


def test_letters_signed_at_once_are_numbered_one_after_the_other(cast: Cast) -> None:
    assert sign_many(cast) == (["done"] * 4, [1, 2, 3, 4])
    assert queries.invariants._numbers() == []


def test_a_letter_signed_by_two_at_once_gets_one_number(cast: Cast) -> None:
    assert sign_many(cast, twice=True) == (["done", "wrong-state"], [1])


def _highest_and_one(kind: str, year: int) -> int:
    found = Letter.objects.filter(kind=kind, year=year).order_by("-sequence").first()
    return (found.sequence or 0) + 1 if found else 1


def test_without_the_counted_row_numbers_would_be_given_twice(cast: Cast) -> None:
    with (
        patch.object(letters, "_next_number", _highest_and_one),
        guards.without_constraint("complaints_letter", "complaints_letter_number"),
    ):
        numbers = sign_many(cast)[1]
    assert len(numbers) == 4
    assert len(set(numbers)) < 4


def merge_crosswise(cast: Cast) -> int:
    """Two registrars who at once merge one case into the other and the other into the one: how many follow."""
    handler, registrar = factories.officer(cast), factories.registrar(cast)
    one, other = [factories.given(factories.lodged(cast.member), handler, registrar) for _ in range(2)]

    def merge(case: Case, into: Case) -> None:
        operations.merge(
            factories.reread(case), into=factories.reread(into), reason="同一事由。", actor=registrar
        )

    at_once(lambda: merge(one, other), lambda: merge(other, one))
    with vault():
        return Case.objects.filter(pk__in=[one.pk, other.pk]).exclude(leading=None).count()


def test_two_cases_merged_crosswise_at_once_are_merged_one_way(cast: Cast) -> None:
    assert [merge_crosswise(cast) for _ in range(3)] == [1, 1, 1]


def test_without_holding_both_each_would_follow_the_other(cast: Cast) -> None:
    with patch.object(merging, "_hold", lambda case, into: None):
        assert max(merge_crosswise(cast) for _ in range(3)) == 2
