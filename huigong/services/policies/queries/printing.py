"""What is printed: an application as an official form, and the sheet of a public notice. Plain data for the pages."""

from typing import Any

from django.utils import timezone

from huigong.core import calendar, files, formats, images
from huigong.core.audit import Actor
from huigong.core.identity import mask_name
from huigong.people.approvals import queries as approvals
from huigong.services.policies.models import Application, Scheme
from huigong.services.policies.queries.noticing import awarded
from huigong.services.policies.queries.review_file import Answer, ReviewFile, review_file

PLEDGE = "本人承诺以上内容和材料都真实，愿意配合核实。如有虚报，愿意退回所得并承担责任。"


def application_paper(application: Application, actor: Actor) -> dict[str, Any]:
    """`application` with everything in it, printed by `actor`, who may read all of it."""
    file = review_file(application, actor, shown=True)
    printed = timezone.localtime()
    signature = application.signature
    submitted = application.submitted_at
    return {
        "title": f"{application.scheme.title}申请表",
        "union": application.scheme.union.name,
        "number": f"{application.scheme_id:04}-{application.pk:06}",
        "footer": f"{actor.display_name} 打印于 {printed:%Y-%m-%d %H:%M}，仅供办理使用",
        "facts": [["姓名", file.name], *([label, str(value)] for label, value in file.facts[2:] if value)],
        "sections": [
            {"heading": section.heading, "rows": [[row.label, _words(row)] for row in section.answers]}
            for section in file.sections
        ],
        "pledge": PLEDGE,
        "signature": images.as_png(files.unsealed(signature)) if signature else None,
        "signed": application.pledge,
        "signed_on": formats.day_zh(submitted) if submitted else "",
        "steps": _steps(application),
        "result": _result(file),
    }


def _words(answer: Answer) -> str:
    if answer.files:
        return "、".join(paper.name for paper in answer.files)
    return "没有填" if answer.text in ("", None) else str(answer.text)


def _steps(application: Application) -> list[dict[str, str]]:
    """The trail as the boxes of a form: what each office said, by whom and when."""
    return [
        {
            "step": step.step,
            "words": "：".join(part for part in (step.get_decision_display(), step.remark) if part),
            "office": " ".join(part for part in (step.office, step.reviewer_name) if part),
            "day": formats.day_zh(step.created_at),
        }
        for step in approvals.trail(application)
    ]


def _result(file: ReviewFile) -> list[list[str]]:
    return [[label, value] for label, value in [("状态", file.label), *file.outcome] if value]


def notice_paper(scheme: Scheme) -> dict[str, Any]:
    """The sheet of everything of `scheme` that is on notice today."""
    found = Application.objects.filter(scheme=scheme, state=Application.State.NOTICED)
    rows = list(found.select_related("person", "union").order_by("notice_until", "id"))
    basis = f"根据《{scheme.policy.title}》，" if scheme.policy else ""
    checked = "单位工会核实、" if scheme.unit_first else ""
    return {
        "title": f"{scheme.title}公示",
        "union": scheme.union.name,
        "body": f"{basis}经本人申报、{checked}{scheme.union.name}审定，拟对下列 {len(rows)} 名职工给予帮助，现予公示。"
        "姓名已隐去一部分。",
        "rows": [
            [str(place), mask_name(row.person.name), row.union.name, awarded(row), _until(row)]
            for place, row in enumerate(rows, start=1)
        ],
        "how": f"公示期内如有异议，请登录“{_PLATFORM}”，在“帮扶公示”里提出，或向{scheme.union.name}反映。"
        "对提出异议的人，工会为其保密。",
        "day": f"{calendar.today():%Y年%-m月%-d日}",
    }


_PLATFORM = "惠工"


def _until(row: Application) -> str:
    return formats.day_zh(row.notice_until) if row.notice_until else ""
