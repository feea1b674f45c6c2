"""Finding a union."""

from django.http import HttpRequest
from ninja import Query, Router, Schema

from huigong.core.api import refusals
from huigong.people.orgs import queries

router = Router(tags=["unions"])


class UnionOut(Schema):
    """A union's public face."""

    id: int
    name: str
    kind: str
    parent: str
    address: str


@router.get("", response={200: list[UnionOut]} | refusals())
def find_unions(request: HttpRequest, q: str = Query("", max_length=60)) -> list[UnionOut]:
    """At most twenty established unions whose name, unit, initials or credit code matches `q`."""
    return [
        UnionOut(
            id=union.pk,
            name=union.name,
            kind=union.kind,
            parent=union.parent.name if union.parent else "",
            address=union.address,
        )
        for union in queries.find(q).select_related("parent")[:20]
    ]
