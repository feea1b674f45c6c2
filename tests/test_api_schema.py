"""The API against its own OpenAPI document: generated requests, no 5xx, no answer that the document does not know."""

from collections.abc import Iterator

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import negative_data_rejection

from huigong.config.wsgi import application
from huigong.people.accounts import queries as accounts
from huigong.services.activities.tests import factories as activities
from tests.cast import Cast

schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)


@pytest.fixture(autouse=True)
def _keep_the_connection() -> Iterator[None]:
    """The application closes stale connections around a request; here it must keep the test's own."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


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
    # Query parameters that nobody knows are passed over: links gather such tails on their way.
    case.call_and_validate(headers=bearer, excluded_checks=[negative_data_rejection])
