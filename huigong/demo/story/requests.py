"""What members and workers ask for: joining, claiming, moving, founding a union; in every state."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from huigong.core import calendar
from huigong.demo.crowd import Somebody
from huigong.demo.seeds import words
from huigong.demo.story.clock import Story
from huigong.demo.story.founding import credit_code
from huigong.demo.story.stage import Stage
from huigong.demo.whole import savepoints
from huigong.people.accounts.models import Account
from huigong.people.inbox import operations as inbox
from huigong.people.membership import operations as membership
from huigong.people.membership import queries as roll
from huigong.people.membership.models import Claim, JoinApplication, Membership, Transfer
from huigong.people.orgs import operations as orgs

_REPLY = {
    "returned": "证件姓名和填写的不一致，请核对后重新提交。",
    "rejected": "您已不在本单位工作，请向现单位工会申请。",
}


def joinings(stage: Stage) -> Iterator[Story]:
    """Applications over the year, most of them approved, and some on the desks today."""
    keys = [row["key"] for row in words("unions")["unions"]]
    for number in range(18):
        days = -340 + number * 18
        yield _joining(stage, keys[number % len(keys)], asked=days, decided=days + 2, outcome="approved")
    yield _joining(stage, "shoes", asked=-60, decided=-57, outcome="rejected")
    yield _joining(stage, "village", asked=-33, decided=-32, outcome="withdrawn")
    yield _joining(stage, "carving", asked=-9, decided=-7, outcome="returned")
    for key, days in [("carving", -13), ("carving", -4), ("carving", -2), ("carving", 0)]:
        yield _joining(stage, key, asked=days)
    for key, days in [("shoes", -3), ("shoes", -1), ("riders", -2), ("riders", 0), ("山霞镇", -1)]:
        yield _joining(stage, key, asked=days)
    yield _doubtful_joining(stage)


def _joining(stage: Stage, key: str, *, asked: int, decided: int = 0, outcome: str = "") -> Story:
    yield stage.clock.at(asked, "12:40")
    somebody = stage.somebody()
    account = stage.open_account(somebody)
    application = _apply(stage, account, somebody, key)
    if not outcome:
        return
    yield stage.clock.at(decided, "16:20")
    chair = stage.chair(key)
    if outcome == "approved":
        joined = membership.approve_application(application, actor=chair)
        Membership.objects.filter(pk=joined.pk).update(joined_on=stage.clock.day, started_on=stage.clock.day)
        stage.active[key].append(account)
    elif outcome == "withdrawn":
        membership.withdraw_application(application, actor=account)
    elif outcome == "returned":
        membership.return_application(application, reason=_REPLY[outcome], actor=chair)
    else:
        membership.reject_application(application, reason=_REPLY[outcome], actor=chair)


def _apply(stage: Stage, account: Account, somebody: Somebody, key: str) -> JoinApplication:
    union = stage.unions[key]
    trade = next((row["trade"] for row in words("unions")["unions"] if row["key"] == key), "")
    application, _ = membership.apply_to_join(
        account,
        union=union,
        name=somebody.name,
        document_kind=somebody.document_kind,
        id_number=somebody.id_number,
        sex=somebody.sex,
        born_on=somebody.born_on,
        work_form="rider" if key == "riders" else "enterprise",
        unit_name=union.unit_name,
        job_title="骑手" if key == "riders" else f"{trade or '零售'}学徒",
        pledge=somebody.name,
        via="no_union" if key == "山霞镇" else "join",
        actor=account,
    )
    JoinApplication.objects.filter(pk=application.pk).update(due_on=_due_on(stage))
    return application


def _due_on(stage: Stage) -> date:
    """The office's last day, counted from the story's day."""
    return calendar.add_working_days(stage.clock.day, 5)


def _doubtful_joining(stage: Stage) -> Story:
    """Two accounts ask for the same document: a cadre has to look at it."""
    yield stage.clock.at(-1, "08:05")
    somebody = stage.somebody()
    _apply(stage, stage.open_account(somebody), somebody, "carving")
    yield stage.clock.at(-1, "21:50")
    other = stage.open_account(stage.somebody())
    with savepoints(wanted=True):
        _apply(stage, other, somebody, "carving")


def claimings(stage: Stage) -> Iterator[Story]:
    """Records claimed from a phone that the roll does not know; a cadre decides."""
    yield _claiming(stage, "carving", asked=-5)
    yield _claiming(stage, "carving", asked=-1)
    yield _claiming(stage, "shoes", asked=-2)
    yield _claiming(stage, "bags", asked=-80, decided=-78, outcome="confirmed")
    yield _claiming(stage, "seafood", asked=-50, decided=-48, outcome="rejected")


def _claiming(stage: Stage, key: str, *, asked: int, decided: int = 0, outcome: str = "") -> Story:
    yield stage.clock.at(asked, "19:30")
    somebody = next(each for each in stage.rolls[key] if each not in stage.users)
    stage.users.add(somebody)
    account = stage.open_account(somebody, phone=stage.somebody().phone)
    claim = stage.claim(account, somebody)
    Claim.objects.filter(pk=claim.pk).update(due_on=_due_on(stage))
    if not outcome:
        return
    yield stage.clock.at(decided, "09:10")
    if outcome == "confirmed":
        membership.confirm_claim(claim, actor=stage.chair(key), remark="已当面核对身份证")
    else:
        reason = "电话核实不是本人，请本人带身份证到工会办理。"
        membership.reject_claim(claim, reason=reason, actor=stage.chair(key))


def movings(stage: Stage) -> Iterator[Story]:
    """Transfers between unions, done and under way."""
    for number, (source, target) in enumerate(
        [("shoes", "bags"), ("bus", "couriers"), ("tourism", "seafood")]
    ):
        yield _moving(stage, source, target, asked=-150 + 40 * number, steps=("let_go", "take_in"))
    yield _moving(stage, "carving", "shoes", asked=-2)
    yield _moving(stage, "shoes", "carving", asked=-4, steps=("let_go",))
    yield _moving(stage, "building", "machine", asked=-1)
    yield _moving(stage, "chemical", "hospital", asked=-45, steps=("reject",))
    yield _moving(stage, "seafood", "fishery", asked=-30, steps=("let_go", "reject"))
    yield _moving(stage, "school", "hospital", asked=-25, steps=("withdraw",))


def _moving(stage: Stage, source: str, target: str, *, asked: int, steps: tuple[str, ...] = ()) -> Story:
    yield stage.clock.at(asked, "12:10")
    account = _mover(stage, source)
    person = roll.person_of(account)
    assert person is not None
    held = roll.current_membership(person)
    assert held is not None
    union = stage.unions[target]
    transfer = membership.request_transfer(
        held, to_union=union, actor=account, unit_name=union.unit_name, job_title="新进职工"
    )
    Transfer.objects.filter(pk=transfer.pk).update(due_on=_due_on(stage))
    for number, step in enumerate(steps, start=1):
        yield stage.clock.at(min(asked + number, 0), "15:00")
        _decide(stage, transfer, step, account, source if number == 1 else target)
        if step == "take_in":
            stage.active[source].remove(account)
            stage.active[target].append(account)
            stage.forget(account)
        Transfer.objects.filter(pk=transfer.pk).update(due_on=_due_on(stage))


def _mover(stage: Stage, key: str) -> Account:
    """A member without an office, nor one of the cast."""
    busy = set(stage.accounts.values())
    moving = Transfer.objects.filter(state__in=Transfer.OPEN).values_list("person__account_id", flat=True)
    return next(
        account for account in reversed(stage.active[key]) if account not in busy and account.pk not in moving
    )


def _decide(stage: Stage, transfer: Transfer, step: str, account: Account, key: str) -> None:
    chair = stage.chair(key)
    if step == "withdraw":
        membership.withdraw_transfer(transfer, actor=account)
    elif step == "reject":
        membership.reject_transfer(transfer, reason="本会没有查到您的劳动关系，请先补交证明。", actor=chair)
    elif step == "let_go":
        membership.let_go(transfer, actor=chair, remark="同意转出")
    else:
        joined = membership.take_in(transfer, actor=chair, remark="欢迎加入")
        Membership.objects.filter(pk=joined.pk).update(started_on=stage.clock.day)
        Membership.objects.filter(person=transfer.person_id, union=transfer.from_union_id).update(
            ended_on=stage.clock.day
        )


def standings(stage: Stage) -> Story:
    """Members who retired, kept their membership without work, or left."""
    for days, verb in [(-160, "retain"), (-90, "retire"), (-75, "retain"), (-40, "leave"), (-20, "retire")]:
        yield stage.clock.at(days, "10:30")
        key = stage.rng.choice(["chemical", "building", "machine", "bags"])
        account = _mover(stage, key)
        person = roll.person_of(account)
        assert person is not None
        held = roll.current_membership(person)
        assert held is not None
        if verb == "retire":
            membership.retire(person, actor=stage.chair(key))
            continue
        stage.active[key].remove(account)
        if verb == "retain":
            reason = Membership.Reason.UNEMPLOYED
            membership.retain_membership(held, reason=reason, actor=stage.chair(key))
        else:
            membership.leave_union(held, actor=account)
            Membership.objects.filter(pk=held.pk).update(ended_on=stage.clock.day)


def reminders(stage: Stage) -> Story:
    """What the nightly job does: requests that an office left lying go to the union above."""
    yield stage.clock.at(0, "00:05")
    membership.escalate_overdue()


_FOUNDINGS: list[dict[str, Any]] = [
    {"town": "山霞镇", "unit": "惠安县鹭垚石材工艺有限公司", "asked": -3, "workers": 46},
    {"town": "螺阳镇", "unit": "惠安县捷汐物流有限公司", "asked": -16, "workers": 88, "steps": 1},
    {"town": "山霞镇", "unit": "惠安县福岬海洋冷冻有限公司", "asked": -48, "workers": 62, "steps": 3},
    {"town": "崇武镇", "unit": "惠安县翔屿滨海民宿有限公司", "asked": -70, "workers": 27, "steps": 4},
    {"town": "黄塘镇", "unit": "惠安县隆帆装饰工程有限公司", "asked": -35, "workers": 12, "rejected": True},
]


def foundings(stage: Stage) -> Iterator[Story]:
    """Unions that workers founded online: asked for, on their way, not granted."""
    for number, plan in enumerate(_FOUNDINGS):
        yield _founding(stage, number, plan)


def _founding(stage: Stage, number: int, plan: dict[str, Any]) -> Story:
    yield stage.clock.at(plan["asked"], "11:15")
    somebody = stage.somebody()
    applicant = stage.open_account(somebody, named=True)
    registration = orgs.register_union(
        f"{plan['unit']}工会",
        kind="independent",
        parent=stage.unions[plan["town"]],
        chair_name=somebody.name,
        actor=applicant,
        unit_name=plan["unit"],
        unit_uscc=credit_code(800 + number),
        ownership="private",
        worker_count=plan["workers"],
        address=plan["town"],
    )
    type(registration).objects.filter(pk=registration.pk).update(
        due_on=calendar.add_working_days(stage.clock.day, 15)
    )
    chair = stage.chair(plan["town"])
    if plan.get("rejected"):
        yield stage.clock.at(plan["asked"] + 4, "10:00")
        orgs.reject_registration(registration, actor=chair, reason="职工人数少，建议先加入镇联合工会。")
    for step in range(plan.get("steps", 0)):
        yield stage.clock.at(plan["asked"] + 4 + 7 * step, "10:00")
        if step == 0:
            orgs.approve_registration(registration, actor=chair, remark="同意筹建")
        else:
            orgs.advance_registration(registration, actor=chair)


def reading(stage: Stage) -> Story:
    """A week ago everybody had read what was in their inbox."""
    yield stage.clock.at(-7, "22:00")
    for account in Account.objects.all():
        inbox.mark_all_read(actor=account)
