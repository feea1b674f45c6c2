"""Policies and applications for tests."""

import io
from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from PIL import Image

from huigong.core import calendar, files
from huigong.people.accounts.models import Account
from huigong.people.membership import queries as membership
from huigong.people.membership.queries import Rule
from huigong.people.orgs.models import Union
from huigong.services.policies import operations
from huigong.services.policies.models import Application, Evidence, Objection, PaperForm, Policy, Scheme

ISSUED = date(2025, 3, 1)


def fields(**changed: Any) -> dict[str, Any]:
    """A document that is in force."""
    return {
        "title": "惠安县困难职工帮扶办法",
        "number": "惠工〔2025〕8号",
        "issuer": "惠安县总工会",
        "level": "county",
        "topic": "aid",
        "issued_on": ISSUED,
        "in_force_on": changed.get("issued_on", ISSUED),
        "ends_on": None,
        "summary": "在籍会员家庭有困难的都能申请。\n每年最多帮扶两次。",
        "body": "<h2>第一条</h2><p>为做好困难职工帮扶工作，制定本办法。</p>",
        **changed,
    }


def draft(union: Union, *, actor: Account, **changed: Any) -> Policy:
    """One that nobody has seen."""
    return operations.create_policy(union, actor=actor, **fields(**changed))


def policy(union: Union, *, actor: Account, **changed: Any) -> Policy:
    """One that is published."""
    return operations.publish(draft(union, actor=actor, **changed), actor=actor)


def replace(old: Policy, *, by: Policy, actor: Account) -> Policy:
    """`by` takes over from `old`."""
    kept = {name: getattr(by, name) for name in fields()}
    return operations.update_policy(by, actor=actor, replaces=[old], **kept)


def paper(
    policy: Policy, *, actor: Account, name: str = "困难职工申请表", version: str = "2026年版"
) -> PaperForm:
    """A form to print."""
    return operations.add_form(
        policy, io.BytesIO(b"%PDF-1.7 form"), name=name, version=version, file_name="表.pdf", actor=actor
    )


FAMILY: dict[str, Any] = {
    "id": "family",
    "kind": "number",
    "label": "家里几口人",
    "required": True,
    "min": 1,
    "max": 20,
    "section": "家庭情况",
}
ILL: dict[str, Any] = {
    "id": "ill",
    "kind": "yes_no",
    "label": "家里有人患重大疾病吗",
    "required": True,
    "private": True,
    "why": "按大病档次审定帮扶金额",
}
DISEASE: dict[str, Any] = {
    "id": "disease",
    "kind": "text",
    "label": "疾病名称",
    "required": True,
    "private": True,
    "why": "核对诊断证明",
    "only_if": {"id": "ill", "answers": ["是"]},
}
PAPERS: dict[str, Any] = {
    "id": "papers",
    "kind": "files",
    "label": "诊断证明",
    "required": True,
    "private": True,
    "max": 2,
    "why": "证明病情",
    "only_if": {"id": "ill", "answers": ["是"]},
    "section": "证明材料",
}
QUESTIONS = [FAMILY, ILL, DISEASE, PAPERS]
ANSWERS: dict[str, Any] = {"family": 4, "ill": False}
"""What fills QUESTIONS without a paper."""


def scheme(union: Union, *, rule: Rule | None = None, **changed: Any) -> Scheme:
    """One that has been open since yesterday, to the members of `union` and of all below it."""
    addressed = membership.addressed_by(union, rule or Rule())
    values: dict[str, Any] = {
        "union": union,
        "title": "困难职工帮扶",
        "intro": "家庭有困难的会员都能申请。",
        "questions": QUESTIONS,
        "opens_at": timezone.now() - timedelta(days=1),
        "closes_at": timezone.now() + timedelta(days=30),
        "state": Scheme.State.OPEN,
    }
    return Scheme.objects.create(
        audience=addressed.to_json(), audience_unions=list(addressed.union_ids), **values | changed
    )


def application(scheme: Scheme, account: Account, *, state: str = "submitted", **changed: Any) -> Application:
    """The account holder's own application in `state`, with everything that state asks for."""
    member = membership.member_of(account)
    assert member is not None
    now = timezone.now()
    values: dict[str, Any] = {
        "scheme": scheme,
        "person_id": member.person_id,
        "union_id": member.union_id,
        "state": state,
    }
    if state not in ("draft", "withdrawn"):
        values |= {"submitted_at": now, "pledge": member.name, "consented_at": now}
        values["verify_by"] = calendar.add_working_days(calendar.today(), scheme.unit_days)
    if state == "returned":
        values |= {"reason": "诊断证明看不清。", "marks": {"family": "请核对人数。"}}
        values["correct_by"] = calendar.add_working_days(calendar.today(), 10)
    if state == "noticed":
        values["notice_until"] = calendar.add_working_days(calendar.today(), scheme.notice_days)
    if state in ("noticed", "awarded"):
        values |= {"amount": 300_000, "award": "困难帮扶金"}
    if state in ("awarded", "refused"):
        values["decided_at"] = now
    if state == "refused":
        values["reason"] = "家庭收入高于标准。"
    answers = changed.pop("answers", ANSWERS)
    made = Application(**values | changed)
    if state == "draft":
        made.draft = answers
    else:
        made.answers = answers
    made.save()
    return made


def evidence(
    application: Application, *, question: str = "papers", name: str = "诊断证明.jpg", width: int = 64
) -> Evidence:
    """A picture, small if nothing else is said, that goes with the application, in whatever state that is."""
    stored = files.store_sealed(photo(width).getvalue(), name=name)
    return Evidence.objects.create(
        application=application, question=question, file=stored, content_type="image/jpeg"
    )


def document(application: Application) -> Evidence:
    """A paper that is no picture."""
    stored = files.store_sealed(b"%PDF-1.7 proof", name="收入证明.pdf")
    return Evidence.objects.create(
        application=application, question="papers", file=stored, content_type="application/pdf"
    )


def photo(width: int = 64) -> io.BytesIO:
    """A picture as a phone sends it."""
    picture = io.BytesIO()
    Image.effect_noise((width, width * 3 // 4), 90).convert("RGB").save(picture, "JPEG")
    picture.seek(0)
    return picture


def objection(application: Application, account: Account, *, text: str = "他家有两套房子出租。") -> Objection:
    """What the account holder has against it."""
    member = membership.member_of(account)
    assert member is not None
    return Objection.objects.create(application=application, person_id=member.person_id, text=text)
