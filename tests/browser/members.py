"""A union in which members' pages have something to show: people in every state, and where each of them looks."""

import io
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.urls import reverse
from django.utils import timezone

from huigong.core.audit import SYSTEM
from huigong.core.tests.recordings import mp3, mp4
from huigong.people.accounts.models import Account
from huigong.people.accounts.tests import factories as accounts
from huigong.people.membership import operations as membership
from huigong.people.membership import queries as roll
from huigong.people.membership.queries import Rule
from huigong.people.membership.tests import factories as people
from huigong.people.orgs import operations as orgs
from huigong.resources.points import operations as points
from huigong.resources.seats.models import Entry, Pool
from huigong.services.activities import operations
from huigong.services.activities.models import Activity, Session
from huigong.services.activities.tests import factories
from huigong.services.activities.tests.test_online import jpeg, online, shown
from huigong.services.complaints import operations as case_operations
from huigong.services.complaints.tests import factories as complaints
from huigong.services.conversations import operations as conversations
from huigong.services.conversations.tests import factories as talks
from huigong.services.funds import operations as fund_operations
from huigong.services.funds.tests import factories as funds
from huigong.services.news import operations as news_operations
from huigong.services.news.tests import factories as news
from huigong.services.notices.tests import factories as notices
from huigong.services.policies import operations as policy_operations
from huigong.services.policies.models import Application
from huigong.services.policies.tests import factories as policies
from tests.cast import Cast, make_cast

QUESTIONS = [
    {"id": "size", "kind": "single", "label": "衣服尺码", "options": ["小", "中", "大"], "required": True},
    {"id": "wish", "kind": "text", "label": "想对工友说的话"},
]
SURVEY = [{"id": "rating", "kind": "single", "label": "您满意吗", "options": ["满意", "一般", "不满意"]}]


@dataclass(frozen=True)
class Visit:
    """One look at one page: `name` of its route, who looks (None: nobody), and the path."""

    name: str
    who: Account | None
    path: str


@dataclass
class Album:
    """The visits, in order, and the people whom every test knows."""

    cast: Cast
    visits: list[Visit] = field(default_factory=list)

    def add(
        self, name: str, *readers: Account | None, args: tuple[object, ...] = (), query: str = ""
    ) -> None:
        self.visits += [Visit(name, who, reverse(name, args=args) + query) for who in readers]


def fill() -> Album:
    """The union, in the current database, and every visit worth paying."""
    cast = make_cast()
    album = Album(cast)
    person = roll.person_of(cast.member)
    assert person is not None
    points.award(person.pk, points=1280, rule="test.rule", source="1", memo="参加“职工羽毛球赛”")
    points.award(person.pk, points=20, rule="test.rule", source="2", memo="参加“石雕技能比武”")
    _everyday(cast, album)
    _joining(cast, album)
    _activities(cast, album)
    _taking_part(cast, album)
    _works(cast, album)
    _talks(cast, album)
    _accounts(cast, album)
    return album


def _accounts(cast: Cast, album: Album) -> None:
    """What the member's union and the county took in and spent, and one that was put right."""
    album.add("funds:index", cast.applicant, cast.member)
    both = {"actor": cast.officer, "checker": cast.township_officer}
    first = funds.published(cast.union, period=1, note="走访困难职工", upload=funds.paper(), **both)
    second = fund_operations.correct(first, reason="重复算了一次", actor=cast.officer)
    fund_operations.submit(second, actor=cast.officer)
    fund_operations.confirm(second, revision=1, actor=cast.township_officer)
    funds.published(cast.township, actor=cast.township_officer, checker=cast.county_officer)
    album.add("funds:index", cast.member)
    for report in (first, second):
        album.add("funds:detail", cast.member, args=(report.pk,))


def _talks(cast: Cast, album: Album) -> None:
    """A worker's threads in every state."""
    member = cast.member
    album.add("conversations:index", cast.applicant)
    album.add("conversations:new", member)
    waiting = talks.thread(member, kind="help", text="单位拖欠工资")
    conversations.write(waiting, letter=talks.letter("证明", (talks.PDF, "证明.pdf")), actor=member)
    conversations.assign(waiting, to=cast.officer.pk, actor=cast.officer)
    conversations.ask_to_forward(
        waiting, union=cast.union, to=cast.township.pk, reason="归镇里管", actor=cast.officer
    )
    answered = talks.answered(member, cast.union, cast.officer)
    closed = talks.answered(member, cast.union, cast.officer, kind="praise")
    conversations.rate(closed, stars=5, words="很快", actor=member)
    conversations.close(closed, actor=member)
    album.add("conversations:index", member)
    for thread in (waiting, answered, closed):
        album.add("conversations:detail", member, args=(thread.pk,))
    album.add("conversations:suggestions", cast.applicant, member)
    other = people.member_account(cast.union, name="林小红")
    shown = talks.adopted(member, cast.union, cast.officer, publisher=cast.township_officer)
    album.add("conversations:detail", member, args=(shown.thread_id,))
    album.add("conversations:suggestions", member)
    album.add("conversations:suggestion", member, other, args=(shown.pk,))


def _everyday(cast: Cast, album: Album) -> None:
    nobody, worker, member = None, cast.applicant, cast.member
    album.add("portal:home", nobody, worker, member)
    album.add("portal:me", worker, member, cast.officer)
    album.add("portal:member-card", worker, member)
    album.add("portal:points", worker, member)
    album.add("portal:privacy", nobody)
    album.add("portal:services", nobody, member)
    album.add("portal:search", nobody, member)
    album.add("portal:search", member, query="?q=羽毛球")
    album.add("accounts:login", nobody)
    album.add("accounts:login", nobody, query="?by=code")
    album.add("accounts:settings", worker, member)
    album.add("accounts:settings", member, query="?by=code")
    album.add("accounts:close", worker, member)
    album.add("inbox:index", worker, member)
    asked = notices.notice(cast.union, actor=cast.officer, asks_confirmation=True)
    notices.notice(cast.county, actor=cast.county_officer)
    album.add("notices:index", worker, member)
    album.add("notices:index", member, query="?which=unread")
    album.add("notices:detail", member, args=(asked.pk,))
    _policies(cast, album)
    _complaints(cast, album)


def _complaints(cast: Cast, album: Album) -> None:
    registrar, handler = complaints.registrar(cast), complaints.officer(cast)
    fresh = complaints.lodged(cast.member, uploads=[complaints.photo()])
    answered = complaints.given(complaints.lodged(cast.member, withheld=True), handler, registrar)
    case_operations.open_case(complaints.desk(handler, answered), actor=handler)
    case_operations.reply(answered, text="单位已经补发。", actor=handler)
    declined = complaints.lodged(cast.member)
    case_operations.decline(declined, reason="请向税务机关咨询。", actor=registrar)
    for public in ("start", "lodge-anonymously", "receipt"):
        album.add(f"complaints:{public}", None, cast.member)
    album.add("complaints:index", cast.applicant, cast.member)
    album.add("complaints:lodge", cast.applicant, cast.member)
    album.add("complaints:sent", cast.member, args=(fresh.uuid,))
    for case in (fresh, answered, declined):
        album.add("complaints:case", cast.member, args=(case.uuid,))


def _policies(cast: Cast, album: Album) -> None:
    new = policies.policy(cast.county, actor=cast.county_officer)
    old = policies.policy(cast.county, actor=cast.county_officer, title="旧办法", issued_on=date(2020, 1, 1))
    policies.replace(old, by=new, actor=cast.county_officer)
    former = policies.paper(new, actor=cast.county_officer, version="2025年版")
    policies.paper(new, actor=cast.county_officer)
    album.add("policies:index", None, cast.member)
    for query in ("?validity=replaced", "?q=办法", "?q=查无此事"):
        album.add("policies:index", cast.member, query=query)
    album.add("policies:detail", None, cast.member, args=(new.pk,))
    album.add("policies:detail", cast.member, args=(old.pk,))
    album.add("policies:form", cast.member, args=(former.pk,))
    _applications(cast, album)
    _reading(cast, album)


def _applications(cast: Cast, album: Album) -> None:
    """Something to apply for, and a member's applications in every state."""
    member, states = (
        cast.member,
        ("submitted", "returned", "verified", "noticed", "awarded", "refused", "withdrawn"),
    )
    album.add("policies:apply-index", cast.applicant, cast.neighbour_member)
    fresh = policies.scheme(cast.county)
    elders = policies.scheme(cast.county, title="老职工慰问", rule=Rule(min_age=80), unit_first=False)
    draft = policies.application(
        fresh, member, state="draft", answers={"family": "4", "ill": "是"}, consented_at=timezone.now()
    )
    policies.evidence(draft)
    album.add("policies:scheme", member, cast.neighbour_member, args=(fresh.pk,))
    album.add("policies:scheme", member, args=(elders.pk,))
    album.add("policies:apply", member, args=(draft.pk,))
    album.add("policies:application", member, args=(draft.pk,))
    album.add("policies:notices", cast.applicant)
    for state in states:
        filed = policies.application(policies.scheme(cast.county), member, state=state)
        album.add("policies:application", member, args=(filed.pk,))
        if state == "submitted":
            album.add("policies:sent", member, args=(filed.pk,))
        if state == "returned":
            album.add("policies:apply", member, args=(filed.pk,))
        if state == "noticed":
            doubter = people.member_account(cast.union, name="有异议的人")
            _doubted(filed, doubter)
            album.add("policies:notice", member, cast.neighbour_member, doubter, args=(filed.pk,))
    album.add("policies:apply-index", member)
    album.add("policies:notices", member)


def _doubted(filed: Application, doubter: Account) -> None:
    member = roll.member_of(doubter)
    assert member is not None
    policy_operations.object_to(filed, "他家有两套房子，与事实不符。", member=member, actor=doubter)


def _reading(cast: Cast, album: Album) -> None:
    read = news.article(
        cast.county,
        actor=cast.county_officer,
        body="<h2>怎么报名</h2><p>见<a href='/'>通知</a>。</p><ul><li>带证件</li></ul><blockquote>免费。</blockquote>",
        source="县融媒体中心",
        source_url="https://example.com/1",
        is_machine_made=True,
        byline="李老师",
    )
    news.article(cast.county, actor=cast.county_officer, title="工会热点文章", key="hot")
    news.article(cast.union, actor=cast.officer, title="厂里的事")
    album.add("news:index", None, cast.applicant, cast.member)
    for query in ("?order=time", "?channel=local", "?channel=study"):
        album.add("news:index", cast.member, query=query)
    album.add("news:detail", None, cast.member, cast.county_officer, args=(read.pk,))
    album.add("portal:related", None, cast.member, args=(read.pk,))
    plays = news.draft(cast.county, actor=cast.county_officer, title="现场视频")
    recorded = [(io.BytesIO(mp4()), "现场.mp4"), (io.BytesIO(mp3()), "朗读.mp3")]
    news_operations.attach(plays, recorded, actor=cast.county_officer)
    news_operations.submit(plays, actor=cast.county_officer)
    album.add("news:detail", cast.member, args=(plays.pk,))


def _joining(cast: Cast, album: Album) -> None:
    worker, member, union = cast.applicant, cast.member, cast.union
    album.add("membership:join", None, worker, member)
    for query in ("?q=石雕", "?q=没有这个", "?none"):
        album.add("membership:join", worker, query=query)
    album.add("membership:apply", worker, args=(union.pk,))
    album.add("membership:claim", worker)
    album.add("membership:status", worker, member)
    album.add("portal:my-union", worker, member)
    album.add("membership:details", member)
    album.add("membership:leave", member)
    album.add("membership:transfer", member)
    album.add("membership:transfer", member, query="?q=崇武")
    album.add("membership:request-transfer", member, args=(cast.neighbour.pk,))
    for decide in (None, "return", "reject", "approve"):
        _application(cast, album, decide)
    claimant, mover = accounts.account(name="认领人"), people.member_account(union, name="转会人")
    album.add("membership:claim-detail", claimant, args=(people.claim(claimant, union).pk,))
    transfer = people.transfer(mover, cast.neighbour)
    album.add("membership:transfer-detail", mover, args=(transfer.pk,))
    album.add("membership:transfer", mover)
    album.add("membership:status", mover)
    album.add("orgs:register", worker)
    founding = orgs.register_union(
        "惠安县新工厂工会",
        kind="independent",
        parent=cast.township,
        chair_name="陈海燕",
        actor=worker,
        unit_name="惠安县新工厂",
        worker_count=30,
    )
    album.add("orgs:registration", worker, args=(founding.pk,))


def _application(cast: Cast, album: Album, decide: str | None) -> None:
    account = accounts.account(name="申请人")
    application = people.application(account, cast.union)
    if decide == "return":
        membership.return_application(application, reason="姓名和证件不一致", actor=cast.officer)
        album.add("membership:correct-application", account, args=(application.pk,))
    elif decide == "reject":
        membership.reject_application(application, reason="已不在本单位", actor=cast.officer)
    elif decide == "approve":
        membership.approve_application(application, actor=cast.officer)
    else:
        album.add("membership:application-sent", account, args=(application.pk,))
    album.add("membership:application", account, args=(application.pk,))
    album.add("membership:status", account)


def _activities(cast: Cast, album: Album) -> None:
    member, county = cast.member, cast.county
    rush = factories.activity(
        county,
        factories.plan(capacity=30),
        title="职工健步走",
        questions=QUESTIONS,
        max_companions=2,
        contact_name="李老师",
        contact_phone="0595-0000101",
        body="<h2>怎么走</h2><p>从广场出发，<a href='/'>路线</a>五公里。</p><ul><li>带水</li></ul>",
        insurance="已买意外险",
    )
    _co_hosting(rush, cast, album)
    twice = factories.plan(name="上午场"), factories.plan(name="下午场", days=8)
    soon = factories.plan(opens_at=timezone.now() + timedelta(hours=2))
    cancelled = factories.activity(county, title="海边风筝节")
    operations.cancel_activity(cancelled, reason="台风外围影响，改期另行通知", actor=SYSTEM)
    album.add("activities:index", None, member)
    for query in ("?q=健步", "?q=没有这个", "?when=past", "?when=coming", "?category=sports"):
        album.add("activities:index", member, query=query)
    for activity in (rush, factories.activity(county, *twice), factories.activity(county, soon), cancelled):
        album.add("activities:detail", None, cast.applicant, member, args=(activity.pk,))
    album.add("activities:sign-up", member, args=(rush.pk,))
    album.add("activities:campaign", None, args=(factories.campaign(county, rush, body="<p>走起来</p>").pk,))
    album.add("activities:my-signups", cast.applicant)
    album.add("activities:calendar", cast.applicant)
    operations.open_feed(actor=member)
    album.add("activities:calendar", member)


def _co_hosting(activity: Activity, cast: Cast, album: Album) -> None:
    """What partners are asked to co-host, before and after they answer."""
    for name, answered in (("县体育局", True), ("县文联", False), ("县医院", None)):
        person = accounts.account(name=f"{name}联系人")
        partner = orgs.add_partner(
            cast.county, name=name, kind="department", account=person, actor=cast.county_officer
        )
        grant = operations.invite_co_host(activity, partner=partner, actor=cast.county_officer)
        album.add("activities:co-host-invitation", person, args=(grant.pk,))
        if answered:
            operations.accept_co_hosting(activity, grant=grant, actor=person)
        elif answered is False:
            operations.decline_co_hosting(activity, grant=grant, actor=person)


def _taking_part(cast: Cast, album: Album) -> None:
    """The member's part in every state."""
    member = cast.member
    for state in ("confirmed", "waiting", "offered", "refused", "lapsed", "cancelled"):
        signup = factories.signup(factories.session(cast.union), member)
        until = timezone.now() + timedelta(hours=2) if state == "offered" else None
        Entry.objects.filter(pk=signup.entry_id).update(state=state, offered_until=until)
        album.add("activities:my-signup", member, args=(signup.pk,))
    for stage in ("open", "frozen", "drawn"):
        _draw(cast, album, stage)
    session = factories.session(cast.union, days=1)
    Activity.objects.filter(pk=session.activity_id).update(survey=SURVEY)
    signup = factories.signup(session, member)
    ended = timezone.now() - timedelta(hours=1)
    Session.objects.filter(pk=session.pk).update(starts_at=ended - timedelta(hours=2), ends_at=ended)
    type(signup).objects.filter(pk=signup.pk).update(checked_in_at=ended, points=20)
    album.add("activities:my-signup", member, args=(signup.pk,))
    album.add("activities:survey", member, args=(signup.pk,))
    album.add("activities:my-signups", member)


def _draw(cast: Cast, album: Album, stage: str) -> None:
    session = factories.session(cast.union, mode="draw", capacity=1)
    signups = [factories.signup(session, who) for who in (cast.member, people.member_account(cast.union))]
    if stage != "open":
        Pool.objects.filter(pk=session.pool_id).update(closes_at=timezone.now() - timedelta(minutes=1))
        operations.freeze_list(session, actor=cast.officer)
    if stage == "drawn":
        operations.draw_lots(session, actor=cast.officer)
    album.add("activities:draw", cast.member, args=(session.activity_id,))
    album.add("activities:my-signup", cast.member, args=(signups[0].pk,))


def _works(cast: Cast, album: Album) -> None:
    activity = online(cast.union, votes=3, title="工位故事征集")
    album.add("activities:gallery", cast.officer, args=(activity.pk,))
    album.add("activities:contribute", cast.member, args=(activity.pk,))
    other = people.member_account(cast.union, name="林小红")
    mine = shown(activity, cast.member, text="码头凌晨四点的灯", photo=jpeg())
    shown(activity, other, text="石头很硬，可是风把它吹软了")
    album.add("activities:detail", cast.member, args=(activity.pk,))
    album.add("activities:gallery", cast.member, other, args=(activity.pk,))
    album.add("activities:work", cast.member, other, args=(mine.pk,))
