"""What all endpoints of the API share: the one shape of a refusal."""

from typing import Any

from ninja import Schema

_ANYWHERE = (400, 401, 422, 503)


class Problem(Schema):
    """Why something was refused: a stable code for programs, a Chinese sentence for people.

    `fields` names what is wrong with the input, when that is the reason; never the values.
    """

    code: str
    detail: str
    fields: list[str] = []


def refusals(*statuses: int) -> dict[int, Any]:
    """The `response` entries of an endpoint's refusals: those named, and those any endpoint may give."""
    return dict.fromkeys((*_ANYWHERE, *statuses), Problem)
