"""What others say about an application on public notice."""

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from huigong.core import audit, calendar
from huigong.core.errors import Refused
from huigong.services.policies.models import Application, Objection
from huigong.services.policies.operations.moving import State, locked
from huigong.services.policies.operations.telling import tell_office

if TYPE_CHECKING:
    from huigong.people.membership.queries import Member

LONGEST, SHORTEST = 500, 5


@transaction.atomic
def object_to(application: Application, text: str, *, member: "Member", actor: audit.Actor) -> Objection:
    """A member's doubt about what is on public notice; the union that awards it is told, the applicant is not.

    Refuses too few or too many words (422), one's own application (403), a second objection of the same person
    ("objected"), and a notice that is over ("over"): whoever decides waits until this is written.
    """
    words = text.strip()
    if not SHORTEST <= len(words) <= LONGEST:
        raise Refused(f"请写清楚理由，{SHORTEST} 至 {LONGEST} 字。", "bad-text", status=422)
    held = locked(application.pk)
    if held.person_id == member.person_id:
        raise Refused("这是您自己的申报，不用提异议。", "own", status=403)
    if held.state != State.NOTICED or held.notice_until is None or held.notice_until < calendar.today():
        raise Refused("公示已经结束，不能再提异议。有情况可以给工会留言。", "over")
    try:
        with transaction.atomic():
            objection = Objection.objects.create(application=held, person_id=member.person_id, text=words)
    except IntegrityError:
        raise Refused("您已经提过异议，工会正在核查。", "objected") from None
    audit.record(actor, "policies:application:object", held, org=held.scheme.union)
    tell_office(held.scheme.union, held, f"“{held.scheme.title}”公示收到一条异议，请核查")
    return objection
