"""The county's desk: the list, one case, every step of handling it, and who has read what."""

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from huigong.core.answers import lead_on, one_of
from huigong.core.errors import Refused
from huigong.core.jinja import render_page
from huigong.core.keys import row_key
from huigong.services.complaints import operations, permissions, queries
from huigong.services.complaints.forms import (
    AcceptForm,
    AssignForm,
    DecisionForm,
    ExtensionForm,
    IdentityForm,
    MergeForm,
    ReasonForm,
    ReplyForm,
    TransferForm,
)
from huigong.services.complaints.models import Case
from huigong.services.complaints.permissions import Desk
from huigong.services.complaints.queries import Identity
from huigong.services.complaints.views.evidence import handed_out


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """What is on the officer's desk: overdue and due today first."""
    scope = permissions.desk_scope(request.user)
    if not (scope.registers or scope.handles):
        raise PermissionDenied
    which = one_of(request.GET.get("which"), list(queries.LISTS))
    skip = min(row_key(request.GET.get("skip")) or 0, 10_000)
    found = queries.desk_page(scope, which=which, skip=skip)
    context = {
        "found": found,
        "which": which,
        "choices": [
            {"key": key, "label": label, "href": f"?which={key}"} for key, label in queries.LISTS.items()
        ],
        "more": f"?which={which}&skip={found.next}" if found.next else "",
        "waiting": queries.awaiting(scope),
        "registers": scope.registers,
    }
    return render_page(request, "complaints/desk/index.html", context, block="rows" if skip else "results")


@require_GET
def figures(request: HttpRequest) -> HttpResponse:
    """How many of what kind, small numbers hidden; for the registrar."""
    scope = permissions.desk_scope(request.user)
    if not scope.registers:
        raise PermissionDenied
    return render_page(request, "complaints/desk/figures.html", {"figures": queries.figures(scope)})


@require_GET
def detail(request: HttpRequest, case_uuid: uuid.UUID) -> HttpResponse:
    """One case. That it was opened is noted, and the author sees it."""
    desk = permissions.get_desk(request.user, case_uuid)
    return _page(request, desk)


def _page(request: HttpRequest, desk: Desk, identity: Identity | None = None) -> HttpResponse:
    file = operations.open_case(desk, actor=request.user)
    acts = permissions.acts(desk, actor=request.user, asked_by=file.extension and file.extension.asked_by)
    kin = queries.kin_of(desk, permissions.desk_scope(request.user))
    context = {
        "file": file,
        "kin": kin,
        "leaders": [row for row in kin.others if row.may_lead] if "merge" in acts else [],
        "acts": acts,
        "identity": identity,
        "officers": queries.officers(desk) if "assign" in acts else [],
        "tiers": Case.Tier.choices,
        "demands": Case.Demand.choices,
        "causes": Case.Cause.choices,
        "terms": queries.terms(),
        "may_draft": permissions.may_draft(desk),
    }
    return render_page(request, "complaints/desk/case.html", context)


@require_GET
def evidence(request: HttpRequest, case_uuid: uuid.UUID, position: int) -> HttpResponse:
    """A piece of evidence; noted likewise."""
    desk = permissions.get_desk(request.user, case_uuid)
    piece = permissions.get_evidence(desk.case, position)
    return handed_out(piece, operations.open_evidence(desk, piece, actor=request.user))


@require_POST
def identity(request: HttpRequest, case_uuid: uuid.UUID) -> HttpResponse:
    """Who the author is, on this one page; noted with the reason."""
    desk = permissions.get_desk(request.user, case_uuid)
    form = IdentityForm(request.POST)
    if not form.is_valid():
        raise Refused("请写明为什么要查看身份，至少两个字。", "no-reason", status=422)
    shown = operations.open_identity(desk, reason=form.cleaned_data["reason"], actor=request.user)
    return _page(request, desk, shown)


@require_GET
def readings(request: HttpRequest) -> HttpResponse:
    """Who has looked at cases, for the auditor."""
    if not permissions.holds(request.user, permissions.REVIEW):
        raise PermissionDenied
    before = row_key(request.GET.get("before"))
    found = queries.readings_page(permissions.conflicts(request.user), before=before)
    context = {"found": found, "more": f"?before={found.next}" if found.next else ""}
    return render_page(request, "complaints/desk/readings.html", context, block="rows" if before else None)


@require_POST
def assign(request: HttpRequest, case_uuid: uuid.UUID) -> HttpResponse:
    """Say who handles it."""
    desk = permissions.get_desk(request.user, case_uuid)
    permissions.require_act(desk, "assign")
    form = AssignForm(queries.officers(desk), request.POST)
    if not form.is_valid():
        raise Refused("请从名单中选择主办人。", "bad-form", status=422)
    operations.assign(desk.case, actor=request.user, **form.cleaned_data)
    return _done(request, desk, "已指派")


@require_POST
def act(request: HttpRequest, case_uuid: uuid.UUID, verb: str) -> HttpResponse:
    """One step of handling: the officer may, the form is well formed, the operation does it."""
    desk = permissions.get_desk(request.user, case_uuid)
    permissions.require_act(desk, verb)
    form_class, operation, said = ACTS[verb]
    form = form_class(request.POST)
    if not form.is_valid():
        raise Refused(
            " ".join(error for errors in form.errors.values() for error in errors), "bad-form", status=422
        )
    operation(desk.case, form, request.user)
    return _done(request, desk, said)


def _done(request: HttpRequest, desk: Desk, said: str) -> HttpResponse:
    return lead_on(request, reverse("complaints:desk-case", args=[desk.case.uuid]), said)


def _accept(case: Case, form: Any, actor: Any) -> None:
    data = form.cleaned_data
    kinds = {name: data[name] for name in ("demand", "tier", "cause")}
    operations.accept(case, reason=data["text"], actor=actor, **kinds)


def _decline(case: Case, form: Any, actor: Any) -> None:
    operations.decline(case, reason=form.cleaned_data["text"], actor=actor)


def _transfer(case: Case, form: Any, actor: Any) -> None:
    operations.transfer(case, body=form.cleaned_data["body"], reason=form.cleaned_data["text"], actor=actor)


def _note(case: Case, form: Any, actor: Any) -> None:
    operations.note(case, text=form.cleaned_data["text"], actor=actor)


def _ask(case: Case, form: Any, actor: Any) -> None:
    operations.ask_author(case, text=form.cleaned_data["text"], actor=actor)


def _urge(case: Case, form: Any, actor: Any) -> None:
    operations.urge(case, text=form.cleaned_data["text"], actor=actor)


def _pause(case: Case, form: Any, actor: Any) -> None:
    operations.pause(case, reason=form.cleaned_data["text"], actor=actor)


def _resume(case: Case, form: Any, actor: Any) -> None:
    operations.resume(case, actor=actor)


def _extend(case: Case, form: Any, actor: Any) -> None:
    data = form.cleaned_data
    operations.ask_extension(case, working_days=data["working_days"], reason=data["text"], actor=actor)


def _decide(case: Case, form: Any, actor: Any) -> None:
    operations.decide_extension(case, granted=form.is_yes, reason=form.cleaned_data["text"], actor=actor)


def _reply(case: Case, form: Any, actor: Any) -> None:
    data = form.cleaned_data
    operations.reply(case, text=data["text"], to_others=data["to_others"], actor=actor)


def _merge(case: Case, form: Any, actor: Any) -> None:
    into = permissions.get_desk(actor, form.cleaned_data["into"]).case
    operations.merge(case, into=into, reason=form.cleaned_data["text"], actor=actor)


def _unmerge(case: Case, form: Any, actor: Any) -> None:
    operations.unmerge(case, reason=form.cleaned_data["text"], actor=actor)


def _visit(case: Case, form: Any, actor: Any) -> None:
    operations.visit(case, satisfied=form.is_yes, text=form.cleaned_data["text"], actor=actor)


def _check(case: Case, form: Any, actor: Any) -> None:
    operations.check(case, passed=form.is_yes, text=form.cleaned_data["text"], actor=actor)


ACTS: dict[str, tuple[type[forms.Form], Callable[[Case, Any, Any], None], str]] = {
    "accept": (AcceptForm, _accept, "已受理"),
    "decline": (ReasonForm, _decline, "已决定不予受理"),
    "transfer": (TransferForm, _transfer, "已转交"),
    "note": (ReasonForm, _note, "已记录"),
    "ask": (ReasonForm, _ask, "已发给提交人"),
    "urge": (ReasonForm, _urge, "已督办"),
    "pause": (ReasonForm, _pause, "已暂停计时"),
    "resume": (forms.Form, _resume, "已恢复计时"),
    "extend": (ExtensionForm, _extend, "延期申请已提交"),
    "decide": (DecisionForm, _decide, "已审批"),
    "reply": (ReplyForm, _reply, "已答复"),
    "merge": (MergeForm, _merge, "已并案"),
    "unmerge": (ReasonForm, _unmerge, "已恢复单独办理"),
    "visit": (DecisionForm, _visit, "回访已记录"),
    "check": (DecisionForm, _check, "质检已记录"),
}
"""The addresses below a case that do something, by verb: the form, what it does, what is said then."""
