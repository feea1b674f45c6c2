"""What is taken out of the house is noted first."""

from django.db import transaction

from huigong.core import audit
from huigong.core.errors import Refused
from huigong.people.orgs import queries as orgs
from huigong.services.policies import permissions
from huigong.services.policies.models import Scheme
from huigong.services.policies.queries import Period

MOST_ROWS = 5000


@transaction.atomic
def note_export(scheme: Scheme, *, rows: int, private: bool, reason: str = "", actor: audit.Actor) -> None:
    """Note that `actor` takes so many applications out, and with private answers why.

    Refuses nothing to take ("nothing"), too much at once ("too-many"), and private answers without reason (422).
    """
    if not rows:
        raise Refused("没有可以导出的申报。", "nothing")
    if rows > MOST_ROWS:
        raise Refused(f"共 {rows:,} 份，一次最多导出 {MOST_ROWS:,} 份，请先筛选。", "too-many", status=422)
    if private and not reason.strip():
        raise Refused("导出保密内容，请写明原因。", "no-reason", status=422)
    verb = "export-private" if private else "export"
    after = {"rows": rows, **({"reason": reason.strip()} if private else {})}
    audit.record(actor, f"policies:application:{verb}", scheme, after=after, org=scheme.union)


@transaction.atomic
def note_figures_export(scheme: Scheme | None, period: Period, *, actor: audit.Actor) -> None:
    """Note that `actor` takes figures out, of one scheme or, in the books of their highest office, of all."""
    org = scheme.union if scheme else orgs.seat(actor, permissions.SCHEME_EDIT)
    after = {"filter": {"since": period.since, "until": period.until}}
    audit.record(actor, "policies:figures:export", scheme or actor, after=after, org=org)
