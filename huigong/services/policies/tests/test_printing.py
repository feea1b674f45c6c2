"""What leaves the house: on paper and as a spreadsheet."""

import io
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from huigong.core.models import AuditRow
from huigong.people.membership.tests import factories as people
from huigong.services.policies import operations
from huigong.services.policies.models import Application
from huigong.services.policies.tests import factories
from tests.cast import Cast
from tests.paper import text_of

SECRET = {"family": 4, "ill": True, "disease": "慢性肾病", "papers": ["诊断.jpg"]}


@pytest.fixture
def application(cast: Cast) -> Application:
    """Opened, with an answer that is private and a paper."""
    made = factories.application(
        factories.scheme(cast.county), cast.member, answers=SECRET, opened_at=timezone.now()
    )
    factories.evidence(made, name="诊断.jpg")
    return made


def words(content: bytes) -> str:
    return text_of(content).replace("\n", "")


def cells(response: Any) -> str:
    book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    return str([[cell.value for cell in row] for row in book.active.iter_rows()])


def test_the_applicant_prints_the_own_form(client: Client, cast: Cast, application: Application) -> None:
    client.force_login(cast.member)
    response = client.get(reverse("policies:print", args=[application.pk]))
    told = words(response.content)
    for expected in ("困难职工帮扶申请表", "本会会员", "慢性肾病", "诊断.jpg", "家庭情况", "承诺"):
        assert expected in told
    client.force_login(cast.neighbour_member)
    assert client.get(reverse("policies:print", args=[application.pk])).status_code == 404


def test_a_reviewer_s_print_carries_the_offices_words_and_is_audited(
    client: Client, cast: Cast, application: Application
) -> None:
    operations.verify(application, actor=cast.officer, remark="走访过，情况属实")
    client.force_login(cast.county_officer)
    response = client.post(reverse("policies:review-print", args=[application.pk]))
    told = words(response.content)
    assert (
        "走访过，情况属实" in told,
        cast.union.name in told,
        "县总干部打印于" in told.replace(" ", ""),
    ) == (True,) * 3
    assert AuditRow.objects.filter(action="policies:application:print").count() == 1
    client.force_login(cast.neighbour_officer)
    assert client.post(reverse("policies:review-print", args=[application.pk])).status_code == 404


def test_the_sheet_of_the_notice_masks_names(client: Client, cast: Cast) -> None:
    scheme = factories.scheme(cast.county)
    client.force_login(cast.county_officer)
    address = reverse("policies:scheme-notice", args=[scheme.pk])
    assert client.get(address).status_code == 409
    factories.application(scheme, people.member_account(cast.union, name="欧阳小红"), state="noticed")
    told = words(client.get(address).content)
    assert ("困难职工帮扶公示" in told, "欧阳小红" in told, "3,000" in told) == (True, False, True)
    client.force_login(cast.officer)
    assert client.get(address).status_code == 404


def test_an_export_masks_what_is_private(client: Client, cast: Cast, application: Application) -> None:
    client.force_login(cast.officer)
    sent = {"scheme": application.scheme_id, "stage": ""}
    told = cells(client.post(reverse("policies:review-export"), sent))
    assert ("本会会员" in told, "慢性肾病" in told, "保密" in told) == (True, False, True)
    assert AuditRow.objects.get(action="policies:application:export").after == {"rows": 1}
    private = client.post(reverse("policies:review-export-private"), sent | {"reason": "核拨帮扶金"})
    assert private.status_code == 403


def test_private_answers_leave_only_with_a_reason(
    client: Client, cast: Cast, application: Application
) -> None:
    client.force_login(cast.county_officer)
    address = reverse("policies:review-export-private")
    sent = {"scheme": application.scheme_id, "stage": ""}
    assert "1 人的健康" in client.get(address, sent).content.decode()
    assert client.post(address, sent).status_code == 422
    assert not AuditRow.objects.filter(action__startswith="policies:application:export").exists()
    assert "慢性肾病" in cells(client.post(address, sent | {"reason": "核拨帮扶金"}))
    row = AuditRow.objects.get(action="policies:application:export-private")
    assert (row.after, "慢性" in str(vars(row))) == ({"rows": 1, "reason": "核拨帮扶金"}, False)


def test_the_unit_exports_nothing_that_goes_past_it(client: Client, cast: Cast) -> None:
    scheme = factories.scheme(cast.county, unit_first=False)
    factories.application(scheme, cast.member, state="verified")
    client.force_login(cast.officer)
    sent = {"scheme": scheme.pk, "stage": "", "reason": "看看是谁"}
    for name in ("review-export", "review-export-private"):
        assert client.post(reverse(f"policies:{name}"), sent).status_code == 404
    assert client.get(reverse("policies:review-index"), sent).status_code == 404
