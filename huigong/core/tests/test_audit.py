"""The audit trail stands: nobody changes, deletes or empties it."""

import pgtrigger
import pytest
from django.db import DatabaseError, connection, transaction

from huigong.core import audit
from huigong.core.models import AuditRow, Flag


def _row() -> AuditRow:
    flag = Flag.objects.create(name="READ_ONLY", reason="检修")
    audit.record(audit.SYSTEM, "core:flag:throw", flag, after={"reason": "检修"})
    return AuditRow.objects.get()


@pytest.mark.django_db
def test_record_keeps_names_as_text() -> None:
    row = _row()
    assert (row.actor_name, row.target_type, row.after) == ("系统", "core.flag", {"reason": "检修"})


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sql",
    ["UPDATE core_auditrow SET actor_name = '别人'", "DELETE FROM core_auditrow"],
    ids=["update", "delete"],
)
def test_a_row_can_neither_be_changed_nor_deleted(sql: str) -> None:
    _row()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert AuditRow.objects.get().actor_name == "系统"


@pytest.mark.django_db
def test_the_table_cannot_be_emptied() -> None:
    """The guard against TRUNCATE is put back first: the tests' own clean-up has to do without it."""
    guard = next(trigger for trigger in AuditRow._meta.triggers if "truncate" in trigger.name)
    assert guard.operation == pgtrigger.Truncate
    guard.install(AuditRow)
    _row()
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("TRUNCATE core_auditrow")
    guard.uninstall(AuditRow)
