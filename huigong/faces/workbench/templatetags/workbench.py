"""Template filters of the workbench's own pages."""

from collections.abc import Iterable

from django.template import Library

from huigong.core.audit import Moment
from huigong.core.models import AuditRow
from huigong.faces.workbench.queries import words

register = Library()


@register.filter
def history(moments: Iterable[Moment], rows: Iterable[AuditRow]) -> list[Moment]:
    """``{{ moments|history:audit_rows }}``: one list, newest first."""
    return words.merged(moments, rows)
