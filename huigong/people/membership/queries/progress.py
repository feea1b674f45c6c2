"""Where a worker's own requests and memberships stand, as they are told it."""

from dataclasses import dataclass
from typing import Any

from huigong.core import formats
from huigong.core.audit import Actor
from huigong.people.approvals import queries as approvals
from huigong.people.membership.models import Claim, JoinApplication, Membership, Transfer
from huigong.people.membership.permissions import belongs_to
from huigong.people.membership.queries.members import current_membership, person_of
from huigong.people.orgs import queries as orgs

Request = JoinApplication | Claim | Transfer


@dataclass(frozen=True)
class Progress:
    """One request of the reader's: what it is, how it stands, and its steps for a timeline."""

    kind: str
    pk: int
    title: str
    state: str
    label: str
    tone: str
    is_open: bool
    began: str
    steps: tuple[dict[str, str], ...] = ()

    @property
    def can_correct(self) -> bool:
        return self.kind == "application" and self.state == JoinApplication.State.RETURNED


@dataclass(frozen=True)
class Standing:
    """Everything on the reader's page about their membership."""

    membership: Membership | None
    open: list[Progress]
    finished: list[Progress]
    history: list[Membership]


def standing(actor: Actor) -> Standing:
    """The reader's membership, their open requests with timelines, the ten last finished ones, and the past."""
    person = person_of(actor)
    requests = _own(actor)
    return Standing(
        membership=current_membership(person) if person else None,
        open=[progress(request) for request in requests if _is_open(request)],
        finished=[_brief(request) for request in requests if not _is_open(request)][:10],
        history=list(person.memberships.select_related("union").order_by("-id")) if person else [],
    )


def own_record(held: Membership) -> list[tuple[str, str]]:
    """What the roll says about its member, as they are shown it: numbers masked, what is not known left out."""
    person = held.person
    work = person.employments.filter(until=None).first()
    return [
        ("姓名", person.name),
        ("性别", person.get_sex_display()),
        ("出生日期", formats.day_zh(person.born_on)),
        (person.get_document_kind_display(), person.masked_id_number),
        ("手机号", person.masked_phone),
        ("就业形态", person.get_work_form_display()),
        ("工作单位", work.unit_name if work else ""),
        ("岗位", work.job_title if work else ""),
        ("技能等级", person.get_skill_display()),
        ("农民工", "是" if person.is_migrant else ""),
        ("劳模", "是" if person.is_model_worker else ""),
    ]


def _own(actor: Actor) -> list[Request]:
    """Newest first; nobody has more than a handful, so they are read whole."""
    found: list[Request] = [
        *JoinApplication.objects.filter(belongs_to(actor, "account_id"))
        .select_related("union")
        .order_by("-id")[:20],
        *Claim.objects.filter(belongs_to(actor, "account_id"))
        .select_related("union", "person")
        .order_by("-id")[:20],
        *Transfer.objects.filter(belongs_to(actor, "person__account_id"))
        .select_related("from_union", "to_union", "person")
        .order_by("-id")[:20],
    ]
    return sorted(found, key=lambda request: request.created_at, reverse=True)


def _is_open(request: Request) -> bool:
    return request.state in type(request).OPEN


_KINDS = {JoinApplication: "application", Claim: "claim", Transfer: "transfer"}


def _brief(request: Request) -> Progress:
    return Progress(
        kind=_KINDS[type(request)],
        pk=request.pk,
        title=_title(request),
        state=request.state,
        label=request.get_state_display(),
        tone=_tone(request),
        is_open=_is_open(request),
        began=formats.day_zh(request.created_at),
    )


def _title(request: Request) -> str:
    if isinstance(request, Transfer):
        return f"转往{request.to_union.name}"
    if isinstance(request, Claim):
        return f"认领在{request.union.name}的会籍"
    return f"申请加入{request.union.name}"


_GOOD = {"approved", "confirmed", "done"}
_BAD = {"returned", "rejected", "out_rejected", "in_rejected"}


def _tone(request: Request) -> str:
    if request.state in _GOOD:
        return "ok"
    if request.state in _BAD:
        return "red" if request.state == "returned" else "grey"
    return "blue" if _is_open(request) else "grey"


def progress(request: Request) -> Progress:
    """The request with every step that was taken, the one that is due and what follows."""
    brief = _brief(request)
    return Progress(**{**vars(brief), "steps": (*approvals.told(request), *_ahead(request))})


def _ahead(request: Request) -> list[dict[str, str]]:
    """The step that is due now, and what comes after it."""
    if not _is_open(request):
        return []
    due = f"{formats.day_zh(request.due_on)}前办结"
    if isinstance(request, Transfer):
        taking = {"title": f"{request.to_union.name}审核转入", "state": "todo"}
        if request.state == Transfer.State.IN_PENDING:
            return [{**taking, "state": "now", "note": due}]
        return [{"title": f"{request.from_union.name}审核转出", "state": "now", "note": due}, taking]
    if request.state == "returned":
        return [{"title": "请修改后重新提交", "state": "now"}]
    checking = "核对本人" if isinstance(request, Claim) else "审核"
    last = "会籍归到您的账号" if isinstance(request, Claim) else "成为会员，领取电子会员卡"
    return [
        {"title": f"{request.union.name}{checking}", "state": "now", "note": due},
        {"title": last, "state": "todo"},
    ]


@dataclass(frozen=True)
class Officer:
    """Who holds which office, as every member may know."""

    name: str
    title: str


@dataclass(frozen=True)
class UnionFace:
    """A union as its members and those who may join see it."""

    union: Any
    above: list[Any]
    officers: list[Officer]
    member_count: int
    below_count: int
    unit_names: list[str]


def my_union(membership: Membership) -> UnionFace:
    """The member's union: what it is, who leads it, how many belong to it and what stands above it."""
    union = membership.union
    active = Membership.objects.filter(state=Membership.State.ACTIVE)
    officers = orgs.officers(union).order_by("-role", "id")
    return UnionFace(
        union=union,
        above=list(orgs.ancestors(union)),
        officers=[
            Officer(post.account.display_name, post.title or post.get_role_display()) for post in officers
        ],
        member_count=active.filter(union=union).count(),
        below_count=orgs.below(union).count() - 1,
        unit_names=list(union.covered_units.order_by("id").values_list("name", flat=True)[:50]),
    )
