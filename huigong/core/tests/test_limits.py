"""Counts of how often, and switches that stop."""

from datetime import timedelta

import pytest

from huigong.core import flags, limits
from huigong.core.audit import SYSTEM
from huigong.core.errors import Refused
from huigong.core.models import AuditRow, RateCount

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def test_require_lets_so_many_through_and_refuses_the_next() -> None:
    for _ in range(3):
        limits.require("test", "13800138000", at_most=3, per=HOUR)
    with pytest.raises(Refused) as refused:
        limits.require("test", "13800138000", at_most=3, per=HOUR)
    assert refused.value.status == 429


def test_counts_are_kept_apart_by_person_and_kind() -> None:
    limits.require("test", "a", at_most=1, per=HOUR)
    limits.require("test", "b", at_most=1, per=HOUR)
    limits.require("other", "a", at_most=1, per=HOUR)


def test_keys_hold_no_personal_data() -> None:
    limits.hit("test", "13800138000", per=HOUR)
    assert "13800138000" not in RateCount.objects.get().key


def test_a_thrown_switch_refuses_until_released() -> None:
    flags.throw(flags.Switch.READ_ONLY, actor=SYSTEM, reason="检修")
    with pytest.raises(Refused) as refused:
        flags.require_open()
    assert refused.value.status == 503
    flags.release(flags.Switch.READ_ONLY, actor=SYSTEM)
    flags.require_open()
    actions = AuditRow.objects.order_by("id").values_list("action", flat=True)
    assert list(actions) == ["core:flag:throw", "core:flag:release"]
