"""A draw as everybody may see it: what is published when, who won, and how to check it without us."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from django.urls import reverse

from huigong.core.audit import Actor
from huigong.core.formats import date_zh
from huigong.core.identity import mask_name
from huigong.resources.seats import queries as seats
from huigong.services.activities.models import Activity, Session, Signup
from huigong.services.activities.queries.words import session_name, soon_zh

FORMAT = "huigong-draw-1"
PAGE = 100


@dataclass(frozen=True)
class Lot:
    """One entry in a draw. `rank` is its hash, once the seed is known; `place` its place in that order."""

    number: int
    name: str
    size: int
    rank: str
    place: int
    won: bool
    is_mine: bool


@dataclass(frozen=True)
class LotPage:
    """A page of the list: winners first once it is drawn, by number before."""

    lots: list[Lot]
    next: int | None


class Step(NamedTuple):
    """What is published at one moment of the draw: "" when it is still to come."""

    title: str
    time: str
    label: str
    value: str


class Draw:
    """The draw of one session for one reader."""

    def __init__(self, session: Session, actor: Actor, sessions: list[Session]) -> None:
        self.session, self.pool, self.actor = session, session.pool, actor
        self._sessions = sessions

    @property
    def stage(self) -> str:
        """ "open" while people sign up, "frozen" once the list stands, "drawn" at the end."""
        if self.pool.drawn_at:
            return "drawn"
        return "frozen" if self.pool.entries_hash else "open"

    @property
    def name(self) -> str:
        """Which session, where the activity has several."""
        if len(self._sessions) == 1:
            return ""
        number = next(place for place, one in enumerate(self._sessions, 1) if one.pk == self.session.pk)
        return session_name(self.session, number)

    @property
    def others(self) -> list[dict[str, Any]]:
        """The activity's drawn sessions, as filters."""
        return [
            {"key": one.pk, "label": session_name(one, number), "href": f"?session={one.pk}"}
            for number, one in enumerate(self._sessions, 1)
            if one.pool.mode == "draw"
        ]

    @property
    def closes(self) -> str:
        return soon_zh(self.pool.closes_at)

    @property
    def steps(self) -> list[Step]:
        """The three things that are published, in order of time."""
        pool = self.pool
        drawn = date_zh(pool.drawn_at) if pool.drawn_at else ""
        return [
            Step("报名开始前：公布种子指纹", "", "种子指纹", pool.seed_hash),
            Step("报名截止后：公布名单指纹", "", "名单指纹", pool.entries_hash),
            Step("抽签时：公布种子", drawn, "种子", pool.seed),
        ]

    @property
    def entries(self) -> list[tuple[int, int]]:
        """(number, size) of the published list."""
        return [(number, size) for number, size in self.pool.frozen or []]

    @cached_property
    def won(self) -> set[int]:
        """The numbers that won, as the places were really given."""
        return seats.drawn_winners(self.pool) if self.stage == "drawn" else set()

    @cached_property
    def _ranked(self) -> list[tuple[str, int, int]]:
        if self.stage == "drawn":
            return seats.ranks(self.entries, self.pool.seed)
        return [("", number, size) for number, size in self.entries]

    @cached_property
    def my_numbers(self) -> set[int]:
        """The reader's own numbers."""
        if not self.actor.pk:
            return set()
        own = Signup.objects.filter(session=self.session, person__account_id=self.actor.pk)
        return set(own.values_list("entry_id", flat=True))

    @cached_property
    def mine(self) -> Lot | None:
        """The reader's own lot on the published list."""
        found = [lot for lot in enumerate(self._ranked, 1) if lot[1][1] in self.my_numbers]
        return self._lots(found)[0] if found else None

    def page(self, after: int = 0) -> LotPage:
        """The lots from place `after` on."""
        rows = list(enumerate(self._ranked, 1))[after : after + PAGE]
        end = after + len(rows)
        return LotPage(self._lots(rows), end if end < len(self._ranked) else None)

    def _lots(self, rows: list[tuple[int, tuple[str, int, int]]]) -> list[Lot]:
        names = dict(
            Signup.objects.filter(entry__in=[number for _, (_, number, _) in rows]).values_list(
                "entry_id", "person__name"
            )
        )
        return [
            Lot(
                number,
                mask_name(names.get(number, "")),
                size,
                rank,
                place,
                number in self.won,
                number in self.my_numbers,
            )
            for place, (rank, number, size) in rows
        ]

    @property
    def sheet(self) -> dict[str, Any]:
        """Everything needed to check the draw without this platform; numbers only, nobody's name."""
        activity = self.session.activity
        return {
            "format": FORMAT,
            "activity": activity.title,
            "session": self.name,
            "organiser": activity.union.name,
            "seed_hash": self.pool.seed_hash,
            "entries_hash": self.pool.entries_hash,
            "seed": self.pool.seed,
            "places": self.pool.drawn_places,
            "entries": self.entries,
            "winners": sorted(self.won) if self.stage == "drawn" else None,
            "rule": RULE,
        }


RULE = (
    "seed_hash = SHA-256(seed)。"
    "entries_hash = SHA-256(名单)，名单按编号从小到大，每行“编号,人数”加换行符。"
    "每个编号的排序值 = SHA-256(seed:entries_hash:编号)，都是小写十六进制。"
    "按排序值从小到大依次发放名额，人数放不下的跳过。"
)


def draw_of(activity: Activity, sessions: list[Session], actor: Actor, session_id: int | None) -> Draw | None:
    """The draw of the session asked for, else of the first that is drawn by lot; None when there is none."""
    drawn = [session for session in sessions if session.pool.mode == "draw"]
    wanted = [session for session in drawn if session_id in (None, session.pk)]
    return Draw(wanted[0], actor, sessions) if wanted else None


def draw_url(session: Session) -> str:
    """The public page of a session's draw."""
    return reverse("activities:draw", args=[session.activity_id]) + f"?session={session.pk}"


class Check(NamedTuple):
    """One thing that was recomputed: does it come out as published?"""

    title: str
    ok: bool
    detail: str


def recompute_draw(sheet: Mapping[str, Any]) -> list[Check]:
    """Check a downloaded sheet by itself, without a database.

    Raises `ValueError` with a sentence when it is no sheet of ours, or nothing is drawn yet.
    """
    if not isinstance(sheet, Mapping) or sheet.get("format") != FORMAT:
        raise ValueError("这不是抽签名单文件。")
    if not sheet.get("seed") or sheet.get("winners") is None:
        raise ValueError("还没有抽签，请抽签后重新下载名单。")
    try:
        seed, places = str(sheet["seed"]), int(sheet["places"])
        entries = [(int(number), int(size)) for number, size in sheet["entries"]]
        published = sorted(int(number) for number in sheet["winners"])
        hashes = str(sheet["seed_hash"]), str(sheet["entries_hash"])
    except (KeyError, TypeError, ValueError):
        raise ValueError("名单文件不完整，请重新下载。") from None
    found = seats.seed_hash(seed), seats.list_hash(entries)
    won = sorted(seats.winners(entries, seed, places))
    wrong = sorted(set(won) ^ set(published))
    return [
        Check("种子指纹", found[0] == hashes[0], found[0]),
        Check("名单指纹", found[1] == hashes[1], found[1]),
        Check(
            "编号不重复", len({number for number, _ in entries}) == len(entries), f"共 {len(entries):,} 个"
        ),
        Check(
            "中签编号",
            won == published,
            f"不一致的编号：{'、'.join(map(str, wrong[:20]))}" if wrong else f"共 {len(won):,} 个",
        ),
    ]
