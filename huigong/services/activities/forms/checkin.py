"""What a check-in desk sends: scans, and reasons for what is done by hand."""

from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

from django import forms
from pydantic import BaseModel, Field, ValidationError

from huigong.core.asking import AsksByName

Shape = TypeVar("Shape", bound=BaseModel)
Code = Annotated[str, Field(max_length=200)]
Moment = Annotated[float, Field(ge=0, le=4_102_444_800, allow_inf_nan=False)]
"""Unix seconds, until the year 2100."""


class Scan(BaseModel):
    """One code, seen at a moment."""

    code: Code
    at: Moment

    @property
    def moment(self) -> datetime:
        return datetime.fromtimestamp(self.at, UTC)


class LiveScan(BaseModel):
    """A code that is held before the scanner right now."""

    session: int
    code: Code


class Upload(BaseModel):
    """What a scanner collected without network."""

    session: int
    scans: Annotated[list[Scan], Field(max_length=200)]


def read(shape: type[Shape], body: bytes) -> Shape | None:
    """The body as `shape`, or None when it is not that."""
    try:
        return shape.model_validate_json(body)
    except ValidationError:
        return None


class ReasonForm(AsksByName, forms.Form):
    """Why somebody is checked in without a code, or a check-in is taken back."""

    reason = forms.CharField(label="原因", min_length=2, max_length=60)

    def __init__(self, *args: Any, placeholder: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].widget.attrs["placeholder"] = placeholder
