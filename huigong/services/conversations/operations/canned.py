"""Words that a union keeps ready."""

from typing import TYPE_CHECKING

from django.db import transaction

from huigong.core import audit
from huigong.core.errors import Refused
from huigong.services.conversations.models import CannedAnswer

if TYPE_CHECKING:
    from huigong.people.orgs.models import Union

MOST = 30


@transaction.atomic
def save_canned(union: "Union", *, title: str, text: str, actor: audit.Actor) -> CannedAnswer:
    """Keep an answer ready under `title`; the one so called before is replaced. Refuses more than thirty."""
    if CannedAnswer.objects.filter(union=union).exclude(title=title).count() >= MOST:
        raise Refused(f"常用答复最多 {MOST} 条，请先删掉不用的。", "too-many", status=422)
    canned, _ = CannedAnswer.objects.update_or_create(union=union, title=title, defaults={"text": text})
    audit.record(actor, "conversations:canned:save", canned, org=union)
    return canned


@transaction.atomic
def remove_canned(canned: CannedAnswer, *, actor: audit.Actor) -> None:
    """Forget one."""
    audit.record(actor, "conversations:canned:remove", canned, org=canned.union)
    canned.delete()
