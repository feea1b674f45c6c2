"""Joining for other systems and apps."""

from datetime import date
from typing import Literal

from django.http import HttpRequest
from ninja import Header, Router, Schema, Status
from pydantic import ConfigDict, Field

from huigong.core import idempotency
from huigong.core.api import refusals
from huigong.core.crypto import blind_index
from huigong.core.identity import DocumentKind, Sex
from huigong.people.membership import operations, permissions
from huigong.people.membership.models import JoinApplication, WorkForm

router = Router(tags=["memberships"])


class ApplicationIn(Schema):
    """Who asks which union. `sex` and `born_on` only for documents whose number does not tell them.

    `pledge` is the applicant's typed signature; left out, the name stands for it.
    """

    model_config = ConfigDict(extra="forbid")
    union: int = Field(ge=1, le=2**62)
    name: str = Field(max_length=60)
    id_number: str = Field(max_length=40)
    document_kind: Literal[tuple(DocumentKind.values)] = DocumentKind.RESIDENT_ID.value  # type: ignore[valid-type]
    sex: Literal["", *Sex.values] = ""  # type: ignore[valid-type]
    born_on: date | None = None
    work_form: Literal[tuple(WorkForm.values)] = WorkForm.ENTERPRISE.value  # type: ignore[valid-type]
    unit_name: str = Field("", max_length=120)
    job_title: str = Field("", max_length=60)
    pledge: str = Field("", max_length=60)


class ApplicationOut(Schema):
    """An application and where it stands: submitted, returned, approved, rejected, withdrawn."""

    id: int
    union: int
    state: str
    due_on: date


def _application_out(application: JoinApplication) -> ApplicationOut:
    return ApplicationOut(
        id=application.pk, union=application.union_id, state=application.state, due_on=application.due_on
    )


@router.post(
    "/applications",
    response={201: ApplicationOut, 200: ApplicationOut} | refusals(403, 404, 409, 429),
)
def apply(
    request: HttpRequest,
    data: ApplicationIn,
    idempotency_key: str | None = Header(None, max_length=80),
) -> Status[ApplicationOut]:
    """Ask a union to take the caller in, who has read the rules on personal data (`/privacy`) and agrees to them.

    201 made, 200 the same was open already, 403 under 16, 404 no such union, 409 a member already or another
    application open, 422 bad input, 429 more than three different documents a day.
    """
    union = permissions.get_union_to_join(data.union)
    fields = data.model_dump(exclude={"union"})
    fields["pledge"] = fields["pledge"] or fields["name"]
    operations.count_identity_try(request.user, name=data.name, id_number=data.id_number)
    # the number goes in as its blind index: a plain hash of it could be tried out
    sent = data.model_dump(mode="json") | {"id_number": blind_index("idempotency", data.id_number)}
    with idempotency.guard(request.user, idempotency_key, sent):
        application, created = operations.apply_to_join(
            request.user, union=union, actor=request.user, **fields
        )
    return Status(201 if created else 200, _application_out(application))
