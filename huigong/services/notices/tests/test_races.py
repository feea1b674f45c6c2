"""Notices with many at once; and the same with the guards off, which must go wrong."""

import threading

import pytest

from huigong.core.errors import Refused
from huigong.people.membership import queries as membership
from huigong.services.notices import operations
from huigong.services.notices.models import Notice, Reading
from huigong.services.notices.tests import factories
from tests import guards
from tests.cast import Cast, make_cast
from tests.threads import at_once

DEVICES = 8
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


def read_on_many_devices(cast: Cast) -> int:
    notice = factories.notice(cast.union, actor=cast.officer)
    member = membership.member_of(cast.member)
    assert member
    at_once(*[lambda: operations.mark_read(notice, member=member).pk] * DEVICES)
    return Reading.objects.filter(notice=notice).count()


def test_a_notice_read_on_many_devices_at_once_is_read_once(cast: Cast) -> None:
    assert read_on_many_devices(cast) == 1


def look_then_write(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every device looks first, and writes when all have looked."""
    everybody_has_looked = threading.Barrier(DEVICES, timeout=20)

    def get_or_create(**key: object) -> tuple[Reading, bool]:
        found = Reading.objects.filter(**key).first()
        everybody_has_looked.wait()
        return (found, False) if found else (Reading.objects.create(**key), True)

    monkeypatch.setattr(Reading.objects, "get_or_create", get_or_create)


def test_without_the_unique_index_it_would_be_read_more_often(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_then_write(monkeypatch)
    with guards.without_constraint("notices_reading", "notices_reading_once"):
        assert read_on_many_devices(cast) > 1


def test_of_a_publication_and_a_change_at_once_one_is_refused(cast: Cast) -> None:
    for _ in range(5):
        notice = factories.draft(cast.union, actor=cast.officer, title="改之前")
        rule = membership.Rule()

        def change(notice: Notice = notice, rule: membership.Rule = rule) -> None:
            operations.update_notice(notice, title="改之后", body="<p>x</p>", rule=rule, actor=cast.officer)

        def publish(notice: Notice = notice) -> None:
            fresh = Notice.objects.select_related("union").get(pk=notice.pk)
            operations.publish(fresh, actor=cast.officer)

        outcomes = at_once(change, publish)
        kept = Notice.objects.get(pk=notice.pk)
        assert kept.state == "published"
        assert (kept.title == "改之前") == (outcomes == ["done", "wrong-state"])


def test_a_change_to_what_was_published_meanwhile_is_refused(cast: Cast) -> None:
    notice = factories.draft(cast.union, actor=cast.officer, title="改之前")
    stale = Notice.objects.select_related("union").get(pk=notice.pk)
    operations.publish(notice, actor=cast.officer)
    with pytest.raises(Refused, match="已发布的通知不能修改"):
        operations.update_notice(
            stale, title="改之后", body="<p>x</p>", rule=membership.Rule(), actor=cast.officer
        )
    assert Notice.objects.get(pk=notice.pk).title == "改之前"
