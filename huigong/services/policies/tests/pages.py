"""Reading and sending pages of policies in tests."""

from typing import Any

from django.test import Client
from django.urls import reverse


def page(client: Client, name: str, *args: object, **query: object) -> str:
    """The words of a page that is there."""
    response = client.get(reverse(f"policies:{name}", args=args), query)
    assert response.status_code == 200
    return response.content.decode()


def post(client: Client, name: str, *args: object, **data: Any) -> Any:
    """What is answered to a form."""
    return client.post(reverse(f"policies:{name}", args=args), data)
