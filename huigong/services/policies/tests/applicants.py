"""The cast's member applies: begun, consented, handed in."""

from typing import Any

from huigong.people.membership import queries as membership
from huigong.services.policies import operations
from huigong.services.policies.models import Application, Scheme
from huigong.services.policies.tests import factories
from tests.cast import Cast

ILL = {"family": "4", "ill": "是", "disease": "尿毒症"}


def begun(cast: Cast, scheme: Scheme | None = None, **changed: Any) -> Application:
    """The member's draft."""
    scheme = scheme or factories.scheme(cast.county, **changed)
    member = membership.member_of(cast.member)
    assert member is not None
    return operations.begin(scheme, member=member, actor=cast.member)


def sent(
    application: Application, cast: Cast, answers: dict[str, Any] | None = None, **how: Any
) -> Application:
    """Handed in, signed with the typed name."""
    how = {"consents": True, "pledge": "本会会员", **how}
    return operations.submit(application, answers or factories.ANSWERS, actor=cast.member, **how)


def consented(cast: Cast) -> Application:
    """The member's draft, with the consent that private answers and papers want."""
    return operations.save_draft(begun(cast), ILL, consents=True, actor=cast.member)
