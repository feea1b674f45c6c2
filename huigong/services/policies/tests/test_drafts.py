"""A draft: begun once, and kept while it is filled in."""

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.utils import timezone

from huigong.core.errors import Refused
from huigong.core.models import AuditRow
from huigong.people.membership import queries as membership
from huigong.people.membership.queries import Rule
from huigong.services.policies import operations
from huigong.services.policies.models import Application, Scheme
from huigong.services.policies.operations import applying
from huigong.services.policies.tests import factories
from huigong.services.policies.tests.applicants import ILL, begun, sent
from tests.cast import Cast, make_cast
from tests.guards import without_constraint
from tests.threads import at_once

State = Application.State


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
