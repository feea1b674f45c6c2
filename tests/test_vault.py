"""The vault: outside it there is nothing, inside it there is nothing else."""

from typing import Any

import pytest
from django.db import OperationalError, ProgrammingError, connection, transaction
from psycopg import sql

from huigong.core import vault as core_vault
from huigong.core.models import RateCount
from huigong.core.vault import vault
from huigong.services.complaints.models import Case
from huigong.services.complaints.tests import factories
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def _raw(statement: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


@pytest.mark.parametrize("table", [model._meta.db_table for model in core_vault.models()])
def test_the_application_finds_every_table_empty(cast: Cast, table: str) -> None:
    case = factories.lodged(cast.member, uploads=[factories.photo()])
    factories.given(case, factories.officer(cast), factories.registrar(cast))
    assert _raw(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table))) == []


def test_inside_it_rows_are_there_and_every_other_table_refuses(cast: Cast) -> None:
    case = factories.lodged(cast.member)
    with vault():
        assert Case.objects.get() == case
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            RateCount.objects.exists()


def test_the_application_can_neither_add_nor_change_nor_delete(cast: Cast) -> None:
    case = factories.lodged(cast.member)
    assert Case.objects.filter(pk=case.pk).update(people_affected=9) == 0
    assert Case.objects.all()._raw_delete("default") == 0
    case.pk, case.number = None, "11112222"
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        case.save(force_insert=True)
    with vault():
        assert Case.objects.get().people_affected == 3


def test_the_role_ends_with_the_block_however_it_ends(cast: Cast) -> None:
    factories.lodged(cast.member)
    with vault(), vault():
        pass
    assert not Case.objects.exists()
    with pytest.raises(ZeroDivisionError), vault():
        _ = 1 / 0
    assert not Case.objects.exists()
    with vault():
        with pytest.raises(ZeroDivisionError), vault():
            _ = 1 / 0
        assert Case.objects.exists()
    assert not Case.objects.exists()


def test_an_opened_table_is_found_by_verify_and_closed_by_the_next_migrate(cast: Cast) -> None:
    factories.lodged(cast.member)
    assert core_vault._is_closed() == []
    _run("ALTER TABLE complaints_case NO FORCE ROW LEVEL SECURITY")
    assert Case.objects.exists(), "with the guard off the rows are there"
    assert core_vault._is_closed() == [
        "complaints_case 没有行级保护；请执行 huigong migrate",
        "complaints_case 在保险箱外能读到",
    ]
    core_vault.fortify()
    assert core_vault._is_closed() == []


def test_a_role_that_may_log_in_or_is_gone_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    assert core_vault.faults() == []
    [[role]] = _raw("SELECT " + core_vault._ROLE)
    _run(f'ALTER ROLE "{role}" LOGIN')
    assert "能登录" in core_vault.faults()[0]
    monkeypatch.setattr(core_vault, "_ROLE", "'nobody_vault'")
    assert "没有维权保险箱的数据库角色 nobody_vault" in core_vault.faults()[0]


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement)


def test_a_user_who_may_not_make_roles_is_told_what_the_administrator_runs() -> None:
    _run("CREATE ROLE huigong_powerless NOLOGIN")
    _run("GRANT huigong_powerless TO CURRENT_USER")
    _run("SET LOCAL ROLE huigong_powerless")
    with pytest.raises(OperationalError) as refused:
        core_vault._make_role("another_vault")
    words = str(refused.value)
    assert 'CREATE ROLE "another_vault" NOLOGIN; GRANT "another_vault" TO "huigong_powerless"' in words
