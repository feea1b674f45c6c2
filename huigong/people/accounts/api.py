"""Tokens for apps and other systems, and the caller's own data."""

from datetime import timedelta

from django.contrib import auth
from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import ConfigDict, Field

from huigong.core import identity, limits
from huigong.core.api import refusals
from huigong.core.errors import Refused
from huigong.core.middleware import client_ip
from huigong.people.accounts import operations

router = Router(tags=["auth"])


class Credentials(Schema):
    """Either phone and password, or a refresh token."""

    model_config = ConfigDict(extra="forbid")
    phone: str = Field("", max_length=20)
    password: str = Field("", max_length=128)
    refresh: str = Field("", max_length=200)


class Tokens(Schema):
    """`access` goes into the Authorization header; `refresh` buys new ones, once. Seconds."""

    access: str
    refresh: str
    expires_in: int


@router.post("/tokens", auth=None, response={200: Tokens} | refusals(429))
def issue_tokens(request: HttpRequest, data: Credentials) -> dict[str, object]:
    """Log in by phone and password, or renew with a refresh token."""
    if data.refresh:
        return operations.refresh_tokens(data.refresh)
    wrong = Refused("手机号或密码不正确。", "wrong-password", status=401)
    try:
        phone = identity.normalise_phone(data.phone)
    except ValueError:
        raise wrong from None
    limits.require("login", phone, at_most=10, per=timedelta(minutes=15))
    limits.require("login-ip", client_ip(request), at_most=200, per=timedelta(minutes=15))
    account = auth.authenticate(request, phone=phone, password=data.password)
    if account is None:
        raise wrong
    return operations.issue_tokens(account)
