"""What was handed in is seen, large and small, by its author and by who opened it, on record, within the hour."""

import io
import re
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.core import signing
from django.http import Http404
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from huigong.core.models import AuditRow
from huigong.people.accounts.models import Account
from huigong.services.policies import permissions
from huigong.services.policies.models import Application
from huigong.services.policies.tests import factories
from tests.cast import Cast

ILL = {"family": 4, "ill": True, "disease": "慢性肾病", "papers": ["诊断.jpg"]}
WHOLE, SMALL = "policies:review-evidence", "policies:review-evidence-small"


@pytest.fixture
def application(cast: Cast) -> Application:
    """The cast's member has applied to the county, with a picture and a document, both private."""
    made = factories.application(factories.scheme(cast.county), cast.member, answers=ILL)
    factories.evidence(made, width=900)
    factories.document(made)
    return made


def as_(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def opened(client: Client, application: Application) -> str:
    return client.post(reverse("policies:review-open", args=[application.pk])).content.decode()


def addresses(page: str, name: str) -> list[str]:
    """Those on the page, with their keys, that lead to the view."""
    pattern = re.escape(reverse(name, args=[0])).replace("0", r"\d+") + r"\?key=[^\"]+"
    return re.findall(f'"({pattern})"', page)


def side(response: Any) -> int:
    return max(Image.open(io.BytesIO(response.content)).size)


def test_a_picture_is_shown_small_and_opens_large(cast: Cast, application: Application) -> None:
    client = as_(cast.officer)
    page = opened(client, application)
    [small] = addresses(page, SMALL)
    [paper] = application.evidence.filter(content_type="image/jpeg")
    assert f'<img src="{small}"' in page
    assert f'data-open="paper-{paper.pk}"' in page
    assert f'id="paper-{paper.pk}"' in page
    seen = client.get(small)
    assert (seen["Content-Type"][:6], seen["Cache-Control"]) == ("image/", "no-store")
    assert "sandbox" in seen["Content-Security-Policy"]
    large = [href for href in addresses(page, WHOLE) if f"/{paper.pk}?" in href]
    assert (side(seen), side(client.get(large[0]))) == (320, 900)


def test_a_document_stays_a_link_and_has_no_small_picture(cast: Cast, application: Application) -> None:
    client = as_(cast.officer)
    page = opened(client, application)
    document = application.evidence.get(content_type="application/pdf")
    [href] = {href for href in addresses(page, WHOLE) if f"/{document.pk}?" in href}
    assert "收入证明.pdf" in page
    assert client.get(href)["Content-Disposition"].startswith("attachment")
    assert client.get(href.replace("?", "/small?")).status_code == 404


def test_no_picture_is_shown_before_the_opening_is_on_record(cast: Cast, application: Application) -> None:
    client = as_(cast.officer)
    for _ in range(2):
        page = client.get(reverse("policies:review", args=[application.pk])).content.decode()
        assert addresses(page, SMALL) == addresses(page, WHOLE) == []
        assert "/evidence/" not in page
        Application.objects.update(opened_at=timezone.now())  # a colleague opened it
    assert not AuditRow.objects.filter(action="policies:application:read").exists()
    assert len(addresses(opened(client, application), SMALL)) == 1
    assert AuditRow.objects.filter(action="policies:application:read").count() == 1


@pytest.mark.parametrize("name", [WHOLE, SMALL])
def test_a_paper_is_seen_by_who_opened_it_alone(cast: Cast, application: Application, name: str) -> None:
    client = as_(cast.officer)
    bare = reverse(name, args=[application.evidence.earliest("pk").pk])
    assert client.get(bare).status_code == 404
    assert client.get(f"{bare}?key=made-up").status_code == 404
    href = addresses(opened(client, application), name)[0]
    assert client.get(href).status_code == 200
    for other in (cast.county_officer, cast.neighbour_officer, cast.member):
        assert as_(other).get(href).status_code == 404
    assert Client().get(href).status_code in (302, 404)


@pytest.mark.parametrize(("minutes", "is_open"), [(59, True), (61, False)])
def test_a_key_opens_one_application_for_one_hour(
    cast: Cast, application: Application, minutes: int, is_open: bool
) -> None:
    paper = application.evidence.earliest("pk")
    other = factories.application(factories.scheme(cast.county), cast.member, answers=ILL)
    key = permissions.viewing_key(cast.officer, application)
    with patch.object(signing.time, "time", (timezone.now() + timedelta(minutes=minutes)).timestamp):
        if is_open:
            assert permissions.get_reviewed_evidence(cast.officer, paper.pk, key) == paper
        else:
            with pytest.raises(Http404):
                permissions.get_reviewed_evidence(cast.officer, paper.pk, key)
    with pytest.raises(Http404):
        permissions.get_reviewed_evidence(cast.officer, factories.evidence(other).pk, key)


@pytest.mark.parametrize("name", ["policies:evidence", "policies:evidence-small"])
def test_the_author_sees_the_own_papers_without_a_key(
    cast: Cast, application: Application, name: str
) -> None:
    address = reverse(name, args=[application.evidence.get(content_type="image/jpeg").pk])
    assert as_(cast.member).get(address).status_code == 200
    for other in (cast.neighbour_member, cast.officer):
        assert as_(other).get(address).status_code == 404
