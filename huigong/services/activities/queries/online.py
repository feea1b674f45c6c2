"""Online activities as they are looked at: the gallery, one's own part, and what waits for moderators."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from huigong.core import verify
from huigong.core.audit import Actor
from huigong.core.formats import ago_zh
from huigong.core.identity import mask_name
from huigong.people.membership import queries as membership
from huigong.people.orgs import permissions as orgs
from huigong.services.activities import permissions
from huigong.services.activities.models import Activity, Contribution, Vote
from huigong.services.activities.queries.words import soon_zh

State = Contribution.State
ORDERS = {"": "最新", "votes": "票数"}
"""The reader's choice; nothing is ranked unasked."""
PAGE = 12
STATE_TONES = {State.SUBMITTED: "gold", State.SHOWN: "ok", State.REFUSED: "red", State.WITHDRAWN: "grey"}


@dataclass(frozen=True)
class Work:
    """One contribution as pages show it. Names are masked, but for moderators."""

    pk: int
    href: str
    text: str
    photo: str
    thumbnail: str
    author: str
    union: str
    sent: str
    votes: int
    is_mine: bool
    is_voted: bool
    state: str
    tone: str
    reason: str

    @property
    def is_shown(self) -> bool:
        return self.tone == "ok"


@dataclass(frozen=True)
class Gallery:
    """A page of works, and the cursor of the next one ("" at the end)."""

    works: list[Work]
    next: str


def gallery(
    activity: Activity,
    member: membership.Member | None,
    *,
    order: str = "",
    cursor: str = "",
    limit: int = PAGE,
) -> Gallery:
    """What an activity shows, newest first or by votes."""
    found = Contribution.objects.filter(activity=activity, state=State.SHOWN)
    by_votes = order == "votes"
    if cursor:
        found = found.filter(_beyond(cursor, by_votes=by_votes))
    rows = list(_for_pages(found).order_by(*(("-votes", "-id") if by_votes else ("-id",)))[: limit + 1])
    last = rows[limit - 1] if len(rows) > limit else None
    following = "" if last is None else f"{last.votes}_{last.pk}" if by_votes else str(last.pk)
    return Gallery(works_of(rows[:limit], member), following)


def _beyond(cursor: str, *, by_votes: bool) -> Q:
    """What follows the row with that cursor; nothing for a cursor that we never gave."""
    parts = cursor.split("_")
    if len(parts) != 1 + by_votes or not all(
        part.isascii() and part.isdigit() and len(part) < 10 for part in parts
    ):
        return Q(pk__in=[])
    key = int(parts[-1])
    return Q(votes__lt=int(parts[0])) | Q(votes=int(parts[0]), pk__lt=key) if by_votes else Q(pk__lt=key)


def _for_pages(found: QuerySet[Contribution]) -> QuerySet[Contribution]:
    return found.select_related("signup__person", "signup__union")


def works_of(
    rows: list[Contribution], member: membership.Member | None, *, in_full: bool = False
) -> list[Work]:
    """Contributions as pages show them to `member`; `in_full` with the whole name, for moderators."""
    person_id = member.person_id if member else None
    voted = set()
    if person_id is not None:
        ballots = Vote.objects.filter(person_id=person_id, contribution__in=rows)
        voted = set(ballots.values_list("contribution_id", flat=True))
    return [_work(row, person_id, voted, in_full=in_full) for row in rows]


def _work(row: Contribution, person_id: int | None, voted: set[int], *, in_full: bool) -> Work:
    name = row.signup.person.name
    union = row.signup.union
    has_photo = row.image_id is not None
    return Work(
        pk=row.pk,
        href=work_url(row),
        text=row.text,
        photo=reverse("activities:work-photo", args=[row.pk]) if has_photo else "",
        thumbnail=reverse("activities:work-thumbnail", args=[row.pk]) if has_photo else "",
        author=name if in_full else mask_name(name),
        union=union.short_name or union.name,
        sent=ago_zh(row.created_at),
        votes=row.votes,
        is_mine=row.signup.person_id == person_id,
        is_voted=row.pk in voted,
        state=row.get_state_display(),
        tone=STATE_TONES[State(row.state)],
        reason=row.refused_reason,
    )


@dataclass(frozen=True)
class Taking:
    """What one reader can do in an online activity now."""

    activity: Activity
    mine: Contribution | None
    why_not: str
    votes_left: int

    @property
    def stage(self) -> str:
        """ "soon", "open" or "over"."""
        now = timezone.now()
        if self.activity.state != Activity.State.PUBLISHED or now >= self.activity.ends_at:
            return "over"
        return "soon" if now < self.activity.starts_at else "open"

    @property
    def is_open(self) -> bool:
        return self.stage == "open"

    @property
    def has_votes(self) -> bool:
        return self.activity.votes_per_member > 0

    @property
    def may_vote(self) -> bool:
        return self.has_votes and self.is_open and not self.why_not

    @property
    def may_contribute(self) -> bool:
        """Nothing of theirs is shown yet, and it is time."""
        return self.is_open and not self.why_not and (self.mine is None or self.mine.state != State.SHOWN)

    @property
    def starts(self) -> str:
        return soon_zh(self.activity.starts_at)

    @property
    def ends(self) -> str:
        return soon_zh(self.activity.ends_at)


def taking(activity: Activity, member: membership.Member | None) -> Taking:
    """Where `member` stands in an online activity."""
    mine, cast = None, 0
    if member:
        own = Contribution.objects.filter(activity=activity, signup__person=member.person_id)
        mine = own.exclude(state=State.WITHDRAWN).order_by("-id").first()
        cast = Vote.objects.filter(activity=activity, person=member.person_id).count()
    why_not = membership.audience(activity.audience).why_not(member) or ""
    return Taking(activity, mine, why_not, max(activity.votes_per_member - cast, 0))


def shown_count(activity: Activity) -> int:
    """How many works an activity shows."""
    return Contribution.objects.filter(activity=activity, state=State.SHOWN).count()


@dataclass(frozen=True)
class Moderation:
    """A page of works in one state, oldest first where they wait, and the id after which more lie."""

    works: list[Work]
    next: int | None
    counts: dict[str, int]


def moderation(activity: Activity, *, state: str, cursor: int | None = None, limit: int = PAGE) -> Moderation:
    """What moderators see of an activity."""
    found = Contribution.objects.filter(activity=activity, state=state)
    waiting = state == State.SUBMITTED
    if cursor:
        found = found.filter(pk__gt=cursor) if waiting else found.filter(pk__lt=cursor)
    rows = list(_for_pages(found).order_by("id" if waiting else "-id")[: limit + 1])
    in_states = Contribution.objects.filter(activity=activity).values_list("state").annotate(Count("id"))
    counts = dict.fromkeys(State.values, 0) | dict(in_states.order_by())
    works = works_of(rows[:limit], None, in_full=True)
    return Moderation(works, rows[limit - 1].pk if len(rows) > limit else None, counts)


def chosen_contributions(activity: Activity, ids: list[int]) -> list[Contribution]:
    """Of an activity's contributions those with these ids."""
    return list(Contribution.objects.filter(activity=activity, pk__in=ids))


def contributions_to_review(actor: Actor) -> QuerySet[Contribution]:
    """Contributions that somebody who moderates has to show or refuse."""
    mine = Q(activity__union__in=orgs.reach(actor, permissions.MODERATE))
    guest = Q(activity__in=orgs.granted_ids(actor, permissions.GRANT))
    return Contribution.objects.filter(mine | guest, state=State.SUBMITTED)


def work_url(contribution: Contribution) -> str:
    """The page of one work."""
    return reverse("activities:work", args=[contribution.pk])


def moderation_url(activity: Activity) -> str:
    """Where cadres look through what was sent in."""
    return reverse("activities:contributions", args=[activity.pk])


@verify.invariant("I29 activities: a contribution's votes are its ballots, and only what is shown has any")
def _votes() -> list[str]:
    return verify.rows(
        "SELECT c.id, c.votes FROM activities_contribution c LEFT JOIN ("
        " SELECT contribution_id, count(*) AS cast FROM activities_vote GROUP BY 1"
        ") v ON v.contribution_id = c.id"
        " WHERE c.votes <> coalesce(v.cast, 0) OR (c.votes > 0 AND c.state <> 'shown')"
    )


@verify.invariant("activities: a contribution and its ballots are of the same activity")
def _same_activity() -> list[str]:
    return verify.rows(
        "SELECT c.id FROM activities_contribution c JOIN activities_signup s ON s.id = c.signup_id"
        " JOIN activities_session t ON t.id = s.session_id WHERE t.activity_id <> c.activity_id"
        " UNION ALL SELECT v.contribution_id FROM activities_vote v"
        " JOIN activities_contribution c ON c.id = v.contribution_id WHERE v.activity_id <> c.activity_id"
    )
