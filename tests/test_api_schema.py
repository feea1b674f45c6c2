"""The API against its own OpenAPI document: generated requests, no 5xx, no answer that the document does not know."""

import pytest
import schemathesis
from hypothesis import HealthCheck, settings

from huigong.config.wsgi import application
from huigong.people.accounts import queries as accounts
from huigong.services.activities.tests import factories as activities
from tests.cast import Cast

schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)


@pytest.fixture
def bearer(cast: Cast) -> dict[str, str]:
    activities.activity(cast.county, title="全县健步走")
    return {"Authorization": f"Bearer {accounts.access_token(cast.member)}"}


@schema.parametrize()
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.filter_too_much,
    ],
)
def test_every_endpoint_keeps_its_word(case: schemathesis.Case, bearer: dict[str, str]) -> None:
    case.call_and_validate(headers=bearer)
