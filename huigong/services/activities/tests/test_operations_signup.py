"""Signing up and giving up, as members do it."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from huigong.core import flags, verify
from huigong.core.audit import SYSTEM
from huigong.core.errors import Refused
from huigong.core.models import AuditRow
from huigong.people.accounts.models import Account
from huigong.people.inbox.models import Message
from huigong.people.membership import queries as membership
from huigong.people.membership.queries import Rule
from huigong.people.membership.tests import factories as people
from huigong.resources.seats.models import Entry, Pool
from huigong.services.activities import operations
from huigong.services.activities.models import Session, Signup
from huigong.services.activities.tests import factories
from tests import guards
from tests.cast import Cast, make_cast


def sign_up(session: Session, account: Account, **values):
    return operations.sign_up(session, member=membership.member_of(account), actor=account, **values)


def counts(session: Session) -> tuple[int, int]:
    """(places taken, signups with a confirmed place)."""
    session.pool.refresh_from_db()
    return session.pool.taken, Signup.objects.filter(session=session, entry__state="confirmed").count()


def assert_all_invariants_hold() -> None:
    assert [finding for finding in verify.run() if not finding.ok] == []


def test_sign_up_takes_a_place_and_leaves_an_audit_row(cast: Cast) -> None:
    session = factories.session(cast.union)
    signup, created, _ = sign_up(session, cast.member)
    assert created
    assert signup.union == cast.union
    assert counts(session) == (1, 1)
    row = AuditRow.objects.get(action="activities:signup:create")
    assert (row.actor_id, row.target_id, row.org_id) == (cast.member.pk, session.activity_id, cast.union.pk)
    assert_all_invariants_hold()


def test_sign_up_twice_gives_back_the_first_signup(cast: Cast) -> None:
    session = factories.session(cast.union)
    first, *_ = sign_up(session, cast.member)
    second, created, _ = sign_up(session, cast.member)
    assert (second.pk, created) == (first.pk, False)
    assert counts(session) == (1, 1)


def test_sign_up_when_full_is_refused_and_changes_nothing(cast: Cast) -> None:
    session = factories.session(cast.union, capacity=1)
    sign_up(session, cast.member)
    late = people.member_account(cast.union)
    with pytest.raises(Refused) as refused:
        sign_up(session, late)
    assert refused.value.code == "full"
    assert counts(session) == (1, 1)
    assert Entry.objects.count() == 1


@pytest.mark.parametrize(
    ("opens_in", "closes_in", "code"),
    [(timedelta(hours=1), timedelta(days=1), "early"), (-timedelta(days=2), -timedelta(days=1), "closed")],
)
def test_sign_up_outside_the_window_is_refused(
    cast: Cast, opens_in: timedelta, closes_in: timedelta, code: str
) -> None:
    now = timezone.now()
    session = factories.session(cast.union, opens_at=now + opens_in, closes_at=now + closes_in)
    with pytest.raises(Refused) as refused:
        sign_up(session, cast.member)
    assert refused.value.code == code
    assert Signup.objects.count() == 0


def test_sign_up_of_the_neighbour_is_refused_and_changes_nothing(cast: Cast) -> None:
    session = factories.session(cast.union)
    with pytest.raises(Refused) as refused:
        sign_up(session, cast.neighbour_member)
    assert (refused.value.code, refused.value.status) == ("not-eligible", 403)
    assert counts(session) == (0, 0)


def test_sign_up_of_somebody_who_is_no_member_is_refused(cast: Cast) -> None:
    session = factories.session(cast.county)
    with pytest.raises(Refused) as refused:
        sign_up(session, cast.applicant)
    assert refused.value.code == "not-eligible"


@pytest.mark.parametrize(
    ("rule", "eligible"),
    [
        (Rule(sex="2"), False),
        (Rule(sex="1"), True),
        (Rule(min_age=60), False),
        (Rule(max_age=60), True),
        (Rule(work_forms=("rider",)), False),
        (Rule(tags=("劳模",)), False),
        (Rule(roles=("chair",)), False),
    ],
)
def test_sign_up_asks_the_audience_rule(cast: Cast, rule: Rule, eligible: bool) -> None:
    session = (
        factories.activity(cast.union, rule=rule).sessions.select_related("pool", "activity__union").get()
    )
    if eligible:
        assert sign_up(session, cast.member).created
    else:
        with pytest.raises(Refused, match=r"只面向|须"):
            sign_up(session, cast.member)


def test_sign_up_with_companions_takes_their_places_too(cast: Cast) -> None:
    made = factories.activity(cast.union, factories.plan(capacity=3), max_companions=2)
    session = made.sessions.select_related("pool", "activity__union").get()
    sign_up(
        session,
        cast.member,
        companions=[{"name": "家属甲"}, {"name": "小乙", "is_child": True, "consent": True}],
    )
    assert counts(session) == (3, 1)


def test_sign_up_with_a_child_without_consent_is_refused(cast: Cast) -> None:
    made = factories.activity(cast.union, max_companions=1)
    session = made.sessions.select_related("pool", "activity__union").get()
    with pytest.raises(Refused) as refused:
        sign_up(session, cast.member, companions=[{"name": "小乙", "is_child": True}])
    assert refused.value.code == "no-consent"


def test_sign_up_when_the_switch_is_thrown_is_refused(cast: Cast) -> None:
    session = factories.session(cast.union)
    flags.throw(flags.Switch.SIGNUP_PAUSED, actor=SYSTEM, reason="检修")
    with pytest.raises(Refused) as refused:
        sign_up(session, cast.member)
    assert refused.value.code == "paused"
    flags.release(flags.Switch.SIGNUP_PAUSED, actor=SYSTEM)
    assert sign_up(session, cast.member).created


def test_cancelling_frees_the_place_and_allows_another_signup(cast: Cast) -> None:
    session = factories.session(cast.union, capacity=1)
    signup, *_ = sign_up(session, cast.member)
    operations.cancel_signup(signup, actor=cast.member)
    assert counts(session) == (0, 0)
    assert sign_up(session, cast.member).created
    assert_all_invariants_hold()


def test_cancelling_within_the_deadline_is_refused(cast: Cast) -> None:
    now = timezone.now()
    session = factories.session(
        cast.union,
        starts_at=now + timedelta(hours=5),
        ends_at=now + timedelta(hours=6),
        closes_at=now + timedelta(hours=5),
    )
    signup, *_ = sign_up(session, cast.member)
    with pytest.raises(Refused) as refused:
        operations.cancel_signup(signup, actor=cast.member)
    assert refused.value.code == "too-late"
    assert counts(session) == (1, 1)


def test_a_freed_place_is_offered_to_the_first_who_waits_and_can_be_taken(cast: Cast) -> None:
    session = factories.session(cast.union, capacity=1, has_waitlist=True)
    first, *_ = sign_up(session, cast.member)
    waiting_account = people.member_account(cast.union)
    waiting, *_ = sign_up(session, waiting_account)
    waiting.entry.refresh_from_db()
    assert waiting.entry.state == "waiting"
    operations.cancel_signup(first, actor=cast.member)
    waiting.entry.refresh_from_db()
    assert waiting.entry.state == "offered"
    assert Message.objects.filter(account=waiting_account, title__contains="有名额了").count() == 1
    operations.accept_offer(waiting, actor=waiting_account)
    assert counts(session) == (1, 1)
    assert_all_invariants_hold()


def test_an_unanswered_offer_lapses_and_passes_on(cast: Cast) -> None:
    session = factories.session(cast.union, capacity=1, has_waitlist=True)
    first, *_ = sign_up(session, cast.member)
    second, *_ = sign_up(session, people.member_account(cast.union))
    third, *_ = sign_up(session, people.member_account(cast.union))
    operations.cancel_signup(first, actor=cast.member)
    Entry.objects.filter(pk=second.entry_id).update(offered_until=timezone.now() - timedelta(seconds=1))
    assert operations.expire_offers() == 1
    assert operations.expire_offers() == 0
    states = {entry.pk: entry.state for entry in Entry.objects.all()}
    assert states[second.entry_id] == "lapsed"
    assert states[third.entry_id] == "offered"
    with pytest.raises(Refused, match="已过确认时间"):
        operations.accept_offer(second, actor=cast.member)
    assert_all_invariants_hold()


def test_a_quota_holds_each_union_to_its_share(cast: Cast) -> None:
    made = factories.activity(
        cast.county,
        factories.plan(capacity=2, mode="quota", quotas={cast.township.pk: 1, cast.neighbour_township.pk: 1}),
    )
    session = made.sessions.select_related("pool", "activity__union").get()
    sign_up(session, cast.member)
    with pytest.raises(Refused) as refused:
        sign_up(session, people.member_account(cast.union))
    assert refused.value.code == "full"
    assert sign_up(session, cast.neighbour_member).created
    assert_all_invariants_hold()


def rush(session: Session, accounts: list[Account]) -> list[str]:
    """Everybody at once, each in a thread and connection of their own; what became of each."""
    start, outcomes = threading.Barrier(len(accounts)), []

    def run(account: Account) -> None:
        try:
            start.wait()
            outcomes.append("in" if sign_up(session, account).created else "again")
        except Refused as refused:
            outcomes.append(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[account]) for account in accounts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


@pytest.mark.django_db(transaction=True)
def test_a_rush_of_threads_never_oversells() -> None:
    cast = make_cast()
    session = factories.session(cast.union, capacity=5)
    assert rush(session, [people.member_account(cast.union) for _ in range(20)]) == ["full"] * 15 + ["in"] * 5
    assert counts(session) == (5, 5)
    assert_all_invariants_hold()


@pytest.mark.django_db(transaction=True)
def test_the_rush_oversells_when_the_claim_reads_first_and_the_check_is_gone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The guards off: the claim looks, then takes, and no CHECK stands behind it. This must go wrong."""
    cast = make_cast()
    session = factories.session(cast.union, capacity=5)
    accounts = [people.member_account(cast.union) for _ in range(20)]
    everybody_has_looked = threading.Barrier(20, timeout=20)
    from huigong.resources.seats.operations import claims

    claim = claims._one

    def look_then_take(sql: str, values: dict) -> int | None:
        free = Pool.objects.get(pk=values["pool"]).left >= values["size"]
        everybody_has_looked.wait()
        return claim(sql.replace("AND taken + %(size)s <= capacity", ""), values) if free else None

    monkeypatch.setattr(claims, "_one", look_then_take)
    with guards.without_constraint("seats_pool", "seats_pool_not_oversold"):
        assert rush(session, accounts).count("in") > 5


@pytest.mark.django_db(transaction=True)
def test_double_taps_of_one_member_make_one_signup() -> None:
    cast = make_cast()
    session = factories.session(cast.union)
    assert rush(session, [cast.member] * 8) == ["again"] * 7 + ["in"]
    assert counts(session) == (1, 1)
    assert_all_invariants_hold()
