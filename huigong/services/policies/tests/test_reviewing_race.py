"""Cadres decide about one application at the same moment: one of them counts. And what happens without the guard."""

import threading
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection
from django.utils import timezone

from huigong.core.errors import Refused
from huigong.people.accounts.tests import factories as accounts
from huigong.people.approvals import queries as approvals
from huigong.people.orgs.models import Post
from huigong.people.orgs.tests import factories as unions
from huigong.services.policies import operations
from huigong.services.policies.models import Application
from huigong.services.policies.tests import factories
from tests.cast import make_cast

pytestmark = pytest.mark.django_db(transaction=True)


def outcomes(application: Application, acts: list[Callable[[Application], Any]]) -> list[str]:
    """Each in a thread and connection of its own, started together."""
    start, told = threading.Barrier(len(acts), timeout=30), []

    def run(act: Callable[[Application], Any]) -> None:
        try:
            row = Application.objects.select_related("scheme__union", "union", "person").get(
                pk=application.pk
            )
            start.wait()
            act(row)
            told.append("done")
        except Refused as refused:
            told.append(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(told)


def decided_at_once() -> tuple[list[str], Application]:
    """One colleague approves, another refuses, and the first taps twice."""
    cast = make_cast()
    colleague = accounts.account(name="县总同事")
    unions.post(colleague, cast.county, Post.Role.CADRE)
    scheme = factories.scheme(cast.county)
    application = factories.application(scheme, cast.member, state="verified", opened_at=timezone.now())
    told = outcomes(
        application,
        [
            lambda row: operations.approve(row, actor=cast.county_officer, amount_fen=300_000),
            lambda row: operations.approve(row, actor=cast.county_officer, amount_fen=300_000),
            lambda row: operations.refuse(row, actor=colleague, reason="不符合条件"),
        ],
    )
    application.refresh_from_db()
    return told, application


def test_of_two_who_decide_at_once_one_counts() -> None:
    told, application = decided_at_once()
    assert told == ["done", "wrong-state", "wrong-state"]
    assert len(approvals.trail(application)) == 1


def test_without_the_guard_both_would_count() -> None:
    """The guard off: everybody looks first, and writes when all have looked. This must go wrong."""
    looked = threading.Barrier(3, timeout=30)

    def look_then_write(row: Application, sources: tuple[str, ...], state: str, **values: Any) -> None:
        may = Application.objects.filter(pk=row.pk, state__in=sources).exists()
        looked.wait()
        if may:
            Application.objects.filter(pk=row.pk).update(state=state, **values)

    with patch("huigong.services.policies.operations.reviewing.move", look_then_write):
        told, application = decided_at_once()
    assert told == ["done", "done", "done"]
    assert len(approvals.trail(application)) == 3
