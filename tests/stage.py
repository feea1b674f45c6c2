"""One of everything that belongs to a union alone, with a canary in each text of it.

Made once for all tests of a file: a walk over every address takes no new row for each step.
"""

import io
from dataclasses import dataclass
from typing import Any

from django.core import signing

from huigong.core import flags, identity
from huigong.core import operations as core
from huigong.core.models import AuditRow
from huigong.people.accounts.models import Account
from huigong.people.accounts.tests import factories as accounts
from huigong.people.inbox import operations as inbox
from huigong.people.membership import operations as membership
from huigong.people.membership.models import Membership, Person
from huigong.people.membership.queries import member_of
from huigong.people.membership.tests import factories as people
from huigong.people.membership.tests.sheets import roll
from huigong.people.orgs import operations as orgs
from huigong.people.orgs.tests import factories as unions
from huigong.services.activities import operations as activities
from huigong.services.activities.tests import factories
from huigong.services.activities.tests.test_online import jpeg, online, shown
from huigong.services.complaints.tests import factories as complaint_factories
from huigong.services.conversations import operations as conversations
from huigong.services.conversations.models import Enclosure
from huigong.services.conversations.tests import factories as talks
from huigong.services.funds.tests import factories as fund_factories
from huigong.services.news.tests import factories as news_factories
from huigong.services.notices import operations as notices
from huigong.services.notices.tests import factories as notice_factories
from huigong.services.policies.tests import factories as policy_factories
from tests.cast import Cast, make_cast

CANARY = "金丝雀"
PHONE = "13758628462"
ID_NUMBER = people.id_number(number=40_000)
PRIVATE = (CANARY, PHONE, identity.mask_phone(PHONE), ID_NUMBER, identity.mask_id(ID_NUMBER))
"""What no page may say to somebody from outside."""

QUESTIONS = [{"id": "q1", "kind": "text", "label": f"{CANARY}问题", "required": False}]


@dataclass
class Stage:
    """The cast, what belongs to its union, and a cadre of the neighbours' township."""

    cast: Cast
    neighbour_township_officer: Account
    values: dict[str, Any]
    """What to put into an address, by the name of its parameter."""
    rows: dict[str, Any]
    """The row of each list of the workbench, by ``app.model``."""

    def account(self, role: str) -> Account | None:
        """Who plays a role; None for somebody who is not logged in."""
        if role == "anonymous":
            return None
        account = getattr(self.cast, role, None) or getattr(self, role)
        return Account.objects.get(pk=account.pk)


def make_stage() -> Stage:
    """Everything, in the current database."""
    cast = make_cast()
    clerk = accounts.account(name="邻镇干部")
    unions.post(clerk, cast.neighbour_township)
    owner = _member(cast)
    person = Person.objects.get(account=owner)
    values, rows = _of_the_roll(cast, owner, person)
    more, shown_rows = _of_activities(cast, owner)
    rows |= shown_rows | _of_the_platform(cast)
    values |= (
        more
        | _of_notices(cast)
        | _of_complaints(cast, owner)
        | _of_conversations(cast, owner)
        | _of_policies(cast)
        | _of_applications(cast, owner)
        | _of_news(cast)
        | _of_funds(cast)
        | {"object_id": 0, "app_label": "membership", "url": "nowhere", "name": "people"}
    )
    return Stage(cast, clerk, values, rows)


def _member(cast: Cast) -> Account:
    """The member to whom what is private belongs, with numbers that can be told."""
    owner = accounts.account(name=f"{CANARY}会员", phone=PHONE)
    person = people.person(name=f"{CANARY}会员", account=owner, id_number=ID_NUMBER)
    people.membership(person, cast.union)
    membership.correct_person(person, tags=[f"{CANARY}标签"], actor=cast.officer)
    membership.reveal_number(person, which="phone", reason=f"{CANARY}核对", actor=cast.officer)
    return owner


def _of_the_roll(cast: Cast, owner: Account, person: Person) -> tuple[dict[str, Any], dict[str, Any]]:
    application = people.application(
        accounts.account(),
        cast.union,
        name=f"{CANARY}申请人",
        unit_name=f"{CANARY}工厂",
        pledge="",
        signature=jpeg(),
    )
    claim = people.claim(accounts.account(), cast.union, name=f"{CANARY}认领人")
    mover = people.member_account(cast.union, name=f"{CANARY}转会人")
    transfer = people.transfer(mover, cast.neighbour)
    held = Membership.objects.get(person=person)
    expulsion = membership.propose_expulsion(held, grounds=f"{CANARY}判决", actor=cast.officer)
    founder = accounts.account(name=f"{CANARY}发起人")
    registration = orgs.register_union(
        f"{CANARY}公司工会", kind="independent", parent=cast.township, chair_name="陈阿三", actor=founder
    )
    cadre = accounts.account(name=f"{CANARY}干部")
    post = unions.post(cadre, cast.union, "cadre")
    imported = membership.upload_roll(
        roll(cast.union.name, 2, name=f"{CANARY}{{}}"),
        union=cast.union,
        file_name=f"{CANARY}名册.xlsx",
        actor=cast.officer,
    )
    inbox.send([owner.pk], kind="system", title=f"{CANARY}消息", body=f"{CANARY}正文", url="/")
    message = inbox.permissions.visible_to(owner).order_by("id").last()
    assert message is not None
    assert application.signature is not None
    values = {
        "person_id": person.pk,
        "application_id": application.pk,
        "claim_id": claim.pk,
        "transfer_id": transfer.pk,
        "membership_id": held.pk,
        "expulsion_id": expulsion.pk,
        "registration_id": registration.pk,
        "post_id": post.pk,
        "import_id": imported.pk,
        "message_id": message.pk,
        "union_id": cast.union.pk,
        "uuid": application.signature.uuid,
    }
    rows = {
        "membership.person": person,
        "membership.joinapplication": application,
        "membership.claim": claim,
        "membership.transfer": transfer,
        "orgs.registration": registration,
        "orgs.post": post,
        "orgs.union": cast.union,
    }
    return values, rows


def _of_activities(cast: Cast, owner: Account) -> tuple[dict[str, Any], dict[str, Any]]:
    activity = factories.activity(
        cast.union,
        factories.plan(mode="review"),
        title=f"{CANARY}活动",
        summary=f"{CANARY}简介",
        body=f"<p>{CANARY}介绍</p>",
        questions=QUESTIONS,
        max_companions=1,
    )
    session = activity.sessions.select_related("pool", "activity__union").get()
    signup = activities.sign_up(
        session,
        member=member_of(owner),
        actor=owner,
        answers={"q1": f"{CANARY}回答"},
        companions=[{"name": f"{CANARY}同行"}],
    ).signup
    activities.decide_signup(signup, accept=True, actor=cast.officer, reason=f"{CANARY}意见")
    signup.refresh_from_db()
    activities.check_in(signup, actor=cast.officer, reason=f"{CANARY}没带手机")
    factories.draft(cast.union, title=f"{CANARY}草稿")
    work = shown(
        online(cast.union, votes=1, title=f"{CANARY}征集"), owner, text=f"{CANARY}家书", photo=jpeg()
    )
    contact = people.member_account(cast.union, name=f"{CANARY}联系人")
    partner = orgs.add_partner(
        cast.union, name=f"{CANARY}医院", kind="institution", account=contact, actor=cast.officer
    )
    grant = activities.invite_co_host(activity, partner=partner, actor=cast.officer)
    token = activities.open_feed(actor=owner)
    values = {
        "activity_id": activity.pk,
        "session_id": session.pk,
        "signup_id": signup.pk,
        "contribution_id": work.pk,
        "campaign_id": factories.campaign(cast.union, activity, title=f"{CANARY}专题").pk,
        "pool_id": session.pool_id,
        "partner_id": partner.pk,
        "grant_id": grant.pk,
        "token": token[:-1] + ("a" if token[-1] != "a" else "b"),
    }
    return values, {"activities.activity": activity, "orgs.partner": partner}


def _of_notices(cast: Cast) -> dict[str, Any]:
    draft = notice_factories.draft(cast.union, actor=cast.officer, title=f"{CANARY}通知")
    upload = (io.BytesIO(b"%PDF-1.7"), f"{CANARY}附件.pdf")
    [attachment] = notices.attach(draft, [upload], actor=cast.officer)
    saved = notices.save_audience(draft, name=f"{CANARY}范围", actor=cast.officer)
    return {"notice_id": draft.pk, "attachment_id": attachment.pk, "saved_id": saved.pk}


def _of_policies(cast: Cast) -> dict[str, Any]:
    draft = policy_factories.draft(
        cast.union, actor=cast.officer, title=f"{CANARY}办法", body=f"<p>{CANARY}</p>"
    )
    form = policy_factories.paper(draft, actor=cast.officer, name=f"{CANARY}申请表")
    return {"policy_id": draft.pk, "form_id": form.pk}


def _of_applications(cast: Cast, owner: Account) -> dict[str, Any]:
    scheme = policy_factories.scheme(cast.union, title=f"{CANARY}帮扶", intro=f"{CANARY}说明")
    answers = {"family": 3, "ill": True, "disease": f"{CANARY}病", "papers": [f"{CANARY}诊断.jpg"]}
    filed = policy_factories.application(scheme, owner, answers=answers, reason=f"{CANARY}意见")
    paper = policy_factories.evidence(filed, name=f"{CANARY}诊断.jpg")
    objection = policy_factories.objection(filed, cast.member, text=f"{CANARY}异议")
    return {
        "scheme_id": scheme.pk,
        "applied_id": filed.pk,
        "objection_id": objection.pk,
        "evidence_id": paper.pk,
        "question_id": paper.question,
    }


def _of_complaints(cast: Cast, owner: Account) -> dict[str, Any]:
    case = complaint_factories.lodged(
        owner,
        employer=f"{CANARY}工厂",
        narrative=f"{CANARY}经过，三个月没有发。",
        wanted=f"{CANARY}工资",
        uploads=[complaint_factories.photo(name=f"{CANARY}.jpg")],
    )
    handler, registrar = complaint_factories.officer(cast), complaint_factories.registrar(cast)
    complaint_factories.given(case, handler, registrar)
    said = complaint_factories.words(case, findings=f"{CANARY}情况，{CANARY}经过核实。")
    letter = complaint_factories.issued(case, handler, registrar, words=said)
    return {"case_uuid": case.uuid, "position": 1, "letter_uuid": letter.uuid}


def _of_conversations(cast: Cast, owner: Account) -> dict[str, Any]:
    thread = talks.thread(owner, title=f"{CANARY}求助", text=f"{CANARY}留言")
    paper = talks.letter(f"{CANARY}补充", (talks.PDF, f"{CANARY}证明.pdf"))
    conversations.write(thread, letter=paper, actor=owner)
    conversations.note(thread, union=cast.union, letter=talks.letter(f"{CANARY}备注"), actor=cast.officer)
    canned = conversations.save_canned(
        cast.union, title=f"{CANARY}常用", text=f"{CANARY}话", actor=cast.officer
    )
    enclosure = Enclosure.objects.get(message__thread=thread)
    adopted = talks.adopted(
        owner,
        cast.union,
        cast.officer,
        title=f"{CANARY}建议",
        wording=f"{CANARY}概括",
        reason=f"{CANARY}理由",
    )
    return {
        "thread_id": thread.pk,
        "enclosure_id": enclosure.pk,
        "canned_id": canned.pk,
        "adoption_id": adopted.pk,
    }


def _of_news(cast: Cast) -> dict[str, Any]:
    draft = news_factories.draft(
        cast.union, actor=cast.officer, title=f"{CANARY}文章", summary=f"{CANARY}摘要"
    )
    return {"article_id": draft.pk, "channel_id": draft.channel_id, "level": cast.union.level}


def _of_funds(cast: Cast) -> dict[str, Any]:
    paper = (io.BytesIO(b"%PDF-1.7"), f"{CANARY}决算.pdf")
    draft = fund_factories.draft(cast.union, actor=cast.officer, note=f"{CANARY}开支", upload=paper)
    return {"report_id": draft.pk}


def _of_the_platform(cast: Cast) -> dict[str, Any]:
    day = core.set_holiday(
        identity.date(2031, 5, 5), is_working=True, source=f"{CANARY}通知", actor=cast.county_officer
    )
    flag = flags.throw(flags.Switch.SMS_OFF, actor=cast.county_officer, reason=f"{CANARY}故障")
    row = AuditRow.objects.filter(org_id=cast.union.pk, target_label__contains=CANARY).first()
    return {"core.auditrow": row, "core.holiday": day, "core.flag": flag}


def export_link(model: str, by: Account) -> str:
    """What `by` was handed to fetch an export of `model`, as a query."""
    return signing.dumps({"by": by.pk, "query": ""}, salt=f"huigong.export.{model}")
