"""Every page of a cadre, as wide as a desk and as narrow as a phone: axe finds nothing, nothing sticks out."""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from huigong.core import flags, operations
from huigong.core.audit import SYSTEM
from huigong.core.models import AuditRow
from huigong.people.accounts.tests import factories as accounts
from huigong.people.membership import operations as imports
from huigong.people.membership.tests import factories as people
from huigong.people.membership.tests.sheets import roll
from huigong.people.orgs import operations as orgs
from huigong.people.orgs.models import Post, Union
from huigong.people.orgs.tests import factories as unions
from huigong.services.activities.tests import factories as activities
from huigong.services.activities.tests.test_online import contribute, online
from huigong.services.complaints.tests import factories as complaints
from huigong.services.conversations import operations as conversations
from huigong.services.conversations.tests import factories as talks
from huigong.services.funds.tests import factories as funds
from huigong.services.news import operations as news_operations
from huigong.services.news.tests import factories as news
from huigong.services.notices import operations as notice_operations
from huigong.services.notices.tests import factories as notices
from huigong.services.policies.tests import factories as policies
from tests.browser.conftest import fits, violations
from tests.browser.test_workbench import DESK
from tests.cast import Cast

WIDTHS = ((1440, 900), (390, 844))


def check(page: Page, home: str, path: str) -> list[str]:
    """What is wrong with one page, loaded once and looked at in both widths."""
    page.set_viewport_size({"width": WIDTHS[0][0], "height": WIDTHS[0][1]})
    response = page.goto(home + path)
    assert response is not None
    if response.status != 200:
        return [f"{path}: {response.status}"]
    page.wait_for_load_state("load")
    wrong = []
    for width, height in WIDTHS:
        page.set_viewport_size({"width": width, "height": height})
        wrong += [] if fits(page) else [f"{path} is wider than {width}"]
        wrong += [f"{path} at {width}: {found}" for found in violations(page)]
    return wrong


@pytest.fixture
def workbench(stage: Cast) -> list[str]:
    """Every list, page, history and form of the workbench, with a row of each kind."""
    person = people.person(name="陈海燕", phone="13712345678")
    people.membership(person, stage.union)
    application = people.application(accounts.account(), stage.union, name="林小红")
    claim = people.claim(accounts.account(), stage.union)
    mover = people.member_account(stage.union, name="转会人")
    transfer = people.transfer(mover, unions.grassroots(stage.township, "姊妹工会"))
    registration = orgs.register_union(
        "林氏公司工会", kind=Union.Kind.JOINT, parent=stage.township, chair_name="林秀兰",
        actor=accounts.account(), worker_count=30,
    )  # fmt: skip
    post = unions.post(accounts.account(name="干部"), stage.union, Post.Role.CADRE)
    activities.activity(stage.union)
    holiday = operations.set_holiday(
        stage.union.created_at.date(), is_working=True, source="国办发明电", actor=SYSTEM
    )
    flag = flags.throw(flags.Switch.SMS_OFF, actor=SYSTEM, reason="检修")
    rows = [person, application, claim, transfer, registration, post, holiday, flag, stage.union]
    paths = [
        "/workbench/",
        "/workbench/todo/",
        "/workbench/todo/?kind=application",
        "/workbench/orgs/union/add/",
    ]
    paths += ["/workbench/membership/person/?q=没有这个人", "/workbench/core/holiday/add/"]
    for row in rows:
        base = f"admin:{row._meta.app_label}_{row._meta.model_name}"
        paths += [reverse(f"{base}_changelist"), reverse(f"{base}_change", args=[row.pk])]
    paths += [reverse("admin:membership_person_history", args=[person.pk])]
    paths += [reverse("admin:activities_activity_changelist"), reverse("admin:core_auditrow_changelist")]
    paths += [reverse("admin:core_auditrow_change", args=[AuditRow.objects.latest("id").pk])]
    yield paths
    flags.release(flags.Switch.SMS_OFF, actor=SYSTEM)


@pytest.fixture
def phone_pages(stage: Cast) -> list[str]:
    """Every page on which a cadre works on the phone, with something on each."""
    held = activities.activity(
        stage.union, activities.plan(mode="review"), questions=[], survey=[], title="职工羽毛球赛"
    )
    session = held.sessions.get()
    signup = activities.signup(session, stage.member)
    drawn = activities.session(stage.union, mode="draw")
    shared = activities.session(stage.township, mode="quota", quotas={stage.union.pk: 5})
    works = online(stage.union)
    contribute(works, stage.member, text="家书")
    campaign = activities.campaign(stage.union, held)
    application = people.application(accounts.account(), stage.union, name="林小红")
    claim = people.claim(accounts.account(), stage.union)
    transfer = people.transfer(people.member_account(stage.union, name="转会人"), stage.neighbour)
    policy = policies.draft(stage.township, actor=stage.township_officer)
    policies.paper(policy, actor=stage.township_officer)
    file = roll(stage.union.name, 2)
    imported = imports.upload_roll(file, union=stage.union, file_name="名册.xlsx", actor=stage.officer)
    told = notices.notice(stage.union, actor=stage.officer, asks_confirmation=True)
    notice_operations.save_audience(told, name="全体会员", actor=stage.officer)
    draft = news.draft(stage.union, actor=stage.officer)
    review = news.submitted(stage.union, actor=stage.officer)
    returned = news_operations.return_article(
        news.submitted(stage.union, actor=stage.officer), actor=stage.township_officer, reason="缺来源"
    )
    pages = [
        ("activities:manage-index",), ("activities:new",), ("activities:manage", held.pk), ("activities:edit", held.pk),
        ("activities:signups", held.pk), ("activities:signup", signup.pk), ("activities:add-signup", held.pk),
        ("activities:report", held.pk), ("activities:check-in", held.pk), ("activities:draw", drawn.activity_id),
        ("activities:contributions", works.pk), ("activities:campaigns",), ("activities:new-campaign",),
        ("activities:edit-campaign", campaign.pk), ("activities:quotas", shared.pk),
        ("membership:review",), ("membership:review-application", application.pk),
        ("membership:review-claim", claim.pk), ("membership:review-transfer", transfer.pk), ("membership:imports",),
        ("membership:upload-roll",), ("membership:roll-import", imported.pk), ("membership:map-roll", imported.pk),
        ("membership:person", signup.person_id),
        ("policies:manage-index",), ("policies:new",), ("policies:manage", policy.pk), ("policies:edit", policy.pk),
        ("news:manage-index",), ("news:new",), ("news:edit", draft.pk), ("news:manage", review.pk),
        ("news:manage", returned.pk), ("news:preview", draft.pk), ("news:versions", draft.pk),
        ("notices:manage", told.pk), ("notices:audiences",), ("notices:unread", told.pk),
    ]  # fmt: skip
    return [reverse(name, args=args) for name, *args in pages]


def test_every_page_of_the_complaints_desk_is_sound(stage: Cast, open_as) -> None:
    registrar, handler = complaints.registrar(stage), complaints.officer(stage)
    auditor = complaints.officer(stage, Post.Role.AUDITOR, name="经审委员")
    fresh = complaints.lodged(stage.member)
    given = complaints.lodged(stage.neighbour_member, withheld=True, uploads=[complaints.photo()])
    complaints.given(given, handler, registrar)
    out = complaints.issued(given, handler, registrar)
    draft = complaints.letter(given, handler, kind=out.Kind.OPINION)
    letters = [reverse("complaints:letter", args=[given.uuid, letter.uuid]) for letter in (out, draft)]
    letters += [reverse("complaints:letter-edit", args=[given.uuid, draft.uuid])]
    letters += [reverse("complaints:letter-new", args=[given.uuid])]
    desk, figures, readings = (reverse(f"complaints:{name}") for name in ("desk", "figures", "readings"))
    for who, paths in (
        (
            registrar,
            [desk, figures, reverse("complaints:orders"), reverse("complaints:desk-case", args=[fresh.uuid])],
        ),
        (handler, [desk, reverse("complaints:desk-case", args=[given.uuid]), *letters]),
        (auditor, [readings]),
    ):
        page = open_as(who, "/", DESK)
        home = page.url.removesuffix("/")
        assert [wrong for path in paths for wrong in check(page, home, path)] == []


def test_every_page_of_the_workbench_is_sound_on_desk_and_phone(
    workbench: list[str], stage: Cast, open_as
) -> None:
    page = open_as(stage.county_officer, "/workbench/", DESK)
    home = page.url.removesuffix("/workbench/")
    assert [wrong for path in workbench for wrong in check(page, home, path)] == []


def test_every_page_of_a_unions_letters_is_sound(stage: Cast, open_as) -> None:
    waiting = talks.thread(stage.member, text="单位拖欠工资")
    conversations.write(waiting, letter=talks.letter("证明", (talks.PDF, "证明.pdf")), actor=stage.member)
    conversations.note(waiting, union=stage.union, letter=talks.letter("先核实"), actor=stage.officer)
    conversations.save_canned(stage.union, title="互助", text="带发票来", actor=stage.officer)
    closed = talks.answered(stage.member, stage.union, stage.officer)
    conversations.close(closed, actor=stage.member)
    answered = talks.answered(stage.member, stage.union, stage.officer, kind="suggestion")
    draft = talks.adopted(stage.member, stage.union, stage.officer)
    shown = talks.adopted(stage.member, stage.union, stage.officer, publisher=stage.township_officer)
    page = open_as(stage.officer, "/", DESK)
    home = page.url.removesuffix("/")
    names = [
        ("manage-index",), ("desk", waiting.pk), ("desk", closed.pk), ("letter",), ("canned", stage.union.pk),
        ("desk", answered.pk), ("adoptions",), ("figures",), ("adoption", draft.pk), ("adoption", shown.pk),
    ]  # fmt: skip
    paths = [reverse(f"conversations:{name}", args=args) for name, *args in names]
    paths.append(reverse("conversations:manage-index") + "?show=all")
    assert [wrong for path in paths for wrong in check(page, home, path)] == []


def test_every_page_of_a_unions_accounts_is_sound(stage: Cast, open_as) -> None:
    draft = funds.draft(stage.township, actor=stage.township_officer, upload=funds.paper())
    told = funds.published(
        stage.township, actor=stage.township_officer, checker=stage.county_officer, period=1
    )
    asked = funds.submitted(stage.union, actor=stage.officer, period=2)
    page = open_as(stage.township_officer, "/", DESK)
    home = page.url.removesuffix("/")
    names = [("manage-index",), ("new",), ("edit", draft.pk)]
    names += [("manage", report.pk) for report in (draft, told, asked)]
    paths = [reverse(f"funds:{name}", args=args) for name, *args in names]
    paths.append(reverse("funds:manage-index") + "?stage=all")
    assert [wrong for path in paths for wrong in check(page, home, path)] == []


def test_every_page_of_a_cadre_on_the_phone_is_sound(phone_pages: list[str], stage: Cast, open_as) -> None:
    page = open_as(stage.township_officer, "/", DESK)
    home = page.url.removesuffix("/")
    assert [wrong for path in phone_pages for wrong in check(page, home, path)] == []


def test_every_page_about_applications_is_sound(stage: Cast, open_as) -> None:
    """The builder, the list, and an application in the states in which something is to be done."""
    scheme = policies.scheme(stage.county)
    now = timezone.now()
    secret = {"family": 4, "ill": True, "disease": "肾病", "papers": ["诊断.jpg"]}
    fresh = policies.application(scheme, stage.member, state="verified", answers=secret, opened_at=now)
    policies.evidence(fresh)
    noticed = policies.application(scheme, stage.neighbour_member, state="noticed")
    policies.objection(noticed, stage.member)
    unopened = policies.application(
        scheme, people.member_account(stage.union, name="王阿美"), state="verified"
    )
    page = open_as(stage.county_officer, "/", DESK)
    home = page.url.removesuffix("/")
    names = [(name,) for name in ("schemes", "scheme-new", "review-index", "statistics")]
    names += [(f"scheme-{name}", scheme.pk) for name in ("desk", "edit", "preview")]
    names += [("review", row.pk) for row in (fresh, noticed, unopened)]
    paths = [reverse(f"policies:{name}", args=args) for name, *args in names]
    paths += [
        reverse("policies:scheme-new") + "?sample=hardship",
        reverse("policies:review-index") + f"?stage=verified&scheme={scheme.pk}",
        reverse("policies:review-export-private") + f"?stage=&scheme={scheme.pk}",
        reverse("policies:statistics") + f"?scheme={scheme.pk}",
    ]
    assert [wrong for path in paths for wrong in check(page, home, path)] == []
    page.goto(home + reverse("policies:review", args=[fresh.pk]))
    page.get_by_role("button", name="显示").click()
    page.locator(".r-papers img").first.wait_for()
    assert fits(page)
    assert violations(page) == []
