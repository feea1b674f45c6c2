"""Applications and notices on paper."""

from django.db import transaction

from huigong.core import audit, pdf
from huigong.core.errors import Refused
from huigong.services.policies import queries
from huigong.services.policies.models import Application, Scheme
from huigong.services.policies.operations.applying import books


def print_own(application: Application, *, actor: audit.Actor) -> bytes:
    """The applicant's own form as a PDF. Refuses a draft ("draft"): it is neither checked nor signed."""
    if application.submitted_at is None:
        raise Refused("草稿还没有提交，不能打印。", "draft")
    return pdf.render("policies/application", queries.application_paper(application, actor))


@transaction.atomic
def print_application(application: Application, *, actor: audit.Actor) -> bytes:
    """The form for the office's file, private answers included; it is audited like reading them.

    Refuses one that nobody has opened ("not-opened").
    """
    if application.opened_at is None and application.state in queries.IN_REVIEW:
        raise Refused("请先打开申报材料看过，再打印。", "not-opened")
    audit.record(actor, "policies:application:print", application, org=books(application))
    return pdf.render("policies/application", queries.application_paper(application, actor))


def print_notice(scheme: Scheme) -> bytes:
    """The sheet to be pinned up. Refuses when nothing is on notice ("nothing")."""
    paper = queries.notice_paper(scheme)
    if not paper["rows"]:
        raise Refused("这个项目现在没有公示中的申报。", "nothing")
    return pdf.render("policies/notice", paper)
