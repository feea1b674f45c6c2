"""Partners of unions, and the guests on single objects who act for them."""

from django.db.models import Q, QuerySet
from django.utils import timezone

from huigong.core import identity
from huigong.people.orgs.models import ObjectGrant, Partner, Union


def partners_for(union: Union) -> QuerySet[Partner]:
    """Partners that `union` may invite: its own, and those of the unions above it."""
    kept = Partner.objects.filter(union__in=union.ancestor_ids, ended_at=None)
    return kept.select_related("account", "union").order_by("-union__level", "name")


def partners_meant(partners: QuerySet[Partner], text: str) -> QuerySet[Partner]:
    """Of `partners` those whose name, or whose person's, `text` may mean."""
    word = identity.normalise_name(text)
    return partners.filter(Q(name__icontains=word) | Q(account__display_name__icontains=word))


def grants_on(kind: str, object_id: int) -> QuerySet[ObjectGrant]:
    """Guests on one object, live ones, and those invited who have not answered."""
    live = ObjectGrant.objects.filter(
        kind=kind, object_id=object_id, revoked_at=None, expires_at__gt=timezone.now()
    )
    return live.select_related("account", "partner").order_by("id")


def guests_on(kind: str, object_id: int) -> QuerySet[ObjectGrant]:
    """Guests on one object who have accepted and still work there."""
    return grants_on(kind, object_id).filter(state=ObjectGrant.State.ACCEPTED)
