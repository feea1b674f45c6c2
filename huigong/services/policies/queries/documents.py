"""What readers find of documents, and what those who look after them see."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from huigong.core import richtext, verify
from huigong.core import search as fulltext
from huigong.core.audit import Actor
from huigong.core.desks import DeskPage, DeskRow, page_of
from huigong.core.formats import date_zh, day_zh, size_zh
from huigong.core.keys import row_key
from huigong.services.policies import permissions
from huigong.services.policies.models import PaperForm, Policy
from huigong.services.policies.queries.validity import WORDS, Validity, standing, validity_of

State = Policy.State
PAGE = 20
VALIDITIES: dict[str, str] = {"": "全部", **WORDS}
TONES = {State.DRAFT: "grey", State.PUBLISHED: "ok", State.WITHDRAWN: "red"}
STAGES: dict[str, str] = {"": "全部", **dict(State.choices)}


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for; empty parts ask nothing."""

    text: str = ""
    topic: str = ""
    level: str = ""
    validity: str = ""


@dataclass(frozen=True)
class Card:
    """One document in a list. In `heading` what was searched for is marked."""

    pk: int
    heading: str
    href: str
    lines: list[tuple[str, str]]
    tags: list[tuple[str, str]]
    cursor: str


@dataclass(frozen=True)
class Page:
    """A page of cards, the cursor of the next one ("" at the end), and how many were found for words."""

    cards: list[Card]
    next: str
    count: int = 0


def page(actor: Actor, wanted: Wanted, *, cursor: str = "", limit: int = PAGE) -> Page:
    """Published documents, latest issued first. Keyset paging by day and id."""
    found = _matching(permissions.visible_to(actor), wanted)
    count = found.count() if wanted.text and not cursor else 0
    if cursor:
        found = found.filter(_beyond(cursor))
    rows = list(_shown(found).order_by("-issued_on", "-id")[: limit + 1])
    cards = [_card(row, wanted.text) for row in rows[:limit]]
    return Page(cards, cards[-1].cursor if len(rows) > limit else "", count)


def _shown(found: QuerySet[Policy]) -> QuerySet[Policy]:
    """With what a card needs, without the long texts."""
    return found.select_related("replaced_by").defer("words", "body", "summary", "replaced_by__body")


def _matching(found: QuerySet[Policy], wanted: Wanted) -> QuerySet[Policy]:
    if wanted.topic:
        found = found.filter(topic=wanted.topic)
    if wanted.level:
        found = found.filter(level=wanted.level)
    if wanted.validity:
        found = found.filter(standing(wanted.validity))
    return found.filter(fulltext.saying(wanted.text, "title", "number")) if wanted.text else found


def _beyond(cursor: str) -> Q:
    """What follows the card with that cursor; nothing for a cursor that we never gave."""
    stamp, _, key = cursor.partition("_")
    pk = row_key(key)
    try:
        day = date.fromisoformat(stamp)
    except ValueError:
        return Q(pk__in=[])
    return Q(pk__in=[]) if pk is None else Q(issued_on__lt=day) | Q(issued_on=day, pk__lt=pk)


def _card(policy: Policy, asked: str = "") -> Card:
    stands = validity_of(policy)
    source = " · ".join(part for part in (policy.issuer, policy.number) if part)
    return Card(
        pk=policy.pk,
        heading=fulltext.marked(policy.title, asked) if asked else policy.title,
        href=reverse("policies:detail", args=[policy.pk]),
        lines=[("stamp", source), ("calendar", f"{day_zh(policy.issued_on)}发布")],
        tags=[
            (stands.label, stands.tone),
            (policy.get_topic_display(), "grey"),
            (policy.get_level_display(), "grey"),
        ],
        cursor=f"{policy.issued_on.isoformat()}_{policy.pk}",
    )


def search(actor: Actor, q: str, limit: int) -> list[fulltext.Hit]:
    """The documents that fit `q` best."""
    public = permissions.visible_to(actor)
    found = fulltext.best(public, q, latest="-issued_on", limit=limit, related=["replaced_by"])
    return [_hit(policy, q) for policy in found]


def akin(actor: Actor, text: str, *, common: Iterable[str] = (), limit: int = 3) -> list[fulltext.Hit]:
    """Documents that speak of what `text` does."""
    public = permissions.visible_to(actor)
    found = fulltext.akin(
        public, text, common=common, latest="-issued_on", limit=limit, related=["replaced_by"]
    )
    return [_hit(policy, "") for policy in found]


def _hit(policy: Any, asked: str) -> fulltext.Hit:
    stands = validity_of(policy)
    return fulltext.Hit(
        heading=fulltext.marked(policy.title, asked),
        text=fulltext.excerpt(policy.summary or richtext.to_text(policy.body), asked),
        href=reverse("policies:detail", args=[policy.pk]),
        meta=tuple(part for part in (policy.issuer, policy.number) if part),
        tags=((stands.label, stands.tone),),
        rank=policy.rank,
    )


@dataclass(frozen=True)
class FormRow:
    """One version of a paper form, to be fetched."""

    pk: int
    name: str
    version: str
    note: str
    href: str
    is_current: bool


@dataclass(frozen=True)
class Face:
    """A document on its page."""

    policy: Policy
    validity: Validity
    facts: list[tuple[str, str]]
    summary: list[str]
    replaces: list[tuple[str, str]]
    file: tuple[str, str, str] | None
    forms: list[FormRow]
    old_forms: list[FormRow]


def face(policy: Policy) -> Face:
    """The page of `policy`, which came through `permissions` with its union, file and successor."""
    older = policy.replaces.filter(state=State.PUBLISHED).order_by("-issued_on").values_list("pk", "title")
    forms = [_form_row(row) for row in policy.forms.select_related("file")]
    return Face(
        policy=policy,
        validity=validity_of(policy),
        facts=[
            ("文号", policy.number),
            ("发文机关", policy.issuer),
            ("层级", policy.get_level_display()),
            ("主题", policy.get_topic_display()),
            ("发布日期", day_zh(policy.issued_on)),
            ("施行日期", day_zh(policy.in_force_on)),
            ("废止日期", day_zh(policy.ends_on) if policy.ends_on else ""),
        ],
        summary=[line.strip() for line in policy.summary.splitlines() if line.strip()],
        replaces=[(title, reverse("policies:detail", args=[pk])) for pk, title in older],
        file=_file(policy),
        forms=[row for row in forms if row.is_current],
        old_forms=[row for row in reversed(forms) if not row.is_current],
    )


def _file(policy: Policy) -> tuple[str, str, str] | None:
    """(name, size in words, address) of the document as issued."""
    if policy.file is None:
        return None
    return policy.file.name, size_zh(policy.file.size), reverse("policies:file", args=[policy.pk])


def _form_row(form: PaperForm) -> FormRow:
    kind = form.file.name.rpartition(".")[2].upper()
    is_current = form.superseded_at is None
    note = f"{kind}，{size_zh(form.file.size)}" if is_current else "旧版，已停用"
    return FormRow(
        form.pk, form.name, form.version, note, reverse("policies:form", args=[form.pk]), is_current
    )


@dataclass(frozen=True)
class FormFace:
    """A version of a paper form that is no longer handed out without a word; `current` is the one that counts."""

    row: FormRow
    policy: Policy
    since: str
    current: FormRow | None


def form_face(form: PaperForm) -> FormFace:
    """The page of an old version."""
    current = (
        PaperForm.objects.filter(policy=form.policy_id, name=form.name, superseded_at=None)
        .select_related("file")
        .first()
    )
    since = day_zh(form.superseded_at) if form.superseded_at else ""
    return FormFace(_form_row(form), form.policy, since, _form_row(current) if current else None)


# --- For who looks after them


def managed_page(
    actor: Actor, *, stage: str = "", text: str = "", before: int | None = None, limit: int = PAGE
) -> DeskPage:
    """Documents of the unions within reach, by state and words of title or number."""
    found = permissions.managed_by(actor)
    if stage:
        found = found.filter(state=stage)
    if text:
        found = found.filter(Q(title__icontains=text) | Q(number__icontains=text))
    if before:
        found = found.filter(pk__lt=before)
    rows = list(_shown(found).select_related("replaced_by", "union").order_by("-id")[: limit + 1])
    return page_of(rows, _desk_row, limit=limit)


def _desk_row(policy: Policy) -> DeskRow:
    tags = [(policy.get_state_display(), TONES[State(policy.state)])]
    if policy.state == State.PUBLISHED:
        stands = validity_of(policy)
        tags.append((stands.label, stands.tone))
    lines = [
        ("building-2", policy.union.short_name or policy.union.name),
        ("stamp", " · ".join(part for part in (policy.issuer, policy.number) if part)),
    ]
    return DeskRow(policy.title, reverse("policies:manage", args=[policy.pk]), lines, tags)


@dataclass(frozen=True)
class Desk:
    """Everything about one document for who looks after it."""

    face: Face
    state: str
    tone: str
    published: str
    may_edit: bool
    may_publish: bool


def desk_of(policy: Policy, actor: Actor) -> Desk:
    """The desk of `policy`."""
    who = policy.published_by.display_name if policy.published_by else ""
    at = policy.published_at
    return Desk(
        face=face(policy),
        state=policy.get_state_display(),
        tone=TONES[State(policy.state)],
        published=f"{date_zh(at)} · {who}发布" if at else "",
        may_edit=policy.state != State.WITHDRAWN and permissions.may(actor, permissions.EDIT, policy),
        may_publish=permissions.may(actor, permissions.PUBLISH, policy),
    )


def replaceable(actor: Actor, policy: Policy | None = None) -> QuerySet[Policy]:
    """Published documents within reach that a document may take over from: its own ones, and those nobody replaced."""
    found = permissions.managed_by(actor).filter(state=State.PUBLISHED)
    free = Q(replaced_by=None)
    if policy is not None:
        found, free = found.exclude(pk=policy.pk), free | Q(replaced_by=policy)
    return found.filter(free).order_by("-issued_on", "-id")


@verify.invariant("policies: what replaces a document is newer")
def _newer() -> list[str]:
    return verify.rows(
        "SELECT o.id FROM policies_policy o JOIN policies_policy n ON n.id = o.replaced_by_id"
        " WHERE n.issued_on <= o.issued_on"
    )


@verify.invariant("policies: of every paper form one version counts")
def _one_counts() -> list[str]:
    return verify.rows(
        "SELECT policy_id, name FROM policies_paperform GROUP BY 1, 2"
        " HAVING count(*) FILTER (WHERE superseded_at IS NULL) <> 1"
    )
