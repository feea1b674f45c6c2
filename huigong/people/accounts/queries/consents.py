"""What somebody agreed to."""

from huigong.core.audit import Actor
from huigong.people.accounts.models import Consent

RULES_VERSION = "1"
"""The version of the rules on personal data (个人信息处理规则) that the pages show and consents name."""

Purpose = Consent.Purpose


def consents(actor: Actor) -> list[Consent]:
    """The actor's own consents, newest first, those taken back among them."""
    return list(Consent.objects.filter(account_id=actor.pk).order_by("-id"))
