"""The API for other systems and devices: small on purpose; pages are rendered on the server."""

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import HttpBearer

from huigong.core.errors import SENTENCES, Refused
from huigong.faces.portal.api import router as me_router
from huigong.people.accounts import queries as accounts
from huigong.people.accounts.api import router as accounts_router
from huigong.people.membership.api import router as memberships_router
from huigong.people.orgs.api import router as unions_router
from huigong.services.activities.api import router as activities_router

if TYPE_CHECKING:
    from huigong.people.accounts.models import Account


class Bearer(HttpBearer):
    """The access token of `POST /auth/tokens`; makes `request.user` the account it speaks for."""

    def authenticate(self, request: HttpRequest, token: str) -> "Account | None":
        account = accounts.account_by_access_token(token)
        if account is not None:
            request.user = account
        return account


api = NinjaAPI(
    title="惠工 API",
    version="1",
    description="Sign-up and membership for other systems. Errors carry {code, detail}; detail is Chinese.",
    auth=Bearer(),
    docs_url=None,
)
api.add_router("/auth", accounts_router)
api.add_router("/me", me_router)
api.add_router("/unions", unions_router)
api.add_router("/memberships", memberships_router)
api.add_router("/activities", activities_router)


@api.exception_handler(Refused)
def refused(request: HttpRequest, error: Refused) -> HttpResponse:
    return _problem(request, error.code, error.sentence, error.status)


@api.exception_handler(Http404)
def not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return _problem(request, "not-found", SENTENCES[404], 404)


@api.exception_handler(PermissionDenied)
def denied(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
    return _problem(request, "forbidden", SENTENCES[403], 403)


@api.exception_handler(AuthenticationError)
def no_token(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return _problem(request, "no-token", "请先登录：缺少有效的访问令牌。", 401)


@api.exception_handler(HttpError)
def unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    return _problem(request, "unreadable", SENTENCES[400], error.status_code)


@api.exception_handler(DataError)
def unkeepable(request: HttpRequest, error: DataError) -> HttpResponse:
    """Text or a number that the database cannot hold."""
    return _problem(request, "unreadable", SENTENCES[400], 400)


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Which fields are wrong; never the values that were sent."""
    fields = [".".join(str(step) for step in problem["loc"][1:]) for problem in error.errors]
    return api.create_response(
        request, {"code": "invalid", "detail": SENTENCES[400], "fields": fields}, status=422
    )


def _problem(request: HttpRequest, code: str, detail: str, status: int) -> HttpResponse:
    return api.create_response(request, {"code": code, "detail": detail, "fields": []}, status=status)
