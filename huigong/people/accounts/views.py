"""Pages to enter, leave and keep one's account."""

from datetime import timedelta

from django.conf import settings
from django.contrib import auth, messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from huigong.core import limits, sms
from huigong.core.errors import Refused
from huigong.core.jinja import render_page
from huigong.core.middleware import client_ip
from huigong.people.accounts import operations, queries
from huigong.people.accounts.forms import (
    CloseForm,
    CodeLoginForm,
    NewPasswordForm,
    PasswordLoginForm,
    PhoneForm,
)
from huigong.people.accounts.models import SmsCode

_PROOF = {"wrong-code", "wrong-password"}
"""Refusals that belong beside the proof."""

BACKEND = "huigong.people.accounts.backends.PhoneBackend"


def _next(request: HttpRequest) -> str:
    """Where to go after entering: a page of ours, or the home page."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if safe and target.startswith("/") else "/"


@login_not_required
@require_http_methods(["GET", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """Enter by phone and password, or by phone and the code sent to it."""
    if request.user.is_authenticated:
        return redirect(_next(request))
    by_code = "code" in request.POST or request.GET.get("by") == "code"
    form = (CodeLoginForm if by_code else PasswordLoginForm)(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            account = _enter(request, form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refused.sentence)
        else:
            auth.login(request, account, backend=BACKEND)
            return redirect(_next(request))
    context = {"form": form, "by_code": by_code, "next": _next(request)}
    return render_page(request, "accounts/login.html", context, status=422 if form.errors else 200)


def _enter(request: HttpRequest, data: dict[str, str]):
    """The account that these credentials open; wrong ones are counted by number and by address."""
    if "code" in data:
        return operations.enter_with_code(data["phone"], data["code"].strip())
    often = "尝试次数太多，请 15 分钟后再试，或改用短信验证码登录。"
    limits.require("login", data["phone"], at_most=10, per=timedelta(minutes=15), sentence=often)
    limits.require("login-ip", client_ip(request), at_most=200, per=timedelta(minutes=15), sentence=often)
    account = auth.authenticate(request, phone=data["phone"], password=data["password"])
    if account is None:
        raise Refused("手机号或密码不正确。忘记密码可用短信验证码登录。", "wrong-password", status=422)
    return account


@login_not_required
@require_POST
def send_login_code(request: HttpRequest) -> HttpResponse:
    """Text a login code; in a demonstration the page shows it."""
    form = PhoneForm(request.POST)
    context = {"sent": False, "error": "", "demo_code": "", "phone": ""}
    if not form.is_valid():
        context["error"] = form.errors["phone"][0]
    else:
        phone = context["phone"] = form.cleaned_data["phone"]
        try:
            operations.send_code(
                phone,
                purpose=SmsCode.Purpose.LOGIN,
                ip=client_ip(request),
                budget=settings.SMS_DAILY_BUDGET,
            )
        except Refused as refused:
            context["error"] = refused.sentence
        else:
            context["sent"] = True
            context["demo_code"] = sms.last_code_for_demo(phone)
    if request.htmx:
        return render_page(request, "accounts/code_sent.html", context, block="button")
    if context["error"]:
        messages.error(request, context["error"])
    elif context["demo_code"]:
        messages.info(request, f"演示环境验证码：{context['demo_code']}")
    else:
        messages.success(request, "验证码已发送。")
    return redirect(reverse("accounts:login") + "?by=code")


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """Leave on this device."""
    auth.logout(request)
    return redirect("/")


def settings_page(request: HttpRequest) -> HttpResponse:
    """Phone, password, devices, what the holder agreed to."""
    return _settings(request, NewPasswordForm(proof=_proof(request)))


def _settings(request: HttpRequest, form: NewPasswordForm) -> HttpResponse:
    context = {
        "form": form,
        "account": request.user,
        "proof": _proof(request),
        "consents": queries.consents(request.user),
    }
    return render_page(request, "accounts/settings.html", context, status=422 if form.errors else 200)


def _proof(request: HttpRequest) -> str:
    """How the owner proves to be one before a new password: by the old one, or by a code where none is set."""
    wanted = request.POST.get("by") or request.GET.get("by")
    return "old" if request.user.has_usable_password() and wanted != "code" else "code"


@require_POST
def set_password(request: HttpRequest) -> HttpResponse:
    """Set a new password and stay in on this device; others are logged out."""
    proof = _proof(request)
    form = NewPasswordForm(request.POST, proof=proof)
    if form.is_valid():
        try:
            _check_proof(request, proof, form.cleaned_data["proof"], SmsCode.Purpose.PASSWORD)
            operations.set_password(request.user, password=form.cleaned_data["password"], actor=request.user)
        except Refused as refused:
            form.add_error("password" if refused.code == "weak-password" else "proof", refused.sentence)
        else:
            auth.update_session_auth_hash(request, request.user)
            messages.success(request, "密码已更新，其他设备已退出。")
            return redirect("accounts:settings")
    return _settings(request, form)


def _check_proof(request: HttpRequest, proof: str, given: str, purpose: str) -> None:
    """Refuse a wrong old password or code; wrong passwords are counted as at the login."""
    account = request.user
    if proof == "code":
        operations.use_code(account.phone, given, purpose=purpose)
        return
    limits.require("login", account.phone, at_most=10, per=timedelta(minutes=15))
    if not account.check_password(given):
        raise Refused("原密码不正确。忘记了可以改用短信验证码。", "wrong-password", status=422)


@require_POST
def send_password_code(request: HttpRequest) -> HttpResponse:
    """Text the code that proves the owner to the account's own phone."""
    return _text_owner(request, SmsCode.Purpose.PASSWORD, "accounts:settings")


@require_POST
def send_close_code(request: HttpRequest) -> HttpResponse:
    """The same, before the account is closed."""
    return _text_owner(request, SmsCode.Purpose.CLOSE, "accounts:close")


def _text_owner(request: HttpRequest, purpose: str, back: str) -> HttpResponse:
    operations.send_code(
        request.user.phone, purpose=purpose, ip=client_ip(request), budget=settings.SMS_DAILY_BUDGET
    )
    demo_code = sms.last_code_for_demo(request.user.phone)
    messages.success(request, f"演示环境验证码：{demo_code}" if demo_code else "验证码已发送，5 分钟内有效。")
    return redirect(reverse(back) + "?by=code")


@require_POST
def withdraw_consent(request: HttpRequest) -> HttpResponse:
    """Take back what one agreed to; where that may not be, the reason is said."""
    purpose = request.POST.get("purpose", "")
    try:
        count = operations.withdraw_consent(request.user, purpose=purpose, actor=request.user)
    except Refused as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(
            request, "已撤回同意，未办结的申请已撤回，未入会的资料已删除。" if count else "没有可撤回的同意。"
        )
    return redirect("accounts:settings")


@require_http_methods(["GET", "POST"])
def close(request: HttpRequest) -> HttpResponse:
    """What closing means, and, with a proof of the owner, the end of the account."""
    proof = _proof(request)
    form = CloseForm(request.POST or None, proof=proof)
    if request.method == "POST" and form.is_valid():
        try:
            _check_proof(request, proof, form.cleaned_data["proof"], SmsCode.Purpose.CLOSE)
            operations.close_account(request.user, actor=request.user)
        except Refused as refused:
            form.add_error("proof" if refused.code in _PROOF else None, refused.sentence)
        else:
            auth.logout(request)
            messages.success(request, "账号已注销，手机号等登录信息已删除。")
            return redirect("/")
    context = {"form": form, "account": request.user, "proof": proof}
    return render_page(request, "accounts/close.html", context, status=422 if form.errors else 200)


@require_POST
def log_out_everywhere(request: HttpRequest) -> HttpResponse:
    """End every session and token, this one too."""
    operations.log_out_everywhere(request.user, actor=request.user)
    auth.logout(request)
    messages.success(request, "所有设备都已退出。")
    return redirect("accounts:login")
