"""Pages of authors who gave their name: complaining, their list, one case."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huigong.core.answers import lead_on
from huigong.core.errors import Refused
from huigong.core.jinja import render_page
from huigong.services.complaints import operations, permissions, queries
from huigong.services.complaints.forms import SignedForm
from huigong.services.complaints.models import Case
from huigong.services.complaints.views.anonymous import ACTS, DAY
from huigong.services.complaints.views.evidence import handed_out


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """The reader's complaints."""
    return render_page(request, "complaints/index.html", {"cases": queries.my_cases(request.user)})


@require_http_methods(["GET", "POST"])
def lodge(request: HttpRequest) -> HttpResponse:
    """Complain under one's name, shown to the handlers or withheld even from them."""
    initial = {"naming": Case.Naming.NAMED.value, **queries.own_employer(request.user)}
    form = SignedForm(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        operations.count_knock(f"account {request.user.pk}", at_most=10, per=DAY)
        try:
            lodged = operations.lodge_as(
                form.draft,
                withheld=form.cleaned_data["naming"] == Case.Naming.WITHHELD,
                token=form.cleaned_data["token"],
                uploads=form.evidence,
                actor=request.user,
            )
        except Refused as refused:
            form.add_error(None, refused.sentence)
        else:
            return lead_on(request, reverse("complaints:sent", args=[lodged.case.uuid]))
    context = {"form": form, "is_anonymous": False}
    return render_page(request, "complaints/lodge.html", context, status=422 if form.errors else 200)


@require_GET
def sent(request: HttpRequest, case_uuid: uuid.UUID) -> HttpResponse:
    """It has arrived; what comes now. The draft on this device is wiped."""
    context = {"case": permissions.get_own(request.user, case_uuid), "terms": queries.terms()}
    return render_page(request, "complaints/sent.html", context)


@require_GET
def detail(request: HttpRequest, case_uuid: uuid.UUID) -> HttpResponse:
    """One of the reader's cases: how it stands, who has looked at it, what they can do."""
    case = permissions.get_own(request.user, case_uuid)
    operations.mark_seen(case)
    context = {"file": queries.author_file(case), "code": "", "said": "", "wrong": ""}
    return render_page(request, "complaints/case.html", context)


@require_POST
def act(request: HttpRequest, case_uuid: uuid.UUID, verb: str) -> HttpResponse:
    """Add to it, rate it, have it handled again."""
    case = permissions.get_own(request.user, case_uuid)
    form_class, operation, said = ACTS[verb]
    form = form_class(request.POST, request.FILES)
    if not form.is_valid():
        wrong = " ".join(error for errors in form.errors.values() for error in errors)
        raise Refused(wrong, "bad-form", status=422)
    operation(case, form)
    return lead_on(request, reverse("complaints:case", args=[case.uuid]), said)


@require_GET
def evidence(request: HttpRequest, case_uuid: uuid.UUID, position: int) -> HttpResponse:
    """A piece of one's own evidence."""
    case = permissions.get_own(request.user, case_uuid)
    piece = permissions.get_evidence(case, position)
    return handed_out(piece, queries.evidence_content(case, piece))
